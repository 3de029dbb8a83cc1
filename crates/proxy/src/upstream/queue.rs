//! Requests that wait for a slot of a server (`maxconn` of servers). A slot that becomes free is handed to the one that waits
//! longest (unless rules gave another priority), for that very server or for any of the backend, on whatever thread it is.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use haproxy_cfg::model::{Config, ProxyId};
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
    servers: Box<[Mutex<VecDeque<Arc<Ticket>>>]>,
    /// By server: it is a backup.
    backup: Box<[bool]>,
    all_backups: bool,
}

impl BackendQueues {
    /// Whether the balancer would choose that server now: backups only take over when no active server does.
    fn is_in_use(&self, state: &ProxyState, at: usize) -> bool {
        if !state.servers[at].is_balanced() {
            return false;
        }
        if !self.backup[at] {
            return true;
        }
        let mut balanced = state
            .servers
            .iter()
            .zip(&self.backup)
            .enumerate()
            .filter(|(_, (s, _))| s.is_balanced());
        let first_backup = balanced
            .clone()
            .find(|(_, (_, backup))| **backup)
            .map(|(at, _)| at);
        balanced.all(|(_, (_, backup))| *backup) && (self.all_backups || first_backup == Some(at))
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
                backup: p.servers.iter().map(|s| s.backup).collect(),
                all_backups: p.options.allbackups,
            })
            .collect();
        Self { proxies }
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
        self.hand_out(runtime, proxy, server);
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

    /// Takes a slot of a server if one is free.
    #[must_use]
    pub fn try_take(&self, runtime: &Runtime, proxy: ProxyId, server: usize) -> bool {
        let state = &runtime.proxies[proxy.0 as usize].servers[server];
        match state.maxconn.load(Ordering::Relaxed) {
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
        for (at, server) in state.servers.iter().enumerate() {
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
            None => 0..state.servers.len(),
        };
        let queues = &self.proxies[proxy.0 as usize];
        for at in servers {
            if state.queued.get() == 0 && state.servers[at].queued.get() == 0 {
                continue;
            }
            while state.servers[at].is_usable() && self.try_take(runtime, proxy, at) {
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

/// A panic while a queue is locked leaves it whole, so the lock's poison says nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
