//! Routes and rules that come and go with an instance.

use std::io;

use nix::errno::Errno;
use vrrp_proto::Input;

use super::Node;
use crate::netlink::{RouteKey, RouteSpec, RuleKey, RuleSpec};
use crate::router::{Placed, Router};

impl Node {
    /// Sets the routes of an instance that are not set.
    pub(super) fn add_routes(&mut self, at: usize) {
        let wanted = self.wanted_routes(at);
        for route in wanted {
            if self.routers[at].routes.iter().any(|placed| placed.spec == route) {
                continue;
            }
            match self.channel.add_route(&route) {
                Ok(()) => self.routers[at].routes.push(Placed::new(route)),
                // Somebody else's stays theirs.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => self.tell_failure(at, "route", &route.shown(), "set", &error),
            }
        }
    }

    /// Sets the rules of an instance that are not set.
    pub(super) fn add_rules(&mut self, at: usize) {
        let wanted = wanted_rules(&self.routers[at]);
        for rule in wanted {
            if self.routers[at].rules.iter().any(|placed| placed.spec == rule) {
                continue;
            }
            match self.channel.add_rule(&rule) {
                Ok(()) => self.routers[at].rules.push(Placed::new(rule)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => self.tell_failure(at, "rule", &rule.shown(), "set", &error),
            }
        }
    }

    /// Tells that routes and rules are set, and sets them.
    pub(super) fn place_routes(&mut self, at: usize) {
        let instance = &self.routers[at].instance;
        let name = &instance.name;
        if !instance.routes.is_empty() {
            self.log.detail(format!("({name}) setting Virtual Routes"));
        }
        if !instance.rules.is_empty() {
            self.log.detail(format!("({name}) setting Virtual Rules"));
        }
        self.add_routes(at);
        self.add_rules(at);
    }

    /// Takes the routes and rules of an instance away, with those that an earlier run has left.
    pub(super) fn displace_routes(&mut self, at: usize) {
        let instance = &self.routers[at].instance;
        let name = instance.name.clone();
        if !instance.rules.is_empty() {
            self.log.detail(format!("({name}) removing Virtual Rules"));
        }
        let rules = specs(std::mem::take(&mut self.routers[at].rules));
        self.take_rules_away(at, &rules);
        for rule in wanted_rules(&self.routers[at]) {
            if !rules.contains(&rule) {
                // What cannot be there need not be taken away.
                let _ = self.channel.remove_rule(&rule);
            }
        }
        if !self.routers[at].instance.routes.is_empty() {
            self.log.detail(format!("({name}) removing Virtual Routes"));
        }
        let routes = specs(std::mem::take(&mut self.routers[at].routes));
        self.take_routes_away(at, &routes);
        for route in self.wanted_routes(at) {
            if !routes.contains(&route) {
                let _ = self.channel.remove_route(&route);
            }
        }
    }

    /// Takes away what another configuration no longer has.
    pub(super) fn drop_old_routes(&mut self, at: usize) {
        let wanted = wanted_rules(&self.routers[at]);
        let (kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.routers[at].rules)
            .into_iter()
            .partition(|placed| wanted.contains(&placed.spec));
        self.routers[at].rules = kept;
        let gone = specs(gone);
        for rule in &gone {
            self.log.info(format!("ip rule {} removed", rule.shown()));
        }
        self.take_rules_away(at, &gone);
        let wanted = self.wanted_routes(at);
        let (kept, gone): (Vec<_>, Vec<_>) = std::mem::take(&mut self.routers[at].routes)
            .into_iter()
            .partition(|placed| wanted.contains(&placed.spec));
        self.routers[at].routes = kept;
        let gone = specs(gone);
        for route in &gone {
            self.log.info(format!("Removing route {}", route.shown()));
        }
        self.take_routes_away(at, &gone);
    }

    fn take_routes_away(&mut self, at: usize, gone: &[RouteSpec]) {
        for route in gone {
            if let Err(error) = self.channel.remove_route(route)
                && !is_missing(&error)
            {
                self.tell_failure(at, "route", &route.shown(), "removed", &error);
            }
        }
    }

    fn take_rules_away(&mut self, at: usize, gone: &[RuleSpec]) {
        for rule in gone {
            if let Err(error) = self.channel.remove_rule(rule)
                && !is_missing(&error)
            {
                self.tell_failure(at, "rule", &rule.shown(), "removed", &error);
            }
        }
    }

    fn tell_failure(&self, at: usize, kind: &str, what: &str, done: &str, error: &io::Error) {
        let name = &self.routers[at].instance.name;
        self.log
            .info(format!("({name}) {kind} {what} cannot be {done}: {error}"));
    }

    fn wanted_routes(&self, at: usize) -> Vec<RouteSpec> {
        let routes = self.routers[at].instance.routes.iter();
        routes
            .filter_map(|route| RouteSpec::new(route, &self.interfaces))
            .collect()
    }

    /// Takes what netlink tells of a route.
    pub(super) fn take_route(&mut self, key: &RouteKey, gone: bool, by: u32) {
        let ours = by == self.channel.port();
        self.take_static_route(key, gone, ours);
        for at in 0..self.routers.len() {
            let placed = self.routers[at]
                .routes
                .iter_mut()
                .position(|placed| placed.spec.key() == *key);
            let Some(place) = placed else { continue };
            let routes = &mut self.routers[at].routes;
            if !gone {
                routes[place].told |= ours;
            } else if !ours && routes[place].told {
                let lost = routes.remove(place);
                self.take_loss(at, lost.spec.is_tracked());
            }
        }
    }

    /// Takes what netlink tells of a rule.
    pub(super) fn take_rule(&mut self, key: &RuleKey, gone: bool, by: u32) {
        let ours = by == self.channel.port();
        self.take_static_rule(key, gone, ours);
        for at in 0..self.routers.len() {
            let placed = self.routers[at]
                .rules
                .iter()
                .position(|placed| placed.spec.key() == *key);
            let Some(place) = placed else { continue };
            let rules = &mut self.routers[at].rules;
            if !gone {
                rules[place].told |= ours;
            } else if !ours && rules[place].told {
                let lost = rules.remove(place);
                self.take_loss(at, lost.spec.is_tracked());
            }
        }
    }

    /// A master that somebody took something from is master no longer.
    fn take_loss(&mut self, at: usize, tracked: bool) {
        if tracked && self.is_master(at) {
            self.input(at, Input::AddressLost);
        }
    }

    /// Looks which of those that are set are there, as netlink could not tell all.
    pub(super) fn take_stock_of_routes(&mut self) {
        if !self.uses_routes() {
            return;
        }
        let all = self
            .channel
            .routes()
            .and_then(|routes| Ok((routes, self.channel.rules()?)));
        let (routes, rules) = match all {
            Ok(all) => all,
            Err(error) => {
                self.log.info(format!("Netlink: routes cannot be read: {error}"));
                return;
            }
        };
        for at in 0..self.routers.len() {
            let mut lost = false;
            self.routers[at].routes.retain_mut(|placed| {
                placed.told = routes.contains(&placed.spec.key());
                lost |= !placed.told && placed.spec.is_tracked();
                placed.told
            });
            self.routers[at].rules.retain_mut(|placed| {
                placed.told = rules.contains(&placed.spec.key());
                lost |= !placed.told && placed.spec.is_tracked();
                placed.told
            });
            self.take_loss(at, lost);
        }
        self.take_stock_of_statics(&routes, &rules);
    }

    /// Whether there is any route or rule to look after.
    pub(crate) fn uses_routes(&self) -> bool {
        let moves = |router: &Router| !router.instance.routes.is_empty() || !router.instance.rules.is_empty();
        self.routers.iter().any(moves) || self.statics.has_routes()
    }
}

fn wanted_rules(router: &Router) -> Vec<RuleSpec> {
    router.instance.rules.iter().map(RuleSpec::new).collect()
}

fn specs<T>(placed: Vec<Placed<T>>) -> Vec<T> {
    placed.into_iter().map(|placed| placed.spec).collect()
}

/// Whether there was nothing to take away.
pub(super) fn is_missing(error: &io::Error) -> bool {
    let missing = [
        Errno::ESRCH,
        Errno::ENOENT,
        Errno::ENODEV,
        Errno::ENETUNREACH,
        Errno::EADDRNOTAVAIL,
    ];
    error
        .raw_os_error()
        .is_some_and(|number| missing.contains(&Errno::from_raw(number)))
}
