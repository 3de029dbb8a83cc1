//! What an instance keeps an eye on besides adverts, by kind and name.

use std::fmt;

use keepalived_conf::model::{Config, Route, Rule, Statics, VirtualAddress, VrrpInstance, Weight};
use vrrp_proto::track::Health;

/// Something that instances track.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A `vrrp_script`.
    Script(String),
    /// An interface.
    Interface(String),
    /// A `track_file`.
    File(String),
    /// A `vrrp_track_process`.
    Process(String),
    /// A `bfd_instance`.
    Bfd(String),
    /// An interface without which its addresses, routes or rules cannot be.
    Needed(String),
    /// Something that stays on the machine and that it tracks by a `track_group`.
    Static(String),
}

impl Thing {
    /// What it is called in its file.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Script(name)
            | Self::Interface(name)
            | Self::File(name)
            | Self::Process(name)
            | Self::Bfd(name)
            | Self::Needed(name)
            | Self::Static(name) => name,
        }
    }

    /// Its state when it is in order, or when it is not. A file that is not has a number that makes most weights a fault.
    #[must_use]
    pub fn health(&self, fails: bool) -> Health {
        match (self, fails) {
            (Self::File(_), false) => Health::Level(0),
            (Self::File(_), true) => Health::Level(-254),
            (_, false) => Health::Up,
            (_, true) => Health::Down,
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Script(name) => write!(f, "script {name}"),
            Self::Interface(name) | Self::Needed(name) => write!(f, "interface {name}"),
            Self::File(name) => write!(f, "file {name}"),
            Self::Process(name) => write!(f, "process {name}"),
            Self::Bfd(name) => write!(f, "bfd {name}"),
            Self::Static(name) => write!(f, "static {name}"),
        }
    }
}

/// What an instance of `config` tracks, and what each does to it.
#[must_use]
pub fn tracked(instance: &VrrpInstance, config: &Config) -> Vec<(Thing, Weight)> {
    let scripts = instance.track_scripts.iter().filter_map(|tracked| {
        let script = config.scripts.get(tracked.script)?;
        Some((Thing::Script(script.name.clone()), tracked.weight))
    });
    let interfaces = instance.track_interfaces.iter();
    let interfaces = interfaces.map(|tracked| (Thing::Interface(tracked.interface.clone()), tracked.weight));
    let files = instance.track_files.iter().filter_map(|tracked| {
        let file = config.files.get(tracked.thing)?;
        Some((Thing::File(file.name.clone()), tracked.weight))
    });
    let needed = instance.needed_interfaces.iter().cloned().map(Thing::Needed);
    let place = config.instances.iter().position(|one| one.name == instance.name);
    let statics = place.map(|place| tracked_statics(&config.statics, place));
    let weightless = needed.chain(statics.into_iter().flatten());
    let processes = instance.track_processes.iter().filter_map(|tracked| {
        let process = config.processes.get(tracked.thing)?;
        Some((Thing::Process(process.name.clone()), tracked.weight))
    });
    let sessions = instance.track_sessions.iter().filter_map(|tracked| {
        let session = config.sessions.get(tracked.thing)?;
        Some((Thing::Bfd(session.name.clone()), tracked.weight))
    });
    scripts
        .chain(interfaces)
        .chain(files)
        .chain(processes)
        .chain(sessions)
        .chain(weightless.map(|thing| (thing, Weight::default())))
        .collect()
}

/// What an instance tracks by its `track_group`.
fn tracked_statics(statics: &Statics, instance: usize) -> Vec<Thing> {
    let addresses = statics.addresses.iter();
    let addresses = addresses
        .filter(|entry| entry.trackers.contains(&instance))
        .map(|entry| static_address(&entry.what));
    let routes = statics.routes.iter();
    let routes = routes
        .filter(|entry| entry.trackers.contains(&instance))
        .map(|entry| static_route(&entry.what));
    let rules = statics.rules.iter();
    let rules = rules
        .filter(|entry| entry.trackers.contains(&instance))
        .map(|entry| static_rule(&entry.what));
    addresses.chain(routes).chain(rules).collect()
}

/// An address that stays on the machine.
pub(crate) fn static_address(address: &VirtualAddress) -> Thing {
    Thing::Static(format!(
        "address {}/{} {}",
        address.address, address.prefix, address.interface
    ))
}

/// A route that stays on the machine. All of it is its name: two may differ in anything.
pub(crate) fn static_route(route: &Route) -> Thing {
    Thing::Static(format!("route {route:?}"))
}

/// The same for a rule.
pub(crate) fn static_rule(rule: &Rule) -> Thing {
    Thing::Static(format!("rule {rule:?}"))
}
