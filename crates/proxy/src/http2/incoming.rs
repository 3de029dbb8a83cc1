//! The direction of a stream that is received: its data come out as HTTP/1 writes them.

use std::io::{self, Write as _};
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes};
use h2::RecvStream;

use super::gone;
use super::head::{BodyForm, put_trailers};

/// What is received.
#[derive(Debug)]
pub(super) struct Incoming {
    received: RecvStream,
    form: BodyForm,
    /// Data that were received and not read yet.
    data: Bytes,
    /// What HTTP/1 has around data, not read yet.
    around: Vec<u8>,
    around_read: usize,
    phase: Phase,
}

/// How far a message is read.
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

impl Incoming {
    /// What follows a head; `before` is read first.
    pub(super) fn new(received: RecvStream, form: BodyForm, before: Vec<u8>) -> Self {
        Self {
            received,
            form,
            data: Bytes::new(),
            around: before,
            around_read: 0,
            phase: if form == BodyForm::None {
                Phase::Done
            } else {
                Phase::Body
            },
        }
    }

    /// Reads; none once nothing more comes.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        room: &mut [u8],
    ) -> Poll<io::Result<Option<usize>>> {
        loop {
            if self.around_read < self.around.len() {
                let rest = &self.around[self.around_read..];
                let n = rest.len().min(room.len());
                room[..n].copy_from_slice(&rest[..n]);
                self.around_read += n;
                return Poll::Ready(Ok(Some(n)));
            }
            if !self.data.is_empty() {
                let n = self.data.len().min(room.len());
                self.data.copy_to_slice(&mut room[..n]);
                // The peer may send that much more; where the stream is gone nobody needs to know.
                let _ = self.received.flow_control().release_capacity(n);
                if self.data.is_empty() && self.form == BodyForm::Chunked {
                    self.put_around(b"\r\n");
                }
                return Poll::Ready(Ok(Some(n)));
            }
            match self.phase {
                Phase::Body => match ready!(self.received.poll_data(cx)) {
                    Some(Ok(data)) if data.is_empty() => {}
                    Some(Ok(data)) => {
                        if self.form == BodyForm::Chunked {
                            self.put_size(data.len());
                        }
                        self.data = data;
                    }
                    Some(Err(error)) => return Poll::Ready(Err(gone(error))),
                    None => {
                        self.phase = match self.form {
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
                    return Poll::Ready(Ok(Some(0)));
                }
                Phase::Done => return Poll::Ready(Ok(None)),
            }
        }
    }

    fn put_size(&mut self, size: usize) {
        self.put_around(b"");
        // Memory takes all that is written.
        let _ = write!(self.around, "{size:x}\r\n");
    }

    fn put_around(&mut self, bytes: &[u8]) {
        self.around.clear();
        self.around.extend_from_slice(bytes);
        self.around_read = 0;
    }
}
