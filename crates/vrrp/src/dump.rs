//! What is known and what was counted, written down as the original does: into files below `/tmp`, or into the log.

mod tracked;

use std::fmt::Write as _;
use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::net::IpAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use keepalived_conf::model::{
    Authentication, DumpKind, Garp, GlobalDefs, Script, Version, VirtualAddress, VrrpInstance, Weight,
};
use vrrp_proto::Counters;
use vrrp_proto::timers::master_down;
use vrrp_proto::track::Health;
use vrrp_proto::wire::FaultKind;

use crate::check::Check;
use crate::json;
use crate::log::Log;
use crate::netlink::Link;
use crate::node::Node;
use crate::router::Router;

/// Writes what holds for all into the file of the process that starts the others.
pub fn write_parent_data(global: &GlobalDefs, log: &Log) {
    log.info(format!(
        "Printing parent data for process({}) on signal",
        std::process::id()
    ));
    let mut out = String::new();
    global_data(&mut out, global);
    let path = global
        .dumps
        .path(DumpKind::State, "_parent", global.instance.as_deref());
    write(log, &path, &out);
}

/// Writes all data into their file.
pub(crate) fn write_data(node: &Node) {
    node.log.info(format!(
        "Printing VRRP data for process({}) on signal",
        std::process::id()
    ));
    write(&node.log, &path(node, DumpKind::State), &data(node));
    if let Some(sessions) = &node.sessions {
        let global = &node.global;
        let instance = global.instance.as_deref();
        sessions.write_data(global.dumps.path(DumpKind::State, "_bfd", instance));
    }
}

/// Writes data and counts as JSON into their file.
pub(crate) fn write_json(node: &Node) {
    node.log.info(format!(
        "Printing VRRP as json for process({}) on signal",
        std::process::id()
    ));
    write(&node.log, &path(node, DumpKind::Json), &json::text(node));
}

/// The file for what is written down.
fn path(node: &Node, kind: DumpKind) -> String {
    let global = &node.global;
    global.dumps.path(kind, "", global.instance.as_deref())
}

/// Writes all counts into their file.
pub(crate) fn write_stats(node: &Node) {
    node.log.info(format!(
        "Printing VRRP stats for process({}) on signal",
        std::process::id()
    ));
    write(&node.log, &path(node, DumpKind::Stats), &all_stats(node));
}

/// Writes all counts into their file, and begins to count anew.
pub(crate) fn write_and_clear_stats(node: &mut Node) {
    node.log.info(format!(
        "Printing and clearing VRRP stats for process({}) on signal",
        std::process::id()
    ));
    write(&node.log, &path(node, DumpKind::Stats), &all_stats(node));
    for router in &mut node.routers {
        router.counted_before = router.machine.counters().clone();
    }
}

fn all_stats(node: &Node) -> String {
    node.routers
        .iter()
        .map(|router| {
            stats(
                &router.instance.name,
                router.machine.counters(),
                &router.counted_before,
            )
        })
        .collect()
}

/// Writes all data into the log.
pub(crate) fn log_data(node: &Node) {
    for line in data(node).lines() {
        node.log.info(line);
    }
}

fn write(log: &Log, path: &str, text: &str) {
    if let Err(error) = replace(Path::new(path), text) {
        log.info(format!("Can't open {path} ({error})"));
    }
}

/// Makes a file anew: what somebody else may have put under the name in a folder that all can write to is not followed.
pub(crate) fn replace(path: &Path, text: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(text.as_bytes())
}

fn data(node: &Node) -> String {
    let mut out = String::new();
    global_data(&mut out, &node.global);
    line!(out, "------< VRRP Topology >------");
    for router in &node.routers {
        instance(&mut out, node, router);
    }
    if !node.checks.is_empty() {
        line!(out, "------< VRRP Scripts >------");
        for check in &node.checks {
            script(&mut out, node, check);
        }
    }
    tracked::files(&mut out, node);
    tracked::processes(&mut out, node);
    tracked::sessions(&mut out, node);
    line!(out, "------< Interfaces >------");
    for link in node.interfaces.all() {
        interface(&mut out, node, link);
    }
    out
}

