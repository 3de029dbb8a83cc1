//! What stops a line from being read, as the original words it: the fault, the line, and a mark below its place.

use std::fmt::Write as _;

use syntax::{Applicability, Context, Diagnostic, FileId, Span};

use super::words::MAX_WORDS;

/// What stops a line from being read, with the offset in the line at which it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LexError {
    /// A quote that is not closed.
    UnmatchedQuote(usize),
    /// `\x` without two digits.
    BadHexadecimal(usize),
    /// `${` without its brace.
    UnmatchedBrace(usize),
    /// What cannot be the name of a variable.
    BadVariableName(usize),
    /// `[` behind a variable's name that is no `[*]`.
    BadExpansion(usize),
    /// More than [`MAX_WORDS`] words.
    TooManyWords {
        /// Offset of the first one that is not read.
        at: usize,
        /// Where the original says that the last one that it reads is.
        position: usize,
        /// The last one that is read.
        last: Vec<u8>,
    },
}

impl LexError {
    /// Offset in the line.
    pub(crate) fn at(&self) -> usize {
        match self {
            Self::UnmatchedQuote(at)
            | Self::BadHexadecimal(at)
            | Self::UnmatchedBrace(at)
            | Self::BadVariableName(at)
            | Self::BadExpansion(at)
            | Self::TooManyWords { at, .. } => *at,
        }
    }

    /// Whether it is about quotes or variables, which meant nothing before 1.6.
    pub(crate) fn came_with_quotes(&self) -> bool {
        matches!(
            self,
            Self::UnmatchedQuote(_)
                | Self::UnmatchedBrace(_)
                | Self::BadVariableName(_)
                | Self::BadExpansion(_)
        )
    }

    /// Its name in diagnostics.
    fn code(&self) -> &'static str {
        match self {
            Self::UnmatchedQuote(_) => "unmatched-quote",
            Self::BadHexadecimal(_) => "bad-escape",
            Self::UnmatchedBrace(_) | Self::BadVariableName(_) | Self::BadExpansion(_) => "bad-variable",
            Self::TooManyWords { .. } => "too-many-words",
        }
    }

    /// What it is, in the original's words.
    pub(crate) fn what(&self) -> &'static str {
        match self {
            Self::UnmatchedQuote(_) => "unmatched quote",
            Self::BadHexadecimal(_) => "truncated or invalid hexadecimal sequence",
            Self::UnmatchedBrace(_) => "unmatched brace in environment variable name",
            Self::BadVariableName(_) => "forbidden first char in environment variable name",
            Self::BadExpansion(_) => "truncated or invalid word expansion sequence",
            Self::TooManyWords { .. } => "too many words",
        }
    }

    fn help(&self, line: &[u8]) -> &'static str {
        match self {
            Self::UnmatchedQuote(_) => "close the quote, or write a backslash before it",
            Self::BadHexadecimal(_) => {
                "write two hexadecimal digits behind \\x, or \\\\x for a backslash and an x"
            }
            Self::UnmatchedBrace(_) => "write \"${NAME}\" or \"${NAME-default}\"",
            Self::BadVariableName(at) if line.get(*at) == Some(&b'.') => {
                "the variables that begin with a dot are .FILE, .LINE and .SECTION"
            }
            Self::BadVariableName(_) => "write \\$ for a dollar sign, or put the word into single quotes",
            Self::BadExpansion(_) => "write \"${NAME[*]}\" for each of its words as a word of its own",
            Self::TooManyWords { .. } => {
                "split the line; patterns of an ACL may stand on several lines of the same name"
            }
        }
    }

    /// The alert about it; `line` starts at `base` of `file`.
    pub(crate) fn told(&self, line: &[u8], file: FileId, base: u32) -> Diagnostic {
        let at = self.at();
        let (message, end) = match self {
            Self::TooManyWords { position, last, .. } => {
                let last = String::from_utf8_lossy(last);
                let message = format!(
                    "too many words, truncating after word {MAX_WORDS}, position {position}: <{last}>."
                );
                (message, line.len())
            }
            _ => {
                let indent = line.len() - line.trim_ascii_start().len();
                let shown = excerpt("", &line[indent..], at.saturating_sub(indent));
                let message = format!("{} at position {}:\n{shown}", self.what(), at + 1);
                // A fault may lie behind the last byte, where the line breaks off.
                (message, (at + 1).min(line.len()))
            }
        };
        let offset = |value: usize| base + u32::try_from(value).unwrap_or(0);
        let told = Diagnostic::alert(self.code(), message)
            .at(Span::new(file, offset(at.min(line.len())), offset(end)))
            .context(Context::ParsingTight)
            .help(self.help(line));
        match self.literal(line) {
            Some(at) => {
                let before = Span::new(file, offset(at), offset(at));
                told.fix("take it literally", before, "\\", Applicability::MaybeIncorrect)
            }
            None => told,
        }
    }

    /// Where a backslash makes the byte at fault mean nothing but itself.
    fn literal(&self, line: &[u8]) -> Option<usize> {
        match self {
            Self::UnmatchedQuote(at) | Self::BadHexadecimal(at) => Some(*at),
            Self::UnmatchedBrace(at) | Self::BadVariableName(at) => {
                line.get(..*at)?.iter().rposition(|byte| *byte == b'$')
            }
            Self::BadExpansion(_) | Self::TooManyWords { .. } => None,
        }
    }
}

/// Bytes of a line that are shown.
const WIDTH: usize = 80;

/// What stands for what is left out.
const CUT: &str = "...";

/// `text` with a mark below the byte at `at`, each on a line that begins with two blanks. `before` goes before the text.
///
/// A long text is cut. What cannot be shown is a question mark, so that the mark stands below its byte.
pub(crate) fn excerpt(before: &str, text: &[u8], at: usize) -> String {
    let mut out = format!("  {before}");
    let mut column = before.len() + at;
    let width = WIDTH.saturating_sub(before.len());
    if at < width {
        show(&mut out, &text[..text.len().min(width)]);
    } else {
        // As many before the place as from there on.
        let around = width.saturating_sub(2 * CUT.len()) / 2;
        out.push_str(CUT);
        show(&mut out, &text[at - around..text.len().min(at + around)]);
        out.push_str(CUT);
        column = before.len() + CUT.len() + around;
    }
    // A string takes everything that is written to it.
    let _ = write!(out, "\n  {:column$}^", "");
    out
}

fn show(out: &mut String, bytes: &[u8]) {
    out.extend(bytes.iter().map(|byte| match byte {
        0x09..=0x0d => ' ',
        b' '..=b'~' => char::from(*byte),
        _ => '?',
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_shown_around_the_place() {
        let line: Vec<u8> = (b'a'..=b'z').cycle().take(300).collect();
        let lines =
            |at: usize| -> Vec<String> { excerpt("", &line, at).lines().map(str::to_owned).collect() };
        assert_eq!(lines(79)[0].len(), 2 + 80);
        assert_eq!(lines(79)[1].len(), 2 + 80);
        let far = lines(80);
        assert!(far[0].starts_with("  ...rstuv") && far[0].ends_with("..."));
        assert_eq!((far[0].len(), far[1].len()), (2 + 80, 2 + 3 + 37 + 1));
        // However little there is behind the place.
        assert!(lines(298)[0].ends_with("mn..."));
    }

    #[test]
    fn what_cannot_be_shown_keeps_its_width() {
        assert_eq!(excerpt("", b"a\tb\x01\xc3\xa9 c", 7), "  a b??? c\n         ^");
        assert_eq!(excerpt(".if ", b"xx", 0), "  .if xx\n      ^");
    }
}
