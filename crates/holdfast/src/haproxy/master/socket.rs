//! The master's socket (`-S`): what processes there are, and reload. It is served by a thread of its own, which is made behind the
//! fork and ends when the master becomes itself anew.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use haproxy_cfg::{Dialect, Input, LoadOptions, load};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use proxy::listen::{Binder, ListenOptions, ListenSocket};

use super::worker::Workers;
use crate::host::SystemHost;
use crate::kernel;
use crate::version::HAPROXY_VERSION;

/// Connections at a time; more are closed at once.
const MAX_CONNECTIONS: usize = 10;

/// Inactivity after which a connection is closed.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Bytes of a command line.
const MAX_LINE: u64 = 16 * 1024;

/// The processes as the master last saw them.
pub(crate) type Board = Arc<Mutex<Workers>>;

/// Binds what `-S` names: an address as a `stats socket` has it, with its settings behind commas. The text to tell when that
/// cannot be.
pub(crate) fn bind(written: &str) -> Result<ListenSocket, String> {
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
pub(crate) fn serve(socket: ListenSocket, board: Board) -> io::Result<()> {
    match &socket {
        ListenSocket::Tcp(socket) => socket.set_nonblocking(false)?,
        ListenSocket::Unix(socket) => socket.set_nonblocking(false)?,
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
                };
                let Ok(connection) = accepted else { continue };
                if open.fetch_add(1, Relaxed) >= MAX_CONNECTIONS {
                    open.fetch_sub(1, Relaxed);
                    continue;
                }
                let (board, still_open) = (Arc::clone(&board), Arc::clone(&open));
                let conversation = std::thread::Builder::new().spawn(move || {
                    // A client that goes away has seen enough.
                    let _ = converse(connection, &board);
                    still_open.fetch_sub(1, Relaxed);
                });
                if conversation.is_err() {
                    open.fetch_sub(1, Relaxed);
                }
            }
        })?;
    Ok(())
}

trait Connection: Read + Write + Send {}
impl<T: Read + Write + Send> Connection for T {}

/// One line and its answer, or, once `prompt` was said, many.
fn converse(connection: Box<dyn Connection>, board: &Board) -> io::Result<()> {
    let mut reader = BufReader::new(connection);
    let mut interactive = false;
    loop {
        let mut line = Vec::new();
        if reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).trim().to_owned();
        for command in line.split(';').map(str::trim) {
            match command {
                "quit" => return Ok(()),
                "prompt" => interactive = !interactive,
                "reload" => {
                    // The connection ends when the master becomes itself anew.
                    kill(Pid::this(), Signal::SIGUSR2)?;
                }
                other => {
                    let answer = answer(other, board);
                    reader.get_mut().write_all(answer.as_bytes())?;
                }
            }
        }
        if !interactive {
            return Ok(());
        }
        reader.get_mut().write_all(b"\nmaster> ")?;
    }
}

fn answer(command: &str, board: &Board) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    match words.as_slice() {
        ["show", "proc"] => {
            let now = SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |since| since.as_secs());
            show_proc(
                &board.lock().unwrap_or_else(PoisonError::into_inner),
                std::process::id(),
                now,
            )
        }
        ["show", "version"] => format!("{HAPROXY_VERSION}\n\n"),
        ["@master", rest @ ..] if !rest.is_empty() => answer(&rest.join(" "), board),
        [first, ..] if first.starts_with('@') => {
            "Commands are not passed on to workers: use a stats socket of the configuration.\n\n".to_owned()
        }
        [] => "\n".to_owned(),
        known => {
            let mut out = String::new();
            if known.first() != Some(&"help") {
                out.push_str("Unknown command.\n");
            }
            out.push_str(concat!(
                "The following commands are valid here:\n",
                "  help          : this list\n",
                "  prompt        : more than one line on this connection\n",
                "  quit          : end this connection\n",
                "  reload        : read the files anew and replace the worker\n",
                "  show proc     : the processes\n",
                "  show version  : the version\n\n",
            ));
            out
        }
    }
}

fn show_proc(workers: &Workers, master: u32, now: u64) -> String {
    let row =
        |a: &str, b: &str, c: &str, d: &str, e: &str| format!("{a:<15} {b:<15} {c:<15} {d:<15} {e:<15}\n");
    let uptime = |since: u64| {
        let up = now.saturating_sub(since);
        format!(
            "{}d{:02}h{:02}m{:02}s",
            up / 86400,
            up / 3600 % 24,
            up / 60 % 60,
            up % 60
        )
    };
    let mut out = row("#<PID>", "<type>", "<reloads>", "<uptime>", "<version>");
    let version = HAPROXY_VERSION;
    let (reloads, failed, since) = workers.master();
    let reloads = format!("{reloads} [failed: {failed}]");
    out.push_str(&row(
        &master.to_string(),
        "master",
        &reloads,
        &uptime(since),
        version,
    ));
    for (title, current) in [("# workers", true), ("# old workers", false)] {
        let rows: String = workers
            .list()
            .iter()
            .filter(|worker| worker.is_current() == current)
            .map(|worker| {
                let pid = worker.pid().to_string();
                row(
                    &pid,
                    "worker",
                    &worker.reloads().to_string(),
                    &uptime(worker.since()),
                    version,
                )
            })
            .collect();
        if current || !rows.is_empty() {
            // A string takes everything that is written to it.
            let _ = write!(out, "{title}\n{rows}");
        }
    }
    out.push_str("# programs\n\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::haproxy::master::worker::Worker;

    #[test]
    fn processes_are_listed_in_the_originals_columns() {
        let mut workers = Workers::new(1000);
        workers.replace(Worker::new(11, 1000));
        workers.replace(Worker::new(12, 1060));
        let text = show_proc(&workers, 10, 1065);
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0].starts_with("#<PID>          <type>          <reloads>       <uptime>        <version>")
        );
        assert!(
            lines[1].starts_with("10              master          1 [failed: 0]   0d00h01m05s     "),
            "{text}"
        );
        assert_eq!(lines[2], "# workers");
        assert!(
            lines[3].starts_with("12              worker          0               0d00h00m05s     "),
            "{text}"
        );
        assert_eq!(lines[4], "# old workers");
        assert!(
            lines[5].starts_with("11              worker          1               0d00h01m05s     "),
            "{text}"
        );
        assert_eq!(lines[6], "# programs");
    }
}
