//! Converters that cut texts at separators: words and fields, parameters, languages.

use haproxy_cfg::model::Converter;

use super::text::ByteSet;
use super::{Compile, Convert, Row, of_text, row};
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[
    row(&["word"], |_, converter| parts(converter, true)),
    row(&["field"], |_, converter| parts(converter, false)),
    // The value of the first parameter of that name; empty when it has none.
    row(&["param"], |_, converter| {
        let name = converter.text(0).cloned().unwrap_or_default();
        let separator = converter.text(1).map_or(b'&', |text| text[0]);
        of_text(move |_, text| {
            text.split(|byte| *byte == separator).find_map(|parameter| {
                let rest = parameter.strip_prefix(name.as_slice())?;
                match rest.split_first() {
                    None => Some(Sample::Str(rest)),
                    Some((b'=', value)) => Some(Sample::Str(value)),
                    Some(_) => None,
                }
            })
        })
    }),
    row(&["language"], language),
];

/// Words (which are never empty) or fields (which may be), counted from the beginning or, with a negative index, from the end;
/// one, several with what separates them, or with a count of 0 all that follow.
fn parts(converter: &Converter, words: bool) -> Result<Box<dyn Convert>, String> {
    let set = ByteSet::of(converter, 1);
    let index = converter.integer(0).unwrap_or(1);
    // The original keeps 32 bits of it.
    let count = converter.integer(2).unwrap_or(1) as i32;
    let count = usize::try_from(count).ok().filter(|count| *count > 0);
    let skip = usize::try_from(index.unsigned_abs() - 1).unwrap_or(usize::MAX);
    of_text(move |_, text| {
        let forwards = index > 0;
        let found = Parts {
            text,
            set: &set,
            words,
            forwards,
            at: Some(if forwards { 0 } else { text.len() }),
        };
        let mut found = found.skip(skip);
        let (start, end) = found.next()?;
        // Where fewer are left than asked for, it is all of the text that is left.
        let last = match count {
            Some(1) => Some((start, end)),
            Some(count) => found.nth(count - 2),
            None => None,
        };
        let part = match (last, forwards) {
            (Some((_, end)), true) => &text[start..end],
            (Some((start, _)), false) => &text[start..end],
            (None, true) => &text[start..],
            (None, false) => &text[..end],
        };
        Some(Sample::Str(part))
    })
}

/// The parts of a text, as offsets, from one end to the other.
struct Parts<'a> {
    text: &'a [u8],
    set: &'a ByteSet,
    words: bool,
    forwards: bool,
    /// Where the next part begins (or, backwards, ends); none behind the last.
    at: Option<usize>,
}

impl Iterator for Parts<'_> {
    type Item = (usize, usize);

    fn next(&mut self) -> Option<(usize, usize)> {
        loop {
            let at = self.at?;
            let part = if self.forwards {
                let rest = &self.text[at..];
                let length = rest.iter().position(|byte| self.set.has(*byte));
                self.at = length.map(|length| at + length + 1);
                (at, at + length.unwrap_or(rest.len()))
            } else {
                let before = &self.text[..at];
                let separator = before.iter().rposition(|byte| self.set.has(*byte));
                self.at = separator;
                (separator.map_or(0, |separator| separator + 1), at)
            };
            if !self.words || part.0 < part.1 {
                return Some(part);
            }
        }
    }
}

/// `language`: of a list of languages the one that an Accept-Language header likes best.
fn language(_: Compile<'_>, converter: &Converter) -> Result<Box<dyn Convert>, String> {
    let list = converter.text(0).cloned().unwrap_or_default();
    let known = list.split(|byte| *byte == b';').filter(|name| !name.is_empty());
    let known: Vec<Vec<u8>> = known.map(<[u8]>::to_vec).collect();
    let default = converter.text(1).cloned();
    of_text(move |context, accepted| {
        let mut best: Option<(&[u8], u16)> = None;
        for range in accepted.split(|byte| *byte == b',') {
            let mut parts = range.splitn(2, |byte| *byte == b';');
            let name = parts.next().unwrap_or_default().trim_ascii();
            let quality = parts.next().map_or(WHOLE, quality);
            // A variant that is not in the list is its language.
            let is = |known: &&Vec<u8>| match name.strip_prefix(known.as_slice()) {
                Some(rest) => rest.first().is_none_or(|byte| *byte == b'-'),
                None => false,
            };
            if let Some(known) = known.iter().find(is)
                && quality > best.map_or(0, |(_, quality)| quality)
            {
                best = Some((known, quality));
            }
        }
        let chosen = best
            .map(|(name, _)| name)
            .or(default.as_ref().map(|text| text.as_slice()))?;
        Some(Sample::Str(context.arena.copy(chosen)))
    })
}

/// A quality of 1, in thousandths.
const WHOLE: u16 = 1000;

/// The quality that a parameter gives, in thousandths; 1 where it gives none.
fn quality(parameter: &[u8]) -> u16 {
    let value = parameter
        .trim_ascii_start()
        .strip_prefix(b"q")
        .and_then(|rest| rest.trim_ascii_start().strip_prefix(b"="));
    match value.map(<[u8]>::trim_ascii_start) {
        Some([b'0', b'.', digits @ ..]) => {
            let mut weight = 100;
            let digits = digits.iter().take(3).take_while(|digit| digit.is_ascii_digit());
            digits.fold(0, |sum, digit| {
                let part = u16::from(digit - b'0') * weight;
                weight /= 10;
                sum + part
            })
        }
        Some([b'0', ..]) => 0,
        _ => WHOLE,
    }
}