/// What is the same for all instances and for one, but for how far it is set in and what two of its lines are `called`.
fn garp_data(out: &mut String, indent: &str, garp: &Garp, called: [&str; 2]) {
    let [refresh, down] = called;
    let arp = format!("{indent}Gratuitous ARP");
    let lower = format!("{arp} lower priority");
    let advert = format!("{indent}Send advert after receive");
    line!(out, "{arp} delay = {}", garp.master_delay.as_secs());
    line!(out, "{arp} repeat = {}", garp.master_repeat);
    line!(out, "{arp} {refresh} = {}", garp.master_refresh.as_secs());
    line!(out, "{arp} refresh repeat = {}", garp.master_refresh_repeat);
    line!(out, "{lower} delay = {}", garp.lower_prio_delay.as_secs());
    line!(out, "{lower} repeat = {}", garp.lower_prio_repeat);
    line!(out, "{indent}{down} = {}", garp.down_timer_adverts);
    line!(
        out,
        "{advert} lower priority advert = {}",
        !garp.lower_prio_no_advert
    );
    line!(
        out,
        "{advert} higher priority advert = {}",
        garp.higher_prio_send_advert
    );
}

fn global_data(out: &mut String, global: &GlobalDefs) {
    let garp = &global.garp;
    let unset = |value: Option<bool>| match value {
        None => "unset",
        Some(true) => "on",
        Some(false) => "off",
    };
    line!(out, "------< Global definitions >------");
    let namespace = global.net_namespace.as_deref().unwrap_or("(default)");
    line!(out, " Network namespace = {namespace}");
    line!(out, " Router ID = {}", global.router_id);
    if let Some(server) = global.smtp.server {
        line!(out, " Smtp server = {}", server.address);
        line!(out, " Smtp server port = {}", server.port);
    }
    line!(out, " Smtp HELO name = {}", global.smtp.helo_name);
    line!(
        out,
        " Smtp server connection timeout = {}",
        global.smtp.connect_timeout.as_secs()
    );
    line!(out, " Email notification from = {}", global.smtp.from);
    for to in &global.smtp.to {
        line!(out, " Email notification to = {to}");
    }
    line!(out, " Default smtp_alert = {}", unset(global.smtp_alert));
    line!(
        out,
        " Default smtp_alert_vrrp = {}",
        unset(global.smtp_alert_vrrp)
    );
    line!(out, " Dynamic interfaces = {}", global.dynamic_interfaces);
    line!(out, " Default interface = {}", global.default_interface);
    line!(out, " VRRP IPv4 mcast group = {}", global.mcast_group4);
    line!(out, " VRRP IPv6 mcast group = {}", global.mcast_group6);
    garp_data(out, " ", garp, ["refresh timer", "Num adverts before down"]);
    line!(
        out,
        " Gratuitous ARP interval = {}",
        seconds(global.garp_interval)
    );
    line!(out, " Gratuitous NA interval = {}", seconds(global.gna_interval));
    line!(
        out,
        " VRRP default protocol version = {}",
        version(global.version)
    );
    let security = if global.script_security {
        "enabled"
    } else {
        "disabled"
    };
    line!(out, " Script security {security}");
    if let Some((uid, gid)) = global.script_user {
        line!(out, " Default script uid:gid {uid}:{gid}");
    }
}

