//! HTTP/2 with servers: connections that the requests of a thread share, and the streams upon them, each read and written as a
//! connection of HTTP/1.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future as _;
use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use h2::RecvStream;
use h2::client::{Builder, ResponseFuture, SendRequest};
use haproxy_cfg::model::{Config, Http2Tune, ProxyId};
use http::header::{CONTENT_LENGTH, HeaderMap};
use http::{Method, Response, StatusCode};
use proxy_core::sample::TcpFacts;
use proxy_core::state::Runtime;
use proxy_core::stream::ServerHandshake;

use super::head::{self, BodyForm, put_trailers};
use super::incoming::Incoming;
use super::message::{self, Part};
use super::outgoing::{Begun, Outgoing};
use super::wire::Wire;
use super::{connection_window, gone, nears};
use crate::io::Io;
use crate::upstream::{Asked, Way};

/// Bytes of requests that wait for a connection, for each stream at most.
const MOST_UNSENT: usize = 128 * 1024;

/// Connections with servers that one thread has, by proxy and server.
#[derive(Debug, Default)]
pub(crate) struct Multiplexed {
    links: RefCell<HashMap<(u32, usize), Vec<Kept>>>,
}

/// One of them, for further requests.
struct Kept {
    requests: SendRequest<Bytes>,
    link: Rc<Link>,
    way: Option<Box<Way>>,
    /// Since when it has no stream, milliseconds of the process's clock; 0 is not known.
    idle_since_ms: u64,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Kept")
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

/// What the streams of a connection have in common.
#[derive(Debug)]
pub(crate) struct Link {
    io: Rc<RefCell<Io>>,
    /// Streams that are open.
    open: Cell<u32>,
    /// Streams that there were.
    served: Cell<u32>,
    /// Nothing goes over it any more.
    over: Cell<bool>,
    /// What was odd about what the server sent, and how much is too much; 0 for nothing.
    glitches: Rc<Cell<u32>>,
    threshold: u32,
}

impl Link {
    /// Our address, where there is one.
    pub(crate) fn local_address(&self) -> Option<SocketAddr> {
        self.io.borrow().local_address()
    }

    /// What the system knows of the way to the server.
    pub(crate) fn tcp_facts(&self) -> Option<TcpFacts> {
        self.io.borrow().tcp_facts()
    }

    /// Where it is counted what is odd about what the server sends.
    pub(crate) fn glitches(&self) -> Rc<Cell<u32>> {
        Rc::clone(&self.glitches)
    }

    /// The number of its descriptor; -1 for none.
    pub(crate) fn descriptor(&self) -> i32 {
        self.io.borrow().descriptor()
    }

    /// What is remembered of the handshake with a server that was asked for by `name`.
    pub(crate) fn handshake(&self, name: Option<&[u8]>) -> Option<ServerHandshake> {
        self.io.borrow().secured()?.of_server(name)
    }
}

impl Multiplexed {
    /// A stream of a connection that there is, and that is as asked for.
    pub(crate) fn take(
        &self,
        proxy: ProxyId,
        server: usize,
        asked: Asked<'_>,
        tune: &Http2Tune,
    ) -> Option<Io> {
        let mut links = self.links.borrow_mut();
        let links = links.get_mut(&(proxy.0, server))?;
        links.retain_mut(is_open);
        let own = tune
            .be_max_concurrent_streams
            .unwrap_or(tune.max_concurrent_streams);
        let most = |kept: &Kept| (own as usize).min(kept.requests.current_max_send_streams());
        let kept = links.iter_mut().find(|kept| {
            kept.way.as_deref() == asked.way
                && (!asked.proven || kept.link.served.get() > 1)
                && (kept.link.open.get() as usize) < most(kept)
        })?;
        kept.idle_since_ms = 0;
        Some(stream(&kept.link, &kept.requests))
    }

    /// Ends connections that nobody needs, and those to servers that take no more. To be called from time to time.
    pub(crate) fn purge(&self, config: &Config, runtime: &Runtime, now_ms: u64) {
        let mut all = self.links.borrow_mut();
        all.retain(|(proxy, server), links| {
            let state = &runtime.proxies[*proxy as usize].servers[*server];
            let settings = &config.proxies[*proxy as usize].servers[*server];
            let delay = u64::from(settings.pool.purge_delay);
            links.retain_mut(|kept| {
                if kept.link.open.get() > 0 {
                    kept.idle_since_ms = 0;
                } else if kept.idle_since_ms == 0 {
                    kept.idle_since_ms = now_ms;
                }
                let is_stale = kept.idle_since_ms > 0 && kept.idle_since_ms + delay <= now_ms;
                state.is_usable() && !is_stale && is_open(kept)
            });
            !links.is_empty()
        });
    }

