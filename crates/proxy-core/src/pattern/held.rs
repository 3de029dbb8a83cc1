//! Patterns that samples hold.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use super::entry::Entry;
use super::tree::Tree;

/// Where texts stand in samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// Anywhere.
    Inside,
    /// Anywhere between these bytes, or them and an end of the sample. Those at the ends of a pattern do not count.
    Between(&'static [u8]),
}

/// Texts that samples hold, in their order, so that all that begin a text are found by a few searches: the last that does not
/// stand behind the text either begins it or shares a beginning with it, and what begins it is not longer than that.
#[derive(Clone, Debug)]
pub(super) struct Held {
    shape: Shape,
    tree: Tree<Sorted>,
    /// How many patterns begin with each byte: samples are not searched from where none can begin.
    firsts: Arc<[u32; 256]>,
}

/// What patterns are compared as.
#[derive(Clone, Copy, Debug)]
struct Shape {
    position: Position,
    fold: bool,
}

#[derive(Clone, Debug)]
struct Sorted {
    /// The first eight bytes, with zeros where there are less: most comparisons end here.
    head: u64,
    entry: Entry,
}

/// A pattern's or a sample's text as it is compared.
struct Text<'t> {
    head: u64,
    bytes: Cow<'t, [u8]>,
}

impl Shape {
    /// A pattern without the delimiters around it.
    fn stripped(self, mut pattern: &[u8]) -> &[u8] {
        if let Position::Between(delimiters) = self.position {
            while let Some((_, rest)) = pattern
                .split_first()
                .filter(|(byte, _)| delimiters.contains(byte))
            {
                pattern = rest;
            }
            while let Some((_, rest)) = pattern.split_last().filter(|(byte, _)| delimiters.contains(byte)) {
                pattern = rest;
            }
        }
        pattern
    }

    fn text(self, bytes: &[u8]) -> Text<'_> {
        let mut bytes = Cow::Borrowed(bytes);
        if self.fold && bytes.iter().any(u8::is_ascii_uppercase) {
            bytes.to_mut().make_ascii_lowercase();
        }
        Text {
            head: head(&bytes),
            bytes,
        }
    }

    /// The text of an entry; none for one that no sample holds.
    fn of(self, entry: &Entry) -> Option<Text<'_>> {
        let pattern = self.stripped(entry.pattern());
        let never = pattern.is_empty() && matches!(self.position, Position::Between(_));
        (!never).then(|| self.text(pattern))
    }

    /// The bytes that an entry is compared by.
    fn bytes(self, entry: &Entry) -> impl Iterator<Item = u8> {
        let pattern = self.stripped(entry.pattern());
        let byte = move |byte: &u8| {
            if self.fold {
                byte.to_ascii_lowercase()
            } else {
                *byte
            }
        };
        pattern.iter().map(byte)
    }

    fn is_plain(self) -> bool {
        !self.fold
    }

    #[inline]
    fn order(self, item: &Sorted, text: &Text<'_>) -> Ordering {
        item.head.cmp(&text.head).then_with(|| {
            if self.is_plain() {
                self.stripped(item.entry.pattern()).cmp(&text.bytes)
            } else {
                self.bytes(&item.entry).cmp(text.bytes.iter().copied())
            }
        })
    }

    fn order_numbered(self, item: &Sorted, text: &Text<'_>, number: u64) -> Ordering {
        self.order(item, text)
            .then_with(|| item.entry.number().cmp(&number))
    }

    /// How many bytes an entry and a text have in common at their beginning.
    fn common(self, entry: &Entry, text: &[u8]) -> usize {
        self.bytes(entry).zip(text).take_while(|(a, b)| a == *b).count()
    }
}

fn head(bytes: &[u8]) -> u64 {
    let mut head = [0; 8];
    let len = bytes.len().min(8);
    head[..len].copy_from_slice(&bytes[..len]);
    u64::from_be_bytes(head)
}

impl Held {
    pub(super) fn new(position: Position, fold: bool, entries: &[Entry]) -> Self {
        let shape = Shape { position, fold };
        let mut firsts = [0_u32; 256];
        let mut items = Vec::with_capacity(entries.len());
        for entry in entries {
            if let Some(text) = shape.of(entry) {
                if let Some(first) = text.bytes.first() {
                    firsts[usize::from(*first)] += 1;
                }
                items.push(Sorted {
                    head: text.head,
                    entry: entry.clone(),
                });
            }
        }
        // The sort is stable, and entries come in order.
        items.sort_by(|a, b| {
            a.head.cmp(&b.head).then_with(|| {
                if shape.is_plain() {
                    shape
                        .stripped(a.entry.pattern())
                        .cmp(shape.stripped(b.entry.pattern()))
                } else {
                    shape.bytes(&a.entry).cmp(shape.bytes(&b.entry))
                }
            })
        });
        Self {
            shape,
            tree: Tree::from_sorted(items),
            firsts: Arc::new(firsts),
        }
    }

