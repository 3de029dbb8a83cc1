//! Rows of sample fetches, converters and derived ACL keywords, and what they are made of: sources and sample types.

use rustc_hash::FxHashMap;
use std::sync::LazyLock;

use syntax::{Arity, Status, Version};

use super::argument::ArgType;
use crate::dialect::Dialect;
use crate::model::MatchKind;

/// The type of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Output {
    /// Yes or no.
    Bool,
    /// A signed integer.
    Sint,
    /// An IPv4 or IPv6 address.
    Addr,
    /// An IPv4 address; of a family that is known only at run time in older versions.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// Text.
    Str,
    /// Bytes.
    Bin,
    /// A method.
    Meth,
    /// Known at run time only.
    Any,
    /// Of a converter: what it was given.
    Same,
}

impl Output {
    /// Its name in listings.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Sint => "sint",
            Self::Addr => "addr",
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
            Self::Str => "str",
            Self::Bin => "bin",
            Self::Meth => "meth",
            Self::Any => "any",
            Self::Same => "same",
        }
    }

    /// Whether a sample of this type can be taken for one of `wanted` (manual, section 7.3: types are cast where they are
    /// not the same). Up to 2.6 addresses could be taken for numbers, which a verdict of later versions refuses.
    #[must_use]
    pub fn casts_to(self, wanted: Self, dialect: Dialect) -> bool {
        let numbers_refused = dialect.strict && dialect.at_least(2, 7);
        match (self, wanted) {
            (Self::Addr, Self::Sint) if numbers_refused => false,
            (Self::Any | Self::Same | Self::Str, _) | (_, Self::Any | Self::Same | Self::Str | Self::Bin) => {
                true
            }
            (Self::Bin | Self::Meth, _) => self == wanted,
            (_, Self::Meth) => false,
            (Self::Bool, Self::Addr | Self::Ipv4 | Self::Ipv6) => false,
            (Self::Addr | Self::Ipv4, Self::Bool) | (Self::Ipv6, Self::Bool | Self::Sint) => false,
            _ => true,
        }
    }
}

/// Where the information of a fetch comes from. It decides where the fetch may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// The expression itself, or what never changes.
    Constant,
    /// The process.
    InternalState,
    /// The listener and its frontend.
    Frontend,
    /// The client's connection below TLS.
    ClientAddress,
    /// The client's connection once it is established, TLS included.
    ClientConnection,
    /// Bytes of the request.
    RequestBuffer,
    /// Bytes of the request or of the response, whichever is at hand.
    EitherBuffer,
    /// Bytes of the response.
    ResponseBuffer,
    /// Headers of the request.
    RequestHeaders,
    /// Headers of the request or of the response, whichever are at hand.
    EitherHeaders,
    /// Headers of the response.
    ResponseHeaders,
    /// What is remembered of the request.
    HttpRequest,
    /// What is remembered of the response.
    HttpResponse,
    /// What is remembered of a response of the cache.
    CachedResponse,
    /// The backend, once it is known.
    Backend,
    /// The server, once it is known.
    Server,
    /// The server's connection below TLS.
    ServerAddress,
    /// The server's connection.
    ServerConnection,
    /// What was sent to the server and to the client.
    SentBytes,
    /// What is known at the end only, when the line of the log is made.
    End,
}

impl Source {
    /// Where it is at hand: bit N is column N of the listing that `haproxy -dKsmp` prints.
    #[must_use]
    pub const fn contexts(self) -> u32 {
        match self {
            Self::Constant => 0x3f_ffff,
            Self::InternalState => 0x2f_ffff,
            Self::Frontend => 0x07_ffff,
            Self::ClientAddress => 0x0f_ffff,
            Self::ClientConnection => 0x07_fffe,
            Self::RequestBuffer | Self::RequestHeaders => 0x00_07fc,
            Self::EitherBuffer | Self::EitherHeaders => 0x0b_fffc,
            Self::ResponseBuffer | Self::ResponseHeaders => 0x0b_f800,
            Self::HttpRequest => 0x07_fffc,
            Self::HttpResponse | Self::ServerAddress | Self::ServerConnection => 0x0f_f800,
            Self::CachedResponse | Self::Server => 0x0f_fc00,
            Self::Backend => 0x0f_ffc0,
            Self::SentBytes => 0x07_fe00,
            Self::End => 0x04_0000,
        }
    }

