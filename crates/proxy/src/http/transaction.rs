//! One request from its first byte to the end of its response.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{HeaderNames, Mode, ProxyId};
use proxy_core::http1::HeaderCases;
use proxy_core::persist::CookieState;
use proxy_core::rules::{Acls, RuleSetPlan, Step, SwitchPlan};

use super::cached;
use super::count::{REQUEST, count_request, count_tracked, finish};
use super::failure::refuse;
use super::forward::forward;
use super::request::{NoRequest, read_request};
use super::respond::{answer_error, answer_stats, answer_with, obey};
use super::rules::{self, Message};
use super::stats;
use super::txn::Txn;
use super::wait;
use crate::session::{BackendUse, Session};
use crate::upstream::deadline;

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next request may come.
    KeepAlive,
    /// It is closed.
    Close,
    /// It is closed once the client has taken what it was told.
    Linger,
    /// It goes on in HTTP/2, which `session.pending` begins with.
    Http2,
}

/// A connection on which nothing came in time.
pub(super) async fn no_request(session: &mut Session) {
    let mut txn = session.thread.take_transaction();
    refuse(session, &mut txn, NoRequest::Expired).await;
    let thread = Rc::clone(&session.thread);
    thread.give_transaction(txn);
}

/// Serves one request.
pub(super) async fn run(session: &mut Session, txn: &mut Txn) -> Next {
    let carried = session.carried.take();
    let inspected = carried.is_some();
    if let Some(tracked) = carried {
        txn.stream.tracked = tracked;
    }
    if let Err(reason) = read_request(session, txn).await {
        if reason == NoRequest::Http2 {
            session.pending = txn.req.take();
            session.carried = Some(std::mem::take(&mut txn.stream.tracked)).filter(|_| inspected);
            return Next::Http2;
        }
        return refuse(session, txn, reason).await;
    }
    count_tracked(session, txn, REQUEST);
    let thread = Rc::clone(&session.thread);
    let frontend = session.client.frontend;
    // Its identifier may be made of it.
    txn.stream.number = thread.next_number();
    session.begin_stream(txn.stream.number);
    crate::effort::begin(&thread);
    rules::identify(session, txn);
    let passed = match contents(session, txn, frontend) {
        Some(contents) if !inspected => contents.await,
        _ => Ok(()),
    };
    if let Err(next) = passed {
        // For the log there was no request.
        txn.stream.log.line.clear();
        finish(session, txn);
        return next;
    }
    if let Some(captures) = &thread.config().proxy(frontend).captures {
        txn.capture_request(captures, thread.config().global.tune.http_cookielen as usize);
    }
    let now = txn.stream.log.request_ms;
    count_request(thread.fe_counters(session.client.frontend), now);
    thread.counters().process.req_tot.inc();
    crate::stream_log::write_step(session, &txn.stream, "request");
    if session
        .frontend()
        .monitor_uri
        .as_ref()
        .is_some_and(|uri| stats::target(txn.request().uri()) == uri.as_slice())
    {
        thread.fe_counters(session.client.frontend).intercepted.inc();
        let plan = &thread.shared.plan.proxies[session.client.frontend.0 as usize];
        let fails = plan
            .monitor_fail
            .iter()
            .any(|cond| rules::holds(session, txn, &plan.acls, cond));
        let status = if fails { 503 } else { 200 };
        return answer_with(session, txn, status, b'P', b'R').await;
    }
    let mut in_use = None;
    let next = match route(session, txn, &mut in_use).await {
        Ok(backend) => forward(session, txn, backend).await,
        Err(next) => next,
    };
    // The line does not count its own session any more.
    drop(in_use);
    finish(session, txn);
    next
}

