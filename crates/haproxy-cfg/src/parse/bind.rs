//! `bind` lines and `stats socket`.

use syntax::{Applicability, Context, Diagnostic, Span, closest};

use super::line::{Line, shown};
use super::reading::{Reading, Section};
use super::stored;
use super::threads::Wanted;
use super::tls_versions::{Asked, tls_version};
use crate::keywords::BIND_INDEX;
use crate::lex::Word;
use crate::model::{self, Bind, BindSsl, Level, TlsVersion};
use crate::signature::{self, Argument, Cursor, Given, Subject, Value};
use crate::values::{BindAddress, Wants, bind_addresses, loose_integer};

/// What an option of a `bind` line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BindParse {
    Congestion,
    SegmentPassword,
    Mss,
    SaveSyn,
    TcpUserTimeout,
    AcceptNetscaler,
    AcceptProxy,
    Backlog,
    DeferAccept,
    ExposeFd,
    Gid,
    Group,
    Id,
    Interface,
    Namespace,
    Level,
    Maxconn,
    Mode,
    Name,
    Nice,
    Tfo,
    Transparent,
    Uid,
    User,
    V4v6,
    V6only,
    Alpn,
    NoAlpn,
    CaFile,
    CrlFile,
    IgnoreErrors(bool),
    CaSignFile,
    CaVerifyFile,
    ClientSigalgs,
    Sigalgs,
    NoCaNames,
    PreferClientCiphers,
    Ciphers,
    Ciphersuites,
    Curves,
    TicketKeys,
    Crt,
    CrtList,
    Threads,
    DefaultCrt,
    Ecdhe,
    GenerateCertificates,
    Proto,
    Ssl,
    MaxVer,
    MinVer,
    StrictSni(bool),
    Tickets(bool),
    Verify,
    Force(TlsVersion),
    Without(TlsVersion),
}

/// By which word certificates were named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GivenAs {
    /// `crt`.
    Certificate,
    /// `default-crt`.
    Default,
    /// `crt-list`.
    List,
}

/// What the options of a line give, before its addresses are known.
#[derive(Debug, Default)]
pub(crate) struct BindLine {
    name: Option<model::Word>,
    pub(super) is_ssl: bool,
    pub(super) ssl: BindSsl,
    accept_proxy: bool,
    accept_netscaler: Option<u32>,
    maxconn: Option<u32>,
    backlog: Option<u32>,
    v4v6: bool,
    v6only: bool,
    transparent: bool,
    interface: Option<model::Word>,
    namespace: Option<model::Word>,
    nice: i16,
    proto: Option<&'static str>,
    defer_accept: bool,
    tfo: bool,
    mss: Option<u16>,
    user_timeout: Option<u32>,
    save_syn: u8,
    congestion: Option<model::Word>,
    segment_password: Option<model::Word>,
    unix_mode: Option<u32>,
    unix_user: Option<model::Word>,
    unix_group: Option<model::Word>,
    level: Level,
    expose_fd_listeners: bool,
    /// Each `id`; the last one counts.
    ids: Vec<(u32, Span)>,
    /// `thread` sets.
    threads: Option<model::Word>,
    /// `crt`, `default-crt` and `crt-list`, in order.
    pub(super) given: Vec<(GivenAs, model::Word)>,
    /// `verify` was given.
    pub(super) verify_given: bool,
    pub(super) generate: bool,
    pub(super) ca_sign_file: bool,
    /// `curves`.
    pub(super) curves: Option<model::Word>,
    pub(super) ecdhe: Option<model::Word>,
    /// Versions of TLS.
    pub(super) versions: Asked,
    /// What nothing acts on.
    kept: Vec<Argument>,
    pub(crate) faulty: bool,
}

