//! Frontends, backends and listen sections (manual, section 4).

use std::net::IpAddr;

use syntax::Span;

use super::{
    Acl, Affinity, Balance, Bandwidth, Bind, CheckKind, Compression, Cond, Format, HashType, LogSteps,
    LogTarget, MailAlert, Millis, RetryOn, Rule, RuleSet, Sample, Server, Servers, Source, StatsSettings,
    StickRule, Word,
};
use crate::signature::Argument;

/// Index of a proxy in [`super::Config::proxies`].
#[derive(Default, Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProxyId(pub u32);

/// Which section declared a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// Listeners only.
    Frontend,
    /// Servers only.
    Backend,
    /// Both.
    Listen,
}

impl ProxyKind {
    /// Takes connections.
    #[must_use]
    pub fn is_frontend(self) -> bool {
        self != Self::Backend
    }

    /// Has servers.
    #[must_use]
    pub fn is_backend(self) -> bool {
        self != Self::Frontend
    }
}

/// `mode`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Bytes are passed on.
    #[default]
    Tcp,
    /// Requests are understood.
    Http,
    /// A backend that log lines go to (`log backend@NAME`).
    Log,
    /// Every connection is answered with `OK` (`HTTP/1.0 200 OK` with `option httpchk`) and closed; dialects before 2.3.
    Health,
}

impl Mode {
    /// What messages and statistics call it.
    #[must_use]
    pub fn spoken(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Http => "http",
            Self::Log => "syslog",
            Self::Health => "health",
        }
    }
}

/// What becomes of a connection once a response is through; from `option httpclose`, `http-server-close`, `http-keep-alive`,
/// the strongest of frontend and backend.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectionMode {
    /// Both sides are kept.
    #[default]
    KeepAlive,
    /// The server's side is closed, the client's kept.
    ServerClose,
    /// Both are closed.
    Close,
}

/// `http-reuse`: which requests may use an idle connection that served another client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpReuse {
    /// None.
    Never,
    /// All but a client's first: who keeps its connection knows that a later request may be lost with it.
    #[default]
    Safe,
    /// A client's first as well, where the connection has been used again before.
    Aggressive,
    /// All.
    Always,
}

/// `timeout …`; none means no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeouts {
    /// Until a connection to a server stands.
    pub connect: Option<Millis>,
    /// Inactivity of the client.
    pub client: Option<Millis>,
    /// Inactivity of the server.
    pub server: Option<Millis>,
    /// In a queue; `connect` when none.
    pub queue: Option<Millis>,
    /// Additional to `connect` in a check, for the answer.
    pub check: Option<Millis>,
    /// For a whole request head; `client` when none.
    pub http_request: Option<Millis>,
    /// For the next request; `http_request`, then `client` when none.
    pub http_keep_alive: Option<Millis>,
    /// `tcp-request inspect-delay`: how long rules on contents wait for what they look at; not at all when none.
    pub inspect_request: Option<Millis>,
    /// `tcp-response inspect-delay`.
    pub inspect_response: Option<Millis>,
    /// Before a tarpitted request is answered; `connect` when none.
    pub tarpit: Option<Millis>,
    /// Of a tunnel, both sides; `client` and `server` when none.
    pub tunnel: Option<Millis>,
    /// Of a client whose side is half closed.
    pub client_fin: Option<Millis>,
    /// Of a server whose side is half closed.
    pub server_fin: Option<Millis>,
}

/// `option forwardfor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForwardFor {
    /// `except`: clients of this network get no header.
    pub except: Option<(IpAddr, u8)>,
    /// `header`, `X-Forwarded-For` unless given.
    pub header: Word,
    /// `if-none`: only when the request has no such header.
    pub if_none: bool,
}

/// Where a part of the header `Forwarded` comes from.
#[derive(Clone, Debug, Default)]
pub enum ForwardedPart {
    /// It is left out.
    #[default]
    Absent,
    /// What is known of the connection or the request.
    Known,
    /// What an expression gives.
    Computed(Box<Sample>),
}

