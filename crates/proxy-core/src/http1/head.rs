//! A parsed head: positions inside the buffer that holds it, so that a head costs no copy and its index is reused from one
//! message to the next. What rules add stands in a buffer of the head's own; a position says in which of the two it is.

use super::known::is;
use super::{KnownHeader, list_tokens};

/// A range of bytes of a head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Offset of the first byte in the buffer that was received, or with [`Self::ADDED`] among the bytes that were added.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
}

impl Slice {
    /// The bit of `start` that says that the bytes were added.
    pub const ADDED: u32 = 1 << 31;

    /// The bytes it names, where they are received ones.
    #[must_use]
    pub fn of(self, buf: &[u8]) -> &[u8] {
        &buf[self.start as usize..(self.start + self.len) as usize]
    }

    /// Whether the bytes were added.
    #[inline]
    #[must_use]
    pub fn is_added(self) -> bool {
        self.start & Self::ADDED != 0
    }
}

/// The bytes that a head's positions point into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeadBytes<'a> {
    received: &'a [u8],
    added: &'a [u8],
}

impl<'a> HeadBytes<'a> {
    /// The bytes of a position.
    #[inline]
    pub(crate) fn get(self, slice: Slice) -> &'a [u8] {
        let (from, start) = if slice.is_added() {
            (self.added, slice.start & !Slice::ADDED)
        } else {
            (self.received, slice.start)
        };
        &from[start as usize..(start + slice.len) as usize]
    }
}

/// The HTTP versions that have a head of this form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1.
    #[default]
    Http11,
    /// HTTP/2: a head that was put together from a stream's fields.
    Http2,
}

/// Where one header stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Its name, as sent.
    pub name: Slice,
    /// Its value, without the white space around it.
    pub value: Slice,
    /// Which header it is, if framing and connections look at it.
    pub known: KnownHeader,
    /// Where the line ends, if it stands in its buffer as it would be written, letters' case of the name aside: one blank behind
    /// the colon, none behind the value, and its whole end; with [`Slice::ADDED`] as the positions. 0 otherwise.
    pub plain_end: u32,
}

impl Header {
    /// Whether that is its name, letters' case aside. The length decides nearly always.
    #[inline]
    pub(crate) fn is_named(&self, bytes: HeadBytes<'_>, name: &[u8]) -> bool {
        self.name.len as usize == name.len() && bytes.get(self.name).eq_ignore_ascii_case(name)
    }

    /// The end of its line, if the bytes there are still the line as it is to be written: a value or a name that was edited
    /// stands elsewhere, or is of another length.
    #[inline]
    pub(super) fn line_as_it_stands(&self) -> Option<u32> {
        let is_whole = self.value.start == self.name.start + self.name.len + 2
            && self.plain_end == self.value.start + self.value.len + 2;
        is_whole.then_some(self.plain_end)
    }
}

/// The index of a request's head.
#[derive(Clone, Debug, Default)]
pub struct RequestHead {
    /// The method.
    pub method: Slice,
    /// The request target as sent.
    pub uri: Slice,
    /// The version.
    pub version: Version,
    /// The protocol's name and version as sent, where they go on as they are; empty for HTTP/1.0 and HTTP/1.1.
    pub protocol: Slice,
    /// The headers in order.
    pub headers: Vec<Header>,
    /// Bytes of the whole head, its empty line included.
    pub len: u32,
    /// The bytes that rules added.
    pub added: Vec<u8>,
}

/// The index of a response's head.
#[derive(Clone, Debug, Default)]
pub struct ResponseHead {
    /// The status.
    pub status: u16,
    /// The reason, perhaps empty.
    pub reason: Slice,
    /// The version.
    pub version: Version,
    /// The protocol's name and version as sent, where they go on as they are; empty for HTTP/1.0 and HTTP/1.1.
    pub protocol: Slice,
    /// The headers in order.
    pub headers: Vec<Header>,
    /// Bytes of the whole head, its empty line included.
    pub len: u32,
    /// The bytes that rules added.
    pub added: Vec<u8>,
}

/// What the original counts for a head beside the words and headers in it.
const COUNTED_EXTRA: u32 = 21;
/// What a block costs the original beside its contents, in bytes.
const BLOCK: u32 = 8;
/// What a message of blocks costs it beside them, in bytes.
const BLOCKS_FIXED: u32 = 48;
/// Bytes of `HTTP/1.x`.
const VERSION_LEN: u32 = 8;
/// Bytes of a status.
const STATUS_LEN: u32 = 3;

