//! What frames go over: a connection that those who ask about it share with the library.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use h2::Reason;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::frames::{Frames, Sender};
use crate::buffer::Buffer;
use crate::io::Io;
use crate::thread::Thread;

/// A connection.
pub(super) struct Wire {
    io: Rc<RefCell<Io>>,
    /// What was received before, and the thread whose buffer it is.
    pending: Option<(Rc<Thread>, Buffer)>,
    watch: Watch,
}

/// Who looks along what goes both ways.
struct Watch {
    theirs: Frames,
    ours: Frames,
    /// What is wrong with what the peer sent, where there is a task that tells it.
    wrong: Option<Rc<Cell<Option<Reason>>>>,
    /// What was odd about it, and how much is too much; 0 for nothing.
    glitches: Rc<Cell<u32>>,
    threshold: u32,
}

impl Watch {
    /// Counts what was odd. Gives what is wrong once that is too much.
    fn count(&mut self, more: u32) -> Option<Reason> {
        if more == 0 {
            return None;
        }
        let all = self.glitches.get().saturating_add(more);
        self.glitches.set(all);
        (self.threshold > 0 && all >= self.threshold).then_some(Reason::ENHANCE_YOUR_CALM)
    }

    /// Something is wrong: nothing more is read. The connection's task tells the client, and nobody else sees it; with a server the
    /// connection breaks.
    fn refuse(&self, reason: Reason, cx: &Context<'_>) -> Poll<io::Result<()>> {
        let Some(wrong) = &self.wrong else {
            return Poll::Ready(Err(io::ErrorKind::InvalidData.into()));
        };
        wrong.set(Some(reason));
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Looks along what was sent: the first `n` bytes of `parts`.
    fn saw_ours(&mut self, cx: &Context<'_>, parts: &[IoSlice<'_>], mut n: usize) -> io::Result<()> {
        for part in parts {
            let len = n.min(part.len());
            self.ours.see(&part[..len]);
            n -= len;
        }
        let more = self.ours.take_glitches();
        match self.count(more) {
            Some(reason) => match self.refuse(reason, cx) {
                Poll::Ready(result) => result,
                Poll::Pending => Ok(()),
            },
            None => Ok(()),
        }
    }
}

impl Wire {
    /// One with a server. What is odd about its frames is counted in `glitches`; at `threshold` of them (0 is none) the connection breaks,
    /// and where something is wrong with them.
    pub(super) fn to_server(io: &Rc<RefCell<Io>>, glitches: &Rc<Cell<u32>>, threshold: u32) -> Self {
        Self {
            io: Rc::clone(io),
            pending: None,
            watch: Watch {
                theirs: Frames::new(Sender::Server),
                ours: Frames::new(Sender::ToServer),
                wrong: None,
                glitches: Rc::clone(glitches),
                threshold,
            },
        }
    }

    /// One with a client, of which `pending` was received before. What is wrong with its frames is put into `wrong`, and nothing more is
    /// read; what is odd is counted in `glitches`, of which `threshold` is too many (0 is none).
    pub(super) fn of_client(
        io: &Rc<RefCell<Io>>,
        pending: Option<(Rc<Thread>, Buffer)>,
        wrong: &Rc<Cell<Option<Reason>>>,
        (glitches, threshold): (&Rc<Cell<u32>>, u32),
    ) -> Self {
        let watch = Watch {
            theirs: Frames::new(Sender::Client),
            ours: Frames::new(Sender::ToClient),
            wrong: Some(Rc::clone(wrong)),
            glitches: Rc::clone(glitches),
            threshold,
        };
        Self {
            io: Rc::clone(io),
            pending,
            watch,
        }
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let Some((thread, mut pending)) = self.pending.take() else {
            return self.io.borrow_mut().poll_read_into(cx, buf);
        };
        let n = pending.len().min(buf.remaining());
        buf.put_slice(&pending.data()[..n]);
        pending.consume(n);
        if pending.is_empty() {
            thread.buffers.give(pending);
        } else {
            self.pending = Some((thread, pending));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this
            .watch
            .wrong
            .as_ref()
            .is_some_and(|wrong| wrong.get().is_some())
        {
            return Poll::Pending;
        }
        let before = buf.filled().len();
        ready!(this.poll_bytes(cx, buf))?;
        let watch = &mut this.watch;
        let wrong = watch.theirs.see(&buf.filled()[before..]);
        let more = watch.theirs.take_glitches();
        if let Some(reason) = watch.count(more).or(wrong) {
            buf.set_filled(before);
            return watch.refuse(reason, cx);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.poll_write_vectored(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let n = ready!(this.io.borrow_mut().poll_write(cx, parts))?;
        this.watch.saw_ours(cx, parts, n)?;
        Poll::Ready(Ok(n))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.borrow_mut().poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io.borrow_mut().poll_shutdown(cx)
    }
}
