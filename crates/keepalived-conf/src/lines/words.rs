//! A line to words and braces.

use std::borrow::Cow;

use syntax::Span;

use super::text::Text;

/// A word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// What it says, without the quotes around it.
    pub(crate) bytes: Vec<u8>,
    /// Where it stands, quotes included.
    pub(crate) span: Span,
    /// Whether it stood between double quotes.
    pub(crate) quoted: bool,
    /// Its first byte in the line, and the one behind its last.
    pub(crate) within: (usize, usize),
}

impl Word {
    /// What it says as text: bytes that are not UTF-8 are replaced.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.bytes)
    }
}

/// A piece of a line.
#[derive(Debug)]
pub(crate) enum Piece {
    Word(Word),
    Open(Span),
    Close(Span),
}

/// What is wrong with a line's quotes.
#[derive(Debug)]
pub(crate) struct OpenQuote(pub(crate) Span);

/// The line without its comment: `#` and `!` begin one anywhere but between double quotes.
pub(crate) fn without_comment(text: &Text) -> Text {
    let mut quoted = false;
    let end = text.bytes().iter().position(|byte| {
        if *byte == b'"' {
            quoted = !quoted;
        }
        !quoted && matches!(byte, b'#' | b'!')
    });
    text.slice(0, end.unwrap_or(text.bytes().len()))
}

/// Cuts a line without comments. A quote that is not closed ends the line where it stands.
pub(crate) fn pieces(text: &Text) -> (Vec<Piece>, Option<OpenQuote>) {
    let bytes = text.bytes();
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'{' => out.push(Piece::Open(text.span(at, at + 1))),
            b'}' => out.push(Piece::Close(text.span(at, at + 1))),
            b'"' => {
                let closed = bytes[at + 1..].iter().position(|byte| *byte == b'"');
                let Some(length) = closed else {
                    return (out, Some(OpenQuote(text.span(at, bytes.len()))));
                };
                let end = at + 1 + length;
                out.push(Piece::Word(Word {
                    bytes: bytes[at + 1..end].to_vec(),
                    span: text.span(at, end + 1),
                    quoted: true,
                    within: (at, end + 1),
                }));
                at = end;
            }
            byte if is_blank(*byte) => {}
            _ => {
                let end = bytes[at..]
                    .iter()
                    .position(|byte| is_blank(*byte) || matches!(byte, b'"' | b'{' | b'}'))
                    .map_or(bytes.len(), |length| at + length);
                out.push(Piece::Word(Word {
                    bytes: bytes[at..end].to_vec(),
                    span: text.span(at, end),
                    quoted: false,
                    within: (at, end),
                }));
                at = end;
                continue;
            }
        }
        at += 1;
    }
    (out, None)
}

pub(crate) fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | 0x0b | 0x0c)
}

#[cfg(test)]
mod tests {
    use syntax::FileId;

    use super::*;

    fn cut(line: &str) -> (Vec<String>, bool) {
        let text = without_comment(&Text::of_source(line.as_bytes(), FileId(0), 0));
        let (pieces, open) = pieces(&text);
        let shown = pieces
            .iter()
            .map(|piece| match piece {
                Piece::Word(word) => word.text().into_owned(),
                Piece::Open(_) => "{".to_owned(),
                Piece::Close(_) => "}".to_owned(),
            })
            .collect();
        (shown, open.is_some())
    }

    fn words(line: &str) -> Vec<String> {
        cut(line).0
    }

    #[test]
    fn comments_begin_anywhere_but_between_quotes() {
        assert_eq!(words("router_id a!b"), ["router_id", "a"]);
        assert_eq!(words("router_id a#b"), ["router_id", "a"]);
        assert_eq!(words("router_id \"a#b\" # c"), ["router_id", "a#b"]);
    }

    #[test]
    fn a_quote_ends_the_word_before_it_and_nothing_is_escaped() {
        assert_eq!(words("router_id a\"b c\"d"), ["router_id", "a", "b c", "d"]);
        assert_eq!(words("router_id 'a b'"), ["router_id", "'a", "b'"]);
        assert_eq!(words("router_id \"a\\tb\""), ["router_id", "a\\tb"]);
        assert_eq!(words("router_id \"\""), ["router_id", ""]);
        assert_eq!(cut("router_id \"a b"), (vec!["router_id".to_owned()], true));
    }

    #[test]
    fn braces_stand_for_themselves() {
        assert_eq!(
            words("real_server 10.0.0.1 80{"),
            ["real_server", "10.0.0.1", "80", "{"]
        );
        assert_eq!(words("a { b }"), ["a", "{", "b", "}"]);
        assert_eq!(words("router_id \"a{b\""), ["router_id", "a{b"]);
    }
}
