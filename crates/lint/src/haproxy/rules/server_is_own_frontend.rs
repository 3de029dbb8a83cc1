//! A server that is the frontend it serves.

use haproxy_cfg::model::{Address, Bind, Server, ServerAddr};
use std::net::IpAddr;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "server-is-own-frontend",
    title: "A server that is the frontend it serves",
    level: Severity::Warning,
    why: "Each request comes back to the frontend as a new one, until connections or ports run out.",
    mend: "write the address of the application",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (id, _, proxy) in view.proxies() {
        if proxy.servers.is_empty() {
            continue;
        }
        for server in proxy
            .servers
            .iter()
            .filter(|server| !server.unlisted && !server.unresolved)
        {
            let own = view
                .users(id)
                .flat_map(|user| user.binds.iter().map(move |bind| (user, bind)))
                .find(|(_, bind)| leads_to(server, bind));
            if let Some((user, bind)) = own {
                let message = format!("server '{}' is the frontend '{}' itself", server.name, user.name);
                let place = view.line(server.span).map_or(server.span, |line| line.span_of(2));
                let listener = view
                    .line(bind.span)
                    .map_or(bind.span, super::super::view::Line::span);
                out.add(out.finding(place, message).label(listener, "it listens here"));
            }
        }
    }
}

/// Whether a connection to the server comes to that listener.
fn leads_to(server: &Server, bind: &Bind) -> bool {
    let (
        ServerAddr::Inet {
            ip,
            port,
            port_offset,
        },
        Address::Inet(address),
    ) = (&server.addr, &bind.address)
    else {
        return false;
    };
    let same_port = match port {
        Some(port) => *port == address.port(),
        None => *port_offset == 0,
    };
    // A wildcard of IPv6 takes IPv4 as well, unless it is told not to.
    let both_families = address.is_ipv4() == ip.is_ipv4() || (address.is_ipv6() && !bind.v6only);
    let covers =
        |listens: IpAddr| listens == *ip || (listens.is_unspecified() && ip.is_loopback() && both_families);
    same_port && !ip.is_unspecified() && covers(address.ip())
}
