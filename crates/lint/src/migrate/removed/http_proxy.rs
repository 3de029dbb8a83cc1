//! `option http_proxy`.

use haproxy_cfg::keywords::Table;

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "http-proxy",
    about: "`option http_proxy` becomes rules that take the address from the request",
    when: When::Old(&[(Table::Option, "http_proxy")]),
    docs: "The proxy connected to the address in the target of the request; names were never looked up. Rules set the destination from the target, and a server without address uses it. Names can be looked up with `http-request do-resolve` and a `resolvers` section.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task.old_options("http_proxy") {
        let told = Found::new([line], task.age(Table::Option, "http_proxy"));
        if line.negated() {
            found.push(told.edits(task.rewrite(line, &[])));
            continue;
        }
        let whole = task
            .file
            .section_of(line)
            .is_some_and(|section| section.is_backend());
        if !whole {
            found.push(
                told.decide()
                    .advice("a backend with a server 0.0.0.0:0 has to take what these requests ask for"),
            );
            continue;
        }
        let path = if task.has(2, 4) { "pathq" } else { "path" };
        let mut rules = vec![
            "http-request set-dst url_ip".to_owned(),
            "http-request set-dst-port url_port".to_owned(),
            format!("http-request set-uri %[{path}]"),
        ];
        let servers = line
            .section
            .into_iter()
            .flat_map(|section| task.file.body(section));
        if !servers.into_iter().any(|other| other.word(0) == "server") {
            rules.push("server asked-for 0.0.0.0:0".to_owned());
        }
        found.push(told.edits(task.rewrite(line, &rules)).decide().advice(
            "this connects to any address that a client names: say with rules who may, and where to",
        ));
    }
}
