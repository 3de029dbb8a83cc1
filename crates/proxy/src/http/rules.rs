//! The rules of a proxy on a request and on its response.

use std::cell::Cell;
use std::io::Write as _;
use std::net::IpAddr;
use std::rc::Rc;

use haproxy_cfg::model::{ForwardFor, ProxyId};
use proxy_core::proxy_protocol::Introduction;
use proxy_core::rules::{Acls, CondPlan, Exec, RuleSetPlan, Step};
use proxy_core::sample::{Body, SampleContext, put_ipv4};

use super::count::count_sides;
use super::txn::{Txn, body_in};
use crate::buffer::Buffer;
use crate::context::{AtHand, Here, looking};
use crate::session::Session;

/// Whether a condition of `proxy` holds for the request at hand.
pub(super) fn holds(session: &Session, txn: &mut Txn, acls: &Acls, cond: &CondPlan) -> bool {
    let mut cache = std::mem::take(&mut txn.cache);
    let holds = looking_at(session, txn, session.client.frontend, true, |context| {
        cond.holds(acls, context, &mut cache)
    });
    txn.cache = cache;
    holds
}

/// Shows `look` what a rule of `proxy` may look at.
pub(super) fn looking_at<T>(
    session: &Session,
    txn: &Txn,
    proxy: ProxyId,
    on_request: bool,
    look: impl FnOnce(&SampleContext<'_>) -> T,
) -> T {
    let at_hand = AtHand {
        stream: Some(&txn.stream),
        request: on_request.then(|| txn.request()),
        response: (!on_request).then(|| txn.response()),
        body: if on_request {
            txn.request_body()
        } else {
            txn.response_body()
        },
        io: Some(&session.io),
        ..AtHand::default()
    };
    looking(&session.thread, &session.client, proxy, at_hand, look)
}

/// Which message rules are applied to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// The request, as far as it has come.
    Request,
    /// The request, whose body is waited for where rules look at it.
    AwaitedRequest,
    /// The response.
    Response,
}

/// Applies a rule set of `proxy` to the message at hand, from rule `at` on.
pub(super) fn run<'p>(
    session: &mut Session,
    txn: &mut Txn,
    proxy: ProxyId,
    (acls, rules): (&Acls, &'p RuleSetPlan),
    message: Message,
    at: &mut usize,
) -> Step<'p> {
    let on_request = message != Message::Response;
    let thread = Rc::clone(&session.thread);
    let mut arena = thread.arena.borrow_mut();
    arena.reset();
    // The word of a set holds to its end, also where the shell has done a step in between.
    let strict = *at == 0 || !txn.stream.settings.lenient;
    let progress = &txn.progress;
    let mut body = if on_request {
        let done = progress.req_body.is_done();
        body_in(
            txn.req.as_ref(),
            txn.req_head.len,
            progress.req_ready,
            &txn.req_traits,
            done,
        )
    } else {
        let done = progress.is_body_received();
        body_in(
            txn.res.as_ref(),
            txn.res_head.len,
            progress.response_ready(),
            &txn.res_traits,
            done,
        )
    };
    body.complete = message != Message::AwaitedRequest || progress.req_body.is_done();
    let mut exec = Exec {
        arena: &arena,
        config: thread.config(),
        runtime: &thread.shared.runtime,
        world: &Here {
            thread: &thread,
            io: Some(&session.io),
        },
        proxy,
        client: &mut session.client,
        stream: Some(&mut txn.stream),
        request: None,
        response: None,
        body,
        payload: Body {
            complete: true,
            ..Body::default()
        },
        from_server: !on_request,
        room: thread.config().global.tune.bufsize as usize,
        cache: &mut txn.cache,
        strict,
        answer: &mut txn.answer,
        has_answer: false,
        hints: &mut txn.to_client,
        undecided: &Cell::new(false),
    };
    if on_request {
        exec.request = txn.req.as_ref().map(|buffer| (buffer.data(), &mut txn.req_head));
    } else {
        // An answer of our own has no buffer.
        let received = txn.res.as_ref().map_or(&[][..], Buffer::data);
        exec.response = Some((received, &mut txn.res_head));
    }
    let step = match &thread.rehearsal {
        None => rules.run(acls, &mut exec, at),
        Some(rehearsal) => rules.run_watched(acls, &mut exec, at, &**rehearsal),
    };
    let strict = exec.strict;
    txn.has_answer = exec.has_answer;
    txn.stream.settings.lenient = !strict;
    let failed = std::mem::take(&mut txn.stream.failed_edits);
    if failed > 0 {
        count_sides(session, txn, |side| side.wrew.add(u64::from(failed)));
    }
    step
}

