//! Lines of old dialects in their modern form.

use syntax::{Diagnostic, Severity, SourceMap};

use super::line::Line;
use super::reading::Reading;

/// The modern line for an old one, arguments as they were written; none when it takes more than a line, or nothing.
fn modern(sources: &SourceMap, line: &Line<'_>) -> Option<String> {
    let written = |from: usize| -> Option<String> {
        let words = line.args().get(from..)?;
        let (first, last) = (words.first()?, words.last()?);
        Some(String::from_utf8_lossy(sources.text(first.span.to(last.span))).into_owned())
    };
    // The last argument `if …` or `unless …` of rules.
    let first = line
        .args()
        .first()
        .map(|word| String::from_utf8_lossy(&word.text).into_owned());
    Some(match &*line.keyword().text {
        b"timeout" => {
            let name = match first?.as_str() {
                "contimeout" => "connect",
                "clitimeout" => "client",
                "srvtimeout" => "server",
                _ => return None,
            };
            format!("timeout {name} {}", written(1)?)
        }
        b"contimeout" => format!("timeout connect {}", written(0)?),
        b"clitimeout" => format!("timeout client {}", written(0)?),
        b"srvtimeout" => format!("timeout server {}", written(0)?),
        b"redispatch" | b"redisp" => "option redispatch".to_owned(),
        b"nbproc" => format!("nbthread {}", written(0)?),
        b"node-name" => format!("node {}", written(0)?),
        b"block" => format!("http-request deny {}", written(0)?),
        b"monitor-net" => format!("http-request return status 200 if {{ src {} }}", written(0)?),
        keyword @ (b"reqadd" | b"rspadd") => {
            let set = if keyword == b"reqadd" {
                "http-request"
            } else {
                "http-response"
            };
            let header = first?;
            let (name, value) = header.split_once(':')?;
            let value = value.trim_start();
            let condition = written(1).map(|rest| format!(" {rest}")).unwrap_or_default();
            format!("{set} add-header {} {}{condition}", name.trim(), quoted(value))
        }
        keyword @ (b"reqdel" | b"reqidel" | b"rspdel" | b"rspidel") => {
            let set = if keyword.starts_with(b"req") {
                "http-request"
            } else {
                "http-response"
            };
            // Most of them name one header: `^Name:.*`.
            let pattern = first?;
            let name = pattern.trim_start_matches('^').split(':').next()?.to_owned();
            let plain = !name.is_empty()
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let condition = written(1).map(|rest| format!(" {rest}")).unwrap_or_default();
            if !plain {
                return None;
            }
            format!("{set} del-header {name}{condition}")
        }
        _ => return None,
    })
}

/// A value in the form that the grammar reads back as it is, percent signs included.
fn quoted(value: &str) -> String {
    let value = value.replace('%', "%%");
    let plain = !value.is_empty()
        && value
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\' | b'#' | b'$'));
    if plain {
        value
    } else {
        format!("'{}'", value.replace('\'', "'\\''"))
    }
}

/// Adds to the finding about an old line what to write in its place. `replacement` is the row's.
pub(super) fn with_modern_form(
    reading: &Reading<'_>,
    told: Diagnostic,
    line: Option<&Line<'_>>,
    replacement: &'static str,
) -> Diagnostic {
    let whole = line.and_then(|line| modern(&reading.sources, line).map(|text| (line.span(), text)));
    match whole {
        Some((span, text)) => {
            let applicability = syntax::Applicability::MaybeIncorrect;
            told.help(format!("write instead: {text}")).fix(
                "write the modern form",
                span,
                text,
                applicability,
            )
        }
        None if replacement == "delete the line" => match line {
            Some(line) => {
                let applicability = syntax::Applicability::Safe;
                told.help("delete the line")
                    .fix("delete the line", line.span(), "", applicability)
            }
            None => told.help("delete it"),
        },
        None if replacement.is_empty() => told,
        None => told.help(format!("write instead: {replacement}")),
    }
}

/// What is told of a keyword that was removed: the original's words where they count, ours where it is read all the same.
pub(super) fn removal(
    reading: &Reading<'_>,
    name: &str,
    since: syntax::Version,
    acted_on: bool,
    original: String,
) -> Diagnostic {
    if reading.dialect.strict {
        return Diagnostic::new(Severity::Alert, "removed-keyword", original);
    }
    let how = if acted_on {
        "it works here as it did"
    } else {
        "it is read here, but not acted on"
    };
    let message = format!("'{name}' is not supported anymore since HAProxy {since}; {how}.");
    Diagnostic::new(Severity::Warning, "removed-keyword", message)
}
