//! `server` and `default-server` lines.

use std::net::IpAddr;

use syntax::{Applicability, Context, Diagnostic, Span, closest};

use super::line::{Line, shown};
use super::reading::{Reading, Section};
use crate::keywords::{SERVER_INDEX, place};
use crate::lex::Word;
use crate::values::{HostPort, Port, TimeError, Unit, host_port, loose_integer, resolve, time};
use crate::written::{ServerHost, ServerLine, ServerParams, Set};

/// What an option of a `server` line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ServerParse {
    Addr,
    Backup(bool),
    Check(bool),
    Cookie,
    Disabled(bool),
    Downinter,
    Fall,
    Fastinter,
    Id,
    InitAddr,
    Inter,
    Maxconn,
    Maxqueue,
    Minconn,
    OnMarkedDown,
    OnMarkedUp,
    Port,
    Redir,
    Rise,
    SendProxy(u8),
    Weight,
}

/// Why an option is wrong.
struct Fault {
    message: String,
    span: Span,
    help: &'static str,
}

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
    let name_text = shown(name).into_owned();
    let permitted = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if let Some(wrong) = name.text.iter().find(|byte| !permitted(byte)) {
        let wrong = char::from(*wrong);
        let message = format!("character '{wrong}' is not permitted in server name '{name_text}'.");
        return tell(
            reading,
            Diagnostic::alert("bad-name", message)
                .at(name.span)
                .help("use letters, digits, '-', '_', '.' and ':'"),
        );
    }
    let backend = reading
        .proxy_ref()
        .map(|proxy| proxy.name.to_string())
        .unwrap_or_default();
    let prefix = format!("'server {backend}/{name_text}'");
    let host = host(reading, address, &prefix);
    let Some(params) = server_flags(reading, &line.args()[2..], &prefix, &name_text, false) else {
        return;
    };
    let Some(host) = host else { return };
    // Lines of `default-server` count for the servers behind them.
    let params = match reading.settings().default_server.written() {
        Some(below) => params.over(below),
        None => params,
    };
    suspect_weight(reading, &params, &format!("{prefix} : "), line);
    let server = ServerLine {
        name: name.text.to_vec().into(),
        host,
        params,
        span: line.span(),
        name_span: name.span,
        addr_span: address.span,
    };
    if let Some(proxy) = reading.proxy() {
        proxy.servers.push(Box::new(server));
    }
}

/// `default-server [OPTIONS]`.
pub(crate) fn default_server(reading: &mut Reading<'_>, line: &Line<'_>) {
    if reading.place() & place::DEFAULTS == 0 && !allowed(reading, line, "default-server") {
        return;
    }
    let given = std::mem::take(&mut *reading.settings().default_server);
    let read = server_flags(reading, line.args(), "", "", true);
    // Lines add to each other.
    let merged = read.map_or_else(|| given.clone(), |own| own.over(&given));
    suspect_weight(reading, &merged, "", line);
    *reading.settings().default_server = merged;
}

