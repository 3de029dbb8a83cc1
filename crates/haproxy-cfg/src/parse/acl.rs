//! `acl` lines and conditions.

use syntax::{Diagnostic, Span, closest};

use super::expression::{Expression, expression};
use super::line::{Line, shown};
use super::reading::Reading;
use crate::lex::Word;
use crate::model::{Acl, Polarity};
use crate::written::{AclGroup, CondTerm, WrittenCond};

/// ACLs that every configuration has without declaring them.
const PREDEFINED: &[(&str, &[&str])] = &[
    ("FALSE", &["always_false"]),
    ("HTTP", &["req.proto_http"]),
    ("HTTP_1.0", &["req.ver", "1.0"]),
    ("HTTP_1.1", &["req.ver", "1.1"]),
    ("HTTP_2.0", &["req.ver", "2.0"]),
    ("HTTP_3.0", &["req.ver", "3.0"]),
    ("HTTP_CONTENT", &["req.hdr_val(content-length)", "gt", "0"]),
    ("HTTP_URL_ABS", &["url_reg", "^[^/:]*://"]),
    ("HTTP_URL_SLASH", &["url_beg", "/"]),
    ("HTTP_URL_STAR", &["url", "*"]),
    ("LOCALHOST", &["src", "127.0.0.1/8", "::1"]),
    ("METH_CONNECT", &["method", "CONNECT"]),
    ("METH_DELETE", &["method", "DELETE"]),
    ("METH_GET", &["method", "GET", "HEAD"]),
    ("METH_HEAD", &["method", "HEAD"]),
    ("METH_OPTIONS", &["method", "OPTIONS"]),
    ("METH_POST", &["method", "POST"]),
    ("METH_PUT", &["method", "PUT"]),
    ("METH_TRACE", &["method", "TRACE"]),
    ("RDP_COOKIE", &["req.rdp_cookie_cnt", "gt", "0"]),
    ("REQ_CONTENT", &["req.len", "gt", "0"]),
    ("TRUE", &["always_true"]),
    ("WAIT_END", &["wait_end"]),
];

/// A condition that was read.
pub(crate) struct ReadCondition {
    /// What may be applied; none when it uses what is only read.
    pub(crate) cond: Option<WrittenCond>,
}

/// `acl NAME EXPRESSION …`.
pub(crate) fn acl(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        let message = "error detected while parsing ACL '' : missing ACL name.";
        return reading.tell(
            Diagnostic::alert("missing-argument", message)
                .at(line.behind())
                .help("write: acl NAME CRITERION VALUE"),
        );
    };
    let text = shown(name).into_owned();
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    if let Some(wrong) = name.text.iter().find(|byte| !allowed(byte)) {
        let wrong = char::from(*wrong);
        let message = format!("character '{wrong}' is not permitted in acl name '{text}'.");
        return reading.tell(
            Diagnostic::alert("bad-name", message)
                .at(name.span)
                .help("use letters, digits, '-', '_', '.' and ':'"),
        );
    }
    if text.eq_ignore_ascii_case("or") {
        let message = format!(
            "acl name '{text}' will never match. 'or' is used to express a logical disjunction within a condition."
        );
        return reading.tell(
            Diagnostic::alert("bad-name", message)
                .at(name.span)
                .help("give it another name"),
        );
    }
    let what = format!("ACL '{text}'");
    let Some(read) = expression(reading, &line.args()[1..], line.behind(), &what) else {
        // The name is known all the same, so that conditions do not complain once more.
        group(reading, &name.text, |_| ());
        return;
    };
    add(reading, &name.text, read, line.span());
}

fn add(reading: &mut Reading<'_>, name: &[u8], read: Expression, span: Span) -> Option<u32> {
    let (acls, groups, _) = reading.ruled()?;
    let index = find_or_insert(groups, name);
    match read {
        Expression::ReadOnly => groups[index].inert = true,
        Expression::Known {
            fetch,
            matcher,
            ignore_case,
            patterns,
        } => {
            groups[index]
                .lines
                .push(u32::try_from(acls.len()).unwrap_or(u32::MAX));
            acls.push(Acl {
                name: name.to_vec().into(),
                fetch,
                matcher,
                ignore_case,
                patterns,
                span,
            });
        }
    }
    u32::try_from(index).ok()
}

fn find_or_insert(groups: &mut Vec<AclGroup>, name: &[u8]) -> usize {
    // An empty name is an anonymous ACL, each of which stands by itself.
    let known = groups
        .iter()
        .position(|group| !name.is_empty() && *group.name == *name);
    known.unwrap_or_else(|| {
        groups.push(AclGroup {
            name: name.to_vec().into(),
            lines: Vec::new(),
            inert: false,
        });
        groups.len() - 1
    })
}

