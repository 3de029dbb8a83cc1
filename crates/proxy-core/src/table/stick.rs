//! A stick table: its parts, each with its own lock, and the limit on all of them.
//!
//! A key's hash says which part it belongs to. What is done under a lock is a look-up and a few words of arithmetic: parts are so
//! small that even their growth takes microseconds. No two locks are held at once, and none across anything that waits.

use std::collections::BinaryHeap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::task::Waker;

use haproxy_cfg::model::{KeyType, Millis, StickTable};

use super::data::{Data, Field, Layout};
use super::entry::Entry;
use super::journal::{Changes, Journal};
use super::key::{self, Key};
use super::shard::{HEAD, Shape, Shard, refs, stamp};
use super::sharers::Sharers;

/// Entries that a part has when the table is full, about.
const PART: u32 = 256;
/// Fewest and most parts of a table that has more than one.
const PARTS: (usize, usize) = (8, 1 << 16);
/// Most entries that make room at once.
const MOST_PURGED: u32 = 64;
/// Expired entries that an access of a part clears away on its way.
const SWEPT_ON_THE_WAY: u32 = 2;

/// A part with its lock. How old its entries are can be read without.
#[derive(Debug, Default)]
struct Part {
    shard: Mutex<Shard>,
    /// No entry that nobody tracks was touched before this stamp, with [`SOME`]; 0 when there is none.
    since: AtomicU64,
}

/// There is an entry.
const SOME: u64 = 1 << 32;

/// Where an entry stands for as long as somebody tracks it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    part: u32,
    slot: u32,
}

/// What became of an entry that was to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// It is gone.
    Gone,
    /// Somebody tracks it.
    InUse,
    /// There is none.
    Missing,
}

/// A stick table. Times are milliseconds of the process's clock, wrapping.
#[derive(Debug)]
pub struct Table {
    model: StickTable,
    layout: Layout,
    shape: Shape,
    parts: Box<[Part]>,
    used: AtomicU32,
    keys: RandomState,
    /// Names and addresses of servers that entries know by their number, counted from 1.
    servers: RwLock<Vec<Box<[u8]>>>,
    /// Streams that share limits of what comes in, and of what goes out.
    sharers: [Sharers; 2],
    /// What is to be told to peers, where there are some; then the last word of an entry is the number of its last change.
    journal: Option<Box<Journal>>,
}

impl Table {
    /// An empty table.
    #[must_use]
    pub fn new(model: StickTable) -> Self {
        let key = key::words(model.key);
        let mut layout = Layout::new(&model.store, HEAD + key);
        let journal = model.peers.is_some().then(|| Box::new(Journal::new(model.size)));
        layout.words += usize::from(journal.is_some());
        // In a small one, what was touched in the same millisecond goes in its order, too.
        let parts = match model.size / PART {
            0 => 1,
            parts => (parts.next_power_of_two() as usize).clamp(PARTS.0, PARTS.1),
        };
        Self {
            sharers: Default::default(),
            shape: Shape {
                key,
                words: layout.words,
            },
            layout,
            parts: (0..parts).map(|_| Part::default()).collect(),
            used: AtomicU32::new(0),
            keys: RandomState::new(),
            servers: RwLock::default(),
            journal,
            model,
        }
    }

    /// What the file says of it.
    #[must_use]
    pub fn model(&self) -> &StickTable {
        &self.model
    }

    /// The type of its keys.
    #[must_use]
    pub fn key_type(&self) -> KeyType {
        self.model.key
    }

    /// How many data of a kind its entries have; 0 where they are not stored.
    #[must_use]
    pub fn stores(&self, kind: Data) -> u32 {
        self.layout.count(kind)
    }

    /// The period of a rate, milliseconds.
    #[must_use]
    pub fn period(&self, kind: Data) -> Millis {
        self.layout.period(kind)
    }

    /// The datum of that kind and number, where it is stored.
    #[must_use]
    pub fn field(&self, kind: Data, index: u32) -> Option<Field> {
        self.layout.field(kind, index)
    }