/// Finds the backend and applies the rules; an answer of our own ends the transaction.
async fn route(
    session: &mut Session,
    txn: &mut Txn,
    in_use: &mut Option<BackendUse>,
) -> Result<ProxyId, Next> {
    let frontend = session.client.frontend;
    if session.frontend().options.buffer_request {
        Box::pin(wait::for_option(session, txn, frontend)).await?;
    }
    apply_rules(session, txn, frontend).await?;
    if txn.stream.is_cached() {
        return Err(Box::pin(cached::serve(session, txn, frontend)).await);
    }
    rules::tell_identity(session, txn);
    if refuses_names(session, txn, frontend) {
        return Err(answer_with(session, txn, 403, b'P', b'R').await);
    }
    let (proxy, plan) = session.thread.shared.plan.proxy(frontend);
    let settled = txn.stream.settings.backend;
    let default = proxy.default_backend;
    let mut backend = settled.or(default);
    let passed_by = |backend: ProxyId| {
        session.thread.shared.runtime.proxies[backend.0 as usize]
            .unpublished
            .load(Relaxed)
    };
    if settled.is_none() && (!proxy.use_backend.is_empty() || default.is_some_and(passed_by)) {
        let mut cache = std::mem::take(&mut txn.cache);
        let chosen = rules::looking_at(session, txn, frontend, true, |context| {
            if let Some(rehearsal) = &session.thread.rehearsal {
                SwitchPlan::tell(&plan.acls, context, &mut cache, &**rehearsal);
            }
            let chosen = plan.switch.choose(&plan.acls, context, &mut cache);
            chosen.or_else(|| {
                let mut admitted =
                    |backend: &ProxyId| plan.switch.admits(*backend, &plan.acls, context, &mut cache);
                default.filter(|backend| !passed_by(*backend) || admitted(backend))
            })
        });
        backend = chosen;
        txn.cache = cache;
    }
    let backend = match backend {
        Some(backend) => backend,
        None if proxy.kind.is_backend() => frontend,
        // Nobody is in charge.
        None => {
            txn.stream.log.end_with(b'S', b'C');
            txn.stream.log.request_ms = 0;
            return Err(answer_error(session, txn, 503).await);
        }
    };
    txn.stream.log.backend = Some(backend);
    *in_use = (backend != frontend || session.frontend().kind.is_backend())
        .then(|| BackendUse::new(session, backend));
    if session.thread.config().proxy(backend).mode == Mode::Tcp {
        // Only what a rule has made a connection of HTTP comes here, and nobody there would know.
        txn.stream.log.end_with(b'I', b'R');
        txn.stream.log.request_ms = 0;
        return Err(Next::Close);
    }
    if backend != frontend {
        txn.cache.reset();
        count_request(session.thread.be_counters(backend), txn.stream.log.request_ms);
        if let Some(contents) = contents(session, txn, backend) {
            contents.await?;
        }
        if session.thread.config().proxy(backend).options.buffer_request {
            Box::pin(wait::for_option(session, txn, backend)).await?;
        }
        apply_rules(session, txn, backend).await?;
        if txn.stream.is_cached() {
            return Err(Box::pin(cached::serve(session, txn, backend)).await);
        }
    } else {
        count_request(session.thread.be_counters(backend), txn.stream.log.request_ms);
    }
    let key = &session.thread.shared.plan.proxies[backend.0 as usize].key;
    let looks_at_body = key.as_ref().is_some_and(|key| key.looks_at_body());
    if looks_at_body && txn.request().method() == b"POST" {
        Box::pin(wait::for_option(session, txn, backend)).await?;
    }
    Ok(backend)
}

/// Writes down what was the matter with the persistence cookie of a request that rules answered: it is looked at only where
/// the request was refused.
fn note_cookie(session: &Session, txn: &mut Txn, refused: bool) {
    let thread = &session.thread;
    let log = &txn.stream.log;
    let proxy = log.backend.unwrap_or(session.client.frontend).0 as usize;
    let Some(cookie) = &thread.shared.plan.proxies[proxy].cookie else {
        return;
    };
    let now = thread.epoch_ms(log.request_ms) / 1000;
    let mut edits = std::mem::take(&mut txn.edits);
    let state = &thread.shared.runtime.proxies[proxy];
    let read = cookie.read_request(txn.request(), state, (now, false), &mut edits);
    edits.clear();
    txn.edits = edits;
    if read.state == CookieState::Off {
        return;
    }
    let worth = if refused { read.state } else { CookieState::None };
    txn.stream.log.termination[2] = worth.letter();
    txn.stream.log.termination[3] = b'N';
    if refused {
        txn.stream.route.server = txn.stream.route.server.or(read.server);
    }
}

/// How the client wants names of headers written, if that is not as they are.
pub(super) fn client_cases(session: &Session) -> Option<&HeaderCases> {
    let wants = session.frontend().options.adjust_client_case;
    wants.then_some(&session.thread.shared.plan.header_cases)
}

