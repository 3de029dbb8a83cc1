//! A request's way to a server and its response's way back.

use std::future::poll_fn;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Poll;

use haproxy_cfg::model::{ConnectionMode, HttpReuse, Proxy, ProxyId, RetryOn};
use proxy_core::http1::HeadRules;
use proxy_core::persist::CookieState;
use proxy_core::stream::Route;

use super::compress;
use super::count::{count_bytes, count_relayed};
use super::exchange::{End, HeadStop, Terms};
use super::failure::{failed, left_early, not_reached};
use super::outgoing::{begin_request, name_server, read_trailers_anew, rename_server, take_more};
use super::respond::{answer_ready, answer_with, keep_rest};
use super::rules::{self};
use super::steering;
use super::transaction::{Next, refuses_names};
use super::txn::Txn;
use crate::io::Io;
use crate::relay::{COUNT_EACH_MS, Ends, Relay, RelayEnd};
use crate::session::Session;
use crate::stream_log;
use crate::thread::Thread;
use crate::upstream::{Attempt, ClientWatch, ReachError, Reached, Reuse, ServerConn, reach_server};

use super::response_head::{Keep, apply_edits, finish_head, refuse_contents};

/// In the place of a status: the client gets no answer.
pub(super) const NO_ANSWER: u16 = 0;

/// Sends the request to a server of `backend` and its response to the client.
pub(super) async fn forward(session: &mut Session, txn: &mut Txn, backend: ProxyId) -> Next {
    let thread = Rc::clone(&session.thread);
    let (proxy, plan) = thread.shared.plan.proxy(backend);
    let frontend = thread.shared.plan.config.proxy(session.client.frontend);
    rules::tell_addresses(session, txn, backend);
    let state = &thread.shared.runtime.proxies[backend.0 as usize];
    let persistence = steering::persistence(session, txn, backend);
    if let Some(cookie) = &plan.cookie {
        let now = thread.epoch_ms(txn.stream.log.request_ms) / 1000;
        let forced = txn.stream.settings.force_persist;
        let mut edits = std::mem::take(&mut txn.edits);
        txn.cookie = cookie.read_request(txn.request(), state, (now, forced), &mut edits);
        apply_edits(&mut edits, &mut txn.edit_request(usize::MAX));
        txn.edits = edits;
    }
    steering::choose(session, txn, backend, persistence);
    let told = plan.cookie.as_ref().is_some_and(|cookie| !cookie.only_reads());
    if told {
        txn.stream.log.termination[2] = txn.cookie.state.letter();
        if txn.cookie.state != CookieState::Off {
            txn.stream.log.termination[3] = b'N';
        }
    }
    if backend != session.client.frontend && refuses_names(session, txn, backend) {
        return answer_with(session, txn, 403, b'P', b'R').await;
    }
    if let Some(server) = redirect_target(session, txn, backend, state) {
        return redirect(session, txn, proxy, server).await;
    }
    if txn.progress.client_ended && !txn.progress.req_body.is_done() {
        return left_early(session, txn, backend);
    }
    compress::ask(session, txn, backend);
    let mode = frontend.connection_mode.max(proxy.connection_mode);
    loop {
        let reached = reach(session, txn, &thread, backend, mode).await;
        note_redispatch(txn, told);
        let mut reached = match reached {
            Ok(reached) => reached,
            Err(error) => return not_reached(session, txn, backend, error).await,
        };
        stream_log::write_step(session, &txn.stream, "connect");
        let server = reached.slot.server();
        if let Some(next) = exchange(session, txn, backend, &mut reached, mode).await {
            txn.stream.route.server_left = Some(reached.slot.give_back());
            return next;
        }
        try_again(session, txn, backend, server);
    }
}

/// Writes down that the server of the request's cookie was found dead, if it went to another one. `told` is whether logs tell.
fn note_redispatch(txn: &mut Txn, told: bool) {
    let route = &txn.stream.route;
    let left = txn.cookie.server.is_some_and(|wanted| {
        // It may have come back to that one.
        route.redispatched || route.server.is_some_and(|went| went != wanted)
    });
    if left && !txn.cookie.overruled {
        txn.cookie.state = CookieState::Down;
    }
    if left && !txn.cookie.overruled && told {
        txn.stream.log.termination[2] = CookieState::Down.letter();
    }
}

