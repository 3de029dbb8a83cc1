//! Arguments of keywords that are only read: wrong ones are refused as the original refuses them, though nothing is done with
//! right ones yet.

use syntax::{Context, Diagnostic, closest};

use super::format;
use super::frame::Frame;
use super::line::{Line, shown};
use super::reading::Reading;
use super::sample::Usage;
use super::timeout::timer;
use crate::keywords::{Output, filters, place};
use crate::lex::Word;
use crate::values::{Unit, integer};
use crate::written::ReferenceKind;

/// One of a set of words.
fn one_of(
    reading: &mut Reading<'_>,
    word: Option<&Word<'_>>,
    line: &Line<'_>,
    known: &[&str],
    message: &str,
) -> bool {
    let found = word.is_some_and(|word| known.iter().any(|known| known.as_bytes() == &*word.text));
    if !found {
        let span = word.map_or(line.behind(), |word| word.span);
        let near = word.and_then(|word| closest(&word.text, known.iter().copied()));
        let help = near.map_or(format!("write one of {}", known.join(", ")), |near| {
            format!("did you mean '{near}'?")
        });
        reading.tell(Diagnostic::alert("unknown-option", message).at(span).help(help));
    }
    found
}

fn missing(reading: &mut Reading<'_>, line: &Line<'_>, message: impl Into<String>, help: &str) {
    reading.tell(
        Diagnostic::alert("missing-argument", message)
            .at(line.behind())
            .help(help),
    );
}

pub(crate) fn compression(reading: &mut Reading<'_>, line: &Line<'_>) {
    let algorithms = ["identity", "gzip", "deflate", "raw-deflate"];
    let words = if reading.dialect.strict && !reading.dialect.at_least(2, 7) {
        &["algo", "type", "offload"][..]
    } else {
        &[
            "algo",
            "type",
            "offload",
            "algo-req",
            "algo-res",
            "type-req",
            "type-res",
            "direction",
            "minsize-req",
            "minsize-res",
        ]
    };
    if !one_of(
        reading,
        line.arg(0),
        line,
        words,
        "'compression' expects 'algo', 'type' or 'offload'",
    ) {
        return;
    }
    if line.arg(0).is_some_and(|word| word.text.starts_with(b"algo")) {
        for word in &line.args()[1..] {
            let message = format!("'compression' : '{}' is not a supported algorithm.", shown(word));
            if !one_of(reading, Some(word), line, &algorithms, &message) {
                return;
            }
        }
    }
}

pub(crate) fn filter(reading: &mut Reading<'_>, line: &Line<'_>) {
    let known: Vec<&str> = filters(reading.dialect).map(|filter| filter.name).collect();
    let name = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    if !name.starts_with("lua.")
        && !one_of(
            reading,
            line.arg(0),
            line,
            &known,
            &format!("'filter' : unknown keyword '{name}'."),
        )
    {
        return;
    }
    named_filter(reading, line, &name);
    if name != "spoe" {
        return;
    }
    let config = line
        .args()
        .iter()
        .position(|word| &*word.text == b"config")
        .and_then(|at| line.arg(at + 1));
    let Some(path) = config else {
        return missing(
            reading,
            line,
            "'filter' : 'missing config file'",
            "add: config PATH",
        );
    };
    let text = shown(path).into_owned();
    if reading.host.path_kind(&text).is_err() {
        let message =
            format!("'filter' : 'Could not open configuration file {text} : No such file or directory'");
        reading.tell(
            Diagnostic::alert("missing-file", message)
                .at(path.span)
                .help("check the path"),
        );
    }
}

/// Remembers a filter that rules may name.
fn named_filter(reading: &mut Reading<'_>, line: &Line<'_>, kind: &str) {
    let (kind, option) = match kind {
        "spoe" => ("spoe", &b"engine"[..]),
        "opentracing" => ("opentracing", &b"id"[..]),
        _ => return,
    };
    let at = line.args().iter().position(|word| &*word.text == option);
    let name = at.and_then(|at| line.arg(at + 1)).map(|word| word.text.to_vec());
    if let (Some(name), super::Section::Proxy(index)) = (name, reading.section) {
        reading.written.named_filters.push((index, kind, name.into()));
    }
}

