//! Talking to a connected server for a check.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use proxy_core::check::{CheckPlan, CheckStatus, Next, Probe, Verdict};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout_at};

use super::connect::{Stream, words};
use super::target::HeaderVersion;

/// Bytes that are waited for at a time.
const ROOM: usize = 2048;

/// Bytes that are judged at a time: what a server has sent at once is one answer, as with the original.
const AT_ONCE: usize = 16384;

/// Carries the check out to its verdict. The connection is closed in the plan's way when this returns or is dropped.
/// At `until` it ends in any case.
pub(super) async fn converse(
    stream: Stream,
    header: Option<HeaderVersion>,
    plan: &CheckPlan,
    until: Instant,
) -> Verdict {
    let header = header.map(|version| stream.header(version)).unwrap_or_default();
    match stream {
        Stream::Tcp(io) => speak(io, &header, plan, until).await,
        Stream::Unix(io) => speak(io, &header, plan, until).await,
    }
}

async fn speak(
    mut io: impl AsyncRead + AsyncWrite + Unpin,
    header: &[u8],
    plan: &CheckPlan,
    until: Instant,
) -> Verdict {
    let mut probe = plan.probe();
    match timeout_at(until, play(&mut io, header, &mut probe)).await {
        Ok(verdict) => verdict,
        Err(_) => probe.timed_out(),
    }
}

async fn play(
    io: &mut (impl AsyncRead + AsyncWrite + Unpin),
    header: &[u8],
    probe: &mut Probe<'_>,
) -> Verdict {
    if let Err(e) = io.write_all(header).await {
        return Verdict::said(CheckStatus::SocketError, words(&e));
    }
    let mut next = probe.connected();
    loop {
        match next {
            Next::Done(verdict) => return verdict,
            Next::Write(bytes) => {
                if let Err(e) = io.write_all(bytes).await {
                    return Verdict::said(CheckStatus::SocketError, words(&e));
                }
            }
            Next::WriteLast(bytes, verdict) => {
                return match io.write_all(bytes).await {
                    Ok(()) => verdict,
                    Err(e) => Verdict::said(CheckStatus::SocketError, words(&e)),
                };
            }
            Next::Read => {}
        }
        let mut room = [0; ROOM];
        next = match io.read(&mut room).await {
            Ok(0) => Next::Done(probe.closed()),
            Ok(n) if n == ROOM => probe.received(&with_rest(io, &room).await),
            Ok(n) => probe.received(&room[..n]),
            Err(e) => return Verdict::said(CheckStatus::SocketError, words(&e)),
        };
    }
}

/// `begun`, and what stands behind it already. An error shows again in the next read.
async fn with_rest(io: &mut (impl AsyncRead + Unpin), begun: &[u8]) -> Vec<u8> {
    let mut answer = vec![0; AT_ONCE];
    answer[..begun.len()].copy_from_slice(begun);
    let mut room = ReadBuf::new(&mut answer);
    room.set_filled(begun.len());
    poll_fn(|cx| {
        loop {
            let before = room.filled().len();
            let read = Pin::new(&mut *io).poll_read(cx, &mut room);
            if !matches!(read, Poll::Ready(Ok(()))) || room.filled().len() == before {
                return Poll::Ready(());
            }
        }
    })
    .await;
    let len = room.filled().len();
    answer.truncate(len);
    answer
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::{AT_ONCE, ROOM, with_rest};

    #[tokio::test]
    async fn what_was_sent_at_once_is_one_answer_and_no_more_than_fits_is_taken() {
        for (sent, taken) in [(ROOM, ROOM), (5000, 5000), (AT_ONCE + 1, AT_ONCE)] {
            let (mut ours, mut theirs) = tokio::io::duplex(2 * AT_ONCE);
            theirs.write_all(&vec![b'x'; sent]).await.expect("it fits");
            let mut room = [0; ROOM];
            ours.read_exact(&mut room).await.expect("it is there");
            assert_eq!(with_rest(&mut ours, &room).await, vec![b'x'; taken]);
        }
    }
}
