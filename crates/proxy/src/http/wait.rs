//! Waiting for a request's body before the request goes on (manual, `option http-buffer-request`, `http-request wait-for-body`).

use std::future::poll_fn;
use std::task::Poll;

use haproxy_cfg::model::ProxyId;
use proxy_core::http1::Version;
use proxy_core::rules::AwaitBody;
use proxy_core::state::Direction;

use super::answer;
use super::respond::answer_with;
use super::transaction::Next;
use super::txn::Txn;
use crate::capture;
use crate::session::Session;
use crate::upstream::deadline;

/// What the original counts for the interim response that asks for a body, in bytes.
const CONTINUE_COUNTED: u64 = 40;

/// Why a body was not waited for any longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoBody {
    /// The client ended its direction, or its connection broke.
    Gone,
    /// It did not come in time.
    Expired,
    /// Its chunks are malformed.
    Malformed,
}

/// `option http-buffer-request` of a proxy.
///
/// # Errors
/// What becomes of the connection, where the body does not come.
pub(super) async fn for_option(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Result<(), Next> {
    let config = session.thread.config();
    let timeouts = &config.proxy(proxy).timeouts;
    let client = config.proxy(session.client.frontend).timeouts.client;
    let until = deadline(session.thread.now_ms(), timeouts.http_request.or(client));
    wait(session, txn, until, None).await
}

/// The action `wait-for-body`.
///
/// # Errors
/// What becomes of the connection, where the body does not come.
pub(super) async fn for_rule(session: &mut Session, txn: &mut Txn, terms: AwaitBody) -> Result<(), Next> {
    let until = session.thread.now_ms() + u64::from(terms.time);
    let done = wait(session, txn, until, terms.enough).await;
    if done.is_err() {
        // It is the one that says no.
        txn.stream.ended_by = txn.stream.waits_for.take();
    }
    txn.stream.waited_in_vain = txn.progress.client_ended && !txn.progress.req_body.is_done();
    done
}

/// More of a body that `tcp-request content` looks at, before `until`, in milliseconds of the process's clock. Gives false once
/// what is there is all that the rules will see.
///
/// # Errors
/// What becomes of the connection, where the body is malformed.
pub(super) async fn for_contents(session: &mut Session, txn: &mut Txn, until: u64) -> Result<bool, Next> {
    let there = txn.request_body().len() as u64;
    session.timer.set(until);
    match read(session, txn, Some(there + 1)).await {
        Ok(()) => Ok(!txn.progress.req_body.is_done() && txn.request_body().len() as u64 > there),
        Err(NoBody::Expired) => Ok(false),
        Err(NoBody::Gone) => {
            txn.progress.client_ended = true;
            Ok(false)
        }
        Err(NoBody::Malformed) => {
            capture::keep(
                session,
                Direction::Request,
                txn.req.as_ref(),
                (txn.stream.log.backend, None),
            );
            txn.stream.log.request_ms = 0;
            session.count(|side| side.ereq.inc());
            Err(answer_with(session, txn, 400, b'P', b'R').await)
        }
    }
}

async fn wait(session: &mut Session, txn: &mut Txn, until: u64, enough: Option<u64>) -> Result<(), Next> {
    if txn.progress.req_body.is_done() || txn.progress.client_ended {
        return Ok(());
    }
    if !invite(session, txn).await {
        return Err(Next::Close);
    }
    session.timer.set(until);
    let (status, cause) = match read(session, txn, enough).await {
        Ok(()) => {
            // The request is there when its body is, in the original's times.
            txn.stream.log.request_ms = session.thread.now_ms();
            return Ok(());
        }
        Err(NoBody::Gone) => {
            // Rules still see what came; no server will. No more of the request is waited for, so that it is all there is.
            txn.stream.log.request_ms = session.thread.now_ms();
            txn.progress.client_ended = true;
            return Ok(());
        }
        Err(NoBody::Expired) if session.timer.is_ended() => {
            txn.stream.log.end_with(b'K', b'-');
            return Err(Next::Close);
        }
        Err(NoBody::Expired) => (408, b'c'),
        Err(NoBody::Malformed) => {
            capture::keep(
                session,
                Direction::Request,
                txn.req.as_ref(),
                (txn.stream.log.backend, None),
            );
            (400, b'P')
        }
    };
    txn.stream.log.request_ms = 0;
    session.count(|side| side.ereq.inc());
    Err(answer_with(session, txn, status, cause, b'R').await)
}

/// Asks for the body of a client that waits to be asked (`Expect: 100-continue`): the server is not to do it again. False when
/// the client has gone.
pub(super) async fn invite(session: &mut Session, txn: &mut Txn) -> bool {
    if !txn.req_traits.expect_continue || txn.req_head.version == Version::Http10 {
        return true;
    }
    txn.req_traits.expect_continue = false;
    txn.edit_request(usize::MAX).remove(b"expect");
    txn.to_client.extend_from_slice(b"HTTP/1.1 100 Continue\r\n\r\n");
    txn.answer_size = CONTINUE_COUNTED;
    let sent = answer::send(session, txn).await;
    txn.to_client.clear();
    txn.answer_size = 0;
    sent
}

/// Reads the body that belongs to the request behind its head: to its end, until `enough` bytes of it are there, or as far as
/// it fits the buffer beside the room that edits of heads may need. The timer says how long.
///
/// # Errors
/// Why it did not come.
pub(super) async fn read(session: &mut Session, txn: &mut Txn, enough: Option<u64>) -> Result<(), NoBody> {
    let head = txn.req_head.len as usize;
    let tune = &session.thread.config().global.tune;
    let limit = tune.bufsize.saturating_sub(tune.maxrewrite) as usize;
    poll_fn(|cx| {
        loop {
            let is_enough = enough.is_some_and(|enough| txn.request_body().len() as u64 >= enough);
            let Some(buffer) = &mut txn.req else {
                return Poll::Ready(Err(NoBody::Gone));
            };
            if txn.progress.req_body.is_done() || is_enough || buffer.len() >= limit {
                return Poll::Ready(Ok(()));
            }
            if buffer.room().is_empty() {
                buffer.compact();
            }
            let left = limit - buffer.len();
            let room = buffer.room();
            let room_left = left.min(room.len());
            match session.io.poll_read(cx, &mut room[..room_left]) {
                Poll::Ready(Ok(0) | Err(_)) => return Poll::Ready(Err(NoBody::Gone)),
                Poll::Ready(Ok(n)) => {
                    buffer.filled(n);
                    match txn
                        .progress
                        .req_body
                        .take(buffer, head + txn.progress.req_ready, None)
                    {
                        Ok(taken) => {
                            txn.progress.req_ready += taken.ready;
                            txn.stream.log.received += taken.payload;
                        }
                        Err(_) => return Poll::Ready(Err(NoBody::Malformed)),
                    }
                }
                Poll::Pending => {
                    return session
                        .timer
                        .poll_expired(cx, session.timer.now_ms())
                        .map(|()| Err(NoBody::Expired));
                }
            }
        }
    })
    .await
}
