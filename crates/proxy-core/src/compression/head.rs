//! Whether a message is fit for compression, and what its head says of it then.

use haproxy_cfg::model::{Compression, CompressionAlgorithm, Word};

use crate::http1::{Headers, HeadersMut, MessageTraits, NoRoom, RequestRef, ResponseRef, Version};

/// Bytes that [`apply`] adds at most, but for values that it repeats.
const NEW: usize = 128;

/// What is known of a response beside its head.
#[derive(Clone, Copy, Debug)]
pub struct Fit<'a> {
    /// What its headers say of the body.
    pub traits: &'a MessageTraits,
    /// Bytes of the body that have come, where its length is not said.
    pub there: u64,
}

/// Whether the response may be compressed by the word of `settings`, the backend's before the frontend's.
#[must_use]
pub fn fits(settings: &[Option<&Compression>], response: ResponseRef<'_>, fit: Fit<'_>) -> bool {
    let headers = response.headers();
    let length = fit.traits.content_length.filter(|_| !fit.traits.chunked);
    if !matches!(response.head.status, 200..=203)
        || response.head.version == Version::Http10
        || !(fit.traits.chunked || length.is_some_and(|length| length > 0))
        || headers.get(b"content-encoding").next().is_some()
    {
        return false;
    }
    let least = settings
        .iter()
        .flatten()
        .map(|settings| settings.min_size)
        .find(|size| *size > 0);
    if least.is_some_and(|least| length.unwrap_or(fit.there) < least) {
        return false;
    }
    let keeps_form = headers.get(b"cache-control").any(|value| {
        value
            .split(|byte| *byte == b',')
            .any(|word| word.trim_ascii().eq_ignore_ascii_case(b"no-transform"))
    });
    if keeps_form {
        return false;
    }
    let kind = headers.get(b"content-type").next();
    if !is_tag_sound(headers) || kind.is_some_and(|kind| begins(kind, b"multipart")) {
        return false;
    }
    let types = settings.iter().flatten().map(|settings| &settings.types);
    is_of_types(kind, types)
}

/// How the body of a request is to be packed by the word of `settings`, the backend's before the frontend's; none where it is to
/// be left alone. What the client could make of packed bytes does not matter, as it is the server that gets them.
#[must_use]
pub fn of_request(
    settings: &[Option<&Compression>],
    request: RequestRef<'_>,
    traits: &MessageTraits,
) -> Option<CompressionAlgorithm> {
    let settings = || settings.iter().flatten();
    if !settings().any(|settings| settings.requests) {
        return None;
    }
    let algorithm = settings().find_map(|settings| settings.of_requests.algorithm)?;
    let headers = request.headers();
    let length = traits.content_length.filter(|_| !traits.chunked);
    let fits = request.head.version != Version::Http10
        && (traits.chunked || length.is_some_and(|length| length > 0))
        && headers.get(b"content-encoding").next().is_none()
        && is_tag_sound(headers);
    let least = settings()
        .map(|settings| settings.of_requests.min_size)
        .find(|size| *size > 0);
    let is_small = least.is_some_and(|least| length.is_some_and(|length| length < least));
    let kind = headers.get(b"content-type").next();
    let types = settings().map(|settings| &settings.of_requests.types);
    (fits && !is_small && is_of_types(kind, types)).then_some(algorithm)
}

/// Whether there is no entity tag, or one that can be said to be weak.
fn is_tag_sound(headers: Headers<'_>) -> bool {
    let mut tags = headers.get(b"etag");
    tags.next().is_none_or(|tag| {
        let opaque = tag.strip_prefix(b"W/").unwrap_or(tag);
        let is_quoted = opaque.len() >= 2 && opaque.starts_with(b"\"") && opaque.ends_with(b"\"");
        is_quoted && tags.next().is_none()
    })
}

/// Whether a media type is one of the first list that names any.
fn is_of_types<'a>(kind: Option<&[u8]>, mut types: impl Iterator<Item = &'a Vec<Word>>) -> bool {
    match types.find(|types| !types.is_empty()) {
        None => true,
        Some(types) => kind.is_some_and(|kind| types.iter().any(|wanted| begins(kind, wanted))),
    }
}

fn begins(kind: &[u8], with: &[u8]) -> bool {
    kind.get(..with.len())
        .is_some_and(|begin| begin.eq_ignore_ascii_case(with))
}

/// Changes the head of a message whose body is going to be compressed.
///
/// # Errors
/// When there is no room; the body is to be left alone then.
pub fn apply(
    headers: &mut HeadersMut<'_>,
    algorithm: CompressionAlgorithm,
    traits: &MessageTraits,
) -> Result<(), NoRoom> {
    let at = |headers: &HeadersMut<'_>, wanted: &[u8]| {
        let view = headers.view();
        view.iter()
            .position(|(name, _)| name.eq_ignore_ascii_case(wanted))
    };
    // All of it, or nothing.
    let grows: usize = headers
        .view()
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case(b"etag") || name.eq_ignore_ascii_case(b"vary"))
        .map(|(_, value)| value.len())
        .sum();
    if headers.added.len() + grows + NEW > headers.room {
        return Err(NoRoom);
    }
    // A copy in another form is another entity to those who compare byte by byte.
    if let Some(place) = at(headers, b"etag") {
        let strong = headers
            .view()
            .nth(place)
            .filter(|(_, tag)| tag.starts_with(b"\""))
            .map(|(_, tag)| tag.to_vec());
        if let Some(tag) = strong {
            headers.replace(place, &[b"W/", &tag])?;
        }
    }
    let vary = at(headers, b"vary").and_then(|place| Some((place, headers.view().nth(place)?.1.to_vec())));
    if let Some((place, value)) = &vary
        && !names(value, b"accept-encoding")
        && !names(value, b"*")
    {
        headers.replace(*place, &[value, b",Accept-Encoding"])?;
    }
    if !traits.chunked {
        headers.remove(b"content-length");
        headers.add(b"transfer-encoding", &[b"chunked"])?;
    }
    if vary.is_none() {
        headers.add(b"vary", &[b"Accept-Encoding"])?;
    }
    if let Some(coding) = algorithm.coding() {
        headers.add(b"content-encoding", &[coding.as_bytes()])?;
    }
    Ok(())
}

fn names(list: &[u8], wanted: &[u8]) -> bool {
    list.split(|byte| *byte == b',')
        .any(|word| word.trim_ascii().eq_ignore_ascii_case(wanted))
}
