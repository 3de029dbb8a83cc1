//! How long a body is (RFC 9112, section 6).

use super::head::CountedSize;
use super::known::is;
use super::target::is_host;
use super::{Headers, KnownHeader, RequestRef, ResponseRef, Version};

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// There is none, or this many bytes.
    Length(u64),
    /// By its chunks.
    Chunked,
    /// By the end of the connection (responses only).
    UntilClose,
}

/// Why a body's length cannot be told; such a message must not be forwarded (request smuggling).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FramingError {
    /// `Content-Length` that is no number, or several that differ.
    #[error("content-length is not one number")]
    ContentLength,
    /// A `Transfer-Encoding` in which chunked is not the last coding, or not once.
    #[error("transfer-encoding does not end in chunked")]
    TransferEncoding,
    /// A `Transfer-Encoding` with another coding in front of chunked, which nobody here undoes.
    #[error("transfer-encoding has more than chunked")]
    Coding,
}

/// What the headers say about the connection and the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MessageTraits {
    /// `Connection: close`.
    pub close: bool,
    /// `Connection: keep-alive`.
    pub keep_alive: bool,
    /// `Connection: upgrade`.
    pub upgrade: bool,
    /// `Content-Length`.
    pub content_length: Option<u64>,
    /// `Transfer-Encoding: chunked`.
    pub chunked: bool,
    /// Any `Transfer-Encoding`, even an empty one.
    pub coding: bool,
    /// A `Transfer-Encoding` that names nothing, which is a violation that must be asked for.
    pub empty_coding: bool,
    /// `Transfer-Encoding` has an empty place behind chunked.
    pub loose_coding: bool,
    /// `Expect: 100-continue`.
    pub expect_continue: bool,
    /// Several `Host` headers that differ, or one that names no host: no two readers would agree on where a request with them
    /// belongs.
    pub host_in_doubt: bool,
    /// Several `Host` headers, or a `TE`: [`settle_hop_headers`](super::settle_hop_headers) has something to do.
    pub has_hop_headers: bool,
    /// What statistics and log lines count for the headers, in bytes: names and values as far as they go on.
    pub counted: u32,
}

/// Reads the headers that concern connection and body in one pass.
///
/// # Errors
/// When the body's length cannot be told.
pub fn message_traits(headers: Headers<'_>) -> Result<MessageTraits, FramingError> {
    let mut traits = MessageTraits::default();
    let mut has_other_coding = false;
    let mut host: Option<&[u8]> = None;
    let mut counted = CountedSize::default();
    for header in headers.index() {
        counted.add(header);
        // Nearly all are: their values are not even looked for.
        if header.known == KnownHeader::Other {
            continue;
        }
        let value = headers.bytes().get(header.value);
        counted.cut(header, value);
        match header.known {
            KnownHeader::Other => {}
            KnownHeader::Te => traits.has_hop_headers = true,
            KnownHeader::Host => {
                if let Some(seen) = host {
                    traits.has_hop_headers = true;
                    traits.host_in_doubt |= !seen.eq_ignore_ascii_case(value);
                }
                traits.host_in_doubt |= !is_host(value);
                host = Some(value);
            }
            KnownHeader::Expect => {
                traits.expect_continue |= value.eq_ignore_ascii_case(b"100-continue");
            }
            // Nearly always the one or the other alone.
            KnownHeader::Connection if is(value, b"keep-alive") => traits.keep_alive = true,
            KnownHeader::Connection if is(value, b"close") => traits.close = true,
            KnownHeader::Connection => {
                for token in list_tokens(value) {
                    if is(token, b"close") {
                        traits.close = true;
                    } else if is(token, b"keep-alive") {
                        traits.keep_alive = true;
                    } else if is(token, b"upgrade") {
                        traits.upgrade = true;
                    }
                }
            }
            KnownHeader::ContentLength => {
                // Nearly always there is one number.
                let Some(number) = plain_length(value) else {
                    read_lengths(value, &mut traits)?;
                    continue;
                };
                if traits.content_length.is_some_and(|seen| seen != number) {
                    return Err(FramingError::ContentLength);
                }
                traits.content_length = Some(number);
            }
            KnownHeader::TransferEncoding => {
                traits.coding = true;
                if is(value, b"chunked") && !traits.chunked {
                    traits.chunked = true;
                } else {
                    read_codings(value, &mut traits, &mut has_other_coding)?;
                }
            }
        }
    }
    traits.counted = counted.total();
    match (has_other_coding, traits.chunked) {
        (true, true) => Err(FramingError::Coding),
        (true, false) => Err(FramingError::TransferEncoding),
        (false, _) => Ok(traits),
    }
}

