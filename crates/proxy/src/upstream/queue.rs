//! Requests that wait for a slot of a server (`maxconn` of servers). A slot that becomes free is handed to the one that waits
//! longest (unless rules gave another priority), for that very server or for any of the backend, on whatever thread it is.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use haproxy_cfg::model::{Config, Places, ProxyId, Server};
use proxy_core::state::{ProxyState, Runtime};
use proxy_core::stream::Priority;

/// Not decided yet.
const WAITING: u32 = u32::MAX;
/// The one that waited has gone.
const GONE: u32 = u32::MAX - 1;
/// Its server can no longer be used: choose again.
const CHOOSE_AGAIN: u32 = u32::MAX - 2;

/// All queues of a configuration, by proxy.
#[derive(Debug)]
pub struct Queues {
    proxies: Box<[BackendQueues]>,
}

#[derive(Debug)]
struct BackendQueues {
    /// For any server, in order of arrival.
    any: Mutex<VecDeque<Arc<Ticket>>>,
    /// By server, for that one only.
    servers: Places<Mutex<VecDeque<Arc<Ticket>>>>,
    all_backups: bool,
    /// Limits of servers follow the load of the backend (`minconn`).
    limits_move: AtomicBool,
}

impl BackendQueues {
    /// Whether the balancer would choose that server now: backups only take over when no active server does.
    fn is_in_use(&self, state: &ProxyState, at: usize) -> bool {
        if !state.servers[at].is_balanced() {
            return false;
        }
        if !state.servers[at].is_backup() {
            return true;
        }
        let mut balanced = state.servers.numbered().filter(|(_, s)| s.is_balanced());
        let first_backup = balanced.clone().find(|(_, s)| s.is_backup()).map(|(at, _)| at);
        balanced.all(|(_, s)| s.is_backup()) && (self.all_backups || first_backup == Some(at))
    }
}

/// One request's place in a queue.
#[derive(Debug)]
pub struct Ticket {
    granted: AtomicU32,
    /// Its place: the class, then the time at which it came with the offset added, milliseconds of the process's clock.
    place: (i16, i64),
    waker: Mutex<Waker>,
}

/// What became of a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Granted {
    /// A slot of this server is held for the request.
    Server(usize),
    /// Its server can no longer be used.
    ChooseAgain,
}

impl Ticket {
    /// Ready once it is decided.
    pub fn poll_granted(&self, cx: &Context<'_>) -> Poll<Granted> {
        let mut waker = lock(&self.waker);
        match self.granted.load(Ordering::Acquire) {
            WAITING => {
                waker.clone_from(cx.waker());
                Poll::Pending
            }
            CHOOSE_AGAIN => Poll::Ready(Granted::ChooseAgain),
            server => Poll::Ready(Granted::Server(server as usize)),
        }
    }

    /// Decides, unless it is decided already or its request has gone.
    fn decide(&self, value: u32) -> bool {
        let waker = lock(&self.waker);
        let decided = self
            .granted
            .compare_exchange(WAITING, value, Ordering::AcqRel, Ordering::Acquire)
            .is_ok();
        if decided {
            waker.wake_by_ref();
        }
        decided
    }
}

