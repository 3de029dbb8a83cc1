//! What an instance keeps an eye on besides adverts, by kind and name.

use std::fmt;

use keepalived_conf::model::{Config, VrrpInstance, Weight};
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
            | Self::Bfd(name) => name,
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
            Self::Interface(name) => write!(f, "interface {name}"),
            Self::File(name) => write!(f, "file {name}"),
            Self::Process(name) => write!(f, "process {name}"),
            Self::Bfd(name) => write!(f, "bfd {name}"),
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
    scripts.chain(interfaces).chain(files).collect()
}
