//! What is remembered of a stream (an HTTP transaction or a TCP session) for its log line, and the line.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{LogFormat, LogLevel, LogTarget, Proxy};
use proxy_core::format::FormatPlan;
use proxy_core::log_profile::ProfilePlan;
use proxy_core::logline::{
    ConnectionError, DateText, HttpLog, LogCounts, Peer, ServerName, TcpLog, clf_line, connect_line,
    connection_error_line, http_line, tcp_clf_line, tcp_line, tls_tail,
};
use proxy_core::plan::ProxyPlan;
use proxy_core::sample::SampleContext;
use proxy_core::stream::{Client, Route, Stream, StreamLog, failure, since};

use super::Entry;
use crate::context::{AtHand, looking};
use crate::io::Io;
use crate::session::Session;
use crate::thread::Thread;

/// What a line is about.
#[derive(Clone, Copy)]
struct Scene<'a> {
    thread: &'a Thread,
    client: &'a Client,
    io: Option<&'a Io>,
    stream: &'a Stream,
}

impl<'a> Scene<'a> {
    fn new(session: &'a Session, stream: &'a Stream) -> Self {
        Self {
            thread: &session.thread,
            client: &session.client,
            io: Some(&session.io),
            stream,
        }
    }

    fn frontend(&self) -> &'a Proxy {
        self.thread.config().proxy(self.client.frontend)
    }

    fn plan(&self) -> &'a ProxyPlan {
        &self.thread.shared.plan.proxies[self.client.frontend.0 as usize]
    }

    /// The client, as log lines name it.
    fn peer(&self) -> Peer {
        let bind = &self.thread.config().proxy(self.client.frontend).binds[usize::from(self.client.bind)];
        self.client.src.map_or(Peer::Unix(bind.id), Peer::Inet)
    }
}

/// What a line is made by.
#[derive(Clone, Copy)]
struct Making<'a> {
    level: LogLevel,
    /// The line; none is what an option of the frontend stands for.
    format: Option<&'a FormatPlan>,
    /// What log profiles call the step at which it is written.
    step: &'static str,
    /// A profile that counts in place of the targets'.
    profile: Option<&'a [u8]>,
}

/// Writes the log line of a stream that is over, unless options say that it is not worth one.
pub(crate) fn write(session: &Session, stream: &Stream) {
    write_as(session, stream, "close");
}

/// The same at a step of that name.
fn write_as(session: &Session, stream: &Stream, step: &'static str) {
    if let Some(rehearsal) = &session.thread.rehearsal {
        return rehearsal.ended(stream);
    }
    let log = &stream.log;
    let frontend = session.frontend();
    if frontend.logs.is_empty() || log.silent || stream.settings.log_level == Some(None) {
        return;
    }
    if frontend.log_steps.is_some_and(|steps| !steps.close) {
        return;
    }
    let is_error = stream.is_worth_a_look();
    if frontend.options.dontlog_normal && !is_error {
        return;
    }
    let level = match stream.settings.log_level {
        Some(Some(level)) => level,
        _ if is_error && frontend.options.log_separate_errors => LogLevel::Err,
        _ => LogLevel::Info,
    };
    let scene = Scene::new(session, stream);
    emit_anew(scene, Making::usual(&scene, level, step));
}

/// Writes the log line of a request that failed before there was anything to do for it: `error-log-format` is for it.
pub(crate) fn write_failure(session: &Session, stream: &Stream) {
    if let Some(rehearsal) = &session.thread.rehearsal {
        return rehearsal.ended(stream);
    }
    if session.frontend().logs.is_empty() {
        return;
    }
    let scene = Scene::new(session, stream);
    match &scene.plan().log_errors {
        Some(format) => emit_anew(scene, Making::failure(&scene, format)),
        None => write_as(session, stream, "error"),
    }
}

/// Writes the line of a step before the end, where `log-steps` asks for it.
pub(crate) fn write_step(session: &Session, stream: &Stream, step: &'static str) {
    let frontend = session.frontend();
    let Some(steps) = frontend.log_steps.filter(|_| !frontend.logs.is_empty()) else {
        return;
    };
    let wanted = match step {
        "accept" => steps.accept,
        "request" => steps.request,
        "connect" => steps.connect,
        "response" => steps.response,
        _ => false,
    };
    let level = stream.settings.log_level.unwrap_or(Some(LogLevel::Info));
    if let Some(level) = level.filter(|_| wanted) {
        let scene = Scene::new(session, stream);
        emit_anew(scene, Making::usual(&scene, level, step));
    }
}

