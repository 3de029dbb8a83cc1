//! Servers that stick tables remember, in HTTP and in TCP mode: what the rules of `stick` see at each point stands with
//! [`proxy_core::rules::StickPlan`].

use haproxy_cfg::model::ProxyId;
use proxy_core::rules::{Cache, remember};
use proxy_core::sample::SampleContext;
use proxy_core::stream::Stream;

use crate::thread::Thread;

/// Looks at a request, or at what a client sent, of which `context` tells: the server that is remembered, where one is `wanted`.
/// Gives where the server that it gets to is to be remembered, too.
pub(crate) fn look(
    thread: &Thread,
    backend: ProxyId,
    (wanted, forced): (bool, bool),
    context: &SampleContext<'_>,
    cache: &mut Cache,
) -> (Option<usize>, Option<Box<proxy_core::rules::Remembering>>) {
    let (proxy, plan) = thread.shared.plan.proxy(backend);
    let Some(stick) = &plan.stick else {
        return (None, None);
    };
    let even_if_down = proxy.options.persist || forced;
    let state = &thread.shared.runtime.proxies[backend.0 as usize];
    let usable = |at: usize| even_if_down || state.servers[at].is_usable();
    let (server, store) = stick.request(&plan.acls, context, cache, (wanted, usable));
    (server, (!store.is_empty()).then(|| Box::new(store)))
}

/// The server has answered: it is remembered.
pub(crate) fn keep(thread: &Thread, stream: &mut Stream, backend: ProxyId, server: usize) {
    if let Some(store) = stream.remembering.take() {
        let shared = &thread.shared;
        remember(
            &shared.runtime.tables,
            thread.config(),
            backend,
            server,
            &store,
            thread.tick(),
        );
    }
}
