//! A condition on a port that no listener has.

use haproxy_cfg::model::{Address, MatchKind, Pattern};
use syntax::Severity;

use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "port-never-bound",
    title: "A condition on a port that no listener has",
    level: Severity::Warning,
    why: "dst_port is the port that the client connected to. As nothing listens there, the condition never holds.",
    mend: "add the bind line, or write the port that is meant",
    check,
};

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, section, proxy) in view.proxies() {
        let mut ports = Vec::new();
        let all_known = proxy.binds.iter().all(|bind| {
            if let Address::Inet(address) = &bind.address {
                ports.push(i64::from(address.port()));
            }
            matches!(bind.address, Address::Inet(_)) && !bind.accept_proxy && !bind.transparent
        });
        let changed =
            |line: &super::super::view::Line<'_>| line.has("set-dst-port") || line.has("expect-proxy");
        if ports.is_empty() || !all_known || section.lines.iter().any(changed) {
            continue;
        }
        for acl in &proxy.acls {
            let of_port = acl.sample.fetch.name == "dst_port" && acl.sample.converters.is_empty();
            if !of_port || acl.matcher != MatchKind::Int || acl.patterns.is_empty() || !acl.files.is_empty() {
                continue;
            }
            let never = acl.patterns.iter().all(|pattern| match pattern {
                Pattern::Range(low, high) => !ports.iter().any(|port| low <= port && port <= high),
                _ => false,
            });
            if never {
                out.tell(
                    acl.span,
                    format!("no listener of '{}' has such a port", proxy.name),
                );
            }
        }
    }
}
