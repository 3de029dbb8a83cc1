//! First IPv6 addresses that are not link-local, since 2.2.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "link-local",
    about: "a first IPv6 address need not be link-local",
    when: When::Since(Version::new(2, 2)),
    docs: "An instance whose first IPv6 address was not link-local did not run. Since 2.2 it does, unless strict mode is on.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    for instance in text.all("", "vrrp_instance") {
        let lists = text.inside_with(instance, "virtual_ipaddress");
        let first = lists.flat_map(|list| text.inside(list)).next();
        let Some(first) = first else { continue };
        let written = text.keyword(first);
        let address: Option<std::net::Ipv6Addr> =
            written.split('/').next().and_then(|text| text.parse().ok());
        if address.is_none_or(|address| address.is_unicast_link_local()) {
            continue;
        }
        let strict =
            text.has_global("vrrp_strict") || text.inside_with(instance, "strict_mode").next().is_some();
        let told = text.found(
            &[first],
            format!("{written} is not link-local, and the first address of its instance"),
        );
        found.push(if strict {
            told.advice(
                "in strict mode the instance does not run: write a link-local address (fe80::/64) first",
            )
            .decide()
        } else {
            told.advice("the instance did not run before 2.2, and does now")
        });
    }
}
