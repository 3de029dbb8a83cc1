//! Conditions: ACLs behind `if` and `unless` (manual, section 7.2).

use syntax::{Diagnostic, Span, closest};

use super::acl;
use super::criterion::{Subject, criterion};
use super::frame::{Frame, Wrong};
use super::reading::Reading;
use super::sample::Usage;
use crate::lex::Word;
use crate::model::Polarity;
use crate::written::{CondTerm, Incompatible, Looks, WrittenCond};

/// A condition that was read.
#[derive(Clone, Debug)]
pub(crate) struct ReadCondition {
    /// What may be applied; none when it uses what is only read.
    pub(crate) cond: Option<WrittenCond>,
}

/// Reads the condition whose `if` or `unless` is word `at` of `words`; it takes all that follows. None when it is wrong, which is
/// told.
///
/// `frame` is what the rule puts around the original's words. ACLs that cannot hold where `usage` says are told.
pub(crate) fn condition(
    reading: &mut Reading<'_>,
    words: &[Word<'_>],
    at: usize,
    usage: Usage,
    frame: Frame<'_>,
) -> Option<ReadCondition> {
    let polarity = if &*words[at].text == b"unless" {
        Polarity::Unless
    } else {
        Polarity::If
    };
    let mut any_of: Vec<Vec<CondTerm>> = Vec::new();
    let mut all_of: Vec<CondTerm> = Vec::new();
    let mut looks = Looks::default();
    let mut inert = false;
    let mut negated = false;
    let mut incompatible = None;
    let mut index = at + 1;
    let mut last = words[at].span;
    while let Some(word) = words.get(index).filter(|word| !word.text.is_empty()) {
        index += 1;
        last = word.span;
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
                let wrong = Wrong {
                    code: "bad-condition",
                    words: "missing closing '}' in condition".to_owned(),
                    span: word.span,
                    help: "write blanks around both braces: { path /x }".to_owned(),
                    meant: None,
                };
                frame.tell(reading, wrong);
                return None;
            };
            let inside = &words[index..index + length];
            index += length + 1;
            last = words[index - 1].span;
            anonymous(reading, inside, word.span.to(last), frame)
        } else {
            named(reading, text, word.span, frame)
        };
        match found {
            // What stands behind a fault is not to be trusted.
            None => return None,
            Some(group) => {
                let (seen, is_inert) = acl::group_facts(reading, group);
                inert |= is_inert;
                looks.join(&seen);
                if incompatible.is_none() {
                    let columns = usage.columns(reading);
                    incompatible = acl::incompatible(reading, group, columns).map(|found| (found, word.span));
                }
                // Nearly always the only one.
                if all_of.is_empty() {
                    all_of.reserve_exact(1);
                }
                all_of.push(CondTerm { negated, group });
            }
        }
        negated = false;
    }
    if !all_of.is_empty() {
        any_of.reserve_exact(1);
        any_of.push(all_of);
    }
    if let Some((found, span)) = incompatible {
        tell_incompatible(reading, &found, usage, span);
    }
    let span = words[at].span.to(last);
    if usage.tells_layer6 && looks.layer6() {
        reading.note_layer6(span);
    }
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

/// Tells an ACL that cannot hold, or whose parts cannot, where the condition stands.
fn tell_incompatible(reading: &mut Reading<'_>, found: &Incompatible, usage: Usage, span: Span) {
    let place = usage.context(reading);
    let within = usage
        .rule_set
        .map_or_else(String::new, |set| format!(" in '{set}'"));
    let plural = if usage.rule_set.is_some() { "" } else { "s" };
    let message = match (found.name.is_empty(), found.all) {
        (true, _) => format!(
            "anonymous acl will never match{within} because it uses keyword '{}' which is incompatible with '{place}'",
            found.keyword
        ),
        (false, true) => format!(
            "acl '{}' will never match{within} because it only involves keywords that are incompatible with '{place}'",
            found.name
        ),
        (false, false) => format!(
            "acl '{}' involves keyword{plural} '{}' which is incompatible with '{place}'",
            found.name, found.keyword
        ),
    };
    let told = Diagnostic::warning("never-matches", message).at(span);
    reading.tell(
        told.help("keep what is looked at where it is at hand, with set-var, and look at that variable here"),
    );
}

/// The group of an anonymous ACL.
fn anonymous(reading: &mut Reading<'_>, inside: &[Word<'_>], span: Span, frame: Frame<'_>) -> Option<u32> {
    let subject = Subject {
        name: b"",
        frame,
        span,
        behind: Span::new(span.file, span.end, span.end),
    };
    let read = criterion(reading, inside, subject)?;
    acl::add(reading, read)
}

/// The group of a named ACL.
fn named(reading: &mut Reading<'_>, name: &[u8], span: Span, frame: Frame<'_>) -> Option<u32> {
    if let Some(index) = reading.ruled()?.0.find(name) {
        return Some(index);
    }
    if let Some(words) = acl::predefined(name) {
        let words: Vec<Word<'_>> = words
            .iter()
            .map(|word| Word {
                text: word.as_bytes().into(),
                span,
            })
            .collect();
        let subject = Subject {
            name,
            frame,
            span,
            behind: span,
        };
        let read = criterion(reading, &words, subject)?;
        return acl::add(reading, read);
    }
    let text = String::from_utf8_lossy(name).into_owned();
    let near = reading.ruled().and_then(|(acls, _)| {
        let mut names: Vec<&str> = acls.names().collect();
        for name in acl::predefined_names() {
            names.push(name);
        }
        closest(name, names).map(str::to_owned)
    });
    let help = match &near {
        Some(near) => format!("did you mean '{near}'?"),
        None => format!("declare it above: acl {text} CRITERION VALUE"),
    };
    let wrong = Wrong {
        code: "unknown-acl",
        words: format!("no such ACL : '{text}'"),
        span,
        help,
        meant: near,
    };
    frame.tell(reading, wrong);
    None
}
