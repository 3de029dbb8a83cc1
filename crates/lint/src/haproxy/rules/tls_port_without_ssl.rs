//! A server on port 443 that is spoken to in clear.

use haproxy_cfg::model::{Mode, ServerAddr};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "tls-port-without-ssl",
    title: "A server on port 443 that is spoken to in clear",
    level: Severity::Warning,
    why: "Behind that port is TLS: a request in clear is answered with 400, or not at all.",
    mend: "add 'ssl' with verify and ca-file, or write the port for clear connections; where clients speak TLS with the \
           server itself, 'mode tcp'",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies().filter(|(_, _, proxy)| proxy.mode == Mode::Http) {
        for server in proxy.servers.iter().filter(|server| !server.unlisted) {
            let on_443 = matches!(server.addr, ServerAddr::Inet { port: Some(443), .. });
            let clear = !server.tls.as_ref().is_some_and(|tls| tls.traffic);
            let line = view.line(server.span);
            if on_443 && clear && line.is_none_or(|line| line.server_option("no-ssl").is_none()) {
                let place = line.map_or(server.span, |line| line.span_of(2));
                out.tell(place, format!("server '{}' is spoken to in clear", server.name));
            }
        }
    }
}
