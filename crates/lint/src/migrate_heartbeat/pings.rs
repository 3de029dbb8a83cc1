//! Ping nodes and ipfail: scripts whose failure takes weight from a node, so that the node that reaches more has the resources.

use heartbeat_conf::model::PingKind;

use super::cluster::Cluster;
use super::table::{Fate, Row, row};

/// A script that pings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Check {
    /// Its name.
    pub(super) name: String,
    /// What it runs.
    pub(super) command: String,
    /// How often, in milliseconds.
    pub(super) interval: u64,
    /// After how many failures it counts as failed.
    pub(super) fall: u16,
}

/// All scripts; none when nothing reacts to lost ping nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pings {
    pub(super) checks: Vec<Check>,
}

/// What a failed script takes away: more than what lies between two nodes, so that one more lost ping node decides.
pub(super) const WEIGHT: i16 = -20;

pub(super) fn pings(cluster: &Cluster<'_>, table: &mut Vec<Row>) -> Pings {
    let settings = &cluster.common.settings;
    if settings.pings.is_empty() {
        return Pings::default();
    }
    let name = |index: usize| {
        let ping = &settings.pings[index];
        let kind = if matches!(ping.kind, PingKind::Group(_)) {
            "ping_group"
        } else {
            "ping"
        };
        format!("{kind} {}", ping.name)
    };
    let all = 0..settings.pings.len();
    if !settings
        .respawn
        .iter()
        .any(heartbeat_conf::model::Respawn::is_ipfail)
    {
        for index in all {
            table.push(row(
                name(index),
                "-",
                Fate::Gone,
                "nothing reacted to it, as ipfail was not run",
            ));
        }
        return Pings::default();
    }
    if !cluster.goes_home() {
        for index in all {
            table.push(row(
                name(index),
                "-",
                Fate::ByHand,
                "with nopreempt the other node does not take over from one whose priority falls; a vrrp_script without weight gives \
                 the address up, also when both nodes lose what they ping",
            ));
        }
        return Pings::default();
    }
    // A script runs for a second at most.
    let interval = settings.times.keepalive.value.clamp(1000, 60_000).div_ceil(1000) * 1000;
    let fall = u16::try_from(settings.times.deadping.value / interval)
        .unwrap_or(u16::MAX)
        .max(1);
    let checks = all
        .map(|index| {
            let ping = &settings.pings[index];
            let one = |host: &str| format!("/usr/bin/ping -n -q -c 1 -W 1 {host}");
            let command = match &ping.kind {
                PingKind::Host(address) => {
                    one(&address.map_or_else(|| ping.name.clone(), |address| address.to_string()))
                }
                PingKind::Group(hosts) => {
                    let each: Vec<String> = hosts.iter().map(|host| one(&host.to_string())).collect();
                    format!("/bin/sh -c '{}'", each.join(" || "))
                }
            };
            table.push(row(
                name(index),
                format!("vrrp_script ping_{}", index + 1),
                Fate::Same,
                "the node that reaches more of what is pinged has the address, as with ipfail",
            ));
            Check {
                name: format!("ping_{}", index + 1),
                command,
                interval,
                fall,
            }
        })
        .collect();
    table.push(row("respawn … ipfail", "track_script", Fate::Same, ""));
    Pings { checks }
}
