//! A request that a cache answers: its response is read as if a server sent it, so that rules, compression, limits and timeouts hold
//! for it as for any other.

use std::future::poll_fn;
use std::rc::Rc;

use haproxy_cfg::model::{ConnectionMode, ProxyId};
use proxy_core::cache::seconds;

use super::compress;
use super::count::{count_intercepted, count_status};
use super::exchange::{End, Terms};
use super::forward::{NO_ANSWER, terms};
use super::outgoing::{begin_request, take_more};
use super::respond::{answer_now, keep_rest};
use super::response_head::{Keep, finish_head};
use super::transaction::Next;
use super::txn::Txn;
use crate::io::Io;
use crate::session::Session;

/// Answers the request with what a rule of `proxy` found.
pub(super) async fn serve(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Next {
    let thread = Rc::clone(&session.thread);
    let caching = txn.stream.caching.as_mut();
    let Some(entry) = caching.and_then(|caching| caching.entry.take()) else {
        return Next::Close;
    };
    let now_ms = thread.now_ms();
    let replay = entry.replay(txn.request(), seconds(thread.epoch_ms(now_ms) * 1000));
    drop(entry);
    count_intercepted(session, proxy);
    let log = &mut txn.stream.log;
    log.end_with(b'L', b'R');
    if session.frontend().kind.is_backend() {
        log.backend.get_or_insert(proxy);
    }
    // As a server that is reached at once.
    txn.stream.route.queued_until_ms = log.request_ms;
    txn.stream.route.connected_ms = log.request_ms;
    compress::ask(session, txn, proxy);
    txn.progress.to_head = txn.has_method(b"HEAD");
    begin_request(txn, true);
    take_more(txn, None);
    let config = thread.config();
    let terms = Terms {
        // How old it is stands in it besides what once came.
        max_head: config.global.tune.bufsize,
        ..terms(
            &thread,
            config.proxy(session.client.frontend),
            config.proxy(proxy),
        )
    };
    let mut from = Io::Cached(Box::new(replay));
    let mut keep = Keep::default();
    let end = poll_fn(|cx| {
        txn.poll_exchange(session, &mut from, &terms, cx, &mut |txn, session| {
            keep = finish_head(session, txn, proxy, None, ConnectionMode::KeepAlive)?;
            Ok(())
        })
    })
    .await;
    txn.give_pipes(session);
    let has_more = txn.req.as_ref().is_some_and(|buffer| !buffer.is_empty());
    let keeps = keep.client && (has_more || !txn.progress.client_ended);
    match end {
        End::Done | End::DoneEarly if keeps => {
            keep_rest(session, txn);
            Next::KeepAlive
        }
        End::DoneEarly => Next::Linger,
        End::Denied(NO_ANSWER) => {
            count_status(
                thread.fe_counters(session.client.frontend),
                txn.stream.log.status.max(0),
            );
            Next::Close
        }
        End::Denied(status) => {
            if txn.rules_failed.is_none() && !txn.intercepted {
                thread.fe_counters(session.client.frontend).dresp.inc();
                thread.be_counters(proxy).dresp.inc();
            }
            answer_now(session, txn, status, false).await
        }
        End::ClientGone | End::ClientTimeout => {
            thread.fe_counters(session.client.frontend).cli_abrt.inc();
            Next::Close
        }
        _ => Next::Close,
    }
}