/// Looks at the names of the request's headers as the proxy asks for it. Gives whether the request is refused for one.
pub(super) fn refuses_names(session: &Session, txn: &mut Txn, proxy: ProxyId) -> bool {
    let is_plain = |name: &[u8]| {
        name.iter()
            .all(|octet| octet.is_ascii_alphanumeric() || *octet == b'-')
    };
    match session.thread.config().proxy(proxy).header_names {
        HeaderNames::Preserve => return false,
        HeaderNames::Delete => txn.edit_request(usize::MAX).retain(|name, _| is_plain(name)),
        HeaderNames::Reject => {
            if txn.request().headers().iter().any(|(name, _)| !is_plain(name)) {
                session.count(|side| side.dreq.inc());
                return true;
            }
        }
    }
    false
}

/// The rules of one proxy, and its statistics page behind them.
async fn apply_rules(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Result<(), Next> {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[proxy.0 as usize];
    apply_set(session, txn, proxy, (&plan.acls, &plan.request_rules)).await?;
    if stats::is_for(session, txn, proxy) {
        note_cookie(session, txn, false);
        // As above, of a page that few requests are for.
        return Err(Box::pin(answer_stats(session, txn, proxy)).await);
    }
    apply_set(session, txn, proxy, (&plan.acls, &plan.redirects)).await
}

/// Rules at work on a request.
type Contents<'a> = Pin<Box<dyn Future<Output = Result<(), Next>> + 'a>>;

/// `tcp-request content` on a request, where there are any.
fn contents<'a>(session: &'a mut Session, txn: &'a mut Txn, proxy: ProxyId) -> Option<Contents<'a>> {
    let rules = &session.thread.shared.plan.proxies[proxy.0 as usize].content_rules;
    (!rules.is_empty()).then(|| Box::pin(apply_contents(session, txn, proxy)) as _)
}

/// `tcp-request content` on a request: its head is there, and its body is waited for where rules look at it, as long as
/// `tcp-request inspect-delay` says.
///
/// # Errors
/// What becomes of the connection, where the request goes no further.
async fn apply_contents(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Result<(), Next> {
    let thread = Rc::clone(&session.thread);
    let (model, plan) = thread.shared.plan.proxy(proxy);
    let mut at = 0;
    let delay = model.timeouts.inspect_request;
    let until = deadline(thread.now_ms(), delay);
    let mut message = if delay.is_some() && !txn.progress.client_ended {
        Message::AwaitedRequest
    } else {
        Message::Request
    };
    loop {
        let set = (&plan.acls, &plan.content_rules);
        match rules::run(session, txn, proxy, set, message, &mut at) {
            Step::Wait if message == Message::AwaitedRequest => {
                if !wait::for_contents(session, txn, until).await? {
                    message = Message::Request;
                }
                txn.cache.message_changed(&plan.acls);
            }
            // It is one of HTTP already, and the rules end all the same.
            Step::Next | Step::Edited | Step::Readdressed | Step::Stop | Step::Wait | Step::SwitchMode => {
                return Ok(());
            }
            // Those of a backend are counted for the frontend alone.
            step => obey(session, txn, session.client.frontend, step).await?,
        }
    }
}

/// One set of rules on the request.
async fn apply_set(
    session: &mut Session,
    txn: &mut Txn,
    proxy: ProxyId,
    set: (&Acls, &RuleSetPlan),
) -> Result<(), Next> {
    if set.1.is_empty() {
        return Ok(());
    }
    let mut at = 0;
    loop {
        match rules::run(session, txn, proxy, set, Message::Request, &mut at) {
            Step::Next | Step::Edited | Step::Readdressed | Step::Stop | Step::Wait => return Ok(()),
            // Rare, and its future is larger than all others: an idle connection is not to carry it.
            step => {
                // What a rule behind the look into a cache answers goes before what was found there.
                if let Some(caching) = txn.stream.caching.as_mut().filter(|_| step.answers()) {
                    caching.found = None;
                    caching.entry = None;
                }
                match step {
                    Step::Deny(_) | Step::Tarpit(_) => note_cookie(session, txn, true),
                    Step::Return(_) | Step::Redirect(_) | Step::Authenticate(_) => {
                        note_cookie(session, txn, false);
                    }
                    _ => {}
                }
                Box::pin(obey(session, txn, proxy, step)).await?;
            }
        }
    }
}
