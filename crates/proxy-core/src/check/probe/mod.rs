//! What a check says to a server and what it makes of the answer. Bytes come in, bytes and a verdict go out; connecting, deadlines
//! and closing are the driver's.

mod agent;
mod computing;
mod expect;
mod http;
mod program;
#[cfg(test)]
mod recorded;
mod script;
mod service;
mod smtp;
mod state_header;
mod step;

use std::borrow::Cow;

use haproxy_cfg::model::{
    CheckKind, CheckRequest, CheckScript, CheckTls, Config, ProxyId, ServerAddr, ServiceCheck,
};

use super::CheckStatus;
use crate::sample::World;
use crate::state::Runtime;
use agent::AgentProbe;
pub use program::ProgramPlan;
use script::ScriptProbe;
use service::ServiceProbe;
use smtp::SmtpProbe;
pub use step::Script;

/// Bytes of an answer that are kept before it counts as none.
const ANSWER_MAX: usize = 16384;

/// How a backend's servers are checked, made ready once.
#[derive(Debug, Default)]
pub enum CheckPlan {
    /// A connection is enough.
    #[default]
    Tcp,
    /// The steps of a script.
    Script(Box<Script>),
    /// The greeting to be sent, with its end of line.
    Smtp(Vec<u8>),
    /// What a service's own protocol is asked.
    Service(Box<ServiceCheck>),
    /// A program is asked, and nobody is connected to.
    Program(Box<ProgramPlan>),
}

/// A server under check, and what is around it.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// The configuration.
    pub config: &'a Config,
    /// States and gauges.
    pub runtime: &'a Runtime,
    /// What the process and the system know.
    pub world: &'a dyn World,
    /// What servers are told of who looks at them: `node`, or the host's name.
    pub node: &'a [u8],
    /// The server's proxy.
    pub proxy: ProxyId,
    /// Its index there.
    pub server: usize,
}

impl CheckPlan {
    /// The plan for what the file says of a proxy.
    ///
    /// # Errors
    /// What is wrong with an expression's argument, as only the whole configuration can show.
    pub fn compile(config: &Config, proxy: ProxyId) -> Result<Self, String> {
        let script = match &config.proxy(proxy).check {
            CheckKind::Tcp => return Ok(Self::Tcp),
            CheckKind::Smtp { hello, domain } => {
                return Ok(Self::Smtp([hello, &b" "[..], domain, b"\r\n"].concat()));
            }
            CheckKind::Service(check) => return Ok(Self::Service(check.clone())),
            CheckKind::Program(check) => {
                return Ok(Self::Program(Box::new(ProgramPlan::new(config, proxy, check))));
            }
            CheckKind::Http(line) => &CheckScript::of_request(CheckRequest::plain((**line).clone())),
            CheckKind::Script(script) => script,
        };
        Script::compile(config, proxy, script).map(|script| Self::Script(Box::new(script)))
    }

    /// A new check.
    #[must_use]
    pub fn probe<'a>(&'a self, scene: Scene<'a>) -> Probe<'a> {
        Probe(match self {
            Self::Tcp | Self::Program(_) => Kind::Tcp,
            Self::Service(check) => Kind::Service(ServiceProbe::new(check, scene)),
            Self::Script(script) => Kind::Script(ScriptProbe::new(script, scene)),
            Self::Smtp(hello) => Kind::Smtp(SmtpProbe::new(hello)),
        })
    }
}

/// What there is to say of a server whose connection stands.
fn standing(secured: bool) -> CheckStatus {
    if secured {
        CheckStatus::L6Ok
    } else {
        CheckStatus::L4Ok
    }
}

/// What a check found, without how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How it ended.
    pub status: CheckStatus,
    /// The code that came with it.
    pub code: Option<i32>,
    /// What the server or the system said.
    pub description: Vec<u8>,
}

impl Verdict {
    /// A verdict without code and words.
    #[must_use]
    pub fn plain(status: CheckStatus) -> Self {
        Self {
            status,
            code: None,
            description: Vec::new(),
        }
    }

    /// A verdict with words.
    #[must_use]
    pub fn said(status: CheckStatus, description: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            code: None,
            description: description.into(),
        }
    }
}

/// The connection that is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectTo<'a> {
    /// Where, if not where checks of the server go.
    pub addr: Option<&'a ServerAddr>,
    /// To which port, if not to theirs.
    pub port: Option<u16>,
    /// What it begins with.
    pub header: Introduction,
    /// Whether it goes through the server's SOCKS4 proxy.
    pub through: Through,
    /// Whether it is over TLS.
    pub security: Security<'a>,
    /// It is reset once the next one is made or the verdict is there, and not closed in good order: a server that only was to
    /// accept is left without a connection in TIME_WAIT, and often without having seen any.
    pub resets: bool,
    /// The server is to speak first, so the handshake's last packet must not wait for data of ours.
    pub server_speaks_first: bool,
}

/// Whether a check's connection is over TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security<'a> {
    /// If checks of the server are.
    OfServer,
    /// It is, as a step says.
    Asked(&'a CheckTls),
    /// It is not.
    Nothing,
}

