//! Bytes in both directions between two connections: TCP mode, and what follows an upgrade.

use std::future::poll_fn;
use std::io::IoSlice;
use std::task::{Context, Poll};

use haproxy_cfg::model::Timeouts;

use crate::buffer::{Buffer, BufferPool};
use crate::io::Io;
use crate::upstream::{Slot, deadline};
use crate::wheel::Timer;

/// How a relay ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RelayEnd {
    /// Both sides ended their direction.
    Done,
    /// The client's connection broke.
    ClientGone,
    /// The server's connection broke.
    ServerGone,
    /// The client was silent, or took nothing, for too long.
    ClientTimeout,
    /// The server was silent, or took nothing, for too long.
    ServerTimeout,
    /// An administrator ended the server's sessions.
    Killed,
}

/// Two directions.
#[derive(Debug)]
pub(crate) struct Relay {
    from_client: Option<Buffer>,
    from_server: Option<Buffer>,
    /// The client has ended its direction.
    pub(crate) client_ended: bool,
    server_ended: bool,
    told_server: bool,
    told_client: bool,
    client_deadline: u64,
    server_deadline: u64,
    /// Bytes sent to the server.
    pub(crate) to_server: u64,
    /// Bytes sent to the client.
    pub(crate) to_client: u64,
}

/// One direction's result of a round.
enum Flow {
    Moved,
    Still,
}

impl Relay {
    /// A relay that begins with what was already received.
    pub(crate) fn new(from_client: Option<Buffer>, from_server: Option<Buffer>) -> Self {
        Self {
            from_client,
            from_server,
            client_ended: false,
            server_ended: false,
            told_server: false,
            told_client: false,
            client_deadline: 0,
            server_deadline: 0,
            to_server: 0,
            to_client: 0,
        }
    }

    /// Runs to the end; `slot` is the server's.
    #[allow(clippy::too_many_arguments, reason = "two sides, each with its timeouts")]
    pub(crate) async fn run(
        &mut self,
        client: &mut Io,
        server: &mut Io,
        timer: &Timer,
        buffers: &BufferPool,
        client_timeouts: &Timeouts,
        server_timeouts: &Timeouts,
        slot: &Slot,
    ) -> RelayEnd {
        poll_fn(|cx| {
            if slot.is_shut_down() {
                return Poll::Ready(RelayEnd::Killed);
            }
            self.poll(
                client,
                server,
                timer,
                buffers,
                client_timeouts,
                server_timeouts,
                cx,
            )
        })
        .await
    }

    /// Gives the buffers back.
    pub(crate) fn give_back(&mut self, buffers: &BufferPool) {
        for buffer in [self.from_client.take(), self.from_server.take()]
            .into_iter()
            .flatten()
        {
            buffers.give(buffer);
        }
    }

