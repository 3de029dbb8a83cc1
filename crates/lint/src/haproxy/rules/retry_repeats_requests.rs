//! Requests that may be sent twice.

use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "retry-repeats-requests",
    title: "Requests that may be sent twice",
    level: Severity::Note,
    why: "After an answer that did not come or could not be read, the server may have done what was asked. A POST that \
           is sent again orders twice.",
    mend: "add 'http-request disable-l7-retry if METH_POST', or name only what fails before the server saw the request, \
           such as conn-failure and empty-response",
    check,
};

/// Reasons for a retry at which the server may have acted.
const LATE: &[&str] = &["all-retryable-errors", "response-timeout", "junk-response"];

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (id, section, proxy) in view.proxies() {
        let Some(line) = view.setting(section, &["retry-on"]) else {
            continue;
        };
        let guarded = |proxy: &haproxy_cfg::model::Proxy| {
            proxy
                .rules
                .iter()
                .any(|rule| rule.action == "disable-l7-retry" || rule.action == "set-retries")
        };
        let Some(reason) = LATE.iter().find(|reason| line.has(reason)) else {
            continue;
        };
        if !proxy.servers.is_empty() && !guarded(proxy) && !view.users(id).any(guarded) {
            let place = line.position(reason).map_or(line.span(), |at| line.span_of(at));
            out.tell(
                place,
                format!("with '{reason}' requests may be sent to servers twice"),
            );
        }
    }
}
