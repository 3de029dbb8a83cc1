//! `server`, `server-template` and `default-server` lines.

mod address;
mod arguments;
mod template;

use bstr::ByteSlice as _;
use syntax::{Applicability, Context, Diagnostic, Span, closest};

use address::host;
pub(crate) use arguments::{
    agent_address, check_address, delay, init_addr, namespace, networks, pool_name, port, proxy_v2_options,
    resolve_opts, sni, socks4,
};
pub(super) use arguments::{fixed_address, refuse_address};
pub(crate) use template::server_template;

use super::line::{Line, shown};
use super::reading::{Reading, Section};
use super::tls_versions::tls_version;
use crate::keywords::{SERVER_INDEX, place};
use crate::lex::Word;
use crate::model::{self, HeaderParts, InitState, Mode, NodeKey, ObservedLayer, OnError, TlsVersion};
use crate::signature::{self, Argument, Cursor, Given, Subject, Value};
use crate::values::{is_multipath, network};
use crate::written::{ServerLine, ServerParams, Set, Unresolved};

/// What an option of a `server` line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerParse {
    Addr,
    AgentAddr,
    AgentCheck(bool),
    AgentInter,
    AgentPort,
    AgentSend,
    Alpn,
    Backup(bool),
    NonStick(bool),
    CaFile,
    Check(bool),
    CheckAlpn,
    CheckProto,
    CheckSni,
    CheckSniAuto(bool),
    CheckSsl(bool),
    Ciphers,
    Ciphersuites,
    Curves,
    Sigalgs,
    ClientSigalgs,
    Cookie,
    CrlFile,
    Crt,
    Disabled(bool),
    Downinter,
    ErrorLimit,
    Fall,
    Fastinter,
    Force(TlsVersion),
    Guid,
    HashKey,
    Id,
    InitAddr,
    InitState,
    Inter,
    LogBufsize,
    LogProto,
    Maxconn,
    Maxqueue,
    MaxReuse,
    PoolLow,
    PoolMax,
    PoolPurgeDelay,
    MaxVer,
    Minconn,
    Namespace,
    /// `socks4 ADDRESS:PORT`.
    Socks4,
    /// `check-via-socks4`.
    CheckViaSocks4,
    MinVer,
    Observe,
    OnError,
    OnMarkedDown,
    OnMarkedUp,
    Port,
    Healthcheck,
    Proto,
    Redir,
    ResolveNet,
    ResolveOpts,
    ResolvePrefer,
    Resolvers,
    Rise,
    Shard,
    Slowstart,
    Sni,
    SniAuto(bool),
    CheckSendProxy(bool),
    Congestion,
    SegmentPassword,
    SendProxy(u16),
    NoSendProxy(u16),
    ProxyV2Options,
    Source,
    TcpUserTimeout,
    TlvFormat,
    Ssl(bool),
    SslReuse(bool),
    Tfo(bool),
    Tickets(bool),
    Track,
    Verify,
    VerifyHost,
    Weight,
    Without(TlsVersion),
}

/// Options that only a server itself may have. They are told and left out in `default-server`.
const OF_SERVERS: &[&str] = &[
    "quic-cc-algo",
    "guid",
    "id",
    "no-sslv3",
    "no-tlsv10",
    "no-tlsv11",
    "no-tlsv12",
    "no-tlsv13",
];

/// `server NAME ADDRESS [OPTIONS]`.
pub(crate) fn server(reading: &mut Reading<'_>, line: &Line<'_>) {
    if !allowed(reading, line, "server") {
        return;
    }
    let (Some(name), Some(address)) = (line.arg(0), line.arg(1)) else {
        let message = "'server' expects <name> and <addr>[:<port>] as arguments.";
        return tell(
            reading,
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help("write: server NAME ADDRESS:PORT"),
        );
    };
    if !permitted(reading, name, "server name") {
        return;
    }
    let spoken = shown(name).into_owned();
    let Some(server) = described(reading, line, "server", [name, address], &spoken) else {
        return;
    };
    if server.params.weight == Some(0) {
        // The lead is still that of this server.
        let lead = std::mem::take(&mut reading.server_lead);
        let prefix = lead.strip_suffix(LEAD_END).unwrap_or(&lead);
        suspect_weight(reading, &server.params, prefix, line);
        reading.server_lead = lead;
    }
    if let Some(proxy) = reading.proxy() {
        proxy.servers.push(Box::new(server));
    }
}

