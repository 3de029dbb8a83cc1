//! What a change says: a line for the proxy's log targets and one for standard error, in the original's words.

use std::borrow::Cow;

use haproxy_cfg::model::{LogLevel, ProxyId};

/// Who is told of and at which level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The proxy to whose log targets the line goes.
    pub proxy: ProxyId,
    /// The server it is about, by index; none when it is about the backend.
    pub server: Option<usize>,
    /// The level in the log.
    pub level: LogLevel,
    /// The line, without an end of line.
    pub text: Vec<u8>,
    name: Vec<u8>,
}

/// How a line is marked on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `[WARNING]`
    Warning,
    /// `[ALERT]`
    Alert,
}

impl Event {
    pub(super) fn of_server(proxy: ProxyId, server: usize, level: LogLevel, text: Vec<u8>) -> Self {
        Self {
            proxy,
            server: Some(server),
            level,
            text,
            name: Vec::new(),
        }
    }

    pub(super) fn no_server_left(proxy: ProxyId, name: &[u8]) -> Self {
        let text = [b"backend ", name, b" has no server available!"].concat();
        Self {
            proxy,
            server: None,
            level: LogLevel::Emerg,
            text,
            name: name.to_vec(),
        }
    }

    /// The mark and the words for standard error, which a process in the foreground writes as well. They differ from the
    /// log's: a backend's name stands in quotes there.
    #[must_use]
    pub fn on_stderr(&self) -> (Notice, Cow<'_, [u8]>) {
        if self.server.is_some() {
            return (Notice::Warning, Cow::Borrowed(&self.text));
        }
        let text = [b"backend '", &self.name[..], b"' has no server available!"].concat();
        (Notice::Alert, Cow::Owned(text))
    }
}
