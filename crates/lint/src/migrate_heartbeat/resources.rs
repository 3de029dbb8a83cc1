//! Groups of haresources: an instance of VRRP for each, and what becomes of resources that are no addresses.

use std::collections::BTreeSet;
use std::net::IpAddr;

use heartbeat_conf::model::{Group, Resource, ResourceKind};

use super::address::{addresses, line};
use super::cluster::{Cluster, MigrationError};
use super::path::Path;
use super::table::{Fate, Row, row};

/// Priority of a group's owner.
pub(super) const HIGHEST: u8 = 200;

/// Priority of the node at that place in the order of a group's nodes. Ten lie between two, so that a lost ping node (see
/// [`super::pings::WEIGHT`]) moves an address.
pub(super) fn priority(place: usize) -> u8 {
    u8::try_from(place.saturating_mul(10)).map_or(1, |less| HIGHEST.saturating_sub(less).max(1))
}

/// An instance, the same on all nodes but for the priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Instance {
    /// Its name.
    pub(super) name: String,
    /// Whose it is when all are there.
    pub(super) owner: String,
    /// Whether its adverts go by IPv6, as its addresses are of that family.
    pub(super) v6: bool,
    /// Interface of its adverts.
    pub(super) interface: String,
    /// Its `virtual_router_id`.
    pub(super) router: u8,
    /// Lines of `virtual_ipaddress`.
    pub(super) addresses: Vec<String>,
    /// Lines of `virtual_ipaddress_excluded`: addresses of the other family.
    pub(super) excluded: Vec<String>,
    /// Interfaces whose loss means that the addresses cannot be served.
    pub(super) tracked: Vec<String>,
    /// Services that are started with the addresses, in order.
    pub(super) services: Vec<String>,
    /// Who is told by mail.
    pub(super) mail: Option<String>,
}

/// What is not safe without a cluster that guards it: two nodes that do not hear each other would both use the disk.
const STORAGE: &[&str] = &[
    "Filesystem",
    "LVM",
    "Raid1",
    "LinuxSCSI",
    "ServeRAID",
    "ICP",
    "ids",
    "drbddisk",
    "drbdupper",
    "db2",
];
/// Scripts of heartbeat itself that do nothing keepalived would need.
const NEEDLESS: &[&str] = &["SendArp", "Delay", "AudibleAlarm", "WinPopup"];

pub(super) fn instances(
    cluster: &Cluster<'_>,
    path: &Path,
    table: &mut Vec<Row>,
) -> Result<Vec<Instance>, MigrationError> {
    let mut out = Vec::new();
    let mut routers = BTreeSet::new();
    for group in &cluster.common.groups {
        let Some(first) = addresses(group).next() else {
            table.push(row(
                format!("{} {}", group.owner, texts(group)),
                "-",
                Fate::ByHand,
                "nothing has an address here for keepalived to move; start these services another way",
            ));
            continue;
        };
        let v6 = addresses(group).all(|address| address.address.is_ipv6());
        let interface = path.interface(first.interface.as_deref());
        let mut instance = Instance {
            name: format!("group_{}", out.len() + 1),
            owner: group.owner.clone(),
            v6,
            interface: interface.clone(),
            router: router(first.address, &mut routers),
            addresses: Vec::new(),
            excluded: Vec::new(),
            tracked: Vec::new(),
            services: Vec::new(),
            mail: None,
        };
        for resource in &group.resources {
            take(resource, &mut instance, v6, table);
        }
        let own = instance.interface.clone();
        let further = addresses(group).filter_map(|address| address.interface.clone());
        for name in further.chain(path.interfaces.iter().cloned()) {
            if name != own && !instance.tracked.contains(&name) {
                instance.tracked.push(name);
            }
        }
        if instance.services.len() + instance.addresses.len() + instance.excluded.len() > 1
            && !instance.services.is_empty()
        {
            table.push(row(
                format!("the order of {}", texts(group)),
                "addresses first, then services in their order; stopped the other way round",
                Fate::Different,
                "heartbeat starts from left to right, addresses among the rest; a service that fails keeps no address from being \
                 taken",
            ));
        }
        out.push(instance);
    }
    if out.is_empty() {
        return Err(MigrationError::NoAddress);
    }
    if out.len() > 1 {
        table.push(row(
            "several lines of haresources",
            "an instance for each",
            Fate::Same,
            "each line moves by itself, as before",
        ));
    }
    Ok(out)
}

