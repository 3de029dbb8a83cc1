//! Interfaces and their addresses by netlink: a channel that asks and sets, where each answer is waited for (the kernel gives it
//! at once), and one that tells what changes.

mod monitor;
pub(crate) mod nftables;
mod request;
mod route;

pub(crate) use monitor::{Change, Monitor};
pub(crate) use request::{AboveSpec, AddressSpec, Channel};
pub(crate) use route::{RouteKey, RouteSpec, RuleKey, RuleSpec};

use std::net::IpAddr;

use keepalived_conf::model::IpvlanMode;
use netlink_packet_route::address::{AddressAttribute, AddressMessage};
use netlink_packet_route::link::{
    InfoData, InfoIpVlan, InfoMacVlan, InfoVrf, IpVlanFlags, IpVlanMode, LinkAttribute, LinkFlags, LinkInfo,
    LinkLayerType, LinkMessage, MacVlanMode,
};

/// Whether an interface is a macvlan in private mode, such as this program makes. One that cannot be asked about is none.
#[must_use]
pub fn is_private_macvlan(name: &str) -> bool {
    let links = Channel::open().and_then(|mut channel| channel.links());
    links.is_ok_and(|links| links.iter().any(|link| link.name == name && link.macvlan))
}

/// Whether an interface is an ipvlan of layer 2, such as this program makes. One that cannot be asked about is none.
#[must_use]
pub fn is_l2_ipvlan(name: &str) -> bool {
    let links = Channel::open().and_then(|mut channel| channel.links());
    links.is_ok_and(|links| {
        links
            .iter()
            .any(|link| link.name == name && link.ipvlan.is_some())
    })
}

/// What is known of an interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    /// Its number.
    pub(crate) index: u32,
    /// Its name.
    pub(crate) name: String,
    /// Whether it is set up.
    pub(crate) up: bool,
    /// Whether it can send: it is plugged in and the other side is there.
    pub(crate) running: bool,
    /// Whether it is the machine's own loopback.
    pub(crate) loopback: bool,
    /// Whether it can broadcast.
    pub(crate) broadcast: bool,
    /// Whether it can multicast.
    pub(crate) multicast: bool,
    /// Whether neighbours are found by ARP.
    pub(crate) arp: bool,
    /// Whether it is of Ethernet's kind.
    pub(crate) ethernet: bool,
    /// Its hardware address; empty when it has none.
    pub(crate) mac: Vec<u8>,
    /// The hardware address of everybody on its wire; empty when there is none.
    pub(crate) broadcast_mac: Vec<u8>,
    /// The largest packet it sends, bytes.
    pub(crate) mtu: u32,
    /// The kernel's flags (`IFF_*`).
    pub(crate) flags: u32,
    /// The number of the bridge, or whatever it is a part of.
    pub(crate) controller: Option<u32>,
    /// The routing table that it stands for, when it is a VRF.
    pub(crate) vrf_table: Option<u32>,
    /// The number of the interface below it.
    pub(crate) below: Option<u32>,
    /// Whether it is a macvlan in private mode.
    pub(crate) macvlan: bool,
    /// How it is kept apart from others, when it is an ipvlan of layer 2.
    pub(crate) ipvlan: Option<IpvlanMode>,
    /// What somebody wrote down about it.
    pub(crate) alias: String,
}

impl Link {
    /// Whether packets can be sent and received.
    #[must_use]
    pub(crate) fn is_usable(&self) -> bool {
        self.up && self.running
    }