    /// Begins to speak over a connection that stands. Gives a stream of it; `keep` says what the connection is kept for others as.
    ///
    /// # Errors
    /// When the connection breaks at once.
    pub(crate) async fn begin(
        &self,
        io: Io,
        (proxy, server): (ProxyId, usize),
        keep: Option<Option<Box<Way>>>,
        tune: &Http2Tune,
    ) -> io::Result<Io> {
        let io = Rc::new(RefCell::new(io));
        let link = Rc::new(Link {
            io: Rc::clone(&io),
            open: Cell::new(0),
            served: Cell::new(0),
            over: Cell::new(false),
            glitches: Rc::new(Cell::new(0)),
            threshold: tune.be_glitches_threshold,
        });
        let window = tune.be_initial_window_size.unwrap_or(tune.initial_window_size);
        let (requests, connection) = Builder::new()
            .enable_push(false)
            .initial_window_size(window)
            .initial_connection_window_size(connection_window(window, tune.be_rxbuf))
            .max_frame_size(tune.max_frame_size)
            .header_table_size(tune.header_table_size)
            .max_send_buffer_size(MOST_UNSENT)
            .handshake(Wire::to_server(&io, &link.glitches, link.threshold))
            .await
            .map_err(gone)?;
        let driven = Rc::clone(&link);
        tokio::task::spawn_local(async move {
            // Its streams see for themselves how it ended.
            let _ = connection.await;
            driven.over.set(true);
            *driven.io.borrow_mut() = Io::Closed;
        });
        let io = stream(&link, &requests);
        if let Some(way) = keep {
            let mut links = self.links.borrow_mut();
            links.entry((proxy.0, server)).or_default().push(Kept {
                requests,
                link,
                way,
                idle_since_ms: 0,
            });
        }
        Ok(io)
    }
}

fn is_open(kept: &mut Kept) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    // One that nears what is too much takes no more requests (manual, tune.h2.be.glitches-threshold).
    !kept.link.over.get()
        && !nears(kept.link.glitches.get(), kept.link.threshold)
        && !matches!(kept.requests.poll_ready(&mut cx), Poll::Ready(Err(_)))
}

fn stream(link: &Rc<Link>, requests: &SendRequest<Bytes>) -> Io {
    link.open.set(link.open.get() + 1);
    link.served.set(link.served.get().saturating_add(1));
    Io::Http2Server(Box::new(ServerStream {
        link: Rc::clone(link),
        requests: requests.clone(),
        request: Outgoing::new(),
        awaited: None,
        asked: Asks::default(),
        interim: Vec::new(),
        interim_read: 0,
        response: None,
    }))
}

/// A stream upon a connection with a server.
pub struct ServerStream {
    link: Rc<Link>,
    requests: SendRequest<Bytes>,
    request: Outgoing,
    awaited: Option<ResponseFuture>,
    asked: Asks,
    /// Heads of interim responses, as HTTP/1 writes them.
    interim: Vec<u8>,
    interim_read: usize,
    response: Option<Incoming>,
}

/// What the response depends on.
#[derive(Debug, Default)]
struct Asks {
    to_head: bool,
    /// The connection is to become a tunnel.
    tunnel: bool,
    /// The key that the client showed for a WebSocket.
    websocket_key: Option<Box<[u8]>>,
}

impl std::fmt::Debug for ServerStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerStream")
            .field("link", &self.link)
            .finish_non_exhaustive()
    }
}

