//! What belongs to one worker thread and never moves: timers, buffers, idle server connections, log sockets.

use std::cell::{Cell, RefCell};
use std::os::fd::BorrowedFd;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use haproxy_cfg::model::{Config, Proxy, ProxyId, Server, ServerAddr, ServerAt};
use proxy_core::cli::{PoolReport, ThreadReport};
use proxy_core::logline::{DateText, LocalTime, Zone};
use proxy_core::plan::Plan;
use proxy_core::sample::{Arena, Effort};
use proxy_core::state::{Runtime, SideCounters, ThreadCounters};
use proxy_core::stats::Process;
use tokio::sync::{Notify, watch};

use crate::buffer::BufferPool;
use crate::clock::Clock;
use crate::farewell::Farewell;
use crate::handover::Exports;
use crate::http::Txn;
use crate::http2::Multiplexed;
use crate::inquiry::Inquiries;
use crate::listener::ReleasedNames;
use crate::load::Load;
use crate::log::{Files, LogSender, Logs};
use crate::mail::Post;
use crate::nice::{self, Turn};
use crate::pipe::PipePool;
use crate::rehearsal::Rehearsal;
use crate::resolve::Resolvers;
use crate::tls::{Newcomers, ServerSide, TlsConfigs};
use crate::upstream::{IdlePool, Queues};
use crate::wheel::Wheel;

/// Transactions that are kept for the next request; what is beyond goes back to the allocator.
const KEPT_TRANSACTIONS: usize = 256;

