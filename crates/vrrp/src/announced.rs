//! What other machines announce of addresses: gratuitous ARP and neighbour advertisements to all, on any interface. Everything else
//! stays in the kernel.

use std::io;
use std::net::IpAddr;
use std::os::fd::AsRawFd as _;
use std::task::{Context, Poll};

use nix::sys::socket::{LinkAddr, recvfrom};
use socket2::{Domain, SockFilter, Socket, Type};
use tokio::io::unix::AsyncFd;
use vrrp_proto::wire::read_announcement;

use crate::kernel::watch;

const ARP: u16 = 0x0806;
const IPV6: u16 = 0x86dd;

/// The kernel's mark of a frame that this machine sends.
const OUTGOING: u8 = libc::PACKET_OUTGOING;

// Instructions of the filters: load a word or an octet of the frame, keep it beside, compare, give the frame or nothing.
const LOAD_WORD: u16 = 0x20;
const LOAD_OCTET: u16 = 0x30;
const KEEP: u16 = 0x07;
const EQUAL_KEPT: u16 = 0x1d;
const EQUAL: u16 = 0x15;
const RETURN: u16 = 0x06;
const WHOLE: u32 = 256;

/// ARP whose sender and target are the same address.
const GRATUITOUS: [SockFilter; 6] = [
    SockFilter::new(LOAD_WORD, 0, 0, 14),
    SockFilter::new(KEEP, 0, 0, 0),
    SockFilter::new(LOAD_WORD, 0, 0, 24),
    SockFilter::new(EQUAL_KEPT, 0, 1, 0),
    SockFilter::new(RETURN, 0, 0, WHOLE),
    SockFilter::new(RETURN, 0, 0, 0),
];

/// Neighbour advertisements to all nodes.
const TO_ALL_NODES: [SockFilter; 10] = [
    SockFilter::new(LOAD_OCTET, 0, 0, 6),
    SockFilter::new(EQUAL, 0, 7, 58),
    SockFilter::new(LOAD_OCTET, 0, 0, 40),
    SockFilter::new(EQUAL, 0, 5, 136),
    SockFilter::new(LOAD_WORD, 0, 0, 24),
    SockFilter::new(EQUAL, 0, 3, 0xff02_0000),
    SockFilter::new(LOAD_WORD, 0, 0, 36),
    SockFilter::new(EQUAL, 0, 1, 1),
    SockFilter::new(RETURN, 0, 0, WHOLE),
    SockFilter::new(RETURN, 0, 0, 0),
];

/// What was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Announced {
    /// The number of the interface that it came in on.
    pub(crate) index: u32,
    /// The address that it is about.
    pub(crate) address: IpAddr,
    /// Where that is said to be.
    pub(crate) hardware: [u8; 6],
}

/// The sockets, one for each family that instances move addresses of.
#[derive(Debug)]
pub(crate) struct Listeners(Vec<(u16, AsyncFd<Socket>)>);

impl Listeners {
    /// Opens them. To be called within a runtime.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(ipv4: bool, ipv6: bool) -> io::Result<Self> {
        let mut sockets = Vec::new();
        for (wanted, kind, filter) in [(ipv4, ARP, &GRATUITOUS[..]), (ipv6, IPV6, &TO_ALL_NODES[..])] {
            if !wanted {
                continue;
            }
            // Without a protocol nothing comes before the filter is there.
            let socket = Socket::new(Domain::PACKET, Type::DGRAM.cloexec().nonblocking(), None)?;
            socket.attach_filter(filter)?;
            socket.bind(&crate::kernel::link_address(0, kind, [0; 6]))?;
            sockets.push((kind, watch(socket)?));
        }
        Ok(Self(sockets))
    }

    /// Whether it listens to both, or to one of the families.
    pub(crate) fn listens(&self) -> (bool, bool) {
        let has = |kind| self.0.iter().any(|(other, _)| *other == kind);
        (has(ARP), has(IPV6))
    }

    /// Waits for what is announced next. What cannot be read says nothing.
    pub(crate) fn poll(&self, context: &mut Context<'_>, buffer: &mut [u8]) -> Poll<Announced> {
        for (kind, socket) in &self.0 {
            // A socket that fails has nothing to tell, and its interface's failure is told by netlink.
            while let Poll::Ready(Ok(mut readable)) = socket.poll_read_ready(context) {
                match readable.try_io(|socket| receive(socket.get_ref(), *kind, buffer)) {
                    Ok(Ok(Some(announced))) => return Poll::Ready(announced),
                    Ok(_) => {}
                    Err(_would_block) => {}
                }
            }
        }
        Poll::Pending
    }
}

fn receive(socket: &Socket, kind: u16, buffer: &mut [u8]) -> io::Result<Option<Announced>> {
    let (length, from) = recvfrom::<LinkAddr>(socket.as_raw_fd(), buffer)?;
    let Some(from) = from.filter(|from| from.pkttype() != OUTGOING) else {
        return Ok(None);
    };
    let said = read_announcement(kind, buffer.get(..length).unwrap_or_default());
    let index = u32::try_from(from.ifindex()).unwrap_or_default();
    Ok(said.map(|(address, hardware)| Announced {
        index,
        address,
        hardware,
    }))
}
