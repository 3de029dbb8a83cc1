//! Interfaces with virtual MAC addresses: which ones a configuration asks for, what they are called, and what then stands on
//! which interface. They are made by `node::vmac`.

use keepalived_conf::model::{GlobalDefs, VirtualAddress, VrrpInstance};

use crate::interfaces::Interfaces;

/// The longest name of an interface.
const MAX_NAME: usize = 15;

/// An interface (macvlan) above another one, with a MAC address that moves with the virtual router.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Vmac {
    /// The instance that it is for.
    pub(crate) owner: String,
    /// Its name.
    pub(crate) name: String,
    /// The interface below.
    pub(crate) base: String,
    /// Its MAC address.
    pub(crate) mac: [u8; 6],
    /// The group of interfaces that it is put into.
    pub(crate) group: Option<u32>,
    /// Whether it is for addresses of IPv6.
    pub(crate) ipv6: bool,
    /// Whether it is the instance's own, not that of addresses on another interface.
    pub(crate) main: bool,
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
        .filter_map(|instance| instance.vmac.as_ref()?.name.clone())
        .collect();
    for instance in instances {
        let own = instance.interface.clone();
        let main = instance.vmac.as_ref().map(|wanted| {
            let mut vmac = Vmac {
                owner: instance.name.clone(),
                name: String::new(),
                base: own.clone(),
                mac: wanted.mac,
                group: wanted.group,
                ipv6: instance.ipv6,
                main: true,
            };
            vmac.name = match &wanted.name {
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
                    mac: [0, 0, 0x5e, 0, if ipv6 { 2 } else { 1 }, vrid],
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
    let left = interfaces
        .all()
        .find(|link| link.macvlan && link.below == base && link.mac == vmac.mac && is_free(&link.name));
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
