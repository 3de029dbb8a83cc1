//! `show info`: the process in figures (management guide, section 9.3, "show info").

use crate::state::Rate;

use super::html::text::uptime;
use super::value::Value;
use super::view::{StatsView, saturate};

/// Figures of the process that more than one answer shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Figures {
    /// Threads.
    pub(super) threads: usize,
    /// Client connections now.
    pub(super) connections: u32,
    /// Connections so far.
    pub(super) conn_tot: u64,
    /// Requests so far.
    pub(super) req_tot: u64,
    /// Connections per second: now, most.
    pub(super) conn_rate: (u32, u32),
    /// Sessions per second: now, most.
    pub(super) sess_rate: (u32, u32),
    /// TLS handshakes per second: now, most.
    pub(super) tls_rate: (u32, u32),
    /// TLS handshakes so far.
    pub(super) tls_tot: u64,
    /// Bytes sent to clients so far.
    pub(super) bytes_out: u64,
    /// Bytes sent to clients per second.
    pub(super) bytes_out_rate: u64,
    /// Listeners that accept.
    pub(super) listeners: u32,
    /// Things that run: threads, listeners, sessions, checks.
    pub(super) tasks: u32,
    /// Part of the time that threads wait; not measured and taken as all.
    pub(super) idle_percent: u32,
}

impl Figures {
    /// The figures now.
    pub(super) fn of(view: &StatsView<'_>) -> Self {
        let threads = &view.runtime.counters;
        let rate = |pick: fn(&crate::state::ThreadCounters) -> &Rate| {
            let now: u64 = threads.iter().map(|t| pick(t).per_second(view.now_ms)).sum();
            let max: u64 = threads.iter().map(|t| pick(t).max()).sum();
            (saturate(now), saturate(max.max(now)))
        };
        let connections = view.runtime.connections.get();
        let open = |i: usize| {
            let state = &view.runtime.proxies[i];
            let relaxed = std::sync::atomic::Ordering::Relaxed;
            !state.paused.load(relaxed) && !state.stopped.load(relaxed)
        };
        let binds: usize = view
            .proxies()
            .filter(|(id, _)| open(id.0 as usize))
            .map(|(_, p)| p.binds.len())
            .sum();
        let listeners = saturate((binds + view.config.global.stats_sockets.len()) as u64);
        let checks: usize = view
            .proxies()
            .map(|(_, p)| p.servers.iter().filter(|s| s.check.enabled).count())
            .sum();
        Self {
            threads: threads.len(),
            connections,
            conn_tot: threads.iter().map(|t| t.process.conn_tot.get()).sum(),
            req_tot: threads.iter().map(|t| t.process.req_tot.get()).sum(),
            conn_rate: rate(|t| &t.process.conn_rate),
            sess_rate: rate(|t| &t.process.sess_rate),
            tls_rate: rate(|t| &t.process.tls_rate),
            tls_tot: threads.iter().map(|t| t.process.tls_tot.get()).sum(),
            bytes_out: threads
                .iter()
                .flat_map(|t| t.frontends.iter())
                .map(|side| side.bout.get())
                .sum(),
            bytes_out_rate: threads
                .iter()
                .map(|t| t.process.bytes_out.per_second(view.now_ms))
                .sum(),
            listeners,
            tasks: saturate((threads.len() + checks) as u64) + listeners + connections,
            idle_percent: 100,
        }
    }
}

/// One line of `show info`.
#[derive(Clone, Debug)]
pub struct InfoField<'a> {
    /// Its number, which the original's typed format shows.
    pub pos: u32,
    /// Its name.
    pub name: &'static str,
    /// Origin, nature and scope as the typed format writes them.
    pub tags: &'static str,
    /// What it holds.
    pub about: &'static str,
    /// Its value.
    pub value: Value<'a>,
}

/// All lines of `show info`, in order.
#[must_use]
pub fn fields<'a>(view: &StatsView<'a>) -> Vec<InfoField<'a>> {
    let figures = Figures::of(view);
    let mut list = List(Vec::with_capacity(72));
    product(&mut list, view, &figures);
    connections(&mut list, view, &figures);
    rates(&mut list, &figures);
    inside(&mut list, view, &figures);
    list.0
}

/// Appends a line for each field: `Name: value`, and with `about` what it holds.
pub fn write(fields: &[InfoField<'_>], about: bool, out: &mut Vec<u8>) {
    for field in fields {
        out.extend_from_slice(field.name.as_bytes());
        out.extend_from_slice(b": ");
        field.value.write(out);
        super::typed::finish(out, about.then_some(field.about));
    }
}

struct List<'a>(Vec<InfoField<'a>>);

impl<'a> List<'a> {
    fn put(
        &mut self,
        pos: u32,
        name: &'static str,
        tags: &'static str,
        value: Value<'a>,
        about: &'static str,
    ) {
        self.0.push(InfoField {
            pos,
            name,
            tags,
            about,
            value,
        });
    }

