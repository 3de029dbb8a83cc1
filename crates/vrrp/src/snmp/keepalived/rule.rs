//! Routing rules: those of instances, and those that stay on the machine.

use keepalived_conf::model::{Network, Rule, RuleAction};
use vrrp_proto::agentx::{Tree, Value};

use super::super::view::{Shown, View};
use super::{address, gauge, kind, number, put_row, row, text, yes};

pub(super) fn put(tree: &mut Tree, view: &View) {
    put_all(tree, 0, &view.rules);
    for (at, (_, managed)) in view.routers.iter().enumerate() {
        put_all(tree, row(at), &managed.rules);
    }
}

fn put_all(tree: &mut Tree, owner: u32, rules: &[Shown<Rule>]) {
    for (at, shown) in rules.iter().enumerate() {
        put_rule(tree, &[owner, row(at)], shown);
    }
}

fn put_rule(tree: &mut Tree, place: &[u32], shown: &Shown<Rule>) {
    let rule = &shown.what;
    let (from, to) = (rule.from, rule.to);
    let direction = match (from, to) {
        (Some(_), Some(_)) => "both",
        (Some(_), None) => "from",
        (None, Some(_)) => "to",
        (None, None) => "",
    };
    // An older form of the table has one network, which is where it goes to if that is said.
    let one = to.or(from);
    let network = |network: Option<Network>| {
        (
            network.and_then(|network| kind(network.address.is_ipv4())),
            network.and_then(|network| address(network.address)),
            network.and_then(|network| gauge(network.prefix)),
        )
    };
    let (one_kind, one_address, one_prefix) = network(one);
    let (to_kind, to_address, to_prefix) = network(to);
    let (from_kind, from_address, from_prefix) = network(from);
    let table = match rule.action {
        RuleAction::Table(table) => gauge(table),
        _ => None,
    };
    let action = match rule.action {
        RuleAction::Table(_) | RuleAction::L3mdev => 1,
        RuleAction::Goto(_) => 2,
        RuleAction::Nop => 3,
        RuleAction::Blackhole => 6,
        RuleAction::Unreachable => 7,
        RuleAction::Prohibit => 8,
    };
    put_row(
        tree,
        8,
        place,
        [
            (2, text(direction)),
            (3, one_kind),
            (4, one_address),
            (5, one_prefix),
            (6, table.clone()),
            (7, yes(shown.set)),
            (8, yes(rule.invert)),
            (9, to_kind),
            (10, to_address),
            (11, to_prefix),
            (12, from_kind),
            (13, from_address),
            (14, from_prefix),
            (15, gauge(rule.tos)),
            (16, rule.mark.and_then(|(mark, _)| gauge(mark))),
            (17, rule.mark.and_then(|(_, mask)| gauge(mask?))),
            (18, rule.realms.and_then(|realms| gauge(realms & 0xffff))),
            (19, rule.realms.and_then(|realms| gauge(realms >> 16))),
            (20, rule.iif.as_deref().and_then(text)),
            (21, rule.oif.as_deref().and_then(text)),
            (
                22,
                match rule.action {
                    RuleAction::Goto(target) => gauge(target),
                    _ => None,
                },
            ),
            (23, number(action)),
            (24, table),
            (25, gauge(rule.preference)),
            (26, rule.suppress_prefix.and_then(gauge)),
            (27, rule.suppress_group.and_then(|group| text(&group.to_string()))),
            (28, rule.tunnel.map(Value::Counter64)),
            (30, rule.users.and_then(|(first, _)| gauge(first))),
            (31, rule.users.and_then(|(_, last)| gauge(last))),
        ],
    );
}
