//! A client's connection in TCP mode.

use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Mode, ProxyId};
use proxy_core::rules::{Cache, Persistence, SwitchPlan};
use proxy_core::stream::{Stream, StreamLog, since};

use crate::buffer::Buffer;
use crate::context::{AtHand, looking};
use crate::inspect::{Answer, Received, ResponseRules, Verdict};
use crate::io::Io;
use crate::relay::{Ends, Relay, RelayEnd};
use crate::session::{BackendUse, Session};
use crate::sticking;
use crate::upstream::{Attempt, ClientWatch, ReachError, Reuse, introduce_session, reach_server};
use crate::{http, inspect, stream_log};

/// Serves the connection to its end.
///
/// Not an `async fn`, for the reason that HTTP's is none.
#[allow(clippy::manual_async_fn, reason = "half the size: see above")]
pub(crate) fn serve(mut session: Session) -> impl Future<Output = ()> {
    async move {
        if serve_here(&mut session).await == Next::Http {
            // Few connections go on like this: the others are not to carry the room for it.
            Box::pin(http::serve(session)).await;
        }
    }
}

/// What becomes of the connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// It is over.
    Done,
    /// It goes on as one of HTTP.
    Http,
}

async fn serve_here(session: &mut Session) -> Next {
    // Beside the task, which is not to carry it.
    let mut stream = Box::<Stream>::default();
    stream.number = session.thread.next_number();
    session.begin_stream(stream.number);
    stream_log::write_accepted(session);
    stream.log.started_ms = session.client.accepted_ms;
    stream.log.request_ms = session.client.accepted_ms;
    // Nothing is answered here: log lines show that as 0.
    stream.log.status = 0;
    stream.unique_id = identity(session, &stream);
    let next = run(session, &mut stream).await;
    if next == Next::Http {
        session.carried = Some(std::mem::take(&mut stream.tracked));
        return next;
    }
    if !session.client.tracked.is_empty() || !stream.tracked.is_empty() {
        let now = session.thread.tick();
        let (received, sent) = (stream.log.received, stream.log.bytes);
        session.client.tracked.count_bytes(received, sent, now);
        stream.tracked.count_bytes(received, sent, now);
        stream.tracked.release(now);
    }
    let log = &stream.log;
    let frontend = session.frontend();
    if frontend.options.dontlognull && log.received == 0 && log.bytes == 0 && log.termination[0] != b'S' {
        return next;
    }
    stream_log::write(session, &stream);
    next
}

/// What tells the connection apart (`unique-id-format`).
fn identity(session: &Session, stream: &Stream) -> Option<Box<[u8]>> {
    let frontend = session.client.frontend;
    let plan = &session.thread.shared.plan.proxies[frontend.0 as usize];
    let format = plan.unique_id.as_ref()?;
    let at_hand = AtHand {
        stream: Some(stream),
        io: Some(&session.io),
        ..AtHand::default()
    };
    let thread = &session.thread;
    looking(thread, &session.client, frontend, at_hand, |context| {
        Some(Box::from(format.text(context)))
    })
}

/// What a client has sent before a server is connected to.
#[derive(Debug)]
struct Start {
    /// None once it has gone to the server.
    first: Option<Buffer>,
    ended: bool,
}

impl Start {
    fn received(&self) -> &[u8] {
        self.first.as_ref().map_or(&[], Buffer::data)
    }
}

#[allow(clippy::manual_async_fn, reason = "its arguments would be in the task twice")]
fn run<'a>(session: &'a mut Session, stream: &'a mut Stream) -> impl Future<Output = Next> + 'a {
    async move {
        let mut start = Start {
            first: Some(session.thread.buffers.take()),
            ended: false,
        };
        let verdict = match early_verdict(session, stream, &mut start) {
            Ok(verdict) => verdict,
            // Beside the task as well: few have rules.
            Err(inspection) => inspection.await,
        };
        let next = match (verdict, stream.log.backend) {
            (Verdict::Pass, Some(backend)) => {
                forward(session, stream, backend, &mut start).await;
                Next::Done
            }
            (Verdict::Http, _) => {
                session.pending = start.first.take_if(|first| !first.is_empty());
                Next::Http
            }
            (verdict, _) => {
                refuse(session, stream, verdict, start.received().len() as u64);
                Next::Done
            }
        };
        if let Some(first) = start.first {
            session.thread.buffers.give(first);
        }
        next
    }
}

