//! Choosing a server for a new session (manual, `balance`). Each algorithm gives the servers in the original's order.

mod balancer;
mod key;
mod leastconn;
mod node;
mod random;
mod ring;
mod roundrobin;
mod static_rr;
#[cfg(test)]
mod tests;

use haproxy_cfg::model::Proxy;

use crate::state::ProxyState;

pub use balancer::{Balancer, PickInput};
pub use key::KeyPlan;

/// What can take sessions in a backend, as logs and statistics show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usable {
    /// Active servers.
    pub active: u32,
    /// Backup servers.
    pub backup: u32,
}

/// `nbsrv`: the active servers that can take sessions now, or when there is none the backups that stand in. Without
/// `option allbackups` one of them stands in at a time.
pub(crate) fn servers_in_use(proxy: &Proxy, state: &ProxyState) -> i64 {
    let usable = |of_backups: bool| {
        let all = proxy.listed_servers().map(|(at, _)| &state.servers[at]);
        let count = all.filter(|server| server.is_backup() == of_backups && server.is_balanced());
        i64::try_from(count.count()).unwrap_or(i64::MAX)
    };
    match usable(false) {
        0 if proxy.options.allbackups => usable(true),
        0 => usable(true).min(1),
        active => active,
    }
}
