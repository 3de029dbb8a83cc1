//! A backend's balancer: which servers are in use, and their order.

use std::sync::{Mutex, MutexGuard, PoisonError};

use haproxy_cfg::model::{Affinity, Balance, NodeKey, Proxy, Server};

use super::Usable;
use super::leastconn::LeastConn;
use super::node::{Nodes, of_id};
use super::random::Draws;
use super::ring::Ring;
use super::roundrobin::RoundRobin;
use super::static_rr::{Wheel, shared};
use crate::state::{ProxyState, ServerState, WEIGHT_PARTS};

/// What a choice may depend on.
#[derive(Clone, Copy, Debug, Default)]
pub struct PickInput {
    /// A server not to choose when there is another one: the one that a redispatch comes from.
    pub exclude: Option<usize>,
    /// Random bits, for `balance random`.
    pub random: u64,
}

/// Chooses servers of one backend. Shared by all threads; the lock is held for one choice only.
#[derive(Debug)]
pub struct Balancer {
    algorithm: Balance,
    /// `hash-balance-factor`; 0 is without limit.
    factor: u32,
    affinity: Affinity,
    /// Weight that makes one place of a wheel.
    shared: u32,
    all_backups: bool,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// `maxqueue` of the servers; 0 is without limit.
    maxqueue: Vec<u32>,
    /// Ids and indexes of the servers in the order of their ids, for `balance first`.
    by_id: Vec<(u32, usize)>,
    /// Where the servers of a ring are, if that counts.
    nodes: Option<Nodes>,
    /// The version of the servers' states that this was made from.
    version: Option<u64>,
    /// Weights in force, 0 for servers that take no new sessions: active servers, then backups. They are in parts of weights, but
    /// for wheels, which know no servers that warm up.
    weights: [Vec<u32>; 2],
    orders: [Order; 2],
    usable: Usable,
    /// The backup that stands in when all active servers are gone, unless all do.
    first_backup: Option<usize>,
}

#[derive(Debug)]
enum Order {
    RoundRobin(RoundRobin),
    LeastConn(LeastConn),
    Wheel(Wheel),
    Draws(Draws),
    Ring(Ring),
    /// The server that has its turn for as long as it is up.
    Sticky(Option<usize>),
    ById,
}

const ACTIVE: usize = 0;
const BACKUP: usize = 1;

impl Balancer {
    /// The balancer of a backend.
    #[must_use]
    pub fn new(proxy: &Proxy) -> Self {
        let servers = proxy.servers.len();
        let order = || match proxy.balance {
            Balance::RoundRobin => Order::RoundRobin(RoundRobin::new(servers)),
            Balance::LeastConn => Order::LeastConn(LeastConn::new(servers)),
            Balance::Hash(_) if proxy.hash_type.consistent => Order::Ring(Ring::new(
                proxy.servers.iter().map(|server| of_id(server.id)).collect(),
            )),
            Balance::StaticRr | Balance::Hash(_) => Order::Wheel(Wheel::default()),
            Balance::Random(_) => Order::Draws(Draws::default()),
            Balance::Sticky => Order::Sticky(None),
            Balance::First => Order::ById,
        };
        let mut by_id: Vec<(u32, usize)> = proxy.servers.iter().map(|s| s.id).zip(0..).collect();
        by_id.sort_unstable();
        Self {
            algorithm: proxy.balance.clone(),
            factor: proxy.hash_balance_factor,
            affinity: proxy.affinity,
            shared: shared(proxy.servers.iter().map(|s| s.weight)),
            all_backups: proxy.options.allbackups,
            inner: Mutex::new(Inner {
                maxqueue: proxy.servers.iter().map(|s| s.maxqueue).collect(),
                by_id,
                nodes: Nodes::of(proxy),
                version: None,
                weights: [vec![0; servers], vec![0; servers]],
                orders: [order(), order()],
                usable: Usable::default(),
                first_backup: None,
            }),
        }
    }

    /// Takes in a server that came at run time, before its state says that it may be chosen. What was known of the one that had its
    /// index before is forgotten.
    pub fn set_server(&self, index: usize, server: &Server) {
        let mut inner = self.lock();
        let Inner {
            maxqueue,
            by_id,
            nodes,
            weights,
            orders,
            ..
        } = &mut *inner;
        let end = maxqueue.len().max(index + 1);
        maxqueue.resize(end, 0);
        maxqueue[index] = server.maxqueue;
        by_id.retain(|(_, at)| *at != index);
        let at = by_id.partition_point(|(id, _)| *id < server.id);
        by_id.insert(at, (server.id, index));
        if server.node_key != NodeKey::Id || nodes.is_some() {
            nodes.get_or_insert_default().set(index, server);
        }
        for (weights, order) in weights.iter_mut().zip(orders) {
            weights.resize(end, 0);
            match order {
                Order::RoundRobin(order) => order.forget(index),
                Order::LeastConn(order) => order.forget(index),
                Order::Ring(ring) => ring.set_server(index, of_id(server.id)),
                Order::Sticky(current) => *current = current.filter(|server| *server != index),
                Order::Wheel(_) | Order::Draws(_) | Order::ById => {}
            }
        }
    }

