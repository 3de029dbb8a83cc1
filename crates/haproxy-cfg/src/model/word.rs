//! Names and values as the file has them. A large file has a great many, nearly all of them short: up to [`INLINE`] bytes
//! stand in the word itself, and need no allocation.

use std::borrow::Borrow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use bstr::BStr;
use smallvec::SmallVec;

/// Bytes that need no allocation: as many as make a word no larger than a list.
const INLINE: usize = 16;

/// Bytes of a name or a value as the file has them; not necessarily UTF-8. It is shown, and compared with texts, as they are.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word(SmallVec<[u8; INLINE]>);

impl Word {
    /// Its bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for Word {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<[u8]> for Word {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Borrow<[u8]> for Word {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}

// As its bytes hash, so that maps of words can be asked with bytes.
impl Hash for Word {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_slice().hash(state);
    }
}

impl fmt::Debug for Word {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(BStr::new(&self.0), out)
    }
}

impl fmt::Display for Word {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(BStr::new(&self.0), out)
    }
}

impl From<&[u8]> for Word {
    fn from(bytes: &[u8]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }
}

impl<const LENGTH: usize> From<&[u8; LENGTH]> for Word {
    fn from(bytes: &[u8; LENGTH]) -> Self {
        Self(SmallVec::from_slice(bytes))
    }
}

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(SmallVec::from_slice(text.as_bytes()))
    }
}

impl From<Vec<u8>> for Word {
    fn from(bytes: Vec<u8>) -> Self {
        // A short one gives its allocation back.
        if bytes.len() <= INLINE {
            Self::from(bytes.as_slice())
        } else {
            Self(SmallVec::from_vec(bytes))
        }
    }
}

impl From<String> for Word {
    fn from(text: String) -> Self {
        Self::from(text.into_bytes())
    }
}

impl From<Word> for Vec<u8> {
    fn from(word: Word) -> Self {
        word.0.into_vec()
    }
}

impl PartialEq<str> for Word {
    fn eq(&self, other: &str) -> bool {
        self.as_slice() == other.as_bytes()
    }
}

impl PartialEq<&str> for Word {
    fn eq(&self, other: &&str) -> bool {
        self.as_slice() == other.as_bytes()
    }
}

impl PartialEq<[u8]> for Word {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_slice() == other
    }
}

impl PartialEq<&[u8]> for Word {
    fn eq(&self, other: &&[u8]) -> bool {
        self.as_slice() == *other
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_word_takes_no_more_room_than_a_list() {
        assert_eq!(size_of::<Word>(), size_of::<Vec<u8>>());
    }

    #[test]
    fn short_and_long_words_are_alike() {
        for length in [0, 1, INLINE - 1, INLINE, INLINE + 1, 1000] {
            let bytes = vec![b'x'; length];
            let word = Word::from(bytes.clone());
            assert_eq!(word, Word::from(bytes.as_slice()));
            assert_eq!(word, *bytes);
            assert_eq!(Vec::from(word.clone()), bytes);
            assert_eq!(word.to_string().len(), length);
            let map = HashMap::from([(word, length)]);
            assert_eq!(map.get(bytes.as_slice()), Some(&length));
        }
    }

    #[test]
    fn bytes_that_are_not_utf_8_are_kept_and_shown_as_what_replaces_them() {
        let word = Word::from(&b"a\xffb"[..]);
        assert_eq!(
            (word.to_string().as_str(), &*word),
            ("a\u{fffd}b", &b"a\xffb"[..])
        );
    }
}
