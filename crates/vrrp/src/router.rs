//! One instance with all that the shell knows of it: its part of the configuration, its machine, and the addresses that it has set.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use keepalived_conf::model::{
    Authentication, GlobalDefs, InitialState as WantedState, UnicastChecksum, Version as WantedVersion,
    VrrpInstance,
};
use vrrp_proto::split::SplitWatch;
use vrrp_proto::track::Tracked;
use vrrp_proto::wire::{Auth, ChecksumForm, FaultKind, Peer, Version};
use vrrp_proto::{Counters, Event, GarpTiming, InitialState, Instance, InstanceConfig, Output};

use crate::firewall::Dropped;
use crate::limit::Limit;
use crate::netlink::{AddressSpec, RouteSpec, RuleSpec};
use crate::snapshot::StateCounts;
use crate::snmp::MasterReason;
use crate::socket::Path;

/// The kinds of lines that packets can call for at any rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum LineKind {
    /// A packet was refused.
    Rejected(FaultKind),
    /// A master of lower priority.
    Lower,
    /// An advert of priority 0.
    Zero,
    /// An advert could not be sent.
    Unsent,
}

/// A route or rule that was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placed<T> {
    /// Which.
    pub(crate) spec: T,
    /// Whether netlink has told of it since: what it tells of its end before that is about an earlier one.
    pub(crate) told: bool,
}

impl<T> Placed<T> {
    /// One that was set just now.
    pub(crate) fn new(spec: T) -> Self {
        Self { spec, told: false }
    }
}

/// An instance.
#[derive(Debug)]
pub(crate) struct Router {
    /// Its part of the configuration.
    pub(crate) instance: VrrpInstance,
    /// What decides.
    pub(crate) machine: Instance,
    /// The addresses that it has set.
    pub(crate) set: Vec<AddressSpec>,
    /// The addresses for which packets are dropped.
    pub(crate) dropped: Vec<Dropped>,
    /// The routes that it has set.
    pub(crate) routes: Vec<Placed<RouteSpec>>,
    /// The rules that it has set.
    pub(crate) rules: Vec<Placed<RuleSpec>>,
    /// When neighbours on other interfaces are told of its addresses again.
    pub(crate) extra_due: Option<vrrp_proto::Time>,
    /// When it last changed its state.
    pub(crate) since: Timestamp,
    /// Since when it takes part.
    pub(crate) begun: Option<Timestamp>,
    /// Why it last became master.
    pub(crate) master_reason: MasterReason,
    /// Why it will be master if it becomes one now.
    pub(crate) next_reason: MasterReason,
    /// How often it came into each state.
    pub(crate) entered: StateCounts,
    /// What the machine was last told of its interface.
    pub(crate) up: bool,
    /// Lines that packets call for.
    pub(crate) lines: Limit<LineKind>,
    /// Adverts that the system did not send.
    pub(crate) unsent: u64,
    /// Whether others are masters as well.
    pub(crate) split: SplitWatch,
    /// What had been counted when the counts were last cleared.
    pub(crate) counted_before: Counters,
}

impl Router {
    /// One that has not started.
    pub(crate) fn new(instance: VrrpInstance, config: InstanceConfig) -> Self {
        Self {
            instance,
            machine: Instance::new(config),
            set: Vec::new(),
            dropped: Vec::new(),
            extra_due: None,
            routes: Vec::new(),
            rules: Vec::new(),
            since: Timestamp::now(),
            begun: None,
            master_reason: MasterReason::Never,
            next_reason: MasterReason::NoResponse,
            entered: StateCounts::default(),
            up: true,
            lines: Limit::default(),
            unsent: 0,
            split: SplitWatch::default(),
            counted_before: Counters::default(),
        }
    }
}

/// Where the adverts of an instance that sends from `source` go to.
pub(crate) fn path(instance: &VrrpInstance, global: &GlobalDefs, source: IpAddr) -> Path {
    if !instance.peers.is_empty() {
        return Path::Own(source);
    }
    Path::Group(instance.group.unwrap_or(if instance.ipv6 {
        global.mcast_group6.into()
    } else {
        global.mcast_group4.into()
    }))
}

