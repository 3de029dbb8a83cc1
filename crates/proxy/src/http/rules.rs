//! The rules of a proxy on a request and on its response.

use std::fmt::Write as _;
use std::net::IpAddr;

use haproxy_cfg::model::{ForwardFor, ProxyId};
use proxy_core::persist::HeadEdits;
use proxy_core::plan::{ActionPlan, RulePlan};
use proxy_core::rules::{Acls, CondPlan};
use proxy_core::sample::SampleContext;

use super::txn::Txn;
use crate::context::{AtHand, looking};
use crate::session::Session;

/// What the rules say becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum Verdict {
    /// It goes on.
    Pass,
    /// It is refused with that status.
    Deny(u16),
    /// It is refused with that status after a while.
    Tarpit(u16),
}

/// Whether a condition of `proxy` holds for the request at hand.
pub(super) fn holds(session: &Session, txn: &mut Txn, acls: &Acls, cond: &CondPlan) -> bool {
    holds_on(session, txn, acls, cond, true)
}

/// Once its response is there the request is gone: what asks for it gets no sample, and does not match.
fn holds_on(session: &Session, txn: &mut Txn, acls: &Acls, cond: &CondPlan, on_request: bool) -> bool {
    let mut cache = std::mem::take(&mut txn.cache);
    let holds = looking_at(session, txn, session.client.frontend, on_request, |context| {
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
        ..AtHand::default()
    };
    looking(&session.thread, &session.client, proxy, at_hand, look)
}

/// Applies a proxy's rules on requests; edits are put down in `txn.edits`.
pub(super) fn on_request(session: &Session, txn: &mut Txn, proxy: ProxyId) -> Verdict {
    let plan = &session.thread.shared.plan.proxies[proxy.0 as usize];
    if plan.request_rules.is_empty() {
        return Verdict::Pass;
    }
    apply(session, txn, &plan.acls, &plan.request_rules, true)
}

/// Applies a proxy's rules on responses.
pub(super) fn on_response(session: &Session, txn: &mut Txn, proxy: ProxyId) -> Verdict {
    let plan = &session.thread.shared.plan.proxies[proxy.0 as usize];
    if plan.response_rules.is_empty() {
        return Verdict::Pass;
    }
    txn.cache.reset();
    apply(session, txn, &plan.acls, &plan.response_rules, false)
}

fn apply(session: &Session, txn: &mut Txn, acls: &Acls, rules: &[RulePlan], on_request: bool) -> Verdict {
    for rule in rules {
        if let Some(cond) = &rule.cond
            && !holds_on(session, txn, acls, cond, on_request)
        {
            continue;
        }
        let mut edits = std::mem::take(&mut txn.edits);
        match &rule.action {
            ActionPlan::Add(name, value) => edits.add(name, &[value]),
            ActionPlan::Set(name, value) => {
                remove_all(&mut edits, txn, name, on_request);
                edits.add(name, &[value]);
            }
            ActionPlan::Del(name) => remove_all(&mut edits, txn, name, on_request),
            ActionPlan::Deny(status) => return Verdict::Deny(*status),
            ActionPlan::Tarpit(status) => return Verdict::Tarpit(*status),
            ActionPlan::Allow => {
                txn.edits = edits;
                return Verdict::Pass;
            }
        }
        txn.edits = edits;
    }
    Verdict::Pass
}

/// Leaves out the received headers of a name, and those that earlier rules added.
fn remove_all(edits: &mut HeadEdits, txn: &Txn, name: &[u8], on_request: bool) {
    edits.forget_added(name);
    let headers = if on_request {
        txn.request().headers()
    } else {
        txn.response().headers()
    };
    for (at, (found, _)) in headers.iter().enumerate() {
        if found.eq_ignore_ascii_case(name) {
            edits.remove(at);
        }
    }
}

/// `option forwardfor` of the frontend or the backend.
pub(super) fn forward_for(session: &Session, txn: &mut Txn, policy: &ForwardFor) {
    let Some(src) = session.client.src.map(|a| a.ip()) else {
        return;
    };
    if policy.except.is_some_and(|(net, bits)| is_inside(src, net, bits)) {
        return;
    }
    if policy.if_none && txn.request().headers().get(&policy.header).next().is_some() {
        return;
    }
    let mut text = std::mem::take(&mut txn.address);
    text.clear();
    // Writing into a string cannot fail.
    let _ = write!(text, "{src}");
    txn.edits.add(&policy.header, &[text.as_bytes()]);
    txn.address = text;
}

fn is_inside(ip: IpAddr, net: IpAddr, bits: u8) -> bool {
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
