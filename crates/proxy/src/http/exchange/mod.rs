//! Request and response between a client and a server, both directions at once.
//!
//! ```text
//!             request                        response
//!   client ── req ──────────▶ server ── res ──────────▶ client
//!            head, body                to_client, body
//! ```
//!
//! One poll moves what can be moved in either direction until nothing moves; there is no task, timer or channel beside the
//! connection's own.

mod caching;
mod request;
mod response;
mod squeeze;

use std::task::{Context, Poll};

use haproxy_cfg::model::{Millis, Proxy, Timeouts};
use proxy_core::bandwidth::Way;
use proxy_core::compression::Squeeze;
use proxy_core::http1::{HeadProgress, HeadRules, HeaderCases};
use proxy_core::rules::AwaitBody;
use proxy_core::state::Ending;

use super::body::Body;
use super::txn::Txn;
use crate::buffer::Buffer;
use crate::io::Io;
use crate::pipe::Pipe;
use crate::session::Session;
use crate::upstream::deadline;

/// So many times in one poll an exchange goes round while both sides keep up; then others have their turn.
const MOST_ROUNDS: u32 = 64;

/// How far an exchange is.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Bytes of `to_server` that are sent.
    head_sent: usize,
    /// Bytes up to which the request is kept in `to_server`, to be sent again; 0 when it is not, or not whole.
    kept_up_to: usize,
    /// The request's body.
    pub(super) req_body: Body,
    /// Bytes at the beginning of `req` that belong to the body and may be sent.
    pub(super) req_ready: usize,
    /// The client has ended its direction.
    pub(super) client_ended: bool,
    /// The server takes no more of the request.
    server_refuses: bool,
    /// The client was told that no more comes, while it still owes the rest of its request.
    client_told: bool,
    /// Where the response is.
    response: ResponsePhase,
    /// How far its head is read.
    res_head: HeadProgress,
    /// Bytes of `to_client` that are sent.
    answer_sent: usize,
    /// The response's body.
    pub(super) res_body: Body,
    /// Bytes at the beginning of `res` that may be sent.
    res_ready: usize,
    server_ended: bool,
    /// What the server did wrong: nothing more is read from it, and the exchange ends once the client has what came before.
    failed: Option<End>,
    /// The server's connection broke.
    pub(super) server_broke: bool,
    /// Interim responses that were counted.
    pub(super) interim: u64,
    /// The response's head waits for a part of its body.
    held: Option<Held>,
    /// What compresses the response's body.
    pub(super) squeeze: Option<Box<Squeeze>>,
    /// What compresses the request's body.
    pub(super) request_squeeze: Option<Box<Squeeze>>,
    /// Where the request's body goes through.
    pub(super) request_pipe: Option<Pipe>,
    /// Where the response's body goes through.
    pub(super) response_pipe: Option<Pipe>,
    /// The request's method is HEAD.
    pub(super) to_head: bool,
    /// The request's method is CONNECT.
    pub(super) connect: bool,
    /// Both sides speak something else from here on.
    tunnel: bool,
    client_deadline: u64,
    server_deadline: u64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ResponsePhase {
    /// The head is awaited.
    #[default]
    Head,
    /// The head is known, the body is on its way.
    Body,
}

/// A response whose head is read and not sent yet: a rule waits for the body.
#[derive(Clone, Copy, Debug)]
struct Held {
    /// Until then, milliseconds of the process's clock.
    until: u64,
    /// So many bytes are enough.
    enough: Option<u64>,
    /// Bytes of the body behind the head.
    ready: usize,
    /// A rule only lets time pass.
    pauses: bool,
}

/// Why a response's head is not put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeadStop {
    /// A rule refuses the response; the client gets that status.
    Refused(u16),
    /// A rule waits for the body: to be asked again once it is there.
    Await(AwaitBody),
    /// A rule lets that time pass: to be asked again behind it.
    Pause(Millis),
    /// A rule closes the server's connection.
    Closed,
}

/// Puts the response's head for the client together, or says why not.
pub(super) type FinishHead<'a> = dyn FnMut(&mut Txn, &mut Session) -> Result<(), HeadStop> + 'a;

/// Which ways anything went in one poll.
#[derive(Clone, Copy, Debug, Default)]
struct Moved {
    from_client: bool,
    to_client: bool,
    from_server: bool,
    to_server: bool,
}

impl Moved {
    fn of_client(self) -> bool {
        self.from_client || self.to_client
    }

    fn any(self) -> bool {
        self.of_client() || self.from_server || self.to_server
    }
}

