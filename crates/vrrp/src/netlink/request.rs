//! The channel that asks for links and addresses and sets addresses. A request is answered within the call that sends it: the
//! kernel does its work at once, and the caller's order is kept.

use std::io;
use std::net::{IpAddr, Ipv4Addr};

use keepalived_conf::model::{IpvlanMode, PROTOCOL_KEEPALIVED, ReceiveBuffer};
use netlink_packet_core::{
    NLM_F_ACK, NLM_F_APPEND, NLM_F_CREATE, NLM_F_DUMP, NLM_F_EXCL, NLM_F_REQUEST, NLMSG_DONE, NLMSG_ERROR,
    NLMSG_NOOP, NLMSG_OVERRUN, NetlinkBuffer, NetlinkMessage, NetlinkPayload,
};
use netlink_packet_route::address::{
    AddressAttribute, AddressFlags, AddressHeaderFlags, AddressMessage, AddressProtocol, AddressScope,
    CacheInfo,
};
use netlink_packet_route::link::{
    InfoData, InfoIpVlan, InfoKind, InfoMacVlan, IpVlanFlags, IpVlanMode, LinkAttribute, LinkFlags, LinkInfo,
    LinkMessage, MacVlanMode,
};
use netlink_packet_route::route::RouteMessage;
use netlink_packet_route::rule::RuleMessage;
use netlink_packet_route::{AddressFamily, RouteNetlinkMessage};
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use nix::sys::socket::{setsockopt, sockopt};

use super::{Held, Link, RouteKey, RouteSpec, RuleKey, RuleSpec};
use crate::vmac::Kind;

/// The address that is set on an interface, with what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AddressSpec {
    /// Number of the interface.
    pub(crate) index: u32,
    /// The address.
    pub(crate) address: IpAddr,
    /// Bits of its network.
    pub(crate) prefix: u8,
    /// The kernel's number of its scope.
    pub(crate) scope: u8,
    /// The name it is shown under.
    pub(crate) label: Option<String>,
    /// The broadcast address of its network.
    pub(crate) broadcast: Option<Ipv4Addr>,
    /// The other end of the line, with the bits of its network.
    pub(crate) peer: Option<(IpAddr, u8)>,
    /// The kernel's flags of an address (`IFA_F_*`) that are asked for.
    pub(crate) flags: u32,
    /// Seconds for which it is preferred; none says nothing.
    pub(crate) preferred_lifetime: Option<u32>,
    /// Whether it bears this program's number, so that a later run knows it again.
    pub(crate) signed: bool,
}

impl AddressSpec {
    fn message(&self) -> AddressMessage {
        let mut message = AddressMessage::default();
        message.header.family = match self.address {
            IpAddr::V4(_) => AddressFamily::Inet,
            IpAddr::V6(_) => AddressFamily::Inet6,
        };
        message.header.index = self.index;
        message.header.scope = AddressScope::from(self.scope);
        message.header.prefix_len = self.peer.map_or(self.prefix, |(_, prefix)| prefix);
        let flags = AddressFlags::from_bits_retain(self.flags);
        // The header has room for the first eight.
        message.header.flags = AddressHeaderFlags::from_bits_truncate(self.flags.to_le_bytes()[0]);
        message.attributes.push(AddressAttribute::Local(self.address));
        message.attributes.push(AddressAttribute::Address(
            self.peer.map_or(self.address, |(peer, _)| peer),
        ));
        if !flags.is_empty() {
            message.attributes.push(AddressAttribute::Flags(flags));
        }
        if let Some(broadcast) = self.broadcast {
            message.attributes.push(AddressAttribute::Broadcast(broadcast));
        }
        if self.signed {
            let protocol = AddressProtocol::from(PROTOCOL_KEEPALIVED);
            message.attributes.push(AddressAttribute::Protocol(protocol));
        }
        if let Some(label) = &self.label {
            message.attributes.push(AddressAttribute::Label(label.clone()));
        }
        if let Some(preferred) = self.preferred_lifetime {
            let mut lifetimes = CacheInfo::default();
            lifetimes.ifa_preferred = preferred;
            lifetimes.ifa_valid = u32::MAX;
            message.attributes.push(AddressAttribute::CacheInfo(lifetimes));
        }
        message
    }
}

