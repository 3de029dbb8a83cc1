//! What is answered without a server: by rules, by the statistics page, as an error.

use std::rc::Rc;

use haproxy_cfg::model::ProxyId;
use proxy_core::rules::Step;

use super::count::{CLIENT_FAULT, count_denied, count_intercepted, count_sides, count_status, count_tracked};
use super::rules::{self, Message};
use super::transaction::Next;
use super::txn::Txn;
use super::wait::{self, NoBody};
use super::{answer, stats};
use crate::context::AtHand;
use crate::resolve;
use crate::session::Session;
use crate::upstream::deadline;

/// What a rule on the request wants to be done.
///
/// # Errors
/// What becomes of the connection, where the request goes no further.
pub(super) async fn obey(
    session: &mut Session,
    txn: &mut Txn,
    proxy: ProxyId,
    step: Step<'_>,
) -> Result<(), Next> {
    match step {
        Step::Next
        | Step::Edited
        | Step::Readdressed
        | Step::Stop
        | Step::Wait
        | Step::Close
        | Step::SwitchMode => Ok(()),
        Step::Reject => {
            count_denied(session, proxy);
            Err(close_silently(session, txn))
        }
        Step::Vanish(hops) => {
            count_denied(session, proxy);
            session.io.vanish(hops);
            Err(close_silently(session, txn))
        }
        Step::Deny(reply) => {
            count_denied(session, proxy);
            count_tracked(session, txn, CLIENT_FAULT);
            Err(answer_ready(session, txn, reply.status, (b'P', b'R'), false).await)
        }
        Step::Tarpit(reply) => {
            count_denied(session, proxy);
            count_tracked(session, txn, CLIENT_FAULT);
            Err(tarpit(session, txn, proxy, reply.status).await)
        }
        Step::Return(_) | Step::Redirect(_) if answer::is_too_large(session, txn) => {
            count_sides(session, txn, |side| side.eint.inc());
            txn.stream.log.request_ms = 0;
            let cause = if matches!(step, Step::Return(_)) {
                b'P'
            } else {
                b'I'
            };
            Err(answer_with(session, txn, 500, cause, b'R').await)
        }
        Step::Return(reply) => {
            count_intercepted(session, proxy);
            Err(answer_ready(session, txn, reply.status, (b'L', b'R'), false).await)
        }
        Step::Redirect(status) => {
            count_intercepted(session, proxy);
            // The original does not wait for a body of a request that it sends elsewhere.
            let has_body = txn.req_traits.chunked || txn.req_traits.content_length.is_some_and(|n| n > 0);
            Err(answer_ready(session, txn, status, (b'L', b'R'), has_body).await)
        }
        Step::Authenticate(realm) => {
            count_intercepted(session, proxy);
            let status = challenge(session, txn, realm);
            let next = answer_ready(session, txn, status, (b'L', b'R'), false).await;
            // Behind the rules on the answer, as with the original.
            count_tracked(session, txn, CLIENT_FAULT);
            Err(next)
        }
        Step::Metrics => {
            count_intercepted(session, proxy);
            Err(answer_metrics(session, txn, proxy).await)
        }
        Step::Hint => {
            txn.to_client.extend_from_slice(b"\r\n");
            let sent = answer::send(session, txn).await;
            txn.to_client.clear();
            if sent { Ok(()) } else { Err(Next::Close) }
        }
        Step::Pause(ms) => {
            session.timer.set(session.thread.now_ms() + u64::from(ms));
            session.timer.expired().await;
            Ok(())
        }
        Step::Resolve(lookup) => {
            let at_hand = || AtHand {
                stream: Some(&txn.stream),
                request: Some(txn.request()),
                body: txn.request_body(),
                io: Some(&session.io),
                ..AtHand::default()
            };
            resolve::obey(&session.thread, &session.client, proxy, lookup, at_hand).await;
            Ok(())
        }
        Step::AwaitBody(terms) => wait::for_rule(session, txn, terms).await,
        Step::Malformed => {
            session.count(|side| side.ereq.inc());
            count_tracked(session, txn, CLIENT_FAULT);
            txn.stream.log.request_ms = 0;
            Err(answer_with(session, txn, 400, b'P', b'R').await)
        }
        Step::Failed | Step::Broken => {
            count_sides(session, txn, |side| side.eint.inc());
            txn.stream.log.request_ms = 0;
            let cause = if matches!(step, Step::Broken) { b'I' } else { b'P' };
            Err(answer_with(session, txn, 500, cause, b'R').await)
        }
    }
}

/// Ends a request that rules refuse without an answer.
pub(super) fn close_silently(session: &Session, txn: &mut Txn) -> Next {
    let log = &mut txn.stream.log;
    log.end_with(b'P', b'R');
    // Nothing is known of the times of what was never answered.
    log.request_ms = 0;
    let thread = &session.thread;
    count_status(thread.fe_counters(session.client.frontend), 0);
    if let Some(backend) = log.backend {
        count_status(thread.be_counters(backend), 0);
    }
    Next::Close
}

/// Puts together what asks for a password; gives its status.
pub(super) fn challenge(session: &Session, txn: &mut Txn, realm: &[u8]) -> u16 {
    let as_proxy =
        session.frontend().options.http_use_proxy_header && txn.request().uri().first() != Some(&b'/');
    let status = if as_proxy { 407 } else { 401 };
    answer::page(session, txn, status);
    proxy_core::answer::challenge(&mut txn.answer, as_proxy, realm);
    txn.has_answer = true;
    status
}

