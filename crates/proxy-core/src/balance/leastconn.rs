//! `balance leastconn`: the server with the lowest load for its weight; among equals the one whose load changed longest ago.

use std::collections::BTreeSet;

use crate::state::WEIGHT_PARTS;

/// Loads are compared in this fraction of the heaviest server's, rounded down as in the original.
const SCALE: u64 = 256 * WEIGHT_PARTS as u64;

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    weight: u32,
    load: u32,
    key: u64,
    since: u64,
}

/// The order of one set of servers.
#[derive(Debug, Default)]
pub(super) struct LeastConn {
    servers: Vec<Entry>,
    order: BTreeSet<(u64, u64, u32)>,
    moves: u64,
}

impl LeastConn {
    /// Nobody is in use yet.
    pub(super) fn new(servers: usize) -> Self {
        Self {
            servers: vec![Entry::default(); servers],
            ..Self::default()
        }
    }

    /// Makes room for a server that was never in use, in the place of one that is not any more.
    pub(super) fn forget(&mut self, server: usize) {
        self.servers
            .resize(self.servers.len().max(server + 1), Entry::default());
        self.servers[server] = Entry::default();
    }

    /// Gives a server its weight in force; 0 takes it out.
    pub(super) fn set_weight(&mut self, server: usize, weight: u32) {
        if self.servers[server].weight != weight {
            let load = self.servers[server].load;
            self.place(server, weight, load);
        }
    }

    /// Gives a server its load: sessions, and requests that wait for it.
    pub(super) fn set_load(&mut self, server: usize, load: u32) {
        if self.servers[server].load != load {
            let weight = self.servers[server].weight;
            self.place(server, weight, load);
        }
    }

    /// The first server of which `takes` says that it may be chosen.
    pub(super) fn first(&self, takes: impl Fn(usize) -> bool) -> Option<usize> {
        let mut all = self.order.iter().map(|&(_, _, server)| server as usize);
        all.find(|&server| takes(server))
    }

    fn place(&mut self, server: usize, weight: u32, load: u32) {
        let entry = &mut self.servers[server];
        if entry.weight > 0 {
            self.order.remove(&(entry.key, entry.since, server as u32));
        }
        self.moves += 1;
        *entry = Entry {
            weight,
            load,
            key: match load {
                0 => 0,
                load => (u64::from(load) + 1) * SCALE / u64::from(weight.max(1)),
            },
            since: self.moves,
        };
        if weight > 0 {
            self.order.insert((entry.key, entry.since, server as u32));
        }
    }
}
