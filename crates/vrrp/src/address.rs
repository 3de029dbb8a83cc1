//! Addresses as the configuration has them, made into what the kernel is asked for.

use keepalived_conf::model::VirtualAddress;

use crate::interfaces::Interfaces;
use crate::netlink::AddressSpec;

// The kernel's flags of an address (IFA_F_*).
pub(crate) const NO_DAD: u32 = 0x02;
const HOME: u32 = 0x10;
const MANAGE_TEMPORARY: u32 = 0x100;
const NO_PREFIX_ROUTE: u32 = 0x200;
const AUTO_JOIN: u32 = 0x400;

/// What is asked for to set `address`; none while its interface is not there.
pub(crate) fn spec(address: &VirtualAddress, interfaces: &Interfaces) -> Option<AddressSpec> {
    let link = interfaces.named(&address.interface)?;
    let flags = [
        (address.home, HOME),
        // Nobody waits for an answer that an address is free while it moves.
        (address.address.is_ipv6() && !address.detect_duplicates, NO_DAD),
        (address.manage_temporary, MANAGE_TEMPORARY),
        (address.no_prefix_route, NO_PREFIX_ROUTE),
        (address.auto_join, AUTO_JOIN),
    ]
    .into_iter()
    .filter(|(wanted, _)| *wanted)
    .map(|(_, flag)| flag)
    .sum();
    Some(AddressSpec {
        index: link.index,
        address: address.address,
        prefix: address.prefix,
        scope: address.scope.number(),
        label: address.label.clone(),
        broadcast: address.broadcast,
        peer: address.peer,
        flags,
        preferred_lifetime: address.preferred_lifetime,
        signed: false,
    })
}
