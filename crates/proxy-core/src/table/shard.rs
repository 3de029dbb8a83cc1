//! A part of a table: its entries in a slab of words, found by hash and kept in the order in which they were touched. No lock here,
//! and no limit.
//!
//! ```text
//! chunks ─> [ stamp refs before after | key … | data … ][ stamp …            32 entries, then the next chunk
//! oldest ─> entry ─after─> entry ─after─> entry <─ newest      entries that are tracked stand in no order
//! ```

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
const BEFORE: usize = 2;
const AFTER: usize = 3;
/// Words in front of the key.
pub(super) const HEAD: usize = 4;

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
    /// The first of the places that are free again, linked by [`AFTER`].
    free: u32,
    /// Places that were ever used.
    used: u32,
    oldest: u32,
    newest: u32,
}

impl Default for Shard {
    fn default() -> Self {
        Self {
            index: HashTable::new(),
            chunks: Vec::new(),
            free: NONE,
            used: 0,
            oldest: NONE,
            newest: NONE,
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
        let words = self.words_mut(shape, slot);
        words.fill(0);
        words[STAMP] = now;
        words[HEAD..HEAD + shape.key].copy_from_slice(key);
        let chunks = &self.chunks;
        self.index.insert_unique(hash, slot, |slot| {
            keys.hash_one(&entry(chunks, shape, *slot)[HEAD..HEAD + shape.key])
        });
        self.link(shape, slot);
        slot
    }

    fn place(&mut self, shape: Shape) -> u32 {
        if self.free != NONE {
            let slot = self.free;
            self.free = self.words(shape, slot)[AFTER];
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
        self.unlink(shape, slot);
        let key = &entry(&self.chunks, shape, slot)[HEAD..HEAD + shape.key];
        if let Ok(found) = self.index.find_entry(keys.hash_one(key), |known| *known == slot) {
            found.remove();
        }
        let free = self.free;
        self.words_mut(shape, slot)[AFTER] = free;
        self.free = slot;
    }

    /// Puts an entry behind all others.
    fn link(&mut self, shape: Shape, slot: u32) {
        let newest = self.newest;
        let words = self.words_mut(shape, slot);
        words[BEFORE] = newest;
        words[AFTER] = NONE;
        match newest {
            NONE => self.oldest = slot,
            newest => self.words_mut(shape, newest)[AFTER] = slot,
        }
        self.newest = slot;
    }

    fn unlink(&mut self, shape: Shape, slot: u32) {
        let words = self.words(shape, slot);
        let (before, after) = (words[BEFORE], words[AFTER]);
        match before {
            NONE => self.oldest = after,
            before => self.words_mut(shape, before)[AFTER] = after,
        }
        match after {
            NONE => self.newest = before,
            after => self.words_mut(shape, after)[BEFORE] = before,
        }
    }

    /// Notes that an entry was touched at `now`.
    pub(super) fn touch(&mut self, shape: Shape, slot: u32, now: u32) {
        let words = self.words_mut(shape, slot);
        words[STAMP] = now;
        if words[REFS] == 0 && self.newest != slot {
            self.unlink(shape, slot);
            self.link(shape, slot);
        }
    }

    /// One more tracks an entry: until all have let go of it, it has no place in the order.
    pub(super) fn hold(&mut self, shape: Shape, slot: u32) {
        if self.words(shape, slot)[REFS] == 0 {
            self.unlink(shape, slot);
        }
        self.words_mut(shape, slot)[REFS] += 1;
    }

    /// One less does.
    pub(super) fn release(&mut self, shape: Shape, slot: u32, now: u32) {
        let words = self.words_mut(shape, slot);
        words[STAMP] = now;
        words[REFS] = words[REFS].saturating_sub(1);
        if words[REFS] == 0 {
            self.link(shape, slot);
        }
    }

    /// The entry that was not touched for the longest time, of those that nobody tracks, and when that was.
    pub(super) fn oldest(&self, shape: Shape) -> Option<(u32, u32)> {
        (self.oldest != NONE).then(|| (self.oldest, self.words(shape, self.oldest)[STAMP]))
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
