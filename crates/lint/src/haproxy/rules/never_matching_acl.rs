//! A pattern that can never match what it is compared with.

use haproxy_cfg::model::{Acl, MatchKind, Pattern, Word};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "never-matching-acl",
    title: "A pattern that can never match what it is compared with",
    level: Severity::Warning,
    why: "What is looked at has another form: paths have no query, hosts no scheme and no slash, methods are in \
           capitals, ports end at 65535. The rules that rely on it never act.",
    mend: "write the pattern in the form of what is looked at",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        for acl in proxy.acls.iter().filter(|acl| acl.files.is_empty()) {
            for pattern in acl.patterns.iter() {
                let Some(why) = impossible(acl, pattern) else {
                    continue;
                };
                let (place, shown) = match pattern {
                    Pattern::Text(text) => (view.pattern(acl.span, text), format!("'{text}'")),
                    _ => (acl.span, "this".to_owned()),
                };
                out.tell(place, format!("{shown} can never match: {why}"));
            }
            if acl.sample.fetch.name == "method" && acl.sample.converters.is_empty() {
                small_methods(view, acl, out);
            }
        }
    }
}

/// Methods have a type of their own, whose patterns are looked for in the line.
fn small_methods(view: &View<'_>, acl: &Acl, out: &mut Findings<'_>) {
    let Some(line) = view.line(acl.span) else { return };
    let inside = line
        .words
        .iter()
        .filter(|word| word.span.start >= acl.span.start && word.span.end <= acl.span.end);
    let behind = inside.skip_while(|word| *word.text != *b"method").skip(1);
    for word in behind.take_while(|word| !matches!(&*word.text, b"}" | b"if" | b"unless")) {
        if !acl.ignore_case && word.text.len() > 2 && word.text.iter().all(u8::is_ascii_lowercase) {
            out.tell(
                word.span,
                format!("'{}' can never match: methods are in capitals", word.text),
            );
        }
    }
}

/// Why a pattern never matches; none when it may.
fn impossible(acl: &Acl, pattern: &Pattern) -> Option<&'static str> {
    let name = super::super::expression::name(acl.sample.fetch.name);
    match pattern {
        Pattern::Range(low, high) if acl.matcher == MatchKind::Int && acl.sample.converters.is_empty() => {
            let (least, most, why) = match name {
                "dst_port" | "src_port" => (0, 65_535, "ports go up to 65535"),
                "status" => (100, 999, "a status has three digits"),
                _ => return None,
            };
            (*high < least || *low > most).then_some(why)
        }
        Pattern::Text(text) => impossible_text(acl, name, text),
        _ => None,
    }
}

fn impossible_text(acl: &Acl, name: &str, text: &Word) -> Option<&'static str> {
    use MatchKind::{Beg, Dom, End, Str, Sub};
    if !matches!(acl.matcher, Str | Beg | End | Sub | Dom) {
        return None;
    }
    let last = acl.sample.converters.last().map(|converter| converter.row.name);
    let has = |wanted: fn(&u8) -> bool| text.iter().any(wanted);
    match last {
        Some("lower") if !acl.ignore_case && has(u8::is_ascii_uppercase) => {
            return Some("what it is compared with is in lower case");
        }
        Some("upper") if !acl.ignore_case && has(u8::is_ascii_lowercase) => {
            return Some("what it is compared with is in upper case");
        }
        Some(_) => return None,
        None => {}
    }
    let is_host = acl
        .sample
        .text(0)
        .is_some_and(|header| header.eq_ignore_ascii_case(b"host"));
    match name {
        "path" if text.contains(&b'?') => {
            Some("the path ends before the question mark; the rest is in query")
        }
        "path" if text.contains(&b'#') => Some("clients send no fragment"),
        "req.hdr" if is_host && text.contains(&b'/') => Some("a host has no scheme and no slash"),
        "ssl_fc_sni" | "req.ssl_sni"
            if text.contains(&b'/') || (acl.matcher == Str && text.contains(&b':')) =>
        {
            Some("a server name has no slash and no port")
        }
        _ => None,
    }
}
