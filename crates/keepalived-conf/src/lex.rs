//! Bytes to tokens: words, quoted strings, braces, comments. Joined they are the input.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Blanks between words.
    Blank,
    /// A word, or a string with its double quotes.
    Word,
    /// `{`.
    Open,
    /// `}`.
    Close,
    /// From `#` or `!` to the end of the line.
    Comment,
    /// `\n`, or `\r\n`.
    EndOfLine,
}

/// A piece of the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Offset of its first byte.
    pub start: u32,
    /// Offset behind its last byte.
    pub end: u32,
}

/// Cuts `text` into tokens.
#[must_use]
pub fn tokens(text: &[u8]) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let (kind, end) = next(text, at);
        at = end;
        out.push(Token {
            kind,
            start: offset(start),
            end: offset(end),
        });
    }
    out
}

fn next(text: &[u8], at: usize) -> (TokenKind, usize) {
    match text[at..] {
        [b'\r', b'\n', ..] => (TokenKind::EndOfLine, at + 2),
        [b'\n', ..] => (TokenKind::EndOfLine, at + 1),
        [b'{', ..] => (TokenKind::Open, at + 1),
        [b'}', ..] => (TokenKind::Close, at + 1),
        [b'#' | b'!', ..] => (TokenKind::Comment, line_end(text, at)),
        [byte, ..] if is_blank(byte) => {
            let length = text[at..].iter().take_while(|byte| is_blank(**byte)).count();
            // A `\r` of the end of the line belongs to that.
            let end = at + length;
            let end = if end > at + 1 && text[end - 1] == b'\r' && text.get(end) == Some(&b'\n') {
                end - 1
            } else {
                end
            };
            (TokenKind::Blank, end)
        }
        _ => (TokenKind::Word, word_end(text, at)),
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)
}

fn line_end(text: &[u8], at: usize) -> usize {
    let end = text[at..]
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(text.len(), |length| at + length);
    if end > at && end < text.len() && text[end - 1] == b'\r' {
        end - 1
    } else {
        end
    }
}

/// The end of the word at `at`. A quote ends the word before it; nothing is escaped; a comment begins anywhere outside of
/// quotes; `${NAME}` is a part of the word that it stands in.
fn word_end(text: &[u8], at: usize) -> usize {
    let line = &text[..line_end(text, at)];
    if line[at] == b'"' {
        let closed = line[at + 1..].iter().position(|byte| *byte == b'"');
        return closed.map_or(line.len(), |length| at + 1 + length + 1);
    }
    let mut end = at;
    while let Some(byte) = line.get(end) {
        match byte {
            b'{' if end > at && line[end - 1] == b'$' => {
                match line[end..].iter().position(|byte| *byte == b'}') {
                    Some(length) => end += length,
                    None => break,
                }
            }
            b'{' | b'}' | b'"' | b'#' | b'!' => break,
            byte if is_blank(*byte) => break,
            _ => {}
        }
        end += 1;
    }
    end
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<&str> {
        tokens(text.as_bytes())
            .iter()
            .filter(|token| {
                !matches!(
                    token.kind,
                    TokenKind::Blank | TokenKind::Comment | TokenKind::EndOfLine
                )
            })
            .map(|token| &text[token.start as usize..token.end as usize])
            .collect()
    }

    #[test]
    fn comments_quotes_and_braces_are_told_apart() {
        assert_eq!(
            words("script \"killall -0 haproxy\" # why"),
            ["script", "\"killall -0 haproxy\""]
        );
        assert_eq!(
            words("real_server 10.0.0.1 80{ ! note }\n}"),
            ["real_server", "10.0.0.1", "80", "{", "}"]
        );
        assert_eq!(words("router_id a\"b c\"d!e"), ["router_id", "a", "\"b c\"", "d"]);
        assert_eq!(words("router_id a\\ \"b"), ["router_id", "a\\", "\"b"]);
        assert_eq!(words("state ${ROLE}x\r\n"), ["state", "${ROLE}x"]);
    }

    proptest! {
        #[test]
        fn tokens_joined_are_the_input(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let joined: Vec<u8> = tokens(&bytes)
                .iter()
                .flat_map(|token| bytes[token.start as usize..token.end as usize].to_vec())
                .collect();
            prop_assert_eq!(joined, bytes);
        }

        #[test]
        fn tokens_of_lines_joined_are_the_input(text in "([a-z \t\"#!\\\\$\r\n{}]{0,30}\n?){0,6}") {
            let joined: String =
                tokens(text.as_bytes()).iter().map(|token| &text[token.start as usize..token.end as usize]).collect();
            prop_assert_eq!(joined, text);
        }
    }
}
