//! Instances: defaults, and what contradicts itself.

use std::collections::{HashMap, HashSet};
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use syntax::{Diagnostic, Span};

use super::global::filled;
use super::ground;
use super::program::{Programs, notify_all};
use super::strict;
use super::track::{self, Things};
use crate::model::{
    Authentication, GlobalDefs, InitialState, Ipvlan, LinkQuestion, TrackInterface, TrackScript, UnicastPeer,
    Version, VirtualAddress, VirtualMac, VrrpInstance, VrrpScript, Weight,
};
use crate::reading::Reading;
use crate::written::{Address, AuthType, Instance, Spanned, WrittenBroadcast};

/// The instance with the place of its name; none when it cannot be used.
pub(super) fn resolve(
    reading: &mut Reading<'_>,
    mut written: Instance,
    global: &GlobalDefs,
    (places, scripts, things): (&[Option<usize>], &[VrrpScript], &Things),
    without_weights: &HashSet<String>,
    programs: &mut Programs,
) -> Option<(VrrpInstance, Span)> {
    let name = written.name.value.clone();
    let at = written.name.span;
    let Some(virtual_router_id) = written.virtual_router_id.as_ref().map(|id| id.value) else {
        let message = format!("({name}) the virtual router id must be set");
        unusable(
            reading,
            at,
            message,
            "write `virtual_router_id NUMBER` into it, from 1 to 255",
        );
        return None;
    };
    let interface = ground::interface(reading, &mut written)?;
    let strict = written.strict.unwrap_or(reading.written.global.strict);
    let polled = &mut reading.written.linkbeat.interfaces;
    if written.linkbeat && written.interface.is_some() && !polled.iter().any(|(name, _)| *name == interface) {
        polled.push((interface.clone(), LinkQuestion::Mii));
    }
    let ipv6 = written.ipv4 == Some(false);
    if written.addresses.is_empty() && !written.no_addresses {
        let need = if ipv6 || strict { "required" } else { "sensible" };
        let told = Diagnostic::warning(
            "no-address",
            format!("({name}) No VIP specified; at least one is {need}"),
        )
        .at(at)
        .help("write `virtual_ipaddress { ADDRESS }` into it");
        reading.fault(told);
    }
    let version = if ipv6 {
        Version::V3
    } else {
        written
            .version
            .as_ref()
            .map_or(global.version, |version| version.value)
    };
    if strict && !strict::hold(reading, &mut written, version) {
        return None;
    }
    check_unicast(reading, &mut written);
    check_vmac(reading, &mut written);
    let priority = written.priority.as_ref().map_or(100, |priority| priority.value);
    let owner = priority == 255;
    let initial_state = match &written.state {
        Some(state) => state.value,
        // The addresses' owner need not wait.
        None if owner => InitialState::Master,
        None => InitialState::Backup,
    };
    let advert_int = advert_int(reading, &written, version);
    if owner && let Some(span) = written.nopreempt.take() {
        let told = Diagnostic::warning(
            "owner",
            format!("({name}) nopreempt is incompatible with priority 255. resetting nopreempt"),
        )
        .at(span)
        .help("remove it: the owner of the addresses always takes them");
        reading.fault(told);
    }
    let (preempt, preempt_delay) = preemption(reading, &written, initial_state);
    let authentication = authentication(reading, &written, version);
    let weightless = without_weights.contains(&name);
    let track_interfaces = track_interfaces(reading, &written, &interface, (owner, weightless));
    let track_scripts = track_scripts(reading, &written, places, scripts, (owner, weightless));
    let [track_files, track_processes, track_sessions] =
        track::of_instance(reading, &name, &written.track_things, things, (owner, weightless));
    let garp = filled(&written.garp, &global.garp);
    let notify = notify_all(reading, std::mem::take(&mut written.notify), programs);
    if let Some((span, what)) = written.held {
        let told = Diagnostic::warning("held", format!("({name}) stays in FAULT: {what} is not run yet"))
            .at(span)
            .help("run this instance with the original program meanwhile");
        reading.tell(told);
    }
    let vmac_addresses = written.vmac_addresses;
    let settle = |addresses: &[Address]| {
        let settled = addresses.iter().map(|address| {
            let mut settled = settled(address, &interface);
            let elsewhere = settled.interface != interface || settled.address.is_ipv6() != ipv6;
            settled.vmac |= vmac_addresses && elsewhere;
            settled
        });
        settled.collect()
    };
    let ipvlan = written.ipvlan.as_ref().map(|ipvlan| Ipvlan {
        name: ipvlan.name.as_ref().map(|name| name.value.clone()),
        address: ipvlan.address,
        mode: ipvlan.mode.unwrap_or_default(),
        group: ipvlan.group,
    });
    let without_address = ground::check_ipvlan(reading, &written, ipv6);
    let vmac = written.vmac.as_ref().map(|vmac| VirtualMac {
        name: vmac.name.as_ref().map(|name| name.value.clone()),
        mac: virtual_mac(vmac.mac.as_deref(), virtual_router_id, ipv6),
        group: vmac.group,
    });
    let smtp_alert = written
        .smtp_alert
        .or(global.smtp_alert_vrrp)
        .or(global.smtp_alert)
        .unwrap_or(false);
    let instance = VrrpInstance {
        initial_state,
        virtual_router_id,
        priority,
        advert_int,
        version,
        authentication,
        addresses: settle(&written.addresses),
        excluded: settle(&written.excluded),
        needed_interfaces: needed_interfaces(&written, &interface),
        routes: written.routes.into_iter().map(|route| route.value).collect(),
        rules: written.rules.into_iter().map(|rule| rule.value).collect(),
        source: written
            .source
            .as_ref()
            .map(|source| source.value)
            .or_else(|| Some(written.ipvlan.as_ref()?.address?.0)),
        ipv6,
        lacks_peers: written.unicast_fault_no_peer && written.peers.is_empty(),
        check_unicast_src: written.check_unicast_src || reading.written.global.check_unicast_src,
        unicast_ttl: written.unicast_ttl.unwrap_or(u8::MAX),
        group: written.group.as_ref().map(|group| group.value),
        peers: written.peers,
        preempt,
        preempt_delay,
        garp,
        dont_track_primary: written.dont_track_primary,
        track_interfaces,
        track_scripts,
        track_files,
        track_processes,
        track_sessions,
        notify,
        smtp_alert,
        debug: written.debug,
        skip_check_adv_addr: written
            .skip_check_adv_addr
            .unwrap_or(reading.written.global.skip_check_adv_addr),
        promote_secondaries: written.promote_secondaries,
        notify_priority_changes: written
            .notify_priority_changes
            .unwrap_or(reading.written.global.notify_priority_changes),
        tells_deleted: written.tells_deleted,
        owner_ignores_adverts: written
            .owner_ignores_adverts
            .unwrap_or(strict || reading.written.global.owners_ignore_adverts),
        checksum_as_v2: written
            .checksum_as_v2
            .unwrap_or(reading.written.global.checksums_as_v2),
        unicast_checksum: written.unicast_checksum,
        buffer_size: written.buffer_size,
        extra_garp: written
            .extra_garp
            .or(reading.written.global.extra_garp)
            .filter(|extra| !extra.every.is_zero()),
        track_source: written.track_source,
        timer_expired_backup: written.timer_expired_backup,
        vmac,
        ipvlan,
        vrf: written.vrf.map(|vrf| vrf.value),
        xmit_base: written.xmit_base.is_some(),
        strict,
        accept: written
            .accept
            .as_ref()
            .map_or(!strict || owner, |accept| accept.value || owner),
        held: written.held.map(|(_, what)| what).or(without_address),
        interface,
        name,
    };
    Some((instance, at))
}

