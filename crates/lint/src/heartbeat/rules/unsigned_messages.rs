//! Messages that anybody can make.

use heartbeat_conf::model::Method;
use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "hb-unsigned-messages",
    title: "Messages are signed by a checksum",
    level: Severity::Warning,
    why: "`crc` has no key: whoever reaches the UDP port can say that a node is gone, and the address moves.",
    mend: "take `sha1` with a key of chance, unless nobody else can reach the path",
    check,
};

fn check(cluster: &Cluster, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        let serial = node
            .config
            .settings
            .media
            .iter()
            .all(|medium| medium.kind.interface().is_none());
        for key in &node.config.keys.keys {
            // One that is only taken, and signs nothing, opens the door as well.
            if key.method == Method::Crc && !serial {
                out.tell(
                    node.place(key.span),
                    format!("key {} is a checksum, which anybody can make", key.number),
                );
            }
        }
    }
}
