//! A stick table whose entries do not expire.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "stick-table-without-expire",
    title: "A stick table whose entries do not expire",
    level: Severity::Note,
    why: "Entries stay until the table is full and a new one takes the place of the oldest: clients are judged by what \
           they did long ago.",
    mend: "add 'expire', such as 'expire 30m'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, _) in view.proxies() {
        if let Some(line) = section.last(&["stick-table"]).filter(|line| !line.has("expire")) {
            out.tell(line.span(), "the entries of this table do not expire");
        }
    }
}