/// Looks at what a client sends.
type Inspection<'a> = Pin<Box<dyn Future<Output = Verdict> + 'a>>;

/// What is to be done with a connection, and the choice of its backend; the way to find out where rules look at what it
/// sends.
fn early_verdict<'a>(
    session: &'a mut Session,
    stream: &'a mut Stream,
    start: &'a mut Start,
) -> Result<Verdict, Inspection<'a>> {
    let plan = &session.thread.shared.plan;
    let frontend = session.client.frontend;
    if !plan.proxies[frontend.0 as usize].content_rules.is_empty() {
        return Err(Box::pin(inspect_both(session, stream, start)));
    }
    if !session.frontend().use_backend.is_empty()
        && let Some(buffer) = &mut start.first
    {
        // What came with the connection may decide.
        let mut received = Received {
            buffer,
            ended: &mut start.ended,
        };
        if let Err(verdict) = inspect::receive(session, &mut received) {
            return Ok(verdict);
        }
    }
    let verdict = enter_backend(session, stream, Verdict::Pass, start);
    match stream.log.backend {
        Some(backend) if verdict == Verdict::Pass && backend != frontend => {
            let rules = &session.thread.shared.plan.proxies[backend.0 as usize].content_rules;
            if rules.is_empty() {
                Ok(verdict)
            } else {
                Err(Box::pin(inspect(session, stream, backend, start)))
            }
        }
        _ => Ok(verdict),
    }
}

/// Rules of the frontend, then those of the backend.
async fn inspect_both(session: &mut Session, stream: &mut Stream, start: &mut Start) -> Verdict {
    let frontend = session.client.frontend;
    let verdict = inspect(session, stream, frontend, start).await;
    if !matches!(verdict, Verdict::Pass | Verdict::Expired | Verdict::Gone) {
        return verdict;
    }
    // A client that says nothing counts as one of the backend's all the same, as with the original.
    let verdict = enter_backend(session, stream, verdict, start);
    match stream.log.backend {
        Some(backend) if verdict == Verdict::Pass && backend != frontend => {
            inspect(session, stream, backend, start).await
        }
        _ => verdict,
    }
}

/// The rules of one proxy.
async fn inspect(session: &mut Session, stream: &mut Stream, proxy: ProxyId, start: &mut Start) -> Verdict {
    let Some(buffer) = &mut start.first else {
        return Verdict::Pass;
    };
    let mut received = Received {
        buffer,
        ended: &mut start.ended,
    };
    inspect::request(session, stream, proxy, &mut received).await
}

/// Chooses the backend. One of HTTP's makes the connection one of HTTP.
fn enter_backend(session: &Session, stream: &mut Stream, verdict: Verdict, start: &Start) -> Verdict {
    match choose_backend(session, stream, start.received()) {
        Some(backend) if session.thread.config().proxy(backend).mode == Mode::Http => {
            if verdict == Verdict::Pass {
                Verdict::Http
            } else {
                verdict
            }
        }
        Some(backend) => {
            stream.log.backend = Some(backend);
            verdict
        }
        None if verdict == Verdict::Pass => Verdict::Nowhere,
        None => verdict,
    }
}

