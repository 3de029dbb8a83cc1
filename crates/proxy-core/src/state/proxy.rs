//! A proxy's shared state and the whole process's.

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use haproxy_cfg::model::{Bind, Config, Places, Proxy, ServerAt};

use crate::cache::Caches;
use crate::check::Farm;
use crate::pattern::References;
use crate::peers::Section;
use crate::persist::DynamicCookies;
use crate::stream::ProcessVariables;
use crate::table::Tables;

use super::captured::CapturedErrors;
use super::{
    Admin, NameserverCounters, Pipes, ProcessCounters, Rates, ServerState, SessionLookups, SideCounters,
    ThreadCounters, full_connections,
};

/// A number of things that are there now, with its maximum; any thread may write.
#[derive(Debug, Default)]
pub struct Gauge {
    now: AtomicU32,
    max: AtomicU32,
}

impl Gauge {
    /// One more; gives the new number.
    #[inline]
    pub fn inc(&self) -> u32 {
        let now = self.now.fetch_add(1, Relaxed) + 1;
        if now > self.max.load(Relaxed) {
            self.max.fetch_max(now, Relaxed);
        }
        now
    }

    /// One more where there are fewer than `limit`; gives whether there is one more.
    #[inline]
    pub fn inc_below(&self, limit: u32) -> bool {
        let mut now = self.now.load(Relaxed);
        while now < limit {
            match self.now.compare_exchange_weak(now, now + 1, Relaxed, Relaxed) {
                Ok(_) => {
                    self.max.fetch_max(now + 1, Relaxed);
                    return true;
                }
                Err(other) => now = other,
            }
        }
        false
    }

    /// One less; gives the new number.
    #[inline]
    pub fn dec(&self) -> u32 {
        self.now.fetch_sub(1, Relaxed) - 1
    }

    /// The number now.
    #[inline]
    #[must_use]
    pub fn get(&self) -> u32 {
        self.now.load(Relaxed)
    }

    /// The maximum.
    #[must_use]
    pub fn max(&self) -> u32 {
        self.max.load(Relaxed)
    }

    /// Lets the maximum begin anew with what is there now (`clear counters`).
    pub fn forget_max(&self) {
        self.max.store(self.get(), Relaxed);
    }
}

/// One proxy's shared state.
#[derive(Debug, Default)]
pub struct ProxyState {
    /// Its servers, in the file's order.
    pub servers: Places<ServerState>,
    /// Sessions on its frontend's side (`scur`).
    pub fe_sessions: Gauge,
    /// Sessions on its backend's side.
    pub be_sessions: Gauge,
    /// Requests that wait for any of its servers.
    pub queued: Gauge,
    /// When the backend last changed between up and down, milliseconds of the process's clock.
    pub last_change_ms: AtomicU64,
    /// Milliseconds spent down before `last_change_ms`.
    pub down_ms: AtomicU64,
    /// Transitions to down.
    pub down_transitions: AtomicU64,
    /// Sessions by bind; empty without `option socket-stats`.
    pub listeners: Box<[Gauge]>,
    /// A frontend's `maxconn` in force; 0 is the process's.
    pub maxconn: AtomicU32,
    /// Sessions of its backend at which its servers may have as many as their `maxconn` says ([`Runtime::set_maxconn`]).
    pub fullconn: AtomicU32,
    /// Lines that its frontend has written to the log; wraps.
    pub log_lines: AtomicU32,
    /// Set while `disable frontend` keeps the frontend from accepting.
    pub paused: AtomicBool,
    /// Set when the frontend accepts no more and never will (soft stop, `shutdown frontend`).
    pub stopped: AtomicBool,
    /// Set while `use_backend` and `default_backend` of others pass its backend by.
    pub unpublished: AtomicBool,
    /// Cookies that are made of where its servers are.
    pub cookies: DynamicCookies,
    version: AtomicU64,
    changes: Mutex<Option<Farm>>,
}

