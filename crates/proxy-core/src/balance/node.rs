//! What a server's places on a ring are made of (manual, `hash-key`): its number, or where it is, so that processes that know
//! servers in another order agree on them.

use std::net::IpAddr;

use haproxy_cfg::model::{NodeKey, Proxy, Server, ServerAddr};

use crate::hash::avalanche;
use crate::state::ServerState;

/// Numbers that are set aside for the places of one server that goes by its number.
const PLACES_PER_SERVER: u32 = 4096;

/// The number that the places of a server with that `id` begin with.
pub(super) fn of_id(id: u32) -> u32 {
    id.wrapping_mul(PLACES_PER_SERVER)
}

/// The same of a server at that address.
fn of_address(ip: IpAddr, port: Option<u16>) -> u32 {
    let address = match ip {
        IpAddr::V4(ip) => u32::from_le_bytes(ip.octets()),
        IpAddr::V6(ip) => of_v6(ip.octets()),
    };
    avalanche(match port {
        None => address,
        Some(port) => address.wrapping_add(avalanche(u32::from(port))),
    })
}

/// The number for an address of IPv6. The original's own is not known: processes of Holdfast agree among themselves.
fn of_v6(octets: [u8; 16]) -> u32 {
    let words = octets.as_chunks::<4>().0.iter();
    words.fold(0, |sum, word| {
        avalanche(sum.wrapping_add(u32::from_le_bytes(*word)))
    })
}

/// The servers of a backend of which some go by where they are.
#[derive(Debug)]
pub(super) struct Nodes(Vec<Node>);

#[derive(Debug)]
struct Node {
    key: NodeKey,
    id: u32,
    address: ServerAddr,
}

impl Nodes {
    /// Those of `proxy`; none where all go by their numbers.
    pub(super) fn of(proxy: &Proxy) -> Option<Self> {
        let node = |server: &Server| Node {
            key: server.node_key,
            id: server.id,
            address: server.addr.clone(),
        };
        let by_place = proxy.servers.iter().any(|server| server.node_key != NodeKey::Id);
        by_place.then(|| Self(proxy.servers.iter().map(node).collect()))
    }

    /// The number that the places of a server begin with now.
    pub(super) fn first(&self, server: usize, state: &ServerState) -> u32 {
        let node = &self.0[server];
        let moved = state.moved_from(&node.address);
        let ServerAddr::Inet { ip, port, .. } = *moved.as_ref().unwrap_or(&node.address) else {
            return of_id(node.id);
        };
        match node.key {
            NodeKey::Id => of_id(node.id),
            NodeKey::Address => of_address(ip, None),
            NodeKey::AddressAndPort => of_address(ip, Some(port.unwrap_or(0))),
        }
    }
}
