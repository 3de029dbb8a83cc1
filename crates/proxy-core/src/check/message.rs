//! The words of log lines about servers.

use std::io::Write;

use haproxy_cfg::model::Proxy;

use super::{CheckOutcome, CheckReport, CheckStatus, Farm};
use crate::state::ServerState;

/// Sessions and requests that a change moved, and what is left in the server's own queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) sessions: u32,
    pub(super) requeued: u32,
    pub(super) queued: u32,
}

impl Load {
    /// A server takes no more: with `option redispatch`, what waits for it waits for any server from now on.
    pub(super) fn of_leaving(proxy: &Proxy, server: &ServerState) -> Self {
        let queued = server.queued.get();
        let requeued = if proxy.options.redispatch.is_some() {
            queued
        } else {
            0
        };
        Self {
            sessions: server.sessions.get(),
            requeued,
            queued: queued - requeued,
        }
    }

    /// A server comes: it takes from the backend's queue what its `maxconn` lets it.
    pub(super) fn of_coming(server: &ServerState, backend_queue: u32) -> Self {
        let maxconn = server.maxconn.load(std::sync::atomic::Ordering::Relaxed);
        let sessions = server.sessions.get();
        let room = if maxconn == 0 {
            u32::MAX
        } else {
            maxconn.saturating_sub(sessions)
        };
        Self {
            sessions,
            requeued: room.min(backend_queue),
            queued: server.queued.get(),
        }
    }
}

/// `Server b/s1` or `Backup Server b/s1`.
pub(super) fn subject(proxy: &Proxy, server: usize) -> Vec<u8> {
    let server = &proxy.servers[server];
    let kind: &[u8] = if server.backup {
        b"Backup Server "
    } else {
        b"Server "
    };
    [kind, &proxy.name, b"/", &server.name].concat()
}

/// `, reason: …[, code: N][, info: "…"], check duration: Nms`.
pub(super) fn reason(outcome: &CheckOutcome) -> Vec<u8> {
    let mut out = format!(", reason: {}", outcome.status.text()).into_bytes();
    if let Some(code) = outcome.code {
        append(&mut out, format_args!(", code: {code}"));
    }
    if !outcome.description.is_empty() {
        out.extend_from_slice(b", info: \"");
        quote(&outcome.description, &mut out);
        out.push(b'"');
    }
    if outcome.status != CheckStatus::Analysis {
        append(
            &mut out,
            format_args!(", check duration: {}ms", outcome.duration_ms),
        );
    }
    out
}

/// The line of `option log-health-checks`; `kind` is `Health` or `Agent`.
pub(super) fn check_line(
    kind: &str,
    (proxy, server): (&Proxy, usize),
    outcome: &CheckOutcome,
    report: &CheckReport,
    weight: u32,
) -> Vec<u8> {
    let backup = if proxy.servers[server].backup {
        "backup "
    } else {
        ""
    };
    let mut out = format!("{kind} check for {backup}server ").into_bytes();
    out.extend_from_slice(&proxy.name);
    out.push(b'/');
    out.extend_from_slice(&proxy.servers[server].name);
    out.extend_from_slice(match outcome.status {
        CheckStatus::L7OkConditional => b" conditionally succeeded",
        status if status.is_pass() => b" succeeded",
        _ => b" failed",
    });
    out.extend_from_slice(&reason(outcome));
    let (step, of) = report.progress();
    let state = match (report.is_up(), weight) {
        (true, 0) => "DRAIN",
        (true, _) => "UP",
        (false, _) => "DOWN",
    };
    append(&mut out, format_args!(", status: {step}/{of} {state}."));
    out
}

/// ` N active and N backup servers left. …` of a server that leaves.
pub(super) fn left(farm: Farm, load: Load) -> Vec<u8> {
    format!(
        " {} active and {} backup servers left.{} {} sessions active, {} requeued, {} remaining in queue.",
        farm.active,
        farm.backup,
        running_on_backup(farm),
        load.sessions,
        load.requeued,
        load.queued
    )
    .into_bytes()
}

/// ` N active and N backup servers online. …` of a server that comes or stays.
pub(super) fn online(farm: Farm, load: Load) -> Vec<u8> {
    format!(
        " {} active and {} backup servers online.{} {} sessions requeued, {} total in queue.",
        farm.active,
        farm.backup,
        running_on_backup(farm),
        load.requeued,
        load.queued
    )
    .into_bytes()
}

fn running_on_backup(farm: Farm) -> &'static str {
    if farm.runs_on_backup() {
        " Running on backup."
    } else {
        ""
    }
}

/// Bytes that a log line may not hold as they are become `<XX>`.
fn quote(bytes: &[u8], out: &mut Vec<u8>) {
    for &byte in bytes {
        if (0x20..0x7f).contains(&byte) && !b"\"<>".contains(&byte) {
            out.push(byte);
        } else {
            append(out, format_args!("<{byte:02X}>"));
        }
    }
}

fn append(out: &mut Vec<u8>, args: std::fmt::Arguments<'_>) {
    // Writing to a Vec cannot fail.
    let _ = out.write_fmt(args);
}
