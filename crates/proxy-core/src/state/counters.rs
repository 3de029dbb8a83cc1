//! Counters with one writer each: every thread has a set of its own, so that counting is a load and a store and never a locked
//! instruction. Readers sum the sets.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use haproxy_cfg::model::Places;

/// A count that one thread writes and any thread reads.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Adds `n`. To be called by the owning thread only; another writer would lose counts, not break memory.
    #[inline]
    pub fn add(&self, n: u64) {
        self.0.store(self.0.load(Relaxed).wrapping_add(n), Relaxed);
    }

    /// Adds one.
    #[inline]
    pub fn inc(&self) {
        self.add(1);
    }

    /// Sets a level that goes up and down. Owning thread only.
    #[inline]
    pub fn set(&self, level: u64) {
        self.0.store(level, Relaxed);
    }

    /// The count.
    #[inline]
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Back to 0 (`clear counters`). A count that the owning thread makes meanwhile may undo it.
    pub fn clear(&self) {
        self.0.store(0, Relaxed);
    }

    /// Keeps the larger of the count and `value`, for maxima.
    #[inline]
    pub fn raise(&self, value: u64) {
        if value > self.get() {
            self.0.store(value, Relaxed);
        }
    }
}

/// Events in this second and in the one before, from which a rate over a sliding second is read, and the highest rate seen.
#[derive(Debug, Default)]
pub struct Rate {
    second: AtomicU64,
    current: AtomicU64,
    previous: AtomicU64,
    max: AtomicU64,
}

impl Rate {
    /// Counts one event at `now_ms` (milliseconds of the process's clock). Owning thread only.
    #[inline]
    pub fn hit(&self, now_ms: u64) {
        self.add(now_ms, 1);
    }

    /// Counts `n` events, or bytes, at `now_ms`. Owning thread only.
    #[inline]
    pub fn add(&self, now_ms: u64, n: u64) {
        let second = now_ms / 1000;
        let seen = self.second.load(Relaxed);
        if second != seen {
            let was = self.current.load(Relaxed);
            self.previous
                .store(if second == seen + 1 { was } else { 0 }, Relaxed);
            self.current.store(0, Relaxed);
            self.second.store(second, Relaxed);
        }
        let current = self.current.load(Relaxed) + n;
        self.current.store(current, Relaxed);
        let rate = current + self.previous.load(Relaxed) * (1000 - now_ms % 1000) / 1000;
        if rate > self.max.load(Relaxed) {
            self.max.store(rate, Relaxed);
        }
    }

    /// The highest rate that any event saw, its own included, in events per second.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.max.load(Relaxed)
    }

    /// Forgets the highest rate (`clear counters`).
    pub fn forget_max(&self) {
        self.max.store(0, Relaxed);
    }

    /// Events per second over the second that ends at `now_ms`.
    #[must_use]
    pub fn per_second(&self, now_ms: u64) -> u64 {
        let second = now_ms / 1000;
        let seen = self.second.load(Relaxed);
        let (current, previous) = match second.checked_sub(seen) {
            Some(0) => (self.current.load(Relaxed), self.previous.load(Relaxed)),
            Some(1) => (0, self.current.load(Relaxed)),
            _ => (0, 0),
        };
        current + previous * (1000 - now_ms % 1000) / 1000
    }
}

