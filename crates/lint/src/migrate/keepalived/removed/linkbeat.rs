//! `linkbeat_use_polling` of instances.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, PinAt, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "linkbeat",
    about: "`linkbeat_use_polling` of an instance becomes `linkbeat_interfaces`",
    when: When::From(Version::new(2, 2)),
    docs: "Polling is for interfaces, so these are listed outside of instances.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    let known = text.all("", "linkbeat_interfaces").next();
    let mut listed: Vec<String> = known
        .into_iter()
        .flat_map(|block| text.inside(block))
        .map(|at| text.keyword(at))
        .collect();
    let mut fresh = Vec::new();
    let mut first = None;
    for at in text.all("vrrp_instance", "linkbeat_use_polling") {
        let owner = text.tree.nodes.get(at).and_then(|node| node.parent);
        let interface = owner.and_then(|owner| text.inside_with(owner, "interface").last());
        let told = text.found(
            &[at],
            "'linkbeat_use_polling' in an instance is warned of since 2.2",
        );
        let Some(interface) = interface
            .map(|line| text.arg(line, 0))
            .filter(|name| !name.is_empty())
        else {
            found.push(told.advice("the instance names no interface to list").decide());
            continue;
        };
        first.get_or_insert(at);
        found.push(
            told.edits(text.delete(at))
                .advice(format!("{interface} stands in linkbeat_interfaces")),
        );
        if !listed.contains(&interface) {
            listed.push(interface.clone());
            fresh.push(interface);
        }
    }
    let Some(at) = first.filter(|_| !fresh.is_empty()) else {
        return;
    };
    let rewrite = match known {
        Some(block) => text.insert(PinAt::End(block), &fresh),
        None => text.insert_block(at, "linkbeat_interfaces", &fresh),
    };
    found.push(
        text.found(&[at], "interfaces whose link is polled")
            .edits(rewrite),
    );
}
