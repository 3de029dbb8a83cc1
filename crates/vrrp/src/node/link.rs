//! Links that come back, that are asked for, or whose changes must last; and the switches of their interfaces.

use std::fs;

use keepalived_conf::model::Config;
use vrrp_proto::Time;

use super::Node;
use crate::netlink::Change;

impl Node {
    /// Does what is due for links: asks for some, and takes changes that have lasted.
    pub(super) fn look_at_links(&mut self, now: Time) {
        for name in self.links.poll(now) {
            if let Some(link) = self.interfaces.named(&name).cloned() {
                self.take_change(Change::Link(link));
            }
        }
        for link in self.links.lasted(now) {
            self.apply(Change::Link(link));
        }
        self.settle_addresses();
    }

    /// Sees links by another configuration.
    pub(super) fn renew_links(&mut self, config: &Config) {
        if self.links.renew(config, self.clock.now()) {
            // Others are asked for than before: netlink has the word about the rest again.
            self.take_stock();
        }
    }

    /// Tells neighbours anew where the addresses of masters are, when a link is back, or a port of their bridge.
    pub(super) fn announce_again(&mut self, name: &str) {
        let controller = self.interfaces.named(name).and_then(|link| link.controller);
        let bridge = controller.and_then(|index| self.interfaces.numbered(index));
        let bridge = bridge.map(|link| link.name.clone());
        for at in 0..self.routers.len() {
            if self.is_master(at) {
                let repeat = self.routers[at].machine.config().garp.master_repeat;
                self.announce_on(at, repeat, |interface| {
                    interface == name || bridge.as_deref() == Some(interface)
                });
            }
        }
    }

    /// Switches on that the second address of a network takes the place of the first, where instances ask for it, and off where
    /// none asks any more.
    pub(super) fn promote_secondaries(&mut self) {
        let routers = self.routers.iter().map(|router| &router.instance);
        let wanted: Vec<String> = routers
            .filter(|instance| instance.promote_secondaries)
            .map(|instance| instance.interface.clone())
            .collect();
        self.restore_switches(|name| wanted.iter().any(|wanted| wanted == name));
        for name in wanted {
            if self.switches.contains_key(&name) || self.interfaces.named(&name).is_none() {
                continue;
            }
            let path = promotion(&name);
            let done = fs::read_to_string(&path).and_then(|before| {
                if before.trim() != "1" {
                    fs::write(&path, "1")?;
                }
                Ok(before.trim().to_owned())
            });
            match done {
                Ok(before) => {
                    self.switches.insert(name, before);
                }
                Err(error) => self
                    .log
                    .info(format!("promote_secondaries of {name} cannot be set: {error}")),
            }
        }
    }

    /// Sets switches as they were, but for those of which `keep` says so.
    pub(super) fn restore_switches(&mut self, keep: impl Fn(&str) -> bool) {
        let (kept, old) = std::mem::take(&mut self.switches)
            .into_iter()
            .partition(|(name, _)| keep(name));
        self.switches = kept;
        for (name, before) in old {
            // With an interface that is gone its switch is gone as well.
            let there = self.interfaces.named(&name).is_some();
            if let (true, Err(error)) = (there, fs::write(promotion(&name), before)) {
                self.log.info(format!(
                    "promote_secondaries of {name} cannot be set back: {error}"
                ));
            }
        }
    }
}

/// Where the kernel keeps whether secondary addresses are promoted.
fn promotion(interface: &str) -> String {
    format!("/proc/sys/net/ipv4/conf/{interface}/promote_secondaries")
}
