//! Server connections without a request, kept by the thread that opened them (`http-reuse safe`).

use std::cell::RefCell;
use std::task::{Context, Poll, Waker};

use haproxy_cfg::model::{Config, ProxyId};
use proxy_core::state::{Runtime, SideCounters, ThreadCounters};

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
    pub fn take(&self, proxy: ProxyId, server: usize, counters: &SideCounters) -> Option<ServerConn> {
        let mut pools = self.pools.borrow_mut();
        let pool = &mut pools[proxy.0 as usize][server];
        let mut taken = None;
        while let Some(mut conn) = pool.pop() {
            if is_quiet(&mut conn) {
                taken = Some(conn);
                break;
            }
        }
        counters.idle.set(pool.len() as u64);
        taken
    }

    /// Keeps a connection whose last response is through.
    pub fn give(&self, proxy: ProxyId, server: usize, conn: ServerConn, counters: &SideCounters) {
        let mut pools = self.pools.borrow_mut();
        let pool = &mut pools[proxy.0 as usize][server];
        if pool.len() < KEPT {
            pool.push(conn);
        }
        counters.idle.set(pool.len() as u64);
    }

    /// Closes what servers have closed, and all connections to servers that went down or into maintenance. To be called now
    /// and then.
    pub fn purge(&self, runtime: &Runtime, counters: &ThreadCounters) {
        let mut pools = self.pools.borrow_mut();
        let proxies = pools.iter_mut().zip(&runtime.proxies).zip(&counters.servers);
        for ((pools, proxy), counters) in proxies {
            for ((pool, server), counters) in pools.iter_mut().zip(&proxy.servers).zip(counters) {
                if pool.is_empty() {
                    continue;
                }
                if server.is_usable() {
                    pool.retain_mut(is_quiet);
                } else {
                    pool.clear();
                }
                counters.idle.set(pool.len() as u64);
            }
        }
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