/// An interface that is made above another one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AboveSpec<'a> {
    /// Its name.
    pub(crate) name: &'a str,
    /// Number of the interface below.
    pub(crate) base: u32,
    /// What it is: a macvlan is made in private mode, an ipvlan on layer 2.
    pub(crate) kind: Kind,
    /// The group of interfaces that it is put into.
    pub(crate) group: Option<u32>,
}

impl AboveSpec<'_> {
    fn message(&self) -> LinkMessage {
        let mut message = LinkMessage::default();
        message.attributes = vec![
            LinkAttribute::IfName(self.name.to_owned()),
            LinkAttribute::Link(self.base),
        ];
        let (kind, data) = match self.kind {
            Kind::Macvlan(mac) => {
                message.attributes.push(LinkAttribute::Address(mac.to_vec()));
                let mode = InfoMacVlan::Mode(MacVlanMode::Private);
                (InfoKind::MacVlan, InfoData::MacVlan(vec![mode]))
            }
            Kind::Ipvlan { mode, .. } => {
                let flags = match mode {
                    IpvlanMode::Bridge => IpVlanFlags::empty(),
                    IpvlanMode::Private => IpVlanFlags::Private,
                    IpvlanMode::Vepa => IpVlanFlags::Vepa,
                };
                let data = vec![InfoIpVlan::Mode(IpVlanMode::L2), InfoIpVlan::Flags(flags)];
                (InfoKind::IpVlan, InfoData::IpVlan(data))
            }
        };
        message.attributes.extend(self.group.map(LinkAttribute::Group));
        message.attributes.push(LinkAttribute::LinkInfo(vec![
            LinkInfo::Kind(kind),
            LinkInfo::Data(data),
        ]));
        message
    }
}

/// The channel.
#[derive(Debug)]
pub(crate) struct Channel {
    socket: Socket,
    sequence: u32,
    port: u32,
}