fn group(reading: &mut Reading<'_>, name: &[u8], change: impl FnOnce(&mut AclGroup)) {
    if let Some((_, groups, _)) = reading.ruled() {
        let index = find_or_insert(groups, name);
        change(&mut groups[index]);
    }
}

/// The condition whose `if` or `unless` is argument `at` of `line`; none when it is wrong, which was told.
///
/// `what` names the rule in the original's words.
pub(crate) fn condition(
    reading: &mut Reading<'_>,
    line: &Line<'_>,
    at: usize,
    what: &str,
) -> Option<ReadCondition> {
    let words = line.args();
    let polarity = if &*words[at].text == b"unless" {
        Polarity::Unless
    } else {
        Polarity::If
    };
    let mut any_of: Vec<Vec<CondTerm>> = Vec::new();
    let mut all_of: Vec<CondTerm> = Vec::new();
    let mut inert = false;
    let mut faulty = false;
    let mut negated = false;
    let mut index = at + 1;
    while let Some(word) = words.get(index).filter(|word| !word.text.is_empty()) {
        index += 1;
        let mut text: &[u8] = &word.text;
        if matches!(text, b"or" | b"OR" | b"||") {
            if !all_of.is_empty() {
                any_of.push(std::mem::take(&mut all_of));
            }
            continue;
        }
        while let Some(rest) = text.strip_prefix(b"!") {
            negated = !negated;
            text = rest;
        }
        if text.is_empty() {
            continue;
        }
        let found = if text == b"{" {
            let Some(length) = words[index..].iter().position(|word| &*word.text == b"}") else {
                let message =
                    format!("error detected while parsing {what} : missing closing '}}' in condition.");
                let told = Diagnostic::alert("bad-condition", message).at(word.span);
                reading.tell(told.help("write blanks around both braces: { path /x }"));
                return None;
            };
            let inside = &words[index..index + length];
            index += length + 1;
            anonymous(reading, inside, word.span, what)
        } else {
            named(reading, text, word.span, what)
        };
        match found {
            None => faulty = true,
            Some((group, is_inert)) => {
                inert |= is_inert;
                all_of.push(CondTerm { negated, group });
            }
        }
        negated = false;
    }
    if faulty {
        return None;
    }
    if !all_of.is_empty() {
        any_of.push(all_of);
    }
    let span = words[at].span.to(line.span());
    if inert {
        let message = "the rule is not applied, since its condition uses what is not acted on yet.";
        reading.tell(Diagnostic::warning("inert-rule", message).at(span));
    }
    Some(ReadCondition {
        cond: (!inert).then_some(WrittenCond {
            polarity,
            any_of,
            span,
        }),
    })
}

/// The group of an anonymous ACL and whether it can be applied.
fn anonymous(reading: &mut Reading<'_>, inside: &[Word<'_>], span: Span, what: &str) -> Option<(u32, bool)> {
    let read = expression(reading, inside, span, what)?;
    let inert = matches!(read, Expression::ReadOnly);
    let group = add(reading, b"", read, span)?;
    Some((group, inert))
}

/// The group of a named ACL and whether it can be applied.
fn named(reading: &mut Reading<'_>, name: &[u8], span: Span, what: &str) -> Option<(u32, bool)> {
    let (_, groups, _) = reading.ruled()?;
    if let Some(index) = groups.iter().position(|group| *group.name == *name) {
        return Some((u32::try_from(index).ok()?, groups[index].inert));
    }
    let predefined = PREDEFINED.iter().find(|(known, _)| known.as_bytes() == name);
    if let Some((name, words)) = predefined {
        let words: Vec<Word<'_>> = words
            .iter()
            .map(|word| Word {
                text: word.as_bytes().into(),
                span,
            })
            .collect();
        let read = expression(reading, &words, span, what)?;
        let inert = matches!(read, Expression::ReadOnly);
        return Some((add(reading, name.as_bytes(), read, span)?, inert));
    }
    let text = String::from_utf8_lossy(name).into_owned();
    let groups = reading
        .ruled()
        .map(|(_, groups, _)| groups.clone())
        .unwrap_or_default();
    let declared = groups
        .iter()
        .filter_map(|group| std::str::from_utf8(&group.name).ok());
    let near = closest(
        name,
        declared
            .chain(PREDEFINED.iter().map(|(name, _)| *name))
            .filter(|name| !name.is_empty()),
    );
    let help = match near {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("declare it above: acl {text} CRITERION VALUE"),
    };
    let message = format!("error detected while parsing {what} : no such ACL : '{text}'.");
    reading.tell(Diagnostic::alert("unknown-acl", message).at(span).help(help));
    None
}