/// Asks the system for the packet that a connection began with; none where it kept none, or gave it before.
pub type SavedSyn = fn(BorrowedFd<'_>) -> Option<Box<[u8]>>;

/// What all threads share.
#[derive(Debug)]
pub struct Shared {
    /// What the configuration does.
    pub plan: Plan,
    /// States, gauges and counters.
    pub runtime: Arc<Runtime>,
    /// Requests that wait for a server.
    pub queues: Queues,
    /// The process's clock.
    pub clock: Clock,
    /// What the process knows about itself.
    pub process: Arc<Process>,
    /// The least nice of the sessions, where the file speaks of it.
    pub(crate) least_nice: Option<i16>,
    /// Reads the packet that a connection began with.
    pub(crate) saved_syn: SavedSyn,
    /// What TLS needs of binds and servers that have it.
    pub tls: TlsConfigs,
    /// The same of servers that came.
    pub tls_newcomers: Newcomers,
    /// Changes of servers' states go to standard error as well.
    pub speaks: bool,
    /// By proxy: told when a session of a full frontend ended.
    pub room: Box<[Notify]>,
    /// By proxy: the address that clients connected to is needed.
    pub wants_dst: Box<[AtomicBool]>,
    /// Told when a server is to be checked soon.
    pub check_soon: Arc<Notify>,
    /// Told when a server's state changed, which may have to warm up.
    pub(crate) warming: Notify,
    /// Servers that came since the start.
    pub(crate) came: AtomicUsize,
    /// Told when a frontend pauses, resumes or stops, when sessions are to end, and when the process stops.
    pub changes: watch::Sender<u64>,
    /// Handles of the listeners for a process that takes them over.
    pub exports: Arc<Exports>,
    /// Names of the abstract namespace that listeners took again.
    pub(crate) released: ReleasedNames,
    /// The way to the thread that asks name servers.
    pub(crate) resolvers: Resolvers,
    /// Rings and counters of the logs.
    pub logs: Arc<Logs>,
    /// The ways to the threads, for those who want to know what is going on.
    pub(crate) inquiries: Inquiries,
    /// Acceptors that have not ended: each may still have connections to take.
    pub(crate) acceptors: AtomicUsize,
    /// When it was logged last that connections cannot be taken, ms; 0 for never.
    pub(crate) shortage_told_ms: AtomicU64,
    /// How clients are let go.
    pub(crate) farewell: Farewell,
}

impl Shared {
    /// The shared state of a plan that begins to run.
    #[must_use]
    pub fn new(
        plan: Plan,
        runtime: Arc<Runtime>,
        clock: Clock,
        process: Arc<Process>,
        exports: Arc<Exports>,
        speaks: bool,
        log_files: Files,
    ) -> Self {
        let config = Arc::clone(&plan.config);
        Self {
            logs: Arc::new(Logs::new(&config, log_files)),
            queues: Queues::new(&config),
            inquiries: Inquiries::new(runtime.counters.len()),
            room: config.proxies.iter().map(|_| Notify::new()).collect(),
            wants_dst: wants_dst(&config),
            least_nice: nice::least(&config),
            check_soon: Arc::default(),
            warming: Notify::new(),
            came: AtomicUsize::new(0),
            changes: watch::Sender::new(0),
            released: ReleasedNames::default(),
            resolvers: Resolvers::default(),
            acceptors: AtomicUsize::new(0),
            shortage_told_ms: AtomicU64::new(0),
            farewell: Farewell::new(&config.global),
            plan,
            runtime,
            clock,
            process,
            exports,
            speaks,
            saved_syn: |_| None,
            tls: TlsConfigs::default(),
            tls_newcomers: Newcomers::default(),
        }
    }

    /// Makes acceptors and waiting sessions look at the states again.
    pub fn look_again(&self) {
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// The process will stop softly: rules can ask for that (`stopping`), and nothing else changes yet.
    pub fn will_stop(&self) {
        self.farewell.order();
    }

    /// Accepts no more and lets clients go (SIGUSR1); sessions at work go on to their end.
    pub fn stop_softly(&self) {
        self.farewell.begin(self.clock.now_ms());
        self.exports.withdraw_all();
        for proxy in &self.runtime.proxies {
            proxy.stopped.store(true, Ordering::Relaxed);
        }
        self.look_again();
    }

    /// Takes a server in that came while the process runs, before it may be chosen.
    ///
    /// # Errors
    /// When its TLS, or what it is told of clients, cannot be made ready.
    pub(crate) fn came(&self, backend: ProxyId, index: usize) -> Result<(), String> {
        let (proxy, plan) = self.plan.proxy(backend);
        let server = &proxy.servers[index];
        let place = (backend, index);
        let (name, store) = (proxy.name.to_string(), self.tls.store.as_deref());
        self.tls_newcomers
            .add(place, (&name, proxy.mode), server, store)?;
        if let Err(wrong) = plan.introductions.add(&self.plan.config, backend, index) {
            self.tls_newcomers.remove(place, store);
            return Err(wrong);
        }
        self.came.fetch_add(1, Ordering::Relaxed);
        plan.balancer.set_server(index, server);
        self.queues.came(backend, server);
        if goes_where_clients_went(server) {
            for wants in &self.wants_dst {
                wants.store(true, Ordering::Relaxed);
            }
        }
        if server.slowstart > 0 {
            self.warming.notify_one();
        }
        if server.check.enabled || server.agent.is_some() {
            let newcomers = self.runtime.newcomers.lock();
            // Whoever panicked left whole values.
            newcomers.unwrap_or_else(PoisonError::into_inner).push(ServerAt {
                proxy: backend,
                index,
            });
            self.check_soon.notify_one();
        }
        Ok(())
    }

    /// What TLS with a server needs.
    #[must_use]
    pub fn tls_of(&self, backend: ProxyId, index: usize) -> Option<Arc<ServerSide>> {
        match self.tls.servers.get(&(backend, index)) {
            Some(tls) => Some(Arc::clone(tls)),
            None => self.tls_newcomers.get((backend, index)),
        }
    }

    /// Forgets a server that is deleted.
    pub(crate) fn went(&self, backend: ProxyId, index: usize) {
        let plan = &self.plan.proxies[backend.0 as usize];
        plan.balancer.refresh(&self.runtime.proxies[backend.0 as usize]);
        plan.balancer.remove_server(index);
        plan.introductions.remove(&self.plan.config, backend, index);
        self.tls_newcomers
            .remove((backend, index), self.tls.store.as_deref());
    }

    /// Whether nothing is accepted any more, the last session has ended, and the process that follows knows what peers do.
    #[must_use]
    pub fn is_idle_for_good(&self) -> bool {
        let sections = self.runtime.peers.iter().flatten();
        let mut sections = sections.map(|one| one.lock().unwrap_or_else(PoisonError::into_inner));
        self.acceptors.load(Ordering::Acquire) == 0
            && self.runtime.connections.get() == 0
            && sections.all(|section| section.is_over())
    }

    /// Whether the process is on its way out.
    #[inline]
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.farewell.has_begun()
    }
}

/// By proxy: whether an ACL, a log line or a server of a backend behind it asks for the address that clients connected to.
/// Asking costs a system call for each connection.
fn wants_dst(config: &Config) -> Box<[AtomicBool]> {
    let own = |p: &Proxy| {
        p.acls.iter().any(|a| a.sample.fetch.name.starts_with("dst"))
            || p.servers.iter().any(goes_where_clients_went)
    };
    // Any frontend may lead to any backend through rules: one that asks makes all frontends ask.
    let any_backend = config.proxies.iter().any(|p| p.kind.is_backend() && own(p));
    let logs_it = |p: &Proxy| {
        let own_line = p.options.httplog || p.options.httplog_clf || p.options.tcplog;
        let own_format = p.log_format.is_some() || p.log_structured.is_some() || p.log_errors.is_some();
        !p.logs.is_empty() && (own_format || !own_line)
    };
    config
        .proxies
        .iter()
        .map(|p| AtomicBool::new(any_backend || own(p) || logs_it(p)))
        .collect()
}

/// Whether the address of a server is, in part, the one that clients connected to.
fn goes_where_clients_went(server: &Server) -> bool {
    match &server.addr {
        ServerAddr::Inet { ip, port, .. } => !server.unresolved && (ip.is_unspecified() || port.is_none()),
        ServerAddr::Unix(_) | ServerAddr::Abstract(_) | ServerAddr::SockPair(_) => false,
    }
}

/// One worker thread.
#[derive(Debug)]
pub struct Thread {
    /// Its number, from 0.
    pub index: usize,
    /// What it shares with the others.
    pub shared: Arc<Shared>,
    /// Deadlines.
    pub wheel: Rc<Wheel>,
    /// Buffers of `tune.bufsize`.
    pub buffers: BufferPool,
    /// Pipes for what the kernel forwards by itself.
    pub(crate) pipes: PipePool,
    /// Server connections without a request.
    pub idle: IdlePool,
    /// Server connections of HTTP/2, with and without streams.
    pub(crate) multiplexed: Multiplexed,
    /// Where log lines go.
    pub log: RefCell<LogSender>,
    /// Dates in log lines.
    pub dates: RefCell<DateText>,
    /// Mails about servers.
    pub(crate) post: RefCell<Post>,
    zone: Local,
    /// The line being written.
    pub line: RefCell<Vec<u8>>,
    /// Memory for samples; empty between two evaluations.
    pub(crate) arena: RefCell<Arena>,
    /// Boxed, since they move between pool and sessions: a pointer does, not a kilobyte.
    #[allow(
        clippy::vec_box,
        reason = "they leave and enter the pool without being copied"
    )]
    transactions: RefCell<Vec<Box<Txn>>>,
    random: Cell<u64>,
    /// What the session at work has cost, where something asks for it.
    pub(crate) effort: Cell<Option<Effort>>,
    /// Who has the turn, where the file makes a difference between sessions.
    pub(crate) turn: Rc<Turn>,
    /// How much the thread and the process work, as it was seen last.
    pub(crate) load: Load,
    /// Where nothing is real: who is told what happens.
    pub(crate) rehearsal: Option<Rc<Rehearsal>>,
    /// Milliseconds between the epoch and the clock's zero.
    epoch_offset_ms: u64,
}

