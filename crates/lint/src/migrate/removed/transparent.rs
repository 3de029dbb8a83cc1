//! `transparent` and `option transparent`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "transparent",
    about: "`option transparent` becomes a server without address",
    when: When::Old(&[(Table::Proxy, "transparent"), (Table::Option, "transparent")]),
    docs: "Connections go to the address that the client asked for. A server with the address 0.0.0.0 says the same. In `defaults` each proxy has to be given its server by hand.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let lines = task
        .old_proxy_lines(&["transparent"])
        .map(|line| (line, Table::Proxy));
    for (line, table) in lines.chain(task.old_options("transparent").map(|line| (line, Table::Option))) {
        let told = Found::new([line], task.age(table, "transparent"));
        let in_proxy = task
            .file
            .section_of(line)
            .is_some_and(|section| section.is_backend());
        if line.negated() {
            found.push(told.edits(task.rewrite(line, &[])));
        } else if in_proxy {
            found.push(told.edits(task.rewrite(line, &["server transparent 0.0.0.0".to_owned()])));
        } else {
            let advice =
                "write 'server NAME 0.0.0.0' into each proxy that is to use it, and take this line away";
            found.push(told.decide().advice(advice));
        }
    }
}
