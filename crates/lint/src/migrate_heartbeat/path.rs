//! The path that adverts take. VRRP has one for each instance, where heartbeat may have several.

use std::collections::BTreeSet;
use std::net::IpAddr;

use heartbeat_conf::model::{MediumKind, Method};

use super::cluster::Cluster;
use super::resources::Instance;
use super::table::{Fate, Row, row};
use super::timing;

/// The way of all adverts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Path {
    /// Interfaces that heartbeat had paths on, in order.
    pub(super) interfaces: Vec<String>,
    /// Where adverts go to.
    pub(super) to: To,
    /// UDP ports of heartbeat that are no longer needed.
    pub(super) ports: Vec<u16>,
    /// 2 or 3.
    pub(super) version: u8,
    /// Time between adverts, in milliseconds.
    pub(super) advert: u64,
    /// The password of adverts, where there is one.
    pub(super) password: Option<String>,
}

/// Where adverts go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    /// All on the link, through VRRP's own group, or one that was used before.
    Group(Option<std::net::Ipv4Addr>),
    /// The other nodes: for each node of the cluster the address that others reach it by; none where no file says it.
    Nodes(Vec<Option<IpAddr>>),
}

impl Path {
    pub(super) fn of(cluster: &Cluster<'_>, table: &mut Vec<Row>) -> Self {
        let media = &cluster.common.settings.media;
        let mut interfaces: Vec<String> = Vec::new();
        for interface in media.iter().filter_map(|medium| medium.kind.interface()) {
            if !interfaces.iter().any(|known| known == interface) {
                interfaces.push(interface.to_owned());
            }
        }
        let to = destination(cluster, table);
        rows(cluster, &to, &interfaces, table);
        let ports: BTreeSet<u16> = media.iter().filter_map(|medium| medium.kind.port()).collect();
        let keepalive = cluster.common.settings.times.keepalive.value;
        let v6_only = cluster.common.groups.iter().any(|group| {
            let mut addresses = super::address::addresses(group).peekable();
            addresses.peek().is_some() && addresses.all(|address| address.address.is_ipv6())
        });
        let version = if keepalive.is_multiple_of(1000) && !v6_only {
            2
        } else {
            3
        };
        let advert = if version == 2 {
            keepalive.clamp(1000, 255_000)
        } else {
            (keepalive.div_ceil(10) * 10).clamp(10, 40_950)
        };
        let key = cluster
            .common
            .keys
            .signing()
            .filter(|key| key.method != Method::Crc && version == 2);
        let password = key.and_then(|key| {
            let letters = key.secret.iter().filter(|byte| byte.is_ascii_alphanumeric());
            let text: String = letters.take(8).map(|byte| char::from(*byte)).collect();
            (!text.is_empty()).then_some(text)
        });
        Self {
            interfaces,
            to,
            ports: ports.into_iter().collect(),
            version,
            advert,
            password,
        }
    }

    /// `advert_int`, in seconds.
    pub(super) fn advert_text(&self) -> String {
        timing::number(self.advert)
    }

    /// `vrrp_startup_delay`, in seconds: what `initdead` is longer than what an instance waits for anyway.
    pub(super) fn startup_delay(&self, cluster: &Cluster<'_>) -> u64 {
        let initdead = cluster.common.settings.times.initdead.value;
        initdead
            .saturating_sub(timing::master_down(self, super::resources::HIGHEST))
            .div_ceil(1000)
    }

    /// The interface that an instance's adverts go by: that of its address when adverts can go there.
    pub(super) fn interface(&self, wanted: Option<&str>) -> String {
        let wanted = wanted.filter(|wanted| {
            self.interfaces.is_empty() || self.interfaces.iter().any(|known| known == wanted)
        });
        wanted
            .map(ToOwned::to_owned)
            .or_else(|| self.interfaces.first().cloned())
            .unwrap_or_else(|| "eth0".to_owned())
    }

    /// What to change at the firewall.
    pub(super) fn firewall(&self, cluster: &Cluster<'_>, instances: &[Instance]) -> Vec<String> {
        let mut out = Vec::new();
        match &self.to {
            To::Group(group) => {
                let v4 = group.map_or("224.0.0.18".to_owned(), |group| group.to_string());
                for (group, command, v6) in
                    [(v4.as_str(), "iptables", false), ("ff02::12", "ip6tables", true)]
                {
                    if instances.iter().any(|instance| instance.v6 == v6) {
                        out.push(format!(
                            "let in and out, on every node: IP protocol 112 (VRRP) to {group}, such as \
                             `{command} -I INPUT -p 112 -d {group} -j ACCEPT`"
                        ));
                    }
                }
            }
            To::Nodes(addresses) => {
                for (member, address) in cluster.members.iter().zip(addresses) {
                    let Some(address) = address else { continue };
                    let command = if address.is_ipv6() {
                        "ip6tables"
                    } else {
                        "iptables"
                    };
                    out.push(format!(
                        "let in on the other nodes: IP protocol 112 (VRRP) from {} ({address}), such as \
                         `{command} -I INPUT -p 112 -s {address} -j ACCEPT`",
                        member.name
                    ));
                }
            }
        }
        for port in &self.ports {
            out.push(format!(
                "no longer needed once heartbeat is gone from all nodes: UDP port {port}"
            ));
        }
        out
    }
}