/// Bytes of the protocol's name and version.
fn version_len(protocol: Slice) -> u32 {
    if protocol.len == 0 {
        VERSION_LEN
    } else {
        protocol.len
    }
}

/// What statistics and log lines count for headers, while they are gone through.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CountedSize {
    size: u32,
    /// What is counted of the length in `size`; of several equal ones a single one goes on.
    length: Option<u32>,
    /// Beside chunks no length goes on.
    has_coding: bool,
}

impl CountedSize {
    /// Counts a header as if it went on whole.
    #[inline]
    pub(super) fn add(&mut self, header: &Header) {
        self.size += header.name.len + header.value.len;
    }

    /// Takes back what does not go on of a header that is known.
    #[inline]
    pub(super) fn cut(&mut self, header: &Header, value: &[u8]) {
        let whole = header.name.len + header.value.len;
        match header.known {
            // What goes on of it may be longer than what came: there is a blank behind each comma.
            KnownHeader::Connection => self.size = self.size - whole + kept_of_connection(header, value),
            KnownHeader::ContentLength if self.length.is_some() => self.size -= whole,
            KnownHeader::ContentLength => {
                let goes_on = header.name.len + first_token(value).len() as u32;
                self.size -= whole - goes_on;
                self.length = Some(goes_on);
            }
            KnownHeader::TransferEncoding => self.has_coding = true,
            _ => {}
        }
    }

    /// Bytes of all.
    #[inline]
    pub(super) fn total(self) -> u32 {
        self.size - self.length.filter(|_| self.has_coding).unwrap_or(0)
    }
}

/// What is counted of a `Connection` header: the tokens that are not about keeping the connection.
fn kept_of_connection(header: &Header, value: &[u8]) -> u32 {
    if is_about_keeping(value) {
        return 0;
    }
    let kept: u32 = connection_tokens(value).map(|token| token.len() as u32 + 2).sum();
    if kept == 0 { 0 } else { header.name.len + kept - 2 }
}

/// Headers together with their bytes.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    bytes: HeadBytes<'a>,
    index: &'a [Header],
}

impl<'a> Headers<'a> {
    /// Names and values in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = (&'a [u8], &'a [u8])> + 'a {
        self.index
            .iter()
            .map(move |h| (self.bytes.get(h.name), self.bytes.get(h.value)))
    }

    /// Name and value of the header at that place.
    #[must_use]
    pub fn nth(self, at: usize) -> Option<(&'a [u8], &'a [u8])> {
        let header = self.index.get(at)?;
        Some((self.bytes.get(header.name), self.bytes.get(header.value)))
    }

    /// The headers over a received buffer and added bytes.
    pub(super) fn new(received: &'a [u8], added: &'a [u8], index: &'a [Header]) -> Self {
        Self {
            bytes: HeadBytes { received, added },
            index,
        }
    }

    /// The positions of names and values, in order.
    pub(super) fn index(self) -> &'a [Header] {
        self.index
    }

    /// The bytes that positions point into.
    pub(super) fn bytes(self) -> HeadBytes<'a> {
        self.bytes
    }

    /// What statistics and log lines count for these headers: names and values, as far as they go on.
    fn counted_size(self) -> u32 {
        let mut counted = CountedSize::default();
        for header in self.index {
            counted.add(header);
            // Nearly all go on whole.
            if header.known != KnownHeader::Other {
                counted.cut(header, self.bytes.get(header.value));
            }
        }
        counted.total()
    }

    /// The room that the original needs for these headers and a first line, of which the words count `line` bytes: it keeps a
    /// head in blocks, and refuses one that does not fit.
    fn block_room(self, line: u32) -> u32 {
        line + self.counted_size() + self.blocks_cost()
    }

    fn blocks_cost(self) -> u32 {
        BLOCK * (self.index.len() as u32 + 2) + BLOCKS_FIXED
    }

    /// The values of the headers of that name, letters' case aside.
    pub fn get<'n>(self, name: &'n [u8]) -> impl DoubleEndedIterator<Item = &'a [u8]> + use<'a, 'n> {
        self.index
            .iter()
            .filter(move |header| header.is_named(self.bytes, name))
            .map(move |header| self.bytes.get(header.value))
    }
}

/// The tokens of a `Connection` header that are not about keeping the connection (RFC 9110, section 7.6.1).
pub(super) fn connection_tokens(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    list_tokens(value).filter(|token| !is_about_keeping(token))
}

