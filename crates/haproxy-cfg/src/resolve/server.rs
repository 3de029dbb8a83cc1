//! Servers with `default-server` applied, and what is told of them.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};

use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use syntax::{Context, Diagnostic, Severity, Span};

use super::inherit::Inherited;
use super::{check_port, check_script, ids, server_tls};
use crate::model::sections::{Peers, Ring};
use crate::model::{
    AgentSettings, CheckKind, CheckSettings, HeaderParts, LogServer, Mode, Observe, Outgoing, PoolSettings,
    Proxy, Resolution, SentHeader, Server, ServerAddr, Source, Word,
};
use crate::parse::Reading;
use crate::parse::sections::peers::own_host;
use crate::values::{Family, numeric, resolve};
use crate::written::{MoreServerParams, ProxySection, ServerHost, ServerLine, ServerParams, Unresolved};

/// All servers of a section.
pub(super) fn build(reading: &mut Reading<'_>, section: &ProxySection, check: &CheckKind) -> Vec<Server> {
    if section.servers.is_empty() {
        return Vec::new();
    }
    let inherited = Inherited::new(reading, section);
    let defaults = inherited.default_server();
    let for_logs = inherited.mode() == Mode::Log;
    let source = inherited.value(|settings| &settings.source);
    let given = |line: &ServerLine| line.params.more.id.as_ref().map(|id| id.value);
    let taken: BTreeSet<u32> = section.servers.iter().filter_map(|line| given(line)).collect();
    let ids = ids::number(section.servers.iter().map(|line| given(line)), &taken, 1);
    section
        .servers
        .iter()
        .zip(ids)
        .map(|(line, id)| Server {
            log: for_logs.then(|| log_server(line, &defaults)),
            ..server(reading, check, line, id, (&defaults, source.as_ref()))
        })
        .collect()
}

/// The servers that peers are connected to as.
pub(super) fn of_peers(reading: &mut Reading<'_>, sections: &mut [Peers]) {
    for mut line in std::mem::take(&mut reading.written.peer_lines) {
        let (section, number) = &line.at;
        let Some(section) = sections.iter_mut().find(|known| known.name == *section) else {
            continue;
        };
        if section.peers.get(*number).is_some_and(|peer| peer.local) {
            let Some(host) = own_host(section) else { continue };
            line.written.host = host;
        }
        let below = (&ServerParams::default(), None);
        let server = server(reading, &CheckKind::default(), &line.written, 0, below);
        if let Some(peer) = section.peers.get_mut(*number) {
            peer.server = (!server.unresolved).then(|| Box::new(server));
        }
    }
}

/// The servers that lines of rings go to.
pub(super) fn of_rings(reading: &mut Reading<'_>, rings: &mut [Ring]) {
    for line in std::mem::take(&mut reading.written.ring_lines) {
        let Some(ring) = rings.iter_mut().find(|ring| ring.name == line.of) else {
            continue;
        };
        let below = (&ServerParams::default(), None);
        let log = log_server(&line.written, below.0);
        ring.servers.push(Server {
            log: Some(log),
            ..server(reading, &CheckKind::default(), &line.written, 0, below)
        });
    }
}

