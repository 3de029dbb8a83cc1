//! Keywords that versions have dropped or renamed, a migration for each or for those that go the same way.

mod duplicate_address;
mod email_faults;
mod garp_extra;
mod linkbeat;
mod lvs_sync;
mod nat_mask;
mod plugin_dir;
mod retry;
mod route_words;
mod smtp_host;
mod snmp_vrrp;
mod track_file;
mod tracking_weight;

use super::Migration;

/// All of them.
pub(super) const ALL: &[&Migration] = &[
    &plugin_dir::MIGRATION,
    &nat_mask::MIGRATION,
    &smtp_host::MIGRATION,
    &snmp_vrrp::MIGRATION,
    &email_faults::MIGRATION,
    &tracking_weight::MIGRATION,
    &track_file::MIGRATION,
    &retry::MIGRATION,
    &lvs_sync::MIGRATION,
    &linkbeat::MIGRATION,
    &route_words::MIGRATION,
    &garp_extra::MIGRATION,
    &duplicate_address::MIGRATION,
];