/// Whether a token of a `Connection` header says whether the connection is kept, and so concerns this hop alone.
#[inline]
pub(super) fn is_about_keeping(token: &[u8]) -> bool {
    is(token, b"close") || is(token, b"keep-alive")
}

/// The first of comma-separated tokens; empty when there is none.
#[inline]
pub(super) fn first_token(value: &[u8]) -> &[u8] {
    if memchr::memchr(b',', value).is_none() {
        return value;
    }
    list_tokens(value).next().unwrap_or_default()
}

/// A request's head together with its bytes; what rules and samples see.
#[derive(Clone, Copy, Debug)]
pub struct RequestRef<'a> {
    /// The bytes as they were received, from the head's first on.
    pub buf: &'a [u8],
    /// The index.
    pub head: &'a RequestHead,
}

impl<'a> RequestRef<'a> {
    fn bytes(self) -> HeadBytes<'a> {
        HeadBytes {
            received: self.buf,
            added: &self.head.added,
        }
    }

    /// The method.
    #[must_use]
    pub fn method(self) -> &'a [u8] {
        self.bytes().get(self.head.method)
    }

    /// The request target as sent.
    #[must_use]
    pub fn uri(self) -> &'a [u8] {
        self.bytes().get(self.head.uri)
    }

    /// The size that statistics and log lines count for the head, in bytes: the original counts neither blanks nor line
    /// ends.
    #[must_use]
    pub fn counted_size(self) -> u32 {
        self.size_with(self.headers().counted_size())
    }

    /// The same, where what is counted of the headers is known already ([`MessageTraits::counted`](super::MessageTraits)).
    #[inline]
    #[must_use]
    pub fn size_with(self, headers: u32) -> u32 {
        self.line_size() + headers
    }

    /// Whether the head fits `room` bytes as the original keeps it.
    #[must_use]
    pub fn fits(self, room: u32) -> bool {
        // Nearly all are so small that nothing needs counting.
        self.head.len + COUNTED_EXTRA + self.headers().blocks_cost() <= room
            || self.headers().block_room(self.line_size()) <= room
    }

    fn line_size(self) -> u32 {
        COUNTED_EXTRA + self.head.method.len + self.head.uri.len + version_len(self.head.protocol)
    }

    /// The version.
    #[must_use]
    pub fn version(self) -> Version {
        self.head.version
    }

    /// The headers.
    #[must_use]
    pub fn headers(self) -> Headers<'a> {
        Headers::new(self.buf, &self.head.added, &self.head.headers)
    }
}

/// A response's head together with its bytes.
#[derive(Clone, Copy, Debug)]
pub struct ResponseRef<'a> {
    /// The bytes as they were received, from the head's first on.
    pub buf: &'a [u8],
    /// The index.
    pub head: &'a ResponseHead,
}

impl<'a> ResponseRef<'a> {
    /// The reason, perhaps empty.
    #[must_use]
    pub fn reason(self) -> &'a [u8] {
        self.headers().bytes.get(self.head.reason)
    }

    /// The status.
    #[must_use]
    pub fn status(self) -> u16 {
        self.head.status
    }

    /// The version.
    #[must_use]
    pub fn version(self) -> Version {
        self.head.version
    }

    /// The size that statistics and log lines count for the head, in bytes, of whose headers `headers` are counted
    /// ([`MessageTraits::counted`](super::MessageTraits)).
    #[inline]
    #[must_use]
    pub fn size_with(self, headers: u32) -> u32 {
        self.line_size() + headers
    }

    /// The same where all headers go on as they are.
    #[must_use]
    pub fn uncut_size(self) -> u32 {
        let headers = self.head.headers.iter();
        self.line_size()
            + headers
                .map(|header| header.name.len + header.value.len)
                .sum::<u32>()
    }

    /// Whether the head fits `room` bytes as the original keeps it.
    #[must_use]
    pub fn fits(self, room: u32) -> bool {
        self.head.len + COUNTED_EXTRA + self.headers().blocks_cost() <= room
            || self.headers().block_room(self.line_size()) <= room
    }

    fn line_size(self) -> u32 {
        COUNTED_EXTRA + version_len(self.head.protocol) + STATUS_LEN + self.head.reason.len
    }

    /// The headers.
    #[must_use]
    pub fn headers(self) -> Headers<'a> {
        Headers::new(self.buf, &self.head.added, &self.head.headers)
    }
}
