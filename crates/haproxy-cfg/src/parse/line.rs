//! A line of words with its keyword.

use std::borrow::Cow;

use bstr::ByteSlice as _;
use syntax::Span;

use crate::lex::Word;

/// What stood before the keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    None,
    /// `no`.
    No,
    /// `default`.
    Default,
}

/// A line that is not empty.
#[derive(Debug)]
pub(crate) struct Line<'a> {
    pub(crate) prefix: Prefix,
    /// The keyword, then its arguments.
    words: Vec<Word<'a>>,
}

impl<'a> Line<'a> {
    /// Takes `no` and `default` off. `words` holds at least one word; the prefix alone is a keyword by itself.
    /// A version that `stutters` reads the last word twice behind `default`.
    pub(crate) fn new(mut words: Vec<Word<'a>>, stutters: bool) -> Self {
        let prefix = match words.first().map(|word| &*word.text) {
            Some(b"no") if words.len() > 1 || stutters => Prefix::No,
            Some(b"default") if words.len() > 1 || stutters => Prefix::Default,
            _ => Prefix::None,
        };
        let alone = words.len() == 1;
        if prefix != Prefix::None && !alone {
            words.remove(0);
        }
        // Behind a lone `no` it reads nothing for a keyword.
        if prefix == Prefix::No && alone {
            words[0].text = b"".as_slice().into();
        }
        if prefix == Prefix::Default
            && !alone
            && stutters
            && let Some(last) = words.last().cloned()
        {
            words.push(last);
        }
        Self { prefix, words }
    }

    /// Its words.
    pub(crate) fn into_words(self) -> Vec<Word<'a>> {
        self.words
    }

    /// The keyword.
    pub(crate) fn keyword(&self) -> &Word<'a> {
        &self.words[0]
    }

    /// The arguments behind the keyword.
    pub(crate) fn args(&self) -> &[Word<'a>] {
        &self.words[1..]
    }

    /// Argument `index`, counted from 0, unless it is missing or empty.
    pub(crate) fn arg(&self, index: usize) -> Option<&Word<'a>> {
        self.words.get(index + 1).filter(|word| !word.text.is_empty())
    }

    /// From the keyword to the last word.
    pub(crate) fn span(&self) -> Span {
        let last = self.words.last().map_or(self.words[0].span, |word| word.span);
        self.words[0].span.to(last)
    }

    /// The place behind the last word, where a missing argument would stand.
    pub(crate) fn behind(&self) -> Span {
        let span = self.span();
        Span::new(span.file, span.end, span.end)
    }

    /// The line whose keyword is the argument `count` words later (`option foo` read as `foo`).
    pub(crate) fn tail(&self, count: usize) -> Option<Self> {
        (self.words.len() > count).then(|| Self {
            prefix: self.prefix,
            words: self.words[count..].to_vec(),
        })
    }
}

/// What a word says, for a message: bytes that are not UTF-8 are replaced.
pub(crate) fn shown<'w>(word: &'w Word<'_>) -> Cow<'w, str> {
    word.text.to_str_lossy()
}
