//! The channel that tells what becomes of interfaces and addresses.

use std::io;

use keepalived_conf::model::ReceiveBuffer;
use netlink_packet_core::{NetlinkBuffer, NetlinkMessage, NetlinkPayload};
use netlink_packet_route::RouteNetlinkMessage;
use netlink_sys::{Socket, SocketAddr, protocols::NETLINK_ROUTE};
use tokio::io::unix::AsyncFd;

use super::request::{set_buffer, split};
use super::{Held, Link, RouteKey, RuleKey};
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
    /// A route was set, or taken away.
    Route {
        /// Which.
        key: RouteKey,
        /// Whether it is gone.
        gone: bool,
        /// The number of the channel that asked for it; 0 is the kernel.
        by: u32,
    },
    /// A rule was set, or taken away.
    Rule {
        /// Which.
        key: RuleKey,
        /// Whether it is gone.
        gone: bool,
        /// The number of the channel that asked for it; 0 is the kernel.
        by: u32,
    },
    /// More happened than could be told: all is to be asked for anew.
    Lost,
}

// RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR and RTNLGRP_IPV6_IFADDR as the bits that the address of a socket has for them.
const LINKS: u32 = 1;
const ADDRESSES_V4: u32 = 1 << 4;
const ADDRESSES_V6: u32 = 1 << 8;

/// Groups of routes and rules of both families, by their numbers (RTNLGRP_IPV4_ROUTE and its kin).
const ROUTES_AND_RULES: [u32; 4] = [7, 8, 11, 19];

// Kinds of messages (RTM_*).
const NEW_ROUTE: u16 = 24;
const DEL_ROUTE: u16 = 25;
const NEW_RULE: u16 = 32;
const DEL_RULE: u16 = 33;

/// The channel.
#[derive(Debug)]
pub(crate) struct Monitor {
    socket: AsyncFd<Socket>,
    /// Whether routes and rules are told.
    tells_routes: bool,
}

impl Monitor {
    /// Opens it. What happens from here on is told. To be called within a runtime.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn open(buffer: ReceiveBuffer) -> io::Result<Self> {
        let mut socket = Socket::new(NETLINK_ROUTE)?;
        set_buffer(&socket, buffer)?;
        socket.bind(&SocketAddr::new(0, LINKS | ADDRESSES_V4 | ADDRESSES_V6))?;
        socket.set_non_blocking(true)?;
        Ok(Self {
            socket: watch_netlink(socket)?,
            tells_routes: false,
        })
    }

    /// Lets routes and rules be told too, or no longer: on a router with many of them that is not for nothing.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn tell_routes(&mut self, wanted: bool) -> io::Result<()> {
        if wanted == self.tells_routes {
            return Ok(());
        }
        let socket = self.socket.get_ref();
        for group in ROUTES_AND_RULES {
            if wanted {
                socket.add_membership(group)?;
            } else {
                socket.drop_membership(group)?;
            }
        }
        self.tells_routes = wanted;
        Ok(())
    }

    /// Waits for what happens next, and gives all that one datagram tells.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) async fn changes(&self) -> io::Result<Vec<Change>> {
        loop {
            let mut ready = self.socket.readable().await?;
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
    split(datagram)
        .filter_map(|bytes| {
            // What cannot be read may have been anything.
            let Ok(message) = NetlinkBuffer::new_checked(bytes) else {
                return Some(Change::Lost);
            };
            let (kind, by) = (message.message_type(), message.port_number());
            match kind {
                NEW_ROUTE | DEL_ROUTE => RouteKey::read(message.payload()).map(|key| Change::Route {
                    key,
                    gone: kind == DEL_ROUTE,
                    by,
                }),
                NEW_RULE | DEL_RULE => RuleKey::read(message.payload()).map(|key| Change::Rule {
                    key,
                    gone: kind == DEL_RULE,
                    by,
                }),
                _ => match NetlinkMessage::<RouteNetlinkMessage>::deserialize(bytes) {
                    Ok(message) => match message.payload {
                        NetlinkPayload::InnerMessage(message) => change(&message),
                        NetlinkPayload::Overrun(_) => Some(Change::Lost),
                        _ => None,
                    },
                    Err(_) => Some(Change::Lost),
                },
            }
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
