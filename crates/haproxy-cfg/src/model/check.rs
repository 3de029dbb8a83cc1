//! Health checks (manual, section 5.2 and `option *chk`).

use std::net::IpAddr;

use super::{Millis, Word};

/// How a backend's servers are checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CheckKind {
    /// A connection that is accepted is enough.
    #[default]
    Tcp,
    /// `option httpchk [METHOD] [URI] [VERSION]`.
    Http(Box<HttpCheck>),
    /// `option smtpchk [HELO|EHLO] [DOMAIN]`.
    Smtp {
        /// `HELO` or `EHLO`.
        hello: Word,
        /// The domain, `localhost` unless given.
        domain: Word,
    },
}

/// The request of `option httpchk`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpCheck {
    /// The method, `OPTIONS` unless given.
    pub method: Word,
    /// The URI, `/` unless given.
    pub uri: Word,
    /// The version, `HTTP/1.0` unless given. What stood behind it (`HTTP/1.1\r\nHost:\ www`) is in `headers`.
    pub version: Word,
    /// Raw header lines that followed the version, each without its end of line. An empty one ends them: the lines behind
    /// it are the body.
    pub headers: Vec<Word>,
}

/// Whom a server's agent is asked through (`agent-check`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSettings {
    /// `agent-inter`: how often, in milliseconds; as long as it may take as well.
    pub inter: Millis,
    /// `agent-addr`: where it is, if not where the server is.
    pub addr: Option<IpAddr>,
    /// `agent-port`.
    pub port: u16,
    /// `agent-send`: what it is told first.
    pub send: Word,
}

/// When a server is checked and how results count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckSettings {
    /// `check` is set.
    pub enabled: bool,
    /// `inter`, in milliseconds.
    pub inter: Millis,
    /// `fastinter`, used while a state changes; `inter` when none.
    pub fastinter: Option<Millis>,
    /// `downinter`, used while down; `inter` when none.
    pub downinter: Option<Millis>,
    /// Successes in a row that bring a server up.
    pub rise: u32,
    /// Failures in a row that take it down.
    pub fall: u32,
    /// `addr`.
    pub addr: Option<IpAddr>,
    /// `port`.
    pub port: Option<u16>,
}

impl Default for CheckSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            inter: 2000,
            fastinter: None,
            downinter: None,
            rise: 2,
            fall: 3,
            addr: None,
            port: None,
        }
    }
}