    #[allow(clippy::too_many_arguments, reason = "two sides, each with its timeouts")]
    fn poll(
        &mut self,
        client: &mut Io,
        server: &mut Io,
        timer: &Timer,
        buffers: &BufferPool,
        client_timeouts: &Timeouts,
        server_timeouts: &Timeouts,
        cx: &mut Context<'_>,
    ) -> Poll<RelayEnd> {
        let mut moved = self.client_deadline == 0;
        loop {
            let up = one_way(
                cx,
                buffers,
                client,
                server,
                &mut self.from_client,
                &mut self.client_ended,
                &mut self.told_server,
                &mut self.to_server,
            );
            let down = one_way(
                cx,
                buffers,
                server,
                client,
                &mut self.from_server,
                &mut self.server_ended,
                &mut self.told_client,
                &mut self.to_client,
            );
            let mut again = false;
            for (flow, reads_from_client) in [(up, true), (down, false)] {
                match flow {
                    Ok(Flow::Moved) => again = true,
                    Ok(Flow::Still) => {}
                    Err(Broken::Reading) => {
                        return Poll::Ready(if reads_from_client {
                            RelayEnd::ClientGone
                        } else {
                            RelayEnd::ServerGone
                        });
                    }
                    Err(Broken::Writing) => {
                        return Poll::Ready(if reads_from_client {
                            RelayEnd::ServerGone
                        } else {
                            RelayEnd::ClientGone
                        });
                    }
                }
            }
            if self.told_client && self.told_server {
                return Poll::Ready(RelayEnd::Done);
            }
            moved |= again;
            if !again {
                break;
            }
        }
        let now = timer.now_ms();
        if moved {
            let tunnel = server_timeouts.tunnel.or(client_timeouts.tunnel);
            self.client_deadline = deadline(
                now,
                half_closed(
                    tunnel,
                    self.server_ended,
                    client_timeouts.client,
                    client_timeouts.client_fin,
                ),
            );
            self.server_deadline = deadline(
                now,
                half_closed(
                    tunnel,
                    self.client_ended,
                    server_timeouts.server,
                    server_timeouts.server_fin,
                ),
            );
        }
        timer.set(self.client_deadline.min(self.server_deadline));
        if timer.poll_expired(cx, now).is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(if self.client_deadline <= now {
            RelayEnd::ClientTimeout
        } else {
            RelayEnd::ServerTimeout
        })
    }
}

/// The timeout of a side: `timeout tunnel` in place of its own, and its `-fin` once the other side has ended.
fn half_closed(tunnel: Option<u32>, ended: bool, own: Option<u32>, fin: Option<u32>) -> Option<u32> {
    if ended && fin.is_some() {
        return fin;
    }
    tunnel.or(own)
}

enum Broken {
    Reading,
    Writing,
}

#[allow(clippy::too_many_arguments, reason = "one direction's whole state")]
fn one_way(
    cx: &mut Context<'_>,
    buffers: &BufferPool,
    from: &mut Io,
    to: &mut Io,
    slot: &mut Option<Buffer>,
    ended: &mut bool,
    told: &mut bool,
    count: &mut u64,
) -> Result<Flow, Broken> {
    let mut moved = false;
    loop {
        let mut again = false;
        if let Some(buffer) = slot {
            while !buffer.is_empty() {
                match to.poll_write(cx, &[IoSlice::new(buffer.data())]) {
                    Poll::Pending => break,
                    Poll::Ready(Err(_)) => return Err(Broken::Writing),
                    Poll::Ready(Ok(n)) => {
                        buffer.consume(n);
                        *count += n as u64;
                        again = true;
                    }
                }
            }
        }
        if slot.as_ref().is_some_and(Buffer::is_empty)
            && let Some(buffer) = slot.take()
        {
            buffers.give(buffer);
        }
        if !*ended {
            if slot.is_none() && from.poll_readable(cx).is_ready() {
                *slot = Some(buffers.take());
            }
            if let Some(buffer) = slot
                && !buffer.room().is_empty()
            {
                match from.poll_read(cx, buffer.room()) {
                    Poll::Pending => {}
                    Poll::Ready(Err(_)) => return Err(Broken::Reading),
                    Poll::Ready(Ok(0)) => *ended = true,
                    Poll::Ready(Ok(n)) => {
                        buffer.filled(n);
                        again = true;
                    }
                }
            }
        }
        if slot.as_ref().is_none_or(Buffer::is_empty) {
            match to.poll_flush(cx) {
                Poll::Ready(Ok(())) if *ended && !*told => match to.poll_shutdown(cx) {
                    Poll::Ready(Ok(())) => {
                        *told = true;
                        again = true;
                    }
                    Poll::Ready(Err(_)) => return Err(Broken::Writing),
                    Poll::Pending => {}
                },
                Poll::Ready(Ok(())) | Poll::Pending => {}
                Poll::Ready(Err(_)) => return Err(Broken::Writing),
            }
        }
        moved |= again;
        if !again {
            return Ok(if moved { Flow::Moved } else { Flow::Still });
        }
    }
}
