//! What a backend has left: the servers that take new sessions, counted as its log lines and statistics say them.

use haproxy_cfg::model::Proxy;

use crate::state::ProxyState;

/// Servers of a backend that take new sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Farm {
    /// Those that are not `backup` (`act`).
    pub active: u32,
    /// Those that are (`bck`).
    pub backup: u32,
}

impl Farm {
    /// Counts the servers of `proxy`.
    #[must_use]
    pub fn count(proxy: &Proxy, state: &ProxyState) -> Self {
        let mut farm = Self::default();
        for (at, server) in proxy.listed_servers() {
            let state = &state.servers[at];
            if !state.is_balanced() {
                continue;
            }
            if server.backup {
                farm.backup += 1;
            } else {
                farm.active += 1;
            }
        }
        farm
    }

    /// Nobody is left: the backend is down.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.active == 0 && self.backup == 0
    }

    /// Backups serve because nobody else is left.
    #[must_use]
    pub fn runs_on_backup(self) -> bool {
        self.active == 0 && self.backup > 0
    }
}
