//! The response's half of an exchange: its head read and put together for the client, its body passed on.

use std::io::IoSlice;
use std::task::{Context, Poll};

use proxy_core::bandwidth::Way;
use proxy_core::http1::{
    ConnectionHeader, Framing, HeadError, HeadProgress, Headers, Version, message_traits, response_framing,
    write_response,
};

use proxy_core::rules::AwaitBody;

use super::{End, FinishHead, HeadStop, Held, JOIN, ResponsePhase, Terms, join};
use crate::http::body::Body;
use crate::http::request::{drop_odd_names, names_websocket};
use crate::http::txn::Txn;
use crate::io::Io;
use crate::session::Session;

/// Whether a server changes to WebSocket without a word on the client's key (RFC 6455, section 4.2.2).
fn lacks_accept(headers: Headers<'_>) -> bool {
    names_websocket(headers) && headers.get(b"sec-websocket-accept").all(<[u8]>::is_empty)
}

impl Txn {
    pub(super) fn receive_response(
        &mut self,
        session: &mut Session,
        server: &mut Io,
        terms: &Terms<'_>,
        cx: &mut Context<'_>,
        finish_head: &mut FinishHead<'_>,
    ) -> Result<bool, End> {
        let mut moved = false;
        loop {
            if self.progress.held.is_some() && self.progress.failed.is_none() {
                moved |= self.receive_held(session, server, terms, cx, finish_head)?;
            }
            let p = &mut self.progress;
            if p.failed.is_some() || p.held.is_some() || p.response_pipe.is_some() || p.is_response_received()
            {
                return Ok(moved);
            }
            // A server that sends one interim response after the other waits for its client.
            if self.to_client.len() - p.answer_sent > session.thread.config().global.tune.bufsize as usize {
                return Ok(moved);
            }
            // No buffer is held while nothing comes.
            if self.res.is_none() {
                match server.poll_readable(cx) {
                    Poll::Pending => return Ok(moved),
                    Poll::Ready(_) => self.res = Some(session.thread.buffers.take()),
                }
            }
            let Some(buffer) = &mut self.res else {
                return Ok(moved);
            };
            if buffer.room().is_empty() {
                buffer.compact();
                if buffer.room().is_empty() {
                    // A head that does not fit is none; a body waits for its client.
                    return if p.response == ResponsePhase::Head {
                        Err(End::BadResponse)
                    } else {
                        Ok(moved)
                    };
                }
            }
            match server.poll_recv(cx, buffer.room()) {
                Poll::Pending => {
                    session.thread.buffers.take_back(&mut self.res);
                    return Ok(moved);
                }
                Poll::Ready(Err(_)) => {
                    p.server_broke = true;
                    return Err(End::ServerGone);
                }
                Poll::Ready(Ok(0)) => {
                    p.server_ended = true;
                    if p.response == ResponsePhase::Head || !matches!(p.res_body, Body::UntilClose) {
                        return Err(End::ServerGone);
                    }
                    self.fill_caches(0);
                    return Ok(true);
                }
                Poll::Ready(Ok(n)) => {
                    moved = true;
                    buffer.filled(n);
                    if p.response == ResponsePhase::Body {
                        let taken = p.res_body.take(buffer, p.res_ready, terms.client_cases);
                        let taken = taken.map_err(|_| End::BadResponse)?;
                        p.res_ready += taken.ready;
                        self.stream.log.bytes += taken.payload;
                        if self.stream.caching.is_some() {
                            self.fill_caches(taken.ready);
                        }
                        return Ok(true);
                    }
                    self.read_head(session, terms, finish_head)?;
                }
            }
        }
    }