impl Queues {
    /// Empty queues for `config`.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let proxies = config
            .proxies
            .iter()
            .map(|p| BackendQueues {
                any: Mutex::default(),
                servers: p.servers.iter().map(|_| Mutex::default()).collect(),
                all_backups: p.options.allbackups,
                limits_move: AtomicBool::new(p.servers.iter().any(limit_moves)),
            })
            .collect();
        Self { proxies }
    }

    /// Takes a server in that came to `proxy`.
    pub fn came(&self, proxy: ProxyId, server: &Server) {
        if limit_moves(server) {
            self.proxies[proxy.0 as usize]
                .limits_move
                .store(true, Ordering::Relaxed);
        }
    }

    /// Waits for a slot of `server`, or of any when none. Gives the ticket and how many wait before it.
    pub fn enter(
        &self,
        runtime: &Runtime,
        proxy: ProxyId,
        server: Option<usize>,
        (priority, now_ms): (Priority, u64),
    ) -> (Arc<Ticket>, u32) {
        let queues = &self.proxies[proxy.0 as usize];
        let state = &runtime.proxies[proxy.0 as usize];
        let ticket = Arc::new(Ticket {
            granted: AtomicU32::new(WAITING),
            place: (priority.class, now_ms.cast_signed() + i64::from(priority.offset)),
            waker: Mutex::new(Waker::noop().clone()),
        });
        let (queue, gauge) = match server {
            Some(at) => (&queues.servers[at], &state.servers[at].queued),
            None => (&queues.any, &state.queued),
        };
        let mut queue = lock(queue);
        // Nearly always the end.
        let at = queue.iter().rposition(|other| other.place <= ticket.place);
        let at = at.map_or(0, |at| at + 1);
        queue.insert(at, Arc::clone(&ticket));
        let before = gauge.inc() - 1;
        drop(queue);
        // A slot may have become free between the choice and the entry: nobody else would hand it out.
        self.hand_out(
            runtime,
            proxy,
            server.filter(|_| !queues.limits_move.load(Ordering::Relaxed)),
        );
        (ticket, before)
    }

    /// Leaves the queue without having been served. A slot that was granted meanwhile is given back.
    pub fn leave(&self, runtime: &Runtime, proxy: ProxyId, server: Option<usize>, ticket: &Arc<Ticket>) {
        if ticket.decide(GONE) {
            let queues = &self.proxies[proxy.0 as usize];
            let state = &runtime.proxies[proxy.0 as usize];
            let (queue, gauge) = match server {
                Some(at) => (&queues.servers[at], &state.servers[at].queued),
                None => (&queues.any, &state.queued),
            };
            let mut queue = lock(queue);
            if let Some(at) = queue.iter().position(|t| Arc::ptr_eq(t, ticket)) {
                queue.remove(at);
                gauge.dec();
            }
        } else if let server @ 0..CHOOSE_AGAIN = ticket.granted.load(Ordering::Acquire) {
            self.release(runtime, proxy, server as usize);
        }
    }

    /// Takes a slot of a server for a request that comes now, if one is free for which nobody waits.
    #[must_use]
    pub fn take(&self, runtime: &Runtime, proxy: ProxyId, server: usize) -> bool {
        let taken = !self.has_waiting(runtime, proxy, server) && Self::try_take(runtime, proxy, server);
        if taken && self.proxies[proxy.0 as usize].limits_move.load(Ordering::Relaxed) {
            // The load grew, so others may have room now.
            self.hand_out(runtime, proxy, None);
        }
        taken
    }

    /// Whether others wait for what a server with a limit may take: one that comes now goes behind them.
    #[must_use]
    pub fn has_waiting(&self, runtime: &Runtime, proxy: ProxyId, server: usize) -> bool {
        let backend = &runtime.proxies[proxy.0 as usize];
        let server = &backend.servers[server];
        server.maxconn.load(Ordering::Relaxed) != 0
            && (server.queued.get() > 0 || backend.queued.get() > 0)
            && server.is_usable()
    }

    fn try_take(runtime: &Runtime, proxy: ProxyId, server: usize) -> bool {
        let backend = &runtime.proxies[proxy.0 as usize];
        let state = &backend.servers[server];
        match state.limit(backend) {
            0 => {
                state.sessions.inc();
                true
            }
            max => state.sessions.inc_below(max),
        }
    }

    /// Gives a slot back and hands it to the one that waits longest. Gives the sessions that the server had between.
    pub fn release(&self, runtime: &Runtime, proxy: ProxyId, server: usize) -> u32 {
        let state = &runtime.proxies[proxy.0 as usize].servers[server];
        let left = state.sessions.dec();
        if state.maxconn.load(Ordering::Relaxed) != 0 {
            self.hand_out(runtime, proxy, Some(server));
        }
        left
    }

    /// Looks at a backend again once a server's state, weight or `maxconn` changed.
    pub fn servers_changed(&self, runtime: &Runtime, proxy: ProxyId) {
        let queues = &self.proxies[proxy.0 as usize];
        let state = &runtime.proxies[proxy.0 as usize];
        for (at, server) in state.servers.numbered() {
            if !server.is_usable() {
                let waiting = std::mem::take(&mut *lock(&queues.servers[at]));
                for ticket in waiting {
                    server.queued.dec();
                    ticket.decide(CHOOSE_AGAIN);
                }
            }
        }
        self.hand_out(runtime, proxy, None);
    }

    /// Hands out free slots of `server`, or of all servers.
    fn hand_out(&self, runtime: &Runtime, proxy: ProxyId, server: Option<usize>) {
        let state = &runtime.proxies[proxy.0 as usize];
        let servers = match server {
            Some(at) => at..at + 1,
            None => 0..state.servers.end(),
        };
        let queues = &self.proxies[proxy.0 as usize];
        for at in servers {
            if state.queued.get() == 0 && state.servers[at].queued.get() == 0 {
                continue;
            }
            while state.servers[at].is_usable() && Self::try_take(runtime, proxy, at) {
                if !self.grant(queues, state, at) {
                    state.servers[at].sessions.dec();
                    break;
                }
            }
        }
    }

    /// Grants a slot of a server to the one that waits longest. False when nobody waits.
    fn grant(&self, queues: &BackendQueues, state: &ProxyState, at: usize) -> bool {
        loop {
            let server = &state.servers[at];
            let (mut own, mut any) = (lock(&queues.servers[at]), lock(&queues.any));
            let any_since = any
                .front()
                .filter(|_| queues.is_in_use(state, at))
                .map(|t| t.place);
            let own_since = own.front().map(|t| t.place);
            let (queue, gauge) = match (own_since, any_since) {
                (None, None) => return false,
                (Some(own_place), Some(any_place)) if own_place > any_place => (&mut any, &state.queued),
                (None, Some(_)) => (&mut any, &state.queued),
                (Some(_), _) => (&mut own, &server.queued),
            };
            if let Some(ticket) = queue.pop_front() {
                gauge.dec();
                if ticket.decide(at as u32) {
                    return true;
                }
            }
        }
    }
}

