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
            Some(Sample::Str(match context.response?.version() {
                Version::Http10 => b"HTTP/1.0",
                Version::Http11 => b"HTTP/1.1",
            }))
        })
    }),
    row(&["capture.req.hdr"], |_, sample| captured(sample, 0)),
    row(&["capture.res.hdr"], |_, sample| captured(sample, 1)),
];

/// A captured header by its slot.
fn captured(sample: &haproxy_cfg::model::Sample, side: usize) -> Result<Box<dyn super::Fetch>, String> {
    let Some(slot) = sample.integer(0).and_then(|slot| usize::try_from(slot).ok()) else {
        return nothing();
    };
    single(move |context| {
        let value = context.stream?.captures[side].get(slot)?;
        Some(Sample::Str(value))
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