/// What is said of unicast without partners, and of a group beside them.
fn check_unicast(reading: &mut Reading<'_>, written: &mut Instance) {
    let name = &written.name.value;
    if !written.peers.is_empty() {
        if let Some(group) = written.group.take() {
            let told = Diagnostic::warning(
                "clash",
                format!("({name}) multicast destination specified with unicast - ignoring"),
            )
            .at(group.span)
            .help("remove it, or unicast_peer");
            reading.fault(told);
        }
        return;
    }
    if written.unicast_fault_no_peer {
        return;
    }
    if let Some(span) = written.unicast {
        let told = Diagnostic::warning(
            "no-peer",
            format!(
                "({name}) A unicast keyword has been specified without any unicast peers. Defaulting to multicast. \
                 This usage is deprecated - please update your configuration."
            ),
        )
        .at(span)
        .help("write `unicast_peer { ADDRESS }`, or mcast_src_ip in the place of unicast_src_ip");
        reading.fault(told);
    }
}

/// What is said of a virtual MAC address that does not fit the rest.
fn check_vmac(reading: &mut Reading<'_>, written: &mut Instance) {
    let name = &written.name.value;
    if written.vmac.is_none()
        && let Some(span) = written.xmit_base.take()
    {
        let told = Diagnostic::warning(
            "clash",
            format!("({name}) vmac_xmit_base is only valid with a vmac"),
        )
        .at(span)
        .help("remove it, or write `use_vmac` beside it");
        reading.fault(told);
    }
}

