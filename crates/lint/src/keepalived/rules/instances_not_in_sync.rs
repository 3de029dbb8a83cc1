//! Instances on several interfaces that move by themselves.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "instances-not-in-sync",
    title: "Instances on several interfaces that move by themselves",
    level: Severity::Note,
    why: "When one interface fails, its addresses move and those of the other stay: a router or proxy that needs both then has a half on each machine.",
    mend: "put them into a vrrp_sync_group, unless they have nothing to do with each other",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for index in 0..cluster.nodes.len() {
        let node = &cluster.nodes[index];
        let instances = cluster.instances_of(index);
        let grouped = |name: &str| {
            let groups = node.config.groups.iter().flat_map(|group| &group.members);
            groups
                .filter_map(|member| node.config.instances.get(*member))
                .any(|member| member.name == name)
        };
        let tracks = |one: &super::super::cluster::Instance<'_>, interface: &str| {
            let tracked = node.tracked_of(*one);
            tracked
                .iter()
                .any(|entry| entry.kind == "track_interface" && entry.name == interface)
        };
        for (at, one) in instances
            .iter()
            .enumerate()
            .filter(|(_, one)| !grouped(one.name()))
        {
            let other = instances[..at].iter().find(|other| {
                other.model.interface != one.model.interface
                    && !grouped(other.name())
                    && !tracks(one, &other.model.interface)
            });
            if let Some(other) = other {
                let message = format!("'{}' and '{}' are in no group", other.name(), one.name());
                out.tell_with(
                    one.statement.span(),
                    message,
                    other.statement.span(),
                    "the other one",
                );
            }
        }
    }
}