/// What the machine of an instance is told. `source` is the address that its interface sends from, where it has one: an instance
/// without one is kept in FAULT and sends nothing. `tracked` stands for what the instance tracks.
#[must_use]
pub fn machine_config(
    instance: &VrrpInstance,
    global: &GlobalDefs,
    source: Option<IpAddr>,
    tracked: Vec<Tracked>,
) -> InstanceConfig {
    let source = instance.source.or(source).unwrap_or(if instance.ipv6 {
        IpAddr::V6(Ipv6Addr::UNSPECIFIED)
    } else {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED)
    });
    let path = path(instance, global, source);
    let garp = &instance.garp;
    let repeat = |count: u32| u8::try_from(count).unwrap_or(u8::MAX);
    InstanceConfig {
        version: match instance.version {
            WantedVersion::V2 => Version::V2,
            WantedVersion::V3 => Version::V3,
        },
        priority: instance.priority,
        advert_interval: instance.advert_int,
        initial_state: match instance.initial_state {
            WantedState::Master => InitialState::Master,
            WantedState::Backup => InitialState::Backup,
        },
        destination: path.address(),
        peers: instance
            .peers
            .iter()
            .map(|peer| Peer {
                address: peer.address,
                ttl: peer.min_ttl..=peer.max_ttl,
            })
            .collect(),
        check_peers: instance.check_unicast_src,
        unicast_ttl: instance.unicast_ttl,
        auth: match instance.authentication {
            Some(Authentication::Pass(password)) => Auth::Pass(password),
            Some(Authentication::Ah(key)) => Auth::Header(key),
            None => Auth::None,
        },
        preempt: instance.preempt,
        preempt_delay: instance.preempt_delay,
        down_timer_adverts: garp.down_timer_adverts,
        garp: GarpTiming {
            master_repeat: repeat(garp.master_repeat),
            master_delay: garp.master_delay,
            lower_prio_repeat: repeat(garp.lower_prio_repeat),
            lower_prio_delay: garp.lower_prio_delay,
            refresh: garp.master_refresh,
            refresh_repeat: repeat(garp.master_refresh_repeat),
        },
        lower_prio_no_advert: garp.lower_prio_no_advert,
        higher_prio_send_advert: garp.higher_prio_send_advert,
        skip_check_adv_addr: instance.skip_check_adv_addr,
        owner_ignores_adverts: instance.owner_ignores_adverts,
        checksum: match (instance.checksum_as_v2, instance.unicast_checksum) {
            (true, _) => ChecksumForm::AdvertAlone,
            (false, UnicastChecksum::Old) if !instance.peers.is_empty() => ChecksumForm::Old,
            (false, UnicastChecksum::Old | UnicastChecksum::Recognise) => ChecksumForm::Recognise,
            (false, UnicastChecksum::New) => ChecksumForm::New,
        },
        expires_to_backup: instance.timer_expired_backup,
        tracked,
        ..InstanceConfig::new(
            instance.virtual_router_id,
            source,
            instance
                .addresses
                .iter()
                .map(|address| address.address)
                .filter(|address| address.is_ipv4() == source.is_ipv4())
                .collect(),
        )
    }
}

/// Whether a line is only for those who asked for details.
pub(crate) fn is_detail(output: &Output) -> bool {
    matches!(
        output,
        Output::AddAddresses
            | Output::RemoveAddresses
            | Output::Event(Event::AdvertTimeout | Event::SentZeroPriority | Event::BackupHeardZero)
    )
}

/// The kind of a line that packets can call for at any rate; none for all others.
pub(crate) fn line_kind(output: &Output) -> Option<LineKind> {
    match output {
        Output::Event(Event::Rejected(fault)) => Some(LineKind::Rejected(fault.kind())),
        Output::Event(Event::DiscardedLower { .. } | Event::MasterHeardLower { .. }) => Some(LineKind::Lower),
        Output::Event(Event::MasterHeardZero | Event::BackupHeardZero) => Some(LineKind::Zero),
        _ => None,
    }
}