/// Reaches a server for the request.
///
/// # Errors
/// When none was reached.
async fn reach(
    session: &mut Session,
    txn: &mut Txn,
    thread: &Rc<Thread>,
    backend: ProxyId,
    mode: ConnectionMode,
) -> Result<Reached, ReachError> {
    loop {
        let (mut attempt, route) = attempt(session, txn, thread, backend, mode);
        match reach_server(&mut attempt, route).await {
            Err(ReachError::Outdated) => {}
            reached => return reached,
        }
    }
}

/// What the way to a server depends on; behind an attempt that failed it leads to the same server, or to any other.
fn attempt<'a>(
    session: &'a mut Session,
    txn: &'a mut Txn,
    thread: &'a Rc<Thread>,
    backend: ProxyId,
    mode: ConnectionMode,
) -> (Attempt<'a>, &'a mut Route) {
    if let Some(private) = &mut session.private {
        let proxies = &thread.shared.runtime.proxies;
        private.forget_others(|backend, at| proxies[backend.0 as usize].servers[at].serial());
    }
    let proxy = thread.config().proxy(backend);
    let reuse = allowed_reuse(session, txn, proxy, mode);
    let route = &txn.stream.route;
    let (wanted, exclude) = match route.server.filter(|_| route.retries > 0) {
        None => {
            let wanted = txn.cookie.server;
            (wanted.or_else(|| preferred(session, proxy, backend)), None)
        }
        Some(server) if proxy.options.redispatch.is_some() => (None, Some(server)),
        same => (same, None),
    };
    let hash = match wanted {
        Some(_) => None,
        None => key_hash(session, txn, backend),
    };
    let introduction = rules::introduce(session, txn, backend);
    let buffer = txn.req.get_or_insert_with(|| thread.buffers.take());
    let attempt = Attempt {
        thread,
        timer: &session.timer,
        backend,
        wanted,
        exclude,
        client: ClientWatch {
            io: &mut session.io,
            buffer,
            ended: &mut txn.progress.client_ended,
            abort_on_end: proxy.options.abortonclose,
            tcp: false,
        },
        hash,
        dst: session.client.dst,
        private: &mut session.private,
        introduction,
        settings: &txn.stream.settings,
        since_ms: txn.stream.log.request_ms,
        reuse,
    };
    (attempt, &mut txn.stream.route)
}

/// The server at which the client's requests stay for the connection that it has there (`option prefer-last-server`,
/// `max-keep-alive-queue`).
fn preferred(session: &Session, proxy: &Proxy, backend: ProxyId) -> Option<usize> {
    let private = session.private.as_ref()?;
    if !private.bound && !proxy.options.prefer_last_server {
        return None;
    }
    let servers = &session.thread.shared.runtime.proxies[backend.0 as usize].servers;
    private.servers(backend).find(|&at| {
        let server = &servers[at];
        let queue = proxy.keep_alive_queue.filter(|_| !private.bound);
        let most_sessions = server.maxconn.load(Relaxed);
        let is_full = most_sessions > 0 && server.sessions.get() >= most_sessions;
        server.is_usable() && queue.is_none_or(|most| !is_full || server.queued.get() < most)
    })
}

/// The hash of the key that the request's server is chosen by, if it is chosen by one.
fn key_hash(session: &Session, txn: &Txn, backend: ProxyId) -> Option<u32> {
    let key = session.thread.shared.plan.proxies[backend.0 as usize]
        .key
        .as_ref()?;
    rules::looking_at(session, txn, backend, true, |context| key.hash(context))
}

