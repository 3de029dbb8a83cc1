//! Dropping packets for the addresses of instances that do not accept them.

use super::Node;
use crate::firewall::{Firewall, Place};
use crate::netlink::AddressSpec;

impl Node {
    /// Whether some instance needs the table.
    pub(super) fn uses_firewall(&self) -> bool {
        self.routers.iter().any(|router| !router.instance.accept)
    }

    /// Drops packets for the addresses that an instance is about to set.
    pub(super) fn drop_packets(&mut self, at: usize, addresses: &[AddressSpec]) {
        if self.routers[at].instance.accept {
            return;
        }
        // Those that are there already must not be added again.
        self.pass_packets(at);
        let instance = &self.routers[at].instance;
        let places: Vec<Place<'_>> = addresses
            .iter()
            .filter_map(|address| {
                Some(Place {
                    address: address.address,
                    index: address.index,
                    name: &self.interfaces.numbered(address.index)?.name,
                    may_go: instance.dont_track_primary,
                })
            })
            .collect();
        match self.firewall.begin(&places) {
            Ok(dropped) => self.routers[at].dropped = dropped,
            Err(error) => self.log.info(format!(
                "({}) packets for its addresses cannot be dropped: {error}",
                instance.name
            )),
        }
    }

    /// Lets packets for the addresses of an instance in again.
    pub(super) fn pass_packets(&mut self, at: usize) {
        let dropped = std::mem::take(&mut self.routers[at].dropped);
        if dropped.is_empty() {
            return;
        }
        if let Err(error) = self.firewall.end(&dropped) {
            let name = &self.routers[at].instance.name;
            self.log.info(format!(
                "({name}) packets for its addresses are still dropped: {error}"
            ));
        }
    }

    /// Takes other settings, and what instances want now.
    pub(super) fn renew_firewall(&mut self) {
        let used = self.uses_firewall();
        if self.firewall.differs(&self.global.firewall) {
            self.end_firewall();
            self.firewall = Firewall::new(self.global.firewall.clone(), self.log.clone());
            self.divert_again();
        }
        for at in 0..self.routers.len() {
            if !self.is_master(at) || self.routers[at].instance.accept {
                self.pass_packets(at);
            } else if used {
                let set = self.wanted(at);
                self.drop_packets(at, &set);
            }
        }
    }

    /// Takes the table away, if something is in it, or was.
    pub(super) fn end_firewall(&mut self) {
        let keeps = self.stopping && self.options.keep_addresses;
        if keeps || !self.firewall.is_there() {
            return;
        }
        for router in &mut self.routers {
            router.dropped.clear();
        }
        self.firewall.clear();
    }
}
