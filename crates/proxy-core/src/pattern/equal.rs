//! Patterns that are equal to samples.

use std::borrow::Cow;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;

use super::entry::Entry;
use super::table::{Hashed, Table};

/// Clients may choose what is looked for, and rules may add what clients send.
static HASHES: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// How patterns are turned into what samples are compared with.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Form {
    /// Letters' case does not count.
    pub(super) fold: bool,
    /// They are written as hexadecimal digits.
    pub(super) hexadecimal: bool,
}

impl Form {
    fn pattern(self, pattern: &[u8]) -> Cow<'_, [u8]> {
        if self.hexadecimal {
            // What is no number was refused before it came here.
            return Cow::Owned(decoded(pattern));
        }
        self.sample(pattern)
    }

    fn sample(self, sample: &[u8]) -> Cow<'_, [u8]> {
        if self.fold && sample.iter().any(u8::is_ascii_uppercase) {
            Cow::Owned(sample.to_ascii_lowercase())
        } else {
            Cow::Borrowed(sample)
        }
    }
}

fn decoded(pattern: &[u8]) -> Vec<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).unwrap_or(0) as u8;
    pattern
        .chunks_exact(2)
        .map(|pair| digit(&pair[0]) << 4 | digit(&pair[1]))
        .collect()
}

/// Texts that samples are equal to.
#[derive(Clone, Debug, Default)]
pub(super) struct Equal {
    form: Form,
    table: Table,
}

impl Equal {
    pub(super) fn new(form: Form, entries: &[Entry]) -> Self {
        let items = entries.iter().map(|entry| hashed(form, entry));
        Self {
            form,
            table: Table::new(items.collect()),
        }
    }

    pub(super) fn insert(&mut self, entry: &Entry) {
        self.table.insert(hashed(self.form, entry));
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        self.table.remove(hashed(self.form, entry).hash, entry.number());
    }

    pub(super) fn replace(&mut self, entry: &Entry) {
        self.table.replace(hashed(self.form, entry));
    }

    /// The first entry whose pattern is that sample.
    #[inline]
    pub(super) fn find(&self, sample: &[u8]) -> Option<&Entry> {
        let sample = self.form.sample(sample);
        self.all(&sample).next()
    }

    /// All entries with that pattern, in order.
    pub(super) fn all<'s>(&'s self, sample: &[u8]) -> impl Iterator<Item = &'s Entry> {
        self.table
            .all(hash(sample))
            .filter(move |entry| *self.form.pattern(entry.pattern()) == *sample)
    }
}

fn hashed(form: Form, entry: &Entry) -> Hashed {
    Hashed {
        hash: hash(&form.pattern(entry.pattern())),
        entry: entry.clone(),
    }
}

fn hash(text: &[u8]) -> u64 {
    HASHES.hash_one(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(patterns: &[&str]) -> Vec<Entry> {
        (0..)
            .zip(patterns)
            .map(|(number, text)| Entry::new(number, text.as_bytes(), None))
            .collect()
    }

    #[test]
    fn the_first_of_equal_patterns_is_found_and_the_next_when_it_is_gone() {
        let entries = entries(&["b", "a", "a"]);
        let mut equal = Equal::new(Form::default(), &entries);
        let found = |equal: &Equal, sample: &str| equal.find(sample.as_bytes()).map(Entry::number);
        assert_eq!(found(&equal, "a"), Some(1));
        equal.remove(&entries[1]);
        assert_eq!(found(&equal, "a"), Some(2));
        assert_eq!(found(&equal, "A"), None);
        equal.insert(&Entry::new(9, b"A", None));
        assert_eq!(found(&equal, "A"), Some(9));
    }

    #[test]
    fn folded_and_hexadecimal_patterns_stand_for_what_they_mean() {
        let folded = Equal::new(
            Form {
                fold: true,
                hexadecimal: false,
            },
            &entries(&["aB"]),
        );
        assert!(folded.find(b"Ab").is_some());
        let bytes = Equal::new(
            Form {
                fold: false,
                hexadecimal: true,
            },
            &entries(&["0aFf"]),
        );
        assert!(bytes.find(&[10, 255]).is_some());
        assert!(bytes.find(b"0aFf").is_none());
    }
}
