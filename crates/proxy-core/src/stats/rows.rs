//! From configuration and running state to rows, with each column empty where the original leaves it empty.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Address, Balance, HashKey, Mode, Proxy, ProxyId, Server, ServerAddr};

use crate::cache::RuleSide;
use crate::check::CheckStatus;
use crate::state::{Health, ServerState, Strength, full_connections};

use super::field::{
    ACT, ADDR, AGENT_CODE, AGENT_DESC, AGENT_DURATION, AGENT_FALL, AGENT_HEALTH, AGENT_RISE, AGENT_STATUS,
    AGG_CHECK_STATUS, AGG_SERVER_CHECK_STATUS, AGG_SERVER_STATUS, ALGO, BCK, BIN, BOUT, CACHE_HITS,
    CACHE_LOOKUPS, CHECK_CODE, CHECK_DESC, CHECK_DURATION, CHECK_FALL, CHECK_HEALTH, CHECK_RISE,
    CHECK_STATUS, CHKDOWN, CHKFAIL, CLI_ABRT, COMP_BYP, COMP_IN, COMP_OUT, COMP_RSP, CONN_RATE,
    CONN_RATE_MAX, CONN_TOT, CONNECT, COOKIE, DCON, DOWNTIME, DREQ, DRESP, DSES, ECON, EINT, EREQ, ERESP,
    HANAFAIL, HRSP_1XX, HRSP_OTHER, IDLE_CONN_CUR, IID, INTERCEPTED, LAST_AGT, LAST_CHK, LASTCHG, LASTSESS,
    LBTOT, MODE, NEED_CONN_EST, PID, PXNAME, QCUR, QLIMIT, QMAX, QTIME, QTIME_MAX, RATE, RATE_LIM, RATE_MAX,
    REQ_RATE, REQ_RATE_MAX, REQ_TOT, REUSE, SAFE_CONN_CUR, SCUR, SID, SLIM, SMAX, SRC_ILIM, SRV_ABRT,
    SRV_ICUR, STATUS, STOT, SVNAME, THROTTLE, TRACKED, TYPE, USED_CONN_CUR, UWEIGHT, WEIGHT, WREDIS, WRETR,
    WREW,
};
use super::server_status::ServerStatus;
use super::value::{Row, RowKind, Value};
use super::view::{Filter, Side, StatsView, saturate};

