//! Getting a request to a server: the choice, the queue, the connection, retries and redispatch (manual, `retries`, `option
//! redispatch`, `maxconn`, `timeout queue`).

use std::future::poll_fn;
use std::net::SocketAddr;
use std::rc::Rc;
use std::task::{Context, Poll};

use haproxy_cfg::model::{Millis, Proxy, ProxyId, Server, Timeouts};
use proxy_core::balance::PickInput;
use proxy_core::check::Seen;
use proxy_core::cli::Stage;
use proxy_core::proxy_protocol::{Introduction, IntroductionPlan};
use proxy_core::state::{Ending, ServerState};
use proxy_core::stream::{Route, Settings};

use super::establish::{connect_to, note_addresses, note_handshake};
use super::queue::Granted;
use super::{PrivateConns, ServerConn};
use crate::buffer::Buffer;
use crate::io::Io;
use crate::observe::saw;
use crate::thread::Thread;
use crate::wheel::Timer;

/// The pause before a server that refused is asked again, ms; `timeout connect` when that is shorter.
const TURN_AROUND_MS: u64 = 1000;

/// What an attempt depends on.
#[derive(Debug)]
pub struct Attempt<'a> {
    /// The thread.
    pub thread: &'a Rc<Thread>,
    /// The session's timer.
    pub timer: &'a Timer,
    /// The backend.
    pub backend: ProxyId,
    /// The server that persistence asks for, or the one that is tried again.
    pub wanted: Option<usize>,
    /// The server that failed, where another one is wanted.
    pub exclude: Option<usize>,
    /// The hash of the request's key, where a server is chosen by one.
    pub hash: Option<u32>,
    /// The client, who may go meanwhile.
    pub client: ClientWatch<'a>,
    /// The address that the client connected to, where a server needs it.
    pub dst: Option<SocketAddr>,
    /// Which idle connections that other clients left may be used.
    pub reuse: Reuse,
    /// The connections that no other client may use.
    pub private: &'a mut Option<Box<PrivateConns>>,
    /// What servers are told of the client, where they ask.
    pub introduction: Option<Box<Introduction>>,
    /// What rules settled.
    pub settings: &'a Settings,
    /// When the wait for a server began: the request was there, or the session; milliseconds of the process's clock.
    pub since_ms: u64,
}

/// Which idle connections may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reuse {
    /// None but the client's own.
    None,
    /// Those that served more than one request.
    Proven,
    /// Any.
    Any,
}

impl Attempt<'_> {
    fn timeouts(&self) -> &Timeouts {
        &self.thread.config().proxy(self.backend).timeouts
    }

    /// `timeout connect`, or what a rule put in its place.
    pub(super) fn connect_timeout(&self) -> Option<Millis> {
        self.settings.connect_timeout.or(self.timeouts().connect)
    }

    /// `timeout queue`, or what a rule put in its place; that of connections where there is none.
    fn queue_timeout(&self) -> Option<Millis> {
        let own = self.settings.queue_timeout.or(self.timeouts().queue);
        own.or_else(|| self.connect_timeout())
    }
}

/// The client's side while a server is sought.
#[derive(Debug)]
pub struct ClientWatch<'a> {
    /// Its connection.
    pub io: &'a mut Io,
    /// What it sends meanwhile.
    pub buffer: &'a mut Buffer,
    /// It has ended its direction.
    pub ended: &'a mut bool,
    /// Its end calls the attempt off (`option abortonclose`).
    pub abort_on_end: bool,
    /// There are no messages that could be whole: the end of one that has said nothing calls the attempt off as well, and so
    /// does a connection that breaks.
    pub tcp: bool,
}