/// `bind ADDRESS[,…] [OPTIONS]`; also reads what followed a name on an old section line.
pub(crate) fn bind(reading: &mut Reading<'_>, line: &Line<'_>) {
    // On an old section line the address is the keyword's place.
    let on_section_line = &*line.keyword().text != b"bind";
    let address = if on_section_line {
        Some(line.keyword())
    } else {
        line.arg(0)
    };
    let Some(address) = address else {
        let message = "'bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.";
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help("write: bind :80"),
        );
    };
    let options = if on_section_line {
        line.args()
    } else {
        &line.args()[1..]
    };
    if let Some(proxy) = reading.proxy() {
        proxy.has_bind = true;
    }
    let expanded = reading.expanded(&address.text);
    let wants = Wants::streams(reading.dialect);
    let listed = listed(reading, address, &expanded, "'bind' : ", wants);
    let (addresses, others) = listed.unwrap_or_default();
    let quic = others.contains(&"quic");
    let written = shown(address).into_owned();
    let section = reading.section_word();
    let prefix = format!("'bind {written}' in section '{section}'");
    if addresses.is_empty() && reading.dialect.strict && !quic {
        return;
    }
    let mut flags = bind_flags(reading, options, &prefix);
    if flags.faulty {
        return;
    }
    let span = line.span();
    if quic && !flags.is_ssl {
        let message =
            format!("{prefix} : QUIC protocol detected, enabling ssl. Use 'ssl' to shut this warning.");
        reading.tell(
            Diagnostic::warning("quic-without-ssl", message)
                .at(span)
                .help("add: ssl"),
        );
        flags.is_ssl = true;
    }
    if let (true, Some(of)) = (quic, reading.proxy_ref().map(|proxy| proxy.span)) {
        reading.written.quic_binds.push((of, written.clone(), span));
    }
    if let (Some(protocol), Some(of)) = (flags.proto, reading.proxy_ref().map(|proxy| proxy.span)) {
        let told = (of, protocol, written.clone(), span);
        reading.written.protocols_of_binds.push(told);
    }
    let ssl = super::bind_tls::settings(reading, &flags, &prefix, &written, span);
    match flags.ids.first() {
        Some((_, at)) if addresses.len() > 1 => {
            let message = format!("{prefix} : 'id' can only be used with a single socket");
            let told = Diagnostic::alert("id-of-several", message).at(*at);
            reading.tell(told.help("write a line for each address, or leave the id out"));
        }
        _ => {
            for (index, id) in flags.ids.iter().enumerate() {
                same_id(reading, *id, index > 0, &prefix, &written, span);
            }
        }
    }
    if let (Some(set), Section::Proxy(proxy)) = (&flags.threads, reading.section) {
        let of = reading.proxy_ref();
        let of = of.map(|proxy| format!("{} '{}'", Reading::proxy_words(proxy.kind), proxy.name));
        reading.written.threads_of_binds.push(Wanted {
            set: set.to_string(),
            of: of.unwrap_or_default(),
            written: written.clone(),
            span,
            proxy,
        });
    }
    keep(reading, &mut flags, address, span);
    let binds = addresses
        .into_iter()
        .map(|found| build(found, &flags, ssl.clone(), span));
    if let Some(proxy) = reading.proxy() {
        proxy.binds.extend(binds);
    }
}