/// Calls `each` with every row that `filter` wants, in the original's order.
pub fn each(view: &StatsView<'_>, filter: &Filter<'_>, each: &mut dyn FnMut(&Row<'_>)) {
    let fullconn = full_connections(view.config, view.maxconn());
    let mut row = Row::new(RowKind::Frontend);
    for (id, proxy) in view.proxies() {
        if filter.wants_proxy(id, proxy) {
            each_of_proxy(view, filter, id, fullconn[id.0 as usize], &mut row, each);
        }
    }
}

/// How far a list of rows is that is made in parts.
#[derive(Clone, Debug)]
pub struct Progress {
    /// Sessions at which each backend counts as full, worked out once.
    fullconn: Box<[u32]>,
    /// The proxy whose turn it is.
    proxy: usize,
    /// Its servers that were passed.
    servers: usize,
    /// Those of them that were shown.
    shown: usize,
    /// What stands in front of its servers was shown.
    begun: bool,
}

impl Progress {
    /// None of the rows was made yet.
    #[must_use]
    pub fn new(view: &StatsView<'_>) -> Self {
        Self {
            fullconn: full_connections(view.config, view.maxconn()).into_boxed_slice(),
            proxy: 0,
            servers: 0,
            shown: 0,
            begun: false,
        }
    }

    /// Calls `each` with the next rows that `filter` wants, until it says that this is enough. Gives whether there may be more.
    pub fn some(
        &mut self,
        view: &StatsView<'_>,
        filter: &Filter<'_>,
        each: &mut dyn FnMut(&Row<'_>) -> bool,
    ) -> bool {
        let mut row = Row::new(RowKind::Frontend);
        while let Some(proxy) = view.config.proxies.get(self.proxy) {
            let id = ProxyId(u32::try_from(self.proxy).unwrap_or(u32::MAX));
            if !proxy.disabled
                && filter.wants_proxy(id, proxy)
                && self.some_of_proxy(view, filter, id, &mut row, each)
            {
                return true;
            }
            self.proxy += 1;
            (self.servers, self.shown, self.begun) = (0, 0, false);
        }
        false
    }

    /// The same of one proxy.
    fn some_of_proxy<'a>(
        &mut self,
        view: &StatsView<'a>,
        filter: &Filter<'_>,
        id: ProxyId,
        row: &mut Row<'a>,
        each: &mut dyn FnMut(&Row<'_>) -> bool,
    ) -> bool {
        let proxy = view.config.proxy(id);
        if !self.begun {
            self.begun = true;
            // Of binds there are few.
            let mut enough = false;
            in_front(view, filter, id, row, &mut |row| enough |= !each(row));
            if enough {
                return true;
            }
        }
        if proxy.kind.is_backend() && filter.wants(RowKind::Server) {
            for (i, listed) in proxy.servers.numbered().skip(self.servers) {
                self.servers += 1;
                if !listed.unlisted && wants_server(view, filter, id, i) {
                    self.shown += 1;
                    server(view, filter, id, i, row);
                    if !each(row) {
                        return true;
                    }
                }
            }
        }
        let mut enough = false;
        behind(
            view,
            filter,
            id,
            (self.fullconn[id.0 as usize], self.shown),
            row,
            &mut |row| {
                enough |= !each(row);
            },
        );
        if enough {
            // It was the last of this proxy.
            self.proxy += 1;
            (self.servers, self.shown, self.begun) = (0, 0, false);
        }
        enough
    }
}

/// Calls `each` with every row of one proxy that `filter` wants. `row` is the one that is filled each time.
pub(super) fn each_of_proxy<'a>(
    view: &StatsView<'a>,
    filter: &Filter<'_>,
    id: ProxyId,
    fullconn: u32,
    row: &mut Row<'a>,
    each: &mut dyn FnMut(&Row<'a>),
) {
    let proxy = view.config.proxy(id);
    in_front(view, filter, id, row, each);
    let mut shown = 0;
    if proxy.kind.is_backend() && filter.wants(RowKind::Server) {
        for (i, _) in proxy.listed_servers() {
            if wants_server(view, filter, id, i) {
                shown += 1;
                server(view, filter, id, i, row);
                each(row);
            }
        }
    }
    behind(view, filter, id, (fullconn, shown), row, each);
}

/// The rows in front of a proxy's servers: its frontend and its listeners.
fn in_front<'a>(
    view: &StatsView<'a>,
    filter: &Filter<'_>,
    id: ProxyId,
    row: &mut Row<'a>,
    each: &mut dyn FnMut(&Row<'a>),
) {
    let proxy = view.config.proxy(id);
    if proxy.kind.is_frontend() && filter.wants(RowKind::Frontend) {
        frontend(view, id, row);
        each(row);
    }
    if proxy.options.socket_stats && proxy.kind.is_frontend() && filter.wants(RowKind::Listener) {
        for (bind, of_line) in proxy.binds.iter().enumerate() {
            if filter.sid < 0 || i64::from(filter.sid) == i64::from(of_line.id) {
                listener(view, filter, id, bind, row);
                each(row);
            }
        }
    }
}

/// Whether the row of a server is wanted.
fn wants_server(view: &StatsView<'_>, filter: &Filter<'_>, id: ProxyId, i: usize) -> bool {
    let server = &view.config.proxy(id).servers[i];
    let state = &view.runtime.proxies[id.0 as usize].servers[i];
    (filter.sid < 0 || i64::from(filter.sid) == i64::from(server.id))
        && !(filter.no_maint && state.admin().is_maint())
        && (!filter.up || state.is_usable())
}

/// The row behind a proxy's servers, of which so many were shown: its backend.
fn behind<'a>(
    view: &StatsView<'a>,
    filter: &Filter<'_>,
    id: ProxyId,
    (fullconn, shown): (u32, usize),
    row: &mut Row<'a>,
    each: &mut dyn FnMut(&Row<'a>),
) {
    let proxy = view.config.proxy(id);
    if proxy.kind.is_backend() && filter.wants(RowKind::Backend) {
        backend(view, filter, id, fullconn, row);
        if filter.up {
            let mut status = row.get(STATUS).bytes().to_vec();
            status.extend_from_slice(format!(" ({shown}/{})", proxy.listed_servers().count()).as_bytes());
            row.owned(STATUS, status);
        }
        each(row);
    }
}

/// The number of a server's or listener's row.
fn begin<'a>(row: &mut Row<'a>, kind: RowKind, proxy: &'a Proxy, sid: u32) {
    row.reset(kind);
    row.iid = proxy.id;
    row.sid = sid;
    row.text(PXNAME, &proxy.name);
    row.u32(PID, 1);
    row.u32(IID, proxy.id);
    row.u32(SID, sid);
    row.u32(TYPE, kind as u32);
    row.text(MODE, proxy.mode.spoken());
}

fn traffic(row: &mut Row<'_>, side: &Side<'_>) {
    row.u64(STOT, side.sum(|s| s.stot.get()));
    row.u64(BIN, side.sum(|s| s.bin.get()));
    row.u64(BOUT, side.sum(|s| s.bout.get()));
    row.u64(DRESP, side.sum(|s| s.dresp.get()));
    row.u64(WREW, side.sum(|s| s.wrew.get()));
    row.u64(EINT, side.sum(|s| s.eint.get()));
}

fn http_responses(row: &mut Row<'_>, side: &Side<'_>) {
    for class in 1..=5 {
        row.u64(HRSP_1XX + class - 1, side.sum(|s| s.hrsp[class].get()));
    }
    row.u64(HRSP_OTHER, side.sum(|s| s.hrsp[0].get()));
}

fn compression(row: &mut Row<'_>, side: &Side<'_>) {
    row.u64(COMP_IN, side.sum(|s| s.comp_in.get()));
    row.u64(COMP_OUT, side.sum(|s| s.comp_out.get()));
    row.u64(COMP_BYP, side.sum(|s| s.comp_byp.get()));
    row.u64(COMP_RSP, side.sum(|s| s.comp_rsp.get()));
}

fn frontend<'a>(view: &StatsView<'a>, id: ProxyId, row: &mut Row<'a>) {
    let proxy = view.config.proxy(id);
    let state = &view.runtime.proxies[id.0 as usize];
    let side = view.frontend(id);
    begin(row, RowKind::Frontend, proxy, 0);
    row.text(SVNAME, "FRONTEND");
    row.u32(SCUR, state.fe_sessions.get());
    row.u32(SMAX, state.fe_sessions.max());
    row.u32(SLIM, view.frontend_maxconn(id));
    traffic(row, &side);
    row.u64(DREQ, side.sum(|s| s.dreq.get()));
    row.u64(EREQ, side.sum(|s| s.ereq.get()));
    row.text(STATUS, frontend_status(view, id));
    let (rate, max) = side.rate(view.now_ms, |s| &s.sess_rate);
    row.u32(RATE, rate);
    row.u32(RATE_LIM, proxy.rate_limit.unwrap_or(0));
    row.u32(RATE_MAX, max);
    let (rate, max) = side.rate(view.now_ms, |s| &s.req_rate);
    row.u32(REQ_RATE, rate);
    row.u32(REQ_RATE_MAX, max);
    row.u64(REQ_TOT, side.sum(|s| s.req_tot.get()));
    compression(row, &side);
    let (rate, max) = side.rate(view.now_ms, |s| &s.conn_rate);
    row.u32(CONN_RATE, rate);
    row.u32(CONN_RATE_MAX, max);
    row.u64(CONN_TOT, side.sum(|s| s.conn_tot.get()));
    row.u64(DCON, side.sum(|s| s.dcon.get()));
    row.u64(DSES, side.sum(|s| s.dses.get()));
    if proxy.mode == Mode::Http {
        http_responses(row, &side);
        row.u64(INTERCEPTED, side.sum(|s| s.intercepted.get()));
        let (lookups, hits) = view.runtime.caches.counted(id.0 as usize, RuleSide::Frontend);
        row.u64(CACHE_LOOKUPS, lookups);
        row.u64(CACHE_HITS, hits);
    }
}

