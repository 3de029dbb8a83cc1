//! Log lines that are kept until they are read, as many as there is room for.

use std::collections::VecDeque;

/// What a line costs besides its bytes, as the original counts it: about a byte of its readers and its length.
const OVERHEAD: usize = 3;

/// The lines. Each has a number, from 0, which it keeps.
#[derive(Debug)]
pub struct RingBuffer {
    size: usize,
    used: usize,
    first: u64,
    lines: VecDeque<Box<[u8]>>,
    dropped: u64,
}

impl RingBuffer {
    /// Without lines, for `size` bytes.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self {
            size,
            used: 0,
            first: 0,
            lines: VecDeque::new(),
            dropped: 0,
        }
    }

    /// Adds a line in place of the oldest ones. Line `held` and those behind it are kept for who reads them: where only they are
    /// left the new line is dropped. Gives whether it was taken.
    pub fn push(&mut self, line: &[u8], held: Option<u64>) -> bool {
        let needed = line.len() + OVERHEAD;
        if needed > self.size {
            self.dropped += 1;
            return false;
        }
        while self.used + needed > self.size {
            if held.is_some_and(|held| held <= self.first) {
                self.dropped += 1;
                return false;
            }
            let Some(oldest) = self.lines.pop_front() else {
                break;
            };
            self.used -= oldest.len() + OVERHEAD;
            self.first += 1;
        }
        self.used += needed;
        self.lines.push_back(line.into());
        true
    }

    /// The number of the oldest line that is left.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The number that the next line will get.
    #[must_use]
    pub fn next(&self) -> u64 {
        self.first + self.lines.len() as u64
    }

    /// Lines that were dropped.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The lines from number `from` on, as far as they are left, with the number of the first of them.
    pub fn since(&self, from: u64) -> (u64, impl Iterator<Item = &[u8]>) {
        let start = from.clamp(self.first, self.next());
        let skipped = usize::try_from(start - self.first).unwrap_or(usize::MAX);
        (start, self.lines.iter().skip(skipped).map(|line| &**line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(ring: &RingBuffer, from: u64) -> (u64, Vec<String>) {
        let (start, lines) = ring.since(from);
        let shown = lines.map(|line| String::from_utf8_lossy(line).into_owned());
        (start, shown.collect())
    }

    #[test]
    fn the_oldest_lines_make_room() {
        let mut ring = RingBuffer::new(3 * (4 + OVERHEAD));
        for at in 0..5 {
            assert!(ring.push(format!("n{at:03}").as_bytes(), None));
        }
        assert_eq!(
            lines(&ring, 0),
            (2, vec!["n002".into(), "n003".into(), "n004".into()])
        );
        assert_eq!(lines(&ring, 4), (4, vec!["n004".into()]));
        assert_eq!(lines(&ring, 9), (5, vec![]));
        assert_eq!((ring.first(), ring.next(), ring.dropped()), (2, 5, 0));
    }

    #[test]
    fn what_is_yet_to_be_read_is_kept_and_new_lines_are_dropped() {
        let mut ring = RingBuffer::new(2 * (4 + OVERHEAD));
        assert!(ring.push(b"aaaa", Some(0)));
        assert!(ring.push(b"bbbb", Some(0)));
        assert!(!ring.push(b"cccc", Some(0)));
        assert!(ring.push(b"dddd", Some(1)));
        assert_eq!(lines(&ring, 0), (1, vec!["bbbb".into(), "dddd".into()]));
        assert_eq!(ring.dropped(), 1);
    }

    #[test]
    fn a_line_that_never_fits_takes_no_others_with_it() {
        let mut ring = RingBuffer::new(20);
        assert!(ring.push(b"aaaa", None));
        assert!(!ring.push(&[b'x'; 20], None));
        assert_eq!(lines(&ring, 0), (0, vec!["aaaa".into()]));
    }
}
