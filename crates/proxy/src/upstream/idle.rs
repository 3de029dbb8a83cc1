//! Server connections without a request, kept by the thread that opened them (`http-reuse`, `pool-max-conn`,
//! `pool-purge-delay`).

use std::cell::RefCell;
use std::task::{Context, Waker};

use haproxy_cfg::model::{Config, PoolSettings, ProxyId};
use proxy_core::state::{Runtime, SideCounters, ThreadCounters};

use super::ServerConn;
use super::connect::Way;

/// Connections kept for each server and thread, whatever the load was.
const KEPT: usize = 1024;

/// How often pools are looked at, in milliseconds, unless a server's purge asks for more.
const LOOK_MS: u64 = 1000;

/// The shortest time between two looks, in milliseconds.
const LOOK_AT_LEAST_MS: u64 = 50;

/// Idle connections of one thread, by proxy and server.
#[derive(Debug)]
pub struct IdlePool {
    pools: RefCell<Vec<Vec<Pool>>>,
    look_ms: u64,
}

/// Idle connections to one server: the one that was used last stands last.
#[derive(Debug)]
struct Pool {
    settings: PoolSettings,
    conns: Vec<ServerConn>,
    /// Those of them that served more than one request.
    proven: usize,
    /// The fewest that there were since the last purge: nobody needed these.
    least: usize,
    /// When half of those are closed, milliseconds of the process's clock; 0 is not settled.
    purge_at: u64,
}

/// What an idle connection must be like.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// It served more than one request: its server does not close connections behind a response.
    pub proven: bool,
    /// What it must not share with others.
    pub way: Option<&'a Way>,
}

impl Pool {
    fn new(settings: PoolSettings) -> Self {
        Self {
            settings,
            conns: Vec::new(),
            proven: 0,
            least: 0,
            purge_at: 0,
        }
    }

    fn count(&mut self, counters: &SideCounters) {
        self.least = self.least.min(self.conns.len());
        counters.idle.set(self.conns.len() as u64);
        counters.idle_safe.set(self.proven as u64);
    }

    /// Counts anew, once more than one was taken or closed.
    fn recount(&mut self, counters: &SideCounters) {
        self.proven = self.conns.iter().filter(|conn| is_proven(conn)).count();
        self.count(counters);
    }

    /// Closes half of what was not needed since the last time, the oldest first.
    fn purge(&mut self, now_ms: u64) {
        if self.purge_at > now_ms {
            return;
        }
        if self.purge_at > 0 {
            let unneeded = self.conns.drain(..self.least.div_ceil(2));
            unneeded.for_each(|conn| conn.io.reset_on_close());
        }
        self.purge_at = now_ms + u64::from(self.settings.purge_delay);
        self.least = self.conns.len();
    }
}

fn is_proven(conn: &ServerConn) -> bool {
    conn.served > 1
}

