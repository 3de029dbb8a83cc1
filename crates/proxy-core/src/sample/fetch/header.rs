//! Values of headers: whole ones, the parts between commas, and cookies.

use std::ops::ControlFlow;

use crate::http1::Headers;
use crate::octets::first_of_two;

/// The comma-separated parts of a header value, white space around them removed. A comma inside a quoted string separates
/// nothing.
pub(crate) struct Parts<'a> {
    rest: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(value: &'a [u8]) -> Self {
        Self { rest: Some(value) }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.rest?;
        let end = end_of_part(rest);
        self.rest = rest.get(end + 1..);
        Some(trim(&rest[..end]))
    }
}

/// Where the first part ends: at a comma outside of quotes, or at the end.
fn end_of_part(value: &[u8]) -> usize {
    // Nearly no value has either.
    let at = first_of_two(value, b',', b'"');
    match value.get(at) {
        Some(b'"') => end_of_quoted_part(value),
        _ => at,
    }
}

fn end_of_quoted_part(value: &[u8]) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (at, &byte) in value.iter().enumerate() {
        if escaped {
            escaped = false;
        } else if quoted && byte == b'\\' {
            escaped = true;
        } else if byte == b'"' {
            quoted = !quoted;
        } else if byte == b',' && !quoted {
            return at;
        }
    }
    value.len()
}

/// Without spaces and tabs at both ends.
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = value {
        value = rest;
    }
    while let [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// Shows `see` a value: the parts between its commas, or the `whole`.
pub(crate) fn each_part<'a>(
    value: &'a [u8],
    whole: bool,
    mut see: impl FnMut(&'a [u8]) -> ControlFlow<()>,
) -> ControlFlow<()> {
    if whole {
        return see(value);
    }
    Parts::of(value).try_for_each(see)
}

/// The values of a header: parts of each one, or whole ones.
pub(crate) fn values<'a, 'n>(
    headers: Headers<'a>,
    name: &'n [u8],
    whole: bool,
) -> impl Iterator<Item = &'a [u8]> + use<'a, 'n> {
    headers.get(name).flat_map(move |value| {
        let (one, many) = if whole {
            (Some(value), None)
        } else {
            (None, Some(Parts::of(value)))
        };
        one.into_iter().chain(many.into_iter().flatten())
    })
}