/// Notes and counts that a connection goes no further.
fn refuse(session: &Session, stream: &mut Stream, verdict: Verdict, received: u64) {
    let (cause, phase) = match verdict {
        Verdict::Expired => (b'c', b'R'),
        Verdict::Gone => (b'C', b'R'),
        Verdict::Nowhere => (b'S', b'C'),
        Verdict::Pass | Verdict::Http | Verdict::Reject | Verdict::Vanish(_) => (b'P', b'R'),
    };
    stream.log.end_with(cause, phase);
    match verdict {
        Verdict::Nowhere => return,
        Verdict::Expired | Verdict::Gone => session.count(|side| side.ereq.inc()),
        _ => session.count(|side| side.dreq.inc()),
    }
    if let Verdict::Vanish(hops) = verdict {
        session.io.vanish(hops);
    }
    stream.log.received = received;
    session.count_bytes(received, 0);
    if let Some(backend) = stream.log.backend {
        // It was one of its sessions, if a short one.
        let _one_more = BackendUse::new(session, backend);
        let counters = session.thread.be_counters(backend);
        counters.bin.add(received);
        if matches!(verdict, Verdict::Expired | Verdict::Gone) {
            counters.cli_abrt.inc();
        }
    }
}

/// Connects to a server and passes bytes in both directions.
#[allow(clippy::manual_async_fn, reason = "its arguments would be in the task twice")]
fn forward<'a>(
    session: &'a mut Session,
    stream: &'a mut Stream,
    backend: ProxyId,
    start: &'a mut Start,
) -> impl Future<Output = ()> + 'a {
    async move {
        let thread = Rc::clone(&session.thread);
        let _use = BackendUse::new(session, backend);
        let proxy = thread.shared.plan.config.proxy(backend);
        let frontend = thread.shared.plan.config.proxy(session.client.frontend);
        let inspected = session
            .thread
            .shared
            .plan
            .inspects(session.client.frontend, backend);
        // What is asked for is not carried through the time in which bytes are passed.
        let reached = loop {
            let wanted = wanted_server(session, stream, backend, start.received());
            let introduction = introduce_session(session, stream, backend, start.received());
            let hash = key_hash(session, stream, backend, start.received());
            let Some(first) = &mut start.first else { return };
            let mut attempt = Attempt {
                thread: &thread,
                timer: &session.timer,
                backend,
                wanted,
                exclude: None,
                client: ClientWatch {
                    io: &mut session.io,
                    buffer: first,
                    ended: &mut start.ended,
                    abort_on_end: proxy.options.abortonclose,
                    tcp: true,
                },
                hash: hash.filter(|_| wanted.is_none()),
                dst: session.client.dst,
                reuse: Reuse::None,
                private: &mut session.private,
                introduction,
                settings: &stream.settings,
                since_ms: if inspected {
                    thread.now_ms()
                } else {
                    session.client.accepted_ms
                },
            };
            match reach_server(&mut attempt, &mut stream.route).await {
                Err(ReachError::Outdated) => {}
                reached => break reached,
            }
        };
        let mut reached = match reached {
            Ok(reached) => reached,
            Err(error) => {
                if let Some(first) = &mut start.first {
                    // Bytes that nobody has read would make a reset of the close. That there are none, or no more, is well.
                    let _ = session.io.read_now(first.room());
                }
                return not_reached(session, &mut stream.log, backend, error);
            }
        };
        stream_log::write_connected(session, stream);
        let server = reached.slot.server();
        let first = start.first.take_if(|first| !first.is_empty());
        let mut relay = Relay::new(first, None, start.ended);
        if frontend.options.contstats {
            relay.count_on_the_way();
        }
        let mut rules = ResponseRules::begin(session, backend, &mut relay);
        if rules.is_none() {
            // Nothing is waited for: there is no answer to look at yet.
            remember(session, stream, backend, server, &[]);
        }
        let end = loop {
            match rules.as_mut().map(|rules| rules.look(session, stream, &relay)) {
                None | Some(Answer::Wait) => {}
                Some(Answer::Pass) => {
                    rules = None;
                    remember(session, stream, backend, server, relay.kept());
                    relay.release();
                }
                Some(answer @ (Answer::Reject | Answer::Vanish(_))) => {
                    if let Answer::Vanish(hops) = answer {
                        session.io.vanish(hops);
                        stream.log.end_with(b'P', b'R');
                    }
                    // Its bytes count, though nobody gets them.
                    stream.log.bytes = relay
                        .held(thread.now_ms())
                        .map_or(0, |(bytes, _)| bytes.len() as u64);
                    break None;
                }
                Some(Answer::Close) => {
                    rules = None;
                    remember(session, stream, backend, server, relay.kept());
                    relay.release();
                    relay.close_server();
                    reached.conn.io = Io::Closed;
                }
            }
            let mut ends = Ends {
                client: &mut session.io,
                server: &mut reached.conn.io,
                timer: &session.timer,
                thread: &thread,
                frontend,
                backend: proxy,
                tunnel_timeout: None,
                limits: stream.limits.as_deref_mut(),
            };
            match relay.run(&mut ends, &reached.slot).await {
                RelayEnd::Held if frontend.options.contstats => {
                    http::count_relayed(session, backend, server, relay.take_uncounted());
                }
                RelayEnd::Held => {}
                end => break Some(end),
            }
        };
        let counters = thread.server_counters(backend, reached.slot.server());
        let Stream { log, route, .. } = stream;
        relay.give_back(&thread.buffers, &thread.pipes);
        route.server_left = Some(reached.slot.give_back());
        log.bytes += relay.to_client();
        log.received = relay.to_server();
        let all = [
            thread.fe_counters(session.client.frontend),
            thread.be_counters(backend),
            counters,
        ];
        // What rules dropped was not sent, and counts all the same.
        let dropped = log.bytes - relay.to_client();
        let [received, sent] = relay.take_uncounted();
        http::count_relayed(session, backend, server, [received, sent + dropped]);
        match end {
            None => {
                if log.termination[0] == b'P' {
                    session.count_vanished(backend);
                } else {
                    all.iter().for_each(|c| c.dresp.inc());
                }
                log.end_with(b'P', b'D');
            }
            Some(RelayEnd::Done | RelayEnd::Held) => {}
            Some(RelayEnd::ClientGone) => {
                all.iter().for_each(|c| c.cli_abrt.inc());
                log.end_with(b'C', b'D');
            }
            Some(RelayEnd::ServerGone) => {
                all.iter().for_each(|c| c.srv_abrt.inc());
                log.end_with(b'S', b'D');
            }
            Some(RelayEnd::ClientTimeout) => log.end_with(b'c', b'D'),
            Some(RelayEnd::ServerTimeout) => log.end_with(b's', b'D'),
            Some(RelayEnd::Ended(why)) => log.end_with(why.letter(), b'-'),
        }
        let now = thread.now_ms();
        let ms = |from: u64, to: u64| u32::try_from(since(from, to)).unwrap_or(0);
        let times = [
            ms(log.request_ms, route.queued_until_ms),
            ms(route.queued_until_ms, route.connected_ms),
            0,
            ms(session.client.accepted_ms, now),
        ];
        thread.be_counters(backend).record_times(times);
        counters.record_times(times);
    }
}

