//! What answers do to servers: which address a server takes, and which servers stand for the records of a service.

use std::net::IpAddr;

use haproxy_cfg::model::{Config, Proxy, Word};

use super::directory::{Asker, Directory, Effects, first_kind};
use super::message::{Data, Kind};
use super::section::Key;
use crate::check::{self, PlaceChange};
use crate::cli::ServerId;
use crate::state::{Place, Runtime};

/// Servers that stand for the records of a service: those of a backend that have its name.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) section: usize,
    pub(super) key: Key,
    pub(super) servers: Vec<ServerId>,
}

/// All services.
#[derive(Debug, Default)]
pub(super) struct Services(pub(super) Vec<Service>);

impl Services {
    /// Takes a server in; gives the index of its service if that is new.
    pub(super) fn add(&mut self, section: usize, key: Key, server: ServerId) -> Option<usize> {
        let of_backend = |service: &&mut Service| {
            let backend = service.servers.first().map(|first| first.proxy);
            service.section == section && service.key == key && backend == Some(server.proxy)
        };
        if let Some(service) = self.0.iter_mut().find(of_backend) {
            service.servers.push(server);
            return None;
        }
        self.0.push(Service {
            section,
            key,
            servers: vec![server],
        });
        Some(self.0.len() - 1)
    }
}

/// The configuration and its running state.
type World<'a> = (&'a Runtime, &'a Config);

/// Where a server is.
fn place(id: ServerId, (runtime, config): World<'_>) -> Place {
    let state = &runtime.proxies[id.proxy.0 as usize].servers[id.index];
    let at_start = || Place::at_start(&config.proxy(id.proxy).servers[id.index]);
    state.place().unwrap_or_else(at_start)
}

fn change(
    id: ServerId,
    change: &PlaceChange<'_>,
    (runtime, config): World<'_>,
    now_ms: u64,
    effects: &mut Effects,
) {
    let events = check::change_place(runtime, config, id.proxy, id.index, change, now_ms);
    effects.events.extend(events);
    if !effects.changed.contains(&id.proxy) {
        effects.changed.push(id.proxy);
    }
}

/// A server has no address any more.
pub(super) fn lose(id: ServerId, cause: &'static str, world: World<'_>, now_ms: u64, effects: &mut Effects) {
    let state = &world.0.proxies[id.proxy.0 as usize].servers[id.index];
    if !state.admin().is_unresolved() {
        change(id, &PlaceChange::Lost(cause), world, now_ms, effects);
    }
}

/// Gives a server one of `addresses`. Gives whether it moved.
pub(super) fn apply_address(
    id: ServerId,
    addresses: &[IpAddr],
    by: &[u8],
    world: World<'_>,
    now_ms: u64,
    effects: &mut Effects,
) -> bool {
    let state = &world.0.proxies[id.proxy.0 as usize].servers[id.index];
    let now = place(id, world).ip;
    let Some(ip) = choose(id, addresses, world) else {
        lose(id, "No IP for server ", world, now_ms, effects);
        return false;
    };
    if now == Some(ip) && !state.admin().is_unresolved() {
        return false;
    }
    change(id, &PlaceChange::Address { ip, by }, world, now_ms, effects);
    now != Some(ip)
}

/// The address that suits a server best: of the family that it prefers, in a network that it prefers, not another server's, and
/// the one that it has; the first of those that do so equally.
fn choose(id: ServerId, addresses: &[IpAddr], world: World<'_>) -> Option<IpAddr> {
    let proxy = world.1.proxy(id.proxy);
    let names = proxy.servers[id.index].resolution.as_ref()?;
    let own = place(id, world);
    let others = taken(id, &own, proxy, world);
    let worth = |ip: &IpAddr| {
        let family = ip.is_ipv4() == names.prefer_ipv4;
        let near = names
            .networks
            .iter()
            .any(|(net, bits)| contains(*net, *bits, *ip));
        let free = !others.contains(ip);
        u8::from(family) << 3 | u8::from(near) << 2 | u8::from(free) << 1 | u8::from(own.ip == Some(*ip))
    };
    let open = addresses
        .iter()
        .filter(|ip| names.allow_duplicates || !others.contains(ip));
    let mut chosen: Option<(u8, IpAddr)> = None;
    for ip in open {
        let worth = worth(ip);
        if chosen.is_none_or(|(best, _)| worth > best) {
            chosen = Some((worth, *ip));
        }
    }
    chosen.map(|(_, ip)| ip)
}

/// The addresses of other servers of the same name in the backend.
fn taken(id: ServerId, own: &Place, proxy: &Proxy, world: World<'_>) -> Vec<IpAddr> {
    let all = proxy.servers.numbered();
    all.filter(|(index, _)| *index != id.index)
        .filter_map(|(index, server)| {
            server.resolution.as_ref()?;
            let other = place(ServerId { index, ..id }, world);
            // Those of a service may be several ports of one address.
            let same = other.host == own.host && (own.port == other.port || !is_of_service(proxy, id));
            other.ip.filter(|_| same)
        })
        .collect()
}

