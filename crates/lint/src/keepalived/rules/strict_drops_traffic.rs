//! Strict mode that makes addresses unreachable.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "strict-drops-traffic",
    title: "Strict mode that makes addresses unreachable",
    level: Severity::Warning,
    why: "By the RFC who is not the owner of an address takes no packets for it. Strict mode holds to that by a rule of the firewall: no service behind the address answers, nor does ping.",
    mend: "in version 3 write 'accept' into the instance; otherwise leave vrrp_strict out, or write 'strict_mode off' into the instance",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for one in cluster.instances() {
        if one.model.strict && !one.model.accept && one.model.priority != 255 {
            let node = &cluster.nodes[one.node];
            let strict = one
                .statement
                .last("strict_mode")
                .or_else(|| node.global("vrrp_strict"));
            let place = strict.map_or(one.statement.span(), keepalived_conf::Statement::span);
            let message = format!("packets for the addresses of '{}' are dropped", one.name());
            out.tell_with(place, message, one.statement.span(), "this instance");
        }
    }
}
