//! Bytes in both directions between two connections: TCP mode, and what follows an upgrade.

use std::future::poll_fn;
use std::io::IoSlice;
use std::task::{Context, Poll};

use haproxy_cfg::model::{Millis, Proxy};
use proxy_core::bandwidth::{Limits, Way};
use proxy_core::state::Ending;

use crate::buffer::{Buffer, BufferPool};
use crate::io::Io;
use crate::pipe::{Pipe, PipePool, sockets};
use crate::thread::Thread;
use crate::upstream::{Slot, deadline};
use crate::wheel::Timer;

/// The most that is asked for at once, in bytes.
const MOST: usize = 1 << 20;

/// What a buffer does as well as a pipe, in bytes.
const LITTLE: usize = 8192;

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
    /// The server's sessions were ended.
    Ended(Ending),
    /// There is something new to look at of what is held back: see [`Relay::hold`].
    Held,
}

/// Two directions.
#[derive(Debug)]
pub(crate) struct Relay {
    up: Direction,
    down: Direction,
    client_deadline: u64,
    server_deadline: u64,
    /// Rare, and so not in the task itself.
    held: Option<Box<Held>>,
    /// The server's connection broke while what it had sent was kept back.
    server_broke: bool,
    /// What is counted while it goes, where that is asked for.
    counting: Option<Box<Counting>>,
}

/// Bytes that are counted while they go (`option contstats`).
#[derive(Debug)]
struct Counting {
    /// When that is to be done again, milliseconds of the process's clock.
    due_ms: u64,
    /// Bytes to the server and to the client that are counted.
    counted: [u64; 2],
}

/// How often bytes are counted while they go, in milliseconds.
pub(crate) const COUNT_EACH_MS: u64 = 1000;

/// What the server sends is kept back until rules have seen enough of it.
#[derive(Debug)]
struct Held {
    /// When they decide by what is there, milliseconds of the process's clock.
    until_ms: u64,
    /// Bytes that they have seen.
    seen: usize,
}

/// What the relay runs between, and with.
#[derive(Debug)]
pub(crate) struct Ends<'a> {
    /// The client's connection.
    pub(crate) client: &'a mut Io,
    /// The server's connection.
    pub(crate) server: &'a mut Io,
    /// The session's timer.
    pub(crate) timer: &'a Timer,
    /// The thread, where buffers and pipes come from and go.
    pub(crate) thread: &'a Thread,
    /// The frontend: the client's timeouts, and whether what is sent to it puts them off (`option independent-streams`).
    pub(crate) frontend: &'a Proxy,
    /// The backend: the same of the server.
    pub(crate) backend: &'a Proxy,
    /// What a rule put in the place of `timeout tunnel`.
    pub(crate) tunnel_timeout: Option<Millis>,
    /// How fast the stream may go.
    pub(crate) limits: Option<&'a mut Limits>,
}

/// The bytes of one side on their way to the other.
#[derive(Debug, Default)]
struct Direction {
    buffer: Option<Buffer>,
    /// In place of a buffer, while much is on its way.
    pipe: Option<Pipe>,
    /// The reader's side has more than a buffer holds.
    is_bulk: bool,
    /// The reader's side has ended it.
    ended: bool,
    /// The writer's side has been told that it ended.
    told: bool,
    /// Bytes sent.
    sent: u64,
}

/// One direction's result of a round.
enum Flow {
    Moved,
    Still,
}

impl Relay {
    /// A relay that begins with what was already received; `client_ended` when the client has ended its direction.
    pub(crate) fn new(from_client: Option<Buffer>, from_server: Option<Buffer>, client_ended: bool) -> Self {
        Self {
            up: Direction {
                buffer: from_client,
                ended: client_ended,
                ..Direction::default()
            },
            down: Direction {
                buffer: from_server,
                ..Direction::default()
            },
            client_deadline: 0,
            server_deadline: 0,
            held: None,
            server_broke: false,
            counting: None,
        }
    }

