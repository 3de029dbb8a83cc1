//! `show info`: the process in figures (management guide, section 9.3, "show info").

use std::sync::atomic::Ordering::Relaxed;

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
    /// Keys agreed with clients per second: now, most.
    pub(super) client_keys: (u32, u32),
    /// Keys agreed with servers per second: now, most.
    pub(super) server_keys: (u32, u32),
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
            !state.paused.load(Relaxed) && !state.stopped.load(Relaxed)
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
            client_keys: rate(|t| &t.process.tls_client_keys),
            server_keys: rate(|t| &t.process.tls_server_keys),
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
    rates(&mut list, view, &figures);
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
}

/// Appends fields to a list: a line each, with position, name, tags, value and meaning.
macro_rules! fields {
    ($list:ident; $($pos:literal $name:literal $tags:literal $make:ident($value:expr) $about:literal;)*) => {
        $($list.put($pos, $name, $tags, Value::$make($value), $about);)*
    };
}

fn product<'a>(list: &mut List<'a>, view: &StatsView<'a>, figures: &Figures) {
    let process = view.process;
    let threads = saturate(figures.threads as u64);
    fields! { list;
        0 "Name" "POS" text("HAProxy") "name of the product";
        1 "Version" "POS" text(&process.version) "version of the product";
        2 "Release_date" "POS" text(&process.released) "date of the release";
        3 "Nbthread" "CGS" U32(threads) "threads (nbthread)";
        4 "Nbproc" "CGS" U32(1) "processes, always 1";
        5 "Process_num" "KGP" U32(1) "relative number of the process, always 1";
        6 "Pid" "SGP" U32(process.pid) "process number";
        7 "Uptime" "MDP" Str(uptime(view.uptime()).into_bytes().into()) "time since start, in words";
        8 "Uptime_sec" "MDP" U32(saturate(view.uptime())) "seconds since start";
        9 "Memmax_MB" "CLP" U32(0) "limit of memory in MiB, 0 for none";
        10 "PoolAlloc_MB" "MGP" U32(0) "MiB allocated in pools";
        11 "PoolUsed_MB" "MGP" U32(0) "MiB of pools in use";
        12 "PoolFailed" "MCP" U32(0) "allocations in pools that failed";
        13 "Ulimit-n" "CLP" U32(saturate(process.ulimit_n)) "limit of file descriptors";
        14 "Maxsock" "CLP" U32(saturate(process.maxsock)) "limit of sockets";
    }
}

fn connections<'a>(list: &mut List<'a>, view: &StatsView<'a>, figures: &Figures) {
    let maxconn = view.maxconn();
    let global = &view.config.global;
    fields! { list;
        15 "Maxconn" "CLP" U32(maxconn) "limit of client connections in force";
        16 "Hard_maxconn" "CLP" U32(maxconn) "limit of client connections at start";
        17 "CurrConns" "MGP" U32(figures.connections) "client connections now";
        18 "CumConns" "MCP" U32(saturate(figures.conn_tot)) "client connections so far";
        19 "CumReq" "MCP" U32(saturate(figures.req_tot)) "requests so far";
        20 "MaxSslConns" "MMP" U32(global.maxsslconn.unwrap_or(0)) "limit of TLS connections, 0 for none";
        21 "CurrSslConns" "MGP" U32(view.runtime.tls_connections.get()) "TLS connections now";
        22 "CumSslConns" "MCP" U32(saturate(figures.tls_tot)) "TLS connections so far";
        23 "Maxpipes" "CLP" U32(view.runtime.pipes.most()) "limit of pipes for splicing, 0 for none";
        24 "PipesUsed" "MGP" U32(view.runtime.pipes.used()) "pipes in use";
        25 "PipesFree" "MGP" U32(view.runtime.pipes.free()) "pipes kept for use";
    }
}

