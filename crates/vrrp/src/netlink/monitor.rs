//! The channel that tells what becomes of interfaces and addresses.

use std::io;

use netlink_packet_core::NetlinkPayload;
use netlink_packet_route::RouteNetlinkMessage;
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use tokio::io::unix::AsyncFd;

use super::request::messages;
use super::{Held, Link};
use crate::kernel::watch_netlink;

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// An interface came or changed; what it is now.
    Link(Link),
    /// An interface is gone.
    LinkGone(Link),
    /// An address was set.
    Address(Held),
    /// An address is gone.
    AddressGone(Held),
    /// More happened than could be told: all is to be asked for anew.
    Lost,
}

// RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR and RTNLGRP_IPV6_IFADDR as the bits that the address of a socket has for them.
const LINKS: u32 = 1;
const ADDRESSES_V4: u32 = 1 << 4;
const ADDRESSES_V6: u32 = 1 << 8;

/// The channel.
#[derive(Debug)]
pub(crate) struct Monitor(AsyncFd<Socket>);

impl Monitor {
    /// Opens it. What happens from here on is told. To be called within a runtime.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open() -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        socket.bind(&SocketAddr::new(0, LINKS | ADDRESSES_V4 | ADDRESSES_V6))?;
        socket.set_non_blocking(true)?;
        Ok(Self(watch_netlink(socket)?))
    }

    /// Waits for what happens next, and gives all that one datagram tells.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) async fn changes(&self) -> io::Result<Vec<Change>> {
        loop {
            let mut ready = self.0.readable().await?;
            match ready.try_io(|socket| socket.get_ref().recv_from_full()) {
                Ok(Ok((datagram, _))) => return Ok(read(&datagram)),
                Ok(Err(error)) if error.raw_os_error() == Some(libc::ENOBUFS) => {
                    return Ok(vec![Change::Lost]);
                }
                Ok(Err(error)) => return Err(error),
                Err(_would_block) => {}
            }
        }
    }
}

fn read(datagram: &[u8]) -> Vec<Change> {
    messages(datagram)
        .filter_map(|message| match message {
            Ok(message) => match message.payload {
                NetlinkPayload::InnerMessage(message) => change(&message),
                NetlinkPayload::Overrun(_) => Some(Change::Lost),
                _ => None,
            },
            // What cannot be read may have been anything.
            Err(_) => Some(Change::Lost),
        })
        .collect()
}

fn change(message: &RouteNetlinkMessage) -> Option<Change> {
    match message {
        RouteNetlinkMessage::NewLink(link) => Link::from_message(link).map(Change::Link),
        RouteNetlinkMessage::DelLink(link) => Link::from_message(link).map(Change::LinkGone),
        RouteNetlinkMessage::NewAddress(address) => Held::from_message(address).map(Change::Address),
        RouteNetlinkMessage::DelAddress(address) => Held::from_message(address).map(Change::AddressGone),
        _ => None,
    }
}
