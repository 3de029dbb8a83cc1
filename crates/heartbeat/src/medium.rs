//! The ways that messages take: UDP sockets for broadcast, multicast and single peers. All listen on the file's port; each is bound
//! to its interface.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6, UdpSocket as StdSocket};

use heartbeat_conf::model::MediumKind;
use heartbeat_proto::Level;
use nix::net::if_::if_nametoindex;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::log::Log;

/// After so many failures in a row no more are told of until one message goes out.
const MOST_FAILURES: u32 = 10;

/// A way, open.
#[derive(Debug)]
pub(crate) struct Medium {
    /// What the file calls it: `bcast eth0`.
    pub(crate) shown: String,
    /// The name of the link in log lines.
    pub(crate) link: String,
    /// To receive with.
    socket: UdpSocket,
    /// The same, to send with at once: a message that is late is worth nothing.
    sender: StdSocket,
    destination: SocketAddr,
    failures: u32,
}

impl Medium {
    /// Opens it; none for one that needs no socket, as that to the node itself.
    pub(crate) fn open(kind: &MediumKind, log: &Log) -> io::Result<Option<Self>> {
        let Some(interface) = kind.interface() else {
            return Err(io::Error::other("serial lines are not spoken yet"));
        };
        let shown = format!("{} {interface}", kind.directive());
        let (socket, destination) = match kind {
            MediumKind::Broadcast { port, .. } => {
                let socket = socket(Domain::IPV4, interface, *port)?;
                socket.set_broadcast(true)?;
                let to = broadcast_of(interface)?;
                log.info(format!(
                    "glib: UDP Broadcast heartbeat started on port {port} ({port}) interface {interface}"
                ));
                (socket, SocketAddr::from((to, *port)))
            }
            MediumKind::Multicast {
                group,
                port,
                ttl,
                looped,
                ..
            } => {
                let socket = socket(Domain::IPV4, interface, *port)?;
                let index = if_nametoindex(interface)?;
                let by = socket2::InterfaceIndexOrAddress::Index(index);
                socket.join_multicast_v4_n(group, &by)?;
                socket.set_multicast_ttl_v4(u32::from(*ttl))?;
                socket.set_multicast_loop_v4(*looped)?;
                log.info(format!(
                    "glib: UDP multicast heartbeat started for group {group} port {port} interface {interface} (ttl={ttl} loop={})",
                    u8::from(*looped)
                ));
                (socket, SocketAddr::from((*group, *port)))
            }
            MediumKind::Multicast6 {
                group,
                port,
                hops,
                looped,
                ..
            } => {
                let socket = socket(Domain::IPV6, interface, *port)?;
                let index = if_nametoindex(interface)?;
                socket.join_multicast_v6(group, index)?;
                socket.set_multicast_if_v6(index)?;
                socket.set_multicast_hops_v6(u32::from(*hops))?;
                socket.set_multicast_loop_v6(*looped)?;
                log.info(format!(
                    "glib: UDP multicast heartbeat started for group {group} port {port} interface {interface} (ttl={hops} loop={})",
                    u8::from(*looped)
                ));
                (socket, scoped(*group, *port, index))
            }
            MediumKind::Unicast {
                address, port, peer, ..
            } => {
                let to = address.ok_or_else(|| io::Error::other(format!("{peer} has no address")))?;
                if is_own(to.into()) {
                    log.info(format!("glib: ucast: {peer} is this node: nothing is sent there"));
                    return Ok(None);
                }
                let socket = socket(Domain::IPV4, interface, *port)?;
                log.info(format!(
                    "glib: ucast: started on port {port} interface {interface} to {to}"
                ));
                (socket, SocketAddr::from((to, *port)))
            }
            MediumKind::Unicast6 {
                address, port, peer, ..
            } => {
                let to = address.ok_or_else(|| io::Error::other(format!("{peer} has no address")))?;
                if is_own(to.into()) {
                    log.info(format!(
                        "glib: ucast6: {peer} is this node: nothing is sent there"
                    ));
                    return Ok(None);
                }
                let socket = socket(Domain::IPV6, interface, *port)?;
                let index = if_nametoindex(interface)?;
                log.info(format!(
                    "glib: ucast6: started on port {port} interface {interface} to {to}"
                ));
                (socket, scoped(to, *port, index))
            }
            MediumKind::Serial { .. } => {
                return Err(io::Error::other("serial lines are not spoken yet"));
            }
        };
        let sender = StdSocket::from(socket.try_clone()?);
        Ok(Some(Self {
            shown,
            link: interface.to_owned(),
            socket: UdpSocket::from_std(StdSocket::from(socket))?,
            sender,
            destination,
            failures: 0,
        }))
    }

