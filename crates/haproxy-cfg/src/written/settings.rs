//! What both `defaults` and a proxy may say: each setting is none until a line gives it.

use std::net::{IpAddr, SocketAddr};
use std::ops::{Deref, DerefMut};

use syntax::{Diagnostic, Span};

use super::Set;
use super::rare::Rare;
use super::tls_params::TlsParams;
use crate::model::{
    Balance, CheckKind, ConnectionMode, CookiePolicy, ErrorAnswer, Format, ForwardFor, Forwarded,
    HeaderNames, HeaderParts, HttpReuse, InitState, LogLevel, LogSteps, LogTarget, Millis, Mode, NodeKey,
    ObservedLayer, OnError, Source, StatsAuth, Word,
};

/// `timeout …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeoutKind {
    Connect,
    Client,
    Server,
    Queue,
    Check,
    HttpRequest,
    HttpKeepAlive,
    Tarpit,
    Tunnel,
    ClientFin,
    ServerFin,
    ClientHandshake,
}

/// `option …` that are on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OptionFlag {
    DontLogNull,
    DontLogNormal,
    LogHealthChecks,
    LogSeparateErrors,
    LogAsap,
    AbortOnClose,
    AllBackups,
    Persist,
    PreferLastServer,
    ClientTcpKeepAlive,
    ServerTcpKeepAlive,
    NoLinger,
    HttpNoDelay,
    SocketStats,
    UnsafeRequest,
    UnsafeResponse,
    HttpIgnoreProbes,
    CheckCache,
    ContinuousStats,
    DisableH2Upgrade,
    ClientHeaderCase,
    ServerHeaderCase,
    BufferRequest,
    DropRequestTrailers,
    DropResponseTrailers,
    PretendKeepAlive,
    ProxyHeader,
    IdleCloseOnResponse,
    IndependentStreams,
    SmartAccept,
    SmartConnect,
    Transparent,
}

/// Which log line is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogLine {
    Http,
    HttpClf,
    Https,
    Tcp,
    TcpClf,
}

/// What a line gives a format for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormatKind {
    /// The line of the log: `log-format`, or `option httplog` and its kin, which stand for one.
    Log,
    /// `log-format-sd`.
    Structured,
    /// `error-log-format`.
    Error,
    /// `unique-id-format`.
    UniqueId,
}

/// A line that holds a format, or stands for one.
#[derive(Clone, Debug)]
pub(crate) struct FormatLine {
    pub(crate) kind: FormatKind,
    /// Its keyword, or what it is as an option.
    pub(crate) words: &'static str,
    pub(crate) span: Span,
    /// What is wrong with it, told of each proxy that uses it: of any, or of those of a mode.
    pub(crate) faults: Vec<(Option<Mode>, Diagnostic)>,
    /// What it was read to; none for an option, and for what could not be read.
    pub(crate) format: Option<Box<Format>>,
}

/// One `log` line of a proxy.
#[derive(Clone, Debug)]
pub(crate) enum LogEntry {
    /// `log global`.
    Global,
    /// A target of its own.
    Target(LogTarget),
}

/// `stats …` lines of a section.
#[derive(Clone, Debug, Default)]
pub(crate) struct StatsWritten {
    /// Any `stats` line but `stats admin` and friends that the original takes as a wish for the page.
    pub(crate) enabled: Option<Span>,
    pub(crate) uri: Option<Word>,
    pub(crate) realm: Option<Word>,
    pub(crate) auth: Vec<StatsAuth>,
    pub(crate) hide_version: Option<bool>,
    pub(crate) refresh: Option<u32>,
    pub(crate) show_node: Option<Option<Word>>,
    pub(crate) show_desc: Option<Option<Word>>,
    pub(crate) live: Option<Word>,
    pub(crate) show_legends: bool,
    pub(crate) scope: Vec<Word>,
    /// The first `stats http-request`.
    pub(crate) rule: Option<Span>,
    /// One of them has no condition.
    pub(crate) rules_end: bool,
}

/// What a `server` or `default-server` line gives for checks.
#[derive(Clone, Debug, Default)]
pub(crate) struct CheckParams {
    pub(crate) enabled: Option<bool>,
    pub(crate) inter: Option<Millis>,
    pub(crate) fastinter: Option<Millis>,
    pub(crate) downinter: Option<Millis>,
    pub(crate) rise: Option<u32>,
    pub(crate) fall: Option<u32>,
    pub(crate) port: Option<u16>,
}

