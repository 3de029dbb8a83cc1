//! The lines themselves, without a header and without an end of line.

use std::io::Write as _;
use std::net::IpAddr;

use haproxy_cfg::model::Mode;

use crate::sample::Tls;

use super::{ConnectionError, DateText, HttpLog, LogCounts, Peer, ServerName, TcpLog};

/// What is escaped in captured headers besides what cannot be printed.
const CAPTURE_ESCAPES: &[u8] = b"\"{|}";

/// `option httplog`.
pub fn http_line(out: &mut Vec<u8>, log: &HttpLog<'_>, dates: &mut DateText) {
    peer(out, log.client);
    out.extend_from_slice(b" [");
    dates.write_accept(out, log.request_ms);
    out.extend_from_slice(b"] ");
    names(out, log.frontend, log.tls, log.backend, log.server);
    out.push(b' ');
    for time in [
        log.request_time,
        log.queue_time,
        log.connect_time,
        log.response_time,
    ] {
        number(out, time.into());
        out.push(b'/');
    }
    early(out, log.early);
    number(out, log.active_time.into());
    out.push(b' ');
    number(out, log.status.into());
    out.push(b' ');
    early(out, log.early);
    unsigned(out, log.bytes);
    for cookie in [log.request_cookie, log.response_cookie] {
        out.push(b' ');
        escaped(out, cookie.unwrap_or(b"-"), b"");
    }
    out.push(b' ');
    out.extend_from_slice(&log.termination);
    out.push(b' ');
    counts(out, &log.counts);
    for values in [log.request_headers, log.response_headers].into_iter().flatten() {
        out.push(b' ');
        captures(out, values);
    }
    out.extend_from_slice(b" \"");
    escaped(out, log.request_line.unwrap_or(b"<BADREQ>"), b"\"");
    out.push(b'"');
}

/// `option httplog clf`.
pub fn clf_line(out: &mut Vec<u8>, log: &HttpLog<'_>, dates: &mut DateText) {
    host(out, log.client);
    out.extend_from_slice(b" - - [");
    dates.write_clf(out, log.request_ms / 1000);
    out.extend_from_slice(b"] \"");
    escaped(out, log.request_line.unwrap_or(b"<BADREQ>"), b"\"");
    out.extend_from_slice(b"\" ");
    number(out, log.status.into());
    out.push(b' ');
    early(out, log.early);
    unsigned(out, log.bytes);
    out.extend_from_slice(b" \"\" \"\" ");
    port(out, log.client);
    out.push(b' ');
    milliseconds(out, log.request_ms);
    quoted_names(out, log.frontend, log.tls, log.backend, log.server);
    for time in [
        log.request_time,
        log.queue_time,
        log.connect_time,
        log.response_time,
    ] {
        out.push(b' ');
        number(out, time.into());
    }
    out.push(b' ');
    early(out, log.early);
    number(out, log.active_time.into());
    out.push(b' ');
    out.extend_from_slice(&log.termination);
    clf_counts(out, &log.counts);
    for cookie in [log.request_cookie, log.response_cookie] {
        quoted(out, cookie.unwrap_or_default());
        out.push(b' ');
    }
    let request = log.request_headers.unwrap_or_default();
    let response = log.response_headers.unwrap_or_default();
    for value in request {
        quoted(out, value);
        out.push(b' ');
    }
    for value in response {
        quoted(out, value);
        out.push(b' ');
    }
    if !response.is_empty() {
        out.pop();
    }
}

/// Who took part, each name in quotes of its own.
fn quoted_names(out: &mut Vec<u8>, frontend: &[u8], tls: bool, backend: &[u8], name: ServerName<'_>) {
    out.extend_from_slice(b" \"");
    escaped(out, frontend, b"\"");
    if tls {
        out.push(b'~');
    }
    out.extend_from_slice(b"\" \"");
    escaped(out, backend, b"\"");
    out.extend_from_slice(b"\" \"");
    server(out, name);
    out.push(b'"');
}

