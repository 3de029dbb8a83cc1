//! A check of a real server that may wait longer than the time from one check to the next.

use keepalived_conf::Statement;
use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "check-timeout-above-delay",
    title: "A check that waits longer than its delay_loop",
    level: Severity::Note,
    why: "A server that answers no more is not asked again before the timeout is over, so that it is found down later, and checked \
          less often, than delay_loop says.",
    mend: "write a connect_timeout that is below delay_loop",
    check,
};

/// The value of a keyword, in seconds, in the first of the blocks that has it.
fn seconds<'s>(blocks: &[&'s Statement], keyword: &'s str) -> Option<(f64, &'s Statement)> {
    let line = blocks.iter().find_map(|block| block.all(keyword).last())?;
    Some((line.arg(0)?.parse().ok()?, line))
}

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for server in cluster.nodes.iter().flat_map(|node| node.top("virtual_server")) {
        let mut told = Vec::new();
        for real in server.all("real_server") {
            let is_check = |line: &&Statement| {
                let word = line.keyword();
                word.ends_with("_CHECK") || word.ends_with("_GET")
            };
            for block in real.block.iter().filter(is_check) {
                let blocks = [block, real, server];
                let timeout = seconds(&blocks, "connect_timeout");
                let delay = seconds(&blocks, "delay_loop");
                if let (Some((timeout, line)), Some((delay, _))) = (timeout, delay)
                    && timeout > delay
                    && !told.contains(&line.span())
                {
                    told.push(line.span());
                    out.tell(
                        line.span(),
                        format!("it waits {timeout} seconds, and is due every {delay}"),
                    );
                }
            }
        }
    }
}