/// The server that `use-server` asks for, that the client's cookie names, or that a stick table remembers.
fn wanted_server(session: &Session, stream: &mut Stream, backend: ProxyId, payload: &[u8]) -> Option<usize> {
    let thread = &session.thread;
    let (proxy, plan) = thread.shared.plan.proxy(backend);
    if plan.steering.is_none() && plan.stick.is_none() {
        return None;
    }
    let servers = &thread.shared.runtime.proxies[backend.0 as usize].servers;
    let at_hand = AtHand {
        stream: Some(stream),
        payload,
        io: Some(&session.io),
        ..AtHand::default()
    };
    let (server, forced, store) = looking(thread, &session.client, backend, at_hand, |context| {
        let mut cache = Cache::default();
        let mut forced = false;
        let mut server = None;
        if let Some(steering) = &plan.steering {
            forced = steering.persistence(&plan.acls, context, &mut cache) == Some(Persistence::Forced);
            let even_if_down = proxy.options.persist;
            let usable = |at: usize| even_if_down || forced || servers[at].is_usable();
            server = steering.server(&plan.acls, context, &mut cache, usable);
            if server.is_none() {
                // Nothing forces this one.
                let usable = |at: usize| even_if_down || servers[at].is_usable();
                server = steering.by_rdp_cookie(context, servers, usable);
            }
        }
        let (found, store) = sticking::look(thread, backend, (server.is_none(), forced), context, &mut cache);
        (server.or(found), forced, store)
    });
    stream.settings.force_persist = forced;
    stream.remembering = store;
    server
}