/// A server without weight is meant to drain, or it is a mistake.
fn suspect_weight(reading: &mut Reading<'_>, params: &ServerParams, lead: &str, line: &Line<'_>) {
    if params.weight == Some(0) {
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

/// `server-template …`, which is checked for its place alone.
pub(crate) fn server_template(reading: &mut Reading<'_>, line: &Line<'_>) {
    if allowed(reading, line, "server-template") {
        reading.tell_read_only("'server-template'", line.span());
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
    let message = format!(
        "'{keyword}' not allowed because frontend '{}' has no backend capability.",
        proxy.name
    );
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

/// The address of a server. Names are resolved here, but a name that does not resolve is told only at the end, as
/// `init-addr` and `default-server` may allow it.
fn host(reading: &mut Reading<'_>, word: &Word<'_>, prefix: &str) -> Option<ServerHost> {
    let text = String::from_utf8_lossy(&reading.expanded(&word.text)).into_owned();
    let fault = match host_port(&text) {
        Ok(HostPort::Inet { host, family, port }) => {
            let (port, port_offset) = match port {
                Port::None | Port::Fixed(0) => (None, 0),
                Port::Fixed(port) => (Some(port), 0),
                Port::Offset(offset) => (None, offset),
                Port::Range(..) => {
                    let message = format!("{prefix} : port range not permitted here in '{text}'");
                    tell(
                        reading,
                        Diagnostic::alert("bad-address", message)
                            .at(word.span)
                            .help("write one port, or one server for each"),
                    );
                    return None;
                }
            };
            let ip: Option<IpAddr> = resolve(&host, family, reading.host);
            return Some(ServerHost::Inet {
                written: host.into(),
                ip,
                port,
                port_offset,
            });
        }
        Ok(HostPort::Unix(path)) => return Some(ServerHost::Unix(path)),
        Ok(HostPort::Abstract(name)) => return Some(ServerHost::Abstract(name)),
        Ok(HostPort::Fd(_) | HostPort::SockPair(_)) => format!("cannot connect to '{text}'."),
        Err(error) => error.to_string(),
    };
    let told = Diagnostic::alert("bad-address", format!("{prefix} : {fault}")).at(word.span);
    tell(reading, told.help("write ADDRESS:PORT, with a port up to 65535"));
    None
}

/// Reads the options of a line; none when one of them is wrong.
pub(crate) fn server_flags(
    reading: &mut Reading<'_>,
    words: &[Word<'_>],
    prefix: &str,
    name: &str,
    default: bool,
) -> Option<ServerParams> {
    let mut reader = ServerLineReader {
        params: ServerParams::default(),
        name,
    };
    let lead = if prefix.is_empty() {
        String::new()
    } else {
        format!("{prefix} : ")
    };
    let mut faulty = false;
    let mut at = 0;
    while let Some(word) = words.get(at).filter(|word| !word.text.is_empty()) {
        at += 1;
        let Some(row) = SERVER_INDEX
            .find(&word.text)
            .filter(|row| !reading.too_new(&row.row))
        else {
            unknown(reading, word, &lead, default);
            return None;
        };
        let values = if row.row.name == "source" {
            source_words(&words[at..])
        } else {
            usize::from(row.row.arity.max)
        };
        let value = words.get(at).filter(|value| values > 0 && !value.text.is_empty());
        if values > 0 && value.is_none() && row.act.is_none() {
            let option = row.row.name;
            let message = format!("{lead}'{option}' expects <value> as argument.");
            tell(
                reading,
                Diagnostic::alert("missing-argument", message)
                    .at(word.span)
                    .help("add its value"),
            );
            return None;
        }
        at = (at + values).min(words.len());
        if row.is_read_only() {
            reading.tell_read_only(&format!("'{}' of a server", row.row.name), word.span);
        }
        match row.act {
            None => note_read_only(&mut reader.params, row.row.name, value),
            Some(act) => {
                if let Err(fault) = reader.apply(reading, act, word, value) {
                    let message = format!("{lead}{}", fault.message);
                    tell(
                        reading,
                        Diagnostic::alert("bad-server-option", message)
                            .at(fault.span)
                            .help(fault.help),
                    );
                    faulty = true;
                }
            }
        }
    }
    if let Some(id) = &reader.params.id {
        same_id(reading, id, &lead, name);
    }
    (!faulty).then_some(reader.params)
}

/// `source ADDRESS [usesrc ADDRESS | interface NAME]`.
fn source_words(words: &[Word<'_>]) -> usize {
    match words.get(1).map(|word| &*word.text) {
        Some(b"usesrc" | b"interface") => 3,
        _ => 1,
    }
}

/// What rows that are only read change all the same.
fn note_read_only(params: &mut ServerParams, name: &str, value: Option<&Word<'_>>) {
    match name {
        "resolvers" => params.resolvers = true,
        "ssl" => params.ssl = Some(true),
        "ca-file" => params.verify_settled = true,
        "verify" => params.verify_settled |= value.is_some_and(|value| &*value.text == b"none"),
        "no-ssl" => params.ssl = Some(false),
        "track" => params.track = value.map(|value| Set::new(value.text.to_vec().into(), value.span)),
        _ => {}
    }
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
    told = match near {
        Some(near) => told.help(format!("did you mean '{near}'?")).fix(
            format!("write '{near}'"),
            word.span,
            near,
            Applicability::MaybeIncorrect,
        ),
        None => told.help("see the manual, section 5.2; a unit is written without a blank"),
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

/// Whether `value` is the one word that `option` takes.
fn only_word(option: &str, value: &Word<'_>, word: &'static str) -> Result<(), Fault> {
    if &*value.text == word.as_bytes() {
        return Ok(());
    }
    Err(Fault {
        message: format!("'{option}' expects '{word}' but got '{}'.", shown(value)),
        span: value.span,
        help: "write 'on-marked-down shutdown-sessions' or 'on-marked-up shutdown-backup-sessions'",
    })
}

/// The options of one line as they are read.
pub(crate) struct ServerLineReader<'n> {
    params: ServerParams,
    name: &'n str,
}

impl ServerLineReader<'_> {
    fn apply(
        &mut self,
        reading: &mut Reading<'_>,
        act: ServerParse,
        option: &Word<'_>,
        value: Option<&Word<'_>>,
    ) -> Result<(), Fault> {
        let option_name = shown(option).into_owned();
        match act {
            ServerParse::Backup(on) => self.params.backup = Some(on),
            ServerParse::Check(on) => self.params.check.enabled = Some(on),
            ServerParse::Disabled(on) => self.params.disabled = Some(on),
            ServerParse::SendProxy(version) => self.params.send_proxy = Some(version),
            _ => {}
        }
        if matches!(
            act,
            ServerParse::Backup(_)
                | ServerParse::Check(_)
                | ServerParse::Disabled(_)
                | ServerParse::SendProxy(_)
        ) {
            return Ok(());
        }
        // Numbers that are missing count as 0, as they always have, and a missing word is none that was asked for.
        let loose = matches!(
            act,
            ServerParse::Weight
                | ServerParse::Maxconn
                | ServerParse::Minconn
                | ServerParse::Maxqueue
                | ServerParse::OnMarkedDown
                | ServerParse::OnMarkedUp
        );
        let nothing = Word {
            text: b"".as_slice().into(),
            span: option.span,
        };
        let Some(value) = value.or(loose.then_some(&nothing)) else {
            return Err(Fault {
                message: format!("'{option_name}' expects <value> as argument.."),
                span: option.span,
                help: "add its value",
            });
        };
        match act {
            ServerParse::Cookie => {
                self.params.cookie = Some(Set::new(value.text.to_vec().into(), value.span));
            }
            ServerParse::Redir => self.params.redir = Some(value.text.to_vec().into()),
            ServerParse::Weight => self.params.weight = Some(self.weight(reading, value)?),
            ServerParse::Maxconn => self.params.maxconn = Some(count(reading, &option_name, value)),
            ServerParse::Minconn => self.params.minconn = Some(count(reading, &option_name, value)),
            ServerParse::Maxqueue => self.params.maxqueue = Some(count(reading, &option_name, value)),
            ServerParse::Rise => self.params.check.rise = Some(positive(reading, &option_name, value)?),
            ServerParse::Fall => self.params.check.fall = Some(positive(reading, &option_name, value)?),
            ServerParse::Inter => self.params.check.inter = Some(self.interval(&option_name, value)?),
            ServerParse::Fastinter => self.params.check.fastinter = Some(self.interval(&option_name, value)?),
            ServerParse::Downinter => self.params.check.downinter = Some(self.interval(&option_name, value)?),
            ServerParse::Port => self.params.check.port = Some(port(reading, value)?),
            ServerParse::Addr => self.params.check.addr = Some(self.check_addr(reading, value)?),
            ServerParse::OnMarkedDown => {
                only_word(&option_name, value, "shutdown-sessions")?;
                self.params.down_ends_sessions = true;
            }
            ServerParse::OnMarkedUp => {
                only_word(&option_name, value, "shutdown-backup-sessions")?;
                self.params.up_ends_backup_sessions = true;
            }
            ServerParse::Id => self.params.id = Some(Set::new(id(value)?, value.span)),
            ServerParse::InitAddr => self.params.may_stay_unresolved = Some(init_addr(value)?),
            ServerParse::Backup(_)
            | ServerParse::Check(_)
            | ServerParse::Disabled(_)
            | ServerParse::SendProxy(_) => {}
        }
        Ok(())
    }

    fn weight(&self, reading: &mut Reading<'_>, value: &Word<'_>) -> Result<u32, Fault> {
        let loose = loose_integer(&value.text);
        let fits = u32::try_from(loose.value).ok().filter(|weight| *weight <= 256);
        let Some(weight) = fits else {
            return Err(Fault {
                message: format!(
                    "weight of server {} is not within 0 and 256 ({})..",
                    self.name, loose.value
                ),
                span: value.span,
                help: "write a weight from 0 to 256",
            });
        };
        tell_loose(reading, "weight", value, loose.exact, weight);
        Ok(weight)
    }

    fn interval(&self, option: &str, value: &Word<'_>) -> Result<u32, Fault> {
        let name = self.name;
        let text = shown(value);
        let (message, help) = match time(&value.text, Unit::Millisecond).map(|time| time.value) {
            Ok(0) => (
                format!("invalid value 0 for argument '{option}' of server {name}.."),
                "write 1ms or more",
            ),
            Ok(millis) => return Ok(millis),
            Err(TimeError::Underflow) => return Ok(1),
            Err(TimeError::Overflow) => (
                format!("timer overflow in argument <{text}> to <{option}> of server {name}.."),
                "write 24d or less",
            ),
            Err(TimeError::Unexpected(byte)) => (
                format!(
                    "unexpected character '{}' in '{option}' argument of server {name}..",
                    char::from(byte)
                ),
                "write a number and one of the units us, ms, s, m, h, d",
            ),
        };
        Err(Fault {
            message,
            span: value.span,
            help,
        })
    }

    fn check_addr(&mut self, reading: &mut Reading<'_>, value: &Word<'_>) -> Result<IpAddr, Fault> {
        let text = shown(value).into_owned();
        let fault = match host_port(&text) {
            Ok(HostPort::Inet { host, family, port }) => match resolve(&host, family, reading.host) {
                Some(ip) => {
                    if let Port::Fixed(port) = port {
                        self.params.check.port = Some(port);
                    }
                    return Ok(ip);
                }
                None => format!("invalid address: '{host}' in '{text}'"),
            },
            Ok(_) => format!("invalid address: '{text}' in '{text}'"),
            Err(error) => error.to_string(),
        };
        Err(Fault {
            message: format!("'addr' : {fault}."),
            span: value.span,
            help: "write an address",
        })
    }
}

/// A number that the original reads loosely; what it left is told.
fn count(reading: &mut Reading<'_>, option: &str, value: &Word<'_>) -> u32 {
    let loose = loose_integer(&value.text);
    let number = u32::try_from(loose.value.max(0)).unwrap_or(u32::MAX);
    tell_loose(reading, option, value, loose.exact && loose.value >= 0, number);
    number
}

fn positive(reading: &mut Reading<'_>, option: &str, value: &Word<'_>) -> Result<u32, Fault> {
    let loose = loose_integer(&value.text);
    let fits = u32::try_from(loose.value).ok().filter(|number| *number > 0);
    let Some(number) = fits else {
        return Err(Fault {
            message: format!("'{option}' has to be > 0.."),
            span: value.span,
            help: "write a number from 1",
        });
    };
    tell_loose(reading, option, value, loose.exact, number);
    Ok(number)
}

fn tell_loose(reading: &mut Reading<'_>, option: &str, value: &Word<'_>, exact: bool, number: u32) {
    if !exact {
        let message = format!(
            "'{option}' expects a number, '{}' is read as {number}.",
            shown(value)
        );
        let told = Diagnostic::warning("loose-number", message).at(value.span);
        tell(
            reading,
            told.help(format!("write {number}, or the number that was meant")),
        );
    }
}

fn port(reading: &mut Reading<'_>, value: &Word<'_>) -> Result<u16, Fault> {
    let loose = loose_integer(&value.text);
    let port = u16::try_from(loose.value).ok();
    if port.is_none() && reading.dialect.strict && reading.dialect.at_least(3, 3) {
        let message = format!("'port' : invalid port '{}'.", shown(value));
        return Err(Fault {
            message,
            span: value.span,
            help: "write a port from 1 to 65535",
        });
    }
    // The original kept what fits into its field.
    let number = port.unwrap_or_else(|| u16::try_from(loose.value.rem_euclid(1 << 16)).unwrap_or(0));
    tell_loose(
        reading,
        "port",
        value,
        loose.exact && port.is_some(),
        u32::from(number),
    );
    Ok(number)
}

fn id(value: &Word<'_>) -> Result<u32, Fault> {
    let number = u32::try_from(loose_integer(&value.text).value)
        .ok()
        .filter(|id| *id > 0);
    number.ok_or_else(|| Fault {
        message: "'id' : custom id has to be > 0.".to_owned(),
        span: value.span,
        help: "write a number from 1",
    })
}

/// Whether the methods of `init-addr` let a server stay without an address.
fn init_addr(value: &Word<'_>) -> Result<bool, Fault> {
    let text = shown(value);
    let mut may = false;
    for method in text.split(',') {
        match method {
            "last" | "libc" => {}
            "none" => may = true,
            address if address.parse::<IpAddr>().is_ok() => may = true,
            other => {
                return Err(Fault {
                    message: format!(
                        "'init-addr' : unknown init-addr method '{other}', only 'libc', 'last' and 'none' or an address are supported."
                    ),
                    span: value.span,
                    help: "write: init-addr last,libc,none",
                });
            }
        }
    }
    Ok(may)
}
