//! Indentation and spacing of keepalived.conf.
//!
//! A line is indented by four blanks for each block around it; a closing brace that a line begins with stands below the line that
//! opened its block. Between words, braces and a comment behind them stands one blank where there were some, and none where there
//! were none. A comment on a line of its own goes with the lines of its block. Lines whose blanks may mean something stay as they are:
//! definitions, what is repeated by `~SEQ` and `~LST`, names of included files, and lines with a quote that is not closed.

use keepalived_conf::{Token, TokenKind, tokens};

use super::{INDENT, end_last_line};

/// A keepalived.conf with its blanks set.
#[must_use]
pub fn keepalived(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let all = tokens(text);
    let mut depth: usize = 0;
    // Whether the line belongs to a definition that began before it.
    let mut defines = false;
    let mut odd = false;
    for line in all.split_inclusive(|token| token.kind == TokenKind::EndOfLine) {
        let definition = defines || is_definition(text, line);
        odd = definition || is_odd(text, line);
        if definition {
            defines = last_word(text, line).is_some_and(|word| word.ends_with(b"\\"));
        }
        if odd {
            line.iter()
                .for_each(|token| out.extend_from_slice(bytes(text, *token)));
        } else {
            let closing = line
                .iter()
                .filter(|token| token.kind != TokenKind::Blank)
                .take_while(|token| token.kind == TokenKind::Close)
                .count();
            write(&mut out, text, line, depth.saturating_sub(closing));
        }
        // Braces of a definition open nothing here.
        for token in line.iter().filter(|_| !definition) {
            match token.kind {
                TokenKind::Open => depth += 1,
                TokenKind::Close => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
    }
    if !odd {
        end_last_line(&mut out, text);
    }
    out
}

fn write(out: &mut Vec<u8>, text: &[u8], line: &[Token], depth: usize) {
    let (mut first, mut blank) = (true, false);
    for token in line {
        match token.kind {
            TokenKind::Blank => {
                blank = true;
                continue;
            }
            TokenKind::EndOfLine => {}
            _ if first => {
                out.extend(std::iter::repeat_n(INDENT, depth).flatten());
                first = false;
            }
            _ if blank => out.push(b' '),
            _ => {}
        }
        blank = false;
        let bytes = bytes(text, *token);
        // Blanks at the end of a comment are nobody's.
        out.extend_from_slice(if token.kind == TokenKind::Comment {
            bytes.trim_ascii_end()
        } else {
            bytes
        });
    }
}

fn bytes(text: &[u8], token: Token) -> &[u8] {
    text.get(token.start as usize..token.end as usize)
        .unwrap_or_default()
}

fn words<'t>(text: &'t [u8], line: &[Token]) -> impl DoubleEndedIterator<Item = &'t [u8]> {
    let words = line
        .iter()
        .filter(|token| matches!(token.kind, TokenKind::Word | TokenKind::Open | TokenKind::Close));
    let words: Vec<&[u8]> = words.map(|token| bytes(text, *token)).collect();
    words.into_iter()
}

fn last_word<'t>(text: &'t [u8], line: &[Token]) -> Option<&'t [u8]> {
    words(text, line).next_back()
}

fn is_definition(text: &[u8], line: &[Token]) -> bool {
    words(text, line)
        .next()
        .is_some_and(|word| word.starts_with(b"$"))
}

/// Whether the blanks of a line may mean something, or its bytes are not what they seem.
fn is_odd(text: &[u8], line: &[Token]) -> bool {
    let open_quote = |word: &[u8]| word.starts_with(b"\"") && (word.len() < 2 || !word.ends_with(b"\""));
    let includes = |word: &[u8]| word.starts_with(b"include");
    let strange = |token: &Token| {
        bytes(text, *token).iter().any(|byte| matches!(byte, 0 | 0x0b | 0x0c))
        // At the very end of a text it would become part of the end of the line that is put behind it.
        || token.kind != TokenKind::EndOfLine && token.kind != TokenKind::Blank && bytes(text, *token).ends_with(b"\r")
    };
    let mut found = words(text, line);
    let begins = found
        .next()
        .is_some_and(|first| includes(first) || first.starts_with(b"@"));
    begins
        || words(text, line).any(|word| open_quote(word) || word.contains(&b'~') || word.ends_with(b"\\"))
        || line.iter().any(strange)
}

#[cfg(test)]
mod tests {
    use keepalived_conf::Statement;
    use keepalived_conf::testing::load_str;
    use proptest::prelude::*;

    use super::super::recorded;
    use super::*;

    /// What is neither blank nor the end of a line, by line.
    fn content(text: &[u8]) -> Vec<Vec<Vec<u8>>> {
        let all = tokens(text);
        let lines = all.split(|token| token.kind == TokenKind::EndOfLine);
        let of = |line: &[Token]| -> Vec<Vec<u8>> {
            let kept = line.iter().filter(|token| token.kind != TokenKind::Blank);
            kept.map(|token| bytes(text, *token).trim_ascii_end().to_vec())
                .collect()
        };
        let mut out: Vec<_> = lines.map(of).collect();
        while out.last().is_some_and(Vec::is_empty) {
            out.pop();
        }
        out
    }

    fn holds(text: &[u8]) -> Vec<u8> {
        let once = keepalived(text);
        assert_eq!(content(&once), content(text), "{}", String::from_utf8_lossy(text));
        assert_eq!(keepalived(&once), once, "{}", String::from_utf8_lossy(text));
        once
    }

    fn said(statements: &[Statement]) -> String {
        let one = |line: &Statement| {
            let words: Vec<&str> = line.words.iter().map(|word| word.text.as_str()).collect();
            format!("{words:?}{{{}}}", said(&line.block))
        };
        statements.iter().map(one).collect()
    }

    #[test]
    fn lines_are_indented_by_their_blocks() {
        let text = "! of the file\n  global_defs\n{\nrouter_id   a   # c  \n notification_email {\n x@y.z\n}\n }\n\n $IF=eth0  \\\n   x\nvrrp_instance  A{ \
                    \n# of it\ntrack_script { a\tweight  2 }\n\tvirtual_ipaddress {\n10.0.0.1/24   dev eth0\n}}\ninclude  /etc/x  y.conf\nend";
        let wanted = "! of the file\nglobal_defs\n{\n    router_id a # c\n    notification_email {\n        x@y.z\n    }\n}\n\n $IF=eth0  \\\n   \
                      x\nvrrp_instance A{\n    # of it\n    track_script { a weight 2 }\n    virtual_ipaddress {\n        10.0.0.1/24 dev \
                      eth0\n}}\ninclude  /etc/x  y.conf\nend\n";
        assert_eq!(String::from_utf8_lossy(&holds(text.as_bytes())), wanted);
        assert_eq!(holds(b"a {\r\nb\r\n}"), b"a {\r\n    b\r\n}\r\n");
        assert_eq!(keepalived(b""), b"");
    }

    /// The files of every case that is recorded read the same afterwards.
    #[test]
    fn every_recorded_file_says_the_same() {
        for (path, text) in recorded("conf") {
            let new = holds(&text);
            let read = |text: &[u8]| said(&load_str(&String::from_utf8_lossy(text)).statements);
            assert_eq!(read(&new), read(&text), "{}", path.display());
        }
    }

    proptest! {
        #[test]
        fn words_stay_and_twice_is_once(text in "(vrrp_instance A|[a-z# \t\"'\\\\\r\n.{}$=~@!]{0,12}|\n){0,12}") {
            holds(text.as_bytes());
        }
    }
}