/// `option forwarded`: the parts of the header of RFC 7239.
#[derive(Clone, Debug, Default)]
pub struct Forwarded {
    /// `proto`.
    pub proto: bool,
    /// `host`.
    pub host: ForwardedPart,
    /// `by`: the address that the client connected to.
    pub by: ForwardedPart,
    /// `by_port`.
    pub by_port: ForwardedPart,
    /// `for`: the client's address.
    pub client: ForwardedPart,
    /// `for_port`.
    pub client_port: ForwardedPart,
}

/// What a response's cookie becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookieRewrite {
    /// `rewrite`: the server's cookie gets the server's name as its value.
    Rewrite,
    /// `insert`.
    Insert,
    /// `prefix`: the server's cookie's value gets `NAME~` in front.
    Prefix,
    /// Neither: the server's own cookie is only learned from.
    Passive,
}

/// `cookie NAME …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookiePolicy {
    /// The cookie's name.
    pub name: Word,
    /// What is done in responses.
    pub rewrite: CookieRewrite,
    /// `indirect`.
    pub indirect: bool,
    /// `nocache`.
    pub nocache: bool,
    /// `postonly`.
    pub postonly: bool,
    /// `preserve`.
    pub preserve: bool,
    /// `httponly`.
    pub httponly: bool,
    /// `secure`.
    pub secure: bool,
    /// `domain`, each.
    pub domains: Vec<Word>,
    /// `maxidle`, seconds.
    pub maxidle: Option<u32>,
    /// `maxlife`, seconds.
    pub maxlife: Option<u32>,
    /// `attr`, each.
    pub attrs: Vec<Word>,
    /// `dynamic`: servers without a cookie get one that is made of where they are.
    pub dynamic: bool,
}

/// Where the states of a backend's servers come from at start (`load-server-state-from-file`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateFile {
    /// From the file of the global section.
    Global,
    /// From a file of their own.
    Own(Word),
}

/// Where a `use_backend` leads.
#[derive(Clone, Debug)]
pub enum SwitchTarget {
    /// To this backend.
    Backend(ProxyId),
    /// To the backend whose name the format gives; the next rule is looked at when there is none.
    Named(Box<Format>),
}

/// `use_backend NAME if …`.
#[derive(Clone, Debug)]
pub struct SwitchRule {
    /// Where to.
    pub backend: SwitchTarget,
    /// When; none is always.
    pub cond: Option<Cond>,
    /// Where it stands.
    pub span: Span,
}

/// A slot for what is captured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaptureSlot {
    /// The header that goes into it; none for one that rules fill.
    pub header: Option<Word>,
    /// The most bytes that are kept.
    pub len: usize,
}

/// What a frontend captures of requests and responses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captures {
    /// `capture request header`, `declare capture request` and rules, in order.
    pub request: Vec<CaptureSlot>,
    /// `capture response header` and `declare capture response`, in order.
    pub response: Vec<CaptureSlot>,
    /// `capture cookie`: the beginning of its name, and the most bytes that are kept.
    pub cookie: Option<(Word, usize)>,
}

impl Captures {
    /// The slots of requests, or those of responses.
    #[must_use]
    pub fn slots(&self, request: bool) -> &[CaptureSlot] {
        if request { &self.request } else { &self.response }
    }
}

/// Where a `use-server` leads.
#[derive(Clone, Debug)]
pub enum ServerTarget {
    /// To the server of this place in its backend.
    Server(usize),
    /// To the server whose name the format gives.
    Named(Box<Format>),
}

/// Rules of a backend on the choice of servers.
#[derive(Clone, Debug, Default)]
pub struct Steering {
    /// `use-server`, in order.
    pub servers: Vec<(ServerTarget, Cond, Span)>,
    /// `force-persist` and `ignore-persist`, in order; whether it is the first.
    pub persistence: Vec<(bool, Cond)>,
    /// `persist rdp-cookie`: the cookie that names the server's address.
    pub rdp_cookie: Option<Word>,
}

/// `unique-id-format` and `unique-id-header`.
#[derive(Clone, Debug)]
pub struct UniqueId {
    /// How identifiers are made.
    pub format: Box<Format>,
    /// The header that tells servers.
    pub header: Option<Word>,
}