fn instance(out: &mut String, node: &Node, router: &Router) {
    let instance = &router.instance;
    let machine = &router.machine;
    let garp = &instance.garp;
    line!(out, " VRRP Instance = {}", instance.name);
    line!(out, "   VRRP Version = {}", version(instance.version));
    if instance.ipv6 {
        line!(out, "   Using Native IPv6");
    }
    line!(out, "   State = {}", machine.state());
    if instance.peers.is_empty() {
        line!(out, "   Flags: none");
    } else {
        line!(out, "   Flags:");
        line!(out, "     Using unicast");
    }
    line!(out, "   Wantstate = {}", json::wanted(router));
    line!(
        out,
        "   Last transition = {}",
        moment(router.since, TimeZone::system())
    );
    let config = machine.config();
    let down = master_down(
        config.version,
        machine.effective_priority(),
        config.advert_interval,
        config.down_timer_adverts,
    );
    line!(out, "   Master down timer = {} usecs", down.as_micros());
    match node.vmac_of(&instance.name) {
        Some(vmac) => {
            let (name, base) = (&vmac.name, &vmac.base);
            let up = node.interfaces.named(name).is_some_and(|link| link.up);
            let xmit_base = instance.xmit_base;
            line!(
                out,
                "   Use VMAC, i/f name {name}, is_up = {up}, xmit_base = {xmit_base}"
            );
            line!(out, "   Interface = {name}, vmac on {base}");
        }
        None => {
            line!(out, "   Interface = {}", instance.interface);
        }
    }
    if instance.dont_track_primary {
        line!(out, "   VRRP interface tracking disabled");
    }
    if instance.skip_check_adv_addr {
        line!(out, "   Skip checking advert IP addresses");
    }
    if instance.strict {
        line!(out, "   Enforcing strict VRRP compliance");
    }
    let origin = match instance.source {
        Some(_) => " (from configuration)",
        None => "",
    };
    line!(out, "   Using src_ip = {}{origin}", config.source);
    if instance.peers.is_empty() {
        let index = node
            .interfaces
            .named(&instance.interface)
            .filter(|_| instance.ipv6);
        let index = index.map_or_else(String::new, |link| format!(", ifindex {}", link.index));
        line!(out, "   Multicast address {}{index}", config.destination);
    }
    garp_data(out, "   ", garp, ["refresh", "Down timer adverts"]);
    line!(out, "   Virtual Router ID = {}", instance.virtual_router_id);
    line!(out, "   Priority = {}", instance.priority);
    line!(out, "   Effective priority = {}", machine.effective_priority());
    line!(out, "   Total priority = {}", machine.effective_priority());
    let interval = match instance.version {
        Version::V2 => format!("{} sec", instance.advert_int.as_secs()),
        Version::V3 => format!("{} milli-sec", instance.advert_int.as_millis()),
    };
    line!(out, "   Advert interval = {interval}");
    let accept = if instance.accept { "enabled" } else { "disabled" };
    line!(out, "   Accept = {accept}");
    let preempt = if instance.preempt { "enabled" } else { "disabled" };
    line!(out, "   Preempt = {preempt}");
    if !instance.preempt_delay.is_zero() {
        line!(
            out,
            "   Preempt delay = {} secs",
            instance.preempt_delay.as_secs()
        );
    }
    let promote = if instance.promote_secondaries {
        "enabled"
    } else {
        "disabled"
    };
    line!(out, "   Promote_secondaries = {promote}");
    // The password is for nobody's eyes.
    match instance.authentication {
        // Version 3 has none.
        None if instance.version == Version::V3 => {}
        None => {
            line!(out, "   Authentication type = none");
        }
        Some(Authentication::Pass(_)) => {
            line!(out, "   Authentication type = SIMPLE_PASSWORD");
        }
        Some(Authentication::Ah(_)) => {
            line!(out, "   Authentication type = IPSEC_AH");
        }
    }
    let title = format!("Virtual IP ({})", instance.addresses.len());
    addresses(out, router, &title, &instance.addresses);
    addresses(out, router, "Virtual IP Excluded ", &instance.excluded);
    if !instance.peers.is_empty() {
        let checked = if instance.check_unicast_src { "yes" } else { "no" };
        line!(out, "   Unicast TTL = {}", instance.unicast_ttl);
        line!(out, "   Check unicast src : {checked}");
        line!(out, "   Unicast Peer :");
        for peer in &instance.peers {
            let (address, min, max) = (peer.address, peer.min_ttl, peer.max_ttl);
            line!(out, "     {address} min_ttl {min} max_ttl {max}");
        }
    }
    if !instance.track_interfaces.is_empty() {
        line!(out, "   Tracked interfaces :");
        for tracked in &instance.track_interfaces {
            let reverse = if tracked.weight.reverse { " reverse" } else { "" };
            line!(
                out,
                "     {} weight {}{reverse}",
                tracked.interface,
                tracked.weight.value
            );
        }
    }
    if !instance.track_scripts.is_empty() {
        line!(out, "   Tracked scripts :");
        for tracked in &instance.track_scripts {
            if let Some(check) = node.checks.get(tracked.script) {
                line!(out, "     {}{}", check.script.name, weight(tracked.weight));
            }
        }
    }
    tracked::of_instance(out, &node.things, instance);
    line!(out, "   Adverts not sent by the system = {}", router.unsent);
    line!(out, "   Packets refused :");
    for kind in FaultKind::ALL {
        line!(out, "     {kind:?} = {}", machine.counters().fault(kind));
    }
    let mail = if instance.smtp_alert { "yes" } else { "no" };
    line!(out, "   Using smtp notification = {mail}");
    scripts(out, instance);
}