    /// What messages call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Constant => "constant",
            Self::InternalState => "internal state",
            Self::Frontend => "frontend",
            Self::ClientAddress => "client address",
            Self::ClientConnection => "client-side connection",
            Self::RequestBuffer => "request buffer",
            Self::EitherBuffer => "request buffer,response buffer",
            Self::ResponseBuffer => "response buffer",
            Self::RequestHeaders => "HTTP request headers",
            Self::EitherHeaders => "HTTP request headers,HTTP response headers",
            Self::ResponseHeaders => "HTTP response headers",
            Self::HttpRequest => "HTTP request",
            Self::HttpResponse | Self::CachedResponse => "HTTP response",
            Self::Backend => "backend",
            Self::Server => "server",
            Self::ServerAddress => "server address",
            Self::ServerConnection => "server-side connection",
            Self::SentBytes => "statistics",
            Self::End => "transaction statistics",
        }
    }

    /// Whether it is bytes below HTTP, which an HTTP proxy does not have.
    #[must_use]
    pub const fn is_layer6(self) -> bool {
        matches!(
            self,
            Self::RequestBuffer | Self::EitherBuffer | Self::ResponseBuffer
        )
    }

    /// Whether it is bytes or headers of a message, which must have come before they are looked at.
    #[must_use]
    pub const fn is_message(self) -> bool {
        self.is_layer6()
            || matches!(
                self,
                Self::RequestHeaders | Self::EitherHeaders | Self::ResponseHeaders
            )
    }
}

/// What a row was in older versions, where that differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// It had another source.
    Source(Source),
    /// It gave another type.
    Gives(Output),
    /// It took no more arguments than these.
    AtMost(u8),
    /// Its arguments were integers.
    Integers,
}

/// What a row was before a version.
type Past = Option<(Version, Before)>;

/// A sample fetch.
#[derive(Clone, Copy, Debug)]
pub struct FetchRow {
    /// Its name.
    pub name: &'static str,
    /// Where its information comes from.
    pub source: Source,
    /// How many arguments it takes.
    pub arity: Arity,
    /// What its arguments are.
    pub args: &'static [ArgType],
    /// What it gives.
    pub output: Output,
    /// First version that has it; none for what 2.6 had.
    pub since: Option<Version>,
    /// What it was before a version.
    pub before: Option<(Version, Before)>,
    /// The data path takes samples of it.
    pub acts: bool,
}

/// Names are unique in their table.
impl PartialEq for FetchRow {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl FetchRow {
    /// Whether samples of it are taken.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.acts {
            Status::Implemented
        } else {
            Status::ReadOnly
        }
    }

    /// Where it may be used: bit N is column N of the listing that `haproxy -dKsmp` prints.
    #[must_use]
    pub const fn contexts(&self) -> u32 {
        self.source.contexts()
    }

    /// Its source in the version of `dialect`.
    #[must_use]
    pub fn source_in(&self, dialect: Dialect) -> Source {
        match past(self.before, dialect) {
            Some(Before::Source(source)) => source,
            _ => self.source,
        }
    }

    /// What it gives in the version of `dialect`.
    #[must_use]
    pub fn output_in(&self, dialect: Dialect) -> Output {
        match past(self.before, dialect) {
            Some(Before::Gives(output)) => output,
            _ => self.output,
        }
    }

    /// Its arguments in the version of `dialect`.
    #[must_use]
    pub fn args_in(&self, dialect: Dialect) -> &'static [ArgType] {
        args_in(self.args, self.before, dialect)
    }

    /// Whether it is too new for a strict dialect.
    pub(crate) fn too_new(&self, dialect: Dialect) -> bool {
        dialect.strict && self.since.is_some_and(|since| since > dialect.version)
    }

    pub(super) const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version::new(major, minor));
        self
    }

    /// What it was before that version.
    pub(super) const fn before(mut self, major: u16, minor: u16, before: Before) -> Self {
        self.before = Some((Version::new(major, minor), before));
        self
    }

    pub(super) const fn acts(mut self) -> Self {
        self.acts = true;
        self
    }
}

/// What of a row's past holds in the version of `dialect`.
fn past(before: Past, dialect: Dialect) -> Option<Before> {
    before
        .filter(|(changed, _)| dialect.strict && dialect.version < *changed)
        .map(|(_, before)| before)
}

