//! `balance roundrobin`: each server stands at a position in time and is due once the turn has come there; a choice moves it on
//! by the total weight over its own. Servers that were never chosen wait apart, the heaviest first, and fill the turns at which
//! nobody is due, so that they do not all come at once. Positions are whole numbers with a remainder in units of the
//! server's weight, as the original's are: its sequences come out exactly.

use std::cmp::Reverse;
use std::collections::BTreeSet;

/// A server may be moved to a position this many turns ahead and no nearer when its weight changes.
const NEAREST_MOVE: i64 = 2;

/// Where a server stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Not in use.
    #[default]
    Out,
    /// Never chosen yet.
    Waiting,
    /// At its position.
    Placed,
}

#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    place: Place,
    weight: i64,
    position: i64,
    remainder: i64,
    /// Where it was chosen last.
    last: i64,
    /// When it was put where it is, for the order among equals.
    since: u64,
}

impl Entry {
    /// Key in [`RoundRobin::placed`]: at one position the one with the most weight left before its remainder is first.
    fn key(&self) -> (i64, i64, u64) {
        (self.position, self.remainder - self.weight, self.since)
    }
}

/// The order of one set of servers.
#[derive(Debug, Default)]
pub(super) struct RoundRobin {
    servers: Vec<Entry>,
    waiting: BTreeSet<(Reverse<i64>, u64, u32)>,
    placed: BTreeSet<((i64, i64, u64), u32)>,
    total: i64,
    turn: i64,
    /// The turn at which the cycle began: one has as many turns as all weights together.
    cycle: i64,
    moves: u64,
}

impl RoundRobin {
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

    /// Gives a server its weight in force; 0 takes it out. `at_start` is the first time, before anything was chosen.
    pub(super) fn set_weight(&mut self, server: usize, weight: u32, at_start: bool) {
        let weight = i64::from(weight);
        let was = self.servers[server];
        if was.weight == weight {
            return;
        }
        self.remove(server);
        self.total += weight - was.weight;
        let mut entry = Entry { weight, ..was };
        let total = self.total;
        entry.place = match was.place {
            _ if weight == 0 => Place::Out,
            Place::Out if at_start => Place::Waiting,
            Place::Out => {
                // Who comes back within a cycle gets its share of what is left of it.
                self.follow_cycle();
                entry.position = match self.turn - self.cycle {
                    0 => self.turn - 1 + (total + was.remainder) / weight,
                    passed => self.turn + (total - passed + was.remainder) / weight,
                };
                entry.remainder %= weight;
                Place::Placed
            }
            Place::Waiting => Place::Waiting,
            Place::Placed => {
                entry.position = was.position.min(was.last + total / weight);
                if entry.position < self.turn + NEAREST_MOVE {
                    entry.position = self.turn + total / weight;
                }
                entry.remainder = 0;
                Place::Placed
            }
        };
        self.servers[server] = entry;
        self.insert(server);
    }

    /// The next server of which `takes` says that it may be chosen; the others keep their places, but `avoided`, if its turn has
    /// come, loses it.
    pub(super) fn next(&mut self, takes: impl Fn(usize) -> bool, avoided: Option<usize>) -> Option<usize> {
        let chosen = self.first(&takes)?;
        if let Some(avoided) = avoided.filter(|avoided| *avoided != chosen)
            && self.first(|at| at == avoided || at == chosen) == Some(avoided)
        {
            self.move_on(avoided);
        }
        // The turn that was lost may have made another one due.
        let chosen = self.first(takes)?;
        self.move_on(chosen);
        Some(chosen)
    }

    /// The server whose turn is next, of those that may be chosen.
    fn first(&self, takes: impl Fn(usize) -> bool) -> Option<usize> {
        let placed = || self.placed.iter().map(|&(_, server)| server as usize);
        let due = placed()
            .take_while(|&server| self.servers[server].position <= self.turn)
            .find(|&server| takes(server));
        let waiting = || {
            let mut all = self.waiting.iter().map(|&(_, _, server)| server as usize);
            all.find(|&server| takes(server))
        };
        let early = || placed().find(|&server| takes(server));
        due.or_else(waiting).or_else(early)
    }

    /// Moves a server on to its next turn.
    fn move_on(&mut self, chosen: usize) {
        self.remove(chosen);
        let total = self.total;
        let turn = self.turn;
        let entry = &mut self.servers[chosen];
        if entry.place == Place::Waiting {
            entry.place = Place::Placed;
            entry.position = turn;
            entry.remainder = 0;
        }
        entry.last = entry.position;
        let carried = entry.remainder + total;
        entry.position += carried / entry.weight;
        entry.remainder = carried % entry.weight;
        self.turn += 1;
        self.follow_cycle();
        self.insert(chosen);
    }

    /// Begins the next cycle once the turn is in it.
    fn follow_cycle(&mut self) {
        let passed = self.turn - self.cycle;
        if passed >= self.total && self.total > 0 {
            self.cycle += passed / self.total * self.total;
        }
    }

    fn remove(&mut self, server: usize) {
        let entry = &self.servers[server];
        match entry.place {
            Place::Out => {}
            Place::Waiting => {
                self.waiting
                    .remove(&(Reverse(entry.weight), entry.since, server as u32));
            }
            Place::Placed => {
                self.placed.remove(&(entry.key(), server as u32));
            }
        }
    }

    fn insert(&mut self, server: usize) {
        self.moves += 1;
        let entry = &mut self.servers[server];
        entry.since = self.moves;
        match entry.place {
            Place::Out => {}
            Place::Waiting => {
                self.waiting
                    .insert((Reverse(entry.weight), entry.since, server as u32));
            }
            Place::Placed => {
                self.placed.insert((entry.key(), server as u32));
            }
        }
    }
}
