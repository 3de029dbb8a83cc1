//! `appsession`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "app-session",
    about: "`appsession` becomes a stick table",
    when: When::Old(&[(Table::Proxy, "appsession")]),
    docs: "Servers were remembered by the cookie that their application sets. A stick table does the same, survives a reload with `peers`, and can be looked at.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_proxy_lines(&["appsession"]) {
        let told = Found::new([line], task.age(Table::Proxy, "appsession"));
        let has_table = line.section.is_some_and(|section| {
            task.file
                .body(section)
                .any(|other| other.word(0) == "stick-table" || other.word(0) == "stick")
        });
        let whole = task
            .file
            .section_of(line)
            .is_some_and(|section| section.is_backend());
        let (len, expire) = (line.value_of("len"), line.value_of("timeout"));
        let known = line.words.len() >= 6 && !line.has(2, "prefix");
        let (Some(len), Some(expire), true, false, true) = (len, expire, known, has_table, whole) else {
            let advice = "write a stick-table of type string with 'stick store-response res.cook(NAME)' and 'stick match \
                          req.cook(NAME)' for it";
            found.push(told.decide().advice(advice));
            continue;
        };
        let name = line.word(1);
        let mut rules = vec![
            format!("stick-table type string len {len} size 200k expire {expire}"),
            format!("stick store-response res.cook({name})"),
            format!("stick match req.cook({name})"),
        ];
        match line.value_of("mode") {
            Some("path-parameters") => rules.push(format!("stick match url_param({name},;)")),
            Some("query-string") => rules.push(format!("stick match url_param({name})")),
            _ => {}
        }
        if line.has(2, "request-learn") {
            rules.push(format!("stick store-request req.cook({name})"));
        }
        let advice = "the table keeps 200,000 sessions: choose 'size' to fit";
        found.push(told.edits(task.rewrite(line, &rules)).advice(advice));
    }
}
