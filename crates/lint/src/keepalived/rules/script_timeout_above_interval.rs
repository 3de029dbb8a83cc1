//! A check that may take longer than its interval.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "script-timeout-above-interval",
    title: "A check that may take longer than its interval",
    level: Severity::Warning,
    why: "The next one cannot begin while one runs: what the interval promises is not kept, and failures are seen late.",
    mend: "write a timeout below the interval, or a longer interval",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for block in node.top("vrrp_script") {
            let seconds = |keyword: &str| block.last(keyword)?.arg(0)?.parse::<f64>().ok();
            // Default one second.
            let interval = seconds("interval").unwrap_or(1.0);
            if let (Some(timeout), Some(line)) = (seconds("timeout"), block.last("timeout")) {
                let late = timeout > interval;
                if late {
                    out.tell(
                        line.span(),
                        format!("it may take {timeout} s, and is due every {interval} s"),
                    );
                }
            }
        }
    }
}