/// Which idle connections the request may go over (manual, `http-reuse`).
fn allowed_reuse(session: &Session, txn: &Txn, proxy: &Proxy, mode: ConnectionMode) -> Reuse {
    if mode != ConnectionMode::KeepAlive || proxy.http_reuse == HttpReuse::Never {
        return Reuse::None;
    }
    let on = &proxy.retry_on;
    // Its client cannot know a connection that closes just then for a stale one; where the request is sent again it need not.
    let is_safe = session.client.requests > 0
        || (on.conn_failure && on.empty_response && on.response_timeout && !txn.stream.settings.sent_once);
    match proxy.http_reuse {
        _ if is_safe => Reuse::Any,
        HttpReuse::Always => Reuse::Any,
        HttpReuse::Aggressive => Reuse::Proven,
        HttpReuse::Safe | HttpReuse::Never => Reuse::None,
    }
}

/// Makes the request ready for another attempt, which `server` has failed.
fn try_again(session: &Session, txn: &mut Txn, backend: ProxyId, server: usize) {
    let thread = &session.thread;
    txn.stream.route.retries += 1;
    thread.server_counters(backend, server).wretr.inc();
    thread.be_counters(backend).wretr.inc();
    if thread.config().proxy(backend).options.redispatch.is_some() {
        // The time until another server is found counts as queueing.
        txn.stream.route.queued_until_ms = 0;
    }
    txn.begin_again(&thread.buffers);
}

/// The persistent server to whose `redir` the client is sent, if that is how it is reached.
pub(super) fn redirect_target(
    session: &Session,
    txn: &Txn,
    backend: ProxyId,
    state: &proxy_core::state::ProxyState,
) -> Option<usize> {
    let (proxy, plan) = session.thread.shared.plan.proxy(backend);
    if !plan.has_redir || !matches!(txn.request().method(), b"GET" | b"HEAD") {
        return None;
    }
    let input = proxy_core::balance::PickInput {
        exclude: None,
        random: session.thread.random(),
    };
    let balanced = || match key_hash(session, txn, backend) {
        Some(hash) => plan.balancer.pick_keyed(state, hash, None),
        None => plan.balancer.pick(state, &input),
    };
    let server = txn.cookie.server.or_else(balanced)?;
    proxy.servers[server].redir.is_some().then_some(server)
}

pub(super) async fn redirect(session: &mut Session, txn: &mut Txn, proxy: &Proxy, server: usize) -> Next {
    txn.stream.route.server = Some(server);
    let Some(prefix) = &proxy.servers[server].redir else {
        return Next::Close;
    };
    let location = [prefix.as_slice(), txn.request().uri()].concat();
    proxy_core::answer::redirect(&mut txn.answer, 302, &location);
    txn.has_answer = true;
    answer_ready(session, txn, 302, (b'L', b'R'), false).await
}

/// What an exchange between clients of one proxy and servers of another needs to know.
pub(super) fn terms<'a>(thread: &'a Thread, frontend: &'a Proxy, proxy: &'a Proxy) -> Terms<'a> {
    let config = thread.config();
    Terms {
        client: &frontend.timeouts,
        proxy,
        independent: [frontend, proxy].map(|proxy| proxy.options.independent_streams),
        rules: HeadRules {
            max_headers: super::most_headers(&config.global.tune),
            max_trailers: config
                .global
                .tune
                .bufsize
                .saturating_sub(config.global.tune.maxrewrite),
            unsafe_violations: proxy.options.accept_unsafe_response,
            plain_extensions: config.dialect.does_as(3, 4),
        },
        max_head: (config.global.tune.bufsize).saturating_sub(config.global.tune.maxrewrite),
        client_cases: (frontend.options.adjust_client_case).then_some(&thread.shared.plan.header_cases),
        server_cases: (proxy.options.adjust_server_case).then_some(&thread.shared.plan.header_cases),
        drop_trailers: frontend.options.drop_response_trailers,
    }
}

