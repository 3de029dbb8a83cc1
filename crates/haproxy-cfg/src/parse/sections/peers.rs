//! Lines of `peers` (manual, section 3.5).

use std::net::IpAddr;

use syntax::{Diagnostic, Span};

use super::super::bind::{bind_flags, of_section};
use super::super::line::{Line, Prefix, shown};
use super::super::log;
use super::super::reading::Reading;
use super::super::server::server_flags;
use super::endpoint::{Rules, endpoint};
use super::{given, is_faulty, whole};
use crate::lex::Word as FileWord;
use crate::model::sections::{Endpoint, Peer, PeerListener, PeerTable, Peers};
use crate::model::{Address, Word};
use crate::signature::Value;
use crate::values::{Wants, bind_addresses, is_multipath};
use crate::written::{PeerLine, PeersBelow, ReferenceKind, ServerHost, ServerLine};

pub(super) fn open(reading: &mut Reading<'_>, name: Word, span: Span) {
    reading.written.peers_below = PeersBelow::default();
    reading.written.beside.peers.push(Peers {
        name,
        span,
        disabled: false,
        listener: None,
        peers: Vec::new(),
        tables: Vec::new(),
        shards: None,
    });
}

fn section<'r>(reading: &'r mut Reading<'_>) -> Option<&'r mut Peers> {
    reading.written.beside.peers.last_mut()
}

/// The name of this node among peers.
fn local_name(reading: &Reading<'_>) -> Word {
    if let Some(name) = &reading.options.local_peer {
        return name.clone().into();
    }
    reading
        .written
        .local_peer
        .clone()
        .unwrap_or_else(|| reading.host.hostname().into())
}

/// `disabled`, `enabled`.
pub(crate) fn switch(reading: &mut Reading<'_>, line: &Line<'_>) {
    let disabled = given(reading, line).map(|given| given.name == "disabled");
    if let (Some(disabled), Some(section)) = (disabled, section(reading)) {
        section.disabled = disabled;
    }
}

/// `log TARGET`, `no log`. The original opens the target and writes nothing to it, whatever happens to a connection with a peer (2.6 and
/// 3.4).
pub(crate) fn log(reading: &mut Reading<'_>, line: &Line<'_>) {
    let global = line.arg(0).is_some_and(|word| &*word.text == b"global") && line.arg(1).is_none();
    if line.prefix == Prefix::None && !global {
        log::target(reading, line);
    }
}

/// The place of a line in the original's words.
fn place(reading: &Reading<'_>, span: Span) -> String {
    let (file, at) = reading.sources.locate(span);
    format!("{file}:{}", at.line)
}

/// `bind ADDRESS [OPTIONS]`.
pub(crate) fn bind(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(address) = line.arg(0) else {
        let message = "'bind' without an address is read over.";
        let told = Diagnostic::warning("extra-argument", message).at(line.behind());
        return reading.tell(told.help("write: bind ADDRESS:PORT"));
    };
    let before = section(reading).and_then(|section| section.listener.as_ref().map(|listener| listener.span));
    if let Some(before) = before {
        let message = format!(
            "One listener per \"peers\" section is authorized but another is already configured at [{}].",
            place(reading, before)
        );
        let told = Diagnostic::alert("given-twice", message).at(line.span());
        return reading.tell(told.label(before, "given here before").help("remove one of them"));
    }
    let text = shown(address).into_owned();
    listen(reading, line, address, &format!("'bind {text}'"), 1);
}