    /// Looks for a response's head in what has come: passes interim ones on, and begins the body behind the final one.
    pub(super) fn read_head(
        &mut self,
        session: &mut Session,
        terms: &Terms<'_>,
        finish_head: &mut FinishHead<'_>,
    ) -> Result<(), End> {
        loop {
            let Some(buffer) = &mut self.res else {
                return Ok(());
            };
            let data = buffer.data();
            if data.is_empty() {
                return Ok(());
            }
            match (self.progress.res_head).response(data, &mut self.res_head, &terms.rules) {
                Ok(true) => {
                    self.progress.res_head = HeadProgress::default();
                    if self.stream.route.glitches.is_some() {
                        self.res_head.version = Version::Http2;
                    }
                }
                Ok(false) => return Ok(()),
                Err(HeadError::Folded) if self.progress.res_head.unfold(buffer.data_mut()) => continue,
                Err(_) => return Err(End::BadResponse),
            }
            if !self.response().fits(terms.max_head) {
                return Err(End::BadResponse);
            }
            if terms.rules.unsafe_violations && session.thread.config().dialect.does_as(3, 4) {
                drop_odd_names(&mut self.edit_response(usize::MAX));
            }
            self.res_traits = message_traits(self.response().headers()).map_err(|_| End::BadResponse)?;
            if self.res_traits.empty_coding && !terms.rules.unsafe_violations {
                return Err(End::BadResponse);
            }
            if self.res_traits.loose_coding
                && !terms.rules.unsafe_violations
                && session.thread.config().dialect.does_as(3, 0)
            {
                return Err(End::BadResponse);
            }
            let status = self.res_head.status;
            let head_len = self.res_head.len as usize;
            if (100..200).contains(&status) && status != 101 {
                self.count_interim();
                let mut out = std::mem::take(&mut self.to_client);
                if self.progress.answer_sent == out.len() {
                    self.progress.answer_sent = 0;
                    out.clear();
                }
                let start = out.len();
                write_response(&mut out, self.response(), ConnectionHeader::Implied, false);
                if let Some(cases) = terms.client_cases {
                    cases.adjust(&mut out[start..]);
                }
                self.to_client = out;
                if let Some(buffer) = &mut self.res {
                    buffer.consume(head_len);
                }
                continue;
            }
            if status == 101 && !(self.req_traits.upgrade && self.res_traits.upgrade) {
                // Nobody asked for another protocol, or the server does not mean it.
                self.count_interim();
                self.stream.log.bytes += self.res.as_ref().map_or(0, |buffer| buffer.len() - head_len) as u64;
                return Err(End::BadResponse);
            }
            if status == 101
                && (lacks_accept(self.response().headers())
                    || session.io.mistrusts_websocket(self.response().headers()))
            {
                return Err(End::BadResponse);
            }
            let is_tunnel = status == 101 || (self.progress.connect && (200..300).contains(&status));
            if self.progress.connect && is_tunnel && session.thread.config().dialect.does_as(3, 4) {
                // They mean nothing there (RFC 9110, section 9.3.6).
                let mut headers = self.edit_response(usize::MAX);
                headers.remove(b"content-length");
                headers.remove(b"transfer-encoding");
                self.res_traits.counted = self.response().uncut_size() - self.response().size_with(0);
            }
            let framing = if is_tunnel {
                Framing::Length(0)
            } else {
                response_framing(&self.res_traits, status, self.progress.to_head)
            };
            if self.is_kept() && terms.proxy.retry_on.statuses.contains(&status) {
                return Err(End::TryAgain);
            }
            // A body that is malformed from its first byte on makes the whole response malformed.
            let p = &mut self.progress;
            p.res_body = Body::new(framing, &terms.rules).dropping_trailers(terms.drop_trailers);
            let Some(buffer) = &mut self.res else {
                return Ok(());
            };
            let taken = p.res_body.take(buffer, head_len, terms.client_cases);
            let taken = taken.map_err(|_| End::BadResponse)?;
            p.res_ready = taken.ready;
            let taken_payload = taken.payload;
            p.tunnel = is_tunnel;
            self.stream.log.response_ms = session.timer.now_ms();
            self.stream.log.server_status = status;
            self.stream.log.bytes += taken_payload + self.counted_response();
            return self.settle_head(session, finish_head);
        }
    }

    /// Has the head for the client put together, and begins to send it with the body behind it.
    pub(super) fn settle_head(
        &mut self,
        session: &mut Session,
        finish_head: &mut FinishHead<'_>,
    ) -> Result<(), End> {
        match finish_head(self, session) {
            Ok(()) => {}
            Err(HeadStop::Refused(status)) => {
                // Nothing of the response is sent.
                self.progress.res_ready = 0;
                return Err(End::Denied(status));
            }
            Err(HeadStop::Await(AwaitBody { time, enough })) => {
                let ready = std::mem::take(&mut self.progress.res_ready);
                self.progress.held = Some(Held {
                    until: session.timer.now_ms() + u64::from(time),
                    enough,
                    ready,
                    pauses: false,
                });
                return Ok(());
            }
            Err(HeadStop::Closed) => {
                self.progress.res_ready = 0;
                if let Some(buffer) = &mut self.res {
                    let bytes = buffer.len();
                    buffer.consume(bytes);
                }
                return Err(End::ServerGone);
            }
            Err(HeadStop::Pause(time)) => {
                let ready = std::mem::take(&mut self.progress.res_ready);
                self.progress.held = Some(Held {
                    until: session.timer.now_ms() + u64::from(time),
                    enough: None,
                    ready,
                    pauses: true,
                });
                return Ok(());
            }
        }
        self.progress.response = ResponsePhase::Body;
        let head_len = self.res_head.len as usize;
        if let Some(buffer) = &mut self.res {
            buffer.consume(head_len);
        }
        if self.stream.caching.is_some() {
            self.fill_caches(self.progress.res_ready);
        }
        Ok(())
    }

