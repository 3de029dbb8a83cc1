//! How fast listeners take connections: `rate-limit sessions` of a frontend, `maxconnrate`, `maxsessrate` and `maxsslrate` of the
//! process, which may change while it runs. What comes faster waits in the system's queue, as the original lets it.

use haproxy_cfg::model::ProxyId;
use proxy_core::state::{Rate, ThreadCounters};

use crate::thread::Thread;

/// The longest time that anything waits before the rate is looked at again, in milliseconds: then all that was counted is past.
const LONGEST_MS: u64 = 1000;

/// The limits of one listener.
#[derive(Clone, Debug)]
pub(crate) struct Pace {
    limits: Vec<(u64, Counted)>,
}

/// What is counted.
#[derive(Clone, Copy, Debug)]
enum Counted {
    /// Sessions of the frontend.
    Frontend(ProxyId),
    /// Connections of the process.
    Connections,
    /// Sessions of the process.
    Sessions,
    /// TLS handshakes of the process.
    Tls,
}

impl Counted {
    fn of(self, thread: &ThreadCounters) -> &Rate {
        match self {
            Self::Frontend(proxy) => &thread.frontends[proxy.0 as usize].sess_rate,
            Self::Connections => &thread.process.conn_rate,
            Self::Sessions => &thread.process.sess_rate,
            Self::Tls => &thread.process.tls_rate,
        }
    }
}

impl Pace {
    /// The limits of a listener of `proxy`; none where there are none. `tls` says whether its connections begin with a handshake.
    pub(crate) fn of(thread: &Thread, proxy: ProxyId, tls: bool) -> Option<Self> {
        let config = thread.config();
        let rates = thread.shared.runtime.rates.now();
        let limits: Vec<_> = [
            (config.proxy(proxy).rate_limit, Counted::Frontend(proxy)),
            (rates.connections, Counted::Connections),
            (rates.sessions, Counted::Sessions),
            (rates.tls.filter(|_| tls), Counted::Tls),
        ]
        .into_iter()
        .filter_map(|(limit, counted)| Some((u64::from(limit?), counted)))
        .collect();
        (!limits.is_empty()).then_some(Self { limits })
    }

    /// How long the next connection is to wait, in milliseconds.
    pub(crate) fn wait_ms(&self, threads: &[ThreadCounters], now_ms: u64) -> Option<u64> {
        let waits = self.limits.iter().filter_map(|(limit, counted)| {
            let rate = |at: u64| -> u64 {
                let rates = threads.iter().map(|thread| counted.of(thread));
                rates.map(|rate| rate.per_second(at)).sum()
            };
            if rate(now_ms) < *limit {
                return None;
            }
            let passes = |wait: &u64| rate(now_ms + wait) < *limit;
            Some((1..LONGEST_MS).find(passes).unwrap_or(LONGEST_MS))
        });
        waits.max()
    }
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::model::Config;
    use proxy_core::state::Runtime;

    use super::*;

    /// Counters of so many threads.
    fn counters(threads: usize) -> Box<[ThreadCounters]> {
        Runtime::new(&Config::default(), threads, 0).counters
    }

    #[test]
    fn a_burst_is_taken_and_then_one_after_the_other() {
        let pace = Pace {
            limits: vec![(10, Counted::Connections)],
        };
        let threads = counters(2);
        let mut now = 5_000;
        let mut taken = Vec::new();
        while taken.len() < 13 {
            match pace.wait_ms(&threads, now) {
                Some(wait) => now += wait,
                None => {
                    threads[1].process.conn_rate.hit(now);
                    taken.push(now - 5_000);
                }
            }
        }
        assert_eq!(taken[..10], [0; 10]);
        assert_eq!(taken[10..], [1001, 1101, 1201]);
    }

    #[test]
    fn what_is_slower_does_not_wait() {
        let pace = Pace {
            limits: vec![(2, Counted::Sessions), (100, Counted::Connections)],
        };
        let threads = counters(1);
        threads[0].process.sess_rate.hit(1_000);
        assert_eq!(pace.wait_ms(&threads, 1_000), None);
        threads[0].process.sess_rate.hit(1_000);
        assert!(pace.wait_ms(&threads, 1_000).is_some());
        assert_eq!(pace.wait_ms(&threads, 2_900), None);
    }
}