/// Why no server was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReachError {
    /// No server can take it.
    #[error("no server is available")]
    NoServer,
    /// `timeout queue`.
    #[error("waited too long for a free slot")]
    QueueTimeout,
    /// As many wait for the server as may.
    #[error("the queue of the server is full")]
    QueueFull,
    /// The client went while it waited for a slot.
    #[error("the client went while it waited for a slot")]
    ClientLeftQueue,
    /// The client went while the connection was under way.
    #[error("the client went while a server was being connected to")]
    ClientLeftConnect,
    /// The client's connection broke while the one to the server was under way, or was waited for.
    #[error("the client's connection broke while a server was being connected to")]
    ClientBroke,
    /// `timeout connect`, on the last attempt.
    #[error("no connection within the time")]
    ConnectTimeout,
    /// Refused or unreachable, on the last attempt.
    #[error("no connection")]
    ConnectFailed,
    /// Refused by this machine before a packet went out, on the last attempt.
    #[error("no connection was begun")]
    NotBegun,
    /// The server came since it was found out what servers are to be told of the client: the attempt is to be made anew.
    #[error("the server asks for what was not known when it was asked for")]
    Outdated,
    /// The sessions of the server were ended while the connection was under way.
    #[error("the server's sessions were ended")]
    Ended(Ending),
}

/// A slot of a server, given back when dropped.
#[derive(Debug)]
pub struct Slot {
    thread: Rc<Thread>,
    backend: ProxyId,
    /// Its number among the backend's; one that fits a word beside the others.
    server: u32,
    /// What of the server's sessions had been ended when this one began.
    endings: u32,
    /// The timer of the session that has it.
    timer: u32,
    given_back: bool,
}

impl Slot {
    fn new(attempt: &Attempt<'_>, server: usize) -> Self {
        let (thread, backend) = (attempt.thread, attempt.backend);
        let state = &thread.shared.runtime.proxies[backend.0 as usize].servers[server];
        let slot = Self {
            thread: Rc::clone(thread),
            backend,
            server: server as u32,
            endings: state.endings(),
            timer: attempt.timer.key(),
            given_back: false,
        };
        slot.load_changed();
        slot
    }

    /// The server.
    #[must_use]
    pub fn server(&self) -> usize {
        self.server as usize
    }

    /// Why the session is to end, if it is: it alone, or all that the server has.
    #[must_use]
    pub fn ending(&self) -> Option<Ending> {
        if self.thread.wheel.is_ended(self.timer) {
            return Some(Ending::Administrator);
        }
        let state = &self.thread.shared.runtime.proxies[self.backend.0 as usize].servers[self.server()];
        state.ending_since(self.endings)
    }

    /// Gives the slot back. Gives the sessions that the server has without this one, before another gets its place.
    pub fn give_back(&mut self) -> u32 {
        self.given_back = true;
        let shared = &self.thread.shared;
        let left = shared
            .queues
            .release(&shared.runtime, self.backend, self.server());
        self.load_changed();
        left
    }

    fn load_changed(&self) {
        let shared = &self.thread.shared;
        let at = self.backend.0 as usize;
        shared.plan.proxies[at]
            .balancer
            .load_changed(&shared.runtime.proxies[at], self.server());
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if !self.given_back {
            self.give_back();
        }
    }
}

/// A connection to a server with its slot.
#[derive(Debug)]
pub struct Reached {
    /// The connection.
    pub conn: ServerConn,
    /// The slot.
    pub slot: Slot,
}

impl ClientWatch<'_> {
    /// Ready when the client has gone, and that calls the attempt off: true where its connection broke.
    pub fn poll_gone(&mut self, cx: &mut Context<'_>) -> Poll<bool> {
        while !*self.ended {
            if self.buffer.room().is_empty() {
                return Poll::Pending;
            }
            match self.io.poll_read(cx, self.buffer.room()) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(_)) if self.tcp => {
                    *self.ended = true;
                    return Poll::Ready(true);
                }
                Poll::Ready(Ok(0) | Err(_)) => *self.ended = true,
                Poll::Ready(Ok(n)) => self.buffer.filled(n),
            }
        }
        if self.abort_on_end || (self.tcp && self.buffer.is_empty()) {
            Poll::Ready(false)
        } else {
            Poll::Pending
        }
    }
}

