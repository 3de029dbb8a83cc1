//! `bind` lines and `stats socket`.

use syntax::{Applicability, Context, Diagnostic, Severity, Span, closest};

use super::line::{Line, shown};
use super::reading::{Reading, Section};
use crate::keywords::BIND_INDEX;
use crate::lex::Word;
use crate::model::{self, Bind, BindSsl, Level, TlsVersion};
use crate::values::{bind_addresses, integer};

/// What an option of a `bind` line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BindParse {
    AcceptProxy,
    Backlog,
    DeferAccept,
    ExposeFd,
    Gid,
    Group,
    Id,
    Interface,
    Level,
    Maxconn,
    Mode,
    Name,
    Tfo,
    Transparent,
    Uid,
    User,
    V4v6,
    V6only,
    Alpn,
    NoAlpn,
    CaFile,
    Ciphers,
    Ciphersuites,
    Curves,
    Crt,
    Ssl,
    MaxVer,
    MinVer,
    StrictSni,
    Tickets(bool),
    Verify,
    Force(TlsVersion),
    Without(TlsVersion),
}

/// What the options of a line give, before its addresses are known.
#[derive(Debug, Default)]
pub(crate) struct BindLine {
    name: Option<model::Word>,
    is_ssl: bool,
    ssl: BindSsl,
    accept_proxy: bool,
    maxconn: Option<u32>,
    backlog: Option<u32>,
    v4v6: bool,
    v6only: bool,
    transparent: bool,
    interface: Option<model::Word>,
    defer_accept: bool,
    tfo: bool,
    unix_mode: Option<u32>,
    unix_user: Option<model::Word>,
    unix_group: Option<model::Word>,
    level: Level,
    expose_fd_listeners: bool,
    id: Option<(u32, Span)>,
    /// `crt-list`, `generate-certificates` and their kin.
    other_certificates: bool,
    /// `curves`.
    curves: Option<model::Word>,
    pub(crate) faulty: bool,
}

/// Why an option is wrong.
struct Fault {
    message: String,
    span: Span,
    help: String,
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
    let expanded = reading.expanded(&address.text);
    let addresses = match bind_addresses(&expanded, reading.host) {
        Ok(addresses) => addresses,
        Err(error) => {
            let help = address_help(&error);
            // Messages quote what was written, not what its variables gave.
            let error = error
                .to_string()
                .replace(&*String::from_utf8_lossy(&expanded), &shown(address));
            reading.tell(
                Diagnostic::alert("bad-address", format!("'bind' : {error}"))
                    .at(address.span)
                    .help(help),
            );
            Vec::new()
        }
    };
    let written = shown(address).into_owned();
    let section = reading.section_word();
    let prefix = format!("'bind {written}' in section '{section}'");
    let flags = bind_flags(reading, options, &prefix);
    if flags.faulty || addresses.is_empty() {
        return;
    }
    let ssl = certificates(reading, &flags, &prefix, &written, line.span());
    same_id(reading, &flags, &prefix, &written, line.span());
    let span = line.span();
    let binds = addresses
        .into_iter()
        .map(|found| build(found, &flags, ssl.clone(), span));
    if let Some(proxy) = reading.proxy() {
        proxy.binds.extend(binds);
    }
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
        expanded = [b"unix@", &*expanded].concat();
    }
    let addresses = match bind_addresses(&expanded, reading.host) {
        Ok(addresses) => addresses,
        Err(error) => {
            let help = address_help(&error);
            let error = error
                .to_string()
                .replace(&*String::from_utf8_lossy(&expanded), &shown(address));
            let message = format!("'stats socket' : {error}");
            return reading.tell(
                Diagnostic::alert("bad-address", message)
                    .at(address.span)
                    .help(help),
            );
        }
    };
    let flags = bind_flags(reading, &line.args()[2..], "'stats socket'");
    if flags.faulty {
        return;
    }
    let span = line.span();
    let ssl = flags.is_ssl.then(|| flags.ssl.clone());
    let binds = addresses
        .into_iter()
        .map(|found| build(found, &flags, ssl.clone(), span));
    reading.written.global.stats_sockets.extend(binds);
}