/// Request and response with a server; none when the request is to be tried again.
pub(super) async fn exchange(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    reached: &mut Reached,
    mode: ConnectionMode,
) -> Option<Next> {
    let thread = Rc::clone(&session.thread);
    let config = thread.config();
    let (frontend, proxy) = (config.proxy(session.client.frontend), config.proxy(backend));
    let terms = terms(&thread, frontend, proxy);
    (txn.progress.to_head, txn.progress.connect) = (txn.has_method(b"HEAD"), txn.has_method(b"CONNECT"));
    let name = &proxy.servers[reached.slot.server()].name;
    if txn.to_server.is_empty() {
        if let Some(header) = &proxy.send_name {
            name_server(txn, header, name);
        }
        begin_request(
            txn,
            mode == ConnectionMode::KeepAlive || proxy.options.pretend_keep_alive,
        );
        if let Some(cases) = terms.server_cases {
            cases.adjust(&mut txn.to_server);
        }
        take_more(txn, terms.server_cases);
        if proxy.options.drop_request_trailers || terms.server_cases.is_some() {
            read_trailers_anew(session, txn, proxy, &terms);
        }
    } else {
        if let Some(header) = &proxy.send_name {
            rename_server(&mut txn.to_server, header, name);
        }
        take_more(txn, terms.server_cases);
    }
    if proxy.retry_on.after_sending()
        && !txn.stream.settings.sent_once
        && txn.stream.route.retries < txn.stream.settings.retries.unwrap_or(proxy.retries)
    {
        txn.keep_request(terms.max_head);
    }
    let server = reached.slot.server();
    let mut keep = Keep::default();
    let refused = refuse_contents(session, txn, backend, None).err();
    let (counts, mut count_at) = (frontend.options.contstats, 0);
    let end = poll_fn(|cx| {
        match refused {
            None => {}
            Some(HeadStop::Closed) => return Poll::Ready(End::ServerGone),
            Some(_) => return Poll::Ready(End::Denied(NO_ANSWER)),
        }
        if let Some(why) = reached.slot.ending() {
            return Poll::Ready(End::Ended(why));
        }
        let end = txn.poll_exchange(session, &mut reached.conn.io, &terms, cx, &mut |txn, session| {
            keep = finish_head(session, txn, backend, Some(server), mode)?;
            Ok(())
        });
        if counts && session.timer.now_ms() >= count_at {
            count_at = session.timer.now_ms() + COUNT_EACH_MS;
            count_bytes(session, txn, backend, server);
        }
        end
    })
    .await;
    txn.give_pipes(session);
    if txn.is_kept() && is_worth_another(&proxy.retry_on, end) {
        if end == End::BadResponse {
            thread.be_counters(backend).eresp.inc();
            thread.server_counters(backend, server).eresp.inc();
        }
        return None;
    }
    count_bytes(session, txn, backend, server);
    let answered = thread.server_counters(backend, server);
    answered.req_tot.add(txn.progress.interim);
    answered.hrsp[1].add(txn.progress.interim);
    // A client that has ended its direction may have asked for more before.
    let has_more = txn.req.as_ref().is_some_and(|buffer| !buffer.is_empty());
    let keeps = keep.client && (has_more || !txn.progress.client_ended);
    Some(match end {
        End::Done => {
            drop_or_keep(session, txn, backend, reached, &keep, mode);
            if keeps {
                keep_rest(session, txn);
                Next::KeepAlive
            } else {
                Next::Close
            }
        }
        End::DoneEarly => {
            reached.conn.io = Io::Closed;
            if keeps {
                keep_rest(session, txn);
                Next::KeepAlive
            } else {
                Next::Linger
            }
        }
        End::Tunnel => tunnel(session, txn, backend, reached).await,
        failure => {
            if !txn.server_ended() {
                reached.conn.io.reset_on_close();
            }
            reached.conn.io = Io::Closed;
            failed(session, txn, backend, server, failure).await
        }
    })
}

/// Whether an exchange that ended so is tried again.
fn is_worth_another(retry: &RetryOn, end: End) -> bool {
    match end {
        End::TryAgain => true,
        End::ServerGone => retry.empty_response,
        End::BadResponse => retry.junk_response,
        End::ServerTimeout => retry.response_timeout,
        _ => false,
    }
}