/// What an error is answered with.
#[derive(Clone, Debug, PartialEq)]
pub enum ErrorAnswer {
    /// `errorfile`, `errorfiles`: a whole answer; nothing is answered when it is empty.
    File(Word),
    /// `errorloc`, `errorloc302`, `errorloc303`: the status of the redirection, and where it leads.
    Location {
        /// 302 or 303.
        code: u16,
        /// The URL, as it is written.
        to: Word,
    },
    /// `http-error`: its arguments, as those of the action `return`.
    Reply(Box<[Argument]>),
}

/// `option …` that are on or off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProxyOptions {
    /// `option httplog`.
    pub httplog: bool,
    /// `option httplog clf`.
    pub httplog_clf: bool,
    /// `option httpslog`: the line of `option httplog` with what is known of TLS behind it.
    pub httpslog: bool,
    /// `option tcplog`.
    pub tcplog: bool,
    /// `option tcplog clf`.
    pub tcplog_clf: bool,
    /// `option dontlognull`.
    pub dontlognull: bool,
    /// `option dontlog-normal`.
    pub dontlog_normal: bool,
    /// `option log-health-checks`.
    pub log_health_checks: bool,
    /// `option log-separate-errors`.
    pub log_separate_errors: bool,
    /// `option contstats`: bytes are counted while they go, not once a stream ends.
    pub contstats: bool,
    /// `option logasap`.
    pub logasap: bool,
    /// `option redispatch [N]`: the interval; none when off. Of 0, no request that is bound to
    /// its server leaves it; `-1` (the default of the bare keyword) is on the last retry.
    pub redispatch: Option<i32>,
    /// `option abortonclose` (the default since 3.3).
    pub abortonclose: bool,
    /// `option allbackups`.
    pub allbackups: bool,
    /// `option persist`.
    pub persist: bool,
    /// `option prefer-last-server`.
    pub prefer_last_server: bool,
    /// `option tcpka` and `clitcpka`: keep-alive packets towards clients.
    pub clitcpka: bool,
    /// `option tcpka` and `srvtcpka`: towards servers.
    pub srvtcpka: bool,
    /// `option nolinger`.
    pub nolinger: bool,
    /// `option checkcache`.
    pub check_cache: bool,
    /// `option independent-streams`.
    pub independent_streams: bool,
    /// `option http-drop-request-trailers`.
    pub drop_request_trailers: bool,
    /// `option http-drop-response-trailers`.
    pub drop_response_trailers: bool,
    /// `option http-buffer-request`.
    pub buffer_request: bool,
    /// `option http-pretend-keepalive`.
    pub pretend_keep_alive: bool,
    /// `option idle-close-on-response`.
    pub idle_close_on_response: bool,
    /// `option tcp-smart-accept`, which HTTP has unless it is taken back.
    pub smart_accept: bool,
    /// `option tcp-smart-connect`.
    pub smart_connect: bool,
    /// `option socket-stats`.
    pub socket_stats: bool,
    /// `option accept-invalid-http-request` and its later name.
    pub accept_unsafe_request: bool,
    /// `option accept-invalid-http-response` and its later name.
    pub accept_unsafe_response: bool,
    /// `option disable-h2-upgrade`.
    pub disable_h2_upgrade: bool,
    /// `option http-ignore-probes`.
    pub http_ignore_probes: bool,
    /// `option http-use-proxy-header`.
    pub http_use_proxy_header: bool,
    /// `option h1-case-adjust-bogus-client`.
    pub adjust_client_case: bool,
    /// `option h1-case-adjust-bogus-server`.
    pub adjust_server_case: bool,
}

/// `clitcpka-*` or `srvtcpka-*`: how a peer that may be gone is probed; the system's word where none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeepAliveProbes {
    /// `…-cnt`: probes without an answer.
    pub count: Option<u32>,
    /// `…-idle`: seconds before the first.
    pub idle: Option<u32>,
    /// `…-intvl`: seconds between two.
    pub interval: Option<u32>,
}

/// What becomes of requests' headers whose names have other characters than letters, digits and dashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HeaderNames {
    /// They go on.
    #[default]
    Preserve,
    /// They are taken out.
    Delete,
    /// The request is refused.
    Reject,
}