/// What becomes of a server whose name does not resolve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unresolved {
    /// The configuration is refused.
    Refused,
    /// The same, as nothing was there to resolve it with.
    NoMethod,
    /// It was not asked for in the first place.
    Silent,
    /// The server is started without an address, with a warning.
    Disabled,
    /// Another address is taken, with a warning.
    FallsBack,
}

/// What a `server` or `default-server` line gives.
#[derive(Clone, Debug, Default)]
pub(crate) struct ServerParams {
    pub(crate) weight: Option<u32>,
    pub(crate) backup: Option<bool>,
    pub(crate) non_stick: Option<bool>,
    pub(crate) cookie: Option<Set<Word>>,
    pub(crate) maxconn: Option<u32>,
    pub(crate) disabled: Option<bool>,
    /// `on-marked-down shutdown-sessions`; nothing takes it back.
    pub(crate) down_ends_sessions: bool,
    /// `on-marked-up shutdown-backup-sessions`; nothing takes it back.
    pub(crate) up_ends_backup_sessions: bool,
    pub(crate) check: CheckParams,
    /// What `init-addr` comes to.
    pub(crate) unresolved: Option<Unresolved>,
    /// `resolvers` is given.
    pub(crate) resolvers: bool,
    pub(crate) ssl: Option<bool>,
    /// `no-ssl` where `default-server` says `ssl`.
    pub(crate) ssl_taken_back: bool,
    /// `verify none`, or a `ca-file`: the server's certificate needs no further word.
    pub(crate) verify_settled: bool,
    /// What few servers have.
    pub(crate) more: Rare<MoreServerParams>,
}

/// What few `server` and `default-server` lines give.
#[derive(Clone, Debug, Default)]
pub(crate) struct MoreServerParams {
    pub(crate) id: Option<Set<u32>>,
    pub(crate) minconn: Option<u32>,
    pub(crate) slowstart: Option<Millis>,
    /// `observe`; the inner none is `observe none`.
    pub(crate) observe: Option<Option<ObservedLayer>>,
    pub(crate) init_state: Option<InitState>,
    pub(crate) guid: Option<Word>,
    /// `shard`: of peers.
    pub(crate) shard: Option<u32>,
    /// `hash-key`.
    pub(crate) node_key: Option<NodeKey>,
    pub(crate) error_limit: Option<u32>,
    pub(crate) on_error: Option<OnError>,
    pub(crate) maxqueue: Option<u32>,
    /// `pool-max-conn`; the inner none is without limit.
    pub(crate) pool_max: Option<Option<u32>>,
    pub(crate) pool_purge_delay: Option<Millis>,
    /// `max-reuse`; the inner none is without limit.
    pub(crate) max_reuse: Option<Option<u32>>,
    pub(crate) redir: Option<Word>,
    /// `track`.
    pub(crate) track: Option<Set<Word>>,
    /// `addr`, where checks go.
    pub(crate) check_addr: Option<IpAddr>,
    pub(crate) agent_check: Option<bool>,
    pub(crate) agent_addr: Option<IpAddr>,
    pub(crate) agent_inter: Option<Millis>,
    pub(crate) agent_port: Option<u32>,
    pub(crate) agent_send: Option<Word>,
    pub(crate) tls: TlsParams,
    pub(crate) proto: Option<&'static str>,
    /// `healthcheck`: the section that says how it is checked.
    pub(crate) healthcheck: Option<Word>,
    /// `check-proto`, which servers do not take from `default-server`.
    pub(crate) check_proto: Option<&'static str>,
    pub(crate) resolvers: Option<Set<Word>>,
    /// `resolve-prefer`: addresses of IPv4 are asked for first.
    pub(crate) prefer_ipv4: Option<bool>,
    /// `resolve-net`.
    pub(crate) resolve_net: Option<Vec<(IpAddr, u8)>>,
    /// `resolve-opts allow-dup-ip` or `prevent-dup-ip`.
    pub(crate) allow_duplicates: Option<bool>,
    /// `resolve-opts ignore-weight`.
    pub(crate) ignore_weight: bool,
    /// The address of `init-addr`.
    pub(crate) init_address: Option<IpAddr>,
    pub(crate) tfo: Option<bool>,
    /// The header of `usesrc hdr_ip(…)`.
    pub(crate) source_header: Option<Word>,
    pub(crate) source: Option<Source>,
    pub(crate) user_timeout: Option<Millis>,
    pub(crate) congestion: Option<Word>,
    /// `tcp-md5sig`.
    pub(crate) segment_password: Option<Word>,
    /// The address says `mptcp@`.
    pub(crate) multipath: bool,
    pub(crate) namespace: Option<Word>,
    /// `socks4`.
    pub(crate) via: Option<SocketAddr>,
    pub(crate) checks_via: Option<bool>,
    /// What a PROXY header is to tell, and what it is not to tell whatever the defaults say.
    pub(crate) header: (HeaderParts, HeaderParts),
    /// `set-proxy-v2-tlv-fmt`.
    pub(crate) header_values: Vec<(u8, Box<Format>)>,
    pub(crate) checks_send_header: Option<bool>,
    /// `log-proto octet-count`.
    pub(crate) log_counted: Option<bool>,
    /// `log-bufsize`, bytes.
    pub(crate) log_buffer: Option<u32>,
}

