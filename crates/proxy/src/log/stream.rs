//! What is remembered of a stream (an HTTP transaction or a TCP session) for its log line, and the line.

use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{LogFormat, LogLevel, Proxy, ProxyOptions};
use proxy_core::format::FormatPlan;
use proxy_core::logline::{
    ConnectionError, DateText, HttpLog, LogCounts, Peer, ServerName, TcpLog, clf_line, connect_line,
    connection_error_line, http_line, tcp_clf_line, tcp_line, tls_tail,
};
use proxy_core::plan::ProxyPlan;
use proxy_core::stream::{Route, Stream, StreamLog, since};

use super::Entry;
use crate::context::{AtHand, looking};
use crate::session::Session;

/// Writes the log line of a stream that is over, unless options say that it is not worth one.
pub(crate) fn write(session: &Session, stream: &Stream) {
    let Stream { log, route, .. } = stream;
    let frontend = session.frontend();
    if frontend.logs.is_empty() || log.silent || stream.settings.log_level == Some(None) {
        return;
    }
    let is_error = !matches!(log.termination[0], b'-' | b'L') || log.status >= 500 || route.retries > 0;
    if frontend.options.dontlog_normal && !is_error {
        return;
    }
    let level = match stream.settings.log_level {
        Some(Some(level)) => level,
        _ if is_error && frontend.options.log_separate_errors => LogLevel::Err,
        _ => LogLevel::Info,
    };
    emit(session, stream, level, plan(session).log_format.as_ref());
}

/// Writes the log line of a request that failed before there was anything to do for it: `error-log-format` is for it.
pub(crate) fn write_failure(session: &Session, stream: &Stream) {
    if session.frontend().logs.is_empty() {
        return;
    }
    match &plan(session).log_errors {
        Some(format) => emit(session, stream, error_level(session.frontend()), Some(format)),
        None => write(session, stream),
    }
}

/// Logs a TLS handshake that failed, unless the client only looked in.
pub(crate) fn handshake_failed(session: &Session) {
    let frontend = session.frontend();
    if frontend.logs.is_empty() {
        return;
    }
    let level = error_level(frontend);
    if let Some(format) = &plan(session).log_errors {
        let stream = Stream {
            number: session.thread.next_number(),
            log: StreamLog {
                termination: *b"PR--",
                status: 0,
                ..StreamLog::default()
            },
            ..Stream::default()
        };
        return emit(session, &stream, level, Some(format));
    }
    let thread = &session.thread;
    let mut dates = thread.dates.borrow_mut();
    let mut line = thread.line.borrow_mut();
    line.clear();
    let entry = ConnectionError {
        client: session.peer(),
        accepted_ms: thread.epoch_ms(session.client.accepted_ms),
        frontend: &frontend.name,
        bind: session.bind().name.as_ref().map(|n| n.as_slice()),
        bind_id: u32::from(session.client.bind) + 1,
        message: b"SSL handshake failure",
    };
    connection_error_line(&mut line, &entry, &mut dates);
    send(session, level, &line, None, &mut dates);
}

fn error_level(frontend: &Proxy) -> LogLevel {
    if frontend.options.log_separate_errors {
        LogLevel::Err
    } else {
        LogLevel::Info
    }
}

fn plan(session: &Session) -> &ProxyPlan {
    &session.thread.shared.plan.proxies[session.client.frontend.0 as usize]
}

/// Makes the line of a stream, by `format` or as an option of the frontend has it, and sends it.
fn emit(session: &Session, stream: &Stream, level: LogLevel, format: Option<&FormatPlan>) {
    let thread = &session.thread;
    let frontend = session.frontend();
    let mut line = thread.line.borrow_mut();
    line.clear();
    match format {
        Some(format) => fill(session, stream, format, &mut line),
        None => {
            let mut dates = thread.dates.borrow_mut();
            built_in(session, stream, &frontend.options, &mut line, &mut dates);
        }
    }
    // Only RFC 5424 has a place for it.
    let has_place = |frontend: &Proxy| frontend.logs.iter().any(|t| t.format == LogFormat::Rfc5424);
    let structured = match &plan(session).log_structured {
        Some(format) if has_place(frontend) => {
            let start = line.len();
            fill(session, stream, format, &mut line);
            Some(start)
        }
        _ => None,
    };
    let (line, structured) = match structured {
        Some(start) => {
            let (line, structured) = line.split_at(start);
            (line, Some(structured))
        }
        None => (&line[..], None),
    };
    let mut dates = thread.dates.borrow_mut();
    send(session, level, line, structured, &mut dates);
    let state = &thread.shared.runtime.proxies[session.client.frontend.0 as usize];
    state.log_lines.fetch_add(1, Relaxed);
}

/// Appends what a format says of a stream.
fn fill(session: &Session, stream: &Stream, format: &FormatPlan, out: &mut Vec<u8>) {
    let at_hand = AtHand {
        stream: Some(stream),
        io: Some(&session.io),
        ..AtHand::default()
    };
    looking(
        &session.thread,
        &session.client,
        session.client.frontend,
        at_hand,
        |context| format.write(context, out),
    );
}