/// What is counted for a frontend, a backend or a server. Fields that a side does not have stay 0. The names are those of the
/// statistics' columns.
#[derive(Debug, Default)]
pub struct SideCounters {
    /// Sessions or, for a frontend, connections that became sessions (`stot`).
    pub stot: Counter,
    /// Connections accepted (`conn_tot`).
    pub conn_tot: Counter,
    /// Bytes from clients (`bin`).
    pub bin: Counter,
    /// Bytes to clients (`bout`).
    pub bout: Counter,
    /// Requests denied (`dreq`).
    pub dreq: Counter,
    /// Connections denied (`dcon`).
    pub dcon: Counter,
    /// Sessions denied (`dses`).
    pub dses: Counter,
    /// Responses denied (`dresp`).
    pub dresp: Counter,
    /// Request errors (`ereq`).
    pub ereq: Counter,
    /// Connection errors (`econ`).
    pub econ: Counter,
    /// Response errors (`eresp`).
    pub eresp: Counter,
    /// Retries (`wretr`).
    pub wretr: Counter,
    /// Redispatches (`wredis`).
    pub wredis: Counter,
    /// HTTP requests (`req_tot`).
    pub req_tot: Counter,
    /// Requests answered by the proxy itself (`intercepted`).
    pub intercepted: Counter,
    /// Responses by class: other, 1xx … 5xx (`hrsp_*`).
    pub hrsp: [Counter; 6],
    /// Times chosen by balancing (`lbtot`).
    pub lbtot: Counter,
    /// Transfers aborted by the client (`cli_abrt`).
    pub cli_abrt: Counter,
    /// Transfers aborted by the server (`srv_abrt`).
    pub srv_abrt: Counter,
    /// Connections opened to servers (`connect`).
    pub connect: Counter,
    /// Connections reused (`reuse`).
    pub reuse: Counter,
    /// Idle connections to a server that are kept for reuse (`srv_icur`): a level, which is never cleared.
    pub idle: Counter,
    /// Those of them that served more than one request (`safe_conn_cur`): a level as well.
    pub idle_safe: Counter,
    /// Bytes of bodies that were compressed (`comp_in`).
    pub comp_in: Counter,
    /// What they came to (`comp_out`).
    pub comp_out: Counter,
    /// Bytes of bodies that went the same way uncompressed (`comp_byp`).
    pub comp_byp: Counter,
    /// Responses that were compressed (`comp_rsp`).
    pub comp_rsp: Counter,
    /// Edits of heads that failed (`wrew`).
    pub wrew: Counter,
    /// Internal errors (`eint`).
    pub eint: Counter,
    /// Sums of the last 1024 times in ms: queue, connect, response, total; kept as an exponentially sliding sum by
    /// [`SideCounters::record_times`].
    pub times: [Counter; 4],
    /// The longest of each of these times in ms (`qtime_max` … `ttime_max`).
    pub times_max: [Counter; 4],
    /// How many sessions or requests gave their times.
    pub timed: Counter,
    /// Sessions per second.
    pub sess_rate: Rate,
    /// Connections per second.
    pub conn_rate: Rate,
    /// Requests per second.
    pub req_rate: Rate,
    /// Milliseconds of the process's clock at the last session (`lastsess`); 0 is never. A number with a sign: the session may
    /// have been another process's, before the clock began.
    pub last_session_ms: Counter,
}

/// How many times an average of times is made of: older ones fade.
pub const TIMES_WINDOW: u64 = 1024;

impl SideCounters {
    /// Counts the times of one session or request that reached a server: in the queue, until connected, until the response,
    /// in all; milliseconds. Owning thread only.
    pub fn record_times(&self, times: [u32; 4]) {
        for ((sum, max), &ms) in self.times.iter().zip(&self.times_max).zip(&times) {
            let was = sum.get();
            let fades = was.div_ceil(TIMES_WINDOW);
            let fades = if self.timed.get() < TIMES_WINDOW { 0 } else { fades };
            sum.0.store(was - fades + u64::from(ms), Relaxed);
            max.raise(u64::from(ms));
        }
        self.timed.inc();
    }

    /// Begins anew, for another server.
    pub fn renew(&self) {
        self.clear(true);
        self.last_session_ms.clear();
        self.idle.clear();
        self.idle_safe.clear();
        for rate in [&self.sess_rate, &self.conn_rate, &self.req_rate] {
            rate.current.store(0, Relaxed);
            rate.previous.store(0, Relaxed);
        }
    }

