//! What a cache holds: entries in blocks of a kilobyte, as many as its section gives it. Threads share it behind a lock that is held
//! for a look-up, or while an entry grows by some blocks; bodies are shared, not copied.
//!
//! When there is no room, the entry goes that was not asked for the longest, be it fresh or not. One that is just being sent stays,
//! for its memory would.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use haproxy_cfg::model::Word;
use haproxy_cfg::model::sections::Cache;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::asked::{Asked, Key};
use super::entry::{Begun, Entry};
use super::fitness::{Terms, fitness};
use super::vary::Variant;
use crate::http1::ResponseRef;

/// Bytes of a block.
const BLOCK: usize = 1024;

/// Seconds that an answer is kept at most, where the section does not say.
const MAX_AGE: u32 = 60;

/// Variants of an answer, where the section does not say.
const VARIANTS: u32 = 10;

/// An object is no larger than that part of the cache, where the section does not say.
const OBJECT_PART: u64 = 256;

/// What a growing body is given at least at once, in bytes.
const GROWTH: usize = 4096;

/// A cache.
#[derive(Debug)]
pub struct Store {
    name: Word,
    terms: Terms,
    most: usize,
    variants: usize,
    blocks: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    slots: FxHashMap<Key, SmallVec<[Slot; 1]>>,
    /// Whole entries, those that were not asked for the longest first.
    order: BTreeMap<u64, (Key, u64)>,
    /// Blocks that entries have.
    used: usize,
    /// The next slot's number, and the next look's.
    next: u64,
}

/// A response's place.
#[derive(Debug)]
struct Slot {
    number: u64,
    variant: Variant,
    expires: u64,
    blocks: usize,
    size: usize,
    /// Its place in the order; none while its body comes.
    whole: Option<(u64, Arc<Entry>)>,
}

impl Slot {
    /// Whether somebody sends it, or it is on its way in.
    fn in_use(&self) -> bool {
        self.whole
            .as_ref()
            .is_none_or(|(_, entry)| Arc::strong_count(entry) > 1)
    }
}

impl Inner {
    fn number(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Takes entries out that `gone` says, of one key.
    fn drop_slots(&mut self, key: &Key, mut gone: impl FnMut(&Slot) -> bool) {
        let Some(slots) = self.slots.get_mut(key) else {
            return;
        };
        let (order, used) = (&mut self.order, &mut self.used);
        slots.retain(|slot| {
            if !gone(slot) {
                return true;
            }
            *used -= slot.blocks;
            if let Some((at, _)) = &slot.whole {
                order.remove(at);
            }
            false
        });
        if slots.is_empty() {
            self.slots.remove(key);
        }
    }

    fn slot(&mut self, key: &Key, number: u64) -> Option<&mut Slot> {
        self.slots
            .get_mut(key)?
            .iter_mut()
            .find(|slot| slot.number == number)
    }

    /// Makes room for so many blocks more, of a cache that has `blocks`. False, and nothing is gone, when there is none.
    fn make_room(&mut self, blocks: usize, more: usize) -> bool {
        let Some(most) = blocks.checked_sub(more) else {
            return false;
        };
        if self.used <= most {
            return true;
        }
        let mut left = self.used - most;
        let mut going = Vec::new();
        for (key, number) in self.order.values() {
            let slots = self.slots.get(key).into_iter().flatten();
            let Some(slot) = { slots }.find(|slot| slot.number == *number) else {
                continue;
            };
            if slot.in_use() {
                continue;
            }
            going.push((*key, *number));
            left = left.saturating_sub(slot.blocks);
            if left == 0 {
                break;
            }
        }
        if left > 0 {
            return false;
        }
        for (key, number) in going {
            self.drop_slots(&key, |slot| slot.number == number);
        }
        true
    }
}

impl Store {
    /// An empty cache.
    #[must_use]
    pub fn new(section: &Cache) -> Self {
        let bytes = u64::from(section.total_max_size.unwrap_or(0)) << 20;
        let most = section.max_object_size.map_or(bytes / OBJECT_PART, u64::from);
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        Self {
            name: section.name.clone(),
            terms: Terms {
                max_age: section.max_age.unwrap_or(MAX_AGE).into(),
                process_vary: section.process_vary,
            },
            most: size(most),
            variants: section.max_secondary_entries.unwrap_or(VARIANTS) as usize,
            blocks: size(bytes) / BLOCK,
            inner: Mutex::default(),
        }
    }

