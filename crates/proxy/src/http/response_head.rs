//! The head of a response on its way to the client: what rules, cookies and connections make of it.

use std::rc::Rc;

use haproxy_cfg::model::{ConnectionMode, LogLevel, ProxyId};
use proxy_core::answer::Reply;
use proxy_core::check::Seen;
use proxy_core::http1::{
    ConnectionHeader, Framing, HeadersMut, MessageTraits, ResponseRef, Version, has_cacheable_cookie,
    write_response,
};
use proxy_core::persist::{HeadEdits, ResponseInput};
use proxy_core::rules::Step;
use proxy_core::sample::Body;
use proxy_core::table::Data;

use super::answer::{self, RulesFailed};
use super::compress;
use super::count::{count_sides, count_status, count_tracked};
use super::exchange::HeadStop;
use super::forward::NO_ANSWER;
use super::rules::{self, Message};
use super::steering;
use super::transaction::client_cases;
use super::txn::{ResponseRules, Txn};
use crate::early::{self, Contents};
use crate::log::Entry;
use crate::observe::saw;
use crate::session::Session;
use crate::stream_log;
use crate::thread::Thread;

/// Which connections outlive the response.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Keep {
    pub(super) client: bool,
    pub(super) server: bool,
    /// The server knows its client by the connection from here on.
    pub(super) private: bool,
}

/// The response's head is there: rules, cookie, connection. Puts the head for the client together. `server` has sent it; none where
/// it is a cache's.
///
/// # Errors
/// Why it is not, when a rule refuses the response or waits for its body. Called again behind such a wait, it goes on there.
pub(super) fn finish_head(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    server: Option<usize>,
    mode: ConnectionMode,
) -> Result<Keep, HeadStop> {
    let thread = Rc::clone(&session.thread);
    let begun = std::mem::take(&mut txn.rules_at);
    if begun == ResponseRules::default() {
        if let Some(server) = server {
            // The original counts a server's requests when they are answered.
            let counters = thread.server_counters(backend, server);
            counters.req_tot.inc();
            // What rules make of it is no business of the server's.
            count_status(counters, i32::from(txn.res_head.status));
            saw(&thread, backend, server, Seen::Status(txn.res_head.status));
        }
        if let Some(fault) = Data::of_status(txn.res_head.status) {
            count_tracked(session, txn, fault);
        }
        txn.stream.begin_response();
        if let Some(captures) = &thread.config().proxy(session.client.frontend).captures {
            txn.capture_response(captures, thread.config().global.tune.http_cookielen as usize);
        }
        compress::judge(session, txn, backend);
        if server.is_some() {
            refuse_contents(session, txn, backend, server)?;
        }
    }
    let mut at = begun.at;
    if !begun.in_frontend {
        response_rules(session, txn, backend, &mut at)?;
        at = 0;
    }
    if backend != session.client.frontend {
        response_rules(session, txn, session.client.frontend, &mut at)?;
    }
    if let Some(server) = server {
        remember_server(session, txn, backend, server)?;
    }
    if let Err(RulesFailed(cause)) = answer::after_rules(session, txn) {
        txn.after_failed = true;
        return Err(rules_failed(session, txn, cause));
    }
    let status = txn.res_head.status;
    txn.stream.log.status = i32::from(status);
    count_status(thread.fe_counters(session.client.frontend), i32::from(status));
    if !txn.stream.is_cached() || backend != session.client.frontend {
        count_status(thread.be_counters(backend), i32::from(status));
    }
    let has_end = has_framing(txn, status);
    let keep = Keep {
        client: answer::keeps_client(session, txn)
            && has_end
            && !has_old_chunks(&txn.res_traits, txn.res_head.version),
        server: mode == ConnectionMode::KeepAlive
            && has_end
            && !has_old_chunks(&txn.req_traits, txn.req_head.version)
            && txn.response().wants_keep_alive(&txn.res_traits),
        private: matches!(status, 401 | 407) && is_bound_to_connection(txn.response()),
    };
    let is_tunnel = status == 101 || txn.progress.connect && (200..300).contains(&status);
    let connection = match (is_tunnel, keep.client, txn.res_head.version) {
        (true, ..) | (false, false, Version::Http10) => ConnectionHeader::Implied,
        (false, false, Version::Http11 | Version::Http2) => ConnectionHeader::Close,
        (false, true, Version::Http10) => ConnectionHeader::KeepAlive,
        (false, true, Version::Http11 | Version::Http2) => match txn.req_head.version {
            Version::Http10 => ConnectionHeader::KeepAlive,
            Version::Http11 | Version::Http2 => ConnectionHeader::Implied,
        },
    };
    compress::begin(session, txn);
    let mut out = std::mem::take(&mut txn.to_client);
    let start = out.len();
    let drop_length = txn.res_traits.coding && txn.res_traits.content_length.is_some();
    write_response(&mut out, txn.response(), connection, drop_length);
    if let Some(cases) = client_cases(session) {
        cases.adjust(&mut out[start..]);
    }
    txn.to_client = out;
    stream_log::write_step(session, &txn.stream, "response");
    stream_log::write_early(session, &mut txn.stream);
    Ok(keep)
}