pub(crate) fn rate_limit(reading: &mut Reading<'_>, line: &Line<'_>) {
    let got = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let message = format!("'rate-limit' only supports 'sessions' (got '{got}')");
    if one_of(reading, line.arg(0), line, &["sessions"], &message) {
        number(reading, line, 1, "'rate-limit sessions'");
    }
}

pub(crate) fn max_keep_alive_queue(reading: &mut Reading<'_>, line: &Line<'_>) {
    number(reading, line, 0, "'max-keep-alive-queue'");
}

fn number(reading: &mut Reading<'_>, line: &Line<'_>, at: usize, name: &str) {
    let Some(word) = line.arg(at) else {
        return missing(
            reading,
            line,
            format!("{name} expects an integer value"),
            "add a number",
        );
    };
    if integer(&word.text).is_none() {
        let text = shown(word).into_owned();
        let wrong = text.chars().find(|c| !c.is_ascii_digit()).unwrap_or(' ');
        let message = format!("{name} : unexpected character '{wrong}' in integer value '{text}'");
        reading.tell(
            Diagnostic::alert("bad-number", message)
                .at(word.span)
                .help("write a number"),
        );
    }
}

pub(crate) fn retry_on(reading: &mut Reading<'_>, line: &Line<'_>) {
    const KNOWN: &[&str] = &[
        "none",
        "conn-failure",
        "empty-response",
        "junk-response",
        "response-timeout",
        "0rtt-rejected",
        "all-retryable-errors",
        "401",
        "403",
        "404",
        "408",
        "421",
        "425",
        "429",
        "500",
        "501",
        "502",
        "503",
        "504",
        "receive-timeout",
    ];
    for word in line.args() {
        let message = format!("'retry-on': unknown keyword '{}'", shown(word));
        if !one_of(reading, Some(word), line, KNOWN, &message) {
            return;
        }
    }
}

pub(crate) fn errorloc(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = shown(line.keyword()).into_owned();
    let Some(code) = line.arg(0) else {
        return missing(
            reading,
            line,
            format!("{name} : expects <status_code> and <url> as arguments."),
            "add them",
        );
    };
    let status = integer(&code.text).and_then(|code| u16::try_from(code).ok());
    if !status.is_some_and(|status| super::proxy::ERROR_STATUSES.contains(&status)) {
        let message = format!("{name} : status code '{}' not handled.", shown(code));
        return reading.tell(
            Diagnostic::alert("bad-status", message)
                .at(code.span)
                .help("write for example 503"),
        );
    }
    if line.arg(1).is_none() {
        missing(
            reading,
            line,
            format!("{name} : expects <status_code> and <url> as arguments."),
            "add a URL",
        );
    }
}

pub(crate) fn hash_type(reading: &mut Reading<'_>, line: &Line<'_>) {
    let methods = ["consistent", "map-based"];
    if !one_of(
        reading,
        line.arg(0),
        line,
        &methods,
        "'hash-type' only supports 'consistent' and 'map-based'.",
    ) {
        return;
    }
    if let Some(function) = line.arg(1) {
        let functions = ["sdbm", "djb2", "crc32", "wt6", "none", "avalanche"];
        let message = "'hash-type' only supports 'sdbm', 'djb2', 'crc32', or 'wt6' hash functions.";
        one_of(reading, Some(function), line, &functions, message);
    }
}