impl MoreServerParams {
    /// These, with what they lack taken from `below`.
    fn over(self, below: &Self) -> Self {
        let below = below.clone();
        Self {
            id: self.id.or(below.id),
            minconn: self.minconn.or(below.minconn),
            slowstart: self.slowstart.or(below.slowstart),
            observe: self.observe.or(below.observe),
            guid: self.guid.or(below.guid),
            shard: self.shard.or(below.shard),
            node_key: self.node_key.or(below.node_key),
            init_state: self.init_state.or(below.init_state),
            error_limit: self.error_limit.or(below.error_limit),
            on_error: self.on_error.or(below.on_error),
            maxqueue: self.maxqueue.or(below.maxqueue),
            pool_max: self.pool_max.or(below.pool_max),
            pool_purge_delay: self.pool_purge_delay.or(below.pool_purge_delay),
            max_reuse: self.max_reuse.or(below.max_reuse),
            redir: self.redir.or(below.redir),
            track: self.track.or(below.track),
            check_addr: self.check_addr.or(below.check_addr),
            agent_check: self.agent_check.or(below.agent_check),
            agent_addr: self.agent_addr.or(below.agent_addr),
            agent_inter: self.agent_inter.or(below.agent_inter),
            agent_port: self.agent_port.or(below.agent_port),
            agent_send: self.agent_send.or(below.agent_send),
            tls: self.tls.over(below.tls),
            proto: self.proto.or(below.proto),
            healthcheck: self.healthcheck.or(below.healthcheck),
            check_proto: self.check_proto,
            resolvers: self.resolvers.or(below.resolvers),
            prefer_ipv4: self.prefer_ipv4.or(below.prefer_ipv4),
            resolve_net: self.resolve_net.or(below.resolve_net),
            allow_duplicates: self.allow_duplicates.or(below.allow_duplicates),
            ignore_weight: self.ignore_weight || below.ignore_weight,
            init_address: self.init_address.or(below.init_address),
            tfo: self.tfo.or(below.tfo),
            source_header: self.source_header.or(below.source_header),
            source: self.source.or(below.source),
            user_timeout: self.user_timeout.or(below.user_timeout),
            congestion: self.congestion.or(below.congestion),
            segment_password: self.segment_password.or(below.segment_password),
            multipath: self.multipath,
            namespace: self.namespace.or(below.namespace),
            via: self.via.or(below.via),
            checks_via: self.checks_via.or(below.checks_via),
            header: {
                let ((on, off), (below_on, below_off)) = (self.header, below.header);
                (below_on.without(off).and(on), below_off.without(on).and(off))
            },
            header_values: [below.header_values, self.header_values].concat(),
            checks_send_header: self.checks_send_header.or(below.checks_send_header),
            log_counted: self.log_counted.or(below.log_counted),
            log_buffer: self.log_buffer.or(below.log_buffer),
        }
    }
}

