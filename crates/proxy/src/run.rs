//! Runs a configuration: a thread for each `nbthread`, each with its own runtime.

use std::future::Future;
use std::future::poll_fn;
use std::io::{self, Write as _};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;

use haproxy_cfg::model::ProxyId;
use proxy_core::logline::Zone;
use proxy_core::plan::Plan;
use proxy_core::state::Runtime;
use proxy_core::stats::Process;
use proxy_core::stream::Client;
use tokio::runtime::{Builder, LocalOptions, LocalRuntime};

use crate::accept::Acceptor;
use crate::clock::Clock;
use crate::context::{AtHand, looking};
use crate::handover::Exports;
use crate::listen::{BoundListener, ListenOwner, ListenSocket};
use crate::log::{Files, LogSender, Receivers};
use crate::rehearsal::Rehearsal;
use crate::thread::{SavedSyn, Shared, Thread};
use crate::tls::TlsConfigs;

/// Free buffers that are kept through a quiet period.
const KEPT_BUFFERS: usize = 64;

/// What the first thread runs besides its share of the traffic: signals, admin sockets, checks. The process ends when it
/// does, with that exit status.
pub type Supervisor = Box<dyn FnOnce(Rc<Thread>) -> Pin<Box<dyn Future<Output = i32>>>>;

/// Everything a run needs.
pub struct RunInput {
    /// The plan.
    pub plan: Plan,
    /// Its running state, with a set of counters for each thread.
    pub runtime: Arc<Runtime>,
    /// The process's clock.
    pub clock: Clock,
    /// Bound listeners of proxies; those of stats sockets are left to the supervisor.
    pub listeners: Vec<BoundListener>,
    /// What takes log lines of others in.
    pub receivers: Receivers,
    /// TLS settings of binds and servers.
    pub tls: TlsConfigs,
    /// What the process knows about itself.
    pub process: Arc<Process>,
    /// The host's name, for log lines that carry it.
    pub hostname: String,
    /// Makes the local time zone, for each thread.
    pub zone: fn() -> Zone,
    /// Reads the packet that a connection began with.
    pub saved_syn: SavedSyn,
    /// Changes of servers' states go to standard error as well.
    pub speaks: bool,
    /// Log targets that were open when the process began.
    pub log_files: Files,
    /// Handles of the listeners for a process that takes them over; let go of when the listeners stop.
    pub exports: Arc<Exports>,
    /// Another process ends for this one, and knows what is in its tables.
    pub has_predecessor: bool,
    /// Runs on the first thread.
    pub supervisor: Supervisor,
}

impl std::fmt::Debug for RunInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunInput")
            .field("listeners", &self.listeners)
            .finish_non_exhaustive()
    }
}

/// One thread's listeners.
type Share = Vec<(ProxyId, usize, ListenSocket)>;

