//! An answer of our own before it is sent: a response like a server's, so that rules can look at it and change it.

use crate::http1::{
    ConnectionHeader, KnownHeader, ResponseHead, ResponseRef, Version, list_tokens, write_response,
};

use super::AnswerInput;

/// An answer of our own.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// Its head; all of its bytes are added ones.
    pub head: ResponseHead,
    /// Its body, which is not sent to a HEAD request.
    pub body: Vec<u8>,
}

impl Answer {
    /// Makes it one with that status line and nothing else.
    pub fn begin(&mut self, version: Version, status: u16, reason: &[u8]) {
        self.body.clear();
        self.head.headers.clear();
        self.head.added.clear();
        self.head.status = status;
        self.head.version = version;
        self.head.len = 0;
        self.head.reason = crate::http1::Slice::default();
        if let Ok(reason) = self.head.edit(&[], usize::MAX).store(&[reason]) {
            self.head.reason = reason;
        }
    }

    /// Adds a header behind the others; its value is what `parts` are one behind the other.
    pub fn header(&mut self, name: &[u8], parts: &[&[u8]]) {
        // Without a limit there is always room.
        let _always = self.head.edit(&[], usize::MAX).add(name, parts);
    }

    /// Adds the header that says how long the body is.
    pub(crate) fn length(&mut self) {
        let length = self.body.len().to_string();
        self.header(b"content-length", &[length.as_bytes()]);
    }

    /// Makes it no answer at all: the connection is closed without a word.
    pub(crate) fn silent(&mut self) {
        self.begin(Version::Http11, 0, b"");
    }

    /// It as a response.
    #[must_use]
    pub fn response(&self) -> ResponseRef<'_> {
        ResponseRef {
            buf: &[],
            head: &self.head,
        }
    }

    /// Puts right what rules made of the headers that frame the body.
    pub fn settle_framing(&mut self) {
        let framing = |header: &crate::http1::Header| {
            matches!(
                header.known,
                KnownHeader::ContentLength | KnownHeader::TransferEncoding
            )
        };
        let length = self.body.len().to_string();
        let response = self.response();
        let right = response
            .headers()
            .get(b"content-length")
            .all(|value| value == length.as_bytes());
        let coded = response.headers().get(b"transfer-encoding").next().is_some();
        if !right || coded {
            self.head.headers.retain(|header| !framing(header));
            self.length();
        }
    }

    /// Whether the connection must be closed behind it for what it says itself.
    fn closes(&self) -> bool {
        let status = self.head.status;
        let bodiless = status == 204 || status == 304;
        let headers = self.response().headers();
        let sized = bodiless || headers.get(b"content-length").next().is_some();
        let told = headers
            .get(b"connection")
            .any(|value| list_tokens(value).any(|token| token.eq_ignore_ascii_case(b"close")));
        told || !sized
    }

    /// Appends it as it is sent; gives whether the connection must be closed behind it.
    pub fn write(&self, out: &mut Vec<u8>, input: &AnswerInput) -> bool {
        if self.head.status == 0 {
            return true;
        }
        let close = input.close || self.closes();
        let connection = match (close, self.head.version) {
            // An HTTP/1.0 message needs not say that the connection ends.
            (true, Version::Http10) => ConnectionHeader::Implied,
            (true, Version::Http11 | Version::Http2) => ConnectionHeader::Close,
            (false, _) if input.old_client => ConnectionHeader::KeepAlive,
            (false, _) => ConnectionHeader::Implied,
        };
        write_response(out, self.response(), connection, false);
        if !input.head && self.head.status != 204 {
            out.extend_from_slice(&self.body);
        }
        close
    }

    /// The size that statistics and log lines count for it, in bytes: as for a server's response, but for what it says of the
    /// connection, which nobody has taken out.
    #[must_use]
    pub fn counted_size(&self, input: &AnswerInput) -> u64 {
        if self.head.status == 0 {
            return 0;
        }
        let body = if input.head { 0 } else { self.body.len() as u64 };
        u64::from(self.response().uncut_size()) + body
    }
}
