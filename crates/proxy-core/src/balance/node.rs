//! What a server's places on a ring are made of (manual, `hash-key`): its number, or where it is, so that processes that know
//! servers in another order agree on them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use haproxy_cfg::model::{NodeKey, Proxy, Server, ServerAddr, Word};
use xxhash_rust::xxh32::xxh32;

use crate::hash::avalanche;
use crate::state::ServerState;

/// Numbers that are set aside for the places of one server that goes by its number.
const PLACES_PER_SERVER: u32 = 4096;

/// The number that the places of a server with that `id` begin with.
pub(super) fn of_id(id: u32) -> u32 {
    id.wrapping_mul(PLACES_PER_SERVER)
}

/// The same where the whole of the number counts (`hash-key id32`).
fn of_id32(id: u32) -> u32 {
    avalanche(id.swap_bytes())
}

/// The same of a server with that `guid`.
fn of_guid(guid: &[u8]) -> u32 {
    xxh32(guid, 0)
}

/// The same of a server at that address.
fn of_address(ip: IpAddr, port: Option<u16>) -> u32 {
    let port = port.map_or(0, |port| avalanche(u32::from(port)));
    match ip {
        IpAddr::V4(ip) => avalanche(u32::from_le_bytes(ip.octets()).wrapping_add(port)),
        IpAddr::V6(ip) => xxh32(&ip.octets(), port),
    }
}

/// The servers of a backend of which some go by where they are.
#[derive(Debug, Default)]
pub(super) struct Nodes(BTreeMap<usize, Node>);

#[derive(Debug)]
struct Node {
    key: NodeKey,
    id: u32,
    guid: Option<Word>,
    address: ServerAddr,
}

impl Node {
    fn of(server: &Server) -> Self {
        Self {
            key: server.node_key,
            id: server.id,
            guid: server.guid.clone(),
            address: server.addr.clone(),
        }
    }
}

impl Nodes {
    /// Those of `proxy`; none where all go by their numbers.
    pub(super) fn of(proxy: &Proxy) -> Option<Self> {
        let by_place = proxy.servers.iter().any(|server| server.node_key != NodeKey::Id);
        let node = |(index, server)| (index, Node::of(server));
        by_place.then(|| Self(proxy.servers.numbered().map(node).collect()))
    }

    /// Takes in a server that came.
    pub(super) fn set(&mut self, index: usize, server: &Server) {
        self.0.insert(index, Node::of(server));
    }

    /// The number that the places of a server begin with now.
    /// None for one that goes by its number.
    pub(super) fn first(&self, server: usize, state: &ServerState) -> Option<u32> {
        let node = self.0.get(&server)?;
        let by_number = || of_id(node.id);
        let at = || {
            let moved = state.moved_from(&node.address);
            match moved.as_ref().unwrap_or(&node.address) {
                ServerAddr::Inet { ip, port, .. } => Some((*ip, port.unwrap_or(0))),
                ServerAddr::Unix(_) | ServerAddr::Abstract(_) | ServerAddr::SockPair(_) => None,
            }
        };
        Some(match node.key {
            NodeKey::Id => by_number(),
            NodeKey::Id32 => of_id32(node.id),
            NodeKey::Guid => node.guid.as_deref().map_or_else(by_number, of_guid),
            NodeKey::Address => at().map_or_else(by_number, |(ip, _)| of_address(ip, None)),
            NodeKey::AddressAndPort => at().map_or_else(by_number, |(ip, port)| of_address(ip, Some(port))),
        })
    }
}
