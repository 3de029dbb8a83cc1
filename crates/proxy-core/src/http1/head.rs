//! A parsed head: positions inside the buffer that holds it, so that a head costs no copy and its index is reused from one
//! message to the next.

/// A range of bytes inside the buffer that holds a head.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Slice {
    /// Offset of the first byte.
    pub start: u32,
    /// Length in bytes.
    pub len: u32,
}

impl Slice {
    /// The bytes it names.
    #[must_use]
    pub fn of(self, buf: &[u8]) -> &[u8] {
        &buf[self.start as usize..(self.start + self.len) as usize]
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
}

/// Where one header stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Its name, as sent.
    pub name: Slice,
    /// Its value, without the white space around it.
    pub value: Slice,
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
    /// The headers in order.
    pub headers: Vec<Header>,
    /// Bytes of the whole head, its empty line included.
    pub len: u32,
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
    /// The headers in order.
    pub headers: Vec<Header>,
    /// Bytes of the whole head, its empty line included.
    pub len: u32,
}

/// What the original counts for a head beside the words and headers in it.
const COUNTED_EXTRA: u32 = 21;
/// Bytes of `HTTP/1.x`.
const VERSION_LEN: u32 = 8;
/// Bytes of a status.
const STATUS_LEN: u32 = 3;

/// Headers together with their bytes.
#[derive(Clone, Copy, Debug)]
pub struct Headers<'a> {
    buf: &'a [u8],
    index: &'a [Header],
}

impl<'a> Headers<'a> {
    /// Names and values in order.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = (&'a [u8], &'a [u8])> + 'a {
        self.index
            .iter()
            .map(move |h| (h.name.of(self.buf), h.value.of(self.buf)))
    }

    /// What statistics and log lines count for these headers: names and values, without those about the connection.
    fn counted_size(self) -> u32 {
        let is_connection =
            |h: &Header| h.name.len == 10 && h.name.of(self.buf).eq_ignore_ascii_case(b"connection");
        self.index
            .iter()
            .filter(|h| !is_connection(h))
            .map(|h| h.name.len + h.value.len)
            .sum()
    }

    /// The values of the headers of that name, letters' case aside.
    pub fn get(self, name: &'a [u8]) -> impl DoubleEndedIterator<Item = &'a [u8]> + 'a {
        self.iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v)
    }
}

/// A request's head together with its bytes; what rules and samples see.
#[derive(Clone, Copy, Debug)]
pub struct RequestRef<'a> {
    /// The bytes the head's positions point into.
    pub buf: &'a [u8],
    /// The index.
    pub head: &'a RequestHead,
}

impl<'a> RequestRef<'a> {
    /// The method.
    #[must_use]
    pub fn method(self) -> &'a [u8] {
        self.head.method.of(self.buf)
    }

    /// The request target as sent.
    #[must_use]
    pub fn uri(self) -> &'a [u8] {
        self.head.uri.of(self.buf)
    }

    /// The size that statistics and log lines count for the head, in bytes: the original counts neither blanks nor line
    /// ends.
    #[must_use]
    pub fn counted_size(self) -> u32 {
        COUNTED_EXTRA + self.head.method.len + self.head.uri.len + VERSION_LEN + self.headers().counted_size()
    }

    /// The version.
    #[must_use]
    pub fn version(self) -> Version {
        self.head.version
    }

    /// The headers.
    #[must_use]
    pub fn headers(self) -> Headers<'a> {
        Headers {
            buf: self.buf,
            index: &self.head.headers,
        }
    }
}

/// A response's head together with its bytes.
#[derive(Clone, Copy, Debug)]
pub struct ResponseRef<'a> {
    /// The bytes the head's positions point into.
    pub buf: &'a [u8],
    /// The index.
    pub head: &'a ResponseHead,
}

impl<'a> ResponseRef<'a> {
    /// The size that statistics and log lines count for the head, in bytes, as for a request.
    #[must_use]
    pub fn counted_size(self) -> u32 {
        COUNTED_EXTRA + VERSION_LEN + STATUS_LEN + self.head.reason.len + self.headers().counted_size()
    }

    /// The headers.
    #[must_use]
    pub fn headers(self) -> Headers<'a> {
        Headers {
            buf: self.buf,
            index: &self.head.headers,
        }
    }
}