/// The words of `default-bind` lines of the section at hand, and those of the line.
fn bind_words<'w>(reading: &Reading<'_>, own: &[FileWord<'w>]) -> Vec<FileWord<'w>> {
    let defaults = reading
        .written
        .peers_below
        .bind
        .iter()
        .map(|(text, span)| FileWord {
            text: text.to_vec().into(),
            span: *span,
        });
    defaults.chain(own.iter().cloned()).collect()
}

/// Reads the address of this node and, for a `bind` line, its options.
fn listen(reading: &mut Reading<'_>, line: &Line<'_>, address: &FileWord<'_>, prefix: &str, options: usize) {
    let wants = Wants::streams(reading.dialect);
    let addresses = match bind_addresses(&reading.expanded(&address.text), reading.host, wants) {
        Ok((addresses, _)) => addresses,
        Err(fault) => {
            let told = Diagnostic::alert("bad-address", format!("{prefix} : {fault}")).at(address.span);
            return reading.tell(told.help("write: ADDRESS:PORT"));
        }
    };
    let prefix = format!("{prefix} in section 'peers'");
    // The options of a `peer` line are those of a server.
    let own = match &*line.keyword().text {
        b"bind" => line.args().get(options..).unwrap_or(&[]),
        _ => &[],
    };
    let words = bind_words(reading, own);
    let mut flags = bind_flags(reading, &words, &prefix);
    if flags.faulty {
        return;
    }
    let listener = PeerListener {
        binds: of_section(
            reading,
            addresses,
            &mut flags,
            (&prefix, &shown(address), address),
            line.span(),
        ),
        span: line.span(),
    };
    if let Some(section) = section(reading) {
        section.listener = Some(listener);
    }
}

/// `default-bind [OPTIONS]`.
pub(crate) fn default_bind(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(first) = line.arg(0) else { return };
    let prefix = format!("'default-bind {}' in section 'peers'", shown(first));
    if !bind_flags(reading, line.args(), &prefix).faulty {
        let words = line
            .args()
            .iter()
            .map(|word| (word.text.to_vec().into(), word.span));
        reading.written.peers_below.bind.extend(words);
    }
}

/// `default-server [OPTIONS]`.
pub(crate) fn default_server(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some((params, _)) = server_flags(reading, line.args(), "", "", true) {
        let below = &reading.written.peers_below.server;
        reading.written.peers_below.server = params.over(below);
    }
}

/// `peer NAME [ADDRESS [OPTIONS]]`, `server NAME [ADDRESS [OPTIONS]]`.
pub(crate) fn peer(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        let message = "a peer without a name is read over.";
        let told = Diagnostic::warning("extra-argument", message).at(line.behind());
        return reading.tell(told.help("write: peer NAME ADDRESS:PORT"));
    };
    let text = shown(name).into_owned();
    let keyword = shown(line.keyword()).into_owned();
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if let Some(wrong) = name.text.iter().find(|byte| !allowed(byte)) {
        let message = format!(
            "character '{}' is not permitted in peer name '{text}'.",
            char::from(*wrong)
        );
        let told = Diagnostic::alert("bad-name", message).at(name.span);
        return reading.tell(told.help("use letters, digits, '-', '_', '.' and ':'"));
    }
    let local = *local_name(reading) == *name.text;
    let before = section(reading)
        .and_then(|section| section.peers.iter().find(|peer| peer.local).map(|peer| peer.span));
    if let Some(before) = before.filter(|_| local) {
        let message = format!(
            "'peer {text}' : local peer name already referenced at {}. {text}",
            place(reading, before)
        );
        let told = Diagnostic::alert("given-twice", message).at(line.span());
        return reading.tell(told.label(before, "given here before").help("remove one of them"));
    }
    // The section's proxy is named for the local peer, once that is known.
    let of = if local {
        text.clone()
    } else {
        let known = section(reading).and_then(|section| section.peers.iter().find(|peer| peer.local));
        known.map_or("(null)".to_owned(), |peer| peer.name.to_string())
    };
    let bound = section(reading).and_then(|section| section.listener.as_ref().map(|listener| listener.span));
    if let Some(before) = bound.filter(|_| keyword == "peer" && line.arg(1).is_some()) {
        // The line of the local peer is a listener too, beside which others may stand.
        let by_bind = reading.sources.text(before).starts_with(b"bind");
        if by_bind {
            let told = Diagnostic::alert("given-twice", "mixing \"peer\" and \"bind\" line is forbidden");
            return reading.tell(told.at(line.span()).help("write: server NAME ADDRESS:PORT"));
        }
    }
    let prefix = format!("'server {of}/{text}'");
    let mut peer = Peer {
        name: name.text.to_vec().into(),
        local,
        endpoint: None,
        options: Vec::new(),
        shard: 0,
        server: None,
        span: line.span(),
    };
    let rest = |at: usize| line.args().get(at..).unwrap_or(&[]);
    let read = match line.arg(1) {
        Some(address) if local && keyword == "peer" => {
            listen(reading, line, address, &format!("'peer {text}'"), 2);
            server_flags(reading, rest(2), &prefix, &text, false)
        }
        // With `bind`, a server line of this node has no address.
        _ if local => server_flags(reading, rest(1), &prefix, &text, true),
        Some(address) => {
            let exact = reading.dialect.strict && reading.dialect.at_least(2, 7);
            let rules = Rules {
                datagrams: false,
                streams: true,
                needs_port: exact,
                any_port: !exact,
            };
            match endpoint(reading, address, rules) {
                Ok(found) => peer.endpoint = Some(found.endpoint),
                Err(fault) => {
                    let told =
                        Diagnostic::alert("bad-address", format!("{prefix} : {fault}")).at(address.span);
                    reading.tell(told.help("write: peer NAME ADDRESS:PORT"));
                }
            }
            server_flags(reading, rest(2), &prefix, &text, false)
        }
        None if keyword == "peer" && reading.dialect.does_as(2, 7) => {
            let message = format!("'peer {text}' : ignoring invalid peer definition (missing address:port)");
            let told = Diagnostic::warning("missing-argument", message).at(line.behind());
            return reading.tell(told.help("write: peer NAME ADDRESS:PORT"));
        }
        None => Some(Default::default()),
    };
    let Some((params, options)) = read else { return };
    peer.options = options;
    if params.check.enabled == Some(true) {
        let message =
            format!("'{keyword} {text}' : init_addr, resolvers, check and agent are ignored for peers.");
        let told = Diagnostic::warning("ignored-option", message).at(line.span());
        reading.tell(told.help("remove it"));
    }
    let mut params = params.over(&reading.written.peers_below.server);
    if line.arg(1).is_some_and(|address| is_multipath(&shown(address))) {
        params.more.multipath = true;
    }
    peer.shard = params.more.shard.unwrap_or(0);
    let written = ServerLine {
        name: peer.name.clone(),
        // That of this node is known once all is read.
        host: peer.endpoint.as_ref().map_or_else(nowhere, host),
        datagrams: false,
        params,
        span: line.span(),
        name_span: name.span,
        addr_span: line.arg(1).map_or(name.span, |address| address.span),
    };
    let Some(section) = section(reading) else { return };
    section.peers.push(peer);
    let at = (section.name.clone(), section.peers.len() - 1);
    reading.written.peer_lines.push(PeerLine { at, written });
}