    pub(super) fn insert(&mut self, entry: &Entry) {
        if let Some(text) = self.shape.of(entry) {
            if let Some(first) = text.bytes.first() {
                Arc::make_mut(&mut self.firsts)[usize::from(*first)] += 1;
            }
            let item = Sorted {
                head: text.head,
                entry: entry.clone(),
            };
            let shape = self.shape;
            self.tree
                .insert(item, |known| shape.order_numbered(known, &text, entry.number()));
        }
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        let shape = self.shape;
        if let Some(text) = shape.of(entry)
            && self
                .tree
                .remove(|known| shape.order_numbered(known, &text, entry.number()))
                .is_some()
            && let Some(first) = text.bytes.first()
        {
            Arc::make_mut(&mut self.firsts)[usize::from(*first)] -= 1;
        }
    }

    pub(super) fn replace(&mut self, entry: &Entry) {
        let shape = self.shape;
        if let Some(text) = shape.of(entry) {
            let item = Sorted {
                head: text.head,
                entry: entry.clone(),
            };
            self.tree
                .replace(item, |known| shape.order_numbered(known, &text, entry.number()));
        }
    }

    /// The entry that the original finds: the first of the file.
    pub(super) fn find(&self, sample: &[u8]) -> Option<&Entry> {
        let sample = self.shape.text(sample).bytes;
        match self.shape.position {
            Position::Inside => {
                // Where a pattern is empty it is found at the end at the latest.
                (0..=sample.len())
                    .filter(|start| self.may_begin(&sample[*start..]))
                    .filter_map(|start| {
                        self.begin(&sample[start..], |_, _| true)
                            .min_by_key(|entry| entry.number())
                    })
                    .min_by_key(|entry| entry.number())
            }
            Position::Between(delimiters) => {
                let free = |byte: Option<&u8>| byte.is_none_or(|byte| delimiters.contains(byte));
                (0..sample.len())
                    .filter(|start| free(sample[..*start].last()) && self.may_begin(&sample[*start..]))
                    .filter_map(|start| {
                        let fitting = self.begin(&sample[start..], |text, len| free(text.get(len)));
                        fitting.min_by_key(|entry| entry.number())
                    })
                    .min_by_key(|entry| entry.number())
            }
        }
    }

    fn may_begin(&self, text: &[u8]) -> bool {
        text.first()
            .is_none_or(|first| self.firsts[usize::from(*first)] > 0)
    }

    /// The entries that begin a text, the longest first, and of equal ones the first; those alone for which `fits` says so when
    /// it is given the text and their length.
    fn begin<'s>(
        &'s self,
        text: &[u8],
        fits: impl Fn(&[u8], usize) -> bool,
    ) -> impl Iterator<Item = &'s Entry> {
        let mut end = Some(text.len());
        std::iter::from_fn(move || {
            loop {
                let bytes = &text[..end?];
                let wanted = Text {
                    head: head(bytes),
                    bytes: Cow::Borrowed(bytes),
                };
                let Some(last) = self.tree.last_at_most(|item| self.shape.order(item, &wanted)) else {
                    end = None;
                    return None;
                };
                let length = self.shape.stripped(last.entry.pattern()).len();
                let common = self.shape.common(&last.entry, bytes);
                if common < length {
                    end = Some(common);
                    continue;
                }
                end = common.checked_sub(1);
                if !fits(text, length) {
                    continue;
                }
                let same = Text {
                    head: head(&bytes[..common]),
                    bytes: Cow::Borrowed(&bytes[..common]),
                };
                let first = self.tree.from(|item| self.shape.order(item, &same)).next();
                return Some(&first.unwrap_or(last).entry);
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn holds(position: Position, sample: &[u8], pattern: &[u8]) -> bool {
        match position {
            Position::Inside => {
                pattern.is_empty() || sample.windows(pattern.len()).any(|part| part == pattern)
            }
            Position::Between(delimiters) => {
                let shape = Shape {
                    position,
                    fold: false,
                };
                let pattern = shape.stripped(pattern);
                let free = |byte: Option<&u8>| byte.is_none_or(|byte| delimiters.contains(byte));
                !pattern.is_empty()
                    && (0..sample.len()).any(|start| {
                        sample[start..].starts_with(pattern)
                            && free(sample[..start].last())
                            && free(sample.get(start + pattern.len()))
                    })
            }
        }
    }

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
            late in any::<bool>(),
            gone in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
            samples in proptest::collection::vec(text(), 1..20),
            fold in any::<bool>(),
            position in prop_oneof![
                Just(Position::Inside), Just(Position::Between(b"/")),
            ],
        ) {
            let mut entries: Vec<Entry> =
                (0..).zip(&patterns).map(|(number, text)| Entry::new(number, text, None)).collect();
            let mut held = Held::new(position, fold, if late { &[] } else { &entries });
            if late {
                entries.iter().for_each(|entry| held.insert(entry));
            }
            for index in gone {
                if !entries.is_empty() {
                    held.remove(&entries.remove(index.index(entries.len())));
                }
            }
            for sample in samples {
                let folded = |text: &[u8]| if fold { text.to_ascii_lowercase() } else { text.to_vec() };
                let matching = entries
                    .iter()
                    .filter(|entry| holds(position, &folded(&sample), &folded(entry.pattern())));
                let expected = matching.min_by_key(|entry| entry.number());
                prop_assert_eq!(held.find(&sample).map(Entry::number), expected.map(Entry::number));
            }
        }
    }
}
