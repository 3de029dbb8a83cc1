//! Connections that a master opens to its worker: each arrives as a descriptor over the line between the two, with the level of
//! who asks in the byte beside it. They are served like those of a stats socket, but are not limited in number.

use std::io;
use std::os::unix::net::UnixStream as StdStream;
use std::rc::Rc;

use haproxy_cfg::model::Level;
use tokio::io::Interest;
use tokio::net::UnixStream;
use tokio::task::JoinHandle;

use super::AdminContext;
use super::connection::{self, Rights};
use crate::handover;

/// The byte that stands for a level.
#[must_use]
pub fn level_mark(level: Level) -> u8 {
    match level {
        Level::User => b'u',
        Level::Operator => b'o',
        Level::Admin => b'a',
    }
}

/// Serves the line until its other end is gone; the task ends then.
///
/// # Errors
/// When the line cannot be given to the runtime.
///
/// # Panics
/// Outside of a runtime's `LocalSet`.
pub fn spawn_line(line: StdStream, context: Rc<AdminContext>) -> io::Result<JoinHandle<()>> {
    line.set_nonblocking(true)?;
    let line = UnixStream::from_std(line)?;
    Ok(tokio::task::spawn_local(async move {
        loop {
            let mut mark = [0; 1];
            let received = line
                .async_io(Interest::READABLE, || handover::receive(&line, &mut mark))
                .await;
            let descriptors = match received {
                Ok((0, _)) | Err(_) => return,
                Ok((_, descriptors)) => descriptors,
            };
            let level = match mark {
                [b'a'] => Level::Admin,
                [b'o'] => Level::Operator,
                _ => Level::User,
            };
            for descriptor in descriptors {
                let rights = Rights {
                    level,
                    exposes_listeners: true,
                    socket: 0,
                };
                let stream = StdStream::from(descriptor);
                // One that cannot be served is closed, which its other end sees.
                if stream.set_nonblocking(true).is_ok()
                    && let Ok(stream) = UnixStream::from_std(stream)
                {
                    tokio::task::spawn_local(connection::serve(stream, rights, Rc::clone(&context), None));
                }
            }
        }
    }))
}
