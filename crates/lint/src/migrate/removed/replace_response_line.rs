//! `rsprep` and `rspirep`.

use haproxy_cfg::keywords::Table;

use super::super::old_line::{Pattern, joined, response, value_text};
use super::super::task::{Found, Task};
use super::super::word::{format_written, written};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "replace-response-line",
    about: "`rsprep` becomes `replace-header` or `set-status`",
    when: When::Old(&[(Table::Proxy, "rsprep"), (Table::Proxy, "rspirep")]),
    docs: "A pattern that looks at a header becomes `http-response replace-header`, one that looks at the status line \
           `http-response set-status` with a condition on the status.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["rsprep", "rspirep"]) {
        let (keyword, _) = line.keyword();
        let told = Found::new([line], task.age(Table::Proxy, keyword));
        let words: Vec<String> = (3..line.words.len())
            .map(|at| task.file.raw(line, at, at))
            .collect();
        let text = task.file.is_text(line);
        let rule = text.then(|| rule(line.word(1), line.word(2), keyword == "rspirep", &words));
        found.push(match rule.flatten() {
            Some(rule) => told.edits(task.rewrite(line, &[rule])),
            None => told.decide().advice(format!(
                "write http-response replace-header or set-status for what '{}' matches",
                line.word(1)
            )),
        });
    }
}

fn rule(search: &str, text: &str, insensitive: bool, words: &[String]) -> Option<String> {
    match response(search)? {
        Pattern::Header { name, grouped, value } => {
            let new = format_written(&value_text(text, &name, grouped)?)?;
            let value = match value {
                None => ".*".to_owned(),
                Some(value) if insensitive => written(&format!("(?i){value}"))?,
                Some(value) => written(&value)?,
            };
            Some(format!(
                "http-response replace-header {name} {value} {new}{}",
                joined(&[], words)?
            ))
        }
        Pattern::Status(status) => {
            let mut parts = text.splitn(3, ' ');
            let version = parts.next()?;
            let new = parts.next()?;
            let digits = new.len() == 3 && new.bytes().all(|byte| byte.is_ascii_digit());
            if !digits || !(version.starts_with("HTTP/") || version == "\\1") {
                return None;
            }
            let reason = match parts.next() {
                Some(reason) if !reason.is_empty() && !reason.contains('\\') => {
                    format!(" reason {}", written(reason)?)
                }
                _ => String::new(),
            };
            let condition = joined(&[format!("{{ status {status} }}")], words)?;
            Some(format!("http-response set-status {new}{reason}{condition}"))
        }
        _ => None,
    }
}
