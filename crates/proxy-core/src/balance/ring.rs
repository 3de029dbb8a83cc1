//! The ring of `hash-type consistent`: each server stands on it at as many places as its weight says, and a hash belongs to the
//! nearest. A server that comes or goes moves its own share alone.

use std::collections::BTreeSet;

use crate::hash::avalanche;

/// The ring.
#[derive(Debug, Default)]
pub(super) struct Ring {
    /// Where on the ring of all 32-bit numbers, and which server.
    places: BTreeSet<(u32, u32)>,
    /// By server: how many places are its.
    counts: Vec<u32>,
    /// By server: the first of the numbers that its places are made of.
    numbers: Vec<u32>,
    /// The place behind which requests without a key go on.
    last: Option<(u32, u32)>,
}

impl Ring {
    /// A ring for servers whose places are made of numbers from these on. Nothing stands on it yet.
    pub(super) fn new(numbers: Vec<u32>) -> Self {
        Self {
            places: BTreeSet::new(),
            counts: vec![0; numbers.len()],
            numbers,
            last: None,
        }
    }

    /// Gives a server a place for each part of its weight.
    pub(super) fn set_weight(&mut self, server: usize, count: u32) {
        let known = std::mem::replace(&mut self.counts[server], count);
        let first = self.numbers[server];
        let place = |at: u32| (avalanche(first.wrapping_add(at)), server as u32);
        for at in known..count {
            self.places.insert(place(at));
        }
        for at in count..known {
            let gone = place(at);
            self.places.remove(&gone);
            if self.last == Some(gone) {
                // The one that was next is passed over, as by the original.
                let next = self.from(gone).next();
                self.last = next;
            }
        }
    }

    /// Makes room for a server whose places are made of numbers from `first` on. The one that had its index before has none.
    pub(super) fn set_server(&mut self, server: usize, first: u32) {
        let end = self.counts.len().max(server + 1);
        self.counts.resize(end, 0);
        self.numbers.resize(end, 0);
        self.numbers[server] = first;
    }

    /// Makes a server's places of numbers from `first` on.
    pub(super) fn set_first(&mut self, server: usize, first: u32) {
        if self.numbers[server] != first {
            let count = self.counts[server];
            self.set_weight(server, 0);
            self.numbers[server] = first;
            self.set_weight(server, count);
        }
    }

    /// The server nearest to `hash` that takes the request, or the next one behind it that does. Of two places that are as near
    /// it is the one in front.
    pub(super) fn at_hash(&self, hash: u32, takes: impl Fn(usize) -> bool) -> Option<usize> {
        self.from(self.nearest(hash)?)
            .map(|(_, server)| server as usize)
            .find(|server| takes(*server))
    }

    /// The server whose place is the last of all, whatever the hash: it gets what nobody takes (recorded with 3.4).
    pub(super) fn last_resort(&self) -> Option<usize> {
        self.places.last().map(|(_, server)| *server as usize)
    }

    /// The place nearest to `hash`.
    fn nearest(&self, hash: u32) -> Option<(u32, u32)> {
        let behind = self.from((hash, 0)).next()?;
        let before = self.places.range(..(hash, 0)).next_back();
        let before = *before.or_else(|| self.places.last())?;
        let is_behind = behind.0.wrapping_sub(hash) < hash.wrapping_sub(before.0);
        Some(if is_behind { behind } else { before })
    }

    /// The next server of which `takes` says that it may be chosen.
    pub(super) fn next(&mut self, takes: impl Fn(usize) -> bool) -> Option<usize> {
        let behind = match self.last {
            None => (0, 0),
            Some((place, server)) => (place, server + 1),
        };
        let chosen = self.from(behind).find(|(_, server)| takes(*server as usize))?;
        self.last = Some(chosen);
        Some(chosen.1 as usize)
    }

    /// All places once, from that one on.
    fn from(&self, place: (u32, u32)) -> impl Iterator<Item = (u32, u32)> {
        let (front, back) = (self.places.range(..place), self.places.range(place..));
        back.chain(front).copied()
    }
}
