//! Counters with one writer each: every thread has a set of its own, so that counting is a load and a store and never a locked
//! instruction. Readers sum the sets.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

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

    /// The count.
    #[inline]
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Relaxed)
    }

    /// Keeps the larger of the count and `value`, for maxima.
    #[inline]
    pub fn raise(&self, value: u64) {
        if value > self.get() {
            self.0.store(value, Relaxed);
        }
    }
}

/// Events in this second and in the one before, from which a rate over a sliding second is read.
#[derive(Debug, Default)]
pub struct Rate {
    second: AtomicU64,
    current: AtomicU64,
    previous: AtomicU64,
}

impl Rate {
    /// Counts one event at `now_ms` (milliseconds of the process's clock). Owning thread only.
    #[inline]
    pub fn hit(&self, now_ms: u64) {
        let second = now_ms / 1000;
        let seen = self.second.load(Relaxed);
        if second != seen {
            let was = self.current.load(Relaxed);
            self.previous
                .store(if second == seen + 1 { was } else { 0 }, Relaxed);
            self.current.store(0, Relaxed);
            self.second.store(second, Relaxed);
        }
        self.current.store(self.current.load(Relaxed) + 1, Relaxed);
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
    /// Sums of the last 1024 times in ms: queue, connect, response, total; kept as an exponentially sliding sum.
    pub times: [Counter; 4],
    /// Sessions per second.
    pub sess_rate: Rate,
    /// Connections per second.
    pub conn_rate: Rate,
    /// Requests per second.
    pub req_rate: Rate,
    /// Milliseconds of the process's clock at the last session (`lastsess`); 0 is never.
    pub last_session_ms: Counter,
}

/// One thread's counters for a whole configuration.
#[derive(Debug)]
pub struct ThreadCounters {
    /// By proxy: its frontend's side.
    pub frontends: Box<[SideCounters]>,
    /// By proxy: its backend's side.
    pub backends: Box<[SideCounters]>,
    /// By proxy, then by server.
    pub servers: Box<[Box<[SideCounters]>]>,
}