impl ServerStream {
    /// The connection that carries it.
    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// Reads of the response, written as HTTP/1 has it; 0 bytes behind its end.
    pub(crate) fn poll_read(&mut self, cx: &mut Context<'_>, room: &mut [u8]) -> Poll<io::Result<usize>> {
        loop {
            if self.interim_read < self.interim.len() {
                let rest = &self.interim[self.interim_read..];
                let n = rest.len().min(room.len());
                room[..n].copy_from_slice(&rest[..n]);
                self.interim_read += n;
                return Poll::Ready(Ok(n));
            }
            if let Some(response) = &mut self.response {
                return Poll::Ready(Ok(ready!(response.poll_read(cx, room))?.unwrap_or(0)));
            }
            // Whoever reads writes first, and comes again.
            let Some(awaited) = &mut self.awaited else {
                return Poll::Pending;
            };
            if let Poll::Ready(Some(interim)) = awaited.poll_informational(cx) {
                let (parts, ()) = interim.map_err(gone)?.into_parts();
                self.interim.clear();
                self.interim_read = 0;
                put_head(&mut self.interim, parts.status, &parts.headers, b"");
                continue;
            }
            let response = ready!(Pin::new(awaited).poll(cx)).map_err(gone)?;
            self.awaited = None;
            self.response = Some(self.asked.understand(response));
        }
    }

    /// Takes of a request as HTTP/1 writes it what the server's windows have room for.
    pub(crate) fn poll_write(
        &mut self,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.request.stream().is_none() {
            ready!(self.requests.poll_ready(cx)).map_err(gone)?;
        }
        let (requests, asked, awaited) = (&mut self.requests, &mut self.asked, &mut self.awaited);
        self.request.poll_write(cx, parts, &mut |lines, _| {
            let head = message::request(lines)?;
            asked.to_head = head.message.method() == Method::HEAD;
            asked.tunnel = head.message.method() == Method::CONNECT;
            asked.websocket_key = head.websocket_key;
            let ends = matches!(head.body, Part::Done);
            let (response, stream) = requests.send_request(head.message, ends).map_err(gone)?;
            *awaited = Some(response);
            Ok(Begun::Message(stream, head.body))
        })
    }

    /// Ends our direction: that of a tunnel.
    pub(crate) fn poll_shutdown(&mut self) -> Poll<io::Result<()>> {
        Poll::Ready(self.request.finish())
    }
}

impl Drop for ServerStream {
    fn drop(&mut self) {
        if self.asked.tunnel {
            // A tunnel ends with its connection; a server that has gone is not to be told.
            let _ = self.request.finish();
        }
        self.request.cut_off();
        self.link.open.set(self.link.open.get().saturating_sub(1));
    }
}

impl Asks {
    /// What a response is in HTTP/1.
    fn understand(&self, response: Response<RecvStream>) -> Incoming {
        let (parts, body) = response.into_parts();
        let (mut status, headers) = (parts.status, parts.headers);
        let mut more = Vec::new();
        let form = if self.tunnel && status.is_success() {
            if let Some(key) = &self.websocket_key {
                // What HTTP/2 agrees to HTTP/1 switches to (RFC 8441, section 5).
                status = StatusCode::SWITCHING_PROTOCOLS;
                more.extend_from_slice(
                    b"connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-accept: ",
                );
                more.extend_from_slice(BASE64_STANDARD.encode(head::websocket_answer(key)).as_bytes());
                more.extend_from_slice(b"\r\n");
            }
            BodyForm::Tunnel
        } else if self.to_head || body.is_end_stream() || status == 204 || status == 304 {
            let may_have_body = !self.to_head && status != 204 && status != 304;
            if may_have_body && !headers.contains_key(CONTENT_LENGTH) {
                more.extend_from_slice(b"content-length: 0\r\n");
            }
            BodyForm::None
        } else if headers.contains_key(CONTENT_LENGTH) {
            BodyForm::Plain
        } else {
            more.extend_from_slice(b"transfer-encoding: chunked\r\n");
            BodyForm::Chunked
        };
        let mut lines = Vec::with_capacity(256);
        put_head(&mut lines, status, &headers, &more);
        Incoming::new(body, form, lines)
    }
}

/// Writes a response's head.
fn put_head(out: &mut Vec<u8>, status: StatusCode, headers: &HeaderMap, more: &[u8]) {
    // There are no reasons in HTTP/2.
    out.extend_from_slice(b"HTTP/1.1 ");
    out.extend_from_slice(status.as_str().as_bytes());
    out.extend_from_slice(b" \r\n");
    put_trailers(out, headers);
    out.extend_from_slice(more);
    out.extend_from_slice(b"\r\n");
}