fn args_in(args: &'static [ArgType], before: Past, dialect: Dialect) -> &'static [ArgType] {
    const INTEGERS: &[ArgType] = &[ArgType::Integer; 4];
    match past(before, dialect) {
        Some(Before::AtMost(max)) => &args[..usize::from(max).min(args.len())],
        Some(Before::Integers) => &INTEGERS[..args.len().min(INTEGERS.len())],
        _ => args,
    }
}

/// `args` holds every argument, of which `min` must be given.
pub(super) const fn fetch(
    name: &'static str,
    source: Source,
    min: u8,
    args: &'static [ArgType],
    output: Output,
) -> FetchRow {
    FetchRow {
        name,
        source,
        arity: Arity::between(min, args.len() as u8),
        args,
        output,
        since: None,
        before: None,
        acts: false,
    }
}

/// A converter.
#[derive(Clone, Copy, Debug)]
pub struct ConverterRow {
    /// Its name.
    pub name: &'static str,
    /// How many arguments it takes.
    pub arity: Arity,
    /// What its arguments are.
    pub args: &'static [ArgType],
    /// What it takes.
    pub input: Output,
    /// What it gives.
    pub output: Output,
    /// First version that has it; none for what 2.6 had.
    pub since: Option<Version>,
    /// What it was before a version.
    pub before: Option<(Version, Before)>,
    /// The data path applies it.
    pub acts: bool,
}

/// Names are unique in their table.
impl PartialEq for ConverterRow {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl ConverterRow {
    /// Whether it is applied.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.acts {
            Status::Implemented
        } else {
            Status::ReadOnly
        }
    }

    /// Its arguments in the version of `dialect`.
    #[must_use]
    pub fn args_in(&self, dialect: Dialect) -> &'static [ArgType] {
        args_in(self.args, self.before, dialect)
    }

    /// What it gives in the version of `dialect` when it takes `input`.
    #[must_use]
    pub fn output_in(&self, dialect: Dialect, input: Output) -> Output {
        match (past(self.before, dialect), self.output) {
            (Some(Before::Gives(output)), _) => output,
            (_, Output::Same) => input,
            (_, output) => output,
        }
    }

    /// Whether it is too new for a strict dialect.
    pub(crate) fn too_new(&self, dialect: Dialect) -> bool {
        dialect.strict && self.since.is_some_and(|since| since > dialect.version)
    }

    pub(super) const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version::new(major, minor));
        self
    }

    /// What it was before that version.
    pub(super) const fn before(mut self, major: u16, minor: u16, before: Before) -> Self {
        self.before = Some((Version::new(major, minor), before));
        self
    }

    pub(super) const fn acts(mut self) -> Self {
        self.acts = true;
        self
    }
}

/// `args` holds every argument, of which `min` must be given.
pub(super) const fn converter(
    name: &'static str,
    min: u8,
    args: &'static [ArgType],
    input: Output,
    output: Output,
) -> ConverterRow {
    ConverterRow {
        name,
        arity: Arity::between(min, args.len() as u8),
        args,
        input,
        output,
        since: None,
        before: None,
        acts: false,
    }
}

/// A keyword of ACLs that stands for a fetch with a match method.
#[derive(Clone, Copy, Debug)]
pub struct DerivedRow {
    /// Its name.
    pub name: &'static str,
    /// The fetch.
    pub fetch: &'static str,
    /// The match method.
    pub matcher: MatchKind,
    /// Numbers may be dotted, as versions are: each part is kept in 16 bits.
    pub dotted: bool,
}

impl DerivedRow {
    /// Binds that numbers may be dotted.
    pub(super) const fn dotted(mut self) -> Self {
        self.dotted = true;
        self
    }
}

pub(super) const fn derived(name: &'static str, fetch: &'static str, matcher: MatchKind) -> DerivedRow {
    DerivedRow {
        name,
        fetch,
        matcher,
        dotted: false,
    }
}

/// A fetch that a Lua script registers: nothing is known of it but that it may be used anywhere.
pub(crate) static LUA_FETCH: FetchRow = fetch("lua.*", Source::Constant, 0, LUA_ARGS, Output::Any);
/// A converter that a Lua script registers.
pub(crate) static LUA_CONVERTER: ConverterRow = converter("lua.*", 0, LUA_ARGS, Output::Any, Output::Any);
/// What Lua may be given.
const LUA_ARGS: &[ArgType] = &[ArgType::Text; 8];

pub(crate) static FETCH_INDEX: LazyLock<FxHashMap<&'static str, &'static FetchRow>> =
    LazyLock::new(|| super::FETCHES.iter().map(|row| (row.name, row)).collect());
pub(crate) static CONVERTER_INDEX: LazyLock<FxHashMap<&'static str, &'static ConverterRow>> =
    LazyLock::new(|| super::CONVERTERS.iter().map(|row| (row.name, row)).collect());
pub(crate) static DERIVED_INDEX: LazyLock<FxHashMap<&'static str, &'static DerivedRow>> =
    LazyLock::new(|| super::DERIVED.iter().map(|row| (row.name, row)).collect());