    /// Forgets maxima; with `all`, every count.
    pub fn clear(&self, all: bool) {
        for rate in [&self.sess_rate, &self.conn_rate, &self.req_rate] {
            rate.forget_max();
        }
        self.times_max.iter().for_each(Counter::clear);
        if !all {
            return;
        }
        let single = [
            &self.stot,
            &self.conn_tot,
            &self.bin,
            &self.bout,
            &self.dreq,
            &self.dcon,
            &self.dses,
            &self.dresp,
            &self.ereq,
            &self.econ,
            &self.eresp,
            &self.wretr,
            &self.wredis,
            &self.req_tot,
            &self.intercepted,
            &self.lbtot,
            &self.cli_abrt,
            &self.srv_abrt,
            &self.connect,
            &self.reuse,
            &self.comp_in,
            &self.comp_out,
            &self.comp_byp,
            &self.comp_rsp,
            &self.wrew,
            &self.eint,
            &self.timed,
        ];
        single
            .into_iter()
            .chain(&self.hrsp)
            .chain(&self.times)
            .for_each(Counter::clear);
    }
}

/// What is counted for the process as a whole (`show info`).
#[derive(Debug, Default)]
pub struct ProcessCounters {
    /// Connections accepted by frontends and stats sockets (`CumConns`).
    pub conn_tot: Counter,
    /// The same for each second (`ConnRate`).
    pub conn_rate: Rate,
    /// Requests, of TCP sessions and of commands as well (`CumReq`).
    pub req_tot: Counter,
    /// Sessions of each second (`SessRate`).
    pub sess_rate: Rate,
    /// Bytes sent to clients, for each second (`BytesOutRate`).
    pub bytes_out: Rate,
    /// TLS handshakes begun (`CumSslConns`).
    pub tls_tot: Counter,
    /// The same for each second (`SslRate`).
    pub tls_rate: Rate,
    /// Handshakes with clients that agreed on keys anew, as no session was resumed, for each second (`SslFrontendKeyRate`).
    pub tls_client_keys: Rate,
    /// The same with servers, health checks left out (`SslBackendKeyRate`).
    pub tls_server_keys: Rate,
}

/// One thread's counters for a whole configuration.
#[derive(Debug)]
pub struct ThreadCounters {
    /// By proxy: its frontend's side.
    pub frontends: Box<[SideCounters]>,
    /// By proxy: its backend's side.
    pub backends: Box<[SideCounters]>,
    /// By proxy, then by server.
    pub servers: Box<[Places<SideCounters>]>,
    /// By proxy, then by bind; empty without `option socket-stats`.
    pub listeners: Box<[Box<[SideCounters]>]>,
    /// For the process.
    pub process: ProcessCounters,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_rate_spans_the_border_of_a_second() {
        let rate = Rate::default();
        for _ in 0..8 {
            rate.hit(1990);
        }
        for _ in 0..8 {
            rate.hit(2100);
        }
        assert_eq!(rate.max(), 15);
        assert_eq!(rate.per_second(2100), 15);
        assert_eq!(rate.per_second(4500), 0);
    }

    #[test]
    fn times_are_summed_until_the_window_is_full_and_then_fade() {
        let side = SideCounters::default();
        for _ in 0..TIMES_WINDOW {
            side.record_times([0, 10, 20, 40]);
        }
        assert_eq!(side.times[1].get(), 10 * TIMES_WINDOW);
        for _ in 0..20 * TIMES_WINDOW {
            side.record_times([0, 30, 20, 40]);
        }
        let average = side.times[1].get().div_ceil(TIMES_WINDOW);
        assert!((29..=30).contains(&average), "{average}");
        assert_eq!(side.times_max[1].get(), 30);
    }

    #[test]
    fn clearing_maxima_keeps_counts() {
        let side = SideCounters::default();
        side.stot.add(3);
        side.sess_rate.hit(1000);
        side.clear(false);
        assert_eq!((side.stot.get(), side.sess_rate.max()), (3, 0));
        side.clear(true);
        assert_eq!(side.stot.get(), 0);
    }
}
