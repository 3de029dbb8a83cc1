//! Lines that haproxy 2.6.12 wrote, reproduced.

use std::net::SocketAddr;

use haproxy_cfg::model::{LogFormat, LogLevel, LogTarget, LogTransport, Mode};

use super::syslog::{self, Origin, Shape};
use super::{
    ConnectionError, DateText, HttpLog, LocalTime, LogCounts, Peer, ServerName, TcpLog, clf_line,
    connect_line, connection_error_line, connection_failure, http_line, tcp_line,
};

/// 21/Nov/2026:11:01:48.013 UTC in milliseconds.
const REQUEST_MS: u64 = 1_795_258_908_013;

fn utc() -> DateText {
    DateText::new(Box::new(|_| LocalTime::new(0, "UTC")))
}

fn peer(text: &str) -> Peer {
    Peer::Inet(text.parse::<SocketAddr>().expect("an address"))
}

fn text(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).expect("a line is ASCII")
}

fn answered() -> HttpLog<'static> {
    HttpLog {
        client: peer("127.0.0.1:40668"),
        request_ms: REQUEST_MS,
        frontend: b"fe",
        tls: false,
        backend: b"be",
        server: ServerName::Name(b"srv"),
        request_time: 0,
        queue_time: 0,
        connect_time: 0,
        response_time: 5,
        active_time: 5,
        early: false,
        status: 200,
        bytes: 73,
        request_cookie: None,
        response_cookie: None,
        termination: *b"----",
        counts: LogCounts {
            process: 1,
            frontend: 1,
            ..LogCounts::default()
        },
        request_headers: None,
        response_headers: None,
        request_line: Some(b"GET /x?y=1 HTTP/1.1"),
    }
}

fn bad() -> HttpLog<'static> {
    HttpLog {
        backend: b"fe",
        server: ServerName::NoServer,
        request_time: -1,
        queue_time: -1,
        connect_time: -1,
        response_time: -1,
        active_time: 0,
        status: 400,
        bytes: 0,
        termination: *b"PR--",
        request_line: None,
        ..answered()
    }
}

#[test]
fn an_http_line_has_every_field() {
    let line = text(|out| http_line(out, &answered(), &mut utc()));
    assert_eq!(
        line,
        "127.0.0.1:40668 [21/Nov/2026:11:01:48.013] fe be/srv 0/0/0/5/5 200 73 - - ---- 1/1/0/0/0 0/0 \
         \"GET /x?y=1 HTTP/1.1\""
    );
}

#[test]
fn a_bad_request_has_neither_times_nor_a_server() {
    let line = text(|out| http_line(out, &bad(), &mut utc()));
    assert_eq!(
        line,
        "127.0.0.1:40668 [21/Nov/2026:11:01:48.013] fe fe/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 1/1/0/0/0 0/0 \
         \"<BADREQ>\""
    );
}

#[test]
fn captures_stand_in_braces_and_are_escaped() {
    let log = HttpLog {
        request_cookie: Some(b"C=1"),
        response_cookie: Some(b"C=zz"),
        request_headers: Some(&[b"a {b}|\"c\"#\x01\xe9", b""]),
        response_headers: Some(&[b"v{1}"]),
        ..answered()
    };
    let line = text(|out| http_line(out, &log, &mut utc()));
    assert_eq!(
        line,
        "127.0.0.1:40668 [21/Nov/2026:11:01:48.013] fe be/srv 0/0/0/5/5 200 73 C=1 C=zz ---- 1/1/0/0/0 0/0 \
         {a #7Bb#7D#7C#22c#22#23#01#E9|} {v#7B1#7D} \"GET /x?y=1 HTTP/1.1\""
    );
}

#[test]
fn tls_early_lines_redispatches_and_other_peers_are_marked() {
    let log = HttpLog {
        client: Peer::Unix(3),
        tls: true,
        early: true,
        counts: LogCounts {
            process: 1,
            frontend: 2,
            backend: 3,
            server: 4,
            retries: 3,
            redispatched: true,
            server_queue: 6,
            backend_queue: 7,
        },
        ..answered()
    };
    let line = text(|out| http_line(out, &log, &mut utc()));
    assert_eq!(
        line,
        "unix:3 [21/Nov/2026:11:01:48.013] fe~ be/srv 0/0/0/5/+5 200 +73 - - ---- 1/2/3/4/+3 6/7 \
         \"GET /x?y=1 HTTP/1.1\""
    );
    let log = HttpLog {
        client: peer("[::1]:99"),
        server: ServerName::Stats,
        ..answered()
    };
    let line = text(|out| http_line(out, &log, &mut utc()));
    assert!(
        line.starts_with("::1:99 [21/Nov/2026:11:01:48.013] fe be/<STATS> "),
        "{line}"
    );
}

