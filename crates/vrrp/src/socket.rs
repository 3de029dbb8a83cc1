//! The raw sockets: adverts in and out on one interface, and frames that tell neighbours of addresses. Opening them needs the right to (CAP_NET_RAW); using them
//! does not.

use std::io::{self, IoSlice, IoSliceMut, Read as _};
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::AsRawFd as _;
use std::task::{Context, Poll, ready};

use nix::sys::socket::sockopt::Ipv6RecvPacketInfo;
use nix::sys::socket::{
    ControlMessage, ControlMessageOwned, MsgFlags, SockaddrIn6, recvmsg, sendmsg, setsockopt,
};
use socket2::{Domain, InterfaceIndexOrAddress, Protocol, SockFilter, Socket, Type};
use tokio::io::unix::AsyncFd;
use vrrp_proto::wire::TOS;

use crate::kernel::{link_address, watch};
use crate::node::SocketKey;

/// The filter program that lets nothing through: "return 0".
const DROP_ALL: SockFilter = SockFilter::new(0x06, 0, 0, 0);

/// Where the adverts of a pair of sockets go to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Path {
    /// To a group on the interface.
    Group(IpAddr),
    /// To partners, and theirs to this address of ours.
    Own(IpAddr),
}

impl Path {
    /// The address that adverts come to.
    pub(crate) const fn address(self) -> IpAddr {
        match self {
            Self::Group(address) | Self::Own(address) => address,
        }
    }
}

/// A packet that came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    /// Its bytes: over IPv4 with the IP header.
    pub(crate) length: usize,
    /// What stands in the header of IPv6, which is not given with the packet.
    pub(crate) ipv6: Option<Ipv6Facts>,
}

/// What matters of a header of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ipv6Facts {
    /// The sender.
    pub(crate) source: Ipv6Addr,
    /// Whom it was sent to.
    pub(crate) destination: Ipv6Addr,
    /// Its hop limit.
    pub(crate) hop_limit: u8,
}

/// Adverts of one interface and path: a socket that hears them, and one to send with.
#[derive(Debug)]
pub(crate) struct AdvertSockets {
    receiver: AsyncFd<Socket>,
    sender: Socket,
    index: u32,
    ipv6: bool,
}