fn rates<'a>(list: &mut List<'a>, view: &StatsView<'a>, figures: &Figures) {
    let limits = view.runtime.rates.now();
    fields! { list;
        26 "ConnRate" "MRP" U32(figures.conn_rate.0) "client connections in the last second";
        27 "ConnRateLimit" "CLP" U32(limits.connections.unwrap_or(0)) "limit of ConnRate, 0 for none";
        28 "MaxConnRate" "MMP" U32(figures.conn_rate.1) "highest ConnRate";
        29 "SessRate" "MRP" U32(figures.sess_rate.0) "sessions in the last second";
        30 "SessRateLimit" "CLP" U32(limits.sessions.unwrap_or(0)) "limit of SessRate, 0 for none";
        31 "MaxSessRate" "MRP" U32(figures.sess_rate.1) "highest SessRate";
        32 "SslRate" "MRP" U32(figures.tls_rate.0) "TLS connections in the last second";
        33 "SslRateLimit" "CLP" U32(limits.tls.unwrap_or(0)) "limit of SslRate, 0 for none";
        34 "MaxSslRate" "MMP" U32(figures.tls_rate.1) "highest SslRate";
        35 "SslFrontendKeyRate" "MGP" U32(figures.client_keys.0) "TLS keys agreed with clients in the last second";
        36 "SslFrontendMaxKeyRate" "MMP" U32(figures.client_keys.1) "highest SslFrontendKeyRate";
        37 "SslFrontendSessionReuse_pct" "MGP" U32(resumed_percent(figures)) "percentage of TLS sessions taken up again";
        38 "SslBackendKeyRate" "MRP" U32(figures.server_keys.0) "TLS keys agreed with servers in the last second";
        39 "SslBackendMaxKeyRate" "MMP" U32(figures.server_keys.1) "highest SslBackendKeyRate";
        40 "SslCacheLookups" "MCP" U32(view.runtime.tls_lookups.all()) "TLS sessions looked up in the cache";
        41 "SslCacheMisses" "MCP" U32(view.runtime.tls_lookups.misses()) "TLS sessions that the cache did not have";
        42 "CompressBpsIn" "MRP" U32(0) "bytes given to the compressor in the last second";
        43 "CompressBpsOut" "MRP" U32(0) "bytes that the compressor gave in the last second";
        44 "CompressBpsRateLim" "CLP" U32(0) "limit of CompressBpsOut, 0 for none";
    }
}

/// How many of a hundred handshakes of the last second took up a session again.
fn resumed_percent(figures: &Figures) -> u32 {
    let (all, anew) = (figures.tls_rate.0, figures.client_keys.0);
    if all == 0 {
        return 0;
    }
    let anew = (100 * u64::from(anew) + u64::from(all - 1) / 2) / u64::from(all);
    100 - saturate(anew.min(100))
}

fn inside<'a>(list: &mut List<'a>, view: &StatsView<'a>, figures: &Figures) {
    let process = view.process;
    fields! { list;
        47 "Tasks" "MGP" U32(figures.tasks) "things that run or wait";
        48 "Run_queue" "MGP" U32(0) "things that wait for a thread";
        49 "Idle_pct" "MaP" U32(figures.idle_percent) "percentage of the time spent waiting";
        50 "node" "COS" text(&process.node) "name of the node";
    }
    if let Some(description) = &view.config.global.description {
        fields! { list;
            51 "description" "COS" text(description) "description of the node";
        }
    }
    let stopping = view
        .proxies()
        .filter(|(_, p)| !p.binds.is_empty())
        .all(|(id, _)| view.runtime.proxies[id.0 as usize].stopped.load(Relaxed));
    let stopping = stopping && view.proxies().any(|(_, p)| !p.binds.is_empty());
    fields! { list;
        52 "Stopping" "MGP" U32(u32::from(stopping)) "1 while the process stops";
        53 "Jobs" "MGP" U32(figures.listeners + figures.connections) "listeners and connections";
        54 "Unstoppable Jobs" "MGP" U32(0) "jobs that a stop does not wait for";
        55 "Listeners" "MGP" U32(figures.listeners) "listeners that accept";
        56 "ActivePeers" "MGP" U32(0) "peers connected and known";
        57 "ConnectedPeers" "MGP" U32(0) "peers connected";
        58 "DroppedLogs" "MGP" U32(view.runtime.dropped_logs.load(Relaxed)) "log lines that could not be sent";
        59 "BusyPolling" "MGP" U32(0) "1 while threads poll without waiting";
        60 "FailedResolutions" "MGP" U32(0) "host names that could not be resolved";
        61 "TotalBytesOut" "MGP" U64(figures.bytes_out) "bytes sent so far";
        62 "TotalSplicdedBytesOut" "MGP" U64(0) "bytes sent through pipes so far";
        63 "BytesOutRate" "MRP" U64(figures.bytes_out_rate) "bytes sent in the last second";
        64 "DebugCommandsIssued" "MGP" U32(0) "commands for debugging that were given";
        65 "CumRecvLogs" "MCP" U32(view.runtime.received_logs.load(Relaxed)) "log lines received";
        66 "Build info" "POS" text(&process.version) "version, once more";
        67 "Memmax_bytes" "CLP" U32(0) "limit of memory in bytes, 0 for none";
        68 "PoolAlloc_bytes" "MGP" U64(0) "bytes allocated in pools";
        69 "PoolUsed_bytes" "MGP" U64(0) "bytes of pools in use";
        70 "Start_time_sec" "MDP" U32(saturate(view.runtime.started_at)) "time of the start, seconds since 1970";
        71 "Tainted" "SGP" text("0") "experimental features in use";
    }
}
