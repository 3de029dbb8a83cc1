//! Pipes through which the kernel moves bytes from one socket to another without showing them to us (splice), kept by the
//! thread that made them.

use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use haproxy_cfg::model::Global;
use nix::sys::resource::{Resource, getrlimit};
use proxy_core::state::Pipes;
use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};
use tokio::io::Interest;
use tokio::net::TcpStream;

use crate::io::Io;

/// How many pipes without a user a thread keeps.
const KEPT: usize = 32;

/// Bytes that a pipe is asked to hold, unless `tune.pipesize` says otherwise.
pub(crate) const SIZE: usize = 256 * 1024;

/// A thread's pipes.
#[derive(Debug)]
pub(crate) struct PipePool {
    free: RefCell<Vec<Pipe>>,
    /// Pipes that may still be made.
    left: Cell<usize>,
    /// Pipes that there may be.
    most: usize,
    size: usize,
    /// Those of all threads.
    all: Arc<Pipes>,
}

/// A pipe: bytes that were taken from one socket and not yet given to the other.
#[derive(Debug)]
pub(crate) struct Pipe {
    read: OwnedFd,
    write: OwnedFd,
    len: usize,
}

impl PipePool {
    /// An empty pool of one of `threads` threads, whose pipes are counted in `all`; `maxconn` is the process's.
    pub(crate) fn new(global: &Global, maxconn: u32, threads: usize, all: &Arc<Pipes>) -> Self {
        // A quarter of the connections, as the original has it, as far as these leave descriptors for both ends.
        let spare = getrlimit(Resource::RLIMIT_NOFILE).map_or(0, |(soft, _)| soft) / 2;
        let spare = u32::try_from(spare).unwrap_or(u32::MAX).saturating_sub(maxconn);
        let unasked = (maxconn / 4).min(spare.max(maxconn / 64));
        let allowed = match global.nosplice {
            true => 0,
            false => global.maxpipes.unwrap_or(unasked),
        };
        all.allow(allowed);
        let most = (allowed as usize).div_ceil(threads.max(1));
        Self {
            free: RefCell::new(Vec::new()),
            left: Cell::new(most),
            most,
            size: global.tune.pipesize.map_or(SIZE, |bytes| bytes as usize),
            all: Arc::clone(all),
        }
    }

    /// An empty pipe; none when no more may be made, or the system makes none.
    pub(crate) fn take(&self) -> Option<Pipe> {
        if let Some(pipe) = self.free.borrow_mut().pop() {
            self.all.take(true);
            return Some(pipe);
        }
        let left = self.left.get().checked_sub(1)?;
        let (read, write) = pipe_with(PipeFlags::NONBLOCK | PipeFlags::CLOEXEC).ok()?;
        // A user who has many pipes gets small ones: they do as well.
        let _size = fcntl_setpipe_size(&write, self.size);
        self.left.set(left);
        self.all.take(false);
        Some(Pipe { read, write, len: 0 })
    }

    /// Pipes in use, and those that are kept for the next user.
    pub(crate) fn counts(&self) -> (usize, usize) {
        let kept = self.free.borrow().len();
        (self.most.saturating_sub(self.left.get() + kept), kept)
    }

    /// Takes a pipe back. One that still holds bytes is closed.
    pub(crate) fn give(&self, pipe: Pipe) {
        let mut free = self.free.borrow_mut();
        let kept = pipe.len == 0 && free.len() < KEPT;
        self.all.give(kept);
        if kept {
            free.push(pipe);
        } else {
            self.left.set(self.left.get() + 1);
        }
    }
}

