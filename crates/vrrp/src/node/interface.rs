//! What becomes of interfaces and addresses, and which of them an instance can use.

use std::io;
use std::net::IpAddr;

use keepalived_conf::model::{Authentication, BufferPolicy, VrrpInstance};
use vrrp_proto::Input;
use vrrp_proto::wire::{AH_PROTOCOL, PROTOCOL};

use super::{Node, SocketKey};
use crate::interfaces::{Interfaces, Seen};
use crate::netlink::{Change, Held};
use crate::router::path;
use crate::socket::{AdvertSockets, Path};
use crate::thing::Thing;

impl Node {
    /// Takes what netlink tells.
    pub(crate) fn take_changes(&mut self, changes: Vec<Change>) {
        for change in changes {
            match change {
                Change::Lost => {
                    self.take_stock();
                    self.take_stock_of_routes();
                }
                Change::Route { key, gone, by } => self.take_route(&key, gone, by),
                Change::Rule { key, gone, by } => self.take_rule(&key, gone, by),
                other => self.take_change(other),
            }
        }
        self.settle_addresses();
    }

    /// Tells instances of the interfaces whose addresses have changed: once, however many have.
    pub(super) fn settle_addresses(&mut self) {
        let unsettled = std::mem::take(&mut self.unsettled);
        if unsettled.is_empty() {
            return;
        }
        for index in unsettled {
            if let Some(name) = self.interfaces.numbered(index).map(|link| link.name.clone()) {
                self.look_again(&name);
            }
        }
        self.retry_statics();
    }

    /// Asks for all anew, and takes the differences as if they had been told.
    pub(super) fn take_stock(&mut self) {
        let all = self
            .channel
            .links()
            .and_then(|links| Ok(Interfaces::new(links, self.channel.addresses()?)));
        match all {
            Ok(now) => {
                for change in self.interfaces.changes_to(&now) {
                    self.take_change(change);
                }
                self.settle_addresses();
            }
            Err(error) => self
                .log
                .info(format!("Netlink: interfaces cannot be read: {error}")),
        }
    }

    pub(super) fn take_change(&mut self, change: Change) {
        if self.options.log_addresses {
            match &change {
                Change::Address(held) if !self.interfaces.has(held) => self.tell_address(held, "added to"),
                Change::AddressGone(held) => self.tell_address(held, "removed from"),
                _ => {}
            }
        }
        if let Change::Link(link) = &change
            && self.is_of_its_making(link)
        {
            return;
        }
        let mut again = Vec::new();
        let change = match change {
            Change::Link(link) => {
                let known = self.interfaces.numbered(link.index);
                let below = link.below.and_then(|index| self.interfaces.numbered(index));
                let moved = known.is_some_and(|known| known.controller != link.controller);
                let (link, bounced) = self.links.settle(known, below, link, self.clock.now());
                // Switches may have forgotten where its addresses are.
                if moved || bounced {
                    again.push(link.name.clone());
                }
                Change::Link(link)
            }
            Change::LinkGone(link) => {
                self.links.forget(link.index);
                Change::LinkGone(link)
            }
            other => other,
        };
        self.apply(change);
        for name in again {
            self.announce_again(&name);
        }
    }

