//! A fixed wheel with as many places for a server as it has weight, spread evenly: for `balance static-rr` and for hashes.

use std::collections::BinaryHeap;

/// Places on the wheel, in order.
#[derive(Debug, Default)]
pub(super) struct Wheel {
    places: Vec<u32>,
    at: usize,
}

impl Wheel {
    /// The wheel for servers with these weights in force.
    pub(super) fn new(weights: &[u32]) -> Self {
        let shared = weights.iter().copied().fold(0, gcd).max(1);
        let mut next: BinaryHeap<_> = weights
            .iter()
            .enumerate()
            .filter(|(_, weight)| **weight > 0)
            .map(|(server, weight)| Turn {
                taken: 0,
                weight: weight / shared,
                server: server as u32,
            })
            .collect();
        let total: usize = next.iter().map(|turn| turn.weight as usize).sum();
        let mut places = Vec::with_capacity(total);
        while places.len() < total {
            let Some(mut turn) = next.pop() else { break };
            places.push(turn.server);
            turn.taken += 1;
            next.push(turn);
        }
        Self { places, at: 0 }
    }

    /// Goes on where another wheel stood.
    pub(super) fn continue_from(mut self, other: &Self) -> Self {
        self.at = other.at % self.places.len().max(1);
        self
    }

    /// The next server of which `takes` says that it may be chosen.
    pub(super) fn next(&mut self, takes: impl Fn(usize) -> bool) -> Option<usize> {
        let len = self.places.len();
        for step in 0..len {
            let at = (self.at + step) % len;
            let server = self.places[at] as usize;
            if takes(server) {
                self.at = (at + 1) % len;
                return Some(server);
            }
        }
        None
    }

    /// The server at the place that `hash` falls on.
    pub(super) fn at_hash(&self, hash: u32) -> Option<usize> {
        let len = u32::try_from(self.places.len()).ok().filter(|len| *len > 0)?;
        self.places
            .get((hash % len) as usize)
            .map(|server| *server as usize)
    }
}

/// A server's next place: the middle of its share of the wheel that is not taken yet.
#[derive(Debug, PartialEq, Eq)]
struct Turn {
    taken: u32,
    weight: u32,
    server: u32,
}

impl Ord for Turn {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let mine = u64::from(2 * self.taken + 1) * u64::from(other.weight);
        let theirs = u64::from(2 * other.taken + 1) * u64::from(self.weight);
        theirs.cmp(&mine).then(other.server.cmp(&self.server))
    }
}

impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
