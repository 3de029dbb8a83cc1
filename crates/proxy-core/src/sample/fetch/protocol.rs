//! Fetches of protocols other than HTTP and TLS, from bytes that only pass through: the cookies of RDP, and distcc.

use haproxy_cfg::model::{Sample as Written, Word};

use super::payload::{bytes, missing};
use super::{Fetch, Row, nothing, row, single};
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["req.rdp_cookie", "rdp_cookie"], |_, sample| {
        let name = sample.text(0).cloned();
        single(move |context| match look_for(context, name.as_ref()) {
            Rdp::Cookie(value) => Some(Sample::Str(value)),
            Rdp::Other => None,
            Rdp::Incomplete => missing(context),
        })
    }),
    row(&["req.rdp_cookie_cnt", "rdp_cookie_cnt"], |_, sample| {
        let name = sample.text(0).cloned();
        single(move |context| match look_for(context, name.as_ref()) {
            Rdp::Cookie(_) => Some(Sample::Int(1)),
            Rdp::Other => Some(Sample::Int(0)),
            Rdp::Incomplete => missing(context),
        })
    }),
    row(&["distcc_param"], |_, sample| {
        distcc(sample, |token| Some(Sample::Int(token.value.into())))
    }),
    row(&["distcc_body"], |_, sample| {
        distcc(sample, |token| token.body.map(Sample::Bin))
    }),
];

/// What bytes are to one who looks for a cookie of RDP.
enum Rdp<'a> {
    Cookie(&'a [u8]),
    Other,
    Incomplete,
}

/// Bytes in front of a connection request's cookie: TPKT's four, and X.224's seven.
const RDP_HEADER: usize = 11;

/// The cookie that a connection request begins with, of that name or of any; letters' case aside.
fn look_for<'a>(context: &SampleContext<'a>, name: Option<&Word>) -> Rdp<'a> {
    const COOKIE: &[u8] = b"Cookie:";
    let Some(bytes) = bytes(context, Some(false)) else {
        return Rdp::Other;
    };
    if context.request.is_some() || bytes.first().is_some_and(|first| *first != 3) {
        return Rdp::Other;
    }
    let Some(text) = bytes.get(RDP_HEADER..).filter(|text| text.len() > COOKIE.len()) else {
        return Rdp::Incomplete;
    };
    if !matches!(bytes, [3, 0, ..]) {
        return Rdp::Other;
    }
    if !text[..COOKIE.len()].eq_ignore_ascii_case(COOKIE) {
        return Rdp::Other;
    }
    let mut text = &text[COOKIE.len()..];
    while let [b' ', rest @ ..] = text {
        text = rest;
    }
    let equals = match name {
        Some(name) => {
            let Some(found) = text.get(..name.len()).filter(|_| text.len() > name.len()) else {
                return Rdp::Incomplete;
            };
            if !found.eq_ignore_ascii_case(name) || text[name.len()] != b'=' {
                return Rdp::Other;
            }
            name.len()
        }
        None => match text.iter().position(|byte| matches!(byte, b'=' | b'\r' | b'\n')) {
            Some(at) if text[at] == b'=' => at,
            Some(_) => return Rdp::Other,
            None => return Rdp::Incomplete,
        },
    };
    let value = &text[equals + 1..];
    match memchr::memmem::find(value, b"\r\n") {
        Some(end) => Rdp::Cookie(&value[..end]),
        None => Rdp::Incomplete,
    }
}

/// The value of the cookie of that name, where all of it has come.
pub(crate) fn rdp_cookie<'a>(context: &SampleContext<'a>, name: &Word) -> Option<&'a [u8]> {
    match look_for(context, Some(name)) {
        Rdp::Cookie(value) => Some(value),
        Rdp::Other | Rdp::Incomplete => None,
    }
}

/// A token of distcc with what belongs to it.
struct Token<'a> {
    name: &'a [u8],
    value: u32,
    /// Its bytes, once all are there; empty for one that has none.
    body: Option<&'a [u8]>,
}

/// Tokens whose number is that of bytes behind it.
const DISTCC_BODIES: [&[u8]; 5] = [b"ARGV", b"DOTI", b"DOTO", b"SERR", b"SOUT"];

fn distcc(
    sample: &Written,
    read: for<'a> fn(&Token<'a>) -> Option<Sample<'a>>,
) -> Result<Box<dyn Fetch>, String> {
    let Some(name) = sample.text(0).cloned() else {
        return nothing();
    };
    let wanted = sample.integer(1).unwrap_or(1).max(1);
    single(move |context| {
        let mut rest = bytes(context, None)?;
        if !rest.is_empty() && !rest.starts_with(b"DIST") && rest.len() >= 4 {
            return None;
        }
        let mut seen = 0;
        loop {
            let Some((head, behind)) = rest.split_at_checked(12) else {
                return missing(context);
            };
            let value = std::str::from_utf8(&head[4..]).ok()?;
            let value = u32::from_str_radix(value, 16).ok()?;
            let len = if DISTCC_BODIES.contains(&&head[..4]) {
                value as usize
            } else {
                0
            };
            let token = Token {
                name: &head[..4],
                value,
                body: behind.get(..len),
            };
            if token.name == name.as_slice() {
                seen += 1;
                if seen == wanted {
                    return read(&token).or_else(|| missing(context));
                }
            }
            let Some(next) = behind.get(len..) else {
                return missing(context);
            };
            rest = next;
        }
    })
}
