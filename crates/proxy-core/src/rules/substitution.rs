//! What stands for the match of a regular expression, with references to its groups: `\0` to `\9`. `\x` and two digits are a
//! byte, any other byte behind a backslash stands for itself.

use super::capturing::Groups;

/// Appends `substitution` for a match in `text` to `out`.
pub(crate) fn substitute(substitution: &[u8], text: &[u8], groups: &Groups, out: &mut impl Extend<u8>) {
    let mut rest = substitution;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend(rest[..at].iter().copied());
        rest = match &rest[at + 1..] {
            [digit @ b'0'..=b'9', behind @ ..] => {
                let group = groups.get(text, usize::from(digit - b'0'));
                out.extend(group.iter().copied());
                behind
            }
            [b'x', high, low, behind @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                let digit = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or(0) as u8;
                out.extend([digit(high) << 4 | digit(low)]);
                behind
            }
            [other, behind @ ..] => {
                out.extend([*other]);
                behind
            }
            [] => {
                out.extend(*b"\\");
                b""
            }
        };
    }
    out.extend(rest.iter().copied());
}