/// Runs until the supervisor ends; gives its exit status. Threads are made here, so it must be called after the last fork.
///
/// # Errors
/// When the system makes no thread or no event queue, or a listener cannot be shared.
pub fn run(input: RunInput) -> io::Result<i32> {
    let threads = input.runtime.counters.len();
    let is_for_peers = |listener: &BoundListener| matches!(listener.owner, ListenOwner::Peers { .. });
    let is_for_logs = |listener: &BoundListener| matches!(listener.owner, ListenOwner::LogForward { .. });
    let (for_peers, listeners): (Vec<_>, Vec<_>) = input.listeners.into_iter().partition(is_for_peers);
    let (for_logs, listeners) = listeners.into_iter().partition(is_for_logs);
    let mut shares = share_listeners(listeners, threads)?;
    let mut shared = Shared::new(
        input.plan,
        input.runtime,
        input.clock,
        input.process,
        input.exports,
        input.speaks,
        input.log_files,
    );
    shared.saved_syn = input.saved_syn;
    shared.tls = input.tls;
    let shared = Arc::new(shared);
    // Counted before the first of them runs: one that has not begun may have connections waiting too.
    shared
        .acceptors
        .store(shares.iter().map(Vec::len).sum(), Ordering::Release);
    let (hostname, zone) = (input.hostname, input.zone);
    let first = shares.remove(0);
    let thread = new_thread(0, &shared, &hostname, zone, None);
    set_variables(&thread);
    let thread_of_supervisor = Rc::clone(&thread);
    let supervisor = input.supervisor;
    let receivers = input.receivers;
    let has_predecessor = input.has_predecessor;
    let start_others = move || {
        for (at, share) in shares.into_iter().enumerate() {
            let (shared, hostname) = (Arc::clone(&shared), hostname.clone());
            let work = move || run_worker(at + 1, &shared, share, &hostname, zone);
            std::thread::Builder::new()
                .name(format!("worker/{}", at + 1))
                .spawn(work)?;
        }
        // The others would begin where this one is.
        crate::cpus::bind(thread.config(), 0);
        start(&thread, first);
        crate::log::start_forwarding(&thread);
        crate::resolve::start(&thread);
        crate::upstream::start_warming(&thread);
        crate::peers::start(&thread, for_peers, has_predecessor)?;
        crate::log::start_receiving(&thread, for_logs, receivers)
    };
    let mut start_others = Some(start_others);
    runtime()?.block_on(async {
        let mut supervised = supervisor(thread_of_supervisor);
        poll_fn(|cx| {
            // The supervisor goes first: whoever is served may send a signal, and that must be listened to by then.
            if let Poll::Ready(status) = supervised.as_mut().poll(cx) {
                return Poll::Ready(Ok(status));
            }
            match start_others.take().map(|start| start()) {
                Some(Err(error)) => Poll::Ready(Err(error)),
                Some(Ok(())) | None => Poll::Pending,
            }
        })
        .await
    })
}

/// A worker thread but the first, until the process ends.
fn run_worker(index: usize, shared: &Arc<Shared>, share: Share, hostname: &str, zone: fn() -> Zone) {
    let result = runtime().and_then(|runtime| {
        let thread = new_thread(index, shared, hostname, zone, None);
        crate::cpus::bind(thread.config(), index);
        runtime.block_on(async {
            start(&thread, share);
            // The process ends with the first thread.
            std::future::pending::<io::Result<()>>().await
        })
    });
    if let Err(error) = result {
        alert(&format!("worker thread {index} cannot run: {error}"));
    }
}

/// Tells on standard error what keeps a part of the process from working.
pub(crate) fn alert(message: &str) {
    // Whoever closed standard error does not want to read it.
    let _ = writeln!(io::stderr(), "[ALERT]    ({}) : {message}", std::process::id());
}

fn runtime() -> io::Result<LocalRuntime> {
    Builder::new_current_thread()
        .enable_all()
        .build_local(LocalOptions::default())
}

pub(crate) fn new_thread(
    index: usize,
    shared: &Arc<Shared>,
    hostname: &str,
    zone: fn() -> Zone,
    rehearsal: Option<Rc<Rehearsal>>,
) -> Rc<Thread> {
    let log = LogSender::new(hostname, Arc::clone(shared));
    Thread::rehearsing(index, Arc::clone(shared), log, zone, rehearsal)
}

/// Sets the variables that the global section gives, before anything can read them.
pub(crate) fn set_variables(thread: &Thread) {
    for preset in &thread.shared.plan.presets {
        let nobody = Client::default();
        looking(thread, &nobody, ProxyId(0), AtHand::default(), |context| {
            preset.set(context);
        });
    }
}

/// Starts what every thread runs.
fn start(thread: &Rc<Thread>, share: Share) {
    tokio::task::spawn_local(Rc::clone(&thread.wheel).drive());
    tokio::task::spawn_local(keep_house(Rc::clone(thread)));
    tokio::task::spawn_local(pass_changes_on(Rc::clone(thread)));
    tokio::task::spawn_local(crate::inquiry::serve(Rc::clone(thread)));
    if thread.index == 0 && thread.shared.runtime.tables.expire() {
        tokio::task::spawn_local(sweep_tables(Rc::clone(thread)));
    }
    for (proxy, bind, socket) in share {
        let acceptor = Acceptor {
            thread: Rc::clone(thread),
            proxy,
            bind: bind as u16,
            tls: thread.shared.tls.binds.get(&(proxy, bind)).cloned(),
        };
        tokio::task::spawn_local(async move {
            let shared = Arc::clone(&acceptor.thread.shared);
            let result = acceptor.run(socket).await;
            shared.acceptors.fetch_sub(1, Ordering::Release);
            if let Err(error) = result {
                alert(&format!("a listener cannot be watched: {error}"));
            }
        });
    }
}

