//! `log` lines of `global` and of proxies.

mod sample;

use std::net::{IpAddr, SocketAddr};

use syntax::{Diagnostic, Span, closest};

use super::line::{Line, Prefix, shown};
use super::reading::{Reading, Section};
use crate::lex::Word;
use crate::model::{Address, LogFormat, LogLevel, LogSteps, LogTarget, LogTransport};
use crate::values::{HostPort, host_port, integer, resolve};
use crate::written::{LogEntry, Set};

const FACILITIES: &[&str] = &[
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp", "ntp",
    "audit", "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
    "local7",
];

pub(super) const LEVELS: &[(&str, LogLevel)] = &[
    ("emerg", LogLevel::Emerg),
    ("alert", LogLevel::Alert),
    ("crit", LogLevel::Crit),
    ("err", LogLevel::Err),
    ("warning", LogLevel::Warning),
    ("notice", LogLevel::Notice),
    ("info", LogLevel::Info),
    ("debug", LogLevel::Debug),
];

const SYSLOG_PORT: u16 = 514;
const DEFAULT_LENGTH: u32 = 1024;

/// `log …` in a proxy or a `defaults` section, `no log`.
pub(crate) fn proxy_log(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.prefix == Prefix::Default
        && reading.dialect.strict
        && (line.arg(0).is_none() || reading.spoken_before(3, 1))
    {
        let message = "log : expects <address> and <facility> or global as arguments";
        return reading.alert("missing-argument", line.span(), message);
    }
    if line.prefix != Prefix::None {
        if line.prefix == Prefix::No && line.arg(0).is_some() {
            return arguments_of_no_log(reading, line);
        }
        let settings = reading.settings();
        settings.logs.clear();
        settings.logs_reset = line.prefix == Prefix::No;
        if line.prefix == Prefix::No || !reading.dialect.strict {
            reading.at_most(line, 0);
        }
        return;
    }
    let global = line.arg(0).is_some_and(|word| &*word.text == b"global");
    if global && line.args().len() == 1 {
        return reading
            .settings()
            .logs
            .push(Set::new(LogEntry::Global, line.span()));
    }
    if let Some(target) = target(reading, line) {
        reading
            .settings()
            .logs
            .push(Set::new(LogEntry::Target(target), line.span()));
    }
}

/// `log …` of an SPOE agent, `no log`: read as in proxies, which it is no part of.
pub(super) fn agent_log(reading: &mut Reading<'_>, line: &Line<'_>) {
    let settings = reading.settings();
    let logs = std::mem::take(&mut settings.logs);
    let reset = settings.logs_reset;
    proxy_log(reading, line);
    let settings = reading.settings();
    settings.logs = logs;
    settings.logs_reset = reset;
}

/// `log …` in `global`, `no log`.
pub(crate) fn global_log(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.prefix != Prefix::None {
        if line.prefix == Prefix::No && line.arg(0).is_some() {
            return arguments_of_no_log(reading, line);
        }
        reading.written.global.logs.clear();
        return;
    }
    if let Some(word) = line.arg(0).filter(|word| &*word.text == b"global") {
        let message = "log : 'global' is not supported for a global syslog server";
        let told = Diagnostic::alert("log-global", message).at(word.span);
        return reading.tell(told.help("write an address and a facility, such as: log 127.0.0.1 local0"));
    }
    if let Some(target) = target(reading, line) {
        reading.written.global.logs.push(target);
    }
}

/// Tells that `no log` takes nothing.
pub(super) fn arguments_of_no_log(reading: &mut Reading<'_>, line: &Line<'_>) {
    let message = "log : 'no log' does not expect arguments";
    let span = line.arg(0).map_or(line.span(), |word| word.span);
    reading.tell(
        Diagnostic::alert("extra-argument", message)
            .at(span)
            .help("write: no log"),
    );
}