fn server(
    reading: &Reading<'_>,
    check_kind: &CheckKind,
    line: &ServerLine,
    id: u32,
    (below, source): (&ServerParams, Option<&Source>),
) -> Server {
    let own = &line.params;
    let checked = own.check.clone().over(&below.check);
    let check = CheckSettings::default();
    let maxconn = own.maxconn.or(below.maxconn).unwrap_or(0);
    let minconn = own.more.minconn.or(below.more.minconn).unwrap_or(0);
    let (addr, host, unresolved) = match &line.host {
        ServerHost::Inet {
            written,
            ip,
            port,
            port_offset,
            ..
        } => {
            let fallback = match when_unresolved(line, below) {
                Unresolved::FallsBack => own.more.init_address.or(below.more.init_address),
                _ => None,
            };
            let ip = ip.or(fallback);
            let unresolved = ip.is_none();
            let ip = ip.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
            (
                ServerAddr::Inet {
                    ip,
                    port: *port,
                    port_offset: *port_offset,
                },
                written.clone(),
                unresolved,
            )
        }
        ServerHost::Unix(path) => (ServerAddr::Unix(path.clone()), path.clone(), false),
        ServerHost::Abstract(name) => (ServerAddr::Abstract(name.clone()), name.name.clone(), false),
        ServerHost::SockPair(number) => {
            let written = format!("sockpair@{number}").into_bytes();
            (ServerAddr::SockPair(*number), written.into(), false)
        }
    };
    Server {
        name: line.name.clone(),
        unlisted: false,
        addr,
        host,
        resolution: resolution(line, below).map(Box::new),
        unresolved,
        id,
        id_given: own.more.id.is_some(),
        weight: own.weight.or(below.weight).unwrap_or(1),
        guid: own.more.guid.clone(),
        node_key: own.more.node_key.or(below.more.node_key).unwrap_or_default(),
        backup: own.backup.or(below.backup).unwrap_or(false),
        non_stick: own.non_stick.or(below.non_stick).unwrap_or(false),
        cookie: own
            .cookie
            .as_ref()
            .or(below.cookie.as_ref())
            .map(|cookie| cookie.value.clone()),
        // One alone is both, and the upper bound is not below the other.
        maxconn: maxconn.max(minconn),
        minconn: if minconn == 0 { maxconn } else { minconn },
        slowstart: own.more.slowstart.or(below.more.slowstart).unwrap_or(0),
        maxqueue: own.more.maxqueue.or(below.more.maxqueue).unwrap_or(0),
        pool: pool(&own.more, &below.more),
        disabled: own.disabled.or(below.disabled).unwrap_or(false),
        redir: own.more.redir.as_ref().or(below.more.redir.as_ref()).cloned(),
        down_ends_sessions: own.down_ends_sessions || below.down_ends_sessions,
        up_ends_backup_sessions: own.up_ends_backup_sessions || below.up_ends_backup_sessions,
        observe: observe(&own.more, &below.more).map(Box::new),
        tracking: None,
        http2: match own.more.proto.or(below.more.proto) {
            Some("h2") => Some(true),
            Some("h1") => Some(false),
            _ => None,
        },
        outgoing: outgoing(line, own, below, source),
        tls: server_tls::settle(reading, check_kind, own, below),
        check: CheckSettings {
            enabled: checked.enabled.unwrap_or(false),
            inter: checked.inter.unwrap_or(check.inter),
            fastinter: checked.fastinter,
            downinter: checked.downinter,
            rise: checked.rise.unwrap_or(check.rise),
            fall: checked.fall.unwrap_or(check.fall),
            addr: own.more.check_addr.or(below.more.check_addr),
            port: checked.port.filter(|port| *port > 0),
            init_state: own.more.init_state.or(below.more.init_state).unwrap_or_default(),
        },
        log: None,
        agent: agent(&own.more, &below.more).map(Box::new),
        span: line.span,
    }
}

/// How a server of a backend that log lines go to takes them.
fn log_server(line: &ServerLine, below: &ServerParams) -> LogServer {
    let (own, below) = (&line.params.more, &below.more);
    LogServer {
        datagrams: line.datagrams,
        counted: own.log_counted.or(below.log_counted).unwrap_or(false),
        buffer: own.log_buffer.or(below.log_buffer),
    }
}

/// The agent that is asked; one without a port is told of elsewhere, and not asked.
fn agent(own: &MoreServerParams, below: &MoreServerParams) -> Option<AgentSettings> {
    if !own.agent_check.or(below.agent_check).unwrap_or(false) {
        return None;
    }
    // Of a larger number the original keeps what fits into its field.
    let port = own.agent_port.or(below.agent_port).unwrap_or(0) as u16;
    (port != 0).then(|| AgentSettings {
        inter: own
            .agent_inter
            .or(below.agent_inter)
            .unwrap_or(CheckSettings::default().inter),
        // What checks are given counts for the agent as well.
        addr: own
            .agent_addr
            .or(below.agent_addr)
            .or(own.check_addr)
            .or(below.check_addr),
        port,
        send: own
            .agent_send
            .as_ref()
            .or(below.agent_send.as_ref())
            .cloned()
            .unwrap_or_default(),
    })
}

