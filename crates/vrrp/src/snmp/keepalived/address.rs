//! Addresses: those of instances, and those that stay on the machine.

use std::net::{IpAddr, Ipv4Addr};

use keepalived_conf::model::VirtualAddress;
use vrrp_proto::agentx::Tree;

use super::super::view::View;
use super::{address, gauge, kind, number, put_row, row, scope, text, yes};

pub(super) fn put(tree: &mut Tree, view: &View) {
    for (at, shown) in view.addresses.iter().enumerate() {
        put_address(tree, view, &[0, row(at)], &shown.what, (shown.set, false));
    }
    for (at, (router, managed)) in view.routers.iter().enumerate() {
        let advertised = managed.instance.addresses.iter().map(|one| (one, true));
        let others = managed.instance.excluded.iter().map(|one| (one, false));
        for (place, (one, is_advertised)) in advertised.chain(others).enumerate() {
            let set = router.addresses.get(place).is_some_and(|(_, set)| *set);
            put_address(tree, view, &[row(at), row(place)], one, (set, is_advertised));
        }
    }
}

fn put_address(
    tree: &mut Tree,
    view: &View,
    place: &[u32],
    one: &VirtualAddress,
    (is_set, is_advertised): (bool, bool),
) {
    let is_ipv4 = one.address.is_ipv4();
    let broadcast = IpAddr::V4(one.broadcast.unwrap_or(Ipv4Addr::UNSPECIFIED));
    put_row(
        tree,
        6,
        place,
        [
            (2, kind(is_ipv4)),
            (3, address(one.address)),
            (4, is_ipv4.then(|| address(broadcast)).flatten()),
            (5, gauge(one.prefix)),
            (6, number(scope(one.scope.number()))),
            (
                7,
                number(view.indexes.get(&one.interface).copied().unwrap_or_default()),
            ),
            (8, text(&one.interface)),
            (9, one.label.as_deref().and_then(text)),
            (10, yes(is_set)),
            (11, yes(is_advertised)),
        ],
    );
}
