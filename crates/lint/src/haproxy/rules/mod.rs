//! The rules, a file each.

mod acl_hides_predefined;
mod admin_socket_for_all;
mod admin_socket_on_network;
mod all_servers_disabled;
mod allbackups_without_backup;
mod backend_without_servers;
mod basic_auth_without_tls;
mod certificate_expired;
mod certificate_expires_soon;
mod check_options_without_check;
mod clear_bind_on_tls_port;
mod clear_text_password;
mod client_certificate_not_asked;
mod cookie_not_secure;
mod counter_not_stored;
mod duplicate_acl_line;
mod duplicate_bind;
mod duplicate_server_address;
mod duplicate_server_cookie;
mod forwarded_proto_of_clear;
mod frontend_leads_nowhere;
mod frontend_maxconn_above_global;
mod frontend_without_log;
mod fullconn_without_minconn;
mod hash_type_without_hash;
mod host_in_upper_case;
mod httpchk_without_check;
mod httpchk_without_host;
mod inter_too_short;
mod leads_to_disabled_backend;
mod maxconn_above_descriptors;
mod missing_http_request_timeout;
mod missing_queue_timeout;
mod missing_tarpit_timeout;
mod name_resolved_once;
mod never_matching_acl;
mod never_matching_condition;
mod old_tls_version;
mod only_backup_servers;
mod path_without_slash;
mod port_never_bound;
mod private_key_world_readable;
mod redirect_loop;
mod redispatch_without_retries;
mod redundant_use_backend;
mod repeated_pattern;
mod retry_repeats_requests;
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
mod ssl_on_clear_port;
mod stats_admin_for_all;
mod stats_auth_without_tls;
mod stats_without_auth;
mod stick_table_without_expire;
mod timeout_too_long;
mod timeout_too_short;
mod tls_port_without_ssl;
mod trusted_header_is_added;
mod unescaped_dot;
mod unused_acl;
mod unused_backend;
mod unused_cache;
mod unused_default_backend;
mod unused_defaults;
mod unused_resolvers;
mod unused_stick_table;
mod unused_userlist;
mod use_backend_after_unconditional;
mod verify_none;
mod weak_ciphers;
mod weak_dh_parameters;
mod weak_password_hash;
mod websocket_without_tunnel_timeout;

use super::Rule;
use super::view::View;
use crate::rule::Findings;

/// All rules, by their codes.
pub const RULES: &[Rule] = &[
    acl_hides_predefined::RULE,
    admin_socket_for_all::RULE,
    admin_socket_on_network::RULE,
    all_servers_disabled::RULE,
    allbackups_without_backup::RULE,
    backend_without_servers::RULE,
    basic_auth_without_tls::RULE,
    certificate_expired::RULE,
    certificate_expires_soon::RULE,
    check_options_without_check::RULE,
    clear_bind_on_tls_port::RULE,
    clear_text_password::RULE,
    client_certificate_not_asked::RULE,
    cookie_not_secure::RULE,
    counter_not_stored::RULE,
    duplicate_acl_line::RULE,
    duplicate_bind::RULE,
    duplicate_server_address::RULE,
    duplicate_server_cookie::RULE,
    forwarded_proto_of_clear::RULE,
    frontend_leads_nowhere::RULE,
    frontend_maxconn_above_global::RULE,
    frontend_without_log::RULE,
    fullconn_without_minconn::RULE,
    hash_type_without_hash::RULE,
    host_in_upper_case::RULE,
    httpchk_without_check::RULE,
    httpchk_without_host::RULE,
    inter_too_short::RULE,
    leads_to_disabled_backend::RULE,
    maxconn_above_descriptors::RULE,
    missing_http_request_timeout::RULE,
    missing_queue_timeout::RULE,
    missing_tarpit_timeout::RULE,
    name_resolved_once::RULE,
    never_matching_acl::RULE,
    never_matching_condition::RULE,
    old_tls_version::RULE,
    only_backup_servers::RULE,
    path_without_slash::RULE,
    port_never_bound::RULE,
    private_key_world_readable::RULE,
    redirect_loop::RULE,
    redispatch_without_retries::RULE,
    redundant_use_backend::RULE,
    repeated_pattern::RULE,
    retry_repeats_requests::RULE,
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
    ssl_on_clear_port::RULE,
    stats_admin_for_all::RULE,
    stats_auth_without_tls::RULE,
    stats_without_auth::RULE,
    stick_table_without_expire::RULE,
    timeout_too_long::RULE,
    timeout_too_short::RULE,
    tls_port_without_ssl::RULE,
    trusted_header_is_added::RULE,
    unescaped_dot::RULE,
    unused_acl::RULE,
    unused_backend::RULE,
    unused_cache::RULE,
    unused_default_backend::RULE,
    unused_defaults::RULE,
    unused_resolvers::RULE,
    unused_stick_table::RULE,
    unused_userlist::RULE,
    use_backend_after_unconditional::RULE,
    verify_none::RULE,
    weak_ciphers::RULE,
    weak_dh_parameters::RULE,
    weak_password_hash::RULE,
    websocket_without_tunnel_timeout::RULE,
];