/// Connections, retries and queues, with a blank around each.
fn clf_counts(out: &mut Vec<u8>, c: &LogCounts) {
    for count in [c.process, c.frontend, c.backend, c.server] {
        out.push(b' ');
        unsigned(out, count.into());
    }
    out.push(b' ');
    early(out, c.redispatched);
    for count in [c.retries, c.server_queue, c.backend_queue] {
        unsigned(out, count.into());
        out.push(b' ');
    }
}

/// The three digits behind a time's seconds.
fn milliseconds(out: &mut Vec<u8>, epoch_ms: u64) {
    let ms = epoch_ms % 1000;
    out.extend_from_slice(&[
        b'0' + (ms / 100) as u8,
        b'0' + (ms / 10 % 10) as u8,
        b'0' + (ms % 10) as u8,
    ]);
}

/// A captured text in quotes.
fn quoted(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    escaped(out, text, CAPTURE_ESCAPES);
    out.push(b'"');
}

/// `option tcplog`.
pub fn tcp_line(out: &mut Vec<u8>, log: &TcpLog<'_>, dates: &mut DateText) {
    peer(out, log.client);
    out.extend_from_slice(b" [");
    dates.write_accept(out, log.accepted_ms);
    out.extend_from_slice(b"] ");
    names(out, log.frontend, log.tls, log.backend, log.server);
    out.push(b' ');
    number(out, log.queue_time.into());
    out.push(b'/');
    number(out, log.connect_time.into());
    out.push(b'/');
    early(out, log.early);
    number(out, log.total_time.into());
    out.push(b' ');
    early(out, log.early);
    unsigned(out, log.bytes);
    out.push(b' ');
    out.extend_from_slice(&log.termination);
    out.push(b' ');
    counts(out, &log.counts);
}

/// `option tcplog clf`: the fields of the CLF line of requests, with what stands in for those that only requests have.
pub fn tcp_clf_line(out: &mut Vec<u8>, log: &TcpLog<'_>, dates: &mut DateText) {
    host(out, log.client);
    out.extend_from_slice(b" - - [");
    dates.write_clf_utc(out, log.accepted_ms / 1000);
    out.extend_from_slice(b"] \"TCP \" 000 ");
    early(out, log.early);
    unsigned(out, log.bytes);
    out.extend_from_slice(b" \"\" \"\" ");
    port(out, log.client);
    out.push(b' ');
    milliseconds(out, log.accepted_ms);
    quoted_names(out, log.frontend, log.tls, log.backend, log.server);
    out.push(b' ');
    unsigned(out, log.handshake_time);
    out.push(b' ');
    number(out, log.queue_time.into());
    out.push(b' ');
    number(out, log.connect_time.into());
    out.push(b' ');
    early(out, log.early);
    number(out, log.total_time.into());
    out.push(b' ');
    unsigned(out, log.received);
    out.push(b' ');
    out.extend_from_slice(&log.termination);
    out.extend_from_slice(b"--");
    clf_counts(out, &log.counts);
    out.extend_from_slice(b"\"\" \"\" ");
}

/// What `option httpslog` has behind the line of `option httplog`: errors of the connection, of TLS, of the client's certificate
/// and its issuer, whether an earlier session went on, the server that was asked for, version and cipher.
pub fn tls_tail(out: &mut Vec<u8>, tls: Option<&Tls<'_>>) {
    let Some(tls) = tls else {
        return out.extend_from_slice(b" 0/-/-/-/0 -/-/-");
    };
    // A session that came to its log line had no errors.
    out.extend_from_slice(b" 0/0000000000000000/0/0/");
    out.push(b'0' + u8::from(tls.resumed));
    out.push(b' ');
    match tls.server_name {
        Some(name) => escaped(out, name, b""),
        None => out.push(b'-'),
    }
    for text in [tls.version, tls.cipher] {
        out.push(b'/');
        out.extend_from_slice(text.as_bytes());
    }
}

/// The line of a session whose proxy asks for no other. A client on a unix socket is not named.
pub fn connect_line(out: &mut Vec<u8>, client: Peer, local: Peer, frontend: &[u8], mode: Mode) {
    out.extend_from_slice(b"Connect ");
    if matches!(client, Peer::Inet(_)) {
        out.extend_from_slice(b"from ");
        peer(out, client);
        out.push(b' ');
    }
    out.extend_from_slice(b"to ");
    peer(out, local);
    out.extend_from_slice(b" (");
    out.extend_from_slice(frontend);
    out.extend_from_slice(if mode == Mode::Http { b"/HTTP)" } else { b"/TCP)" });
}