    /// Reads the body of a response that a rule holds back, and goes on once there is enough of it.
    pub(super) fn receive_held(
        &mut self,
        session: &mut Session,
        server: &mut Io,
        terms: &Terms<'_>,
        cx: &mut Context<'_>,
        finish_head: &mut FinishHead<'_>,
    ) -> Result<bool, End> {
        let mut moved = false;
        loop {
            let p = &mut self.progress;
            let Some(held) = p.held else { return Ok(moved) };
            if held.pauses {
                if session.timer.now_ms() < held.until {
                    return Ok(moved);
                }
                p.held = None;
                p.res_ready = held.ready;
                self.settle_head(session, finish_head)?;
                moved = true;
                continue;
            }
            let there = || self.response_body().len() as u64;
            let is_enough = held.enough.is_some_and(|enough| there() >= enough);
            let p = &mut self.progress;
            let Some(buffer) = &mut self.res else {
                return Ok(moved);
            };
            if p.is_body_received() || is_enough || buffer.len() >= terms.max_head as usize {
                p.held = None;
                p.res_ready = held.ready;
                let cut = p.server_ended && !matches!(p.res_body, Body::UntilClose);
                self.settle_head(session, finish_head)?;
                if cut && self.progress.held.is_none() {
                    // What came is sent all the same.
                    self.progress.failed = Some(End::ServerGone);
                }
                moved = true;
                continue;
            }
            if buffer.room().is_empty() {
                buffer.compact();
            }
            match server.poll_read(cx, buffer.room()) {
                Poll::Pending => return Ok(moved),
                Poll::Ready(Err(_)) => {
                    p.server_broke = true;
                    p.server_ended = true;
                }
                Poll::Ready(Ok(0)) => p.server_ended = true,
                Poll::Ready(Ok(n)) => {
                    moved = true;
                    let before = self.res_head.len as usize + held.ready;
                    buffer.filled(n);
                    let taken = p.res_body.take(buffer, before, terms.client_cases);
                    let taken = taken.map_err(|_| End::BadResponse)?;
                    p.held = Some(Held {
                        ready: held.ready + taken.ready,
                        ..held
                    });
                    self.stream.log.bytes += taken.payload;
                }
            }
        }
    }

    /// What is counted for the response's head as it came.
    fn counted_response(&self) -> u64 {
        u64::from(self.response().size_with(self.res_traits.counted))
    }

    pub(super) fn count_interim(&mut self) {
        self.stream.log.bytes += self.counted_response();
        self.progress.interim += 1;
    }

    /// Sends head and body to the client. An error when the client has gone.
    pub(super) fn send_response(&mut self, session: &mut Session, cx: &mut Context<'_>) -> Result<bool, ()> {
        let mut moved = false;
        let p = &mut self.progress;
        let now_ms = session.timer.now_ms();
        let limited = self
            .stream
            .limits
            .as_ref()
            .is_some_and(|limits| limits.limit(Way::Down));
        if p.answer_sent == 0 && p.res_ready <= JOIN && !limited && p.squeeze.is_none() {
            join(&mut self.to_client, self.res.as_mut(), &mut p.res_ready);
        }
        loop {
            self.squeeze(session, now_ms);
            let p = &mut self.progress;
            let head = &self.to_client[p.answer_sent..];
            if head.is_empty() && p.res_ready == 0 {
                return Ok(moved);
            }
            let most = match &mut self.stream.limits {
                // What is ready goes on in another form.
                _ if p.squeeze.is_some() => 0,
                Some(limits) => limits.allowed(Way::Down, p.res_ready, now_ms),
                None => p.res_ready,
            };
            if head.is_empty() && most == 0 {
                return Ok(moved);
            }
            let body = self.res.as_ref().map_or(&[][..], |b| &b.data()[..most]);
            let written = match (head.is_empty(), body.is_empty()) {
                (false, true) => session.io.poll_write(cx, &[IoSlice::new(head)]),
                (true, _) => session.io.poll_write(cx, &[IoSlice::new(body)]),
                (false, false) => session
                    .io
                    .poll_write(cx, &[IoSlice::new(head), IoSlice::new(body)]),
            };
            match written {
                Poll::Pending => return Ok(moved),
                Poll::Ready(Err(_)) => return Err(()),
                Poll::Ready(Ok(n)) => {
                    moved = true;
                    let of_head = n.min(head.len());
                    p.answer_sent += of_head;
                    p.res_ready -= n - of_head;
                    if let Some(limits) = &mut self.stream.limits {
                        limits.took(Way::Down, n - of_head, now_ms);
                    }
                    if let Some(buffer) = &mut self.res {
                        buffer.consume(n - of_head);
                        if buffer.is_empty()
                            && let Some(buffer) = self.res.take()
                        {
                            session.thread.buffers.give(buffer);
                        }
                    }
                }
            }
        }
    }
}