/// The listeners of a section that is no proxy: those of `addresses`, as `flags` say.
pub(crate) fn of_section(
    reading: &mut Reading<'_>,
    addresses: Vec<BindAddress>,
    flags: &mut BindLine,
    (prefix, spoken, address): (&str, &str, &Word<'_>),
    span: Span,
) -> Vec<Bind> {
    let ssl = super::bind_tls::settings(reading, flags, prefix, spoken, span);
    keep(reading, flags, address, span);
    let built = addresses
        .into_iter()
        .map(|found| build(found, flags, ssl.clone(), span));
    built.collect()
}

/// The addresses of a word and the kinds of those that are only read; none when they are wrong,
/// which is told behind `lead`.
fn listed(
    reading: &mut Reading<'_>,
    word: &Word<'_>,
    expanded: &[u8],
    lead: &str,
    wants: Wants,
) -> Option<(Vec<BindAddress>, Vec<&'static str>)> {
    let error = match bind_addresses(expanded, reading.host, wants) {
        Ok((addresses, others)) => {
            let leave = reading.written.experimental || !reading.dialect.strict;
            if others.contains(&"rhttp@") && !leave {
                let message = format!(
                    "{lead}Address '{}' is experimental, must be allowed via a global 'expose-experimental-directives'",
                    shown(word)
                );
                let told = Diagnostic::alert("experimental", message).at(word.span);
                reading.tell(told.help("write in front of it, in global: expose-experimental-directives"));
                return None;
            }
            for other in &others {
                reading.tell_read_only(&format!("an address of the kind '{other}'"), word.span);
            }
            return Some((addresses, others));
        }
        Err(error) => error,
    };
    let help = address_help(&error);
    // Messages quote what was written, not what its variables gave.
    let error = error
        .to_string()
        .replace(&*String::from_utf8_lossy(expanded), &shown(word));
    let told = Diagnostic::alert("bad-address", format!("{lead}{error}")).at(word.span);
    reading.tell(told.help(help));
    None
}

/// `dgram-bind ADDRESS[,…] [OPTIONS]` of sections that take logs.
pub(crate) fn dgram_bind(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let Some(address) = cursor.next() else {
        let message =
            "'dgram-bind' expects {<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments.";
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        subject.tell(reading, told.help("write: dgram-bind :514"));
        return None;
    };
    let expanded = reading.expanded(&address.text);
    let lead = format!("'dgram-bind {}' : ", shown(address));
    let wants = Wants::datagrams(reading.dialect);
    listed(reading, address, &expanded, &lead, wants)?;
    let mut out = vec![Value::Text(address.text.to_vec().into())];
    while let Some(word) = cursor.next() {
        let row = BIND_INDEX
            .find(&word.text)
            .filter(|row| !reading.too_new(&row.row));
        let Some(row) = row else {
            let section = reading.section_word();
            let message = format!("unknown keyword '{}' in '{section}' section.", shown(word));
            let told = Diagnostic::alert("unknown-keyword", message).at(word.span);
            let near = closest(&word.text, BIND_INDEX.names()).map(|near| format!("did you mean '{near}'?"));
            reading.tell(told.help(near.unwrap_or_else(|| "see the manual, section 5.1".to_owned())));
            return None;
        };
        let subject = Subject::new(row.row.name, word.span);
        let signature = row.signature.unwrap_or_default();
        let values = signature::sequence(reading, cursor, signature, &subject)?;
        out.push(Value::Option(row.row.name, values));
    }
    Some(Value::List(out))
}

/// The sockets of a `dgram-bind` line whose options were read as `given`: those that are none of datagrams change nothing.
pub(crate) fn of_datagrams(
    reading: &mut Reading<'_>,
    addresses: Vec<BindAddress>,
    given: &[Value],
    span: Span,
) -> Vec<Bind> {
    use BindParse as P;
    let mut flags = BindLine::default();
    for value in given {
        let Value::Option(name, values) = value else {
            continue;
        };
        let act = BIND_INDEX.find(name.as_bytes()).and_then(|row| row.act);
        if let Some(act @ (P::Interface | P::Namespace | P::Transparent | P::V4v6 | P::V6only)) = act {
            apply(reading, &mut flags, act, values);
        }
    }
    let built = addresses
        .into_iter()
        .map(|found| build(found, &flags, None, span));
    built.collect()
}

/// `stats socket ADDRESS [OPTIONS]` of `global`.
pub(crate) fn stats_socket(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(address) = line.arg(1) else {
        let message = "'stats socket' in global section expects an address or a path to a UNIX socket";
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help("write: stats socket /run/haproxy.sock"),
        );
    };
    let mut expanded = reading.expanded(&address.text);
    // Before 1.5 the argument was a path and nothing else.
    let relative = expanded.contains(&b'/') && !expanded.starts_with(b"/");
    if relative && !reading.dialect.strict && !expanded.iter().any(|byte| matches!(byte, b':' | b'@')) {
        let written = shown(address).into_owned();
        let message = format!("'stats socket' : '{written}' is read as the path of a unix socket.");
        let told = Diagnostic::warning("relative-socket", message).at(address.span);
        reading.tell(
            told.help(format!("write instead: stats socket unix@{written}"))
                .fix(
                    "say that it is a path",
                    address.span,
                    format!("unix@{written}"),
                    Applicability::Safe,
                ),
        );
        expanded = [b"unix@", &*expanded].concat().into();
    }
    // The original names the place twice here.
    let lead = if reading.dialect.strict {
        let (file, at) = reading.sources.locate(line.keyword().span);
        format!("parsing [{file}:{}] : 'stats socket' : ", at.line)
    } else {
        "'stats socket' : ".to_owned()
    };
    let wants = Wants::streams(reading.dialect);
    let Some((addresses, _)) = listed(reading, address, &expanded, &lead, wants) else {
        return;
    };
    let flags = bind_flags(reading, &line.args()[2..], "'stats socket'");
    if flags.faulty {
        return;
    }
    let span = line.span();
    if flags.nice != 0 {
        reading.tell_read_only("'nice' of a stats socket", span);
    }
    let ssl = flags.is_ssl.then(|| flags.ssl.clone());
    let binds = addresses
        .into_iter()
        .map(|found| build(found, &flags, ssl.clone(), span));
    reading.written.global.stats_sockets.extend(binds);
}

