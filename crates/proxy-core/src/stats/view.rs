//! What statistics are made from, and which part of it is asked for.

use haproxy_cfg::model::{Config, Proxy, ProxyId};

use crate::state::{Rate, Runtime, SideCounters, TIMES_WINDOW};

use super::value::RowKind;

/// What the process knows about itself.
#[derive(Clone, Debug, Default)]
pub struct Process {
    /// Version, as in `HAProxy version …`.
    pub version: String,
    /// Release date, `YYYY/MM/DD`.
    pub released: String,
    /// Process number.
    pub pid: u32,
    /// `node`, or the host's name.
    pub node: Vec<u8>,
    /// The host's name.
    pub hostname: Vec<u8>,
    /// Limit of file descriptors in force (`Ulimit-n`).
    pub ulimit_n: u64,
    /// Most sockets that may be open (`Maxsock`).
    pub maxsock: u64,
    /// `name=value` of the environment at start (`show env`).
    pub environment: Vec<Vec<u8>>,
    /// What was reported while starting (`show startup-logs`).
    pub startup_log: Vec<u8>,
}

/// Everything that an answer is made from.
#[derive(Clone, Copy, Debug)]
pub struct StatsView<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// Its running state.
    pub runtime: &'a Runtime,
    /// Milliseconds of the process's clock.
    pub now_ms: u64,
    /// What the process knows about itself.
    pub process: &'a Process,
}

impl<'a> StatsView<'a> {
    /// Seconds since start.
    #[must_use]
    pub fn uptime(&self) -> u64 {
        self.now_ms / 1000
    }

    /// Client connections that the process takes at most.
    #[must_use]
    pub fn maxconn(&self) -> u32 {
        self.runtime.maxconn.load(std::sync::atomic::Ordering::Relaxed)
    }

    /// Sessions that a frontend takes at most.
    #[must_use]
    pub fn frontend_maxconn(&self, proxy: ProxyId) -> u32 {
        let own = &self.runtime.proxies[proxy.0 as usize].maxconn;
        match own.load(std::sync::atomic::Ordering::Relaxed) {
            0 => self.maxconn(),
            n => n,
        }
    }

    /// Proxies that statistics show, with their numbers: `disabled` ones do not exist for them.
    pub fn proxies(&self) -> impl Iterator<Item = (ProxyId, &'a Proxy)> + use<'a> {
        self.config
            .proxies
            .iter()
            .enumerate()
            .filter(|(_, p)| !p.disabled)
            .map(|(i, p)| (ProxyId(u32::try_from(i).unwrap_or(u32::MAX)), p))
    }

    /// The counters of a frontend, one set for each thread.
    #[must_use]
    pub fn frontend(&self, proxy: ProxyId) -> Side<'a> {
        Side(
            self.runtime
                .counters
                .iter()
                .map(|c| &c.frontends[proxy.0 as usize])
                .collect(),
        )
    }

    /// The counters of a backend, one set for each thread.
    #[must_use]
    pub fn backend(&self, proxy: ProxyId) -> Side<'a> {
        Side(
            self.runtime
                .counters
                .iter()
                .map(|c| &c.backends[proxy.0 as usize])
                .collect(),
        )
    }

    /// The counters of a server, one set for each thread.
    #[must_use]
    pub fn server(&self, proxy: ProxyId, server: usize) -> Side<'a> {
        Side(
            self.runtime
                .counters
                .iter()
                .map(|c| &c.servers[proxy.0 as usize][server])
                .collect(),
        )
    }

    /// The counters of a listener, one set for each thread.
    #[must_use]
    pub fn listener(&self, proxy: ProxyId, bind: usize) -> Side<'a> {
        Side(
            self.runtime
                .counters
                .iter()
                .map(|c| &c.listeners[proxy.0 as usize][bind])
                .collect(),
        )
    }
}

