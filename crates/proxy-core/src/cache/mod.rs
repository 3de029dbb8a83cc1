//! The HTTP cache (manual, section 6): what a request asks of it, what of a response may be kept and for how long, the store that
//! threads share, and what is counted. What is kept and for how long is the original's choice, found by running it.
//!
//! ```text
//!   request ── Asked ──▶ Store::find ──▶ Entry ──▶ Replay: a head and a body to be sent
//!   response ── fitness ──▶ Store::begin ──▶ Filling ── bytes of the body ──▶ Entry
//! ```

mod asked;
mod conditional;
mod date;
mod entry;
mod fitness;
mod store;
#[cfg(test)]
mod tests;
mod vary;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use haproxy_cfg::model::Config;

pub use asked::Asked;
pub use entry::{Entry, Replay};
pub use store::{Filling, Shown, ShownEntry, Store};

/// All caches of a configuration, and what is counted of them.
#[derive(Debug, Default)]
pub struct Caches {
    stores: Box<[Arc<Store>]>,
    counts: Box<[Counts]>,
}

/// What is counted for a proxy: those of its frontend's side, then of its backend's.
#[derive(Debug, Default)]
struct Counts([SideCounts; 2]);

#[derive(Debug, Default)]
struct SideCounts {
    lookups: AtomicU64,
    hits: AtomicU64,
}

/// A side of a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleSide {
    /// Its frontend.
    Frontend,
    /// Its backend.
    Backend,
}

impl Caches {
    /// The empty caches of a configuration.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let sections = &config.sections.caches;
        let stores: Box<[_]> = sections
            .iter()
            .map(|section| Arc::new(Store::new(section)))
            .collect();
        // Without a cache there is nothing to count.
        let counted = if stores.is_empty() {
            &[][..]
        } else {
            &config.proxies[..]
        };
        Self {
            counts: counted.iter().map(|_| Counts::default()).collect(),
            stores,
        }
    }

    /// The caches, in the file's order.
    #[must_use]
    pub fn stores(&self) -> &[Arc<Store>] {
        &self.stores
    }

    fn side(&self, proxy: usize, side: RuleSide) -> Option<&SideCounts> {
        Some(&self.counts.get(proxy)?.0[usize::from(side == RuleSide::Backend)])
    }

    /// Counts a look into a cache by a proxy's rule, and whether it was of use.
    pub fn count(&self, proxy: usize, side: RuleSide, hit: bool) {
        if let Some(counts) = self.side(proxy, side) {
            counts.lookups.fetch_add(1, Relaxed);
            counts.hits.fetch_add(u64::from(hit), Relaxed);
        }
    }

    /// How often a proxy's rules looked into a cache, and how often they found something (`cache_lookups`, `cache_hits`).
    #[must_use]
    pub fn counted(&self, proxy: usize, side: RuleSide) -> (u64, u64) {
        let Some(counts) = self.side(proxy, side) else {
            return (0, 0);
        };
        (counts.lookups.load(Relaxed), counts.hits.load(Relaxed))
    }

    /// Begins to count anew (`clear counters all`).
    pub fn clear_counts(&self) {
        for side in self.counts.iter().flat_map(|counts| &counts.0) {
            side.lookups.store(0, Relaxed);
            side.hits.store(0, Relaxed);
        }
    }
}

/// What caches have to do with a request at hand.
#[derive(Debug, Default)]
pub struct Caching {
    /// What it asks for, once a rule has looked.
    pub asked: Option<Asked>,
    /// The cache that answers it.
    pub found: Option<Arc<Store>>,
    /// The answer, until it is sent.
    pub entry: Option<Arc<Entry>>,
    /// Its response is on its way into these caches.
    pub filling: Vec<Filling>,
}

/// Seconds of a time in microseconds.
#[must_use]
pub fn seconds(us: u64) -> u64 {
    us / 1_000_000
}