fn build(found: BindAddress, flags: &BindLine, ssl: Option<BindSsl>, span: Span) -> Bind {
    Bind {
        address: found.address,
        written: found.written.into(),
        multipath: found.multipath,
        segment_password: flags.segment_password.clone(),
        name: flags.name.clone(),
        id: flags.ids.last().map_or(0, |(id, _)| *id),
        ssl,
        accept_proxy: flags.accept_proxy,
        accept_netscaler: flags.accept_netscaler,
        maxconn: flags.maxconn,
        backlog: flags.backlog,
        v4v6: flags.v4v6,
        v6only: flags.v6only,
        transparent: flags.transparent,
        interface: flags.interface.clone(),
        namespace: flags.namespace.clone(),
        nice: flags.nice,
        proto: flags.proto,
        defer_accept: flags.defer_accept,
        tfo: flags.tfo,
        mss: flags.mss,
        user_timeout: flags.user_timeout,
        save_syn: flags.save_syn,
        congestion: flags.congestion.clone(),
        unix_mode: flags.unix_mode,
        unix_user: flags.unix_user.clone(),
        unix_group: flags.unix_group.clone(),
        level: flags.level,
        expose_fd_listeners: flags.expose_fd_listeners,
        span,
    }
}

fn address_help(error: &crate::values::AddressError) -> &'static str {
    use crate::values::AddressError as E;
    match error {
        E::MissingPort(_) => "write ADDRESS:PORT, or :PORT for all addresses",
        E::PortCharacter { .. } | E::PortNumber(_) | E::PortRange(_) => {
            "write a port between 1 and 65535, or LOW-HIGH"
        }
        E::Empty(_) => "remove the comma, or set the variable",
        E::Host { .. } => "write an address, or a name that resolves",
        E::Descriptor { .. } | E::DescriptorClosed { .. } => "write the number of an inherited socket: fd@N",
        E::PathTooLong { .. } => "choose a shorter path",
        E::Quic { .. } => "QUIC came with 2.6, where it is built in",
        E::OffsetNotPermitted(_)
        | E::RangeNotPermitted(_)
        | E::DescriptorNotPermitted(_)
        | E::Unacceptable { .. } => "write ADDRESS:PORT",
    }
}

/// Keeps the options of a line that nothing acts on yet, with the line's address.
fn keep(reading: &mut Reading<'_>, flags: &mut BindLine, address: &Word<'_>, span: Span) {
    if flags.kept.is_empty() {
        return;
    }
    let mut arguments = std::mem::take(&mut flags.kept);
    arguments.insert(
        0,
        Argument {
            name: "address",
            value: Value::Text(address.text.to_vec().into()),
            span: address.span,
        },
    );
    reading.keep(Given {
        name: "bind",
        arguments,
        span,
    });
}

