//! The request's half of an exchange: read from the client, sent to the server, and kept where it may have to be sent again.

use std::io::IoSlice;
use std::task::{Context, Poll};

use proxy_core::bandwidth::Way;

use super::{End, JOIN, Progress, ResponsePhase, Terms, join};
use crate::buffer::BufferPool;
use crate::http::txn::{ResponseRules, Txn};
use crate::io::Io;
use crate::session::Session;

impl Txn {
    /// Sends head and body to the server. An error when the server takes no more.
    pub(super) fn send_request(
        &mut self,
        server: &mut Io,
        buffers: &BufferPool,
        now_ms: u64,
        cx: &mut Context<'_>,
    ) -> Result<bool, ()> {
        let mut moved = false;
        self.squeeze_request(buffers, now_ms);
        let p = &mut self.progress;
        let packs = p.request_squeeze.is_some();
        if packs {
            // What is ready stands behind the head already.
        } else if let Some(limits) = &self.stream.limits
            && limits.limit(Way::Up)
        {
            // What is limited goes on bit by bit, and is not kept.
            if p.req_ready > 0 {
                p.kept_up_to = 0;
            }
        } else if p.kept_up_to > 0 {
            let room = p.kept_up_to.saturating_sub(self.to_server.len());
            if p.req_ready <= room {
                join(&mut self.to_server, self.req.as_mut(), &mut p.req_ready);
            } else {
                p.kept_up_to = 0;
            }
        } else if p.head_sent == 0 && p.req_ready <= JOIN {
            join(&mut self.to_server, self.req.as_mut(), &mut p.req_ready);
        }
        loop {
            let p = &mut self.progress;
            let head = &self.to_server[p.head_sent..];
            if p.server_refuses || (head.is_empty() && p.req_ready == 0) {
                return Ok(moved);
            }
            let most = match &mut self.stream.limits {
                _ if packs => 0,
                Some(limits) => limits.allowed(Way::Up, p.req_ready, now_ms),
                None => p.req_ready,
            };
            if head.is_empty() && most == 0 {
                return Ok(moved);
            }
            let body = match &self.req {
                Some(buffer) => &buffer.data()[..most],
                None => &[],
            };
            let written = match (head.is_empty(), body.is_empty()) {
                (false, true) => server.poll_write(cx, &[IoSlice::new(head)]),
                (true, _) => server.poll_write(cx, &[IoSlice::new(body)]),
                (false, false) => server.poll_write(cx, &[IoSlice::new(head), IoSlice::new(body)]),
            };
            match written {
                Poll::Pending => return Ok(moved),
                Poll::Ready(Err(_)) => return Err(()),
                Poll::Ready(Ok(n)) => {
                    moved = true;
                    let of_head = n.min(head.len());
                    p.head_sent += of_head;
                    p.req_ready -= n - of_head;
                    if let Some(limits) = &mut self.stream.limits {
                        limits.took(Way::Up, n - of_head, now_ms);
                    }
                    if let Some(buffer) = &mut self.req {
                        buffer.consume(n - of_head);
                    }
                }
            }
        }
    }

    /// The server takes no more of the request: what is left of it is read and thrown away, as the client's next request stands
    /// behind it.
    pub(super) fn forget_request(&mut self) {
        let p = &mut self.progress;
        p.server_refuses = true;
        if let Some(buffer) = &mut self.req {
            buffer.consume(p.req_ready);
        }
        p.req_ready = 0;
    }

    /// Reads the request's body; behind it only the client's end and the beginning of its next request.
    pub(super) fn receive_request(
        &mut self,
        session: &mut Session,
        terms: &Terms<'_>,
        cx: &mut Context<'_>,
    ) -> Result<bool, End> {
        let p = &mut self.progress;
        let mut moved = false;
        while !p.client_ended && p.request_pipe.is_none() {
            // No buffer is held while nothing comes.
            let holds_bytes = self.req.as_ref().is_some_and(|buffer| !buffer.is_empty());
            if (p.req_body.is_done() || !holds_bytes) && session.io.poll_readable(cx).is_pending() {
                break;
            }
            let buffer = self.req.get_or_insert_with(|| session.thread.buffers.take());
            if buffer.room().is_empty() {
                if p.req_body.is_done() || p.req_ready == buffer.len() && buffer.len() == buffer.capacity() {
                    break;
                }
                buffer.compact();
                if buffer.room().is_empty() {
                    break;
                }
            }
            match session.io.poll_recv(cx, buffer.room()) {
                Poll::Pending => break,
                Poll::Ready(Err(_)) => return Err(End::ClientGone),
                Poll::Ready(Ok(0)) => {
                    p.client_ended = true;
                    if !p.req_body.is_done() {
                        return Err(End::ClientGone);
                    }
                }
                Poll::Ready(Ok(n)) => {
                    buffer.filled(n);
                    moved = true;
                    if !p.req_body.is_done() {
                        let taken = p.req_body.take(buffer, p.req_ready, terms.server_cases);
                        let taken = taken.map_err(|_| End::BadRequestBody)?;
                        p.req_ready += taken.ready;
                        self.stream.log.received += taken.payload;
                        if p.server_refuses {
                            p.kept_up_to = 0;
                            buffer.consume(p.req_ready);
                            p.req_ready = 0;
                        }
                    }
                }
            }
        }
        session.thread.buffers.take_back(&mut self.req);
        Ok(moved)
    }

    /// Whether the whole request is sent and nothing is answered.
    pub(super) fn is_all_asked(&self) -> bool {
        let p = &self.progress;
        p.response == ResponsePhase::Head
            && p.head_sent == self.to_server.len()
            && p.req_ready == 0
            && p.request_squeeze
                .as_ref()
                .is_none_or(|squeeze| squeeze.is_finished())
    }

    /// Keeps the request as long as it has up to `bytes`, to be sent again.
    pub(in crate::http) fn keep_request(&mut self, bytes: u32) {
        self.progress.kept_up_to = bytes as usize;
    }

    /// Whether the request stands in `to_server` as far as it came, and the client knows of no response.
    pub(in crate::http) fn is_kept(&self) -> bool {
        let p = &self.progress;
        p.kept_up_to > 0 && p.response == ResponsePhase::Head && p.interim == 0
    }

    /// Forgets the server that failed, for another attempt.
    pub(in crate::http) fn begin_again(&mut self, buffers: &BufferPool) {
        if let Some(buffer) = self.res.take() {
            buffers.give(buffer);
        }
        self.to_client.clear();
        self.rules_at = ResponseRules::default();
        let p = &mut self.progress;
        *p = Progress {
            req_body: p.req_body,
            req_ready: p.req_ready,
            client_ended: p.client_ended,
            request_squeeze: p.request_squeeze.take(),
            ..Progress::default()
        };
    }
}
