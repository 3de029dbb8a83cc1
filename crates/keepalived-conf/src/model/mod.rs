//! The resolved model: what is run. No span is needed to understand it, no name is left unresolved, every default is filled in.

mod address;
mod dump;
mod endpoint;
mod global;
mod instance;
mod interface;
mod process;
mod program;
mod protocol;
mod route;
mod script;
mod sync;
mod track;

pub use address::{Scope, VirtualAddress};
pub use dump::{DumpKind, Dumps};
pub use endpoint::{DBus, HttpEndpoint, HttpPlace};
pub use global::{Fifo, Firewall, GlobalDefs, Smtp, SmtpServer, Snmp};
pub use instance::{
    Authentication, Garp, InitialState, Ipvlan, IpvlanMode, Notify, UnicastPeer, Version, VirtualMac,
    VrrpInstance,
};
pub use interface::{GarpGroup, InterfaceDelay, LinkQuestion, Linkbeat, ReceiveBuffer};
pub use process::Process;
pub use program::{Program, Reload};
pub use protocol::{BufferPolicy, ExtraGarp, UnicastChecksum};
pub use route::{
    Encap, MetricValue, Network, NextHop, PROTOCOL_KEEPALIVED, Route, RouteKind, RouteMetric, RouteTable,
    Rule, RuleAction, Static, Statics,
};
pub use script::{Script, VrrpScript};
pub use sync::SyncGroup;
pub use track::{
    BfdInstance, FileInit, ParamMatch, TrackFile, TrackInterface, TrackProcess, TrackScript, TrackThing,
    Weight,
};

/// A whole configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// What holds for all.
    pub global: GlobalDefs,
    /// The scripts that can be run, in the order of the files. One that is disabled or that nobody may run is not here.
    pub scripts: Vec<VrrpScript>,
    /// The files that instances track, in the order of the files.
    pub files: Vec<TrackFile>,
    /// The processes that instances track, in the order of the files.
    pub processes: Vec<TrackProcess>,
    /// The BFD sessions, in the order of the files, whether anything tracks them or not.
    pub sessions: Vec<BfdInstance>,
    /// The instances, in the order of the files. One that cannot be used (no interface, no VRID) is not here.
    pub instances: Vec<VrrpInstance>,
    /// The groups of instances, in the order of the files. One without members is not here.
    pub groups: Vec<SyncGroup>,
    /// What stays on the machine while the program runs.
    pub statics: Statics,
    /// Interfaces that share the time between announcements.
    pub garp_groups: Vec<GarpGroup>,
    /// Interfaces whose changes must last.
    pub delays: Vec<InterfaceDelay>,
    /// Interfaces whose link is asked for.
    pub linkbeat: Linkbeat,
}
