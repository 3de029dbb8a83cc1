//! Large bodies on their way from one connection to the other through a pipe: nobody looks at them.

use std::task::{Context, Poll};

use proxy_core::bandwidth::Way;
use proxy_core::stream::Stream;

use super::body::Body;
use super::exchange::End;
use super::txn::Txn;
use crate::io::Io;
use crate::pipe::{Pipe, sockets};
use crate::session::Session;

/// What is left of a body at least so that a pipe is worth it, in bytes.
const WORTH: u64 = 32 * 1024;

/// The most that is asked for at once of a body whose length is not known, in bytes.
const MOST: u64 = 1 << 20;

/// What one round of splicing came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Round {
    /// No more moves for now, or the body is through.
    Still,
    /// The reader's end came.
    Ended,
}

/// The side that is at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    From,
    To,
}

/// Whether a pipe is worth its while for what is left of a body.
fn is_worth(body: &Body) -> bool {
    match body {
        Body::Length(left) => *left >= WORTH,
        Body::UntilClose => true,
        // Chunks are looked at.
        Body::Chunked(_) => false,
    }
}

/// Whether a limit holds for bytes that go that way: those are counted one buffer after the other.
fn is_limited(stream: &Stream, way: Way) -> bool {
    stream.limits.as_ref().is_some_and(|limits| limits.limit(way))
}

/// Moves what can be moved; what went into the pipe is added to `taken`.
fn carry(
    pipe: &mut Pipe,
    body: &mut Body,
    (from, to): (&Io, &Io),
    cx: &mut Context<'_>,
    (taken, moved): (&mut u64, &mut bool),
) -> Result<Round, Broken> {
    let Some((from, to)) = sockets(from, to) else {
        return Err(Broken::From);
    };
    loop {
        while !pipe.is_empty() {
            match pipe.poll_drain(cx, to) {
                Poll::Pending => return Ok(Round::Still),
                Poll::Ready(Ok(_)) => *moved = true,
                Poll::Ready(Err(_)) => return Err(Broken::To),
            }
        }
        let left = match body {
            Body::Length(0) => return Ok(Round::Still),
            Body::Length(left) => *left,
            Body::Chunked(_) | Body::UntilClose => MOST,
        };
        match pipe.poll_fill(cx, from, left.min(MOST) as usize) {
            Poll::Pending => return Ok(Round::Still),
            Poll::Ready(Err(_)) => return Err(Broken::From),
            Poll::Ready(Ok(0)) => return Ok(Round::Ended),
            Poll::Ready(Ok(n)) => {
                *moved = true;
                *taken += n as u64;
                if let Body::Length(left) = body {
                    *left -= n as u64;
                }
            }
        }
    }
}

impl Txn {
    /// Moves the rest of a large response through a pipe, once all that came before it is sent. Gives whether anything moved.
    ///
    /// # Errors
    /// How the exchange ends, or, with the server's connection, how it will once the pipe is empty.
    pub(super) fn splice_response(
        &mut self,
        session: &Session,
        server: &Io,
        cx: &mut Context<'_>,
    ) -> Result<bool, End> {
        let p = &mut self.progress;
        if p.response_pipe.is_none() {
            let begins = p.response_is_sent(self.to_client.len())
                && p.squeeze.is_none()
                && !self.stream.fills_caches()
                && self.res.is_none()
                && is_worth(&p.res_body)
                && !is_limited(&self.stream, Way::Down)
                && sockets(server, &session.io).is_some();
            if !begins {
                return Ok(false);
            }
            p.response_pipe = session.thread.pipes.take();
        }
        let Some(pipe) = &mut p.response_pipe else {
            return Ok(false);
        };
        let (mut taken, mut moved) = (0, false);
        let ways = (server, &session.io);
        let round = carry(pipe, &mut p.res_body, ways, cx, (&mut taken, &mut moved));
        self.stream.log.bytes += taken;
        if pipe.is_empty()
            && p.res_body.is_done()
            && let Some(pipe) = p.response_pipe.take()
        {
            session.thread.pipes.give(pipe);
        }
        match round {
            Ok(Round::Still) => Ok(moved),
            Ok(Round::Ended) => {
                p.server_is_at_end();
                match p.res_body {
                    Body::UntilClose => Ok(true),
                    _ => Err(End::ServerGone),
                }
            }
            Err(Broken::From) => {
                p.server_broke = true;
                Err(End::ServerGone)
            }
            Err(Broken::To) => Err(End::ClientGone),
        }
    }

    /// The same for the request's body. The server's end is left to be found where its response is read.
    ///
    /// # Errors
    /// How the exchange ends.
    pub(super) fn splice_request(
        &mut self,
        session: &Session,
        server: &Io,
        cx: &mut Context<'_>,
    ) -> Result<bool, End> {
        let p = &mut self.progress;
        if p.request_pipe.is_none() {
            let begins = p.request_is_sent(self.to_server.len())
                && p.request_squeeze.is_none()
                && self.req.as_ref().is_none_or(crate::buffer::Buffer::is_empty)
                && is_worth(&p.req_body)
                && !is_limited(&self.stream, Way::Up)
                && sockets(&session.io, server).is_some();
            if !begins {
                return Ok(false);
            }
            p.request_pipe = session.thread.pipes.take();
            if p.request_pipe.is_some() {
                p.forget_copy();
            }
        }
        let Some(pipe) = &mut p.request_pipe else {
            return Ok(false);
        };
        let (mut taken, mut moved) = (0, false);
        let ways = (&session.io, server);
        let round = carry(pipe, &mut p.req_body, ways, cx, (&mut taken, &mut moved));
        self.stream.log.received += taken;
        if pipe.is_empty()
            && p.req_body.is_done()
            && let Some(pipe) = p.request_pipe.take()
        {
            session.thread.pipes.give(pipe);
        }
        match round {
            Ok(Round::Still) => Ok(moved),
            Ok(Round::Ended) | Err(Broken::From) => {
                p.client_ended = true;
                Err(End::ClientGone)
            }
            Err(Broken::To) => {
                // What is in the pipe goes nowhere; the rest is read and thrown away, as the next request stands behind it.
                if let Some(pipe) = p.request_pipe.take() {
                    session.thread.pipes.give(pipe);
                }
                p.refuse_request();
                Ok(true)
            }
        }
    }

    /// Gives the pipes back, however the exchange ended.
    pub(super) fn give_pipes(&mut self, session: &Session) {
        let p = &mut self.progress;
        for pipe in [p.request_pipe.take(), p.response_pipe.take()]
            .into_iter()
            .flatten()
        {
            session.thread.pipes.give(pipe);
        }
    }
}
