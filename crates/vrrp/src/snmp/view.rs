//! What is shown to SNMP, taken from the running program in one go; and what SNMP may change.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use jiff::Timestamp;
use keepalived_conf::model::{
    BfdInstance, GlobalDefs, Route, Rule, SyncGroup, TrackFile, TrackProcess, VirtualAddress, VrrpInstance,
    VrrpScript,
};
use tokio::sync::oneshot;
use vrrp_proto::StateKind;
use vrrp_proto::track::Health;

use crate::snapshot::RouterView;

/// What the thread that speaks with the agent wants of the program.
#[derive(Debug)]
pub(crate) enum Asked {
    /// What there is.
    View(oneshot::Sender<Box<View>>),
    /// A line for the log.
    Log(String),
    /// Something is to be changed; the answer has what puts it back.
    Change(Vec<Change>, oneshot::Sender<Vec<Change>>),
}

/// A change of an instance, by its name. The file counts again from the next reload on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// Another `priority`.
    Priority(String, u8),
    /// With or without `nopreempt`.
    Preempt(String, bool),
}

/// All that is shown.
#[derive(Clone, Debug)]
pub(crate) struct View {
    pub(crate) taken: Timestamp,
    pub(crate) started: Timestamp,
    pub(crate) global: GlobalDefs,
    /// What the program says that it is.
    pub(crate) version: String,
    pub(crate) routers: Vec<(RouterView, Managed)>,
    pub(crate) groups: Vec<(SyncGroup, StateKind)>,
    /// The numbers of interfaces.
    pub(crate) indexes: BTreeMap<String, u32>,
    /// What stays on the machine.
    pub(crate) addresses: Vec<Shown<VirtualAddress>>,
    pub(crate) routes: Vec<Shown<Route>>,
    pub(crate) rules: Vec<Shown<Rule>>,
    pub(crate) scripts: Vec<(VrrpScript, Health)>,
    pub(crate) files: Vec<(TrackFile, i64)>,
    /// Sessions, and whether each is up.
    pub(crate) sessions: Vec<(BfdInstance, bool)>,
    /// Processes, how many run, and whether they are enough.
    pub(crate) processes: Vec<(TrackProcess, usize, bool)>,
    pub(crate) names: Names,
}

/// The names of what instances track by its place.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) files: Vec<String>,
    pub(crate) sessions: Vec<String>,
    pub(crate) processes: Vec<String>,
}

/// Something that the program sets, and whether it has.
#[derive(Clone, Debug)]
pub(crate) struct Shown<T> {
    pub(crate) what: T,
    pub(crate) set: bool,
}

/// What is shown of an instance besides what everybody is shown.
#[derive(Clone, Debug)]
pub(crate) struct Managed {
    pub(crate) instance: VrrpInstance,
    /// Number of its interface; 0 without one.
    pub(crate) index: u32,
    /// The hardware address of that interface.
    pub(crate) mac: Vec<u8>,
    /// What it sends from.
    pub(crate) source: IpAddr,
    /// The master that it follows.
    pub(crate) master: Option<IpAddr>,
    /// Time between two adverts.
    pub(crate) interval: Duration,
    /// Since when it takes part.
    pub(crate) begun: Option<Timestamp>,
    pub(crate) reason: MasterReason,
    /// How adverts prove themselves, as RFC 2787 numbers it: 1 not, 2 by a password, 3 by a header.
    pub(crate) auth: i32,
    /// Whether the link of its interface is asked for rather than told of.
    pub(crate) polls_link: bool,
    pub(crate) routes: Vec<Shown<Route>>,
    pub(crate) rules: Vec<Shown<Rule>>,
}

/// Why an instance last became master (vrrpv3StatisticsMasterReason, RFC 6527).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum MasterReason {
    /// It never was.
    #[default]
    Never = 0,
    /// The master gave up, by an advert of priority 0.
    Priority = 1,
    /// It went before a master of lower priority.
    Preempted = 2,
    /// No master was heard.
    NoResponse = 3,
}