    fn u32(&mut self, pos: u32, name: &'static str, tags: &'static str, n: u32, about: &'static str) {
        self.put(pos, name, tags, Value::U32(n), about);
    }

    fn u64(&mut self, pos: u32, name: &'static str, tags: &'static str, n: u64, about: &'static str) {
        self.put(pos, name, tags, Value::U64(n), about);
    }
}

fn owned(text: String) -> Value<'static> {
    Value::Str(text.into_bytes().into())
}

fn product<'a>(list: &mut List<'a>, view: &StatsView<'a>, figures: &Figures) {
    let process = view.process;
    let threads = saturate(figures.threads as u64);
    list.put(0, "Name", "POS", Value::text("HAProxy"), "name of the product");
    list.put(
        1,
        "Version",
        "POS",
        Value::text(&process.version),
        "version of the product",
    );
    list.put(
        2,
        "Release_date",
        "POS",
        Value::text(&process.released),
        "date of the release",
    );
    list.u32(3, "Nbthread", "CGS", threads, "threads (nbthread)");
    list.u32(4, "Nbproc", "CGS", 1, "processes, always 1");
    list.u32(
        5,
        "Process_num",
        "KGP",
        1,
        "relative number of the process, always 1",
    );
    list.u32(6, "Pid", "SGP", process.pid, "process number");
    list.put(
        7,
        "Uptime",
        "MDP",
        owned(uptime(view.uptime())),
        "time since start, in words",
    );
    list.u32(
        8,
        "Uptime_sec",
        "MDP",
        saturate(view.uptime()),
        "seconds since start",
    );
    list.u32(9, "Memmax_MB", "CLP", 0, "limit of memory in MiB, 0 for none");
    list.u32(10, "PoolAlloc_MB", "MGP", 0, "MiB allocated in pools");
    list.u32(11, "PoolUsed_MB", "MGP", 0, "MiB of pools in use");
    list.u32(12, "PoolFailed", "MCP", 0, "allocations in pools that failed");
    list.u32(
        13,
        "Ulimit-n",
        "CLP",
        saturate(process.ulimit_n),
        "limit of file descriptors",
    );
    list.u32(
        14,
        "Maxsock",
        "CLP",
        saturate(process.maxsock),
        "limit of sockets",
    );
}

fn connections<'a>(list: &mut List<'a>, view: &StatsView<'a>, figures: &Figures) {
    let maxconn = view.maxconn();
    list.u32(
        15,
        "Maxconn",
        "CLP",
        maxconn,
        "limit of client connections in force",
    );
    list.u32(
        16,
        "Hard_maxconn",
        "CLP",
        maxconn,
        "limit of client connections at start",
    );
    list.u32(
        17,
        "CurrConns",
        "MGP",
        figures.connections,
        "client connections now",
    );
    list.u32(
        18,
        "CumConns",
        "MCP",
        saturate(figures.conn_tot),
        "client connections so far",
    );
    list.u32(19, "CumReq", "MCP", saturate(figures.req_tot), "requests so far");
    list.u32(
        20,
        "MaxSslConns",
        "MMP",
        0,
        "limit of TLS connections, 0 for none",
    );
    list.u32(
        21,
        "CurrSslConns",
        "MGP",
        view.runtime.tls_connections.get(),
        "TLS connections now",
    );
    list.u32(
        22,
        "CumSslConns",
        "MCP",
        saturate(figures.tls_tot),
        "TLS connections so far",
    );
    list.u32(
        23,
        "Maxpipes",
        "CLP",
        0,
        "limit of pipes for splicing, 0 for none",
    );
    list.u32(24, "PipesUsed", "MGP", 0, "pipes in use");
    list.u32(25, "PipesFree", "MGP", 0, "pipes kept for use");
}