/// Whether a check's connection begins with a PROXY header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Introduction {
    /// If checks of the server are to.
    OfServer,
    /// It does.
    Header,
    /// It does not.
    Nothing,
}

/// Whether a check's connection goes through the server's SOCKS4 proxy, where it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// If checks of the server do.
    OfServer,
    /// It does.
    Proxy,
    /// It does not.
    Nothing,
}

impl Default for ConnectTo<'_> {
    fn default() -> Self {
        Self {
            addr: None,
            port: None,
            header: Introduction::OfServer,
            through: Through::OfServer,
            security: Security::OfServer,
            resets: true,
            server_speaks_first: false,
        }
    }
}

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// Make this connection; the one before it is over.
    Connect(ConnectTo<'a>),
    /// Wait for bytes.
    Read,
    /// Write these.
    Write(Cow<'a, [u8]>),
    /// The check is over.
    Done(Verdict),
}

/// One check under way.
#[derive(Debug)]
pub struct Probe<'a>(Kind<'a>);

#[derive(Debug)]
enum Kind<'a> {
    Tcp,
    Script(ScriptProbe<'a>),
    Smtp(SmtpProbe<'a>),
    Service(ServiceProbe<'a>),
    Agent(AgentProbe<'a>),
}

impl<'a> Probe<'a> {
    /// A question to an agent that is told `send` first.
    #[must_use]
    pub fn of_agent(send: &'a [u8]) -> Self {
        Self(Kind::Agent(AgentProbe::new(send)))
    }

    /// The check begins.
    pub fn begin(&mut self) -> Next<'a> {
        match &mut self.0 {
            Kind::Tcp => Next::Connect(ConnectTo::default()),
            Kind::Script(script) => script.begin(),
            Kind::Service(service) => service.begin(),
            Kind::Smtp(_) => Next::Connect(ConnectTo {
                resets: false,
                server_speaks_first: true,
                ..ConnectTo::default()
            }),
            Kind::Agent(agent) => Next::Connect(ConnectTo {
                server_speaks_first: agent.is_silent(),
                ..ConnectTo::default()
            }),
        }
    }

    /// The connection stands, `secured` by TLS or in clear.
    pub fn connected(&mut self, secured: bool) -> Next<'a> {
        match &mut self.0 {
            Kind::Tcp => Next::Done(Verdict::plain(standing(secured))),
            Kind::Script(script) => script.connected(secured),
            Kind::Service(service) => service.connected(),
            Kind::Smtp(_) => Next::Read,
            Kind::Agent(agent) => agent.connected(),
        }
    }

    /// The host that the request names which the check begins with, where it is one of HTTP and makes no connection of its own.
    #[must_use]
    pub fn host(&self) -> Option<Vec<u8>> {
        match &self.0 {
            Kind::Script(script) => script.host(),
            Kind::Tcp | Kind::Smtp(_) | Kind::Service(_) | Kind::Agent(_) => None,
        }
    }

    /// The connection could not be made, for what `verdict` says.
    #[must_use]
    pub fn unreachable(&self, verdict: Verdict) -> Verdict {
        match &self.0 {
            Kind::Script(script) => script.unreachable(verdict),
            Kind::Tcp | Kind::Smtp(_) | Kind::Service(_) | Kind::Agent(_) => verdict,
        }
    }

    /// What was to be written is.
    pub fn written(&mut self) -> Next<'a> {
        match &mut self.0 {
            Kind::Script(script) => script.written(),
            Kind::Tcp | Kind::Smtp(_) | Kind::Service(_) | Kind::Agent(_) => Next::Read,
        }
    }

    /// Bytes came.
    pub fn received(&mut self, bytes: &[u8]) -> Next<'a> {
        match &mut self.0 {
            Kind::Tcp => Next::Done(Verdict::plain(CheckStatus::L4Ok)),
            Kind::Script(script) => script.received(bytes),
            Kind::Smtp(smtp) => smtp.received(bytes),
            Kind::Service(service) => service.received(bytes),
            Kind::Agent(agent) => agent.received(bytes),
        }
    }

    /// The server closed its side.
    pub fn closed(&mut self) -> Next<'a> {
        match &mut self.0 {
            Kind::Tcp => Next::Done(Verdict::plain(CheckStatus::L4Ok)),
            Kind::Script(script) => script.closed(),
            Kind::Smtp(smtp) => Next::Done(smtp.closed()),
            Kind::Service(service) => Next::Done(service.closed()),
            Kind::Agent(agent) => Next::Done(agent.closed()),
        }
    }

    /// The time is over, and the server has not said enough.
    #[must_use]
    pub fn timed_out(&self) -> Verdict {
        match &self.0 {
            Kind::Script(script) => script.timed_out(),
            Kind::Service(service) => service.timed_out(),
            Kind::Tcp | Kind::Smtp(_) | Kind::Agent(_) => Verdict::plain(CheckStatus::L7Timeout),
        }
    }
}