    fn from_message(message: &LinkMessage) -> Option<Self> {
        let flags = message.header.flags;
        let mut link = Self {
            index: message.header.index,
            name: String::new(),
            up: flags.contains(LinkFlags::Up),
            running: flags.contains(LinkFlags::Running),
            loopback: flags.contains(LinkFlags::Loopback),
            broadcast: flags.contains(LinkFlags::Broadcast),
            multicast: flags.contains(LinkFlags::Multicast),
            arp: !flags.contains(LinkFlags::Noarp),
            ethernet: message.header.link_layer_type == LinkLayerType::Ether,
            mac: Vec::new(),
            broadcast_mac: Vec::new(),
            mtu: 0,
            flags: flags.bits(),
            controller: None,
            vrf_table: None,
            below: None,
            macvlan: false,
            ipvlan: None,
            alias: String::new(),
        };
        for attribute in &message.attributes {
            match attribute {
                LinkAttribute::IfName(name) => link.name.clone_from(name),
                LinkAttribute::Address(mac) => link.mac.clone_from(mac),
                LinkAttribute::Broadcast(mac) => link.broadcast_mac.clone_from(mac),
                LinkAttribute::Mtu(mtu) => link.mtu = *mtu,
                LinkAttribute::Link(below) => link.below = Some(*below),
                LinkAttribute::IfAlias(alias) => link.alias.clone_from(alias),
                LinkAttribute::LinkInfo(infos) => {
                    link.vrf_table = infos.iter().find_map(vrf_table);
                    link.ipvlan = infos.iter().find_map(ipvlan_mode);
                    link.macvlan = infos.iter().any(|info| match info {
                        LinkInfo::Data(InfoData::MacVlan(of)) => {
                            of.contains(&InfoMacVlan::Mode(MacVlanMode::Private))
                        }
                        _ => false,
                    });
                }
                LinkAttribute::Controller(controller) => {
                    link.controller = Some(*controller).filter(|index| *index != 0);
                }
                _ => {}
            }
        }
        (!link.name.is_empty()).then_some(link)
    }
}

fn vrf_table(info: &LinkInfo) -> Option<u32> {
    let LinkInfo::Data(InfoData::Vrf(data)) = info else {
        return None;
    };
    data.iter().find_map(|one| match one {
        InfoVrf::TableId(table) => Some(*table),
        _ => None,
    })
}

fn ipvlan_mode(info: &LinkInfo) -> Option<IpvlanMode> {
    let LinkInfo::Data(InfoData::IpVlan(data)) = info else {
        return None;
    };
    if !data.contains(&InfoIpVlan::Mode(IpVlanMode::L2)) {
        return None;
    }
    let flags = data.iter().find_map(|one| match one {
        InfoIpVlan::Flags(flags) => Some(*flags),
        _ => None,
    });
    let flags = flags.unwrap_or(IpVlanFlags::empty());
    Some(if flags.contains(IpVlanFlags::Private) {
        IpvlanMode::Private
    } else if flags.contains(IpVlanFlags::Vepa) {
        IpvlanMode::Vepa
    } else {
        IpvlanMode::Bridge
    })
}

/// An address that an interface has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    /// The interface's number.
    pub(crate) index: u32,
    /// The address.
    pub(crate) address: IpAddr,
    /// Bits of its network.
    pub(crate) prefix: u8,
    /// Whether the kernel sends from it only when asked to.
    pub(crate) secondary: bool,
    /// Who set it, as far as the kernel was told (`IFA_PROTO`, since Linux 5.18).
    pub(crate) protocol: u8,
}

impl Held {
    fn from_message(message: &AddressMessage) -> Option<Self> {
        let mut local = None;
        let mut address = None;
        let mut protocol = 0;
        for attribute in &message.attributes {
            match attribute {
                AddressAttribute::Local(given) => local = Some(*given),
                AddressAttribute::Address(given) => address = Some(*given),
                AddressAttribute::Protocol(given) => protocol = u8::from(*given),
                _ => {}
            }
        }
        Some(Self {
            index: message.header.index,
            // With a peer, `address` is the peer's.
            address: local.or(address)?,
            prefix: message.header.prefix_len,
            protocol,
            secondary: message
                .header
                .flags
                .contains(netlink_packet_route::address::AddressHeaderFlags::Secondary),
        })
    }
}
