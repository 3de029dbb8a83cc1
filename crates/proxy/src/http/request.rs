//! Reading a request's head.

use std::future::poll_fn;
use std::task::Poll;

use haproxy_cfg::model::Config;
use proxy_core::http1::{
    Framing, FramingError, HeadError, HeadProgress, HeadRules, Headers, HeadersMut, RequestRef, Version,
    leading_empty_lines, list_tokens, message_traits, request_framing, settle_hop_headers, settle_target,
};

use super::body::Body;
use super::txn::Txn;
use crate::http2::PREFACE;
use crate::session::Session;
use crate::thread::Thread;
use crate::upstream::deadline;

/// Why there is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoRequest {
    /// The client's end came before the first byte.
    Silent,
    /// The client's end came inside the head.
    Cut,
    /// The connection broke.
    Broken,
    /// The head was not complete in time.
    Expired,
    /// What came is no request, or, before 3.2, its head fits no buffer.
    Malformed,
    /// Its first line fits no buffer.
    TargetTooLong,
    /// Its head fits no buffer.
    HeadTooLarge,
    /// It has a body that nobody in its version expects of its method.
    UnexpectedBody,
    /// It has a transfer coding that nobody here knows.
    UnknownCoding,
    /// It is the beginning of a connection of HTTP/2.
    Http2,
}

/// Reads a head into `txn`. What is there already (behind the last request) counts as just received.
pub(super) async fn read_request(session: &mut Session, txn: &mut Txn) -> Result<(), NoRequest> {
    let thread = std::rc::Rc::clone(&session.thread);
    let tune = &thread.config().global.tune;
    // A head may not use the room that edits need.
    let max_head = tune.bufsize.saturating_sub(tune.maxrewrite);
    let rules = HeadRules {
        max_headers: super::most_headers(tune),
        max_trailers: max_head,
        unsafe_violations: session.frontend().options.accept_unsafe_request,
        plain_extensions: thread.config().dialect.does_as(3, 4),
    };
    let buffer = session.pending.take().unwrap_or_else(|| thread.buffers.take());
    if !buffer.is_empty() {
        txn.stream.log.started_ms = thread.now_ms();
    }
    let mut parsed = !buffer.is_empty();
    txn.req = Some(buffer);
    let timeouts = &session.frontend().timeouts;
    let timeout = timeouts.http_request.or(timeouts.client);
    let mut head = HeadProgress::default();
    poll_fn(|cx| {
        loop {
            let Some(buffer) = &mut txn.req else {
                return Poll::Ready(Err(NoRequest::Broken));
            };
            if parsed {
                if session.client.requests > 0 || txn.stream.log.started_ms > 0 {
                    let skip = leading_empty_lines(buffer.data());
                    buffer.consume(skip);
                }
                let is_preface = session.client.requests == 0 && begins_http2(session, buffer.data());
                if is_preface && buffer.len() >= PREFACE.len() {
                    return Poll::Ready(Err(NoRequest::Http2));
                }
                // Of a preface the rest is waited for.
                if !is_preface && !buffer.is_empty() {
                    match head.request(buffer.data(), &mut txn.req_head, &rules) {
                        Ok(true) => {
                            let fits = RequestRef {
                                buf: buffer.data(),
                                head: &txn.req_head,
                            }
                            .fits(max_head);
                            return Poll::Ready(if fits {
                                Ok(())
                            } else {
                                Err(too_large(&thread, true))
                            });
                        }
                        Ok(false) => {}
                        Err(HeadError::Folded) if head.unfold(buffer.data_mut()) => continue,
                        Err(_) => return Poll::Ready(Err(NoRequest::Malformed)),
                    }
                }
            }
            if buffer.room().is_empty() {
                buffer.compact();
                if buffer.room().is_empty() {
                    let has_line = buffer.data().contains(&b'\n');
                    return Poll::Ready(Err(too_large(&thread, has_line)));
                }
            }
            match session.io.poll_recv(cx, buffer.room()) {
                Poll::Ready(Ok(0)) if buffer.is_empty() => return Poll::Ready(Err(NoRequest::Silent)),
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(NoRequest::Cut)),
                Poll::Ready(Ok(n)) => {
                    buffer.filled(n);
                    parsed = true;
                    if txn.stream.log.started_ms == 0 {
                        txn.stream.log.started_ms = session.timer.now_ms();
                    }
                }
                Poll::Ready(Err(_)) if buffer.is_empty() => return Poll::Ready(Err(NoRequest::Silent)),
                Poll::Ready(Err(_)) => return Poll::Ready(Err(NoRequest::Broken)),
                Poll::Pending => {
                    // From the first byte on, or from the accept: a client that sends a byte now and then gains nothing.
                    let since = if session.client.requests == 0 {
                        session.client.accepted_ms
                    } else {
                        txn.stream.log.started_ms
                    };
                    let since = if since == 0 { session.timer.now_ms() } else { since };
                    session.timer.set(deadline(since, timeout));
                    return session
                        .timer
                        .poll_expired(cx, session.timer.now_ms())
                        .map(|()| Err(NoRequest::Expired));
                }
            }
        }
    })
    .await?;
    txn.stream.log.request_ms = thread.now_ms();
    if session.client.http2.is_some() {
        txn.req_head.version = Version::Http2;
    }
    understand(txn, &rules, thread.config()).inspect_err(|_| {
        // A request that means nothing was never there, in the original's times.
        txn.stream.log.request_ms = 0;
    })?;
    keep_line(session, txn);
    Ok(())
}

