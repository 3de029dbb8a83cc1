//! Where an expression stands, and so what is at hand when it is evaluated.

use crate::keywords::{FetchRow, Source, place};
use crate::model::ProxyKind;
use crate::parse::Reading;

/// What the columns of a fetch's contexts stand for, as messages and listings name them: bit N is column N.
pub(crate) const CONTEXTS: [&str; 22] = [
    "frontend tcp-request connection rule",
    "frontend tcp-request session rule",
    "frontend tcp-request content rule",
    "frontend http-request header rule",
    "frontend http-request body rule",
    "frontend use-backend rule",
    "backend tcp-request content rule",
    "backend http-request header rule",
    "backend http-request body rule",
    "backend use-server, balance or stick-match rule",
    "server source selection",
    "backend tcp-response content rule",
    "backend http-response header rule",
    "backend http-response body rule",
    "backend stick-store rule",
    "frontend tcp-response content rule",
    "frontend http-response header rule",
    "frontend http-response body rule",
    "logs",
    "backend tcp-check rule",
    "configuration parser",
    "CLI parser",
];

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    /// Columns of [`CONTEXTS`] in a frontend.
    frontend: u32,
    /// The same in a backend.
    backend: u32,
    /// What messages about names that do not exist call the place; none calls every fetch a keyword of ACLs.
    pub(crate) place: Option<&'static str>,
    /// The rule set, where messages about conditions name it.
    pub(crate) rule_set: Option<&'static str>,
    /// Whether an HTTP proxy is told that it has no bytes below HTTP here.
    pub(crate) tells_layer6: bool,
    /// It is judged once the section is read: names in what is wrong are looked for all the same.
    pub(crate) late: bool,
}

impl Usage {
    /// `tcp-request connection`.
    pub(crate) const TCP_CONNECTION: Self = Self::new(1, 0)
        .at("tcp-request connection expression")
        .rule("tcp-request connection");
    /// `tcp-request session`.
    pub(crate) const TCP_SESSION: Self = Self::new(1 << 1, 0)
        .at("tcp-request session expression")
        .rule("tcp-request session");
    /// `tcp-request content`.
    pub(crate) const TCP_CONTENT: Self = Self::new(1 << 2, 1 << 6)
        .at("tcp-request content expression")
        .rule("tcp-request content");
    /// `tcp-response content`.
    pub(crate) const TCP_RESPONSE: Self = Self::new(1 << 15, 1 << 11)
        .at("tcp-response content expression")
        .rule("tcp-response content");
    /// `http-request`, and what is decided with it.
    pub(crate) const HTTP_REQUEST: Self = Self::new(1 << 3, 1 << 7).at("http-request expression").layer6();
    /// `http-response` and `http-after-response`.
    pub(crate) const HTTP_RESPONSE: Self = Self::new(1 << 16, 1 << 12).at("http-response response").layer6();
    /// `use_backend`.
    pub(crate) const USE_BACKEND: Self = Self::new(1 << 5, 1 << 5)
        .at("use_backend expression")
        .layer6()
        .late();
    /// `use-server` and `balance`.
    pub(crate) const USE_SERVER: Self = Self::new(1 << 9, 1 << 9)
        .at("use-server or balance expression")
        .layer6();
    /// `stick on`, `match` and `store-request`.
    pub(crate) const STICK_REQUEST: Self = Self::new(1 << 9, 1 << 9).at("stick rule").layer6();
    /// `stick store-response`.
    pub(crate) const STICK_RESPONSE: Self = Self::new(1 << 14, 1 << 14).at("stick rule");
    /// `sni` and its kin, on a server.
    pub(crate) const SERVER: Self = Self::new(1 << 10, 1 << 10).at("server directive");
    /// Log lines.
    pub(crate) const LOG: Self = Self::new(1 << 18, 1 << 18).at("log-format string").late();
    /// The structured data of log lines.
    pub(crate) const LOG_SD: Self = Self::LOG.at("log-format-sd string");
    /// `unique-id-format`.
    pub(crate) const UNIQUE_ID: Self = Self::new(1 << 3, 1 << 3)
        .at("unique-id-format string")
        .layer6()
        .late();
    /// Health checks.
    pub(crate) const CHECK: Self = Self::new(1 << 19, 1 << 19).at("tcp-check expression");
    /// `global`.
    pub(crate) const CONFIGURATION: Self = Self::new(1 << 20, 1 << 20);
    /// `force-persist`, `ignore-persist`: looked at before anything of the backend.
    pub(crate) const PERSIST: Self = Self::new(1 << 2, 1 << 6);
    /// Conditions that are decided with `http-request`, but of which nothing is told below HTTP: `redirect`, `stats admin`.
    pub(crate) const HTTP_QUIETLY: Self = Self::new(1 << 3, 1 << 7);
    /// Where nothing is refused: `monitor fail`, and ACLs before they are used.
    pub(crate) const ANYWHERE: Self = Self::new(u32::MAX, u32::MAX);

    const fn new(frontend: u32, backend: u32) -> Self {
        Self {
            frontend,
            backend,
            place: None,
            rule_set: None,
            tells_layer6: false,
            late: false,
        }
    }

    /// Named so in messages about names that do not exist.
    pub(crate) const fn at(mut self, place: &'static str) -> Self {
        self.place = Some(place);
        self
    }

    /// Not named in messages about names that do not exist.
    pub(crate) const fn nowhere(mut self) -> Self {
        self.place = None;
        self
    }

    /// Without a word about bytes below HTTP.
    pub(crate) const fn quietly(mut self) -> Self {
        self.tells_layer6 = false;
        self
    }

    const fn rule(mut self, set: &'static str) -> Self {
        self.rule_set = Some(set);
        self.tells_layer6 = true;
        self
    }

    const fn late(mut self) -> Self {
        self.late = true;
        self
    }

    const fn layer6(mut self) -> Self {
        self.tells_layer6 = true;
        self
    }

    /// The columns that count in the section at hand.
    pub(crate) fn columns(self, reading: &Reading<'_>) -> u32 {
        match reading.place() {
            place::FRONTEND => self.frontend,
            place::BACKEND => self.backend,
            _ => self.frontend | self.backend,
        }
    }

    /// The columns that count in a proxy of that kind.
    pub(crate) fn columns_of(self, kind: ProxyKind) -> u32 {
        match kind {
            ProxyKind::Frontend => self.frontend,
            ProxyKind::Backend => self.backend,
            ProxyKind::Listen => self.frontend | self.backend,
        }
    }

    /// Whether what `row` looks at is at hand.
    pub(crate) fn has(self, reading: &Reading<'_>, row: &FetchRow) -> bool {
        source(reading, row).contexts() & self.columns(reading) != 0
    }

    /// The place in the words of conditions' messages.
    pub(crate) fn context(self, reading: &Reading<'_>) -> &'static str {
        Self::words_of(self.columns(reading))
    }

    /// The first of some columns in the words of messages.
    pub(crate) fn words_of(columns: u32) -> &'static str {
        let lowest = columns.trailing_zeros() as usize;
        CONTEXTS.get(lowest).copied().unwrap_or("this rule")
    }
}

/// The source of a fetch in the dialect at hand.
pub(crate) fn source(reading: &Reading<'_>, row: &FetchRow) -> Source {
    row.source_in(reading.dialect)
}