/// What the response tells of its server, and its client of it: what is remembered for later requests, cookies.
///
/// # Errors
/// When the response is refused for a cookie.
fn remember_server(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    server: usize,
) -> Result<(), HeadStop> {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[backend.0 as usize];
    if plan.stick.is_some() {
        steering::remember(session, txn, backend, server);
    }
    if plan.cookie.is_some() && thread.config().proxy(backend).servers[server].unlisted {
        // Nobody who could be remembered: the client's cookie and the server's stay what they are.
        txn.stream.log.termination[3] = b'N';
    } else if let Some(cookie) = &plan.cookie {
        let mut edits = std::mem::take(&mut txn.edits);
        let input = ResponseInput {
            response: txn.response(),
            client: &txn.cookie,
            method: txn.method(),
            state: &thread.shared.runtime.proxies[backend.0 as usize],
            server,
            now: thread.epoch_ms(txn.stream.log.response_ms) / 1000,
        };
        txn.stream.log.termination[3] = cookie.edit_response(&input, &mut edits);
        apply_edits(&mut edits, &mut txn.edit_response(usize::MAX));
        txn.edits = edits;
    }
    if thread.config().proxy(backend).options.check_cache && blocks_cookie(&thread, txn, backend, server) {
        return Err(HeadStop::Refused(502));
    }
    Ok(())
}

/// Whether the response is refused for a cookie that a cache might keep (`option checkcache`), which the log is told.
fn blocks_cookie(thread: &Rc<Thread>, txn: &Txn, backend: ProxyId, server: usize) -> bool {
    if !has_cacheable_cookie(txn.method(), txn.response()) {
        return false;
    }
    let proxy = thread.config().proxy(backend);
    let text = [
        b"Blocking cacheable cookie in response from instance ",
        proxy.name.as_slice(),
        b", server ",
        proxy.servers[server].name.as_slice(),
        b".",
    ]
    .concat();
    let mut dates = thread.dates.borrow_mut();
    let entry = Entry {
        tag: proxy.log_tag.as_ref(),
        level: LogLevel::Alert,
        now_us: thread.epoch_us(),
        line: &text,
        structured: None,
    };
    thread.log.borrow_mut().send(&proxy.logs, &mut dates, entry);
    true
}

/// `tcp-response content` of the backend. Without a time to wait for what they look at, they are applied before there is a
/// response; `answered_by` says which server has sent one.
///
/// # Errors
/// When the connection is to be closed without an answer.
pub(super) fn refuse_contents(
    session: &mut Session,
    txn: &mut Txn,
    backend: ProxyId,
    answered_by: Option<usize>,
) -> Result<(), HeadStop> {
    let thread = Rc::clone(&session.thread);
    let (proxy, plan) = thread.shared.plan.proxy(backend);
    let waits = proxy.timeouts.inspect_response.is_some();
    if plan.response_content_rules.is_empty() || waits != answered_by.is_some() {
        return Ok(());
    }
    let set = (&plan.acls, &plan.response_content_rules);
    txn.cache.reset();
    let step = if waits {
        rules::run(session, txn, backend, set, Message::Response, &mut 0)
    } else {
        let contents = Contents {
            stream: Some(&mut txn.stream),
            payload: Body {
                complete: true,
                ..Body::default()
            },
            from_server: true,
        };
        early::run(session, backend, set, contents, &mut txn.cache, &mut 0)
    };
    match step {
        Step::Reject | Step::Vanish(_) => {}
        // What has come whole goes on.
        Step::Close if waits && txn.progress.is_body_received() => return Ok(()),
        Step::Close => {
            // As if the server had gone without a word.
            txn.stream.log.response_ms = 0;
            return Err(HeadStop::Closed);
        }
        _ => return Ok(()),
    }
    if let Step::Vanish(hops) = step {
        session.io.vanish(hops);
        session.count_vanished(backend);
        txn.stream.log.end_with(b'P', b'R');
    } else {
        thread.fe_counters(session.client.frontend).dresp.inc();
        thread.be_counters(backend).dresp.inc();
        if let Some(server) = answered_by.or(txn.stream.route.server) {
            thread.server_counters(backend, server).dresp.inc();
        }
    }
    if waits {
        txn.stream.log.status = i32::from(txn.res_head.status);
        txn.stream.log.response_ms = 0;
    }
    txn.stream.log.end_with(b'P', b'D');
    Err(HeadStop::Refused(NO_ANSWER))
}

