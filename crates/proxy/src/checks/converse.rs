//! Talking to a connected server for a check.

use proxy_core::check::{CheckPlan, CheckStatus, Next, Verdict};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::connect::{Stream, words};

/// Bytes read at a time.
const ROOM: usize = 2048;

/// Carries the check out to its verdict. The connection is closed in the plan's way when this returns or is dropped.
pub(super) async fn converse(stream: Stream, plan: &CheckPlan) -> Verdict {
    match stream {
        Stream::Tcp(io) => speak(io, plan).await,
        Stream::Unix(io) => speak(io, plan).await,
    }
}

async fn speak(mut io: impl AsyncRead + AsyncWrite + Unpin, plan: &CheckPlan) -> Verdict {
    let mut probe = plan.probe();
    let mut next = probe.connected();
    loop {
        match next {
            Next::Done(verdict) => return verdict,
            Next::Write(bytes) => {
                if let Err(e) = io.write_all(bytes).await {
                    return Verdict::said(CheckStatus::SocketError, words(&e));
                }
            }
            Next::Read => {}
        }
        let mut room = [0; ROOM];
        next = match io.read(&mut room).await {
            Ok(0) => Next::Done(probe.closed()),
            Ok(n) => probe.received(&room[..n]),
            Err(e) => return Verdict::said(CheckStatus::SocketError, words(&e)),
        };
    }
}
