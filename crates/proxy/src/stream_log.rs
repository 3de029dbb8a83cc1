//! What is remembered of a stream (an HTTP transaction or a TCP session) for its log line, and the line.

use haproxy_cfg::model::{LogLevel, Proxy};
use proxy_core::logline::{
    ConnectionError, HttpLog, LogCounts, Peer, ServerName, TcpLog, clf_line, connect_line,
    connection_error_line, http_line, tcp_line,
};

use proxy_core::stream::{Route, Stream, since};

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
    let thread = &session.thread;
    let now = thread.now_ms();
    let options = &frontend.options;
    let level = match stream.settings.log_level {
        Some(Some(level)) => level,
        _ if is_error && options.log_separate_errors => LogLevel::Err,
        _ => LogLevel::Info,
    };
    let mut line = thread.line.borrow_mut();
    line.clear();
    let plan = &thread.shared.plan.proxies[session.client.frontend.0 as usize];
    if let Some(format) = &plan.log_format {
        let at_hand = AtHand {
            stream: Some(stream),
            ..AtHand::default()
        };
        looking(
            thread,
            &session.client,
            session.client.frontend,
            at_hand,
            |context| {
                format.write(context, &mut *line);
            },
        );
        let mut dates = thread.dates.borrow_mut();
        return send(session, frontend, level, &line, now, &mut dates);
    }
    let mut dates = thread.dates.borrow_mut();
    let backend_id = log.backend.unwrap_or(session.client.frontend);
    let backend = thread.shared.plan.config.proxy(backend_id);
    let server = match route.server {
        _ if log.is_stats => ServerName::Stats,
        Some(at) => ServerName::Name(&backend.servers[at].name),
        None => ServerName::NoServer,
    };
    let counts = counts(session, route, backend_id.0 as usize);
    if options.httplog || options.httplog_clf {
        let entry = HttpLog {
            client: session.peer(),
            request_ms: thread.epoch_ms(if log.started_ms == 0 {
                session.client.accepted_ms
            } else {
                log.started_ms
            }),
            frontend: &frontend.name,
            tls: session.is_tls(),
            backend: &backend.name,
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
            active_time: since(
                if log.started_ms == 0 {
                    session.client.accepted_ms
                } else {
                    log.started_ms
                },
                now,
            ),
            early: log.early,
            status: log.status,
            bytes: log.bytes,
            request_cookie: None,
            response_cookie: None,
            termination: log.termination,
            counts,
            request_headers: None,
            response_headers: None,
            request_line: (!log.line.is_empty()).then_some(&log.line[..]),
        };
        if options.httplog_clf {
            clf_line(&mut line, &entry, &mut dates);
        } else {
            http_line(&mut line, &entry, &mut dates);
        }
    } else if options.tcplog {
        let entry = TcpLog {
            client: session.peer(),
            accepted_ms: thread.epoch_ms(session.client.accepted_ms),
            frontend: &frontend.name,
            tls: session.is_tls(),
            backend: &backend.name,
            server,
            queue_time: if log.is_stats {
                0
            } else {
                since(log.request_ms, route.queued_until_ms)
            },
            connect_time: if log.is_stats {
                0
            } else {
                since(route.queued_until_ms, route.connected_ms)
            },
            total_time: since(session.client.accepted_ms, now),
            early: log.early,
            bytes: log.bytes,
            termination: [log.termination[0], log.termination[1]],
            counts,
        };
        tcp_line(&mut line, &entry, &mut dates);
    } else {
        connect_line(
            &mut line,
            session.peer(),
            session.client.dst.map_or(session.peer(), Peer::Inet),
            &frontend.name,
            frontend.mode,
        );
    }
    send(session, frontend, level, &line, now, &mut dates);
}

/// Sends a line to the frontend's targets.
pub(crate) fn send(
    session: &Session,
    frontend: &Proxy,
    level: LogLevel,
    line: &[u8],
    now_ms: u64,
    dates: &mut proxy_core::logline::DateText,
) {
    let thread = &session.thread;
    let seconds = thread.epoch_ms(now_ms) / 1000;
    thread.log.borrow_mut().send(
        &frontend.logs,
        frontend.log_tag.as_ref(),
        level,
        seconds,
        dates,
        line,
    );
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

/// Logs a TLS handshake that failed, unless the client only looked in.
pub(crate) fn handshake_failed(session: &Session) {
    let frontend = session.frontend();
    if frontend.logs.is_empty() {
        return;
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
    let level = if frontend.options.log_separate_errors {
        LogLevel::Err
    } else {
        LogLevel::Info
    };
    send(session, frontend, level, &line, thread.now_ms(), &mut dates);
}
