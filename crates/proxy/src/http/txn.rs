//! One request with its response: everything that lives as long as both. Kept by the thread and reused, so that an idle
//! connection holds none and a request allocates nothing.

use haproxy_cfg::model::{Captures, CompressionAlgorithm};
use proxy_core::answer::Answer;
use proxy_core::http1::{
    HeadersMut, MessageTraits, RequestHead, RequestRef, ResponseHead, ResponseRef, Slice,
};
use proxy_core::persist::{ClientCookie, HeadEdits};
use proxy_core::rules::Cache;
use proxy_core::sample::Body;
use proxy_core::stream::Stream;

use super::exchange::Progress;
use crate::buffer::{Buffer, BufferPool};

/// One transaction.
#[derive(Debug, Default)]
pub struct Txn {
    /// What the client sent and was not passed on yet; begins with the request's head until that is sent on.
    pub(super) req: Option<Buffer>,
    /// The request's head.
    pub(super) req_head: RequestHead,
    /// What its headers say of connection and body.
    pub(super) req_traits: MessageTraits,
    /// What the server sent and was not passed on yet.
    pub(super) res: Option<Buffer>,
    /// The response's head.
    pub(super) res_head: ResponseHead,
    /// What its headers say of connection and body.
    pub(super) res_traits: MessageTraits,
    /// Edits that cookies ask for, while they are gathered.
    pub(super) edits: HeadEdits,
    /// The head as it goes to the server.
    pub(super) to_server: Vec<u8>,
    /// The head as it goes to the client, or an answer of our own.
    pub(super) to_client: Vec<u8>,
    /// An answer of our own, while it is put together.
    pub(super) answer: Answer,
    /// What statistics and log lines count for it, in bytes.
    pub(super) answer_size: u64,
    /// Rules have put one together.
    pub(super) has_answer: bool,
    /// Rules answered in place of the server's response.
    pub(super) intercepted: bool,
    /// Rules on the response could not be carried out: who is to blame, as a letter of the termination state.
    pub(super) rules_failed: Option<u8>,
    /// Rules on every answer failed: if they fail for what is answered instead as well, that goes without them.
    pub(super) after_failed: bool,
    /// How the client wants the response compressed.
    pub(super) compression: Option<CompressionAlgorithm>,
    /// Where the rules on the response go on.
    pub(super) rules_at: ResponseRules,
    /// What is known of the ACLs.
    pub(super) cache: Cache,
    /// What the client's cookie said.
    pub(super) cookie: ClientCookie,
    /// How far the exchange is.
    pub(super) progress: Progress,
    /// What rules, samples and the log line know of it.
    pub(crate) stream: Stream,
    /// The client's address as text, for `forwardfor`.
    pub(super) address: Vec<u8>,
}

/// A place in the rules on a response: the backend's come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ResponseRules {
    /// It is the turn of a frontend that is not the backend as well.
    pub(super) in_frontend: bool,
    /// The next rule's number.
    pub(super) at: usize,
}

impl Txn {
    /// Makes it ready for the next request; buffers go back to the pool.
    pub(crate) fn clear(&mut self, buffers: &BufferPool) {
        for buffer in [self.req.take(), self.res.take()].into_iter().flatten() {
            buffers.give(buffer);
        }
        // Positions in buffers that are gone.
        self.req_head.method = Slice::default();
        self.req_head.uri = Slice::default();
        self.req_head.protocol = Slice::default();
        self.req_head.headers.clear();
        self.req_head.added.clear();
        self.res_head.added.clear();
        self.to_server.clear();
        self.to_client.clear();
        self.answer.body.clear();
        self.has_answer = false;
        self.after_failed = false;
        self.rules_failed = None;
        self.compression = None;
        self.intercepted = false;
        self.rules_at = ResponseRules::default();
        self.answer_size = 0;
        self.edits.clear();
        self.cache.reset();
        self.cookie = ClientCookie::default();
        self.progress = Progress::default();
        self.stream.clear();
    }

