//! What holds for all, and the groups.

use std::net::{IpAddr, Ipv4Addr};

use vrrp_proto::agentx::{Tree, Value};

use super::super::view::View;
use super::{SUBTREE, address, command, gauge, number, put_row, row, state, text, yes};

pub(super) fn put(tree: &mut Tree, view: &View) {
    let global = &view.global;
    let smtp = &global.smtp;
    let server = smtp.server;
    // 3 stands for what the file does not say.
    let asked = |value: Option<bool>| number(value.map_or(3, super::super::truth));
    let polls = view.routers.iter().any(|(_, managed)| managed.polls_link);
    let scalars = [
        (vec![1], text(&view.version)),
        (vec![2], text(&global.router_id)),
        (
            vec![3, 1],
            number(if server.is_some_and(|server| server.address.is_ipv4()) {
                1
            } else {
                2
            }),
        ),
        (
            vec![3, 2],
            address(server.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |server| server.address)),
        ),
        (
            vec![3, 3],
            gauge(server.map_or(0, |_| smtp.connect_timeout.as_secs())),
        ),
        (vec![3, 4], server.and_then(|_| text(&smtp.from))),
        (vec![3, 6], gauge(server.map_or(0, |server| server.port))),
        (vec![3, 7], yes(!global.no_email_faults)),
        (vec![3, 8], asked(global.smtp_alert)),
        (vec![3, 9], asked(global.smtp_alert_vrrp)),
        // Alerts of checks are LVS's.
        (vec![3, 10], asked(None)),
        (vec![4], yes(global.snmp.traps)),
        (vec![5], number(if polls { 2 } else { 1 })),
        // No virtual servers are there that could be removed.
        (vec![6], yes(false)),
        (vec![7], yes(true)),
        (vec![8], text(global.net_namespace.as_deref().unwrap_or_default())),
        (vec![9], yes(global.dbus.is_some())),
        (vec![10], yes(global.dynamic_interfaces)),
        (vec![11], yes(false)),
    ];
    for (object, value) in scalars {
        if let Some(value) = value {
            tree.put(&[SUBTREE, &[1], &*object].concat(), &[0], value);
        }
    }
    for (at, to) in smtp.to.iter().enumerate() {
        let value = Value::Octets(to.as_bytes().to_vec());
        tree.put(&[SUBTREE, &[1, 3, 5, 1, 2]].concat(), &[row(at)], value);
    }
    for (at, (group, now)) in view.groups.iter().enumerate() {
        let notify = &group.notify;
        let scripts = [
            &notify.master,
            &notify.backup,
            &notify.fault,
            &notify.any,
            &notify.stop,
        ];
        put_row(
            tree,
            1,
            &[row(at)],
            [
                (2, text(&group.name)),
                (3, number(state(*now))),
                (4, yes(group.smtp_alert)),
                (5, yes(scripts.iter().any(|script| script.is_some()))),
                (6, command(notify.master.as_ref())),
                (7, command(notify.backup.as_ref())),
                (8, command(notify.fault.as_ref())),
                (9, command(notify.any.as_ref())),
                (10, yes(group.weights)),
                (11, command(notify.stop.as_ref())),
            ],
        );
        for (place, member) in group.members.iter().enumerate() {
            if let Some((router, _)) = view.routers.get(*member) {
                put_row(tree, 2, &[row(at), row(place)], [(2, text(&router.name))]);
            }
        }
    }
}
