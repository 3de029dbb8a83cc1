//! Patterns that are networks: the longest that holds an address is found.

use std::cmp::Reverse;
use std::net::{IpAddr, Ipv6Addr};

use super::entry::Entry;
use super::tree::Tree;

/// Networks. An IPv4 address is looked for among those of IPv6 as well, as `::ffff:a.b.c.d`, and an IPv6 address that stands
/// for one of IPv4 among those.
#[derive(Clone, Debug, Default)]
pub(super) struct Networks {
    v4: Tree<Network>,
    v6: Tree<Network>,
}

/// A network and its entry.
#[derive(Clone, Debug)]
pub(super) struct Network {
    /// From the highest bit on; what is behind the prefix is zero.
    address: u128,
    bits: u8,
    is_v4: bool,
    entry: Entry,
}

impl Network {
    pub(super) fn new(address: IpAddr, bits: u8, entry: &Entry) -> Self {
        let (high, is_v4) = match address {
            IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, true),
            IpAddr::V6(address) => (u128::from(address), false),
        };
        let bits = bits.min(if is_v4 { 32 } else { 128 });
        Self {
            address: high & mask(bits),
            bits,
            is_v4,
            entry: entry.clone(),
        }
    }

    /// The first of equal ones is the last, where a search for the last finds it.
    fn place(&self) -> (u128, u8, Reverse<u64>) {
        (self.address, self.bits, Reverse(self.entry.number()))
    }
}

fn mask(bits: u8) -> u128 {
    u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0)
}

impl Networks {
    pub(super) fn new(mut networks: Vec<Network>) -> Self {
        networks.sort_unstable_by_key(Network::place);
        let (v4, v6) = networks.into_iter().partition(|network| network.is_v4);
        Self {
            v4: Tree::from_sorted(v4),
            v6: Tree::from_sorted(v6),
        }
    }

    fn tree(&mut self, network: &Network) -> &mut Tree<Network> {
        if network.is_v4 { &mut self.v4 } else { &mut self.v6 }
    }

    pub(super) fn insert(&mut self, network: Network) {
        let place = network.place();
        self.tree(&network)
            .insert(network, |known| known.place().cmp(&place));
    }

    pub(super) fn remove(&mut self, network: &Network) {
        let place = network.place();
        self.tree(network).remove(|known| known.place().cmp(&place));
    }

    pub(super) fn replace(&mut self, network: Network) {
        let place = network.place();
        self.tree(&network)
            .replace(network, |known| known.place().cmp(&place));
    }

    /// The entry of the longest network that holds an address, and of equal ones the first.
    pub(super) fn find(&self, address: IpAddr) -> Option<&Entry> {
        match address {
            IpAddr::V4(address) => longest(&self.v4, u128::from(u32::from(address)) << 96)
                .or_else(|| longest(&self.v6, u128::from(address.to_ipv6_mapped()))),
            IpAddr::V6(address) => longest(&self.v6, u128::from(address))
                .or_else(|| longest(&self.v4, u128::from(inner_v4(address)?) << 96)),
        }
    }
}

/// The IPv4 address inside `::ffff:a.b.c.d`, `::a.b.c.d` or `2002:…` (6to4).
pub(crate) fn inner_v4(address: Ipv6Addr) -> Option<u32> {
    let all = u128::from(address);
    match (all >> 32, all >> 112) {
        (0 | 0xffff, _) => Some(all as u32),
        (_, 0x2002) => Some((all >> 80) as u32),
        _ => None,
    }
}

fn longest(tree: &Tree<Network>, address: u128) -> Option<&Entry> {
    let (mut wanted, mut bits) = (address, 128);
    loop {
        let last = tree.last_at_most(|network| (network.address, network.bits).cmp(&(wanted, bits)))?;
        // What holds the address is not longer than what this one has in common with it.
        let common = (last.address ^ address).leading_zeros() as u8;
        if common >= last.bits {
            return Some(&last.entry);
        }
        bits = common;
        wanted = address & mask(bits);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address() -> impl Strategy<Value = IpAddr> {
        let v4 = proptest::array::uniform4(prop_oneof![Just(0_u8), Just(10), Just(128), any::<u8>()]);
        prop_oneof![
            v4.prop_map(IpAddr::from),
            proptest::array::uniform4(prop_oneof![Just(0_u8), Just(10), any::<u8>()])
                .prop_map(|v4| IpAddr::V6(std::net::Ipv4Addr::from(v4).to_ipv6_mapped())),
            proptest::array::uniform8(prop_oneof![Just(0_u16), Just(0x2002), Just(0x8000)])
                .prop_map(IpAddr::from),
        ]
    }

    fn holds(network: &Network, address: u128) -> bool {
        (network.address ^ address) & mask(network.bits) == 0
    }

    proptest! {
        #[test]
        fn the_longest_network_is_found(
            networks in proptest::collection::vec((address(), 0_u8..=128), 0..200),
            gone in 0_usize..50,
            addresses in proptest::collection::vec(address(), 1..50),
        ) {
            let mut all: Vec<Network> = (0..)
                .zip(&networks)
                .map(|(number, (address, bits))| Network::new(*address, *bits, &Entry::new(number, b"", None)))
                .collect();
            let mut found = Networks::new(all.clone());
            let gone = all.split_off(all.len().saturating_sub(gone));
            gone.iter().for_each(|network| found.remove(network));
            for address in addresses {
                let of = |v4: bool, address: u128| {
                    all.iter()
                        .filter(|network| network.is_v4 == v4 && holds(network, address))
                        .rev()
                        .max_by_key(|network| network.bits)
                        .map(|network| network.entry.number())
                };
                let expected = match address {
                    IpAddr::V4(v4) => of(true, u128::from(u32::from(v4)) << 96)
                        .or_else(|| of(false, u128::from(v4.to_ipv6_mapped()))),
                    IpAddr::V6(v6) => of(false, u128::from(v6))
                        .or_else(|| of(true, u128::from(inner_v4(v6)?) << 96)),
                };
                prop_assert_eq!(found.find(address).map(Entry::number), expected);
            }
        }
    }
}