/// The target that a line names from its first argument on. None when it is wrong, which is told.
pub(super) fn target(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<LogTarget> {
    let (Some(address), Some(_)) = (line.arg(0), line.arg(1)) else {
        let or_global = if reading.section == Section::Global {
            ""
        } else {
            "or global"
        };
        let message = format!("log : expects <address> and <facility> {or_global} as arguments");
        let told = Diagnostic::alert("missing-argument", message).at(line.behind());
        reading.tell(told.help("write for example: log 127.0.0.1 local0"));
        return None;
    };
    let mut format = LogFormat::default();
    let mut max_len = DEFAULT_LENGTH;
    let (mut sample, mut profile) = (None, None);
    let mut at = 1;
    // Options stand in one order, each once: what is not in its place is taken for the facility.
    let mut stage = 0;
    let newer = !reading.dialect.strict || reading.dialect.at_least(2, 7);
    let global = &*address.text == b"global" && reading.section != Section::Global;
    // What stands behind `global` is taken for a facility, which it never is.
    let transport = if global { None } else { transport(reading, address) };
    while let (Some(option), value) = (line.arg(at), line.arg(at + 1)) {
        match &*option.text {
            b"len" if stage < 1 => {
                stage = 1;
                let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
                let length = u32::try_from(crate::values::loose_integer(text.as_bytes()).value)
                    .ok()
                    .filter(|length| (80..=65535).contains(length));
                let Some(length) = length else {
                    let message = format!("log : invalid log length '{text}', must be between 80 and 65535");
                    reading.alert(
                        "bad-number",
                        value.map_or(option.span, |value| value.span),
                        message,
                    );
                    return None;
                };
                max_len = length;
            }
            b"format" if stage < 2 => {
                stage = 2;
                format = log_format(reading, option.span, value)?;
            }
            b"sample" if stage < 3 => {
                stage = 3;
                sample = Some(sample::read(reading, option.span, value)?);
            }
            b"profile" if newer && stage < 3 && profile.is_none() => {
                stage = 2;
                profile = value.map(|value| value.text.to_vec().into());
            }
            _ => break,
        }
        at += 2;
    }
    let Some(word) = line.arg(at) else {
        reading.alert("missing-argument", line.behind(), "log : unknown log facility ''");
        return None;
    };
    let name = shown(word).into_owned();
    let facility = FACILITIES.iter().position(|facility| *facility == name);
    let Some(facility) = facility.and_then(|number| u8::try_from(number).ok()) else {
        let near = closest(&word.text, FACILITIES.iter().copied());
        let help = near.map_or("write local0 to local7, daemon, user …".to_owned(), |near| {
            format!("did you mean '{near}'?")
        });
        let message = format!("log : unknown log facility '{name}'");
        reading.tell(
            Diagnostic::alert("unknown-facility", message)
                .at(word.span)
                .help(help),
        );
        return None;
    };
    let max_level = level(reading, line.arg(at + 1), "optional log level")?.unwrap_or(LogLevel::Debug);
    let min_level =
        level(reading, line.arg(at + 2), "optional minimum log level")?.unwrap_or(LogLevel::Emerg);
    if let Some(extra) = line.arg(at + 3) {
        let text = shown(extra).into_owned();
        reading.alert(
            "extra-argument",
            extra.span,
            format!("log : cannot handle unexpected argument '{text}'"),
        );
        return None;
    }
    let written = address.text.to_vec().into();
    reading.written.log_lines += 1;
    Some(LogTarget {
        transport: transport?,
        format,
        facility,
        max_level,
        min_level,
        max_len,
        sample,
        profile,
        written,
        id: reading.written.log_lines,
    })
}

fn log_format(reading: &mut Reading<'_>, option: Span, value: Option<&Word<'_>>) -> Option<LogFormat> {
    let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
    let found = LogFormat::named(&text);
    if found.is_none() {
        let span = value.map_or(option, |value| value.span);
        let message = format!("log : unknown log format '{text}'");
        let help = "write rfc3164, rfc5424, local, short, priority, timed, iso or raw";
        reading.tell(Diagnostic::alert("unknown-format", message).at(span).help(help));
    }
    found
}

/// The level of a word: none of the outer kind when it is unknown, of the inner one when it is missing.
fn level(reading: &mut Reading<'_>, word: Option<&Word<'_>>, what: &str) -> Option<Option<LogLevel>> {
    let Some(word) = word else { return Some(None) };
    let found = LEVELS.iter().find(|(name, _)| name.as_bytes() == &*word.text);
    if found.is_none() {
        let text = shown(word).into_owned();
        let names = LEVELS.iter().map(|(name, _)| *name);
        let mut told =
            Diagnostic::alert("unknown-level", format!("log : unknown {what} '{text}'")).at(word.span);
        told.help = Some(match closest(&word.text, names.clone()) {
            Some(near) => format!("did you mean '{near}'?"),
            None => format!("write one of {}", names.collect::<Vec<_>>().join(", ")),
        });
        reading.tell(told);
    }
    found.map(|(_, level)| Some(*level))
}

fn transport(reading: &mut Reading<'_>, word: &Word<'_>) -> Option<LogTransport> {
    let text = String::from_utf8_lossy(&reading.expanded(&word.text)).into_owned();
    match text.as_str() {
        "stdout" => return Some(LogTransport::Stdout),
        "stderr" => return Some(LogTransport::Stderr),
        _ => {}
    }
    if let Some(name) = text.strip_prefix("ring@") {
        return Some(LogTransport::Ring(name.as_bytes().to_vec().into()));
    }
    if let Some(name) = text.strip_prefix("backend@")
        && reading.dialect.does_as(2, 9)
    {
        let name: crate::model::Word = name.as_bytes().to_vec().into();
        reading.written.log_backends.push((name.clone(), word.span));
        return Some(LogTransport::Backend(name));
    }
    let stream = [
        ("tcp@", ""),
        ("tcp4@", "ipv4@"),
        ("tcp6@", "ipv6@"),
        ("uxst@", "unix@"),
        ("stream+", ""),
    ]
    .iter()
    .find_map(|(prefix, family)| text.strip_prefix(prefix).map(|rest| format!("{family}{rest}")));
    let is_stream = stream.is_some();
    let at = |address| match is_stream {
        true => Some(LogTransport::Stream(address)),
        false => Some(LogTransport::Datagram(address)),
    };
    // Logs are datagrams otherwise.
    let bare = [
        ("udp@", ""),
        ("udp4@", "ipv4@"),
        ("udp6@", "ipv6@"),
        ("uxdg@", "unix@"),
        ("dgram+", ""),
    ]
    .iter()
    .find_map(|(prefix, family)| text.strip_prefix(prefix).map(|rest| format!("{family}{rest}")))
    .or(stream)
    .unwrap_or_else(|| text.clone());
    let fault = match host_port(&bare) {
        Ok(HostPort::Unix(path)) => return at(Address::Unix(path)),
        Ok(HostPort::Abstract(name)) => return at(Address::Abstract(name)),
        Ok(HostPort::Fd(fd)) => return Some(LogTransport::Fd(fd)),
        Ok(HostPort::SockPair(_) | HostPort::Other(_)) => format!("'{text}' : it cannot take logs."),
        Ok(HostPort::Inet { host, family, port }) => match resolve(&host, family, reading.host) {
            Some(ip) => match port.fixed_or(SYSLOG_PORT) {
                Some(port) => return at(Address::Inet(socket(ip, port))),
                None => format!("port range not permitted here in '{text}'"),
            },
            None => format!("invalid address: '{host}' in '{text}'"),
        },
        Err(error) => error.to_string(),
    };
    let number = integer(&word.text).is_some();
    let help = if number {
        "write an address, such as 127.0.0.1"
    } else {
        "write an address, a path, stdout or stderr"
    };
    reading.tell(
        Diagnostic::alert("bad-address", format!("log : {fault}"))
            .at(word.span)
            .help(help),
    );
    None
}

fn socket(ip: IpAddr, port: u16) -> SocketAddr {
    SocketAddr::new(ip, port)
}

/// `log-tag TAG`.
pub(crate) fn log_tag(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        return reading.alert(
            "missing-argument",
            line.behind(),
            "'log-tag' expects a tag for use in syslog.",
        );
    };
    if reading.section == Section::Global && !reading.at_most(line, 1) {
        return;
    }
    if let Some(extra) = line.arg(1) {
        let message = format!("'log-tag' ignores the argument '{}'.", shown(extra));
        let told = Diagnostic::warning("extra-argument", message).at(extra.span);
        reading.tell(told.help("put the tag into quotes"));
    }
    let tag = word.text.to_vec().into();
    if reading.section == Section::Global {
        reading.written.global.log_tag = Some(tag);
    } else {
        reading.settings().log_tag = Some(Set::new(tag, line.span()));
    }
}

