//! Settings of the kernel that bear on a configuration.

use haproxy_cfg::model::{Config, ServerAddr};
use nix::sys::resource::{Resource, getrlimit};

use super::{Grade, Item};
use crate::haproxy::limits::Need;

/// The value of a setting (`net.core.somaxconn`); none where there is no such thing.
pub(super) fn setting(name: &str) -> Option<String> {
    let path = format!("/proc/sys/{}", name.replace('.', "/"));
    Some(std::fs::read_to_string(path).ok()?.trim().to_owned())
}

fn number(name: &str) -> Option<u64> {
    setting(name)?.parse().ok()
}

/// Those that are too small for the configuration, and those that are not.
pub(super) fn look(config: &Config) -> Vec<Item> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE).unwrap_or((0, 0));
    let need = Need::of(config, hard);
    [backlog(config, &need), ports(config, &need), tracking(&need)]
        .into_iter()
        .flatten()
        .collect()
}

/// How many connections may wait to be taken.
fn backlog(config: &Config, need: &Need) -> Option<Item> {
    let most = number("net.core.somaxconn")?;
    let wanted = config
        .proxies
        .iter()
        .filter(|proxy| !proxy.disabled && !proxy.binds.is_empty())
        .map(|proxy| proxy.backlog.or(proxy.maxconn).map_or(need.maxconn, u64::from))
        .max()?;
    let text = format!("{most}; the longest backlog of the file is {wanted}");
    Some(if most < wanted {
        Item::new(
            Grade::Note,
            "net.core.somaxconn",
            format!("{text}, and is cut to that"),
        )
    } else {
        Item::new(Grade::Fine, "net.core.somaxconn", text)
    })
}

/// Ports for connections to servers: as many to one server's address as there are.
fn ports(config: &Config, need: &Need) -> Option<Item> {
    let range = setting("net.ipv4.ip_local_port_range")?;
    let mut ends = range
        .split_whitespace()
        .filter_map(|word| word.parse::<u64>().ok());
    let (first, last) = (ends.next()?, ends.next()?);
    let ports = last.checked_sub(first)? + 1;
    let mut servers: Vec<(std::net::IpAddr, Option<u16>)> = config
        .proxies
        .iter()
        .filter(|proxy| !proxy.disabled)
        .flat_map(|proxy| proxy.servers.iter())
        .filter_map(|server| match server.addr {
            ServerAddr::Inet { ip, port, .. } => Some((ip, port)),
            _ => None,
        })
        .collect();
    servers.sort_unstable();
    servers.dedup();
    if servers.is_empty() {
        return None;
    }
    let most = ports.saturating_mul(servers.len() as u64);
    let text = format!(
        "{first} to {last}: {most} connections to {} server addresses",
        servers.len()
    );
    Some(if most < need.maxconn {
        Item::new(
            Grade::Note,
            "net.ipv4.ip_local_port_range",
            format!("{text}, fewer than maxconn {}", need.maxconn),
        )
    } else {
        Item::new(Grade::Fine, "net.ipv4.ip_local_port_range", text)
    })
}

/// The firewall's memory of connections, where it has one: each side of a connection takes a place.
fn tracking(need: &Need) -> Option<Item> {
    let most = number("net.netfilter.nf_conntrack_max")?;
    let wanted = 2 * need.maxconn;
    let text = format!("{most}; maxconn {} may take {wanted}", need.maxconn);
    Some(if most < wanted {
        Item::new(Grade::Note, "net.netfilter.nf_conntrack_max", text)
    } else {
        Item::new(Grade::Fine, "net.netfilter.nf_conntrack_max", text)
    })
}