/// The group, when any path was for all; otherwise the nodes' own addresses, each of which stands in the other nodes' files.
fn destination(cluster: &Cluster<'_>, table: &mut Vec<Row>) -> To {
    let media = &cluster.common.settings.media;
    let group = media.iter().find_map(|medium| match medium.kind {
        MediumKind::Multicast { group, .. } => Some(group),
        _ => None,
    });
    let for_all = media.iter().any(|medium| {
        matches!(
            medium.kind,
            MediumKind::Broadcast { .. } | MediumKind::Multicast { .. } | MediumKind::Multicast6 { .. }
        )
    });
    let by_nodes = media.iter().any(|medium| {
        matches!(
            medium.kind,
            MediumKind::Unicast { .. } | MediumKind::Unicast6 { .. }
        )
    });
    if for_all || !by_nodes {
        return To::Group(group);
    }
    let addresses = own_addresses(cluster);
    if addresses.iter().any(Option::is_none) {
        table.push(row(
            "ucast",
            "unicast_src_ip, unicast_peer",
            Fate::ByHand,
            "the files do not tell which address is whose: give the folders of all nodes, or put the addresses in where the files \
             have a comment",
        ));
    }
    To::Nodes(addresses)
}

/// The address that each node is reached by. Of two nodes each one's peer is the other; among more, a node's own address is the
/// one that is nobody else's.
fn own_addresses(cluster: &Cluster<'_>) -> Vec<Option<IpAddr>> {
    let peers: Vec<Option<BTreeSet<IpAddr>>> = cluster
        .members
        .iter()
        .map(|member| {
            let (_, configuration) = member.files?;
            let kinds = configuration.settings.media.iter().map(|medium| &medium.kind);
            let found = kinds.filter_map(|kind| match kind {
                MediumKind::Unicast { address, .. } => address.map(IpAddr::V4),
                MediumKind::Unicast6 { address, .. } => address.map(IpAddr::V6),
                _ => None,
            });
            Some(found.collect())
        })
        .collect();
    let all: BTreeSet<IpAddr> = peers.iter().flatten().flatten().copied().collect();
    (0..cluster.members.len())
        .map(|own| {
            // A line that names the node itself is ignored there, so files that are the same on all tell nothing.
            let only_one = |of: &BTreeSet<IpAddr>| {
                let mut rest = all.difference(of);
                rest.next().copied().filter(|_| rest.next().is_none())
            };
            let not_mine = peers[own].as_ref().and_then(only_one);
            let of_other = (cluster.members.len() == 2)
                .then(|| peers[1 - own].as_ref())
                .flatten()
                .filter(|peers| peers.len() == 1)
                .and_then(|peers| peers.first().copied());
            of_other.or(not_mine)
        })
        .collect()
}

fn rows(cluster: &Cluster<'_>, to: &To, interfaces: &[String], table: &mut Vec<Row>) {
    let media = &cluster.common.settings.media;
    let serial_only = !media.is_empty() && interfaces.is_empty();
    for medium in media {
        let name = medium.kind.directive();
        let interface = medium.kind.interface().unwrap_or_default();
        table.push(match (&medium.kind, to) {
            (MediumKind::Serial { device, .. }, _) => row(
                format!("serial {device}"),
                "-",
                if serial_only {
                    Fate::Blocking
                } else {
                    Fate::Different
                },
                if serial_only {
                    "VRRP needs a network between the nodes, and there is no other path"
                } else {
                    "VRRP knows no serial lines: a path less"
                },
            ),
            (MediumKind::Broadcast { .. }, _) => row(
                format!("bcast {interface}"),
                format!("interface {interface}"),
                Fate::Same,
                "multicast takes its place",
            ),
            (MediumKind::Multicast { group, .. }, To::Group(Some(used))) if group == used => row(
                format!("mcast {interface} {group}"),
                format!("vrrp_mcast_group4 {group}"),
                Fate::Same,
                "adverts are sent with time to live 255; take the line out to use VRRP's own group",
            ),
            (MediumKind::Multicast { group, .. }, _) => row(
                format!("mcast {interface} {group}"),
                "-",
                Fate::Different,
                "one group is enough",
            ),
            (MediumKind::Multicast6 { group, .. }, _) => row(
                format!("mcast6 {interface} {group}"),
                format!("interface {interface}"),
                Fate::Different,
                "VRRP uses its own group",
            ),
            (MediumKind::Unicast { peer, .. } | MediumKind::Unicast6 { peer, .. }, To::Nodes(_)) => row(
                format!("{name} {interface} {peer}"),
                "unicast_src_ip, unicast_peer",
                Fate::Same,
                "",
            ),
            (MediumKind::Unicast { peer, .. } | MediumKind::Unicast6 { peer, .. }, To::Group(_)) => row(
                format!("{name} {interface} {peer}"),
                "-",
                Fate::Gone,
                "adverts go to all on the link already",
            ),
        });
    }
    if interfaces.len() > 1 {
        table.push(row(
            format!("paths on {}", interfaces.join(", ")),
            "adverts on one interface, the others tracked",
            Fate::Different,
            "a cut of that one interface is enough for both nodes to be master; a second path no longer helps",
        ));
    }
}
