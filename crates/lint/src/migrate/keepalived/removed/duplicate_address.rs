//! Addresses that an instance has twice.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "duplicate-address",
    about: "an address that is there twice is written once",
    when: When::From(Version::new(2, 3)),
    docs: "An address that an instance lists again is complained of since 2.3, and left out.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    for instance in text.all("", "vrrp_instance") {
        let mut seen: Vec<(String, usize)> = Vec::new();
        for block in ["virtual_ipaddress", "virtual_ipaddress_excluded"] {
            let entries: Vec<usize> = text
                .inside_with(instance, block)
                .flat_map(|list| text.inside(list))
                .collect();
            for at in entries {
                let written = text.keyword(at);
                let address = written.split('/').next().unwrap_or_default().to_owned();
                if address.is_empty() || address.starts_with(['$', '~']) {
                    continue;
                }
                let Some((_, first)) = seen.iter().find(|(known, _)| *known == address) else {
                    seen.push((address, at));
                    continue;
                };
                let told = text.found(
                    &[*first, at],
                    format!("{address} is there twice, which is complained of since 2.3"),
                );
                found.push(
                    told.edits(text.delete(at))
                        .advice("the first of them counts, with its prefix and device"),
                );
            }
        }
    }
}