    /// Its section's name.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        &self.name
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Nothing in it panics half way.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks for what answers a request at a time in seconds since the epoch. The outer none where the request is not to be answered
    /// from a cache at all.
    pub fn find(&self, asked: &Asked, now: u64) -> Option<Option<Arc<Entry>>> {
        if !asked.looks {
            return None;
        }
        let mut inner = self.lock();
        let look = inner.number();
        let slots = inner.slots.get_mut(&asked.key).into_iter().flatten();
        // Behind others stand those that came later.
        let mut fitting = { slots }.rev().filter(|slot| {
            let is_fresh = slot.whole.as_ref().is_some_and(|(_, entry)| entry.is_fresh(now));
            is_fresh && slot.variant.suits(&asked.wishes)
        });
        let Some(slot) = fitting.next() else {
            return Some(None);
        };
        let number = slot.number;
        let found = slot.whole.as_mut().map(|(at, entry)| {
            let before = std::mem::replace(at, look);
            (before, Arc::clone(entry))
        });
        let Some((before, entry)) = found else {
            return Some(None);
        };
        inner.order.remove(&before);
        inner.order.insert(look, (asked.key, number));
        Some(Some(entry))
    }

    /// Forgets what a request with a method that is not safe may have changed, once it had that response.
    pub fn forget(&self, asked: &Asked, status: u16) {
        if asked.is_unsafe && (200..400).contains(&status) {
            self.lock().drop_slots(&asked.key, |slot| slot.whole.is_some());
        }
    }

    /// Begins to keep the response to a request, if it may be kept and there is room. `length` is what is known of its body's.
    pub fn begin(
        self: &Arc<Self>,
        asked: &Asked,
        response: ResponseRef<'_>,
        length: Option<u64>,
        now: u64,
    ) -> Option<Filling> {
        let fitness = fitness(asked, response, self.terms, now)?;
        let begun = Begun::new(response, fitness, now);
        let known = usize::try_from(length.unwrap_or(0)).ok()?;
        let size = begun.size;
        if size.checked_add(known)? > self.most {
            return None;
        }
        let mut inner = self.lock();
        inner.drop_slots(&asked.key, |slot| {
            slot.whole.as_ref().is_some_and(|(_, entry)| !entry.is_fresh(now))
        });
        let variant = fitness.variant;
        let others = inner.slots.get(&asked.key).map_or(&[][..], |slots| slots);
        let same = |slot: &&Slot| slot.variant == variant;
        // Another one is quicker with it.
        if others.iter().filter(same).any(|slot| slot.whole.is_none()) {
            return None;
        }
        if !variant.is_all() && others.iter().filter(|slot| !same(slot)).count() >= self.variants {
            return None;
        }
        let blocks = (size + known).div_ceil(BLOCK);
        if !inner.make_room(self.blocks, blocks) {
            return None;
        }
        inner.used += blocks;
        let number = inner.number();
        inner.slots.entry(asked.key).or_default().push(Slot {
            number,
            variant,
            expires: begun.expires(),
            blocks,
            size,
            whole: None,
        });
        drop(inner);
        Some(Filling {
            store: Arc::clone(self),
            key: asked.key,
            number,
            body: Vec::with_capacity(known),
            begun: Some(begun),
        })
    }

    /// Blocks that entries have, as they are counted.
    #[cfg(test)]
    pub(super) fn used_blocks(&self) -> usize {
        self.lock().used
    }