/// The same for a TCP session that has its server, whose line may be written now.
pub(crate) fn write_connected(session: &Session, stream: &mut Stream) {
    write_step(session, stream, "connect");
    write_early(session, stream);
}

/// Writes a line that need not wait for the end of its stream.
pub(crate) fn write_early(session: &Session, stream: &mut Stream) {
    if Scene::new(session, stream).plan().logs_early {
        stream.log.early = true;
        write(session, stream);
        stream.log.silent = true;
    }
}

/// The same for a connection that was accepted just now.
pub(crate) fn write_accepted(session: &Session) {
    if session.frontend().log_steps.is_some_and(|steps| steps.accept) {
        let mut stream = Stream::default();
        // As long as there is no request, there is no status either, and the original tells none as 0.
        stream.log.status = 0;
        write_step(session, &stream, "accept");
    }
}

/// Writes the line of a rule (`do-log`).
pub(crate) fn write_now(
    thread: &Thread,
    io: Option<&Io>,
    context: &SampleContext<'_>,
    step: &'static str,
    profile: Option<&[u8]>,
) {
    let before;
    let stream = match context.stream {
        Some(stream) => stream,
        None => {
            before = Stream::default();
            &before
        }
    };
    let scene = Scene {
        thread,
        client: context.client,
        io,
        stream,
    };
    let level = stream.settings.log_level.unwrap_or(Some(LogLevel::Info));
    if let Some(level) = level.filter(|_| !scene.frontend().logs.is_empty()) {
        let making = Making {
            profile,
            ..Making::usual(&scene, level, step)
        };
        let context = SampleContext {
            stream: Some(stream),
            ..*context
        };
        emit(scene, &context, making);
    }
}

/// Logs a connection that failed before it was a session, in a TLS handshake or in front of one, with the original's words.
pub(crate) fn connection_failed(session: &mut Session, words: &'static str) {
    session.client.failure = failure::number(words);
    let frontend = session.frontend();
    if frontend.logs.is_empty() {
        return;
    }
    let thread = &session.thread;
    let own_format = thread.shared.plan.proxies[session.client.frontend.0 as usize]
        .log_errors
        .as_ref();
    if let Some(format) = own_format {
        let stream = Stream {
            number: thread.next_number(),
            log: StreamLog {
                termination: *b"PR--",
                status: 0,
                ..StreamLog::default()
            },
            ..Stream::default()
        };
        let scene = Scene::new(session, &stream);
        return emit_anew(scene, Making::failure(&scene, format));
    }
    let mut dates = thread.dates.borrow_mut();
    let mut line = thread.line.borrow_mut();
    line.clear();
    let entry = ConnectionError {
        client: session.peer(),
        accepted_ms: thread.epoch_ms(session.client.accepted_ms),
        frontend: &frontend.name,
        bind: session.bind().name.as_ref().map(|n| n.as_slice()),
        bind_id: session.bind().id,
        message: words.as_bytes(),
    };
    connection_error_line(&mut line, &entry, &mut dates);
    let entry = Entry {
        tag: frontend.log_tag.as_ref(),
        level: error_level(frontend),
        now_us: thread.epoch_us(),
        line: &line,
        structured: None,
    };
    thread.log.borrow_mut().send(&frontend.logs, &mut dates, entry);
}

fn error_level(frontend: &Proxy) -> LogLevel {
    if frontend.options.log_separate_errors {
        LogLevel::Err
    } else {
        LogLevel::Info
    }
}

impl<'a> Making<'a> {
    /// As the frontend's own format or option has it.
    fn usual(scene: &Scene<'a>, level: LogLevel, step: &'static str) -> Self {
        Self {
            level,
            format: scene.plan().log_format.as_ref(),
            step,
            profile: None,
        }
    }

    fn failure(scene: &Scene<'a>, format: &'a FormatPlan) -> Self {
        Self {
            level: error_level(scene.frontend()),
            format: Some(format),
            step: "error",
            profile: None,
        }
    }
}

/// The same with what samples are taken from put together for it.
fn emit_anew(scene: Scene<'_>, making: Making<'_>) {
    let at_hand = AtHand {
        stream: Some(scene.stream),
        io: scene.io,
        ..AtHand::default()
    };
    let frontend = scene.client.frontend;
    looking(scene.thread, scene.client, frontend, at_hand, |context| {
        emit(scene, context, making);
    });
}

