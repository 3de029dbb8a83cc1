//! Health checks (manual, section 5.2 and `option *chk`).

use std::net::IpAddr;

use super::{CheckScript, Millis, Word};

/// How a backend's servers are checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum CheckKind {
    /// A connection that is accepted is enough.
    #[default]
    Tcp,
    /// `option httpchk [METHOD] [URI] [VERSION]`; a status of 2xx or 3xx passes.
    Http(Box<HttpCheck>),
    /// `option tcp-check` or `option httpchk` with rules.
    Script(Box<CheckScript>),
    /// A service is asked in its own protocol.
    Service(Box<ServiceCheck>),
    /// `option external-check`: a program is asked.
    Program(Box<ProgramCheck>),
    /// `option smtpchk [HELO|EHLO] [DOMAIN]`.
    Smtp {
        /// `HELO` or `EHLO`.
        hello: Word,
        /// The domain, `localhost` unless given.
        domain: Word,
    },
}

/// A service, and what it is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServiceCheck {
    /// `option ldap-check`: an anonymous bind.
    Ldap,
    /// `option mysql-check`: its greeting, and a login where a user is given.
    MySql(Option<MySqlUser>),
    /// `option pgsql-check user NAME`: the beginning of a session.
    Postgres(Word),
    /// `option redis-check`: a `PING`.
    Redis,
    /// `option ssl-hello-chk`: the greeting of a client of SSL 3.0.
    TlsHello,
}

/// How a user logs in to MySQL, without a password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MySqlUser {
    /// `pre-41`: as clients before 4.1 did.
    Before41(Word),
    /// `post-41`, or nothing: as those since.
    Since41(Word),
    /// `post-80`: the same, with the name of a method of authentication.
    Since80(Word),
}

/// `option external-check` with what belongs to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProgramCheck {
    /// `external-check command`.
    pub command: Word,
    /// `external-check path`: its `PATH`.
    pub path: Word,
    /// `external-check preserve-env` of the global section.
    pub keeps_environment: bool,
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

/// In which state a server begins, and comes back from maintenance (`init-state`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum InitState {
    /// Not said, or `none`: as `up`.
    #[default]
    Unsaid,
    /// Up for good.
    FullyUp,
    /// Up, and one failure takes it down.
    Up,
    /// Down, and one success brings it up.
    Down,
    /// Down for good.
    FullyDown,
}

impl InitState {
    /// Whether it is up, and its health with these limits.
    #[must_use]
    pub fn health(self, rise: u32, fall: u32) -> (bool, u32) {
        match self {
            Self::Unsaid | Self::Up => (true, rise),
            Self::FullyUp => (true, (rise + fall).saturating_sub(1)),
            Self::Down => (false, rise.saturating_sub(1)),
            Self::FullyDown => (false, 0),
        }
    }
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
    /// `init-state`: what the server is before the first check.
    pub init_state: InitState,
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
            init_state: InitState::Unsaid,
        }
    }
}