/// Asks for local time.
struct Local(Zone);

impl std::fmt::Debug for Local {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Local")
    }
}

impl Thread {
    /// How clocks stand here, at a time in seconds since the epoch.
    pub(crate) fn local(&self, epoch: i64) -> LocalTime {
        (self.zone.0)(epoch)
    }

    /// Thread number `index`. `log` is its own, and what `zone` makes.
    #[must_use]
    pub fn new(index: usize, shared: Arc<Shared>, log: LogSender, zone: fn() -> Zone) -> Rc<Self> {
        Self::rehearsing(index, shared, log, zone, None)
    }

    /// The same of one on which nothing is real, where there is a rehearsal.
    pub(crate) fn rehearsing(
        index: usize,
        shared: Arc<Shared>,
        log: LogSender,
        zone: fn() -> Zone,
        rehearsal: Option<Rc<Rehearsal>>,
    ) -> Rc<Self> {
        let clock = shared.clock;
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let epoch_ms = u64::try_from(epoch.as_millis()).unwrap_or(0);
        let bufsize = shared.plan.config.global.tune.bufsize as usize;
        Rc::new(Self {
            index,
            wheel: Wheel::new(clock),
            buffers: BufferPool::new(bufsize),
            pipes: PipePool::new(
                &shared.plan.config.global,
                shared.runtime.maxconn.load(Ordering::Relaxed),
                shared.runtime.counters.len(),
                &shared.runtime.pipes,
            ),
            idle: IdlePool::new(&shared.plan.config),
            multiplexed: Multiplexed::default(),
            log: RefCell::new(log),
            dates: RefCell::new(DateText::new(zone())),
            post: RefCell::default(),
            zone: Local(zone()),
            line: RefCell::new(Vec::with_capacity(1024)),
            arena: RefCell::new(Arena::default()),
            transactions: RefCell::new(Vec::new()),
            effort: Cell::new(None),
            turn: Rc::default(),
            load: Load::default(),
            rehearsal,
            // Any odd seed that differs between threads and starts will do.
            random: Cell::new((epoch.subsec_nanos() as u64) << 17 ^ (index as u64) << 3 | 1),
            epoch_offset_ms: epoch_ms.saturating_sub(clock.now_ms()),
            shared,
        })
    }

