//! `reqadd` and `rspadd`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::word::{format_written, written};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "add-header",
    about: "`reqadd` and `rspadd` become `add-header` rules",
    when: When::Old(&[(Table::Proxy, "reqadd"), (Table::Proxy, "rspadd")]),
    docs: "The header is cut into its name and its value; a percent sign in the value is doubled, as the value is a format now. The old rules came behind all `http-request` (`http-response`) rules of their proxy.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["reqadd", "rspadd"]) {
        let (keyword, _) = line.keyword();
        let told = Found::new([line], task.age(Table::Proxy, keyword));
        let set = if keyword == "reqadd" {
            "http-request"
        } else {
            "http-response"
        };
        let header = line.word(1).split_once(':');
        let parts = header.and_then(|(name, value)| {
            Some((written(name.trim())?, format_written(value.trim_matches(' '))?))
        });
        let Some((name, value)) = parts.filter(|_| task.file.is_text(line)) else {
            let advice = format!("write '{set} add-header NAME VALUE' for it");
            found.push(told.decide().advice(advice));
            continue;
        };
        let behind = if line.words.len() > 2 {
            format!(" {}", task.file.raw_from(line, 2))
        } else {
            String::new()
        };
        let rewrite = task.rewrite(line, &[format!("{set} add-header {name} {value}{behind}")]);
        found.push(told.edits(rewrite));
    }
}
