//! Accepting on a stats socket.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use haproxy_cfg::model::{Config, Level};
use proxy_core::cli::{Hooks, LiveStream};
use proxy_core::state::Runtime;
use proxy_core::stats::Process;
use slab::Slab;
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;

use super::connection::{self, Rights};
use super::threads::Answers;
use crate::clock::Clock;
use crate::handover::Exports;
use crate::listen::ListenSocket;
use crate::log::Logs;
use crate::tls::Store;

/// `stats timeout` unless given.
const TIMEOUT: Duration = Duration::from_secs(10);

/// `stats maxconn` unless given.
const MAXCONN: u32 = 10;

/// How long accepting rests when the process has no descriptor left.
const REST: Duration = Duration::from_millis(100);

/// What all stats sockets of a process share.
pub struct AdminContext {
    /// The configuration.
    pub config: Arc<Config>,
    /// Its running state.
    pub runtime: Arc<Runtime>,
    /// The process's clock.
    pub clock: Clock,
    /// What the process knows about itself.
    pub process: Arc<Process>,
    /// Index of the thread that serves the sockets: its counters are written.
    pub thread: usize,
    /// Logs, listeners and sessions of the running proxy.
    pub hooks: Rc<RefCell<dyn Hooks>>,
    /// The listening sockets, for a process that takes them over.
    pub(super) exports: Arc<Exports>,
    /// The rings whose messages are shown.
    pub(super) logs: Arc<Logs>,
    /// Who knows what the threads do.
    pub(super) answers: Rc<dyn Answers>,
    /// What of TLS can be changed.
    pub(super) tls: Option<Arc<Store>>,
    /// The connections that are served, each with who is told when it is to end.
    pub(super) connections: RefCell<Slab<(LiveStream, Rc<Notify>)>>,
    /// Inactivity after which a connection is closed.
    pub(super) timeout: Duration,
    slots: Arc<Semaphore>,
}

impl AdminContext {
    /// The context of a configuration's stats sockets; `stats timeout` and `stats maxconn` are taken from it.
    #[allow(clippy::too_many_arguments, reason = "the sockets show all that there is")]
    pub fn new(
        config: Arc<Config>,
        runtime: Arc<Runtime>,
        clock: Clock,
        process: Arc<Process>,
        thread: usize,
        hooks: Rc<RefCell<dyn Hooks>>,
        exports: Arc<Exports>,
        logs: Arc<Logs>,
        answers: Rc<dyn Answers>,
        tls: Option<Arc<Store>>,
    ) -> Self {
        let timeout = config
            .global
            .stats_timeout
            .map_or(TIMEOUT, |ms| Duration::from_millis(u64::from(ms)));
        let maxconn = config.global.stats_maxconn.unwrap_or(MAXCONN).max(1);
        Self {
            config,
            runtime,
            clock,
            process,
            thread,
            hooks,
            exports,
            logs,
            answers,
            tls,
            connections: RefCell::default(),
            timeout,
            slots: Arc::new(Semaphore::new(maxconn as usize)),
        }
    }
}

/// A stats socket.
#[derive(Debug)]
pub struct AdminListener {
    /// Where connections come from.
    pub socket: ListenSocket,
    /// What those who connect may do.
    pub level: Level,
    /// Whether they may take the process's listening sockets (`expose-fd listeners`).
    pub exposes_listeners: bool,
    /// Its number among the file's, from 1.
    pub number: u32,
}

enum Accepting {
    Unix(UnixListener),
    Tcp(TcpListener),
}

/// Serves a stats socket until the task is aborted.
///
/// # Errors
/// When the socket cannot be given to the runtime.
///
/// # Panics
/// Outside of a runtime's `LocalSet`.
pub fn spawn(listener: AdminListener, context: Rc<AdminContext>) -> io::Result<JoinHandle<()>> {
    let rights = Rights {
        level: listener.level,
        exposes_listeners: listener.exposes_listeners,
        socket: listener.number,
    };
    let accepting = match listener.socket {
        ListenSocket::Unix(socket) => {
            socket.set_nonblocking(true)?;
            Accepting::Unix(UnixListener::from_std(socket)?)
        }
        ListenSocket::Tcp(socket) => {
            socket.set_nonblocking(true)?;
            Accepting::Tcp(TcpListener::from_std(socket)?)
        }
        // The binder gives none to a stats socket.
        ListenSocket::Pair(_) => return Err(io::ErrorKind::Unsupported.into()),
    };
    Ok(tokio::task::spawn_local(accept(accepting, rights, context)))
}

async fn accept(listener: Accepting, rights: Rights, context: Rc<AdminContext>) {
    // The semaphore is never closed, so the loop ends with the task.
    while let Ok(slot) = Arc::clone(&context.slots).acquire_owned().await {
        let context = Rc::clone(&context);
        match &listener {
            Accepting::Unix(socket) => match socket.accept().await {
                Ok((stream, _)) => {
                    tokio::task::spawn_local(connection::serve(stream, rights, context, Some(slot)));
                }
                Err(_) => tokio::time::sleep(REST).await,
            },
            Accepting::Tcp(socket) => match socket.accept().await {
                Ok((stream, _)) => {
                    tokio::task::spawn_local(connection::serve(stream, rights, context, Some(slot)));
                }
                Err(_) => tokio::time::sleep(REST).await,
            },
        }
    }
}