    /// Has [`Self::run`] give [`RelayEnd::Held`] each second in which something moves.
    pub(crate) fn count_on_the_way(&mut self) {
        self.counting = Some(Box::new(Counting {
            due_ms: 0,
            counted: [0; 2],
        }));
    }

    /// Bytes to the server and to the client that went since this was asked last.
    pub(crate) fn take_uncounted(&mut self) -> [u64; 2] {
        let sent = [self.up.sent, self.down.sent];
        let before = match &mut self.counting {
            Some(counting) => std::mem::replace(&mut counting.counted, sent),
            None => [0; 2],
        };
        [sent[0] - before[0], sent[1] - before[1]]
    }

    /// Keeps what the server sends back, until `until_ms` of the process's clock at most: [`Self::run`] gives
    /// [`RelayEnd::Held`] whenever there is more to look at, and for the last time when no more will come.
    pub(crate) fn hold(&mut self, until_ms: u64) {
        self.held = Some(Box::new(Held { until_ms, seen: 0 }));
    }

    /// Lets go on what was kept back.
    pub(crate) fn release(&mut self) {
        self.held = None;
    }

    /// Goes on as if the server had ended both directions: what it sent is still passed on.
    pub(crate) fn close_server(&mut self) {
        self.down.ended = true;
        self.up.buffer = None;
        self.up.ended = true;
        self.up.told = true;
    }

    /// What the server sent and nobody was given.
    pub(crate) fn kept(&self) -> &[u8] {
        self.down.buffer.as_ref().map_or(&[][..], Buffer::data)
    }

    /// What is kept back, and whether more may come in time.
    pub(crate) fn held(&self, now_ms: u64) -> Option<(&[u8], bool)> {
        let held = self.held.as_ref()?;
        let bytes = self.kept();
        let full = self.down.buffer.as_ref().is_some_and(Buffer::is_full);
        Some((bytes, !self.down.ended && !full && now_ms < held.until_ms))
    }

    /// Bytes sent to the server.
    pub(crate) fn to_server(&self) -> u64 {
        self.up.sent
    }

    /// Bytes sent to the client.
    pub(crate) fn to_client(&self) -> u64 {
        self.down.sent
    }

    /// Runs to the end; `slot` is the server's.
    pub(crate) async fn run(&mut self, ends: &mut Ends<'_>, slot: &Slot) -> RelayEnd {
        poll_fn(|cx| {
            if let Some(why) = slot.ending() {
                return Poll::Ready(RelayEnd::Ended(why));
            }
            self.poll(ends, cx)
        })
        .await
    }

    /// Gives buffers and pipes back.
    pub(crate) fn give_back(&mut self, buffers: &BufferPool, pipes: &PipePool) {
        for pipe in [self.up.pipe.take(), self.down.pipe.take()].into_iter().flatten() {
            pipes.give(pipe);
        }
        for buffer in [self.up.buffer.take(), self.down.buffer.take()]
            .into_iter()
            .flatten()
        {
            buffers.give(buffer);
        }
    }