/// How an exchange ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// Both messages are through.
    Done,
    /// Both messages are through, but the server did not take all of the request.
    DoneEarly,
    /// The response is through and the protocol changes.
    Tunnel,
    /// The client went.
    ClientGone,
    /// The client was silent for too long, or took nothing.
    ClientTimeout,
    /// The client's body is malformed.
    BadRequestBody,
    /// The server went without a whole response.
    ServerGone,
    /// The server was silent for too long, or took nothing.
    ServerTimeout,
    /// A rule waited in vain for the response's body.
    BodyTimeout,
    /// The response has a status on which the request is tried again.
    TryAgain,
    /// What the server sent is no response.
    BadResponse,
    /// The server's sessions were ended.
    Ended(Ending),
    /// A rule refuses the response; the client gets that status.
    Denied(u16),
}

/// What an exchange needs to know beside the two connections.
#[derive(Clone, Copy, Debug)]
pub(super) struct Terms<'a> {
    /// Timeouts of the frontend.
    pub(super) client: &'a Timeouts,
    /// The backend: its timeouts, what is tried again, and whether a client that ends its direction calls the request off.
    pub(super) proxy: &'a Proxy,
    /// What is sent to the client, and to the server, does not put off its timeout (`option independent-streams`).
    pub(super) independent: [bool; 2],
    /// How strictly a response is read.
    pub(super) rules: HeadRules,
    /// Room for a response's head, in bytes.
    pub(super) max_head: u32,
    /// How the client wants names of headers written.
    pub(super) client_cases: Option<&'a HeaderCases>,
    /// How the server wants names of trailers written.
    pub(super) server_cases: Option<&'a HeaderCases>,
    /// Trailers of responses end here.
    pub(super) drop_trailers: bool,
}

impl Txn {
    /// Whether the client has got any part of a response.
    pub(super) fn response_begun(&self) -> bool {
        self.progress.response == ResponsePhase::Body
    }

    /// Whether the client has all of the response, and only the request goes on.
    pub(super) fn response_is_through(&self) -> bool {
        let p = &self.progress;
        p.failed.is_none() && p.is_body_received() && p.response_is_sent(self.to_client.len())
    }

