//! What an instance stands on: its interface, a VRF in its place, or nothing but the addresses of its partners; and the interface of
//! its own above that.

use syntax::{Diagnostic, Span, Version};

use super::instance::unusable;
use crate::reading::Reading;
use crate::written::{Address, Instance};

/// The interface of an instance; that of its VRF, or an empty name, where it speaks to partners without one (since 2.3). None
/// when it cannot be used.
pub(super) fn interface(reading: &mut Reading<'_>, written: &mut Instance) -> Option<String> {
    let (name, at) = (written.name.value.clone(), written.name.span);
    if let Some(interface) = &written.interface {
        let interface = interface.value.clone();
        if let Some(vrf) = written.vrf.take() {
            let message = format!("({name}) vrf can only be specified without interface - clearing");
            clash(
                reading,
                vrf.span,
                message,
                "remove it: the interface belongs to its VRF by itself",
            );
        }
        return Some(interface);
    }
    let needs_one = written.peers.is_empty() || reading.dialect.version <= Version::new(2, 2);
    if needs_one {
        let message = format!("({name}) Unknown interface!");
        unusable(reading, at, message, "write `interface NAME` into it");
        return None;
    }
    if written.source.is_none() {
        let message = format!("({name}): Unicast instances must have unicast_src_ip or interface");
        unusable(reading, at, message, "write `unicast_src_ip ADDRESS` into it");
        return None;
    }
    let above = (written.vmac.take().map(|_| at)).or(written.ipvlan.take().map(|ipvlan| ipvlan.span));
    if let Some(span) = above {
        let message =
            format!("({name}): Cannot use VMAC/ipvlan with unicast and no interface - clearing use_vmac");
        clash(reading, span, message, "write `interface NAME` into the instance");
    }
    for addresses in [&mut written.addresses, &mut written.excluded] {
        let homeless = |address: &mut Address| address.interface.is_none();
        for address in addresses.extract_if(.., homeless) {
            let message = format!(
                "({name}): no interface for vip {}/{} - removing",
                address.address.value, address.prefix
            );
            clash(
                reading,
                address.address.span,
                message,
                "write `dev INTERFACE` behind it",
            );
        }
    }
    Some(
        written
            .vrf
            .as_ref()
            .map_or_else(String::new, |vrf| vrf.value.clone()),
    )
}

/// Why an instance cannot use its ipvlan, which has no address to send from; IPv6 has one on each link.
pub(super) fn check_ipvlan(
    reading: &mut Reading<'_>,
    written: &Instance,
    ipv6: bool,
) -> Option<&'static str> {
    let ipvlan = written.ipvlan.as_ref()?;
    if ipv6 || ipvlan.address.is_some() {
        return None;
    }
    let message = format!(
        "({}) IPv4 ipvlan requires a source ip address to be configured. setting instance to fault state",
        written.name.value
    );
    clash(
        reading,
        ipvlan.span,
        message,
        "write `use_ipvlan NAME ADDRESS/BITS`",
    );
    Some("its ipvlan interface has no address")
}

fn clash(reading: &mut Reading<'_>, at: Span, message: String, help: &str) {
    reading.fault(Diagnostic::warning("clash", message).at(at).help(help));
}