/// Makes a line and sends it.
fn emit(scene: Scene<'_>, context: &SampleContext<'_>, making: Making<'_>) {
    let frontend = scene.frontend();
    scene.stream.log.origin.set(making.step);
    let profiled = |target: &&LogTarget| making.profile.is_some() || target.profile.is_some();
    if !frontend.logs.iter().all(|target| profiled(&target)) {
        let plain = frontend.logs.iter().filter(|target| !profiled(target));
        send(scene, context, making, None, plain);
    }
    for target in frontend.logs.iter().filter(profiled) {
        let name = making
            .profile
            .or(target.profile.as_ref().map(|name| name.as_slice()));
        let profile = name.and_then(|name| scene.thread.shared.plan.log_profiles.get(name));
        send(scene, context, making, profile, [target]);
    }
    scene.stream.log.origin.set("close");
    let state = &scene.thread.shared.runtime.proxies[scene.client.frontend.0 as usize];
    state.log_lines.fetch_add(1, Relaxed);
}

/// Makes the line for some targets, as a profile has it, and sends it to them.
fn send<'t>(
    scene: Scene<'_>,
    context: &SampleContext<'_>,
    making: Making<'_>,
    profile: Option<&ProfilePlan>,
    targets: impl IntoIterator<Item = &'t LogTarget, IntoIter: Clone>,
) {
    let targets = targets.into_iter();
    let step = profile.and_then(|profile| profile.step(making.step));
    if step.is_some_and(|step| step.drop) {
        return;
    }
    let thread = scene.thread;
    let frontend = scene.frontend();
    let mut line = thread.line.borrow_mut();
    line.clear();
    match step.and_then(|step| step.format.as_ref()).or(making.format) {
        Some(format) => format.write(context, &mut *line),
        None => {
            let mut dates = thread.dates.borrow_mut();
            built_in(&scene, &mut line, &mut dates);
        }
    }
    let end = line.len();
    let own = step.and_then(|step| step.structured.as_ref());
    let structured = own.or(scene.plan().log_structured.as_ref());
    // Only RFC 5424 has a place for it; what a ring writes is its own matter.
    let has_place = |target: &LogTarget| matches!(target.format, LogFormat::Rfc5424 | LogFormat::Unset);
    let structured = structured.filter(|_| targets.clone().any(has_place));
    if let Some(format) = structured {
        format.write(context, &mut *line);
    }
    let (text, data) = line.split_at(end);
    let entry = Entry {
        tag: profile
            .and_then(|profile| profile.tag.as_ref())
            .or(frontend.log_tag.as_ref()),
        level: making.level,
        now_us: thread.epoch_us(),
        line: text,
        structured: structured.map(|_| data),
    };
    let mut dates = thread.dates.borrow_mut();
    thread.log.borrow_mut().send(targets, &mut dates, entry);
}

