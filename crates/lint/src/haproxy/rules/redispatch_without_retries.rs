//! option redispatch with no retry.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "redispatch-without-retries",
    title: "option redispatch with no retry",
    level: Severity::Warning,
    why: "A request is given to another server at a retry. With 'retries 0' there is none, and the option has no \
           effect.",
    mend: "write 'retries 2' or so",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        if proxy.retries != 0 || proxy.options.redispatch.is_none() || proxy.servers.is_empty() {
            continue;
        }
        if let Some(line) = view.setting(section, &["retries"]) {
            out.tell(
                line.span(),
                format!("no request of '{}' is given to another server", proxy.name),
            );
        }
    }
}