/// Holds a client back before it is refused.
pub(super) async fn tarpit(session: &mut Session, txn: &mut Txn, proxy: ProxyId, status: u16) -> Next {
    let timeouts = &session.thread.config().proxy(proxy).timeouts;
    let settled = txn.stream.settings.tarpit_timeout;
    let timeout = settled.or(timeouts.tarpit).or(timeouts.connect);
    session
        .timer
        .set(deadline(session.thread.now_ms(), timeout.or(Some(0))));
    session.timer.expired().await;
    txn.stream.log.tarpitted = true;
    answer_ready(session, txn, status, (b'P', b'T'), false).await
}

/// Answers with the page for Prometheus.
async fn answer_metrics(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Next {
    txn.stream.log.is_stats = true;
    txn.stream.log.is_metrics = true;
    txn.stream.log.backend = Some(proxy);
    let mut out = std::mem::take(&mut txn.answer);
    let status = stats::metrics(session, stats::target(txn.request().uri()), &mut out);
    txn.answer = out;
    txn.has_answer = true;
    answer_ready(session, txn, status, (b'L', b'R'), false).await
}

pub(super) async fn answer_stats(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Next {
    txn.stream.log.is_stats = true;
    txn.stream.log.backend = Some(if session.frontend().kind.is_backend() {
        session.client.frontend
    } else {
        proxy
    });
    txn.stream.log.end_with(b'L', b'R');
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[proxy.0 as usize];
    let mut at = 0;
    let status = match rules::run(
        session,
        txn,
        proxy,
        (&plan.acls, &plan.stats_rules),
        Message::Request,
        &mut at,
    ) {
        Step::Deny(reply) => {
            session.count(|side| side.dreq.inc());
            txn.stream.log.termination[0] = b'P';
            Some(reply.status)
        }
        Step::Authenticate(realm) => {
            thread.fe_counters(session.client.frontend).intercepted.inc();
            Some(challenge(session, txn, realm))
        }
        _ => None,
    };
    if let Some(status) = status {
        return refuse_stats(session, txn, status).await;
    }
    thread.fe_counters(session.client.frontend).intercepted.inc();
    match stats::answer(session, txn, proxy).await {
        Ok(()) => {}
        Err(NoBody::Gone) => {
            count_status(thread.fe_counters(session.client.frontend), 0);
            return Next::Close;
        }
        Err(reason) => {
            session.count(|side| side.ereq.inc());
            let status = if reason == NoBody::Expired { 408 } else { 400 };
            return answer_error(session, txn, status).await;
        }
    };
    let input = answer::ending(session, txn);
    let refused = txn.stream.log.status == 401;
    let close = answer::write(session, txn, &input);
    if refused {
        // The original does not go on behind a refusal here, and has its own idea of its status.
        txn.stream.log.status = 400;
    }
    send_answer(session, txn, close || refused).await
}

/// Answers with what rules on the statistics page say instead of it. The original closes the connection then, and has its own
/// idea of the status.
pub(super) async fn refuse_stats(session: &mut Session, txn: &mut Txn, status: u16) -> Next {
    if !std::mem::take(&mut txn.has_answer) {
        answer::page(session, txn, status);
    }
    txn.stream.log.status = 400;
    let input = answer::ending(session, txn);
    answer::write(session, txn, &input);
    send_answer(session, txn, true).await
}

/// What came behind the request belongs to the next one.
pub(super) fn keep_rest(session: &mut Session, txn: &mut Txn) {
    if let Some(mut buffer) = txn.req.take() {
        if txn.to_server.is_empty() {
            // Answered by us: head and body are still there.
            buffer.consume(txn.req_head.len as usize + txn.progress.req_ready);
        }
        if buffer.is_empty() {
            session.thread.buffers.give(buffer);
        } else {
            session.pending = Some(buffer);
        }
    }
}

/// Answers with an error; how the transaction ends was said before.
pub(super) async fn answer_error(session: &mut Session, txn: &mut Txn, status: u16) -> Next {
    txn.has_answer = false;
    answer_now(session, txn, status, false).await
}

/// Answers with what rules put together, or else the page of the status; `close` closes the connection behind it in any case.
pub(super) async fn answer_ready(
    session: &mut Session,
    txn: &mut Txn,
    status: u16,
    (cause, phase): (u8, u8),
    close: bool,
) -> Next {
    txn.stream.log.end_with(cause, phase);
    answer_now(session, txn, status, close).await
}

/// The same; how the transaction ends was said before.
pub(super) async fn answer_now(session: &mut Session, txn: &mut Txn, status: u16, close: bool) -> Next {
    if !std::mem::take(&mut txn.has_answer) {
        answer::page(session, txn, status);
    }
    txn.stream.log.status = i32::from(status);
    let mut input = answer::ending(session, txn);
    input.close |= close;
    let close = answer::write(session, txn, &input);
    send_answer(session, txn, close).await
}

/// Sends the answer that stands in `txn.to_client`, and counts it.
pub(super) async fn send_answer(session: &mut Session, txn: &mut Txn, close: bool) -> Next {
    let sent = answer::send(session, txn).await;
    let thread = Rc::clone(&session.thread);
    count_status(thread.fe_counters(session.client.frontend), txn.stream.log.status);
    if let Some(backend) = txn.stream.log.backend.filter(|_| !txn.stream.log.is_stats) {
        count_status(thread.be_counters(backend), txn.stream.log.status);
    }
    match (sent, close) {
        (false, _) => Next::Close,
        (true, true) => Next::Linger,
        (true, false) => {
            keep_rest(session, txn);
            Next::KeepAlive
        }
    }
}

pub(super) async fn answer_with(
    session: &mut Session,
    txn: &mut Txn,
    status: u16,
    cause: u8,
    phase: u8,
) -> Next {
    txn.stream.log.end_with(cause, phase);
    answer_error(session, txn, status).await
}