/// Takes out headers whose names are none (RFC 9110, section 5.1): they are let in where violations are, and go no further.
pub(super) fn drop_odd_names(headers: &mut HeadersMut<'_>) {
    headers.retain(|name, _| {
        name.iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
    });
}

/// Whether the target has one of the forms that a request of its method may have (RFC 9112, section 3.2); that of CONNECT is
/// looked at elsewhere.
fn has_form(request: RequestRef<'_>) -> bool {
    let uri = request.uri();
    match (request.method(), uri.first()) {
        (b"CONNECT", Some(b'/' | b'*')) => false,
        (b"CONNECT", _) => memchr::memmem::find(uri, b"://").is_none(),
        (_, Some(b'/')) => true,
        (method, Some(b'*')) => method == b"OPTIONS" && uri == b"*",
        _ => {
            let scheme = memchr::memmem::find(uri, b"://").unwrap_or(0);
            let authority = uri.get(scheme + 3..).unwrap_or_default();
            scheme > 0
                && uri[0].is_ascii_alphabetic()
                && uri[..scheme]
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(byte))
                && !matches!(authority.first(), None | Some(b'/' | b'?' | b'#'))
        }
    }
}

/// A head that fits no buffer, of which the first line does or not.
fn too_large(thread: &Thread, has_line: bool) -> NoRequest {
    match (thread.config().dialect.does_as(3, 2), has_line) {
        (false, _) => NoRequest::Malformed,
        (true, false) => NoRequest::TargetTooLong,
        (true, true) => NoRequest::HeadTooLarge,
    }
}

/// Settles what the head at hand asks for and how its body ends.
fn understand(txn: &mut Txn, rules: &HeadRules, config: &Config) -> Result<(), NoRequest> {
    let any_payload = config.global.any_payload;
    txn.req_traits = message_traits(txn.request().headers()).map_err(|error| match error {
        FramingError::Coding => NoRequest::UnknownCoding,
        FramingError::ContentLength | FramingError::TransferEncoding => NoRequest::Malformed,
    })?;
    let traits = &txn.req_traits;
    if traits.coding && !traits.chunked || traits.empty_coding && !rules.unsafe_violations {
        // Nobody could tell where its body ends, or somebody would tell otherwise.
        return Err(NoRequest::Malformed);
    }
    let is_strict = config.dialect.does_as(3, 0);
    let doubtful = traits.loose_coding || traits.empty_coding && traits.chunked;
    if is_strict && (doubtful || !has_form(txn.request())) {
        return Err(NoRequest::Malformed);
    }
    if traits.host_in_doubt {
        return Err(NoRequest::Malformed);
    }
    let (has_hop_headers, has_upgrade) = (traits.has_hop_headers, traits.upgrade);
    let request = txn.request();
    // Behind CONNECT stands what goes through the tunnel, whatever the headers say.
    let framing = match request.method() {
        b"CONNECT" => Framing::Length(0),
        _ => request_framing(traits),
    };
    if !any_payload
        && request.version() == Version::Http10
        && framing != Framing::Length(0)
        && matches!(request.method(), b"GET" | b"HEAD" | b"DELETE")
    {
        return Err(NoRequest::UnexpectedBody);
    }
    // The beginning of a connection in HTTP/2 is no request (RFC 9113, section 3.4).
    if request.method() == b"PRI" && request.uri() == b"*" {
        return Err(NoRequest::Malformed);
    }
    if rules.unsafe_violations && config.dialect.does_as(3, 4) {
        drop_odd_names(&mut txn.edit_request(usize::MAX));
    }
    if let Some(buffer) = &mut txn.req {
        if has_hop_headers {
            settle_hop_headers(buffer.data(), &mut txn.req_head);
        }
        settle_target(buffer.data_mut(), &mut txn.req_head, rules.unsafe_violations)
            .map_err(|_| NoRequest::Malformed)?;
    }
    if txn.req_traits.upgrade {
        settle_upgrade(txn, framing)?;
    }
    txn.progress.req_body = Body::new(framing, rules);
    let request = txn.request();
    // What was settled above may have changed headers.
    if request.version() == Version::Http2 && txn.req_traits.chunked {
        // Only HTTP/1 has it, and only the exchange with servers is to see it.
        txn.edit_request(usize::MAX).remove(b"transfer-encoding");
    }
    let request = txn.request();
    let is_plain = !has_hop_headers && !has_upgrade && request.uri().first() == Some(&b'/');
    let counted = if is_plain {
        request.size_with(txn.req_traits.counted)
    } else {
        request.counted_size()
    };
    txn.stream.log.received = u64::from(counted);
    take_body(txn)?;
    Ok(())
}

