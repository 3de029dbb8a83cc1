//! Keys that can be guessed.

use heartbeat_conf::model::Method;
use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-short-key",
    title: "A short key",
    level: Severity::Warning,
    why: "Whoever hears one message can try keys until one gives its signature, as fast as the own machine goes; then messages can be made that move the address.",
    mend: "take at least 16 octets of chance, such as `openssl rand -hex 20` prints",
    check,
};

/// The least octets of a key.
const LEAST: usize = 12;

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for key in &node.config.keys.keys {
            if key.method != Method::Crc && key.secret.len() < LEAST {
                out.tell(
                    node.place(key.span),
                    format!("key {} has {} octets", key.number, key.secret.len()),
                );
            }
        }
    }
}
