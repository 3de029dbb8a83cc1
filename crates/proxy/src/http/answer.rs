//! Answers that the proxy gives itself.

use std::future::poll_fn;
use std::io::IoSlice;
use std::task::Poll;

use haproxy_cfg::model::ConnectionMode;
use proxy_core::answer::AnswerInput;
use proxy_core::http1::{ResponseHead, ResponseRef, Version, parse_response};

use super::txn::Txn;
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
    txn.stream.log.bytes += counted_size(&txn.to_client);
    all
}

/// How an answer must end for the client of the request at hand.
pub(super) fn ending(session: &Session, txn: &Txn) -> AnswerInput {
    // A body that was not read to its end would be taken for the next request.
    let read = txn.progress.req_body.is_done();
    AnswerInput {
        head: txn.method() == b"HEAD",
        old_client: txn.req_head.version == Version::Http10,
        close: !read || txn.progress.client_ended || !keeps_client(session, txn),
    }
}

/// Puts the answer for `status` of the proxy in charge into `txn.to_client`. Gives whether the connection must be closed
/// behind it.
pub(super) fn put(session: &Session, txn: &mut Txn, status: u16) -> bool {
    let proxy = txn.stream.log.backend.unwrap_or(session.client.frontend);
    let plan = &session.thread.shared.plan.proxies[proxy.0 as usize];
    let input = ending(session, txn);
    txn.to_client.clear();
    txn.stream.log.status = i32::from(status);
    plan.answers.write(&mut txn.to_client, status, &input)
}

/// Whether the client's connection may be kept as far as the client and the configuration say.
pub(super) fn keeps_client(session: &Session, txn: &Txn) -> bool {
    let mode = session.frontend().connection_mode;
    let wants = match txn.req_head.version {
        Version::Http11 => !txn.req_traits.close,
        Version::Http10 => txn.req_traits.keep_alive && !txn.req_traits.close,
    };
    // A request with both framings may have been meant otherwise by somebody in front of us: nothing behind it is trusted.
    // So may one with chunks in HTTP/1.0, which has none.
    let doubtful = txn.req_traits.chunked
        && (txn.req_traits.content_length.is_some() || txn.req_head.version == Version::Http10);
    mode != ConnectionMode::Close && wants && !doubtful && !session.thread.shared.is_stopping()
}

/// The size that statistics and log lines count for an answer of our own, by the same rule as for a server's.
fn counted_size(answer: &[u8]) -> u64 {
    let mut head = ResponseHead::default();
    match parse_response(answer, &mut head, usize::MAX) {
        Ok(true) => {
            let body = answer.len() - head.len as usize;
            u64::from(
                ResponseRef {
                    buf: answer,
                    head: &head,
                }
                .counted_size(),
            ) + body as u64
        }
        // An error file may be anything.
        Ok(false) | Err(_) => answer.len() as u64,
    }
}
