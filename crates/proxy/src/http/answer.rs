//! Answers that the proxy gives itself.

use std::future::poll_fn;
use std::io::IoSlice;
use std::task::Poll;

use super::txn::Txn;
use crate::session::Session;
use crate::upstream::deadline;

/// Sends what stands in `txn.to_client`. False when the client has gone or takes nothing.
pub(super) async fn send(session: &mut Session, txn: &mut Txn) -> bool {
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
    txn.log.bytes += sent as u64;
    all
}

/// Puts the answer for `status` of the proxy in charge into `txn.to_client`.
pub(super) fn put(session: &Session, txn: &mut Txn, status: u16) {
    let proxy = txn.log.backend.unwrap_or(session.frontend);
    let plan = &session.thread.shared.plan.proxies[proxy.0 as usize];
    txn.to_client.clear();
    txn.to_client.extend_from_slice(plan.answers.get(status));
    txn.log.status = i32::from(status);
}
