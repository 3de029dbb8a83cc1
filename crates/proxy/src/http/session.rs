//! The life of a client's connection that speaks HTTP/1.

use std::future::poll_fn;
use std::task::Poll;

use super::transaction::{self, Next};
use crate::session::Session;
use crate::upstream::deadline;

/// How long a client that was told of the end may go on sending before its connection is cut, ms: so long its unread bytes
/// must not make the system discard what it was told.
const LINGER_MS: u64 = 1000;

/// Why the wait for a request ended.
enum Woken {
    /// Bytes are there, or the client's end is.
    Readable,
    /// Nothing came in time.
    Expired,
}

/// Serves the connection to its end.
///
/// Not an `async fn`: that would hold the session twice, as its argument and as its variable, for as long as the connection
/// lives.
#[allow(clippy::manual_async_fn, reason = "half the size: see above")]
pub(crate) fn serve(mut session: Session) -> impl Future<Output = ()> {
    async move {
        crate::stream_log::write_accepted(&session);
        while let Some(next) = next_request(&mut session).await {
            match next {
                Next::KeepAlive => {}
                // What is not taken yet would be lost with the reset.
                Next::Close if session.frontend().options.nolinger => return linger(&mut session).await,
                Next::Close => return,
                Next::Linger => return Box::pin(linger(&mut session)).await,
                Next::Http2 => return Box::pin(crate::http2::serve(session)).await,
            }
        }
    }
}

/// Serves a stream of a connection of HTTP/2, whose head stands in `session.pending`: it has one request.
pub(crate) async fn serve_stream(mut session: Session) {
    // What becomes of the connection is not for its streams to say.
    let _: Option<Next> = next_request(&mut session).await;
}

/// Waits for a request and serves it; none when there is no more.
async fn next_request(session: &mut Session) -> Option<Next> {
    if session.pending.is_none() && matches!(wait(session).await, Woken::Expired) {
        if session.client.requests == 0 {
            Box::pin(transaction::no_request(session)).await;
        }
        return None;
    }
    let mut txn = session.thread.take_transaction();
    // Apart from the connection's task, which lives as long as the connection: an idle one does not hold what a request needs.
    let next = Box::pin(transaction::run(session, &mut txn)).await;
    session.thread.give_transaction(txn);
    session.timer.end_stream();
    session.client.requests = session.client.requests.saturating_add(1);
    if next == Next::KeepAlive {
        // The times of the next request count from here, and its connection is none that was just taken.
        session.client.accepted_ms = session.thread.now_ms();
        session.client.handshake_ms = 0;
    }
    Some(next)
}

/// Waits for bytes of a request. No buffer is held meanwhile.
async fn wait(session: &mut Session) -> Woken {
    let timeouts = &session.frontend().timeouts;
    let for_request = timeouts.http_request.or(timeouts.client);
    let (since, timeout) = if session.client.requests == 0 {
        (session.client.accepted_ms, for_request)
    } else {
        (session.thread.now_ms(), timeouts.http_keep_alive.or(for_request))
    };
    let in_time = deadline(since, timeout);
    session.timer.set(in_time);
    poll_fn(|cx| {
        // An error shows again when it is read.
        if session.io.poll_readable(cx).is_ready() {
            return Poll::Ready(Woken::Readable);
        }
        if session.client.requests > 0
            && session.thread.shared.is_stopping()
            && !session.frontend().options.idle_close_on_response
            && let Some(end) = session.closes_idle_at()
        {
            session.timer.set(end.min(in_time));
        }
        session
            .timer
            .poll_expired(cx, session.timer.now_ms())
            .map(|()| Woken::Expired)
    })
    .await
}

/// Ends our direction and reads the client's to its end, for a short while.
async fn linger(session: &mut Session) {
    session.count_down();
    let mut sink = session.thread.buffers.take();
    session.timer.set(session.thread.now_ms() + LINGER_MS);
    let mut told = false;
    poll_fn(|cx| {
        if !told {
            match session.io.poll_shutdown(cx) {
                Poll::Ready(Ok(())) => told = true,
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => {}
            }
        }
        while let Poll::Ready(read) = session.io.poll_read(cx, sink.room()) {
            match read {
                Ok(0) | Err(_) => return Poll::Ready(()),
                Ok(_) => {}
            }
        }
        session.timer.poll_expired(cx, session.timer.now_ms())
    })
    .await;
    session.thread.buffers.give(sink);
}
