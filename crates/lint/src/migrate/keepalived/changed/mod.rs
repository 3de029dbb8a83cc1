//! What changed although the file stays: defaults and ways of reading, a migration for each.

mod booleans;
mod fault_mails;
mod iptables;
mod link_local;
mod masked;
mod no_peers;
mod script_user;
mod unicast_checksum;

use super::Migration;

/// All of them, by version.
pub(super) const ALL: &[&Migration] = &[
    &script_user::MIGRATION,
    &unicast_checksum::MIGRATION,
    &fault_mails::MIGRATION,
    &iptables::MIGRATION,
    &link_local::MIGRATION,
    &no_peers::MIGRATION,
    &booleans::MIGRATION,
    &masked::MIGRATION,
];
