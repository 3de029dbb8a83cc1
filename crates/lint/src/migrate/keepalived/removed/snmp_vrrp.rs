//! `enable_snmp_keepalived`.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "snmp-vrrp",
    about: "`enable_snmp_keepalived` becomes `enable_snmp_vrrp`",
    when: When::From(Version::new(2, 0)),
    docs: "The same under the name that tells which part of the MIB is meant. The old name is still read.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    task.rename(
        "global_defs",
        "enable_snmp_keepalived",
        "enable_snmp_vrrp",
        "has another name since 2.0",
        found,
    );
}
