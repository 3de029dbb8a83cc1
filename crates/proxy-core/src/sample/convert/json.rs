//! Looking things up in JSON. The original is more lenient than RFC 8259 and shorter of features than JSON path: what it finds in
//! which text is followed, odd results included.

mod find;
mod number;

use super::argument::text;
use super::{Row, of_text, row};
use crate::sample::{Sample, SampleContext};
use find::{Found, find};

pub(super) const ROWS: &[Row] = &[row(&["json_query"], |_, converter| {
    let query = Query::of(converter, 0);
    of_text(move |context, text| query.as_ref()?.sample(context, text))
})];

/// A path, and the type that is wanted.
pub(super) struct Query {
    path: Box<[u8]>,
    /// Numbers are given as such, as far as they are whole; otherwise as text.
    integer: bool,
}

impl Query {
    /// The query of the arguments at `index` and behind it; none without a path.
    pub(super) fn of(converter: &haproxy_cfg::model::Converter, index: usize) -> Option<Self> {
        Some(Self {
            path: text(converter, index)?.into(),
            integer: text(converter, index + 1).is_some(),
        })
    }

    /// What stands at the path in `json`: truth values, numbers, strings without their escapes, and lists as the text that they
    /// are. None for other things, and for a string with an escape that is not known or beyond Latin-1.
    pub(super) fn sample<'a>(&self, context: &SampleContext<'a>, json: &'a [u8]) -> Option<Sample<'a>> {
        match find(json, &self.path)? {
            Found::Truth(value) => Some(Sample::Bool(value)),
            Found::Number(digits) if self.integer => number::integer(digits).map(Sample::Int),
            Found::Number(digits) => Some(Sample::Str(context.arena.copy(number::shown(digits).as_bytes()))),
            Found::List(text) => Some(Sample::Str(text)),
            Found::Text(raw) => unescape(context, raw),
        }
    }
}

/// The string at a path.
pub(super) fn string<'a>(context: &SampleContext<'a>, json: &'a [u8], path: &[u8]) -> Option<&'a [u8]> {
    match find(json, path)? {
        Found::Text(raw) => match unescape(context, raw)? {
            Sample::Str(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

fn unescape<'a>(context: &SampleContext<'a>, raw: &'a [u8]) -> Option<Sample<'a>> {
    if !raw.contains(&b'\\') {
        return Some(Sample::Str(raw));
    }
    let mut out = context.arena.bytes(raw.len());
    let mut rest = raw;
    loop {
        rest = match rest {
            [] => return Some(Sample::Str(out.into_bump_slice())),
            [b'\\', b'u', b'0', b'0', high, low, rest @ ..] => {
                out.push(digit(*high) << 4 | digit(*low));
                rest
            }
            [b'\\', letter, rest @ ..] => {
                out.push(escaped(*letter)?);
                rest
            }
            [b'\\'] => return None,
            [byte, rest @ ..] => {
                out.push(*byte);
                rest
            }
        };
    }
}

/// The byte that a letter behind a backslash stands for.
fn escaped(letter: u8) -> Option<u8> {
    Some(match letter {
        b'b' => 8,
        b'f' => 12,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'\\' | b'"' => letter,
        _ => return None,
    })
}

/// The value of a hexadecimal digit. Others are not looked for: they give something as well.
fn digit(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'F' => digit - b'A' + 10,
        _ => digit.wrapping_sub(b'a').wrapping_add(10),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn queries_find_what_they_find_in_the_original() {
        crate::sample::convert::recorded::hold_to("json");
    }
}
