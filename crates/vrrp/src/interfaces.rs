//! The machine's interfaces with their addresses, as netlink tells of them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::netlink::{Change, Held, Link};

/// All interfaces.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interfaces {
    links: BTreeMap<u32, Link>,
    addresses: Vec<Held>,
}

/// What a change means for those who use interfaces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// An interface can be used from now on, or no longer.
    State {
        /// Its name.
        name: String,
        /// Whether it can.
        usable: bool,
    },
    /// An interface has appeared.
    Came(String),
    /// An interface is gone.
    Gone {
        /// Its name.
        name: String,
        /// The number it had.
        index: u32,
    },
    /// An interface has other addresses.
    Addresses {
        /// Number of the interface.
        index: u32,
    },
    /// An address was taken away.
    AddressGone(Held),
}

impl Interfaces {
    /// From all that there is.
    pub(crate) fn new(links: Vec<Link>, addresses: Vec<Held>) -> Self {
        Self {
            links: links.into_iter().map(|link| (link.index, link)).collect(),
            addresses,
        }
    }

    /// Sees all of them anew.
    pub(crate) fn revise(&mut self, see: impl Fn(Link) -> Link) {
        let links = std::mem::take(&mut self.links);
        self.links = links
            .into_iter()
            .map(|(index, link)| (index, see(link)))
            .collect();
    }

    /// The interface of that name.
    pub(crate) fn named(&self, name: &str) -> Option<&Link> {
        self.links.values().find(|link| link.name == name)
    }

    /// The interface of that number.
    pub(crate) fn numbered(&self, index: u32) -> Option<&Link> {
        self.links.get(&index)
    }

    /// All of them, by number.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Link> {
        self.links.values()
    }

    /// All addresses of all of them.
    pub(crate) fn held(&self) -> impl Iterator<Item = &Held> {
        self.addresses.iter()
    }

    /// Whether an address is known to be there.
    pub(crate) fn has(&self, held: &Held) -> bool {
        self.addresses.iter().any(|known| same(known, held))
    }

    /// The address that an interface sends from: its first, those that `ours` names left out.
    pub(crate) fn first_address(
        &self,
        index: u32,
        ipv4: bool,
        ours: impl Fn(IpAddr) -> bool,
    ) -> Option<IpAddr> {
        self.addresses
            .iter()
            .filter(|held| held.index == index && held.address.is_ipv4() == ipv4)
            .filter(|held| ipv4 || is_link_local(held.address))
            .filter(|held| !ours(held.address))
            .min_by_key(|held| held.secondary)
            .map(|held| held.address)
    }

    /// Takes note of a change; what it means.
    pub(crate) fn apply(&mut self, change: Change) -> Vec<Seen> {
        match change {
            Change::Link(link) => {
                let mut seen = Vec::new();
                let (name, usable) = (link.name.clone(), link.is_usable());
                let before = self.links.insert(link.index, link);
                match before {
                    None => seen.push(Seen::Came(name.clone())),
                    Some(before) if before.name != name => {
                        let index = before.index;
                        seen.push(Seen::Gone {
                            name: before.name,
                            index,
                        });
                        seen.push(Seen::Came(name.clone()));
                    }
                    Some(before) if before.is_usable() == usable => return Vec::new(),
                    Some(_) => {}
                }
                seen.push(Seen::State { name, usable });
                seen
            }
            Change::LinkGone(link) => {
                self.addresses.retain(|held| held.index != link.index);
                match self.links.remove(&link.index) {
                    Some(gone) => vec![Seen::Gone {
                        name: gone.name,
                        index: gone.index,
                    }],
                    None => Vec::new(),
                }
            }
            Change::Address(held) => {
                let known = self.addresses.iter_mut().find(|known| same(known, &held));
                match known {
                    Some(known) => {
                        *known = held;
                        Vec::new()
                    }
                    None => {
                        self.addresses.push(held);
                        vec![Seen::Addresses { index: held.index }]
                    }
                }
            }
            Change::AddressGone(held) => {
                self.addresses.retain(|known| !same(known, &held));
                vec![Seen::AddressGone(held), Seen::Addresses { index: held.index }]
            }
            // Whoever asks for all anew makes a new table, and routes and rules are not kept here.
            Change::Lost | Change::Route { .. } | Change::Rule { .. } => Vec::new(),
        }
    }

    /// What led from `self` to `now`, as if it had been told.
    pub(crate) fn changes_to(&self, now: &Self) -> Vec<Change> {
        let gone = self
            .links
            .values()
            .filter(|link| !now.links.contains_key(&link.index))
            .cloned()
            .map(Change::LinkGone);
        let links = now.links.values().cloned().map(Change::Link);
        let addresses_gone = self
            .addresses
            .iter()
            .filter(|held| !now.addresses.iter().any(|other| same(held, other)))
            .copied()
            .map(Change::AddressGone);
        let addresses = now.addresses.iter().copied().map(Change::Address);
        gone.chain(links).chain(addresses_gone).chain(addresses).collect()
    }
}

