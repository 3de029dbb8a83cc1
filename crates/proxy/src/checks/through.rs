//! The way of a check through the SOCKS4 proxy of its server (`check-via-socks4`, `via-socks4`).

use std::net::SocketAddr;

use proxy_core::check::{CheckStatus, Verdict};
use proxy_core::socks4::{self, ANSWER};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::socket::Socket;

/// Has the proxy at the other end connect to `to`; the error is the check's verdict.
pub(super) async fn pass(socket: &mut Socket, to: SocketAddr) -> Result<(), Verdict> {
    let refused = |words: &str| Verdict::said(CheckStatus::SocketError, words);
    let request = socks4::request(to).ok_or_else(|| {
        // It has no word for such an address.
        Verdict::said(
            CheckStatus::L4Connection,
            "General socket error (Invalid argument)",
        )
    })?;
    let sent = socket.write_all(&request).await;
    sent.map_err(|_| refused("SOCKS4 Proxy write error during handshake"))?;
    let mut answer = [0; ANSWER];
    let read = socket.read_exact(&mut answer).await;
    read.map_err(|_| refused("SOCKS4 Proxy read error during handshake"))?;
    if socks4::is_granted(&answer) {
        Ok(())
    } else {
        Err(refused("SOCKS4 Proxy deny the request"))
    }
}