impl ProxyState {
    /// Held while a server's state changes, so that what checks and administrators do at once happens one after the other.
    /// Inside is what the backend has left, once somebody counted.
    pub(crate) fn lock_changes(&self) -> MutexGuard<'_, Option<Farm>> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says that a server's state or weight changed, so that balancers look again.
    pub fn touch_servers(&self) {
        self.version.fetch_add(1, std::sync::atomic::Ordering::Release);
    }

    /// Grows with each change of a server's state or weight.
    #[inline]
    #[must_use]
    pub fn servers_version(&self) -> u64 {
        self.version.load(std::sync::atomic::Ordering::Acquire)
    }
}

/// The shared state of a running configuration.
#[derive(Debug)]
pub struct Runtime {
    /// By proxy.
    pub proxies: Box<[ProxyState]>,
    /// By thread; each thread writes its own only.
    pub counters: Box<[ThreadCounters]>,
    /// Servers that came since somebody looked: who checks servers takes them.
    pub newcomers: Mutex<Vec<ServerAt>>,
    /// Held while a change goes on to servers that track others, so that two of them do not cross.
    tracking: Mutex<()>,
    /// Client connections of the process.
    pub connections: Gauge,
    /// TLS connections of the process.
    pub tls_connections: Gauge,
    /// Lookups in the cache of TLS sessions.
    pub tls_lookups: Arc<SessionLookups>,
    /// Pipes of all threads.
    pub pipes: Arc<Pipes>,
    /// Lines for the log that a target did not take.
    pub dropped_logs: AtomicU32,
    /// Lines of others that came in to be passed on; wraps.
    pub received_logs: AtomicU32,
    /// Requests and TCP sessions since the start; wraps. Each takes its number from it.
    pub streams: AtomicU32,
    /// Client connections that the process takes at most (`maxconn`); 0 is not known.
    pub maxconn: AtomicU32,
    /// How fast connections are taken at most.
    pub rates: Rates,
    /// The key by which sessions of stats sockets hide names that give none of their own; 0 is none.
    pub anonymous_key: AtomicU32,
    /// Seconds since the Unix epoch at start.
    pub started_at: u64,
    /// Variables of scope `proc`.
    pub variables: ProcessVariables,
    /// By `resolvers` section and name server.
    pub resolvers: Box<[Box<[NameserverCounters]>]>,
    /// Maps and patterns.
    pub references: Arc<References>,
    /// Stick tables.
    pub tables: Arc<Tables>,
    /// By `peers` section: what is shared with others; none where nothing is to be done for it. The first thread works on it, and
    /// whoever shows it looks.
    pub peers: Box<[Option<Mutex<Section>>]>,
    /// Caches of responses.
    pub caches: Caches,
    /// The last bad messages.
    pub captured: CapturedErrors,
}

impl Runtime {
    /// The state at start. `started_at` is in seconds since the Unix epoch.
    #[must_use]
    pub fn new(config: &Config, threads: usize, started_at: u64) -> Self {
        let proxies = config
            .proxies
            .iter()
            .map(|p| ProxyState {
                servers: p.servers.iter().map(ServerState::new).collect(),
                listeners: gauged(p, config.global.counts_binds)
                    .map(|_| Gauge::default())
                    .collect(),
                maxconn: AtomicU32::new(p.maxconn.unwrap_or(0)),
                // A disabled backend is passed by as well, which it was not before that state was known.
                unpublished: AtomicBool::new(p.unpublished || (p.disabled && config.dialect.does_as(3, 4))),
                cookies: DynamicCookies::new(p),
                ..ProxyState::default()
            })
            .collect();
        let proxies: Box<[ProxyState]> = proxies;
        inherit_maintenance(config, &proxies);
        let side = |_| SideCounters::default();
        let counters = (0..threads)
            .map(|_| ThreadCounters {
                frontends: config.proxies.iter().map(side).collect(),
                backends: config.proxies.iter().map(side).collect(),
                servers: config
                    .proxies
                    .iter()
                    .map(|p| p.servers.iter().map(|_| SideCounters::default()).collect())
                    .collect(),
                listeners: config
                    .proxies
                    .iter()
                    .map(|p| listeners(p).map(|_| SideCounters::default()).collect())
                    .collect(),
                process: ProcessCounters::default(),
            })
            .collect();
        Self {
            proxies,
            captured: CapturedErrors::new(config.proxies.len()),
            counters,
            newcomers: Mutex::default(),
            tracking: Mutex::default(),
            connections: Gauge::default(),
            tls_connections: Gauge::default(),
            tls_lookups: Arc::default(),
            pipes: Arc::default(),
            dropped_logs: AtomicU32::new(0),
            received_logs: AtomicU32::new(0),
            streams: AtomicU32::new(0),
            maxconn: AtomicU32::new(config.global.maxconn.unwrap_or(0)),
            rates: Rates::new(config.global.rates),
            anonymous_key: AtomicU32::new(config.global.anonymous_key),
            started_at,
            variables: ProcessVariables::default(),
            resolvers: config
                .sections
                .resolvers
                .iter()
                .map(|section| {
                    section
                        .nameservers
                        .iter()
                        .map(|_| NameserverCounters::default())
                        .collect()
                })
                .collect(),
            references: Arc::default(),
            peers: Box::default(),
            tables: Arc::new(Tables::new(config)),
            caches: Caches::new(config),
        }
    }

