//! How fast the process takes connections at most: `maxconnrate`, `maxsessrate` and `maxsslrate`, which may change at run time.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::RateLimits;

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rated {
    /// Connections that are accepted.
    Connections,
    /// Sessions.
    Sessions,
    /// TLS handshakes of clients.
    Tls,
}

/// The limits in force, in one second; 0 is none.
#[derive(Debug, Default)]
pub struct Rates([AtomicU32; 3]);

impl Rates {
    /// The limits at start.
    pub(crate) fn new(limits: RateLimits) -> Self {
        Self(
            [limits.connections, limits.sessions, limits.tls].map(|limit| AtomicU32::new(limit.unwrap_or(0))),
        )
    }

    /// Sets one.
    pub fn set(&self, of: Rated, limit: u32) {
        self.0[of as usize].store(limit, Relaxed);
    }

    /// Those in force.
    #[must_use]
    pub fn now(&self) -> RateLimits {
        let of = |rated: Rated| Some(self.0[rated as usize].load(Relaxed)).filter(|&limit| limit > 0);
        RateLimits {
            connections: of(Rated::Connections),
            sessions: of(Rated::Sessions),
            tls: of(Rated::Tls),
        }
    }
}