    /// The request, while its head is still at the beginning of `req`.
    pub(super) fn request(&self) -> RequestRef<'_> {
        RequestRef {
            buf: self.req.as_ref().map_or(&[], Buffer::data),
            head: &self.req_head,
        }
    }

    /// The response, while its head is still at the beginning of `res`.
    pub(super) fn response(&self) -> ResponseRef<'_> {
        ResponseRef {
            buf: self.res.as_ref().map_or(&[], Buffer::data),
            head: &self.res_head,
        }
    }

    /// What has come of the request's body, while its head is still at the beginning of `req`.
    pub(super) fn request_body(&self) -> Body<'_> {
        body_in(
            self.req.as_ref(),
            self.req_head.len,
            self.progress.req_ready,
            &self.req_traits,
            self.progress.req_body.is_done(),
        )
    }

    /// What has come of the response's body, while its head is still at the beginning of `res`.
    pub(super) fn response_body(&self) -> Body<'_> {
        body_in(
            self.res.as_ref(),
            self.res_head.len,
            self.progress.response_ready(),
            &self.res_traits,
            self.progress.is_body_received(),
        )
    }

    /// The request's headers, to be edited; at most `room` bytes may be added.
    pub(super) fn edit_request(&mut self, room: usize) -> HeadersMut<'_> {
        let received = self.req.as_ref().map_or(&[][..], Buffer::data);
        self.req_head.edit(received, room)
    }

    /// The response's headers, to be edited; at most `room` bytes may be added.
    pub(super) fn edit_response(&mut self, room: usize) -> HeadersMut<'_> {
        let received = self.res.as_ref().map_or(&[][..], Buffer::data);
        self.res_head.edit(received, room)
    }

    /// Captures for the log what is asked for of the request, of a cookie `most` bytes (`tune.http.cookielen`).
    pub(super) fn capture_request(&mut self, captures: &Captures, most: usize) {
        let buf = self.req.as_ref().map_or(&[][..], Buffer::data);
        let headers = RequestRef {
            buf,
            head: &self.req_head,
        }
        .headers();
        let kept = &mut self.stream.captures;
        kept.take_headers(true, &captures.request, headers);
        if let Some((name, max)) = &captures.cookie {
            kept.take_cookie(true, (name, most.min(*max)), headers);
        }
    }

    /// The same of the response.
    pub(super) fn capture_response(&mut self, captures: &Captures, most: usize) {
        let buf = self.res.as_ref().map_or(&[][..], Buffer::data);
        let headers = ResponseRef {
            buf,
            head: &self.res_head,
        }
        .headers();
        let kept = &mut self.stream.captures;
        kept.take_headers(false, &captures.response, headers);
        if let Some((name, max)) = &captures.cookie {
            kept.take_cookie(false, (name, most.min(*max)), headers);
        }
    }

    /// The request's method, wherever its head stands.
    pub(super) fn method(&self) -> &[u8] {
        if self.to_server.is_empty() {
            return self.request().method();
        }
        let end = memchr::memchr(b' ', &self.to_server).unwrap_or(0);
        &self.to_server[..end]
    }
}

impl Txn {
    /// Whether the request has that method.
    pub(super) fn has_method(&self, method: &[u8]) -> bool {
        if self.to_server.is_empty() {
            return self.request().method() == method;
        }
        // What is on its way begins with it.
        let behind = self.to_server.strip_prefix(method);
        behind.is_some_and(|behind| behind.first() == Some(&b' '))
    }
}

/// The first `ready` bytes behind the head in `buffer`, as a body: what of it has come is what rules see, but for those that
/// wait. `complete` says whether it is all.
pub(super) fn body_in<'a>(
    buffer: Option<&'a Buffer>,
    head: u32,
    ready: usize,
    traits: &MessageTraits,
    complete: bool,
) -> Body<'a> {
    let behind = buffer.and_then(|buffer| buffer.data().get(head as usize..));
    let bytes = behind.and_then(|bytes| bytes.get(..ready)).unwrap_or_default();
    // An answer to HEAD says how long the body would be that it does not have.
    let is_none = complete && bytes.is_empty();
    Body {
        bytes,
        chunked: traits.chunked,
        length: traits.content_length.filter(|_| !traits.chunked && !is_none),
        complete: true,
    }
}
