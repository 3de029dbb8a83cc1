//! What a transaction counts for frontends, backends and servers, and its line in the log.

use haproxy_cfg::model::ProxyId;
use proxy_core::state::SideCounters;
use proxy_core::stream::since;
use proxy_core::table::Data;

use super::txn::Txn;
use crate::session::Session;
use crate::stream_log;

/// Counts a request that a rule of `proxy` refuses.
pub(super) fn count_denied(session: &Session, proxy: ProxyId) {
    session.count(|side| side.dreq.inc());
    if proxy != session.client.frontend {
        session.thread.be_counters(proxy).dreq.inc();
    }
}

/// Counts a request that a rule of `proxy` answers: those of backends are not counted.
pub(super) fn count_intercepted(session: &Session, proxy: ProxyId) {
    if proxy == session.client.frontend {
        session.thread.fe_counters(proxy).intercepted.inc();
    }
}

/// Counts what went wrong inside: for the frontend, for the backend once there is one, and for the server that answered.
pub(super) fn count_sides(session: &Session, txn: &Txn, what: impl Fn(&SideCounters)) {
    session.count(&what);
    let frontend = session.client.frontend;
    let Some(backend) = txn.stream.log.backend else {
        return;
    };
    if backend != frontend || session.frontend().kind.is_backend() {
        what(session.thread.be_counters(backend));
    }
    if let Some(server) = txn.stream.route.server.filter(|_| txn.stream.in_response) {
        what(session.thread.server_counters(backend, server));
    }
}

/// Counts what becomes of bodies: for the frontend and for the backend.
pub(super) fn count_sides_of_bodies(session: &Session, txn: &Txn, what: impl Fn(&SideCounters)) {
    what(session.thread.fe_counters(session.client.frontend));
    if let Some(backend) = txn.stream.log.backend {
        what(session.thread.be_counters(backend));
    }
}

/// Requests.
pub(super) const REQUEST: (Data, Data) = (Data::HttpReqCnt, Data::HttpReqRate);
/// What went wrong by the client's doing.
pub(super) const CLIENT_FAULT: (Data, Data) = (Data::HttpErrCnt, Data::HttpErrRate);
/// What went wrong by a server's.
pub(super) const SERVER_FAULT: (Data, Data) = (Data::HttpFailCnt, Data::HttpFailRate);

/// Counts in stick tables, where something is tracked: a number and its rate.
#[inline]
pub(super) fn count_tracked(session: &Session, txn: &Txn, kinds: (Data, Data)) {
    let (of_client, of_stream) = (&session.client.tracked, &txn.stream.tracked);
    if of_client.is_empty() && of_stream.is_empty() {
        return;
    }
    let now = session.thread.tick();
    of_client.count(kinds.0, kinds.1, 1, now);
    of_stream.count(kinds.0, kinds.1, 1, now);
}

/// The same of the bytes of the whole transaction.
fn count_tracked_bytes(session: &Session, txn: &Txn) {
    let (of_client, of_stream) = (&session.client.tracked, &txn.stream.tracked);
    if of_client.is_empty() && of_stream.is_empty() {
        return;
    }
    let now = session.thread.tick();
    let log = &txn.stream.log;
    of_client.count_bytes(log.received, log.bytes, now);
    of_stream.count_bytes(log.received, log.bytes, now);
}

/// Counts times and writes the log line.
pub(super) fn finish(session: &Session, txn: &Txn) {
    let thread = &session.thread;
    if let (Some(backend), Some(server)) = (txn.stream.log.backend, txn.stream.route.server)
        && txn.stream.route.connected_ms > 0
    {
        let now = thread.now_ms();
        let ms = |from: u64, to: u64| u32::try_from(since(from, to)).unwrap_or(0);
        let times = [
            ms(txn.stream.log.request_ms, txn.stream.route.queued_until_ms),
            ms(txn.stream.route.queued_until_ms, txn.stream.route.connected_ms),
            ms(txn.stream.route.connected_ms, txn.stream.log.response_ms),
            ms(txn.stream.log.started_ms, now),
        ];
        thread.be_counters(backend).record_times(times);
        thread.server_counters(backend, server).record_times(times);
    } else {
        // What reached no server still moved bytes; the server that was tried last has them as its own.
        let (received, sent) = (txn.stream.log.received, txn.stream.log.bytes);
        match (txn.stream.log.backend, txn.stream.route.server) {
            (Some(backend), Some(server)) => count_relayed(session, backend, server, [received, sent]),
            (Some(backend), None) => {
                session.count_bytes(received, sent);
                thread.be_counters(backend).bin.add(received);
                thread.be_counters(backend).bout.add(sent);
            }
            (None, _) => session.count_bytes(received, sent),
        }
    }
    count_tracked_bytes(session, txn);
    stream_log::write(session, &txn.stream);
}

pub(super) fn count_request(counters: &SideCounters, now_ms: u64) {
    counters.req_tot.inc();
    counters.req_rate.hit(now_ms);
}

pub(super) fn count_status(counters: &SideCounters, status: i32) {
    let class = match status {
        100..=599 => status / 100,
        _ => 0,
    };
    counters.hrsp[class as usize].inc();
}

/// Counts the bytes of a request and its response that are not counted yet.
pub(super) fn count_bytes(session: &Session, txn: &mut Txn, backend: ProxyId, server: usize) {
    let log = &mut txn.stream.log;
    let now = [log.received, log.bytes];
    let before = std::mem::replace(&mut log.counted, now);
    count_relayed(
        session,
        backend,
        server,
        [now[0].saturating_sub(before[0]), now[1].saturating_sub(before[1])],
    );
}

/// Counts bytes from and to a client whose server that is.
pub(crate) fn count_relayed(session: &Session, backend: ProxyId, server: usize, [received, sent]: [u64; 2]) {
    let thread = &session.thread;
    session.count_bytes(received, sent);
    for counters in [
        thread.be_counters(backend),
        thread.server_counters(backend, server),
    ] {
        counters.bin.add(received);
        counters.bout.add(sent);
    }
}
