//! Words of a line: what they mean, and how to write a meaning down so that it is read back as it is (manual, section 2.2).

/// A word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Offset of its first byte in the file.
    pub(super) start: u32,
    /// Offset behind its last byte.
    pub(super) end: u32,
    /// What it means, quotes and escapes taken away; variables stand as they are written.
    pub(super) text: String,
}

/// What `raw` means. Bytes that are no UTF-8 become a mark, so a meaning that holds one is not to be written down again.
pub(super) fn meaning(raw: &[u8]) -> String {
    let mut out = Vec::with_capacity(raw.len());
    let mut quote = None;
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (Some(b'\''), _) => out.push(byte),
            (_, b'\\') => match bytes.peek().copied() {
                Some(next @ (b'\\' | b'"' | b'\'')) => {
                    out.push(next);
                    bytes.next();
                }
                Some(next @ (b' ' | b'#')) if quote.is_none() => {
                    out.push(next);
                    bytes.next();
                }
                Some(letter @ (b'n' | b'r' | b't')) if quote.is_none() => {
                    out.push(match letter {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        _ => b'\t',
                    });
                    bytes.next();
                }
                _ => out.push(byte),
            },
            _ => out.push(byte),
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Writes a meaning as one word; none when no form is sure to be read back.
pub(super) fn written(text: &str) -> Option<String> {
    if text.is_empty() || text.contains(['\n', '\r', '\0', '\u{fffd}']) {
        return None;
    }
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'#' | b'$' | b'\\');
    let escape_only = |at: usize| {
        // A backslash in front of a digit or of a mark of a regular expression is read as it is.
        text.as_bytes().get(at + 1).is_some_and(|next| {
            next.is_ascii_digit()
                || matches!(
                    next,
                    b'.' | b'/' | b'*' | b'(' | b')' | b'?' | b'+' | b'-' | b'[' | b']'
                )
        })
    };
    let bare = text
        .bytes()
        .enumerate()
        .all(|(at, byte)| plain(byte) || (byte == b'\\' && escape_only(at)));
    if bare {
        Some(text.to_owned())
    } else if !text.contains('\'') {
        Some(format!("'{text}'"))
    } else if !text.contains(['"', '\\', '$']) {
        Some(format!("\"{text}\""))
    } else {
        None
    }
}

/// A meaning as one word of a log-format string, in which a percent sign stands for itself.
pub(super) fn format_written(text: &str) -> Option<String> {
    written(&text.replace('%', "%%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_means_what_was_given() {
        for text in [
            "plain",
            "two words",
            r"^(.*)\ x\.",
            r"a\\b",
            "it's",
            "100%",
            "x#y",
            "\"q\"",
            r"^/a\s+$",
            "$HOME",
        ] {
            let word = written(text).expect("a form");
            assert_eq!(meaning(word.as_bytes()), text, "{word}");
        }
        assert_eq!(written(""), None);
        assert_eq!(written("a\nb"), None);
        assert_eq!(written("both ' and \""), None);
    }

    #[test]
    fn escapes_and_quotes_are_taken_away() {
        assert_eq!(meaning(br"Set-cookie:\ IP="), "Set-cookie: IP=");
        assert_eq!(meaning(br"\1\ /\2"), r"\1 /\2");
        assert_eq!(meaning(br#""a b"c'd\e'"#), r"a bcd\e");
        assert_eq!(meaning(br"a\\\\b"), r"a\\b");
    }
}