/// Remembers the server for what the client sent, and for `payload`, which it answered.
fn remember(session: &Session, stream: &mut Stream, backend: ProxyId, server: usize, payload: &[u8]) {
    let thread = &session.thread;
    let plan = &thread.shared.plan.proxies[backend.0 as usize];
    let Some(stick) = &plan.stick else { return };
    if stick.looks_at_responses() {
        let mut store = stream.remembering.take().unwrap_or_default();
        let at_hand = AtHand {
            stream: Some(stream),
            payload,
            from_server: true,
            io: Some(&session.io),
            ..AtHand::default()
        };
        looking(thread, &session.client, backend, at_hand, |context| {
            stick.response(&plan.acls, context, &mut Cache::default(), &mut store);
        });
        stream.remembering = Some(store);
    }
    sticking::keep(thread, stream, backend, server);
}

/// The hash of the key that servers of `backend` are chosen by.
fn key_hash(session: &Session, stream: &Stream, backend: ProxyId, payload: &[u8]) -> Option<u32> {
    let thread = &session.thread;
    let key = thread.shared.plan.proxies[backend.0 as usize].key.as_ref()?;
    let at_hand = AtHand {
        stream: Some(stream),
        payload,
        io: Some(&session.io),
        ..AtHand::default()
    };
    looking(thread, &session.client, backend, at_hand, |context| {
        key.hash(context)
    })
}

/// The backend by `use_backend` and `default_backend`.
fn choose_backend(session: &Session, stream: &Stream, payload: &[u8]) -> Option<ProxyId> {
    let (proxy, plan) = session.thread.shared.plan.proxy(session.client.frontend);
    let default = proxy.default_backend;
    let passed_by = |backend: ProxyId| {
        let state = &session.thread.shared.runtime.proxies[backend.0 as usize];
        state.unpublished.load(Relaxed)
    };
    let chosen = if proxy.use_backend.is_empty() && !default.is_some_and(passed_by) {
        default
    } else {
        looking(
            &session.thread,
            &session.client,
            session.client.frontend,
            AtHand {
                stream: Some(stream),
                payload,
                io: Some(&session.io),
                ..AtHand::default()
            },
            |context| {
                let mut cache = Cache::default();
                if let Some(rehearsal) = &session.thread.rehearsal {
                    SwitchPlan::tell(&plan.acls, context, &mut cache, &**rehearsal);
                }
                let chosen = plan.switch.choose(&plan.acls, context, &mut cache);
                chosen.or_else(|| {
                    let mut admitted =
                        |backend: &ProxyId| plan.switch.admits(*backend, &plan.acls, context, &mut cache);
                    default.filter(|backend| !passed_by(*backend) || admitted(backend))
                })
            },
        )
    };
    chosen.or_else(|| proxy.kind.is_backend().then_some(session.client.frontend))
}

fn not_reached(session: &Session, log: &mut StreamLog, backend: ProxyId, error: ReachError) {
    let counters = session.thread.be_counters(backend);
    let (cause, phase) = match error {
        ReachError::NoServer => {
            counters.econ.inc();
            (b'S', b'C')
        }
        ReachError::QueueTimeout => {
            counters.econ.inc();
            (b's', b'Q')
        }
        ReachError::QueueFull => (b'S', b'Q'),
        ReachError::ClientLeftQueue => {
            counters.cli_abrt.inc();
            (b'C', b'Q')
        }
        ReachError::ClientLeftConnect => {
            counters.cli_abrt.inc();
            (b'C', b'C')
        }
        ReachError::ClientBroke => {
            counters.cli_abrt.inc();
            (b'C', b'D')
        }
        ReachError::Ended(why) => (why.letter(), b'-'),
        ReachError::ConnectTimeout => (b's', b'C'),
        ReachError::ConnectFailed | ReachError::NotBegun | ReachError::Outdated => (b'S', b'C'),
    };
    log.end_with(cause, phase);
}
