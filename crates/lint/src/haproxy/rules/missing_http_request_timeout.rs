//! A frontend for HTTP without timeout http-request.

use haproxy_cfg::model::Mode;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "missing-http-request-timeout",
    title: "A frontend for HTTP without timeout http-request",
    level: Severity::Warning,
    why: "Without it a client may send its request byte by byte for as long as it likes, as timeout client begins anew \
           with each of them: a few such clients can take all connections (slowloris).",
    mend: "add 'timeout http-request 10s' to the defaults section",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let listens = proxy.kind.is_frontend() && !proxy.binds.is_empty();
        if listens
            && proxy.mode == Mode::Http
            && proxy.timeouts.http_request.is_none()
            && !View::is_local(proxy)
        {
            out.tell(
                section.span(),
                format!("'{}' has no 'timeout http-request'", proxy.name),
            );
        }
    }
}
