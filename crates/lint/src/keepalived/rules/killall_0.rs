//! A check that only looks for a process.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "killall-0",
    title: "A check that only looks for a process",
    level: Severity::Note,
    why: "`killall -0` and `pidof` hold for a process that hangs, listens to nothing or is about to end.",
    mend: "ask the service something, such as an HTTP request to its health page; for a process alone vrrp_track_process needs no program",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for command in node
            .top("vrrp_script")
            .filter_map(|block| block.last("script"))
            .map(super::super::scripts::command)
        {
            let program = command.text.split_whitespace().next().unwrap_or_default();
            let name = program.rsplit('/').next().unwrap_or_default();
            let signals_nothing = matches!(name, "killall" | "pkill")
                && command.text.split_whitespace().any(|word| word == "-0");
            if signals_nothing || matches!(name, "pidof" | "pgrep") {
                out.tell(
                    command.span,
                    format!("'{name}' says only that a process is there"),
                );
            }
        }
    }
}
