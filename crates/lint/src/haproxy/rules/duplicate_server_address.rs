//! Two servers of a backend with one address.

use haproxy_cfg::model::ServerAddr;
use rustc_hash::FxHashMap;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "duplicate-server-address",
    title: "Two servers of a backend with one address",
    level: Severity::Warning,
    why: "It gets twice the share and twice the checks, and when it fails two servers go down. Mostly it is a line \
           that was copied and not changed.",
    mend: "write the address that was meant, or remove the line; for a larger share write weight",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let mut seen = FxHashMap::default();
        for server in proxy.servers.iter().filter(|server| !server.unlisted) {
            let port = match &server.addr {
                ServerAddr::Inet { ip, .. } if ip.is_unspecified() && !server.unresolved => continue,
                ServerAddr::Inet {
                    port, port_offset, ..
                } => (*port, *port_offset),
                _ => (None, 0),
            };
            // Servers that are asked for other names, or that differ in their way there, are not the same.
            let name = server
                .tls
                .as_ref()
                .map(|tls| format!("{:?} {:?}", tls.name, tls.verify_host));
            let way = server.outgoing.as_ref().map(|outgoing| format!("{outgoing:?}"));
            let key = (
                &server.host,
                port,
                name,
                way,
                server.backup,
                server.check.port,
                server.check.addr,
            );
            match seen.get(&key) {
                None => {
                    seen.insert(key, server);
                }
                Some(first) if first.span != server.span => {
                    let message = format!("servers '{}' and '{}' have one address", first.name, server.name);
                    let place = |span| view.line(span).map_or(span, |line| line.span_of(2));
                    out.add(
                        out.finding(place(server.span), message)
                            .label(place(first.span), "first here"),
                    );
                }
                Some(_) => {}
            }
        }
    }
}
