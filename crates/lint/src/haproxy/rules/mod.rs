//! The rules, a file each.

mod admin_socket_for_all;
mod admin_socket_on_network;
mod all_servers_disabled;
mod basic_auth_without_tls;
mod certificate_expired;
mod certificate_expires_soon;
mod check_options_without_check;
mod client_certificate_not_asked;
mod cookie_not_secure;
mod duplicate_bind;
mod duplicate_server_address;
mod duplicate_server_cookie;
mod forwarded_proto_of_clear;
mod frontend_without_log;
mod httpchk_without_check;
mod inter_too_short;
mod maxconn_above_descriptors;
mod missing_http_request_timeout;
mod never_matching_acl;
mod never_matching_condition;
mod old_tls_version;
mod only_backup_servers;
mod path_without_slash;
mod port_never_bound;
mod private_key_world_readable;
mod redirect_loop;
mod runs_as_root;
mod secrets_world_readable;
mod server_cookie_without_cookie;
mod server_is_own_frontend;
mod server_without_cookie;
mod servers_without_check;
mod shadowed_rule;
mod single_failure;
mod slow_failure_detection;
mod sni_of_terminated_tls;
mod some_servers_unchecked;
mod ssl_fc_without_tls;
mod stats_admin_for_all;
mod stats_auth_without_tls;
mod stats_without_auth;
mod timeout_too_long;
mod timeout_too_short;
mod unused_acl;
mod unused_backend;
mod unused_default_backend;
mod use_backend_after_unconditional;
mod verify_none;
mod weak_ciphers;

use super::rule::{Findings, Rule};
use super::view::View;

/// All rules, by their codes.
pub const RULES: &[Rule] = &[
    admin_socket_for_all::RULE,
    admin_socket_on_network::RULE,
    all_servers_disabled::RULE,
    basic_auth_without_tls::RULE,
    certificate_expired::RULE,
    certificate_expires_soon::RULE,
    check_options_without_check::RULE,
    client_certificate_not_asked::RULE,
    cookie_not_secure::RULE,
    duplicate_bind::RULE,
    duplicate_server_address::RULE,
    duplicate_server_cookie::RULE,
    forwarded_proto_of_clear::RULE,
    frontend_without_log::RULE,
    httpchk_without_check::RULE,
    inter_too_short::RULE,
    maxconn_above_descriptors::RULE,
    missing_http_request_timeout::RULE,
    never_matching_acl::RULE,
    never_matching_condition::RULE,
    old_tls_version::RULE,
    only_backup_servers::RULE,
    path_without_slash::RULE,
    port_never_bound::RULE,
    private_key_world_readable::RULE,
    redirect_loop::RULE,
    runs_as_root::RULE,
    secrets_world_readable::RULE,
    server_cookie_without_cookie::RULE,
    server_is_own_frontend::RULE,
    server_without_cookie::RULE,
    servers_without_check::RULE,
    shadowed_rule::RULE,
    single_failure::RULE,
    slow_failure_detection::RULE,
    sni_of_terminated_tls::RULE,
    some_servers_unchecked::RULE,
    ssl_fc_without_tls::RULE,
    stats_admin_for_all::RULE,
    stats_auth_without_tls::RULE,
    stats_without_auth::RULE,
    timeout_too_long::RULE,
    timeout_too_short::RULE,
    unused_acl::RULE,
    unused_backend::RULE,
    unused_default_backend::RULE,
    use_backend_after_unconditional::RULE,
    verify_none::RULE,
    weak_ciphers::RULE,
];