fn build(found: crate::values::BindAddress, flags: &BindLine, ssl: Option<BindSsl>, span: Span) -> Bind {
    Bind {
        address: found.address,
        written: found.written.into(),
        name: flags.name.clone(),
        ssl,
        accept_proxy: flags.accept_proxy,
        maxconn: flags.maxconn,
        backlog: flags.backlog,
        v4v6: flags.v4v6,
        v6only: flags.v6only,
        transparent: flags.transparent,
        interface: flags.interface.clone(),
        defer_accept: flags.defer_accept,
        tfo: flags.tfo,
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
        E::PathTooLong(_) => "choose a shorter path",
        E::OffsetNotPermitted(_) | E::Unacceptable { .. } => "write ADDRESS:PORT",
    }
}

/// Reads the options of a `bind` line or a stats socket. `prefix` names the line in messages.
pub(crate) fn bind_flags(reading: &mut Reading<'_>, words: &[Word<'_>], prefix: &str) -> BindLine {
    let mut flags = BindLine::default();
    let tight = prefix.starts_with("'bind");
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| !word.text.is_empty()) {
        at += 1;
        let Some(row) = BIND_INDEX
            .find(&word.text)
            .filter(|row| !reading.too_new(&row.row))
        else {
            unknown(reading, word, prefix, tight);
            flags.faulty = true;
            return flags;
        };
        let values = words.get(at..at + usize::from(row.row.arity.max)).unwrap_or(&[]);
        let shown_option = row.row.name;
        if !reading.in_language(&row.row, None, word.span, || {
            format!("{prefix} : '{shown_option}' is not supported any more.")
        }) {
            flags.faulty = true;
        }
        at += values.len();
        if row.is_read_only() {
            reading.tell_read_only(&format!("'{}' of a bind line", row.row.name), word.span);
        }
        match row.act {
            None => {
                flags.other_certificates |= matches!(
                    row.row.name,
                    "crt-list" | "generate-certificates" | "default-crt" | "ca-sign-file"
                );
            }
            Some(act) => {
                if let Err(fault) = apply(reading, &mut flags, act, word, values.first()) {
                    let quoted = if tight {
                        fault.message
                    } else {
                        format!("'{}'", fault.message)
                    };
                    reading.tell(
                        Diagnostic::alert("bad-bind-option", format!("{prefix} : {quoted}"))
                            .at(fault.span)
                            .help(fault.help),
                    );
                    flags.faulty = true;
                }
            }
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
    told = match near {
        Some(near) => told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            word.span,
            near,
            Applicability::MaybeIncorrect,
        ),
        None if text.contains(':') => {
            told.help("write each address on a bind line of its own, or join them with commas")
        }
        None => told.help("see the manual, section 5.1"),
    };
    reading.tell(told);
}

