//! Requests to the statistics page.

use std::borrow::Cow;

use haproxy_cfg::model::ProxyId;
use proxy_core::answer::Answer;
use proxy_core::check::Origin;
use proxy_core::cli::Live;
use proxy_core::http1::chunk_data;
use proxy_core::stats::{Sender, StatsPage, StatsRequest, StatsView, prometheus};

use super::rules::holds;
use super::txn::Txn;
use super::wait::{self, NoBody};
use crate::control::Shell;
use crate::session::Session;
use crate::upstream::deadline;

/// Whether the request at hand is for the statistics page of `proxy`.
pub(super) fn is_for(session: &Session, txn: &Txn, proxy: ProxyId) -> bool {
    let Some(settings) = &session.thread.config().proxy(proxy).stats else {
        return false;
    };
    let request = txn.request();
    StatsPage::is_for(settings, request.method(), target(request.uri()))
}

/// Puts the answer of the page into `txn.answer`.
pub(super) async fn answer(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Result<(), NoBody> {
    let is_form = txn.has_method(b"POST");
    if is_form {
        // The original takes the page for a server that is reached at once.
        txn.stream.route.queued_until_ms = txn.stream.log.request_ms;
        txn.stream.route.connected_ms = txn.stream.log.request_ms;
    }
    read_body(session, txn).await?;
    if is_form {
        txn.stream.log.response_ms = session.thread.now_ms();
    }
    let thread = std::rc::Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[proxy.0 as usize];
    let mut admin_allowed = false;
    for cond in &plan.stats_admin {
        if holds(session, txn, &plan.acls, cond) {
            admin_allowed = true;
            break;
        }
    }
    let mut out = std::mem::take(&mut txn.answer);
    let request = txn.request();
    let head = txn.req_head.len as usize;
    let body = &request.buf[head..head + txn.progress.req_ready];
    let body = if txn.req_traits.chunked {
        Cow::Owned(chunk_data(body))
    } else {
        Cow::Borrowed(body)
    };
    let stats_request = StatsRequest {
        proxy,
        method: request.method(),
        uri: target(request.uri()),
        authorization: request.headers().get(b"authorization").next(),
        admin_allowed,
        body: &body,
        body_cut: !txn.progress.req_body.is_done(),
        sender: Sender {
            host: request.headers().get(b"host").next(),
            origin: request.headers().get(b"origin").next(),
            fetch_site: request.headers().get(b"sec-fetch-site").next(),
            marker: request.headers().get(b"x-holdfast").next(),
        },
    };
    let view = StatsView {
        config: thread.config(),
        runtime: &thread.shared.runtime,
        now_ms: thread.now_ms(),
        process: &thread.shared.process,
    };
    let mut shell = Shell::new(&thread);
    let mut control = Live {
        config: thread.config(),
        runtime: &thread.shared.runtime,
        origin: Origin::StatsPage,
        now_ms: thread.now_ms(),
        hooks: &mut shell,
    };
    StatsPage::handle(&stats_request, &view, &mut control, &mut out);
    txn.stream.log.status = i32::from(out.head.status);
    txn.answer = out;
    Ok(())
}

/// Makes `out` the page for Prometheus; gives its status.
pub(super) fn metrics(session: &Session, uri: &[u8], out: &mut Answer) -> u16 {
    let thread = &session.thread;
    let view = StatsView {
        config: thread.config(),
        runtime: &thread.shared.runtime,
        now_ms: thread.now_ms(),
        process: &thread.shared.process,
    };
    prometheus::answer(&view, uri, out)
}

/// Reads the body that belongs to the request behind its head, as far as it fits the buffer.
async fn read_body(session: &mut Session, txn: &mut Txn) -> Result<(), NoBody> {
    if !txn.progress.req_body.is_done() && !wait::invite(session, txn).await {
        return Err(NoBody::Gone);
    }
    let timeouts = &session.frontend().timeouts;
    // A form belongs to the request that is awaited.
    session.timer.set(match timeouts.http_request {
        Some(_) => deadline(txn.stream.log.started_ms, timeouts.http_request),
        None => deadline(session.thread.now_ms(), timeouts.client),
    });
    wait::read(session, txn, None).await
}

/// The target from its path on: an absolute form loses scheme and host.
pub(super) fn target(uri: &[u8]) -> &[u8] {
    if uri.first() == Some(&b'/') {
        return uri;
    }
    let Some(at) = memchr::memmem::find(uri, b"://") else {
        return uri;
    };
    let rest = &uri[at + 3..];
    memchr::memchr(b'/', rest).map_or(b"/", |slash| &rest[slash..])
}

#[cfg(test)]
mod tests {
    use super::target;

    #[test]
    fn absolute_targets_lose_scheme_and_host() {
        assert_eq!(target(b"http://a:80/x?y"), b"/x?y");
        assert_eq!(target(b"http://a"), b"/");
        assert_eq!(target(b"/x://y"), b"/x://y");
        assert_eq!(target(b"*"), b"*");
    }
}