    /// What it holds, for those who list it.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let inner = self.lock();
        let all = inner.slots.iter();
        let mut entries: Vec<_> = { all }
            .flat_map(|(key, slots)| slots.iter().map(move |slot| (key, slot)))
            .map(|(key, slot)| ShownEntry {
                number: slot.number,
                hash: u32::from_le_bytes([key[0], key[1], key[2], key[3]]),
                variant: slot.variant.octets(),
                size: slot.size,
                blocks: slot.blocks,
                users: slot
                    .whole
                    .as_ref()
                    .map_or(1, |(_, entry)| Arc::strong_count(entry) - 1),
                expires: slot.expires,
            })
            .collect();
        entries.sort_unstable_by_key(|entry| (entry.hash, entry.number));
        let busy: usize = entries.iter().filter(|e| e.users > 0).map(|e| e.blocks).sum();
        Shown {
            free_blocks: self.blocks - busy,
            entries,
        }
    }
}

/// What a cache holds.
#[derive(Debug)]
pub struct Shown {
    /// Blocks that are free, or would be as soon as something else is to be kept.
    pub free_blocks: usize,
    /// Its entries, by the hash of their keys.
    pub entries: Vec<ShownEntry>,
}

/// An entry, as it is listed.
#[derive(Debug)]
pub struct ShownEntry {
    /// Its number.
    pub number: u64,
    /// The beginning of its key.
    pub hash: u32,
    /// Its variant; all zero for one that is for all requests.
    pub variant: [u8; 20],
    /// Bytes.
    pub size: usize,
    /// Blocks that they take.
    pub blocks: usize,
    /// Requests that are being answered with it, or fill it.
    pub users: usize,
    /// When it is fresh no more, seconds since the epoch.
    pub expires: u64,
}

/// A response on its way into a cache. Dropped before its end, nothing is kept of it.
#[derive(Debug)]
pub struct Filling {
    store: Arc<Store>,
    key: Key,
    number: u64,
    body: Vec<u8>,
    /// None once it is whole.
    begun: Option<Begun>,
}

impl Filling {
    /// The cache.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Adds what came next of the body. False when it is too large, or there is no room: it is of no use any more.
    #[must_use]
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let head = self.begun.as_ref().map_or(0, |begun| begun.size);
        let size = head + self.body.len() + bytes.len();
        if size > self.store.most {
            return false;
        }
        if self.body.capacity() - self.body.len() < bytes.len() {
            let growth = (self.body.len() / 2).max(GROWTH).min(self.store.most - head);
            let wanted = (self.body.len() + bytes.len()).max(growth);
            if !self.resize(size, (head + wanted).div_ceil(BLOCK)) {
                return false;
            }
            self.body.reserve_exact(wanted - self.body.len());
        }
        self.body.extend_from_slice(bytes);
        true
    }

    /// Has that many blocks from now on; false when there is no room.
    fn resize(&self, size: usize, blocks: usize) -> bool {
        let mut inner = self.store.lock();
        let Some(before) = inner.slot(&self.key, self.number).map(|slot| slot.blocks) else {
            return false;
        };
        let more = blocks.saturating_sub(before);
        if !inner.make_room(self.store.blocks, more) {
            return false;
        }
        inner.used = inner.used + blocks - before;
        if let Some(slot) = inner.slot(&self.key, self.number) {
            slot.blocks = blocks;
            slot.size = size;
        }
        true
    }

    /// The body is whole: requests are answered with it from now on, and what was kept of the same before is gone.
    pub fn finish(mut self) {
        let Some(begun) = self.begun.take() else {
            return;
        };
        let size = begun.size + self.body.len();
        self.body.shrink_to_fit();
        if !self.resize(size, size.div_ceil(BLOCK)) {
            return;
        }
        let entry = Arc::new(begun.finish(std::mem::take(&mut self.body)));
        let mut inner = self.store.lock();
        let (key, number) = (self.key, self.number);
        let at = inner.number();
        let Some(slot) = inner.slot(&key, number) else {
            return;
        };
        let variant = slot.variant;
        slot.whole = Some((at, entry));
        inner.order.insert(at, (key, number));
        inner.drop_slots(&key, |slot| {
            let is_other = slot.number != number && slot.whole.is_some();
            is_other && (variant.is_all() || slot.variant == variant || slot.variant.is_all())
        });
    }
}

impl Drop for Filling {
    fn drop(&mut self) {
        let number = self.number;
        let mut inner = self.store.lock();
        inner.drop_slots(&self.key, |slot| slot.number == number && slot.whole.is_none());
    }
}
