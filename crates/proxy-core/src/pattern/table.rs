//! Entries by the hash of what they are compared by. Like [`super::tree::Tree`] a copy costs nothing, but a look-up is shorter: four
//! bits of the hash lead from each level to the next, and at the end a few entries are tried.

use std::sync::Arc;

use triomphe::ThinArc;

use super::entry::Entry;

/// Most entries that are tried, unless they have the same hash.
const LEAF: usize = 32;

/// Bits of a hash that a level uses.
const BITS: u32 = 4;

/// Levels after which a hash is used up.
const DEPTH: u32 = u64::BITS / BITS;

/// Entries by hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(Slot);

#[derive(Clone, Debug, Default)]
enum Slot {
    #[default]
    Empty,
    /// Sorted by hash, and with the same by number.
    Leaf(ThinArc<(), Hashed>),
    Branch(Arc<[Slot; 1 << BITS]>),
}

/// An entry with the hash that it is found by.
#[derive(Clone, Debug)]
pub(super) struct Hashed {
    pub(super) hash: u64,
    pub(super) entry: Entry,
}

impl Hashed {
    fn place(&self) -> (u64, u64) {
        (self.hash, self.entry.number())
    }
}

fn digit(hash: u64, depth: u32) -> usize {
    (hash >> (u64::BITS - BITS * (depth + 1))) as usize & ((1 << BITS) - 1)
}

impl Table {
    pub(super) fn new(mut items: Vec<Hashed>) -> Self {
        items.sort_unstable_by_key(Hashed::place);
        Self(Slot::new(&items, 0))
    }

    pub(super) fn insert(&mut self, item: Hashed) {
        self.0.insert(item, 0);
    }

    pub(super) fn remove(&mut self, hash: u64, number: u64) {
        if self.at(hash).iter().any(|item| item.place() == (hash, number)) {
            self.0.change(hash, 0, |items| without(items, (hash, number)));
        }
    }

    pub(super) fn replace(&mut self, item: Hashed) {
        let place = item.place();
        if self.at(item.hash).iter().any(|known| known.place() == place) {
            self.0.change(item.hash, 0, move |items| {
                let same = |known: &Hashed| {
                    if known.place() == place {
                        item.clone()
                    } else {
                        known.clone()
                    }
                };
                Slot::leaf(&items.iter().map(same).collect::<Vec<_>>())
            });
        }
    }

    /// The entries with that hash, in order.
    #[inline]
    pub(super) fn all(&self, hash: u64) -> impl Iterator<Item = &Entry> {
        self.at(hash)
            .iter()
            .filter(move |item| item.hash == hash)
            .map(|item| &item.entry)
    }

    /// Shows `see` every entry.
    pub(super) fn each(&self, see: &mut dyn FnMut(&Hashed)) {
        self.0.each(see);
    }

    fn at(&self, hash: u64) -> &[Hashed] {
        let mut slot = &self.0;
        let mut depth = 0;
        loop {
            match slot {
                Slot::Empty => return &[],
                Slot::Leaf(items) => return &items.slice,
                Slot::Branch(slots) => slot = &slots[digit(hash, depth)],
            }
            depth += 1;
        }
    }
}

fn without(items: &[Hashed], place: (u64, u64)) -> Slot {
    let rest: Vec<Hashed> = items
        .iter()
        .filter(|item| item.place() != place)
        .cloned()
        .collect();
    Slot::leaf(&rest)
}

impl Slot {
    /// Of items in order whose hashes are the same up to `depth`.
    fn new(items: &[Hashed], depth: u32) -> Self {
        if items.len() <= LEAF || depth == DEPTH {
            return Self::leaf(items);
        }
        let mut rest = items;
        Self::Branch(Arc::new(std::array::from_fn(|at| {
            let (these, behind) = rest.split_at(rest.partition_point(|item| digit(item.hash, depth) <= at));
            rest = behind;
            Self::new(these, depth + 1)
        })))
    }

    fn leaf(items: &[Hashed]) -> Self {
        if items.is_empty() {
            return Self::Empty;
        }
        Self::Leaf(ThinArc::from_header_and_iter((), items.iter().cloned()))
    }

    fn insert(&mut self, item: Hashed, depth: u32) {
        match self {
            Self::Branch(slots) => {
                Arc::make_mut(slots)[digit(item.hash, depth)].insert(item, depth + 1);
            }
            Self::Empty => *self = Self::leaf(&[item]),
            Self::Leaf(items) => {
                let mut items = items.slice.to_vec();
                let place = item.place();
                items.insert(items.partition_point(|known| known.place() < place), item);
                *self = Self::new(&items, depth);
            }
        }
    }

    fn each(&self, see: &mut dyn FnMut(&Hashed)) {
        match self {
            Self::Empty => {}
            Self::Leaf(items) => items.slice.iter().for_each(see),
            Self::Branch(slots) => slots.iter().for_each(|slot| slot.each(see)),
        }
    }

    /// Changes the leaf that a hash leads to.
    fn change(&mut self, hash: u64, depth: u32, to: impl FnOnce(&[Hashed]) -> Self) {
        match self {
            Self::Empty => {}
            Self::Branch(slots) => Arc::make_mut(slots)[digit(hash, depth)].change(hash, depth + 1, to),
            Self::Leaf(items) => *self = to(&items.slice),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn hash() -> impl Strategy<Value = u64> {
        // Crowded, so that there are levels and collisions.
        prop_oneof![any::<u64>(), (0_u64..200).prop_map(|low| low << 52), Just(7)]
    }

    proptest! {
        #[test]
        fn all_entries_of_a_hash_are_found_in_order(
            start in proptest::collection::vec(hash(), 0..300),
            late in proptest::collection::vec(hash(), 0..100),
            gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..200),
        ) {
            let item = |(number, hash): (u64, &u64)| Hashed { hash: *hash, entry: Entry::new(number, b"", None) };
            let mut table = Table::new((0..).zip(&start).map(item).collect());
            let before = table.clone();
            let mut all: BTreeMap<u64, u64> = (0..).zip(start.iter().copied()).collect();
            let started = all.clone();
            for one in (1000..).zip(&late).map(item) {
                all.insert(one.entry.number(), one.hash);
                table.insert(one);
            }
            for index in gone {
                if let Some((number, hash)) = all.iter().nth(index.index(all.len().max(1))) {
                    let (number, hash) = (*number, *hash);
                    if number % 3 == 0 {
                        table.replace(Hashed { hash, entry: Entry::new(number, b"new", None) });
                    } else {
                        all.remove(&number);
                        table.remove(hash, number);
                    }
                }
            }
            for hash in start.iter().chain(&late) {
                for (table, all) in [(&table, &all), (&before, &started)] {
                    let found: Vec<u64> = table.all(*hash).map(Entry::number).collect();
                    let expected: Vec<u64> =
                        all.iter().filter(|(_, known)| *known == hash).map(|(number, _)| *number).collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
