//! More connections than the process may have descriptors.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "maxconn-above-descriptors",
    title: "More connections than the process may have descriptors",
    level: Severity::Warning,
    why: "Each connection through the proxy takes two descriptors, one towards the client and one towards the server. \
           The process will not start with such a limit, or run out of them under load.",
    mend: "raise LimitNOFILE of the service (or ulimit -n), or lower maxconn",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    let Some(maxconn) = view.config.global.maxconn else {
        return;
    };
    let needed = u64::from(maxconn) * 2 + 100;
    let system = view
        .facts
        .descriptor_limit()
        .map(|limit| (limit, "of this machine"));
    let own = view.config.global.ulimit_n.map(|limit| (limit, "of ulimit-n"));
    let Some((limit, whose)) = own.into_iter().chain(system).min() else {
        return;
    };
    let line = view
        .globals()
        .filter_map(|section| section.last(&["maxconn"]))
        .last();
    if let Some(line) = line.filter(|_| needed > limit) {
        let message =
            format!("maxconn {maxconn} needs about {needed} descriptors; the limit {whose} is {limit}");
        out.tell(line.span(), message);
    }
}
