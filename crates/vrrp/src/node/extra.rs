//! Telling neighbours on other interfaces than an instance's own of its addresses, now and then (`garp_extra_if`): switches forget.

use vrrp_proto::Time;

use super::Node;

impl Node {
    /// Begins to count for an instance that became master, and ends it for one that no longer is.
    pub(super) fn settle_extra(&mut self, at: usize) {
        let extra = self.routers[at].instance.extra_garp;
        let due = extra
            .filter(|_| self.is_master(at))
            .map(|extra| self.clock.now() + extra.every);
        self.routers[at].extra_due = due;
    }

    /// Tells what is due of these instances.
    pub(super) fn announce_elsewhere(&mut self, now: Time, due: &[usize]) {
        for &at in due {
            let router = &self.routers[at];
            let Some(extra) = router.instance.extra_garp else {
                continue;
            };
            if !self.is_master(at) || router.extra_due.is_none_or(|due| now < due) {
                continue;
            }
            self.routers[at].extra_due = Some(now + extra.every);
            let own = self.own_interface(at);
            let instance = &self.routers[at].instance;
            for address in instance.addresses.iter().chain(&instance.excluded) {
                let is_vmac = self.below(&address.interface) != address.interface;
                if address.interface == own || !(extra.all || is_vmac) {
                    continue;
                }
                if let Some(link) = self.interfaces.named(&address.interface) {
                    self.log.detail(format!(
                        "({}) Sending/queueing gratuitous {} on {} for {}",
                        instance.name,
                        if address.address.is_ipv4() { "ARPs" } else { "NAs" },
                        link.name,
                        address.address
                    ));
                    self.announcer.announce(now, link, address.address);
                }
            }
        }
    }

    /// The interface that an instance's addresses are on when they name none.
    fn own_interface(&self, at: usize) -> String {
        let instance = &self.routers[at].instance;
        self.vmac_of(&instance.name)
            .map_or_else(|| instance.interface.clone(), |vmac| vmac.name.clone())
    }
}