    /// To be held while a change goes on to servers that track others.
    pub(crate) fn lock_tracking(&self) -> MutexGuard<'_, ()> {
        // Nothing is inside that a panic could leave half done.
        self.tracking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Settles the limit of the process at start, and what hangs on it.
    pub fn set_maxconn(&self, config: &Config, maxconn: u32) {
        self.maxconn.store(maxconn, Relaxed);
        for (proxy, full) in self.proxies.iter().zip(full_connections(config, maxconn)) {
            proxy.fullconn.store(full, Relaxed);
        }
    }

    /// The same, with the sections of peers of this process. `seed` is where their chance comes from.
    #[must_use]
    pub fn with_peers(mut self, config: &Config, pid: u32, seed: u64) -> Self {
        let sections = config.sections.peers.iter().zip(seed..);
        let batch = config.global.tune.peers_updates;
        self.peers = sections
            .map(|(model, seed)| Section::new(model, &self.tables, batch, pid, seed).map(Mutex::new))
            .collect();
        self
    }

    /// The same with the maps and patterns of a plan, which the stats socket may change.
    #[must_use]
    pub fn with_references(mut self, references: Arc<References>) -> Self {
        self.references = references;
        self
    }

    /// The same with the counters of what looks for TLS sessions.
    #[must_use]
    pub fn with_tls_lookups(mut self, lookups: Arc<SessionLookups>) -> Self {
        self.tls_lookups = lookups;
        self
    }
}

/// Takes those into maintenance that track servers which start there.
fn inherit_maintenance(config: &Config, proxies: &[ProxyState]) {
    let servers = config.proxies.iter().flat_map(|proxy| &proxy.servers);
    let mut left: Vec<ServerAt> = servers
        .filter(|server| server.disabled || server.unresolved)
        .flat_map(|server| server.followers().iter().copied())
        .collect();
    while let Some(at) = left.pop() {
        let state = &proxies[at.proxy.0 as usize].servers[at.index];
        let admin = state.admin();
        state.set_admin(Admin(admin.0 | Admin::INHERITED_MAINT));
        if !admin.is_maint() {
            left.extend(config.proxy(at.proxy).servers[at.index].followers());
        }
    }
}

/// The binds of a proxy whose sessions are counted one by one: for statistics, for a limit of one of them, or as something `asks`.
fn gauged(proxy: &Proxy, asks: bool) -> impl Iterator<Item = &Bind> {
    let has_limit = proxy.binds.iter().any(|bind| bind.maxconn.is_some());
    let counts = proxy.options.socket_stats || has_limit || asks;
    proxy.binds.iter().filter(move |_| counts)
}

/// The binds of a proxy that are counted one by one.
fn listeners(proxy: &Proxy) -> impl Iterator<Item = &Bind> {
    proxy.binds.iter().filter(|_| proxy.options.socket_stats)
}