/// How connections to the server are made, if it asks for anything.
fn outgoing(
    line: &ServerLine,
    own: &ServerParams,
    below: &ServerParams,
    source: Option<&Source>,
) -> Option<Box<Outgoing>> {
    if own.more.written().is_none() && below.more.written().is_none() && source.is_none() {
        return None;
    }
    let params = line.params.clone().over(below).more.into_written();
    let params = params.unwrap_or_default();
    let header = SentHeader {
        tells: params.header.0,
        own: params.header_values,
    };
    // That of the backend counts for servers without one of their own.
    let source = params.source.or_else(|| source.cloned());
    let outgoing = Outgoing {
        // As with the original, options of version 2 alone ask for a header of version 1.
        header: Some(header).filter(|header| header.tells != HeaderParts::default()),
        checks_send_header: params.checks_send_header.unwrap_or(false),
        source,
        user_timeout: params.user_timeout.filter(|timeout| *timeout > 0),
        congestion: params.congestion,
        segment_password: params.segment_password,
        multipath: params.multipath,
        namespace: params.namespace,
        via: params.via,
        checks_via: params.checks_via.unwrap_or(false),
        fast_open: params.tfo.unwrap_or(false),
    };
    let asks = outgoing.header.is_some()
        || outgoing.checks_send_header
        || outgoing.source.is_some()
        || outgoing.user_timeout.is_some()
        || outgoing.congestion.is_some()
        || outgoing.segment_password.is_some()
        || outgoing.multipath
        || outgoing.namespace.is_some()
        || outgoing.via.is_some()
        || outgoing.fast_open;
    asks.then(|| Box::new(outgoing))
}

/// How the name of a server is asked for while the process runs, if it has one and is to be asked for.
fn resolution(line: &ServerLine, below: &ServerParams) -> Option<Resolution> {
    let ServerHost::Inet { written, family, .. } = &line.host else {
        return None;
    };
    let (own, below) = (&line.params.more, &below.more);
    let resolvers = own.resolvers.as_ref().or(below.resolvers.as_ref())?;
    if numeric(&written.to_string(), *family).is_some() {
        return None;
    }
    Some(Resolution {
        resolvers: resolvers.value.clone(),
        srv: is_service(written),
        prefer_ipv4: own.prefer_ipv4.or(below.prefer_ipv4).unwrap_or(false),
        networks: own
            .resolve_net
            .as_ref()
            .or(below.resolve_net.as_ref())
            .cloned()
            .unwrap_or_default(),
        allow_duplicates: own.allow_duplicates.or(below.allow_duplicates).unwrap_or(false),
        ignore_weight: own.ignore_weight || below.ignore_weight,
    })
}

/// Whether a host is a name of SRV records.
fn is_service(host: &Word) -> bool {
    host.first() == Some(&b'_')
}

/// Asks the machine for the addresses of servers that have names, as far as `init-addr` wants it.
pub(super) fn look_up(reading: &Reading<'_>, sections: &mut [Box<ProxySection>]) {
    let mut known: FxHashMap<(String, Option<Family>), Option<IpAddr>> = FxHashMap::default();
    for section in sections {
        let defaults = Inherited::new(reading, section).default_server().into_owned();
        let found: Vec<Option<IpAddr>> = section
            .servers
            .iter()
            .map(|line| match &line.host {
                ServerHost::Inet {
                    written,
                    family,
                    ip: None,
                    ..
                } => {
                    let name = written.to_string();
                    if numeric(&name, *family).is_some() {
                        return None;
                    }
                    let given = when_unresolved(line, &defaults);
                    let own = line.params.more.init_address;
                    let address = own.or(defaults.more.init_address);
                    match given {
                        Unresolved::Silent => address,
                        Unresolved::NoMethod => None,
                        // What records of a service say is not known to the machine.
                        _ if by_resolvers(line, &defaults) && is_service(written) => None,
                        Unresolved::Refused | Unresolved::Disabled | Unresolved::FallsBack => *known
                            .entry((name, *family))
                            .or_insert_with_key(|(name, family)| resolve(name, *family, reading.host)),
                    }
                }
                _ => None,
            })
            .collect();
        for (line, found) in section.servers.iter_mut().zip(found) {
            if let ServerHost::Inet { ip, .. } = &mut line.host {
                *ip = ip.or(found);
            }
        }
    }
}

/// Whether a `resolvers` section is asked for the name of a server.
fn by_resolvers(line: &ServerLine, defaults: &ServerParams) -> bool {
    line.params.resolvers || defaults.resolvers
}

