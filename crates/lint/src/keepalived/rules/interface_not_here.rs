//! An interface that this machine does not have.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "interface-not-here",
    title: "An interface that this machine does not have",
    level: Severity::Note,
    why: "Where the file is for this machine, keepalived does not start, or the instance waits for the interface.",
    mend: "correct the name; when the file is for another machine, ignore this",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    // The files of a cluster are for other machines too.
    if cluster.nodes.len() != 1 {
        return;
    }
    for one in cluster.instances() {
        let line = one.statement.last("interface");
        if let Some(line) = line.filter(|_| !cluster.host.has_interface(&one.model.interface)) {
            out.tell(
                line.arg_span(0),
                format!("this machine has no interface '{}'", one.model.interface),
            );
        }
    }
}
