//! How many pipes there are, of all threads: what `show info` and the statistics page tell of them.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

/// Pipes through which the kernel forwards bytes (splice).
#[derive(Debug, Default)]
pub struct Pipes {
    most: AtomicU32,
    used: AtomicU32,
    free: AtomicU32,
}

impl Pipes {
    /// There may be that many.
    pub fn allow(&self, most: u32) {
        self.most.store(most, Relaxed);
    }

    /// How many there may be; 0 where nothing is spliced (`Maxpipes`).
    #[must_use]
    pub fn most(&self) -> u32 {
        self.most.load(Relaxed)
    }

    /// How many are in use (`PipesUsed`).
    #[must_use]
    pub fn used(&self) -> u32 {
        self.used.load(Relaxed)
    }

    /// How many are kept for the next user (`PipesFree`).
    #[must_use]
    pub fn free(&self) -> u32 {
        self.free.load(Relaxed)
    }

    /// One that was made, or that was free, is in use.
    pub fn take(&self, was_free: bool) {
        self.used.fetch_add(1, Relaxed);
        if was_free {
            self.free.fetch_sub(1, Relaxed);
        }
    }

    /// One is in use no more, and kept or closed.
    pub fn give(&self, kept: bool) {
        self.used.fetch_sub(1, Relaxed);
        if kept {
            self.free.fetch_add(1, Relaxed);
        }
    }
}
