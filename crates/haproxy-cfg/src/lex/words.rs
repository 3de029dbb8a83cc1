//! What the words of a line mean: quotes and escapes taken away, environment variables put in.

use std::borrow::Cow;

use syntax::{FileId, Span};

use super::fault::LexError;
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
    /// The value of `name`.
    fn variable(&self, name: &str) -> Option<Vec<u8>>;

    /// The value of the pseudo variable `name`, which begins with a dot; none where there is no such variable.
    fn pseudo(&self, name: &str) -> Option<Vec<u8>>;
}

/// What becomes of words that a `[*]` expansion leaves empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyParts {
    /// They are empty words, as a quoted nothing is.
    Kept,
    /// There is no word where the variable is not set; from 2.7 on. As a line's first word a variable that is not set is none
    /// without the `[*]`, too.
    DroppedUnset,
    /// There are no such words; from 3.3 on.
    Dropped,
}

/// What is read as what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rules {
    /// An unquoted `#` ends the words, as in a file; on a command line it is a byte like others.
    pub(crate) comments: bool,
    /// Quotes quote, and variables are put in; before 1.6 these were bytes like others.
    pub(crate) quotes: bool,
    /// Words that an expansion leaves empty.
    pub(crate) parts: EmptyParts,
}

impl Rules {
    /// Those of a file today.
    pub(crate) const FILE: Self = Self {
        comments: true,
        quotes: true,
        parts: EmptyParts::Kept,
    };

    /// Those of a command line.
    pub(crate) const COMMAND_LINE: Self = Self {
        comments: false,
        quotes: true,
        parts: EmptyParts::Kept,
    };
}

/// The words of `line` (up to its end, see [`super::content`]), which starts at `base` of `file`.
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
    rules: Rules,
) -> Result<Vec<Word<'a>>, LexError> {
    words_in(Vec::new(), line, file, base, env, rules)
}

/// The same as [`words`], put into `room` in place of what it holds.
pub(crate) fn words_in<'a>(
    mut room: Vec<Word<'a>>,
    line: &'a [u8],
    file: FileId,
    base: u32,
    env: &dyn Environment,
    rules: Rules,
) -> Result<Vec<Word<'a>>, LexError> {
    room.clear();
    room.reserve(8);
    let mut lexer = Lexer {
        line,
        file,
        base,
        env,
        rules,
        words: room,
        origins: None,
    };
    let mut at = 0;
    loop {
        while at < line.len() && is_blank(line[at]) {
            at += 1;
        }
        if at >= line.len() || lexer.is_comment(line[at]) {
            return Ok(lexer.words);
        }
        at = lexer.word(at)?;
        // Between words a carriage return is a blank, but right behind one it is the end.
        if line.get(at) == Some(&b'\r') {
            return Ok(lexer.words);
        }
    }
}

/// For each byte of `text`, a word that was written as `written`, the offsets in `written` of what it comes from and of what
/// is behind that. None for a word that does not come from there.
///
/// A byte of a variable's value comes from the whole of the variable.
pub(crate) fn origins(written: &[u8], text: &[u8], env: &dyn Environment) -> Option<Vec<(u32, u32)>> {
    let mut lexer = Lexer {
        line: written,
        file: FileId::default(),
        base: 0,
        env,
        rules: Rules::COMMAND_LINE,
        words: Vec::new(),
        origins: Some(Vec::new()),
    };
    lexer.quoted_word(0).ok()?;
    let origins = lexer.origins?;
    let at = lexer.words.iter().position(|word| *word.text == *text)?;
    origins.into_iter().nth(at)
}

struct Lexer<'a, 'e> {
    line: &'a [u8],
    file: FileId,
    base: u32,
    env: &'e dyn Environment,
    rules: Rules,
    words: Vec<Word<'a>>,
    /// Where the bytes of each word come from, when that is asked for.
    origins: Option<Vec<Vec<(u32, u32)>>>,
}

/// Bytes that end a plain word, or make it one that is not plain.
const ENDS_PLAIN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = is_blank(byte as u8) || matches!(byte as u8, b'#' | b'"' | b'\'' | b'\\');
        byte += 1;
    }
    table
};

/// A word in the making.
#[derive(Default)]
struct Draft {
    text: Vec<u8>,
    /// Where in the line each byte of the text comes from.
    from: Vec<(u32, u32)>,
}

/// What `[*]` expansions a word has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expanded {
    /// None.
    Nothing,
    /// None, but a variable that is not set and has no default.
    Plain,
    /// Of variables alone that are not set and have no default.
    Unset,
    /// Of others too.
    Some,
}

impl Draft {
    fn push(&mut self, byte: u8, from: usize, to: usize) {
        self.text.push(byte);
        self.from.push((offset(from), offset(to)));
    }
}

