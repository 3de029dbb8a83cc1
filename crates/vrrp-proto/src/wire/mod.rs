//! What goes over the wire: adverts of both versions, the IPv4 header around them, and the packets that tell neighbours
//! where an address has moved to. Bytes in, values out, and back. What an advert means is the state machine's affair.

mod advert;
mod authentication_header;
mod checksum;
mod fault;
mod ipv4;
mod neighbour;

pub use advert::{Advert, Auth, AuthType, Checked, Datagram, Expectation, KEY_LENGTH, Peer};
pub use authentication_header::{AH_LENGTH, AH_PROTOCOL, AuthenticationHeader};
pub use checksum::{ChecksumForm, internet_checksum, pseudo_header_checksum};
pub use fault::{Fault, FaultKind};
pub use ipv4::{HEADER_LENGTH, Ipv4Header, prepend_authenticated_ipv4_header, prepend_ipv4_header};
pub use neighbour::{
    ArpForm, announcement, gratuitous_arp, read_announcement, unsolicited_neighbour_advertisement,
};

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The IP protocol number of VRRP.
pub const PROTOCOL: u8 = 112;

/// The TTL (or hop limit) of every advert to a multicast group: one that is smaller has crossed a router.
pub const TTL: u8 = 255;

/// The type-of-service octet (traffic class) of adverts: internetwork control.
pub const TOS: u8 = 0xc0;

/// The IPv4 group that adverts go to.
pub const GROUP_V4: Ipv4Addr = Ipv4Addr::new(224, 0, 0, 18);

/// The IPv6 group that adverts go to.
pub const GROUP_V6: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 0x12);

/// The priority of the router that owns the addresses.
pub const OWNER_PRIORITY: u8 = 255;

/// The priority in the advert of a master that gives up: nobody need wait for the master-down interval.
pub const STOPPING_PRIORITY: u8 = 0;

/// The protocol's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Version {
    /// RFC 3768: IPv4 only, intervals of whole seconds.
    V2,
    /// RFC 5798 and 9568: both address families, intervals of centiseconds.
    V3,
}

impl Version {
    /// The number in the packet.
    pub const fn number(self) -> u8 {
        match self {
            Self::V2 => 2,
            Self::V3 => 3,
        }
    }
}

/// The multicast group of the family that `address` belongs to.
pub const fn group_for(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => IpAddr::V4(GROUP_V4),
        IpAddr::V6(_) => IpAddr::V6(GROUP_V6),
    }
}
