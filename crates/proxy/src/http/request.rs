//! Reading a request's head.

use std::future::poll_fn;
use std::task::Poll;

use proxy_core::http1::{
    HeadError, RequestRef, is_target, leading_empty_lines, lower_version, message_traits, parse_request,
    request_framing, unfold,
};

use super::body::Body;
use super::txn::Txn;
use crate::session::Session;
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
    /// What came is no request, or its head fits no buffer.
    Malformed,
}

/// Reads a head into `txn`. What is there already (behind the last request) counts as just received.
pub(super) async fn read_request(session: &mut Session, txn: &mut Txn) -> Result<(), NoRequest> {
    let thread = std::rc::Rc::clone(&session.thread);
    let tune = &thread.config().global.tune;
    let max_headers = super::most_headers(tune);
    // A head may not use the room that edits need.
    let max_head = tune.bufsize.saturating_sub(tune.maxrewrite);
    let buffer = session.pending.take().unwrap_or_else(|| thread.buffers.take());
    if !buffer.is_empty() {
        txn.stream.log.started_ms = thread.now_ms();
    }
    let mut parsed = !buffer.is_empty();
    txn.req = Some(buffer);
    let timeouts = &session.frontend().timeouts;
    let timeout = timeouts.http_request.or(timeouts.client);
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
                if !buffer.is_empty() {
                    match parse_request(buffer.data(), &mut txn.req_head, max_headers) {
                        Ok(true) => {
                            let fits = RequestRef {
                                buf: buffer.data(),
                                head: &txn.req_head,
                            }
                            .fits(max_head);
                            return Poll::Ready(if fits { Ok(()) } else { Err(NoRequest::Malformed) });
                        }
                        Ok(false) => {}
                        Err(HeadError::Version) if lower_version(buffer.data_mut()) => continue,
                        Err(_) if unfold(buffer.data_mut()) => continue,
                        Err(_) => return Poll::Ready(Err(NoRequest::Malformed)),
                    }
                }
            }
            if buffer.room().is_empty() {
                buffer.compact();
                if buffer.room().is_empty() {
                    return Poll::Ready(Err(NoRequest::Malformed));
                }
            }
            match session.io.poll_read(cx, buffer.room()) {
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
    keep_line(session, txn);
    understand(txn).inspect_err(|_| {
        // A request that means nothing was never there, in the original's times.
        txn.stream.log.request_ms = 0;
    })
}

/// Settles what the head at hand asks for and how its body ends.
fn understand(txn: &mut Txn) -> Result<(), NoRequest> {
    txn.req_traits = message_traits(txn.request().headers()).map_err(|_| NoRequest::Malformed)?;
    if txn.req_traits.coding && !txn.req_traits.chunked {
        // Nobody could tell where its body ends.
        return Err(NoRequest::Malformed);
    }
    let request = txn.request();
    if !is_target(
        request.method(),
        request.uri(),
        request.headers().get(b"host").next(),
    ) {
        return Err(NoRequest::Malformed);
    }
    txn.progress.req_body = Body::new(request_framing(&txn.req_traits));
    txn.stream.log.received = u64::from(txn.request().counted_size());
    take_body(txn)?;
    Ok(())
}

/// Takes what came of the body with the head.
fn take_body(txn: &mut Txn) -> Result<(), NoRequest> {
    let head = txn.req_head.len as usize;
    let Some(buffer) = &mut txn.req else { return Ok(()) };
    let taken = txn
        .progress
        .req_body
        .take(buffer, head)
        .map_err(|_| NoRequest::Malformed)?;
    txn.progress.req_ready = taken.ready;
    txn.stream.log.received += taken.payload;
    Ok(())
}

/// Keeps the request line for the log, if there will be one.
fn keep_line(session: &Session, txn: &mut Txn) {
    if session.frontend().logs.is_empty() {
        return;
    }
    let limit = session.thread.config().global.tune.http_logurilen as usize;
    let mut line = std::mem::take(&mut txn.stream.log.line);
    line.clear();
    let request = txn.request();
    let data = request.buf;
    let end = memchr::memchr2(b'\r', b'\n', data).unwrap_or(data.len());
    line.extend_from_slice(&data[..end.min(limit)]);
    txn.stream.log.line = line;
}