/// Reaches a server. What was done on the way stands in `route`, whatever comes out.
///
/// # Errors
/// When none was reached.
pub async fn reach_server(attempt: &mut Attempt<'_>, route: &mut Route) -> Result<Reached, ReachError> {
    let thread = attempt.thread;
    let (proxy, plan) = thread.shared.plan.proxy(attempt.backend);
    let retries = attempt.settings.retries.unwrap_or(proxy.retries);
    let mut left = retries.saturating_sub(route.retries);
    let asked_for = attempt.wanted.is_some();
    loop {
        let slot = match take_slot(attempt, route).await {
            Err(ReachError::NoServer) if route.retries > 0 => {
                // It left its server, and there is no other.
                if let Some(last) = route.server.take() {
                    route.redispatched = true;
                    thread.server_counters(attempt.backend, last).wredis.inc();
                    thread.be_counters(attempt.backend).wredis.inc();
                }
                return Err(ReachError::NoServer);
            }
            slot => slot?,
        };
        let server = slot.server();
        if is_outdated(attempt, server) {
            return Err(ReachError::Outdated);
        }
        if let Some(last) = route.server {
            let of_server = thread.server_counters(attempt.backend, last);
            let of_backend = thread.be_counters(attempt.backend);
            if last == server {
                of_server.wretr.inc();
                of_backend.wretr.inc();
            } else {
                route.redispatched = true;
                of_server.wredis.inc();
                of_backend.wredis.inc();
            }
        }
        route.server = Some(server);
        attempt.timer.note(|stream| {
            stream.stage = Stage::Connecting;
            stream.server = u32::try_from(server).ok();
            stream.retries = route.retries;
        });
        let counters = thread.server_counters(attempt.backend, server);
        let failure = match connect_to(attempt, proxy, &slot, route).await {
            Ok(conn) => {
                if !route.reused {
                    saw(thread, attempt.backend, server, Seen::Connected);
                }
                note_addresses(attempt, proxy, server, &conn.io, route);
                note_handshake(attempt, &conn, route);
                route.connected_ms = thread.now_ms();
                route.glitches = match &conn.io {
                    Io::Http2Server(stream) => Some(stream.link().glitches()),
                    _ => None,
                };
                attempt.timer.note(|stream| {
                    stream.stage = Stage::Established;
                    stream.server_fd = conn.io.descriptor();
                });
                return Ok(Reached { conn, slot });
            }
            Err(end @ (ReachError::ClientLeftConnect | ReachError::ClientBroke | ReachError::Ended(_))) => {
                return Err(end);
            }
            Err(failure) => failure,
        };
        saw(thread, attempt.backend, server, Seen::NotConnected);
        // A server that is being waited for has no session: others may take its slot.
        drop(slot);
        if left == 0 || !proxy.retry_on.conn_failure {
            let failed = matches!(failure, ReachError::ConnectFailed | ReachError::NotBegun);
            if route.retries > 0 && failed && proxy.options.redispatch.is_some() {
                route.queued_until_ms = thread.now_ms();
            }
            thread.be_counters(attempt.backend).econ.inc();
            counters.econ.inc();
            return Err(failure);
        }
        left -= 1;
        route.retries += 1;
        let state = &thread.shared.runtime.proxies[attempt.backend.0 as usize];
        let bound = asked_for && attempt.wanted == Some(server) || attempt.hash.is_some();
        let usable = plan.balancer.usable(state);
        let others = usable.active.max(usable.backup) > 1;
        let elsewhere = proxy.options.redispatch.is_some()
            && (if bound {
                redispatches(proxy, retries, left)
            } else {
                others
            } || !state.servers[server].is_usable());
        if elsewhere {
            attempt.wanted = None;
            attempt.exclude = Some(server);
            continue;
        }
        attempt.wanted = Some(server);
        if !bound {
            // Without persistence the same server is tried again by choice of this function, not of a cookie.
            attempt.exclude = None;
        }
        // One that was not even begun is tried again at once: nobody was asked who needs time to come back.
        if failure == ReachError::ConnectFailed {
            let pause = attempt
                .connect_timeout()
                .map_or(TURN_AROUND_MS, |t| TURN_AROUND_MS.min(t.into()));
            attempt.timer.set(thread.now_ms() + pause);
            wait_or_gone(&mut attempt.client, attempt.timer)
                .await
                .map_err(|broke| departure(broke, ReachError::ClientLeftConnect))?;
            if proxy.options.redispatch.is_some() {
                // Waiting for a server that may be another one counts as queueing.
                route.queued_until_ms = 0;
            }
            if proxy.options.redispatch.is_some() && !state.servers[server].is_usable() {
                attempt.wanted = None;
                attempt.exclude = Some(server);
            }
        }
    }
}