    /// The configuration.
    #[inline]
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.shared.plan.config
    }

    /// This thread's counters.
    #[inline]
    #[must_use]
    pub fn counters(&self) -> &ThreadCounters {
        &self.shared.runtime.counters[self.index]
    }

    /// This thread's counters of a proxy's frontend side.
    #[inline]
    #[must_use]
    pub fn fe_counters(&self, proxy: ProxyId) -> &SideCounters {
        &self.counters().frontends[proxy.0 as usize]
    }

    /// This thread's counters of one of a proxy's binds, where these are counted one by one.
    #[inline]
    #[must_use]
    pub fn listener_counters(&self, proxy: ProxyId, bind: u16) -> Option<&SideCounters> {
        self.counters().listeners[proxy.0 as usize].get(usize::from(bind))
    }

    /// This thread's counters of a proxy's backend side.
    #[inline]
    #[must_use]
    pub fn be_counters(&self, proxy: ProxyId) -> &SideCounters {
        &self.counters().backends[proxy.0 as usize]
    }

    /// This thread's counters of a server.
    #[inline]
    #[must_use]
    pub fn server_counters(&self, proxy: ProxyId, server: usize) -> &SideCounters {
        &self.counters().servers[proxy.0 as usize][server]
    }

    /// Idle connections to a server that all threads keep.
    #[must_use]
    pub fn idle_of_all(&self, proxy: ProxyId, server: usize) -> u64 {
        let of_thread = |counters: &ThreadCounters| counters.servers[proxy.0 as usize][server].idle.get();
        self.shared.runtime.counters.iter().map(of_thread).sum()
    }

    /// The same as stick tables count time: they keep 32 bits of it.
    #[must_use]
    pub fn tick(&self) -> u32 {
        self.now_ms() as u32
    }

    /// Milliseconds of the process's clock; within one poll of a session always the same.
    #[inline]
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.wheel.now_ms()
    }

    /// Milliseconds since the epoch at a time of the process's clock. Does not follow later steps of the system's clock, so
    /// that log dates and timers agree.
    #[inline]
    #[must_use]
    pub fn epoch_ms(&self, clock_ms: u64) -> u64 {
        self.epoch_offset_ms + clock_ms
    }

    /// A time of the process's clock as a date, with milliseconds.
    pub(crate) fn date(&self, clock_ms: u64) -> Vec<u8> {
        let mut text = Vec::with_capacity(24);
        let at = self.epoch_ms(clock_ms);
        self.dates.borrow_mut().write_accept(&mut text, at);
        text
    }

    /// Microseconds since the epoch, on the system's clock: this asks it.
    #[must_use]
    pub fn epoch_us(&self) -> u64 {
        let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(epoch.as_micros()).unwrap_or(u64::MAX)
    }

    /// Random bits; not for secrets.
    pub fn random(&self) -> u64 {
        // xorshift64*: three shifts and a product, good enough to spread load.
        let mut x = self.random.get();
        x ^= x >> 12;
        x ^= x << 25;
        x ^= x >> 27;
        self.random.set(x);
        x.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// The number of a request or TCP session that begins.
    #[inline]
    pub(crate) fn next_number(&self) -> u32 {
        self.shared.runtime.streams.fetch_add(1, Ordering::Relaxed)
    }

    /// What the thread has to tell about itself.
    pub(crate) fn report(&self) -> ThreadReport {
        let metrics = tokio::runtime::Handle::current().metrics();
        let (timers, waiting, streams) = self.wheel.counts();
        let pool = |name, size, (used, kept)| PoolReport {
            name,
            size,
            used,
            kept,
        };
        let pipe = crate::pipe::SIZE;
        ThreadReport {
            cpu_ns: crate::load::thread_ns(),
            loops: metrics.worker_park_count(0),
            busy_us: u64::try_from(metrics.worker_total_busy_duration(0).as_micros()).unwrap_or(u64::MAX),
            tasks: metrics.num_alive_tasks(),
            waiting,
            streams,
            pools: vec![
                pool("buffer", self.buffers.size(), self.buffers.counts()),
                pool("pipe", pipe, self.pipes.counts()),
                pool("stream", size_of::<proxy_core::cli::LiveStream>(), (streams, 0)),
                pool("timer", crate::wheel::TIMER_SIZE, (timers, 0)),
                pool(
                    "transaction",
                    size_of::<Txn>(),
                    (0, self.transactions.borrow().len()),
                ),
            ],
        }
    }

    /// An empty transaction.
    #[inline]
    #[must_use]
    pub fn take_transaction(&self) -> Box<Txn> {
        self.transactions.borrow_mut().pop().unwrap_or_default()
    }

    /// Takes a transaction back; its memory serves the next one.
    #[inline]
    pub fn give_transaction(&self, mut txn: Box<Txn>) {
        if !txn.stream.tracked.is_empty() {
            txn.stream.tracked.release(self.tick());
        }
        txn.clear(&self.buffers);
        let mut kept = self.transactions.borrow_mut();
        if kept.len() < KEPT_TRANSACTIONS {
            kept.push(txn);
        }
    }
}
