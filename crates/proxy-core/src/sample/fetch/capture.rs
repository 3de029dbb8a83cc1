//! Fetches of what was kept of a message: the request line, captured headers, the unique identifier.

use super::http::path_and_query;
use super::{Row, nothing, row, single};
use crate::http1::Version;
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["capture.req.method"], |_, _| {
        single(|context| Some(Sample::Str(line_of(context)?.method)))
    }),
    row(&["capture.req.uri"], |_, _| {
        single(|context| Some(Sample::Str(path_and_query(line_of(context)?.uri)?)))
    }),
    row(&["capture.req.ver"], |_, _| {
        single(|context| {
            // A line of which less than all was kept says nothing of the version; nearly all are of this one.
            let old = line_of(context)?.version == b"HTTP/1.0";
            Some(Sample::Str(if old { b"HTTP/1.0" } else { b"HTTP/1.1" }))
        })
    }),
    row(&["capture.res.ver"], |_, _| {
        single(|context| {
            let old = match context.response {
                Some(response) => response.version() == Version::Http10,
                // It has gone by, and nearly all are of the newer version.
                None if context.stream?.log.response_ms > 0 => false,
                None => return None,
            };
            Some(Sample::Str(if old { b"HTTP/1.0" } else { b"HTTP/1.1" }))
        })
    }),
    row(&["unique-id"], |_, _| {
        single(|context| {
            let id = context.stream?.unique_id.as_deref()?;
            Some(Sample::Str(context.arena.copy(id)))
        })
    }),
    row(&["capture.req.hdr"], |_, sample| captured(sample, true)),
    row(&["capture.res.hdr"], |_, sample| captured(sample, false)),
];

/// A captured header by its slot.
fn captured(sample: &haproxy_cfg::model::Sample, request: bool) -> Result<Box<dyn super::Fetch>, String> {
    let Some(slot) = sample.integer(0).and_then(|slot| usize::try_from(slot).ok()) else {
        return nothing();
    };
    single(move |context| {
        let captures = &context.stream?.captures;
        captures.get(request, slot, |value| Sample::Str(context.arena.copy(value)))
    })
}

/// A request line in its parts.
pub(super) struct Line<'a> {
    pub(super) method: &'a [u8],
    pub(super) uri: &'a [u8],
    pub(super) version: &'a [u8],
}

/// The request line as it came, as far as it was kept.
pub(super) fn line_of<'a>(context: &SampleContext<'a>) -> Option<Line<'a>> {
    let kept = context.stream.map(|stream| stream.log.line.as_slice());
    let Some(kept) = kept.filter(|line| !line.is_empty()) else {
        let request = context.request?;
        return Some(Line {
            method: request.method(),
            uri: request.uri(),
            version: match request.version() {
                Version::Http10 => b"HTTP/1.0",
                Version::Http11 => b"HTTP/1.1",
                Version::Http2 => b"HTTP/2.0",
            },
        });
    };
    let mut words = kept.splitn(3, |byte| *byte == b' ');
    Some(Line {
        method: words.next()?,
        uri: words.next().unwrap_or_default(),
        version: words.next().unwrap_or_default(),
    })
}
