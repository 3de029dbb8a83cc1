//! `vmac_garp_intvl`.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "garp-extra",
    about: "`vmac_garp_intvl` becomes `garp_extra_if`",
    when: When::From(Version::new(2, 2)),
    docs: "The same interval under the name that says it holds for all interfaces that are not the instance's own, virtual MAC address or not; `vrrp_vmac_garp_intvl` of `global_defs` becomes `vrrp_garp_extra_if`.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    task.rename(
        "vrrp_instance",
        "vmac_garp_intvl",
        "garp_extra_if",
        "is warned of since 2.2",
        found,
    );
    task.rename(
        "global_defs",
        "vrrp_vmac_garp_intvl",
        "vrrp_garp_extra_if",
        "is warned of since 2.2",
        found,
    );
}
