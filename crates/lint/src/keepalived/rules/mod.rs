//! The rules, a file each.

mod address_bound_while_elsewhere;
mod address_nothing_binds;
mod address_of_network;
mod address_without_prefix;
mod addresses_differ;
mod advert_int_differs;
mod authentication_differs;
mod both_master;
mod duplicate_address;
mod instance_on_one_node;
mod interface_not_here;
mod killall_0;
mod master_with_lower_priority;
mod missing_router_id;
mod nopreempt_on_one_node;
mod nopreempt_with_weight;
mod password_world_readable;
mod peer_not_named;
mod prefix_differs;
mod priority_tie;
mod same_router_id;
mod script_in_temporary_folder;
mod strict_drops_traffic;
mod unicast_on_one_node;
mod unicast_without_source;
mod unused_script;
mod version_differs;
mod vrid_differs;
mod weight_too_small;

use super::cluster::Cluster;
use super::rule::{Findings, Rule};

/// All rules, by their codes.
pub const RULES: &[Rule] = &[
    address_bound_while_elsewhere::RULE,
    address_nothing_binds::RULE,
    address_of_network::RULE,
    address_without_prefix::RULE,
    addresses_differ::RULE,
    advert_int_differs::RULE,
    authentication_differs::RULE,
    both_master::RULE,
    duplicate_address::RULE,
    instance_on_one_node::RULE,
    interface_not_here::RULE,
    killall_0::RULE,
    master_with_lower_priority::RULE,
    missing_router_id::RULE,
    nopreempt_on_one_node::RULE,
    nopreempt_with_weight::RULE,
    password_world_readable::RULE,
    peer_not_named::RULE,
    prefix_differs::RULE,
    priority_tie::RULE,
    same_router_id::RULE,
    script_in_temporary_folder::RULE,
    strict_drops_traffic::RULE,
    unicast_on_one_node::RULE,
    unicast_without_source::RULE,
    unused_script::RULE,
    version_differs::RULE,
    vrid_differs::RULE,
    weight_too_small::RULE,
];
