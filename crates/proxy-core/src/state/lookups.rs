//! How often a client's TLS session was looked for, as `show info` tells it.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// Lookups in the cache of TLS sessions. They wrap around.
#[derive(Debug, Default)]
pub struct SessionLookups {
    all: AtomicU32,
    misses: AtomicU32,
}

impl SessionLookups {
    /// One was looked for; `found` says that it was there, be its time over or not.
    pub fn count(&self, found: bool) {
        self.all.fetch_add(1, Relaxed);
        if !found {
            self.misses.fetch_add(1, Relaxed);
        }
    }

    /// All of them (`SslCacheLookups`).
    #[must_use]
    pub fn all(&self) -> u32 {
        self.all.load(Relaxed)
    }

    /// Those that found nothing (`SslCacheMisses`).
    #[must_use]
    pub fn misses(&self) -> u32 {
        self.misses.load(Relaxed)
    }
}
