//! Keeps bad messages for those who ask for them later (`show errors`).

use haproxy_cfg::model::ProxyId;
use proxy_core::http1::{request_fault, response_fault};
use proxy_core::state::{CapturedError, Direction};

use crate::buffer::Buffer;
use crate::session::Session;

/// Keeps what a client sent, or a server: the message is no message, and will be refused. `to` is the backend and the server,
/// as far as they are chosen.
pub(crate) fn keep(
    session: &Session,
    direction: Direction,
    buffer: Option<&Buffer>,
    to: (Option<ProxyId>, Option<usize>),
) {
    let Some(buffer) = buffer else { return };
    let thread = &session.thread;
    let max_headers = thread.config().global.tune.http_maxhdr as usize;
    let bytes = buffer.data();
    let fault = match direction {
        Direction::Request => request_fault(bytes, max_headers),
        Direction::Response => response_fault(bytes, max_headers),
    };
    let error = CapturedError {
        date: thread.date(thread.now_ms()),
        frontend: session.client.frontend,
        backend: to.0,
        server: to.1,
        src: session.client.src,
        bytes: bytes.to_vec(),
        size: thread.buffers.size(),
        fault,
    };
    thread.shared.runtime.captured.keep(direction, error);
}