#[test]
fn clf_lines_are_quoted_as_the_original_quotes_them() {
    let line = text(|out| clf_line(out, &answered(), &mut utc()));
    assert_eq!(
        line,
        "127.0.0.1 - - [21/Nov/2026:11:01:48 +0000] \"GET /x?y=1 HTTP/1.1\" 200 73 \"\" \"\" 40668 013 \"fe\" \
         \"be\" \"srv\" 0 0 0 5 5 ---- 1 1 0 0 0 0 0 \"\" \"\" "
    );
    let log = HttpLog {
        request_headers: Some(&[b"a {b}|\"c\"#\x01\xe9"]),
        response_headers: Some(&[b"v{1}"]),
        ..answered()
    };
    let line = text(|out| clf_line(out, &log, &mut utc()));
    assert!(
        line.ends_with(" 0 0 0 \"\" \"\" \"a #7Bb#7D#7C#22c#22#23#01#E9\" \"v#7B1#7D\""),
        "{line}"
    );
    let log = HttpLog {
        request_headers: Some(&[b""]),
        ..bad()
    };
    let line = text(|out| clf_line(out, &log, &mut utc()));
    assert!(
        line.ends_with("\"fe\" \"fe\" \"<NOSRV>\" -1 -1 -1 -1 0 PR-- 1 1 0 0 0 0 0 \"\" \"\" \"\" "),
        "{line}"
    );
    let log = HttpLog {
        early: true,
        request_cookie: Some(b"C=1"),
        response_cookie: Some(b"C=zz"),
        response_headers: Some(&[b"v{1}"]),
        ..answered()
    };
    let line = text(|out| clf_line(out, &log, &mut utc()));
    assert!(line.contains(" 200 +73 "), "{line}");
    assert!(
        line.ends_with(" 0 0 0 5 +5 ---- 1 1 0 0 0 0 0 \"C=1\" \"C=zz\" \"v#7B1#7D\""),
        "{line}"
    );
}

#[test]
fn tcp_lines_have_every_field() {
    let log = TcpLog {
        received: 0,
        handshake_time: 0,
        client: peer("127.0.0.1:37802"),
        accepted_ms: REQUEST_MS,
        frontend: b"fe",
        tls: false,
        backend: b"be",
        server: ServerName::Name(b"srv"),
        queue_time: 1,
        connect_time: 0,
        total_time: 505,
        early: false,
        bytes: 70,
        termination: *b"--",
        counts: answered().counts,
    };
    let line = text(|out| tcp_line(out, &log, &mut utc()));
    assert_eq!(
        line,
        "127.0.0.1:37802 [21/Nov/2026:11:01:48.013] fe be/srv 1/0/505 70 -- 1/1/0/0/0 0/0"
    );
    let log = TcpLog {
        early: true,
        total_time: 0,
        bytes: 0,
        ..log
    };
    let line = text(|out| tcp_line(out, &log, &mut utc()));
    assert!(line.contains(" be/srv 1/0/+0 +0 -- "), "{line}");
}

#[test]
fn connections_without_a_format_are_told_of_in_a_sentence() {
    let line = |client, local, mode| text(|out| connect_line(out, client, local, b"fe", mode));
    assert_eq!(
        line(peer("127.0.0.1:60276"), peer("127.0.0.1:38683"), Mode::Tcp),
        "Connect from 127.0.0.1:60276 to 127.0.0.1:38683 (fe/TCP)"
    );
    assert_eq!(
        line(peer("[::1]:99"), peer("[2001:db8::1]:100"), Mode::Http),
        "Connect from ::1:99 to 2001:db8::1:100 (fe/HTTP)"
    );
    assert_eq!(
        line(Peer::Unix(3), Peer::Unix(3), Mode::Http),
        "Connect to unix:3 (fe/HTTP)"
    );
}