    /// Takes note of a change that counts, and does what it means.
    pub(super) fn apply(&mut self, change: Change) {
        for seen in self.interfaces.apply(change) {
            match seen {
                Seen::Came(name) => {
                    if self.concerns_us(&name) {
                        self.log.info(format!("Interface {name} added"));
                    }
                    self.make_vmacs();
                    self.promote_secondaries();
                    self.look_again(&name);
                }
                Seen::State { name, usable } => {
                    if self.concerns_us(&name) {
                        let state = if usable { "up" } else { "down" };
                        let who = if self.links.is_polled(&name) {
                            "Linkbeat"
                        } else {
                            "Netlink"
                        };
                        self.log.info(format!("{who} reports {name} {state}"));
                    }
                    self.look_again(&name);
                    if usable {
                        self.announce_again(&name);
                    }
                    if let Some(index) = self
                        .interfaces
                        .named(&name)
                        .map(|link| link.index)
                        .filter(|_| usable)
                    {
                        self.restore_statics_of(index);
                    }
                }
                Seen::Gone { name, index } => {
                    if self.concerns_us(&name) {
                        self.log.info(format!("Netlink reports {name} down"));
                    }
                    self.sockets.retain(|key, _| key.index != index);
                    for router in &mut self.routers {
                        router.set.retain(|address| address.index != index);
                        router.routes.retain(|placed| !placed.spec.uses(index));
                    }
                    self.forget_statics_of(index);
                    self.forget_vmac(index);
                    self.look_again(&name);
                    if self.concerns_us(&name) {
                        self.log.info(format!("Interface {name} deleted"));
                    }
                    if self.vmacs.iter().any(|vmac| vmac.name == name) {
                        self.make_vmacs();
                        self.look_again(&name);
                    }
                }
                Seen::AddressGone(held) => {
                    self.take_static_address(&held);
                    self.take_lost_address(held);
                }
                Seen::Addresses { index } => {
                    self.unsettled.insert(index);
                }
            }
        }
    }

    /// Tells all addresses that there are, where every one is to be told.
    pub(super) fn tell_all_addresses(&self) {
        if self.options.log_addresses {
            for held in self.interfaces.held() {
                self.tell_address(held, "added to");
            }
        }
    }

    fn tell_address(&self, held: &Held, what: &str) {
        let link = self.interfaces.numbered(held.index);
        let name = link.map_or("", |link| &link.name);
        self.log.info(format!(
            "Netlink reflector reports IP {} {what} {name}",
            held.address
        ));
    }

    fn concerns_us(&self, name: &str) -> bool {
        self.routers.iter().any(|router| {
            let instance = &router.instance;
            instance.interface == name
                || instance.needed_interfaces.iter().any(|needed| needed == name)
                || self.below(&instance.interface) == name
                || instance
                    .track_interfaces
                    .iter()
                    .any(|tracked| tracked.interface == name)
                || instance
                    .addresses
                    .iter()
                    .chain(&instance.excluded)
                    .any(|address| address.interface == name)
        })
    }

    /// Tells instances what has become of an interface that they use or track.
    fn look_again(&mut self, name: &str) {
        let id = self.track_id(Thing::Interface(name.to_owned()));
        let health = self.interface_health(name);
        self.tell_health(id, health);
        let id = self.track_id(Thing::Needed(name.to_owned()));
        self.tell_health(id, health);
        for at in 0..self.routers.len() {
            if !self.stands_on(at, name) {
                continue;
            }
            self.renew_source(at);
            let has_sockets = |key: SocketKey| self.sockets.contains_key(&key);
            if !self.socket_key(at).is_some_and(has_sockets) {
                self.open_sockets(at);
            }
            let up = self.is_usable(at);
            if self.routers[at].up != up {
                self.routers[at].up = up;
                self.input(at, Input::Interface { up });
            }
        }
    }

    /// Lets an instance send from its interface's address, when that is another one than before.
    fn renew_source(&mut self, at: usize) {
        let router = &self.routers[at];
        let Some(source) = router.instance.source.or_else(|| self.source(&router.instance)) else {
            return;
        };
        let config = router.machine.config();
        if config.source == source {
            return;
        }
        let name = &self.routers[at].instance.interface;
        self.log
            .detail(format!("Assigned address {source} for interface {name}"));
        let mut config = config.clone();
        config.source = source;
        config.destination = path(&self.routers[at].instance, &self.global, source).address();
        self.input(at, Input::Reload(Box::new(config)));
    }