impl<'a> Lexer<'a, '_> {
    fn is_comment(&self, byte: u8) -> bool {
        byte == b'#' && self.rules.comments
    }

    /// Reads the word at `start` and gives the offset behind it.
    fn word(&mut self, start: usize) -> Result<usize, LexError> {
        // Nearly all words are plain: no quote, no escape.
        let plain = self.line[start..]
            .iter()
            .position(|byte| ENDS_PLAIN[usize::from(*byte)])
            .map_or(self.line.len(), |length| start + length);
        if plain == self.line.len() || is_blank(self.line[plain]) || self.is_comment(self.line[plain]) {
            let text = Cow::Borrowed(&self.line[start..plain]);
            self.push(text, start, plain)?;
            return Ok(plain);
        }
        self.quoted_word(start)
    }

    fn quoted_word(&mut self, start: usize) -> Result<usize, LexError> {
        let line = self.line;
        let mut draft = Draft::default();
        let mut at = start;
        let mut quote: Option<(u8, usize)> = None;
        // Words that a `[*]` expansion inside this one has split off.
        let mut finished: Vec<Draft> = Vec::new();
        let mut expanded = Expanded::Nothing;
        while at < line.len() {
            let byte = line[at];
            match (byte, quote) {
                // It ends the line in quotes, too, which are open then.
                (b'\r', _) => break,
                (b'"' | b'\'', None) if self.rules.quotes => {
                    quote = Some((byte, at));
                    at += 1;
                }
                (_, Some((open, _))) if byte == open => {
                    quote = None;
                    at += 1;
                }
                (_, None) if is_blank(byte) || self.is_comment(byte) => break,
                (b'\\', None | Some((b'"', _))) => {
                    let (literal, next) = escape(line, at, quote.is_some(), self.rules)?;
                    draft.push(literal, at, next);
                    at = next;
                }
                (b'$', Some((b'"', _))) => {
                    at = self.variable(at, &mut draft, &mut finished, &mut expanded)?;
                }
                _ => {
                    draft.push(byte, at, at + 1);
                    at += 1;
                }
            }
        }
        if let Some((_, opened)) = quote {
            return Err(LexError::UnmatchedQuote(opened));
        }
        let gone = |draft: &Draft| {
            draft.text.is_empty()
                && match (self.rules.parts, expanded) {
                    (EmptyParts::Dropped, expanded) => {
                        !matches!(expanded, Expanded::Nothing | Expanded::Plain)
                    }
                    (EmptyParts::DroppedUnset, Expanded::Plain) => self.words.is_empty(),
                    (EmptyParts::DroppedUnset, expanded) => expanded == Expanded::Unset,
                    (EmptyParts::Kept, _) => false,
                }
        };
        finished.push(draft);
        finished.retain(|draft| !gone(draft));
        for draft in finished {
            self.push_draft(draft, start, at)?;
        }
        Ok(at)
    }

    /// Puts the variable whose `$` is at `at` into `draft`; gives the offset behind it.
    fn variable(
        &self,
        at: usize,
        draft: &mut Draft,
        finished: &mut Vec<Draft>,
        expanded: &mut Expanded,
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
        let known = if name.starts_with('.') {
            let value = self.env.pseudo(&name);
            Some(value.ok_or(LexError::BadVariableName(name_start))?)
        } else {
            self.env.variable(&name)
        };
        let mut default: Option<&[u8]> = None;
        let mut split = false;
        if braced {
            if line.get(end) == Some(&b'[') {
                if !line[end..].starts_with(b"[*]") {
                    return Err(LexError::BadExpansion(end));
                }
                split = true;
                end += 3;
            }
            if line.get(end) == Some(&b'-') {
                let behind = &line[end + 1..];
                let length = behind
                    .iter()
                    .position(|byte| *byte == b'}')
                    .ok_or(LexError::UnmatchedBrace(at + 1))?;
                default = Some(&behind[..length]);
                end += 1 + length;
            }
            if line.get(end) != Some(&b'}') {
                return Err(LexError::UnmatchedBrace(at + 1));
            }
            end += 1;
        }
        let unset = known.is_none() && default.is_none();
        match (split, *expanded) {
            (true, Expanded::Some) => {}
            (true, _) => *expanded = if unset { Expanded::Unset } else { Expanded::Some },
            (false, Expanded::Nothing) if unset => *expanded = Expanded::Plain,
            (false, _) => {}
        }
        let value = known.map_or(Cow::Borrowed(default.unwrap_or_default()), Cow::Owned);
        let mut in_gap = false;
        for byte in value.iter() {
            let gap = split && (is_blank(*byte) || *byte == b'\n');
            if !gap {
                draft.push(*byte, at, end);
            } else if !in_gap {
                finished.push(std::mem::take(draft));
            }
            in_gap = gap;
        }
        Ok(end)
    }

    fn push_draft(&mut self, draft: Draft, start: usize, end: usize) -> Result<(), LexError> {
        let Draft { mut text, from } = draft;
        // The original's words end at a NUL, however it was written.
        if let Some(nul) = text.iter().position(|byte| *byte == 0) {
            text.truncate(nul);
        }
        if let Some(origins) = &mut self.origins {
            origins.push(from);
        }
        self.push(Cow::Owned(text), start, end)
    }

    fn push(&mut self, text: Cow<'a, [u8]>, start: usize, end: usize) -> Result<(), LexError> {
        if self.words.len() >= MAX_WORDS {
            return Err(self.too_many(start));
        }
        let span = Span::new(self.file, self.base + offset(start), self.base + offset(end));
        self.words.push(Word { text, span });
        Ok(())
    }

    fn too_many(&self, next: usize) -> LexError {
        let (last, before) = self
            .words
            .split_last()
            .map_or((&[][..], &[][..]), |(last, before)| (&*last.text, before));
        LexError::TooManyWords {
            at: next,
            // The original counts in its copy of the line, where one byte parts bare words.
            position: 1 + before.iter().map(|word| word.text.len() + 1).sum::<usize>(),
            last: last.to_vec(),
        }
    }
}

