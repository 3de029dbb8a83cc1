//! A text that is being written: its changes, and its places as the protocol has them (lines from 0, columns in units of UTF-16).

use std::ops::Range as Span;

use lsp_types::{Position, Range, TextDocumentContentChangeEvent, TextEdit};

use crate::language::Language;

/// A file in an editor.
#[derive(Clone, Debug)]
pub struct Document {
    language: Language,
    path: String,
    text: String,
    /// Offset of the first byte of each line.
    starts: Vec<usize>,
}

impl Document {
    /// A file that was opened; `id` is the editor's name for its language.
    #[must_use]
    pub fn new(id: &str, path: &str, text: String) -> Self {
        let mut document = Self {
            language: Language::of(id, path, &text),
            path: path.to_owned(),
            text,
            starts: Vec::new(),
        };
        document.cut();
        document
    }

    fn cut(&mut self) {
        let behind = self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        self.starts = std::iter::once(0).chain(behind.map(|(at, _)| at + 1)).collect();
    }

    /// Its language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What stands in it.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Makes a change: of a range, or of all.
    pub fn change(&mut self, change: &TextDocumentContentChangeEvent) {
        match change.range {
            None => self.text.clone_from(&change.text),
            Some(range) => {
                let (one, other) = (self.offset(range.start), self.offset(range.end));
                self.text
                    .replace_range(one.min(other)..one.max(other), &change.text);
            }
        }
        self.cut();
    }

    /// The byte at a position; behind the end of a line it is the line's end, behind the text the text's.
    #[must_use]
    pub fn offset(&self, position: Position) -> usize {
        let line = position.line as usize;
        let Some(start) = self.starts.get(line) else {
            return self.text.len();
        };
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        let text = self.text.get(*start..end).unwrap_or_default();
        let text = text.strip_suffix('\r').unwrap_or(text);
        let mut units = 0;
        for (at, letter) in text.char_indices() {
            if units >= position.character {
                return start + at;
            }
            units += if letter.len_utf16() == 2 { 2 } else { 1 };
        }
        start + text.len()
    }

    /// The position of a byte; inside of a letter it is that of the letter.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|start| *start <= offset).max(1) - 1;
        let start = self.starts.get(line).copied().unwrap_or(0);
        let letters = self.text.get(start..).unwrap_or_default().char_indices();
        let before = letters.take_while(|(at, letter)| start + at + letter.len_utf8() <= offset);
        let units: usize = before.map(|(_, letter)| letter.len_utf16()).sum();
        Position::new(small(line), small(units))
    }

    /// The range of some bytes.
    #[must_use]
    pub fn range(&self, span: Span<usize>) -> Range {
        Range::new(self.position(span.start), self.position(span.end))
    }

    /// The range of a whole line, counted from 0, without its end.
    #[must_use]
    pub fn line_range(&self, line: usize) -> Range {
        let start = self.starts.get(line).copied().unwrap_or(self.text.len());
        let end = self.starts.get(line + 1).map_or(self.text.len(), |next| next - 1);
        self.range(start..end.max(start))
    }

    /// The edits that make another text of it: one, of the lines that differ.
    #[must_use]
    pub fn edits_to(&self, new: &str) -> Vec<TextEdit> {
        if self.text == new {
            return Vec::new();
        }
        let same = |(one, other): &(&str, &str)| one == other;
        let (old_lines, new_lines) = (self.text.split_inclusive('\n'), new.split_inclusive('\n'));
        let before: usize = old_lines
            .clone()
            .zip(new_lines.clone())
            .take_while(same)
            .map(|(line, _)| line.len())
            .sum();
        let rest = (
            self.text.get(before..).unwrap_or_default(),
            new.get(before..).unwrap_or_default(),
        );
        let (old_lines, new_lines) = (
            rest.0.split_inclusive('\n').rev(),
            rest.1.split_inclusive('\n').rev(),
        );
        let behind: usize = old_lines
            .zip(new_lines)
            .take_while(same)
            .map(|(line, _)| line.len())
            .sum();
        let text = rest.1.get(..rest.1.len() - behind).unwrap_or_default();
        vec![TextEdit::new(
            self.range(before..self.text.len() - behind),
            text.to_owned(),
        )]
    }
}

fn small(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn change(from: (u32, u32), to: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        TextDocumentContentChangeEvent {
            range: Some(Range::new(
                Position::new(from.0, from.1),
                Position::new(to.0, to.1),
            )),
            range_length: None,
            text: text.to_owned(),
        }
    }

    #[test]
    fn columns_are_units_of_utf_16() {
        let document = Document::new("haproxy", "a.cfg", "# ä😀x\r\nb".to_owned());
        // 😀 is two units of UTF-16 and four bytes of UTF-8.
        assert_eq!(document.offset(Position::new(0, 5)), 8);
        assert_eq!(document.position(8), Position::new(0, 5));
        assert_eq!(
            document.offset(Position::new(0, 4)),
            8,
            "within a letter: behind it"
        );
        assert_eq!(document.offset(Position::new(0, 99)), 9);
        assert_eq!(document.offset(Position::new(1, 1)), document.text().len());
        assert_eq!(document.offset(Position::new(7, 0)), document.text().len());
    }

    #[test]
    fn changes_are_made_where_they_are_said_to_be() {
        let mut document = Document::new("haproxy", "a.cfg", "frontend ä😀f\n    bind :80\n".to_owned());
        document.change(&change((0, 12), (0, 13), "web"));
        document.change(&change((1, 9), (1, 12), ":8080"));
        document.change(&change((2, 0), (2, 0), "# end"));
        assert_eq!(document.text(), "frontend ä😀web\n    bind :8080\n# end");
        document.change(&TextDocumentContentChangeEvent {
            range: None,
            range_length: None,
            text: "new".to_owned(),
        });
        assert_eq!(document.text(), "new");
    }

    #[test]
    fn edits_are_of_the_lines_that_differ() {
        let document = Document::new("haproxy", "a.cfg", "a\nb\nc\n".to_owned());
        let edits = document.edits_to("a\nB\nc\n");
        assert_eq!(
            edits,
            [TextEdit::new(
                Range::new(Position::new(1, 0), Position::new(2, 0)),
                "B\n".to_owned()
            )]
        );
        assert!(document.edits_to("a\nb\nc\n").is_empty());
    }

    proptest! {
        #[test]
        fn positions_lead_back_to_their_bytes(text in "[a-cä😀\r\n]{0,40}", at in 0usize..60) {
            let document = Document::new("haproxy", "a.cfg", text.clone());
            prop_assume!(text.is_char_boundary(at) && !text.get(at..).unwrap_or_default().starts_with('\n'));
            let position = document.position(at);
            let back = document.offset(position);
            // A return in front of the end of a line belongs to that.
            prop_assert!(back == at || text[..at].ends_with('\r') || at > text.len(), "{position:?} {back} {at}");
        }

        #[test]
        fn edits_make_the_other_text(one in "[ab\n]{0,20}", other in "[ab\n]{0,20}") {
            let mut document = Document::new("haproxy", "a.cfg", one);
            for edit in document.edits_to(&other) {
                document.change(&TextDocumentContentChangeEvent { range: Some(edit.range), range_length: None, text: edit.new_text });
            }
            prop_assert_eq!(document.text(), &other);
        }
    }
}