/// What servers of `backend` are told of the client with this request; none where none of them asks.
pub(super) fn introduce(session: &Session, txn: &Txn, backend: ProxyId) -> Option<Box<Introduction>> {
    crate::upstream::introduce(session, backend, || AtHand {
        stream: Some(&txn.stream),
        request: Some(txn.request()),
        body: txn.request_body(),
        io: Some(&session.io),
        ..AtHand::default()
    })
}

/// Makes the request's identifier, where the frontend has a format for it.
pub(super) fn identify(session: &Session, txn: &mut Txn) {
    let frontend = session.client.frontend;
    let plan = &session.thread.shared.plan.proxies[frontend.0 as usize];
    if let Some(format) = &plan.unique_id {
        let id = looking_at(session, txn, frontend, true, |context| {
            Box::from(format.text(context))
        });
        txn.stream.unique_id = Some(id);
    }
}

/// Tells the server the request's identifier (`unique-id-header`).
pub(super) fn tell_identity(session: &Session, txn: &mut Txn) {
    let settings = session.frontend().unique_id.as_ref();
    let Some(header) = settings.and_then(|settings| settings.header.as_ref()) else {
        return;
    };
    if let Some(id) = txn.stream.unique_id.take() {
        // Where there is no room for it, the server does without.
        let _ = txn.edit_request(usize::MAX).add(header, &[&id[..]]);
        txn.stream.unique_id = Some(id);
    }
}

/// What servers are told about the client: `option forwardfor`, `originalto` and `forwarded`, of which the backend's word counts
/// where both proxies say something.
pub(super) fn tell_addresses(session: &Session, txn: &mut Txn, backend: ProxyId) {
    let (proxy, plan) = session.thread.shared.plan.proxy(backend);
    let frontend = session.frontend();
    if let Some(policy) = proxy.forwardfor.as_ref().or(frontend.forwardfor.as_ref()) {
        tell_address(txn, policy, session.client.src.map(|address| address.ip()));
    }
    if let Some(policy) = proxy.originalto.as_ref().or(frontend.originalto.as_ref()) {
        let dst = session.client.dst.or_else(|| session.io.local_address());
        tell_address(txn, policy, dst.map(|address| address.ip()));
    }
    if let Some(plan) = &plan.forwarded {
        let mut value = Vec::new();
        looking_at(session, txn, backend, true, |context| {
            plan.write(context, &mut value);
        });
        if !value.is_empty() {
            // Where there is no room for it, the server does without.
            let _ = txn.edit_request(usize::MAX).add(b"forwarded", &[&value]);
        }
    }
}

/// Tells the server an address.
fn tell_address(txn: &mut Txn, policy: &ForwardFor, address: Option<IpAddr>) {
    let Some(address) = address else {
        return;
    };
    if policy
        .except
        .is_some_and(|(net, bits)| is_inside(address, net, bits))
    {
        return;
    }
    if policy.if_none && txn.request().headers().get(&policy.header).next().is_some() {
        return;
    }
    let mut text = std::mem::take(&mut txn.address);
    text.clear();
    match address {
        IpAddr::V4(v4) => put_ipv4(&mut text, v4),
        // Writing into memory cannot fail.
        IpAddr::V6(v6) => write!(text, "{v6}").unwrap_or_default(),
    }
    // Where there is no room for it, the server does without, as with the original.
    let _ = txn.edit_request(usize::MAX).add(&policy.header, &[&text]);
    txn.address = text;
}

/// Whether an address is one of a network.
pub(crate) fn is_inside(ip: IpAddr, net: IpAddr, bits: u8) -> bool {
    match (ip, net) {
        (IpAddr::V4(ip), IpAddr::V4(net)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits.min(32))).unwrap_or(0);
            u32::from(ip) & mask == u32::from(net) & mask
        }
        (IpAddr::V6(ip), IpAddr::V6(net)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits.min(128))).unwrap_or(0);
            u128::from(ip) & mask == u128::from(net) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_hold_their_addresses_only() {
        let inside = |ip: &str, net: &str, bits| is_inside(ip.parse().unwrap(), net.parse().unwrap(), bits);
        assert!(inside("127.3.2.1", "127.0.0.0", 8));
        assert!(!inside("128.0.0.1", "127.0.0.0", 8));
        assert!(inside("9.9.9.9", "0.0.0.0", 0));
        assert!(inside("fd00::1", "fd00::", 8));
        assert!(!inside("10.0.0.1", "::", 0));
    }
}