/// Whether a server came and asks for something of the client which was not found out before.
fn is_outdated(attempt: &Attempt<'_>, server: usize) -> bool {
    let (proxy, plan) = attempt.thread.shared.plan.proxy(attempt.backend);
    server >= proxy.servers.of_file().len()
        && IntroductionPlan::is_asked_for_by(&proxy.servers[server])
        && !plan.introductions.is_current(attempt.introduction.as_deref())
}

/// Whether a request that is bound to its server may leave it with `left` of its `retries` to go.
fn redispatches(proxy: &Proxy, retries: u32, left: u32) -> bool {
    match proxy.options.redispatch {
        None | Some(0) => false,
        Some(every @ 1..) => (retries - left).is_multiple_of(every.unsigned_abs()),
        // So many before the one behind the last. Where that is the first attempt itself, the original divides by zero and ends;
        // here the request may leave at once.
        Some(before) => {
            let every = (i64::from(retries) + 1 + i64::from(before)).unsigned_abs().max(1);
            u64::from(retries - left).is_multiple_of(every)
        }
    }
}

/// A slot of the wanted server, or of one that the balancer chooses; waits for one if all are taken.
async fn take_slot(attempt: &mut Attempt<'_>, route: &mut Route) -> Result<Slot, ReachError> {
    let thread = attempt.thread;
    let shared = &thread.shared;
    let (proxy, plan) = shared.plan.proxy(attempt.backend);
    let state = &shared.runtime.proxies[attempt.backend.0 as usize];
    let mut wanted = attempt.wanted.filter(|&at| {
        state.servers[at].is_usable()
            || proxy.options.persist
            || attempt.settings.force_persist
            || (route.retries > 0 && route.server == Some(at))
    });
    loop {
        let keyed = attempt.hash.filter(|_| wanted.is_none());
        let chosen = wanted.or_else(|| match keyed {
            Some(hash) => plan.balancer.pick_keyed(state, hash, attempt.exclude),
            None => {
                let input = PickInput {
                    exclude: attempt.exclude,
                    random: thread.random(),
                };
                plan.balancer.pick(state, &input)
            }
        });
        if let Some(server) = chosen
            && shared.queues.take(&shared.runtime, attempt.backend, server)
        {
            if wanted.is_none() {
                count_choice(attempt, server, route);
            }
            if route.queued_until_ms == 0 {
                // Without a wait there is no time between: none is measured either.
                let waited = route.retries > 0 || route.backend_queue > 0 || route.server_queue > 0;
                route.queued_until_ms = if waited { thread.now_ms() } else { attempt.since_ms };
            }
            return Ok(Slot::new(attempt, server));
        }
        if wanted.is_none() {
            let usable = plan.balancer.usable(state);
            if usable.active + usable.backup == 0 {
                return Err(ReachError::NoServer);
            }
            if let Some(server) = chosen.filter(|_| keyed.is_some()) {
                count_choice(attempt, server, route);
            } else if chosen
                .is_some_and(|at| !shared.queues.has_waiting(&shared.runtime, attempt.backend, at))
            {
                // Another thread took the slot between choice and grasp: choose again.
                continue;
            }
        }
        let of_server = chosen.filter(|_| wanted.is_some() || keyed.is_some());
        if let Some(server) = of_server.filter(|&at| is_queue_full(&proxy.servers[at], &state.servers[at])) {
            if wanted.is_some() && proxy.options.redispatch.is_some() {
                wanted = None;
                continue;
            }
            route.server = Some(server);
            thread.be_counters(attempt.backend).econ.inc();
            thread.server_counters(attempt.backend, server).econ.inc();
            return Err(ReachError::QueueFull);
        }
        match wait_in_queue(attempt, of_server, route).await? {
            Granted::Server(server) => {
                route.queued_until_ms = thread.now_ms();
                return Ok(Slot::new(attempt, server));
            }
            Granted::ChooseAgain => wanted = None,
        }
    }
}

