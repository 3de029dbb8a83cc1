//! Making and removing interfaces with virtual MAC addresses, and the settings of the kernel that they need.
//!
//! Addresses of IPv4 are answered for by the interface that they are on alone, so the interface below is told not to; and packets
//! for them come from addresses that are routed by the interface below, so nobody may filter by that. What settings were is kept
//! in the alias of the new interface as well: a program that died can be cleaned up after.

use std::borrow::Cow;
use std::io;
use std::net::IpAddr;

use keepalived_conf::model::Config;

use super::Node;
use crate::log::Level;
use crate::netlink::{AboveSpec, AddressSpec, Change, Held, Link};
use crate::sysctl;
use crate::vmac::{Kind, Vmac, plan};

/// What begins the alias of an interface that this program made.
const ALIAS: &str = "keepalived";

/// The setting that has the kernel report memberships of groups that never leave their link.
const LOCAL_REPORTS: &str = "ipv4/igmp_link_local_mcast_reports";

/// The longest alias.
const MAX_ALIAS: usize = 250;

impl Node {
    /// Makes the interfaces that a configuration asks for, and removes those that it no longer does. Gives it with the instances
    /// and addresses on them.
    pub(super) fn place<'c>(&mut self, config: &'c Config) -> Cow<'c, Config> {
        let wants = |instance: &keepalived_conf::model::VrrpInstance| {
            let mut all = instance.addresses.iter().chain(&instance.excluded);
            instance.vmac.is_some() || instance.ipvlan.is_some() || all.any(|address| address.vmac)
        };
        if self.vmacs.is_empty() && !config.instances.iter().any(wants) {
            return Cow::Borrowed(config);
        }
        let mut placed = config.clone();
        let now = plan(&mut placed.instances, &config.global, &self.interfaces);
        let gone: Vec<Vmac> = self
            .vmacs
            .iter()
            .filter(|old| {
                !now.iter()
                    .any(|new| (&new.name, &new.base, new.kind) == (&old.name, &old.base, old.kind))
            })
            .cloned()
            .collect();
        // Whoever uses them says goodbye first.
        self.leaving.extend(gone);
        self.vmacs = now;
        Cow::Owned(placed)
    }

    /// Has the kernel report nothing of groups that never leave their link, where that is wanted (`disable_local_igmp`).
    pub(super) fn silence_local_groups(&mut self) {
        if self.global.disable_local_igmp {
            self.set(LOCAL_REPORTS, "0");
        }
    }

    /// Makes those interfaces that are not there and can be.
    pub(super) fn make_vmacs(&mut self) {
        let mut made: Vec<Vmac> = Vec::new();
        for vmac in self.vmacs.clone() {
            let Some(base) = self.interfaces.named(&vmac.base).cloned() else {
                continue;
            };
            match self.interfaces.named(&vmac.name) {
                Some(link) if self.diverted.contains(&link.index) => continue,
                Some(link) if vmac.is(link, Some(base.index)) => {
                    self.log
                        .info(format!("({}) Found matching interface {}", vmac.owner, vmac.name));
                    for (name, value) in told_by(&link.alias) {
                        self.settings.recall(name, value);
                    }
                }
                Some(link) if link.macvlan || link.ipvlan.is_some() => {
                    let index = link.index;
                    self.report(&vmac, "replaced", |node| node.channel.remove_link(index));
                    if !self.create(&vmac, &base) {
                        continue;
                    }
                }
                Some(_) => {
                    let kind = match vmac.kind {
                        Kind::Macvlan(_) => "a private macvlan",
                        Kind::Ipvlan { .. } => "an l2 ipvlan",
                    };
                    self.log.at(
                        Level::Error,
                        format!(
                            "({}) interface {} already exists and is not {kind}",
                            vmac.owner, vmac.name
                        ),
                    );
                    continue;
                }
                None => {
                    if !self.create(&vmac, &base) {
                        continue;
                    }
                    self.log.info(format!(
                        "({}): Success creating {} interface {}",
                        vmac.owner,
                        kind_words(&vmac),
                        vmac.name
                    ));
                }
            }
            made.push(vmac);
        }
        if made.is_empty() {
            return;
        }
        self.settle_reverse_path();
        self.refresh(&made);
        for vmac in &made {
            self.finish(vmac);
        }
        self.refresh(&made);
    }

    fn create(&mut self, vmac: &Vmac, base: &Link) -> bool {
        let made = self.channel.add_above(&AboveSpec {
            name: &vmac.name,
            base: base.index,
            kind: vmac.kind,
            group: vmac.group,
        });
        if let (Err(error), Kind::Ipvlan { .. }) = (&made, vmac.kind) {
            let (owner, name) = (&vmac.owner, &vmac.name);
            self.log.at(
                Level::Error,
                format!("({owner}): Unable to create ipvlan interface {name}: {error}"),
            );
            return false;
        }
        self.report(vmac, "created", |_| made)
    }

    /// Does something with an interface, and says so when it cannot be done.
    fn report(&mut self, vmac: &Vmac, what: &str, work: impl FnOnce(&mut Self) -> io::Result<()>) -> bool {
        let done = work(self);
        if let Err(error) = &done {
            self.log.at(
                Level::Error,
                format!(
                    "({}) {} interface {} cannot be {what}: {error}",
                    vmac.owner,
                    kind_words(vmac),
                    vmac.name
                ),
            );
        }
        done.is_ok()
    }

    /// Takes note of what has become of them, before netlink tells.
    fn refresh(&mut self, made: &[Vmac]) {
        match self.channel.links() {
            Ok(links) => {
                for link in links {
                    if made.iter().any(|vmac| vmac.name == link.name) {
                        self.interfaces.apply(Change::Link(link));
                    }
                }
            }
            Err(error) => self
                .log
                .info(format!("Netlink: interfaces cannot be read: {error}")),
        }
    }

    /// Sets an interface up, with all that it needs.
    fn finish(&mut self, vmac: &Vmac) {
        let (Some(link), Some(base)) = (
            self.interfaces.named(&vmac.name).cloned(),
            self.interfaces.named(&vmac.base).cloned(),
        ) else {
            return;
        };
        if let Kind::Ipvlan { address, .. } = vmac.kind {
            return self.finish_ipvlan(vmac, &link, address);
        }
        let name = &vmac.name;
        let mut own = vec![(format!("ipv6/conf/{name}/addr_gen_mode"), "1")];
        if !vmac.ipv6 {
            own.extend([
                (format!("ipv6/conf/{name}/disable_ipv6"), "1"),
                (format!("ipv4/conf/{name}/arp_ignore"), "1"),
                (format!("ipv4/conf/{name}/accept_local"), "1"),
                (format!("ipv4/conf/{name}/rp_filter"), "0"),
                (format!("ipv4/conf/{name}/promote_secondaries"), "1"),
            ]);
        }
        for (setting, value) in own {
            match sysctl::put(&setting, value) {
                // A machine without IPv6 has no settings of it.
                Err(error) if error.kind() == io::ErrorKind::NotFound && setting.starts_with("ipv6") => {}
                Err(error) => self.tell_setting(&setting, &error),
                Ok(()) => {}
            }
        }
        if !vmac.ipv6 {
            for setting in ["arp_ignore", "arp_filter"] {
                self.set(&format!("ipv4/conf/{}/{setting}", vmac.base), "1");
            }
        }
        let alias = self.alias(vmac);
        self.report(vmac, "set up", |node| {
            node.channel.set_link_up(link.index, &alias)
        });
        if vmac.ipv6 {
            self.lend_address(vmac, &link, &base);
        }
        self.diverted.push(link.index);
        if !link.up {
            self.fresh.push(link.index);
        }
        // Where nothing is reported, nothing need be sent elsewhere.
        if self.global.disable_local_igmp && !vmac.ipv6 {
            return;
        }
        if let Err(error) = self.firewall.divert(link.index, base.index, vmac.ipv6) {
            self.log.info(format!(
                "({}) memberships of groups are told with the MAC address of {name}: {error}",
                vmac.owner
            ));
        }
    }

    /// Sets an ipvlan up. The kernel answers for its addresses by itself: no setting has to be another.
    fn finish_ipvlan(&mut self, vmac: &Vmac, link: &Link, address: Option<(IpAddr, u8)>) {
        self.report(vmac, "set up", |node| node.channel.set_link_up(link.index, ALIAS));
        if let Some((address, prefix)) = address {
            self.lend(vmac, link, (address, prefix));
        }
        self.diverted.push(link.index);
        if !link.up {
            self.fresh.push(link.index);
        }
    }

    /// Adverts of IPv6 come from the address that the interface below has on its link.
    fn lend_address(&mut self, vmac: &Vmac, link: &Link, base: &Link) {
        let Some(address) = self.interfaces.first_address(base.index, false, |_| false) else {
            return;
        };
        self.lend(vmac, link, (address, 64));
    }

    /// Sets an address on an interface for adverts to come from.
    fn lend(&mut self, vmac: &Vmac, link: &Link, (address, prefix): (IpAddr, u8)) {
        use keepalived_conf::model::Scope;

        let of_link = matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
        let spec = AddressSpec {
            index: link.index,
            address,
            prefix,
            scope: (if of_link { Scope::Link } else { Scope::Global }).number(),
            label: None,
            broadcast: None,
            peer: None,
            signed: false,
            flags: if address.is_ipv6() {
                crate::address::NO_DAD
            } else {
                0
            },
            preferred_lifetime: address.is_ipv6().then_some(0),
        };
        match self.channel.add(&spec) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                let (owner, name) = (&vmac.owner, &vmac.name);
                self.log.info(format!(
                    "({owner}) address {address} cannot be set on {name}: {error}"
                ));
            }
            _ => {
                self.interfaces.apply(Change::Address(Held {
                    index: link.index,
                    address,
                    prefix,
                    secondary: false,
                    protocol: 0,
                }));
            }
        }
    }

    /// Where packets are filtered by where they would be answered to on all interfaces, each is told by itself, so that those with
    /// virtual addresses can do without.
    fn settle_reverse_path(&mut self) {
        let all = "ipv4/conf/all/rp_filter";
        let wanted = match sysctl::get(all) {
            Ok(value) if value != "0" && self.vmacs.iter().any(Vmac::needs_settings) => value,
            _ => return,
        };
        let at_least = |setting: &str| {
            let own = sysctl::get(setting).ok()?;
            (own < wanted).then_some(own)
        };
        let default = "ipv4/conf/default/rp_filter";
        if let Some(own) = at_least(default) {
            self.log.info(format!(
                "NOTICE: setting sysctl net.ipv4.conf.default.rp_filter from {own} to {wanted}"
            ));
            self.set(default, &wanted);
        }
        for name in sysctl::interfaces() {
            let setting = format!("ipv4/conf/{name}/rp_filter");
            if at_least(&setting).is_some() && !self.vmacs.iter().any(|vmac| vmac.name == name) {
                self.set(&setting, &wanted);
            }
        }
        self.log.info(format!(
            "NOTICE: setting sysctl net.ipv4.conf.all.rp_filter from {wanted} to 0"
        ));
        self.set(all, "0");
    }

    fn set(&mut self, setting: &str, value: &str) {
        if let Err(error) = self.settings.set(setting, value) {
            self.tell_setting(setting, &error);
        }
    }

    fn tell_setting(&self, setting: &str, error: &io::Error) {
        let setting = setting.replace('/', ".");
        self.log
            .info(format!("sysctl net.{setting} cannot be set: {error}"));
    }

    /// What the settings were, for whoever has to clean up.
    fn alias(&self, vmac: &Vmac) -> String {
        let below = format!("ipv4/conf/{}/", vmac.base);
        let mut alias = ALIAS.to_owned();
        let (first, others): (Vec<_>, Vec<_>) = self.settings.all().partition(|(name, _)| {
            name.starts_with(&below) || name.contains("/all/") || name.contains("/default/")
        });
        for (name, value) in first.into_iter().chain(others) {
            if alias.len() + name.len() + value.len() + 2 <= MAX_ALIAS {
                alias.push_str(&format!(" {name}={value}"));
            }
        }
        alias
    }

    /// Removes interfaces, and makes the settings what they were where nobody needs them any more.
    fn remove_vmacs(&mut self, gone: &[Vmac]) {
        for vmac in gone {
            let Some(link) = self.interfaces.named(&vmac.name).cloned() else {
                continue;
            };
            let Some(at) = self.diverted.iter().position(|index| *index == link.index) else {
                // It is not ours.
                continue;
            };
            self.diverted.remove(at);
            // What is no longer there needs no rule.
            if let Kind::Macvlan(_) = vmac.kind
                && let Err(error) = self.firewall.end_diversion(link.index, vmac.ipv6)
            {
                self.log
                    .detail(format!("nftables: {} cannot be taken out: {error}", vmac.name));
            }
            if self.report(vmac, "removed", |node| node.channel.remove_link(link.index)) {
                self.interfaces.apply(Change::LinkGone(link.clone()));
                self.log.info(format!(
                    "({}) Success removing {} interface {}",
                    vmac.owner,
                    kind_words(vmac),
                    vmac.name
                ));
            }
        }
        let vmacs = self.vmacs.clone();
        let needs_filter = vmacs.iter().any(Vmac::needs_settings);
        let restored = self.settings.restore(|name| {
            if name == LOCAL_REPORTS {
                return self.stopping || !self.global.disable_local_igmp;
            }
            if name.ends_with("/rp_filter") {
                return !needs_filter;
            }
            let is_below =
                |vmac: &Vmac| vmac.needs_settings() && name.starts_with(&format!("ipv4/conf/{}/", vmac.base));
            !vmacs.iter().any(is_below)
        });
        for (name, value) in restored {
            if name.contains("/all/") || name.contains("/default/") {
                let name = name.replace('/', ".");
                self.log
                    .info(format!("NOTICE: resetting sysctl net.{name} to {value}"));
            }
        }
    }

    /// Removes those that another configuration no longer asks for.
    pub(super) fn remove_left_vmacs(&mut self) {
        let gone = std::mem::take(&mut self.leaving);
        if !gone.is_empty() {
            self.remove_vmacs(&gone);
        }
    }

    /// Sends memberships past all of them again, for a table that is new.
    pub(super) fn divert_again(&mut self) {
        let macvlans = |vmac: &&Vmac| matches!(vmac.kind, Kind::Macvlan(_));
        for vmac in self.vmacs.iter().filter(macvlans) {
            let (Some(link), Some(base)) = (
                self.interfaces.named(&vmac.name),
                self.interfaces.named(&vmac.base),
            ) else {
                continue;
            };
            if let Err(error) = self.firewall.divert(link.index, base.index, vmac.ipv6) {
                self.log
                    .info(format!("({}) {}: nftables: {error}", vmac.owner, vmac.name));
            }
        }
    }

    /// Removes all of them at the end.
    pub(super) fn end_vmacs(&mut self) {
        if self.options.keep_addresses {
            return;
        }
        let all = std::mem::take(&mut self.vmacs);
        self.remove_vmacs(&all);
    }

    /// Whether what netlink tells of a link is about the time when it was being made.
    pub(super) fn is_of_its_making(&mut self, link: &Link) -> bool {
        let Some(at) = self.fresh.iter().position(|index| *index == link.index) else {
            return false;
        };
        if link.up {
            self.fresh.remove(at);
        }
        !link.up
    }

    /// An interface of ours is gone, whoever removed it.
    pub(super) fn forget_vmac(&mut self, index: u32) {
        self.diverted.retain(|one| *one != index);
        self.fresh.retain(|one| *one != index);
    }

    /// The interface below one with a virtual MAC address; of all others themselves.
    pub(super) fn below<'n>(&'n self, interface: &'n str) -> &'n str {
        let vmac = self.vmacs.iter().find(|vmac| vmac.name == interface);
        vmac.map_or(interface, |vmac| &vmac.base)
    }

    /// Whether an interface can be used; one with a virtual MAC address if it is set up and the one below can be.
    pub(super) fn is_interface_usable(&self, interface: &str) -> bool {
        let below = self.below(interface);
        let usable = |name: &str| self.interfaces.named(name).is_some_and(Link::is_usable);
        if below == interface {
            return usable(interface);
        }
        usable(below)
            && self
                .interfaces
                .named(interface)
                .is_some_and(|link| link.up && self.diverted.contains(&link.index))
    }

    /// Whether an instance has something to do with an interface: it is its own, or above or below it.
    pub(super) fn stands_on(&self, at: usize, interface: &str) -> bool {
        let instance = &self.routers[at].instance;
        instance.interface == interface
            || self.vmacs.iter().any(|vmac| {
                vmac.main && vmac.owner == instance.name && (vmac.name == interface || vmac.base == interface)
            })
    }

    /// Whether the interface with the virtual MAC address that an instance has beside its own is there.
    pub(super) fn has_vmac(&self, at: usize) -> bool {
        let name = &self.routers[at].instance.name;
        let mut own = self.vmacs.iter().filter(|vmac| vmac.main && vmac.owner == *name);
        own.all(|vmac| {
            let link = self.interfaces.named(&vmac.name);
            link.is_some_and(|link| link.up && self.diverted.contains(&link.index))
        })
    }

    /// The instance's interface with a virtual MAC address.
    pub(crate) fn vmac_of(&self, instance: &str) -> Option<&Vmac> {
        self.vmacs.iter().find(|vmac| vmac.main && vmac.owner == instance)
    }
}

