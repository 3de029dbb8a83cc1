//! Addresses, routes and rules that stay on the machine while the program runs. What was there before belongs to others, and is
//! left alone.

use std::io;

use keepalived_conf::model::{PROTOCOL_KEEPALIVED, Route, Rule, Static, Statics as Wanted, VirtualAddress};
use vrrp_proto::track::Health;

use super::Node;
use super::route::is_missing;
use crate::address::spec;
use crate::netlink::{AddressSpec, Held, RouteKey, RouteSpec, RuleKey, RuleSpec};
use crate::snmp::Shown;
use crate::thing::{self, Thing};

/// One of them.
#[derive(Debug)]
struct Kept<W, S> {
    wanted: Static<W>,
    /// What was set; none while it is not, or belongs to others.
    set: Option<S>,
    /// Whether netlink has told of it since.
    told: bool,
    /// It could not be set.
    failed: bool,
}

impl<W: Clone, S> Kept<W, S> {
    fn shown(&self) -> Shown<W> {
        Shown {
            what: self.wanted.what.clone(),
            set: self.set.is_some(),
        }
    }
}

impl<W, S> Kept<W, S> {
    fn new(wanted: Static<W>) -> Self {
        Self {
            wanted,
            set: None,
            told: false,
            failed: false,
        }
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Statics {
    addresses: Vec<Kept<VirtualAddress, AddressSpec>>,
    routes: Vec<Kept<Route, RouteSpec>>,
    rules: Vec<Kept<Rule, RuleSpec>>,
}

impl Statics {
    /// Those of a configuration, none of them set.
    pub(crate) fn new(wanted: &Wanted) -> Self {
        Self {
            addresses: wanted.addresses.iter().cloned().map(Kept::new).collect(),
            routes: wanted.routes.iter().cloned().map(Kept::new).collect(),
            rules: wanted.rules.iter().cloned().map(Kept::new).collect(),
        }
    }

    /// Whether there is a route or a rule among them.
    pub(crate) fn has_routes(&self) -> bool {
        !self.routes.is_empty() || !self.rules.is_empty()
    }

    /// The addresses, and whether each is set.
    pub(super) fn shown_addresses(&self) -> Vec<Shown<VirtualAddress>> {
        self.addresses.iter().map(Kept::shown).collect()
    }

    /// The routes likewise.
    pub(super) fn shown_routes(&self) -> Vec<Shown<Route>> {
        self.routes.iter().map(Kept::shown).collect()
    }

    /// The rules likewise.
    pub(super) fn shown_rules(&self) -> Vec<Shown<Rule>> {
        self.rules.iter().map(Kept::shown).collect()
    }

    /// The names by which instances track those that they track, with what each has become.
    pub(crate) fn health(&self) -> Vec<(Thing, Health)> {
        let health = |failed| if failed { Health::Down } else { Health::Up };
        let addresses = self.addresses.iter();
        let addresses = addresses.map(|kept| (thing::static_address(&kept.wanted.what), health(kept.failed)));
        let routes = self.routes.iter();
        let routes = routes.map(|kept| (thing::static_route(&kept.wanted.what), health(kept.failed)));
        let rules = self.rules.iter();
        let rules = rules.map(|kept| (thing::static_rule(&kept.wanted.what), health(kept.failed)));
        addresses.chain(routes).chain(rules).collect()
    }
}

impl Node {
    /// Takes away what an earlier run has left of them. Only routes and rules bear their owner's number on every kernel.
    pub(super) fn clear_statics(&mut self) {
        let rules: Vec<RuleSpec> = self
            .statics
            .rules
            .iter()
            .map(|kept| RuleSpec::new(&kept.wanted.what))
            .collect();
        for rule in rules {
            // What cannot be there need not be taken away.
            let _ = self.channel.remove_rule(&rule);
        }
        let routes = self.statics.routes.iter();
        let routes: Vec<RouteSpec> = routes
            .filter_map(|kept| RouteSpec::new(&kept.wanted.what, &self.interfaces))
            .collect();
        for route in routes {
            let _ = self.channel.remove_route(&route);
        }
    }

    /// Sets all that are not set and can be.
    pub(super) fn set_statics(&mut self) {
        for at in 0..self.statics.addresses.len() {
            self.set_static_address(at);
        }
        for at in 0..self.statics.routes.len() {
            self.set_static_route(at);
        }
        for at in 0..self.statics.rules.len() {
            self.set_static_rule(at);
        }
    }

    fn set_static_address(&mut self, at: usize) {
        let kept = &self.statics.addresses[at];
        if kept.set.is_some() {
            return;
        }
        let Some(mut address) = spec(&kept.wanted.what, &self.interfaces) else {
            return;
        };
        address.signed = true;
        let done = match self.channel.add(&address) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // One that bears our number was left by an earlier run.
                let ours = self.interfaces.held().any(|held| {
                    (held.index, held.address, held.protocol)
                        == (address.index, address.address, PROTOCOL_KEEPALIVED)
                });
                Ok(ours)
            }
            other => other.map(|()| true),
        };
        let key = thing::static_address(&self.statics.addresses[at].wanted.what);
        let shown = format!("{}/{}", address.address, address.prefix);
        let kept = &mut self.statics.addresses[at];
        let failed = done.is_err();
        let news = std::mem::replace(&mut kept.failed, failed) != failed;
        kept.told = false;
        kept.set = done.as_ref().is_ok_and(|ours| *ours).then_some(address);
        self.tell_static("address", &shown, key, news, done.err());
    }