impl CheckParams {
    /// These, with what they lack taken from `below`.
    pub(crate) fn over(self, below: &Self) -> Self {
        Self {
            enabled: self.enabled.or(below.enabled),
            inter: self.inter.or(below.inter),
            fastinter: self.fastinter.or(below.fastinter),
            downinter: self.downinter.or(below.downinter),
            rise: self.rise.or(below.rise),
            fall: self.fall.or(below.fall),
            port: self.port.or(below.port),
        }
    }
}

impl ServerParams {
    /// These, with what they lack taken from `below`.
    pub(crate) fn over(self, below: &Self) -> Self {
        Self {
            weight: self.weight.or(below.weight),
            backup: self.backup.or(below.backup),
            non_stick: self.non_stick.or(below.non_stick),
            cookie: self.cookie.or_else(|| below.cookie.clone()),
            maxconn: self.maxconn.or(below.maxconn),
            disabled: self.disabled.or(below.disabled),
            down_ends_sessions: self.down_ends_sessions || below.down_ends_sessions,
            up_ends_backup_sessions: self.up_ends_backup_sessions || below.up_ends_backup_sessions,
            check: self.check.over(&below.check),
            unresolved: self.unresolved.or(below.unresolved),
            resolvers: self.resolvers || below.resolvers,
            ssl: self.ssl.or(below.ssl),
            ssl_taken_back: self.ssl_taken_back || (self.ssl == Some(false) && below.ssl == Some(true)),
            verify_settled: self.verify_settled || below.verify_settled,
            more: match below.more.written() {
                Some(below) => Rare::new(self.more.into_written().unwrap_or_default().over(below)),
                None => self.more,
            },
        }
    }
}

/// `email-alert` lines of a section.
#[derive(Clone, Debug, Default)]
pub(crate) struct EmailAlert {
    /// The first of them.
    pub(crate) line: Option<Span>,
    pub(crate) from: Option<Set<Word>>,
    pub(crate) to: Option<Set<Word>>,
    /// The `mailers` section.
    pub(crate) mailers: Option<Set<Word>>,
    /// `myhostname`.
    pub(crate) host: Option<Set<Word>>,
    pub(crate) level: Option<LogLevel>,
}

/// The settings of a `defaults` section or a proxy. A large file has thousands of them, most of which say little: what few of
/// them say stands behind a box, and is found by dereferencing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) mode: Option<Set<Mode>>,
    pub(crate) balance: Option<Set<Balance>>,
    /// Whether `balance` names a hash over parts of requests.
    pub(crate) request_hash: Option<Set<bool>>,
    /// `timeout …`, each once.
    pub(crate) timeouts: Vec<(TimeoutKind, Set<Millis>)>,
    /// `option …` that are on or off, each once.
    pub(crate) options: Vec<(OptionFlag, Set<bool>)>,
    pub(crate) default_server: Rare<ServerParams>,
    pub(crate) more: Rare<MoreSettings>,
}

/// What few sections say.
#[derive(Clone, Debug, Default)]
pub(crate) struct MoreSettings {
    pub(crate) disabled: Option<Set<bool>>,
    pub(crate) maxconn: Option<Set<u32>>,
    pub(crate) backlog: Option<Set<u32>>,
    pub(crate) fullconn: Option<Set<u32>>,
    pub(crate) retries: Option<Set<u32>>,
    pub(crate) redispatch: Option<Set<Option<i32>>>,
    pub(crate) forwardfor: Option<Set<ForwardFor>>,
    pub(crate) header_names: Option<Set<HeaderNames>>,
    pub(crate) originalto: Option<Set<ForwardFor>>,
    pub(crate) forwarded: Option<Set<Forwarded>>,
    pub(crate) connection_mode: Option<Set<ConnectionMode>>,
    pub(crate) log_line: Option<Set<LogLine>>,
    /// Lines that hold formats, the last of each kind.
    pub(crate) formats: Vec<FormatLine>,
    /// Entries behind the inherited ones, or in place of them with `logs_reset`.
    pub(crate) logs: Vec<Set<LogEntry>>,
    /// `no log`.
    pub(crate) logs_reset: bool,
    pub(crate) log_tag: Option<Set<Word>>,
    pub(crate) log_steps: Option<Set<LogSteps>>,
    pub(crate) cookie: Option<Set<CookiePolicy>>,
    /// `source` of a backend.
    pub(crate) source: Option<Set<Source>>,
    pub(crate) check: Option<Set<CheckKind>>,
    pub(crate) http_reuse: Option<Set<HttpReuse>>,
    pub(crate) monitor_uri: Option<Set<Word>>,
    pub(crate) monitor_net: Option<Set<(IpAddr, u8)>>,
    pub(crate) unique_id_header: Option<Set<Word>>,
    /// `tcp-request inspect-delay`.
    pub(crate) inspect_request: Option<Set<Millis>>,
    /// `tcp-response inspect-delay`.
    pub(crate) inspect_response: Option<Set<Millis>>,
    pub(crate) default_backend: Option<Set<Word>>,
    pub(crate) stats: Rare<StatsWritten>,
    pub(crate) email: Rare<EmailAlert>,
    /// `errorfile`, `errorfiles`, `errorloc…` and `http-error`, in their order.
    pub(crate) error_answers: Vec<WrittenErrors>,
    /// Rows that were used here though nothing acts on them yet, for checks that must not fire then.
    pub(crate) read_only: Vec<String>,
}

