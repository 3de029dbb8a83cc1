//! Unicast without partners, since 2.2.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "no-peers",
    about: "unicast without `unicast_peer` is out of use",
    when: When::Since(Version::new(2, 2)),
    docs: "An instance with `unicast_src_ip` and no `unicast_peer` used multicast. That is warned of since 2.2; `unicast_fault_no_peer` makes it a fault.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    for instance in text.all("", "vrrp_instance") {
        let has = |keyword: &str| text.inside_with(instance, keyword).next().is_some();
        let Some(source) = text.inside_with(instance, "unicast_src_ip").last() else {
            continue;
        };
        if has("unicast_peer") || has("unicast_fault_no_peer") {
            continue;
        }
        let told = text.found(&[source], "unicast without a partner is warned of since 2.2");
        found.push(
            told.advice(
                "write unicast_peer with the other nodes, or mcast_src_ip in the place of unicast_src_ip",
            )
            .decide(),
        );
    }
}