/// Reads the options of a `bind` line or a stats socket. `prefix` names the line in messages.
pub(crate) fn bind_flags(reading: &mut Reading<'_>, words: &[Word<'_>], prefix: &str) -> BindLine {
    let mut flags = BindLine::default();
    let tight = prefix.starts_with("'bind") || prefix.starts_with("'default-bind");
    // The original puts faults of a stats socket's options into quotes.
    let (lead, tail) = if tight {
        (format!("{prefix} : "), "")
    } else {
        (format!("{prefix} : '"), "'")
    };
    let mut cursor = Cursor::new(words, 0);
    while let Some(word) = cursor.peek() {
        let Some(row) = BIND_INDEX
            .find(&word.text)
            .filter(|row| !reading.too_new(&row.row))
        else {
            unknown(reading, word, prefix, tight);
            flags.faulty = true;
            return flags;
        };
        cursor.next();
        let name = row.row.name;
        // What `process` stands for is told with its value, while it is there.
        if (name != "process" || reading.dialect.at_least(2, 7))
            && !reading.in_language(&row.row, None, word.span, || {
                format!("{prefix} : '{name}' is not supported any more.")
            })
        {
            flags.faulty = true;
        }
        if row.is_read_only() {
            reading.tell_read_only_of(name, " of a bind line", word.span);
        }
        let subject = Subject {
            lead: &lead,
            tail,
            ..Subject::new(name, word.span)
        };
        let signature = row.signature.unwrap_or_default();
        let Some(values) = signature::sequence(reading, &mut cursor, signature, &subject) else {
            flags.faulty = true;
            if reading.dialect.strict {
                return flags;
            }
            continue;
        };
        if let Some(act) = row.act {
            apply(reading, &mut flags, act, &values);
        }
        if row.is_read_only() {
            flags.kept.push(Argument {
                name,
                value: Value::Option(name, values),
                span: word.span,
            });
        }
    }
    flags
}

fn unknown(reading: &mut Reading<'_>, word: &Word<'_>, prefix: &str, tight: bool) {
    let text = shown(word).into_owned();
    let near = closest(&word.text, BIND_INDEX.names());
    let colon = if tight { ":" } else { " :" };
    let mut told = Diagnostic::alert(
        "unknown-keyword",
        format!("{prefix}{colon} unknown keyword '{text}'."),
    )
    .at(word.span);
    let row = BIND_INDEX.find(&word.text);
    let later = reading.came_later(row.and_then(|row| row.row.since));
    told = match (later, near) {
        (Some(later), _) => told.help(later),
        (None, Some(near)) => told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            word.span,
            near,
            Applicability::MaybeIncorrect,
        ),
        (None, None) if text.contains(':') => {
            told.help("write each address on a bind line of its own, or join them with commas")
        }
        (None, None) => told.help("see the manual, section 5.1"),
    };
    reading.tell(told);
}

/// The errors of a list.
fn ignored(value: Option<&Value>) -> model::IgnoredErrors {
    let Some(Value::List(errors)) = value else {
        return model::IgnoredErrors::All;
    };
    let number = |error: &Value| match error {
        Value::Int(number) => u32::try_from(*number).ok(),
        // Those that have no number here are never met.
        name => super::openssl_errors::number_of(name.bytes()),
    };
    model::IgnoredErrors::These(errors.iter().filter_map(number).collect())
}