fn is_of_service(proxy: &Proxy, id: ServerId) -> bool {
    proxy.servers[id.index]
        .resolution
        .as_ref()
        .is_some_and(|names| names.srv)
}

fn contains(network: IpAddr, bits: u8, ip: IpAddr) -> bool {
    match (network, ip) {
        (IpAddr::V4(network), IpAddr::V4(ip)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            u32::from(network) & mask == u32::from(ip) & mask
        }
        (IpAddr::V6(network), IpAddr::V6(ip)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            u128::from(network) & mask == u128::from(ip) & mask
        }
        _ => false,
    }
}

/// The weight of a server, 0 to 256, that stands for a record's, 0 to 65535.
fn weight_of(record: u16) -> u32 {
    u32::from(record).div_ceil(256)
}

/// A record of a service.
struct Record {
    target: Box<str>,
    port: u16,
    weight: u16,
    ip: Option<IpAddr>,
}

impl Directory {
    /// Lets the servers of a service stand for its records; for none of them where it has none any more.
    pub(super) fn apply_service(
        &mut self,
        index: usize,
        valid: bool,
        world: World<'_>,
        now_ms: u64,
        effects: &mut Effects,
    ) {
        let service = self.service(index);
        let (section, servers) = (service.section, service.servers.clone());
        let records: Vec<Record> = self.sections[section]
            .records(&service.key)
            .filter(|_| valid)
            .filter_map(|data| match data {
                Data::Service {
                    target,
                    port,
                    weight,
                    ip,
                } => Some(Record {
                    target: target.clone(),
                    port: *port,
                    weight: *weight,
                    ip: *ip,
                }),
                Data::Address(_) => None,
            })
            .collect();
        let stands_for = |record: &Record, place: &Place| {
            let host = place.host.as_ref().map(|host| host.as_slice());
            host == Some(record.target.as_bytes()) && place.port == Some(record.port)
        };
        for id in &servers {
            let place = place(*id, world);
            if let Some(host) = &place.host
                && !records.iter().any(|record| stands_for(record, &place))
            {
                let key = self.key_of(*id, &host.to_string(), world.1);
                self.leave(section, &key, Asker::Server(*id));
                change(*id, &PlaceChange::Removed, world, now_ms, effects);
            }
        }
        for record in &records {
            let mut places = servers.iter().map(|id| (*id, place(*id, world)));
            let known = places.find(|(_, place)| stands_for(record, place));
            match known {
                Some((id, _)) => {
                    self.note_address(id, record, world, now_ms, effects);
                    weigh(id, record, world, now_ms, effects);
                }
                None => {
                    let free = servers.iter().find(|id| place(**id, world).host.is_none());
                    // There are more records than servers: those in excess serve nobody.
                    let Some(id) = free.copied() else { break };
                    weigh(id, record, world, now_ms, effects);
                    let host = Word::from(&*record.target);
                    let assigned = PlaceChange::Assigned {
                        host: &host,
                        port: record.port,
                        ip: record.ip,
                    };
                    change(id, &assigned, world, now_ms, effects);
                    if record.ip.is_none() {
                        let key = self.key_of(id, &record.target, world.1);
                        self.want(section, &key, Asker::Server(id), now_ms);
                    }
                }
            }
        }
    }

    /// Takes over the address that came with a record, and asks for the name where none did.
    fn note_address(
        &mut self,
        id: ServerId,
        record: &Record,
        world: World<'_>,
        now_ms: u64,
        effects: &mut Effects,
    ) {
        let section = self
            .services
            .0
            .iter()
            .find(|service| service.servers.contains(&id));
        let Some(section) = section.map(|service| service.section) else {
            return;
        };
        let key = self.key_of(id, &record.target, world.1);
        let asker = Asker::Server(id);
        let at = (section, key.clone());
        let asks = self.askers.get(&at).is_some_and(|askers| askers.contains(&asker));
        match record.ip {
            Some(ip) if !asks => {
                apply_address(id, &[ip], b"DNS additional record", world, now_ms, effects);
            }
            None if !asks => self.want(section, &key, asker, now_ms),
            _ => {}
        }
    }

    /// What is asked for when a server has the name `host`.
    fn key_of(&self, id: ServerId, host: &str, config: &Config) -> Key {
        let names = &config.proxy(id.proxy).servers[id.index].resolution;
        let kind = names
            .as_ref()
            .map_or(Kind::V6, |names| first_kind(names.prefer_ipv4));
        Key::new(host, kind)
    }
}

/// Takes over a record's weight, unless the server's file says that it does not count.
fn weigh(id: ServerId, record: &Record, (runtime, config): World<'_>, now_ms: u64, effects: &mut Effects) {
    let names = &config.proxy(id.proxy).servers[id.index].resolution;
    let state = &runtime.proxies[id.proxy.0 as usize].servers[id.index];
    let weight = weight_of(record.weight);
    if names.as_ref().is_some_and(|names| names.ignore_weight) || state.weight() == weight {
        return;
    }
    let events = check::set_weight(runtime, config, id.proxy, id.index, weight, now_ms);
    effects.events.extend(events);
    if !effects.changed.contains(&id.proxy) {
        effects.changed.push(id.proxy);
    }
}
