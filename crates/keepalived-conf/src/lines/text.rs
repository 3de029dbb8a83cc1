//! Bytes that remember where in a file they came from, through every substitution.

use syntax::{FileId, Span};

/// A piece of a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    bytes: Vec<u8>,
    /// For each byte the start and end of what it came from.
    origins: Vec<(u32, u32)>,
    file: FileId,
}

impl Text {
    /// `bytes` that stand in `file` from `start` on.
    pub(crate) fn of_source(bytes: &[u8], file: FileId, start: u32) -> Self {
        let origins = (start..).take(bytes.len()).map(|at| (at, at + 1)).collect();
        Self {
            bytes: bytes.to_vec(),
            origins,
            file,
        }
    }

    /// `bytes` that stand for what is at `span`.
    pub(crate) fn standing_for(bytes: &[u8], span: Span) -> Self {
        Self {
            bytes: bytes.to_vec(),
            origins: vec![(span.start, span.end); bytes.len()],
            file: span.file,
        }
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What the bytes from `start` to `end` came from.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        let within = self.origins.get(start..end).unwrap_or(&[]);
        let Some(first) = within.first() else {
            // Nothing: the place in front of the byte at `start`, or behind the last one.
            let at = self
                .origins
                .get(start)
                .map(|(at, _)| *at)
                .or_else(|| self.origins.last().map(|(_, end)| *end))
                .unwrap_or(0);
            return Span::new(self.file, at, at);
        };
        let low = within.iter().map(|(low, _)| *low).min().unwrap_or(first.0);
        let high = within.iter().map(|(_, high)| *high).max().unwrap_or(first.1);
        Span::new(self.file, low, high)
    }

    /// The whole of it.
    pub(crate) fn whole(&self) -> Span {
        self.span(0, self.bytes.len())
    }

    /// The bytes from `start` to `end`.
    pub(crate) fn slice(&self, start: usize, end: usize) -> Self {
        Self {
            bytes: self.bytes[start..end].to_vec(),
            origins: self.origins[start..end].to_vec(),
            file: self.file,
        }
    }

    /// Puts `other` behind it.
    pub(crate) fn push(&mut self, other: &Self) {
        if self.bytes.is_empty() {
            self.file = other.file;
        }
        self.bytes.extend_from_slice(&other.bytes);
        self.origins.extend_from_slice(&other.origins);
    }

    /// Cut at newlines, which stand only in definitions of several lines.
    pub(crate) fn lines(&self) -> Vec<Self> {
        let mut out = Vec::new();
        let mut start = 0;
        for (at, byte) in self.bytes.iter().enumerate() {
            if *byte == b'\n' {
                out.push(self.slice(start, at));
                start = at + 1;
            }
        }
        out.push(self.slice(start, self.bytes.len()));
        out
    }
}