fn scripts(out: &mut String, instance: &VrrpInstance) {
    let notify = &instance.notify;
    for (what, script) in [
        ("Master state transition", &notify.master),
        ("Backup state transition", &notify.backup),
        ("Fault state transition", &notify.fault),
        ("Stop state transition", &notify.stop),
        ("Generic state transition", &notify.any),
        (
            "Master rx lower pri state transition",
            &notify.master_rx_lower_pri,
        ),
    ] {
        if let Some(script) = script {
            line!(
                out,
                "   {what} script = {}, uid:gid {}:{}",
                command(script),
                script.uid,
                script.gid
            );
        }
    }
}

fn addresses(out: &mut String, router: &Router, title: &str, all: &[VirtualAddress]) {
    if all.is_empty() {
        return;
    }
    line!(out, "   {title}:");
    for one in all {
        line!(out, "     {}", address(router, one));
    }
}

/// An address with its attributes, and whether it is set.
pub(crate) fn address(router: &Router, one: &VirtualAddress) -> String {
    let mut text = one.address.to_string();
    let host = if one.address.is_ipv4() { 32 } else { 128 };
    if one.prefix != host && one.peer.is_none() {
        let _ = write!(text, "/{}", one.prefix);
    }
    if let Some(broadcast) = one.broadcast {
        let _ = write!(text, " brd {broadcast}");
    }
    let scope = match one.scope.number() {
        0 => "global".to_owned(),
        200 => "site".to_owned(),
        253 => "link".to_owned(),
        254 => "host".to_owned(),
        255 => "nowhere".to_owned(),
        other => other.to_string(),
    };
    let _ = write!(text, " dev {} scope {scope}", one.interface);
    if let Some(label) = &one.label {
        let _ = write!(text, " label {label}");
    }
    if let Some((peer, prefix)) = &one.peer {
        let _ = write!(text, " peer {peer}/{prefix}");
    }
    match one.preferred_lifetime {
        Some(0) => text.push_str(" deprecated"),
        Some(u32::MAX) => text.push_str(" preferred_lft forever"),
        Some(seconds) => {
            let _ = write!(text, " preferred_lft {seconds}");
        }
        // A single address of IPv6 is not to be chosen as a source.
        None if one.address.is_ipv6() && one.prefix == host => text.push_str(" deprecated"),
        None if one.address.is_ipv6() => text.push_str(" preferred_lft forever"),
        None => {}
    }
    for (holds, word) in [
        (one.home, " home"),
        (one.detect_duplicates, " -nodad"),
        (one.manage_temporary, " mngtmpaddr"),
        (one.no_prefix_route, " noprefixroute"),
        (one.auto_join, " autojoin"),
        (one.no_track, " no_track"),
        (router.set.iter().any(|set| set.address == one.address), " set"),
    ] {
        if holds {
            text.push_str(word);
        }
    }
    text
}