/// `OPEN`, `FULL`, `PAUSED` or `STOP`.
fn frontend_status(view: &StatsView<'_>, id: ProxyId) -> &'static str {
    let state = &view.runtime.proxies[id.0 as usize];
    if state.stopped.load(Relaxed) {
        "STOP"
    } else if state.paused.load(Relaxed) {
        "PAUSED"
    } else if state.fe_sessions.get() >= view.frontend_maxconn(id).max(1) {
        "FULL"
    } else {
        "OPEN"
    }
}

fn listener<'a>(view: &StatsView<'a>, filter: &Filter<'_>, id: ProxyId, bind: usize, row: &mut Row<'a>) {
    let proxy = view.config.proxy(id);
    let sessions = &view.runtime.proxies[id.0 as usize].listeners[bind];
    let side = view.listener(id, bind);
    begin(row, RowKind::Listener, proxy, proxy.binds[bind].id);
    row.index = bind;
    if let Some(name) = &proxy.binds[bind].name {
        row.text(SVNAME, name);
    }
    row.u32(SCUR, sessions.get());
    row.u32(SMAX, sessions.max());
    row.u32(SLIM, proxy.binds[bind].maxconn.unwrap_or(0));
    traffic(row, &side);
    row.u64(DREQ, side.sum(|s| s.dreq.get()));
    row.u64(EREQ, side.sum(|s| s.ereq.get()));
    let full = proxy.binds[bind].maxconn.is_some_and(|max| sessions.get() >= max);
    row.text(STATUS, if full { "FULL" } else { "OPEN" });
    row.u64(DCON, side.sum(|s| s.dcon.get()));
    row.u64(DSES, side.sum(|s| s.dses.get()));
    if filter.legends {
        match &proxy.binds[bind].address {
            Address::Inet(a) => row.owned(ADDR, a.to_string().into_bytes()),
            Address::Unix(_) => row.text(ADDR, "unix"),
            Address::Abstract(_) => row.text(ADDR, "abns"),
            Address::Fd(n) => row.owned(ADDR, format!("fd@{n}").into_bytes()),
            Address::SockPair(n) => row.owned(ADDR, format!("sockpair@{n}").into_bytes()),
        }
    }
}

