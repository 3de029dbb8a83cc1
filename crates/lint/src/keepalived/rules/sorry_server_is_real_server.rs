//! A sorry server that is one of the real servers.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "sorry-server-is-real-server",
    title: "A sorry server that is one of the real servers",
    level: Severity::Warning,
    why: "It takes over when no real server is left, and is then down itself, as its check says.",
    mend: "write a server that only says sorry, or another port of this one",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for server in cluster.nodes.iter().flat_map(|node| node.top("virtual_server")) {
        let Some(sorry) = server.all("sorry_server").last() else {
            continue;
        };
        let same = server
            .all("real_server")
            .any(|real| sorry.arg(0).is_some() && (real.arg(0), real.arg(1)) == (sorry.arg(0), sorry.arg(1)));
        if same {
            out.tell(
                sorry.span(),
                format!("'{}' is a real server here", sorry.arg(0).unwrap_or_default()),
            );
        }
    }
}