fn script(out: &mut String, node: &Node, check: &Check) {
    let script = &check.script;
    line!(out, " VRRP Script = {}", script.name);
    line!(out, "   Command = {}", command(&script.script));
    line!(out, "   Interval = {} sec", thousandths(script.interval));
    line!(
        out,
        "   Timeout = {} sec",
        thousandths(script.timeout.unwrap_or_default())
    );
    line!(out, "   Weight = {}", script.weight.value);
    line!(out, "   Rise = {}", script.rise);
    line!(out, "   Fall = {}", script.fall);
    let status = match check.health {
        Health::Unknown => "NOT SET",
        Health::Up => "GOOD",
        Health::Down | Health::Level(_) => "BAD",
    };
    line!(out, "   Status = {status}");
    line!(
        out,
        "   Script uid:gid = {}:{}",
        script.script.uid,
        script.script.gid
    );
    line!(out, "   Tracking instances :");
    for router in &node.routers {
        for tracked in &router.instance.track_scripts {
            if node
                .checks
                .get(tracked.script)
                .is_some_and(|other| other.script.name == script.name)
            {
                line!(
                    out,
                    "     {}, weight {}",
                    router.instance.name,
                    tracked.weight.value
                );
            }
        }
    }
}

fn interface(out: &mut String, node: &Node, link: &Link) {
    let address = |ipv4| {
        node.interfaces
            .first_address(link.index, ipv4, |_| false)
            .map_or_else(|| "(none)".to_owned(), |address: IpAddr| address.to_string())
    };
    line!(out, " Name = {}", link.name);
    line!(out, "   index = {}", link.index);
    line!(out, "   IPv4 address = {}", address(true));
    line!(out, "   IPv6 address = {}", address(false));
    if !link.loopback {
        line!(out, "   MAC = {}", mac(&link.mac));
        line!(out, "   MAC broadcast = {}", mac(&link.broadcast_mac));
    }
    let flags: String = [
        (link.up, "UP, "),
        (!link.up, "DOWN, "),
        (link.running, "RUNNING, "),
        (!link.broadcast, "no broadcast, "),
        (link.loopback, "loopback, "),
        (!link.multicast, "no multicast, "),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .map(|(_, word)| word)
    .collect();
    line!(out, "   State = {}", flags.trim_end_matches(", "));
    line!(out, "   MTU = {}", link.mtu);
    let kind = match (link.loopback, link.ethernet) {
        (true, _) => "LOOPBACK",
        (_, true) => "ETHERNET",
        _ => "UNKNOWN",
    };
    line!(out, "   HW Type = {kind}");
    line!(out, "   NIC netlink status update");
}

/// What was counted since `before`.
fn stats(name: &str, counters: &Counters, before: &Counters) -> String {
    let mut out = String::new();
    let since = |count: fn(&Counters) -> u64| count(counters) - count(before);
    line!(out, "VRRP Instance: {name}");
    line!(out, "  Advertisements:");
    line!(out, "    Received: {}", since(|counts| counts.adverts_received));
    line!(
        out,
        "    Sent: {}",
        since(|counts| counts.adverts_sent - counts.zero_sent)
    );
    line!(out, "  Became master: {}", since(|counts| counts.became_master));
    line!(
        out,
        "  Released master: {}",
        since(|counts| counts.released_master)
    );
    let group = |out: &mut String, title: &str, kinds: &[(&str, FaultKind)]| {
        line!(out, "  {title}:");
        for (word, kind) in kinds {
            line!(out, "    {word}: {}", counters.fault(*kind) - before.fault(*kind));
        }
    };
    group(
        &mut out,
        "Packet Errors",
        &[
            ("Length", FaultKind::Length),
            ("TTL", FaultKind::Ttl),
            ("Invalid Type", FaultKind::Type),
            ("Advertisement Interval", FaultKind::Interval),
            ("Address List", FaultKind::AddressList),
        ],
    );
    group(
        &mut out,
        "Authentication Errors",
        &[
            ("Invalid Type", FaultKind::AuthType),
            ("Type Mismatch", FaultKind::AuthMismatch),
            ("Failure", FaultKind::AuthFailure),
        ],
    );
    line!(out, "  Priority Zero:");
    line!(out, "    Received: {}", since(|counts| counts.zero_received));
    line!(out, "    Sent: {}", since(|counts| counts.zero_sent));
    out
}

fn version(version: Version) -> u8 {
    match version {
        Version::V2 => 2,
        Version::V3 => 3,
    }
}

fn weight(weight: Weight) -> String {
    if weight.value == 0 {
        return String::new();
    }
    let reverse = if weight.reverse { " reverse" } else { "" };
    format!(" weight {}{reverse}", weight.value)
}

/// A time in seconds since 1970, and in words.
pub(crate) fn moment(at: Timestamp, zone: TimeZone) -> String {
    let words = at.to_zoned(zone).strftime("%a %b %d %H:%M:%S.%6f %Y");
    format!("{}.{:06} ({words})", at.as_second(), at.subsec_microsecond())
}

fn seconds(time: Duration) -> String {
    format!("{}.{:06}", time.as_secs(), time.subsec_micros())
}

/// Seconds, with three digits behind the point where they are not whole.
fn thousandths(time: Duration) -> String {
    match time.subsec_millis() {
        0 => time.as_secs().to_string(),
        millis => format!("{}.{millis:03}", time.as_secs()),
    }
}

pub(crate) fn command(script: &Script) -> String {
    let words: Vec<String> = script.command.iter().map(|word| format!("'{word}'")).collect();
    words.join(" ")
}

pub(crate) fn mac(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from the original.
    const STATS_AT_START: &str = "\
VRRP Instance: VI_1
  Advertisements:
    Received: 0
    Sent: 0
  Became master: 0
  Released master: 0
  Packet Errors:
    Length: 0
    TTL: 0
    Invalid Type: 0
    Advertisement Interval: 0
    Address List: 0
  Authentication Errors:
    Invalid Type: 0
    Type Mismatch: 0
    Failure: 0
  Priority Zero:
    Received: 0
    Sent: 0
";

    #[test]
    fn a_moment_has_the_same_fraction_in_seconds_and_in_words() {
        let at = Timestamp::new(1_795_268_709, 639_031_000).expect("a time");
        assert_eq!(
            moment(at, TimeZone::UTC),
            "1795268709.639031 (Sat Nov 21 13:45:09.639031 2026)"
        );
    }

    #[test]
    fn counts_are_written_as_the_original_writes_them() {
        let mut counters = Counters::default();
        assert_eq!(stats("VI_1", &counters, &counters), STATS_AT_START);
        let before = counters.clone();
        counters.adverts_sent = 7;
        counters.zero_sent = 1;
        let shown = stats("VI_1", &counters, &before);
        assert!(
            shown.contains("    Sent: 6\n") && shown.ends_with("    Sent: 1\n"),
            "{shown}"
        );
        assert_eq!(stats("VI_1", &counters, &counters), STATS_AT_START);
    }

    #[test]
    fn a_link_that_somebody_put_there_is_not_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (victim, path) = (folder.path().join("victim"), folder.path().join("data"));
        fs::write(&victim, "mine").expect("written");
        std::os::unix::fs::symlink(&victim, &path).expect("a link");
        replace(&path, "text").expect("written");
        assert_eq!(fs::read_to_string(&victim).expect("read"), "mine");
        assert_eq!(fs::read_to_string(&path).expect("read"), "text");
    }
}
