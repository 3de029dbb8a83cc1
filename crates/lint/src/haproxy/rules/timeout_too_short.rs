//! A timeout of less than a tenth of a second.

use syntax::Severity;
use syntax::{Applicability, Span};

use super::super::values::{is_bare, millis, shown};
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "timeout-too-short",
    title: "A timeout of less than a tenth of a second",
    level: Severity::Warning,
    why: "Networks and servers take longer than that every now and then, and clients get errors. Mostly the unit is \
           missing: a bare number is in milliseconds.",
    mend: "write the unit, such as 30s",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        for line in section.all(&["timeout"]) {
            let long = matches!(
                line.word(1),
                b"client"
                    | b"server"
                    | b"connect"
                    | b"http-request"
                    | b"http-keep-alive"
                    | b"queue"
                    | b"check"
                    | b"tunnel"
            );
            let value = line.word(2);
            let Some(time) = millis(value, 1).filter(|time| long && (1..100).contains(time)) else {
                continue;
            };
            let place = line.span_of(2);
            let mut finding = out.finding(place, format!("'timeout {}' is {}", line.shown(1), shown(time)));
            if is_bare(value) {
                let behind = Span::new(place.file, place.end, place.end);
                finding = finding.fix("seconds", behind, "s", Applicability::MaybeIncorrect);
            }
            out.add(finding);
        }
    }
}