    /// A master that somebody took an address from is master no longer.
    fn take_lost_address(&mut self, held: Held) {
        let lost = |set: &crate::netlink::AddressSpec| {
            (set.index, set.address) == (held.index, held.address) && set.prefix == held.prefix
        };
        let Some(at) = self.routers.iter().position(|router| router.set.iter().any(lost)) else {
            return;
        };
        // It may be one that we have taken away and set again since.
        match self.channel.addresses() {
            Ok(all)
                if all
                    .iter()
                    .any(|one| (one.index, one.address) == (held.index, held.address)) =>
            {
                return;
            }
            Ok(_) => {}
            Err(error) => {
                self.log
                    .info(format!("Netlink: addresses cannot be read: {error}"));
                return;
            }
        }
        let router = &mut self.routers[at];
        router.set.retain(|set| !lost(set));
        let untracked = router
            .instance
            .addresses
            .iter()
            .chain(&router.instance.excluded)
            .any(|address| address.address == held.address && address.no_track);
        // With `-a` it has been told already.
        if self.log.is_detailed() && !self.options.log_addresses {
            self.tell_address(&held, "removed from");
        }
        if !untracked && self.is_master(at) {
            self.input(at, Input::AddressLost);
        }
    }

    /// The address that an instance's interface sends from.
    pub(super) fn source(&self, instance: &VrrpInstance) -> Option<IpAddr> {
        // An ipvlan sends from its own addresses.
        let interface = if instance.ipvlan.is_some() {
            &instance.interface
        } else {
            self.below(&instance.interface)
        };
        let index = self.interfaces.named(interface)?.index;
        let ipv4 = !instance.ipv6;
        let moves = |address: IpAddr| self.movable.contains(&address);
        self.interfaces
            .first_address(index, ipv4, moves)
            // The owner of the addresses has no other.
            .or_else(|| {
                let owner = instance.priority == vrrp_proto::wire::OWNER_PRIORITY;
                owner.then(|| self.interfaces.first_address(index, ipv4, |_| false))?
            })
    }

    /// Whether this machine has the source address that an instance was given, where that is to be looked at.
    fn has_source(&self, instance: &VrrpInstance) -> bool {
        let is_here = |address: IpAddr| self.interfaces.held().any(|held| held.address == address);
        !instance.track_source || instance.source.is_none_or(is_here)
    }

    /// Whether the interface of an instance can be used.
    pub(super) fn is_usable(&self, at: usize) -> bool {
        let instance = &self.routers[at].instance;
        if !instance.interface.is_empty() && self.interfaces.named(&instance.interface).is_none() {
            return false;
        }
        instance.held.is_none()
            && !instance.lacks_peers
            && (instance.interface.is_empty()
                || self.is_interface_usable(&instance.interface)
                || instance.dont_track_primary)
            && self.has_vmac(at)
            && self
                .socket_key(at)
                .is_some_and(|key| self.sockets.contains_key(&key))
            && self.has_source(instance)
            && (instance.source.is_some() || self.source(instance).is_some())
    }

    /// Says why an instance begins in FAULT.
    pub(super) fn tell_faults(&self, at: usize) {
        let instance = &self.routers[at].instance;
        let (name, interface) = (&instance.name, &instance.interface);
        if let Some(reason) = instance.held {
            self.log
                .info(format!("({name}) is kept in FAULT state: {reason}"));
        }
        if !interface.is_empty() && !self.is_interface_usable(interface) {
            self.log.info(format!(
                "({name}): entering FAULT state (interface {interface} down)"
            ));
        }
        if !self.has_source(instance) {
            self.log.info(format!(
                "({name}) entering FAULT state (src address not configured)"
            ));
        }
        if instance.source.is_none() && self.source(instance).is_none() {
            self.log.info(format!(
                "({name}) entering FAULT state (no {} address for interface)",
                family(instance)
            ));
        }
    }

    /// Tells the addresses of an instance's interface.
    pub(super) fn tell_addresses(&self, at: usize) {
        let instance = &self.routers[at].instance;
        let Some(link) = self.interfaces.named(self.below(&instance.interface)) else {
            return;
        };
        for ipv4 in [true, false] {
            let address = self
                .interfaces
                .first_address(link.index, ipv4, |one| self.movable.contains(&one));
            if let Some(address) = address {
                self.log
                    .detail(format!("Assigned address {address} for interface {}", link.name));
            }
        }
    }

