//! The way through a SOCKS4 proxy to a server (`socks4`), within the time that connecting may take.

use std::future::poll_fn;
use std::net::SocketAddr;
use std::task::{Poll, ready};

use proxy_core::socks4::{self, ANSWER};

use super::establish::send_header;
use super::reach::{Attempt, ReachError};
use crate::io::Io;

/// Has the proxy at the other end connect to `to`.
pub(super) async fn pass(
    attempt: &mut Attempt<'_>,
    io: &mut Io,
    to: Option<SocketAddr>,
) -> Result<(), ReachError> {
    let request = to.and_then(socks4::request).ok_or(ReachError::ConnectFailed)?;
    send_header(attempt, io, &request).await?;
    let mut answer = [0; ANSWER];
    let mut have = 0;
    poll_fn(|cx| {
        while have < ANSWER {
            // Not a byte more: what follows is the server's.
            match io.poll_read(cx, &mut answer[have..]) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(ReachError::ConnectFailed)),
                Poll::Ready(Ok(read)) => have += read,
                Poll::Pending => {
                    ready!(attempt.timer.poll_expired(cx, attempt.timer.now_ms()));
                    return Poll::Ready(Err(ReachError::ConnectTimeout));
                }
            }
        }
        Poll::Ready(Ok(()))
    })
    .await?;
    if socks4::is_granted(&answer) {
        Ok(())
    } else {
        Err(ReachError::ConnectFailed)
    }
}
