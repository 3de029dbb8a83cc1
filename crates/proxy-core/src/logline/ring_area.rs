//! Where lines of a ring stand in its file (`backing-file`), as haproxy 3.0 and later arrange them: a header, and an area that is
//! written round and round. Nothing is written here.

use std::collections::VecDeque;

use crate::peers::integer;

/// Bytes in front of the area.
pub const HEADER: u64 = 192;

/// Where the header says how far lines go.
const TAIL_AT: u64 = 64;

/// Where it says which the oldest is.
const HEAD_AT: u64 = 128;

/// A piece of the file: where it begins, and what stands there from now on.
pub type Piece = (u64, Vec<u8>);

/// The area of one file.
#[derive(Debug)]
pub struct RingArea {
    /// Bytes for lines.
    size: u64,
    /// Where the oldest line begins, within the area.
    head: u64,
    /// Where the next one goes.
    tail: u64,
    /// What each line takes up.
    lengths: VecDeque<u64>,
}

impl RingArea {
    /// The empty area of a file of so many bytes.
    #[must_use]
    pub fn new(file: u64) -> Self {
        Self {
            size: file.saturating_sub(HEADER),
            head: 0,
            // The byte that says how many read the first line.
            tail: 1,
            lengths: VecDeque::new(),
        }
    }

    /// The header of a file without lines.
    #[must_use]
    pub fn header(&self) -> Vec<u8> {
        let mut header = vec![0; HEADER as usize];
        let mut number = |at: usize, value: u64| header[at..at + 8].copy_from_slice(&value.to_le_bytes());
        number(0, self.size);
        number(8, HEADER);
        number(TAIL_AT as usize, self.tail);
        number(HEAD_AT as usize, self.head);
        header
    }

    /// What is to be written, in this order, for a line to stand behind the others; the oldest make room. Nothing for one that never fits.
    pub fn add(&mut self, line: &[u8]) -> Vec<Piece> {
        let mut bytes = Vec::with_capacity(line.len() + 4);
        integer::put(&mut bytes, line.len() as u64);
        bytes.extend_from_slice(line);
        // The byte in front of the next line.
        bytes.push(0);
        let needed = bytes.len() as u64;
        // Head and tail that meet would be an area without anything.
        if needed + 1 >= self.size {
            return Vec::new();
        }
        let mut used = (self.tail + self.size - self.head) % self.size;
        let mut pieces = Vec::with_capacity(4);
        while used + needed >= self.size {
            let Some(oldest) = self.lengths.pop_front() else {
                break;
            };
            self.head = (self.head + oldest) % self.size;
            used -= oldest;
        }
        // A line that is about to be overwritten is none any more, whenever the process ends.
        pieces.push((HEAD_AT, self.head.to_le_bytes().to_vec()));
        let until_end = usize::try_from(self.size - self.tail).unwrap_or(usize::MAX);
        let begin = HEADER + self.tail;
        if bytes.len() > until_end {
            let behind = bytes.split_off(until_end);
            pieces.push((begin, bytes));
            pieces.push((HEADER, behind));
        } else {
            pieces.push((begin, bytes));
        }
        self.tail = (self.tail + needed) % self.size;
        pieces.push((TAIL_AT, self.tail.to_le_bytes().to_vec()));
        self.lengths.push_back(needed);
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a file, as its header says where they are.
    fn lines(file: &[u8]) -> Vec<Vec<u8>> {
        let number = |at: usize| u64::from_le_bytes(file[at..at + 8].try_into().unwrap()) as usize;
        let (size, area) = (number(0), &file[number(8)..]);
        assert_eq!(size, area.len());
        let (tail, mut at) = (number(64), number(128));
        let mut lines = Vec::new();
        loop {
            assert_eq!(area[at], 0, "nobody reads the line");
            at = (at + 1) % size;
            if at == tail {
                return lines;
            }
            let round: Vec<u8> = (0..size).map(|by| area[(at + by) % size]).collect();
            let mut rest = &round[..];
            let length = integer::take(&mut rest).ok().flatten().unwrap();
            let length = usize::try_from(length).unwrap();
            lines.push(rest[..length].to_vec());
            at = (at + size - rest.len() + length) % size;
        }
    }

    #[test]
    fn a_file_has_the_newest_lines_however_often_it_went_round() {
        let mut area = RingArea::new(16384);
        let mut file = area.header();
        file.resize(16384, 0);
        assert!(lines(&file).is_empty());
        let mut written: Vec<Vec<u8>> = Vec::new();
        for number in 0..1000 {
            let line = [format!("m{number:04}-").as_bytes(), &vec![b'x'; number % 7 * 60]].concat();
            for (at, piece) in area.add(&line) {
                let at = usize::try_from(at).unwrap();
                file[at..at + piece.len()].copy_from_slice(&piece);
            }
            written.push(line);
            let kept = lines(&file);
            assert!(written.ends_with(&kept) && !kept.is_empty(), "{number}");
            assert_eq!(file.len(), 16384);
        }
        // All but the room of a line is used.
        assert!(lines(&file).iter().map(Vec::len).sum::<usize>() > 15_000);
    }

    #[test]
    fn the_layout_is_that_of_haproxy() {
        // `ring`, size 32768, `format timed`, three lines, as haproxy 3.4 left it.
        let mut area = RingArea::new(32768);
        let mut file = area.header();
        for at in ["892882", "892900", "892901"] {
            let line = format!("<5>2026-11-23T10:56:24.{at}+00:00 message 1");
            for (at, piece) in area.add(line.as_bytes()) {
                let at = usize::try_from(at).unwrap();
                file.resize(file.len().max(at + piece.len()), 0);
                file[at..at + piece.len()].copy_from_slice(&piece);
            }
        }
        assert_eq!(
            file[..16],
            [0x40, 0x7f, 0, 0, 0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0]
        );
        assert_eq!(file[0x40..0x48], [0x8e, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(file[0xc0..0xc6], *b"\0\x2d<5>2");
        assert_eq!(file[0xee..0xf1], *b"1\0\x2d");
        assert_eq!(file.len(), 0xc0 + 0x8e);
    }

    #[test]
    fn a_line_that_never_fits_changes_nothing() {
        let mut area = RingArea::new(HEADER + 20);
        assert!(area.add(&[b'x'; 18]).is_empty());
        assert!(!area.add(&[b'x'; 16]).is_empty());
    }
}
