//! One request from its first byte to the end of its response.

use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use haproxy_cfg::model::{ConnectionMode, HeaderNames, Mode, ProxyId};
use proxy_core::answer::Reply;
use proxy_core::http1::{
    ConnectionHeader, HeadRules, HeaderCases, HeadersMut, MessageTraits, Version, write_request,
    write_response,
};
use proxy_core::persist::{CookieState, HeadEdits, ResponseInput};
use proxy_core::rules::{Acls, RuleSetPlan, Step};
use proxy_core::state::SideCounters;
use proxy_core::stream::since;

use super::exchange::{End, Terms};
use super::request::{NoRequest, read_request};
use super::rules;
use super::stats::NoForm;
use super::txn::Txn;
use super::{answer, stats};
use crate::io::Io;
use crate::relay::{Ends, Relay, RelayEnd};
use crate::session::{BackendUse, Session};
use crate::stream_log;
use crate::upstream::{
    Attempt, ClientWatch, PrivateConn, ReachError, Reached, ServerConn, aborts_on_end, deadline, reach_server,
};

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// The next request may come.
    KeepAlive,
    /// It is closed.
    Close,
    /// It is closed once the client has taken what it was told.
    Linger,
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
    if let Err(reason) = read_request(session, txn).await {
        return refuse(session, txn, reason).await;
    }
    let thread = Rc::clone(&session.thread);
    let now = txn.stream.log.request_ms;
    count_request(thread.fe_counters(session.client.frontend), now);
    thread.counters().process.req_tot.inc();
    if session
        .frontend()
        .monitor_uri
        .as_ref()
        .is_some_and(|uri| txn.request().uri() == uri.as_slice())
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
    let in_use;
    let next = match route(session, txn).await {
        Ok(backend) => {
            in_use = (backend != session.client.frontend || session.frontend().kind.is_backend())
                .then(|| BackendUse::new(&thread, backend));
            forward(session, txn, backend).await
        }
        Err(next) => {
            in_use = None;
            next
        }
    };
    // The line does not count its own session any more.
    drop(in_use);
    finish(session, txn);
    next
}

/// Finds the backend and applies the rules; an answer of our own ends the transaction.
async fn route(session: &mut Session, txn: &mut Txn) -> Result<ProxyId, Next> {
    let frontend = session.client.frontend;
    apply_rules(session, txn, frontend).await?;
    if refuses_names(session, txn, frontend) {
        return Err(answer_with(session, txn, 403, b'P', b'R').await);
    }
    let (proxy, plan) = session.thread.shared.plan.proxy(frontend);
    let mut backend = proxy.default_backend;
    if !proxy.use_backend.is_empty() {
        let mut cache = std::mem::take(&mut txn.cache);
        let chosen = rules::looking_at(session, txn, frontend, true, |context| {
            plan.switch.choose(&plan.acls, context, &mut cache)
        });
        backend = chosen.or(backend);
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
    if backend != frontend {
        txn.cache.reset();
        count_request(session.thread.be_counters(backend), txn.stream.log.request_ms);
        apply_rules(session, txn, backend).await?;
    } else {
        count_request(session.thread.be_counters(backend), txn.stream.log.request_ms);
    }
    Ok(backend)
}

/// How the client wants names of headers written, if that is not as they are.
pub(super) fn client_cases(session: &Session) -> Option<&HeaderCases> {
    let wants = session.frontend().options.adjust_client_case;
    wants.then_some(&session.thread.shared.plan.header_cases)
}

/// Looks at the names of the request's headers as the proxy asks for it. Gives whether the request is refused for one.
fn refuses_names(session: &Session, txn: &mut Txn, proxy: ProxyId) -> bool {
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
        // As above, of a page that few requests are for.
        return Err(Box::pin(answer_stats(session, txn, proxy)).await);
    }
    apply_set(session, txn, proxy, (&plan.acls, &plan.redirects)).await
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
        match rules::run(session, txn, proxy, set, true, &mut at) {
            Step::Next | Step::Edited | Step::Readdressed | Step::Stop | Step::Wait => return Ok(()),
            // Rare, and its future is larger than all others: an idle connection is not to carry it.
            step => Box::pin(obey(session, txn, proxy, step)).await?,
        }
    }
}

