//! How a transaction ends that does not come to its end: counters, termination state and what the client is told.

use std::rc::Rc;

use haproxy_cfg::model::ProxyId;
use proxy_core::check::Seen;
use proxy_core::state::Direction;

use super::count::{
    CLIENT_FAULT, REQUEST, SERVER_FAULT, count_relayed, count_request, count_status, count_tracked,
};
use super::exchange::End;
use super::forward::NO_ANSWER;
use super::request::NoRequest;
use super::respond::{answer_error, answer_now, send_answer};
use super::transaction::Next;
use super::txn::Txn;
use crate::capture;
use crate::observe::saw;
use crate::session::Session;
use crate::stream_log;
use crate::upstream::ReachError;

pub(super) async fn not_reached(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    error: ReachError,
) -> Next {
    let thread = Rc::clone(&session.thread);
    let (cause, phase, status) = match error {
        ReachError::NoServer => {
            thread.be_counters(backend).econ.inc();
            (b'S', b'C', 503)
        }
        ReachError::QueueTimeout => {
            thread.be_counters(backend).econ.inc();
            (b's', b'Q', 503)
        }
        // Counted where it was found.
        ReachError::QueueFull => (b'S', b'Q', 503),
        ReachError::ClientLeftQueue => {
            thread.be_counters(backend).cli_abrt.inc();
            (b'C', b'Q', 0)
        }
        ReachError::ClientLeftConnect | ReachError::ClientBroke => {
            thread.be_counters(backend).cli_abrt.inc();
            (b'C', b'C', 0)
        }
        ReachError::Ended(why) => {
            for counters in [
                thread.fe_counters(session.client.frontend),
                thread.be_counters(backend),
            ] {
                count_status(counters, 0);
            }
            (why.letter(), b'-', 0)
        }
        ReachError::ConnectTimeout => (b's', b'C', 503),
        ReachError::ConnectFailed | ReachError::NotBegun | ReachError::Outdated => (b'S', b'C', 503),
    };
    txn.stream.log.end_with(cause, phase);
    if status == 0 {
        return Next::Close;
    }
    answer_error(session, txn, status).await
}

/// An exchange that did not come to its end.
pub(super) async fn failed(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    server: usize,
    end: End,
) -> Next {
    let thread = Rc::clone(&session.thread);
    if end == End::Denied(NO_ANSWER) {
        // How it ends was said before.
        let status = txn.stream.log.status.max(0);
        count_status(thread.fe_counters(session.client.frontend), status);
        count_status(thread.be_counters(backend), status);
        return Next::Close;
    }
    let begun = txn.response_begun();
    // A client that goes before its request is whole, or whose connection breaks, ends the transfer of data, not the wait for a
    // head, and so does a server whose connection breaks before that; sessions that are ended then are in no phase.
    let owes = !txn.progress.req_body.is_done();
    let in_request = !begun
        && match end {
            End::ClientGone => owes || !txn.progress.client_ended,
            End::Ended(_) => owes,
            End::ServerGone => owes && txn.progress.server_broke,
            _ => false,
        };
    let phase = match end {
        End::Ended(_) if in_request => b'-',
        // Nothing of the response is left to be sent.
        _ if begun && txn.response_is_through() && thread.config().dialect.does_as(3, 0) => b'L',
        _ if begun || in_request => b'D',
        End::BodyTimeout => b'R',
        _ => b'H',
    };
    let seen = match end {
        _ if begun => None,
        End::ServerGone if txn.progress.server_broke => Some(Seen::Broke),
        End::ServerGone => Some(Seen::Closed),
        End::ServerTimeout => Some(Seen::Silent),
        End::BadResponse => Some(Seen::NoResponse),
        _ => None,
    };
    if let Some(seen) = seen {
        saw(&thread, backend, server, seen);
    }
    let both = [
        thread.be_counters(backend),
        thread.server_counters(backend, server),
    ];
    let (cause, status) = match end {
        End::ClientGone => {
            both.iter().for_each(|c| c.cli_abrt.inc());
            thread.fe_counters(session.client.frontend).cli_abrt.inc();
            (b'C', 400)
        }
        End::ClientTimeout => {
            if begun {
                both.iter().for_each(|c| c.cli_abrt.inc());
            }
            (b'c', 408)
        }
        End::BadRequestBody => {
            let to = (Some(backend), Some(server));
            capture::keep(session, Direction::Request, txn.req.as_ref(), to);
            session.count(|side| side.ereq.inc());
            count_tracked(session, txn, CLIENT_FAULT);
            (b'P', 400)
        }
        End::ServerGone if begun => {
            both.iter().for_each(|c| {
                c.srv_abrt.inc();
                c.eresp.inc();
            });
            thread.fe_counters(session.client.frontend).srv_abrt.inc();
            (b'S', 502)
        }
        End::ServerGone if in_request => {
            both.iter().for_each(|c| c.srv_abrt.inc());
            thread.fe_counters(session.client.frontend).srv_abrt.inc();
            (b'S', 0)
        }
        End::ServerGone => {
            // A broken connection is counted for itself and for the answer that is missing.
            let times = 1 + u64::from(txn.progress.server_broke);
            both.iter().for_each(|c| c.eresp.add(times));
            if session.client.requests > 0 && !txn.server_sent_more() {
                // A client that keeps its connection knows that a later request may be lost with it, and tries again.
                txn.stream.log.silent = true;
                return Next::Close;
            }
            (b'S', 502)
        }
        End::ServerTimeout if begun => {
            both.iter().for_each(|c| c.srv_abrt.inc());
            thread.fe_counters(session.client.frontend).srv_abrt.inc();
            (b's', 504)
        }
        End::ServerTimeout => {
            both.iter().for_each(|c| c.eresp.inc());
            (b's', 504)
        }
        End::BodyTimeout => {
            txn.stream.log.response_ms = 0;
            (b's', 504)
        }
        End::Ended(why) => {
            both.iter().for_each(|c| {
                if begun {
                    c.srv_abrt.inc();
                } else if !in_request {
                    c.eresp.inc();
                }
            });
            (why.letter(), 502)
        }
        End::BadResponse => {
            let to = (Some(backend), Some(server));
            capture::keep(session, Direction::Response, txn.res.as_ref(), to);
            both.iter().for_each(|c| c.eresp.inc());
            if !begun {
                txn.stream.log.response_ms = 0;
            }
            // What goes wrong behind the head is the connection's fault, in the original's words.
            (if begun { b'S' } else { b'P' }, 502)
        }
        End::Denied(status) if txn.rules_failed.is_some() => {
            txn.stream.log.response_ms = 0;
            (txn.rules_failed.unwrap_or(b'P'), i32::from(status))
        }
        End::Denied(status) if txn.intercepted => {
            txn.stream.log.response_ms = 0;
            (b'L', i32::from(status))
        }
        End::Denied(status) => {
            both.iter().for_each(|c| c.dresp.inc());
            thread.fe_counters(session.client.frontend).dresp.inc();
            // Nothing of the server's answer is told, nor how long it took.
            txn.stream.log.response_ms = 0;
            (b'P', i32::from(status))
        }
        End::Done | End::DoneEarly | End::Tunnel | End::TryAgain => return Next::Close,
    };
    if !begun && matches!(end, End::ServerGone | End::ServerTimeout | End::BadResponse) {
        count_tracked(session, txn, SERVER_FAULT);
    }
    txn.stream.log.end_with(cause, phase);
    if begun {
        return Next::Close;
    }
    if in_request {
        count_status(thread.fe_counters(session.client.frontend), 0);
        count_status(thread.be_counters(backend), 0);
        return Next::Close;
    }
    let before = txn.stream.log.bytes;
    if !matches!(end, End::Denied(_)) {
        txn.has_answer = false;
    }
    let next = answer_now(session, txn, status as u16, false).await;
    count_relayed(session, backend, server, [0, txn.stream.log.bytes - before]);
    next
}

