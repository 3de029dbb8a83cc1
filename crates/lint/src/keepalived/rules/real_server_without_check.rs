//! A real server that is not checked.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "real-server-without-check",
    title: "A real server that is not checked",
    level: Severity::Warning,
    why: "It gets its share of the connections also while it is down.",
    mend: "add a check to it, such as TCP_CHECK or HTTP_GET",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for block in cluster.nodes.iter().flat_map(|node| node.top("virtual_server")) {
        for server in block.all("real_server") {
            let is_check = |word: &str| word.ends_with("_CHECK") || word.ends_with("_GET") || word == "CHECK";
            if !server.block.iter().any(|line| is_check(line.keyword())) {
                out.tell(
                    server.span(),
                    format!("'{}' is not checked", server.arg(0).unwrap_or_default()),
                );
            }
        }
    }
}
