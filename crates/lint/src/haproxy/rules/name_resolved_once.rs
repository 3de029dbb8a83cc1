//! A server whose name is looked up at start alone.

use haproxy_cfg::model::ServerAddr;
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "name-resolved-once",
    title: "A server whose name is looked up at start alone",
    level: Severity::Note,
    why: "When the name gets another address, which it does wherever servers come and go, requests go to the old one \
           until a reload.",
    mend: "add a resolvers section and 'resolvers NAME' to the server",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        for server in proxy.servers.iter().filter(|server| !server.unlisted) {
            let text = String::from_utf8_lossy(&server.host);
            let named = matches!(server.addr, ServerAddr::Inet { .. })
                && text.parse::<std::net::IpAddr>().is_err()
                && text.contains(|letter: char| letter.is_ascii_alphabetic())
                && !text.contains(['$', '%', '@', ':', '<', '{'])
                && !text.eq_ignore_ascii_case("localhost");
            if named && server.resolution.is_none() {
                let place = view.line(server.span).map_or(server.span, |line| line.span_of(2));
                out.tell(place, format!("'{text}' is looked up once, at start"));
                // One of them says it for the backend.
                break;
            }
        }
    }
}