/// The columns that servers and backends have in common.
fn service(view: &StatsView<'_>, row: &mut Row<'_>, proxy: &Proxy, side: &Side<'_>) {
    traffic(row, side);
    row.u64(ECON, side.sum(|s| s.econ.get()));
    row.u64(ERESP, side.sum(|s| s.eresp.get()));
    row.u64(WRETR, side.sum(|s| s.wretr.get()));
    row.u64(WREDIS, side.sum(|s| s.wredis.get()));
    row.u64(LBTOT, side.sum(|s| s.lbtot.get()));
    let (rate, max) = side.rate(view.now_ms, |s| &s.sess_rate);
    row.u32(RATE, rate);
    row.u32(RATE_MAX, max);
    if proxy.mode == Mode::Http {
        http_responses(row, side);
        row.u64(REQ_TOT, side.sum(|s| s.req_tot.get()));
    }
    row.u64(CLI_ABRT, side.sum(|s| s.cli_abrt.get()));
    row.u64(SRV_ABRT, side.sum(|s| s.srv_abrt.get()));
    row.values[LASTSESS] = Value::S32(side.last_session(view.now_ms));
    for which in 0..4 {
        let (mean, max) = side.time(which);
        row.u32(QTIME + which, mean);
        row.u32(QTIME_MAX + which, max);
    }
    row.u64(CONNECT, side.sum(|s| s.connect.get()));
    row.u64(REUSE, side.sum(|s| s.reuse.get()));
}

fn server<'a>(view: &StatsView<'a>, filter: &Filter<'_>, id: ProxyId, i: usize, row: &mut Row<'a>) {
    let proxy = view.config.proxy(id);
    let server = &proxy.servers[i];
    let state = &view.runtime.proxies[id.0 as usize].servers[i];
    let side = view.server(id, i);
    begin(row, RowKind::Server, proxy, server.id);
    row.index = i;
    row.text(SVNAME, &server.name);
    row.u32(QCUR, state.queued.get());
    row.u32(QMAX, state.queued.max());
    row.u32(SCUR, state.sessions.get());
    row.u32(SMAX, state.sessions.max());
    match state.maxconn.load(Relaxed) {
        0 => {}
        n => row.u32(SLIM, n),
    }
    service(view, row, proxy, &side);
    row.u32(WEIGHT, state.effective_weight());
    row.u32(UWEIGHT, state.weight());
    if let Some(percent) = state.throttle() {
        row.u32(THROTTLE, percent);
    }
    row.u32(ACT, u32::from(!server.backup));
    row.u32(BCK, u32::from(server.backup));
    row.u32(LASTCHG, state.unchanged_seconds(view.now_ms));
    if server.maxqueue > 0 {
        row.u32(QLIMIT, server.maxqueue);
    }
    connections(row, server, state, &side);
    if filter.legends {
        let moved = state.address(server);
        match moved.as_ref().unwrap_or(&server.addr) {
            ServerAddr::Inet { .. } if state.place().is_some_and(|place| place.ip.is_none()) => {
                row.text(ADDR, "");
            }
            ServerAddr::Inet { ip, port, .. } => {
                let at = std::net::SocketAddr::new(*ip, port.unwrap_or(0));
                row.owned(ADDR, at.to_string().into_bytes());
            }
            ServerAddr::Unix(_) => row.text(ADDR, "unix"),
            ServerAddr::Abstract(_) => row.text(ADDR, "abns"),
            // The original has no word for it.
            ServerAddr::SockPair(_) => {}
        }
        if let Some(cookie) = &server.cookie {
            row.text(COOKIE, cookie);
        }
    }
    checks(view, id, i, row);
}

