//! An entry while its part of the table is locked: what is kept of it is read and changed here.

use haproxy_cfg::model::{KeyType, Millis};
use xxhash_rust::xxh64::xxh64;

use super::data::{Class, Data, Field, Layout};
use super::key::{self, Key};
use super::rate;
use super::shard::{HEAD, refs, stamp};
use crate::sample::{Arena, Sample};

/// An entry.
#[derive(Debug)]
pub struct Entry<'t> {
    pub(super) words: &'t mut [u32],
    pub(super) layout: &'t Layout,
    pub(super) kind: KeyType,
    pub(super) expire: Option<Millis>,
    pub(super) now: u32,
    pub(super) number: u64,
}

impl Entry<'_> {
    fn at(&self, field: Field) -> &[u32] {
        &self.words[field.offset as usize..field.offset as usize + field.len()]
    }

    fn at_mut(&mut self, field: Field) -> &mut [u32] {
        &mut self.words[field.offset as usize..field.offset as usize + field.len()]
    }

    /// The datum of that kind and number, where the table stores it.
    #[must_use]
    pub fn field(&self, kind: Data, index: u32) -> Option<Field> {
        self.layout.field(kind, index)
    }

    /// The datum that the old name of a counter or tag stands for.
    #[must_use]
    pub fn plain(&self, kind: Data) -> Option<Field> {
        self.layout.plain(kind)
    }

    /// A number, or events over the period of a rate.
    #[must_use]
    pub fn get(&self, field: Field) -> u64 {
        let words = self.at(field);
        match field.class {
            Class::Number | Class::Text => words[0].into(),
            Class::Wide => u64::from(words[0]) | u64::from(words[1]) << 32,
            Class::Rate => rate::read(words, field.period, self.now).into(),
        }
    }

    /// Sets a number, or what a rate has seen in a period that begins now.
    pub fn set(&mut self, field: Field, value: u64) {
        let now = self.now;
        let words = self.at_mut(field);
        // The original keeps the low bits as well.
        let low = value as u32;
        match field.class {
            Class::Number | Class::Text => words[0] = low,
            Class::Wide => {
                words[0] = low;
                words[1] = (value >> 32) as u32;
            }
            Class::Rate => rate::set(words, now, low),
        }
    }

    /// The parts of a rate: milliseconds since its period began, what was counted in it, and in the one before.
    #[must_use]
    pub fn rate_parts(&self, field: Field) -> [u32; 3] {
        match self.at(field) {
            &[began, current, previous] => [self.now.wrapping_sub(began), current, previous],
            _ => [0; 3],
        }
    }

    /// Sets the parts of a rate.
    pub fn set_rate_parts(&mut self, field: Field, [elapsed, current, previous]: [u32; 3]) {
        let began = self.now.wrapping_sub(elapsed);
        if field.class == Class::Rate {
            self.at_mut(field).copy_from_slice(&[began, current, previous]);
        }
    }

    /// Counts `n` more, or events. Gives what there is then.
    pub fn add(&mut self, field: Field, n: u64) -> u64 {
        if field.class == Class::Rate {
            let now = self.now;
            let n = u32::try_from(n).unwrap_or(u32::MAX);
            rate::add(self.at_mut(field), field.period, now, n);
        } else {
            let value = self.get(field).wrapping_add(n);
            self.set(field, value);
        }
        self.get(field)
    }

    /// Counts `n` more of a number and of its rate, as far as they are stored.
    pub fn count(&mut self, number: Data, rate: Data, n: u64) {
        for kind in [number, rate] {
            if let Some(field) = self.layout.field(kind, 0) {
                self.add(field, n);
            }
        }
    }

    /// One less of what is there now.
    pub fn less(&mut self, kind: Data) {
        if let Some(field) = self.layout.field(kind, 0) {
            let value = self.get(field).saturating_sub(1);
            self.set(field, value);
        }
    }

    /// How many track it.
    #[must_use]
    pub fn refs(&self) -> u32 {
        refs(self.words)
    }

    /// Milliseconds since it was touched.
    #[must_use]
    pub fn idle(&self) -> Millis {
        self.now.wrapping_sub(stamp(self.words))
    }

    /// Milliseconds until it expires; 0 when it never does, or is kept by those that track it alone.
    #[must_use]
    pub fn expires_in(&self) -> Millis {
        self.expire.map_or(0, |expire| expire.saturating_sub(self.idle()))
    }

    /// The key, as a sample.
    #[must_use]
    pub fn key<'a>(&self, arena: &'a Arena) -> Option<Sample<'a>> {
        key::sample(self.kind, self.key_words(), arena)
    }

    /// Which of so many parts the entry of a table belongs to, where peers share them. The table's name has that hash.
    #[must_use]
    pub fn part_for_peers(&self, table: u64, parts: u64) -> u64 {
        xxh64(&key::unpack(self.kind, self.key_words()), table) % parts.max(1)
    }

    /// The key, as peers are told of it.
    #[must_use]
    pub fn told_key(&self) -> Box<[u8]> {
        key::told(self.kind, self.key_words())
    }

    /// The key, as `show table` writes it.
    #[must_use]
    pub fn shown_key(&self) -> String {
        key::shown(self.kind, self.key_words())
    }

    /// What `show table` calls it by; another entry may get it once this one is gone.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The key, to find it again.
    #[must_use]
    pub fn own_key(&self) -> Key {
        Key(self.key_words().into())
    }

    /// The key's words.
    pub(super) fn key_words(&self) -> &[u32] {
        &self.words[HEAD..HEAD + key::words(self.kind)]
    }
}
