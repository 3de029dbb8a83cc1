//! The calls to the system that the compiler cannot check: the address of a packet below IP, waiting for a socket that tokio has
//! no type for, asking for the link of an interface, the priority of the process, and becoming another user with all groups. All `unsafe` code of this crate
//! is here.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd as _, OwnedFd};

use netlink_sys::Socket as NetlinkSocket;
use socket2::{SockAddr, SockAddrStorage, Socket};
use tokio::io::unix::AsyncFd;

/// Lets the runtime wait for a raw socket. To be called within a runtime.
///
/// # Errors
/// What the system says.
pub(crate) fn watch(socket: Socket) -> io::Result<AsyncFd<Socket>> {
    // SAFETY: the socket owns its descriptor, gives the same one each time, and is closed when the watch is dropped, not before.
    Ok(unsafe { AsyncFd::register(socket) }?)
}

/// The same for a netlink socket.
///
/// # Errors
/// What the system says.
pub(crate) fn watch_netlink(socket: NetlinkSocket) -> io::Result<AsyncFd<NetlinkSocket>> {
    // SAFETY: as above.
    Ok(unsafe { AsyncFd::register(socket) }?)
}

/// The same for any descriptor that the watch owns.
///
/// # Errors
/// What the system says.
pub(crate) fn watch_descriptor(descriptor: OwnedFd) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: as above.
    Ok(unsafe { AsyncFd::register(descriptor) }?)
}

/// Gives this process a priority from -20, the most urgent, to 19. Programs that it starts have the usual one.
///
/// # Errors
/// What the system says.
pub(crate) fn set_nice(priority: i32) -> io::Result<()> {
    schedule(libc::SCHED_OTHER, 0)?;
    // SAFETY: the call takes numbers alone.
    if unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, priority) } == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Runs this process in real time, in turns with others of its priority. Programs that it starts do not.
///
/// # Errors
/// What the system says.
pub(crate) fn set_real_time(priority: u8) -> io::Result<()> {
    schedule(libc::SCHED_RR, priority.into())
}