pub(crate) fn stick_table(reading: &mut Reading<'_>, line: &Line<'_>) {
    let args = line.args();
    let mut sized = false;
    let mut at = 0;
    while let Some(word) = args.get(at) {
        let value = line.arg(at + 1);
        match &*word.text {
            b"type" => {
                let got = value.map(|value| shown(value).into_owned()).unwrap_or_default();
                let types = ["ip", "ipv6", "integer", "string", "binary"];
                if !one_of(
                    reading,
                    value,
                    line,
                    &types,
                    &format!("stick-table: unknown type '{got}'."),
                ) {
                    return;
                }
                let output = match &*got {
                    "ip" => Output::Ipv4,
                    "ipv6" => Output::Ipv6,
                    "integer" => Output::Sint,
                    "string" => Output::Str,
                    _ => Output::Bin,
                };
                let name = reading.own_name().into();
                reading.written.table_types.insert(name, output);
                if line.arg(at + 2).is_some_and(|word| &*word.text == b"len") {
                    at += 2;
                }
            }
            b"size" => {
                sized = true;
                let Some(value) = value else {
                    return missing(
                        reading,
                        line,
                        "stick-table: missing argument after 'size'.",
                        "write: size 100k",
                    );
                };
                let digits = value.text.iter().take_while(|byte| byte.is_ascii_digit()).count();
                let suffix = &value.text[digits..];
                if digits == 0 || !matches!(suffix, b"" | b"k" | b"K" | b"m" | b"M" | b"g" | b"G") {
                    let wrong = char::from(suffix.first().copied().unwrap_or(b' '));
                    let message =
                        format!("stick-table: unexpected character '{wrong}' in argument of 'size'.");
                    return reading.tell(
                        Diagnostic::alert("bad-number", message)
                            .at(value.span)
                            .help("write: size 100k"),
                    );
                }
            }
            b"expire" => {
                let Some(value) = value else {
                    return missing(
                        reading,
                        line,
                        "stick-table: missing argument after 'expire'.",
                        "write: expire 30m",
                    );
                };
                if timer(reading, value, Unit::Millisecond, "argument of 'expire'.").is_none() {
                    return;
                }
            }
            b"peers" => {
                let Some(value) = value else {
                    return missing(
                        reading,
                        line,
                        "stick-table: missing argument after 'peers'.",
                        "name a peers section",
                    );
                };
                reading.refer(ReferenceKind::Peers, &value.text, value.span);
            }
            b"nopurge" | b"write-to" | b"srvkey" | b"store" | b"brates-factor" | b"recv-only" => {
                if matches!(&*word.text, b"nopurge" | b"recv-only") {
                    at += 1;
                    continue;
                }
            }
            _ => {
                let message = format!("stick-table: unknown argument '{}'.", shown(word));
                return reading.tell(
                    Diagnostic::alert("unknown-option", message)
                        .at(word.span)
                        .help("see the manual, stick-table"),
                );
            }
        }
        at += 2;
    }
    if !sized {
        return missing(reading, line, "stick-table: missing size.", "add: size 100k");
    }
    if let Some(name) = reading.proxy_ref().map(|proxy| proxy.name.clone()) {
        reading.written.tables.insert(name);
    }
}

pub(crate) fn persist(reading: &mut Reading<'_>, line: &Line<'_>) {
    if !line
        .arg(0)
        .is_some_and(|word| word.text.starts_with(b"rdp-cookie"))
    {
        let span = line.arg(0).map_or(line.behind(), |word| word.span);
        let told = Diagnostic::alert("unknown-option", "unknown persist method.").at(span);
        reading.tell(told.help("write: persist rdp-cookie"));
    }
}

pub(crate) fn server_state(reading: &mut Reading<'_>, line: &Line<'_>) {
    let got = line
        .arg(0)
        .map(|word| shown(word).into_owned())
        .unwrap_or_default();
    let message = format!("'load-server-state-from-file' expects 'global', 'local' or 'none'. Got '{got}'");
    one_of(reading, line.arg(0), line, &["global", "local", "none"], &message);
}

/// `log-format STRING` and its kin.
pub(crate) fn log_format(reading: &mut Reading<'_>, line: &Line<'_>) {
    let name = shown(line.keyword()).into_owned();
    if reading.place() == place::BACKEND {
        return;
    }
    let Some(word) = line.arg(0) else {
        return missing(
            reading,
            line,
            format!("{name} expects an argument."),
            "add the format in quotes",
        );
    };
    if let Some(extra) = line.arg(1) {
        let message = format!("{name} expects only one argument, don't forget to escape spaces!");
        return reading.tell(
            Diagnostic::alert("extra-argument", message)
                .at(extra.span)
                .help("put the format into quotes"),
        );
    }
    let usage = if name == "unique-id-format" {
        Usage::UNIQUE_ID
    } else if name == "log-format-sd" {
        Usage::LOG_SD
    } else {
        Usage::LOG
    };
    let what = if name == "unique-id-format" {
        "unique-id"
    } else {
        &name
    };
    let lead = format!("{}: failed to parse {what} : ", reading.parsing(line.span()));
    let mut wording = Frame::new(&lead);
    wording.context = Context::Whole;
    if let Some(format) = format::parse(reading, word, usage, wording) {
        format::keep_to_mode(reading, &format, wording);
    }
}
