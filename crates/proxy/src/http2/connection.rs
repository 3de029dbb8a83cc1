//! A client's connection of HTTP/2: it takes streams and hands each to a task.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};

use bytes::Bytes;
use h2::ext::Protocol;
use h2::server::{Builder, Connection, SendResponse};
use h2::{Reason, RecvStream};
use haproxy_cfg::model::Millis;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use proxy_core::sample::TcpFacts;
use proxy_core::stream::{Client, Http2};
use proxy_core::table::Data;

use super::stream::StreamIo;
use super::wire::Wire;
use super::{connection_window, head};
use crate::effort;
use crate::io::Io;
use crate::session::Session;
use crate::tls::Secured;
use crate::upstream::deadline;
use crate::wheel::Timer;

/// Bytes of responses that wait for the client's connection, for each stream at most.
const MOST_UNSENT: usize = 128 * 1024;

/// How long a client that was told of the end may take to let go, ms.
const LINGER_MS: u64 = 1000;

/// What a connection's streams have in common.
#[derive(Debug)]
pub(crate) struct Carrier {
    /// The client, without its connection.
    session: Session,
    io: Rc<RefCell<Io>>,
    /// What its TLS handshake agreed on; none in clear.
    pub(super) secured: Option<Secured>,
    /// What samples see of it.
    http2: Rc<Http2>,
    /// What is wrong with what the client sent.
    wrong: Rc<Cell<Option<Reason>>>,
    /// What was odd about it and is counted in stick tables.
    told_glitches: Cell<u32>,
    /// The connection's task, while it waits for the last of its streams.
    idle: RefCell<Option<Waker>>,
}

impl Carrier {
    /// Our address, where there is one.
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.io.borrow().local_address()
    }

    /// The number of the connection's descriptor; -1 for none.
    pub(crate) fn descriptor(&self) -> i32 {
        self.io.borrow().descriptor()
    }

    /// What the system knows of the way to the client.
    pub(crate) fn tcp_facts(&self) -> Option<TcpFacts> {
        self.io.borrow().tcp_facts()
    }

    /// Sets something on the packets to the client.
    pub(crate) fn set_on_packets(&self, field: proxy_core::sample::PacketField, value: u32) {
        self.io.borrow().set_on_packets(field, value);
    }

    /// Makes the close of the connection one that the client does not learn of, as [`Io::vanish`] does, and closes it.
    pub(crate) fn vanish(&self, hops: Option<u8>) {
        let io = &mut *self.io.borrow_mut();
        io.vanish(hops);
        *io = Io::Closed;
    }

    /// Counts what was odd since this was last called in what the connection tracks.
    fn count_glitches(&self) {
        let all = self.http2.glitches.get();
        let more = all.wrapping_sub(self.told_glitches.replace(all));
        let tracked = &self.session.client.tracked;
        if more > 0 && !tracked.is_empty() {
            let now = self.session.thread.tick();
            tracked.count(Data::GlitchCnt, Data::GlitchRate, more.into(), now);
        }
    }

    /// A stream is over.
    pub(super) fn close_stream(&self) {
        let streams = &self.http2.streams;
        streams.set(streams.get().saturating_sub(1));
        if streams.get() == 0
            && let Some(waker) = self.idle.borrow_mut().take()
        {
            waker.wake();
        }
    }
}

/// What happened on a connection.
#[allow(clippy::large_enum_variant, reason = "it is taken apart at once")]
enum Event {
    Request(Request<RecvStream>, SendResponse<Bytes>),
    /// It is over, or broke.
    Over,
    /// It is to end: it was idle for too long, its process stops, or its client is wrong.
    Ending(Reason),
}

