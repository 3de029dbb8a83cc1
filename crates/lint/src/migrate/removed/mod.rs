//! Keywords that versions have dropped, a migration for each or for those that go the same way.

mod accept_invalid;
mod add_header;
mod address_on_section_line;
mod app_session;
mod bare_timeout;
mod bind_process;
mod block;
mod debug;
mod delete_line;
mod deny_line;
mod dispatch;
mod force_close;
mod grace;
mod http_proxy;
mod http_tunnel;
mod httpchk_headers;
mod independant_streams;
mod lb_agent;
mod master_worker;
mod mode_health;
mod monitor_net;
mod nbproc;
mod node_name;
mod nosepoll;
mod old_timeouts;
mod pass_line;
mod program;
mod quic_names;
mod redispatch;
mod replace_line;
mod replace_response_line;
mod set_backend_line;
mod set_cookie;
mod tcp_splice;
mod transparent;
mod tune_chksize;
mod use_htx;

use super::Migration;

/// All of them.
pub(super) const ALL: &[&Migration] = &[
    &address_on_section_line::MIGRATION,
    &old_timeouts::MIGRATION,
    &bare_timeout::MIGRATION,
    &redispatch::MIGRATION,
    &block::MIGRATION,
    &add_header::MIGRATION,
    &delete_line::MIGRATION,
    &replace_line::MIGRATION,
    &replace_response_line::MIGRATION,
    &deny_line::MIGRATION,
    &pass_line::MIGRATION,
    &set_backend_line::MIGRATION,
    &app_session::MIGRATION,
    &force_close::MIGRATION,
    &http_tunnel::MIGRATION,
    &use_htx::MIGRATION,
    &http_proxy::MIGRATION,
    &tcp_splice::MIGRATION,
    &lb_agent::MIGRATION,
    &accept_invalid::MIGRATION,
    &independant_streams::MIGRATION,
    &monitor_net::MIGRATION,
    &mode_health::MIGRATION,
    &grace::MIGRATION,
    &bind_process::MIGRATION,
    &dispatch::MIGRATION,
    &transparent::MIGRATION,
    &httpchk_headers::MIGRATION,
    &nbproc::MIGRATION,
    &debug::MIGRATION,
    &nosepoll::MIGRATION,
    &node_name::MIGRATION,
    &tune_chksize::MIGRATION,
    &program::MIGRATION,
    &master_worker::MIGRATION,
    &quic_names::MIGRATION,
    &set_cookie::MIGRATION,
];