/// Closes idle server connections whose server has gone, and gives memory back that a peak left.
async fn keep_house(thread: Rc<Thread>) {
    let timer = thread.wheel.timer();
    loop {
        timer.set(thread.now_ms() + thread.idle.look_ms());
        timer.expired().await;
        let now = thread.now_ms();
        let shared = &thread.shared;
        thread.idle.purge(&shared.runtime, thread.counters(), now);
        thread
            .multiplexed
            .purge(&shared.plan.config, &shared.runtime, now);
        thread.buffers.trim(KEPT_BUFFERS);
    }
}

/// Clears expired entries of stick tables away, a few at a time.
async fn sweep_tables(thread: Rc<Thread>) {
    const NOTHING_LEFT_MS: u64 = 1000;
    const MORE_LEFT_MS: u64 = 4;
    let timer = thread.wheel.timer();
    loop {
        let more = thread.shared.runtime.tables.sweep(thread.tick());
        let pause = if more { MORE_LEFT_MS } else { NOTHING_LEFT_MS };
        timer.set(thread.now_ms() + pause);
        timer.expired().await;
    }
}

/// Wakes this thread's sessions when something changed that they must look at.
async fn pass_changes_on(thread: Rc<Thread>) {
    let mut changes = thread.shared.changes.subscribe();
    while changes.changed().await.is_ok() {
        thread.wheel.wake_all();
    }
}

/// Gives each thread its own socket of a listener, or one more handle where there are fewer. A listener that was taken over may
/// have more sockets than there are threads: none may be left unwatched.
fn share_listeners(listeners: Vec<BoundListener>, threads: usize) -> io::Result<Vec<Share>> {
    let threads = threads.max(1);
    let mut shares: Vec<Share> = (0..threads).map(|_| Vec::new()).collect();
    for listener in listeners {
        let ListenOwner::Proxy { proxy, bind } = listener.owner else {
            continue;
        };
        let mut sockets = listener.sockets;
        let own = sockets.len();
        if own == 0 {
            continue;
        }
        while sockets.len() < threads {
            let one_more = sockets[sockets.len() % own].try_clone()?;
            sockets.push(one_more);
        }
        for (index, socket) in sockets.into_iter().enumerate() {
            shares[index % threads].push((proxy, bind, socket));
        }
    }
    Ok(shares)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn every_socket_is_watched_and_every_thread_has_one() {
        for (sockets, threads) in [(1, 3), (2, 3), (3, 3), (5, 2)] {
            let sockets: Vec<_> = (0..sockets)
                .map(|_| ListenSocket::Tcp(TcpListener::bind("127.0.0.1:0").unwrap()))
                .collect();
            let ports = |shares: &[&ListenSocket]| -> std::collections::BTreeSet<_> {
                shares
                    .iter()
                    .map(|socket| match socket {
                        ListenSocket::Tcp(socket) => socket.local_addr().unwrap(),
                        ListenSocket::Unix(_) | ListenSocket::Pair(_) => panic!("no unix socket was given"),
                    })
                    .collect()
            };
            let all = ports(&sockets.iter().collect::<Vec<_>>());
            let owner = ListenOwner::Proxy {
                proxy: ProxyId(0),
                bind: 0,
            };
            let shares = share_listeners(vec![BoundListener { owner, sockets }], threads).unwrap();
            assert_eq!(shares.len(), threads);
            assert!(shares.iter().all(|share| !share.is_empty()));
            let shared: Vec<_> = shares.iter().flatten().map(|(_, _, socket)| socket).collect();
            assert_eq!(ports(&shared), all);
        }
    }
}
