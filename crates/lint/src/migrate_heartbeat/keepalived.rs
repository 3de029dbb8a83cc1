//! The keepalived.conf of each node.

use std::fmt::Write as _;

use super::Made;
use super::cluster::Cluster;
use super::path::{Path, To};
use super::pings::{Pings, WEIGHT};
use super::resources::{Instance, priority};
use super::timing::number;

/// A file for each node, in the order of ha.cf.
pub(super) fn files(cluster: &Cluster<'_>, path: &Path, pings: &Pings, instances: &[Instance]) -> Vec<Made> {
    (0..cluster.members.len())
        .map(|at| Made {
            node: cluster.members[at].name.clone(),
            place: cluster.members[at].files.map(|(place, _)| place.to_owned()),
            text: file(cluster, path, pings, instances, at),
        })
        .collect()
}

fn file(cluster: &Cluster<'_>, path: &Path, pings: &Pings, instances: &[Instance], at: usize) -> String {
    let mut out = format!(
        "# keepalived.conf of {}, made from heartbeat's files.\n\n",
        cluster.members[at].name
    );
    global(&mut out, cluster, path, pings, instances, at);
    for check in &pings.checks {
        let interval = check.interval / 1000;
        block(
            &mut out,
            &format!("vrrp_script {}", check.name),
            &[
                format!("script \"{}\"", check.command),
                format!("interval {interval}"),
                format!("timeout {}", interval.max(2)),
                format!("fall {}", check.fall),
                "rise 1".to_owned(),
                format!("weight {WEIGHT}"),
            ],
        );
        out.push('\n');
    }
    for instance in instances {
        write_instance(&mut out, cluster, path, pings, instance, at);
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

fn block(out: &mut String, head: &str, lines: &[String]) {
    *out += &format!("{head} {{\n");
    for line in lines {
        for part in line.lines() {
            *out += &format!("    {part}\n");
        }
    }
    *out += "}\n";
}

fn inner(head: &str, lines: &[String]) -> String {
    let mut out = String::new();
    block(&mut out, head, lines);
    out.truncate(out.trim_end().len());
    out
}

fn global(
    out: &mut String,
    cluster: &Cluster<'_>,
    path: &Path,
    pings: &Pings,
    instances: &[Instance],
    at: usize,
) {
    let name = &cluster.members[at].name;
    let mut lines = vec![format!("router_id {name}")];
    if path.version == 3 {
        lines.push("vrrp_version 3".to_owned());
    }
    if let To::Group(Some(group)) = path.to {
        lines.push(format!("vrrp_mcast_group4 {group}"));
    }
    if cluster.common.settings.times.initdead.is_written() {
        let delay = path.startup_delay(cluster);
        if delay > 0 {
            lines.push(format!("vrrp_startup_delay {delay}"));
        }
    }
    if !pings.checks.is_empty() || instances.iter().any(|instance| !instance.services.is_empty()) {
        lines.push("enable_script_security".to_owned());
        lines.push("script_user root".to_owned());
    }
    let mut mail: Vec<String> = instances
        .iter()
        .filter_map(|instance| instance.mail.clone())
        .collect();
    mail.sort();
    mail.dedup();
    if !mail.is_empty() {
        lines.push(inner("notification_email", &mail));
        lines.push(format!("notification_email_from keepalived@{name}"));
        lines.push("smtp_server 127.0.0.1".to_owned());
    }
    block(out, "global_defs", &lines);
    out.push('\n');
}

fn write_instance(
    out: &mut String,
    cluster: &Cluster<'_>,
    path: &Path,
    pings: &Pings,
    instance: &Instance,
    at: usize,
) {
    let order = cluster.order(&instance.owner);
    let place = order.iter().position(|node| *node == at).unwrap_or(order.len());
    let goes_home = cluster.goes_home();
    let state = if goes_home && place == 0 {
        "MASTER"
    } else {
        "BACKUP"
    };
    let mut lines = vec![format!("state {state}")];
    if !goes_home {
        lines.push("nopreempt".to_owned());
    }
    lines.push(format!("interface {}", instance.interface));
    lines.push(format!("virtual_router_id {}", instance.router));
    lines.push(format!("priority {}", priority(place)));
    lines.push(format!("advert_int {}", number(path.advert)));
    if let To::Nodes(addresses) = &path.to {
        unicast(&mut lines, cluster, addresses, at);
    }
    if let Some(password) = &path.password {
        lines.push(inner(
            "authentication",
            &["auth_type PASS".to_owned(), format!("auth_pass {password}")],
        ));
    }
    lines.push(inner("virtual_ipaddress", &instance.addresses));
    if !instance.excluded.is_empty() {
        lines.push(inner("virtual_ipaddress_excluded", &instance.excluded));
    }
    if !instance.tracked.is_empty() {
        lines.push(inner("track_interface", &instance.tracked));
    }
    if !pings.checks.is_empty() {
        let names: Vec<String> = pings.checks.iter().map(|check| check.name.clone()).collect();
        lines.push(inner("track_script", &names));
    }
    notify(&mut lines, &instance.services);
    if instance.mail.is_some() {
        lines.push("smtp_alert".to_owned());
    }
    block(out, &format!("vrrp_instance {}", instance.name), &lines);
}

fn unicast(
    lines: &mut Vec<String>,
    cluster: &Cluster<'_>,
    addresses: &[Option<std::net::IpAddr>],
    at: usize,
) {
    match addresses[at] {
        Some(address) => lines.push(format!("unicast_src_ip {address}")),
        None => lines.push(format!(
            "# unicast_src_ip THE ADDRESS OF {}",
            cluster.members[at].name
        )),
    }
    let others = (0..addresses.len()).filter(|other| *other != at);
    let peers: Vec<String> = others
        .map(|other| {
            addresses[other].map_or_else(
                || format!("# THE ADDRESS OF {}", cluster.members[other].name),
                |address| address.to_string(),
            )
        })
        .collect();
    lines.push(inner("unicast_peer", &peers));
}

/// Services are started in order when the addresses are there, and stopped the other way round, one after the other whether the
/// one before could be stopped or not.
fn notify(lines: &mut Vec<String>, services: &[String]) {
    let command = |verb: &str, between: &str, names: &mut dyn Iterator<Item = &String>| {
        let each: Vec<String> = names
            .map(|name| format!("/usr/sbin/service {name} {verb}"))
            .collect();
        match each.as_slice() {
            [one] => one.clone(),
            several => format!("/bin/sh -c '{}'", several.join(between)),
        }
    };
    if services.is_empty() {
        return;
    }
    let start = command("start", " && ", &mut services.iter());
    let stop = command("stop", "; ", &mut services.iter().rev());
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = writeln!(text, "notify_master \"{start}\"");
    for event in ["backup", "fault", "stop"] {
        let _ = writeln!(text, "notify_{event} \"{stop}\"");
    }
    lines.push(text.trim_end().to_owned());
}