/// The MAC address of a virtual router, with what the file gives of it.
pub(super) fn virtual_mac(given: Option<&[u8]>, vrid: u8, ipv6: bool) -> [u8; 6] {
    let family = if ipv6 { 2 } else { 1 };
    let mut mac = [0, 0, 0x5e, 0, family, vrid];
    for (to, from) in mac.iter_mut().zip(given.unwrap_or_default()) {
        *to = *from;
    }
    mac
}

pub(super) fn unusable(reading: &mut Reading<'_>, at: Span, message: String, help: &str) {
    let told = Diagnostic::warning("missing-keyword", message)
        .at(at)
        .note("the instance is left out")
        .help(help);
    reading.fault(told);
}

/// Version 2 has whole seconds.
fn advert_int(reading: &mut Reading<'_>, written: &Instance, version: Version) -> Duration {
    let Some(given) = &written.advert_int else {
        return Duration::from_secs(1);
    };
    let value = given.value;
    if version == Version::V3 {
        return hundredths(reading, written, given);
    }
    if value.subsec_nanos() == 0 {
        return value;
    }
    let rounded = ((value.as_micros() + 500_000) / 1_000_000).max(1);
    let told = Diagnostic::warning(
        "rounded",
        format!(
            "({}) VRRPv2 advertisement interval {:.6}s must be an integer. rounding",
            written.name.value,
            value.as_secs_f64()
        ),
    )
    .at(given.span)
    .help(format!("write `advert_int {rounded}`, which it is now"));
    reading.fault(told);
    Duration::from_secs(u64::try_from(rounded).unwrap_or(1))
}

/// Version 3 has hundredths of a second, in twelve bits.
fn hundredths(reading: &mut Reading<'_>, written: &Instance, given: &Spanned<Duration>) -> Duration {
    const LONGEST: Duration = Duration::from_millis(40_950);
    let name = &written.name.value;
    let seconds = given.value.as_secs_f64();
    let rounded =
        Duration::from_millis(u64::try_from((given.value.as_micros() + 5_000) / 10_000).unwrap_or(0) * 10);
    let (value, message) = if given.value > LONGEST {
        let message = format!(
            "({name}) VRRPv3 advertisement interval {seconds:.2}s is out of range. Must be less than 40.96s. Setting to 40.95s"
        );
        (LONGEST, message)
    } else if rounded != given.value {
        let message = format!(
            "({name}) VRRPv3 advertisement interval {seconds:.6}s must be in units of 10ms - rounding"
        );
        (rounded, message)
    } else {
        return rounded;
    };
    let told = Diagnostic::warning("rounded", message)
        .at(given.span)
        .help(format!(
            "write `advert_int {:.2}`, which it is now",
            value.as_secs_f64()
        ));
    reading.fault(told);
    value
}

/// Neither `nopreempt` nor a delay goes with `state MASTER`.
fn preemption(reading: &mut Reading<'_>, written: &Instance, state: InitialState) -> (bool, Duration) {
    let name = &written.name.value;
    let master = state == InitialState::Master;
    let delay = written.preempt_delay.as_ref();
    let mut preempt = written.nopreempt.is_none();
    let mut preempt_delay = delay.map_or(Duration::ZERO, |delay| delay.value);
    if let (true, Some(span)) = (master, written.nopreempt) {
        let message =
            format!("({name}) Warning - nopreempt will not work with initial state MASTER - clearing");
        clash(reading, written, span, message, "nopreempt");
        preempt = true;
    }
    if let (true, Some(delay)) = (master, delay)
        && !preempt_delay.is_zero()
    {
        let message =
            format!("({name}) Warning - preempt delay will not work with initial state MASTER - clearing");
        clash(reading, written, delay.span, message, "preempt_delay");
        preempt_delay = Duration::ZERO;
    }
    if let (false, Some(delay)) = (preempt, delay)
        && !preempt_delay.is_zero()
    {
        let told = Diagnostic::warning(
            "clash",
            format!("({name}) preempt_delay is incompatible with nopreempt mode - resetting"),
        )
        .at(delay.span)
        .help("remove one of them");
        reading.fault(told);
        preempt_delay = Duration::ZERO;
    }
    (preempt, preempt_delay)
}

