//! The rules, a file each.

mod failback_differs;
mod ipfail_with_legacy_failback;
mod ipfail_without_ping;
mod keys_differ;
mod nodes_differ;
mod ping_without_ipfail;
mod resources_differ;
mod short_key;
mod single_medium;
mod times_differ;
mod unsigned_messages;

use super::Rule;
use super::cluster::Cluster;
use crate::rule::Findings;

/// All rules, by their codes.
pub const RULES: &[Rule] = &[
    failback_differs::RULE,
    ipfail_with_legacy_failback::RULE,
    ipfail_without_ping::RULE,
    keys_differ::RULE,
    nodes_differ::RULE,
    ping_without_ipfail::RULE,
    resources_differ::RULE,
    short_key::RULE,
    single_medium::RULE,
    times_differ::RULE,
    unsigned_messages::RULE,
];
