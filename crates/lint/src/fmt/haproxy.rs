//! Indentation and spacing of haproxy.cfg.
//!
//! A section and what stands before the first begin at the start of the line, as do conditions (`.if` and its kin); the lines of
//! a section are indented by four blanks. Between words, and before a comment behind them, stands one blank. A comment on a
//! line of its own goes with the line below it.

use haproxy_cfg::keywords::{Table, row};
use haproxy_cfg::tree::{Line, Tree};
use haproxy_cfg::{Token, TokenKind};

use super::{INDENT, end_last_line};

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Empty,
    Comment,
    /// The header of a section, or a condition.
    Outer,
    /// Any other with words.
    Words,
    /// One that the original reads only in part: it stays as it is.
    Odd,
}

/// A haproxy.cfg with its blanks set.
#[must_use]
pub fn haproxy(text: &[u8]) -> Vec<u8> {
    let tree = Tree::new(text);
    let kinds: Vec<Kind> = tree.lines.iter().map(|line| kind(text, line)).collect();
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let mut inside = false;
    for (at, line) in tree.lines.iter().enumerate() {
        let own = kinds[at];
        if own == Kind::Odd {
            line.tokens
                .iter()
                .for_each(|token| out.extend_from_slice(bytes(text, *token)));
            continue;
        }
        if own == Kind::Outer && is_section(text, line) {
            inside = true;
        }
        let indented = match own {
            Kind::Empty | Kind::Outer | Kind::Odd => false,
            Kind::Words => inside,
            Kind::Comment => {
                let below = kinds[at + 1..].iter().find(|kind| **kind != Kind::Comment);
                match below {
                    Some(Kind::Outer) => false,
                    Some(Kind::Words | Kind::Odd) => inside,
                    // It goes with nothing: where it began at the start of its line it does so still.
                    Some(Kind::Empty | Kind::Comment) | None => {
                        inside
                            && line
                                .tokens
                                .first()
                                .is_some_and(|token| token.kind == TokenKind::Blank)
                    }
                }
            }
        };
        write(&mut out, text, line, indented);
    }
    if kinds.last() != Some(&Kind::Odd) {
        end_last_line(&mut out, text);
    }
    out
}

fn write(out: &mut Vec<u8>, text: &[u8], line: &Line, indented: bool) {
    let mut first = true;
    for token in &line.tokens {
        match token.kind {
            TokenKind::Blank => continue,
            TokenKind::ByteOrderMark | TokenKind::EndOfLine => {}
            TokenKind::Word | TokenKind::Comment | TokenKind::Ignored => {
                if !first {
                    out.push(b' ');
                } else if indented {
                    out.extend_from_slice(INDENT);
                }
                first = false;
            }
        }
        out.extend_from_slice(bytes(text, *token));
    }
}

fn bytes(text: &[u8], token: Token) -> &[u8] {
    text.get(token.start as usize..token.end as usize)
        .unwrap_or_default()
}

fn kind(text: &[u8], line: &Line) -> Kind {
    // A backslash in front of a tab is a letter, in front of a blank it is none.
    let backslash = |token: &Token| token.kind == TokenKind::Word && bytes(text, *token).ends_with(b"\\");
    // A carriage return at the very end of the text would become part of a line's end that is put behind it.
    let returns = |token: &Token| token.kind != TokenKind::EndOfLine && bytes(text, *token).ends_with(b"\r");
    let odd = |token: &Token| {
        token.kind == TokenKind::Ignored
            || bytes(text, *token).contains(&0)
            || backslash(token)
            || returns(token)
    };
    // A word and a comment without a blank between them are one line to a reader, and stay so.
    let touching = line
        .tokens
        .windows(2)
        .any(|pair| pair[0].kind == TokenKind::Word && pair[1].kind == TokenKind::Comment);
    if touching || line.tokens.iter().any(odd) {
        return Kind::Odd;
    }
    match line.words().next() {
        None if line.tokens.iter().any(|token| token.kind == TokenKind::Comment) => Kind::Comment,
        None => Kind::Empty,
        Some(word) if bytes(text, word).starts_with(b".") || is_section(text, line) => Kind::Outer,
        Some(_) => Kind::Words,
    }
}

fn is_section(text: &[u8], line: &Line) -> bool {
    let word = line.words().next().map(|word| bytes(text, word));
    word.and_then(|word| std::str::from_utf8(word).ok())
        .is_some_and(|word| row(Table::Section, word).is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::recorded;
    use super::*;

    /// The words and comments of each line.
    fn content(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let of = |line: &Line| -> Vec<Vec<u8>> {
            let tokens = line.tokens.iter();
            tokens
                .filter(|token| !matches!(token.kind, TokenKind::Blank | TokenKind::EndOfLine))
                .map(|token| bytes(text, *token).to_vec())
                .collect()
        };
        let mut out: Vec<_> = Tree::new(text).lines.iter().map(of).collect();
        // Blanks behind the last end of a line are no line to a reader.
        if !text.ends_with(b"\n") {
            out.pop_if(|line| line.is_empty());
        }
        out
    }

    fn holds(text: &[u8]) {
        let once = haproxy(text);
        assert_eq!(content(&once), content(text), "{}", String::from_utf8_lossy(text));
        assert_eq!(haproxy(&once), once, "{}", String::from_utf8_lossy(text));
    }

    #[test]
    fn lines_of_sections_are_indented_and_words_stand_apart_by_one_blank() {
        let text = "# of the file\n  global\nlog\t127.0.0.1  local0   # c\n\n   # of f\nfrontend f \n\t# of bind\n bind\t:80\n.if \
                    defined(X)\n mode   http\n.endif\n\n# alone\n\n  # last\n";
        let wanted = "# of the file\nglobal\n    log 127.0.0.1 local0 # c\n\n# of f\nfrontend f\n    # of bind\n    bind \
                      :80\n.if defined(X)\n    mode http\n.endif\n\n# alone\n\n    # last\n";
        assert_eq!(String::from_utf8_lossy(&haproxy(text.as_bytes())), wanted);
    }

    #[test]
    fn quotes_escapes_and_ends_of_lines_stay() {
        let text = b"global\r\n  description \"a   b\"  c\\  d\r\nbackend b";
        assert_eq!(
            haproxy(text),
            b"global\r\n    description \"a   b\" c\\  d\r\nbackend b\r\n"
        );
        holds(b"global\n description it's   so\n");
        holds(b"global\n a\rb  c\n x\0  y\n a#b   c\n");
        assert_eq!(haproxy(b""), b"");
    }

    #[test]
    fn a_carriage_return_at_the_very_end_stays_what_it_is() {
        for text in ["#\r", "global\r", "global\n    daemon \r", " \r", "a 'b\r"] {
            holds(text.as_bytes());
        }
    }

    /// The files of every case that is recorded.
    #[test]
    fn every_recorded_file_keeps_its_words() {
        for (_, text) in recorded("cfg") {
            holds(&text);
        }
    }

    proptest! {
        #[test]
        fn words_stay_and_twice_is_once(text in "(global|frontend f|[a-z# \t\"'\\\\\r\n.]{0,12}|\n){0,12}") {
            holds(text.as_bytes());
        }
    }
}