impl Channel {
    /// Opens it.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        let port = socket.bind_auto()?.port_number();
        socket.connect(&SocketAddr::new(0, 0))?;
        Ok(Self {
            socket,
            sequence: 0,
            port,
        })
    }

    /// Gives it a buffer of that size.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn set_buffer(&self, buffer: ReceiveBuffer) -> io::Result<()> {
        set_buffer(&self.socket, buffer)
    }

    /// The number that what is told of its requests bears.
    pub(crate) fn port(&self) -> u32 {
        self.port
    }

    /// All interfaces.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn links(&mut self) -> io::Result<Vec<Link>> {
        let mut links = Vec::new();
        let all = RouteNetlinkMessage::GetLink(LinkMessage::default());
        self.ask(all, NLM_F_DUMP, |answer| {
            if let RouteNetlinkMessage::NewLink(message) = answer {
                links.extend(Link::from_message(&message));
            }
        })?;
        Ok(links)
    }

    /// All addresses of both families.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn addresses(&mut self) -> io::Result<Vec<Held>> {
        let mut addresses = Vec::new();
        let all = RouteNetlinkMessage::GetAddress(AddressMessage::default());
        self.ask(all, NLM_F_DUMP, |answer| {
            if let RouteNetlinkMessage::NewAddress(message) = answer {
                addresses.extend(Held::from_message(&message));
            }
        })?;
        Ok(addresses)
    }

    /// Makes an interface above another one, which is not set up.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn add_above(&mut self, above: &AboveSpec<'_>) -> io::Result<()> {
        let message = RouteNetlinkMessage::NewLink(above.message());
        self.ask(message, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, |_| {})
    }

    /// Sets an interface up, and writes down something about it.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn set_link_up(&mut self, index: u32, alias: &str) -> io::Result<()> {
        let mut message = LinkMessage::default();
        message.header.index = index;
        message.header.flags = LinkFlags::Up;
        message.header.change_mask = LinkFlags::Up;
        message.attributes.push(LinkAttribute::IfAlias(alias.to_owned()));
        self.ask(RouteNetlinkMessage::SetLink(message), NLM_F_ACK, |_| {})
    }

    /// Removes an interface.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn remove_link(&mut self, index: u32) -> io::Result<()> {
        let mut message = LinkMessage::default();
        message.header.index = index;
        self.ask(RouteNetlinkMessage::DelLink(message), NLM_F_ACK, |_| {})
    }

    /// Sets an address.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AlreadyExists`] when it is set.
    pub(crate) fn add(&mut self, address: &AddressSpec) -> io::Result<()> {
        let message = RouteNetlinkMessage::NewAddress(address.message());
        self.ask(message, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, |_| {})
    }

    /// Takes an address away.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AddrNotAvailable`] when it is not set.
    pub(crate) fn remove(&mut self, address: &AddressSpec) -> io::Result<()> {
        let message = RouteNetlinkMessage::DelAddress(address.message());
        self.ask(message, NLM_F_ACK, |_| {})
    }

    /// Sets a route.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AlreadyExists`] when the very same is there.
    pub(crate) fn add_route(&mut self, route: &RouteSpec) -> io::Result<()> {
        let place = if route.is_appended() { NLM_F_APPEND } else { 0 };
        let message = RouteNetlinkMessage::NewRoute(route.message());
        self.ask(message, NLM_F_ACK | NLM_F_CREATE | place, |_| {})
    }

    /// Takes a route away.
    ///
    /// # Errors
    /// What the system says; `ESRCH` when it is not there.
    pub(crate) fn remove_route(&mut self, route: &RouteSpec) -> io::Result<()> {
        let message = RouteNetlinkMessage::DelRoute(route.message());
        self.ask(message, NLM_F_ACK, |_| {})
    }

    /// Sets a rule.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::AlreadyExists`] when the very same is there.
    pub(crate) fn add_rule(&mut self, rule: &RuleSpec) -> io::Result<()> {
        let message = RouteNetlinkMessage::NewRule(rule.message());
        self.ask(message, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, |_| {})
    }

    /// Takes a rule away.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::NotFound`] when it is not there.
    pub(crate) fn remove_rule(&mut self, rule: &RuleSpec) -> io::Result<()> {
        let message = RouteNetlinkMessage::DelRule(rule.message());
        self.ask(message, NLM_F_ACK, |_| {})
    }

    /// All routes of both families.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn routes(&mut self) -> io::Result<Vec<RouteKey>> {
        let mut routes = Vec::new();
        let all = RouteNetlinkMessage::GetRoute(RouteMessage::default());
        self.ask_raw(all, NLM_F_DUMP, |_, payload| {
            routes.extend(RouteKey::read(payload));
            Ok(())
        })?;
        Ok(routes)
    }

    /// All rules of both families.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn rules(&mut self) -> io::Result<Vec<RuleKey>> {
        let mut rules = Vec::new();
        let all = RouteNetlinkMessage::GetRule(RuleMessage::default());
        self.ask_raw(all, NLM_F_DUMP, |_, payload| {
            rules.extend(RuleKey::read(payload));
            Ok(())
        })?;
        Ok(rules)
    }

    /// Sends a request and hands its answers to `take`, until the last one.
    fn ask(
        &mut self,
        message: RouteNetlinkMessage,
        flags: u16,
        mut take: impl FnMut(RouteNetlinkMessage),
    ) -> io::Result<()> {
        self.ask_raw(message, flags, |bytes, _| {
            let answer =
                NetlinkMessage::<RouteNetlinkMessage>::deserialize(bytes).map_err(io::Error::other)?;
            if let NetlinkPayload::InnerMessage(message) = answer.payload {
                take(message);
            }
            Ok(())
        })
    }

    /// The same with the answers as they come: the whole message, and what stands behind its header.
    fn ask_raw(
        &mut self,
        message: RouteNetlinkMessage,
        flags: u16,
        mut take: impl FnMut(&[u8], &[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        self.sequence = self.sequence.wrapping_add(1);
        let mut request = NetlinkMessage::from(message);
        request.header.flags = NLM_F_REQUEST | flags;
        request.header.sequence_number = self.sequence;
        request.finalize();
        let mut bytes = vec![0; request.buffer_len()];
        request.serialize(&mut bytes);
        self.socket.send(&bytes, 0)?;
        loop {
            let (datagram, _) = self.socket.recv_from_full()?;
            for message in split(&datagram) {
                let answer = NetlinkBuffer::new_checked(message).map_err(io::Error::other)?;
                if answer.sequence_number() != self.sequence {
                    continue;
                }
                match answer.message_type() {
                    NLMSG_DONE => return Ok(()),
                    NLMSG_ERROR => {
                        let code = answer
                            .payload()
                            .first_chunk::<4>()
                            .map(|code| i32::from_ne_bytes(*code));
                        return match code {
                            Some(0) => Ok(()),
                            Some(code) => Err(io::Error::from_raw_os_error(code.saturating_neg())),
                            None => Err(io::Error::other("an error without a number")),
                        };
                    }
                    NLMSG_NOOP | NLMSG_OVERRUN => {}
                    _ => take(message, answer.payload())?,
                }
            }
        }
    }
}

/// Gives a socket a buffer of that size; without one it keeps the system's.
pub(super) fn set_buffer(socket: &Socket, buffer: ReceiveBuffer) -> io::Result<()> {
    let Some(size) = buffer.size else {
        return Ok(());
    };
    let size = size as usize;
    if buffer.force {
        setsockopt(socket, sockopt::RcvBufForce, &size)?;
    } else {
        setsockopt(socket, sockopt::RcvBuf, &size)?;
    }
    Ok(())
}

/// The bytes of each message of a datagram. A length that leads nowhere ends it; what is no message at all is given once.
pub(super) fn split(datagram: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = datagram;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let message = rest;
        let length = rest
            .first_chunk::<4>()
            .map_or(0, |bytes| u32::from_ne_bytes(*bytes) as usize)
            .next_multiple_of(4);
        rest = if length < 16 {
            &[]
        } else {
            rest.get(length..).unwrap_or_default()
        };
        Some(message)
    })
}

