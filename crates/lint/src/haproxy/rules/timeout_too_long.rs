//! A timeout of more than a day.

use syntax::Severity;

use super::super::values::{millis, shown};
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "timeout-too-long",
    title: "A timeout of more than a day",
    level: Severity::Note,
    why: "Connections of clients and servers that went without a word stay for as long, and take memory, descriptors \
           and places of maxconn.",
    mend: "write minutes; for connections that are quiet for long, such as WebSockets, there is timeout tunnel",
    check,
};

const DAY: u64 = 86_400_000;

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for section in &view.sections {
        for line in section.all(&["timeout"]) {
            let of_http = matches!(
                line.word(1),
                b"client" | b"server" | b"connect" | b"http-request" | b"queue" | b"check"
            );
            if let Some(time) = millis(line.word(2), 1).filter(|time| of_http && *time > DAY) {
                out.tell(
                    line.span_of(2),
                    format!("'timeout {}' is {}", line.shown(1), shown(time)),
                );
            }
        }
    }
}
