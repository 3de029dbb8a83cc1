//! What stands for the match of a regular expression, with references to its groups: `\0` to `\9`. `\x` and two digits are a
//! byte, any other byte behind a backslash stands for itself.

use super::capturing::Groups;
use crate::sample::Sink;

/// Appends `substitution` for a match in `text` to `out`.
pub(crate) fn substitute(substitution: &[u8], text: &[u8], groups: &Groups, out: &mut impl Sink) {
    let mut rest = substitution;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.put(&rest[..at]);
        rest = match &rest[at + 1..] {
            [digit @ b'0'..=b'9', behind @ ..] => {
                let group = groups.get(text, usize::from(digit - b'0'));
                out.put(group);
                behind
            }
            [b'x', high, low, behind @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or(0) as u8;
                out.put(&[digit(high) << 4 | digit(low)]);
                behind
            }
            [other, behind @ ..] => {
                out.put(&[*other]);
                behind
            }
            [] => {
                out.put(b"\\");
                b""
            }
        };
    }
    out.put(rest);
}
