//! The raw sockets: adverts in and out on one interface, and ARP frames. Opening them needs the right to (CAP_NET_RAW); using them
//! does not.

use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::AsRawFd as _;
use std::task::{Context, Poll, ready};

use socket2::{Domain, InterfaceIndexOrAddress, Protocol, SockFilter, Socket, Type};
use tokio::io::unix::AsyncFd;

use crate::kernel::{link_address, watch};

/// VRRP's number among IP's protocols.
const VRRP: i32 = 112;

/// The Ethernet type of ARP.
const ARP: u16 = 0x0806;

/// Everybody on a wire.
const EVERYBODY: [u8; 6] = [0xff; 6];

/// The filter program that lets nothing through: "return 0".
const DROP_ALL: SockFilter = SockFilter::new(0x06, 0, 0, 0);

/// Adverts of one interface: a socket that is a member of the group there, and one to send with.
#[derive(Debug)]
pub(crate) struct AdvertSockets {
    receiver: AsyncFd<Socket>,
    sender: Socket,
}

impl AdvertSockets {
    /// Opens both and joins `group` on the interface with that name and number. To be called within a runtime.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(interface: &str, index: u32, group: Ipv4Addr) -> io::Result<Self> {
        let receiver = raw()?;
        receiver.bind_device(Some(interface.as_bytes()))?;
        // Only what this socket joined, whatever else the machine is a member of.
        receiver.set_multicast_all_v4(false)?;
        receiver.join_multicast_v4_n(&group, &InterfaceIndexOrAddress::Index(index))?;
        receiver.bind(&SocketAddrV4::new(group, 0).into())?;
        let sender = raw()?;
        sender.bind_device(Some(interface.as_bytes()))?;
        sender.set_header_included_v4(true)?;
        sender.set_multicast_loop_v4(false)?;
        // The queues of the machine look at the socket, not at the header that we write.
        sender.set_tos_v4(0xc0)?;
        // Nobody reads from it: the kernel is to keep nothing for it.
        sender.attach_filter(&[DROP_ALL])?;
        Ok(Self {
            receiver: watch(receiver)?,
            sender,
        })
    }

    /// The numbers of both, as they are shown.
    pub(crate) fn descriptors(&self) -> (i32, i32) {
        (self.receiver.as_raw_fd(), self.sender.as_raw_fd())
    }

    /// Sends a whole IPv4 packet, its header included, to `to`.
    ///
    /// # Errors
    /// What the system says, such as that the interface is down.
    pub(crate) fn send(&self, packet: &[u8], to: Ipv4Addr) -> io::Result<()> {
        self.sender
            .send_to(packet, &SocketAddrV4::new(to, 0).into())
            .map(|_| ())
    }

    /// Waits for a packet; gives the length of what it wrote into `buffer`, the IP header included. A longer packet is cut.
    ///
    /// # Errors
    /// What the system says, such as that the interface went down.
    pub(crate) fn poll_receive(
        &self,
        context: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            let mut readable = ready!(self.receiver.poll_read_ready(context))?;
            if let Ok(received) = readable.try_io(|socket| {
                let mut socket = socket.get_ref();
                socket.read(buffer)
            }) {
                return Poll::Ready(received);
            }
        }
    }

    /// The same without waiting; none when no packet is there.
    ///
    /// # Errors
    /// As [`Self::poll_receive`].
    pub(crate) fn receive_now(&self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        let mut socket = self.receiver.get_ref();
        match socket.read(buffer) {
            Ok(length) => Ok(Some(length)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn raw() -> io::Result<Socket> {
    Socket::new(
        Domain::IPV4,
        Type::RAW.cloexec().nonblocking(),
        Some(Protocol::from(VRRP)),
    )
}

/// Sends ARP frames out of any interface.
#[derive(Debug)]
pub(crate) struct ArpSocket(Socket);

impl ArpSocket {
    /// Opens it.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open() -> io::Result<Self> {
        // Without a protocol it is given no packets.
        let socket = Socket::new(Domain::PACKET, Type::RAW.cloexec().nonblocking(), None)?;
        Ok(Self(socket))
    }

    /// Sends a whole Ethernet frame to everybody.
    ///
    /// # Errors
    /// What the system says, such as that the interface is down.
    pub(crate) fn broadcast(&self, index: u32, frame: &[u8]) -> io::Result<()> {
        let index = i32::try_from(index).map_err(io::Error::other)?;
        self.0
            .send_to(frame, &link_address(index, ARP, EVERYBODY))
            .map(|_| ())
    }
}