    /// One more that shares the limit of a rate by the entry of that key: as many as hold the same do.
    #[must_use]
    pub(crate) fn share(&self, key: &Key, rate: Data) -> Arc<()> {
        let [incoming, outgoing] = &self.sharers;
        let sharers = if rate == Data::BytesInRate {
            incoming
        } else {
            outgoing
        };
        sharers.join(key)
    }

    /// Shows `see` the entry of that key.
    pub fn look<T>(&self, key: &Key, now: u32, see: impl FnOnce(&mut Entry<'_>) -> T) -> Option<T> {
        let (hash, part) = self.part_of(key);
        let mut shard = self.lock(part, now);
        let slot = self.find(&mut shard, (hash, key), now)?;
        Some(self.show(part, &mut shard, slot, now, see))
    }

    /// The same, and touches it.
    pub fn renew<T>(&self, key: &Key, now: u32, see: impl FnOnce(&mut Entry<'_>) -> T) -> Option<T> {
        let (hash, part) = self.part_of(key);
        let mut shard = self.lock(part, now);
        let slot = self.find(&mut shard, (hash, key), now)?;
        self.change(&mut shard, slot, now);
        Some(self.show(part, &mut shard, slot, now, see))
    }

    /// The key of the entry that `show table` calls by a number.
    #[must_use]
    pub fn key_of_number(&self, number: u64) -> Option<Key> {
        let part = usize::try_from(number >> 32).ok()?.checked_sub(1)?;
        let shard = self.parts.get(part)?.shard.lock();
        let shard = shard.unwrap_or_else(PoisonError::into_inner);
        let slot = shard.slots().find(|slot| *slot == number as u32)?;
        let words = shard.words(self.shape, slot);
        Some(Key(words[HEAD..HEAD + self.shape.key].into()))
    }

    /// Shows `see` the entry of that key, which is touched, and made where there is none; none when there is no room for it.
    pub fn touch<T>(&self, key: &Key, now: u32, see: impl FnOnce(&mut Entry<'_>) -> T) -> Option<T> {
        let (part, mut shard, slot) = self.find_or_make(key, now)?;
        self.change(&mut shard, slot, now);
        Some(self.show(part, &mut shard, slot, now, see))
    }

    /// Tracks the entry of that key, which is made where there is none, and shows it to `see`; none when there is no room for it.
    /// It stays until [`Self::release`].
    pub fn track(&self, key: &Key, now: u32, see: impl FnOnce(&mut Entry<'_>)) -> Option<Place> {
        let (part, mut shard, slot) = self.find_or_make(key, now)?;
        self.change(&mut shard, slot, now);
        shard.hold(self.shape, slot);
        self.show(part, &mut shard, slot, now, see);
        Some(Place {
            part: part as u32,
            slot,
        })
    }

    /// Shows `see` an entry that is tracked.
    pub fn at<T>(&self, place: Place, now: u32, see: impl FnOnce(&mut Entry<'_>) -> T) -> T {
        let mut shard = self.locked(place.part as usize);
        self.show(place.part as usize, &mut shard, place.slot, now, see)
    }

    /// Shows `see` an entry that is tracked, and touches it.
    pub fn touch_at<T>(&self, place: Place, now: u32, see: impl FnOnce(&mut Entry<'_>) -> T) -> T {
        let mut shard = self.locked(place.part as usize);
        self.change(&mut shard, place.slot, now);
        self.show(place.part as usize, &mut shard, place.slot, now, see)
    }

    /// Lets go of an entry that was tracked, behind a last look.
    pub fn release(&self, place: Place, now: u32, see: impl FnOnce(&mut Entry<'_>)) {
        let part = place.part as usize;
        let mut shard = self.locked(part);
        self.show(place.part as usize, &mut shard, place.slot, now, see);
        if shard.release(self.shape, place.slot, now) {
            self.note_one(part, now);
        }
    }

    /// Removes the entry of that key unless somebody tracks it.
    pub fn remove(&self, key: &Key, now: u32) -> Removed {
        let (hash, part) = self.part_of(key);
        let mut shard = self.lock(part, now);
        let Some(slot) = shard.find(self.shape, hash, &key.0) else {
            return Removed::Missing;
        };
        self.remove_slot(&mut shard, slot)
    }

    fn remove_slot(&self, shard: &mut Shard, slot: u32) -> Removed {
        if refs(shard.words(self.shape, slot)) > 0 {
            return Removed::InUse;
        }
        shard.remove(self.shape, &self.keys, slot);
        self.used.fetch_sub(1, Relaxed);
        Removed::Gone
    }

    /// Entries that are there.
    #[must_use]
    pub fn used(&self, now: u32) -> u32 {
        self.sweep(now);
        self.used.load(Relaxed)
    }

    /// Clears away what has expired.
    pub fn sweep(&self, now: u32) {
        while self.sweep_some(now, u32::MAX) {}
    }

    /// Clears away what has expired, `most` entries or a few more; gives whether there may be more.
    pub fn sweep_some(&self, now: u32, most: u32) -> bool {
        /// At once: others may want the part.
        const AT_ONCE: u32 = 64;
        let Some(expire) = self.model.expire else {
            return false;
        };
        let mut left = most;
        for part in 0..self.parts.len() {
            while self.age(part, now).is_some_and(|age| age >= expire) {
                if left == 0 {
                    return true;
                }
                let cleared = self.clear_expired(part, &mut self.locked(part), now, AT_ONCE);
                left = left.saturating_sub(cleared);
            }
        }
        false
    }

    /// How many parts it is cut into: who goes through all of it does so part by part, and lets others have their turn.
    #[must_use]
    pub fn parts(&self) -> usize {
        self.parts.len()
    }

    /// Shows `see` the entries of a part; gives how many there were.
    pub fn each_of(&self, part: usize, now: u32, mut see: impl FnMut(&mut Entry<'_>)) -> usize {
        let mut shard = self.locked(part);
        let slots: Vec<u32> = shard.slots().collect();
        for &slot in &slots {
            // One that peers told of may be over before others of its part.
            if self.is_over(shard.words(self.shape, slot), now) {
                self.remove_slot(&mut shard, slot);
                continue;
            }
            self.show(part, &mut shard, slot, now, &mut see);
        }
        slots.len()
    }

    /// Removes the entries of a part that `unwanted` says so of and nobody tracks; gives how many it looked at.
    pub fn retain_of(
        &self,
        part: usize,
        now: u32,
        mut unwanted: impl FnMut(&mut Entry<'_>) -> bool,
    ) -> usize {
        let mut shard = self.locked(part);
        let slots: Vec<u32> = shard.slots().collect();
        for &slot in &slots {
            if self.show(part, &mut shard, slot, now, &mut unwanted) {
                self.remove_slot(&mut shard, slot);
            }
        }
        slots.len()
    }

    /// The number of a server's name or address.
    pub fn server_number(&self, server: &[u8]) -> u32 {
        let find = |known: &[Box<[u8]>]| known.iter().position(|known| **known == *server);
        let found = find(&self.servers.read().unwrap_or_else(PoisonError::into_inner));
        let at = found.unwrap_or_else(|| {
            let mut known = self.servers.write().unwrap_or_else(PoisonError::into_inner);
            find(&known).unwrap_or_else(|| {
                known.push(server.into());
                known.len() - 1
            })
        });
        at as u32 + 1
    }

    /// The name or address of that number.
    #[must_use]
    pub fn server_text(&self, number: u32) -> Option<Box<[u8]>> {
        let known = self.servers.read().unwrap_or_else(PoisonError::into_inner);
        known.get((number as usize).checked_sub(1)?).cloned()
    }

    /// Touches an entry that is about to change here, of which peers are to be told.
    fn change(&self, shard: &mut Shard, slot: u32, now: u32) {
        shard.touch(self.shape, slot, now);
        if let Some(journal) = &self.journal {
            let words = shard.words_mut(self.shape, slot);
            let number = words[self.shape.words - 1];
            let key = || Key(words[HEAD..HEAD + self.shape.key].into());
            words[self.shape.words - 1] = journal.note(number, key);
        }
    }

    /// What a peer told of an entry, which is made where there is none; `left` is how long it has, in milliseconds, where that is told.
    /// It is no change that peers are told of. None when there is no room for it.
    pub fn learn<T>(
        &self,
        key: &Key,
        left: Option<Millis>,
        now: u32,
        see: impl FnOnce(&mut Entry<'_>) -> T,
    ) -> Option<T> {
        let (part, mut shard, slot) = self.find_or_make(key, now)?;
        let age = match (self.model.expire, left) {
            (Some(expire), Some(left)) => expire.saturating_sub(left),
            _ => 0,
        };
        shard.touch(self.shape, slot, now.wrapping_sub(age));
        Some(self.show(part, &mut shard, slot, now, see))
    }

    /// At most `most` changes behind that of `number`, for who tells peers.
    #[must_use]
    pub fn changes(&self, number: u32, most: usize) -> Changes {
        match &self.journal {
            Some(journal) => journal.behind(number, most),
            None => Changes::Some(Vec::new()),
        }
    }

    /// The number of the last change; 0 before the first.
    #[must_use]
    pub fn last_change(&self) -> u32 {
        self.journal.as_ref().map_or(0, |journal| journal.last())
    }

    /// Forgets changes up to that of `number`.
    pub fn forget_changes(&self, number: u32) {
        if let Some(journal) = &self.journal {
            journal.forget(number);
        }
    }

    /// Wakes `reader` with the next change behind that of `number`; gives whether there is one already.
    #[must_use]
    pub fn wake_with_change(&self, number: u32, reader: &Waker) -> bool {
        (self.journal.as_ref()).is_some_and(|journal| journal.wake(number, reader))
    }

    /// Shows `see` the entry of that key, if that change is its last.
    pub fn look_at_change<T>(
        &self,
        (number, key): (u32, &Key),
        now: u32,
        see: impl FnOnce(&mut Entry<'_>) -> T,
    ) -> Option<T> {
        let last = self.shape.words - 1;
        self.look(key, now, |entry| {
            (entry.words[last] == number).then(|| see(entry))
        })
        .flatten()
    }

    /// The keys of a part.
    #[must_use]
    pub fn keys_of_part(&self, part: usize) -> Vec<Key> {
        let shard = self.locked(part);
        let words = shard.slots().map(|slot| shard.words(self.shape, slot));
        words
            .map(|words| Key(words[HEAD..HEAD + self.shape.key].into()))
            .collect()
    }

    fn part_of(&self, key: &Key) -> (u64, usize) {
        let hash = self.keys.hash_one(&*key.0);
        // The index of a part looks at the low bits, and at the seven highest.
        let part = (hash >> 32) as usize & (self.parts.len() - 1);
        (hash, part)
    }

    fn locked(&self, part: usize) -> MutexGuard<'_, Shard> {
        let shard = self.parts[part].shard.lock();
        shard.unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks a part and clears a little of what has expired in it, so that what is looked for has not.
    fn lock(&self, part: usize, now: u32) -> MutexGuard<'_, Shard> {
        let mut shard = self.locked(part);
        self.clear_expired(part, &mut shard, now, SWEPT_ON_THE_WAY);
        shard
    }

    fn show<T>(
        &self,
        part: usize,
        shard: &mut Shard,
        slot: u32,
        now: u32,
        see: impl FnOnce(&mut Entry<'_>) -> T,
    ) -> T {
        see(&mut Entry {
            words: shard.words_mut(self.shape, slot),
            layout: &self.layout,
            kind: self.model.key,
            expire: self.model.expire,
            now,
            number: (part as u64 + 1) << 32 | u64::from(slot),
        })
    }

    /// How long an entry of a part may have been let alone, at most.
    fn age(&self, part: usize, now: u32) -> Option<u32> {
        let since = self.parts[part].since.load(Relaxed);
        (since & SOME != 0).then(|| age_of(since as u32, now))
    }

    /// There is an entry, which was touched now.
    fn note_one(&self, part: usize, now: u32) {
        let since = &self.parts[part].since;
        if since.load(Relaxed) == 0 {
            since.store(SOME | u64::from(now), Relaxed);
        }
    }

    /// The oldest entry of a part that nobody tracks, and how old it is, which is noted for those who look without the lock.
    fn oldest(&self, part: usize, shard: &mut Shard, now: u32) -> Option<(u32, u32)> {
        let oldest = shard.oldest(self.shape);
        let since = oldest.map_or(0, |(_, stamp)| SOME | u64::from(stamp));
        self.parts[part].since.store(since, Relaxed);
        oldest.map(|(slot, stamp)| (slot, age_of(stamp, now)))
    }

    /// Gives how many went.
    fn clear_expired(&self, part: usize, shard: &mut Shard, now: u32, most: u32) -> u32 {
        let Some(expire) = self.model.expire else { return 0 };
        let mut cleared = 0;
        while self.age(part, now).is_some_and(|age| age >= expire) {
            match self.oldest(part, shard, now) {
                Some((slot, age)) if age >= expire && cleared < most => {
                    self.remove_slot(shard, slot);
                    cleared += 1;
                }
                _ => break,
            }
        }
        cleared
    }

    fn is_over(&self, words: &[u32], now: u32) -> bool {
        let expire = self.model.expire;
        refs(words) == 0 && expire.is_some_and(|expire| age_of(stamp(words), now) >= expire)
    }

    /// The entry of a key, unless it has expired: then it goes.
    fn find(&self, shard: &mut Shard, (hash, key): (u64, &Key), now: u32) -> Option<u32> {
        let slot = shard.find(self.shape, hash, &key.0)?;
        if self.is_over(shard.words(self.shape, slot), now) {
            self.remove_slot(shard, slot);
            return None;
        }
        Some(slot)
    }

    /// The entry of a key, which is made where there is none.
    fn find_or_make(&self, key: &Key, now: u32) -> Option<(usize, MutexGuard<'_, Shard>, u32)> {
        let (hash, part) = self.part_of(key);
        let mut shard = self.lock(part, now);
        if let Some(slot) = self.find(&mut shard, (hash, key), now) {
            return Some((part, shard, slot));
        }
        drop(shard);
        if !self.reserve(now) {
            return None;
        }
        let mut shard = self.locked(part);
        if let Some(slot) = self.find(&mut shard, (hash, key), now) {
            // Another thread was faster.
            self.used.fetch_sub(1, Relaxed);
            return Some((part, shard, slot));
        }
        let slot = shard.insert(self.shape, &self.keys, (hash, &key.0), now);
        self.note_one(part, now);
        Some((part, shard, slot))
    }

    /// Takes room for one more entry, which others must make where the table is full.
    fn reserve(&self, now: u32) -> bool {
        // Others may take the room that was made.
        for _ in 0..3 {
            let more = |used: u32| (used < self.model.size).then(|| used + 1);
            if self.used.fetch_update(Relaxed, Relaxed, more).is_ok() {
                return true;
            }
            if self.model.nopurge {
                self.sweep(now);
            } else {
                self.purge(now);
            }
        }
        false
    }

    /// Removes the entries that were not touched for the longest time: of 256 one, and one more.
    fn purge(&self, now: u32) {
        let most = (self.model.size / 256 + 1).min(MOST_PURGED);
        let ages = (0..self.parts.len()).filter_map(|part| Some((self.age(part, now)?, part)));
        let mut ages: BinaryHeap<(u32, usize)> = ages.collect();
        let mut left = most;
        // Parts may turn out to be younger than they looked; but nobody is to wait for all of them.
        for look in 0..2 * most {
            let Some((_, part)) = ages.pop() else { return };
            let mut shard = self.locked(part);
            let Some((slot, age)) = self.oldest(part, &mut shard, now) else {
                continue;
            };
            let is_oldest = ages.peek().is_none_or(|(other, _)| age >= *other);
            if is_oldest || look >= most {
                self.remove_slot(&mut shard, slot);
                left -= 1;
                if left == 0 {
                    return;
                }
            }
            let next = self.oldest(part, &mut shard, now);
            drop(shard);
            ages.extend(next.map(|(_, age)| (age, part)));
        }
    }
}

/// How long ago `stamp` was. The clocks of threads may be a little apart: what lies ahead is now.
fn age_of(stamp: u32, now: u32) -> u32 {
    let age = now.wrapping_sub(stamp);
    if age > u32::MAX - 1000 { 0 } else { age }
}