impl Deref for Settings {
    type Target = MoreSettings;

    fn deref(&self) -> &MoreSettings {
        &self.more
    }
}

impl DerefMut for Settings {
    fn deref_mut(&mut self) -> &mut MoreSettings {
        &mut self.more
    }
}

impl Settings {
    /// Takes over what a line gives that is ignored where it stands, as far as it is judged there all the same.
    pub(crate) fn judge_too(&mut self, ignored: Self) {
        self.request_hash = ignored.request_hash.or(self.request_hash.take());
        let Some(ignored) = ignored.more.into_written() else {
            return;
        };
        for line in ignored.formats {
            self.set_format(line);
        }
        self.check = ignored.check.or(self.check.take());
        self.cookie = ignored.cookie.or(self.cookie.take());
        self.monitor_uri = ignored.monitor_uri.or(self.monitor_uri.take());
        self.default_backend = ignored.default_backend.or(self.default_backend.take());
    }

    /// What is said of a timeout.
    pub(crate) fn timeout(&self, kind: TimeoutKind) -> Option<&Set<Millis>> {
        self.timeouts
            .iter()
            .find(|(given, _)| *given == kind)
            .map(|(_, set)| set)
    }

    /// Sets a timeout; gives back what was said of it before.
    pub(crate) fn set_timeout(&mut self, kind: TimeoutKind, set: Set<Millis>) -> Option<Set<Millis>> {
        match self.timeouts.iter_mut().find(|(given, _)| *given == kind) {
            Some((_, before)) => Some(std::mem::replace(before, set)),
            None => {
                self.timeouts.push((kind, set));
                None
            }
        }
    }

    /// The line that gives a format of that kind.
    pub(crate) fn format(&self, kind: FormatKind) -> Option<&FormatLine> {
        self.formats.iter().find(|line| line.kind == kind)
    }

    /// Sets a format; gives back the line that gave it before.
    pub(crate) fn set_format(&mut self, line: FormatLine) -> Option<FormatLine> {
        match self.formats.iter_mut().find(|given| given.kind == line.kind) {
            Some(before) => Some(std::mem::replace(before, line)),
            None => {
                self.formats.push(line);
                None
            }
        }
    }

    /// What is said of an option that is on or off.
    pub(crate) fn option(&self, flag: OptionFlag) -> Option<&Set<bool>> {
        self.options
            .iter()
            .find(|(given, _)| *given == flag)
            .map(|(_, set)| set)
    }

    /// Says whether an option is on; the last word counts.
    pub(crate) fn set_option(&mut self, flag: OptionFlag, set: Set<bool>) {
        match self.options.iter_mut().find(|(given, _)| *given == flag) {
            Some((_, before)) => *before = set,
            None => self.options.push((flag, set)),
        }
    }
}

/// What a line says of answers to errors.
#[derive(Clone, Debug)]
pub(crate) enum WrittenErrors {
    /// The answer for a status.
    One(u16, ErrorAnswer),
    /// The answers of an `http-errors` section: those for the statuses, or all of them.
    Set(Word, Vec<u16>),
}