/// Takes over what an option says.
pub(super) fn apply(reading: &Reading<'_>, flags: &mut BindLine, act: BindParse, values: &[Argument]) {
    let value = values.first().map(|argument| &argument.value);
    let text = || value.and_then(Value::text).cloned();
    let word = || value.and_then(Value::word).unwrap_or_default();
    let number = || value.and_then(Value::number).unwrap_or_default();
    let count = || u32::try_from(number()).unwrap_or(u32::MAX);
    match act {
        BindParse::AcceptProxy => flags.accept_proxy = true,
        // As with the original, what is beyond counts modulo its 32 bits.
        BindParse::AcceptNetscaler => flags.accept_netscaler = Some(number() as u32),
        BindParse::DeferAccept => flags.defer_accept = true,
        BindParse::Tfo => flags.tfo = true,
        BindParse::Mss => flags.mss = u16::try_from(number().unsigned_abs()).ok(),
        BindParse::TcpUserTimeout => flags.user_timeout = Some(count()).filter(|timeout| *timeout > 0),
        BindParse::SaveSyn => flags.save_syn = word().parse().unwrap_or_default(),
        BindParse::Congestion => flags.congestion = text(),
        BindParse::SegmentPassword => flags.segment_password = text(),
        BindParse::Transparent => flags.transparent = true,
        BindParse::V4v6 => flags.v4v6 = true,
        BindParse::V6only => flags.v6only = true,
        BindParse::StrictSni(on) => flags.ssl.strict_sni = Some(on),
        BindParse::Tickets(on) => flags.ssl.tickets = Some(on),
        BindParse::Ssl => flags.is_ssl = true,
        BindParse::NoAlpn => flags.ssl.alpn = Some(Vec::new()),
        BindParse::Name => flags.name = text(),
        BindParse::Nice => flags.nice = i16::try_from(number()).unwrap_or_default(),
        BindParse::Interface => flags.interface = text(),
        BindParse::Namespace => flags.namespace = text(),
        BindParse::Maxconn => flags.maxconn = Some(count()),
        BindParse::Backlog => flags.backlog = Some(count()),
        BindParse::Id => {
            let span = values.first().map(|argument| argument.span).unwrap_or_default();
            flags.ids.push((count(), span));
        }
        BindParse::Mode => flags.unix_mode = Some(count() & 0o7777),
        BindParse::User => flags.unix_user = text(),
        BindParse::Group => flags.unix_group = text(),
        BindParse::Uid => flags.unix_user = Some(number().to_string().into()),
        BindParse::Gid => flags.unix_group = Some(number().to_string().into()),
        BindParse::Level => {
            flags.level = match word() {
                "admin" => Level::Admin,
                "user" => Level::User,
                _ => Level::Operator,
            };
        }
        BindParse::ExposeFd => flags.expose_fd_listeners = true,
        BindParse::Proto => flags.proto = Some(word()),
        BindParse::Curves => flags.curves = text(),
        BindParse::Ecdhe => flags.ecdhe = text(),
        BindParse::GenerateCertificates => flags.generate = true,
        BindParse::CaSignFile => flags.ca_sign_file = true,
        BindParse::CaVerifyFile => flags.ssl.ca_verify_file = text(),
        BindParse::Sigalgs => flags.ssl.sigalgs = text(),
        BindParse::ClientSigalgs => flags.ssl.client_sigalgs = text(),
        BindParse::NoCaNames => flags.ssl.no_ca_names = true,
        BindParse::PreferClientCiphers => flags.ssl.prefer_client_ciphers = true,
        BindParse::DefaultCrt => {
            flags
                .given
                .extend(text().map(|path| (GivenAs::Default, stored::named(reading, &path))));
        }
        BindParse::Threads => flags.threads = text(),
        BindParse::CrtList => {
            flags.ssl.may_lack_certificates = true;
            flags.given.extend(text().map(|path| (GivenAs::List, path)));
        }
        BindParse::Crt => {
            flags
                .given
                .extend(text().map(|path| (GivenAs::Certificate, stored::named(reading, &path))));
        }
        BindParse::CaFile => flags.ssl.ca_file = text(),
        BindParse::TicketKeys => flags.ssl.ticket_keys = text(),
        BindParse::CrlFile => flags.ssl.crl_file = text(),
        BindParse::IgnoreErrors(of_authorities) => {
            let ignored = ignored(value);
            if of_authorities {
                flags.ssl.ignored_of_authorities = ignored;
            } else {
                flags.ssl.ignored = ignored;
            }
        }
        BindParse::Ciphers => flags.ssl.ciphers = text(),
        BindParse::Ciphersuites => flags.ssl.ciphersuites = text(),
        BindParse::Alpn => {
            if let Some(Value::List(names)) = value {
                let names = names.iter().filter_map(Value::text);
                flags.ssl.alpn = Some(names.cloned().collect());
            }
        }
        BindParse::Verify => {
            flags.verify_given = true;
            flags.ssl.verify = match word() {
                "optional" => (true, false),
                "required" => (true, true),
                _ => (false, false),
            };
        }
        BindParse::MinVer => flags.versions.min = tls_version(word().as_bytes()),
        BindParse::MaxVer => flags.versions.max = tls_version(word().as_bytes()),
        BindParse::Force(version) => flags.versions.force(version),
        BindParse::Without(version) => flags.versions.take_away(version),
    }
}

/// `mode PERMISSIONS`: an octal number.
pub(crate) fn permissions(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let text = shown(word);
    if let Ok(mode) = u32::from_str_radix(&text, 8) {
        return Some(Value::Int(i64::from(mode)));
    }
    let message = format!("'mode' : missing or invalid mode '{text}' (octal integer expected)");
    let told = Diagnostic::alert("bad-number", message).at(word.span);
    subject.tell(reading, told.help("write an octal number such as 660"));
    None
}