/// The rules of one proxy on the response, from number `at` on.
///
/// # Errors
/// Why the response does not go on.
pub(super) fn response_rules(
    session: &mut Session,
    txn: &mut Txn,
    proxy: ProxyId,
    at: &mut usize,
) -> Result<(), HeadStop> {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[proxy.0 as usize];
    if plan.response_rules.is_empty() {
        return Ok(());
    }
    txn.cache.reset();
    match rules::run(
        session,
        txn,
        proxy,
        (&plan.acls, &plan.response_rules),
        Message::Response,
        at,
    ) {
        Step::Next
        | Step::Edited
        | Step::Readdressed
        | Step::Stop
        | Step::Wait
        | Step::Reject
        | Step::Close
        | Step::SwitchMode => Ok(()),
        Step::Vanish(hops) => {
            session.count_vanished(txn.stream.log.backend.unwrap_or(proxy));
            session.io.vanish(hops);
            txn.stream.log.status = i32::from(txn.res_head.status);
            txn.stream.log.response_ms = 0;
            txn.stream.log.end_with(b'P', b'R');
            Err(HeadStop::Refused(NO_ANSWER))
        }
        Step::Deny(reply) | Step::Tarpit(reply) => Err(HeadStop::Refused(reply.status)),
        Step::Return(_) if answer::is_too_large(session, txn) => {
            txn.has_answer = false;
            Err(rules_failed(session, txn, b'P'))
        }
        Step::Redirect(_) if answer::is_too_large(session, txn) => {
            txn.has_answer = false;
            Err(rules_failed(session, txn, b'I'))
        }
        Step::Return(Reply { status, .. }) => {
            txn.intercepted = true;
            Err(HeadStop::Refused(*status))
        }
        Step::Redirect(status) => {
            txn.intercepted = true;
            Err(HeadStop::Refused(status))
        }
        Step::AwaitBody(terms) => {
            txn.rules_at = ResponseRules {
                in_frontend: txn.stream.log.backend != Some(proxy),
                at: *at,
            };
            Err(HeadStop::Await(terms))
        }
        Step::Pause(time) => {
            txn.rules_at = ResponseRules {
                in_frontend: txn.stream.log.backend != Some(proxy),
                at: *at,
            };
            Err(HeadStop::Pause(time))
        }
        Step::Failed => Err(rules_failed(session, txn, b'P')),
        Step::Broken => Err(rules_failed(session, txn, b'I')),
        Step::Malformed | Step::Metrics | Step::Resolve(_) | Step::Hint | Step::Authenticate(_) => {
            Err(HeadStop::Refused(500))
        }
    }
}

/// Rules on the response could not be carried out.
fn rules_failed(session: &Session, txn: &mut Txn, cause: u8) -> HeadStop {
    count_sides(session, txn, |side| side.eint.inc());
    txn.rules_failed = Some(cause);
    HeadStop::Refused(500)
}

/// Makes edits and forgets them. Where there is no room the rest goes on without, as with the original.
pub(super) fn apply_edits(edits: &mut HeadEdits, headers: &mut HeadersMut<'_>) {
    if !edits.list().is_empty() {
        let _ = edits.apply(headers);
        edits.clear();
    }
}

/// Whether a response asks for a password in a way that holds for all that follows on the connection.
fn is_bound_to_connection(response: ResponseRef<'_>) -> bool {
    let asks = |name: &[u8]| {
        response.headers().get(name).any(|value| {
            [&b"ntlm"[..], b"negotiate"].iter().any(|scheme| {
                value
                    .get(..scheme.len())
                    .is_some_and(|begin| begin.eq_ignore_ascii_case(scheme))
            })
        })
    };
    asks(b"www-authenticate") || asks(b"proxy-authenticate")
}

/// Whether the response's end is known without the connection's.
pub(super) fn has_framing(txn: &Txn, status: u16) -> bool {
    let framing = proxy_core::http1::response_framing(&txn.res_traits, status, txn.progress.to_head);
    framing != Framing::UntilClose
}

/// Whether a message has chunks in HTTP/1.0: who gets it may not see their end.
pub(super) fn has_old_chunks(traits: &MessageTraits, version: Version) -> bool {
    traits.chunked && version == Version::Http10
}
