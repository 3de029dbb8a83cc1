//! A server on port 80 that is spoken to over TLS.

use haproxy_cfg::model::ServerAddr;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "ssl-on-clear-port",
    title: "A server on port 80 that is spoken to over TLS",
    level: Severity::Warning,
    why: "Behind that port is no TLS: handshakes fail, and clients get 503.",
    mend: "take 'ssl' away, or write the port for TLS",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        for server in proxy.servers.iter().filter(|server| !server.unlisted) {
            let on_80 = matches!(server.addr, ServerAddr::Inet { port: Some(80), .. });
            if on_80 && server.tls.as_ref().is_some_and(|tls| tls.traffic) {
                let place = view.line(server.span).map_or(server.span, |line| line.span_of(2));
                out.tell(place, format!("server '{}' is spoken to over TLS", server.name));
            }
        }
    }
}