#[cfg(test)]
mod tests {
    use netlink_packet_core::Emitable as _;

    use super::*;

    #[test]
    fn the_machine_has_a_loopback_with_its_address() {
        let mut channel = Channel::open().expect("a channel");
        let links = channel.links().expect("links");
        let loopback = links.iter().find(|link| link.loopback).expect("a loopback");
        assert_eq!(loopback.name, "lo");
        // A second question gets its own answers.
        channel.addresses().expect("addresses");
        assert_eq!(channel.links().expect("links").len(), links.len());
    }

    /// What keepalived 2.2 and 2.3 ask for with `use_ipvlan ipv1 … private group 7`, attribute by attribute. It puts the interface
    /// below before the name, and does not count the zero that ends its texts.
    #[test]
    fn an_ipvlan_is_asked_for_as_the_original_does() {
        let above = AboveSpec {
            name: "ipv1",
            base: 3,
            kind: Kind::Ipvlan {
                mode: IpvlanMode::Private,
                address: None,
            },
            group: Some(7),
        };
        let message = above.message();
        let mut bytes = vec![0; message.buffer_len()];
        message.emit(&mut bytes);
        let attributes: &[u8] = b"\x09\0\x03\0ipv1\0\0\0\0\x08\0\x05\0\x03\0\0\0\x08\0\x1b\0\x07\0\0\0\
            \x24\0\x12\0\x0b\0\x01\0ipvlan\0\0\
            \x14\0\x02\0\x06\0\x01\0\0\0\0\0\x06\0\x02\0\x01\0\0\0";
        assert_eq!(&bytes[16..], attributes, "{:02x?}", &bytes[16..]);
    }

    #[test]
    fn bytes_that_are_no_message_end_the_datagram() {
        assert_eq!(split(&[1, 2, 3]).count(), 1);
        assert_eq!(split(&[0; 64]).count(), 1);
        assert!(split(&[0; 64]).all(|message| NetlinkBuffer::new_checked(message).is_err()));
    }
}