/// What a rule on the request wants to be done.
///
/// # Errors
/// What becomes of the connection, where the request goes no further.
async fn obey(session: &mut Session, txn: &mut Txn, proxy: ProxyId, step: Step<'_>) -> Result<(), Next> {
    match step {
        Step::Next | Step::Edited | Step::Readdressed | Step::Stop | Step::Wait => Ok(()),
        Step::Deny(reply) => {
            count_denied(session, proxy);
            Err(answer_ready(session, txn, reply.status, (b'P', b'R'), false).await)
        }
        Step::Tarpit(reply) => {
            count_denied(session, proxy);
            Err(tarpit(session, txn, proxy, reply.status).await)
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
            Err(answer_ready(session, txn, status, (b'L', b'R'), false).await)
        }
        Step::Hint => {
            txn.to_client.extend_from_slice(b"\r\n");
            let sent = answer::send(session, txn).await;
            txn.to_client.clear();
            if sent { Ok(()) } else { Err(Next::Close) }
        }
        Step::Failed => Err(answer_with(session, txn, 500, b'P', b'R').await),
    }
}

/// Puts together what asks for a password; gives its status.
fn challenge(session: &Session, txn: &mut Txn, realm: &[u8]) -> u16 {
    let as_proxy =
        session.frontend().options.http_use_proxy_header && txn.request().uri().first() != Some(&b'/');
    let status = if as_proxy { 407 } else { 401 };
    answer::page(session, txn, status);
    proxy_core::answer::challenge(&mut txn.answer, as_proxy, realm);
    txn.has_answer = true;
    status
}

/// Counts a request that a rule of `proxy` refuses.
fn count_denied(session: &Session, proxy: ProxyId) {
    session.count(|side| side.dreq.inc());
    if proxy != session.client.frontend {
        session.thread.be_counters(proxy).dreq.inc();
    }
}

/// Counts a request that a rule of `proxy` answers: those of backends are not counted.
fn count_intercepted(session: &Session, proxy: ProxyId) {
    if proxy == session.client.frontend {
        session.thread.fe_counters(proxy).intercepted.inc();
    }
}

