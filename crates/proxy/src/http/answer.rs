//! Answers that the proxy gives itself.

use std::future::poll_fn;
use std::io::IoSlice;
use std::rc::Rc;
use std::task::Poll;

use haproxy_cfg::model::ConnectionMode;
use proxy_core::answer::AnswerInput;
use proxy_core::http1::Version;
use proxy_core::rules::Step;

use super::count::count_sides;
use super::rules::{self, Message};
use super::txn::Txn;
use crate::context::{AtHand, looking};
use crate::session::Session;
use crate::upstream::deadline;

/// Sends what stands in `txn.to_client`. False when the client has gone or takes nothing.
pub(super) async fn send(session: &mut Session, txn: &mut Txn) -> bool {
    if let Some(cases) = super::transaction::client_cases(session) {
        cases.adjust(&mut txn.to_client);
    }
    let timeout = session.frontend().timeouts.client;
    session.timer.set(deadline(session.thread.now_ms(), timeout));
    let mut sent = 0;
    let all = poll_fn(|cx| {
        while sent < txn.to_client.len() {
            match session.io.poll_write(cx, &[IoSlice::new(&txn.to_client[sent..])]) {
                Poll::Ready(Ok(n)) => {
                    sent += n;
                    session.timer.set(deadline(session.timer.now_ms(), timeout));
                }
                Poll::Ready(Err(_)) => return Poll::Ready(false),
                Poll::Pending => {
                    return session
                        .timer
                        .poll_expired(cx, session.timer.now_ms())
                        .map(|()| false);
                }
            }
        }
        session.io.poll_flush(cx).map(|flushed| flushed.is_ok())
    })
    .await;
    txn.stream.log.bytes += txn.answer_size;
    txn.stream.log.own_bytes += txn.answer_size;
    all
}

/// How an answer must end for the client of the request at hand.
pub(super) fn ending(session: &Session, txn: &Txn) -> AnswerInput {
    // A body that was not read to its end would be taken for the next request.
    let read = txn.progress.req_body.is_done();
    AnswerInput {
        head: txn.has_method(b"HEAD"),
        old_client: txn.req_head.version == Version::Http10,
        close: !read || txn.progress.client_ended || !keeps_client(session, txn),
    }
}

/// Puts the page for `status` of the proxies in charge into `txn.answer`: the backend's goes before the frontend's.
pub(super) fn page(session: &Session, txn: &mut Txn, status: u16) {
    let mut answer = std::mem::take(&mut txn.answer);
    let frontend = session.client.frontend;
    let plan = &session.thread.shared.plan;
    let backend = txn.stream.log.backend.filter(|backend| *backend != frontend);
    let mut proxies = [backend, Some(frontend)].into_iter().flatten();
    let found = proxies.any(|proxy| {
        let pages = &plan.proxies[proxy.0 as usize].pages;
        // Once the request is on its way its head is there no more.
        let at_hand = AtHand {
            stream: Some(&txn.stream),
            request: txn.to_server.is_empty().then(|| txn.request()),
            ..AtHand::default()
        };
        looking(&session.thread, &session.client, proxy, at_hand, |context| {
            pages.put(status, context, &mut answer)
        })
    });
    if !found {
        proxy_core::answer::built_in(&mut answer, status);
    }
    txn.answer = answer;
}

/// Applies `http-after-response` to the answer in `txn.answer` and puts it into `txn.to_client` as it is sent. Gives whether the
/// connection must be closed behind it.
pub(super) fn write(session: &mut Session, txn: &mut Txn, input: &AnswerInput) -> bool {
    if txn.answer.head.status != 0 {
        // One that takes the place of a server's response sees what was kept with that.
        if !txn.stream.in_response {
            txn.stream.begin_response();
        }
        loop {
            std::mem::swap(&mut txn.res_head, &mut txn.answer.head);
            let ruled = after_rules(session, txn);
            std::mem::swap(&mut txn.res_head, &mut txn.answer.head);
            match ruled {
                Ok(edited) => {
                    if edited {
                        txn.answer.settle_framing();
                    }
                    break;
                }
                Err(RulesFailed(_)) => {
                    page(session, txn, 500);
                    txn.stream.log.status = 500;
                    if txn.stream.route.server.is_none() {
                        txn.stream.log.request_ms = 0;
                    }
                    if std::mem::replace(&mut txn.after_failed, true) {
                        break;
                    }
                    count_sides(session, txn, |side| side.eint.inc());
                }
            }
        }
    }
    txn.to_client.clear();
    let close = txn.answer.write(&mut txn.to_client, input);
    txn.answer_size = txn.answer.counted_size(input);
    close
}

/// Rules on an answer could not be carried out: it may not go to the client. Who is to blame, as a letter of the termination
/// state.
pub(super) struct RulesFailed(pub(super) u8);

/// Applies the rules on every answer to the response at hand, the backend's first. Gives whether there are any.
pub(super) fn after_rules(session: &mut Session, txn: &mut Txn) -> Result<bool, RulesFailed> {
    let frontend = session.client.frontend;
    let backend = txn.stream.log.backend.filter(|backend| *backend != frontend);
    let thread = Rc::clone(&session.thread);
    let mut any = false;
    for proxy in [backend, Some(frontend)].into_iter().flatten() {
        let plan = &thread.shared.plan.proxies[proxy.0 as usize];
        if plan.after_rules.is_empty() {
            continue;
        }
        any = true;
        txn.cache.reset();
        let mut at = 0;
        let step = rules::run(
            session,
            txn,
            proxy,
            (&plan.acls, &plan.after_rules),
            Message::Response,
            &mut at,
        );
        match step {
            Step::Failed => return Err(RulesFailed(b'P')),
            Step::Broken => return Err(RulesFailed(b'I')),
            _ => {}
        }
    }
    Ok(any)
}

/// Whether what rules put together fits no buffer.
pub(super) fn is_too_large(session: &Session, txn: &Txn) -> bool {
    let answer = &txn.answer;
    let room = session.thread.config().global.tune.bufsize as usize;
    txn.has_answer && answer.body.len() + answer.head.added.len() > room
}

/// Whether the client's connection may be kept as far as the client and the configuration say.
pub(super) fn keeps_client(session: &Session, txn: &Txn) -> bool {
    let mode = session.frontend().connection_mode;
    let wants = match txn.req_head.version {
        Version::Http11 | Version::Http2 => !txn.req_traits.close,
        Version::Http10 => txn.req_traits.keep_alive && !txn.req_traits.close,
    };
    // A request with both framings may have been meant otherwise by somebody in front of us: nothing behind it is trusted.
    // So may one with chunks in HTTP/1.0, which has none.
    let doubtful = txn.req_traits.chunked
        && (txn.req_traits.content_length.is_some() || txn.req_head.version == Version::Http10);
    mode != ConnectionMode::Close && wants && !doubtful && !session.is_told_to_close()
}
