//! Log-format strings: `%var`, `%{flags}var`, `%[expression]` (manual, section 8.2.6). They are checked here; rules that use
//! them are only read.

use syntax::{Diagnostic, closest};

use super::line::shown;
use super::reading::Reading;
use crate::keywords::{CONVERTER_INDEX, FETCH_INDEX, FetchRow};
use crate::lex::Word;

/// Variables of log-format strings.
const VARIABLES: &[&str] = &[
    "B", "CC", "CS", "H", "HM", "HP", "HPO", "HQ", "HU", "HV", "ID", "OG", "ST", "T", "TR", "Ta", "Tc", "Td",
    "Th", "Ti", "Tl", "Tq", "Tr", "Ts", "Tt", "Tu", "Tw", "U", "ac", "b", "bc", "bi", "bp", "bq", "ci", "cp",
    "f", "fc", "fi", "fp", "ft", "hr", "hrl", "hs", "hsl", "lc", "ms", "o", "pid", "r", "rc", "rt", "s",
    "sc", "si", "sp", "sq", "sslc", "sslv", "t", "tr", "trg", "trl", "ts", "tsc",
];

/// Where a string is used, as the bit of [`FetchRow::contexts`] that a fetch must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    /// `http-request` of a frontend, or of a backend.
    Request,
    /// `http-response` of a frontend, or of a backend.
    Response,
    /// Log lines.
    Log,
}

impl Usage {
    fn allows(self, row: &FetchRow) -> bool {
        let bits: u32 = match self {
            Self::Request => (1 << 3) | (1 << 4) | (1 << 7) | (1 << 8),
            Self::Response => (1 << 12) | (1 << 13) | (1 << 16) | (1 << 17),
            Self::Log => 1 << 18,
        };
        row.contexts & bits != 0
    }
}

/// Checks the string of `word`; gives false when it is wrong, which is told behind `lead`.
pub(super) fn check(reading: &mut Reading<'_>, word: &Word<'_>, usage: Usage, lead: &str) -> bool {
    let text = shown(word).into_owned();
    match fault(&text, usage) {
        None => true,
        Some((message, help)) => {
            let told = Diagnostic::alert("bad-format", format!("{lead}{message}")).at(word.span);
            reading.tell(told.help(help));
            false
        }
    }
}

/// The first fault of a string, and what to do.
fn fault(text: &str, usage: Usage) -> Option<(String, String)> {
    const PERCENT: &str = "write %% for a percent sign";
    let mut at = 0;
    while let Some(found) = text[at..].find('%') {
        let percent = at + found;
        let mut rest = &text[percent + 1..];
        if rest.is_empty() {
            return Some(("truncated line after '%'.".to_owned(), PERCENT.to_owned()));
        }
        if rest.starts_with(['%', '-', ',']) {
            at = percent + 2;
            continue;
        }
        if let Some(flags) = rest.strip_prefix('{') {
            let Some(end) = flags.find('}') else {
                return Some((
                    format!("truncated line after '{flags}'."),
                    "close the brace".to_owned(),
                ));
            };
            rest = &flags[end + 1..];
        }
        if let Some(inside) = rest.strip_prefix('[') {
            let Some(end) = closing(inside) else {
                return Some((
                    format!("missing ']' after '{inside}'."),
                    "close the bracket".to_owned(),
                ));
            };
            if let Some(fault) = expression(&inside[..end], usage) {
                return Some(fault);
            }
            at = text.len() - inside.len() + end + 1;
            continue;
        }
        let length = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let name = &rest[..length];
        at = text.len() - rest.len() + length;
        if name.is_empty() {
            let near = rest.chars().next().map(String::from).unwrap_or_default();
            let message =
                format!("unexpected variable name near '{near}' at position {percent} line : '{text}'.");
            return Some((message, PERCENT.to_owned()));
        }
        if !VARIABLES.contains(&name) {
            let help = closest(name.as_bytes(), VARIABLES.iter().copied())
                .map_or(PERCENT.to_owned(), |near| {
                    format!("did you mean '%{near}'? or {PERCENT}")
                });
            let message = format!(
                "no such format variable '{name}'. If you wanted to emit the '%' character verbatim, you need to use '%%'."
            );
            return Some((message, help));
        }
    }
    None
}

