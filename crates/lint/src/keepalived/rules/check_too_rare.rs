//! A check that runs less than twice a minute.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "check-too-rare",
    title: "A check that runs less than twice a minute",
    level: Severity::Note,
    why: "So long the address stays where the service is gone.",
    mend: "write an interval of a few seconds",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for block in node.top("vrrp_script") {
            if let Some(line) = block.last("interval") {
                let seconds: f64 = line.arg(0).and_then(|text| text.parse().ok()).unwrap_or(1.0);
                if seconds > 30.0 {
                    out.tell(line.span(), format!("it runs every {seconds} s"));
                }
            }
        }
    }
}