/// The place of a server line for an address.
pub(super) fn host(endpoint: &Endpoint) -> ServerHost {
    let inet = |ip: IpAddr, port| ServerHost::Inet {
        written: ip.to_string().into(),
        family: None,
        ip: Some(ip),
        port,
        port_offset: 0,
    };
    match endpoint {
        Endpoint::Inet(address) => inet(address.ip(), Some(address.port())),
        Endpoint::Host(ip) => inet(*ip, None),
        Endpoint::Unix(path) => ServerHost::Unix(path.clone()),
        Endpoint::Abstract(name) => ServerHost::Abstract(name.clone()),
    }
}

fn nowhere() -> ServerHost {
    ServerHost::Inet {
        written: Word::default(),
        family: None,
        ip: None,
        port: None,
        port_offset: 0,
    }
}

/// Where this node is reached by itself: where it listens first.
pub(crate) fn own_host(section: &Peers) -> Option<ServerHost> {
    let bind = section.listener.as_ref()?.binds.first()?;
    match &bind.address {
        Address::Inet(address) => Some(host(&Endpoint::Inet(*address))),
        Address::Unix(path) => Some(ServerHost::Unix(path.clone())),
        Address::Abstract(name) => Some(ServerHost::Abstract(name.clone())),
        Address::Fd(_) | Address::SockPair(_) => None,
    }
}