    /// Moves what can be moved. `finish_head` is called when the response's head is there and must put the head for the
    /// client into `to_client`, or say why not.
    pub(super) fn poll_exchange(
        &mut self,
        session: &mut Session,
        server: &mut Io,
        terms: &Terms<'_>,
        cx: &mut Context<'_>,
        finish_head: &mut FinishHead<'_>,
    ) -> Poll<End> {
        let start = self.progress.client_deadline == 0;
        if start {
            let now = session.timer.now_ms();
            self.progress.server_deadline = deadline(
                now,
                self.stream
                    .settings
                    .server_timeout
                    .or(terms.proxy.timeouts.server),
            );
            self.progress.client_deadline = u64::MAX;
            if !self.progress.req_body.is_done() {
                self.progress.client_deadline =
                    deadline(now, self.stream.settings.client_timeout.or(terms.client.client));
            }
        }
        let mut moved = Moved::default();
        let mut rounds = 0;
        loop {
            // Whether something moved that what stands above it here may have waited for.
            let mut again = false;
            match self.send_request(server, &session.thread.buffers, session.timer.now_ms(), cx) {
                // Room that this made for the client's bytes is filled next.
                Ok(sent) => moved.to_server |= sent,
                // A server may answer before it has read everything, and close: its answer is looked for first.
                Err(()) => self.forget_request(),
            }
            match self.splice_request(session, server, cx) {
                Ok(carried) => {
                    moved.to_server |= carried;
                    moved.from_client |= carried;
                }
                Err(end) => return Poll::Ready(end),
            }
            if !self.progress.req_body.is_done() {
                match self.receive_request(session, terms, cx) {
                    Ok(received) => {
                        again |= received;
                        moved.from_client |= received;
                    }
                    Err(end) => return Poll::Ready(end),
                }
            }
            match self.receive_response(session, server, terms, cx, finish_head) {
                Ok(received) => {
                    again |= received;
                    moved.from_server |= received;
                }
                Err(end) => {
                    self.progress.failed = Some(end);
                    again = true;
                }
            }
            match self.send_response(session, cx) {
                Ok(sent) => {
                    again |= sent;
                    moved.to_client |= sent;
                }
                Err(()) => return Poll::Ready(End::ClientGone),
            }
            if self.progress.response == ResponsePhase::Body {
                match self.splice_response(session, server, cx) {
                    Ok(carried) => {
                        moved.from_server |= carried;
                        moved.to_client |= carried;
                    }
                    Err(End::ClientGone) => return Poll::Ready(End::ClientGone),
                    Err(end) => self.progress.failed = Some(end),
                }
            }
            if let Some(end) = self.is_over(session, cx) {
                return end.map_or(Poll::Pending, Poll::Ready);
            }
            if again && rounds < MOST_ROUNDS {
                rounds += 1;
                continue;
            }
            if again {
                cx.waker().wake_by_ref();
            }
            // Whoever is behind with something else is looked at only when there is something to wait for: nearly always the
            // response is through by then.
            if self.progress.req_body.is_done() {
                match self.receive_request(session, terms, cx) {
                    Ok(received) => moved.from_client |= received,
                    Err(end) => return Poll::Ready(end),
                }
            }
            if self.progress.client_ended && terms.proxy.options.abortonclose && self.is_all_asked() {
                return Poll::Ready(End::ClientGone);
            }
            match self.watch_time(session, terms, cx, moved) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(end)) => return Poll::Ready(end),
                // A time is over that held something back.
                Poll::Ready(None) => moved = Moved::default(),
            }
        }
    }

    /// Milliseconds of the process's clock at which limits let more go on; none where they hold nothing back.
    fn throttled_until(&self, now: u64) -> [Option<u64>; 2] {
        let Some(limits) = &self.stream.limits else {
            return [None; 2];
        };
        let p = &self.progress;
        let up = p.head_sent == self.to_server.len() && !p.server_refuses;
        let down = p.response == ResponsePhase::Body && p.answer_sent == self.to_client.len();
        [(Way::Up, up, p.req_ready), (Way::Down, down, p.res_ready)].map(|(way, begun, ready)| {
            let wait = limits.wait(way, ready).filter(|_| begun && ready > 0);
            wait.map(|wait| now + wait)
        })
    }

    /// Sets the deadlines anew for a side on which something moved, and ends what stands still for too long.
    fn watch_time(
        &mut self,
        session: &Session,
        terms: &Terms<'_>,
        cx: &Context<'_>,
        moved: Moved,
    ) -> Poll<Option<End>> {
        let now = session.timer.now_ms();
        let [up, down] = self.throttled_until(now);
        let settings = &self.stream.settings;
        let p = &mut self.progress;
        let [client_alone, server_alone] = terms.independent;
        if moved.from_server || moved.to_server && !server_alone || moved.of_client() && p.res_ready > 0 {
            p.server_deadline = deadline(now, settings.server_timeout.or(terms.proxy.timeouts.server));
        }
        // The client is waited for while it owes the rest of its request, or has a response to take.
        let client_owes = !p.req_body.is_done()
            || p.res_ready > 0
            || holds(&p.response_pipe)
            || p.answer_sent < self.to_client.len();
        // Nobody is to blame for what a limit holds back.
        if !client_owes || up.or(down).is_some() {
            p.client_deadline = u64::MAX;
        } else if moved.from_client || moved.any() && !client_alone || p.client_deadline == u64::MAX {
            p.client_deadline = deadline(now, settings.client_timeout.or(terms.client.client));
        }
        // What there is no room for is not waited for: the client is to take something first.
        let has_room = p.res_ready == 0 || self.res.as_mut().is_none_or(|res| !res.room().is_empty());
        // Behind its response the server has nothing more to send.
        let server_owes = p.failed.is_none()
            && (p.response == ResponsePhase::Head
                || has_room && !holds(&p.response_pipe) && (!p.is_response_received() || p.res_ready > 0));
        let server_deadline = if up.is_some() || down.is_some() && p.is_response_received() {
            p.server_deadline = u64::MAX;
            u64::MAX
        } else if server_owes {
            if p.server_deadline == u64::MAX {
                p.server_deadline = deadline(now, settings.server_timeout.or(terms.proxy.timeouts.server));
            }
            p.server_deadline
        } else {
            u64::MAX
        };
        // A client that only owes the rest of its request is not waited for as long as its server is, which may answer before.
        let takes = p.res_ready > 0 || holds(&p.response_pipe) || p.answer_sent < self.to_client.len();
        let client_deadline = if takes || server_deadline == u64::MAX {
            p.client_deadline
        } else {
            u64::MAX
        };
        let held_until = p.held.map_or(u64::MAX, |held| held.until);
        let more_at = up.unwrap_or(u64::MAX).min(down.unwrap_or(u64::MAX));
        session
            .timer
            .set(server_deadline.min(client_deadline).min(held_until).min(more_at));
        if session.timer.poll_expired(cx, now).is_pending() {
            return Poll::Pending;
        }
        if p.held.is_some_and(|held| held.pauses && held.until <= now) {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(if client_deadline <= now {
            End::ClientTimeout
        } else if held_until <= now {
            End::BodyTimeout
        } else {
            End::ServerTimeout
        }))
    }

    /// The end, if it has come; the inner none when only the layer below still has bytes to send.
    fn is_over(&mut self, session: &mut Session, cx: &mut Context<'_>) -> Option<Option<End>> {
        let p = &self.progress;
        let all_sent = p.response_is_sent(self.to_client.len()) && !holds(&p.response_pipe);
        if !all_sent || !(p.failed.is_some() || p.response == ResponsePhase::Body && p.is_response_received())
        {
            return None;
        }
        match session.io.poll_flush(cx) {
            Poll::Pending => return Some(None),
            Poll::Ready(Err(_)) => return Some(Some(End::ClientGone)),
            Poll::Ready(Ok(())) => {}
        }
        if p.failed.is_some() {
            return Some(p.failed);
        }
        if p.tunnel {
            return Some(Some(End::Tunnel));
        }
        if p.server_refuses {
            return p.req_body.is_done().then_some(Some(End::DoneEarly));
        }
        if p.server_ended && !p.client_told && !p.req_body.is_done() && matches!(p.res_body, Body::UntilClose)
        {
            // The end of our direction is the response's, which the client may wait for before it sends more.
            self.progress.client_told = true;
            if let Poll::Ready(Err(_)) = session.io.poll_shutdown(cx) {
                return Some(Some(End::ClientGone));
            }
        }
        let p = &self.progress;
        // The rest of a request goes on after its response.
        let request_through =
            p.req_body.is_done() && p.request_is_sent(self.to_server.len()) && !holds(&p.request_pipe);
        request_through.then_some(Some(End::Done))
    }

    /// Takes the buffers out for what follows the exchange: what the client and what the server sent beyond it.
    pub(super) fn take_buffers(&mut self) -> (Option<Buffer>, Option<Buffer>) {
        (self.req.take(), self.res.take())
    }

    /// Whether the server sent its end.
    pub(super) fn server_ended(&self) -> bool {
        self.progress.server_ended
    }

    /// Whether bytes stand behind the response's end.
    pub(super) fn server_sent_more(&self) -> bool {
        self.res.as_ref().is_some_and(|b| !b.is_empty())
    }
}