    /// Sends a packet. What cannot be sent is told of, but not for ever.
    pub(crate) fn send(&mut self, packet: &[u8], log: &Log) {
        match self.sender.send_to(packet, self.destination) {
            Ok(_) => self.failures = 0,
            Err(error) => {
                self.failures = self.failures.saturating_add(1);
                let (shown, to) = (&self.shown, self.destination);
                if self.failures <= MOST_FAILURES {
                    log.at(
                        Level::Error,
                        format!(
                            "{shown}: Unable to send packet to {to} len={}: {error}",
                            packet.len()
                        ),
                    );
                }
                if self.failures == MOST_FAILURES {
                    log.at(Level::Warning, "Temporarily Suppressing write error messages");
                    log.at(Level::Warning, format!("Is a cable unplugged on {shown}?"));
                }
            }
        }
    }

    /// Waits until something may have come, and takes it; none when nothing has.
    pub(crate) fn poll_receive(
        &self,
        context: &mut std::task::Context<'_>,
        buffer: &mut [u8],
    ) -> std::task::Poll<io::Result<usize>> {
        let mut read = tokio::io::ReadBuf::new(buffer);
        self.socket
            .poll_recv_from(context, &mut read)
            .map_ok(|_| read.filled().len())
    }
}

fn socket(domain: Domain, interface: &str, port: u16) -> io::Result<Socket> {
    let kind = Type::DGRAM.nonblocking().cloexec();
    let socket = Socket::new(domain, kind, Some(Protocol::UDP))?;
    socket.set_reuse_address(true)?;
    socket.bind_device(Some(interface.as_bytes()))?;
    let any: SocketAddr = if domain == Domain::IPV6 {
        socket.set_only_v6(true)?;
        (Ipv6Addr::UNSPECIFIED, port).into()
    } else {
        (Ipv4Addr::UNSPECIFIED, port).into()
    };
    socket.bind(&any.into())?;
    Ok(socket)
}

/// An address, on the interface numbered `index` where it means another machine on each.
fn scoped(address: Ipv6Addr, port: u16, index: u32) -> SocketAddr {
    let of_link = address.is_unicast_link_local() || address.is_multicast();
    SocketAddrV6::new(address, port, 0, if of_link { index } else { 0 }).into()
}

/// The broadcast address of an interface.
fn broadcast_of(interface: &str) -> io::Result<Ipv4Addr> {
    let all = nix::ifaddrs::getifaddrs()?;
    all.filter(|one| one.interface_name == interface)
        .find_map(|one| Some(one.broadcast?.as_sockaddr_in()?.ip()))
        .ok_or_else(|| io::Error::other(format!("{interface} has no broadcast address")))
}

/// Whether an address is one of this machine's.
fn is_own(address: std::net::IpAddr) -> bool {
    nix::ifaddrs::getifaddrs().is_ok_and(|mut all| {
        all.any(|one| {
            one.address.is_some_and(|one| match address {
                std::net::IpAddr::V4(address) => one.as_sockaddr_in().is_some_and(|one| one.ip() == address),
                std::net::IpAddr::V6(address) => one.as_sockaddr_in6().is_some_and(|one| one.ip() == address),
            })
        })
    })
}
