//! The files that were read, as bytes, with their lines.

use std::sync::{Arc, OnceLock};

use crate::{FileId, Span};

/// One file.
#[derive(Clone, Debug)]
pub struct SourceFile {
    name: String,
    bytes: Arc<Vec<u8>>,
    /// Offset of the first byte of each line; looked for when something asks, as most files have nothing told of them.
    line_starts: OnceLock<Vec<u32>>,
}

/// A place in a file. Lines and columns count from 1, columns in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line.
    pub line: u32,
    /// Column, in bytes.
    pub column: u32,
}

impl SourceFile {
    /// A file of that name (as the user wrote it) and content.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            bytes: Arc::new(bytes.into()),
            line_starts: OnceLock::new(),
        }
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let behind_newline = |(at, byte): (usize, &u8)| (*byte == b'\n').then(|| offset(at + 1));
            let others = self.bytes.iter().enumerate().filter_map(behind_newline);
            std::iter::once(0).chain(others).collect()
        })
    }

    /// Its name as the user wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its content.
    #[must_use]
    pub fn bytes(&self) -> &Arc<Vec<u8>> {
        &self.bytes
    }

    /// The place of the byte at `at`; behind the end it is the end.
    #[must_use]
    pub fn position(&self, at: u32) -> Position {
        let line = self.line_starts().partition_point(|start| *start <= at).max(1);
        let start = self.line_starts().get(line - 1).copied().unwrap_or(0);
        Position {
            line: offset(line),
            column: at.saturating_sub(start) + 1,
        }
    }

    /// Line `line`, counted from 1, without its end of line.
    #[must_use]
    pub fn line(&self, line: u32) -> &[u8] {
        let index = line.saturating_sub(1) as usize;
        let Some(start) = self.line_starts().get(index) else {
            return b"";
        };
        let end = self
            .line_starts()
            .get(index + 1)
            .map_or(self.bytes.len(), |next| *next as usize);
        let text = self.bytes.get(*start as usize..end).unwrap_or(b"");
        let text = text.strip_suffix(b"\n").unwrap_or(text);
        text.strip_suffix(b"\r").unwrap_or(text)
    }

    /// Offset of the first byte of line `line`, counted from 1.
    #[must_use]
    pub fn line_start(&self, line: u32) -> u32 {
        let index = line.saturating_sub(1) as usize;
        self.line_starts()
            .get(index)
            .copied()
            .unwrap_or_else(|| offset(self.bytes.len()))
    }
}

/// All files of one reading.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// Takes a file in.
    pub fn add(&mut self, file: SourceFile) -> FileId {
        self.files.push(file);
        FileId(offset(self.files.len() - 1))
    }

    /// The file that `id` names, when it is of this map.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// All files in the order in which they were read.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &SourceFile)> {
        self.files
            .iter()
            .enumerate()
            .map(|(index, file)| (FileId(offset(index)), file))
    }

    /// File name and place of the start of `span`.
    #[must_use]
    pub fn locate(&self, span: Span) -> (&str, Position) {
        self.file(span.file)
            .map_or(("", Position { line: 0, column: 0 }), |file| {
                (file.name(), file.position(span.start))
            })
    }

    /// The bytes of `span`.
    #[must_use]
    pub fn text(&self, span: Span) -> &[u8] {
        self.file(span.file)
            .and_then(|file| file.bytes().get(span.start as usize..span.end as usize))
            .unwrap_or(b"")
    }
}

/// Offsets are kept in 32 bits: a configuration of 4 GiB is refused long before it gets here.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one() {
        let file = SourceFile::new("f", &b"ab\r\ncd\n"[..]);
        assert_eq!(file.position(0), Position { line: 1, column: 1 });
        assert_eq!(file.position(5), Position { line: 2, column: 2 });
        assert_eq!(file.position(7), Position { line: 3, column: 1 });
        assert_eq!(file.line(1), b"ab");
        assert_eq!(file.line(2), b"cd");
        assert_eq!(file.line(9), b"");
    }
}