    fn poll(&mut self, ends: &mut Ends<'_>, cx: &mut Context<'_>) -> Poll<RelayEnd> {
        let Ends { client, server, .. } = ends;
        let begins = self.client_deadline == 0;
        // From the client, and from the server.
        let mut moved = [begins; 2];
        loop {
            let pools = (&ends.thread.buffers, &ends.thread.pipes);
            let (up_limits, down_limits) = match &mut ends.limits {
                Some(limits) => (limits.limit(Way::Up), limits.limit(Way::Down)),
                None => (false, false),
            };
            let up = match &mut ends.limits {
                Some(limits) if up_limits => {
                    let limited = (&mut **limits, Way::Up, ends.timer.now_ms());
                    self.up
                        .carry_limited(cx, limited, pools, (client, server), self.down.ended)
                }
                _ => self.up.carry(cx, pools, client, server, self.down.ended),
            };
            let down = match (&self.held, &mut ends.limits) {
                (Some(_), _) => self.down.fill(cx, &ends.thread.buffers, server),
                (None, Some(limits)) if down_limits => {
                    let limited = (&mut **limits, Way::Down, ends.timer.now_ms());
                    self.down
                        .carry_limited(cx, limited, pools, (server, client), self.up.ended)
                }
                (None, _) => self.down.carry(cx, pools, server, client, self.up.ended),
            };
            let mut again = false;
            for (flow, reads_from_client) in [(up, true), (down, false)] {
                let servers = matches!(
                    (&flow, reads_from_client),
                    (Err(Broken::Reading), false) | (Err(Broken::Writing), true)
                );
                if servers && self.held.is_some() && !self.kept().is_empty() {
                    // What it sent before is looked at, and may still go on.
                    self.close_server();
                    self.server_broke = true;
                    continue;
                }
                match flow {
                    Ok(Flow::Moved) => {
                        again = true;
                        moved[usize::from(!reads_from_client)] = true;
                    }
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
            if self.up.told && self.down.told {
                return Poll::Ready(if self.server_broke {
                    RelayEnd::ServerGone
                } else {
                    RelayEnd::Done
                });
            }
            if !again {
                break;
            }
        }
        let timer = ends.timer;
        let now = timer.now_ms();
        let mut until = u64::MAX;
        if let Some(held) = &mut self.held {
            let there = self.down.buffer.as_ref().map_or(0, Buffer::len);
            if there > held.seen || self.down.ended || now >= held.until_ms {
                held.seen = there;
                return Poll::Ready(RelayEnd::Held);
            }
            until = held.until_ms;
        }
        let was_held_back =
            [self.client_deadline, self.server_deadline] == [u64::MAX; 2] && ends.limits.is_some();
        if moved != [false; 2] || was_held_back {
            let (of_client, of_server) = (&ends.frontend.timeouts, &ends.backend.timeouts);
            let tunnel = ends.tunnel_timeout.or(of_server.tunnel).or(of_client.tunnel);
            let client = half_closed(tunnel, self.down.ended, of_client.client, of_client.client_fin);
            let server = half_closed(tunnel, self.up.ended, of_server.server, of_server.server_fin);
            if moved[0] || was_held_back || !ends.frontend.options.independent_streams {
                self.client_deadline = deadline(now, client);
            }
            if moved[1] || was_held_back || !ends.backend.options.independent_streams {
                self.server_deadline = deadline(now, server);
            }
        }
        if let Some(counting) = &mut self.counting
            && counting.counted != [self.up.sent, self.down.sent]
        {
            if counting.due_ms <= now {
                counting.due_ms = now + COUNT_EACH_MS;
                return Poll::Ready(RelayEnd::Held);
            }
            until = until.min(counting.due_ms);
        }
        // Of a side that has ended its direction nothing is expected but that it takes what is there for it.
        if self.up.ended && !self.down.has_more() {
            self.client_deadline = u64::MAX;
        }
        if self.down.ended && !self.up.has_more() {
            self.server_deadline = u64::MAX;
        }
        if let Some(wait) = self.held_back(ends) {
            // Nobody is to blame for what a limit holds back.
            [self.client_deadline, self.server_deadline] = [u64::MAX; 2];
            until = until.min(now + wait);
            timer.set(until);
            return match timer.poll_expired(cx, now) {
                Poll::Ready(()) if self.held.is_some() => Poll::Ready(RelayEnd::Held),
                _ => Poll::Pending,
            };
        }
        timer.set(self.client_deadline.min(self.server_deadline).min(until));
        if timer.poll_expired(cx, now).is_pending() {
            return Poll::Pending;
        }
        if until <= now {
            return Poll::Ready(RelayEnd::Held);
        }
        Poll::Ready(if self.client_deadline <= now {
            RelayEnd::ClientTimeout
        } else {
            RelayEnd::ServerTimeout
        })
    }
}

impl Relay {
    /// Milliseconds until a limit lets more go on; none where it holds nothing back.
    fn held_back(&self, ends: &Ends<'_>) -> Option<u64> {
        let limits = ends.limits.as_ref()?;
        let wait = |way, direction: &Direction| {
            let ready = direction.buffer.as_ref().map_or(0, Buffer::len);
            (ready > 0).then(|| limits.wait(way, ready)).flatten()
        };
        let up = wait(Way::Up, &self.up);
        let down = wait(Way::Down, &self.down).filter(|_| self.held.is_none());
        up.into_iter().chain(down).min()
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

impl Direction {
    /// Whether bytes may wait to be sent.
    fn has_more(&self) -> bool {
        self.pipe.is_some() || self.buffer.as_ref().is_some_and(|buffer| !buffer.is_empty())
    }

    /// Receives what there is room for, and sends nothing.
    fn fill(&mut self, cx: &mut Context<'_>, buffers: &BufferPool, from: &mut Io) -> Result<Flow, Broken> {
        if self.ended {
            return Ok(Flow::Still);
        }
        if self.buffer.is_none() && from.poll_readable(cx).is_ready() {
            self.buffer = Some(buffers.take());
        }
        let Some(buffer) = self.buffer.as_mut().filter(|buffer| !buffer.is_full()) else {
            return Ok(Flow::Still);
        };
        match from.poll_read(cx, buffer.room()) {
            Poll::Pending => Ok(Flow::Still),
            Poll::Ready(Err(_)) => Err(Broken::Reading),
            Poll::Ready(Ok(0)) => {
                self.ended = true;
                Ok(Flow::Still)
            }
            Poll::Ready(Ok(n)) => {
                buffer.filled(n);
                Ok(Flow::Moved)
            }
        }
    }

    /// Moves what a limit lets go on.
    fn carry_limited(
        &mut self,
        cx: &mut Context<'_>,
        (limits, way, now_ms): (&mut Limits, Way, u64),
        (buffers, pipes): (&BufferPool, &PipePool),
        (from, to): (&mut Io, &mut Io),
        other_ended: bool,
    ) -> Result<Flow, Broken> {
        // What was on its way before the limit still goes at once.
        self.is_bulk = false;
        if self.pipe.is_some() {
            let moved = self.splice(cx, pipes, from, to)?;
            return Ok(if moved { Flow::Moved } else { Flow::Still });
        }
        if let Some(buffer) = &mut self.buffer
            && buffer.room().is_empty()
        {
            buffer.compact();
        }
        let mut moved = matches!(self.fill(cx, buffers, from)?, Flow::Moved);
        if let Some(buffer) = &mut self.buffer {
            let most = limits.allowed(way, buffer.len(), now_ms);
            if most > 0 {
                match to.poll_write(cx, &[IoSlice::new(&buffer.data()[..most])]) {
                    Poll::Pending => {}
                    Poll::Ready(Err(_)) => return Err(Broken::Writing),
                    Poll::Ready(Ok(n)) => {
                        buffer.consume(n);
                        limits.took(way, n, now_ms);
                        self.sent += n as u64;
                        moved = true;
                    }
                }
            }
        }
        buffers.take_back(&mut self.buffer);
        if self.buffer.is_none() && self.end(cx, to, other_ended)? {
            moved = true;
        }
        Ok(if moved { Flow::Moved } else { Flow::Still })
    }

    /// Has what was written sent, and tells the writer's side of the end; gives whether it was told.
    fn end(&mut self, cx: &mut Context<'_>, to: &mut Io, other_ended: bool) -> Result<bool, Broken> {
        match to.poll_flush(cx) {
            Poll::Ready(Ok(())) if self.ended && !self.told => match to.poll_end(cx, other_ended) {
                Poll::Ready(Ok(())) => {
                    self.told = true;
                    Ok(true)
                }
                Poll::Ready(Err(_)) => Err(Broken::Writing),
                Poll::Pending => Ok(false),
            },
            Poll::Ready(Ok(())) | Poll::Pending => Ok(false),
            Poll::Ready(Err(_)) => Err(Broken::Writing),
        }
    }

    /// Moves what can be moved. `other_ended` says that the writer's side has ended the other direction: nothing is left to
    /// be told to it then but the close of its connection, which is about to follow.
    fn carry(
        &mut self,
        cx: &mut Context<'_>,
        (buffers, pipes): (&BufferPool, &PipePool),
        from: &mut Io,
        to: &mut Io,
        other_ended: bool,
    ) -> Result<Flow, Broken> {
        let mut moved = false;
        loop {
            let mut again = false;
            if self.is_bulk && self.buffer.is_none() {
                again |= self.splice(cx, pipes, from, to)?;
            }
            if let Some(buffer) = &mut self.buffer {
                while !buffer.is_empty() {
                    match to.poll_write(cx, &[IoSlice::new(buffer.data())]) {
                        Poll::Pending => break,
                        Poll::Ready(Err(_)) => return Err(Broken::Writing),
                        Poll::Ready(Ok(n)) => {
                            buffer.consume(n);
                            self.sent += n as u64;
                            again = true;
                        }
                    }
                }
            }
            if self.buffer.as_ref().is_some_and(Buffer::is_empty)
                && let Some(buffer) = self.buffer.take()
            {
                buffers.give(buffer);
            }
            if !self.ended && !self.is_bulk {
                if self.buffer.is_none() && from.poll_readable(cx).is_ready() {
                    self.buffer = Some(buffers.take());
                }
                if let Some(buffer) = &mut self.buffer
                    && !buffer.room().is_empty()
                {
                    match from.poll_read(cx, buffer.room()) {
                        Poll::Pending => {}
                        Poll::Ready(Err(_)) => return Err(Broken::Reading),
                        Poll::Ready(Ok(0)) => self.ended = true,
                        Poll::Ready(Ok(n)) => {
                            buffer.filled(n);
                            again = true;
                            self.is_bulk = buffer.len() == buffer.capacity() && sockets(from, to).is_some();
                        }
                    }
                }
            }
            if self.buffer.as_ref().is_none_or(Buffer::is_empty) && self.pipe.is_none() {
                again |= self.end(cx, to, other_ended)?;
            }
            moved |= again;
            if !again {
                return Ok(if moved { Flow::Moved } else { Flow::Still });
            }
        }
    }

    /// Moves what can be moved through a pipe, until less comes than is worth one. No pipe is held while nothing comes.
    fn splice(&mut self, cx: &mut Context<'_>, pipes: &PipePool, from: &Io, to: &Io) -> Result<bool, Broken> {
        let (Some((from, to)), Some(mut pipe)) =
            (sockets(from, to), self.pipe.take().or_else(|| pipes.take()))
        else {
            self.is_bulk = false;
            return Ok(false);
        };
        let mut moved = false;
        let end = loop {
            if !pipe.is_empty() {
                match pipe.poll_drain(cx, to) {
                    Poll::Pending => {
                        self.pipe = Some(pipe);
                        return Ok(moved);
                    }
                    Poll::Ready(Ok(n)) => {
                        self.sent += n as u64;
                        moved = true;
                        continue;
                    }
                    Poll::Ready(Err(_)) => break Err(Broken::Writing),
                }
            }
            if self.ended || !self.is_bulk {
                break Ok(());
            }
            match pipe.poll_fill(cx, from, MOST) {
                Poll::Pending => break Ok(()),
                Poll::Ready(Err(_)) => break Err(Broken::Reading),
                Poll::Ready(Ok(0)) => {
                    self.ended = true;
                    self.is_bulk = false;
                }
                Poll::Ready(Ok(n)) => {
                    moved = true;
                    self.is_bulk = n >= LITTLE;
                }
            }
        };
        pipes.give(pipe);
        end.map(|()| moved)
    }
}
