//! The line between a master and one of its workers: over it the master opens connections to the worker's commands, as if to a
//! stats socket that nobody else can reach. It lasts as long as both; a worker whose master is gone sees it end.

use std::fmt;
use std::io;
use std::os::fd::{AsFd as _, AsRawFd as _};
use std::os::unix::net::UnixStream;
use std::sync::Arc;

use haproxy_cfg::model::Level;
use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use proxy::handover;

use crate::kernel;

/// The master's end.
#[derive(Clone)]
pub(crate) struct Line(Arc<UnixStream>);

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Line").field(&self.0.as_raw_fd()).finish()
    }
}

impl Line {
    /// A line and the worker's end of it.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn new() -> io::Result<(Self, UnixStream)> {
        let (master, worker) = UnixStream::pair()?;
        Ok((Self(Arc::new(master)), worker))
    }

    /// A connection to the worker's commands, at that level.
    ///
    /// # Errors
    /// What the system says, above all when the worker has gone.
    pub(super) fn connect(&self, level: Level) -> io::Result<UnixStream> {
        let (here, there) = UnixStream::pair()?;
        let mark = [proxy::admin::level_mark(level)];
        handover::send(&*self.0, &mark, &[there.as_fd()])?;
        Ok(here)
    }

    /// The number under which [`Line::adopt`] finds it once this process has become itself anew; until then it is kept open for
    /// that.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn keep(&self) -> io::Result<i32> {
        fcntl(&*self.0, FcntlArg::F_SETFD(FdFlag::empty()))?;
        Ok(self.0.as_raw_fd())
    }

    /// Closes it on exec again.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn keep_no_more(&self) -> io::Result<()> {
        fcntl(&*self.0, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC))?;
        Ok(())
    }

    /// The line that was kept under a number. Each number may be given once.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn adopt(number: i32) -> io::Result<Self> {
        kernel::check_socket(number)?;
        let line = Self(Arc::new(UnixStream::from(kernel::adopt(number)?)));
        line.keep_no_more()?;
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    #[test]
    fn connections_are_opened_over_it_with_their_level() {
        let (line, worker) = Line::new().unwrap();
        let mut here = line.connect(Level::Operator).unwrap();
        let mut mark = [0; 1];
        let (received, mut descriptors) = handover::receive(&worker, &mut mark).unwrap();
        assert_eq!((received, descriptors.len()), (1, 1));
        assert_eq!(mark, [proxy::admin::level_mark(Level::Operator)]);
        let mut there = UnixStream::from(descriptors.remove(0));
        there.write_all(b"hello").unwrap();
        drop(there);
        let mut text = String::new();
        here.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hello");
        drop(worker);
        assert!(line.connect(Level::User).is_err());
    }
}