/// `log-steps STEPS`: a list with commas, or `all`.
pub(crate) fn log_steps(reading: &mut Reading<'_>, line: &Line<'_>) {
    let mut steps = LogSteps::default();
    // Without a list, and where no logs are written, nothing is asked for.
    let Some(word) = line
        .arg(0)
        .filter(|_| reading.place() != crate::keywords::place::BACKEND)
    else {
        return;
    };
    for step in word
        .text
        .split(|byte| *byte == b',')
        .filter(|step| !step.is_empty())
    {
        match step {
            b"all" if &*word.text == b"all" => {
                steps = LogSteps {
                    accept: true,
                    request: true,
                    connect: true,
                    response: true,
                    close: true,
                }
            }
            b"accept" => steps.accept = true,
            b"request" => steps.request = true,
            b"connect" => steps.connect = true,
            b"response" => steps.response = true,
            b"close" => steps.close = true,
            // Where rules log by themselves (`do-log`), which they do in any case.
            b"quic-init" | b"http-req" | b"http-res" | b"http-after-res" | b"tcp-req-conn"
            | b"tcp-req-sess" | b"tcp-req-cont" | b"tcp-res-cont" => {}
            unknown => {
                let message = format!(
                    "invalid log step name ({}). Expected values are: accept, request, connect, response, close, quic-init, \
                     http-req, http-res, http-after-res, tcp-req-conn, tcp-req-sess, tcp-req-cont, tcp-res-cont",
                    String::from_utf8_lossy(unknown)
                );
                let told = Diagnostic::alert("unknown-step", message).at(word.span);
                return reading
                    .tell(told.help("write all, or some of accept,request,connect,response,close"));
            }
        }
    }
    reading.settings().log_steps = Some(Set::new(steps, line.span()));
}
