//! Rules of a backend that choose a server for a request, or say what its cookie is worth.

use std::rc::Rc;

use haproxy_cfg::model::ProxyId;
use proxy_core::rules::{Persistence, SteeringPlan};

use super::rules::looking_at;
use super::txn::Txn;
use crate::session::Session;
use crate::sticking;

/// What `force-persist` and `ignore-persist` say of the request.
pub(super) fn persistence(session: &Session, txn: &mut Txn, backend: ProxyId) -> Option<Persistence> {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[backend.0 as usize];
    let steering = plan.steering.as_ref()?;
    txn.cache.reset();
    let mut cache = std::mem::take(&mut txn.cache);
    let said = looking_at(session, txn, backend, true, |context| {
        steering.persistence(&plan.acls, context, &mut cache)
    });
    txn.cache = cache;
    txn.stream.settings.force_persist = said == Some(Persistence::Forced);
    said
}

/// Applies `use-server`, and what was said of persistence. What chooses a server here overrules the request's cookie.
pub(super) fn choose(session: &Session, txn: &mut Txn, backend: ProxyId, persistence: Option<Persistence>) {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[backend.0 as usize];
    if let Some(steering) = &plan.steering {
        apply(session, txn, backend, steering, persistence);
    }
    if plan.stick.is_some() {
        stick(session, txn, backend);
    }
}

/// Looks for the server in stick tables, unless the request has one by now. Cookies are all that `ignore-persist` speaks of.
fn stick(session: &Session, txn: &mut Txn, backend: ProxyId) {
    let thread = Rc::clone(&session.thread);
    txn.cache.reset();
    let mut cache = std::mem::take(&mut txn.cache);
    let wanted = txn.cookie.server.is_none();
    let how = (wanted, txn.stream.settings.force_persist);
    let (server, store) = looking_at(session, txn, backend, true, |context| {
        sticking::look(&thread, backend, how, context, &mut cache)
    });
    txn.cache = cache;
    txn.stream.remembering = store;
    if server.is_some() {
        txn.cookie.overrule(server, false);
    }
}

/// Looks at the response for what `stick store-response` remembers, and remembers the server.
pub(super) fn remember(session: &Session, txn: &mut Txn, backend: ProxyId, server: usize) {
    let thread = Rc::clone(&session.thread);
    let plan = &thread.shared.plan.proxies[backend.0 as usize];
    let Some(stick) = &plan.stick else { return };
    if stick.looks_at_responses() {
        txn.cache.reset();
        let mut cache = std::mem::take(&mut txn.cache);
        let mut store = txn.stream.remembering.take().unwrap_or_default();
        looking_at(session, txn, backend, false, |context| {
            stick.response(&plan.acls, context, &mut cache, &mut store);
        });
        txn.cache = cache;
        txn.stream.remembering = Some(store);
    }
    sticking::keep(&thread, &mut txn.stream, backend, server);
}

/// `use-server`, and what was said of persistence.
fn apply(
    session: &Session,
    txn: &mut Txn,
    backend: ProxyId,
    steering: &SteeringPlan,
    persistence: Option<Persistence>,
) {
    let thread = Rc::clone(&session.thread);
    let (proxy, plan) = thread.shared.plan.proxy(backend);
    let even_if_down = proxy.options.persist || txn.stream.settings.force_persist;
    let state = &thread.shared.runtime.proxies[backend.0 as usize];
    txn.cache.reset();
    let mut cache = std::mem::take(&mut txn.cache);
    let server = looking_at(session, txn, backend, true, |context| {
        if let Some(rehearsal) = &thread.rehearsal {
            steering.tell(&plan.acls, context, &mut cache, &**rehearsal);
        }
        let usable = |at: usize| even_if_down || state.servers[at].is_usable();
        steering.server(&plan.acls, context, &mut cache, usable)
    });
    txn.cache = cache;
    let ignored = persistence == Some(Persistence::Ignored);
    if server.is_some() || ignored {
        txn.cookie.overrule(server, ignored);
    }
}
