//! A part of a table: its entries in a slab of words, found by hash. No lock here, and no limit.
//!
//! ```text
//! chunks ─> [ stamp refs turn | key … | data … ][ stamp …            32 entries, then the next chunk
//! order  ─> newest … oldest                      as it was when somebody last asked for the oldest
//! ```
//!
//! What is touched notes when, and moves nowhere: its neighbours in an order would be entries at other ends of the memory. Who
//! asks for the oldest sorts them all, and those who ask next go on from there.

use std::hash::BuildHasher;

use hashbrown::HashTable;

/// No entry.
const NONE: u32 = u32::MAX;
/// Entries of a chunk: so that a chunk is soon made and little is lost in the last one.
const CHUNK: usize = 32;

/// When it was touched last: milliseconds, wrapping.
const STAMP: usize = 0;
/// How many track it.
const REFS: usize = 1;
/// The number of that touch among all of the part, wrapping; of a place that is free, the next one.
const TURN: usize = 2;
/// Words in front of the key.
pub(super) const HEAD: usize = 3;

/// In the place of the number of those who track it: the place is free.
const FREE: u32 = u32::MAX;

/// How entries look.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// Words of a key.
    pub(super) key: usize,
    /// Words of an entry.
    pub(super) words: usize,
}

/// A part of a table.
#[derive(Debug)]
pub(super) struct Shard {
    index: HashTable<u32>,
    chunks: Vec<Box<[u32]>>,
    /// The first of the places that are free again, linked by [`TURN`].
    free: u32,
    /// Places that were ever used.
    used: u32,
    /// Touches so far; wraps.
    turns: u32,
    /// Entries with the number of their last touch, the oldest last: as it was when they were sorted.
    order: Vec<(u32, u32)>,
}

impl Default for Shard {
    fn default() -> Self {
        Self {
            index: HashTable::new(),
            chunks: Vec::new(),
            free: NONE,
            used: 0,
            turns: 0,
            order: Vec::new(),
        }
    }
}

fn entry(chunks: &[Box<[u32]>], shape: Shape, slot: u32) -> &[u32] {
    let (chunk, at) = (slot as usize / CHUNK, slot as usize % CHUNK * shape.words);
    &chunks[chunk][at..at + shape.words]
}

impl Shard {
    /// All words of an entry.
    pub(super) fn words(&self, shape: Shape, slot: u32) -> &[u32] {
        entry(&self.chunks, shape, slot)
    }

    /// All words of an entry, to be changed behind the key.
    pub(super) fn words_mut(&mut self, shape: Shape, slot: u32) -> &mut [u32] {
        let (chunk, at) = (slot as usize / CHUNK, slot as usize % CHUNK * shape.words);
        &mut self.chunks[chunk][at..at + shape.words]
    }

    /// The entry of that key.
    pub(super) fn find(&self, shape: Shape, hash: u64, key: &[u32]) -> Option<u32> {
        let chunks = &self.chunks;
        let same = |slot: &u32| &entry(chunks, shape, *slot)[HEAD..HEAD + shape.key] == key;
        self.index.find(hash, same).copied()
    }

    /// Makes an entry, whose key is not there yet, and whose data are 0.
    pub(super) fn insert(
        &mut self,
        shape: Shape,
        keys: &impl BuildHasher,
        (hash, key): (u64, &[u32]),
        now: u32,
    ) -> u32 {
        let slot = self.place(shape);
        self.words_mut(shape, slot).fill(0);
        self.touch(shape, slot, now);
        let words = self.words_mut(shape, slot);
        words[HEAD..HEAD + shape.key].copy_from_slice(key);
        let chunks = &self.chunks;
        self.index.insert_unique(hash, slot, |slot| {
            keys.hash_one(&entry(chunks, shape, *slot)[HEAD..HEAD + shape.key])
        });
        slot
    }

    fn place(&mut self, shape: Shape) -> u32 {
        if self.free != NONE {
            let slot = self.free;
            self.free = self.words(shape, slot)[TURN];
            return slot;
        }
        let slot = self.used;
        if slot as usize / CHUNK == self.chunks.len() {
            self.chunks.push(vec![0; CHUNK * shape.words].into_boxed_slice());
        }
        self.used += 1;
        slot
    }

    /// Takes an entry out that nobody tracks.
    pub(super) fn remove(&mut self, shape: Shape, keys: &impl BuildHasher, slot: u32) {
        let key = &entry(&self.chunks, shape, slot)[HEAD..HEAD + shape.key];
        if let Ok(found) = self.index.find_entry(keys.hash_one(key), |known| *known == slot) {
            found.remove();
        }
        let free = self.free;
        let words = self.words_mut(shape, slot);
        (words[REFS], words[TURN]) = (FREE, free);
        self.free = slot;
    }

    /// Notes that an entry was touched at `now`.
    pub(super) fn touch(&mut self, shape: Shape, slot: u32, now: u32) {
        self.turns = self.turns.wrapping_add(1);
        let turn = self.turns;
        let words = self.words_mut(shape, slot);
        (words[STAMP], words[TURN]) = (now, turn);
    }

    /// One more tracks an entry.
    pub(super) fn hold(&mut self, shape: Shape, slot: u32) {
        self.words_mut(shape, slot)[REFS] += 1;
    }

    /// One less does. Gives whether nobody does now.
    pub(super) fn release(&mut self, shape: Shape, slot: u32, now: u32) -> bool {
        self.touch(shape, slot, now);
        let refs = &mut self.words_mut(shape, slot)[REFS];
        *refs = refs.saturating_sub(1);
        *refs == 0
    }

    /// The entry that was not touched for the longest time, of those that nobody tracks, and when that was.
    pub(super) fn oldest(&mut self, shape: Shape) -> Option<(u32, u32)> {
        loop {
            while let Some((turn, slot)) = self.order.last().copied() {
                let words = self.words(shape, slot);
                if words[REFS] == 0 && words[TURN] == turn {
                    return Some((slot, words[STAMP]));
                }
                self.order.pop();
            }
            if !self.sort(shape) {
                return None;
            }
        }
    }

    /// Gives whether there is an entry that nobody tracks.
    fn sort(&mut self, shape: Shape) -> bool {
        let (turns, chunks) = (self.turns, &self.chunks);
        self.order.extend((0..self.used).filter_map(|slot| {
            let words = entry(chunks, shape, slot);
            (words[REFS] == 0).then_some((words[TURN], slot))
        }));
        self.order
            .sort_unstable_by_key(|(turn, _)| turns.wrapping_sub(*turn));
        !self.order.is_empty()
    }

    /// All entries, in no order.
    pub(super) fn slots(&self) -> impl Iterator<Item = u32> + '_ {
        self.index.iter().copied()
    }
}

/// When an entry was touched last.
pub(super) fn stamp(words: &[u32]) -> u32 {
    words[STAMP]
}

/// How many track an entry.
pub(super) fn refs(words: &[u32]) -> u32 {
    words[REFS]
}
