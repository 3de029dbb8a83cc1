//! Backends that log lines go to (`mode log`): what they cannot have, and who names them.

use syntax::{Context, Diagnostic, Span};

use super::inherit::Inherited;
use crate::model::{Balance, HashKey, Mode, Proxy, RuleSet, ServerAddr};
use crate::parse::Reading;
use crate::written::{OptionFlag, ProxySection};

/// Bytes below which the buffer of a server holds not even one line.
const SMALLEST_BUFFER: u32 = 1024;

/// Tells about one proxy that is not disabled.
pub(super) fn check(reading: &mut Reading<'_>, section: &ProxySection, proxy: &mut Proxy) {
    if proxy.mode != Mode::Log {
        for_lines_alone(reading, section, proxy);
        return transports(reading, section, proxy);
    }
    let name = proxy.name.to_string();
    let kind = Reading::proxy_words(proxy.kind);
    algorithm(reading, section, proxy, kind);
    let mut tell = |told: Diagnostic, help: &str| reading.tell(told.help(help));
    for server in proxy.servers.iter() {
        if !matches!(server.addr, ServerAddr::Inet { .. }) {
            let message = "log server address family not supported for log backend server.";
            let told = Diagnostic::alert("bad-address", message).at(server.span);
            tell(
                told.context(Context::Place),
                "write ADDRESS:PORT, or udp@ADDRESS:PORT",
            );
        }
        if let Some(size) = server.log.filter(|log| !log.datagrams).and_then(|log| log.buffer)
            && size < SMALLEST_BUFFER
        {
            let message = format!(
                "unable to create a new sink buffer for server '{name}/{}'.",
                server.name
            );
            let told = Diagnostic::alert("bad-number", message).at(server.span);
            tell(told.context(Context::Whole), "write at least: log-bufsize 1024");
        }
        if server
            .outgoing
            .as_ref()
            .is_some_and(|outgoing| outgoing.header.is_some())
        {
            let message = "'send-proxy*' server option is unsupported there, ignoring it";
            let told = Diagnostic::warning("needs-tcp", message).at(server.span);
            tell(told.context(Context::Place), "leave it out");
        }
    }
    for server in proxy.servers.of_file_mut() {
        if let Some(outgoing) = &mut server.outgoing {
            outgoing.header = None;
        }
    }
    if !proxy.binds.is_empty() {
        let message = format!("'bind' of {kind} '{name}' is read but not acted on yet: its mode is 'log'.");
        tell(
            Diagnostic::warning("read-only", message)
                .at(section.span)
                .context(Context::Whole),
            "take lines of others in with: log-forward",
        );
    }
    ignored(reading, section, proxy, kind);
}

/// Servers of other backends are reached over connections.
fn transports(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    for line in section.servers.iter().filter(|line| line.datagrams) {
        let mode = proxy.mode.spoken();
        let message = format!("unsupported transport for server address in '{mode}' backend.");
        let told = Diagnostic::alert("bad-address", message).at(line.addr_span);
        reading.tell(
            told.context(Context::Place)
                .help("write ADDRESS:PORT, or: mode log"),
        );
    }
}

/// Only lines have what `balance log-hash` looks at.
fn for_lines_alone(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy) {
    let inherited = Inherited::new(reading, section);
    let given = inherited.find(|settings| settings.balance.as_ref());
    let Some(given) = given.filter(|given| matches!(given.value, Balance::Hash(HashKey::LogLine(_)))) else {
        return;
    };
    if proxy.kind.is_backend() {
        let message = format!(
            "Unusable balance algorithm for {} '{}' (needs 'mode log'). Falling back to round robin.",
            Reading::proxy_words(proxy.kind),
            proxy.name
        );
        let told = Diagnostic::warning("bad-balance", message).at(given.span);
        reading.tell(
            told.context(Context::Whole)
                .help("write a balance that this mode has"),
        );
    }
}

