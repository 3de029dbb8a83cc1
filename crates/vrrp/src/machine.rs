//! The machine's addresses for others than VRRP: set, taken away, looked for, and announced to the neighbours. heartbeat's shell uses
//! it, so that netlink and ARP are spoken in one place.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use vrrp_proto::wire::announcement;

use crate::netlink::{AddressSpec, Channel};
use crate::socket::FrameSocket;

/// A place for an address: an interface, with the network that the address is of there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Name of the interface.
    pub interface: String,
    /// Bits of the network.
    pub prefix: u8,
    /// The broadcast address that goes with it.
    pub broadcast: Option<Ipv4Addr>,
    /// The name that the address is shown under, no longer than the system's 15 octets.
    pub label: Option<String>,
}

/// The way to the machine's addresses.
#[derive(Debug)]
pub struct Addresses {
    channel: Channel,
    frames: FrameSocket,
}

impl Addresses {
    /// Opens it.
    ///
    /// # Errors
    /// What the system says.
    pub fn open() -> io::Result<Self> {
        Ok(Self {
            channel: Channel::open()?,
            frames: FrameSocket::open()?,
        })
    }

    /// Whether an interface has the address; its name.
    ///
    /// # Errors
    /// What the system says.
    pub fn holder(&mut self, address: IpAddr) -> io::Result<Option<String>> {
        let held = self.channel.addresses()?;
        let Some(held) = held.iter().find(|held| held.address == address) else {
            return Ok(None);
        };
        let links = self.channel.links()?;
        Ok(links
            .iter()
            .find(|link| link.index == held.index)
            .map(|link| link.name.clone()))
    }

    /// The interface with the smallest network that the address is of, and the bits of that network. With `interface` only that one is
    /// looked at.
    ///
    /// # Errors
    /// What the system says.
    pub fn network_of(
        &mut self,
        address: IpAddr,
        interface: Option<&str>,
    ) -> io::Result<Option<(String, u8)>> {
        let links = self.channel.links()?;
        let name = |index| {
            links
                .iter()
                .find(|link| link.index == index && interface.is_none_or(|wanted| wanted == link.name))
                .map(|link| link.name.clone())
        };
        let held = self.channel.addresses()?;
        Ok(held
            .iter()
            .filter(|held| is_within(address, held.address, held.prefix))
            .filter_map(|held| Some((name(held.index)?, held.prefix)))
            .max_by_key(|(_, prefix)| *prefix))
    }

    /// Sets an address.
    ///
    /// # Errors
    /// What the system says, or that there is no such interface. An address that is set there already is none.
    pub fn add(&mut self, address: IpAddr, place: &Place) -> io::Result<()> {
        let spec = self.spec(address, place)?;
        match self.channel.add(&spec) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
            other => other,
        }
    }

    /// Takes an address away from wherever it is.
    ///
    /// # Errors
    /// What the system says. An address that is not set is none.
    pub fn remove(&mut self, address: IpAddr) -> io::Result<()> {
        let held = self.channel.addresses()?;
        for held in held.iter().filter(|held| held.address == address) {
            let spec = AddressSpec {
                index: held.index,
                address,
                prefix: held.prefix,
                scope: 0,
                label: None,
                broadcast: None,
                peer: None,
                flags: 0,
                preferred_lifetime: None,
                signed: false,
            };
            self.channel.remove(&spec)?;
        }
        Ok(())
    }

    /// Tells the neighbours on an interface that the address is here. An interface without such neighbours tells nobody.
    ///
    /// # Errors
    /// What the system says.
    pub fn announce(&mut self, address: IpAddr, interface: &str) -> io::Result<()> {
        let links = self.channel.links()?;
        let link = links.iter().find(|link| link.name == interface);
        let Some(link) = link.filter(|link| link.arp && link.ethernet) else {
            return Ok(());
        };
        let Ok(hardware) = <[u8; 6]>::try_from(link.mac.as_slice()) else {
            return Ok(());
        };
        self.frames
            .send(link.index, &announcement(hardware, address, false))
    }

    fn spec(&mut self, address: IpAddr, place: &Place) -> io::Result<AddressSpec> {
        let links = self.channel.links()?;
        let link = links
            .iter()
            .find(|link| link.name == place.interface)
            .ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::NotFound,
                    format!("no interface {}", place.interface),
                )
            })?;
        Ok(AddressSpec {
            index: link.index,
            address,
            prefix: place.prefix,
            scope: 0,
            label: place.label.clone().filter(|label| label.len() <= 15),
            broadcast: place.broadcast,
            peer: None,
            // An address that moves is not to be tried out first.
            flags: if address.is_ipv6() {
                crate::address::NO_DAD
            } else {
                0
            },
            preferred_lifetime: None,
            signed: false,
        })
    }
}

/// Whether an address is of the network of another one.
fn is_within(address: IpAddr, other: IpAddr, prefix: u8) -> bool {
    match (address, other) {
        (IpAddr::V4(one), IpAddr::V4(other)) => {
            let shift = 32_u32.saturating_sub(u32::from(prefix));
            one.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
        }
        (IpAddr::V6(one), IpAddr::V6(other)) => {
            let shift = 128_u32.saturating_sub(u32::from(prefix));
            one.to_bits().checked_shr(shift) == other.to_bits().checked_shr(shift)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_of_the_network_of_its_neighbours() {
        let parse = |text: &str| -> IpAddr { text.parse().expect("an address") };
        let within = |one, other, prefix| is_within(parse(one), parse(other), prefix);
        assert!(within("192.168.0.99", "192.168.0.1", 24));
        assert!(!within("192.168.1.99", "192.168.0.1", 24));
        assert!(within("10.0.0.1", "192.168.0.1", 0));
        assert!(!within("192.168.0.99", "192.168.0.98", 32));
        assert!(within("fe80::1", "fe80::2", 64));
        assert!(!within("fe80::1", "192.168.0.1", 0));
    }
}
