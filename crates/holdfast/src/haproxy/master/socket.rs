//! The master's socket (`-S`): where connections to it come from; `conversation` has what is said on them. It is served by a thread of its own, which is made behind the
//! fork and ends when the master becomes itself anew.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use haproxy_cfg::model::Level;
use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use proxy::listen::{Binder, ListenOptions, ListenSocket};

use super::conversation::{Connection, converse};
use super::worker::Workers;
use crate::host::SystemHost;
use crate::kernel;

/// Connections at a time; more are closed at once.
const MAX_CONNECTIONS: usize = 10;

/// Inactivity after which a connection is closed.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The processes as the master last saw them.
pub(crate) type Board = Arc<Mutex<Workers>>;

/// The bound socket.
#[derive(Debug)]
pub(crate) struct MasterSocket {
    socket: ListenSocket,
    /// What those who connect may do.
    level: Level,
}

/// Binds what `-S` names: an address as a `stats socket` has it, with its settings behind commas. The text to tell when that
/// cannot be.
pub(crate) fn bind(written: &str) -> Result<MasterSocket, String> {
    let text = format!("global\n stats socket {}\n", written.replace(',', " "));
    let input = Input::Text {
        name: "-S".to_owned(),
        bytes: text.into_bytes(),
    };
    let loaded = load(&[input], Dialect::default(), &SystemHost, LoadOptions::default());
    if loaded.has_errors() {
        let words = loaded
            .diagnostics
            .first()
            .map(|first| first.message.clone())
            .unwrap_or_default();
        return Err(format!("-S {written}: {words}"));
    }
    let options = ListenOptions {
        threads: 1,
        reuse_port: true,
        default_backlog: 10,
    };
    let mut binder = Binder::new(&loaded.config, options);
    let faults = binder.attempt(&kernel::inherit);
    let socket = binder
        .finish()
        .into_iter()
        .flat_map(|listener| listener.sockets)
        .next();
    // Unlike a stats socket, this one may do everything unless told otherwise.
    let asked = written.split(',').any(|word| word == "level");
    let level = match loaded.config.global.stats_sockets.first() {
        Some(line) if asked => line.level,
        _ => Level::Admin,
    };
    let socket = socket.map(|socket| MasterSocket { socket, level });
    socket.ok_or_else(|| {
        let words = faults
            .first()
            .map(|fault| fault.message.clone())
            .unwrap_or_default();
        format!("-S {written}: {words}")
    })
}

/// Serves it from now on.
///
/// # Errors
/// When the system makes no thread.
pub(crate) fn serve(socket: MasterSocket, board: Board) -> io::Result<()> {
    let MasterSocket { socket, level } = socket;
    match &socket {
        ListenSocket::Tcp(socket) => socket.set_nonblocking(false)?,
        ListenSocket::Unix(socket) => socket.set_nonblocking(false)?,
        // The binder gives none to a stats socket, nor to this one.
        ListenSocket::Pair(_) => return Err(io::ErrorKind::Unsupported.into()),
    }
    let open = Arc::new(AtomicUsize::new(0));
    std::thread::Builder::new()
        .name("master-cli".to_owned())
        .spawn(move || {
            loop {
                let accepted: io::Result<Box<dyn Connection>> = match &socket {
                    ListenSocket::Tcp(socket) => socket.accept().and_then(|(stream, _)| {
                        stream.set_read_timeout(Some(TIMEOUT))?;
                        Ok(Box::new(stream) as Box<dyn Connection>)
                    }),
                    ListenSocket::Unix(socket) => socket.accept().and_then(|(stream, _)| {
                        stream.set_read_timeout(Some(TIMEOUT))?;
                        Ok(Box::new(stream) as Box<dyn Connection>)
                    }),
                    ListenSocket::Pair(_) => return,
                };
                let Ok(connection) = accepted else { continue };
                if open.fetch_add(1, Relaxed) >= MAX_CONNECTIONS {
                    open.fetch_sub(1, Relaxed);
                    continue;
                }
                let (board, still_open) = (Arc::clone(&board), Arc::clone(&open));
                let conversation = std::thread::Builder::new().spawn(move || {
                    // A client that goes away has seen enough.
                    let _ = converse(connection, &board, level);
                    still_open.fetch_sub(1, Relaxed);
                });
                if conversation.is_err() {
                    open.fetch_sub(1, Relaxed);
                }
            }
        })?;
    Ok(())
}
