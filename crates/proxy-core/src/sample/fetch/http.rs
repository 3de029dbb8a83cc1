//! Fetches of a request's head.

use haproxy_cfg::model::{Mode, Sample as Written, Word};

use super::header::{Parts, values};
use super::{Fetch, Row, nothing, row, several, single};
use crate::http1::{Headers, Version};
use crate::persist::crumbs::Crumbs;
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[
    row(&["path"], |_, _| {
        single(|context| Some(Sample::Str(path(context.request?.uri())?)))
    }),
    row(&["query"], |_, _| {
        single(|context| Some(Sample::Str(query(context.request?.uri())?)))
    }),
    row(&["url"], |_, _| {
        single(|context| Some(Sample::Str(context.request?.uri())))
    }),
    row(&["base"], |_, _| {
        single(|context| {
            let request = context.request?;
            let host = values(request.headers(), b"host", false)
                .next()
                .unwrap_or_default();
            let base = context
                .arena
                .join(&[host, path(request.uri()).unwrap_or_default()]);
            (!base.is_empty()).then_some(Sample::Str(base))
        })
    }),
    row(&["method"], |_, _| {
        single(|context| Some(Sample::Method(context.request?.method())))
    }),
    row(&["req.ver", "req_ver"], |_, _| {
        single(|context| {
            Some(Sample::Str(match context.request?.version() {
                Version::Http10 => b"1.0",
                Version::Http11 => b"1.1",
            }))
        })
    }),
    row(&["req.hdr", "hdr"], |_, sample| header(sample, false)),
    row(&["req.fhdr"], |_, sample| header(sample, true)),
    row(&["req.hdr_val", "hdr_val"], |_, sample| {
        let Some((name, occurrence)) = name_and_occurrence(sample) else {
            return nothing();
        };
        if occurrence != 0 {
            return single(move |context| {
                let headers = context.request?.headers();
                let value = occurrence_of(headers, &name, occurrence, false)?;
                Some(Sample::Int(number(value)))
            });
        }
        several(move |context, see| {
            let Some(request) = context.request else { return };
            for value in values(request.headers(), &name, false) {
                if see(Sample::Int(number(value))).is_break() {
                    return;
                }
            }
        })
    }),
    row(&["req.hdr_cnt", "hdr_cnt"], |_, sample| {
        let name = sample.text(0).map(lower);
        single(move |context| {
            let headers = context.request?.headers();
            let count = match &name {
                Some(name) => values(headers, name, false).count(),
                None => headers.iter().map(|(_, value)| Parts::of(value).count()).sum(),
            };
            Some(Sample::Int(i64::try_from(count).unwrap_or(i64::MAX)))
        })
    }),
    row(&["req.cook", "cook"], |_, sample| {
        let name = sample.text(0).cloned();
        several(move |context, see| {
            let Some(request) = context.request else { return };
            for line in request.headers().get(b"cookie") {
                for crumb in Crumbs::of(line) {
                    let Some(value) = crumb.value else { continue };
                    let found = &line[crumb.name];
                    // An empty value counts only when no name is given, and then all cookies are seen.
                    let wanted = match &name {
                        Some(name) => name == found && !value.is_empty(),
                        None => true,
                    };
                    if wanted && !found.starts_with(b"$") && see(Sample::Str(&line[value])).is_break() {
                        return;
                    }
                }
            }
        })
    }),
    // Rules of a TCP proxy are decided before the first byte is looked at.
    row(&["req.proto_http", "req_proto_http"], |at, _| {
        let is_http = at.config.proxy(at.proxy).mode == Mode::Http;
        single(move |_| Some(Sample::Bool(is_http)))
    }),
];

/// `req.hdr` and `req.fhdr`: values between commas, or whole ones.
fn header(sample: &Written, whole: bool) -> Result<Box<dyn Fetch>, String> {
    let Some((name, occurrence)) = name_and_occurrence(sample) else {
        return nothing();
    };
    if occurrence != 0 {
        return single(move |context| {
            let headers = context.request?.headers();
            Some(Sample::Str(occurrence_of(headers, &name, occurrence, whole)?))
        });
    }
    several(move |context, see| {
        let Some(request) = context.request else { return };
        for value in values(request.headers(), &name, whole) {
            if see(Sample::Str(value)).is_break() {
                return;
            }
        }
    })
}

/// None when an occurrence is asked for that cannot be.
fn name_and_occurrence(sample: &Written) -> Option<(Word, i32)> {
    let occurrence = match sample.integer(1) {
        None => 0,
        Some(occurrence) => i32::try_from(occurrence).ok()?,
    };
    Some((lower(sample.text(0)?), occurrence))
}

/// The value at that place, counted from the first (1, 2 …) or from the last (-1, -2 …).
fn occurrence_of<'a>(headers: Headers<'a>, name: &[u8], occurrence: i32, whole: bool) -> Option<&'a [u8]> {
    let at = if occurrence > 0 {
        occurrence as usize - 1
    } else {
        values(headers, name, whole)
            .count()
            .checked_sub(occurrence.unsigned_abs() as usize)?
    };
    values(headers, name, whole).nth(at)
}

/// The integer that a value begins with, 0 for none; one that is too large is the largest there is.
fn number(value: &[u8]) -> i64 {
    let sign = usize::from(value.starts_with(b"-") || value.starts_with(b"+"));
    let digits = value[sign..].iter().take_while(|byte| byte.is_ascii_digit());
    let magnitude = digits.fold(0_i64, |sum, digit| {
        sum.saturating_mul(10).saturating_add(i64::from(digit - b'0'))
    });
    if value.starts_with(b"-") {
        -magnitude
    } else {
        magnitude
    }
}

fn lower(name: &Word) -> Word {
    name.to_ascii_lowercase().into()
}

/// From the first slash behind the authority to the question mark; none for `*` and for an authority alone.
pub(crate) fn path(uri: &[u8]) -> Option<&[u8]> {
    let from = path_start(uri)?;
    let path = &uri[from..];
    let end = memchr::memchr2(b'?', b'#', path).unwrap_or(path.len());
    Some(&path[..end])
}

/// Behind the first question mark.
pub(crate) fn query(uri: &[u8]) -> Option<&[u8]> {
    memchr::memchr(b'?', uri).map(|at| &uri[at + 1..])
}

/// Where the path begins.
pub(crate) fn path_start(uri: &[u8]) -> Option<usize> {
    match uri.first()? {
        b'/' => Some(0),
        b'*' => None,
        _ => {
            let authority = memchr::memmem::find(uri, b"://")? + 3;
            Some(authority + memchr::memchr(b'/', &uri[authority..])?)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_value_is_the_integer_that_it_begins_with() {
        for (text, expected) in [
            ("12", 12),
            ("12abc", 12),
            ("abc", 0),
            ("", 0),
            ("-12", -12),
            ("0x12", 0),
            ("99999999999999999999", i64::MAX),
        ] {
            assert_eq!(number(text.as_bytes()), expected, "{text}");
        }
    }
}