fn apply(
    reading: &mut Reading<'_>,
    flags: &mut BindLine,
    act: BindParse,
    option: &Word<'_>,
    value: Option<&Word<'_>>,
) -> Result<(), Fault> {
    let name = shown(option).into_owned();
    let value = value.filter(|value| !value.text.is_empty());
    let missing = |what: &str| Fault {
        message: format!("'{name}' : missing {what}"),
        span: option.span,
        help: format!(
            "write: {name} {}",
            what.split(' ').next_back().unwrap_or("VALUE").to_uppercase()
        ),
    };
    let needed = |what: &str| value.ok_or_else(|| missing(what));
    let owned = |word: &Word<'_>| -> model::Word { word.text.to_vec().into() };
    match act {
        BindParse::AcceptProxy => flags.accept_proxy = true,
        BindParse::DeferAccept => flags.defer_accept = true,
        BindParse::Tfo => flags.tfo = true,
        BindParse::Transparent => flags.transparent = true,
        BindParse::V4v6 => flags.v4v6 = true,
        BindParse::V6only => flags.v6only = true,
        BindParse::StrictSni => flags.ssl.strict_sni = true,
        BindParse::Tickets(on) => flags.ssl.tickets = Some(on),
        BindParse::Ssl => flags.is_ssl = true,
        BindParse::NoAlpn => flags.ssl.alpn = Some(Vec::new()),
        BindParse::Name => flags.name = Some(owned(needed("name")?)),
        BindParse::Interface => flags.interface = Some(owned(needed("interface name")?)),
        BindParse::Maxconn => flags.maxconn = Some(number(&name, needed("value")?, 0)?),
        BindParse::Backlog => flags.backlog = Some(number(&name, needed("value")?, 0)?),
        BindParse::Id => {
            let value = needed("value")?;
            let id = integer(&value.text).unwrap_or(0);
            let id = u32::try_from(id).ok().filter(|id| *id > 0).ok_or_else(|| Fault {
                message: format!("'{name}' : custom id has to be > 0"),
                span: value.span,
                help: "write a number from 1".to_owned(),
            })?;
            flags.id = Some((id, value.span));
        }
        BindParse::Mode => {
            let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
            let mode = u32::from_str_radix(&text, 8).ok().filter(|mode| *mode <= 0o7777);
            flags.unix_mode = Some(mode.ok_or_else(|| Fault {
                message: format!("'mode' : missing or invalid mode '{text}' (octal integer expected)"),
                span: value.map_or(option.span, |value| value.span),
                help: "write an octal number such as 660".to_owned(),
            })?);
        }
        BindParse::User | BindParse::Group => {
            let what = if act == BindParse::User { "user" } else { "group" };
            let value = needed(&format!("{what} name"))?;
            let text = shown(value).into_owned();
            let id = if act == BindParse::User {
                reading.host.user_id(&text)
            } else {
                reading.host.group_id(&text)
            };
            if id.is_none() {
                return Err(Fault {
                    message: format!("'{what}' : unknown {what} name '{text}'"),
                    span: value.span,
                    help: format!("create the {what}, or name one that exists"),
                });
            }
            if act == BindParse::User {
                flags.unix_user = Some(owned(value));
            } else {
                flags.unix_group = Some(owned(value));
            }
        }
        BindParse::Uid => flags.unix_user = Some(owned(needed("value")?)),
        BindParse::Gid => flags.unix_group = Some(owned(needed("value")?)),
        BindParse::Level => {
            let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
            flags.level = match text.as_str() {
                "user" => Level::User,
                "operator" => Level::Operator,
                "admin" => Level::Admin,
                _ => {
                    return Err(Fault {
                        message: format!(
                            "'level' only supports 'user', 'operator', and 'admin' (got '{text}')"
                        ),
                        span: value.map_or(option.span, |value| value.span),
                        help: "write: level admin".to_owned(),
                    });
                }
            };
        }
        BindParse::ExposeFd => {
            let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
            if text != "listeners" {
                return Err(Fault {
                    message: format!("'expose-fd' only supports 'listeners' (got '{text}')"),
                    span: value.map_or(option.span, |value| value.span),
                    help: "write: expose-fd listeners".to_owned(),
                });
            }
            flags.expose_fd_listeners = true;
        }
        BindParse::Curves => flags.curves = Some(owned(needed("curve suite")?)),
        BindParse::Crt
        | BindParse::CaFile
        | BindParse::Ciphers
        | BindParse::Ciphersuites
        | BindParse::Alpn
        | BindParse::Verify
        | BindParse::MinVer
        | BindParse::MaxVer
        | BindParse::Force(_)
        | BindParse::Without(_) => apply_tls(reading, &mut flags.ssl, act, option, value)?,
    }
    Ok(())
}

