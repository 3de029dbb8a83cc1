//! One stream of a client's connection, read and written as a connection of HTTP/1 that has one request.

use std::io::{self, IoSlice};
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream};
use http::StatusCode;

use super::connection::Carrier;
use super::gone;
use super::head::{BodyForm, Form, WebSocket};
use super::incoming::Incoming;
use super::message::{self, Part};
use super::outgoing::{Begun, Outgoing};

/// A stream.
pub struct StreamIo {
    carrier: Rc<Carrier>,
    respond: SendResponse<Bytes>,
    form: Form,
    request: Incoming,
    response: Outgoing,
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
            request: Incoming::new(received, form.body, Vec::new()),
            form,
            response: Outgoing::new(),
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
        match ready!(self.request.poll_read(cx, room))? {
            Some(n) => Poll::Ready(Ok(n)),
            // Nothing more comes but a reset.
            None => self.poll_gone(cx).map(Err),
        }
    }

    /// Waits for the client to call the stream off, or to go.
    fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let reset = match self.response.stream() {
            Some(stream) => ready!(stream.poll_reset(cx)),
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
        let (respond, form) = (&mut self.respond, self.form);
        self.response
            .poll_write(cx, parts, &mut |lines, _| begin(respond, form, lines))
    }

    /// Ends our direction: the response, where its end is not known otherwise.
    pub(crate) fn poll_shutdown(&mut self) -> Poll<io::Result<()>> {
        Poll::Ready(self.response.finish())
    }
}

/// Sends the head of a response.
fn begin(respond: &mut SendResponse<Bytes>, form: Form, lines: &[u8]) -> io::Result<Begun> {
    let mut head = message::response(lines, form.to_head)?;
    let status = head.message.status();
    if status == StatusCode::SWITCHING_PROTOCOLS {
        if form.websocket.is_none() {
            return Err(io::ErrorKind::InvalidData.into());
        }
        // What HTTP/1 switches to HTTP/2 agrees to (RFC 8441, section 5).
        *head.message.status_mut() = StatusCode::OK;
        head.message.headers_mut().remove("sec-websocket-accept");
        head.body = Part::UntilEnd;
    } else if status.is_informational() {
        respond.send_informational(head.message).map_err(gone)?;
        return Ok(Begun::Interim);
    } else if form.body == BodyForm::Tunnel && form.websocket.is_none() && status.is_success() {
        head.body = Part::UntilEnd;
    }
    let ends = matches!(head.body, Part::Done);
    let stream = respond.send_response(head.message, ends).map_err(gone)?;
    Ok(Begun::Message(stream, head.body))
}

impl Drop for StreamIo {
    fn drop(&mut self) {
        if self.form.body == BodyForm::Tunnel {
            // A tunnel ends with its connection; a client that has gone is not to be told.
            let _ = self.response.finish();
        }
        // Of what the client has not sent yet nothing is asked for any more: the library says so.
        if !self.response.cut_off() && !self.response.is_done() {
            self.respond.send_reset(Reason::CANCEL);
        }
        self.carrier.close_stream();
    }
}