fn clash(reading: &mut Reading<'_>, written: &Instance, span: Span, message: String, keyword: &str) {
    let mut told = Diagnostic::warning("clash", message).at(span).help(format!(
        "write `state BACKUP` where {keyword} is wanted, on both machines"
    ));
    if let Some(state) = &written.state {
        told = told.label(state.span, "the state");
    }
    reading.fault(told);
}

fn authentication(reading: &mut Reading<'_>, written: &Instance, version: Version) -> Option<Authentication> {
    let kind = written.auth_type.as_ref()?;
    let name = &written.name.value;
    let password = written
        .auth_pass
        .as_ref()
        .filter(|password| password.value[0] != 0);
    let Some(password) = password else {
        let told = Diagnostic::warning(
            "missing-keyword",
            format!("({name}) Authentication specified but no password given. Ignoring"),
        )
        .at(kind.span)
        .help("write `auth_pass PASSWORD` beside it");
        reading.fault(told);
        return None;
    };
    if version == Version::V3 {
        let told = Diagnostic::warning(
            "clash",
            format!("({name}) VRRP version 3 does not support authentication. Ignoring."),
        )
        .at(written.authentication.unwrap_or(kind.span))
        .help("remove the block: version 3 has no such thing");
        reading.fault(told);
        return None;
    }
    Some(match kind.value {
        AuthType::Pass => Authentication::Pass(password.value),
        AuthType::Ah => Authentication::Ah(password.value),
    })
}

/// An owner's priority is not changed by anything.
fn track_scripts(
    reading: &mut Reading<'_>,
    written: &Instance,
    places: &[Option<usize>],
    scripts: &[VrrpScript],
    (owner, weightless): (bool, bool),
) -> Vec<TrackScript> {
    let mut out = Vec::new();
    for entry in &written.track_scripts {
        let index = places.get(entry.script).copied().flatten();
        let Some((index, script)) = index.and_then(|index| Some((index, scripts.get(index)?))) else {
            // It is disabled, which was told.
            continue;
        };
        let weight = entry.weight.unwrap_or(script.weight);
        if owner && weight.value != 0 {
            let told = Diagnostic::warning(
                "owner",
                format!(
                    "({}) ignoring tracked script {} with weights due to address_owner",
                    written.name.value, script.name
                ),
            )
            .at(entry.span)
            .help("an instance of priority 255 keeps it: write weight 0, or a lower priority");
            reading.fault(told);
            continue;
        }
        if weightless && weight.value != 0 {
            let told = Diagnostic::warning(
                "clash",
                format!(
                    "({}) ignoring tracked script {} with weights due to SYNC group",
                    written.name.value, script.name
                ),
            )
            .at(entry.span)
            .help("let the group track it, or write sync_group_tracking_weight into the group");
            reading.fault(told);
            continue;
        }
        out.push(TrackScript {
            script: index,
            weight,
        });
    }
    out
}

/// Its own interface is watched anyway, and an owner's priority is not changed by anything.
fn track_interfaces(
    reading: &mut Reading<'_>,
    written: &Instance,
    own: &str,
    (owner, weightless): (bool, bool),
) -> Vec<TrackInterface> {
    let mut out = Vec::new();
    for entry in &written.track_interfaces {
        let interface = &entry.interface.value;
        let name = &written.name.value;
        let told = if interface == own {
            Diagnostic::warning(
                "own-interface",
                format!("({name}) Ignoring track_interface {interface} since own interface"),
            )
            .help("remove it: an instance watches its own interface anyway")
        } else if owner && entry.weight.value != 0 {
            Diagnostic::warning(
                "owner",
                format!("({name}) ignoring {interface} tracked interface due to address owner"),
            )
            .help("an instance of priority 255 keeps it: write weight 0, or a lower priority")
        } else {
            let loses = weightless && entry.weight.value != 0;
            out.push(TrackInterface {
                interface: interface.clone(),
                weight: if loses { Weight::default() } else { entry.weight },
            });
            if !loses {
                continue;
            }
            Diagnostic::warning(
                "clash",
                format!("({name}) ignoring {interface} tracked interface weight due to SYNC group"),
            )
            .help("let the group track it, or write sync_group_tracking_weight into the group")
        };
        reading.fault(told.at(entry.interface.span));
    }
    out
}

