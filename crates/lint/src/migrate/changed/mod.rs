//! What changed although the file stays: defaults and ways of reading, a migration for each.

mod abort_on_close;
mod alpn;
mod authority;
mod balance;
mod body_of_get;
mod dhe;
mod empty_arguments;
mod final_newline;
mod h2_upgrade;
mod h2_window;
mod http_09;
mod http_close_meaning;
mod http_reuse;
mod htx;
mod keep_alive;
mod mailers;
mod max_rewrite;
mod privileges;
mod prometheus_states;
mod quotes;
mod server_in_frontend;
mod server_port;
mod server_verify;
mod sni;
mod spop;
mod stats_version;
mod strict_limits;
mod strict_rewriting;
mod threads;
mod tls_minimum;
mod unique_names;
mod unique_server_names;

use super::Migration;

/// All of them, by version.
pub(super) const ALL: &[&Migration] = &[
    &keep_alive::MIGRATION,
    &server_verify::MIGRATION,
    &http_09::MIGRATION,
    &max_rewrite::MIGRATION,
    &quotes::MIGRATION,
    &unique_names::MIGRATION,
    &server_port::MIGRATION,
    &http_reuse::MIGRATION,
    &spop::MIGRATION,
    &http_close_meaning::MIGRATION,
    &htx::MIGRATION,
    &threads::MIGRATION,
    &authority::MIGRATION,
    &privileges::MIGRATION,
    &strict_rewriting::MIGRATION,
    &tls_minimum::MIGRATION,
    &final_newline::MIGRATION,
    &strict_limits::MIGRATION,
    &prometheus_states::MIGRATION,
    &server_in_frontend::MIGRATION,
    &body_of_get::MIGRATION,
    &dhe::MIGRATION,
    &alpn::MIGRATION,
    &h2_window::MIGRATION,
    &abort_on_close::MIGRATION,
    &balance::MIGRATION,
    &empty_arguments::MIGRATION,
    &mailers::MIGRATION,
    &sni::MIGRATION,
    &unique_server_names::MIGRATION,
    &h2_upgrade::MIGRATION,
    &stats_version::MIGRATION,
];