/// Keeps a server's connection for the next request, or closes it.
pub(super) fn drop_or_keep(
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
    if matches!(reached.conn.io, Io::Http2Server(_)) {
        // A stream has one request; its connection is kept elsewhere.
        return;
    }
    if txn.server_ended() {
        return;
    }
    if !keep.server || mode != ConnectionMode::KeepAlive {
        reached.conn.io.reset_on_close();
        return;
    }
    if !txn.server_sent_more() && state.servers[server].is_usable() {
        let config = session.thread.config().proxy(backend);
        let conn = ServerConn {
            io: std::mem::replace(&mut reached.conn.io, Io::Closed),
            served: reached.conn.served.saturating_add(1),
            private: reached.conn.private || keep.private,
            way: reached.conn.way.take(),
        };
        let pool = &config.servers[server].pool;
        if pool.max_reuse.is_some_and(|max| conn.served > max) {
            return;
        }
        let told = conn.way.as_ref().is_some_and(|way| way.is_private());
        if conn.private || told || config.http_reuse == HttpReuse::Never {
            let most = session.frontend().session_conns as usize;
            let private = session.private.get_or_insert_default();
            private.bound |= conn.private;
            private.keep((backend, server, state.servers[server].serial()), conn, most);
        } else {
            let thread = &session.thread;
            let all = || thread.idle_of_all(backend, server);
            let counters = thread.server_counters(backend, server);
            thread.idle.give(backend, server, conn, all, (pool, counters));
        }
    }
}

/// After `101 Switching Protocols`: bytes in both directions until one side has enough.
pub(super) async fn tunnel(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    reached: &mut Reached,
) -> Next {
    let thread = Rc::clone(&session.thread);
    let config = thread.config();
    let frontend = config.proxy(session.client.frontend);
    let proxy = config.proxy(backend);
    let (from_client, from_server) = txn.take_buffers();
    let mut relay = Relay::new(from_client, from_server, txn.progress.client_ended);
    if frontend.options.contstats {
        relay.count_on_the_way();
    }
    let server = reached.slot.server();
    let end = loop {
        let mut ends = Ends {
            client: &mut session.io,
            server: &mut reached.conn.io,
            timer: &session.timer,
            thread: &thread,
            frontend,
            backend: proxy,
            tunnel_timeout: txn.stream.settings.tunnel_timeout,
            limits: txn.stream.limits.as_deref_mut(),
        };
        match relay.run(&mut ends, &reached.slot).await {
            RelayEnd::Held => count_relayed(session, backend, server, relay.take_uncounted()),
            end => break end,
        }
    };
    txn.stream.log.bytes += relay.to_client();
    txn.stream.log.received += relay.to_server();
    count_relayed(session, backend, server, relay.take_uncounted());
    relay.give_back(&thread.buffers, &thread.pipes);
    let sides = [
        thread.fe_counters(session.client.frontend),
        thread.be_counters(backend),
        thread.server_counters(backend, server),
    ];
    match end {
        RelayEnd::ClientGone | RelayEnd::ClientTimeout => sides.iter().for_each(|side| side.cli_abrt.inc()),
        RelayEnd::ServerGone | RelayEnd::ServerTimeout => sides.iter().for_each(|side| side.srv_abrt.inc()),
        RelayEnd::Done | RelayEnd::Held | RelayEnd::Ended(_) => {}
    }
    if end == RelayEnd::ServerGone {
        sides[1..].iter().for_each(|side| side.eresp.inc());
    }
    match end {
        RelayEnd::Done | RelayEnd::Held => {}
        RelayEnd::ClientGone => txn.stream.log.end_with(b'C', b'D'),
        RelayEnd::ServerGone => txn.stream.log.end_with(b'S', b'D'),
        RelayEnd::ClientTimeout => txn.stream.log.end_with(b'c', b'D'),
        RelayEnd::ServerTimeout => txn.stream.log.end_with(b's', b'D'),
        RelayEnd::Ended(why) => txn.stream.log.end_with(why.letter(), b'-'),
    }
    Next::Close
}
