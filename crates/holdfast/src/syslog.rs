//! The system log's socket, as both keepalived's and heartbeat's journals write to it.

use std::io;
use std::os::unix::net::UnixDatagram;

/// The system log's socket.
const SYSLOG: &str = "/dev/log";

/// The connection to the system log, made when there is something to say, and anew when the system log was.
#[derive(Debug, Default)]
pub(crate) struct Syslog(Option<UnixDatagram>);

impl Syslog {
    /// Sends a line. One that nobody takes is lost.
    pub(crate) fn send(&mut self, line: &[u8]) {
        for _ in 0..2 {
            if self.0.is_none() {
                self.0 = connect().ok();
            }
            match &self.0 {
                Some(socket) => match socket.send(line) {
                    Ok(_) => return,
                    // It has no room: the line is lost.
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => return,
                    Err(_) => self.0 = None,
                },
                None => return,
            }
        }
    }
}

fn connect() -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    socket.set_nonblocking(true)?;
    socket.connect(SYSLOG)?;
    Ok(socket)
}
