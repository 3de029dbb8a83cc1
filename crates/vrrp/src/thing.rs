//! What an instance keeps an eye on besides adverts, by kind and name.

use std::fmt;

use keepalived_conf::model::{Config, VrrpInstance, Weight};

/// Something that instances track.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Thing {
    /// A `vrrp_script`.
    Script(String),
    /// An interface.
    Interface(String),
}

impl Thing {
    /// What it is called in its file.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Script(name) | Self::Interface(name) => name,
        }
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Script(name) => write!(f, "script {name}"),
            Self::Interface(name) => write!(f, "interface {name}"),
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
    scripts.chain(interfaces).collect()
}