fn apply_tls(
    reading: &mut Reading<'_>,
    ssl: &mut BindSsl,
    act: BindParse,
    option: &Word<'_>,
    value: Option<&Word<'_>>,
) -> Result<(), Fault> {
    let name = shown(option).into_owned();
    let needed = |what: &str| {
        value.ok_or_else(|| Fault {
            message: format!("'{name}' : missing {what}"),
            span: option.span,
            help: format!("write a value behind '{name}'"),
        })
    };
    match act {
        BindParse::Crt => {
            let path = based(
                reading.written.global.crt_base.as_ref(),
                &needed("certificate location")?.text,
            );
            ssl.crt.push(path);
        }
        BindParse::CaFile => {
            let path = based(
                reading.written.global.ca_base.as_ref(),
                &needed("CAfile path")?.text,
            );
            ssl.ca_file = Some(path);
        }
        BindParse::Ciphers => ssl.ciphers = Some(needed("cipher suite")?.text.to_vec().into()),
        BindParse::Ciphersuites => ssl.ciphersuites = Some(needed("cipher suite")?.text.to_vec().into()),
        BindParse::Alpn => {
            let names = needed("the comma-delimited ALPN protocol suite")?;
            let names = names
                .text
                .split(|byte| *byte == b',')
                .filter(|name| !name.is_empty());
            ssl.alpn = Some(names.map(|name| name.to_vec().into()).collect());
        }
        BindParse::Verify => {
            let word = needed("verify method")?;
            ssl.verify = match &*word.text {
                b"none" => (false, false),
                b"optional" => (true, false),
                b"required" => (true, true),
                _ => {
                    return Err(Fault {
                        message: format!(
                            "'verify' : unknown verify method '{}', only 'none', 'optional', and 'required' are supported",
                            shown(word)
                        ),
                        span: word.span,
                        help: "write: verify required".to_owned(),
                    });
                }
            };
        }
        BindParse::MinVer | BindParse::MaxVer => {
            let word = needed("version")?;
            let Some(version) = tls_version(&word.text) else {
                return Err(Fault {
                    message: format!("'{}' : unknown ssl/tls version", shown(word)),
                    span: word.span,
                    help: "write SSLv3, TLSv1.0, TLSv1.1, TLSv1.2 or TLSv1.3".to_owned(),
                });
            };
            if act == BindParse::MinVer {
                ssl.min_ver = Some(version);
            } else {
                ssl.max_ver = Some(version);
            }
        }
        BindParse::Force(version) => {
            ssl.min_ver = Some(version);
            ssl.max_ver = Some(version);
        }
        BindParse::Without(version) => without(&mut ssl.min_ver, &mut ssl.max_ver, version),
        _ => {}
    }
    Ok(())
}

/// Raises the minimum past a version that is switched off, or lowers the maximum below the newest one.
pub(super) fn without(min: &mut Option<TlsVersion>, max: &mut Option<TlsVersion>, version: TlsVersion) {
    const ALL: [TlsVersion; 5] = [
        TlsVersion::Ssl3,
        TlsVersion::Tls10,
        TlsVersion::Tls11,
        TlsVersion::Tls12,
        TlsVersion::Tls13,
    ];
    if version == TlsVersion::Tls13 {
        *max = Some(max.map_or(TlsVersion::Tls12, |max| max.min(TlsVersion::Tls12)));
        return;
    }
    let next = ALL
        .iter()
        .copied()
        .find(|other| *other > version)
        .unwrap_or(TlsVersion::Tls13);
    *min = Some(min.map_or(next, |min| min.max(next)));
}

/// The version of a word such as `TLSv1.2`.
pub(super) fn tls_version(word: &[u8]) -> Option<TlsVersion> {
    match word {
        b"SSLv3" => Some(TlsVersion::Ssl3),
        b"TLSv1.0" => Some(TlsVersion::Tls10),
        b"TLSv1.1" => Some(TlsVersion::Tls11),
        b"TLSv1.2" => Some(TlsVersion::Tls12),
        b"TLSv1.3" => Some(TlsVersion::Tls13),
        _ => None,
    }
}

fn number(name: &str, word: &Word<'_>, min: u32) -> Result<u32, Fault> {
    let loose = crate::values::loose_integer(&word.text);
    let found = u32::try_from(loose.value).ok().filter(|value| *value >= min);
    found.ok_or_else(|| Fault {
        message: format!("'{name}' : invalid value {}, must be > 0", loose.value),
        span: word.span,
        help: "write a number".to_owned(),
    })
}