    /// Forgets a server that went.
    pub fn remove_server(&self, index: usize) {
        self.lock().by_id.retain(|(_, at)| *at != index);
    }

    /// The server for a new session; none when no server may take it now: all are down ([`Self::usable`] then counts none),
    /// or full (then it waits in the backend's queue).
    pub fn pick(&self, state: &ProxyState, input: &PickInput) -> Option<usize> {
        let mut inner = self.refreshed(state);
        let has_room = |server: usize| !is_full(state, server);
        let set = if inner.usable.active > 0 {
            ACTIVE
        } else if self.all_backups {
            BACKUP
        } else {
            return inner.first_backup.filter(|&server| has_room(server));
        };
        let first_choice = |server: usize| input.exclude != Some(server) && has_room(server);
        let chosen = self.choose(&mut inner, set, state, input, first_choice);
        if chosen.is_some() || input.exclude.is_none() {
            return chosen;
        }
        self.choose(&mut inner, set, state, input, has_room)
    }

    /// The server that `hash`, of a request's key, belongs to: where it is full, it is waited for, unless `hash-preserve-affinity`
    /// has the next one of the ring take its place. Only a ring leaves out the server `exclude` where there is another. None when
    /// all are down.
    pub fn pick_keyed(&self, state: &ProxyState, hash: u32, exclude: Option<usize>) -> Option<usize> {
        let inner = self.refreshed(state);
        let set = if inner.usable.active > 0 {
            ACTIVE
        } else if self.all_backups {
            BACKUP
        } else {
            return inner.first_backup;
        };
        match &inner.orders[set] {
            Order::Wheel(wheel) => wheel.at_hash(hash),
            Order::Ring(ring) => {
                let bound = Bound::new(self.factor, state, &inner.weights[set]);
                let takes = |server: usize| {
                    bound.admits(state, &inner.weights[set], server)
                        && self.keeps(state, server, inner.maxqueue[server])
                };
                ring.at_hash(hash, |server| exclude != Some(server) && takes(server))
                    .or_else(|| ring.at_hash(hash, takes))
                    .or_else(|| ring.last_resort())
            }
            Order::RoundRobin(_) | Order::LeastConn(_) | Order::Draws(_) | Order::Sticky(_) | Order::ById => {
                None
            }
        }
    }

    fn choose(
        &self,
        inner: &mut Inner,
        set: usize,
        state: &ProxyState,
        input: &PickInput,
        takes: impl Fn(usize) -> bool,
    ) -> Option<usize> {
        let Inner {
            weights,
            orders,
            by_id,
            ..
        } = inner;
        let weights = &weights[set];
        match &mut orders[set] {
            Order::RoundRobin(order) => {
                let avoided = input.exclude.filter(|&server| !is_full(state, server));
                order.next(takes, avoided)
            }
            Order::LeastConn(order) => order.first(takes),
            Order::Wheel(wheel) => wheel.next(takes),
            Order::Ring(ring) => ring.next(takes),
            Order::Sticky(current) => {
                let in_use = |server: &usize| weights[*server] > 0;
                // One that is full or avoided now keeps its turn.
                let first = *current.get_or_insert((0..weights.len()).find(in_use)?);
                let others = (0..weights.len()).filter(in_use);
                std::iter::once(first).chain(others).find(|server| takes(*server))
            }
            Order::Draws(draws) => {
                let count = match self.algorithm {
                    Balance::Random(count) => count,
                    _ => 1,
                };
                let bound = Bound::new(self.factor, state, weights);
                let takes = |server: usize| takes(server) && bound.admits(state, weights, server);
                let load = |server: usize| {
                    takes(server).then(|| {
                        let load = load_of(&state.servers[server]);
                        (u64::from(load) + 1) * 256 * u64::from(WEIGHT_PARTS)
                            / u64::from(weights[server].max(1))
                    })
                };
                let any = || (0..weights.len()).find(|&server| weights[server] > 0 && takes(server));
                draws.choose(count, input.random, load).or_else(any)
            }
            Order::ById => {
                let mut all = by_id.iter().map(|&(_, server)| server);
                all.find(|&server| weights[server] > 0 && takes(server))
            }
        }
    }

    /// Whether a server keeps the requests whose keys are its own now.
    fn keeps(&self, state: &ProxyState, server: usize, longest: u32) -> bool {
        let now = &state.servers[server];
        match self.affinity {
            Affinity::Always => true,
            Affinity::FreeSlot => !is_full(state, server),
            Affinity::RoomInQueue => longest == 0 || now.queued.get() < longest,
        }
    }

