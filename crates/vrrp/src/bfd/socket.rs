//! The sockets of BFD: one for each family and port to hear by, and one for each session to send by, from a port of its own
//! (RFC 5881, section 4).

use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::AsRawFd as _;
use std::task::{Context, Poll, ready};

use nix::sys::socket::sockopt::{Ipv4PacketInfo, Ipv4RecvTtl, Ipv6RecvHopLimit, Ipv6RecvPacketInfo};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt};
use socket2::{Domain, Protocol, Socket, Type};
use tokio::io::unix::AsyncFd;
use vrrp_proto::sim::Random;

use crate::kernel::watch;

/// The port over one hop (RFC 5881).
const PORT: u16 = 3784;

/// The port over several (RFC 5883).
const MULTIHOP_PORT: u16 = 4784;

/// Ports to send from: the first, and how many.
const SOURCE_PORTS: (u16, u16) = (49152, 16384);

/// How many of them are tried.
const TRIES: usize = 64;

/// The port that a session's packets go to.
pub(super) const fn port(multihop: bool) -> u16 {
    if multihop { MULTIHOP_PORT } else { PORT }
}

/// A packet that came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Received {
    pub(super) length: usize,
    pub(super) from: SocketAddr,
    /// The address that it was sent to, where the system tells.
    pub(super) to: Option<IpAddr>,
    /// Its TTL or hop limit; 0 where the system does not tell.
    pub(super) ttl: u8,
}

/// Hears the packets of one family and port.
#[derive(Debug)]
pub(super) struct Receiver {
    socket: AsyncFd<Socket>,
    pub(super) ipv6: bool,
    pub(super) multihop: bool,
}

impl Receiver {
    /// Opens it. To be called within a runtime.
    ///
    /// # Errors
    /// What the system says, such as that somebody else has the port.
    pub(super) fn open(ipv6: bool, multihop: bool) -> io::Result<Self> {
        let any: IpAddr = if ipv6 {
            Ipv6Addr::UNSPECIFIED.into()
        } else {
            Ipv4Addr::UNSPECIFIED.into()
        };
        let address = SocketAddr::new(any, port(multihop));
        let socket = udp(address)?;
        if ipv6 {
            socket.set_only_v6(true)?;
            setsockopt(&socket, Ipv6RecvHopLimit, &true)?;
            setsockopt(&socket, Ipv6RecvPacketInfo, &true)?;
        } else {
            setsockopt(&socket, Ipv4RecvTtl, &true)?;
            setsockopt(&socket, Ipv4PacketInfo, &true)?;
        }
        socket.bind(&address.into())?;
        Ok(Self {
            socket: watch(socket)?,
            ipv6,
            multihop,
        })
    }

    /// The descriptor's number, as it is shown.
    pub(super) fn descriptor(&self) -> i32 {
        self.socket.as_raw_fd()
    }

    /// Waits for a packet and writes it into `buffer`. A longer one is cut.
    ///
    /// # Errors
    /// What the system says.
    pub(super) fn poll_receive(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<Received>> {
        loop {
            let mut readable = ready!(self.socket.poll_read_ready(context))?;
            if let Ok(received) = readable.try_io(|_| self.receive(buffer)) {
                return Poll::Ready(received);
            }
        }
    }

    /// The same without waiting; none when no packet is there.
    ///
    /// # Errors
    /// As [`Self::poll_receive`].
    pub(super) fn receive_now(&self, buffer: &mut [u8]) -> io::Result<Option<Received>> {
        match self.receive(buffer) {
            Ok(received) => Ok(Some(received)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn receive(&self, buffer: &mut [u8]) -> io::Result<Received> {
        let mut space = nix::cmsg_space!(libc::in6_pktinfo, libc::in_pktinfo, libc::c_int);
        let mut parts = [IoSliceMut::new(buffer)];
        let message = recvmsg::<SockaddrStorage>(
            self.socket.as_raw_fd(),
            &mut parts,
            Some(&mut space),
            MsgFlags::empty(),
        )?;
        let from = message.address.and_then(|from| {
            let v4 = from.as_sockaddr_in().map(|from| SocketAddr::V4((*from).into()));
            v4.or_else(|| from.as_sockaddr_in6().map(|from| SocketAddr::V6((*from).into())))
        });
        let mut received = Received {
            length: message.bytes,
            from: from.ok_or(io::ErrorKind::InvalidData)?,
            to: None,
            ttl: 0,
        };
        for fact in message.cmsgs()? {
            match fact {
                ControlMessageOwned::Ipv4Ttl(ttl) | ControlMessageOwned::Ipv6HopLimit(ttl) => {
                    received.ttl = u8::try_from(ttl).unwrap_or(0);
                }
                ControlMessageOwned::Ipv4PacketInfo(info) => {
                    received.to = Some(Ipv4Addr::from(u32::from_be(info.ipi_addr.s_addr)).into());
                }
                ControlMessageOwned::Ipv6PacketInfo(info) => {
                    received.to = Some(Ipv6Addr::from(info.ipi6_addr.s6_addr).into());
                }
                _ => {}
            }
        }
        Ok(received)
    }
}

/// A socket to send a session's packets by.
///
/// # Errors
/// What the system says, such as that the machine does not have that address.
pub(super) fn sender(
    source: Option<IpAddr>,
    neighbor: IpAddr,
    ttl: u8,
    random: &mut Random,
) -> io::Result<Socket> {
    let any = || -> IpAddr {
        if neighbor.is_ipv4() {
            Ipv4Addr::UNSPECIFIED.into()
        } else {
            Ipv6Addr::UNSPECIFIED.into()
        }
    };
    let source = source.unwrap_or_else(any);
    let socket = udp(SocketAddr::new(source, 0))?;
    if neighbor.is_ipv4() {
        socket.set_ttl_v4(ttl.into())?;
    } else {
        socket.set_unicast_hops_v6(ttl.into())?;
    }
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for _ in 0..TRIES {
        let (first, count) = SOURCE_PORTS;
        let port = first + u16::try_from(random.below(count.into())).unwrap_or(0);
        match socket.bind(&SocketAddr::new(source, port).into()) {
            Ok(()) => return Ok(socket),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => last = error,
            Err(error) => return Err(error),
        }
    }
    Err(last)
}

fn udp(address: SocketAddr) -> io::Result<Socket> {
    Socket::new(
        Domain::for_address(address),
        Type::DGRAM.cloexec().nonblocking(),
        Some(Protocol::UDP),
    )
}