/// What becomes of a server whose name does not resolve.
fn when_unresolved(line: &ServerLine, defaults: &ServerParams) -> Unresolved {
    let given = line.params.unresolved.or(defaults.unresolved);
    given.unwrap_or(if by_resolvers(line, defaults) {
        Unresolved::Disabled
    } else {
        Unresolved::Refused
    })
}

fn observe(own: &MoreServerParams, below: &MoreServerParams) -> Option<Observe> {
    /// Errors in a row where the file does not say how many.
    const ERROR_LIMIT: u32 = 10;
    Some(Observe {
        layer: own.observe.or(below.observe)??,
        limit: own.error_limit.or(below.error_limit).unwrap_or(ERROR_LIMIT),
        on_error: own.on_error.or(below.on_error).unwrap_or_default(),
    })
}

fn pool(own: &MoreServerParams, below: &MoreServerParams) -> PoolSettings {
    let pool = PoolSettings::default();
    PoolSettings {
        max: own.pool_max.or(below.pool_max).unwrap_or(pool.max),
        purge_delay: own
            .pool_purge_delay
            .or(below.pool_purge_delay)
            .unwrap_or(pool.purge_delay),
        max_reuse: own.max_reuse.or(below.max_reuse).unwrap_or(pool.max_reuse),
    }
}