/// Offset of the bracket that closes an expression; parentheses and quotes inside it are passed over.
fn closing(inside: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, c) in inside.char_indices() {
        match (c, quote) {
            (_, Some(open)) if c == open => quote = None,
            (_, Some(_)) => {}
            ('\'' | '"', None) if depth > 0 => quote = Some(c),
            ('(', None) => depth += 1,
            (')', None) => depth = depth.saturating_sub(1),
            (']', None) if depth == 0 => return Some(at),
            _ => {}
        }
    }
    // Regular expressions hold quotes and parentheses of their own: then the last bracket closes.
    inside.rfind(']').filter(|_| depth > 0 || quote.is_some())
}

fn expression(text: &str, usage: Usage) -> Option<(String, String)> {
    let wrong = |what: String, help: String| {
        Some((
            format!("failed to parse sample expression <{text}]> : {what}."),
            help,
        ))
    };
    let (name, mut rest) = split(text);
    if name.is_empty() {
        return wrong(
            "missing fetch method".to_owned(),
            "write a sample fetch between the brackets".to_owned(),
        );
    }
    let Some(row) = FETCH_INDEX.get(name) else {
        let near = closest(name.as_bytes(), FETCH_INDEX.keys().copied());
        let help = near.map_or("see the manual, section 7.3".to_owned(), |near| {
            format!("did you mean '{near}'?")
        });
        // Lua scripts register fetches of their own.
        return if name.starts_with("lua.") {
            None
        } else {
            wrong(format!("unknown fetch method '{name}'"), help)
        };
    };
    while let Some(chain) = rest.strip_prefix(',') {
        let (converter, behind) = split(chain);
        if !CONVERTER_INDEX.contains_key(converter) && !converter.starts_with("lua.") {
            let near = closest(converter.as_bytes(), CONVERTER_INDEX.keys().copied());
            let help = near.map_or("see the manual, section 7.3.1".to_owned(), |near| {
                format!("did you mean '{near}'?")
            });
            return wrong(format!("unknown converter '{converter}'"), help);
        }
        rest = behind;
    }
    if usage.allows(row) {
        return None;
    }
    let message = format!(
        "sample fetch <{text}]> may not be reliably used here because what it needs is not available."
    );
    Some((
        message,
        "capture it where it is at hand, with set-var, and use that variable".to_owned(),
    ))
}

/// The name in front of arguments, and what follows them.
fn split(text: &str) -> (&str, &str) {
    let end = text.find(['(', ',']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(inside) = rest.strip_prefix('(') else {
        return (name.trim(), rest);
    };
    let mut depth = 0_usize;
    for (at, byte) in inside.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' if depth == 0 => return (name.trim(), &inside[at + 1..]),
            b')' => depth -= 1,
            _ => {}
        }
    }
    (name.trim(), "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_judged_as_haproxy_judges_them_in_a_request_rule() {
        for right in [
            "%ci",
            "%{+Q}ci",
            "%[src]x",
            "%[path,lower]",
            "%%",
            "%-d",
            "%T",
            "%[var(txn.x)]",
            "%[str(a])]x",
        ] {
            assert_eq!(fault(right, Usage::Request), None, "{right}");
        }
        for (wrong, message) in [
            ("100%", "truncated line after '%'."),
            ("%{+Q", "truncated line after '+Q'."),
            ("%[src", "missing ']' after 'src'."),
            (
                "%[nosuch]",
                "failed to parse sample expression <nosuch]> : unknown fetch method 'nosuch'.",
            ),
            (
                "%[src,foo]",
                "failed to parse sample expression <src,foo]> : unknown converter 'foo'.",
            ),
            (
                "%[]",
                "failed to parse sample expression <]> : missing fetch method.",
            ),
        ] {
            assert_eq!(
                fault(wrong, Usage::Request)
                    .map(|(message, _)| message)
                    .as_deref(),
                Some(message)
            );
        }
        assert!(fault("%[res.hdr(x)]", Usage::Request).is_some());
        assert!(fault("%[path]", Usage::Log).is_some());
    }
}
