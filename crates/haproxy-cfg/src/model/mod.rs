//! The resolved model: what a configuration means once `defaults`, names and dialects are applied. It holds no text of the
//! file but names and values; every item that a message may point at keeps its span.

mod abstract_name;
mod acl;
mod addr;
mod balance;
mod bandwidth;
mod bind;
mod check;
mod check_script;
mod compression;
mod cpus;
mod format;
mod global;
mod log;
mod mail;
mod outgoing;
mod patterns;
mod places;
mod proxy;
mod retry;
mod rule;
mod sample;
pub mod sections;
mod server;
mod server_tls;
mod servers;
mod stats;
mod table;
mod word;

pub use abstract_name::AbstractName;
pub use acl::{Acl, Cond, CondTerm, MatchKind, Pattern, Polarity};
pub use addr::{Address, ServerAddr};
pub use balance::{Affinity, Balance, HashFunction, HashKey, HashType, NodeKey, UriKey};
pub use bandwidth::{Bandwidth, BandwidthScope};
pub use bind::{
    Bind, BindCertificate, BindSsl, IgnoredErrors, Level, ListedAt, OwnSsl, StoredCertificate, TlsVersion,
};
pub use check::{
    AgentSettings, CheckKind, CheckSettings, HttpCheck, InitState, MySqlUser, ProgramCheck, ServiceCheck,
};
pub use check_script::{
    CheckConnect, CheckExpect, CheckPort, CheckRequest, CheckScript, CheckSend, CheckStep, CheckText,
    CheckTls, CheckValue, CheckVariable, Expected, TextMatch,
};
pub use compression::{Compression, CompressionAlgorithm, RequestCompression};
pub use cpus::{CpuMap, Numbers};
pub use format::{Cast, Encoding, Flags, Format, FormatItem, FormatPart};
pub use global::{
    CloseSpread, ExtraFiles, Global, Http2Tune, Preset, PresetValue, RateLimits, SocketBuffers, SslDefaults,
    TlsTune, Tune, VariableSizes,
};
pub use log::{LogFormat, LogLevel, LogSample, LogServer, LogSteps, LogTarget, LogTransport};
pub use mail::MailAlert;
pub use outgoing::{HeaderParts, Outgoing, SentHeader, ShownSource, Source};
pub use patterns::{
    MapOutput, PatternContent, PatternExpression, PatternPlace, PatternReference, PatternReferences,
    PatternUser,
};
pub use places::Places;
pub use proxy::{
    CaptureSlot, Captures, ConnectionMode, CookiePolicy, CookieRewrite, ErrorAnswer, ForwardFor, Forwarded,
    ForwardedPart, HeaderNames, HttpReuse, KeepAliveProbes, Mode, Proxy, ProxyId, ProxyKind, ProxyOptions,
    ServerTarget, StateFile, Steering, SwitchRule, SwitchTarget, Timeouts, UniqueId,
};
pub use retry::RetryOn;
pub use rule::{Rule, RuleSet};
pub use sample::{Arg, ArgValue, Converter, Sample, Scope, Variable};
pub use server::{Observe, ObservedLayer, OnError, PoolSettings, Resolution, Server, ServerAt, Tracking};
pub use server_tls::{ServerName, ServerTls};
pub use servers::{Numbered, Servers};
pub use stats::{StatsAdmin, StatsAuth, StatsSettings};
pub use table::{KeyType, ServerKey, StickRule, StickTable, StickWhat, StoredData};
pub use word::Word;

/// A duration in milliseconds, the unit the original keeps all of its timers in.
pub type Millis = u32;

/// A whole configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The process-wide settings.
    pub global: Global,
    /// Frontends, backends and listen sections in the order of the files; [`ProxyId`] indexes it.
    pub proxies: Vec<Proxy>,
    /// There are lines that the original takes for listeners beside those of frontends: of peers, and `bind` in a backend.
    pub other_listeners: bool,
    /// `server-state-file`: states of servers, where backends take them from there.
    pub state_file: Option<Word>,
    /// `stats-file`: counters that are taken over at start.
    pub counters_file: Option<Word>,
    /// The sections beside them.
    pub sections: sections::Sections,
    /// Stick tables, those of proxies and of `peers` sections, in the order of the files.
    pub tables: Vec<StickTable>,
    /// Patterns that can be changed at run time, and the files that they come from.
    pub patterns: PatternReferences,
    /// Files with keys that expressions name, by their paths, and what they hold.
    pub key_files: std::collections::BTreeMap<Word, std::sync::Arc<[u8]>>,
    /// The names of the files that it was read from; [`syntax::FileId`] indexes it.
    pub files: Vec<Word>,
    /// The version that it is meant for.
    pub dialect: crate::Dialect,
    /// How the environment differs from that of the machine.
    pub environment: Environment,
}

/// What the files, and the reading of them, made of the environment variables (`setenv` and its kin; manual, section 2.3).
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Variables that were set, and those that were unset, which have no value.
    pub changed: std::collections::BTreeMap<Word, Option<Word>>,
    /// The machine's own variables are not seen (`resetenv`).
    pub detached: bool,
}

impl Environment {
    /// The value of a variable, if that is not the machine's: `Some(None)` of one that is not to be seen.
    #[must_use]
    pub fn differs(&self, name: &[u8]) -> Option<Option<&Word>> {
        match self.changed.get(name) {
            Some(value) => Some(value.as_ref()),
            None => self.detached.then_some(None),
        }
    }
}

impl Config {
    /// The proxy that `id` names.
    ///
    /// # Panics
    /// When `id` is of another configuration.
    #[must_use]
    pub fn proxy(&self, id: ProxyId) -> &Proxy {
        &self.proxies[id.0 as usize]
    }

    /// The number of the stick table of that name.
    #[must_use]
    pub fn table(&self, name: &[u8]) -> Option<usize> {
        self.tables.iter().position(|table| table.name.as_slice() == name)
    }
}
