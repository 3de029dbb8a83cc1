//! How far a peer has been taught all that is known: one table after the other, one part of it at a time.

use super::Control;
use crate::table::{Key, Table, Tables};

use super::shared::Shared;

/// A lesson.
#[derive(Debug)]
pub(super) struct Lesson {
    /// Tables that are left, by the section's numbers.
    left: Vec<usize>,
    /// The next part of the last of them.
    part: usize,
    /// Keys of the part before that are left.
    keys: Vec<Key>,
    /// What is said at the end.
    pub(super) end: Option<Control>,
}

impl Lesson {
    /// One about all tables that peers are told of.
    pub(super) fn of_all(shared: &[Shared], end: Control) -> Self {
        Self {
            left: (0..shared.len())
                .rev()
                .filter(|at| !shared[*at].is_mute)
                .collect(),
            part: 0,
            keys: Vec::new(),
            end: Some(end),
        }
    }

    /// The same tables once more, and this one, from its beginning.
    pub(super) fn and(mut self, table: usize) -> Self {
        self.left.retain(|left| *left != table);
        self.left.push(table);
        (self.part, self.keys) = (0, Vec::new());
        self
    }

    /// One about a table, after which nothing is said.
    pub(super) fn of(table: usize) -> Self {
        Self {
            left: vec![table],
            part: 0,
            keys: Vec::new(),
            end: None,
        }
    }

    /// The next key, with the table that it belongs to; none once all were taught.
    pub(super) fn next(&mut self, shared: &[Shared], tables: &Tables) -> Option<(usize, Key)> {
        loop {
            let at = *self.left.last()?;
            if let Some(key) = self.keys.pop() {
                return Some((at, key));
            }
            let table: &Table = tables.get(shared[at].table);
            if self.part == table.parts() {
                self.left.pop();
                self.part = 0;
            } else {
                self.keys = table.keys_of_part(self.part);
                self.part += 1;
            }
        }
    }
}