fn same(one: &Held, other: &Held) -> bool {
    (one.index, one.address, one.prefix) == (other.index, other.address, other.prefix)
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unicast_link_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(index: u32, name: &str, running: bool) -> Link {
        Link {
            index,
            name: name.to_owned(),
            up: true,
            running,
            loopback: false,
            broadcast: true,
            multicast: true,
            arp: true,
            ethernet: true,
            mac: vec![2, 0, 0, 0, 0, 1],
            broadcast_mac: vec![0xff; 6],
            mtu: 1500,
            flags: 0,
            controller: None,
            vrf_table: None,
            below: None,
            macvlan: false,
            ipvlan: None,
            alias: String::new(),
        }
    }

    fn held(index: u32, last: u8, secondary: bool) -> Held {
        Held {
            index,
            address: IpAddr::from([192, 0, 2, last]),
            prefix: 24,
            secondary,
            protocol: 0,
        }
    }

    #[test]
    fn only_what_changes_the_use_of_an_interface_is_seen() {
        let mut interfaces = Interfaces::new(vec![link(2, "eth0", true)], Vec::new());
        assert_eq!(interfaces.apply(Change::Link(link(2, "eth0", true))), []);
        assert_eq!(
            interfaces.apply(Change::Link(link(2, "eth0", false))),
            [Seen::State {
                name: "eth0".to_owned(),
                usable: false
            }]
        );
        assert_eq!(
            interfaces.apply(Change::LinkGone(link(2, "eth0", false))),
            [Seen::Gone {
                name: "eth0".to_owned(),
                index: 2
            }]
        );
        assert!(interfaces.named("eth0").is_none());
    }

    #[test]
    fn a_new_name_is_another_interface() {
        let mut interfaces = Interfaces::new(vec![link(2, "old", true)], Vec::new());
        let seen = interfaces.apply(Change::Link(link(2, "new", true)));
        assert_eq!(seen.len(), 3, "{seen:?}");
        assert!(interfaces.named("old").is_none() && interfaces.named("new").is_some());
    }

    #[test]
    fn the_first_address_is_no_secondary_and_none_of_ours() {
        let interfaces = Interfaces::new(
            vec![link(2, "eth0", true)],
            vec![
                held(2, 9, true),
                held(2, 99, false),
                held(2, 1, false),
                held(3, 5, false),
            ],
        );
        let ours = |address: IpAddr| address == IpAddr::from([192, 0, 2, 99]);
        assert_eq!(
            interfaces.first_address(2, true, ours),
            Some(IpAddr::from([192, 0, 2, 1]))
        );
        assert_eq!(interfaces.first_address(4, true, ours), None);
    }

    #[test]
    fn what_was_missed_is_found_by_comparing() {
        let mut before = Interfaces::new(
            vec![link(2, "eth0", true), link(3, "eth1", true)],
            vec![held(2, 1, false)],
        );
        let now = Interfaces::new(vec![link(2, "eth0", false)], vec![held(2, 7, false)]);
        let seen: Vec<Seen> = before
            .changes_to(&now)
            .into_iter()
            .flat_map(|change| before.apply(change))
            .collect();
        assert!(seen.contains(&Seen::AddressGone(held(2, 1, false))), "{seen:?}");
        assert!(seen.contains(&Seen::Gone {
            name: "eth1".to_owned(),
            index: 3
        }));
        assert!(seen.contains(&Seen::State {
            name: "eth0".to_owned(),
            usable: false
        }));
        assert_eq!(
            before.first_address(2, true, |_| false),
            Some(IpAddr::from([192, 0, 2, 7]))
        );
    }
}
