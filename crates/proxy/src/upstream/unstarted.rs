//! What is told of connections that the system refuses to begin: in the original's words, to the backend's log and to whoever
//! watches.

use std::io::{self, Write as _};

use haproxy_cfg::model::{LogLevel, Proxy, Server, ServerAddr};

use crate::log::Entry;
use crate::thread::Thread;

/// Tells why a connection to `server`, which is at `at`, could not be begun, where that is more than a server that is not there.
pub(super) fn tell(thread: &Thread, proxy: &Proxy, server: &Server, at: &ServerAddr, error: &io::Error) {
    let has_source = || {
        let source = server
            .outgoing
            .as_ref()
            .and_then(|outgoing| outgoing.source.as_ref());
        source.is_some_and(|source| source.shown.is_none())
    };
    let name = proxy.name.as_slice();
    let (level, text, mark, end): (_, _, _, &[u8]) = match (at, error.kind()) {
        (ServerAddr::Inet { .. }, io::ErrorKind::AddrInUse | io::ErrorKind::AddrNotAvailable)
            if has_source() =>
        {
            let words: [&[u8]; 3] = [
                b"Cannot bind to source address before connect() for backend ",
                name,
                b".",
            ];
            let mark = format!("[ALERT]    ({}) : ", std::process::id());
            (LogLevel::Emerg, words.concat(), mark, b" Aborting.\n")
        }
        (ServerAddr::Unix(_) | ServerAddr::Abstract(_), io::ErrorKind::WouldBlock) => {
            let words: [&[u8]; 3] = [
                b"Connect() failed for backend ",
                name,
                b": can't connect to destination unix socket, check backlog size on the server.",
            ];
            (LogLevel::Err, words.concat(), String::new(), b"\n")
        }
        _ => return,
    };
    if thread.shared.speaks {
        // Whoever closed standard error does not want to read it.
        let _ = io::stderr().write_all(&[mark.as_bytes(), &text, end].concat());
    }
    let entry = Entry {
        tag: proxy.log_tag.as_ref(),
        level,
        now_us: thread.epoch_us(),
        line: &text,
        structured: None,
    };
    let mut dates = thread.dates.borrow_mut();
    thread.log.borrow_mut().send(&proxy.logs, &mut dates, entry);
}
