//! Patterns that samples begin or end with, found by the hash of each beginning (or end) that is as long as some pattern.
//!
//! The hash of a longer beginning is that of a shorter one with a few bytes more, so all of them cost one walk over the sample. A
//! filter says of nearly all of them that no pattern has that hash; it stands in the processor's caches where the entries of a
//! large map do not.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use super::entry::Entry;
use super::table::{Hashed, Table};

/// Patterns at one end of samples.
#[derive(Clone, Debug)]
pub(super) struct Affixes {
    at_end: bool,
    fold: bool,
    table: Table,
    /// The lengths of patterns, rising, and how many have each.
    lengths: Arc<Vec<(u32, u32)>>,
    filter: Arc<Filter>,
}

impl Affixes {
    pub(super) fn new(at_end: bool, fold: bool, entries: &[Entry]) -> Self {
        let mut affixes = Self {
            at_end,
            fold,
            table: Table::default(),
            lengths: Arc::default(),
            filter: Arc::new(Filter::of(entries.len())),
        };
        let items: Vec<Hashed> = entries.iter().map(|entry| affixes.hashed(entry)).collect();
        items.iter().for_each(|item| affixes.filter.add(item.hash));
        let mut lengths: Vec<u32> = entries.iter().map(length).collect();
        lengths.sort_unstable();
        let runs = lengths.chunk_by(|a, b| a == b);
        affixes.lengths = Arc::new(runs.map(|run| (run[0], run.len() as u32)).collect());
        affixes.table = Table::new(items);
        affixes
    }

    pub(super) fn insert(&mut self, entry: &Entry) {
        let item = self.hashed(entry);
        let lengths = Arc::make_mut(&mut self.lengths);
        match lengths.binary_search_by_key(&length(entry), |(known, _)| *known) {
            Ok(at) => lengths[at].1 += 1,
            Err(at) => lengths.insert(at, (length(entry), 1)),
        }
        let count: usize = lengths.iter().map(|(_, count)| *count as usize).sum();
        if count > self.filter.most() {
            let filter = Filter::of(2 * count);
            self.table.each(&mut |known| filter.add(known.hash));
            self.filter = Arc::new(filter);
        }
        // Earlier versions share the filter: what it lets pass too much costs them a look.
        self.filter.add(item.hash);
        self.table.insert(item);
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        let hash = self.hashed(entry).hash;
        if !self.table.all(hash).any(|known| known.number() == entry.number()) {
            return;
        }
        self.table.remove(hash, entry.number());
        let lengths = Arc::make_mut(&mut self.lengths);
        if let Ok(at) = lengths.binary_search_by_key(&length(entry), |(known, _)| *known) {
            lengths[at].1 -= 1;
            if lengths[at].1 == 0 {
                lengths.remove(at);
            }
        }
    }

    pub(super) fn replace(&mut self, entry: &Entry) {
        self.table.replace(self.hashed(entry));
    }

    /// The entry that the original finds: the longest beginning where case counts, elsewhere the first of the file.
    pub(super) fn find(&self, sample: &[u8]) -> Option<&Entry> {
        let longest = !self.fold && !self.at_end;
        let mut best: Option<&Entry> = None;
        let mut hash = Rolling::default();
        let mut read = 0;
        for (length, _) in self.lengths.iter() {
            let length = *length as usize;
            if length > sample.len() {
                break;
            }
            while read < length {
                let at = if self.at_end {
                    sample.len() - 1 - read
                } else {
                    read
                };
                hash.push(self.folded(sample[at]));
                read += 1;
            }
            let hash = hash.value();
            if !self.filter.may_hold(hash) {
                continue;
            }
            let part = if self.at_end {
                &sample[sample.len() - length..]
            } else {
                &sample[..length]
            };
            let Some(found) = self
                .table
                .all(hash)
                .find(|entry| self.same(entry.pattern(), part))
            else {
                continue;
            };
            if longest || best.is_none_or(|known| found.number() < known.number()) {
                best = Some(found);
            }
        }
        best
    }

    fn same(&self, pattern: &[u8], part: &[u8]) -> bool {
        if self.fold {
            pattern.eq_ignore_ascii_case(part)
        } else {
            pattern == part
        }
    }

    fn folded(&self, byte: u8) -> u8 {
        if self.fold {
            byte.to_ascii_lowercase()
        } else {
            byte
        }
    }

    fn hashed(&self, entry: &Entry) -> Hashed {
        let mut hash = Rolling::default();
        let bytes = entry.pattern().iter().map(|byte| self.folded(*byte));
        if self.at_end {
            bytes.rev().for_each(|byte| hash.push(byte));
        } else {
            bytes.for_each(|byte| hash.push(byte));
        }
        Hashed {
            hash: hash.value(),
            entry: entry.clone(),
        }
    }
}

/// Entries keep patterns below 4 GiB.
fn length(entry: &Entry) -> u32 {
    u32::try_from(entry.pattern().len()).unwrap_or(u32::MAX)
}

/// What hashes are computed modulo.
const PRIME: u64 = (1 << 61) - 1;

