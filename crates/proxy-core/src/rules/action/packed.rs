//! Actions on many headers at once, which a packed list names: `add-headers-bin`, `set-headers-bin`, `del-headers-bin` (manual,
//! section 4.3). A list is what `req.hdrs_bin` gives: a length and so many bytes for each name and each value, and an empty
//! one at the end.

use haproxy_cfg::keywords::Output;

use super::header::Names;
use super::{Action, Compile, Make, edited, uri};
use crate::http1::NoRoom;
use crate::rules::{Exec, Step};
use crate::sample::{Expression, Sample};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("add-headers-bin", |at| write(at, false)),
    ("set-headers-bin", |at| write(at, true)),
    ("del-headers-bin", |at| {
        Ok(Box::new(Delete {
            list: at.sample("headers", Output::Bin)?,
            matching: method(at),
        }))
    }),
];

fn write(at: Compile<'_>, replace: bool) -> Result<Box<dyn Action>, String> {
    let prefix = at.rule.option("prefix").and_then(|values| values.first());
    Ok(Box::new(Write {
        list: at.sample("headers", Output::Bin)?,
        prefix: prefix.map_or(&[][..], |prefix| prefix.value.bytes()).into(),
        replace,
    }))
}

/// How the names of a list are looked for.
type Matching = fn(&[u8]) -> Names;

fn method(at: Compile<'_>) -> Matching {
    let method = at
        .rule
        .option("-m")
        .and_then(|values| values.first()?.value.word());
    match method {
        Some("beg") => |name| Names::Beginning(name.to_ascii_lowercase().into()),
        Some("end") => |name| Names::Ending(name.to_ascii_lowercase().into()),
        Some("sub") => |name| Names::With(name.to_ascii_lowercase().into()),
        _ => |name| Names::Equal(name.into()),
    }
}

/// `add-headers-bin`, `set-headers-bin`.
#[derive(Debug)]
struct Write {
    list: Expression,
    /// Only names that begin with this are written, in just these letters.
    prefix: Box<[u8]>,
    /// The headers of a name go first, those that the list itself brought as well.
    replace: bool,
}

impl Action for Write {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let Some(list) = packed(&self.list, exec) else {
            return Step::Next;
        };
        let mut list = List(list);
        loop {
            let (name, value) = match list.pair() {
                Ok(Some(pair)) => pair,
                Ok(None) => return Step::Edited,
                Err(Fault::NoEnd) => return Step::Broken,
                Err(Fault::Malformed) => return edited(Err(NoRoom), exec),
            };
            if !name.starts_with(&self.prefix) {
                continue;
            }
            // The original writes what it is given, down to the end of a line, which makes another header. This is not let out.
            if !may_be_header(name, value) {
                return edited(Err(NoRoom), exec);
            }
            let Some(mut headers) = exec.headers() else {
                return Step::Next;
            };
            if self.replace {
                headers.remove(name);
            }
            let mut result = headers.add(name, &[value]);
            if self.replace && name.eq_ignore_ascii_case(b"host") && exec.response.is_none() {
                result = result.and_then(|()| uri::set_authority(exec, value));
            }
            if result.is_err() {
                return edited(result, exec);
            }
        }
    }
}

/// `del-headers-bin`.
#[derive(Debug)]
struct Delete {
    list: Expression,
    matching: Matching,
}

impl Action for Delete {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let Some(list) = packed(&self.list, exec) else {
            return Step::Next;
        };
        let mut list = List(list);
        loop {
            match list.text() {
                Ok(b"") => return Step::Edited,
                Ok(name) => {
                    let names = (self.matching)(name);
                    if let Some(mut headers) = exec.headers() {
                        names.remove_from(&mut headers);
                    }
                }
                Err(Fault::NoEnd) => return Step::Broken,
                Err(Fault::Malformed) => return edited(Err(NoRoom), exec),
            }
        }
    }
}

/// The list that an expression gives.
fn packed<'a>(expression: &Expression, exec: &Exec<'a>) -> Option<&'a [u8]> {
    let arena = exec.arena;
    exec.sample(expression, |sample| match sample {
        Sample::Bin(list) | Sample::Str(list) => Some(arena.copy(list)),
        _ => None,
    })
    .flatten()
}

fn may_be_header(name: &[u8], value: &[u8]) -> bool {
    let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    name.iter().all(in_name) && !value.iter().any(|byte| b"\0\r\n".contains(byte))
}

/// A name and a value.
type Pair<'a> = (&'a [u8], &'a [u8]);

/// What is left of a list.
struct List<'a>(&'a [u8]);

/// What is wrong with a list.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    /// It is over before its end was marked.
    NoEnd,
    /// A length is cut short or says more than there is, or a value has no name.
    Malformed,
}

impl<'a> List<'a> {
    /// The next name with its value; none at the mark of the end.
    fn pair(&mut self) -> Result<Option<Pair<'a>>, Fault> {
        let name = self.text()?;
        // What is cut behind a name is no list at all.
        let value = self.text().map_err(|_| Fault::Malformed)?;
        match (name, value) {
            (b"", b"") => Ok(None),
            (b"", _) => Err(Fault::Malformed),
            pair => Ok(Some(pair)),
        }
    }

    fn text(&mut self) -> Result<&'a [u8], Fault> {
        if self.0.is_empty() {
            return Err(Fault::NoEnd);
        }
        let length = self.length().ok_or(Fault::Malformed)?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(Fault::Malformed)?;
        self.0 = rest;
        Ok(text)
    }

    /// A length: four bits in the first byte where that begins with `1111`, then seven in each.
    fn length(&mut self) -> Option<usize> {
        let (&first, mut rest) = self.0.split_first()?;
        let mut value = u64::from(first);
        if first >= 240 {
            let mut shift = 4;
            loop {
                let (&byte, behind) = rest.split_first()?;
                rest = behind;
                value = value.checked_add(u64::from(byte).checked_shl(shift)?)?;
                shift += 7;
                if byte < 128 {
                    break;
                }
            }
        }
        self.0 = rest;
        usize::try_from(value).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_must_be_whole_and_have_its_end() {
        let pair = |list| List(list).pair();
        assert_eq!(pair(b"\x01a\x011"), Ok(Some((&b"a"[..], &b"1"[..]))));
        assert_eq!(pair(b"\x01a\0"), Ok(Some((&b"a"[..], &b""[..]))));
        assert_eq!(pair(b"\0\0"), Ok(None));
        assert_eq!(pair(b""), Err(Fault::NoEnd));
        for cut in [&b"\x02a"[..], b"\x01a", b"\x01a\x02b", b"\0\x01b", b"\xf0\xff"] {
            assert_eq!(pair(cut), Err(Fault::Malformed), "{cut:?}");
        }
    }
}
