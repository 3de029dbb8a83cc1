//! The lossless side of the lexer: a line cut into blanks, words, a comment and its end, nothing dropped.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A byte order mark at the very start of a file.
    ByteOrderMark,
    /// Blanks between words.
    Blank,
    /// A word as written, quotes and escapes included.
    Word,
    /// From an unquoted `#` to the end of the line.
    Comment,
    /// What stands between a carriage return that ends a word and the end of the line: the original reads no further.
    Ignored,
    /// `\n`, or `\r\n`.
    EndOfLine,
}

/// A piece of a line; offsets are those of the text that was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
}

/// Cuts `text` into tokens. Joined in order they are `text`.
pub(crate) fn tokens(text: &[u8]) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    if text.starts_with(b"\xef\xbb\xbf") {
        push(&mut out, TokenKind::ByteOrderMark, 0, 3);
        at = 3;
    }
    while at < text.len() {
        let start = at;
        let kind = if end_of_line(text, at) > 0 {
            at += end_of_line(text, at);
            TokenKind::EndOfLine
        } else if text[at] == b'\r' && out.last().is_some_and(|token| token.kind == TokenKind::Word) {
            while at < text.len() && end_of_line(text, at) == 0 {
                at += 1;
            }
            TokenKind::Ignored
        } else if is_blank(text[at]) {
            while at < text.len() && is_blank(text[at]) && end_of_line(text, at) == 0 {
                at += 1;
            }
            TokenKind::Blank
        } else if text[at] == b'#' {
            while at < text.len() && end_of_line(text, at) == 0 {
                at += 1;
            }
            TokenKind::Comment
        } else {
            at = word_end(text, at);
            TokenKind::Word
        };
        push(&mut out, kind, start, at);
    }
    out
}

/// The part of a line (without its newline) that is read at most: up to a NUL.
pub(crate) fn content(line: &[u8]) -> &[u8] {
    let end = memchr::memchr(0, line);
    &line[..end.unwrap_or(line.len())]
}

/// Bytes that separate words.
pub(super) const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)
}

/// Length of the end of line at `at`, or 0.
fn end_of_line(text: &[u8], at: usize) -> usize {
    match text[at..] {
        [b'\n', ..] => 1,
        [b'\r', b'\n', ..] => 2,
        _ => 0,
    }
}

fn word_end(text: &[u8], mut at: usize) -> usize {
    let mut quote = None;
    while at < text.len() {
        let byte = text[at];
        if matches!(byte, b'\n' | b'\r') {
            break;
        }
        match quote {
            None if is_blank(byte) || byte == b'#' => break,
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            Some(open) if byte == open => quote = None,
            // Only these need their backslash to stay in the word. The end of the line is none of them: a backslash does
            // not continue it.
            None | Some(b'"')
                if byte == b'\\' && matches!(text.get(at + 1), Some(b'\\' | b' ' | b'#' | b'"' | b'\'')) =>
            {
                at += 1;
            }
            _ => {}
        }
        at += 1;
    }
    at
}

fn push(out: &mut Vec<Token>, kind: TokenKind, start: usize, end: usize) {
    let offset = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    out.push(Token {
        kind,
        start: offset(start),
        end: offset(end),
    });
}
