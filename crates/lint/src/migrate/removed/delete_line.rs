//! `reqdel`, `reqidel`, `rspdel`, `rspidel`.

use haproxy_cfg::keywords::Table;

use super::super::old_line::{Pattern, joined, pattern};
use super::super::task::{Found, Task};
use super::super::word::written;
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "delete-line",
    about: "`reqdel`, `rspdel` and their kin become `del-header` rules",
    when: When::Old(&[
        (Table::Proxy, "reqdel"),
        (Table::Proxy, "reqidel"),
        (Table::Proxy, "rspdel"),
        (Table::Proxy, "rspidel"),
    ]),
    docs: "The old rules deleted the lines that matched. `del-header` deletes all headers of a name: where a pattern looks at the \
           value, the header of such a value is emptied instead, as one of several cannot be deleted by itself.",
    find,
};

const NAMES: &[&str] = &["reqdel", "reqidel", "rspdel", "rspidel"];

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(NAMES) {
        let (keyword, _) = line.keyword();
        let set = if keyword.starts_with("req") {
            "http-request"
        } else {
            "http-response"
        };
        let told = Found::new([line], task.age(Table::Proxy, keyword));
        let words: Vec<String> = (2..line.words.len())
            .map(|at| task.file.raw(line, at, at))
            .collect();
        let behind = joined(&[], &words).unwrap_or_default();
        let insensitive = matches!(keyword, "reqidel" | "rspidel");
        let parts = pattern(line.word(1)).filter(|_| task.file.is_text(line));
        found.push(match parts {
            Some(Pattern::Header { name, value: None, .. }) => {
                told.edits(task.rewrite(line, &[format!("{set} del-header {name}{behind}")]))
            }
            Some(Pattern::Headers(name)) if task.has(2, 2) => {
                told.edits(task.rewrite(line, &[format!("{set} del-header {name} -m beg{behind}")]))
            }
            Some(Pattern::Header {
                name,
                value: Some(value),
                ..
            }) => {
                let value = if insensitive { format!("(?i){value}") } else { value };
                let open = value.ends_with(".*") || value.ends_with('$');
                let whole = if open { value } else { format!("{value}.*") };
                match written(&whole) {
                    Some(value) => {
                        let rule = format!("{set} replace-header {name} {value} %[str()]{behind}");
                        told.edits(task.rewrite(line, &[rule])).decide().advice(format!(
                            "'{name}' of such a value stays, but empty: if it comes once only, '{set} del-header {name} if …' is better"
                        ))
                    }
                    None => told.decide().advice(format!("write '{set} del-header' for it")),
                }
            }
            _ => told.decide().advice(format!(
                "write '{set} del-header' for the headers that '{}' matches",
                line.word(1)
            )),
        });
    }
}
