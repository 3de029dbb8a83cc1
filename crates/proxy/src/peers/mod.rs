//! Peers at work: listening for them, connecting to them, and carrying what a [`Section`] says and hears. All of it runs on the
//! first thread; who changes entries on other threads wakes it.

mod conversation;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::io;
use std::rc::Rc;
use std::sync::{Arc, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use proxy_core::peers::{Connection, Effect, Section, Wire};
use proxy_core::table::Tables;
use tokio::sync::Notify;

use crate::listen::{BoundListener, ListenOwner, ListenSocket};
use crate::listener::Listener;
use crate::proxy_header;
use crate::socket::Socket;
use crate::thread::Thread;
use crate::upstream::reach_single;

/// Milliseconds that a handshake of TLS may take.
const HANDSHAKE_MS: u64 = 5_000;
/// Pause after the system refused a connection, ms.
const REFUSED_MS: u64 = 100;

/// A section at work.
struct Work {
    thread: Rc<Thread>,
    number: usize,
    /// Who carries a connection, to be woken when there is something to be said or it is over.
    carriers: RefCell<HashMap<Connection, Waker>>,
    /// Something happened that may change what is due.
    changed: Notify,
    /// Told once listeners are to be closed.
    stopping: Notify,
    /// It is on its way out.
    has_stopped: Cell<bool>,
}

/// Starts all sections. `has_predecessor` says that another process ends for this one, and knows what is in its tables.
///
/// # Errors
/// When the runtime cannot watch a listener.
pub(crate) fn start(
    thread: &Rc<Thread>,
    listeners: Vec<BoundListener>,
    has_predecessor: bool,
) -> io::Result<()> {
    let mut works: HashMap<usize, Rc<Work>> = HashMap::new();
    for (number, section) in thread.shared.runtime.peers.iter().enumerate() {
        let Some(section) = section else { continue };
        let now = thread.now_ms();
        section
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .start(has_predecessor, now);
        let work = Rc::new(Work {
            thread: Rc::clone(thread),
            number,
            carriers: RefCell::default(),
            changed: Notify::new(),
            stopping: Notify::new(),
            has_stopped: Cell::new(false),
        });
        tokio::task::spawn_local(Rc::clone(&work).drive());
        works.insert(number, work);
    }
    for listener in listeners {
        let ListenOwner::Peers { section, bind } = listener.owner else {
            continue;
        };
        let Some(work) = works.get(&section) else { continue };
        for socket in listener.sockets {
            if matches!(socket, ListenSocket::Pair(_)) {
                crate::run::alert("peers cannot be listened for on a socket pair");
                continue;
            }
            let listener = Listener::new(socket)?;
            tokio::task::spawn_local(Rc::clone(work).listen(listener, bind));
        }
    }
    Ok(())
}

impl Work {
    fn section(&self) -> Option<MutexGuard<'_, Section>> {
        let section = self.thread.shared.runtime.peers.get(self.number)?.as_ref()?;
        Some(section.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn tables(&self) -> &Tables {
        &self.thread.shared.runtime.tables
    }

    /// Does what is due until the process ends.
    async fn drive(self: Rc<Self>) {
        let mut changes = self.thread.shared.changes.subscribe();
        loop {
            let due = {
                let now = self.thread.now_ms();
                let Some(mut section) = self.section() else { return };
                if self.thread.shared.is_stopping() && !section.is_stopping() {
                    section.stop(now);
                    self.has_stopped.set(true);
                    self.stopping.notify_waiters();
                }
                if section.due().is_some_and(|due| due <= now) {
                    section.tick(now);
                }
                section.due()
            };
            self.obey();
            let now = self.thread.now_ms();
            let pause = async {
                match due {
                    Some(due) => tokio::time::sleep(Duration::from_millis(due.saturating_sub(now))).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = pause => {}
                () = self.changed.notified() => {}
                changed = changes.changed() => if changed.is_err() { return },
            }
        }
    }

    /// Does what the section wants done, and wakes who carries its connections.
    fn obey(self: &Rc<Self>) {
        loop {
            let effect = self.section().and_then(|mut section| section.effect());
            match effect {
                Some(Effect::Connect(peer, id)) => {
                    tokio::task::spawn_local(Rc::clone(self).reach(peer, id));
                }
                // Who carries it sees that it is none any more.
                Some(Effect::Close(_)) => {}
                None => break,
            }
        }
        for carrier in self.carriers.borrow().values() {
            carrier.wake_by_ref();
        }
    }

    /// Does what the section wants done after something happened, which may be due earlier than what was.
    fn settle(self: &Rc<Self>) {
        self.obey();
        self.changed.notify_one();
    }

    /// Connects to a peer, and carries the connection.
    async fn reach(self: Rc<Self>, peer: usize, id: Connection) {
        let shared = Arc::clone(&self.thread.shared);
        let model = &shared.plan.config.sections.peers[self.number].peers[peer];
        let reached = match &model.server {
            Some(server) => {
                let tls = shared.tls.peer_servers.get(&(self.number, peer));
                let limit = Duration::from_millis(HANDSHAKE_MS);
                // A peer that takes longer is tried anew: the section gives the connection up then.
                let reached = tokio::time::timeout(limit, reach_single(server, tls.map(Arc::as_ref)));
                reached
                    .await
                    .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
            }
            None => Err(io::ErrorKind::AddrNotAvailable.into()),
        };
        let Ok(stream) = reached else {
            if let Some(mut section) = self.section() {
                section.ended(id, self.thread.now_ms());
            }
            return self.settle();
        };
        if let Some(mut section) = self.section() {
            section.connected(id);
        }
        Box::pin(self.converse(id, stream)).await;
    }

    /// Takes connections until the process stops.
    async fn listen(self: Rc<Self>, listener: Listener, bind: usize) {
        loop {
            if self.has_stopped.get() {
                return;
            }
            let accepted = tokio::select! {
                () = self.stopping.notified() => return,
                accepted = accept(&listener) => accepted,
            };
            match accepted {
                Ok(socket) => {
                    tokio::task::spawn_local(Rc::clone(&self).welcome(socket, bind));
                }
                // There may be no descriptors left.
                Err(_) => tokio::time::sleep(Duration::from_millis(REFUSED_MS)).await,
            }
        }
    }

    /// Carries a connection that came in.
    async fn welcome(self: Rc<Self>, mut socket: Socket, bind: usize) {
        let sections = &self.thread.config().sections.peers;
        let listener = sections[self.number].listener.as_ref();
        if let Some(bind) = listener.and_then(|listener| listener.binds.get(bind)) {
            let limit = Duration::from_millis(HANDSHAKE_MS);
            let passed = tokio::time::timeout(limit, proxy_header::pass_over(&mut socket, bind));
            if !matches!(passed.await, Ok(Ok(()))) {
                // Nothing is written of it, as of any other connection that is none of a peer.
                return;
            }
        }
        let addresses = socket
            .tcp()
            .and_then(|io| io.peer_addr().ok().zip(io.local_addr().ok()));
        let tls = self
            .thread
            .shared
            .tls
            .peer_binds
            .get(&(self.number, bind))
            .cloned();
        let wire = Wire {
            is_tls: tls.is_some(),
            addresses,
        };
        let stream: conversation::Stream = match tls {
            None => Box::new(socket),
            Some(tls) => {
                let limit = Duration::from_millis(HANDSHAKE_MS);
                match tokio::time::timeout(limit, Box::pin(tls.accept(socket))).await {
                    Ok(Ok((stream, ..))) => Box::new(stream),
                    // Who is refused knows best why.
                    Ok(Err(_)) | Err(_) => return,
                }
            }
        };
        let id = {
            let Some(mut section) = self.section() else { return };
            let id = section.accepted(self.thread.now_ms());
            section.note_wire(id, wire);
            id
        };
        self.settle();
        Box::pin(self.converse(id, stream)).await;
    }
}

async fn accept(listener: &Listener) -> io::Result<Socket> {
    match listener {
        Listener::Tcp(listener) => {
            let (stream, _) = listener.accept().await?;
            Ok(Socket::Tcp(stream))
        }
        Listener::Unix(listener) => {
            let (stream, _) = listener.accept().await?;
            Ok(Socket::Unix(stream))
        }
        Listener::Pair(_) | Listener::Released(_) => std::future::pending().await,
    }
}
