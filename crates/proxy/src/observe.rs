//! Tells of servers what traffic shows (`observe`).

use std::rc::Rc;

use haproxy_cfg::model::ProxyId;
use proxy_core::check::{Seen, observe, proxies_of};
use proxy_core::cli::Hooks as _;

use crate::control::Shell;
use crate::thread::Thread;

/// Takes into account what was seen of a server, if anything of it is looked at.
#[inline]
pub(crate) fn saw(thread: &Rc<Thread>, backend: ProxyId, server: usize, seen: Seen) {
    if thread.config().proxy(backend).servers[server].observe.is_some() {
        take_into_account(thread, backend, server, seen);
    }
}

#[cold]
fn take_into_account(thread: &Rc<Thread>, backend: ProxyId, server: usize, seen: Seen) {
    let shared = &thread.shared;
    let events = observe(
        &shared.runtime,
        thread.config(),
        backend,
        server,
        seen,
        thread.now_ms(),
    );
    let state = &shared.runtime.proxies[backend.0 as usize].servers[server];
    if state.check_soon.load(std::sync::atomic::Ordering::Relaxed) {
        shared.check_soon.notify_one();
    }
    if events.is_empty() {
        return;
    }
    let mut shell = Shell::new(thread);
    let changed = proxies_of(backend, &events);
    shell.log(events);
    for proxy in changed {
        shell.changed(Some(proxy));
    }
}
