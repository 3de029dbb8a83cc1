//! A list that grows while others read it: what stands in it never moves, so whoever has an index reads without a lock.

use std::ops::Index;
use std::sync::OnceLock;

/// Places of the first part that is added; each further part has twice as many.
const FIRST_PART: usize = 16;

/// Parts that may be added.
const PARTS: usize = 16;

/// Places that come into being together.
type Part<T> = OnceLock<Box<[T]>>;

/// Those that are there from the start, and behind them others that come into being when they are first looked at.
#[derive(Debug)]
pub struct Places<T> {
    first: Box<[T]>,
    later: OnceLock<Box<[Part<T>; PARTS]>>,
}

impl<T> Places<T> {
    /// Places that may come behind those of the start.
    pub const MOST_LATER: usize = FIRST_PART * ((1 << PARTS) - 1);

    /// All that came into being, each with its index.
    pub fn numbered(&self) -> impl Iterator<Item = (usize, &T)> + Clone {
        let parts = self.later.get().into_iter().flat_map(|parts| parts.iter());
        let later = parts.enumerate().flat_map(move |(part, places)| {
            let start = self.first.len() + start_of(part);
            let places = places.get().into_iter().flat_map(|places| places.iter());
            places.enumerate().map(move |(at, place)| (start + at, place))
        });
        self.first.iter().enumerate().chain(later)
    }

    /// All that came into being.
    pub fn iter(&self) -> impl Iterator<Item = &T> + Clone {
        self.numbered().map(|(_, place)| place)
    }

    /// One behind the last that came into being.
    #[must_use]
    pub fn end(&self) -> usize {
        let parts = self.later.get().into_iter().flat_map(|parts| parts.iter());
        let last = parts
            .enumerate()
            .filter(|(_, places)| places.get().is_some())
            .last();
        self.first.len() + last.map_or(0, |(part, _)| start_of(part + 1))
    }
}

impl<T: Default> Places<T> {
    #[cold]
    fn later(&self, at: usize) -> &T {
        let parts = self.later.get_or_init(Box::default);
        let part = (at / FIRST_PART + 1).ilog2() as usize;
        let made = || (0..FIRST_PART << part).map(|_| T::default()).collect();
        &parts[part].get_or_init(made)[at - start_of(part)]
    }
}

/// The first place of a part, behind those of the start.
fn start_of(part: usize) -> usize {
    FIRST_PART * ((1 << part) - 1)
}

impl<T: Default> Index<usize> for Places<T> {
    type Output = T;

    /// The place with that index; one that nobody looked at before comes into being.
    ///
    /// # Panics
    /// Beyond [`Self::MOST_LATER`] behind those of the start.
    #[inline]
    fn index(&self, at: usize) -> &T {
        match self.first.get(at) {
            Some(place) => place,
            None => self.later(at - self.first.len()),
        }
    }
}

impl<T> FromIterator<T> for Places<T> {
    fn from_iter<I: IntoIterator<Item = T>>(places: I) -> Self {
        Self {
            first: places.into_iter().collect(),
            later: OnceLock::new(),
        }
    }
}

impl<T> Default for Places<T> {
    fn default() -> Self {
        Self::from_iter([])
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

    use super::*;

    #[test]
    fn places_come_into_being_where_they_are_looked_at_and_keep_what_they_hold() {
        let places: Places<AtomicUsize> = [7, 8].into_iter().map(AtomicUsize::new).collect();
        assert_eq!(places.end(), 2);
        for at in (0..500).rev() {
            places[at].store(at, Relaxed);
        }
        assert!((0..500).all(|at| places[at].load(Relaxed) == at));
        let listed = places.numbered().map(|(at, place)| (at, place.load(Relaxed)));
        assert!(
            listed
                .take(500)
                .enumerate()
                .all(|(n, (at, held))| n == at && at == held)
        );
        assert_eq!(places.end(), 2 + 16 + 32 + 64 + 128 + 256 + 512);
    }

    #[test]
    fn parts_that_nobody_looked_at_are_passed_over() {
        let places: Places<AtomicUsize> = Places::default();
        places[20].store(3, Relaxed);
        let found: Vec<usize> = places.numbered().map(|(at, _)| at).collect();
        assert_eq!((found[0], found.len(), places.end()), (16, 32, 48));
    }
}
