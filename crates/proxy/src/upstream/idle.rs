//! Server connections without a request, kept by the thread that opened them (`http-reuse safe`).

use std::cell::RefCell;
use std::task::{Context, Poll, Waker};

use haproxy_cfg::model::{Config, ProxyId};

use super::ServerConn;

/// Connections kept for each server and thread, whatever the load was.
const KEPT: usize = 1024;

/// Idle connections of one thread, by proxy and server.
#[derive(Debug)]
pub struct IdlePool {
    pools: RefCell<Vec<Vec<Vec<ServerConn>>>>,
}

impl IdlePool {
    /// An empty pool for the servers of `config`.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let of_proxy = |p: &haproxy_cfg::model::Proxy| p.servers.iter().map(|_| Vec::new()).collect();
        Self {
            pools: RefCell::new(config.proxies.iter().map(of_proxy).collect()),
        }
    }

    /// A connection that stands, for a request that is not its client's first (`http-reuse safe`): a server that closes
    /// just then would cost that client an error that it cannot know for a stale connection.
    pub fn take(&self, proxy: ProxyId, server: usize) -> Option<ServerConn> {
        let mut pools = self.pools.borrow_mut();
        let pool = &mut pools[proxy.0 as usize][server];
        while let Some(mut conn) = pool.pop() {
            if is_quiet(&mut conn) {
                return Some(conn);
            }
        }
        None
    }

    /// Keeps a connection whose last response is through.
    pub fn give(&self, proxy: ProxyId, server: usize, conn: ServerConn) {
        let mut pools = self.pools.borrow_mut();
        let pool = &mut pools[proxy.0 as usize][server];
        if pool.len() < KEPT {
            pool.push(conn);
        }
    }

    /// Closes what servers have closed, and what stands idle beyond what the last period needed. To be called now and then.
    pub fn purge(&self) {
        for pool in self.pools.borrow_mut().iter_mut().flatten() {
            pool.retain_mut(is_quiet);
        }
    }

    /// Closes all connections to a server: it went down or into maintenance.
    pub fn clear(&self, proxy: ProxyId, server: usize) {
        self.pools.borrow_mut()[proxy.0 as usize][server].clear();
    }
}

/// Whether nothing came since the last response. What comes unasked is the server's end, or a response to nothing: of no use
/// either way. Asks the runtime, and the system only if that says something came.
pub(super) fn is_quiet(conn: &mut ServerConn) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    match conn.io.poll_readable(&mut cx) {
        Poll::Pending => true,
        Poll::Ready(Err(_)) => false,
        Poll::Ready(Ok(())) => matches!(conn.io.poll_read(&mut cx, &mut [0]), Poll::Pending),
    }
}
