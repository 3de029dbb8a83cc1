//! What is looked for, and what is found.

use std::net::IpAddr;

use haproxy_cfg::model::{MapOutput, MatchKind};

use super::entry::Entry;
use super::expression::Expression;

/// A sample, of the type that the expression compares ([`MatchKind::takes`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key<'k> {
    /// For what compares texts, bytes and lengths.
    Text(&'k [u8]),
    /// For `int` and `bool`.
    Int(i64),
    /// For `ip`.
    Ip(IpAddr),
}

impl<'k> Key<'k> {
    /// A text as what `matcher` compares; none for one that cannot be that.
    #[must_use]
    pub fn of_text(matcher: MatchKind, text: &'k [u8]) -> Option<Self> {
        match matcher {
            MatchKind::Int | MatchKind::Bool => Some(Self::Int(leading_integer(text))),
            MatchKind::Ip => std::str::from_utf8(text).ok()?.parse().ok().map(Key::Ip),
            _ => Some(Self::Text(text)),
        }
    }
}

/// The integer that a text begins with, zero where there is none, and the nearest where it is too large.
fn leading_integer(text: &[u8]) -> i64 {
    let (negative, digits) = match text {
        [b'-', digits @ ..] => (true, digits),
        [b'+', digits @ ..] => (false, digits),
        digits => (false, digits),
    };
    let mut value = 0_i64;
    for digit in digits.iter().take_while(|byte| byte.is_ascii_digit()) {
        let digit = i64::from(digit - b'0');
        value = value.saturating_mul(10);
        value = if negative {
            value.saturating_sub(digit)
        } else {
            value.saturating_add(digit)
        };
    }
    value
}

/// What a sample matched.
#[derive(Clone, Copy, Debug)]
pub struct Found<'s> {
    /// None where samples are not compared with patterns.
    pub(super) entry: Option<&'s Entry>,
    /// The regular expression that matched.
    pub(super) expression: Option<&'s Expression>,
}

impl<'s> Found<'s> {
    /// The pattern as it was written; none where samples are not compared with any.
    #[must_use]
    pub fn pattern(&self) -> Option<&'s [u8]> {
        self.entry.map(Entry::pattern)
    }

    /// The value behind it; none for what was given as a pattern alone.
    #[must_use]
    pub fn value(&self) -> Option<&'s [u8]> {
        self.entry.and_then(Entry::value)
    }

    /// The value as what a map gives.
    #[must_use]
    pub fn typed(&self, gives: MapOutput) -> Option<Value<'s>> {
        let value = self.value()?;
        let text = || std::str::from_utf8(value).ok();
        match gives {
            MapOutput::Str => Some(Value::Text(value)),
            MapOutput::Int => text()?.parse().ok().map(Value::Int),
            MapOutput::Ip => text()?.parse().ok().map(Value::Ip),
        }
    }

    /// The value with what the groups of the regular expression matched in the sample in the place of `\0` to `\9`, and `\x41`
    /// for a byte; none when it ends behind a backslash.
    #[must_use]
    pub fn substituted(&self, sample: &[u8]) -> Option<Vec<u8>> {
        self.expression?.substitute(sample, self.value()?)
    }
}

/// A map's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'s> {
    /// Text.
    Text(&'s [u8]),
    /// An integer.
    Int(i64),
    /// An address.
    Ip(IpAddr),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_integers_as_far_as_they_go() {
        for (text, value) in [
            ("12", 12),
            ("12x", 12),
            ("x12", 0),
            (" 12", 0),
            ("0x0c", 0),
            ("+12", 12),
            ("-7", -7),
            ("99999999999999999999", i64::MAX),
            ("-99999999999999999999", i64::MIN),
        ] {
            assert_eq!(
                Key::of_text(MatchKind::Int, text.as_bytes()),
                Some(Key::Int(value)),
                "{text}"
            );
        }
        assert_eq!(Key::of_text(MatchKind::Ip, b"x"), None);
    }
}