fn connections(row: &mut Row<'_>, server: &Server, state: &ServerState, side: &Side<'_>) {
    let idle = side.sum(|s| s.idle.get());
    let checked = server.check.enabled && !state.checks_paused.load(Relaxed);
    let needed = side.sum(|s| s.connect.get()) > 0 || checked;
    row.u32(SRV_ICUR, saturate(idle));
    let safe = side.sum(|s| s.idle_safe.get());
    if let Some(limit) = server.pool.max {
        row.u32(SRC_ILIM, limit);
    }
    row.u32(IDLE_CONN_CUR, saturate(idle.saturating_sub(safe)));
    row.u32(SAFE_CONN_CUR, saturate(safe));
    row.u32(USED_CONN_CUR, state.sessions.get());
    row.u32(NEED_CONN_EST, state.sessions.max().max(u32::from(needed)));
}

/// The columns about health: those of the checks are there only while the server is checked.
fn checks<'a>(view: &StatsView<'a>, id: ProxyId, i: usize, row: &mut Row<'a>) {
    let server = &view.config.proxy(id).servers[i];
    let state = &view.runtime.proxies[id.0 as usize].servers[i];
    let status = ServerStatus::of(view.config, view.runtime, id, i).text(view.config);
    row.owned(STATUS, status.into_bytes());
    if let Some(of) = server.tracks() {
        let proxy = view.config.proxy(of.proxy);
        let name = [proxy.name.as_slice(), b"/", &proxy.servers[of.index].name].concat();
        row.owned(TRACKED, name);
    }
    agent(state, row);
    let report = state.check_report();
    if !server.check.enabled || state.checks_paused.load(Relaxed) {
        return;
    }
    if server.observe.is_some() {
        row.u64(HANAFAIL, state.failed_analyses.load(Relaxed));
    }
    let maint = state.admin().is_maint();
    row.u64(CHKFAIL, state.failed_checks.load(Relaxed));
    row.u64(CHKDOWN, state.down_transitions.load(Relaxed));
    row.u32(DOWNTIME, downtime(view, state));
    if maint {
        return;
    }
    let name = report.status.name();
    row.owned(
        CHECK_STATUS,
        if report.running {
            format!("* {name}")
        } else {
            name.to_owned()
        }
        .into_bytes(),
    );
    let connected = !matches!(
        report.status,
        CheckStatus::Unknown | CheckStatus::Initializing | CheckStatus::SocketError
    );
    if connected {
        if let Some(code) = report.code {
            row.u32(CHECK_CODE, code.cast_unsigned());
        }
        row.u64(CHECK_DURATION, u64::from(report.duration_ms.unwrap_or(0)));
    }
    row.text(CHECK_DESC, report.status.text());
    row.owned(LAST_CHK, report.words());
    row.u32(CHECK_RISE, report.rise.max(1));
    row.u32(CHECK_FALL, report.fall.max(1));
    row.u32(CHECK_HEALTH, report.health);
}

/// The columns about the agent, which are there only while it is asked.
fn agent(state: &ServerState, row: &mut Row<'_>) {
    let Some(agent) = state.agent().filter(|agent| !agent.paused.load(Relaxed)) else {
        return;
    };
    let report = agent.report().clone();
    let mark = if report.running { "* " } else { "" };
    row.owned(
        AGENT_STATUS,
        format!("{mark}{}", report.status.name()).into_bytes(),
    );
    if let Some(code) = report.code {
        row.u32(AGENT_CODE, code.cast_unsigned());
    }
    row.u64(AGENT_DURATION, u64::from(report.duration_ms.unwrap_or(0)));
    row.text(AGENT_DESC, report.status.text());
    row.owned(LAST_AGT, report.description);
    row.u32(AGENT_RISE, report.rise);
    row.u32(AGENT_FALL, report.fall);
    row.u32(AGENT_HEALTH, report.health);
}

