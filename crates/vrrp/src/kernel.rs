//! The calls to the system that the compiler cannot check: the address of a packet below IP, and waiting for a socket that tokio has
//! no type for, and becoming another user with all groups. All `unsafe` code of this crate is here.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::OwnedFd;

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
