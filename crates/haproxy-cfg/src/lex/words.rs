//! What the words of a line mean: quotes and escapes taken away, environment variables put in.

use std::borrow::Cow;

use syntax::{FileId, Span};

use super::tokens::is_blank;

/// Words of a line that are read; the original refuses a line of more.
pub(crate) const MAX_WORDS: usize = 64;

/// One word.
#[derive(Clone, Debug)]
pub(crate) struct Word<'a> {
    /// What it means.
    pub(crate) text: Cow<'a, [u8]>,
    /// Where it was written.
    pub(crate) span: Span,
}

/// Where environment variables come from.
pub(crate) trait Environment {
    /// The value of `name`, which may be one of the pseudo variables that begin with a dot.
    fn get(&self, name: &str) -> Option<Vec<u8>>;
}

/// What stops a line from being read, with the offset in the line at which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LexError {
    UnmatchedQuote(usize),
    BadHexadecimal(usize),
    UnmatchedBrace(usize),
    BadVariableName(usize),
    TooManyWords(usize),
    NulByte(usize),
}

impl LexError {
    /// Offset in the line.
    pub(crate) fn at(self) -> usize {
        match self {
            Self::UnmatchedQuote(at)
            | Self::BadHexadecimal(at)
            | Self::UnmatchedBrace(at)
            | Self::BadVariableName(at)
            | Self::TooManyWords(at)
            | Self::NulByte(at) => at,
        }
    }
}

/// The words of `line` (without its end of line), which starts at `base` of `file`, up to a comment.
///
/// A word that an unset variable leaves empty stays, as a quoted empty one does.
///
/// # Errors
/// The first fault of the line.
pub(crate) fn words<'a>(
    line: &'a [u8],
    file: FileId,
    base: u32,
    env: &dyn Environment,
) -> Result<Vec<Word<'a>>, LexError> {
    let mut lexer = Lexer {
        line,
        file,
        base,
        env,
        words: Vec::with_capacity(8),
    };
    let mut at = 0;
    loop {
        while at < line.len() && is_blank(line[at]) {
            at += 1;
        }
        if at >= line.len() || line[at] == b'#' {
            return Ok(lexer.words);
        }
        if lexer.words.len() >= MAX_WORDS {
            return Err(LexError::TooManyWords(at));
        }
        at = lexer.word(at)?;
    }
}

struct Lexer<'a, 'e> {
    line: &'a [u8],
    file: FileId,
    base: u32,
    env: &'e dyn Environment,
    words: Vec<Word<'a>>,
}

impl Lexer<'_, '_> {
    /// Reads the word at `start` and gives the offset behind it.
    fn word(&mut self, start: usize) -> Result<usize, LexError> {
        // Nearly all words are plain: no quote, no escape.
        let plain = self.line[start..]
            .iter()
            .position(|byte| is_blank(*byte) || matches!(byte, b'#' | b'"' | b'\'' | b'\\' | 0))
            .map_or(self.line.len(), |length| start + length);
        if plain == self.line.len() || is_blank(self.line[plain]) || self.line[plain] == b'#' {
            let text = Cow::Borrowed(&self.line[start..plain]);
            self.push(text, start, plain);
            return Ok(plain);
        }
        self.quoted_word(start)
    }

    fn quoted_word(&mut self, start: usize) -> Result<usize, LexError> {
        let line = self.line;
        let mut text = line[start..start].to_vec();
        let mut at = start;
        let mut quote: Option<(u8, usize)> = None;
        // Words that a `[*]` expansion inside this one has split off.
        let mut finished: Vec<Vec<u8>> = Vec::new();
        while at < line.len() {
            let byte = line[at];
            match (byte, quote) {
                (0, _) => return Err(LexError::NulByte(at)),
                (b'"' | b'\'', None) => {
                    quote = Some((byte, at));
                    at += 1;
                }
                (_, Some((open, _))) if byte == open => {
                    quote = None;
                    at += 1;
                }
                (_, None) if is_blank(byte) || byte == b'#' => break,
                (b'\\', None | Some((b'"', _))) => at = escape(line, at, quote.is_some(), &mut text)?,
                (b'$', Some((b'"', _))) => at = self.variable(at, &mut text, &mut finished)?,
                _ => {
                    text.push(byte);
                    at += 1;
                }
            }
        }
        if let Some((_, opened)) = quote {
            return Err(LexError::UnmatchedQuote(opened));
        }
        for word in finished {
            if self.words.len() >= MAX_WORDS {
                return Err(LexError::TooManyWords(start));
            }
            self.push(Cow::Owned(word), start, at);
        }
        self.push(Cow::Owned(text), start, at);
        Ok(at)
    }

