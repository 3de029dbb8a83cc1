//! `reqrep` and `reqirep`.

use haproxy_cfg::keywords::Table;

use super::super::old_line::{Pattern, joined, pattern, target_text, value_text};
use super::super::task::{Found, Task};
use super::super::word::{format_written, written};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "replace-line",
    about: "`reqrep` becomes `replace-pathq`, `replace-uri` or `replace-header`",
    when: When::Old(&[(Table::Proxy, "reqrep"), (Table::Proxy, "reqirep")]),
    docs: "The pattern saw whole lines, the request line too. One that looks at the target becomes `http-request replace-pathq` \
           (`replace-uri` where the target is a version without it, or the pattern names a scheme), with its references \
           counted anew; one that looks at a header becomes `http-request replace-header`. Where letters' case did not \
           matter the pattern begins with `(?i)`, which takes a build with PCRE. The old rules came behind all `http-request` \
           rules of their proxy: a rule that stands below is told.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["reqrep", "reqirep"]) {
        let (keyword, _) = line.keyword();
        let told = Found::new([line], task.age(Table::Proxy, keyword));
        let words: Vec<String> = (3..line.words.len())
            .map(|at| task.file.raw(line, at, at))
            .collect();
        let insensitive = keyword == "reqirep";
        let rule = task
            .file
            .is_text(line)
            .then(|| rule(task, line.word(1), line.word(2), insensitive, &words));
        let Some(rule) = rule.flatten() else {
            found.push(told.decide().advice(format!(
                "write http-request replace-pathq, replace-uri or replace-header for what '{}' matches",
                line.word(1)
            )));
            continue;
        };
        let mut told = told.edits(task.rewrite(line, &[rule]));
        let below = line
            .section
            .into_iter()
            .flat_map(|section| task.file.body(section));
        let below = below.filter(|other| other.number > line.number && other.word(0) == "http-request");
        if let Some(first) = below.map(|other| other.number).min() {
            told = told.advice(format!(
                "it came behind the rule of line {first}, and comes before it now: move it down if that rule looks at what it changes"
            ));
        }
        found.push(told);
    }
}

fn rule(task: &Task<'_>, search: &str, text: &str, insensitive: bool, words: &[String]) -> Option<String> {
    let cased = |pattern: &str| {
        if insensitive {
            format!("(?i){pattern}")
        } else {
            pattern.to_owned()
        }
    };
    match pattern(search)? {
        Pattern::Request {
            method,
            groups,
            target,
            whole: true,
        } => {
            let literal = method.as_deref();
            let new = target_text(text, literal, groups)?;
            let wanted: Vec<String> = match literal {
                None => Vec::new(),
                Some(method) if method.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                    vec![format!("{{ method {method} }}")]
                }
                Some(method) => {
                    let method = written(&format!("^({method})$"))?;
                    vec![format!("{{ method,upper -m reg {method} }}")]
                }
            };
            let action = if task.has(2, 2) && !target.contains("://") && !new.contains("://") {
                "replace-pathq"
            } else {
                "replace-uri"
            };
            let condition = joined(&wanted, words)?;
            let (target, new) = (written(&cased(&target))?, format_written(&new)?);
            Some(format!("http-request {action} {target} {new}{condition}"))
        }
        Pattern::Header { name, grouped, value } => {
            let new = format_written(&value_text(text, &name, grouped)?)?;
            let value = match value {
                None => ".*".to_owned(),
                Some(value) => written(&cased(&value))?,
            };
            let condition = joined(&[], words)?;
            Some(format!(
                "http-request replace-header {name} {value} {new}{condition}"
            ))
        }
        _ => None,
    }
}
