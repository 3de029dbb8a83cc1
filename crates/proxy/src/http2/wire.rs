//! What frames go over: a connection that those who ask about it share with the library.

use std::cell::{Cell, RefCell};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use h2::Reason;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::frames::Frames;
use crate::buffer::Buffer;
use crate::io::Io;
use crate::thread::Thread;

/// A connection.
pub(super) struct Wire {
    io: Rc<RefCell<Io>>,
    /// What was received before, and the thread whose buffer it is.
    pending: Option<(Rc<Thread>, Buffer)>,
    watch: Option<Watch>,
}

/// Who looks along what a client sends.
struct Watch {
    frames: Frames,
    wrong: Rc<Cell<Option<Reason>>>,
}

impl Wire {
    /// One with a server.
    pub(super) fn to_server(io: &Rc<RefCell<Io>>) -> Self {
        Self {
            io: Rc::clone(io),
            pending: None,
            watch: None,
        }
    }

    /// One with a client, of which `pending` was received before. What is wrong with its frames is put into `wrong`, and nothing more is
    /// read.
    pub(super) fn of_client(
        io: &Rc<RefCell<Io>>,
        pending: Option<(Rc<Thread>, Buffer)>,
        wrong: &Rc<Cell<Option<Reason>>>,
    ) -> Self {
        let watch = Watch {
            frames: Frames::new(),
            wrong: Rc::clone(wrong),
        };
        Self {
            io: Rc::clone(io),
            pending,
            watch: Some(watch),
        }
    }

    fn poll_bytes(&mut self, cx: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        let Some((thread, mut pending)) = self.pending.take() else {
            return self.io.borrow_mut().poll_read(cx, room);
        };
        let n = pending.len().min(room.len());
        room[..n].copy_from_slice(&pending.data()[..n]);
        pending.consume(n);
        if pending.is_empty() {
            thread.buffers.give(pending);
        } else {
            self.pending = Some((thread, pending));
        }
        Poll::Ready(Ok(n))
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this
            .watch
            .as_ref()
            .is_some_and(|watch| watch.wrong.get().is_some())
        {
            return Poll::Pending;
        }
        let room = buf.initialize_unfilled();
        let n = ready!(this.poll_bytes(cx, room))?;
        if let Some(watch) = &mut this.watch
            && let Some(reason) = watch.frames.see(&room[..n])
        {
            // The connection's task tells the client, and nobody else sees it.
            watch.wrong.set(Some(reason));
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        buf.advance(n);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.io.borrow_mut().poll_write(cx, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io.borrow_mut().poll_write(cx, parts)
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