/// What a line says of a server, or of all of a template: its address, and the options behind it with those of `default-server`
/// below them. `spoken` is what the original calls it. None where something of it is wrong, which is told.
fn described(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    keyword: &'static str,
    [name, address]: [&Word<'_>; 2],
    spoken: &str,
) -> Option<ServerLine> {
    let lead = lead(reading, spoken);
    let prefix = lead.strip_suffix(LEAD_END).unwrap_or(&lead);
    let datagrams = crate::values::asks_for_datagrams(&address.text);
    let host = host(reading, address, prefix);
    if host.is_none() && reading.dialect.strict {
        return None;
    }
    let behind = line.args().iter().position(|word| word.span == address.span)? + 1;
    let read = flags(reading, &line.args()[behind..], &lead, spoken, false);
    let (mut params, kept) = read?;
    let host = host?;
    if is_multipath(&address.text.to_str_lossy()) {
        params.more.multipath = true;
    }
    keep(reading, keyword, kept, name, line.span());
    // Lines of `default-server` count for the servers behind them.
    let params = match reading.settings().default_server.written() {
        Some(below) => params.over(below),
        None => params,
    };
    reading.server_lead = lead;
    Some(ServerLine {
        name: (&*name.text).into(),
        host,
        datagrams,
        params,
        span: line.span(),
        name_span: name.span,
        addr_span: address.span,
    })
}

/// Whether a name has no byte that it must not have, which is told.
fn permitted(reading: &mut Reading<'_>, name: &Word<'_>, what: &str) -> bool {
    let permitted = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    let Some(wrong) = name.text.iter().find(|byte| !permitted(byte)) else {
        return true;
    };
    let wrong = char::from(*wrong);
    let message = format!(
        "character '{wrong}' is not permitted in {what} '{}'.",
        shown(name)
    );
    let told = Diagnostic::alert("bad-name", message).at(name.span);
    tell(reading, told.help("use letters, digits, '-', '_', '.' and ':'"));
    false
}

/// What stands between the name of a server and what is said of it.
const LEAD_END: &str = " : ";

/// What the original puts in front of what it says of a server.
fn lead(reading: &mut Reading<'_>, name: &str) -> String {
    // One for each server: in the room of the one before, and without the detours of formatting.
    let mut lead = std::mem::take(&mut reading.server_lead);
    let backend = reading
        .proxy_ref()
        .map(|proxy| proxy.name.to_str_lossy())
        .unwrap_or_default();
    lead.clear();
    for part in ["'server ", &backend, "/", name, "'", LEAD_END] {
        lead.push_str(part);
    }
    lead
}

/// Keeps the options of a line that nothing acts on yet, with the server's name.
fn keep(
    reading: &mut Reading<'_>,
    keyword: &'static str,
    mut kept: Vec<Argument>,
    name: &Word<'_>,
    span: Span,
) {
    if kept.is_empty() {
        return;
    }
    let value = Value::Text(name.text.to_vec().into());
    kept.insert(
        0,
        Argument {
            name: "name",
            value,
            span: name.span,
        },
    );
    reading.keep(Given {
        name: keyword,
        arguments: kept,
        span,
    });
}

/// `default-server [OPTIONS]`.
pub(crate) fn default_server(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.place() & place::DEFAULTS == 0 && !allowed(reading, line, "default-server") {
        return;
    }
    let given = std::mem::take(&mut *reading.settings().default_server);
    let read = server_flags(reading, line.args(), "", "default-server", true);
    // Lines add to each other.
    let merged = match read {
        None => given,
        Some((own, kept)) => {
            if !kept.is_empty() {
                reading.keep(Given {
                    name: "default-server",
                    arguments: kept,
                    span: line.span(),
                });
            }
            own.over(&given)
        }
    };
    suspect_weight(reading, &merged, "", line);
    *reading.settings().default_server = merged;
}

/// A server without weight is meant to drain, or it is a mistake.
fn suspect_weight(reading: &mut Reading<'_>, params: &ServerParams, prefix: &str, line: &Line<'_>) {
    if params.weight == Some(0) {
        let lead = if prefix.is_empty() {
            String::new()
        } else {
            format!("{prefix} : ")
        };
        let message =
            format!("{lead}configured with weight of 0 will never be selected by load balancing algorithms");
        reading.suspect(
            Diagnostic::warning("no-weight", message)
                .at(line.span())
                .context(Context::Place)
                .help("give it a weight, or leave it as it is while the server is drained"),
        );
    }
}

fn allowed(reading: &mut Reading<'_>, line: &Line<'_>, keyword: &str) -> bool {
    if reading.place() & place::BE != 0 {
        return true;
    }
    if reading.place() & place::DEFAULTS != 0 {
        let message = format!("'{keyword}' not allowed in 'defaults' section.");
        tell(
            reading,
            Diagnostic::alert("not-in-defaults", message)
                .at(line.span())
                .help("move it into a backend"),
        );
        return false;
    }
    if reading.dialect.strict && !reading.dialect.at_least(2, 4) {
        // Read over in those days.
        return false;
    }
    let Some(proxy) = reading.proxy_ref() else {
        return false;
    };
    let mut message = format!(
        "'{keyword}' not allowed because frontend '{}' has no backend capability.",
        proxy.name
    );
    // The original names the place twice here.
    if reading.dialect.strict {
        let (file, at) = reading.sources.locate(line.keyword().span);
        message = format!("parsing [{file}:{}] : {message}", at.line);
    }
    tell(
        reading,
        Diagnostic::alert("not-in-frontend", message)
            .at(line.span())
            .help("move it into a backend, or make this section a listen"),
    );
    false
}

fn tell(reading: &mut Reading<'_>, diagnostic: Diagnostic) {
    reading.tell(diagnostic.context(Context::Place));
}

/// Reads the options of a line: what they say, and those that nothing acts on yet. None when one of them is wrong.
pub(crate) fn server_flags(
    reading: &mut Reading<'_>,
    words: &[Word<'_>],
    prefix: &str,
    name: &str,
    default: bool,
) -> Option<(ServerParams, Vec<Argument>)> {
    let lead = if prefix.is_empty() {
        String::new()
    } else {
        [prefix, LEAD_END].concat()
    };
    flags(reading, words, &lead, name, default)
}

/// The same, with all that stands in front of what is said.
fn flags(
    reading: &mut Reading<'_>,
    words: &[Word<'_>],
    lead: &str,
    name: &str,
    default: bool,
) -> Option<(ServerParams, Vec<Argument>)> {
    let mut params = ServerParams::default();
    let mut kept = Vec::new();
    let (mut faulty, mut left_out) = (false, false);
    let mut cursor = Cursor::new(words, 0);
    while let Some(word) = cursor.peek() {
        let row = find(&word.text).filter(|row| !reading.too_new(&row.row));
        let Some(row) = row else {
            unknown(reading, word, lead, default);
            // What stood before counts all the same for the servers behind.
            return default.then_some((params, kept));
        };
        cursor.next();
        let option = row.row.name;
        if default && OF_SERVERS.contains(&option) {
            let arguments = row.row.arity.max;
            for _ in 0..arguments {
                cursor.next();
            }
            not_in_default(reading, word, option, left_out);
            left_out = true;
            continue;
        }
        let subject = Subject {
            of: name,
            lead,
            tail: ".",
            context: Context::Place,
            ..Subject::new(option, word.span)
        };
        if row.is_read_only() {
            reading.tell_read_only_of(option, " of a server", word.span);
        }
        let signature = row.signature.unwrap_or_default();
        let Some(values) = signature::sequence(reading, &mut cursor, signature, &subject) else {
            if reading.dialect.strict {
                return None;
            }
            faulty = true;
            continue;
        };
        let values = match option {
            "set-proxy-v2-tlv-fmt" => match arguments::tlv_format(reading, word, &values, &subject) {
                Some(values) => values,
                None if reading.dialect.strict => return None,
                None => {
                    faulty = true;
                    continue;
                }
            },
            _ => values,
        };
        if let Some(header) = values.iter().find_map(super::source::header_of) {
            params.more.source_header = Some(header);
        }
        // Servers do not take this one from others.
        let act = row.act.filter(|act| !default || *act != ServerParse::CheckProto);
        if let Some(act) = act {
            apply(reading, &mut params, act, &values, &subject);
        }
        // Only rings ask for how lines are framed, and they look for it here.
        if row.is_read_only() || row.act == Some(ServerParse::LogProto) {
            kept.push(Argument {
                name: option,
                value: Value::Option(option, values),
                span: word.span,
            });
        }
    }
    if let Some(id) = &params.more.id {
        same_id(reading, id, lead, name);
    }
    (!faulty).then_some((params, kept))
}

/// The row of an option. The number of a value of one's own stands in parentheses behind the name of its keyword.
fn find(word: &[u8]) -> Option<&'static crate::keywords::Keyword<ServerParse>> {
    SERVER_INDEX.find(word).or_else(|| {
        let numbered = word.strip_prefix(b"set-proxy-v2-tlv-fmt(")?;
        numbered
            .ends_with(b")")
            .then(|| SERVER_INDEX.find(b"set-proxy-v2-tlv-fmt"))?
    })
}

/// Tells an option that counts for servers alone; the file passes all the same.
fn not_in_default(reading: &mut Reading<'_>, word: &Word<'_>, option: &str, again: bool) {
    let message = format!("'{option}' option is not accepted in default-server sections");
    let told = Diagnostic::alert("not-in-default-server", message)
        .at(word.span)
        .refusing(false);
    // The original knows no line for those behind the first.
    let context = if again { Context::Whole } else { Context::Place };
    reading.tell(told.context(context).help("write it on the servers themselves"));
}

/// What a word of `proxy-v2-options` asks for.
fn header_part(word: &str) -> HeaderParts {
    match word {
        "ssl" => HeaderParts::SSL,
        "cert-cn" => HeaderParts::SSL.and(HeaderParts::CERT_CN),
        "ssl-cipher" => HeaderParts::SSL.and(HeaderParts::SSL_CIPHER),
        "cert-sig" => HeaderParts::SSL.and(HeaderParts::CERT_SIG),
        "cert-key" => HeaderParts::SSL.and(HeaderParts::CERT_KEY),
        "authority" => HeaderParts::AUTHORITY,
        "crc32c" => HeaderParts::CRC32C,
        "unique-id" => HeaderParts::UNIQUE_ID,
        _ => HeaderParts::default(),
    }
}

/// Takes over what an option says.
fn apply(
    reading: &mut Reading<'_>,
    params: &mut ServerParams,
    act: ServerParse,
    values: &[Argument],
    subject: &Subject<'_>,
) {
    let first = values.first();
    let value = first.map(|argument| &argument.value);
    let span = first.map_or(subject.behind, |argument| argument.span);
    let number = || value.and_then(Value::number).unwrap_or_default();
    let count = || u32::try_from(number().max(0)).unwrap_or(u32::MAX);
    let text = || value.and_then(Value::text).cloned().unwrap_or_default();
    let word = || value.and_then(Value::word).unwrap_or_default();
    match act {
        ServerParse::LogProto => params.more.log_counted = Some(word() == "octet-count"),
        ServerParse::LogBufsize => params.more.log_buffer = Some(count()),
        ServerParse::Backup(on) => params.backup = Some(on),
        ServerParse::NonStick(on) => params.non_stick = Some(on),
        ServerParse::Check(on) => params.check.enabled = Some(on),
        ServerParse::Disabled(on) => params.disabled = Some(on),
        ServerParse::SendProxy(parts) => {
            let (on, off) = &mut params.more.header;
            (*on, *off) = (on.and(HeaderParts(parts)), off.without(HeaderParts(parts)));
        }
        ServerParse::NoSendProxy(parts) => {
            let (on, off) = &mut params.more.header;
            (*on, *off) = (on.without(HeaderParts(parts)), off.and(HeaderParts(parts)));
        }
        ServerParse::ProxyV2Options => {
            let Some(Value::List(words)) = value else { return };
            let parts = words.iter().filter_map(Value::word).map(header_part);
            let parts = parts.fold(HeaderParts::default(), HeaderParts::and);
            params.more.header.0 = params.more.header.0.and(parts);
            for unknown in words.iter().filter_map(Value::word) {
                if matches!(unknown, "cert-sig" | "cert-key") {
                    reading.tell_read_only(&format!("'{unknown}' of 'proxy-v2-options'"), span);
                }
            }
        }
        ServerParse::TlvFormat => {
            if let [kind, format] = values
                && let (Value::Int(kind), Value::Format(format)) = (&kind.value, &format.value)
                && let Ok(kind) = u8::try_from(*kind)
            {
                params.more.header_values.push((kind, format.clone()));
            }
        }
        ServerParse::CheckSendProxy(on) => params.more.checks_send_header = Some(on),
        ServerParse::Congestion => params.more.congestion = Some(text()),
        ServerParse::SegmentPassword => params.more.segment_password = Some(text()),
        ServerParse::Namespace if value.is_some_and(|name| name.bytes() == b"*") => {
            reading.tell_read_only("'namespace *' of a server", span);
        }
        ServerParse::Namespace => params.more.namespace = Some(text()),
        ServerParse::Socks4 => match value.and_then(|address| address.bytes().to_str().ok()?.parse().ok()) {
            Some(address) => params.more.via = Some(address),
            None => {
                reading.tell_read_only("'socks4' of a server at anything but an address and a port", span);
            }
        },
        ServerParse::CheckViaSocks4 => params.more.checks_via = Some(true),
        ServerParse::TcpUserTimeout => params.more.user_timeout = Some(count()),
        ServerParse::Source => params.more.source = value.map(|value| super::source::meant(reading, value)),
        ServerParse::Cookie => params.cookie = Some(Set::new(text(), span)),
        ServerParse::Redir => params.more.redir = Some(text()),
        ServerParse::Weight => params.weight = Some(count()),
        ServerParse::Maxconn => params.maxconn = Some(count()),
        ServerParse::Minconn => params.more.minconn = Some(count()),
        ServerParse::Slowstart => params.more.slowstart = Some(count()),
        ServerParse::Shard => params.more.shard = Some(count()),
        ServerParse::Maxqueue => params.more.maxqueue = Some(count()),
        ServerParse::MaxReuse => params.more.max_reuse = Some(u32::try_from(number()).ok()),
        // It keeps threads from taking the idle connections of others, which none does.
        ServerParse::PoolLow => {}
        ServerParse::PoolMax => params.more.pool_max = Some(u32::try_from(number()).ok()),
        ServerParse::PoolPurgeDelay => params.more.pool_purge_delay = Some(count()),
        ServerParse::Rise => params.check.rise = Some(count()),
        ServerParse::Fall => params.check.fall = Some(count()),
        ServerParse::Inter => params.check.inter = Some(count()),
        ServerParse::Fastinter => params.check.fastinter = Some(count()),
        ServerParse::Downinter => params.check.downinter = Some(count()),
        ServerParse::Port => params.check.port = u16::try_from(count()).ok(),
        ServerParse::Addr => {
            let mut parts = match value {
                Some(Value::List(parts)) => parts.iter(),
                _ => [].iter(),
            };
            let ip = parts.next().and_then(Value::text);
            if let Some(ip) = ip.and_then(|ip| ip.to_string().parse().ok()) {
                params.more.check_addr = Some(ip);
            }
            if let Some(port) = parts.next().and_then(Value::number) {
                params.check.port = u16::try_from(port).ok();
            }
        }
        ServerParse::OnMarkedDown => params.down_ends_sessions = true,
        ServerParse::OnMarkedUp => params.up_ends_backup_sessions = true,
        ServerParse::Id => params.more.id = Some(Set::new(count(), span)),
        ServerParse::InitAddr => {
            let parts = match value {
                Some(Value::List(parts)) => parts.as_slice(),
                _ => &[],
            };
            params.unresolved = Some(match parts.first().and_then(Value::word).unwrap_or_default() {
                "none" | "address" => Unresolved::Silent,
                "then-none" => Unresolved::Disabled,
                "then-address" => Unresolved::FallsBack,
                "unknown" => Unresolved::NoMethod,
                _ => Unresolved::Refused,
            });
            let address = parts.get(1).and_then(Value::text);
            params.more.init_address = address.and_then(|ip| ip.to_string().parse().ok());
        }
        ServerParse::Guid => params.more.guid = Some(text()),
        ServerParse::HashKey => {
            params.more.node_key = Some(match word() {
                "id32" => NodeKey::Id32,
                "guid" => NodeKey::Guid,
                "addr" => NodeKey::Address,
                "addr-port" => NodeKey::AddressAndPort,
                _ => NodeKey::Id,
            });
        }
        ServerParse::InitState => {
            params.more.init_state = Some(match word() {
                "fully-up" => InitState::FullyUp,
                "up" => InitState::Up,
                "down" => InitState::Down,
                "fully-down" => InitState::FullyDown,
                _ => InitState::Unsaid,
            });
        }
        ServerParse::ResolvePrefer => params.more.prefer_ipv4 = Some(word() == "ipv4"),
        ServerParse::ResolveNet => {
            let Some(Value::List(parts)) = value else { return };
            let networks = parts.iter().filter_map(|part| network(part.bytes()));
            params.more.resolve_net = Some(networks.collect());
        }
        ServerParse::ResolveOpts => {
            let Some(Value::List(options)) = value else { return };
            for option in options.iter().filter_map(Value::word) {
                match option {
                    "allow-dup-ip" => params.more.allow_duplicates = Some(true),
                    "prevent-dup-ip" => params.more.allow_duplicates = Some(false),
                    _ => params.more.ignore_weight = true,
                }
            }
        }
        ServerParse::Resolvers => {
            params.resolvers = true;
            params.more.resolvers = Some(Set::new(text(), span));
        }
        ServerParse::Track => params.more.track = Some(Set::new(text(), span)),
        ServerParse::Ssl(on) => params.ssl = Some(on),
        ServerParse::CaFile => {
            params.verify_settled = true;
            params.more.tls.ca_file = Some(text());
        }
        ServerParse::CrlFile => params.more.tls.crl_file = Some(text()),
        ServerParse::Verify => {
            params.verify_settled |= word() == "none";
            params.more.tls.verify = Some(word() == "required");
        }
        ServerParse::VerifyHost => params.more.tls.verify_host = Some(text()),
        ServerParse::Sni => {
            if let Some(Value::Sample(sample)) = value {
                params.more.tls.sni = Some(sample.clone());
            }
        }
        ServerParse::SniAuto(on) => params.more.tls.sni_auto = Some(on),
        ServerParse::CheckSni => params.more.tls.check_sni = Some(text()),
        ServerParse::CheckSniAuto(on) => params.more.tls.check_sni_auto = Some(on),
        ServerParse::Alpn => params.more.tls.alpn = Some(names(value)),
        ServerParse::CheckAlpn => params.more.tls.check_alpn = Some(names(value)),
        ServerParse::SslReuse(on) => params.more.tls.reuse = Some(on),
        ServerParse::Tickets(on) => params.more.tls.tickets = Some(on),
        ServerParse::Observe => {
            observe(reading, word(), subject);
            params.more.observe = Some(match word() {
                "layer4" => Some(ObservedLayer::Connections),
                "layer7" => Some(ObservedLayer::Responses),
                _ => None,
            });
        }
        ServerParse::ErrorLimit => params.more.error_limit = Some(count()),
        ServerParse::OnError => {
            params.more.on_error = Some(match word() {
                "fastinter" => OnError::CheckSoon,
                "sudden-death" => OnError::SuddenDeath,
                "mark-down" => OnError::MarkDown,
                _ => OnError::FailCheck,
            });
        }
        ServerParse::AgentCheck(on) => params.more.agent_check = Some(on),
        ServerParse::AgentAddr => {
            params.more.agent_addr = value
                .and_then(Value::text)
                .and_then(|ip| ip.to_string().parse().ok());
        }
        ServerParse::AgentInter => params.more.agent_inter = Some(count()),
        ServerParse::AgentPort => params.more.agent_port = Some(count()),
        ServerParse::AgentSend => params.more.agent_send = Some(text()),
        ServerParse::CheckSsl(on) => params.more.tls.checks = Some(on),
        ServerParse::Ciphers => params.more.tls.ciphers = Some(text()),
        ServerParse::Curves => params.more.tls.curves = Some(text()),
        ServerParse::Sigalgs => params.more.tls.sigalgs = Some(text()),
        ServerParse::ClientSigalgs => params.more.tls.client_sigalgs = Some(text()),
        ServerParse::Ciphersuites => params.more.tls.ciphersuites = Some(text()),
        ServerParse::Crt => {
            params.more.tls.crt = Some(super::stored::named(reading, &text()));
        }
        ServerParse::CheckProto => params.more.check_proto = Some(word()),
        ServerParse::Healthcheck => {
            reading.written.names_healthchecks = true;
            params.more.healthcheck = Some(text());
        }
        ServerParse::Proto => params.more.proto = Some(word()),
        ServerParse::Tfo(on) => params.more.tfo = Some(on),
        ServerParse::MinVer => {
            params.more.tls.versions.min = tls_version(word().as_bytes());
        }
        ServerParse::MaxVer => {
            params.more.tls.versions.max = tls_version(word().as_bytes());
        }
        ServerParse::Force(version) => params.more.tls.versions.force(version),
        ServerParse::Without(version) => params.more.tls.versions.take_away(version),
    }
}

/// The names of a list.
fn names(value: Option<&Value>) -> Vec<model::Word> {
    match value {
        Some(Value::List(names)) => names.iter().filter_map(Value::text).cloned().collect(),
        _ => Vec::new(),
    }
}

/// `observe layer7` needs requests to look at; the file passes all the same.
fn observe(reading: &mut Reading<'_>, layer: &str, subject: &Subject<'_>) {
    if layer != "layer7" || reading.mode_so_far() != Mode::Tcp {
        return;
    }
    let told = Diagnostic::alert("needs-http", "'layer7' can only be used in http proxies.")
        .at(subject.behind)
        .refusing(false);
    subject.tell(reading, told.help("write: observe layer4, or: mode http"));
}

fn unknown(reading: &mut Reading<'_>, word: &Word<'_>, lead: &str, default: bool) {
    let text = shown(word).into_owned();
    let near = closest(&word.text, SERVER_INDEX.names());
    let hint = if default {
        " Hint: no address was expected for this server."
    } else {
        ""
    };
    let mut told = Diagnostic::alert(
        "unknown-keyword",
        format!("{lead}unknown keyword '{text}'.{hint}"),
    )
    .at(word.span);
    let row = SERVER_INDEX.find(&word.text);
    let later = reading.came_later(row.and_then(|row| row.row.since));
    told = match (later, near) {
        (Some(later), _) => told.help(later),
        (None, Some(near)) => told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            word.span,
            near,
            Applicability::MaybeIncorrect,
        ),
        (None, None) => told.help("see the manual, section 5.2; a unit is written without a blank"),
    };
    tell(reading, told);
}

fn same_id(reading: &mut Reading<'_>, id: &Set<u32>, lead: &str, name: &str) {
    let Section::Proxy(index) = reading.section else {
        return;
    };
    let ids = &mut reading.written.server_ids;
    let Some((before_name, before)) = ids.get(&(index, id.value)).cloned() else {
        ids.insert((index, id.value), (name.to_owned(), id.span));
        return;
    };
    let (file, place) = reading.sources.locate(before);
    let number = id.value;
    let message = format!(
        "{lead}'id' : custom id {number} already used at {file}:{} ('server {before_name}').",
        place.line
    );
    tell(
        reading,
        Diagnostic::alert("duplicate-id", message)
            .at(id.span)
            .label(before, "used here")
            .help("write another number"),
    );
}