impl Progress {
    /// Whether nothing more of a response is to come.
    fn is_response_received(&self) -> bool {
        self.server_ended || self.response == ResponsePhase::Body && self.res_body.is_done()
    }

    /// Whether nothing more of the body is to come of a response whose head is there.
    pub(super) fn is_body_received(&self) -> bool {
        self.server_ended || self.res_body.is_done()
    }

    /// Whether all that is ready of the response is sent, of whose head there are `head` bytes.
    pub(super) fn response_is_sent(&self, head: usize) -> bool {
        self.res_ready == 0 && self.answer_sent == head
    }

    /// Whether all that is ready of the request is sent, of whose head there are `head` bytes, and more is wanted.
    pub(super) fn request_is_sent(&self, head: usize) -> bool {
        self.req_ready == 0 && self.head_sent == head && !self.server_refuses
    }

    /// The request goes where nobody can read it again.
    pub(super) fn forget_copy(&mut self) {
        self.kept_up_to = 0;
    }

    /// The server sent its end.
    pub(super) fn server_is_at_end(&mut self) {
        self.server_ended = true;
    }

    /// The server takes no more of the request.
    pub(super) fn refuse_request(&mut self) {
        self.server_refuses = true;
    }

    /// Bytes of the response's body that stand behind its head.
    pub(super) fn response_ready(&self) -> usize {
        self.held.map_or(self.res_ready, |held| held.ready)
    }
}

/// Whether bytes are on their way in a pipe.
fn holds(pipe: &Option<Pipe>) -> bool {
    pipe.as_ref().is_some_and(|pipe| !pipe.is_empty())
}

/// The longest beginning of a body that is copied behind its head, in bytes: up to here one `send` of both, the copy included,
/// costs less than a `writev`.
const JOIN: usize = 4096;

/// Puts what is ready of a body behind its head.
fn join(head: &mut Vec<u8>, buffer: Option<&mut Buffer>, ready: &mut usize) {
    if let Some(buffer) = buffer
        && !head.is_empty()
        && *ready > 0
    {
        head.extend_from_slice(&buffer.data()[..*ready]);
        buffer.consume(*ready);
        *ready = 0;
    }
}