/// The interfaces besides its own without which what it moves cannot be.
fn needed_interfaces(written: &Instance, own: &str) -> Vec<String> {
    let addresses = written
        .addresses
        .iter()
        .chain(&written.excluded)
        .filter(|address| !address.no_track)
        .filter_map(|address| address.interface.as_deref());
    let routes = written.routes.iter().map(|route| &route.value);
    let routes = routes
        .filter(|route| route.tracked)
        .flat_map(|route| route.interfaces());
    let rules = written.rules.iter().map(|rule| &rule.value);
    let rules = rules
        .filter(|rule| rule.tracked)
        .flat_map(|rule| rule.interfaces());
    let mut needed = Vec::new();
    for name in addresses.chain(routes).chain(rules) {
        if name != own && !needed.iter().any(|known| known == name) {
            needed.push(name.to_owned());
        }
    }
    needed
}

pub(super) fn settled(address: &Address, interface: &str) -> VirtualAddress {
    let value = address.address.value;
    VirtualAddress {
        address: value,
        prefix: address.prefix,
        interface: address.interface.clone().unwrap_or_else(|| interface.to_owned()),
        label: address.label.clone(),
        scope: address.scope,
        broadcast: broadcast(address),
        peer: address.peer,
        home: address.home,
        detect_duplicates: address.detect_duplicates,
        manage_temporary: address.manage_temporary,
        no_prefix_route: address.no_prefix_route,
        auto_join: address.auto_join,
        no_track: address.no_track,
        vmac: address.vmac,
        // One without neighbours of its own is not to be sent from, unless it is said to.
        preferred_lifetime: address
            .preferred_lifetime
            .or_else(|| (value.is_ipv6() && address.prefix == 128).then_some(0)),
    }
}

fn broadcast(address: &Address) -> Option<Ipv4Addr> {
    let IpAddr::V4(value) = address.address.value else {
        return None;
    };
    let host_bits = u32::MAX.checked_shr(address.prefix.into()).unwrap_or(0);
    Some(match address.broadcast? {
        WrittenBroadcast::Address(broadcast) => broadcast,
        WrittenBroadcast::Ones => Ipv4Addr::from(u32::from(value) | host_bits),
        WrittenBroadcast::Zeros => Ipv4Addr::from(u32::from(value) & !host_bits),
    })
}

/// Two instances of a number on an interface would take each other's adverts for their own, unless they have other groups or
/// other partners.
pub(super) fn shared_router_ids(reading: &mut Reading<'_>, instances: &[(VrrpInstance, Span)]) {
    type Named = (VrrpInstance, Span);

    let mut taken: HashMap<(u8, &str, bool), Vec<&Named>> = HashMap::new();
    for entry in instances {
        let (second, span) = entry;
        let key = (second.virtual_router_id, &*second.interface, second.ipv6);
        let others = taken.entry(key).or_default();
        if let Some((first, place)) = others.iter().find(|(first, _)| hears_the_same(first, second)) {
            let number = second.virtual_router_id;
            let ip = if second.ipv6 { "IPv6" } else { "IPv4" };
            let message = if second.peers.is_empty() {
                format!(
                    "{} and {} both use VRID {number} with {ip} on interface {}",
                    first.name, second.name, second.interface
                )
            } else {
                format!(
                    "({}) duplicate VRID conflict with {} VRID {number}",
                    first.name, second.name
                )
            };
            let told = Diagnostic::alert("shared-router-id", message)
                .at(*span)
                .label(*place, "the other one")
                .help("give one of them another virtual_router_id, on all machines");
            reading.fault(told);
        }
        others.push(entry);
    }
}

/// Whether an advert can be for either of two instances of a number, an interface and a family.
fn hears_the_same(one: &VrrpInstance, other: &VrrpInstance) -> bool {
    if one.peers.is_empty() || other.peers.is_empty() {
        return one.peers.is_empty() == other.peers.is_empty() && one.group == other.group;
    }
    let shared = |peer: &UnicastPeer| other.peers.iter().any(|its| its.address == peer.address);
    one.source == other.source && one.peers.iter().any(shared)
}
