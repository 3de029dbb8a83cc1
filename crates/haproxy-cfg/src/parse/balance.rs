//! `balance`.

use syntax::{Context, Diagnostic, closest};

use super::line::{Line, shown};
use super::reading::Reading;
use super::sample;
use crate::lex::Word;
use crate::model::{Balance, HashKey, Mode, Sample, UriKey};
use crate::signature::{Argument, Given, Value};
use crate::values::loose_integer;
use crate::written::Set;

/// The beginning of the expression of `balance log-hash`.
const LINE_STANDS_HERE: &[u8] = b"str(-),";

/// The cookie of `balance rdp-cookie` without a name.
const DEFAULT_RDP_COOKIE: &str = "mstshash";

const NAMES: &[&str] = &[
    "roundrobin",
    "static-rr",
    "leastconn",
    "first",
    "source",
    "uri",
    "url_param",
    "hdr",
    "random",
    "rdp-cookie",
    "hash",
    "log-hash",
    "sticky",
];

/// `balance ALGORITHM [ARGS]`; without one it is round robin.
pub(crate) fn balance(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        return store(reading, line, Balance::RoundRobin);
    };
    let text = shown(word).into_owned();
    let (name, argument) = match text.find('(') {
        Some(at) => (&text[..at], Some(&text[at..])),
        None => (text.as_str(), None),
    };
    let mut of_requests = false;
    let newer = !reading.dialect.strict || reading.dialect.at_least(2, 7);
    let algorithm = match name {
        "roundrobin" => Balance::RoundRobin,
        "static-rr" => Balance::StaticRr,
        "leastconn" => Balance::LeastConn,
        "first" => Balance::First,
        "source" => Balance::Hash(HashKey::Source),
        "sticky" if newer => Balance::Sticky,
        "random" => match draws(argument) {
            Ok(draws) => Balance::Random(draws),
            Err(message) => {
                let told = Diagnostic::alert("bad-balance", message).at(word.span);
                return reading.tell(told.help("write: balance random(2)"));
            }
        },
        "log-hash" | "sticky" if !newer => return unknown(reading, word, name),
        "hdr" if argument.is_none() => return unknown(reading, word, name),
        "uri" | "url_param" | "hdr" | "rdp-cookie" | "hash" | "log-hash" => {
            let Some((arguments, key)) = hash_arguments(reading, line, name, argument) else {
                return;
            };
            of_requests = matches!(name, "uri" | "url_param" | "hdr");
            reading.keep(Given {
                name: "balance",
                arguments,
                span: line.span(),
            });
            match key {
                Some(key) => Balance::Hash(key),
                // What is wrong with it is told where log lines are balanced.
                None => Balance::RoundRobin,
            }
        }
        _ => return unknown(reading, word, name),
    };
    store(reading, line, algorithm);
    reading.settings().request_hash = Some(Set::new(of_requests, line.span()));
}

fn unknown(reading: &mut Reading<'_>, word: &Word<'_>, name: &str) {
    let newer = "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', 'hash', \
                 'hdr(name)', 'rdp-cookie(name)', 'log-hash' and 'sticky' options.";
    let older = "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', \
                 'hdr(name)' and 'rdp-cookie(name)' options.";
    let message = if reading.dialect.does_as(2, 7) {
        newer
    } else {
        older
    };
    let mut told = Diagnostic::alert("unknown-balance", message).at(word.span);
    told.help = closest(name.as_bytes(), NAMES.iter().copied()).map(|near| format!("did you mean '{near}'?"));
    reading.tell(told);
}

/// What stands between parentheses; none where they are not closed or hold nothing.
fn inside(argument: Option<&str>) -> Option<&str> {
    let inside = argument?.strip_prefix('(')?.split_once(')')?.0;
    (!inside.is_empty()).then_some(inside)
}

