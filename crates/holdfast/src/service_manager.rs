//! Tells systemd how the service is (sd_notify(3)): a datagram to the socket that `NOTIFY_SOCKET` names.

use std::ffi::OsStr;
use std::io;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// The service runs.
pub(crate) fn ready(wanted: bool) {
    send(
        wanted,
        &format!("READY=1\nSTATUS=Ready.\nMAINPID={}\n", std::process::id()),
    );
}

/// The service reads its files anew.
pub(crate) fn reloading(wanted: bool) {
    let now = nix::time::clock_gettime(nix::time::ClockId::CLOCK_MONOTONIC);
    let microseconds = now.map_or(0, |now| now.tv_sec() * 1_000_000 + now.tv_nsec() / 1000);
    send(
        wanted,
        &format!("RELOADING=1\nSTATUS=Reloading Configuration.\nMONOTONIC_USEC={microseconds}\n"),
    );
}

/// The service is about to end.
pub(crate) fn stopping(wanted: bool) {
    send(wanted, "STOPPING=1\nSTATUS=Stopping.\n");
}

fn send(wanted: bool, message: &str) {
    if let Some(path) = std::env::var_os("NOTIFY_SOCKET").filter(|_| wanted) {
        // systemd not listening is no reason not to serve.
        let _ = send_to(&path, message);
    }
}

fn send_to(path: &OsStr, message: &str) -> io::Result<()> {
    let address = match path.as_bytes() {
        [b'@', name @ ..] => SocketAddr::from_abstract_name(name)?,
        _ => SocketAddr::from_pathname(path)?,
    };
    UnixDatagram::unbound()?.send_to_addr(message.as_bytes(), &address)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_at_an_abstract_socket() {
        let name = format!("holdfast-notify-{}", std::process::id());
        let receiver =
            UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(name.as_bytes()).unwrap()).unwrap();
        send_to(OsStr::new(&format!("@{name}")), "READY=1\n").unwrap();
        let mut bytes = [0; 64];
        let got = receiver.recv(&mut bytes).unwrap();
        assert_eq!(&bytes[..got], b"READY=1\n");
    }
}
