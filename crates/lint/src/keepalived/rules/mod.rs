//! The rules, a file each.

mod address_bound_while_elsewhere;
mod address_nothing_binds;
mod address_of_network;
mod address_of_node;
mod address_without_prefix;
mod addresses_differ;
mod admin_socket_through_address;
mod advert_int_differs;
mod advert_int_long;
mod advert_int_short;
mod alert_without_receiver;
mod announced_once;
mod authentication_differs;
mod both_master;
mod check_timeout_above_delay;
mod check_too_rare;
mod duplicate_address;
mod instance_on_one_node;
mod instances_not_in_sync;
mod interface_not_here;
mod interface_not_watched;
mod killall_0;
mod many_addresses;
mod master_with_lower_priority;
mod missing_router_id;
mod nopreempt_on_one_node;
mod nopreempt_with_weight;
mod one_failure_moves_address;
mod owner_priority;
mod password_in_clear;
mod password_world_readable;
mod peer_is_self;
mod peer_not_named;
mod prefix_differs;
mod priority_tie;
mod proxy_not_tracked;
mod real_server_without_check;
mod same_router_id;
mod script_in_temporary_folder;
mod script_never_fails;
mod script_timeout_above_interval;
mod script_without_timeout;
mod shell_syntax_in_script;
mod sorry_server_is_real_server;
mod started_never_stopped;
mod stats_through_address;
mod strict_drops_traffic;
mod tracked_interface_not_here;
mod tracked_on_one_node;
mod unicast_on_one_node;
mod unicast_without_source;
mod unused_script;
mod unused_tracked;
mod version_differs;
mod virtual_server_without_address;
mod vrid_differs;
mod weight_beyond_limit;
mod weight_too_small;
mod well_known_password;

use super::Rule;
use super::cluster::Cluster;
use crate::rule::Findings;

/// All rules, by their codes.
pub const RULES: &[Rule] = &[
    address_bound_while_elsewhere::RULE,
    address_nothing_binds::RULE,
    address_of_network::RULE,
    address_of_node::RULE,
    address_without_prefix::RULE,
    addresses_differ::RULE,
    admin_socket_through_address::RULE,
    advert_int_differs::RULE,
    advert_int_long::RULE,
    advert_int_short::RULE,
    alert_without_receiver::RULE,
    announced_once::RULE,
    authentication_differs::RULE,
    both_master::RULE,
    check_timeout_above_delay::RULE,
    check_too_rare::RULE,
    duplicate_address::RULE,
    instance_on_one_node::RULE,
    instances_not_in_sync::RULE,
    interface_not_here::RULE,
    interface_not_watched::RULE,
    killall_0::RULE,
    many_addresses::RULE,
    master_with_lower_priority::RULE,
    missing_router_id::RULE,
    nopreempt_on_one_node::RULE,
    nopreempt_with_weight::RULE,
    one_failure_moves_address::RULE,
    owner_priority::RULE,
    password_in_clear::RULE,
    password_world_readable::RULE,
    peer_is_self::RULE,
    peer_not_named::RULE,
    prefix_differs::RULE,
    priority_tie::RULE,
    proxy_not_tracked::RULE,
    real_server_without_check::RULE,
    same_router_id::RULE,
    script_in_temporary_folder::RULE,
    script_never_fails::RULE,
    script_timeout_above_interval::RULE,
    script_without_timeout::RULE,
    shell_syntax_in_script::RULE,
    sorry_server_is_real_server::RULE,
    started_never_stopped::RULE,
    stats_through_address::RULE,
    strict_drops_traffic::RULE,
    tracked_interface_not_here::RULE,
    tracked_on_one_node::RULE,
    unicast_on_one_node::RULE,
    unicast_without_source::RULE,
    unused_script::RULE,
    unused_tracked::RULE,
    version_differs::RULE,
    virtual_server_without_address::RULE,
    vrid_differs::RULE,
    weight_beyond_limit::RULE,
    weight_too_small::RULE,
    well_known_password::RULE,
];