    /// To be called when the sessions or the queue of a server grew or shrank, after its gauge was changed: keeps
    /// `leastconn`'s order. Costs nothing with other algorithms.
    pub fn load_changed(&self, state: &ProxyState, server: usize) {
        if self.algorithm != Balance::LeastConn {
            return;
        }
        // Servers stand in the file's order before the first of them moves.
        let mut inner = self.refreshed(state);
        let load = load_of(&state.servers[server]);
        let set = usize::from(state.servers[server].is_backup());
        if let Order::LeastConn(order) = &mut inner.orders[set] {
            order.set_load(server, load);
        }
    }

    /// Takes over what changed in the servers' states. Choices do so by themselves; to be called after each change where the
    /// original's order matters between a change and its taking back.
    pub fn refresh(&self, state: &ProxyState) {
        drop(self.refreshed(state));
    }

    /// What can take sessions now.
    #[must_use]
    pub fn usable(&self, state: &ProxyState) -> Usable {
        self.refreshed(state).usable
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // What a thread that panicked left behind is still an order of servers.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Locks, and takes over what changed in the servers' states since the last time.
    fn refreshed(&self, state: &ProxyState) -> MutexGuard<'_, Inner> {
        let mut inner = self.lock();
        let version = state.servers_version();
        if inner.version == Some(version) {
            return inner;
        }
        let at_start = inner.version.is_none();
        inner.version = Some(version);
        let mut changed = [at_start; 2];
        let mut usable = Usable::default();
        let mut first_backup = None;
        let known = inner.maxqueue.len();
        for (server, now) in state.servers.numbered().take(known) {
            let backup = now.is_backup();
            let weight = match &inner.orders[usize::from(backup)] {
                _ if !now.is_balanced() => 0,
                Order::Wheel(_) => now.weight(),
                _ => now.weight_parts(),
            };
            let set = usize::from(backup);
            if weight > 0 {
                if backup {
                    usable.backup += 1;
                    first_backup = first_backup.or(Some(server));
                } else {
                    usable.active += 1;
                }
            }
            let Inner { nodes, orders, .. } = &mut *inner;
            if let (Some(nodes), Order::Ring(ring)) = (nodes, &mut orders[set])
                && let Some(first) = nodes.first(server, now)
            {
                ring.set_first(server, first);
            }
            if inner.weights[set][server] == weight {
                continue;
            }
            inner.weights[set][server] = weight;
            changed[set] = true;
            match &mut inner.orders[set] {
                Order::RoundRobin(order) => order.set_weight(server, weight, at_start),
                Order::LeastConn(order) => order.set_weight(server, weight),
                Order::Ring(ring) => ring.set_weight(server, weight),
                Order::Sticky(current) if weight == 0 => *current = current.filter(|other| *other != server),
                Order::Sticky(_) => {}
                Order::Wheel(_) | Order::Draws(_) | Order::ById => {}
            }
        }
        inner.usable = usable;
        inner.first_backup = first_backup;
        for set in [ACTIVE, BACKUP].into_iter().filter(|&set| changed[set]) {
            let Inner { weights, orders, .. } = &mut *inner;
            match &mut orders[set] {
                Order::Wheel(wheel) => *wheel = Wheel::new(&weights[set], self.shared).continue_from(wheel),
                Order::Draws(draws) => *draws = Draws::new(&weights[set]),
                Order::RoundRobin(_)
                | Order::LeastConn(_)
                | Order::Ring(_)
                | Order::Sticky(_)
                | Order::ById => {}
            }
        }
        inner
    }
}

/// Sessions, and requests that wait for this very server.
fn load_of(server: &ServerState) -> u32 {
    server.sessions.get() + server.queued.get()
}

fn is_full(state: &ProxyState, server: usize) -> bool {
    let server = &state.servers[server];
    let most = server.limit(state);
    most > 0 && server.sessions.get() >= most
}

/// `hash-balance-factor`: how many sessions a server of a ring may have, so that none has more than a share of all.
struct Bound {
    /// Sessions that all together may have with the new one, rounded up; none is without limit.
    slots: Option<u64>,
    /// Weights of all.
    total: u64,
}

impl Bound {
    fn new(factor: u32, state: &ProxyState, weights: &[u32]) -> Self {
        let served = || {
            state
                .servers
                .iter()
                .map(|server| u64::from(server.sessions.get()))
        };
        Self {
            slots: (factor > 0).then(|| ((served().sum::<u64>() + 1) * u64::from(factor)).div_ceil(100)),
            total: weights
                .iter()
                .map(|weight| u64::from(*weight))
                .sum::<u64>()
                .max(1),
        }
    }

    /// Whether one more is within the server's share. Slots are dealt out by weight, in the order of the servers; each has one at
    /// least.
    fn admits(&self, state: &ProxyState, weights: &[u32], server: usize) -> bool {
        let Some(slots) = self.slots else { return true };
        let before: u64 = weights[..server].iter().map(|weight| u64::from(*weight)).sum();
        let behind = before + u64::from(weights[server]);
        let share = slots * behind / self.total - slots * before / self.total;
        u64::from(state.servers[server].sessions.get()) < share.max(1)
    }
}
