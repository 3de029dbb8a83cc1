//! A process that keeps the rights of root.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "runs-as-root",
    title: "A process that keeps the rights of root",
    level: Severity::Note,
    why: "A fault in it gives the machine away. It needs root only to bind ports below 1024, which is done before root \
           is given up.",
    mend: "add 'user haproxy' and 'group haproxy' to the global section",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let Some(section) = view.globals().next() else {
        return;
    };
    let global = &view.config.global;
    let line = view
        .globals()
        .filter_map(|section| section.last(&["user"]).or_else(|| section.last(&["uid"])))
        .last();
    match line {
        Some(line) if global.uid == Some(0) => out.tell(line.span(), "the process keeps the rights of root"),
        // A user that this machine does not know is told by the reading.
        None if global.user.is_none() && global.uid.is_none() => {
            out.tell(
                section.span(),
                "neither user nor uid: started as root, the process stays root",
            );
        }
        _ => {}
    }
}