/// Several lengths in one value.
fn read_lengths(value: &[u8], traits: &mut MessageTraits) -> Result<(), FramingError> {
    for token in value.split(|&b| b == b',') {
        let number = parse_length(trim_blanks(token))?;
        if traits.content_length.is_some_and(|seen| seen != number) {
            return Err(FramingError::ContentLength);
        }
        traits.content_length = Some(number);
    }
    Ok(())
}

/// A value of `Transfer-Encoding` that is more than one word, or another one. `has_other` is set where a coding other than
/// chunked is named, or the place of one is empty.
fn read_codings(value: &[u8], traits: &mut MessageTraits, has_other: &mut bool) -> Result<(), FramingError> {
    if value.is_empty() {
        traits.empty_coding = true;
        return Ok(());
    }
    for token in value.split(|&b| b == b',').map(trim_blanks) {
        match (token.is_empty(), traits.chunked) {
            (true, true) => traits.loose_coding = true,
            // Chunked is the last one, and given once.
            (false, true) => return Err(FramingError::TransferEncoding),
            (_, false) if token.eq_ignore_ascii_case(b"chunked") => traits.chunked = true,
            (_, false) => *has_other = true,
        }
    }
    Ok(())
}

/// The body's framing of a request with these traits.
#[must_use]
pub fn request_framing(traits: &MessageTraits) -> Framing {
    if traits.chunked {
        Framing::Chunked
    } else {
        Framing::Length(traits.content_length.unwrap_or(0))
    }
}

/// The body's framing of a response with these traits to a request of that method.
#[must_use]
pub fn response_framing(traits: &MessageTraits, status: u16, to_head: bool) -> Framing {
    if to_head || status < 200 || status == 204 || status == 304 {
        Framing::Length(0)
    } else if traits.chunked {
        Framing::Chunked
    } else if traits.coding {
        // One that names nothing makes no other header right.
        Framing::UntilClose
    } else {
        traits.content_length.map_or(Framing::UntilClose, Framing::Length)
    }
}

impl RequestRef<'_> {
    /// Whether the client asks for the connection to be kept behind this request.
    #[must_use]
    pub fn wants_keep_alive(self, traits: &MessageTraits) -> bool {
        keep_alive(self.version(), traits)
    }
}

impl ResponseRef<'_> {
    /// Whether the server keeps the connection behind this response.
    #[must_use]
    pub fn wants_keep_alive(self, traits: &MessageTraits) -> bool {
        keep_alive(self.head.version, traits)
    }
}

fn keep_alive(version: Version, traits: &MessageTraits) -> bool {
    // HTTP/1.0 knows no chunks: whoever sends them there may not mean what we read (RFC 9112, section 6.1).
    !traits.close && (version != Version::Http10 || traits.keep_alive && !traits.chunked)
}

/// The comma-separated tokens of a header's value, empty ones left out.
pub fn list_tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value
        .split(|&b| b == b',')
        .map(trim_blanks)
        .filter(|t| !t.is_empty())
}

/// What is left without the blanks around it: other white space is part of a word.
fn trim_blanks(text: &[u8]) -> &[u8] {
    let is_blank = |octet: &u8| matches!(octet, b' ' | b'\t');
    let Some(start) = text.iter().position(|octet| !is_blank(octet)) else {
        return &[];
    };
    let end = text.iter().rposition(|octet| !is_blank(octet)).unwrap_or(start);
    &text[start..=end]
}

/// A number of a few digits.
fn plain_length(text: &[u8]) -> Option<u64> {
    // Eighteen digits are less than 2^63.
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    let mut number = 0;
    for octet in text {
        let digit = octet.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        number = number * 10 + u64::from(digit);
    }
    Some(number)
}

