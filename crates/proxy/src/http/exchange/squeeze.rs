//! Bodies on their way through compression: what is ready of one is packed behind its head, as far as the other side takes it.

use haproxy_cfg::model::CompressionAlgorithm;
use proxy_core::bandwidth::{Limits, Way};

use super::ResponsePhase;
use crate::buffer::BufferPool;
use crate::http::count::count_sides_of_bodies;
use crate::http::txn::Txn;
use crate::session::Session;

/// How much of the `ready` bytes of a body is packed now, and whether it ends there; none where there is nothing to do. `done` says
/// that all of it has come.
fn portion(
    limits: &mut Option<Box<Limits>>,
    (way, now_ms): (Way, u64),
    ready: usize,
    done: bool,
) -> Option<(usize, bool)> {
    let most = match limits {
        Some(limits) => limits.allowed(way, ready, now_ms),
        None => ready,
    };
    let last = most == ready && done;
    (most > 0 || last).then_some((most, last))
}

impl Txn {
    /// Packs what is ready of the request's body, where it is to be packed.
    pub(super) fn squeeze_request(&mut self, buffers: &BufferPool, now_ms: u64) {
        let p = &mut self.progress;
        let Some(squeeze) = p
            .request_squeeze
            .as_mut()
            .filter(|squeeze| !squeeze.is_finished())
        else {
            return;
        };
        // A server that does not keep up is not packed for.
        if p.server_refuses || self.to_server.len() - p.head_sent > buffers.size() {
            return;
        }
        // What may have to be sent again stays there.
        if p.kept_up_to == 0 {
            self.to_server.drain(..p.head_sent);
            p.head_sent = 0;
        }
        let when = (Way::Up, now_ms);
        let Some((most, last)) = portion(&mut self.stream.limits, when, p.req_ready, p.req_body.is_done())
        else {
            return;
        };
        let bytes = self.req.as_ref().map_or(&[][..], |buffer| &buffer.data()[..most]);
        squeeze.push(bytes, last, &mut self.to_server);
        p.req_ready -= most;
        if self.to_server.len() > p.kept_up_to {
            p.kept_up_to = 0;
        }
        if let Some(limits) = &mut self.stream.limits {
            limits.took(Way::Up, most, now_ms);
        }
        if let Some(buffer) = &mut self.req {
            buffer.consume(most);
        }
        buffers.take_back(&mut self.req);
    }

    /// Packs what is ready of the response's body, where it is to be packed.
    pub(super) fn squeeze(&mut self, session: &Session, now_ms: u64) {
        let p = &mut self.progress;
        if p.response != ResponsePhase::Body || p.squeeze.as_ref().is_none_or(|squeeze| squeeze.is_finished())
        {
            return;
        }
        if p.answer_sent == self.to_client.len() {
            self.to_client.clear();
            p.answer_sent = 0;
        }
        // A client that does not keep up is not packed for.
        let buffers = &session.thread.buffers;
        if self.to_client.len() - p.answer_sent > buffers.size() {
            return;
        }
        let when = (Way::Down, now_ms);
        let Some((most, last)) = portion(&mut self.stream.limits, when, p.res_ready, p.res_body.is_done())
        else {
            return;
        };
        let bytes = self.res.as_ref().map_or(&[][..], |buffer| &buffer.data()[..most]);
        let Some(squeeze) = &mut p.squeeze else { return };
        squeeze.push(bytes, last, &mut self.to_client);
        let counts = squeeze.take_counts();
        let packed = squeeze.algorithm() != CompressionAlgorithm::Identity;
        p.res_ready -= most;
        if let Some(limits) = &mut self.stream.limits {
            limits.took(Way::Down, most, now_ms);
        }
        if let Some(buffer) = &mut self.res {
            buffer.consume(most);
        }
        buffers.take_back(&mut self.res);
        count_sides_of_bodies(session, self, |side| {
            if packed {
                side.comp_in.add(counts.taken);
                side.comp_out.add(counts.given);
            } else {
                side.comp_byp.add(counts.taken);
            }
        });
    }
}
