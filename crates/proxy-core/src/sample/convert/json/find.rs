//! Finding a value by its path: tokens from left to right, no further than to the value. What stands behind it is not read.

use super::number;

/// Levels of lists and objects.
const DEEPEST: usize = 20;

/// A value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'a> {
    /// `true` or `false`.
    Truth(bool),
    /// The text from where a number begins, to the end.
    Number(&'a [u8]),
    /// What stands between the quotes of a string.
    Text(&'a [u8]),
    /// A list, from bracket to bracket.
    List(&'a [u8]),
}

/// What may come next.
#[derive(Clone, Copy)]
enum Next {
    Value,
    Name,
    Colon,
    /// A comma, or the end of the list or object.
    Comma,
}

/// How far a path was followed.
struct Way<'p> {
    /// What is left of it; none when it leads nowhere.
    rest: Option<&'p [u8]>,
    /// Lists and objects that are open.
    depth: usize,
    /// How many of them the path has led into.
    followed: usize,
    /// The place in the list at hand, and the place that is looked for there.
    place: i32,
    wanted: i32,
    /// Where the list begins that the path leads to.
    list: Option<usize>,
}

/// The value at `path`, which begins with `$` and goes on with `.NAME` and `[PLACE]`. A backslash takes the meaning from the
/// character behind it. None when there is no such value, when it is an object or `null`, or when something is wrong before it.
pub(super) fn find<'a>(json: &'a [u8], path: &[u8]) -> Option<Found<'a>> {
    let mut way = Way {
        rest: Some(path.strip_prefix(b"$")?),
        depth: 0,
        followed: 0,
        place: 0,
        wanted: 0,
        list: None,
    };
    let mut open = [0_u8; DEEPEST];
    let mut next = Next::Value;
    let mut at = 0;
    while let Some(&byte) = json.get(at) {
        let rest = &json[at..];
        let mut length = 1;
        match (next, byte) {
            (_, b' ' | b'\t' | b'\r' | b'\n') => {}
            (Next::Value, b'{' | b'[') => {
                *open.get_mut(way.depth)? = byte;
                next = if byte == b'{' { Next::Name } else { Next::Value };
                way.open(byte, at);
            }
            (Next::Value | Next::Comma, b']') if way.depth > 0 && open[way.depth - 1] == b'[' => {
                if let Some(start) = way.close() {
                    return Some(Found::List(&json[start..=at]));
                }
                next = Next::Comma;
            }
            (Next::Name | Next::Comma, b'}') if way.depth > 0 && open[way.depth - 1] == b'{' => {
                way.close();
                next = Next::Comma;
            }
            (Next::Name, b'"') => {
                length = string(rest)?;
                way.name(&rest[1..length - 1])?;
                next = Next::Colon;
            }
            (Next::Colon, b':') => next = Next::Value,
            (Next::Comma, b',') if way.depth > 0 => {
                way.comma();
                next = if open[way.depth - 1] == b'{' {
                    Next::Name
                } else {
                    Next::Value
                };
            }
            (Next::Value, _) => {
                let (value, taken) = scalar(rest)?;
                if way.is_there() {
                    return value;
                }
                length = taken;
                next = Next::Comma;
            }
            _ => return None,
        }
        if way.depth == 0 && matches!(next, Next::Comma) {
            // The document has ended.
            return None;
        }
        at += length;
    }
    None
}

/// A value that is neither a list nor an object, and its length; the inner none is `null`.
fn scalar(rest: &[u8]) -> Option<(Option<Found<'_>>, usize)> {
    Some(match rest[0] {
        b'"' => {
            let length = string(rest)?;
            (Some(Found::Text(&rest[1..length - 1])), length)
        }
        b'-' | b'0'..=b'9' => (Some(Found::Number(rest)), number::length(rest)),
        _ if rest.starts_with(b"true") => (Some(Found::Truth(true)), 4),
        _ if rest.starts_with(b"false") => (Some(Found::Truth(false)), 5),
        _ if rest.starts_with(b"null") => (None, 4),
        _ => return None,
    })
}

/// Bytes of the string that `rest` begins with, quotes included.
fn string(rest: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        at += match rest.get(at..)? {
            [b'"', ..] => return Some(at + 1),
            [b'\\', b'"' | b'\\', ..] => 2,
            [] | [0, ..] => return None,
            _ => 1,
        };
    }
}

impl<'p> Way<'p> {
    fn is_there(&self) -> bool {
        self.depth == self.followed && self.rest == Some(b"")
    }

    /// A list or an object begins.
    fn open(&mut self, byte: u8, at: usize) {
        if byte == b'['
            && self.depth == self.followed
            && let Some([b'[', place @ ..]) = self.rest
        {
            self.place = 0;
            self.wanted = number::value(place) as i32;
            if self.wanted == 0 {
                // Whatever the number is written as, it counts as one digit with its bracket.
                self.rest = Some(place.get(2..).unwrap_or_default());
                self.followed += 1;
            }
        }
        if self.is_there() {
            self.list = (byte == b'[').then_some(at);
        }
        self.depth += 1;
    }

    /// A list or an object ends; gives where the list began that the path leads to, if it is that.
    fn close(&mut self) -> Option<usize> {
        self.depth -= 1;
        if self.is_there() { self.list.take() } else { None }
    }

    /// One more place in a list.
    fn comma(&mut self) {
        if self.depth != self.followed + 1 {
            return;
        }
        self.place += 1;
        if self.place == self.wanted {
            let end = |path: &'p [u8]| {
                path.iter()
                    .position(|byte| *byte == b']')
                    .map(|at| &path[at + 1..])
            };
            self.rest = self.rest.and_then(end);
            self.followed += 1;
        }
    }

    /// A name in an object. None when the path led into this object and on to a name that has come already.
    fn name(&mut self, name: &[u8]) -> Option<()> {
        if self.depth == self.followed + 1 {
            if let Some([b'.', rest @ ..]) = self.rest
                && let Some(rest) = behind_name(rest, name)
            {
                self.rest = Some(rest);
                self.followed += 1;
            }
        } else if self.depth == self.followed {
            return None;
        }
        Some(())
    }
}

/// What follows in `path` behind `name`, if that is what it goes on with.
fn behind_name<'p>(mut path: &'p [u8], mut name: &[u8]) -> Option<&'p [u8]> {
    loop {
        let (byte, rest) = match path {
            [] | [b'.' | b'[', ..] => return name.is_empty().then_some(path),
            [b'\\', byte, rest @ ..] => (byte, rest),
            [byte, rest @ ..] => (byte, rest),
        };
        name = name.strip_prefix(&[*byte])?;
        path = rest;
    }
}
