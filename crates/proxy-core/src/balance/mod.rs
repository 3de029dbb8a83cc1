//! Choosing a server for a new session (manual, `balance`). Each algorithm gives the servers in the original's order.

mod balancer;
mod leastconn;
mod random;
mod roundrobin;
mod static_rr;
#[cfg(test)]
mod tests;

use crate::state::ProxyState;

pub use balancer::{Balancer, PickInput};

/// What can take sessions in a backend, as logs and statistics show it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usable {
    /// Active servers.
    pub active: u32,
    /// Backup servers.
    pub backup: u32,
    /// Weights of those in use: the active ones', or when there is none the backups'.
    pub weight: u32,
}

/// `nbsrv`: the servers that can take sessions now.
pub(crate) fn usable_servers(state: &ProxyState) -> i64 {
    let count = state.servers.iter().filter(|s| s.is_balanced()).count();
    i64::try_from(count).unwrap_or(i64::MAX)
}
