//! Asking a process on its stats socket.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::process::PATIENCE;

/// All that is answered to a line without its newline: the socket closes behind it.
///
/// # Errors
/// When nobody listens, or the answer does not end within [`PATIENCE`].
pub fn ask(socket: &Path, line: &str) -> io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // At once: behind the newline the other side may close.
    stream.write_all(format!("{line}\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
