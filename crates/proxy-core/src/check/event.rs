//! What a change says: a line for the proxy's log targets and one for standard error, in the original's words.

use haproxy_cfg::model::{LogLevel, Proxy, ProxyId, ProxyKind};

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
    /// How severe it is for who wants mails (`email-alert level`); none is not mailed.
    pub mailed: Option<LogLevel>,
    /// The line for standard error.
    stderr: OnStderr,
}

/// What goes to standard error.
#[derive(Clone, Debug, PartialEq, Eq)]
enum OnStderr {
    /// The line of the log.
    Same,
    /// Another line, as an alert.
    Alert(Vec<u8>),
    /// Nothing.
    Nothing,
}

/// How a line is marked on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// `[WARNING]`
    Warning,
    /// `[ALERT]`
    Alert,
}

/// The proxies that events are about, and `proxy` first.
#[must_use]
pub fn proxies_of(proxy: ProxyId, events: &[Event]) -> Vec<ProxyId> {
    let mut all = vec![proxy];
    for event in events {
        if !all.contains(&event.proxy) {
            all.push(event.proxy);
        }
    }
    all
}

impl Event {
    pub(super) fn of_server(proxy: ProxyId, server: usize, level: LogLevel, text: Vec<u8>) -> Self {
        Self {
            proxy,
            server: Some(server),
            level,
            text,
            mailed: None,
            stderr: OnStderr::Same,
        }
    }

    /// The same, of which who wants to know what is so severe gets a mail.
    pub(super) fn mailed(self, level: LogLevel) -> Self {
        Self {
            mailed: Some(level),
            ..self
        }
    }

    /// The same without a line on standard error.
    pub(super) fn for_the_log_alone(self) -> Self {
        Self {
            stderr: OnStderr::Nothing,
            ..self
        }
    }

    pub(super) fn no_server_left(id: ProxyId, proxy: &Proxy) -> Self {
        // The original's word for a `listen` section.
        let kind: &[u8] = if proxy.kind == ProxyKind::Listen {
            b"proxy "
        } else {
            b"backend "
        };
        let rest = b" has no server available!";
        Self {
            proxy: id,
            server: None,
            level: LogLevel::Emerg,
            text: [kind, &proxy.name, rest].concat(),
            mailed: None,
            stderr: OnStderr::Alert([kind, b"'", &proxy.name, b"'", rest].concat()),
        }
    }

    /// The mark and the words for standard error, which a process in the foreground writes as well. They differ from the
    /// log's: a backend's name stands in quotes there. None is for the log alone.
    #[must_use]
    pub fn on_stderr(&self) -> Option<(Notice, &[u8])> {
        match &self.stderr {
            OnStderr::Same => Some((Notice::Warning, &self.text)),
            OnStderr::Alert(text) => Some((Notice::Alert, text)),
            OnStderr::Nothing => None,
        }
    }
}
