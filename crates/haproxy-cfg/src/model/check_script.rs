//! What health checks send and expect, step by step (manual, `http-check` and `tcp-check`).

use super::{Format, HttpCheck, Sample, ServerAddr, Variable, Word};

/// What a check does, step by step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckScript {
    /// It speaks HTTP (`option httpchk`).
    pub http: bool,
    /// `http-check disable-on-404`: a server that is up and answers so gets no new sessions.
    pub disable_on_404: bool,
    /// `http-check send-state`: requests tell servers how they are seen.
    pub send_state: bool,
    /// The steps. Before the first that is no `connect` the connection is made in any case.
    pub steps: Vec<CheckStep>,
}

/// One step of a script.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckStep {
    /// `connect`: another connection takes the place of the one at hand.
    Connect(Box<CheckConnect>),
    /// `send`, `send-binary` and their kin.
    Send(CheckSend),
    /// `http-check send`, or what `option httpchk` says.
    Request(Box<CheckRequest>),
    /// `expect`.
    Expect(Box<CheckExpect>),
    /// `set-var` and `set-var-fmt`.
    SetVariable(Box<CheckVariable>),
    /// `unset-var`.
    UnsetVariable(Variable),
}

/// Where a step connects to, and how.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CheckConnect {
    /// `port`.
    pub port: Option<CheckPort>,
    /// `addr`.
    pub addr: Option<ServerAddr>,
    /// `default`: as the server is connected to.
    pub default: bool,
    /// `send-proxy`.
    pub send_proxy: bool,
    /// `via-socks4`: through the server's SOCKS4 proxy.
    pub via_socks4: bool,
    /// `ssl`, with `sni` and `alpn`.
    pub tls: Option<CheckTls>,
    /// `linger`: it ends in good order, not with a reset.
    pub linger: bool,
    /// `comment`, its own or that of the step before it.
    pub comment: Option<Word>,
    /// Its number among the steps, from 1.
    pub number: u32,
}

/// TLS that a step asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckTls {
    /// `sni`: the name that is asked for.
    pub sni: Option<Word>,
    /// `alpn`: the protocols that are offered; none says those of the server.
    pub alpn: Option<Vec<Word>>,
}

/// A port to connect to.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckPort {
    /// This one.
    Fixed(u16),
    /// The one that an expression gives; as if none were said where it gives none.
    Computed(Sample),
}

/// Bytes to be sent.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckSend {
    /// These.
    Bytes(Vec<u8>),
    /// A text that is computed.
    Text(Format),
    /// Hexadecimal digits that are computed; and the number of the step, from 1.
    Digits(Format, u32),
}

/// A text, or how it is computed.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckText {
    /// As it stands.
    Literal(Word),
    /// Computed for each check.
    Computed(Format),
}

/// A request of an HTTP check.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckRequest {
    /// The request line, and what came along with it.
    pub line: HttpCheck,
    /// The URI, where it is computed.
    pub computed_uri: Option<Format>,
    /// `hdr`, behind those of the line: names and values.
    pub headers: Vec<(Word, CheckText)>,
    /// `body` and `body-lf`.
    pub body: Option<CheckText>,
}

/// A variable that a step sets.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckVariable {
    /// Which one.
    pub variable: Variable,
    /// When, by the words of `set-var`.
    pub conditions: Vec<&'static str>,
    /// To what.
    pub value: CheckValue,
}

/// What a variable is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum CheckValue {
    /// A sample, if there is one.
    Sample(Sample),
    /// A text; none for one that is empty.
    Text(Option<Format>),
}

/// What is expected of an answer, and what follows from it.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckExpect {
    /// What.
    pub what: Expected,
    /// `!`: it is not to be there.
    pub negated: bool,
    /// `min-recv`: bytes that are waited for.
    pub min_recv: usize,
    /// `ok-status`, by its name in statistics.
    pub ok_status: Option<&'static str>,
    /// `error-status`.
    pub error_status: Option<&'static str>,
    /// `tout-status`.
    pub timeout_status: Option<&'static str>,
    /// `on-success`: what is said then.
    pub on_success: Option<CheckText>,
    /// `on-error`.
    pub on_error: Option<CheckText>,
    /// `status-code`: the code that is shown when it holds.
    pub status_code: Option<Sample>,
    /// `comment`, its own or that of the step before it.
    pub comment: Option<Word>,
    /// Its number among the steps, from 1.
    pub number: u32,
}

/// What an answer is looked at for.
#[derive(Clone, Debug, PartialEq)]
pub enum Expected {
    /// `status`: from and to.
    Status(Vec<(u16, u16)>),
    /// `rstatus`: an expression.
    StatusLike(Word),
    /// `string`.
    Text(Word),
    /// `string-lf`.
    ComputedText(Format),
    /// `rstring`.
    Like(Word),
    /// `binary`.
    Bytes(Vec<u8>),
    /// `binary-lf`: hexadecimal digits.
    ComputedBytes(Format),
    /// `rbinary`: an expression over hexadecimal digits.
    BytesLike(Word),
    /// `hdr` and `fhdr`.
    Header {
        /// `fhdr`: whole lines, not what stands between commas.
        full: bool,
        /// The name.
        name: TextMatch,
        /// The value, if any is asked for.
        value: Option<TextMatch>,
    },
}

/// How a text is compared, and with what.
#[derive(Clone, Debug, PartialEq)]
pub struct TextMatch {
    /// `str`, `beg`, `end`, `sub` or `reg`.
    pub method: &'static str,
    /// The text or the expression.
    pub text: CheckText,
}

impl CheckScript {
    /// An HTTP check of one request whose answer is judged by its status.
    #[must_use]
    pub fn of_request(request: CheckRequest) -> Self {
        Self {
            http: true,
            steps: vec![
                CheckStep::Request(Box::new(request)),
                CheckStep::Expect(Box::new(CheckExpect::good_status())),
            ],
            ..Self::default()
        }
    }
}

impl CheckRequest {
    /// One that is the same for each check.
    #[must_use]
    pub fn plain(line: HttpCheck) -> Self {
        Self {
            line,
            computed_uri: None,
            headers: Vec::new(),
            body: None,
        }
    }
}

impl CheckExpect {
    /// That there is `what`, of which nothing else is said.
    #[must_use]
    pub fn new(what: Expected) -> Self {
        Self {
            what,
            negated: false,
            min_recv: 0,
            ok_status: None,
            error_status: None,
            timeout_status: None,
            on_success: None,
            on_error: None,
            status_code: None,
            comment: None,
            number: 0,
        }
    }

    /// A status of 2xx or 3xx.
    #[must_use]
    pub fn good_status() -> Self {
        Self::new(Expected::Status(vec![(200, 399)]))
    }
}
