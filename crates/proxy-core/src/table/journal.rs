//! What was changed of a table that peers share, in order: who tells them reads on from where it was. What peers told is not in it.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;

use super::Key;

/// Changes that are remembered of the smallest table.
const FEWEST: usize = 1024;

/// The changes of a table. A change has a number, which its entry bears until the next; numbers grow, wrap, and are never 0.
#[derive(Debug)]
pub(super) struct Journal {
    log: Mutex<Log>,
    /// The last number that somebody read: an entry with a later one waits, and further changes go with it.
    read: AtomicU32,
    /// Changes that are remembered at most.
    most: usize,
}

#[derive(Debug, Default)]
struct Log {
    last: u32,
    changes: VecDeque<(u32, Key)>,
    /// Those who have read all.
    readers: Vec<Waker>,
}

/// Changes that were read.
#[derive(Debug, PartialEq, Eq)]
pub enum Changes {
    /// What came behind, each with its number.
    Some(Vec<(u32, Key)>),
    /// Some of them are forgotten: only the whole table says what changed.
    Lost,
}

/// Whether `number` comes behind `other`.
pub(super) fn is_behind(number: u32, other: u32) -> bool {
    number != other && number.wrapping_sub(other) < 1 << 31
}

impl Journal {
    /// An empty one of a table with room for so many entries.
    pub(super) fn new(size: u32) -> Self {
        Self {
            log: Mutex::default(),
            read: AtomicU32::new(0),
            most: (size as usize).max(FEWEST),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of an entry that changes, and had `number` before. Called while the entry is locked.
    pub(super) fn note(&self, number: u32, key: impl FnOnce() -> Key) -> u32 {
        if number != 0 && is_behind(number, self.read.load(Relaxed)) {
            return number;
        }
        let mut log = self.lock();
        log.last = log.last.wrapping_add(1).max(1);
        let number = log.last;
        log.changes.push_back((number, key()));
        if log.changes.len() > self.most {
            log.changes.pop_front();
        }
        let readers = std::mem::take(&mut log.readers);
        drop(log);
        for reader in readers {
            reader.wake();
        }
        number
    }

    /// The last number.
    pub(super) fn last(&self) -> u32 {
        self.lock().last
    }

    /// At most `most` changes behind `number`.
    pub(super) fn behind(&self, number: u32, most: usize) -> Changes {
        let log = self.lock();
        if number == log.last {
            return Changes::Some(Vec::new());
        }
        let first = log.changes.front().map(|(first, _)| *first);
        let is_there = first.is_some_and(|first| {
            let before = if first == 1 { 0 } else { first - 1 };
            number == before || is_behind(number, before)
        });
        if !is_there {
            return Changes::Lost;
        }
        let at = log
            .changes
            .partition_point(|(known, _)| !is_behind(*known, number));
        let changes: Vec<_> = log.changes.iter().skip(at).take(most).cloned().collect();
        if let Some((last, _)) = changes.last()
            && is_behind(*last, self.read.load(Relaxed))
        {
            self.read.store(*last, Relaxed);
        }
        Changes::Some(changes)
    }

    /// Forgets changes up to `number`, which nobody will ask for.
    pub(super) fn forget(&self, number: u32) {
        let mut log = self.lock();
        while log.changes.len() > 1
            && log
                .changes
                .front()
                .is_some_and(|(first, _)| !is_behind(*first, number))
        {
            log.changes.pop_front();
        }
    }

    /// Wakes `reader` with the next change behind `number`; gives whether there is one already.
    pub(super) fn wake(&self, number: u32, reader: &Waker) -> bool {
        let mut log = self.lock();
        if !log.readers.iter().any(|known| known.will_wake(reader)) {
            log.readers.push(reader.clone());
        }
        log.last != number
    }
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::model::KeyType;

    use super::*;

    fn key(n: u32) -> Key {
        Key::written(KeyType::Integer, n.to_string().as_bytes()).unwrap()
    }

    fn numbers(changes: Changes) -> Vec<u32> {
        match changes {
            Changes::Some(changes) => changes.into_iter().map(|(number, _)| number).collect(),
            Changes::Lost => panic!("nothing was forgotten"),
        }
    }

    #[test]
    fn an_entry_that_waits_is_noted_once_and_again_once_it_was_read() {
        let journal = Journal::new(10);
        let first = journal.note(0, || key(1));
        assert_eq!(journal.note(first, || key(1)), first);
        let second = journal.note(0, || key(2));
        assert_eq!(numbers(journal.behind(0, 10)), [first, second]);
        let third = journal.note(first, || key(1));
        assert_eq!(third, 3);
        assert_eq!(numbers(journal.behind(first, 10)), [second, third]);
        assert_eq!(numbers(journal.behind(0, 1)), [first]);
        assert_eq!(numbers(journal.behind(third, 10)), [0; 0]);
    }

    #[test]
    fn who_was_away_for_too_long_is_told_so() {
        let journal = Journal::new(10);
        for n in 0..=FEWEST as u32 {
            journal.note(0, || key(n));
        }
        assert_eq!(journal.behind(0, 1), Changes::Lost);
        assert_eq!(numbers(journal.behind(1, 1)), [2]);
        journal.forget(500);
        assert_eq!(journal.behind(1, 1), Changes::Lost);
        assert_eq!(numbers(journal.behind(500, 1)), [501]);
    }
}