/// Seconds that the server was down in all.
fn downtime(view: &StatsView<'_>, state: &ServerState) -> u32 {
    let before = saturate(state.down_ms.load(Relaxed) / 1000);
    if state.health() == Health::Down || state.admin().is_maint() {
        before.saturating_add(state.unchanged_seconds(view.now_ms))
    } else {
        before
    }
}

/// Whole seconds since a moment of the process's clock.
fn since(view: &StatsView<'_>, at_ms: u64) -> u32 {
    // It may have been before the process's clock began.
    let seconds = (view.now_ms / 1000).cast_signed() - at_ms.cast_signed().div_euclid(1000);
    saturate(seconds.max(0).cast_unsigned())
}

fn backend<'a>(view: &StatsView<'a>, filter: &Filter<'_>, id: ProxyId, fullconn: u32, row: &mut Row<'a>) {
    let proxy = view.config.proxy(id);
    let state = &view.runtime.proxies[id.0 as usize];
    let side = view.backend(id);
    let strength = Strength::of(proxy, &state.servers);
    let up = proxy.listed_servers().next().is_none() || strength.weight > 0;
    begin(row, RowKind::Backend, proxy, 0);
    row.text(SVNAME, "BACKEND");
    row.u32(QCUR, state.queued.get());
    row.u32(QMAX, state.queued.max());
    row.u32(SCUR, state.be_sessions.get());
    row.u32(SMAX, state.be_sessions.max());
    row.u32(SLIM, fullconn);
    service(view, row, proxy, &side);
    row.u64(DREQ, side.sum(|s| s.dreq.get()));
    let status = match (up, state.unpublished.load(Relaxed)) {
        (true, false) => "UP",
        (true, true) => "UP (UNPUB)",
        (false, false) => "DOWN",
        (false, true) => "DOWN (UNPUB)",
    };
    row.text(STATUS, status);
    row.u32(WEIGHT, strength.weight);
    row.u32(UWEIGHT, strength.given_weight);
    row.u32(ACT, strength.active);
    row.u32(BCK, strength.backup);
    row.u64(CHKDOWN, state.down_transitions.load(Relaxed));
    let changed = state.last_change_ms.load(Relaxed);
    row.u32(LASTCHG, since(view, changed));
    if proxy.listed_servers().next().is_some() {
        let before = saturate(state.down_ms.load(Relaxed) / 1000);
        let now_down = if up { 0 } else { since(view, changed) };
        row.u32(DOWNTIME, before.saturating_add(now_down));
    }
    compression(row, &side);
    if proxy.mode == Mode::Http {
        let (lookups, hits) = view.runtime.caches.counted(id.0 as usize, RuleSide::Backend);
        row.u64(CACHE_LOOKUPS, lookups);
        row.u64(CACHE_HITS, hits);
    }
    for column in [AGG_SERVER_STATUS, AGG_SERVER_CHECK_STATUS, AGG_CHECK_STATUS] {
        row.u32(column, 0);
    }
    if filter.legends {
        if let Some(cookie) = &proxy.cookie {
            row.text(COOKIE, &cookie.name);
        }
        let chosen = proxy.listed_servers().count() == proxy.servers.len();
        row.text(ALGO, if chosen { algorithm(&proxy.balance) } else { "none" });
    }
}

/// The algorithm's name in the column `algo`; haproxy 2.6 has none for random and says "unknown".
fn algorithm(balance: &Balance) -> &'static str {
    match balance {
        Balance::RoundRobin => "roundrobin",
        Balance::StaticRr => "static-rr",
        Balance::LeastConn => "leastconn",
        Balance::First => "first",
        Balance::Random(_) => "random",
        Balance::Sticky => "sticky",
        Balance::Hash(key) => match key {
            HashKey::Source => "source",
            HashKey::Uri(_) => "uri",
            HashKey::Parameter { .. } => "url_param",
            HashKey::Header { .. } => "hdr",
            HashKey::RdpCookie(_) => "rdp-cookie",
            HashKey::Sample(_) => "hash",
            HashKey::LogLine(_) => "log-hash",
        },
    }
}