fn schedule(policy: libc::c_int, priority: libc::c_int) -> io::Result<()> {
    let parameters = libc::sched_param {
        sched_priority: priority,
    };
    // SAFETY: the parameters live as long as the call, which only reads them.
    if unsafe { libc::sched_setscheduler(0, policy | libc::SCHED_RESET_ON_FORK, &raw const parameters) } == 0
    {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// The address for frames of the Ethernet type `protocol` to `mac`, out of the interface numbered `index`.
pub(crate) fn link_address(index: i32, protocol: u16, mac: [u8; 6]) -> SockAddr {
    let mut storage = SockAddrStorage::zeroed();
    // SAFETY: `sockaddr_ll` is one of the system's socket addresses, which the storage is made for.
    let address = unsafe { storage.view_as::<libc::sockaddr_ll>() };
    // The constant is 17: it fits.
    address.sll_family = libc::AF_PACKET as libc::sa_family_t;
    address.sll_protocol = protocol.to_be();
    address.sll_ifindex = index;
    address.sll_halen = 6;
    address.sll_addr[..6].copy_from_slice(&mac);
    let length = size_of::<libc::sockaddr_ll>() as libc::socklen_t;
    // SAFETY: the first `length` bytes of the storage are a whole address of the family that it names.
    unsafe { SockAddr::new(storage, length) }
}

/// Has a program run as a user with all of its groups.
pub fn become_user(command: &mut std::process::Command, uid: u32, gid: u32, groups: &[u32]) {
    use std::os::unix::process::CommandExt as _;

    use nix::unistd::{Gid, Uid, setgid, setgroups, setuid};
    let groups: Vec<Gid> = groups.iter().copied().map(Gid::from_raw).collect();
    let become_them = move || {
        setgroups(&groups)?;
        setgid(Gid::from_raw(gid))?;
        setuid(Uid::from_raw(uid))?;
        Ok(())
    };
    // SAFETY: between fork and exec only system calls are made; the list was made before, and nothing is allocated or locked.
    unsafe { command.pre_exec(become_them) };
}

/// A request about an interface (`ifreq`, netdevice(7)): its name, and what is asked or answered.
#[repr(C)]
struct InterfaceRequest<T> {
    name: [u8; libc::IFNAMSIZ],
    value: T,
}

/// Room for the greatest of all answers.
const ROOM: usize = size_of::<libc::ifreq>() - libc::IFNAMSIZ;

/// What is asked by the address of a value.
#[repr(C)]
struct ByAddress<T> {
    value: *mut T,
    rest: [u8; ROOM - size_of::<usize>()],
}

/// Asks about the interface `name`; gives the answer.
fn ask_interface<T>(socket: &Socket, name: &str, request: libc::Ioctl, value: T) -> io::Result<T> {
    const {
        assert!(size_of::<InterfaceRequest<T>>() == size_of::<libc::ifreq>());
    }
    let mut question = InterfaceRequest {
        name: [0; libc::IFNAMSIZ],
        value,
    };
    let name = name.as_bytes();
    // The last byte ends the name.
    if name.len() >= question.name.len() {
        return Err(io::Error::from_raw_os_error(libc::ENODEV));
    }
    question.name[..name.len()].copy_from_slice(name);
    // SAFETY: the request is as large as the system's `ifreq` and lives until the call is over. Of the requests made here only
    // `SIOCETHTOOL` follows an address in it, which is that of a value that lives as long.
    let done = unsafe { libc::ioctl(socket.as_raw_fd(), request, &raw mut question) };
    if done < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(question.value)
}

/// Whether the interface is set up and its link is there, by its flags.
///
/// # Errors
/// What the system says.
pub(crate) fn is_running(socket: &Socket, name: &str) -> io::Result<bool> {
    let answer = ask_interface(socket, name, libc::SIOCGIFFLAGS as libc::Ioctl, [0; ROOM])?;
    let flags = i32::from(i16::from_ne_bytes([answer[0], answer[1]]));
    Ok(flags & libc::IFF_RUNNING != 0)
}

/// Whether the link is there, by the registers of the transceiver.
///
/// # Errors
/// What the system says; not all interfaces have such registers.
pub(crate) fn mii_link(socket: &Socket, name: &str) -> io::Result<bool> {
    /// The basic status (MII_BMSR), and its bit for the link.
    const STATUS: u8 = 1;
    const LINK: u16 = 0x0004;
    const GET_PHY: libc::Ioctl = 0x8947;
    const GET_REGISTER: libc::Ioctl = 0x8948;

    // The transceiver's number, the register's, what is written, what is read: two bytes each.
    let mut value = ask_interface(socket, name, GET_PHY, [0; ROOM])?;
    let mut read = || -> io::Result<u16> {
        value[2..4].copy_from_slice(&u16::from(STATUS).to_ne_bytes());
        value = ask_interface(socket, name, GET_REGISTER, value)?;
        Ok(u16::from_ne_bytes([value[6], value[7]]))
    };
    // It remembers a link that was lost until it is read.
    read()?;
    Ok(read()? & LINK != 0)
}

/// Whether the link is there, by its driver's word.
///
/// # Errors
/// What the system says; not all drivers have one.
pub(crate) fn ethtool_link(socket: &Socket, name: &str) -> io::Result<bool> {
    /// ETHTOOL_GLINK.
    const GET_LINK: u32 = 0x0a;
    const ETHTOOL: libc::Ioctl = 0x8946;

    // `ethtool_value`: the command and its answer.
    let mut command = [GET_LINK, 0];
    let question = ByAddress {
        value: &raw mut command,
        rest: [0; ROOM - size_of::<usize>()],
    };
    let answer = ask_interface(socket, name, ETHTOOL, question)?;
    // SAFETY: it is the address of the value above, which is alive and nobody else's.
    let [_, link] = unsafe { *answer.value };
    Ok(link != 0)
}