/// The line of a connection that failed before there was a session.
pub fn connection_error_line(out: &mut Vec<u8>, log: &ConnectionError<'_>, dates: &mut DateText) {
    peer(out, log.client);
    out.extend_from_slice(b" [");
    dates.write_accept(out, log.accepted_ms);
    out.extend_from_slice(b"] ");
    out.extend_from_slice(log.frontend);
    out.push(b'/');
    match log.bind {
        Some(name) => out.extend_from_slice(name),
        None => unsigned(out, log.bind_id.into()),
    }
    out.extend_from_slice(b": ");
    out.extend_from_slice(log.message);
}

fn peer(out: &mut Vec<u8>, peer: Peer) {
    host(out, peer);
    out.push(b':');
    port(out, peer);
}

fn host(out: &mut Vec<u8>, peer: Peer) {
    match peer {
        Peer::Inet(address) => write_address(out, address.ip()),
        Peer::Unix(_) => out.extend_from_slice(b"unix"),
    }
}

fn port(out: &mut Vec<u8>, peer: Peer) {
    match peer {
        Peer::Inet(address) => unsigned(out, address.port().into()),
        Peer::Unix(id) => unsigned(out, id.into()),
    }
}

fn write_address(out: &mut Vec<u8>, address: IpAddr) {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            for (at, part) in [a, b, c, d].into_iter().enumerate() {
                if at > 0 {
                    out.push(b'.');
                }
                unsigned(out, part.into());
            }
        }
        IpAddr::V6(v6) => {
            // Writing to a vector does not fail.
            let _infallible = write!(out, "{v6}");
        }
    }
}

fn names(out: &mut Vec<u8>, frontend: &[u8], tls: bool, backend: &[u8], name: ServerName<'_>) {
    out.extend_from_slice(frontend);
    if tls {
        out.push(b'~');
    }
    out.push(b' ');
    out.extend_from_slice(backend);
    out.push(b'/');
    server(out, name);
}

fn server(out: &mut Vec<u8>, name: ServerName<'_>) {
    out.extend_from_slice(match name {
        ServerName::Name(name) => name,
        ServerName::NoServer => b"<NOSRV>",
        ServerName::Stats => b"<STATS>",
        ServerName::Metrics => b"<PROMEX>",
        ServerName::Cache => b"<CACHE>",
    });
}

fn counts(out: &mut Vec<u8>, counts: &LogCounts) {
    for count in [counts.process, counts.frontend, counts.backend, counts.server] {
        unsigned(out, count.into());
        out.push(b'/');
    }
    early(out, counts.redispatched);
    unsigned(out, counts.retries.into());
    out.push(b' ');
    unsigned(out, counts.server_queue.into());
    out.push(b'/');
    unsigned(out, counts.backend_queue.into());
}

/// Appends a captured value, what stands between values escaped.
pub fn escape_capture(out: &mut Vec<u8>, value: &[u8]) {
    escaped(out, value, CAPTURE_ESCAPES);
}

fn captures(out: &mut Vec<u8>, values: &[&[u8]]) {
    out.push(b'{');
    for (at, value) in values.iter().enumerate() {
        if at > 0 {
            out.push(b'|');
        }
        escaped(out, value, CAPTURE_ESCAPES);
    }
    out.push(b'}');
}

fn early(out: &mut Vec<u8>, is_early: bool) {
    if is_early {
        out.push(b'+');
    }
}

/// Bytes that cannot be printed, `#`, and those of `also` become `#XX`.
fn escaped(out: &mut Vec<u8>, text: &[u8], also: &[u8]) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in text {
        if (32..127).contains(&byte) && byte != b'#' && !also.contains(&byte) {
            out.push(byte);
        } else {
            out.extend_from_slice(&[b'#', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
}

fn number(out: &mut Vec<u8>, value: i64) {
    if value < 0 {
        out.push(b'-');
    }
    unsigned(out, value.unsigned_abs());
}

fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b'0' + (value % 10) as u8;
        value /= 10;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}
