//! One stream of a connection of HTTP/2, read and written as a connection of HTTP/1 that has one request.

use std::io::{self, IoSlice};
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use http::StatusCode;

use super::connection::Carrier;
use super::head::{BodyForm, Form, WebSocket, put_trailers};
use super::response::{self, Part};

/// A stream.
pub struct StreamIo {
    carrier: Rc<Carrier>,
    respond: SendResponse<Bytes>,
    received: RecvStream,
    /// Where the response goes, once its head has gone.
    sending: Option<SendStream<Bytes>>,
    form: Form,
    /// Data that was received and not read yet.
    data: Bytes,
    /// What HTTP/1 has around data, not read yet.
    around: Vec<u8>,
    around_read: usize,
    phase: Phase,
    part: Part,
}

/// How far the request is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Its body comes.
    Body,
    /// Its body is through, trailers may follow.
    Trailers,
    /// A tunnel's end was received and is to be told.
    Ending,
    /// All of it is read.
    Done,
}

impl std::fmt::Debug for StreamIo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamIo").finish_non_exhaustive()
    }
}

impl StreamIo {
    /// A stream whose head is read.
    pub(super) fn new(
        carrier: Rc<Carrier>,
        respond: SendResponse<Bytes>,
        received: RecvStream,
        form: Form,
    ) -> Self {
        Self {
            carrier,
            respond,
            received,
            sending: None,
            phase: if form.body == BodyForm::None {
                Phase::Done
            } else {
                Phase::Body
            },
            form,
            data: Bytes::new(),
            around: Vec::new(),
            around_read: 0,
            part: Part::Head(Vec::new()),
        }
    }

    /// The connection that carries it.
    pub(crate) fn carrier(&self) -> &Carrier {
        &self.carrier
    }

    /// What the connection's TLS handshake agreed on; none in clear.
    pub(crate) fn secured(&self) -> Option<&crate::tls::Secured> {
        self.carrier.secured.as_ref()
    }

    /// The WebSocket that is asked for.
    pub(crate) fn asked_websocket(&self) -> Option<WebSocket> {
        self.form.websocket
    }