/// Reads what the algorithms by hash take, and the key that it says, if we choose servers by it; the first fault is told.
fn hash_arguments(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    name: &str,
    argument: Option<&str>,
) -> Option<(Vec<Argument>, Option<HashKey>)> {
    let missing = |reading: &mut Reading<'_>, message: &str| {
        reading.alert("missing-argument", line.behind(), message);
        None
    };
    let unknown = |reading: &mut Reading<'_>, word: &Word<'_>, message: String| {
        reading.alert("unknown-option", word.span, message);
        None
    };
    let part = |name: &'static str, value: Value, word: &Word<'_>| Argument {
        name,
        value,
        span: word.span,
    };
    let first = line.arg(0)?;
    let algorithm = NAMES
        .iter()
        .find(|known| **known == name)
        .copied()
        .unwrap_or_default();
    let mut out = vec![part("algorithm", Value::Word(algorithm), first)];
    let key = match name {
        "url_param" => {
            let Some(parameter) = line.arg(1) else {
                return missing(reading, "balance url_param requires an URL parameter name.");
            };
            out.push(part(
                "parameter",
                Value::Text(parameter.text.to_vec().into()),
                parameter,
            ));
            if let Some(modifier) = line.arg(2) {
                if &*modifier.text != b"check_post" {
                    let got = shown(modifier);
                    let message =
                        format!("balance url_param only accepts 'check_post' modifier (got '{got}').");
                    return unknown(reading, modifier, message);
                }
                out.push(part("check_post", Value::Word("check_post"), modifier));
            }
            Some(HashKey::Parameter {
                name: parameter.text.to_vec().into(),
                in_body: line.arg(2).is_some(),
            })
        }
        "hdr" => {
            let Some(header) = inside(argument) else {
                return missing(reading, "balance hdr requires an http header field name.");
            };
            out.push(part("header", Value::Text(header.into()), first));
            if let Some(modifier) = line.arg(1) {
                if &*modifier.text != b"use_domain_only" {
                    let message = format!(
                        "balance hdr({header}) only accepts 'use_domain_only' modifier (got '{}').",
                        shown(modifier)
                    );
                    return unknown(reading, modifier, message);
                }
                out.push(part("use_domain_only", Value::Word("use_domain_only"), modifier));
            }
            Some(HashKey::Header {
                name: header.into(),
                domain_only: line.arg(1).is_some(),
            })
        }
        "rdp-cookie" if argument.is_none() => Some(HashKey::RdpCookie(DEFAULT_RDP_COOKIE.into())),
        "rdp-cookie" => {
            let Some(cookie) = inside(argument) else {
                return missing(reading, "balance rdp-cookie : missing cookie name.");
            };
            out.push(part("cookie", Value::Text(cookie.into()), first));
            Some(HashKey::RdpCookie(cookie.into()))
        }
        "log-hash" => {
            let (argument, sample) = converters(reading, line)?;
            out.push(argument);
            sample.map(|sample| HashKey::LogLine(Box::new(sample)))
        }
        "hash" => {
            let (argument, sample) = expression(reading, line)?;
            out.push(argument);
            Some(HashKey::Sample(Box::new(sample)))
        }
        "uri" => Some(HashKey::Uri(uri(reading, line, &mut out)?)),
        _ => None,
    };
    Some((out, key))
}

/// `len N`, `depth N`, `whole` and `path-only` of `balance uri`.
fn uri(reading: &mut Reading<'_>, line: &Line<'_>, out: &mut Vec<Argument>) -> Option<UriKey> {
    let mut key = UriKey::default();
    let mut at = 1;
    while let Some(word) = line.arg(at) {
        let (name, length) = match &*word.text {
            b"len" => ("len", 2),
            b"depth" => ("depth", 2),
            b"whole" => ("whole", 1),
            b"path-only" => ("path-only", 1),
            _ => {
                let got = shown(word).into_owned();
                let message = format!(
                    "balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '{got}')."
                );
                reading.alert("unknown-option", word.span, message);
                return None;
            }
        };
        let value = if length == 1 {
            Value::Word(name)
        } else {
            let given = line.arg(at + 1);
            let got = given.map(|given| shown(given).into_owned()).unwrap_or_default();
            let number = loose_integer(got.as_bytes()).value;
            if number <= 0 {
                let message = format!("balance uri : '{name}' expects a positive integer (got '{got}').");
                let span = given.map_or(word.span, |given| given.span);
                reading.alert("missing-argument", span, message);
                return None;
            }
            Value::Int(number)
        };
        let number = value.number().and_then(|number| u32::try_from(number).ok());
        match name {
            "len" => key.len = number,
            "depth" => key.depth = number,
            "whole" => key.whole = true,
            _ => key.path_only = true,
        }
        out.push(Argument {
            name,
            value,
            span: word.span,
        });
        at += length;
    }
    Some(key)
}