    /// Puts the variable whose `$` is at `at` into `text`; gives the offset behind it.
    fn variable(
        &self,
        at: usize,
        text: &mut Vec<u8>,
        finished: &mut Vec<Vec<u8>>,
    ) -> Result<usize, LexError> {
        let line = self.line;
        let braced = line.get(at + 1) == Some(&b'{');
        let name_start = at + 1 + usize::from(braced);
        let mut end = name_start;
        match line.get(end) {
            Some(first) if first.is_ascii_alphabetic() || matches!(first, b'_' | b'.') => {}
            _ => return Err(LexError::BadVariableName(name_start)),
        }
        end += 1;
        while line
            .get(end)
            .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        {
            end += 1;
        }
        let name = String::from_utf8_lossy(&line[name_start..end]);
        let mut default: &[u8] = b"";
        let mut split = false;
        if braced {
            if line[end..].starts_with(b"[*]") {
                split = true;
                end += 3;
            }
            if line.get(end) == Some(&b'-') {
                let behind = &line[end + 1..];
                let length = behind
                    .iter()
                    .position(|byte| *byte == b'}')
                    .ok_or(LexError::UnmatchedBrace(at + 1))?;
                default = &behind[..length];
                end += 1 + length;
            }
            if line.get(end) != Some(&b'}') {
                return Err(LexError::UnmatchedBrace(at + 1));
            }
            end += 1;
        }
        let value = self.env.get(&name).map_or(Cow::Borrowed(default), Cow::Owned);
        if !split {
            text.extend_from_slice(&value);
            return Ok(end);
        }
        let mut parts = value
            .split(|byte| byte.is_ascii_whitespace())
            .filter(|part| !part.is_empty())
            .peekable();
        while let Some(part) = parts.next() {
            text.extend_from_slice(part);
            if parts.peek().is_some() {
                finished.push(std::mem::take(text));
            }
        }
        Ok(end)
    }
}

impl<'a> Lexer<'a, '_> {
    fn push(&mut self, text: Cow<'a, [u8]>, start: usize, end: usize) {
        // A line is a part of a file, and those are kept below 4 GiB.
        let offset = |value: usize| self.base + u32::try_from(value).unwrap_or(0);
        let span = Span::new(self.file, offset(start), offset(end));
        self.words.push(Word { text, span });
    }
}

/// Resolves the escape at `at` into `text` and gives the offset behind it.
fn escape(line: &[u8], at: usize, weak: bool, text: &mut Vec<u8>) -> Result<usize, LexError> {
    let literal = match line.get(at + 1) {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'x') => {
            let digits = line.get(at + 2..at + 4).ok_or(LexError::BadHexadecimal(at))?;
            let digits = std::str::from_utf8(digits).map_err(|_| LexError::BadHexadecimal(at))?;
            let both = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let value = u8::from_str_radix(digits, 16).ok().filter(|_| both);
            text.push(value.ok_or(LexError::BadHexadecimal(at))?);
            return Ok(at + 4);
        }
        Some(byte @ (b'\\' | b' ' | b'#' | b'"' | b'\'')) => *byte,
        Some(b'$') if weak => b'$',
        _ => {
            text.push(b'\\');
            return Ok(at + 1);
        }
    };
    text.push(literal);
    Ok(at + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Environment for Fixed {
        fn get(&self, name: &str) -> Option<Vec<u8>> {
            match name {
                "X" => Some(b"x1  x2".to_vec()),
                "EMPTY" => Some(Vec::new()),
                ".LINE" => Some(b"2".to_vec()),
                _ => None,
            }
        }
    }

    fn read(line: &str) -> Result<Vec<String>, LexError> {
        let words = words(line.as_bytes(), FileId(0), 0, &Fixed)?;
        Ok(words
            .into_iter()
            .map(|word| String::from_utf8_lossy(&word.text).into_owned())
            .collect())
    }

    #[test]
    fn escapes_and_quotes_are_those_of_the_original() {
        // Each pair was found by giving the left side to HAProxy 2.6 as a keyword and reading its complaint.
        for (written, meant) in [
            (r"foo\zbar", r"foo\zbar"),
            (r"foo\ bar", "foo bar"),
            (r"foo\#bar", "foo#bar"),
            (r"foo\\bar", r"foo\bar"),
            (r#""foo\"bar""#, "foo\"bar"),
            (r"'foo\'bar", r"foo\bar"),
            (r#""foo\zbar""#, r"foo\zbar"),
            (r#""foo\nbar""#, "foo\nbar"),
            (r#""a\$X""#, "a$X"),
            ("a$X", "a$X"),
            (r#""a${X}b""#, "ax1  x2b"),
            (r#""${NX-y z}""#, "y z"),
            ("a'b c'd", "ab cd"),
            (r"foo\x41bar", "fooAbar"),
            (r#"a\"b"#, "a\"b"),
            ("'$X'", "$X"),
            (r#""$X-y""#, "x1  x2-y"),
            (r#""$.LINE""#, "2"),
            (r#""${EMPTY-d}""#, ""),
        ] {
            assert_eq!(read(written), Ok(vec![meant.to_owned()]), "{written}");
        }
    }

    #[test]
    fn a_star_expansion_gives_several_words() {
        assert_eq!(
            read(r#""p${X[*]}q" z"#),
            Ok(vec!["px1".into(), "x2q".into(), "z".into()])
        );
        assert_eq!(read(r#""${NX[*]}""#), Ok(vec![String::new()]));
    }

    #[test]
    fn a_comment_needs_no_blank_before_it() {
        assert_eq!(read("foo#bar"), Ok(vec!["foo".into()]));
        assert_eq!(read("foo \"#bar\""), Ok(vec!["foo".into(), "#bar".into()]));
    }

    #[test]
    fn faults_give_their_offset() {
        assert_eq!(read(" bind \":80"), Err(LexError::UnmatchedQuote(6)));
        assert_eq!(read(r" description a\x4 b"), Err(LexError::BadHexadecimal(14)));
        assert_eq!(read(" description \"${FOO\""), Err(LexError::UnmatchedBrace(15)));
        assert_eq!(read(" description \"$1\""), Err(LexError::BadVariableName(15)));
        assert_eq!(read(&"x ".repeat(65)), Err(LexError::TooManyWords(128)));
    }
}
