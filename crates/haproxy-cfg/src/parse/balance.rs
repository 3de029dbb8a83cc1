//! `balance`.

use syntax::{Diagnostic, closest};

use super::line::{Line, shown};
use super::reading::Reading;
use crate::model::Balance;
use crate::written::Set;

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
    "log-sticky",
    "sticky",
];

/// `balance ALGORITHM [ARGS]`; without one it is round robin.
pub(crate) fn balance(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        return store(reading, line, Balance::RoundRobin);
    };
    let text = shown(word).into_owned();
    let (name, argument) = match text.split_once('(') {
        Some((name, rest)) => (name, Some(rest.strip_suffix(')').unwrap_or(rest))),
        None => (text.as_str(), None),
    };
    let mut of_requests = false;
    let algorithm = match name {
        "roundrobin" => Balance::RoundRobin,
        "static-rr" => Balance::StaticRr,
        "leastconn" => Balance::LeastConn,
        "first" => Balance::First,
        "source" => Balance::Source,
        "random" => match draws(argument) {
            Ok(draws) => Balance::Random(draws),
            Err(message) => {
                let told = Diagnostic::alert("bad-balance", message).at(word.span);
                return reading.tell(told.help("write: balance random(2)"));
            }
        },
        "hdr" if argument.is_none() => return unknown(reading, word, name),
        "uri" | "url_param" | "hdr" | "rdp-cookie" | "hash" | "log-hash" | "log-sticky" | "sticky" => {
            if !hash_arguments(reading, line, name, argument) {
                return;
            }
            reading.tell_read_only(&format!("'balance {name}'"), line.span());
            of_requests = matches!(name, "uri" | "url_param" | "hdr");
            Balance::RoundRobin
        }
        _ => return unknown(reading, word, name),
    };
    store(reading, line, algorithm);
    reading.settings().request_hash = Some(Set::new(of_requests, line.span()));
}

fn unknown(reading: &mut Reading<'_>, word: &crate::lex::Word<'_>, name: &str) {
    let message = "balance only supports 'roundrobin', 'static-rr', 'leastconn', 'source', 'uri', 'url_param', \
                   'hdr(name)' and 'rdp-cookie(name)' options.";
    let mut told = Diagnostic::alert("unknown-balance", message).at(word.span);
    told.help = closest(name.as_bytes(), NAMES.iter().copied()).map(|near| format!("did you mean '{near}'?"));
    reading.tell(told);
}

/// Checks what the algorithms by hash take; the first fault is told.
fn hash_arguments(reading: &mut Reading<'_>, line: &Line<'_>, name: &str, argument: Option<&str>) -> bool {
    let missing = match name {
        "url_param" if line.arg(1).is_none() => Some("balance url_param requires an URL parameter name."),
        "hash" | "log-hash" if line.arg(1).is_none() => Some("balance hash requires a sample expression."),
        "hdr" if argument.is_none_or(str::is_empty) => {
            Some("balance hdr requires an http header field name.")
        }
        _ => None,
    };
    if let Some(message) = missing {
        reading.alert("missing-argument", line.behind(), message);
        return false;
    }
    if name != "uri" {
        return true;
    }
    let mut at = 1;
    while let Some(word) = line.arg(at) {
        match &*word.text {
            b"len" | b"depth" => {
                let number = line
                    .arg(at + 1)
                    .and_then(|value| crate::values::integer(&value.text));
                if number.is_none_or(|number| number <= 0) {
                    let option = shown(word).into_owned();
                    let message = format!("balance uri : '{option}' expects a positive integer (got '').");
                    reading.alert("missing-argument", word.span, message);
                    return false;
                }
                at += 2;
            }
            b"whole" | b"path-only" => at += 1,
            _ => {
                let got = shown(word).into_owned();
                let message = format!(
                    "balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '{got}')."
                );
                reading.alert("unknown-option", word.span, message);
                return false;
            }
        }
    }
    true
}

fn draws(argument: Option<&str>) -> Result<u32, String> {
    let Some(text) = argument else { return Ok(2) };
    match text.parse::<u32>() {
        Ok(0) => Err("balance random : number of draws must be at least 1.".to_owned()),
        Ok(draws) => Ok(draws),
        Err(_) => {
            let wrong = text.chars().find(|c| !c.is_ascii_digit()).unwrap_or(' ');
            Err(format!(
                "balance random : unexpected character '{wrong}' after argument."
            ))
        }
    }
}

fn store(reading: &mut Reading<'_>, line: &Line<'_>, algorithm: Balance) {
    reading.settings().balance = Some(Set::new(algorithm, line.span()));
}