/// One frontend, backend or listen section, `defaults` applied. A large file has thousands of them: what is large and few of
/// them have is boxed.
#[derive(Clone, Debug)]
pub struct Proxy {
    /// Its name.
    pub name: Word,
    /// What it captures; none where that is nothing.
    pub captures: Option<Box<Captures>>,
    /// Rules on the choice of servers; none where there are none.
    pub steering: Option<Box<Steering>>,
    /// How requests are told apart; none where nothing says so.
    pub unique_id: Option<Box<UniqueId>>,
    /// Which section.
    pub kind: ProxyKind,
    /// `id`, given or counted as the original does (statistics call it `iid`).
    pub id: u32,
    /// It was given.
    pub id_given: bool,
    /// Where its section line stands.
    pub span: Span,
    /// `mode`.
    pub mode: Mode,
    /// `disabled`.
    pub disabled: bool,
    /// `description`.
    pub description: Option<Word>,
    /// Listeners.
    pub binds: Vec<Bind>,
    /// `acl` lines and anonymous ACLs.
    pub acls: Vec<Acl>,
    /// The rules of all sets, in order: those of `defaults` stand first.
    pub rules: Box<[Rule]>,
    /// `use_backend`, in order.
    pub use_backend: Vec<SwitchRule>,
    /// `default_backend`.
    pub default_backend: Option<ProxyId>,
    /// `be-unpublished`: rules of others do not choose the backend until it is published.
    pub unpublished: bool,
    /// `force-be-switch`, in order: where one holds, backends are chosen that are unpublished or disabled.
    pub force_switch: Box<[Cond]>,
    /// `maxconn` of a frontend.
    pub maxconn: Option<u32>,
    /// `rate-limit sessions` of a frontend: sessions that may begin in a second.
    pub rate_limit: Option<u32>,
    /// `backlog` of a frontend.
    pub backlog: Option<u32>,
    /// `monitor-uri`.
    pub monitor_uri: Option<Word>,
    /// `monitor-net`: clients from there are told that all is well, and nothing else.
    pub monitor_net: Option<(IpAddr, u8)>,
    /// `option forwardfor`.
    pub forwardfor: Option<Box<ForwardFor>>,
    /// `option originalto`, which is as `option forwardfor`.
    pub originalto: Option<Box<ForwardFor>>,
    /// `option forwarded`.
    pub forwarded: Option<Box<Forwarded>>,
    /// `compression`.
    pub compression: Option<Box<Compression>>,
    /// `http-send-name-header`.
    pub send_name: Option<Word>,
    /// `max-keep-alive-queue`: how many may wait for a server that a client has a connection to; any number when none.
    pub keep_alive_queue: Option<u32>,
    /// `max-session-srv-conns`: connections to servers that a client may keep for itself.
    pub session_conns: u32,
    /// `option http-restrict-req-hdr-names`.
    pub header_names: HeaderNames,
    /// From `option httpclose` and its kin.
    pub connection_mode: ConnectionMode,
    /// `timeout …`.
    pub timeouts: Timeouts,
    /// On or off options.
    pub options: ProxyOptions,
    /// `clitcpka-*`.
    pub client_probes: KeepAliveProbes,
    /// `srvtcpka-*`.
    pub server_probes: KeepAliveProbes,
    /// Log targets, `log global` resolved.
    pub logs: Vec<LogTarget>,
    /// `log-format`, where no later line took its place.
    pub log_format: Option<Box<Format>>,
    /// `log-steps`; none is at the end alone.
    pub log_steps: Option<LogSteps>,
    /// `log-format-sd`: the structured data of RFC 5424.
    pub log_structured: Option<Box<Format>>,
    /// `error-log-format`: the line of connections and requests that failed before there was a session.
    pub log_errors: Option<Box<Format>>,
    /// `log-tag`.
    pub log_tag: Option<Word>,
    /// `balance`.
    pub balance: Balance,
    /// `hash-type`.
    pub hash_type: HashType,
    /// `hash-balance-factor`: most requests that a server of a ring has at once, percent of what would be its share; 0 is
    /// without limit.
    pub hash_balance_factor: u32,
    /// `hash-preserve-affinity`.
    pub affinity: Affinity,
    /// `cookie`.
    pub cookie: Option<Box<CookiePolicy>>,
    /// `retries`, 3 unless given.
    pub retries: u32,
    /// `retry-on`.
    pub retry_on: RetryOn,
    /// `dynamic-cookie-key`.
    pub dynamic_cookie_key: Option<Word>,
    /// `load-server-state-from-file`.
    pub state_file: Option<StateFile>,
    /// `guid`.
    pub guid: Option<Word>,
    /// `fullconn`.
    pub fullconn: Option<u32>,
    /// `http-reuse`.
    pub http_reuse: HttpReuse,
    /// `option httpchk`, `option smtpchk`.
    pub check: CheckKind,
    /// Servers, in order.
    pub servers: Servers,
    /// `source`: where connections of servers that say nothing of it come from.
    pub source: Option<Source>,
    /// `stats …`, when the page is enabled.
    pub stats: Option<Box<StatsSettings>>,
    /// `stick`, in order.
    pub stick: Box<[StickRule]>,
    /// `filter bwlim-in` and `filter bwlim-out`, in order.
    pub bandwidth: Box<[Bandwidth]>,
    /// What errors are answered with, by status: `errorfile` and its kin.
    pub error_answers: Vec<(u16, ErrorAnswer)>,
    /// `monitor fail`: when `monitor-uri` is answered with an error.
    pub monitor_fail: Vec<Cond>,
    /// Mails about its servers.
    pub mail: Option<Box<MailAlert>>,
}