/// Holds a client back before it is refused.
async fn tarpit(session: &mut Session, txn: &mut Txn, proxy: ProxyId, status: u16) -> Next {
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

async fn answer_stats(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Next {
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
        true,
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
        Err(NoForm::Gone) => {
            count_status(thread.fe_counters(session.client.frontend), 0);
            return Next::Close;
        }
        Err(reason) => {
            session.count(|side| side.ereq.inc());
            let status = if reason == NoForm::Expired { 408 } else { 400 };
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
async fn refuse_stats(session: &mut Session, txn: &mut Txn, status: u16) -> Next {
    if !std::mem::take(&mut txn.has_answer) {
        answer::page(session, txn, status);
    }
    txn.stream.log.status = 400;
    let input = answer::ending(session, txn);
    answer::write(session, txn, &input);
    send_answer(session, txn, true).await
}

/// Sends the request to a server of `backend` and its response to the client.
async fn forward(session: &mut Session, txn: &mut Txn, backend: ProxyId) -> Next {
    let thread = Rc::clone(&session.thread);
    let (proxy, plan) = thread.shared.plan.proxy(backend);
    let frontend = thread.shared.plan.config.proxy(session.client.frontend);
    // The backend's word on the header counts.
    if let Some(policy) = proxy.forwardfor.as_ref().or(frontend.forwardfor.as_ref()) {
        rules::forward_for(session, txn, policy);
    }
    let state = &thread.shared.runtime.proxies[backend.0 as usize];
    if let Some(cookie) = &plan.cookie {
        let now = thread.epoch_ms(txn.stream.log.request_ms) / 1000;
        let mut edits = std::mem::take(&mut txn.edits);
        txn.cookie = cookie.read_request(txn.request(), state, now, &mut edits);
        apply_edits(&mut edits, &mut txn.edit_request(usize::MAX));
        txn.edits = edits;
        txn.stream.log.termination[2] = txn.cookie.state.letter();
        if txn.cookie.state != CookieState::Off {
            txn.stream.log.termination[3] = b'N';
        }
    }
    if backend != session.client.frontend && refuses_names(session, txn, backend) {
        return answer_with(session, txn, 403, b'P', b'R').await;
    }
    if let Some(server) = redirect_target(session, txn, proxy, plan, state) {
        return redirect(session, txn, proxy, server).await;
    }
    let mode = frontend.connection_mode.max(proxy.connection_mode);
    let reached = {
        let wanted = txn.cookie.server;
        let Some(buffer) = txn.req.as_mut() else {
            return Next::Close;
        };
        let sent = buffer.len();
        let mut attempt = Attempt {
            thread: &thread,
            timer: &session.timer,
            backend,
            wanted,
            client: ClientWatch {
                io: &mut session.io,
                buffer,
                ended: &mut txn.progress.client_ended,
                abort_on_end: aborts_on_end(proxy, Mode::Http, sent),
            },
            src: session.client.src,
            dst: session.client.dst,
            private: &mut session.private,
            connect_timeout: txn.stream.settings.connect_timeout.or(proxy.timeouts.connect),
            queue_timeout: txn.stream.settings.queue_timeout.or(proxy.timeouts.queue),
            since_ms: txn.stream.log.request_ms,
            may_reuse: mode == ConnectionMode::KeepAlive
                && !proxy.http_reuse_never
                && session.client.requests > 0,
        };
        reach_server(&mut attempt, &mut txn.stream.route).await
    };
    match reached {
        Ok(mut reached) => {
            if txn
                .cookie
                .server
                .is_some_and(|wanted| wanted != reached.slot.server())
            {
                // The redispatch found it dead.
                txn.cookie.state = CookieState::Down;
                txn.stream.log.termination[2] = CookieState::Down.letter();
            }
            let next = exchange(session, txn, backend, &mut reached, mode).await;
            txn.stream.route.server_left = Some(reached.slot.give_back());
            next
        }
        Err(error) => not_reached(session, txn, backend, error).await,
    }
}

/// The persistent server to whose `redir` the client is sent, if that is how it is reached.
fn redirect_target(
    session: &Session,
    txn: &Txn,
    proxy: &haproxy_cfg::model::Proxy,
    plan: &proxy_core::plan::ProxyPlan,
    state: &proxy_core::state::ProxyState,
) -> Option<usize> {
    if !plan.has_redir || !matches!(txn.request().method(), b"GET" | b"HEAD") {
        return None;
    }
    let input = proxy_core::balance::PickInput {
        src: session.client.src.map(|a| a.ip()),
        exclude: None,
        random: session.thread.random(),
    };
    let server = txn.cookie.server.or_else(|| plan.balancer.pick(state, &input))?;
    proxy.servers[server].redir.is_some().then_some(server)
}

async fn redirect(
    session: &mut Session,
    txn: &mut Txn,
    proxy: &haproxy_cfg::model::Proxy,
    server: usize,
) -> Next {
    txn.stream.route.server = Some(server);
    let Some(prefix) = &proxy.servers[server].redir else {
        return Next::Close;
    };
    let location = [prefix.as_slice(), txn.request().uri()].concat();
    proxy_core::answer::redirect(&mut txn.answer, 302, &location);
    txn.has_answer = true;
    answer_ready(session, txn, 302, (b'L', b'R'), false).await
}

async fn not_reached(session: &mut Session, txn: &mut Txn, backend: ProxyId, error: ReachError) -> Next {
    let thread = Rc::clone(&session.thread);
    let (cause, phase, status) = match error {
        ReachError::NoServer => {
            thread.be_counters(backend).econ.inc();
            (b'S', b'C', 503)
        }
        ReachError::QueueTimeout => {
            thread.be_counters(backend).econ.inc();
            (b's', b'Q', 503)
        }
        ReachError::ClientLeftQueue => {
            thread.be_counters(backend).cli_abrt.inc();
            (b'C', b'Q', 0)
        }
        ReachError::ClientLeftConnect => {
            thread.be_counters(backend).cli_abrt.inc();
            (b'C', b'C', 0)
        }
        ReachError::Ended(why) => {
            for counters in [
                thread.fe_counters(session.client.frontend),
                thread.be_counters(backend),
            ] {
                count_status(counters, 0);
            }
            (why.letter(), b'-', 0)
        }
        ReachError::ConnectTimeout => (b's', b'C', 503),
        ReachError::ConnectFailed => (b'S', b'C', 503),
    };
    txn.stream.log.end_with(cause, phase);
    if status == 0 {
        if error == ReachError::ClientLeftConnect {
            // The original logs 503 for a client that left here.
            txn.stream.log.status = 503;
        }
        return Next::Close;
    }
    answer_error(session, txn, status).await
}

/// Request and response with a server.
async fn exchange(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    reached: &mut Reached,
    mode: ConnectionMode,
) -> Next {
    let thread = Rc::clone(&session.thread);
    let config = thread.config();
    let (frontend, proxy) = (config.proxy(session.client.frontend), config.proxy(backend));
    let terms = Terms {
        client: &frontend.timeouts,
        server: &proxy.timeouts,
        abort_on_end: proxy.options.abortonclose,
        rules: HeadRules {
            max_headers: super::most_headers(&config.global.tune),
            max_trailers: config
                .global
                .tune
                .bufsize
                .saturating_sub(config.global.tune.maxrewrite),
            unsafe_violations: proxy.options.accept_unsafe_response,
        },
        max_head: (config.global.tune.bufsize).saturating_sub(config.global.tune.maxrewrite),
        client_cases: (frontend.options.adjust_client_case).then_some(&thread.shared.plan.header_cases),
        to_head: txn.method() == b"HEAD",
        connect: txn.method() == b"CONNECT",
    };
    begin_request(txn, mode);
    if proxy.options.adjust_server_case {
        thread.shared.plan.header_cases.adjust(&mut txn.to_server);
    }
    let server = reached.slot.server();
    let mut keep = Keep::default();
    let end = poll_fn(|cx| {
        if let Some(why) = reached.slot.ending() {
            return Poll::Ready(End::Ended(why));
        }
        txn.poll_exchange(session, &mut reached.conn.io, &terms, cx, &mut |txn, session| {
            keep = finish_head(session, txn, backend, server, mode)?;
            Ok(())
        })
    })
    .await;
    count_bytes(session, txn, backend, server);
    let answered = thread.server_counters(backend, server);
    answered.req_tot.add(txn.progress.interim);
    answered.hrsp[1].add(txn.progress.interim);
    match end {
        End::Done => {
            drop_or_keep(session, txn, backend, reached, &keep, mode);
            if keep.client && !txn.progress.client_ended {
                keep_rest(session, txn);
                Next::KeepAlive
            } else {
                Next::Close
            }
        }
        End::DoneEarly => {
            reached.conn.io = Io::Closed;
            if keep.client && !txn.progress.client_ended {
                keep_rest(session, txn);
                Next::KeepAlive
            } else {
                Next::Linger
            }
        }
        End::Tunnel => tunnel(session, txn, backend, reached).await,
        failure => {
            reached.conn.io = Io::Closed;
            failed(session, txn, backend, server, failure).await
        }
    }
}

/// Which connections outlive the response.
#[derive(Clone, Copy, Debug, Default)]
struct Keep {
    client: bool,
    server: bool,
}

/// Puts the request's head for the server together and cuts it off what was received.
fn begin_request(txn: &mut Txn, mode: ConnectionMode) {
    let connection = match (mode == ConnectionMode::KeepAlive, txn.req_head.version) {
        (true, Version::Http10) => ConnectionHeader::KeepAlive,
        (true, Version::Http11) | (false, Version::Http10) => ConnectionHeader::Implied,
        (false, Version::Http11) => ConnectionHeader::Close,
    };
    let is_connect = txn.request().method() == b"CONNECT";
    let connection = match (
        is_connect && txn.req_traits.chunked,
        has_old_chunks(&txn.req_traits, txn.req_head.version),
    ) {
        // Whoever takes the chunks for a body must not go on behind it.
        (true, _) => ConnectionHeader::Close,
        (false, true) => ConnectionHeader::Implied,
        (false, false) if txn.req_traits.upgrade => ConnectionHeader::Implied,
        (false, false) => connection,
    };
    let mut out = std::mem::take(&mut txn.to_server);
    out.clear();
    let drop_length = (txn.req_traits.chunked || is_connect) && txn.req_traits.content_length.is_some();
    write_request(&mut out, txn.request(), connection, drop_length);
    txn.to_server = out;
    let head = txn.req_head.len as usize;
    if let Some(buffer) = &mut txn.req {
        buffer.consume(head);
        // More of the body may have come while a server was sought. A chunk that is malformed shows again when the exchange
        // follows on.
        if let Ok(more) = txn.progress.req_body.take(buffer, txn.progress.req_ready) {
            txn.progress.req_ready += more.ready;
            txn.stream.log.received += more.payload;
        }
    }
}

/// The response's head is there: rules, cookie, connection. Puts the head for the client together.
///
/// # Errors
/// The status that the client gets instead, when a rule refuses the response.
fn finish_head(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    server: usize,
    mode: ConnectionMode,
) -> Result<Keep, u16> {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[backend.0 as usize];
    // The original counts a server's requests when they are answered.
    thread.server_counters(backend, server).req_tot.inc();
    let frontend = (backend != session.client.frontend).then_some(session.client.frontend);
    for proxy in [Some(backend), frontend].into_iter().flatten() {
        response_rules(session, txn, proxy)?;
    }
    if let Some(cookie) = &plan.cookie {
        let mut edits = std::mem::take(&mut txn.edits);
        let input = ResponseInput {
            response: txn.response(),
            client: &txn.cookie,
            method: txn.method(),
            server,
            now: thread.epoch_ms(txn.stream.log.response_ms) / 1000,
        };
        txn.stream.log.termination[3] = cookie.edit_response(&input, &mut edits);
        apply_edits(&mut edits, &mut txn.edit_response(usize::MAX));
        txn.edits = edits;
    }
    answer::after_rules(session, txn);
    let status = txn.res_head.status;
    txn.stream.log.status = i32::from(status);
    for counters in [
        thread.fe_counters(session.client.frontend),
        thread.be_counters(backend),
        thread.server_counters(backend, server),
    ] {
        count_status(counters, i32::from(status));
    }
    let has_end = has_framing(txn, status);
    let keep = Keep {
        client: answer::keeps_client(session, txn)
            && has_end
            && !has_old_chunks(&txn.res_traits, txn.res_head.version),
        server: mode == ConnectionMode::KeepAlive
            && has_end
            && !has_old_chunks(&txn.req_traits, txn.req_head.version)
            && txn.response().wants_keep_alive(&txn.res_traits),
    };
    let is_tunnel = status == 101 || txn.method() == b"CONNECT" && (200..300).contains(&status);
    let connection = match (is_tunnel, keep.client, txn.res_head.version) {
        (true, ..) | (false, false, Version::Http10) => ConnectionHeader::Implied,
        (false, false, Version::Http11) => ConnectionHeader::Close,
        (false, true, Version::Http10) => ConnectionHeader::KeepAlive,
        (false, true, Version::Http11) => match txn.req_head.version {
            Version::Http10 => ConnectionHeader::KeepAlive,
            Version::Http11 => ConnectionHeader::Implied,
        },
    };
    let mut out = std::mem::take(&mut txn.to_client);
    let start = out.len();
    let drop_length = txn.res_traits.coding && txn.res_traits.content_length.is_some();
    write_response(&mut out, txn.response(), connection, drop_length);
    if let Some(cases) = client_cases(session) {
        cases.adjust(&mut out[start..]);
    }
    txn.to_client = out;
    if session.frontend().options.logasap {
        txn.stream.log.early = true;
        stream_log::write(session, &txn.stream);
        txn.stream.log.silent = true;
    }
    Ok(keep)
}

/// The rules of one proxy on the response.
///
/// # Errors
/// The status with which it is refused.
fn response_rules(session: &mut Session, txn: &mut Txn, proxy: ProxyId) -> Result<(), u16> {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[proxy.0 as usize];
    if plan.response_rules.is_empty() {
        return Ok(());
    }
    txn.cache.reset();
    let mut at = 0;
    match rules::run(
        session,
        txn,
        proxy,
        (&plan.acls, &plan.response_rules),
        false,
        &mut at,
    ) {
        Step::Next | Step::Edited | Step::Readdressed | Step::Stop | Step::Wait => Ok(()),
        Step::Deny(reply) | Step::Tarpit(reply) => Err(reply.status),
        Step::Return(Reply { status, .. }) => {
            txn.intercepted = true;
            Err(*status)
        }
        Step::Redirect(status) => {
            txn.intercepted = true;
            Err(status)
        }
        Step::Failed | Step::Hint | Step::Authenticate(_) => Err(500),
    }
}

/// Makes edits and forgets them. Where there is no room the rest goes on without, as with the original.
fn apply_edits(edits: &mut HeadEdits, headers: &mut HeadersMut<'_>) {
    if !edits.list().is_empty() {
        let _ = edits.apply(headers);
        edits.clear();
    }
}

/// Whether the response's end is known without the connection's.
fn has_framing(txn: &Txn, status: u16) -> bool {
    let to_head = txn.method() == b"HEAD";
    let framing = proxy_core::http1::response_framing(&txn.res_traits, status, to_head);
    framing != proxy_core::http1::Framing::UntilClose
}

/// Whether a message has chunks in HTTP/1.0: who gets it may not see their end.
fn has_old_chunks(traits: &MessageTraits, version: Version) -> bool {
    traits.chunked && version == Version::Http10
}

/// What came behind the request belongs to the next one.
fn keep_rest(session: &mut Session, txn: &mut Txn) {
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

/// Keeps a server's connection for the next request, or closes it.
fn drop_or_keep(
    session: &mut Session,
    txn: &Txn,
    backend: ProxyId,
    reached: &mut Reached,
    keep: &Keep,
    mode: ConnectionMode,
) {
    let state = &session.thread.shared.runtime.proxies[backend.0 as usize];
    let Some(server) = txn.stream.route.server else {
        return;
    };
    if keep.server
        && mode == ConnectionMode::KeepAlive
        && !txn.server_ended()
        && !txn.server_sent_more()
        && state.servers[server].is_usable()
    {
        let io = std::mem::replace(&mut reached.conn.io, Io::Closed);
        let conn = ServerConn { io };
        if session.thread.config().proxy(backend).http_reuse_never {
            session.private = Some(Box::new(PrivateConn {
                backend,
                server,
                conn,
            }));
        } else {
            let counters = session.thread.server_counters(backend, server);
            session.thread.idle.give(backend, server, conn, counters);
        }
    }
}

/// After `101 Switching Protocols`: bytes in both directions until one side has enough.
async fn tunnel(session: &mut Session, txn: &mut Txn, backend: ProxyId, reached: &mut Reached) -> Next {
    let thread = Rc::clone(&session.thread);
    let config = thread.config();
    let frontend = config.proxy(session.client.frontend);
    let proxy = config.proxy(backend);
    let (from_client, from_server) = txn.take_buffers();
    let mut relay = Relay::new(from_client, from_server, txn.progress.client_ended);
    let mut ends = Ends {
        client: &mut session.io,
        server: &mut reached.conn.io,
        timer: &session.timer,
        buffers: &thread.buffers,
        client_timeouts: &frontend.timeouts,
        server_timeouts: &proxy.timeouts,
        tunnel_timeout: txn.stream.settings.tunnel_timeout,
    };
    let end = relay.run(&mut ends, &reached.slot).await;
    txn.stream.log.bytes += relay.to_client();
    txn.stream.log.received += relay.to_server();
    let server = reached.slot.server();
    count_relayed(session, backend, server, relay.to_server(), relay.to_client());
    relay.give_back(&thread.buffers);
    match end {
        RelayEnd::Done => {}
        RelayEnd::ClientGone => txn.stream.log.end_with(b'C', b'D'),
        RelayEnd::ServerGone => txn.stream.log.end_with(b'S', b'D'),
        RelayEnd::ClientTimeout => txn.stream.log.end_with(b'c', b'D'),
        RelayEnd::ServerTimeout => txn.stream.log.end_with(b's', b'D'),
        RelayEnd::Ended(why) => txn.stream.log.end_with(why.letter(), b'-'),
    }
    Next::Close
}

/// An exchange that did not come to its end.
async fn failed(session: &mut Session, txn: &mut Txn, backend: ProxyId, server: usize, end: End) -> Next {
    let thread = Rc::clone(&session.thread);
    let begun = txn.response_begun();
    // A client that goes before its request is whole ends the transfer of data, not the wait for a head; sessions that are
    // ended then are in no phase.
    let in_request =
        matches!(end, End::ClientGone | End::Ended(_)) && !begun && !txn.progress.req_body.is_done();
    let phase = match end {
        End::Ended(_) if in_request => b'-',
        _ if begun || in_request => b'D',
        _ => b'H',
    };
    let both = [
        thread.be_counters(backend),
        thread.server_counters(backend, server),
    ];
    let (cause, status) = match end {
        End::ClientGone => {
            both.iter().for_each(|c| c.cli_abrt.inc());
            thread.fe_counters(session.client.frontend).cli_abrt.inc();
            (b'C', 400)
        }
        End::ClientTimeout => {
            if begun {
                both.iter().for_each(|c| c.cli_abrt.inc());
            }
            (b'c', 408)
        }
        End::BadRequestBody => {
            session.count(|side| side.ereq.inc());
            (b'P', 400)
        }
        End::ServerGone if begun => {
            both.iter().for_each(|c| {
                c.srv_abrt.inc();
                c.eresp.inc();
            });
            thread.fe_counters(session.client.frontend).srv_abrt.inc();
            (b'S', 502)
        }
        End::ServerGone => {
            // A broken connection is counted for itself and for the answer that is missing.
            let times = 1 + u64::from(txn.progress.server_broke);
            both.iter().for_each(|c| c.eresp.add(times));
            if session.client.requests > 0 && !txn.server_sent_more() {
                // A client that keeps its connection knows that a later request may be lost with it, and tries again.
                txn.stream.log.silent = true;
                return Next::Close;
            }
            (b'S', 502)
        }
        End::ServerTimeout if begun => {
            both.iter().for_each(|c| c.srv_abrt.inc());
            thread.fe_counters(session.client.frontend).srv_abrt.inc();
            (b's', 504)
        }
        End::ServerTimeout => {
            both.iter().for_each(|c| c.eresp.inc());
            (b's', 504)
        }
        End::Ended(why) => {
            both.iter().for_each(|c| {
                if begun {
                    c.srv_abrt.inc();
                } else if !in_request {
                    c.eresp.inc();
                }
            });
            (why.letter(), 502)
        }
        End::BadResponse => {
            both.iter().for_each(|c| c.eresp.inc());
            // What goes wrong behind the head is the connection's fault, in the original's words.
            (if begun { b'S' } else { b'P' }, 502)
        }
        End::Denied(status) if txn.intercepted => {
            txn.stream.log.response_ms = 0;
            (b'L', i32::from(status))
        }
        End::Denied(status) => {
            both.iter().for_each(|c| c.dresp.inc());
            thread.fe_counters(session.client.frontend).dresp.inc();
            // Nothing of the server's answer is told, nor how long it took.
            txn.stream.log.response_ms = 0;
            (b'P', i32::from(status))
        }
        End::Done | End::DoneEarly | End::Tunnel => return Next::Close,
    };
    txn.stream.log.end_with(cause, phase);
    if begun {
        return Next::Close;
    }
    if in_request {
        count_status(thread.fe_counters(session.client.frontend), 0);
        count_status(thread.be_counters(backend), 0);
        return Next::Close;
    }
    if end == End::ClientGone {
        txn.stream.log.status = status;
        return Next::Close;
    }
    let before = txn.stream.log.bytes;
    if !matches!(end, End::Denied(_)) {
        txn.has_answer = false;
    }
    let next = answer_now(session, txn, status as u16, false).await;
    count_relayed(session, backend, server, 0, txn.stream.log.bytes - before);
    next
}

/// No request came, or none that can be understood.
async fn refuse(session: &mut Session, txn: &mut Txn, reason: NoRequest) -> Next {
    let thread = Rc::clone(&session.thread);
    let frontend = session.frontend();
    let silent =
        txn.req.as_ref().is_none_or(crate::buffer::Buffer::is_empty) && txn.stream.log.started_ms == 0;
    if silent && (session.client.requests > 0 || frontend.options.dontlognull && reason == NoRequest::Silent)
    {
        return Next::Close;
    }
    let (cause, status) = match reason {
        NoRequest::Silent | NoRequest::Cut | NoRequest::Broken => (b'C', 400),
        NoRequest::Expired => (b'c', 408),
        NoRequest::Malformed => (b'P', 400),
        NoRequest::UnexpectedBody => (b'P', 413),
        NoRequest::UnknownCoding => (b'P', 422),
    };
    if silent
        && reason == NoRequest::Expired
        && frontend.options.dontlognull
        && frontend.options.http_ignore_probes
    {
        return Next::Close;
    }
    count_request(thread.fe_counters(session.client.frontend), thread.now_ms());
    thread.counters().process.req_tot.inc();
    session.count(|side| side.ereq.inc());
    txn.stream.log.end_with(cause, b'R');
    // Who has only ended its own direction may still read.
    let next = if cause == b'C' && reason != NoRequest::Cut {
        txn.stream.log.status = status;
        count_status(thread.fe_counters(session.client.frontend), status);
        Next::Close
    } else {
        txn.to_client.clear();
        proxy_core::answer::malformed(&mut txn.to_client, status as u16);
        // Nothing is counted for what was no request.
        txn.answer_size = 0;
        txn.stream.log.status = status;
        send_answer(session, txn, true).await
    };
    // Nothing is counted for what was no request.
    txn.stream.log.bytes = 0;
    txn.stream.log.line.clear();
    stream_log::write(session, &txn.stream);
    next
}

/// Answers with an error; how the transaction ends was said before.
async fn answer_error(session: &mut Session, txn: &mut Txn, status: u16) -> Next {
    txn.has_answer = false;
    answer_now(session, txn, status, false).await
}

/// Answers with what rules put together, or else the page of the status; `close` closes the connection behind it in any case.
async fn answer_ready(
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
async fn answer_now(session: &mut Session, txn: &mut Txn, status: u16, close: bool) -> Next {
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
async fn send_answer(session: &mut Session, txn: &mut Txn, close: bool) -> Next {
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

async fn answer_with(session: &mut Session, txn: &mut Txn, status: u16, cause: u8, phase: u8) -> Next {
    txn.stream.log.end_with(cause, phase);
    answer_error(session, txn, status).await
}

/// Counts times and writes the log line.
fn finish(session: &Session, txn: &Txn) {
    let thread = &session.thread;
    if let (Some(backend), Some(server)) = (txn.stream.log.backend, txn.stream.route.server)
        && txn.stream.route.connected_ms > 0
    {
        let now = thread.now_ms();
        let ms = |from: u64, to: u64| u32::try_from(since(from, to)).unwrap_or(0);
        let times = [
            ms(txn.stream.log.request_ms, txn.stream.route.queued_until_ms),
            ms(txn.stream.route.queued_until_ms, txn.stream.route.connected_ms),
            ms(txn.stream.route.connected_ms, txn.stream.log.response_ms),
            ms(txn.stream.log.started_ms, now),
        ];
        thread.be_counters(backend).record_times(times);
        thread.server_counters(backend, server).record_times(times);
    } else {
        // What reached no server still moved bytes; the server that was tried last has them as its own.
        let (received, sent) = (txn.stream.log.received, txn.stream.log.bytes);
        match (txn.stream.log.backend, txn.stream.route.server) {
            (Some(backend), Some(server)) => count_relayed(session, backend, server, received, sent),
            (Some(backend), None) => {
                session.count_bytes(received, sent);
                thread.be_counters(backend).bin.add(received);
                thread.be_counters(backend).bout.add(sent);
            }
            (None, _) => session.count_bytes(received, sent),
        }
    }
    stream_log::write(session, &txn.stream);
}

fn count_request(counters: &SideCounters, now_ms: u64) {
    counters.req_tot.inc();
    counters.req_rate.hit(now_ms);
}

fn count_status(counters: &SideCounters, status: i32) {
    let class = match status {
        100..=599 => status / 100,
        _ => 0,
    };
    counters.hrsp[class as usize].inc();
}

fn count_bytes(session: &Session, txn: &Txn, backend: ProxyId, server: usize) {
    count_relayed(
        session,
        backend,
        server,
        txn.stream.log.received,
        txn.stream.log.bytes,
    );
}

fn count_relayed(session: &Session, backend: ProxyId, server: usize, received: u64, sent: u64) {
    let thread = &session.thread;
    session.count_bytes(received, sent);
    for counters in [
        thread.be_counters(backend),
        thread.server_counters(backend, server),
    ] {
        counters.bin.add(received);
        counters.bout.add(sent);
    }
}
