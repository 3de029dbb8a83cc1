//! A health check that runs more often than ten times a second.

use syntax::Severity;

use super::super::values::{millis, shown};
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "inter-too-short",
    title: "A health check that runs more often than ten times a second",
    level: Severity::Warning,
    why: "Such checks load the server more than many clients do. Mostly a unit is missing: a bare number is in \
           milliseconds.",
    mend: "write the time with its unit, such as 2s",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, _) in view.proxies() {
        judge(section, out);
    }
    for section in view.of_kind("defaults") {
        judge(section, out);
    }
}

fn judge(section: &super::super::view::Section<'_>, out: &mut Findings<'_>) {
    for line in section.server_lines() {
        for option in ["inter", "fastinter", "downinter", "agent-inter"] {
            let time = line.server_value(option).and_then(|value| millis(value, 1));
            if let Some(time) = time.filter(|time| *time < 100) {
                let message = format!("'{option}' is {}", shown(time));
                out.tell(line.option_span(option), message);
            }
        }
    }
}