/// Counts that the balancer chose a server.
fn count_choice(attempt: &Attempt<'_>, server: usize, route: &Route) {
    if route.server != Some(server) {
        let thread = attempt.thread;
        if !thread.config().proxy(attempt.backend).servers[server].unlisted {
            thread.be_counters(attempt.backend).lbtot.inc();
        }
        thread.server_counters(attempt.backend, server).lbtot.inc();
    }
}

/// Whether as many wait for a server as may (`maxqueue`).
fn is_queue_full(server: &Server, state: &ServerState) -> bool {
    server.maxqueue > 0 && state.queued.get() >= server.maxqueue
}

async fn wait_in_queue(
    attempt: &mut Attempt<'_>,
    server: Option<usize>,
    route: &mut Route,
) -> Result<Granted, ReachError> {
    let thread = attempt.thread;
    let shared = &thread.shared;
    let now = thread.now_ms();
    let (ticket, before) = shared.queues.enter(
        &shared.runtime,
        attempt.backend,
        server,
        (attempt.settings.priority, now),
    );
    // The place in the queue, counted from 1.
    if server.is_some() {
        route.server_queue = before + 1;
    } else {
        route.backend_queue = before + 1;
    }
    attempt.timer.set(deadline(now, attempt.queue_timeout()));
    attempt.timer.note(|stream| stream.stage = Stage::Queued);
    let outcome = poll_fn(|cx| {
        if attempt.timer.is_ended() {
            return Poll::Ready(Err(ReachError::Ended(Ending::Administrator)));
        }
        if let Poll::Ready(granted) = ticket.poll_granted(cx) {
            return Poll::Ready(Ok(granted));
        }
        if let Poll::Ready(broke) = attempt.client.poll_gone(cx) {
            return Poll::Ready(Err(departure(broke, ReachError::ClientLeftQueue)));
        }
        attempt
            .timer
            .poll_expired(cx, thread.now_ms())
            .map(|()| Err(ReachError::QueueTimeout))
    })
    .await;
    if outcome.is_err() {
        shared
            .queues
            .leave(&shared.runtime, attempt.backend, server, &ticket);
        // The log names the server that was waited for.
        route.server = route.server.or(server);
        route.queued_until_ms = thread.now_ms();
    }
    outcome
}

/// What becomes of an attempt whose client has gone.
pub(super) fn departure(broke: bool, phase: ReachError) -> ReachError {
    if broke { ReachError::ClientBroke } else { phase }
}

/// Waits until the timer expires; an error when the client goes before, true where its connection broke.
async fn wait_or_gone(client: &mut ClientWatch<'_>, timer: &Timer) -> Result<(), bool> {
    poll_fn(|cx| {
        if let Poll::Ready(broke) = client.poll_gone(cx) {
            return Poll::Ready(Err(broke));
        }
        timer.poll_expired(cx, timer.now_ms()).map(Ok)
    })
    .await
}

/// The time at which `timeout` has passed; never when there is none.
pub(crate) fn deadline(now_ms: u64, timeout: Option<u32>) -> u64 {
    timeout.map_or(u64::MAX, |t| now_ms + u64::from(t))
}