/// The name of a user that exists.
pub(crate) fn user(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    account(reading, cursor, subject, |reading, name| {
        reading.host.user_id(name)
    })
}

/// The name of a group that exists.
pub(crate) fn group(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    account(reading, cursor, subject, |reading, name| {
        reading.host.group_id(name)
    })
}

fn account(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    find: fn(&Reading<'_>, &str) -> Option<u32>,
) -> Option<Value> {
    let word = cursor.next()?;
    let (text, what) = (shown(word), subject.name);
    if find(reading, &text).is_some() {
        return Some(Value::Text(word.text.to_vec().into()));
    }
    let told = Diagnostic::alert(
        "unknown-account",
        format!("'{what}' : unknown {what} name '{text}'"),
    );
    let help = format!("create the {what}, or name one that exists");
    subject.tell(reading, told.at(word.span).help(help));
    None
}

/// The name of a network namespace that exists.
pub(crate) fn namespace(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    if namespace_exists(reading, word) {
        return Some(Value::Text(word.text.to_vec().into()));
    }
    let help = "make it first: ip netns add NAME";
    let opening = format!("Cannot open namespace '{}'.", shown(word));
    let told = Diagnostic::alert("unknown-namespace", opening).at(word.span);
    reading.tell(told.context(Context::Whole).help(help));
    // The original knows no more of it here, and leaves the quotes of stats sockets out.
    let end = if subject.lead.starts_with("'bind") {
        "."
    } else {
        ""
    };
    let message = format!("error encountered while processing '{}'{end}", subject.name);
    let told = Diagnostic::alert("unknown-namespace", message).at(word.span);
    subject.tell(reading, told.help(help));
    None
}

/// Whether the machine has the network namespace that a word names.
pub(super) fn namespace_exists(reading: &Reading<'_>, word: &Word<'_>) -> bool {
    let path = format!("/var/run/netns/{}", shown(word));
    reading.host.path_kind(&path).is_ok()
}

/// `shards NUMBER|by-thread|by-group`.
pub(crate) fn shards(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next()?;
    let groups = !reading.dialect.strict || reading.dialect.at_least(2, 7);
    match &*word.text {
        b"by-thread" => return Some(Value::Word("by-thread")),
        b"by-group" if groups => return Some(Value::Word("by-group")),
        _ => {}
    }
    let most = if groups { 1024 } else { 64 };
    let count = loose_integer(&word.text).value;
    if (1..=most).contains(&count) {
        return Some(Value::Int(count));
    }
    let message = format!(
        "'{}' : invalid value {count}, allowed range is 1..{most} or 'by-thread'",
        subject.name
    );
    let told = Diagnostic::alert("bad-number", message).at(word.span);
    subject.tell(reading, told.help("write a number of sockets, or: by-thread"));
    None
}

/// Tells an `id` that another line of this proxy has.
fn same_id(
    reading: &mut Reading<'_>,
    (id, at): (u32, Span),
    again: bool,
    prefix: &str,
    written: &str,
    span: Span,
) {
    let Section::Proxy(index) = reading.section else {
        return;
    };
    let ids = &mut reading.written.bind_ids;
    // A line that gives a second number to itself is in its own way.
    let own = again.then(|| (written.to_owned(), span));
    let Some((before_written, before)) = own.or_else(|| ids.get(&(index, id)).cloned()) else {
        ids.insert((index, id), (written.to_owned(), span));
        return;
    };
    let (file, place) = reading.sources.locate(before);
    let message = format!(
        "{prefix} : 'id' : custom id {id} already used at {file}:{} ('bind {before_written}')",
        place.line
    );
    reading.tell(
        Diagnostic::alert("duplicate-id", message)
            .at(at)
            .label(before, "used here")
            .help("write another number"),
    );
}

/// `tcp-md5sig PASSWORD`: as much as the kernel takes (RFC 2385).
pub(crate) fn segment_password(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    const MOST: usize = 80;
    let word = cursor.next()?;
    if word.text.len() > MOST {
        let message = format!(
            "'{}' : password too long (at most {MOST} characters expected)",
            subject.name
        );
        subject.alert(reading, "bad-password", word.span, message, "write a shorter one");
        return None;
    }
    Some(Value::Text(word.text.to_vec().into()))
}