/// Appends the line that an option stands for, or the line of a frontend without any.
fn built_in(
    session: &Session,
    stream: &Stream,
    options: &ProxyOptions,
    line: &mut Vec<u8>,
    dates: &mut DateText,
) {
    if options.httplog {
        let captured = [true, false].map(|request| captured(session, stream, request));
        let [request, response] = captured
            .each_ref()
            .map(|side| side.iter().map(Vec::as_slice).collect::<Vec<_>>());
        let entry = HttpLog {
            request_headers: Some(&*request).filter(|values| !values.is_empty()),
            response_headers: Some(&*response).filter(|values| !values.is_empty()),
            ..http_log(session, stream)
        };
        if options.httplog_clf {
            clf_line(line, &entry, dates);
        } else {
            http_line(line, &entry, dates);
        }
        if options.httpslog {
            tls_tail(line, session.io.tls().as_ref());
        }
    } else if options.tcplog {
        let entry = tcp_log(session, stream);
        if options.tcplog_clf {
            tcp_clf_line(line, &entry, dates);
        } else {
            tcp_line(line, &entry, dates);
        }
    } else {
        let frontend = session.frontend();
        connect_line(
            line,
            session.peer(),
            session.client.dst.map_or(session.peer(), Peer::Inet),
            &frontend.name,
            frontend.mode,
        );
    }
}

/// The values of all slots of requests, or of responses; none where no request was read.
fn captured(session: &Session, stream: &Stream, request: bool) -> Vec<Vec<u8>> {
    let slots = session.frontend().capture_slots(request);
    if stream.log.line.is_empty() {
        return Vec::new();
    }
    let value = |slot| stream.captures.get(request, slot, <[u8]>::to_vec);
    (0..slots.len())
        .map(|slot| value(slot).unwrap_or_default())
        .collect()
}

fn http_log<'a>(session: &'a Session, stream: &'a Stream) -> HttpLog<'a> {
    let Stream { log, route, .. } = stream;
    let (backend, server, counts) = destination(session, stream);
    let thread = &session.thread;
    let now = thread.now_ms();
    let began = match log.started_ms {
        0 => session.client.accepted_ms,
        started => started,
    };
    HttpLog {
        client: session.peer(),
        request_ms: thread.epoch_ms(began),
        frontend: &session.frontend().name,
        tls: session.is_tls(),
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

fn tcp_log<'a>(session: &'a Session, stream: &'a Stream) -> TcpLog<'a> {
    let Stream { log, route, .. } = stream;
    let (backend, server, counts) = destination(session, stream);
    let thread = &session.thread;
    // The statistics page takes no time to be reached.
    let time = |from, to| if log.is_stats { 0 } else { since(from, to) };
    // A connection that became one of HTTP has a line for each request.
    let began = if log.line.is_empty() {
        session.client.accepted_ms
    } else {
        log.started_ms
    };
    TcpLog {
        client: session.peer(),
        accepted_ms: thread.epoch_ms(began),
        frontend: &session.frontend().name,
        tls: session.is_tls(),
        backend,
        server,
        queue_time: time(log.request_ms, route.queued_until_ms),
        connect_time: time(route.queued_until_ms, route.connected_ms),
        total_time: since(began, thread.now_ms()),
        early: log.early,
        bytes: log.bytes,
        received: log.received,
        handshake_time: session.client.handshake_ms,
        termination: [log.termination[0], log.termination[1]],
        counts,
    }
}

/// The backend's name, the server's, and the connections at the end.
fn destination<'a>(session: &'a Session, stream: &Stream) -> (&'a [u8], ServerName<'a>, LogCounts) {
    let id = stream.log.backend.unwrap_or(session.client.frontend);
    let backend = session.thread.shared.plan.config.proxy(id);
    let server = match stream.route.server {
        _ if stream.log.is_stats => ServerName::Stats,
        Some(at) => ServerName::Name(&backend.servers[at].name),
        None => ServerName::NoServer,
    };
    (
        &backend.name,
        server,
        counts(session, &stream.route, id.0 as usize),
    )
}

fn counts(session: &Session, route: &Route, backend: usize) -> LogCounts {
    let runtime = &session.thread.shared.runtime;
    let state = &runtime.proxies[backend];
    LogCounts {
        process: runtime.connections.get(),
        frontend: runtime.proxies[session.client.frontend.0 as usize]
            .fe_sessions
            .get(),
        backend: state.be_sessions.get(),
        server: route.server_left.unwrap_or_else(|| {
            let server = route.server.map(|at| &state.servers[at]);
            server.map_or(0, |server| server.sessions.get())
        }),
        retries: route.retries,
        redispatched: route.redispatched,
        server_queue: route.server_queue,
        backend_queue: route.backend_queue,
    }
}

/// Sends a line to the frontend's targets.
fn send(session: &Session, level: LogLevel, line: &[u8], structured: Option<&[u8]>, dates: &mut DateText) {
    let thread = &session.thread;
    let frontend = session.frontend();
    let entry = Entry {
        tag: frontend.log_tag.as_ref(),
        level,
        now_us: thread.epoch_us(),
        line,
        structured,
    };
    thread.log.borrow_mut().send(&frontend.logs, dates, entry);
}
