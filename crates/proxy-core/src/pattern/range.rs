//! Patterns that are ranges of numbers: the first of the file that holds a number is found.
//!
//! Each range has its place at the smallest block of numbers that holds it whole, of those whose length is a power of two and
//! which begin at a multiple of it. A number is in one block of each length, so its ranges are in one of 65 places, of which
//! only those are looked at whose length is in use; and ranges that do not overlap do not share a place.

use std::sync::Arc;

use super::entry::Entry;
use super::tree::Tree;

/// Ranges.
#[derive(Clone, Debug)]
pub(super) struct Ranges {
    tree: Tree<Range>,
    /// How many ranges are in blocks of each length.
    used: Arc<[u32; 65]>,
}

/// A range and its entry.
#[derive(Clone, Debug)]
pub(super) struct Range {
    low: u64,
    high: u64,
    entry: Entry,
}

impl Range {
    /// Of inclusive bounds.
    pub(super) fn new(low: i64, high: i64, entry: &Entry) -> Self {
        Self {
            low: ordered(low),
            high: ordered(high),
            entry: entry.clone(),
        }
    }

    /// The binary logarithm of the length of its block.
    fn level(&self) -> u32 {
        64 - (self.low ^ self.high).leading_zeros()
    }

    fn place(&self) -> (u32, u64, u64) {
        let level = self.level();
        (level, block(self.low, level), self.entry.number())
    }
}

/// A number as one without a sign that sorts in the same way.
fn ordered(number: i64) -> u64 {
    (number as u64) ^ (1 << 63)
}

fn block(number: u64, level: u32) -> u64 {
    number.checked_shr(level).unwrap_or(0)
}

impl Ranges {
    pub(super) fn new(mut ranges: Vec<Range>) -> Self {
        ranges.sort_unstable_by_key(Range::place);
        let mut used = [0; 65];
        for range in &ranges {
            used[range.level() as usize] += 1;
        }
        Self {
            tree: Tree::from_sorted(ranges),
            used: Arc::new(used),
        }
    }

    pub(super) fn insert(&mut self, range: Range) {
        Arc::make_mut(&mut self.used)[range.level() as usize] += 1;
        let place = range.place();
        self.tree.insert(range, |known| known.place().cmp(&place));
    }

    pub(super) fn remove(&mut self, range: &Range) {
        let place = range.place();
        if self.tree.remove(|known| known.place().cmp(&place)).is_some() {
            Arc::make_mut(&mut self.used)[range.level() as usize] -= 1;
        }
    }

    pub(super) fn replace(&mut self, range: Range) {
        let place = range.place();
        self.tree.replace(range, |known| known.place().cmp(&place));
    }

    /// The first entry whose range holds a number.
    pub(super) fn find(&self, number: i64) -> Option<&Entry> {
        let number = ordered(number);
        let mut first: Option<&Entry> = None;
        for level in (0..65).filter(|level| self.used[*level as usize] > 0) {
            let place = (level, block(number, level));
            let found = self
                .tree
                .from(|range| (range.level(), block(range.low, range.level())).cmp(&place))
                .take_while(|range| range.level() == level && block(range.low, level) == place.1)
                .find(|range| (range.low..=range.high).contains(&number));
            if let Some(found) = found
                && first.is_none_or(|first| found.entry.number() < first.number())
            {
                first = Some(&found.entry);
            }
        }
        first
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bound() -> impl Strategy<Value = i64> {
        prop_oneof![-20_i64..20, any::<i64>(), Just(i64::MIN), Just(i64::MAX)]
    }

    proptest! {
        #[test]
        fn the_first_range_that_holds_a_number_is_found(
            ranges in proptest::collection::vec((bound(), bound()), 0..200),
            gone in 0_usize..50,
            numbers in proptest::collection::vec(bound(), 1..50),
        ) {
            let bounds = |(a, b): &(i64, i64)| ((*a).min(*b), (*a).max(*b));
            let of = |number: usize| {
                let (low, high) = bounds(&ranges[number]);
                Range::new(low, high, &Entry::new(number as u64, b"", None))
            };
            let mut all = Ranges::new((0..ranges.len()).map(of).collect());
            let kept = ranges.len().saturating_sub(gone);
            (kept..ranges.len()).for_each(|number| all.remove(&of(number)));
            if kept < ranges.len() {
                all.insert(of(kept));
            }
            let kept = (kept + 1).min(ranges.len());
            for number in numbers {
                let expected = ranges[..kept].iter().position(|range| {
                    let (low, high) = bounds(range);
                    (low..=high).contains(&number)
                });
                prop_assert_eq!(all.find(number).map(|entry| entry.number() as usize), expected);
            }
        }
    }
}
