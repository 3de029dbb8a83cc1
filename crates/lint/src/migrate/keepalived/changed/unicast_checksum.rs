//! The checksum of VRRPv3 over unicast, after 1.3.6.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, PinAt, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "unicast-checksum",
    about: "adverts of VRRP version 3 over unicast have another checksum",
    when: When::Since(Version::new(1, 4)),
    docs: "Up to 1.3.6 the checksum was worked out in a way of its own; nodes that differ do not take each other's adverts, and both are master. `old_unicast_checksum` keeps the old one, for as long as one node has it.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    let text = &task.text;
    let third = |at: usize| text.arg(at, 0) == "3";
    let everywhere = text.all("global_defs", "vrrp_version").any(third);
    for instance in text.all("", "vrrp_instance") {
        let has = |keyword: &str| text.inside_with(instance, keyword).next().is_some();
        let own = text.inside_with(instance, "version").last();
        let is_third = own.map_or(everywhere, third);
        if !is_third || !has("unicast_peer") || has("old_unicast_checksum") {
            continue;
        }
        let message = format!(
            "adverts of '{}' have another checksum than those of 1.3.6 and before",
            text.arg(instance, 0)
        );
        let told = text.found(&[instance], message);
        found.push(
            told.advice("both nodes are master while one has the old version and the other the new; pin it until all are new")
                .pin(PinAt::End(instance), "old_unicast_checksum"),
        );
    }
}