fn parse_length(text: &[u8]) -> Result<u64, FramingError> {
    if text.is_empty() {
        return Err(FramingError::ContentLength);
    }
    let length = text.iter().try_fold(0u64, |number, &digit| {
        if !digit.is_ascii_digit() {
            return Err(FramingError::ContentLength);
        }
        number
            .checked_mul(10)
            .and_then(|n| n.checked_add(u64::from(digit - b'0')))
            .ok_or(FramingError::ContentLength)
    })?;
    // Nobody sends 2^63 bytes, and a reader with signed numbers would take them for a negative length.
    if length >> 63 != 0 {
        return Err(FramingError::ContentLength);
    }
    Ok(length)
}

#[cfg(test)]
mod tests {
    use super::super::{RequestHead, parse_request};
    use super::*;

    fn traits(headers: &str) -> Result<MessageTraits, FramingError> {
        let text = format!("POST / HTTP/1.1\r\n{headers}\r\n");
        let mut head = RequestHead::default();
        assert!(parse_request(text.as_bytes(), &mut head, 101).unwrap());
        message_traits(
            RequestRef {
                buf: text.as_bytes(),
                head: &head,
            }
            .headers(),
        )
    }

    #[test]
    fn repeated_equal_lengths_are_one() {
        assert_eq!(
            traits("Content-Length: 5, 5\r\nContent-Length: 5\r\n")
                .unwrap()
                .content_length,
            Some(5)
        );
    }

    #[test]
    fn what_goes_on_of_the_headers_is_counted() {
        for (headers, counted) in [
            ("Host: a\r\n", 5),
            ("Connection: close\r\n", 0),
            ("Connection: keep-alive, x\r\n", 11),
            // With a blank behind the comma.
            ("Connection: x,y\r\n", 14),
            ("Content-Length: 5, 5\r\nContent-Length: 5\r\n", 15),
            ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 24),
        ] {
            assert_eq!(traits(headers).unwrap().counted, counted, "{headers}");
        }
    }

    #[test]
    fn lengths_that_differ_are_refused() {
        assert_eq!(
            traits("Content-Length: 5\r\nContent-Length: 6\r\n"),
            Err(FramingError::ContentLength)
        );
        for bad in ["+5", "-1", "0x5", "5 5", "", "99999999999999999999"] {
            assert_eq!(
                traits(&format!("Content-Length: {bad}\r\n")),
                Err(FramingError::ContentLength),
                "{bad}"
            );
        }
    }

    #[test]
    fn chunked_wins_over_a_length() {
        let t = traits("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n").unwrap();
        assert_eq!(request_framing(&t), Framing::Chunked);
    }

    #[test]
    fn other_codings_are_refused() {
        for (bad, why) in [
            ("gzip, chunked", FramingError::Coding),
            (",chunked", FramingError::Coding),
            ("gzip\r\nTransfer-Encoding: chunked", FramingError::Coding),
            ("chunked, chunked", FramingError::TransferEncoding),
            ("chunked, gzip", FramingError::TransferEncoding),
            (
                "chunked\r\nTransfer-Encoding: chunked",
                FramingError::TransferEncoding,
            ),
            ("identity", FramingError::TransferEncoding),
            ("xchunked", FramingError::TransferEncoding),
            ("\u{c}chunked", FramingError::TransferEncoding),
            (",", FramingError::TransferEncoding),
        ] {
            assert_eq!(
                traits(&format!("Transfer-Encoding: {bad}\r\n")),
                Err(why),
                "{bad}"
            );
        }
        assert!(traits("Transfer-Encoding: chunked, ,\r\n").unwrap().chunked);
        let empty = traits("Transfer-Encoding:\r\n").unwrap();
        assert!(empty.empty_coding && empty.coding && !empty.chunked);
    }

    #[test]
    fn responses_without_a_body_have_none_whatever_they_say() {
        let t = MessageTraits {
            content_length: Some(9),
            ..MessageTraits::default()
        };
        assert_eq!(response_framing(&t, 304, false), Framing::Length(0));
        assert_eq!(response_framing(&t, 200, true), Framing::Length(0));
        assert_eq!(response_framing(&t, 200, false), Framing::Length(9));
        assert_eq!(
            response_framing(&MessageTraits::default(), 200, false),
            Framing::UntilClose
        );
    }
}
