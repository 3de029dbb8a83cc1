//! Requests that want a response only if it is another one than theirs (RFC 9110, section 13.1).

use super::date;
use super::entry::Entry;
use crate::http1::{RequestRef, list_tokens};

/// Whether the request has what is kept already, so that it is answered with 304.
pub(super) fn has_it(request: RequestRef<'_>, entry: &Entry) -> bool {
    let headers = request.headers();
    if headers.get(b"if-none-match").next().is_some() {
        let mut tags = headers.get(b"if-none-match").flat_map(list_tokens);
        return tags.any(|tag| tag == b"*" || entry.etag().is_some_and(|kept| is_same(tag, kept)));
    }
    let since = headers.get(b"if-modified-since").next().and_then(date::parse);
    since.is_some_and(|since| entry.modified() <= since)
}

/// Whether two entity tags are the same, be they weak or not (RFC 9110, section 8.8.3.2).
fn is_same(one: &[u8], other: &[u8]) -> bool {
    let opaque = |tag: &[u8]| -> bool { tag.len() >= 2 && tag.starts_with(b"\"") && tag.ends_with(b"\"") };
    let strip = |tag: &'_ [u8]| -> usize { if tag.starts_with(b"W/") { 2 } else { 0 } };
    let (one, other) = (&one[strip(one)..], &other[strip(other)..]);
    opaque(one) && one == other
}