/// Appends the line that an option stands for, or the line of a frontend without any.
fn built_in(scene: &Scene<'_>, line: &mut Vec<u8>, dates: &mut DateText) {
    let frontend = scene.frontend();
    let options = &frontend.options;
    if options.httplog {
        let captured = [true, false].map(|request| captured(scene, request));
        let [request, response] = captured
            .each_ref()
            .map(|side| side.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let entry = HttpLog {
            request_headers: Some(&*request).filter(|values| !values.is_empty()),
            response_headers: Some(&*response).filter(|values| !values.is_empty()),
            ..http_log(scene)
        };
        if options.httplog_clf {
            clf_line(line, &entry, dates);
        } else {
            http_line(line, &entry, dates);
        }
        if options.httpslog {
            tls_tail(line, scene.io.and_then(Io::tls).as_ref());
        }
    } else if options.tcplog {
        let entry = tcp_log(scene);
        if options.tcplog_clf {
            tcp_clf_line(line, &entry, dates);
        } else {
            tcp_line(line, &entry, dates);
        }
    } else {
        connect_line(
            line,
            scene.peer(),
            scene.client.dst.map_or(scene.peer(), Peer::Inet),
            &frontend.name,
            frontend.mode,
        );
    }
}

/// The values of all slots of requests, or of responses; none where no request was read.
fn captured(scene: &Scene<'_>, request: bool) -> Vec<Vec<u8>> {
    let slots = scene.frontend().capture_slots(request);
    let stream = scene.stream;
    if stream.log.line.is_empty() {
        return Vec::new();
    }
    let value = |slot| stream.captures.get(request, slot, <[u8]>::to_vec);
    (0..slots.len())
        .map(|slot| value(slot).unwrap_or_default())
        .collect()
}

fn http_log<'a>(scene: &Scene<'a>) -> HttpLog<'a> {
    let stream = scene.stream;
    let Stream { log, route, .. } = stream;
    let (backend, server, counts) = destination(scene);
    let thread = scene.thread;
    let now = thread.now_ms();
    let began = match log.started_ms {
        0 => scene.client.accepted_ms,
        started => started,
    };
    HttpLog {
        client: scene.peer(),
        request_ms: thread.epoch_ms(began),
        frontend: &scene.frontend().name,
        tls: scene.client.tls,
        backend,
        server,
        request_time: if log.tarpitted {
            -1
        } else {
            since(log.started_ms, log.request_ms)
        },
        queue_time: if log.tarpitted {
            since(log.request_ms, now)
        } else {
            since(log.request_ms, route.queued_until_ms)
        },
        connect_time: since(route.queued_until_ms, route.connected_ms),
        response_time: since(route.connected_ms, log.response_ms),
        active_time: since(began, now),
        early: log.early,
        status: log.status,
        bytes: log.bytes,
        request_cookie: stream.captures.cookie(true),
        response_cookie: stream.captures.cookie(false),
        termination: log.termination,
        counts,
        request_headers: None,
        response_headers: None,
        request_line: (!log.line.is_empty()).then_some(&log.line[..]),
    }
}

fn tcp_log<'a>(scene: &Scene<'a>) -> TcpLog<'a> {
    let Stream { log, route, .. } = scene.stream;
    let (backend, server, counts) = destination(scene);
    let thread = scene.thread;
    // The statistics page takes no time to be reached.
    let time = |from, to| if log.is_stats { 0 } else { since(from, to) };
    // A connection that became one of HTTP has a line for each request.
    let began = if log.line.is_empty() {
        scene.client.accepted_ms
    } else {
        log.started_ms
    };
    TcpLog {
        client: scene.peer(),
        accepted_ms: thread.epoch_ms(began),
        frontend: &scene.frontend().name,
        tls: scene.client.tls,
        backend,
        server,
        queue_time: time(log.request_ms, route.queued_until_ms),
        connect_time: time(route.queued_until_ms, route.connected_ms),
        total_time: since(began, thread.now_ms()),
        early: log.early,
        bytes: log.bytes,
        received: log.received,
        handshake_time: scene.client.handshake_ms.into(),
        termination: [log.termination[0], log.termination[1]],
        counts,
    }
}

/// The backend's name, the server's, and the connections at the end.
fn destination<'a>(scene: &Scene<'a>) -> (&'a [u8], ServerName<'a>, LogCounts) {
    let stream = scene.stream;
    let id = stream.log.backend.unwrap_or(scene.client.frontend);
    let backend = scene.thread.config().proxy(id);
    let server = match stream.route.server {
        _ if stream.log.is_metrics => ServerName::Metrics,
        _ if stream.log.is_stats => ServerName::Stats,
        Some(at) => ServerName::Name(&backend.servers[at].name),
        None if stream.is_cached() => ServerName::Cache,
        None => ServerName::NoServer,
    };
    (&backend.name, server, counts(scene, &stream.route, id.0 as usize))
}

fn counts(scene: &Scene<'_>, route: &Route, backend: usize) -> LogCounts {
    let runtime = &scene.thread.shared.runtime;
    let state = &runtime.proxies[backend];
    let servers = &scene.thread.config().proxies[backend].servers;
    let unlisted = route.server.is_some_and(|at| servers[at].unlisted);
    LogCounts {
        process: runtime.connections.get(),
        frontend: runtime.proxies[scene.client.frontend.0 as usize]
            .fe_sessions
            .get(),
        backend: state.be_sessions.get(),
        server: route.server_left.filter(|_| !unlisted).unwrap_or_else(|| {
            let server = route.server.filter(|_| !unlisted).map(|at| &state.servers[at]);
            server.map_or(0, |server| server.sessions.get())
        }),
        retries: route.retries,
        redispatched: route.redispatched,
        server_queue: route.server_queue,
        backend_queue: route.backend_queue,
    }
}