    /// Opens the sockets of an instance's interface, when it is there and has none.
    pub(super) fn open_sockets(&mut self, at: usize) {
        let instance = &self.routers[at].instance;
        let Some(key) = self.socket_key(at).filter(|_| instance.held.is_none()) else {
            return;
        };
        if self.sockets.contains_key(&key) {
            return self.size_buffer(key);
        }
        match AdvertSockets::open(&instance.interface, key) {
            Ok(sockets) => {
                self.sockets.insert(key, sockets);
                self.size_buffer(key);
            }
            Err(error) => {
                let why = socket_words(&error);
                let place = match &*instance.interface {
                    "" => String::new(),
                    name => format!(" on {name}"),
                };
                self.log
                    .info(format!("({}) cannot open sockets{place}: {why}", instance.name));
            }
        }
    }

    /// Makes the buffer of sockets as large as the instances that use them want it together.
    fn size_buffer(&self, key: SocketKey) {
        let global = &self.global;
        let mtu = self.interfaces.numbered(key.index).map_or(0, |link| link.mtu);
        let wanted = |at: usize| {
            let router = &self.routers[at];
            let several = |one: u32| one.saturating_mul(global.buffer_multiplier);
            match (router.instance.buffer_size, global.buffer_policy) {
                (Some(bytes), _) | (None, Some(BufferPolicy::Bytes(bytes))) => Some(bytes),
                (None, Some(BufferPolicy::Mtu)) => Some(several(mtu)),
                (None, Some(BufferPolicy::Advert)) => Some(several(router.machine.config().advert_length())),
                (None, None) => None,
            }
        };
        let users = (0..self.routers.len()).filter(|at| self.socket_key(*at) == Some(key));
        let total = users.filter_map(wanted).reduce(u32::saturating_add);
        let (Some(total), Some(sockets)) = (total, self.sockets.get(&key)) else {
            return;
        };
        if let Err(error) = sockets.size_buffer(total) {
            self.log.info(format!(
                "The buffer of adverts cannot have {total} bytes: {error}"
            ));
        }
    }

    /// Tells where an instance's adverts go.
    pub(super) fn tell_sockets(&self, at: usize) {
        let instance = &self.routers[at].instance;
        let Some(key) = self.socket_key(at) else {
            return;
        };
        let SocketKey {
            index,
            path,
            protocol,
        } = key;
        if let Some(sockets) = self.sockets.get(&key) {
            let (receiver, sender) = sockets.descriptors();
            let kind = match path {
                Path::Group(_) => "multicast",
                Path::Own(_) => ", unicast",
            };
            self.log.detail(format!(
                "VRRP sockpool: [ifindex({index:3}), family({}), proto({protocol}), fd({receiver},{sender}) {kind}, address({})]",
                family(instance),
                path.address()
            ));
        }
    }

    /// The sockets that an instance sends and hears by; none while its interface is not there, or the address that partners
    /// send to.
    pub(super) fn socket_key(&self, at: usize) -> Option<SocketKey> {
        let router = &self.routers[at];
        // Without an interface, packets to its address are taken wherever they come in.
        let index = match &*router.instance.interface {
            "" => 0,
            name => self.interfaces.named(name)?.index,
        };
        let source = router.machine.config().source;
        let path = path(&router.instance, &self.global, source);
        let is_there = !matches!(path, Path::Own(own) if own.is_unspecified());
        is_there.then_some(SocketKey {
            index,
            path,
            protocol: match router.instance.authentication {
                Some(Authentication::Ah(_)) => AH_PROTOCOL,
                Some(Authentication::Pass(_)) | None => PROTOCOL,
            },
        })
    }
}

/// The family of an instance, as it is told.
fn family(instance: &VrrpInstance) -> &'static str {
    if instance.ipv6 { "IPv6" } else { "IPv4" }
}

fn socket_words(error: &io::Error) -> String {
    if error.kind() == io::ErrorKind::PermissionDenied {
        format!("{error} (raw sockets need root or CAP_NET_RAW)")
    } else {
        error.to_string()
    }
}