/// A client wants to go on in another protocol. With a body in front of that it does not: who reads it in HTTP and who reads it
/// otherwise would see different things. And for WebSocket there must be a key (RFC 6455, section 4.2.1).
fn settle_upgrade(txn: &mut Txn, framing: Framing) -> Result<(), NoRequest> {
    if framing != Framing::Length(0) {
        txn.edit_request(usize::MAX).remove(b"upgrade");
        txn.req_traits.upgrade = false;
        return Ok(());
    }
    let headers = txn.request().headers();
    let has_key = headers.get(b"sec-websocket-key").any(|value| !value.is_empty());
    if names_websocket(headers) && !has_key {
        return Err(NoRequest::Malformed);
    }
    Ok(())
}

/// Whether `Upgrade` names WebSocket.
pub(super) fn names_websocket(headers: Headers<'_>) -> bool {
    headers
        .get(b"upgrade")
        .flat_map(list_tokens)
        .any(|token| token.eq_ignore_ascii_case(b"websocket"))
}

/// Takes what came of the body with the head.
fn take_body(txn: &mut Txn) -> Result<(), NoRequest> {
    let head = txn.req_head.len as usize;
    let Some(buffer) = &mut txn.req else { return Ok(()) };
    let taken = txn
        .progress
        .req_body
        .take(buffer, head, None)
        .map_err(|_| NoRequest::Malformed)?;
    txn.progress.req_ready = taken.ready;
    txn.stream.log.received += taken.payload;
    Ok(())
}

/// Keeps the request line for the log, and for rules on the response.
fn keep_line(session: &Session, txn: &mut Txn) {
    let limit = session.thread.config().global.tune.http_logurilen as usize;
    let mut line = std::mem::take(&mut txn.stream.log.line);
    line.clear();
    let request = txn.request();
    let (uri, method) = (request.head.uri, request.head.method);
    let uri_end = (uri.start + uri.len) as usize;
    let behind = request.buf.get(uri_end..).unwrap_or_default();
    // Nearly always it is kept as it came.
    if method.start == 0
        && uri.start == method.len + 1
        && request.buf[method.len as usize] == b' '
        && behind.starts_with(b" HTTP/1.1\r")
    {
        line.extend_from_slice(&request.buf[..uri_end + b" HTTP/1.1".len()]);
        return keep(txn, line, limit);
    }
    line.extend_from_slice(request.method());
    line.push(b' ');
    line.extend_from_slice(request.uri());
    line.push(b' ');
    let end = memchr::memchr2(b'\r', b'\n', behind).unwrap_or(behind.len());
    match behind[..end].trim_ascii() {
        // What a request without a version is understood as.
        [] => line.extend_from_slice(b"HTTP/1.0"),
        version => line.extend_from_slice(version),
    }
    keep(txn, line, limit);
}

fn keep(txn: &mut Txn, mut line: Vec<u8>, limit: usize) {
    if txn.req_head.version == Version::Http2 {
        line.truncate(line.len() - b"1.1".len());
        line.extend_from_slice(b"2.0");
    }
    line.truncate(limit);
    txn.stream.log.line = line;
}

/// Whether what a client's connection begins with is the beginning of HTTP/2, or of that, and may be.
fn begins_http2(session: &Session, data: &[u8]) -> bool {
    let there = data.len().min(PREFACE.len());
    // Nearly all begin otherwise.
    data.first() == Some(&b'P')
        && data[..there] == PREFACE[..there]
        && session.client.http2.is_none()
        && !session.frontend().options.disable_h2_upgrade
        && session.bind().http2() != Some(false)
}
