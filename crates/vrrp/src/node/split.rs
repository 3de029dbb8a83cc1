//! Split brain: what others say while an instance is master, and what is done about it.

use std::net::IpAddr;

use vrrp_proto::split::{Sign, SplitAction};

use super::Node;
use crate::announced::Announced;
use crate::log::Level;

impl Node {
    /// Takes an advert that came for an instance which was master before and after it.
    pub(super) fn see_advert(&mut self, at: usize, source: IpAddr) {
        // It may be our own that a switch sent back.
        if self.routers[at].machine.config().source != source {
            self.see(at, Sign::Advert(source));
        }
    }

    /// Takes what another machine announced of an address.
    pub(crate) fn take_announced(&mut self, announced: Announced) {
        let Announced {
            index,
            address,
            hardware,
        } = announced;
        let Some(link) = self.interfaces.numbered(index) else {
            return;
        };
        // Two interfaces of this machine may be on one network.
        if self.interfaces.all().any(|link| link.mac == hardware) {
            return;
        }
        let is_here = |at: &usize| {
            let instance = &self.routers[*at].instance;
            let mut all = instance.addresses.iter().chain(&instance.excluded);
            self.is_master(*at) && all.any(|one| one.address == address && one.interface == link.name)
        };
        if let Some(at) = (0..self.routers.len()).find(is_here) {
            self.see(at, Sign::Moved { address, hardware });
        }
    }

    fn see(&mut self, at: usize, sign: Sign) {
        let now = self.clock.now();
        let router = &mut self.routers[at];
        let interval = router.machine.config().advert_interval;
        let action = router.split.see(now, sign, interval);
        self.act_on_split(at, action);
    }

    /// Lets the watches of these instances go on.
    pub(super) fn handle_split_timeouts(&mut self, due: &[usize]) {
        let now = self.clock.now();
        for &at in due {
            let action = self.routers[at].split.handle_timeout(now);
            self.act_on_split(at, action);
        }
    }

    /// An instance is master no longer.
    pub(super) fn leave_split(&mut self, at: usize) {
        let action = self.routers[at].split.leave();
        self.act_on_split(at, action);
    }

    fn act_on_split(&mut self, at: usize, action: Option<SplitAction>) {
        let Some(action) = action else { return };
        let instance = &self.routers[at].instance;
        let (name, repeat) = (&instance.name, instance.garp.master_repeat);
        match action {
            SplitAction::Began(sign) => {
                let what = match sign {
                    Sign::Advert(source) => format!("{source} is master as well"),
                    Sign::Moved { address, hardware } => {
                        let hardware = crate::dump::mac(&hardware);
                        format!("another machine announces {address} at {hardware}")
                    }
                };
                self.log
                    .at(Level::Warning, format!("({name}) SPLIT BRAIN: {what}"));
                self.announce(at, u8::try_from(repeat).unwrap_or(u8::MAX));
            }
            SplitAction::AnnounceAgain => self.announce(at, u8::try_from(repeat).unwrap_or(u8::MAX)),
            SplitAction::Over => self.log.info(format!("({name}) split brain is over")),
        }
    }
}