/// What an interface is called in what is told of it.
fn kind_words(vmac: &Vmac) -> &'static str {
    match vmac.kind {
        Kind::Macvlan(_) => "VMAC",
        Kind::Ipvlan { .. } => "IPVLAN",
    }
}

/// The settings that an alias tells of.
fn told_by(alias: &str) -> Vec<(&str, &str)> {
    let mut words = alias.split(' ');
    if words.next() != Some(ALIAS) {
        return Vec::new();
    }
    // An alias that somebody else wrote names no file outside of these.
    let known = ["/arp_ignore", "/arp_filter", "/rp_filter"];
    words
        .filter_map(|word| word.split_once('='))
        .filter(|(name, value)| {
            let is_one = name.starts_with("ipv4/conf/") && known.iter().any(|end| name.ends_with(end));
            is_one
                && !name.contains("..")
                && value.len() == 1
                && value.bytes().all(|byte| byte.is_ascii_digit())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_tells_settings_and_nothing_else() {
        let alias = "keepalived ipv4/conf/eth0/arp_ignore=2 ipv4/conf/../../../x/arp_filter=1 kernel/panic=1 \
                     ipv4/conf/all/rp_filter=1 ipv4/conf/eth0/arp_filter=100";
        assert_eq!(
            told_by(alias),
            [
                ("ipv4/conf/eth0/arp_ignore", "2"),
                ("ipv4/conf/all/rp_filter", "1")
            ]
        );
        assert_eq!(told_by("uplink ipv4/conf/eth0/arp_ignore=2"), []);
    }
}
