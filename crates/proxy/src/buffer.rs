//! Buffers of a thread: taken from its pool when bytes are there, given back when they are gone, so that an idle connection
//! holds none.

use std::cell::{Cell, RefCell};
use std::ops::Range;

/// Buffers that are kept for the next user; what is beyond goes back to the allocator.
const KEPT: usize = 512;

/// A thread's free buffers, all of one size.
#[derive(Debug)]
pub struct BufferPool {
    size: usize,
    free: RefCell<Vec<Box<[u8]>>>,
    /// Buffers that there are, in use or not.
    made: Cell<usize>,
}

/// Bytes that were received and not yet passed on: `mem[start..end]`.
#[derive(Debug)]
pub struct Buffer {
    mem: Box<[u8]>,
    start: usize,
    end: usize,
}

impl BufferPool {
    /// A pool of buffers of `size` bytes (`tune.bufsize`).
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self {
            size,
            free: RefCell::new(Vec::new()),
            made: Cell::new(0),
        }
    }

    /// Bytes that a buffer holds.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// An empty buffer.
    #[inline]
    pub fn take(&self) -> Buffer {
        let mem = self.free.borrow_mut().pop().unwrap_or_else(|| {
            self.made.set(self.made.get() + 1);
            vec![0; self.size].into_boxed_slice()
        });
        Buffer {
            mem,
            start: 0,
            end: 0,
        }
    }

    /// Takes a buffer back; its bytes are forgotten.
    #[inline]
    pub fn give(&self, buffer: Buffer) {
        let mut free = self.free.borrow_mut();
        if free.len() < KEPT {
            free.push(buffer.mem);
        } else {
            self.made.set(self.made.get().saturating_sub(1));
        }
    }

    /// Buffers in use, and those that are kept for the next user.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let kept = self.free.borrow().len();
        (self.made.get().saturating_sub(kept), kept)
    }

    /// Takes a buffer back that holds nothing.
    #[inline]
    pub fn take_back(&self, slot: &mut Option<Buffer>) {
        if let Some(buffer) = slot.take_if(|buffer| buffer.is_empty()) {
            self.give(buffer);
        }
    }

    /// Gives memory back to the allocator, down to `keep` buffers.
    pub fn trim(&self, keep: usize) {
        let mut free = self.free.borrow_mut();
        if free.len() > keep {
            self.made.set(self.made.get().saturating_sub(free.len() - keep));
            free.truncate(keep);
        }
    }
}

impl Buffer {
    /// The bytes that are there.
    #[inline]
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.mem[self.start..self.end]
    }

    /// The bytes that are there, to be changed.
    #[inline]
    pub fn data_mut(&mut self) -> &mut [u8] {
        &mut self.mem[self.start..self.end]
    }

    /// How many bytes are there.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.end - self.start
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Room behind the bytes; all of it is when the buffer is empty.
    #[inline]
    pub fn room(&mut self) -> &mut [u8] {
        if self.start == self.end {
            self.start = 0;
            self.end = 0;
        }
        &mut self.mem[self.end..]
    }

    /// Whether no more bytes fit behind those that are there.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.end == self.mem.len() && self.start < self.end
    }

    /// Moves the bytes to the beginning, so that all the room is behind them.
    pub fn compact(&mut self) {
        if self.start > 0 {
            self.mem.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
    }

    /// Says that `n` bytes were put into the room.
    #[inline]
    pub fn filled(&mut self, n: usize) {
        self.end += n;
        debug_assert!(self.end <= self.mem.len());
    }

    /// Forgets the first `n` bytes.
    #[inline]
    pub fn consume(&mut self, n: usize) {
        self.start += n;
        debug_assert!(self.start <= self.end);
    }

    /// Takes the bytes of `range` out; those behind it move up.
    pub fn cut(&mut self, range: Range<usize>) {
        if !range.is_empty() {
            let (from, to) = (self.start + range.start, self.start + range.end);
            self.mem.copy_within(to..self.end, from);
            self.end -= range.len();
        }
    }

    /// Keeps only the first `n` bytes.
    pub fn truncate(&mut self, n: usize) {
        self.end = self.end.min(self.start + n);
    }

    /// Bytes that the buffer can hold.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.mem.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_comes_back_empty() {
        let pool = BufferPool::new(8);
        let mut buffer = pool.take();
        buffer.room()[..3].copy_from_slice(b"abc");
        buffer.filled(3);
        buffer.consume(1);
        assert_eq!(buffer.data(), b"bc");
        buffer.compact();
        assert_eq!(buffer.data(), b"bc");
        assert_eq!(buffer.room().len(), 6);
        pool.give(buffer);
        assert!(pool.take().is_empty());
    }
}
