//! One check, from its first connection to its verdict.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use proxy_core::check::{CheckMachine, CheckStatus, Next, Probe, Security, Verdict};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout_at};

use super::connect::{Wire, connect, header, refused, words};
use super::target::{CheckedName, Target, Way};
use super::through;
use crate::clock::Clock;
use crate::socket::Socket;
use crate::tls::client::{Secured, refusal};

/// Bytes that are waited for at a time.
const ROOM: usize = 2048;

/// Bytes that are judged at a time: what a server has sent at once is one answer, as with the original.
const AT_ONCE: usize = 16384;

/// When connections must stand and answers be there.
#[derive(Clone, Copy)]
pub(super) struct Deadlines {
    pub(super) machine: CheckMachine,
    pub(super) clock: Clock,
}

impl Deadlines {
    fn at(self, ms: u64) -> Instant {
        Instant::from(self.clock.instant_of(ms))
    }

    /// When an answer must be there of whom nobody has to connect to.
    pub(super) fn of_answer(self) -> Instant {
        let now_ms = self.clock.now_ms();
        self.at(self.machine.answer_by(now_ms, now_ms))
    }
}

/// Carries the check out to its verdict. A connection is closed in the way that the probe asked for when the next one takes its
/// place, when this returns, and when it is dropped.
pub(super) async fn converse(mut probe: Probe<'_>, way: &Way, deadlines: Deadlines) -> Verdict {
    let mut next = probe.begin();
    let mut wire: Option<Box<dyn Wire>> = None;
    loop {
        let to = match next {
            Next::Done(verdict) => return verdict,
            Next::Connect(to) => to,
            // Nothing is said before there is a connection.
            Next::Read | Next::Write(_) => return Verdict::plain(CheckStatus::Unknown),
        };
        drop(wire.take());
        let destination = way.of_connection(to);
        let begun_ms = deadlines.clock.now_ms();
        let connect_by = deadlines.at(deadlines.machine.connect_by(begun_ms));
        let mut socket = match timeout_at(connect_by, connect(&destination, to)).await {
            Err(_) => return probe.unreachable(Verdict::plain(CheckStatus::L4Timeout)),
            Ok(Err(verdict)) => return probe.unreachable(verdict),
            Ok(Ok(socket)) => socket,
        };
        if destination.via.is_some()
            && let Target::Inet(server) = destination.target
        {
            match timeout_at(connect_by, through::pass(&mut socket, server)).await {
                Err(_) => return probe.unreachable(Verdict::plain(CheckStatus::L7Timeout)),
                Ok(Err(verdict)) => return probe.unreachable(verdict),
                Ok(Ok(())) => {}
            }
        }
        let mut header = destination.header.map(|version| header(&socket, version));
        let secured = match to.security {
            Security::OfServer => destination.secured,
            Security::Asked(_) => true,
            Security::Nothing => false,
        };
        let stream: Box<dyn Wire> = if secured {
            let securing = secure(way, to.security, socket, header.take(), probe.host());
            match timeout_at(connect_by, securing).await {
                Err(_) => return probe.unreachable(Verdict::plain(CheckStatus::L6Timeout)),
                Ok(Err(verdict)) => return probe.unreachable(verdict),
                Ok(Ok(stream)) => Box::new(stream),
            }
        } else {
            Box::new(socket)
        };
        let now_ms = deadlines.clock.now_ms();
        let until = deadlines.at(deadlines.machine.answer_by(begun_ms, now_ms));
        let io = wire.insert(stream);
        let header = header.unwrap_or_default();
        next = match timeout_at(until, speak(io, &header, &mut probe, secured)).await {
            Ok(next) => next,
            Err(_) => return probe.timed_out(),
        };
    }
}

/// Puts TLS between the connection and the check, behind the header that it begins with; the error is the check's verdict.
async fn secure(
    way: &Way,
    security: Security<'_>,
    mut socket: Socket,
    header: Option<Vec<u8>>,
    host: Option<Vec<u8>>,
) -> Result<Secured, Verdict> {
    let Some(tls) = &way.tls else {
        // A file that asks for TLS without its settings is refused.
        return Err(Verdict::said(CheckStatus::L6Response, "SSL handshake failure"));
    };
    if let Some(header) = header {
        let sent = socket.write_all(&header).await;
        sent.map_err(|error| Verdict::said(CheckStatus::SocketError, words(&error)))?;
    }
    let (name, alpn) = match security {
        Security::Asked(asked) => (
            asked.sni.as_ref().map(|name| name.to_vec()),
            asked.alpn.as_deref(),
        ),
        Security::OfServer | Security::Nothing => match &way.name {
            CheckedName::Given(name) => (Some(name.to_vec()), None),
            CheckedName::Host => (host, None),
            CheckedName::Nothing => (None, None),
        },
    };
    let name = name.filter(|name| !name.is_empty());
    let handshake = tls.connect_check(socket, name.as_deref(), alpn);
    let handshake = handshake.map_err(|why| refused(why, name.is_some()))?;
    handshake
        .await
        .map_err(|error| refused(refusal(&error), name.is_some()))
}

/// Talks until the check is over or wants another connection.
async fn speak<'a>(io: &mut Box<dyn Wire>, header: &[u8], probe: &mut Probe<'a>, secured: bool) -> Next<'a> {
    let broken = |e: &std::io::Error| Next::Done(Verdict::said(CheckStatus::SocketError, words(e)));
    let mut next = probe.connected(secured);
    // The header goes out with what is said first, if that is at once.
    if let Next::Write(bytes) = &mut next {
        bytes.to_mut().splice(..0, header.iter().copied());
    } else if let Err(e) = io.write_all(header).await {
        return broken(&e);
    }
    loop {
        match next {
            Next::Done(_) | Next::Connect(_) => return next,
            Next::Write(bytes) => {
                if let Err(e) = io.write_all(&bytes).await {
                    return broken(&e);
                }
                next = probe.written();
                continue;
            }
            Next::Read => {}
        }
        let mut room = [0; ROOM];
        next = match io.read(&mut room).await {
            Ok(0) => probe.closed(),
            Ok(n) if n == ROOM => {
                let answer = with_rest(io, &room).await;
                probe.received(&answer)
            }
            Ok(n) => probe.received(&room[..n]),
            Err(e) => return broken(&e),
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
