//! The old process's side.

use std::io::{self, Read as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use super::{BATCH, Export, message, wire};

/// How long the other side may take for a batch.
const PATIENCE: Duration = Duration::from_secs(2);

/// Sends the sockets to whoever has asked for them. It waits for the other side, so it wants a thread of its own.
///
/// # Errors
/// What the system says, and when the other side is too slow.
pub fn give(mut stream: UnixStream, exports: &[Arc<Export>]) -> io::Result<()> {
    stream.set_nonblocking(false)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let count = i32::try_from(exports.len()).map_err(io::Error::other)?;
    message::send(&stream, &count.to_ne_bytes(), &[])?;
    let mut batches = exports.chunks(BATCH).peekable();
    while let Some(batch) = batches.next() {
        let mut records = Vec::new();
        for export in batch {
            wire::put(&mut records, &export.namespace, &export.interface);
        }
        let descriptors: Vec<_> = batch.iter().map(|export| export.socket.as_fd()).collect();
        message::send(&stream, &records, &descriptors)?;
        // Nobody has to wait for the last acknowledgement, and some do not send it.
        if batches.peek().is_some() {
            stream.read_exact(&mut [0; 4])?;
        }
    }
    Ok(())
}