impl Pipe {
    /// Whether nothing is in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Moves up to `max` bytes from a socket into the pipe, which must be empty: otherwise nobody could tell a full pipe from
    /// an empty socket. 0 bytes is the peer's end.
    ///
    /// # Errors
    /// As reading from the socket.
    pub(crate) fn poll_fill(
        &mut self,
        cx: &mut Context<'_>,
        from: &TcpStream,
        max: usize,
    ) -> Poll<io::Result<usize>> {
        debug_assert!(self.is_empty());
        loop {
            ready!(from.poll_read_ready(cx))?;
            let moved = from.try_io(Interest::READABLE, || {
                Ok(splice(from, None, &self.write, None, max, flags())?)
            });
            match moved {
                Ok(moved) => {
                    self.len = moved;
                    return Poll::Ready(Ok(moved));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }

    /// Moves bytes from the pipe, which must hold some, to a socket.
    ///
    /// # Errors
    /// As writing to the socket.
    pub(crate) fn poll_drain(&mut self, cx: &mut Context<'_>, to: &TcpStream) -> Poll<io::Result<usize>> {
        debug_assert!(!self.is_empty());
        loop {
            ready!(to.poll_write_ready(cx))?;
            let moved = to.try_io(Interest::WRITABLE, || {
                Ok(splice(&self.read, None, to, None, self.len, flags())?)
            });
            match moved {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(moved) => {
                    self.len -= moved;
                    return Poll::Ready(Ok(moved));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

fn flags() -> SpliceFlags {
    SpliceFlags::MOVE | SpliceFlags::NONBLOCK
}

/// The sockets between which bytes may go through a pipe: TCP in clear on both sides.
pub(crate) fn sockets<'a>(from: &'a Io, to: &'a Io) -> Option<(&'a TcpStream, &'a TcpStream)> {
    match (from, to) {
        (Io::Tcp(from), Io::Tcp(to)) => Some((from, to)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (TcpStream, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        (near, listener.accept().await.unwrap().0)
    }

    fn pool(maxpipes: u32) -> PipePool {
        let global = Global {
            maxpipes: Some(maxpipes),
            ..Global::default()
        };
        PipePool::new(&global, 100, 1, &Arc::default())
    }

    #[tokio::test]
    async fn bytes_go_from_one_socket_to_the_other_and_then_the_end() {
        let ((mut client, from), (to, mut server)) = (pair().await, pair().await);
        let mut pipe = pool(1).take().unwrap();
        client.write_all(b"hello, world").await.unwrap();
        assert_eq!(poll_fn(|cx| pipe.poll_fill(cx, &from, 5)).await.unwrap(), 5);
        while !pipe.is_empty() {
            poll_fn(|cx| pipe.poll_drain(cx, &to)).await.unwrap();
        }
        assert_eq!(poll_fn(|cx| pipe.poll_fill(cx, &from, 100)).await.unwrap(), 7);
        poll_fn(|cx| pipe.poll_drain(cx, &to)).await.unwrap();
        let mut got = [0; 12];
        server.read_exact(&mut got).await.unwrap();
        assert_eq!(&got, b"hello, world");
        drop(client);
        assert_eq!(poll_fn(|cx| pipe.poll_fill(cx, &from, 100)).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn there_are_no_more_pipes_than_allowed_and_one_with_bytes_is_not_used_again() {
        let (mut client, from) = pair().await;
        let pool = pool(1);
        let counts = || (pool.all.most(), pool.all.used(), pool.all.free());
        assert_eq!(counts(), (1, 0, 0));
        let mut pipe = pool.take().unwrap();
        assert_eq!(counts(), (1, 1, 0));
        assert!(pool.take().is_none());
        client.write_all(b"x").await.unwrap();
        poll_fn(|cx| pipe.poll_fill(cx, &from, 1)).await.unwrap();
        pool.give(pipe);
        assert!(pool.free.borrow().is_empty());
        assert_eq!(counts(), (1, 0, 0));
        let pipe = pool.take().unwrap();
        assert!(pipe.is_empty());
        pool.give(pipe);
        assert_eq!(counts(), (1, 0, 1));
        assert_eq!(pool.counts(), (0, 1));
    }

    #[test]
    fn nosplice_leaves_no_pipe() {
        let global = Global {
            maxpipes: Some(10),
            nosplice: true,
            ..Global::default()
        };
        assert!(PipePool::new(&global, 100, 1, &Arc::default()).take().is_none());
    }
}
