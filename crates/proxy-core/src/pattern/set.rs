//! All entries of one version of a reference, arranged for each of its expressions. A copy shares everything with its
//! original, and what is changed in it afterwards is all that it costs.

use haproxy_cfg::model::PatternExpression;

use super::entry::Entry;
use super::equal::{Equal, Form};
use super::index::{Index, Names, Read, read_pattern};
use super::key::{Found, Key};
use super::tree::Tree;

/// Entries and their indexes.
#[derive(Clone, Debug)]
pub(super) struct Set {
    /// In their order.
    entries: Tree<Entry>,
    /// By their patterns as they are written: for edits, and for what compares whole texts.
    written: Equal,
    /// By expression.
    indexes: Vec<Index>,
}

/// A pattern that cannot be read.
pub(super) struct Unread {
    /// Its place among the entries.
    pub(super) entry: usize,
    pub(super) fault: String,
}

impl Set {
    pub(super) fn empty(expressions: &[PatternExpression]) -> Self {
        let indexes = expressions
            .iter()
            .map(|expression| Index::new(expression, &[], Vec::new()));
        Self {
            entries: Tree::default(),
            written: Equal::default(),
            indexes: indexes.collect(),
        }
    }

    /// Of entries in order.
    pub(super) fn new(
        expressions: &[PatternExpression],
        entries: Vec<Entry>,
        names: Names<'_>,
    ) -> Result<Self, Unread> {
        let mut indexes = Vec::with_capacity(expressions.len());
        for expression in expressions {
            let mut read = Vec::new();
            if Index::reads(expression) {
                read.reserve_exact(entries.len());
                for (at, entry) in entries.iter().enumerate() {
                    let one = read_pattern(expression, Some(names), entry.pattern(), true);
                    read.push(one.map_err(|fault| Unread { entry: at, fault })?);
                }
            }
            indexes.push(Index::new(expression, &entries, read));
        }
        Ok(Self {
            written: Equal::new(Form::default(), &entries),
            entries: Tree::from_sorted(entries),
            indexes,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The entries of that number and of those behind it.
    pub(super) fn entries_from(&self, number: u64) -> impl Iterator<Item = &Entry> {
        self.entries.from(move |entry| entry.number().cmp(&number))
    }

    pub(super) fn index(&self, expression: usize) -> Option<&Index> {
        self.indexes.get(expression)
    }

    #[inline]
    pub(super) fn find(&self, expression: usize, key: Key<'_>) -> Option<Found<'_>> {
        self.indexes.get(expression)?.find(&self.written, key)
    }

    /// The entries with that pattern, in order.
    pub(super) fn written(&self, pattern: &[u8]) -> Vec<Entry> {
        self.written.all(pattern).cloned().collect()
    }

    /// The entry of that number.
    pub(super) fn numbered(&self, number: u64) -> Option<&Entry> {
        self.entries.get(|entry| entry.number().cmp(&number))
    }

    /// `read` holds what each expression read.
    pub(super) fn insert(&mut self, entry: &Entry, read: &[Read]) {
        let number = entry.number();
        self.entries
            .insert(entry.clone(), |known| known.number().cmp(&number));
        self.written.insert(entry);
        for (index, read) in self.indexes.iter_mut().zip(read) {
            index.insert(entry, read);
        }
    }

    pub(super) fn remove(&mut self, entry: &Entry, read: &[Read]) {
        let number = entry.number();
        self.entries.remove(|known| known.number().cmp(&number));
        self.written.remove(entry);
        for (index, read) in self.indexes.iter_mut().zip(read) {
            index.remove(entry, read);
        }
    }

    /// Puts an entry of the same number and pattern in the place of the one that is there.
    pub(super) fn replace(&mut self, entry: &Entry, read: &[Read]) {
        let number = entry.number();
        self.entries
            .replace(entry.clone(), |known| known.number().cmp(&number));
        self.written.replace(entry);
        for (index, read) in self.indexes.iter_mut().zip(read) {
            index.replace(entry, read);
        }
    }
}