impl Proxy {
    /// Its servers but for one that nobody sees, each with its index.
    pub fn listed_servers(&self) -> impl Iterator<Item = (usize, &Server)> + Clone {
        self.servers.numbered().filter(|(_, server)| !server.unlisted)
    }

    /// The slots for what is captured of requests, or of responses.
    #[must_use]
    pub fn capture_slots(&self, request: bool) -> &[CaptureSlot] {
        self.captures
            .as_ref()
            .map_or(&[], |captures| captures.slots(request))
    }

    /// The rules of a set, in order.
    pub fn rules_of(&self, set: RuleSet) -> impl Iterator<Item = &Rule> {
        self.rules.iter().filter(move |rule| rule.set == set)
    }

    /// A section that says nothing but its kind and name: the original's defaults. `id` is what statistics call `iid`.
    #[must_use]
    pub fn new(kind: ProxyKind, name: Word, id: u32) -> Self {
        Self {
            name,
            captures: None,
            steering: None,
            bandwidth: Box::default(),
            unique_id: None,
            kind,
            id,
            id_given: false,
            span: Span::default(),
            mode: Mode::Tcp,
            disabled: false,
            description: None,
            binds: Vec::new(),
            acls: Vec::new(),
            rules: Box::default(),
            use_backend: Vec::new(),
            default_backend: None,
            unpublished: false,
            force_switch: Box::default(),
            maxconn: None,
            rate_limit: None,
            backlog: None,
            monitor_uri: None,
            monitor_net: None,
            forwardfor: None,
            originalto: None,
            forwarded: None,
            compression: None,
            send_name: None,
            keep_alive_queue: None,
            session_conns: 5,
            header_names: HeaderNames::Preserve,
            connection_mode: ConnectionMode::KeepAlive,
            timeouts: Timeouts::default(),
            options: ProxyOptions::default(),
            client_probes: KeepAliveProbes::default(),
            server_probes: KeepAliveProbes::default(),
            logs: Vec::new(),
            log_format: None,
            log_steps: None,
            log_structured: None,
            log_errors: None,
            log_tag: None,
            balance: Balance::RoundRobin,
            hash_type: HashType::default(),
            hash_balance_factor: 0,
            affinity: Affinity::Always,
            cookie: None,
            retries: 3,
            retry_on: RetryOn::default(),
            dynamic_cookie_key: None,
            state_file: None,
            guid: None,
            fullconn: None,
            http_reuse: HttpReuse::Safe,
            check: CheckKind::Tcp,
            servers: Servers::default(),
            source: None,
            stats: None,
            stick: Box::default(),
            error_answers: Vec::new(),
            monitor_fail: Vec::new(),
            mail: None,
        }
    }
}