fn texts(group: &Group) -> String {
    let all: Vec<String> = group.resources.iter().map(Resource::full).collect();
    all.join(" ")
}

/// A number that no other instance has: the last of the address where it is free.
fn router(address: IpAddr, taken: &mut BTreeSet<u8>) -> u8 {
    let last = match address {
        IpAddr::V4(address) => address.octets()[3],
        IpAddr::V6(address) => address.octets()[15],
    };
    let free = (last.max(1)..=255)
        .chain(1..=255)
        .find(|number| !taken.contains(number));
    let number = free.unwrap_or(255);
    taken.insert(number);
    number
}

fn take(resource: &Resource, instance: &mut Instance, v6: bool, table: &mut Vec<Row>) {
    let name = resource.name.as_str();
    let full = resource.full();
    if let ResourceKind::Address(address) = &resource.kind {
        let text = line(address, &instance.interface);
        let note = match (&address.interface, address.prefix) {
            (None, None) => format!(
                "heartbeat asks the route to it for interface and mask; here it is the interface of adverts and one address: compare \
                 with `ip route get {}`",
                address.address
            ),
            (None, Some(_)) => format!(
                "heartbeat asks the route to it for the interface; here it is that of adverts: compare with `ip route get {}`",
                address.address
            ),
            (Some(_), None) => {
                "heartbeat takes the mask of the route to it; here it is one address".to_owned()
            }
            (Some(_), Some(_)) => String::new(),
        };
        let fate = if note.is_empty() {
            Fate::Same
        } else {
            Fate::Different
        };
        table.push(row(full, format!("virtual_ipaddress {text}"), fate, note));
        if address.address.is_ipv6() == v6 {
            instance.addresses.push(text);
        } else {
            instance.excluded.push(text);
        }
        return;
    }
    if STORAGE.contains(&name) {
        table.push(row(
            full,
            "-",
            Fate::Blocking,
            "not safe under VRRP: nodes that do not hear each other would both use the disk. Keep such a group in a cluster with \
             fencing, or share the data another way",
        ));
    } else if name == "OCF" || name.starts_with("ocf:") {
        table.push(row(
            full,
            "-",
            Fate::Blocking,
            "an OCF agent needs a cluster manager that calls it; make the service one of systemd, and name that in haresources first",
        ));
    } else if NEEDLESS.contains(&name) {
        table.push(row(
            full,
            "-",
            Fate::Gone,
            "keepalived tells neighbours by itself (garp_master_delay, garp_master_refresh)",
        ));
    } else if name == "MailTo" {
        let to = resource.arguments.first().cloned();
        table.push(row(
            full,
            "notification_email, smtp_alert",
            Fate::Same,
            "by the mail server on 127.0.0.1",
        ));
        instance.mail = to;
    } else if name == "IPsrcaddr" {
        let address = resource.arguments.first().map_or("ADDRESS", String::as_str);
        table.push(row(
            full,
            "virtual_routes",
            Fate::ByHand,
            format!(
                "`virtual_routes {{ default via GATEWAY dev {} src {address} metric 1 }}` in the instance, with the gateway put in",
                instance.interface
            ),
        ));
    } else if matches!(name, "IPaddr" | "IPaddr2" | "IPv6addr") {
        table.push(row(full, "-", Fate::Blocking, "its address cannot be read"));
    } else if matches!(name, "portblock" | "Xinetd" | "WAS" | "apache") {
        table.push(row(
            full,
            "-",
            Fate::ByHand,
            "a script of heartbeat's own, which goes with it; start what it starts by a service of systemd",
        ));
    } else {
        let arguments = if resource.arguments.is_empty() {
            ""
        } else {
            "; the service gets none of its arguments"
        };
        table.push(row(
            full,
            format!("notify_master, notify_backup, notify_fault, notify_stop: service {name}"),
            if resource.arguments.is_empty() {
                Fate::Same
            } else {
                Fate::Different
            },
            format!("do not let the machine start it by itself{arguments}"),
        ));
        instance.services.push(name.to_owned());
    }
}