/// Servers of a section by their names: most sections have few, for which a list is cheaper than a table.
enum Seen<'w> {
    Few(SmallVec<[&'w ServerLine; 8]>),
    Many(FxHashMap<&'w Word, &'w ServerLine>),
}

impl<'w> Seen<'w> {
    fn new(servers: usize) -> Self {
        if servers <= 8 {
            Self::Few(SmallVec::new())
        } else {
            Self::Many(FxHashMap::default())
        }
    }

    /// Takes a server in; gives back the last one of that name.
    fn insert(&mut self, line: &'w ServerLine) -> Option<&'w ServerLine> {
        match self {
            Self::Few(lines) => {
                let before = lines.iter().rev().find(|known| known.name == line.name).copied();
                lines.push(line);
                before
            }
            Self::Many(lines) => lines.insert(&line.name, line),
        }
    }
}

/// Tells duplicate names, equal cookies, and checks that lack a port.
pub(super) fn check_servers(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    tell_equal_cookies(reading, proxy);
    let mut seen = Seen::new(section.servers.len());
    let dialect = reading.dialect;
    let kind = Reading::proxy_words(section.kind);
    for line in &section.servers {
        // Up to 3.0 a server with a number of its own may have any name.
        if line.params.more.id.is_some() && !dialect.at_least(3, 1) {
            continue;
        }
        let Some(first) = seen.insert(line) else {
            continue;
        };
        let numbered = line.params.more.id.is_some() || first.params.more.id.is_some();
        let at = reading.sources.locate(first.span).1.line;
        let message = format!(
            "{kind} '{}', another server named '{}' was already defined at line {at}, please use distinct names.",
            section.name, line.name
        );
        // The oldest versions only warned; a line that names the server means the first.
        let refused = dialect.at_least(2, 0) && (!numbered || (dialect.strict && dialect.at_least(3, 3)));
        let severity = if refused {
            Severity::Alert
        } else {
            Severity::Warning
        };
        reading.tell(
            Diagnostic::new(severity, "duplicate-server", message)
                .at(line.name_span)
                .label(first.name_span, "defined here")
                .help("rename one of them"),
        );
    }
    // The first server that can be checked leaves a rule behind which those behind it are held to.
    let mut ruled = false;
    let program = check_script::asks_a_program(reading, section);
    for server in &proxy.servers {
        let ServerAddr::Inet { port: None, .. } = server.addr else {
            ruled |= server.check.enabled;
            continue;
        };
        // The port of a host name is left to whoever resolves it.
        let named = server.host.to_string().parse::<IpAddr>().is_err()
            && !server.host.is_empty()
            && server.host != "*";
        // The original judges no server that is at no address of its own.
        let anywhere = server.host.is_empty()
            || server.host == "*"
            || server
                .host
                .to_string()
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip.is_unspecified());
        if !server.check.enabled || server.check.port.is_some() || named || anywhere {
            ruled |= server.check.enabled;
            continue;
        }
        let Some(nor) = check_port::lacking(reading, section, &proxy.check) else {
            ruled = true;
            continue;
        };
        let nor = if ruled && nor.is_empty() && !program {
            check_port::NOR
        } else {
            nor
        };
        let message = format!(
            "config: backend '{}': server '{}' has neither service port nor check port{nor}.",
            section.name, server.name
        );
        reading.tell(
            Diagnostic::alert("check-without-port", message)
                .at(server.span)
                .context(Context::Whole)
                .help("write ADDRESS:PORT, or add: port PORT"),
        );
    }
    if proxy.mode != Mode::Http
        && let Some(line) = section
            .servers
            .iter()
            .find(|line| line.params.more.redir.is_some())
    {
        let message = format!(
            "{kind} '{}' : server cannot have cookie or redirect prefix in non-HTTP mode.",
            section.name
        );
        let told = Diagnostic::alert("needs-http", message)
            .at(line.span)
            .context(Context::Whole);
        reading.tell(told.help("write: mode http"));
    }
    if proxy.mode != Mode::Http {
        for server in proxy.servers.iter().filter(|server| server.cookie.is_some()) {
            let message = format!(
                "backend '{}' : ignoring cookie for server '{}' as HTTP mode is disabled.",
                section.name, server.name
            );
            reading.tell(
                Diagnostic::warning("needs-http", message)
                    .at(server.span)
                    .context(Context::Whole)
                    .help("write: mode http"),
            );
        }
    }
}

/// Tells that two servers have one dynamic cookie: once for a backend. Those that the file gives a cookie, or disables, have
/// none of that kind.
fn tell_equal_cookies(reading: &mut Reading<'_>, proxy: &Proxy) {
    let makes = proxy.cookie.as_ref().is_some_and(|policy| policy.dynamic) && proxy.mode == Mode::Http;
    if !makes || proxy.dynamic_cookie_key.is_none() {
        return;
    }
    let mut places: FxHashMap<(IpAddr, u16), Span> = FxHashMap::default();
    for server in &proxy.servers {
        let ServerAddr::Inet { ip, port, .. } = server.addr else {
            continue;
        };
        if server.cookie.is_some() || server.disabled || server.unresolved {
            continue;
        }
        let Some(before) = places.insert((ip, port.unwrap_or(0)), server.span) else {
            continue;
        };
        let message = format!(
            "We generated two equal cookies for two different servers.\nPlease change the secret key for '{}'.",
            proxy.name
        );
        let told = Diagnostic::warning("equal-cookies", message)
            .at(server.span)
            .label(before, "this one has the same address and port")
            .context(Context::Whole);
        reading
            .tell(told.help("give the servers addresses or ports of their own, or a cookie to one of them"));
        return;
    }
}

/// Tells servers whose names do not resolve, unless the file or the command line lets them be.
pub(super) fn tell_unresolved(reading: &mut Reading<'_>, section: &ProxySection) -> Option<Span> {
    let mut refused = None;
    for line in &section.servers {
        let ServerHost::Inet {
            written, ip: None, ..
        } = &line.host
        else {
            continue;
        };
        let defaults = Inherited::new(reading, section).default_server();
        let given = when_unresolved(line, &defaults);
        if given == Unresolved::Silent || (by_resolvers(line, &defaults) && is_service(written)) {
            continue;
        }
        let ignored = reading.options.ignore_unresolved;
        let allowed = ignored || matches!(given, Unresolved::Disabled | Unresolved::FallsBack);
        let what = match given {
            Unresolved::NoMethod => "no method found to resolve",
            _ => "could not resolve",
        };
        let then = match given {
            Unresolved::FallsBack => "falling back to configured address.",
            _ => "disabling server.",
        };
        let prefix = format!("'server {}/{}'", section.name, line.name);
        let told = if allowed {
            let message = format!("{prefix} : {what} address '{written}', {then}");
            Diagnostic::warning("unresolved-address", message)
        } else {
            refused = Some(line.addr_span);
            let message = format!("{prefix} : {what} address '{written}'.");
            Diagnostic::alert("unresolved-address", message)
        };
        let help = "write an address, or a name that resolves, or add 'init-addr last,libc,none'";
        reading.tell(told.at(line.addr_span).context(Context::Place).help(help));
    }
    refused
}