impl AdvertSockets {
    /// Opens both on the interface with that name, whose number `key` has; on all of them where the name is empty and the number
    /// 0, for partners alone. To be called within a runtime.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(interface: &str, key: SocketKey) -> io::Result<Self> {
        let SocketKey {
            index,
            path,
            protocol,
        } = key;
        let address = path.address();
        let (receiver, sender) = (raw(address, protocol)?, raw(address, protocol)?);
        for socket in [&receiver, &sender] {
            if interface.is_empty() {
                break;
            }
            socket.bind_device(Some(interface.as_bytes()))?;
        }
        match address {
            IpAddr::V4(address) => {
                if let Path::Group(_) = path {
                    // Only what this socket joined, whatever else the machine is a member of.
                    receiver.set_multicast_all_v4(false)?;
                    receiver.join_multicast_v4_n(&address, &InterfaceIndexOrAddress::Index(index))?;
                }
                receiver.bind(&SocketAddrV4::new(address, 0).into())?;
                sender.set_header_included_v4(true)?;
                sender.set_multicast_loop_v4(false)?;
                // The queues of the machine look at the socket, not at the header that we write.
                sender.set_tos_v4(TOS.into())?;
            }
            IpAddr::V6(address) => {
                receiver.set_recv_hoplimit_v6(true)?;
                setsockopt(&receiver, Ipv6RecvPacketInfo, &true)?;
                if let Path::Group(_) = path {
                    receiver.join_multicast_v6(&address, index)?;
                }
                receiver.bind(&scoped(address, index).into())?;
                sender.set_multicast_if_v6(index)?;
                sender.set_multicast_loop_v6(false)?;
                sender.set_tclass_v6(TOS.into())?;
            }
        }
        // Nobody reads from it: the kernel is to keep nothing for it.
        sender.attach_filter(&[DROP_ALL])?;
        Ok(Self {
            receiver: watch(receiver)?,
            sender,
            index,
            ipv6: address.is_ipv6(),
        })
    }

    /// Gives the adverts that wait room for so many bytes, as far as the system does.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn size_buffer(&self, bytes: u32) -> io::Result<()> {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.receiver.get_ref().set_recv_buffer_size(bytes)
    }

    /// The numbers of both, as they are shown.
    pub(crate) fn descriptors(&self) -> (i32, i32) {
        (self.receiver.as_raw_fd(), self.sender.as_raw_fd())
    }

    /// Sends a packet from `source` to `to`: a whole one of IPv4, its header included; of IPv6 what stands behind the header,
    /// which gets the hop limit `ttl`.
    ///
    /// # Errors
    /// What the system says, such as that the interface is down.
    pub(crate) fn send(&self, packet: &[u8], source: IpAddr, ttl: u8, to: IpAddr) -> io::Result<()> {
        match (source, to) {
            (IpAddr::V6(source), IpAddr::V6(to)) => {
                let from = libc::in6_pktinfo {
                    ipi6_addr: libc::in6_addr {
                        s6_addr: source.octets(),
                    },
                    ipi6_ifindex: self.index,
                };
                let facts = [
                    ControlMessage::Ipv6PacketInfo(&from),
                    ControlMessage::Ipv6HopLimit(&ttl.into()),
                ];
                let to = SockaddrIn6::from(scoped(to, self.index));
                let parts = [IoSlice::new(packet)];
                sendmsg(
                    self.sender.as_raw_fd(),
                    &parts,
                    &facts,
                    MsgFlags::empty(),
                    Some(&to),
                )?;
                Ok(())
            }
            _ => self
                .sender
                .send_to(packet, &SocketAddr::new(to, 0).into())
                .map(|_| ()),
        }
    }

    /// Waits for a packet and writes it into `buffer`. A longer one is cut.
    ///
    /// # Errors
    /// What the system says, such as that the interface went down.
    pub(crate) fn poll_receive(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<Received>> {
        loop {
            let mut readable = ready!(self.receiver.poll_read_ready(context))?;
            if let Ok(received) = readable.try_io(|_| self.receive(buffer)) {
                return Poll::Ready(received);
            }
        }
    }

    /// The same without waiting; none when no packet is there.
    ///
    /// # Errors
    /// As [`Self::poll_receive`].
    pub(crate) fn receive_now(&self, buffer: &mut [u8]) -> io::Result<Option<Received>> {
        match self.receive(buffer) {
            Ok(received) => Ok(Some(received)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let mut socket = self.receiver.get_ref();
        if !self.ipv6 {
            return socket.read(buffer).map(|length| Received { length, ipv6: None });
        }
        let mut space = nix::cmsg_space!(libc::in6_pktinfo, libc::c_int);
        let mut parts = [IoSliceMut::new(buffer)];
        let message = recvmsg::<SockaddrIn6>(
            socket.as_raw_fd(),
            &mut parts,
            Some(&mut space),
            MsgFlags::empty(),
        )?;
        let mut facts = Ipv6Facts {
            source: message.address.map_or(Ipv6Addr::UNSPECIFIED, |from| from.ip()),
            destination: Ipv6Addr::UNSPECIFIED,
            hop_limit: 0,
        };
        for fact in message.cmsgs()? {
            match fact {
                ControlMessageOwned::Ipv6PacketInfo(info) => {
                    facts.destination = Ipv6Addr::from(info.ipi6_addr.s6_addr);
                }
                ControlMessageOwned::Ipv6HopLimit(limit) => {
                    facts.hop_limit = u8::try_from(limit).unwrap_or(0);
                }
                _ => {}
            }
        }
        Ok(Received {
            length: message.bytes,
            ipv6: Some(facts),
        })
    }
}

fn raw(address: IpAddr, protocol: u8) -> io::Result<Socket> {
    Socket::new(
        Domain::for_address(SocketAddr::new(address, 0)),
        Type::RAW.cloexec().nonblocking(),
        Some(Protocol::from(i32::from(protocol))),
    )
}

/// An address, on the interface numbered `index` where it means another machine on each.
fn scoped(address: Ipv6Addr, index: u32) -> SocketAddrV6 {
    let is_of_link = address.is_unicast_link_local() || address.is_multicast();
    SocketAddrV6::new(address, 0, 0, if is_of_link { index } else { 0 })
}

/// Sends frames of Ethernet out of any interface.
#[derive(Debug)]
pub(crate) struct FrameSocket(Socket);

impl FrameSocket {
    /// Opens it.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open() -> io::Result<Self> {
        // Without a protocol it is given no packets.
        let socket = Socket::new(Domain::PACKET, Type::RAW.cloexec().nonblocking(), None)?;
        Ok(Self(socket))
    }

    /// Sends a whole frame, its header included.
    ///
    /// # Errors
    /// What the system says, such as that the interface is down.
    pub(crate) fn send(&self, index: u32, frame: &[u8]) -> io::Result<()> {
        let index = i32::try_from(index).map_err(io::Error::other)?;
        let header = frame.first_chunk::<14>().ok_or(io::ErrorKind::InvalidInput)?;
        let [a, b, c, d, e, f, .., high, low] = *header;
        let kind = u16::from_be_bytes([high, low]);
        self.0
            .send_to(frame, &link_address(index, kind, [a, b, c, d, e, f]))
            .map(|_| ())
    }
}