/// A path below its base, unless it is absolute.
fn based(base: Option<&model::Word>, path: &[u8]) -> model::Word {
    match base {
        Some(base) if !path.starts_with(b"/") => [base.as_slice(), b"/", path].concat().into(),
        _ => path.to_vec().into(),
    }
}

/// Tells a list of a TLS listener that its library would not take.
fn unusable(
    reading: &mut Reading<'_>,
    severity: Severity,
    code: &'static str,
    what: &str,
    written: &str,
    span: Span,
    help: &str,
) {
    let proxy = reading
        .proxy_ref()
        .map(|proxy| proxy.name.to_string())
        .unwrap_or_default();
    let (file, at) = reading.sources.locate(span);
    let message = format!(
        "Proxy '{proxy}': {what} for bind '{written}' at [{file}:{}].",
        at.line
    );
    let told = Diagnostic::new(severity, code, message)
        .at(span)
        .context(Context::Whole);
    reading.tell(told.help(help));
}

/// The TLS settings of a line, its files looked at.
fn certificates(
    reading: &mut Reading<'_>,
    flags: &BindLine,
    prefix: &str,
    written: &str,
    span: Span,
) -> Option<BindSsl> {
    let mut found = false;
    for path in &flags.ssl.crt {
        let path = path.to_string();
        found |= super::certificate::check(reading, &path, prefix, span);
    }
    if let Some(path) = flags.ssl.ca_file.as_ref().map(ToString::to_string)
        && !path.starts_with('@')
        && reading.host.path_kind(&path).is_err()
    {
        let message = format!("{prefix} : unable to load CA file '{path}'.");
        reading.tell(
            Diagnostic::alert("missing-file", message)
                .at(span)
                .help("check the path, and 'ca-base'"),
        );
    }
    if let Some(ciphers) = &flags.ssl.ciphers
        && !crate::values::may_select(ciphers)
    {
        let what = format!("unable to set SSL cipher list to '{ciphers}'");
        let help = "name suites of OpenSSL, such as ECDHE-RSA-AES128-GCM-SHA256, or leave 'ciphers' out";
        unusable(reading, Severity::Alert, "no-cipher", &what, written, span, help);
    }
    if flags.is_ssl
        && let Some(curves) = &flags.curves
        && let Some(unknown) = crate::values::unknown_group(curves)
    {
        // Later versions may be built with a library that knows more of them.
        let severity = if reading.dialect.strict {
            Severity::Alert
        } else {
            Severity::Warning
        };
        let what = format!("unable to set SSL curves list to '{curves}'");
        let unknown = String::from_utf8_lossy(unknown);
        let help = format!(
            "'{unknown}' is no group of OpenSSL's, or stands here twice: write for example X25519:P-256"
        );
        unusable(reading, severity, "no-group", &what, written, span, &help);
    }
    // Certificates may also come from a list, or be made on the fly; with strict-sni there may be none.
    if flags.is_ssl && !found && !flags.other_certificates && !flags.ssl.strict_sni {
        let proxy = reading
            .proxy_ref()
            .map(|proxy| proxy.name.to_string())
            .unwrap_or_default();
        let (file, at) = reading.sources.locate(span);
        let message = format!(
            "Proxy '{proxy}': no SSL certificate specified for bind '{written}' at [{file}:{}] (use 'crt').",
            at.line
        );
        let told = Diagnostic::alert("no-certificate", message)
            .at(span)
            .context(Context::Whole);
        reading.tell(told.help("add: crt FILE"));
    }
    flags.is_ssl.then(|| flags.ssl.clone())
}

/// Tells an `id` that another line of this proxy has.
fn same_id(reading: &mut Reading<'_>, flags: &BindLine, prefix: &str, written: &str, span: Span) {
    let (Some((id, at)), Section::Proxy(index)) = (flags.id, reading.section) else {
        return;
    };
    let ids = &mut reading.written.bind_ids;
    let Some((before_written, before)) = ids.get(&(index, id)).cloned() else {
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