    /// Reads of the request's body, written as HTTP/1 has it.
    pub(crate) fn poll_read(&mut self, cx: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            if self.around_read < self.around.len() {
                let rest = &self.around[self.around_read..];
                let n = rest.len().min(room.len());
                room[..n].copy_from_slice(&rest[..n]);
                self.around_read += n;
                return Poll::Ready(Ok(n));
            }
            if !self.data.is_empty() {
                let n = self.data.len().min(room.len());
                self.data.copy_to_slice(&mut room[..n]);
                // The peer may send that much more; where the stream is gone nobody needs to know.
                let _ = self.received.flow_control().release_capacity(n);
                if self.data.is_empty() && self.form.body == BodyForm::Chunked {
                    self.put_around(b"\r\n");
                }
                return Poll::Ready(Ok(n));
            }
            match self.phase {
                Phase::Body => match ready!(self.received.poll_data(cx)) {
                    Some(Ok(data)) if data.is_empty() => {}
                    Some(Ok(data)) => {
                        if self.form.body == BodyForm::Chunked {
                            self.put_around(format!("{:x}\r\n", data.len()).as_bytes());
                        }
                        self.data = data;
                    }
                    Some(Err(error)) => return Poll::Ready(Err(gone(error))),
                    None => {
                        self.phase = match self.form.body {
                            BodyForm::Chunked => Phase::Trailers,
                            BodyForm::Tunnel => Phase::Ending,
                            BodyForm::None | BodyForm::Plain => Phase::Done,
                        }
                    }
                },
                Phase::Trailers => {
                    let trailers = ready!(self.received.poll_trailers(cx)).map_err(gone)?;
                    self.put_around(b"0\r\n");
                    if let Some(trailers) = trailers {
                        put_trailers(&mut self.around, &trailers);
                    }
                    self.around.extend_from_slice(b"\r\n");
                    self.phase = Phase::Done;
                }
                Phase::Ending => {
                    self.phase = Phase::Done;
                    return Poll::Ready(Ok(0));
                }
                // Nothing more comes but a reset.
                Phase::Done => return self.poll_gone(cx).map(Err),
            }
        }
    }

    fn put_around(&mut self, bytes: &[u8]) {
        self.around.clear();
        self.around.extend_from_slice(bytes);
        self.around_read = 0;
    }

    /// Waits for the client to call the stream off, or to go.
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let reset = match &mut self.sending {
            Some(sending) => ready!(sending.poll_reset(cx)),
            None => ready!(self.respond.poll_reset(cx)),
        };
        Poll::Ready(match reset {
            Ok(_) => io::ErrorKind::ConnectionReset.into(),
            Err(error) => gone(error),
        })
    }

    /// Takes of a response as HTTP/1 writes it what the client's windows have room for.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut taken = 0;
        for part in parts {
            let mut rest: &[u8] = part;
            while !rest.is_empty() {
                match self.poll_take(cx, rest) {
                    Poll::Ready(Ok(n)) => {
                        taken += n;
                        rest = &rest[n..];
                    }
                    Poll::Ready(Err(error)) if taken == 0 => return Poll::Ready(Err(error)),
                    Poll::Pending if taken == 0 => return Poll::Pending,
                    // It shows again with the next bytes.
                    Poll::Ready(Err(_)) | Poll::Pending => return Poll::Ready(Ok(taken)),
                }
            }
        }
        Poll::Ready(Ok(taken))
    }

    fn poll_take(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut self.part {
            Part::Head(kept) => {
                let (taken, whole) = response::take_lines(kept, bytes);
                if whole {
                    let lines = std::mem::take(kept);
                    self.begin(&lines)?;
                }
                Poll::Ready(Ok(taken))
            }
            Part::Length(left) => {
                let left = *left;
                let n = ready!(self.poll_data(cx, bytes, left, true))?;
                self.part = match left - n as u64 {
                    0 => Part::Done,
                    left => Part::Length(left),
                };
                Poll::Ready(Ok(n))
            }
            Part::Size(size) => {
                let (taken, next) = response::chunk_size(*size, bytes)?;
                self.part = next;
                Poll::Ready(Ok(taken))
            }
            Part::Extension(size) => {
                let size = *size;
                Poll::Ready(Ok(match memchr::memchr(b'\n', bytes) {
                    Some(end) => {
                        self.part = response::behind_size(size);
                        end + 1
                    }
                    None => bytes.len(),
                }))
            }
            Part::Chunk(left) => {
                let left = *left;
                let n = ready!(self.poll_data(cx, bytes, left, false))?;
                self.part = match left - n as u64 {
                    0 => Part::ChunkEnd,
                    left => Part::Chunk(left),
                };
                Poll::Ready(Ok(n))
            }
            Part::ChunkEnd => Poll::Ready(Ok(match memchr::memchr(b'\n', bytes) {
                Some(end) => {
                    self.part = Part::Size(0);
                    end + 1
                }
                None => bytes.len(),
            })),
            Part::Trailers(kept) => {
                let (taken, whole) = response::take_lines(kept, bytes);
                if whole {
                    let lines = std::mem::take(kept);
                    self.end(&lines)?;
                }
                Poll::Ready(Ok(taken))
            }
            Part::UntilEnd => self.poll_data(cx, bytes, u64::MAX, false),
            // Nothing belongs there: the head said so.
            Part::Done => Poll::Ready(Ok(bytes.len())),
        }
    }

    /// Sends a head.
    fn begin(&mut self, lines: &[u8]) -> io::Result<()> {
        let mut head = response::head(lines, self.form.to_head)?;
        let status = head.response.status();
        if status == StatusCode::SWITCHING_PROTOCOLS {
            if self.form.websocket.is_none() {
                return Err(io::ErrorKind::InvalidData.into());
            }
            // What HTTP/1 switches to HTTP/2 agrees to (RFC 8441, section 5).
            *head.response.status_mut() = StatusCode::OK;
            head.response.headers_mut().remove("sec-websocket-accept");
            head.body = Part::UntilEnd;
        } else if status.is_informational() {
            self.part = Part::Head(Vec::new());
            return self.respond.send_informational(head.response).map_err(gone);
        } else if self.form.body == BodyForm::Tunnel && self.form.websocket.is_none() && status.is_success() {
            head.body = Part::UntilEnd;
        }
        let ends = matches!(head.body, Part::Done);
        self.part = head.body;
        self.sending = Some(self.respond.send_response(head.response, ends).map_err(gone)?);
        Ok(())
    }

    /// Sends of `bytes`, of which up to `left` are data, what there is room for. `last` says that the stream ends with the last of
    /// them.
    fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        left: u64,
        last: bool,
    ) -> Poll<io::Result<usize>> {
        let Some(sending) = &mut self.sending else {
            return Poll::Ready(Err(io::ErrorKind::NotConnected.into()));
        };
        let there = bytes.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        sending.reserve_capacity(there);
        if sending.capacity() == 0 {
            match ready!(sending.poll_capacity(cx)) {
                Some(Ok(_)) if sending.capacity() > 0 => {}
                // Asked again: the window may have been taken back.
                Some(Ok(_)) => {
                    cx.waker().wake_by_ref();
                    return Poll::Pending;
                }
                Some(Err(error)) => return Poll::Ready(Err(gone(error))),
                None => return Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            }
        }
        let n = there.min(sending.capacity());
        let ends = last && n as u64 == left;
        sending
            .send_data(Bytes::copy_from_slice(&bytes[..n]), ends)
            .map_err(gone)?;
        Poll::Ready(Ok(n))
    }

    /// Ends the stream behind the last chunk.
    fn end(&mut self, trailers: &[u8]) -> io::Result<()> {
        self.part = Part::Done;
        let Some(sending) = &mut self.sending else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let fields = response::fields_of(trailers);
        if fields.is_empty() {
            sending.send_data(Bytes::new(), true).map_err(gone)
        } else {
            sending.send_trailers(fields).map_err(gone)
        }
    }

    /// Ends our direction: the response, where its end is not known otherwise.
    pub(crate) fn poll_shutdown(&mut self) -> Poll<io::Result<()>> {
        if matches!(self.part, Part::UntilEnd) {
            return Poll::Ready(self.end(b""));
        }
        Poll::Ready(Ok(()))
    }
}

impl Drop for StreamIo {
    fn drop(&mut self) {
        // A tunnel ends with its connection, and a body that ends with it is through.
        if matches!(self.part, Part::UntilEnd) && self.form.body == BodyForm::Tunnel {
            let _ = self.end(b"");
        }
        let reason = match (&self.part, &self.sending) {
            // What the client has not sent yet is not asked for any more: the library says so.
            (Part::Done, _) => None,
            (_, Some(_)) => Some(Reason::INTERNAL_ERROR),
            (_, None) => Some(Reason::CANCEL),
        };
        if let Some(reason) = reason {
            match &mut self.sending {
                Some(sending) => sending.send_reset(reason),
                None => self.respond.send_reset(reason),
            }
        }
        self.carrier.close_stream();
    }
}

/// A stream that the client called off, or whose connection is gone.
fn gone(error: h2::Error) -> io::Error {
    if error.is_io() {
        error
            .into_io()
            .unwrap_or_else(|| io::ErrorKind::ConnectionReset.into())
    } else {
        io::ErrorKind::ConnectionReset.into()
    }
}