/// Serves a connection to its end, whose preface may stand in `session.pending`.
pub(crate) async fn serve(mut session: Session) {
    let thread = Rc::clone(&session.thread);
    let tune = &thread.config().global.tune;
    let h2 = &tune.h2;
    let most_streams = h2.fe_max_concurrent_streams.unwrap_or(h2.max_concurrent_streams);
    let window = h2.fe_initial_window_size.unwrap_or(h2.initial_window_size);
    let threshold = h2.fe_glitches_threshold;
    let timeouts = &session.frontend().timeouts;
    let for_request = timeouts.http_request.or(timeouts.client);
    let for_next = timeouts.http_keep_alive.or(for_request);
    let nice = session.bind().nice;
    session
        .timer
        .set(deadline(session.client.accepted_ms, for_request));
    let pending = session
        .pending
        .take()
        .map(|pending| (Rc::clone(&thread), pending));
    let carrier = Rc::new(Carrier {
        secured: session.io.secured().and_then(crate::tls::TlsIo::remember),
        http2: Rc::new(Http2 {
            streams: Cell::new(0),
            most_streams,
            glitches: Rc::new(Cell::new(0)),
            variables: std::mem::take(&mut session.client.variables),
        }),
        wrong: Rc::new(Cell::new(None)),
        told_glitches: Cell::new(0),
        idle: RefCell::new(None),
        io: Rc::new(RefCell::new(std::mem::replace(&mut session.io, Io::Closed))),
        session,
    });
    let mut builder = Builder::new();
    builder
        .max_concurrent_streams(most_streams)
        .initial_window_size(window)
        .initial_connection_window_size(connection_window(window, h2.fe_rxbuf))
        .max_header_list_size(tune.bufsize)
        .max_send_buffer_size(MOST_UNSENT);
    // What is as it is without a word is not told.
    if h2.max_frame_size > 16_384 {
        builder.max_frame_size(h2.max_frame_size);
    }
    if h2.header_table_size > 4096 {
        builder.header_table_size(h2.header_table_size);
    }
    if !thread.config().global.no_websocket_in_http2 {
        builder.enable_connect_protocol();
    }
    let timer = &carrier.session.timer;
    let wire = Wire::of_client(
        &carrier.io,
        pending,
        &carrier.wrong,
        (&carrier.http2.glitches, threshold),
    );
    let Some(mut connection) = shake_hands(&builder, wire, timer).await else {
        return;
    };
    let most_in_all = match h2.fe_max_total_streams {
        0 => u32::MAX,
        most => most,
    };
    let mut taken = 0_u32;
    loop {
        match next(&mut connection, &carrier, (taken > 0, for_next)).await {
            Event::Request(request, respond) => {
                let form = begin(&carrier, request, respond, taken);
                taken = taken.saturating_add(1);
                if let Some(stream) = form {
                    effort::spawn(&thread, nice, crate::http::serve_stream(stream));
                }
                if taken == most_in_all {
                    connection.graceful_shutdown();
                }
            }
            Event::Over => return,
            Event::Ending(reason) => break connection.abrupt_shutdown(reason),
        }
    }
    // What is left is to say so.
    timer.set(thread.now_ms() + LINGER_MS);
    poll_fn(|cx| match connection.poll_closed(cx) {
        Poll::Ready(_) => Poll::Ready(()),
        Poll::Pending => timer.poll_expired(cx, timer.now_ms()),
    })
    .await;
}

/// Takes the client's preface; none where it is none, or does not come in time.
async fn shake_hands(builder: &Builder, wire: Wire, timer: &Timer) -> Option<Connection<Wire, Bytes>> {
    let mut handshake = builder.handshake(wire);
    poll_fn(|cx| match Pin::new(&mut handshake).poll(cx) {
        Poll::Ready(done) => Poll::Ready(done.ok()),
        Poll::Pending => timer.poll_expired(cx, timer.now_ms()).map(|()| None),
    })
    .await
}