/// One object's counters, a set for each thread.
#[derive(Debug)]
pub struct Side<'a>(smallvec::SmallVec<[&'a SideCounters; 8]>);

impl<'a> Side<'a> {
    /// The sum of a count over the threads.
    #[must_use]
    pub fn sum(&self, pick: impl Fn(&'a SideCounters) -> u64) -> u64 {
        self.0.iter().map(|s| pick(s)).sum()
    }

    /// A rate over the threads, and its maximum.
    #[must_use]
    pub fn rate(&self, now_ms: u64, pick: impl Fn(&'a SideCounters) -> &'a Rate) -> (u32, u32) {
        let now: u64 = self.0.iter().map(|s| pick(s).per_second(now_ms)).sum();
        let max: u64 = self.0.iter().map(|s| pick(s).max()).sum();
        (saturate(now), saturate(max.max(now)))
    }

    /// Mean and maximum in ms of one of the four times: queue, connect, response, total.
    #[must_use]
    pub fn time(&self, which: usize) -> (u32, u32) {
        let sum: u64 = self.sum(|s| s.times[which].get());
        let samples: u64 = self.sum(|s| s.timed.get().min(TIMES_WINDOW));
        let max = self.0.iter().map(|s| s.times_max[which].get()).max().unwrap_or(0);
        (saturate(sum.div_ceil(samples.max(1))), saturate(max))
    }

    /// Seconds since the last session, -1 for never.
    #[must_use]
    pub fn last_session(&self, now_ms: u64) -> i32 {
        let sessions = self.0.iter().map(|s| s.last_session_ms.get());
        match sessions.filter(|at| *at != 0).map(u64::cast_signed).max() {
            None => -1,
            Some(at) => {
                let seconds = (now_ms / 1000).cast_signed() - at.div_euclid(1000);
                i32::try_from(seconds.max(0)).unwrap_or(i32::MAX)
            }
        }
    }
}

/// A count as the `u32` that a column has.
pub(super) fn saturate(n: u64) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Which rows are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Filter<'a> {
    /// Of this proxy alone.
    pub proxy: Option<ProxyId>,
    /// Sum of [`RowKind::bit`]s; -1 is all.
    pub kinds: i32,
    /// Of servers only that with this number; -1 is all.
    pub sid: i32,
    /// Servers that are up only.
    pub up: bool,
    /// Servers that are not in maintenance only.
    pub no_maint: bool,
    /// Addresses, cookies and algorithms too.
    pub legends: bool,
    /// Proxies with this in their name only.
    pub name_holds: &'a [u8],
    /// Proxies of these names only; `.` is `scope_of`. Empty is all.
    pub scope: &'a [haproxy_cfg::model::Word],
    /// The proxy whose page is asked for.
    pub scope_of: Option<ProxyId>,
}

impl Default for Filter<'_> {
    fn default() -> Self {
        Self {
            proxy: None,
            kinds: -1,
            sid: -1,
            up: false,
            no_maint: false,
            legends: true,
            name_holds: b"",
            scope: &[],
            scope_of: None,
        }
    }
}

impl Filter<'_> {
    /// Rows of that kind are wanted.
    #[must_use]
    pub fn wants(&self, kind: RowKind) -> bool {
        self.kinds & kind.bit() != 0
    }

    /// Rows of that proxy are wanted.
    #[must_use]
    pub fn wants_proxy(&self, id: ProxyId, proxy: &Proxy) -> bool {
        self.proxy.is_none_or(|p| p == id)
            && (self.name_holds.is_empty() || memchr::memmem::find(&proxy.name, self.name_holds).is_some())
            && self.in_scope(id, proxy)
    }

    /// `stats scope` lets that proxy be seen.
    #[must_use]
    pub fn in_scope(&self, id: ProxyId, proxy: &Proxy) -> bool {
        self.scope.is_empty()
            || self
                .scope
                .iter()
                .any(|s| *s == proxy.name || (s == "." && self.scope_of == Some(id)))
    }
}