impl IdlePool {
    /// An empty pool for the servers of `config`.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let of_proxy = |p: &haproxy_cfg::model::Proxy| {
            let servers = p.servers.iter();
            servers.map(|server| Pool::new(server.pool)).collect()
        };
        let servers = config.proxies.iter().flat_map(|proxy| &proxy.servers);
        let delays = servers.map(|server| u64::from(server.pool.purge_delay));
        Self {
            pools: RefCell::new(config.proxies.iter().map(of_proxy).collect()),
            look_ms: delays
                .filter(|delay| *delay > 0)
                .fold(LOOK_MS, u64::min)
                .max(LOOK_AT_LEAST_MS),
        }
    }

    /// How often [`IdlePool::purge`] is to be called, in milliseconds.
    #[must_use]
    pub fn look_ms(&self) -> u64 {
        self.look_ms
    }

    /// A connection that stands and is as asked for.
    pub fn take(
        &self,
        proxy: ProxyId,
        server: usize,
        asked: Asked<'_>,
        counters: &SideCounters,
    ) -> Option<ServerConn> {
        let mut pools = self.pools.borrow_mut();
        let pool = pools[proxy.0 as usize].get_mut(server)?;
        if pool.conns.is_empty() {
            return None;
        }
        let mut taken = None;
        let fits = |conn: &ServerConn| conn.way.as_deref() == asked.way && (!asked.proven || is_proven(conn));
        while let Some(at) = pool.conns.iter().rposition(fits) {
            // Those behind it are few: they lead elsewhere, or are new.
            let mut conn = pool.conns.remove(at);
            pool.proven -= usize::from(is_proven(&conn));
            if is_quiet(&mut conn) {
                taken = Some(conn);
                break;
            }
        }
        pool.count(counters);
        taken
    }

    /// Keeps a connection whose last response is through, if there may be one more; `all` says how many the threads have
    /// together.
    pub fn give(
        &self,
        proxy: ProxyId,
        server: usize,
        conn: ServerConn,
        all: impl FnOnce() -> u64,
        (settings, counters): (&PoolSettings, &SideCounters),
    ) {
        let mut pools = self.pools.borrow_mut();
        let pools = &mut pools[proxy.0 as usize];
        while pools.len() <= server {
            // It came at run time.
            pools.push(Pool::new(*settings));
        }
        let pool = &mut pools[server];
        if pool.conns.is_empty() {
            // It may have the place of another one.
            pool.settings = *settings;
        }
        let is_full = pool.settings.purge_delay == 0
            || pool.conns.len() >= KEPT
            || pool.settings.max.is_some_and(|max| all() >= u64::from(max));
        if is_full {
            conn.io.reset_on_close();
            return;
        }
        pool.proven += usize::from(is_proven(&conn));
        pool.conns.push(conn);
        pool.count(counters);
    }

    /// Closes what servers have closed, all connections to servers that went down or into maintenance, and from time to time
    /// half of what nobody needs. To be called each [`IdlePool::look_ms`].
    pub fn purge(&self, runtime: &Runtime, counters: &ThreadCounters, now_ms: u64) {
        let mut pools = self.pools.borrow_mut();
        let proxies = pools.iter_mut().zip(&runtime.proxies).zip(&counters.servers);
        for ((pools, proxy), counters) in proxies {
            for (at, pool) in pools.iter_mut().enumerate() {
                if pool.conns.is_empty() {
                    continue;
                }
                let (server, counters) = (&proxy.servers[at], &counters[at]);
                if server.is_usable() {
                    pool.conns.retain_mut(is_quiet);
                    pool.least = pool.least.min(pool.conns.len());
                    pool.purge(now_ms);
                } else {
                    pool.conns.drain(..).for_each(|conn| conn.io.reset_on_close());
                }
                pool.recount(counters);
            }
        }
    }
}

/// Whether nothing came since the last response. What comes unasked is the server's end, or a response to nothing: of no use
/// either way. Asks the runtime, and the system only if that says something came.
pub(super) fn is_quiet(conn: &mut ServerConn) -> bool {
    let mut cx = Context::from_waker(Waker::noop());
    !conn.io.is_readable() || conn.io.poll_read(&mut cx, &mut [0]).is_pending()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::Io;

    fn pool_of(conns: usize) -> Pool {
        let conn = |_| ServerConn {
            io: Io::Closed,
            served: 1,
            private: false,
            way: None,
        };
        Pool {
            settings: PoolSettings::default(),
            conns: (0..conns).map(conn).collect(),
            proven: 0,
            least: 0,
            purge_at: 0,
        }
    }

    #[test]
    fn half_of_what_nobody_needed_is_closed_each_time() {
        let mut pool = pool_of(8);
        let mut left = Vec::new();
        for now in [1, 2, 5001, 10_001, 15_001, 20_001, 25_001] {
            pool.purge(now);
            left.push(pool.conns.len());
        }
        assert_eq!(left, [8, 8, 4, 2, 1, 0, 0]);
    }

    #[test]
    fn what_was_needed_in_between_is_kept() {
        let mut pool = pool_of(8);
        pool.purge(1);
        let counters = SideCounters::default();
        let taken: Vec<_> = pool.conns.drain(2..).collect();
        pool.count(&counters);
        pool.conns.extend(taken);
        pool.count(&counters);
        pool.purge(5001);
        assert_eq!(pool.conns.len(), 7);
    }
}
