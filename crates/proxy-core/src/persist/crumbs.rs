//! The pairs of a `Cookie` or `Set-Cookie` line, taken apart as the original takes them: `;` and `,` end a pair, quotes protect
//! both inside a value, white space around `=` belongs to neither side.

use std::ops::Range;

/// One stretch between delimiters, as positions in the line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Crumb {
    /// Behind the delimiter before it.
    pub(crate) begin: usize,
    /// The name.
    pub(crate) name: Range<usize>,
    /// The value, when there is a `=`, without white space around it.
    pub(crate) value: Option<Range<usize>>,
    /// The delimiter behind it, or the line's end.
    pub(crate) end: usize,
}

impl Crumb {
    /// Nothing but white space.
    pub(crate) fn is_empty(&self) -> bool {
        self.name.is_empty() && self.value.is_none() && self.end <= self.name.start
    }

    /// White space stands around its `=`.
    pub(crate) fn is_spaced(&self) -> bool {
        self.value
            .as_ref()
            .is_some_and(|value| value.start != self.name.end + 1)
    }
}

/// The crumbs of a line; what stands behind a last delimiter counts only when there is something.
#[derive(Clone, Debug)]
pub(crate) struct Crumbs<'a> {
    line: &'a [u8],
    at: usize,
}

impl<'a> Crumbs<'a> {
    pub(crate) fn of(line: &'a [u8]) -> Self {
        Self { line, at: 0 }
    }
}

impl Iterator for Crumbs<'_> {
    type Item = Crumb;

    fn next(&mut self) -> Option<Crumb> {
        let line = self.line;
        if self.at >= line.len() {
            return None;
        }
        let begin = self.at;
        let name_start = skip_blank(line, begin);
        let name_end = position(line, name_start, |b| is_delimiter(b) || is_blank(b) || b == b'=');
        let equals = skip_blank(line, name_end);
        let (value, end) = if line.get(equals) == Some(&b'=') {
            let start = skip_blank(line, equals + 1);
            let end = value_end(line, start);
            let mut last = end;
            while last > start && is_blank(line[last - 1]) {
                last -= 1;
            }
            (Some(start..last), end)
        } else {
            (None, position(line, equals, is_delimiter))
        };
        self.at = end + 1;
        Some(Crumb {
            begin,
            name: name_start..name_end,
            value,
            end,
        })
    }
}

/// Where a value's delimiter stands. Quotes may open anywhere in it; inside them a backslash takes the next byte along.
fn value_end(line: &[u8], start: usize) -> usize {
    let mut quoted = false;
    let mut at = start;
    while let Some(&byte) = line.get(at) {
        match byte {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            _ if !quoted && is_delimiter(byte) => return at,
            _ => {}
        }
        at += 1;
    }
    line.len()
}

fn position(line: &[u8], start: usize, found: impl Fn(u8) -> bool) -> usize {
    line[start..]
        .iter()
        .position(|&b| found(b))
        .map_or(line.len(), |at| start + at)
}

fn skip_blank(line: &[u8], start: usize) -> usize {
    position(line, start.min(line.len()), |b| !is_blank(b))
}

pub(crate) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

fn is_delimiter(byte: u8) -> bool {
    byte == b';' || byte == b','
}
