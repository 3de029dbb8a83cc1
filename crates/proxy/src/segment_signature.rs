//! Signing the segments of a connection with a password (`tcp-md5sig`, RFC 2385): the system does it, and drops what bears no such
//! signature.

use std::io;
use std::net::{IpAddr, SocketAddr};

use nix::sys::socket::setsockopt;
use nix::{libc, setsockopt_impl, sockopt_impl};
use socket2::Socket;

/// Linux's number of the option that is for a network rather than an address, which `libc` has no name for.
const TCP_MD5SIG_EXT: i32 = 32;

/// Bytes of the option's value: an address (`sockaddr_storage`), flags, the length of the network, that of the password, the number of
/// an interface, the password.
const VALUE: usize = 128 + 1 + 1 + 2 + 4 + LONGEST;

/// Bytes of a password at most.
const LONGEST: usize = 80;

/// A flag: the length of the network counts.
const PREFIX: u8 = 1;

sockopt_impl!(
    /// The password for a network.
    ForNetwork,
    SetOnly,
    libc::IPPROTO_TCP,
    TCP_MD5SIG_EXT,
    [u8; VALUE]
);

/// Has a listening socket sign what it says, and drop what is not signed, whoever comes.
///
/// # Errors
/// When the system cannot sign.
pub(crate) fn expect(socket: &Socket, at: SocketAddr, password: &[u8]) -> io::Result<()> {
    let anyone = match at {
        SocketAddr::V4(_) => IpAddr::from([0; 4]),
        SocketAddr::V6(_) => IpAddr::from([0; 16]),
    };
    set(socket, anyone, 0, password)
}

/// Has a socket sign what it says to `to`, and drop what is not signed.
///
/// # Errors
/// When the system cannot sign.
pub(crate) fn sign(socket: &Socket, to: SocketAddr, password: &[u8]) -> io::Result<()> {
    set(socket, to.ip(), if to.is_ipv4() { 32 } else { 128 }, password)
}

fn set(socket: &Socket, who: IpAddr, prefix: u8, password: &[u8]) -> io::Result<()> {
    let mut value = [0; VALUE];
    let family = match who {
        IpAddr::V4(_) => libc::AF_INET,
        IpAddr::V6(_) => libc::AF_INET6,
    };
    value[..2].copy_from_slice(&(family as u16).to_ne_bytes());
    match who {
        IpAddr::V4(ip) => value[4..8].copy_from_slice(&ip.octets()),
        IpAddr::V6(ip) => value[8..24].copy_from_slice(&ip.octets()),
    }
    let password = &password[..password.len().min(LONGEST)];
    (value[128], value[129]) = (PREFIX, prefix);
    value[130..132].copy_from_slice(&(password.len() as u16).to_ne_bytes());
    value[136..136 + password.len()].copy_from_slice(password);
    Ok(setsockopt(socket, ForNetwork, &value)?)
}
