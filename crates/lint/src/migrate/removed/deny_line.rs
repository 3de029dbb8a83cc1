//! `reqdeny`, `reqallow`, `reqtarpit`, `rspdeny` and their kin.

use haproxy_cfg::keywords::Table;

use super::super::file::Line;
use super::super::old_line::{Pattern, joined, pattern};
use super::super::task::{Found, Task};
use super::super::word::written;
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "deny-line",
    about: "`reqdeny`, `reqallow`, `reqtarpit`, `rspdeny` become rules with a condition",
    when: When::Old(&[
        (Table::Proxy, "reqdeny"),
        (Table::Proxy, "reqideny"),
        (Table::Proxy, "reqallow"),
        (Table::Proxy, "reqiallow"),
        (Table::Proxy, "reqtarpit"),
        (Table::Proxy, "reqitarpit"),
        (Table::Proxy, "rspdeny"),
        (Table::Proxy, "rspideny"),
    ]),
    docs: "The pattern becomes a condition on the method, the target or one header. A pattern that may match several of them \
           (one that is not anchored, say) is left for a person: a refusal that is rewritten wrongly lets through what it \
           should not.",
    find,
};

const NAMES: &[&str] = &[
    "reqdeny",
    "reqideny",
    "reqallow",
    "reqiallow",
    "reqtarpit",
    "reqitarpit",
    "rspdeny",
    "rspideny",
];

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(NAMES) {
        let (keyword, _) = line.keyword();
        let told = Found::new([line], task.age(Table::Proxy, keyword));
        let (action, insensitive) = match keyword {
            "reqdeny" => ("http-request deny", false),
            "reqideny" => ("http-request deny", true),
            "reqallow" => ("http-request allow", false),
            "reqiallow" => ("http-request allow", true),
            "reqtarpit" => ("http-request tarpit", false),
            "reqitarpit" => ("http-request tarpit", true),
            "rspdeny" => ("http-response deny", false),
            _ => ("http-response deny", true),
        };
        let words: Vec<String> = (2..line.words.len())
            .map(|at| task.file.raw(line, at, at))
            .collect();
        let rule = conditions(task, line, insensitive, action.starts_with("http-response"))
            .and_then(|wanted| joined(&wanted, &words));
        found.push(match rule {
            Some(condition) => {
                let told = told.edits(task.rewrite(line, &[format!("{action}{condition}")]));
                if action == "http-request allow" {
                    told.advice("it ended the old rules behind it, and ends all http-request rules behind it now")
                } else {
                    told
                }
            }
            None => told.decide().advice(format!(
                "write '{action} if …' for what '{}' matches: it looked at the request line and at each header",
                line.word(1)
            )),
        });
    }
}

/// Conditions for what the first argument of a line matches; none when it may match several parts of a message.
pub(super) fn conditions(
    task: &Task<'_>,
    line: &Line,
    insensitive: bool,
    response: bool,
) -> Option<Vec<String>> {
    let case = if insensitive { " -i" } else { "" };
    let (header, target) = if response {
        ("res.fhdr", None)
    } else {
        ("req.fhdr", Some(if task.has(2, 4) { "pathq" } else { "url" }))
    };
    if !task.file.is_text(line) {
        return None;
    }
    match (pattern(line.word(1))?, target) {
        (Pattern::Header { name, value, .. }, _) => Some(vec![match value {
            None => format!("{{ {header}({name}) -m found }}"),
            Some(value) => format!("{{ {header}({name}) -m reg{case} {} }}", written(&value)?),
        }]),
        (
            Pattern::Request {
                method,
                target: pattern,
                ..
            },
            Some(fetch),
        ) => {
            let mut out = Vec::new();
            if let Some(method) = method {
                let plain = method.bytes().all(|byte| byte.is_ascii_uppercase());
                out.push(if plain {
                    format!("{{ method {method} }}")
                } else {
                    let method = written(&format!("^({method})$"))?;
                    format!("{{ method,upper -m reg {method} }}")
                });
            }
            if !matches!(pattern.as_str(), "^.*" | "^(.*)" | "^/.*") {
                out.push(format!("{{ {fetch} -m reg{case} {} }}", written(&pattern)?));
            }
            (!out.is_empty()).then_some(out)
        }
        _ => None,
    }
}
