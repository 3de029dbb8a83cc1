//! What a check says to a server once it is connected, and what it makes of the answer. Bytes come in, bytes and a verdict go
//! out; connecting, deadlines and closing are the driver's.

mod agent;
mod expect;
mod http;
mod smtp;
mod steps;

use haproxy_cfg::model::{CheckKind, HttpCheck};

use super::CheckStatus;
use agent::AgentProbe;
use expect::Expectation;
use http::HttpProbe;
use smtp::SmtpProbe;
use steps::{Step, StepsProbe};

/// Bytes of an answer that are kept before it counts as none.
const ANSWER_MAX: usize = 16384;

/// How a backend's servers are checked: the bytes that do not change from check to check, made once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckPlan {
    /// A connection is enough.
    Tcp,
    /// The request to be sent, and what is expected of the answer.
    Http(Vec<u8>, Vec<Expectation>),
    /// The steps of a script.
    Steps(Vec<Step>),
    /// The greeting to be sent, with its end of line.
    Smtp(Vec<u8>),
    /// What an agent is told first.
    Agent(Vec<u8>),
}

impl CheckPlan {
    /// The plan for what the file says.
    #[must_use]
    pub fn new(kind: &CheckKind) -> Self {
        match kind {
            CheckKind::Tcp => Self::Tcp,
            CheckKind::Http(check) => {
                let HttpCheck {
                    method,
                    uri,
                    version,
                    headers,
                    expects,
                } = &**check;
                let request = http::request(method, uri, version, headers);
                Self::Http(request, expects.iter().map(Expectation::new).collect())
            }
            CheckKind::Steps(steps) => Self::Steps(steps::ready(steps)),
            CheckKind::Smtp { hello, domain } => Self::Smtp([hello, &b" "[..], domain, b"\r\n"].concat()),
        }
    }

    /// The server is to speak first, so the handshake's last packet must not wait for data of ours.
    #[must_use]
    pub fn server_speaks_first(&self) -> bool {
        match self {
            Self::Smtp(_) => true,
            Self::Agent(send) => send.is_empty(),
            Self::Steps(steps) => matches!(steps.first(), Some(Step::Expect(_))),
            Self::Tcp | Self::Http(..) => false,
        }
    }

    /// The connection is reset once the verdict is there, and not closed in good order: a server that only was to accept is
    /// left without a connection in TIME_WAIT, and often without having seen any.
    #[must_use]
    pub fn resets(&self) -> bool {
        !matches!(self, Self::Smtp(_))
    }

    /// A new check.
    #[must_use]
    pub fn probe(&self) -> Probe<'_> {
        Probe(match self {
            Self::Tcp => Kind::Tcp,
            Self::Http(request, expects) => Kind::Http(HttpProbe::new(request, expects)),
            Self::Steps(steps) => Kind::Steps(StepsProbe::new(steps)),
            Self::Smtp(hello) => Kind::Smtp(SmtpProbe::new(hello)),
            Self::Agent(send) => Kind::Agent(AgentProbe::new(send)),
        })
    }
}

/// What a check found, without how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// How it ended.
    pub status: CheckStatus,
    /// The code that came with it.
    pub code: Option<u16>,
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

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// Wait for bytes.
    Read,
    /// Write these, then wait for bytes.
    Write(&'a [u8]),
    /// Write these; then the check is over.
    WriteLast(&'a [u8], Verdict),
    /// The check is over.
    Done(Verdict),
}

/// One check under way on a connection.
#[derive(Debug)]
pub struct Probe<'a>(Kind<'a>);

#[derive(Debug)]
enum Kind<'a> {
    Tcp,
    Http(HttpProbe<'a>),
    Steps(StepsProbe<'a>),
    Smtp(SmtpProbe<'a>),
    Agent(AgentProbe<'a>),
}

impl<'a> Probe<'a> {
    /// The connection stands.
    pub fn connected(&mut self) -> Next<'a> {
        match &mut self.0 {
            Kind::Tcp => Next::Done(Verdict::plain(CheckStatus::L4Ok)),
            Kind::Http(http) => Next::Write(http.request()),
            Kind::Steps(steps) => steps.connected(),
            Kind::Smtp(_) => Next::Read,
            Kind::Agent(agent) => agent.connected(),
        }
    }

    /// Bytes came.
    pub fn received(&mut self, bytes: &[u8]) -> Next<'a> {
        match &mut self.0 {
            Kind::Tcp => Next::Done(Verdict::plain(CheckStatus::L4Ok)),
            Kind::Http(http) => http.received(bytes),
            Kind::Steps(steps) => steps.received(bytes),
            Kind::Smtp(smtp) => smtp.received(bytes),
            Kind::Agent(agent) => agent.received(bytes),
        }
    }

    /// The server closed its side before the check was over.
    pub fn closed(&mut self) -> Verdict {
        match &mut self.0 {
            Kind::Tcp => Verdict::plain(CheckStatus::L4Ok),
            Kind::Http(http) => http.closed(),
            Kind::Steps(steps) => steps.closed(),
            Kind::Smtp(smtp) => smtp.closed(),
            Kind::Agent(agent) => agent.closed(),
        }
    }

    /// The time is over, and the server has not said enough.
    #[must_use]
    pub fn timed_out(&self) -> Verdict {
        match &self.0 {
            Kind::Http(http) => http.timed_out(),
            Kind::Steps(steps) => steps.timed_out(),
            Kind::Tcp | Kind::Smtp(_) | Kind::Agent(_) => Verdict::plain(CheckStatus::L7Timeout),
        }
    }
}
