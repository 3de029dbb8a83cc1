//! The direction of a stream that is sent: a message as HTTP/1 writes it goes in, frames go out.

use std::io::{self, IoSlice};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use h2::{Reason, SendStream};

use super::gone;
use super::message::{self, Part};

/// What is sent.
#[derive(Debug)]
pub(super) struct Outgoing {
    part: Part,
    /// Where it goes, once its head has gone.
    stream: Option<SendStream<Bytes>>,
}

/// What a head became.
pub(super) enum Begun {
    /// That of an interim response: another follows.
    Interim,
    /// That of the message; behind it comes that.
    Message(SendStream<Bytes>, Part),
}

/// Sends a head, whose lines it is given.
pub(super) type Begin<'a> = dyn FnMut(&[u8], &mut Context<'_>) -> io::Result<Begun> + 'a;

impl Outgoing {
    /// A message of which nothing was sent.
    pub(super) fn new() -> Self {
        Self {
            part: Part::Head(Vec::new()),
            stream: None,
        }
    }

    /// All of it was sent.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.part, Part::Done)
    }

    /// Its head was sent.
    pub(super) fn stream(&mut self) -> Option<&mut SendStream<Bytes>> {
        self.stream.as_mut()
    }

    /// Takes what the peer's windows have room for.
    pub(super) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
        begin: &mut Begin<'_>,
    ) -> Poll<io::Result<usize>> {
        let mut taken = 0;
        for part in parts {
            let mut rest: &[u8] = part;
            while !rest.is_empty() {
                match self.poll_take(cx, rest, begin) {
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

    fn poll_take(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        begin: &mut Begin<'_>,
    ) -> Poll<io::Result<usize>> {
        match &mut self.part {
            Part::Head(kept) => {
                // Nearly always it comes in one piece, and is read where it stands.
                let at_once = message::lines_end(bytes).filter(|_| kept.is_empty());
                let (taken, begun) = match at_once {
                    Some(end) => (end, begin(&bytes[..end], cx)?),
                    None => {
                        let (taken, whole) = message::take_lines(kept, bytes);
                        if !whole {
                            return Poll::Ready(Ok(taken));
                        }
                        (taken, begin(&std::mem::take(kept), cx)?)
                    }
                };
                match begun {
                    Begun::Interim => {}
                    Begun::Message(stream, behind) => {
                        self.stream = Some(stream);
                        self.part = behind;
                    }
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
                let (taken, next) = message::chunk_size(*size, bytes)?;
                self.part = next;
                Poll::Ready(Ok(taken))
            }
            Part::Extension(size) => {
                let size = *size;
                Poll::Ready(Ok(match memchr::memchr(b'\n', bytes) {
                    Some(end) => {
                        self.part = message::behind_size(size);
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
                let (taken, whole) = message::take_lines(kept, bytes);
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

    /// Sends of `bytes`, of which up to `left` are data, what there is room for. `last` says that the stream ends with the last of
    /// them.
    fn poll_data(
        &mut self,
        cx: &mut Context<'_>,
        bytes: &[u8],
        left: u64,
        last: bool,
    ) -> Poll<io::Result<usize>> {
        let Some(sending) = &mut self.stream else {
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
        let Some(sending) = &mut self.stream else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let fields = message::fields_of(trailers);
        if fields.is_empty() {
            sending.send_data(Bytes::new(), true).map_err(gone)
        } else {
            sending.send_trailers(fields).map_err(gone)
        }
    }

    /// Ends a message whose end is not known otherwise.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match self.part {
            Part::UntilEnd => self.end(b""),
            _ => Ok(()),
        }
    }

    /// Tells the peer that the rest will not come; false where nothing of it has gone, or all of it.
    pub(super) fn cut_off(&mut self) -> bool {
        match &mut self.stream {
            Some(stream) if !matches!(self.part, Part::Done) => {
                stream.send_reset(Reason::INTERNAL_ERROR);
                true
            }
            _ => false,
        }
    }
}
