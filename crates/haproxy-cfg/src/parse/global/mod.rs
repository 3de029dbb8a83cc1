//! Lines of the `global` section, a file for each matter. Rows have signatures; what stands here reads arguments of forms of
//! their own, and acts on those that are right.

mod client;
mod cpus;
mod groups;
mod headers;
mod limits;
mod ocsp;
mod process;
mod quic;
mod sockets;
mod state;
mod status_ranges;
mod tls;
mod tokens;
mod tune;
mod variables;

use syntax::Diagnostic;

pub(crate) use client::{CLIENT_CA, CLIENT_RESOLVERS, LUA_FILE};
pub(crate) use cpus::{
    CPU_MAP, CPUS, GROUP_NUMBER, GROUPS, THREADS, THREADS_PER_CORE, cpu_map, master_worker, nbproc, nbthread,
};
pub(crate) use groups::{ThreadGroups, finish as finish_thread_groups, thread_group, thread_groups};
pub(crate) use headers::{case_adjust, case_adjust_file};
pub(crate) use limits::{
    close_spread_time, fd_hard_limit, grace, hard_stop_after, max_reloads, max_spread_checks, maxconn,
    maxconnrate, maxpipes, maxsessrate, maxsslconn, maxsslrate, spread_checks, strict_limits, ulimit_n,
};
pub(crate) use ocsp::{OCSP_PROXY, OcspDelays, ocsp_delay};
pub(crate) use process::{
    CAPABILITIES, GROUP_NAME, ID, NODE, ORIGIN, USER_NAME, allow_external_check, allow_forks, anonymous_key,
    any_payload, chroot, cluster_secret, daemon, debug, description, dumpable, expose_deprecated,
    expose_experimental, group, local_peer, log_send_hostname, measure_tasks, no_websocket_in_http2, node,
    noreuseport, nosplice, numeric_id, pidfile, quiet, user, zero_warning,
};
pub(crate) use quic::{
    QUIC_DATA, QUIC_DATA_RATIO, QUIC_MEMORY, QUIC_REORDER_RATIO, QUIC_WINDOW, obsolete_buffers,
};
pub(crate) use sockets::{OCTAL, SOCKET_GROUP, SOCKET_USER, stats};
pub(crate) use state::{state_base, state_file, stats_file};
pub(crate) use status_ranges::STATUS_RANGES;
pub(crate) use tls::{
    DH_FILE, EXTRA_FILES, ISSUERS, TLS_VERSION, base, capture_cipherlist, capture_size, extra_files, issuers,
    ssl_default, ssl_server_verify, tune_tls,
};
pub(crate) use tokens::{JWE_ALGORITHMS, NOTHING};
pub(crate) use tune::{BLOCKED_TIME, ELASTICITY, IDLE_TIME, VARS_SIZE, experimental, tune};
pub(crate) use variables::{SET_VAR, SET_VAR_FMT, set_variable};

use super::line::Line;
use super::reading::Reading;
use crate::keywords::GLOBAL_INDEX;
use crate::signature::{self, Given};

/// The line's arguments as its row's signature reads them; none when they are wrong, which is told.
fn given(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<Given> {
    let row = GLOBAL_INDEX.find(&line.keyword().text)?;
    signature::line_given(reading, line, row.row.name, row.signature?)
}

/// Reads a line and keeps it. The arguments, when they are right.
fn kept(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<Given> {
    let given = given(reading, line)?;
    reading.keep(given.clone());
    Some(given)
}

/// Keeps the first of a keyword that may stand once. Gives false when it stood before, which is told and, as the original has
/// it, not refused.
fn once(reading: &mut Reading<'_>, line: &Line<'_>, name: &'static str) -> bool {
    let span = line.span();
    let Some(before) = reading.written.global_spans.get(name).copied() else {
        reading.written.global_spans.insert(name, span);
        return true;
    };
    reading.tell(
        Diagnostic::alert("given-twice", format!("'{name}' already specified. Continuing."))
            .refusing(false)
            .at(span)
            .label(before, "given here before")
            .help("remove one of them"),
    );
    false
}

/// The same of a number, of which 0 counts as nothing said.
fn once_number(reading: &mut Reading<'_>, line: &Line<'_>, given: &Given) -> bool {
    let number = given
        .arguments
        .first()
        .and_then(|argument| argument.value.number());
    let nothing = number.is_none_or(|number| number == 0);
    if nothing && !reading.written.global_spans.contains_key(given.name) {
        return true;
    }
    once(reading, line, given.name)
}

/// A number that is only read, and may stand once.
pub(crate) fn number_once(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once_number(reading, line, &given)
    {
        reading.keep(given);
    }
}