fn limit_moves(server: &Server) -> bool {
    server.minconn < server.maxconn
}

/// A panic while a queue is locked leaves it whole, so the lock's poison says nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use haproxy_cfg::model::{Proxy, ProxyKind, Server};
    use proptest::prelude::*;

    use super::*;

    const BACKEND: ProxyId = ProxyId(0);

    /// What happens to a backend.
    #[derive(Clone, Debug)]
    enum Happening {
        /// A request comes, for a server or for any.
        Comes(Option<usize>, Priority),
        /// The session ends that stands there among those at work.
        Ends(usize),
        /// The one goes that stands there among those that wait.
        Goes(usize),
        /// The administrator changes a server's limit.
        Limit(usize, u32),
        /// A server goes into drain, or comes out.
        Drain(usize, bool),
    }

    fn happening() -> impl Strategy<Value = Happening> {
        let priority = (-2i16..3, -50i32..50).prop_map(|(class, offset)| Priority { class, offset });
        let server = 0..3usize;
        prop_oneof![
            6 => (prop::option::of(server.clone()), priority).prop_map(|(at, p)| Happening::Comes(at, p)),
            4 => (0..64usize).prop_map(Happening::Ends),
            1 => (0..64usize).prop_map(Happening::Goes),
            1 => (server.clone(), 1..5u32).prop_map(|(at, most)| Happening::Limit(at, most)),
            1 => (server, any::<bool>()).prop_map(|(at, on)| Happening::Drain(at, on)),
        ]
    }

    struct Waiting {
        ticket: Arc<Ticket>,
        wanted: Option<usize>,
    }

    /// A backend of three servers, one of them a backup, whose first two move their limits with its load.
    struct Bench {
        queues: Queues,
        runtime: Runtime,
        waiting: Vec<Waiting>,
        at_work: Vec<usize>,
        now_ms: u64,
    }

    impl Bench {
        fn new() -> Self {
            let mut proxy = Proxy::new(ProxyKind::Backend, "b".into(), 1);
            for (at, (maxconn, minconn, backup)) in [(4, 1, false), (3, 2, false), (2, 2, true)]
                .into_iter()
                .enumerate()
            {
                let address = SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into();
                let mut server = Server::new(format!("s{at}").into(), at as u32 + 1, address);
                (server.maxconn, server.minconn, server.backup) = (maxconn, minconn, backup);
                proxy.servers.push(server);
            }
            proxy.fullconn = Some(10);
            let config = Config {
                proxies: vec![proxy],
                ..Config::default()
            };
            let runtime = Runtime::new(&config, 1, 0);
            runtime.set_maxconn(&config, 1000);
            Self {
                queues: Queues::new(&config),
                runtime,
                waiting: Vec::new(),
                at_work: Vec::new(),
                now_ms: 1000,
            }
        }

        fn state(&self) -> &ProxyState {
            &self.runtime.proxies[0]
        }

        fn has_room(&self, server: usize) -> bool {
            let (state, server) = (self.state(), &self.state().servers[server]);
            server.sessions.get() < server.limit(state)
        }

        fn in_use(&self, server: usize) -> bool {
            self.queues.proxies[0].is_in_use(self.state(), server)
        }

        /// As a session does it that looks for a server.
        fn comes(&mut self, wanted: Option<usize>, priority: Priority) {
            self.state().be_sessions.inc();
            let free = |at: &usize| self.in_use(*at) && self.has_room(*at);
            let chosen = wanted.or_else(|| (0..3).find(free));
            if let Some(at) = chosen
                && self.queues.take(&self.runtime, BACKEND, at)
            {
                self.at_work.push(at);
                return;
            }
            let place = (priority, self.now_ms);
            let (ticket, _) = self.queues.enter(&self.runtime, BACKEND, wanted, place);
            self.waiting.push(Waiting { ticket, wanted });
        }

        fn happens(&mut self, what: &Happening) {
            self.now_ms += 7;
            match what {
                Happening::Comes(wanted, priority) => self.comes(*wanted, *priority),
                Happening::Ends(at) if !self.at_work.is_empty() => {
                    let server = self.at_work.swap_remove(at % self.at_work.len());
                    self.queues.release(&self.runtime, BACKEND, server);
                    self.state().be_sessions.dec();
                }
                Happening::Goes(at) if !self.waiting.is_empty() => {
                    let gone = self.waiting.swap_remove(at % self.waiting.len());
                    self.queues
                        .leave(&self.runtime, BACKEND, gone.wanted, &gone.ticket);
                    self.state().be_sessions.dec();
                }
                Happening::Limit(at, most) => {
                    self.state().servers[*at].maxconn.store(*most, Ordering::Relaxed);
                    self.queues.servers_changed(&self.runtime, BACKEND);
                }
                Happening::Drain(at, on) => {
                    let flags = if *on {
                        proxy_core::state::Admin::FORCED_DRAIN
                    } else {
                        0
                    };
                    self.state().servers[*at].set_admin(proxy_core::state::Admin(flags));
                    self.queues.servers_changed(&self.runtime, BACKEND);
                }
                Happening::Ends(_) | Happening::Goes(_) => {}
            }
        }

        /// Takes those out that were granted a slot; nobody who could have had it instead may have come before them.
        fn collect(&mut self) {
            let cx = &Context::from_waker(Waker::noop());
            let (served, waiting): (Vec<_>, Vec<_>) = std::mem::take(&mut self.waiting)
                .into_iter()
                .partition(|one| one.ticket.poll_granted(cx).is_ready());
            self.waiting = waiting;
            for one in served {
                let Poll::Ready(Granted::Server(at)) = one.ticket.poll_granted(cx) else {
                    panic!("no server went down");
                };
                self.at_work.push(at);
                for other in &self.waiting {
                    let rivals = other.wanted == Some(at) || (other.wanted.is_none() && self.in_use(at));
                    assert!(
                        !rivals || other.ticket.place >= one.ticket.place,
                        "{other:?} waits on"
                    );
                }
            }
        }

        fn holds(&self) {
            for (at, server) in self.state().servers.iter().enumerate() {
                let sessions = self.at_work.iter().filter(|held| **held == at).count();
                assert_eq!(server.sessions.get() as usize, sessions);
                let own = self.waiting.iter().filter(|one| one.wanted == Some(at)).count();
                assert_eq!(server.queued.get() as usize, own);
                let any = self.waiting.iter().filter(|one| one.wanted.is_none()).count();
                assert_eq!(self.state().queued.get() as usize, any);
                let could_serve = own > 0 || (any > 0 && self.in_use(at));
                assert!(
                    !could_serve || !self.has_room(at),
                    "server {at} has room, and {own} and {any} wait"
                );
            }
        }
    }

    impl std::fmt::Debug for Waiting {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(f, "{:?} for {:?}", self.ticket.place, self.wanted)
        }
    }

    proptest! {
        #[test]
        fn nobody_waits_where_there_is_room_or_is_overtaken_and_nothing_leaks(
            happenings in prop::collection::vec(happening(), 1..120),
        ) {
            let mut bench = Bench::new();
            for what in &happenings {
                let before: Vec<u32> =
                    bench.state().servers.iter().map(|server| server.sessions.get()).collect();
                bench.happens(what);
                bench.collect();
                bench.holds();
                // Nobody gets a server that has as many as it may.
                for (server, before) in bench.state().servers.iter().zip(before) {
                    let now = server.sessions.get();
                    prop_assert!(now <= before || now <= server.maxconn.load(Ordering::Relaxed));
                }
            }
            // Once all have gone, nothing is left.
            while !(bench.at_work.is_empty() && bench.waiting.is_empty()) {
                bench.happens(&Happening::Ends(0));
                bench.happens(&Happening::Goes(0));
                bench.collect();
            }
            let servers = bench.state().servers.iter();
            prop_assert!(servers.clone().all(|s| s.sessions.get() == 0 && s.queued.get() == 0));
            prop_assert_eq!((bench.state().queued.get(), bench.state().be_sessions.get()), (0, 0));
        }
    }
}