/// Waits for the next stream. `timeouts` says how long, from the end of the last stream on.
async fn next(
    connection: &mut Connection<Wire, Bytes>,
    carrier: &Rc<Carrier>,
    (seen_any, for_next): (bool, Option<Millis>),
) -> Event {
    let shared = std::sync::Arc::clone(&carrier.session.thread.shared);
    let timer = &carrier.session.timer;
    let threshold = carrier
        .session
        .thread
        .config()
        .global
        .tune
        .h2
        .fe_glitches_threshold;
    let mut waits = !seen_any;
    let (mut rests, mut told) = (false, false);
    poll_fn(|cx| {
        loop {
            match connection.poll_accept(cx) {
                Poll::Ready(Some(Ok((request, respond)))) => {
                    return Poll::Ready(Event::Request(request, respond));
                }
                Poll::Ready(Some(Err(_)) | None) => return Poll::Ready(Event::Over),
                Poll::Pending => {}
            }
            carrier.count_glitches();
            if let Some(reason) = carrier.wrong.get() {
                return Poll::Ready(Event::Ending(reason));
            }
            // A client that nears what is too much may go on elsewhere (manual, tune.h2.fe.glitches-threshold).
            let is_odd = super::nears(carrier.http2.glitches.get(), threshold);
            if told || !(is_odd || shared.farewell.tells()) {
                break;
            }
            // Streams that are open go on to their end.
            connection.graceful_shutdown();
            told = true;
        }
        if carrier.http2.streams.get() > 0 {
            carrier.idle.replace(Some(cx.waker().clone()));
            if !std::mem::replace(&mut rests, true) {
                // Nothing expires: the timer only tells when the process stops.
                timer.set(u64::MAX);
            }
            waits = false;
            return timer.poll_expired(cx, timer.now_ms()).map(|()| Event::Over);
        }
        if told {
            return Poll::Ready(Event::Ending(Reason::NO_ERROR));
        }
        if !waits {
            (waits, rests) = (true, false);
            timer.set(deadline(timer.now_ms(), for_next));
        }
        timer
            .poll_expired(cx, timer.now_ms())
            .map(|()| Event::Ending(Reason::NO_ERROR))
    })
    .await
}

/// Whether a request without an authority lacks what it must have: with a protocol an authority (RFC 8441, section 4), in any case a path
/// (RFC 9113, section 8.3.1). The rest the library minds.
fn lacks_pseudo_fields(parts: &Parts) -> bool {
    parts.extensions.get::<Protocol>().is_some() || parts.uri.clone().into_parts().path_and_query.is_none()
}

/// Makes a session of a stream; none where its head fits no buffer or is malformed, which is answered here.
fn begin(
    carrier: &Rc<Carrier>,
    request: Request<RecvStream>,
    mut respond: SendResponse<Bytes>,
    taken: u32,
) -> Option<Session> {
    let (parts, body) = request.into_parts();
    if parts.uri.authority().is_none() && lacks_pseudo_fields(&parts) {
        respond.send_reset(Reason::PROTOCOL_ERROR);
        return None;
    }
    let session = &carrier.session;
    let thread = &session.thread;
    let mut head = thread.buffers.take();
    let ends = body.is_end_stream();
    let random = || u128::from(thread.random()) << 64 | u128::from(thread.random());
    let Some(form) = head::write(&parts, ends, random, head.room()) else {
        thread.buffers.give(head);
        let mut refusal = Response::new(());
        *refusal.status_mut() = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        // A client that has gone is not to be told.
        let _ = respond.send_response(refusal, true);
        return None;
    };
    head.filled(form.len);
    let streams = &carrier.http2.streams;
    streams.set(streams.get() + 1);
    let (client, http2) = (&session.client, &carrier.http2);
    let client = Client::of_stream(client, http2, thread.now_ms(), taken);
    Some(Session {
        thread: Rc::clone(thread),
        io: Io::Http2(Box::new(StreamIo::new(Rc::clone(carrier), respond, body, form))),
        timer: thread.wheel.timer(),
        client,
        pending: Some(head),
        carried: None,
        private: None,
    })
}
