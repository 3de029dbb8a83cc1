//! Rules of a backend that choose a server for a request, or say what its cookie is worth.

use std::rc::Rc;

use haproxy_cfg::model::ProxyId;
use proxy_core::rules::Persistence;

use super::rules::looking_at;
use super::txn::Txn;
use crate::session::Session;

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
    let (proxy, plan) = thread.shared.plan.proxy(backend);
    let Some(steering) = &plan.steering else { return };
    let even_if_down = proxy.options.persist || txn.stream.settings.force_persist;
    let state = &thread.shared.runtime.proxies[backend.0 as usize];
    txn.cache.reset();
    let mut cache = std::mem::take(&mut txn.cache);
    let server = looking_at(session, txn, backend, true, |context| {
        let usable = |at: usize| even_if_down || state.servers[at].is_usable();
        steering.server(&plan.acls, context, &mut cache, usable)
    });
    txn.cache = cache;
    if server.is_some() || persistence == Some(Persistence::Ignored) {
        txn.cookie.overrule(server);
    }
}