/// `table NAME …`.
pub(crate) fn table(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.arg(0).is_none() {
        return lacks(reading, line, "size");
    }
    let Some(given) = given(reading, line) else { return };
    let part = |name: &str| given.option(name);
    let mut stored: Vec<&'static str> = Vec::new();
    for argument in &given.arguments {
        let Value::Option("store", values) = &argument.value else {
            continue;
        };
        let Some(Value::List(kinds)) = values.first().map(|value| &value.value) else {
            continue;
        };
        for kind in kinds.iter().filter_map(Value::word) {
            if stored.contains(&kind) {
                let word = FileWord {
                    text: kind.as_bytes().into(),
                    span: argument.span,
                };
                super::table::already(reading, &word, kind);
            } else {
                stored.push(kind);
            }
        }
    }
    let size = part("size").and_then(|values| values.first()?.value.number());
    if size.is_none_or(|size| size == 0) {
        return lacks(reading, line, "size");
    }
    if part("type").is_none() {
        return lacks(reading, line, "type");
    }
    let name = given
        .get("name")
        .and_then(Value::text)
        .cloned()
        .unwrap_or_default();
    let before = section(reading).and_then(|section| {
        let same = section.tables.iter().find(|table| table.name == name)?;
        Some((section.name.clone(), same.given.span))
    });
    let refused = reading.dialect.strict && reading.dialect.at_least(2, 7);
    if let Some((peers, span)) = before.filter(|_| refused) {
        let at = place(reading, span);
        let message =
            format!("stick-table name '{name}' conflicts with table declared in peers '{peers}' at {at}.");
        let told = Diagnostic::alert("given-twice", message).at(line.span());
        return reading.tell(told.label(span, "declared here").help("rename one of them"));
    }
    if let Some(section) = section(reading) {
        section.tables.push(PeerTable { name, given });
    }
}

fn lacks(reading: &mut Reading<'_>, line: &Line<'_>, what: &str) {
    let told = Diagnostic::alert("missing-argument", format!("table: missing {what}.")).at(line.behind());
    reading.tell(told.help("write: table NAME type ip size 100k"));
}

/// `shards NUMBER`.
pub(crate) fn shards(reading: &mut Reading<'_>, line: &Line<'_>) {
    let number = given(reading, line).and_then(|given| given.get("number")?.number());
    if let (Some(number), Some(section)) = (
        number.and_then(|number| u32::try_from(number).ok()),
        section(reading),
    ) {
        section.shards = Some(number);
    }
}

/// What can be said of all sections once they are read.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let mut told = Vec::new();
    let local = local_name(reading);
    for section in &reading.written.beside.peers {
        let name = &section.name;
        if section.disabled || is_faulty(reading, section.span) || section.peers.iter().any(|peer| peer.local)
        {
            continue;
        }
        if section.peers.is_empty() {
            for reference in &reading.written.references {
                if reference.kind == ReferenceKind::Peers && reference.name == *name {
                    let message = format!(
                        "Proxy '{}': unable to find local peer '{local}' in peers section '{name}'.",
                        reference.proxy
                    );
                    let one = Diagnostic::alert("no-local-peer", message).at(reference.span);
                    told.push(whole(one).help(format!("add to the section: peer {local} ADDRESS:PORT")));
                }
            }
        }
        let message = format!("Removing incomplete section 'peers {name}' (no peer named '{local}').");
        let one = Diagnostic::warning("no-local-peer", message).at(section.span);
        told.push(whole(one).help(format!(
            "add: peer {local} ADDRESS:PORT, or set localpeer in global"
        )));
    }
    reading.diagnostics.extend(told);
}