fn rates(list: &mut List<'_>, figures: &Figures) {
    list.u32(
        26,
        "ConnRate",
        "MRP",
        figures.conn_rate.0,
        "client connections in the last second",
    );
    list.u32(27, "ConnRateLimit", "CLP", 0, "limit of ConnRate, 0 for none");
    list.u32(28, "MaxConnRate", "MMP", figures.conn_rate.1, "highest ConnRate");
    list.u32(
        29,
        "SessRate",
        "MRP",
        figures.sess_rate.0,
        "sessions in the last second",
    );
    list.u32(30, "SessRateLimit", "CLP", 0, "limit of SessRate, 0 for none");
    list.u32(31, "MaxSessRate", "MRP", figures.sess_rate.1, "highest SessRate");
    list.u32(
        32,
        "SslRate",
        "MRP",
        figures.tls_rate.0,
        "TLS connections in the last second",
    );
    list.u32(33, "SslRateLimit", "CLP", 0, "limit of SslRate, 0 for none");
    list.u32(34, "MaxSslRate", "MMP", figures.tls_rate.1, "highest SslRate");
    list.u32(
        35,
        "SslFrontendKeyRate",
        "MGP",
        0,
        "TLS keys agreed with clients in the last second",
    );
    list.u32(
        36,
        "SslFrontendMaxKeyRate",
        "MMP",
        0,
        "highest SslFrontendKeyRate",
    );
    list.u32(
        37,
        "SslFrontendSessionReuse_pct",
        "MGP",
        0,
        "percentage of TLS sessions taken up again",
    );
    list.u32(
        38,
        "SslBackendKeyRate",
        "MRP",
        0,
        "TLS keys agreed with servers in the last second",
    );
    list.u32(39, "SslBackendMaxKeyRate", "MMP", 0, "highest SslBackendKeyRate");
    list.u32(
        40,
        "SslCacheLookups",
        "MCP",
        0,
        "TLS sessions looked up in the cache",
    );
    list.u32(
        41,
        "SslCacheMisses",
        "MCP",
        0,
        "TLS sessions that the cache did not have",
    );
    list.u32(
        42,
        "CompressBpsIn",
        "MRP",
        0,
        "bytes given to the compressor in the last second",
    );
    list.u32(
        43,
        "CompressBpsOut",
        "MRP",
        0,
        "bytes that the compressor gave in the last second",
    );
    list.u32(
        44,
        "CompressBpsRateLim",
        "CLP",
        0,
        "limit of CompressBpsOut, 0 for none",
    );
}

fn inside<'a>(list: &mut List<'a>, view: &StatsView<'a>, figures: &Figures) {
    let process = view.process;
    list.u32(47, "Tasks", "MGP", figures.tasks, "things that run or wait");
    list.u32(48, "Run_queue", "MGP", 0, "things that wait for a thread");
    list.u32(
        49,
        "Idle_pct",
        "MaP",
        figures.idle_percent,
        "percentage of the time spent waiting",
    );
    list.put(50, "node", "COS", Value::text(&process.node), "name of the node");
    if let Some(description) = &view.config.global.description {
        list.put(
            51,
            "description",
            "COS",
            Value::text(description),
            "description of the node",
        );
    }
    let stopping = view
        .proxies()
        .filter(|(_, p)| !p.binds.is_empty())
        .all(|(id, _)| {
            view.runtime.proxies[id.0 as usize]
                .stopped
                .load(std::sync::atomic::Ordering::Relaxed)
        });
    let stopping = stopping && view.proxies().any(|(_, p)| !p.binds.is_empty());
    list.u32(
        52,
        "Stopping",
        "MGP",
        u32::from(stopping),
        "1 while the process stops",
    );
    list.u32(
        53,
        "Jobs",
        "MGP",
        figures.listeners + figures.connections,
        "listeners and connections",
    );
    list.u32(
        54,
        "Unstoppable Jobs",
        "MGP",
        0,
        "jobs that a stop does not wait for",
    );
    list.u32(55, "Listeners", "MGP", figures.listeners, "listeners that accept");
    list.u32(56, "ActivePeers", "MGP", 0, "peers connected and known");
    list.u32(57, "ConnectedPeers", "MGP", 0, "peers connected");
    list.u32(58, "DroppedLogs", "MGP", 0, "log lines that could not be sent");
    list.u32(
        59,
        "BusyPolling",
        "MGP",
        0,
        "1 while threads poll without waiting",
    );
    list.u32(
        60,
        "FailedResolutions",
        "MGP",
        0,
        "host names that could not be resolved",
    );
    list.u64(61, "TotalBytesOut", "MGP", figures.bytes_out, "bytes sent so far");
    list.u64(
        62,
        "TotalSplicdedBytesOut",
        "MGP",
        0,
        "bytes sent through pipes so far",
    );
    list.u64(
        63,
        "BytesOutRate",
        "MRP",
        figures.bytes_out_rate,
        "bytes sent in the last second",
    );
    list.u32(
        64,
        "DebugCommandsIssued",
        "MGP",
        0,
        "commands for debugging that were given",
    );
    list.u32(65, "CumRecvLogs", "MCP", 0, "log lines received");
    list.put(
        66,
        "Build info",
        "POS",
        Value::text(&process.version),
        "version, once more",
    );
    list.u32(
        67,
        "Memmax_bytes",
        "CLP",
        0,
        "limit of memory in bytes, 0 for none",
    );
    list.u64(68, "PoolAlloc_bytes", "MGP", 0, "bytes allocated in pools");
    list.u64(69, "PoolUsed_bytes", "MGP", 0, "bytes of pools in use");
    list.u32(
        70,
        "Start_time_sec",
        "MDP",
        saturate(view.runtime.started_at),
        "time of the start, seconds since 1970",
    );
    list.put(
        71,
        "Tainted",
        "SGP",
        Value::text("0"),
        "experimental features in use",
    );
}