#[test]
fn failed_connections_name_their_listener() {
    let mut log = ConnectionError {
        client: peer("127.0.0.1:40816"),
        accepted_ms: REQUEST_MS,
        frontend: b"fe",
        bind: None,
        bind_id: 1,
        message: connection_failure::TLS,
    };
    let line = |log: &ConnectionError<'_>| text(|out| connection_error_line(out, log, &mut utc()));
    assert_eq!(
        line(&log),
        "127.0.0.1:40816 [21/Nov/2026:11:01:48.013] fe/1: SSL handshake failure"
    );
    log.bind = Some(b"pxy");
    log.message = connection_failure::PROXY_CLOSED;
    assert_eq!(
        line(&log),
        "127.0.0.1:40816 [21/Nov/2026:11:01:48.013] fe/pxy: Connection closed while waiting for PROXY protocol header"
    );
}

fn target(format: LogFormat) -> LogTarget {
    LogTarget {
        transport: LogTransport::Stdout,
        format,
        facility: 16,
        max_level: LogLevel::Debug,
        min_level: LogLevel::Emerg,
        max_len: 1024,
        sample: None,
        profile: None,
        written: "stdout".into(),
        id: 1,
    }
}

fn sent(target: &LogTarget, level: LogLevel, hostname: Option<&[u8]>, line: &[u8]) -> String {
    let origin = Origin {
        structured: None,
        hostname,
        tag: b"haproxy",
        pid: 5022,
    };
    let mut out = Vec::new();
    let now = REQUEST_MS * 1000 + 207;
    let shape = Shape {
        format: target.format,
        max_len: target.max_len,
    };
    syslog::message(&mut out, target, shape, level, &origin, now, &mut utc(), line);
    String::from_utf8(out).expect("a message is ASCII")
}

#[test]
fn each_format_has_its_header() {
    let all = [
        (LogFormat::Unset, "<134>Nov 21 11:01:48 haproxy[5022]: x"),
        (
            LogFormat::Rfc3164,
            "<134>Nov 21 11:01:48 localhost haproxy[5022]: x",
        ),
        (LogFormat::Local, "<134>Nov 21 11:01:48 haproxy[5022]: x"),
        (
            LogFormat::Rfc5424,
            "<134>1 2026-11-21T11:01:48.013207+00:00 - haproxy 5022 - - x",
        ),
        (LogFormat::Priority, "<134>x"),
        (LogFormat::Short, "<6>x"),
        (LogFormat::Timed, "<6>2026-11-21T11:01:48.013207+00:00 x"),
        (LogFormat::Iso, "2026-11-21T11:01:48.013207+00:00 x"),
        (LogFormat::Raw, "x"),
    ];
    for (format, expected) in all {
        assert_eq!(sent(&target(format), LogLevel::Info, None, b"x"), expected);
    }
    let with_host = |format| sent(&target(format), LogLevel::Info, Some(b"foo"), b"x");
    for format in [LogFormat::Unset, LogFormat::Rfc3164] {
        assert_eq!(with_host(format), "<134>Nov 21 11:01:48 foo haproxy[5022]: x");
    }
    assert_eq!(
        with_host(LogFormat::Local),
        "<134>Nov 21 11:01:48 haproxy[5022]: x"
    );
    assert_eq!(
        with_host(LogFormat::Rfc5424),
        "<134>1 2026-11-21T11:01:48.013207+00:00 foo haproxy 5022 - - x"
    );
}

#[test]
fn levels_are_held_down() {
    let mut target = target(LogFormat::Priority);
    target.min_level = LogLevel::Crit;
    assert_eq!(sent(&target, LogLevel::Info, None, b"x"), "<134>x");
    assert_eq!(sent(&target, LogLevel::Emerg, None, b"x"), "<130>x");
}

#[test]
fn long_messages_are_cut() {
    let mut target = target(LogFormat::Raw);
    target.max_len = 80;
    let message = sent(&target, LogLevel::Info, None, &[b'x'; 200]);
    assert_eq!(message, "x".repeat(80));
}

#[test]
fn dates_follow_the_local_zone() {
    let mut dates = DateText::new(Box::new(|second| {
        LocalTime::new(if second < 1_000_000_800 { 3600 } else { -12_600 }, "X")
    }));
    let mut line = Vec::new();
    dates.write_clf(&mut line, 1_000_000_799);
    line.push(b' ');
    dates.write_clf(&mut line, 1_000_000_800);
    line.push(b' ');
    dates.write_rfc3164(&mut line, 1_000_000_800);
    line.push(b' ');
    dates.write_iso(&mut line, 1_000_000_800_000_042);
    assert_eq!(
        String::from_utf8(line).expect("ASCII"),
        "09/Sep/2001:02:59:59 +0100 08/Sep/2001:22:30:00 -0330 Sep  8 22:30:00 2001-09-08T22:30:00.000042-03:30"
    );
}
