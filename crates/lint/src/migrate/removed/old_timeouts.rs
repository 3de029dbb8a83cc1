//! `contimeout`, `clitimeout`, `srvtimeout`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "old-timeouts",
    about: "`contimeout`, `clitimeout`, `srvtimeout` become `timeout …`",
    when: When::Old(&[
        (Table::Proxy, "contimeout"),
        (Table::Proxy, "clitimeout"),
        (Table::Proxy, "srvtimeout"),
        (Table::Timeout, "contimeout"),
        (Table::Timeout, "clitimeout"),
        (Table::Timeout, "srvtimeout"),
    ]),
    docs: "The same times under their later names: `timeout connect`, `timeout client`, `timeout server`; `timeout contimeout` and its kin as well.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.file.proxy_lines() {
        let (keyword, at) = line.keyword();
        let (table, old, value) = match keyword {
            "timeout" => (Table::Timeout, line.word(at), at + 1),
            keyword => (Table::Proxy, keyword, at),
        };
        let name = match old {
            "contimeout" => "connect",
            "clitimeout" => "client",
            "srvtimeout" => "server",
            _ => continue,
        };
        if task.is_old(table, old) && line.words.len() > value {
            let rewrite = task.rewrite(
                line,
                &[format!("timeout {name} {}", task.file.raw_from(line, value))],
            );
            found.push(Found::new([line], task.age(table, old)).edits(rewrite));
        }
    }
}
