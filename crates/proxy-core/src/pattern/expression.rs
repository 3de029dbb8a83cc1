//! Patterns that are regular expressions: the first of the file that matches is found. One after the other they are tried, as
//! lists of them are short.

use std::sync::Arc;

use crate::rules::expression::{BACKTRACK_LIMIT, SIZE_LIMIT, escaped, latin1};

use super::entry::Entry;

/// A compiled expression.
#[derive(Clone, Debug)]
pub(super) enum Expression {
    Linear(Arc<regex::bytes::Regex>),
    /// For look-around and back references.
    Backtracking(Arc<fancy_regex::Regex>),
}

impl Expression {
    pub(super) fn new(pattern: &[u8], ignore_case: bool) -> Result<Self, String> {
        let linear = regex::bytes::RegexBuilder::new(&escaped(pattern))
            .unicode(false)
            .case_insensitive(ignore_case)
            .size_limit(SIZE_LIMIT)
            .build();
        match linear {
            Ok(linear) => Ok(Self::Linear(Arc::new(linear))),
            Err(refused) => fancy_regex::RegexBuilder::new(&latin1(pattern))
                .case_insensitive(ignore_case)
                .backtrack_limit(BACKTRACK_LIMIT)
                .build()
                .map(|backtracking| Self::Backtracking(Arc::new(backtracking)))
                .map_err(|_| refused.to_string()),
        }
    }

    fn matches(&self, sample: &[u8]) -> bool {
        match self {
            Self::Linear(expression) => expression.is_match(sample),
            // One that reaches its limit is taken as one that does not match.
            Self::Backtracking(expression) => expression.is_match(&latin1(sample)).unwrap_or(false),
        }
    }

    /// A text in which `\0` to `\9` stand for what the groups matched, `\x41` for a byte, and a backslash in front of anything
    /// else for that; none when it ends behind a backslash, a number is none, or the sample does not match.
    pub(super) fn substitute(&self, sample: &[u8], text: &[u8]) -> Option<Vec<u8>> {
        let groups = self.groups(sample)?;
        let mut out = Vec::with_capacity(text.len() + sample.len());
        let mut bytes = text.iter();
        while let Some(byte) = bytes.next() {
            if *byte != b'\\' {
                out.push(*byte);
                continue;
            }
            match bytes.next()? {
                b'x' => out.push(hexadecimal(*bytes.next()?)? << 4 | hexadecimal(*bytes.next()?)?),
                digit @ b'0'..=b'9' => {
                    if let Some(Some(group)) = groups.get(usize::from(digit - b'0')) {
                        out.extend_from_slice(group);
                    }
                }
                other => out.push(*other),
            }
        }
        Some(out)
    }

    fn groups(&self, sample: &[u8]) -> Option<Vec<Option<Vec<u8>>>> {
        match self {
            Self::Linear(expression) => {
                let captures = expression.captures(sample)?;
                let groups = captures
                    .iter()
                    .map(|group| group.map(|group| group.as_bytes().to_vec()));
                Some(groups.collect())
            }
            Self::Backtracking(expression) => {
                let text = latin1(sample);
                let captures = expression.captures(&text).ok()??;
                // Each character stands for a byte.
                let bytes = |text: &str| text.chars().map(|character| character as u8).collect();
                Some(
                    captures
                        .iter()
                        .map(|group| group.map(|group| bytes(group.as_str())))
                        .collect(),
                )
            }
        }
    }
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Expressions in the order of their entries.
#[derive(Clone, Debug, Default)]
pub(super) struct Expressions(Arc<Vec<(Expression, Entry)>>);

impl Expressions {
    pub(super) fn new(expressions: Vec<(Expression, Entry)>) -> Self {
        Self(Arc::new(expressions))
    }

    pub(super) fn insert(&mut self, expression: Expression, entry: &Entry) {
        let all = Arc::make_mut(&mut self.0);
        let at = all.partition_point(|(_, known)| known.number() < entry.number());
        all.insert(at, (expression, entry.clone()));
    }

    fn place(&self, entry: &Entry) -> Option<usize> {
        self.0
            .binary_search_by_key(&entry.number(), |(_, known)| known.number())
            .ok()
    }

    pub(super) fn remove(&mut self, entry: &Entry) {
        if let Some(at) = self.place(entry) {
            Arc::make_mut(&mut self.0).remove(at);
        }
    }

    pub(super) fn replace(&mut self, entry: &Entry) {
        if let Some(at) = self.place(entry) {
            Arc::make_mut(&mut self.0)[at].1 = entry.clone();
        }
    }

    pub(super) fn find(&self, sample: &[u8]) -> Option<(&Expression, &Entry)> {
        self.0
            .iter()
            .find(|(expression, _)| expression.matches(sample))
            .map(|(expression, entry)| (expression, entry))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_put_into_the_text() {
        for pattern in ["^a(.)(.)?", "^a(?=b)(.)(.)?"] {
            let expression = Expression::new(pattern.as_bytes(), false).expect("an expression");
            let put = |sample: &str, text: &str| {
                let out = expression.substitute(sample.as_bytes(), text.as_bytes())?;
                String::from_utf8(out).ok()
            };
            assert_eq!(
                put("abc", r"1-\1-\2-\0-\9\\x\t").as_deref(),
                Some(r"1-b-c-abc-\xt")
            );
            assert_eq!(put("ab", r"\2|\1").as_deref(), Some("|b"));
            assert_eq!(put("ab", r"x\"), None);
            assert_eq!(put("ab", r"\x41\x4").as_deref(), None);
            assert_eq!(put("ab", r"\x41\1").as_deref(), Some("Ab"));
        }
    }

    #[test]
    fn bytes_that_are_no_text_match_in_both_engines() {
        for pattern in [&b"^\xe9(.)$"[..], b"^\xe9(?!x)(.)$"] {
            let expression = Expression::new(pattern, false).expect("an expression");
            assert_eq!(expression.substitute(b"\xe9\xff", b"\\1"), Some(b"\xff".to_vec()));
        }
    }
}
