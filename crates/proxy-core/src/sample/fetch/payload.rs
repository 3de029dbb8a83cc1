//! Fetches of bytes as they come, below HTTP (manual, section 7.3.5). What is not there yet is waited for as long as more may
//! come.

use haproxy_cfg::model::{Mode, Sample as Written, Word};

use super::{Fetch, Row, nothing, row, single};
use crate::http1::{RequestHead, parse_request};
use crate::sample::expression::Compile;
use crate::sample::{Sample, SampleContext};

/// More headers than any head may have that is taken for one here.
const MAX_HEADERS: usize = 101;

pub(super) const ROWS: &[Row] = &[
    row(&["req.len", "req_len"], |_, _| length(false)),
    row(&["res.len"], |_, _| length(true)),
    row(&["req.payload"], |at, sample| stretch(at, sample, Some(false))),
    row(&["res.payload"], |at, sample| stretch(at, sample, Some(true))),
    row(&["payload"], |at, sample| stretch(at, sample, None)),
    row(&["req.payload_lv"], |_, sample| counted(sample, Some(false))),
    row(&["res.payload_lv"], |_, sample| counted(sample, Some(true))),
    row(&["payload_lv"], |_, sample| counted(sample, None)),
    row(&["req.proto_http", "req_proto_http"], |at, _| {
        if at.config.proxy(at.proxy).mode == Mode::Http {
            return single(|context| {
                let looks_at_request = !context.from_server && context.request.is_some();
                looks_at_request.then_some(Sample::Bool(true))
            });
        }
        single(|context| {
            // A connection that became one of HTTP.
            if context.request.is_some() {
                return Some(Sample::Bool(true));
            }
            let bytes = bytes(context, Some(false))?;
            match parse_request(bytes, &mut RequestHead::default(), MAX_HEADERS) {
                Ok(true) => Some(Sample::Bool(true)),
                Ok(false) => missing(context),
                Err(_) => None,
            }
        })
    }),
];

/// The bytes at hand, if they are of the side that is asked for: the server's, the client's, or either.
pub(super) fn bytes<'a>(context: &SampleContext<'a>, from_server: Option<bool>) -> Option<&'a [u8]> {
    from_server
        .is_none_or(|side| side == context.from_server)
        .then_some(context.payload.bytes)
}

/// No sample, but one may come with more bytes.
pub(super) fn missing<T>(context: &SampleContext<'_>) -> Option<T> {
    if !context.payload.complete {
        context.wait();
    }
    None
}

fn length(from_server: bool) -> Result<Box<dyn Fetch>, String> {
    single(move |context| {
        let body = context.body.bytes.len() as i64;
        if let Some(response) = context.response.filter(|_| from_server) {
            return Some(Sample::Int(i64::from(response.uncut_size()) + body));
        }
        if let Some(request) = context
            .request
            .filter(|_| !from_server && context.response.is_none())
        {
            return Some(Sample::Int(i64::from(request.counted_size()) + body));
        }
        let bytes = bytes(context, Some(from_server))?;
        // A number that does not match now may match later.
        let _waits: Option<()> = missing(context);
        Some(Sample::Int(bytes.len() as i64))
    })
}

/// A stretch by its offset and its length; one of length 0 goes to the end.
fn stretch(at: Compile<'_>, sample: &Written, from_server: Option<bool>) -> Result<Box<dyn Fetch>, String> {
    let argument = |index: usize| sample.integer(index).and_then(|at| usize::try_from(at).ok());
    let (Some(from), Some(len)) = (argument(0), argument(1)) else {
        return nothing();
    };
    // What no buffer has room for never comes.
    if from.saturating_add(len) > at.config.global.tune.bufsize as usize {
        return nothing();
    }
    single(move |context| {
        let bytes = bytes(context, from_server)?;
        if bytes.is_empty() {
            return missing(context);
        }
        let to = if len == 0 {
            bytes.len()
        } else {
            from.saturating_add(len)
        };
        match bytes.get(from..to) {
            Some(stretch) => Some(Sample::Bin(stretch)),
            None => missing(context),
        }
    })
}

/// A stretch whose length stands in front of it: where, in how many bytes, and where the stretch itself begins.
fn counted(sample: &Written, from_server: Option<bool>) -> Result<Box<dyn Fetch>, String> {
    let at = |index: usize| sample.integer(index).and_then(|at| usize::try_from(at).ok());
    let (Some(length_at), Some(length_size)) = (at(0), at(1)) else {
        return nothing();
    };
    let behind = length_at.saturating_add(length_size);
    // Without a sign the offset changes nothing, whatever the manual says.
    let signed = |offset: &&Word| offset.starts_with(b"+") || offset.starts_with(b"-");
    let begin = match sample.text(2).filter(signed) {
        None => Some(behind),
        Some(offset) => std::str::from_utf8(offset)
            .ok()
            .and_then(|offset| behind.checked_add_signed(offset.parse().ok()?)),
    };
    let Some(begin) = begin else { return nothing() };
    single(move |context| {
        let bytes = bytes(context, from_server)?;
        let Some(digits) = bytes.get(length_at..behind) else {
            return missing(context);
        };
        let fold = |length: usize, byte: &u8| length.saturating_mul(256).saturating_add(usize::from(*byte));
        let length = digits.iter().fold(0, fold);
        if length == 0 {
            return None;
        }
        match bytes.get(begin..begin.saturating_add(length)) {
            Some(stretch) => Some(Sample::Bin(stretch)),
            None => missing(context),
        }
    })
}
