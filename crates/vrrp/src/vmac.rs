//! Interfaces with virtual MAC addresses, and those that share the address of the one below: which ones a configuration asks for, what they are called, and what then stands on
//! which interface. They are made by `node::vmac`.

use std::net::IpAddr;

use keepalived_conf::model::{GlobalDefs, IpvlanMode, VirtualAddress, VrrpInstance};

use crate::interfaces::Interfaces;
use crate::netlink::Link;

/// The longest name of an interface.
const MAX_NAME: usize = 15;

/// What an interface above another one is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A macvlan, with a MAC address that moves with the virtual router.
    Macvlan([u8; 6]),
    /// An ipvlan, with the MAC address of the one below and an address of its own.
    Ipvlan {
        /// How it is kept apart from others.
        mode: IpvlanMode,
        /// The address that is set on it, with the bits of its network.
        address: Option<(IpAddr, u8)>,
    },
}

/// An interface above another one, made for a virtual router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vmac {
    /// The instance that it is for.
    pub(crate) owner: String,
    /// Its name.
    pub(crate) name: String,
    /// The interface below.
    pub(crate) base: String,
    /// What it is.
    pub(crate) kind: Kind,
    /// The group of interfaces that it is put into.
    pub(crate) group: Option<u32>,
    /// Whether it is for addresses of IPv6.
    pub(crate) ipv6: bool,
    /// Whether it is the instance's own, not that of addresses on another interface.
    pub(crate) main: bool,
}

impl Vmac {
    /// Whether the kernel's settings have to be others for it: it answers for addresses of IPv4 with a MAC address of its own.
    pub(crate) fn needs_settings(&self) -> bool {
        matches!(self.kind, Kind::Macvlan(_)) && !self.ipv6
    }

    /// Whether an interface is one such as this.
    pub(crate) fn is(&self, link: &Link, base: Option<u32>) -> bool {
        let fits = match self.kind {
            Kind::Macvlan(mac) => link.macvlan && link.mac == mac,
            Kind::Ipvlan { mode, .. } => link.ipvlan == Some(mode),
        };
        fits && link.below == base
    }
}

/// The interfaces that instances ask for. Interfaces of instances and addresses are changed to them.
pub(crate) fn plan(
    instances: &mut [VrrpInstance],
    global: &GlobalDefs,
    interfaces: &Interfaces,
) -> Vec<Vmac> {
    let mut all: Vec<Vmac> = Vec::new();
    let given: Vec<String> = instances
        .iter()
        .filter_map(|instance| {
            let vmac = instance.vmac.as_ref().and_then(|vmac| vmac.name.clone());
            vmac.or_else(|| instance.ipvlan.as_ref()?.name.clone())
        })
        .collect();
    for instance in instances {
        let own = instance.interface.clone();
        let wanted = instance.vmac.as_ref();
        let wanted = wanted.map(|vmac| (Kind::Macvlan(vmac.mac), vmac.group, &vmac.name));
        let wanted = wanted.or_else(|| {
            let ipvlan = instance.ipvlan.as_ref()?;
            let kind = Kind::Ipvlan {
                mode: ipvlan.mode,
                address: ipvlan.address,
            };
            Some((kind, ipvlan.group, &ipvlan.name))
        });
        let main = wanted.map(|(kind, group, given_name)| {
            let mut vmac = Vmac {
                owner: instance.name.clone(),
                name: String::new(),
                base: own.clone(),
                kind,
                group,
                ipv6: instance.ipv6,
                main: true,
            };
            vmac.name = match given_name {
                Some(name) => name.clone(),
                None => name(
                    &vmac,
                    &global.vmac_prefix,
                    instance.virtual_router_id,
                    &all,
                    &given,
                    interfaces,
                ),
            };
            vmac
        });
        all.extend(main.clone());
        let first = all.len();
        let (vrid, owner) = (instance.virtual_router_id, &instance.name);
        let mut settle = |address: &mut VirtualAddress| {
            let ipv6 = address.address.is_ipv6();
            let is_main =
                |vmac: &Vmac| address.interface == vmac.base && (!address.vmac || ipv6 == vmac.ipv6);
            if let Some(main) = main.as_ref().filter(|vmac| is_main(vmac)) {
                address.interface.clone_from(&main.name);
            } else if address.vmac {
                let same = |vmac: &&Vmac| vmac.base == address.interface && vmac.ipv6 == ipv6;
                if let Some(vmac) = all[first..].iter().find(same) {
                    address.interface.clone_from(&vmac.name);
                    return;
                }
                let mut vmac = Vmac {
                    owner: owner.clone(),
                    name: String::new(),
                    base: address.interface.clone(),
                    kind: Kind::Macvlan([0, 0, 0x5e, 0, if ipv6 { 2 } else { 1 }, vrid]),
                    group: None,
                    ipv6,
                    main: false,
                };
                vmac.name = name(&vmac, &global.vmac_addr_prefix, vrid, &all, &given, interfaces);
                address.interface.clone_from(&vmac.name);
                all.push(vmac);
            }
        };
        instance.addresses.iter_mut().for_each(&mut settle);
        instance.excluded.iter_mut().for_each(&mut settle);
        if let Some(main) = main.filter(|_| !instance.xmit_base) {
            instance.interface = main.name;
        }
    }
    all
}

/// A name for one that is given none: that of the very interface, if an earlier run left it, or one that nobody has.
fn name(
    vmac: &Vmac,
    prefix: &str,
    vrid: u8,
    all: &[Vmac],
    given: &[String],
    interfaces: &Interfaces,
) -> String {
    let is_free =
        |name: &str| all.iter().all(|other| other.name != name) && given.iter().all(|other| other != name);
    let base = interfaces.named(&vmac.base).map(|link| link.index);
    // Those that share a MAC address are told apart by the number in their name alone.
    let end = format!(".{vrid}");
    let is_ours = |link: &&Link| match vmac.kind {
        Kind::Macvlan(_) => true,
        Kind::Ipvlan { .. } => link.name.ends_with(&end),
    };
    let left = interfaces
        .all()
        .find(|link| vmac.is(link, base) && is_ours(link) && is_free(&link.name));
    if let Some(left) = left {
        return left.name.clone();
    }
    let family = vmac.ipv6.then(|| "6".to_owned());
    let marks = [String::new()]
        .into_iter()
        .chain(family)
        .chain((1_u32..).map(|number| number.to_string()));
    for mark in marks {
        let end = format!("{mark}.{vrid}");
        // A long prefix is cut, so that what tells them apart fits.
        let room = MAX_NAME.saturating_sub(end.len());
        let cut = prefix.char_indices().map(|(at, letter)| at + letter.len_utf8());
        let cut = cut.take_while(|end| *end <= room).last().unwrap_or(0);
        let name = format!("{}{end}", &prefix[..cut]);
        if is_free(&name) && interfaces.named(&name).is_none() {
            return name;
        }
    }
    // The numbers do not end.
    String::new()
}
