//! Addresses of haresources as keepalived writes them.

use heartbeat_conf::model::{Address, Group, ResourceKind};

/// The addresses of a group, in order.
pub(super) fn addresses(group: &Group) -> impl Iterator<Item = &Address> {
    group
        .resources
        .iter()
        .filter_map(|resource| match &resource.kind {
            ResourceKind::Address(address) => Some(address),
            ResourceKind::Script => None,
        })
}

/// A line of `virtual_ipaddress`.
pub(super) fn line(address: &Address, interface: &str) -> String {
    let mut out = address.address.to_string();
    if let Some(prefix) = address.prefix {
        out += &format!("/{prefix}");
    }
    if let Some(broadcast) = address.broadcast {
        out += &format!(" brd {broadcast}");
    }
    let device = address.interface.as_deref().unwrap_or(interface);
    out += &format!(" dev {device}");
    if let Some(alias) = &address.alias {
        out += &format!(" label {device}:{alias}");
    }
    out
}