/// The converters of `balance log-hash`, and the expression that they make; none where they are wrong, which is told of backends
/// that log lines go to.
fn converters(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<(Argument, Option<Sample>)> {
    let Some(first) = line.arg(1) else {
        let message = "balance log-hash requires a converter list.";
        reading.alert("missing-argument", line.behind(), message);
        return None;
    };
    let argument = Argument {
        name: "converters",
        value: Value::Text(first.text.to_vec().into()),
        span: first.span,
    };
    // A text stands for the line that is not there yet.
    let whole = Word {
        text: [LINE_STANDS_HERE, &first.text].concat().into(),
        span: first.span,
    };
    match sample::read_words(reading, &[whole], 0, sample::Usage::ANYWHERE) {
        Ok((sample, _)) => Some((argument, Some(sample))),
        Err(wrong) => {
            let backend = reading.proxy_ref().map(|proxy| proxy.name.clone());
            let message = format!(
                "log backend '{}': failed to initialize: {} (from converter list argument in \"balance log-hash\").",
                backend.unwrap_or_default(),
                wrong.words
            );
            let told = Diagnostic::alert(wrong.code, message).at(wrong.span);
            reading.tell_in(Mode::Log, told.context(Context::Whole).help(wrong.help));
            Some((argument, None))
        }
    }
}

/// The expression of `balance hash`. What is wrong with it is told where the section begins, as the original does.
fn expression(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<(Argument, Sample)> {
    let Some(first) = line.arg(1) else {
        let message = "balance hash requires a sample expression.";
        reading.alert("missing-argument", line.behind(), message);
        return None;
    };
    let usage = sample::Usage::USE_SERVER;
    let text = shown(first).into_owned();
    // The original names the section's first line.
    let lead = reading.proxy_ref().map(|proxy| {
        let (file, at) = reading.sources.locate(proxy.span);
        let kind = Reading::proxy_words(proxy.kind);
        format!("{kind} '{}' [{file}:{}]: ", proxy.name, at.line)
    });
    let lead = lead.unwrap_or_default();
    let refuse = |reading: &mut Reading<'_>, code, words: String, help: &str| {
        let told = Diagnostic::alert(code, format!("{lead}{words}")).at(first.span);
        reading.tell(told.context(Context::Whole).help(help));
    };
    let (read, next) = match sample::read_words(reading, line.args(), 1, usage) {
        Ok(read) => read,
        Err(wrong) => {
            let message = format!(
                "failed to parse 'balance hash' expression '{text}' in : {}.",
                wrong.words
            );
            refuse(reading, wrong.code, message, &wrong.help);
            return None;
        }
    };
    if let Some(extra) = line.arg(next) {
        let message = format!("balance hash takes no other argument (got '{}').", shown(extra));
        reading.alert("extra-argument", extra.span, message);
        return None;
    }
    if let Some(needs) = sample::needs(reading, &read, usage) {
        let message = format!(
            "error detected while parsing 'balance hash' expression '{text}' which requires information from {needs}, \
             which is not available here."
        );
        let help = "a server is chosen for a request: use what requests hold";
        refuse(reading, "not-at-hand", message, help);
        return None;
    }
    let argument = Argument {
        name: "expression",
        value: Value::Text(text.into()),
        span: first.span,
    };
    Some((argument, read))
}

fn draws(argument: Option<&str>) -> Result<u32, String> {
    let Some(argument) = argument else { return Ok(2) };
    let Some((text, _)) = argument[1..].split_once(')') else {
        return Err("balance random : missing closing parenthesis.".to_owned());
    };
    if text.is_empty() {
        return Ok(2);
    }
    let sign = usize::from(text.starts_with(['+', '-']));
    if let Some(wrong) = text[sign..].chars().find(|c| !c.is_ascii_digit()) {
        return Err(format!(
            "balance random : unexpected character '{wrong}' after argument."
        ));
    }
    match u32::try_from(loose_integer(text.as_bytes()).value) {
        Ok(draws) if draws > 0 => Ok(draws),
        _ => Err("balance random : number of draws must be at least 1.".to_owned()),
    }
}

fn store(reading: &mut Reading<'_>, line: &Line<'_>, algorithm: Balance) {
    reading.settings().balance = Some(Set::new(algorithm, line.span()));
}