/// The client ended its direction inside a body that was waited for: no server is asked.
pub(super) fn left_early(session: &Session, txn: &mut Txn, backend: ProxyId) -> Next {
    let thread = &session.thread;
    session.count(|side| side.ereq.inc());
    thread.be_counters(backend).cli_abrt.inc();
    count_status(thread.fe_counters(session.client.frontend), 0);
    count_status(thread.be_counters(backend), 0);
    txn.stream.log.end_with(b'C', b'R');
    Next::Close
}

/// No request came, or none that can be understood.
pub(super) async fn refuse(session: &mut Session, txn: &mut Txn, reason: NoRequest) -> Next {
    let thread = Rc::clone(&session.thread);
    let frontend = session.frontend();
    let silent =
        txn.req.as_ref().is_none_or(crate::buffer::Buffer::is_empty) && txn.stream.log.started_ms == 0;
    if silent && (session.client.requests > 0 || frontend.options.http_ignore_probes) {
        return Next::Close;
    }
    // Whoever said nothing is answered and counted all the same.
    let logged = !(silent && frontend.options.dontlognull);
    let (cause, status) = match reason {
        // Nobody else comes here with it.
        NoRequest::Http2 => return Next::Http2,
        NoRequest::Silent | NoRequest::Cut | NoRequest::Broken => (b'C', 400),
        NoRequest::Expired => (b'c', 408),
        NoRequest::Malformed => (b'P', 400),
        NoRequest::TargetTooLong => (b'P', 414),
        NoRequest::HeadTooLarge => (b'P', 431),
        NoRequest::UnexpectedBody => (b'P', 413),
        NoRequest::UnknownCoding => (b'P', 422),
    };
    if cause == b'P' {
        capture::keep(session, Direction::Request, txn.req.as_ref(), (None, None));
    }
    count_request(thread.fe_counters(session.client.frontend), thread.now_ms());
    thread.counters().process.req_tot.inc();
    txn.stream.number = thread.next_number();
    session.count(|side| side.ereq.inc());
    count_tracked(session, txn, REQUEST);
    if reason != NoRequest::Expired {
        count_tracked(session, txn, CLIENT_FAULT);
    }
    txn.stream.log.end_with(cause, b'R');
    // Who has only ended its own direction may still read.
    let next = if reason == NoRequest::Broken {
        txn.stream.log.status = status;
        count_status(thread.fe_counters(session.client.frontend), status);
        Next::Close
    } else {
        txn.to_client.clear();
        proxy_core::answer::malformed(&mut txn.to_client, status as u16);
        // Nothing is counted for what was no request.
        txn.answer_size = 0;
        txn.stream.log.status = status;
        send_answer(session, txn, true).await
    };
    // Nothing is counted for what was no request.
    txn.stream.log.bytes = 0;
    txn.stream.log.own_bytes = 0;
    txn.stream.log.received = 0;
    txn.stream.log.line.clear();
    if logged {
        stream_log::write_failure(session, &txn.stream);
    }
    next
}