    fn set_static_route(&mut self, at: usize) {
        let kept = &self.statics.routes[at];
        if kept.set.is_some() {
            return;
        }
        let Some(route) = RouteSpec::new(&kept.wanted.what, &self.interfaces) else {
            return;
        };
        let done = match self.channel.add_route(&route) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            other => other.map(|()| true),
        };
        let key = thing::static_route(&self.statics.routes[at].wanted.what);
        let shown = route.shown();
        let kept = &mut self.statics.routes[at];
        let failed = done.is_err();
        let news = std::mem::replace(&mut kept.failed, failed) != failed;
        kept.told = false;
        kept.set = done.as_ref().is_ok_and(|ours| *ours).then_some(route);
        self.tell_static("route", &shown, key, news, done.err());
    }

    fn set_static_rule(&mut self, at: usize) {
        let kept = &self.statics.rules[at];
        if kept.set.is_some() {
            return;
        }
        let rule = RuleSpec::new(&kept.wanted.what);
        let done = match self.channel.add_rule(&rule) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            other => other.map(|()| true),
        };
        let key = thing::static_rule(&self.statics.rules[at].wanted.what);
        let shown = rule.shown();
        let kept = &mut self.statics.rules[at];
        let failed = done.is_err();
        let news = std::mem::replace(&mut kept.failed, failed) != failed;
        kept.told = false;
        kept.set = done.as_ref().is_ok_and(|ours| *ours).then_some(rule);
        self.tell_static("rule", &shown, key, news, done.err());
    }

    /// Tells the log and those who track it that it could not be set, or that it is set after all.
    fn tell_static(&mut self, kind: &str, shown: &str, thing: Thing, news: bool, error: Option<io::Error>) {
        if !news {
            return;
        }
        let health = match error {
            Some(error) => {
                self.log
                    .info(format!("static {kind} {shown} cannot be set: {error}"));
                Health::Down
            }
            None => Health::Up,
        };
        let id = self.track_id(thing);
        self.tell_health(id, health);
    }

    fn tell_unremoved(&self, kind: &str, shown: &str, error: &io::Error) {
        if !is_missing(error) {
            self.log
                .info(format!("static {kind} {shown} cannot be removed: {error}"));
        }
    }

    /// Takes all of them away that this program has set.
    pub(super) fn remove_statics(&mut self) {
        let old = std::mem::take(&mut self.statics);
        self.remove_old_statics(old, false);
    }

    fn remove_old_statics(&mut self, old: Statics, told: bool) {
        for rule in old.rules.into_iter().filter_map(|kept| kept.set) {
            if told {
                self.log.info(format!("ip rule {} removed", rule.shown()));
            }
            if let Err(error) = self.channel.remove_rule(&rule) {
                self.tell_unremoved("rule", &rule.shown(), &error);
            }
        }
        for route in old.routes.into_iter().filter_map(|kept| kept.set) {
            if told {
                self.log.info(format!("Removing route {}", route.shown()));
            }
            if let Err(error) = self.channel.remove_route(&route) {
                self.tell_unremoved("route", &route.shown(), &error);
            }
        }
        for address in old.addresses.into_iter().filter_map(|kept| kept.set) {
            let shown = format!("{}/{}", address.address, address.prefix);
            if told {
                let name = self
                    .interfaces
                    .numbered(address.index)
                    .map_or("", |link| &link.name);
                self.log
                    .info(format!("ip address {shown} dev {name}, no longer exist"));
            }
            if let Err(error) = self.channel.remove(&address) {
                self.tell_unremoved("address", &shown, &error);
            }
        }
    }

    /// Goes on with those of another configuration: what is in both stays as it is.
    pub(super) fn change_statics(&mut self, wanted: &Wanted) {
        let mut old = std::mem::replace(&mut self.statics, Statics::new(wanted));
        for kept in &mut self.statics.addresses {
            let same = |other: &Kept<VirtualAddress, _>| other.wanted.what == kept.wanted.what;
            if let Some(at) = old.addresses.iter().position(same) {
                let other = old.addresses.remove(at);
                (kept.set, kept.told, kept.failed) = (other.set, other.told, other.failed);
            }
        }
        for kept in &mut self.statics.routes {
            let same = |other: &Kept<Route, _>| other.wanted.what == kept.wanted.what;
            if let Some(at) = old.routes.iter().position(same) {
                let other = old.routes.remove(at);
                (kept.set, kept.told, kept.failed) = (other.set, other.told, other.failed);
            }
        }
        for kept in &mut self.statics.rules {
            let same = |other: &Kept<Rule, _>| other.wanted.what == kept.wanted.what;
            if let Some(at) = old.rules.iter().position(same) {
                let other = old.rules.remove(at);
                (kept.set, kept.told, kept.failed) = (other.set, other.told, other.failed);
            }
        }
        self.remove_old_statics(old, true);
    }

    /// Puts back what went with an interface that can be used again: the kernel does not tell of each route.
    pub(super) fn restore_statics_of(&mut self, index: u32) {
        for at in 0..self.statics.addresses.len() {
            let kept = &mut self.statics.addresses[at];
            let there = |set: &AddressSpec| {
                self.interfaces
                    .held()
                    .any(|held| (held.index, held.address) == (set.index, set.address))
            };
            if kept
                .set
                .as_ref()
                .is_some_and(|set| set.index == index && !there(set))
            {
                kept.set = None;
                if kept.wanted.what.no_track {
                    continue;
                }
            }
            if !kept.wanted.what.no_track {
                self.set_static_address(at);
            }
        }
        for at in 0..self.statics.routes.len() {
            let kept = &mut self.statics.routes[at];
            let Some(set) = kept.set.take_if(|set| set.uses(index)) else {
                if kept.wanted.what.tracked {
                    self.set_static_route(at);
                }
                continue;
            };
            if !set.is_tracked() {
                kept.set = Some(set);
                continue;
            }
            self.set_static_route(at);
            let kept = &mut self.statics.routes[at];
            if kept.set.is_some() {
                self.log
                    .info(format!("Restoring deleted static route {}", set.shown()));
            } else if !kept.failed {
                // It was there all the time.
                kept.set = Some(set);
                kept.told = true;
            }
        }
    }

    /// Forgets what was on an interface that is gone.
    pub(super) fn forget_statics_of(&mut self, index: u32) {
        for kept in &mut self.statics.addresses {
            kept.set.take_if(|set| set.index == index);
        }
        for kept in &mut self.statics.routes {
            kept.set.take_if(|set| set.uses(index));
        }
    }

    /// Tries again what could not be set, as there are other addresses now.
    pub(super) fn retry_statics(&mut self) {
        let waits = self.statics.addresses.iter().any(|kept| kept.failed)
            || self.statics.routes.iter().any(|kept| kept.failed);
        if waits {
            self.set_statics();
        }
    }

    /// Puts back an address that somebody took.
    pub(super) fn take_static_address(&mut self, held: &Held) {
        let lost = |set: &AddressSpec| (set.index, set.address) == (held.index, held.address);
        for at in 0..self.statics.addresses.len() {
            let kept = &mut self.statics.addresses[at];
            // One of somebody else's may have stood in its place.
            let ours = kept.set.take_if(|set| lost(set)).is_some();
            let theirs = !ours && kept.set.is_none() && kept.wanted.what.address == held.address;
            if !ours && !theirs {
                continue;
            }
            let down = !self
                .interfaces
                .numbered(held.index)
                .is_some_and(crate::netlink::Link::is_usable);
            let what = &self.statics.addresses[at].wanted.what;
            if what.no_track || down {
                continue;
            }
            self.log.info(format!(
                "Restoring deleted static address {}/{} dev {}",
                what.address, what.prefix, what.interface
            ));
            self.set_static_address(at);
        }
    }

    /// Takes what netlink tells of a route; puts one back that somebody took.
    pub(super) fn take_static_route(&mut self, key: &RouteKey, gone: bool, ours: bool) {
        for at in 0..self.statics.routes.len() {
            let kept = &mut self.statics.routes[at];
            if !kept.set.as_ref().is_some_and(|set| set.key() == *key) {
                continue;
            }
            if !gone {
                kept.told |= ours;
            } else if !ours && kept.told {
                self.restore_static_route(at);
            }
        }
    }

    fn restore_static_route(&mut self, at: usize) {
        let kept = &mut self.statics.routes[at];
        let Some(set) = kept.set.take().filter(RouteSpec::is_tracked) else {
            return;
        };
        self.log
            .info(format!("Restoring deleted static route {}", set.shown()));
        self.set_static_route(at);
    }

    /// Takes what netlink tells of a rule; puts one back that somebody took.
    pub(super) fn take_static_rule(&mut self, key: &RuleKey, gone: bool, ours: bool) {
        for at in 0..self.statics.rules.len() {
            let kept = &mut self.statics.rules[at];
            if !kept.set.as_ref().is_some_and(|set| set.key() == *key) {
                continue;
            }
            if !gone {
                kept.told |= ours;
            } else if !ours && kept.told {
                self.restore_static_rule(at);
            }
        }
    }

    fn restore_static_rule(&mut self, at: usize) {
        let kept = &mut self.statics.rules[at];
        let Some(set) = kept.set.take().filter(RuleSpec::is_tracked) else {
            return;
        };
        self.log
            .info(format!("Restoring deleted static rule {}", set.shown()));
        self.set_static_rule(at);
    }

    /// Puts back what is not among all that there is.
    pub(super) fn take_stock_of_statics(&mut self, routes: &[RouteKey], rules: &[RuleKey]) {
        for at in 0..self.statics.routes.len() {
            let kept = &mut self.statics.routes[at];
            let there = |set: &RouteSpec| routes.contains(&set.key());
            match kept.set.as_ref().map(there) {
                Some(true) => kept.told = true,
                Some(false) => self.restore_static_route(at),
                None => {}
            }
        }
        for at in 0..self.statics.rules.len() {
            let kept = &mut self.statics.rules[at];
            let there = |set: &RuleSpec| rules.contains(&set.key());
            match kept.set.as_ref().map(there) {
                Some(true) => kept.told = true,
                Some(false) => self.restore_static_rule(at),
                None => {}
            }
        }
    }
}