/// What servers of lines can be chosen by.
fn algorithm(reading: &mut Reading<'_>, section: &ProxySection, proxy: &Proxy, kind: &str) {
    let inherited = Inherited::new(reading, section);
    let given = inherited.find(|settings| settings.balance.as_ref());
    let span = given.map_or(section.span, |given| given.span);
    // A place for requests without a server is none for lines.
    let elsewhere = ["dispatch", "transparent"];
    let usable = !inherited
        .lines(reading, section)
        .any(|given| elsewhere.contains(&given.name))
        && !inherited
            .find(|settings| settings.option(OptionFlag::Transparent))
            .is_some_and(|set| set.value)
        && matches!(
            proxy.balance,
            Balance::RoundRobin | Balance::Random(_) | Balance::Sticky | Balance::Hash(HashKey::LogLine(_))
        );
    let name = &proxy.name;
    let (message, help) = if !usable {
        let message = format!(
            "in {kind} '{name}': \"balance\" only supports 'roundrobin', 'random', 'sticky' and 'log-hash'."
        );
        (message, "write for example: balance roundrobin")
    } else if matches!(proxy.balance, Balance::Hash(_)) && proxy.hash_type.consistent {
        let message = format!(
            "log backend '{name}': failed to initialize: unsupported hash method (from \"hash-type\")."
        );
        (message, "write: hash-type map-based")
    } else {
        return;
    };
    let told = Diagnostic::alert("bad-balance", message).at(span);
    reading.tell(told.context(Context::Whole).help(help));
}

/// What is passed over because lines are no streams.
fn ignored(reading: &mut Reading<'_>, section: &ProxySection, proxy: &mut Proxy, kind: &str) {
    let name = proxy.name.to_string();
    let of_tcp = [RuleSet::TcpConnection, RuleSet::TcpSession, RuleSet::TcpContent];
    let tcp_rules = proxy.rules.iter().any(|rule| of_tcp.contains(&rule.set));
    let table = Inherited::new(reading, section)
        .lines(reading, section)
        .any(|given| given.name == "stick-table");
    let steered = proxy
        .steering
        .as_ref()
        .is_some_and(|steering| !steering.servers.is_empty());
    let found = [
        (tcp_rules, "tcp-request rules", "They"),
        (table, "stick table", "It"),
        (!proxy.stick.is_empty(), "sticking rules", "They"),
        (steered, "\"use-server\" rules", "They"),
    ];
    for (_, what, they) in found.iter().filter(|(is_there, ..)| *is_there) {
        let message =
            format!("Cannot use {what} with 'mode log' in {kind} '{name}'. {they} will be ignored.");
        let told = Diagnostic::warning("needs-tcp", message).at(section.span);
        reading.tell(told.context(Context::Whole).help("leave it out"));
    }
}

/// Tells of backends that `log` lines name and that are none for them.
pub(super) fn targets(reading: &mut Reading<'_>, proxies: &[Proxy]) {
    for (name, span) in std::mem::take(&mut reading.written.log_backends) {
        let backend = proxies
            .iter()
            .find(|proxy| proxy.name == name && proxy.kind.is_backend());
        match backend {
            None => unfit(reading, span, &format!("unknown log backend '{name}'")),
            Some(backend) if backend.mode != Mode::Log => {
                unfit(reading, span, &format!("incompatible log backend '{name}'"));
            }
            Some(_) => {}
        }
    }
}

fn unfit(reading: &mut Reading<'_>, span: Span, what: &str) {
    let (file, place) = reading.sources.locate(span);
    let message = format!(
        "log directive declared in file '{file}' at line {} uses {what}.",
        place.line
    );
    // The original takes it with -c, and refuses to start.
    let told = if reading.dialect.strict {
        Diagnostic::warning("unknown-backend", message)
    } else {
        Diagnostic::alert("unknown-backend", message)
    };
    let told = told.at(span);
    reading.tell(
        told.context(Context::Whole)
            .help("name a backend that has: mode log"),
    );
}