/// A line is a part of a file, and those are kept below 4 GiB.
fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(0)
}

/// What the escape at `at` stands for, and the offset behind it.
fn escape(line: &[u8], at: usize, weak: bool, rules: Rules) -> Result<(u8, usize), LexError> {
    let literal = match line.get(at + 1) {
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'x') => {
            let digits = line.get(at + 2..at + 4).ok_or(LexError::BadHexadecimal(at))?;
            let digits = std::str::from_utf8(digits).map_err(|_| LexError::BadHexadecimal(at))?;
            let both = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            let value = u8::from_str_radix(digits, 16).ok().filter(|_| both);
            return Ok((value.ok_or(LexError::BadHexadecimal(at))?, at + 4));
        }
        Some(b'#') if rules.comments => b'#',
        Some(byte @ (b'\\' | b' ' | b'"' | b'\'')) => *byte,
        Some(b'$') if weak => b'$',
        _ => return Ok((b'\\', at + 1)),
    };
    Ok((literal, at + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed;

    impl Environment for Fixed {
        fn variable(&self, name: &str) -> Option<Vec<u8>> {
            match name {
                "X" => Some(b"x1  x2".to_vec()),
                "EMPTY" => Some(Vec::new()),
                "AROUND" => Some(b" a  b\t".to_vec()),
                "BLANK" => Some(b"  ".to_vec()),
                _ => None,
            }
        }

        fn pseudo(&self, name: &str) -> Option<Vec<u8>> {
            (name == ".LINE").then(|| b"2".to_vec())
        }
    }

    fn read(line: &str) -> Result<Vec<String>, LexError> {
        let words = words(line.as_bytes(), FileId(0), 0, &Fixed, Rules::FILE)?;
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
            (r"foo\nbar", "foo\nbar"),
            (r"foo\rbar", "foo\rbar"),
            (r"foo\tbar", "foo\tbar"),
            (r"foo\$bar", r"foo\$bar"),
            (r"foo\'bar", "foo'bar"),
            (r"foo\x00bar", "foo"),
            (r#""foo\x00bar"z"#, "foo"),
            ("foo\\", "foo\\"),
            (r#""foo\"bar""#, "foo\"bar"),
            (r"'foo\'bar", r"foo\bar"),
            (r#""foo\zbar""#, r"foo\zbar"),
            (r#""foo\nbar""#, "foo\nbar"),
            (r#""foo\ bar\#""#, "foo bar#"),
            (r"'a\nb'", r"a\nb"),
            (r#""a\$X""#, "a$X"),
            ("a$X", "a$X"),
            ("a${X}", "a${X}"),
            (r#""\x24X""#, "$X"),
            (r#""a${X}b""#, "ax1  x2b"),
            (r#""${NX-y z}""#, "y z"),
            (r#""${NX-}""#, ""),
            (r#""${NX-a"b}""#, "a\"b"),
            (r#""${NX-\n}""#, r"\n"),
            (r#""${NX-${X}}""#, "${X}"),
            ("a'b c'd", "ab cd"),
            ("'a\"b'", "a\"b"),
            ("\"a'b\"", "a'b"),
            (r"foo\x41bar", "fooAbar"),
            (r#"a\"b"#, "a\"b"),
            ("'$X'", "$X"),
            (r#""$X-y""#, "x1  x2-y"),
            (r#""$X[*]""#, "x1  x2[*]"),
            (r#""$.LINE.x""#, "2.x"),
            (r#""${.LINE}""#, "2"),
            (r#""${EMPTY-d}""#, ""),
        ] {
            assert_eq!(read(written), Ok(vec![meant.to_owned()]), "{written}");
        }
    }

    #[test]
    fn before_1_6_quotes_and_dollars_were_bytes_like_others() {
        let old = Rules {
            comments: true,
            quotes: false,
            parts: EmptyParts::Kept,
        };
        let words = words(br#"it's "a\ b" "$X" \" # c"#, FileId(0), 0, &Fixed, old).unwrap();
        let words: Vec<&[u8]> = words.iter().map(|word| &*word.text).collect();
        assert_eq!(words, [&b"it's"[..], b"\"a b\"", b"\"$X\"", b"\""]);
    }

    #[test]
    fn a_star_expansion_gives_several_words() {
        for (written, meant) in [
            (r#""p${X[*]}q" z"#, &["px1", "x2q", "z"][..]),
            (r#""${NX[*]}""#, &[""]),
            (r#""${NX[*]-d e}""#, &["d", "e"]),
            (r#""p${AROUND[*]}q""#, &["p", "a", "b", "q"]),
            (r#""${AROUND[*]}""#, &["", "a", "b", ""]),
            (r#""p${BLANK[*]}q""#, &["p", "q"]),
            (r#""${X[*]}${X[*]}""#, &["x1", "x2x1", "x2"]),
        ] {
            let meant = meant.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(read(written), Ok(meant), "{written}");
        }
    }

    #[test]
    fn a_comment_needs_no_blank_before_it() {
        assert_eq!(read("foo#bar"), Ok(vec!["foo".into()]));
        assert_eq!(read("foo \"#bar\""), Ok(vec!["foo".into(), "#bar".into()]));
        let words = words(b"foo #bar \\#", FileId(0), 0, &Fixed, Rules::COMMAND_LINE).unwrap();
        assert_eq!(words.len(), 3);
        assert_eq!(&*words[2].text, b"\\#");
    }

    #[test]
    fn a_carriage_return_right_behind_a_word_ends_the_line() {
        assert_eq!(read("a \r b\rc"), Ok(vec!["a".into(), "b".into()]));
        assert_eq!(read("\ra"), Ok(vec!["a".into()]));
        assert_eq!(read("a\\\rb"), Ok(vec!["a\\".into()]));
        assert_eq!(read("'a'\rb"), Ok(vec!["a".into()]));
        assert_eq!(read("a 'b\rc'"), Err(LexError::UnmatchedQuote(2)));
    }

    #[test]
    fn faults_give_their_offset() {
        assert_eq!(read(" bind \":80"), Err(LexError::UnmatchedQuote(6)));
        assert_eq!(read(r" description a\x4 b"), Err(LexError::BadHexadecimal(14)));
        assert_eq!(read(" description \"${FOO\""), Err(LexError::UnmatchedBrace(15)));
        assert_eq!(read(" description \"$1\""), Err(LexError::BadVariableName(15)));
        assert_eq!(read(" \"$.FOO\""), Err(LexError::BadVariableName(3)));
        assert_eq!(read(" \"${.FOO-x}\""), Err(LexError::BadVariableName(4)));
        assert_eq!(read("  \"${X[1]}\""), Err(LexError::BadExpansion(6)));
        assert_eq!(read("  \"${X[*\""), Err(LexError::BadExpansion(6)));
    }

    #[test]
    fn a_line_of_too_many_words_is_refused_with_the_last_that_is_read() {
        let too_many = |position, at| {
            Err(LexError::TooManyWords {
                at,
                position,
                last: b"x".to_vec(),
            })
        };
        assert_eq!(read(&"x ".repeat(64)).map(|words| words.len()), Ok(64));
        assert_eq!(read(&"x ".repeat(65)), too_many(127, 128));
        // Neither blanks nor quotes count.
        assert_eq!(read(&" \"x\"  ".repeat(70)), too_many(127, 385));
    }

    #[test]
    fn every_byte_of_a_word_has_a_place() {
        let at = |written: &str, text: &str| origins(written.as_bytes(), text.as_bytes(), &Fixed);
        assert_eq!(at("abc", "abc"), Some(vec![(0, 1), (1, 2), (2, 3)]));
        assert_eq!(
            at(r#""a\"b"c"#, "a\"bc"),
            Some(vec![(1, 2), (2, 4), (4, 5), (6, 7)])
        );
        assert_eq!(at(r#""<$.LINE>""#, "<2>"), Some(vec![(1, 2), (2, 8), (8, 9)]));
        assert_eq!(at(r#""p${X[*]}q""#, "x2q"), Some(vec![(2, 9), (2, 9), (9, 10)]));
        assert_eq!(at("abc", "other"), None);
    }
}
