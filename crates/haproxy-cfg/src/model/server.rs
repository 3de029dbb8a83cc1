//! `server` lines (manual, section 5.2).

use std::net::IpAddr;

use syntax::Span;

use super::{
    AgentSettings, CheckSettings, LogServer, Millis, NodeKey, Outgoing, ProxyId, ServerAddr, ServerTls, Word,
};

/// How idle connections to a server are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSettings {
    /// `pool-max-conn`: most of them, of all threads; none is without limit.
    pub max: Option<u32>,
    /// `pool-purge-delay`: how often half of those are closed that nothing needed meanwhile, in milliseconds; 0 keeps none.
    pub purge_delay: Millis,
    /// `max-reuse`: requests beyond the first that one connection serves; none is without limit.
    pub max_reuse: Option<u32>,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            max: None,
            purge_delay: 5000,
            max_reuse: None,
        }
    }
}

/// How the name of a server is asked for while the process runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolution {
    /// `resolvers`: the section that says how.
    pub resolvers: Word,
    /// The name stands for SRV records, which have names and ports of servers.
    pub srv: bool,
    /// `resolve-prefer ipv4`: without it addresses of IPv6 are asked for first.
    pub prefer_ipv4: bool,
    /// `resolve-net`: addresses in these are taken first.
    pub networks: Vec<(IpAddr, u8)>,
    /// `resolve-opts allow-dup-ip`: an address may be that of another server of the same name as well.
    pub allow_duplicates: bool,
    /// `resolve-opts ignore-weight`: weights of SRV records do not count.
    pub ignore_weight: bool,
}

/// What of traffic tells how a server does (`observe`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObservedLayer {
    /// `layer4`: whether connections stand.
    Connections,
    /// `layer7`: responses, and connections that do not stand.
    Responses,
}

/// What errors in traffic lead to (`on-error`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnError {
    /// `fastinter`: the next check comes soon.
    CheckSoon,
    /// `fail-check`: as if a check had failed, and the next one comes soon.
    #[default]
    FailCheck,
    /// `sudden-death`: the same, and the next check that fails takes the server down.
    SuddenDeath,
    /// `mark-down`: the server is down.
    MarkDown,
}

/// How traffic tells of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Observe {
    /// What is looked at.
    pub layer: ObservedLayer,
    /// `error-limit`: errors in a row that lead to something.
    pub limit: u32,
    /// What they lead to.
    pub on_error: OnError,
}

/// A server of any backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ServerAt {
    /// The backend.
    pub proxy: ProxyId,
    /// Its place among the backend's servers, from 0.
    pub index: usize,
}

/// Whose state a server takes over, and who takes over its own (`track`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tracking {
    /// The server that it tracks.
    pub of: Option<ServerAt>,
    /// Those that track it, in the order in which they hear of a change: the last of the file first.
    pub followers: Vec<ServerAt>,
}

/// One server, `default-server` applied.
#[derive(Clone, Debug, PartialEq)]
pub struct Server {
    /// Its name.
    pub name: Word,
    /// Its address.
    pub addr: ServerAddr,
    /// The host as written: a name when it was resolved.
    pub host: Word,
    /// How its name is asked for while the process runs; none for never.
    pub resolution: Option<Box<Resolution>>,
    /// Its name did not resolve, or was not asked for: it cannot be used until it gets an address.
    pub unresolved: bool,
    /// `id`, given or counted from 1.
    pub id: u32,
    /// It stands for the address of `dispatch`, or the one that the client asked for: nobody sees it. There is one at most, the
    /// last of its proxy.
    pub unlisted: bool,
    /// It was given.
    pub id_given: bool,
    /// `weight`, 0–256.
    pub weight: u32,
    /// `guid`.
    pub guid: Option<Word>,
    /// `hash-key`.
    pub node_key: NodeKey,
    /// `backup`.
    pub backup: bool,
    /// `cookie`.
    pub cookie: Option<Word>,
    /// `maxconn`; 0 is without limit.
    pub maxconn: u32,
    /// `minconn`: as much as `maxconn` where the limit does not move.
    pub minconn: u32,
    /// `slowstart`: how long it takes to get its full share once it came up; 0 is not at all.
    pub slowstart: Millis,
    /// `maxqueue`; 0 is without limit.
    pub maxqueue: u32,
    /// How idle connections to it are kept.
    pub pool: PoolSettings,
    /// `non-stick`: no stick table remembers it.
    pub non_stick: bool,
    /// `disabled`: starts in maintenance.
    pub disabled: bool,
    /// `redir`.
    pub redir: Option<Word>,
    /// `on-marked-down shutdown-sessions`: its sessions end when it goes down.
    pub down_ends_sessions: bool,
    /// `on-marked-up shutdown-backup-sessions`: when it comes up, the sessions of the backup servers end.
    pub up_ends_backup_sessions: bool,
    /// How traffic tells of it, beside checks.
    pub observe: Option<Box<Observe>>,
    /// Whose state it takes over, and who takes over its own.
    pub tracking: Option<Box<Tracking>>,
    /// How connections to it are made, where it asks for something.
    pub outgoing: Option<Box<Outgoing>>,
    /// `proto h2` (true) or `proto h1` (false): what is spoken, whatever was agreed on.
    pub http2: Option<bool>,
    /// How it is spoken to over TLS, where it is.
    pub tls: Option<Box<ServerTls>>,
    /// Health check settings.
    pub check: CheckSettings,
    /// How it takes log lines, where its backend is for them.
    pub log: Option<LogServer>,
    /// The agent that is asked how it does beside them.
    pub agent: Option<Box<AgentSettings>>,
    /// Where it stands.
    pub span: Span,
}

impl Server {
    /// A server line that says nothing but its name and address: the original's defaults. `id` counts from 1.
    #[must_use]
    pub fn new(name: Word, id: u32, addr: ServerAddr) -> Self {
        let host = match &addr {
            ServerAddr::Inet { ip, .. } => ip.to_string().into(),
            ServerAddr::Unix(path) => path.clone(),
            ServerAddr::Abstract(name) => name.name.clone(),
            ServerAddr::SockPair(number) => format!("sockpair@{number}").into_bytes().into(),
        };
        Self {
            name,
            addr,
            host,
            resolution: None,
            http2: None,
            unresolved: false,
            id,
            unlisted: false,
            id_given: false,
            weight: 1,
            guid: None,
            node_key: NodeKey::Id,
            backup: false,
            cookie: None,
            maxconn: 0,
            minconn: 0,
            slowstart: 0,
            maxqueue: 0,
            pool: PoolSettings::default(),
            non_stick: false,
            disabled: false,
            redir: None,
            down_ends_sessions: false,
            up_ends_backup_sessions: false,
            observe: None,
            tracking: None,
            outgoing: None,
            tls: None,
            check: CheckSettings::default(),
            log: None,
            agent: None,
            span: Span::default(),
        }
    }

    /// The server whose state this one takes over.
    #[must_use]
    pub fn tracks(&self) -> Option<ServerAt> {
        self.tracking.as_ref()?.of
    }

    /// Those that take over its state.
    #[must_use]
    pub fn followers(&self) -> &[ServerAt] {
        self.tracking
            .as_ref()
            .map_or(&[], |tracking| tracking.followers.as_slice())
    }
}