/// What clients must not know, as they may choose what is looked for: the number that the hash counts in powers of, and what
/// scatters it.
static SECRET: LazyLock<(u64, u64)> = LazyLock::new(|| {
    let random = RandomState::new();
    (random.hash_one(0) % (PRIME - 512) + 256, random.hash_one(1))
});

/// The hash of the bytes so far: a polynomial with the bytes as its coefficients.
#[derive(Clone, Copy, Debug)]
struct Rolling {
    sum: u64,
    base: u64,
    scatter: u64,
}

impl Default for Rolling {
    fn default() -> Self {
        let (base, scatter) = *SECRET;
        Self {
            sum: 1,
            base,
            scatter,
        }
    }
}

impl Rolling {
    fn push(&mut self, byte: u8) {
        let product = u128::from(self.sum) * u128::from(self.base) + u128::from(byte) + 1;
        // Both halves are below the prime's double.
        let folded = (product as u64 & PRIME) + (product >> 61) as u64;
        self.sum = if folded >= PRIME { folded - PRIME } else { folded };
    }

    fn value(self) -> u64 {
        let mut value = self.sum ^ self.scatter;
        value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }
}

/// Says of most hashes that are not there that they are not. Nothing is ever taken out.
#[derive(Debug)]
struct Filter(Box<[AtomicU64]>);

/// Bits of the filter for each pattern.
const BITS_EACH: usize = 16;

impl Filter {
    fn of(patterns: usize) -> Self {
        let words = (patterns * BITS_EACH).div_ceil(64).next_power_of_two().max(4);
        Self((0..words).map(|_| AtomicU64::new(0)).collect())
    }

    /// How many patterns it is large enough for.
    fn most(&self) -> usize {
        self.0.len() * 64 / BITS_EACH
    }

    /// The word of a hash, and its two bits in it.
    fn place(&self, hash: u64) -> (usize, u64) {
        let word = hash as usize & (self.0.len() - 1);
        (word, 1 << (hash >> 58) | 1 << (hash >> 52 & 63))
    }

    fn add(&self, hash: u64) {
        let (word, bits) = self.place(hash);
        self.0[word].fetch_or(bits, Ordering::Relaxed);
    }

    fn may_hold(&self, hash: u64) -> bool {
        let (word, bits) = self.place(hash);
        self.0[word].load(Ordering::Relaxed) & bits == bits
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![
            proptest::collection::vec(prop_oneof![Just(b'a'), Just(b'B'), Just(b'b'), Just(b'/')], 0..5),
            proptest::collection::vec(prop_oneof![Just(b'a'), Just(0_u8)], 0..14),
        ]
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_a_search_through_all_finds(
            patterns in proptest::collection::vec(text(), 0..150),
            late in 0..150_usize,
            gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
            samples in proptest::collection::vec(text(), 1..20),
            fold in any::<bool>(),
            at_end in any::<bool>(),
        ) {
            let mut entries: Vec<Entry> =
                (0..).zip(&patterns).map(|(number, text)| Entry::new(number, text, None)).collect();
            let from_file = entries.len().saturating_sub(late);
            let mut affixes = Affixes::new(at_end, fold, &entries[..from_file]);
            let before = affixes.clone();
            entries[from_file..].iter().for_each(|entry| affixes.insert(entry));
            let at_first = entries[..from_file].to_vec();
            for index in gone {
                if !entries.is_empty() {
                    affixes.remove(&entries.remove(index.index(entries.len())));
                }
            }
            let folded = |text: &[u8]| if fold { text.to_ascii_lowercase() } else { text.to_vec() };
            for sample in samples {
                for (affixes, entries) in [(&affixes, &entries), (&before, &at_first)] {
                    let (sample, matching) = (folded(&sample), |entry: &&Entry| {
                        let pattern = folded(entry.pattern());
                        let sample = folded(&sample);
                        if at_end { sample.ends_with(&pattern) } else { sample.starts_with(&pattern) }
                    });
                    let matching = entries.iter().filter(matching);
                    let expected = if at_end || fold {
                        matching.min_by_key(|entry| entry.number())
                    } else {
                        matching.rev().max_by_key(|entry| entry.pattern().len())
                    };
                    prop_assert_eq!(affixes.find(&sample).map(Entry::number), expected.map(Entry::number));
                }
            }
        }
    }

    #[test]
    fn the_filter_grows_with_what_is_added_and_keeps_most_away() {
        let mut affixes = Affixes::new(false, false, &[]);
        for number in 0..5000 {
            affixes.insert(&Entry::new(number, format!("/path/{number}/").as_bytes(), None));
        }
        assert!(affixes.filter.most() >= 5000);
        let passed = (0..5000)
            .filter(|number| {
                let other = Entry::new(0, format!("/other/{number}").as_bytes(), None);
                affixes.filter.may_hold(affixes.hashed(&other).hash)
            })
            .count();
        assert!(passed < 500, "{passed} of 5000 pass");
        assert_eq!(affixes.find(b"/path/4711/x").map(Entry::number), Some(4711));
        let other = affixes.hashed(&Entry::new(0, b"/path/4711", None)).hash;
        assert_ne!(other, affixes.hashed(&Entry::new(0, b"/path/4711/", None)).hash);
    }
}
