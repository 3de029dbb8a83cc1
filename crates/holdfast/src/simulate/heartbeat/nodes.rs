//! The nodes of a cluster as their files have them.

use std::path::Path;
use std::time::Duration;

use heartbeat::{Identity, settings};
use heartbeat_conf::model::{AutoFailback, MediumKind, ResourceKind};
use heartbeat_conf::{Elsewhere, Loaded, load};
use heartbeat_proto::Settings;
use heartbeat_proto::sim::{Cluster, Network};
use lint::migrate_heartbeat::{Node as Given, names};
use syntax::render::full;

use super::course::Setting;
use super::place;
use crate::heartbeat::group_keys;
use crate::migrate_heartbeat::files as read;

/// The longest time that starting or stopping a group takes.
const WORK: Duration = Duration::from_millis(300);

/// All nodes.
pub(super) struct Nodes {
    /// Their names, in the order of the arguments.
    pub(super) names: Vec<String>,
    pub(super) files: Vec<String>,
    loaded: Vec<Loaded>,
    settings: Vec<Settings>,
}

impl Nodes {
    /// Reads the folders of all nodes.
    ///
    /// # Errors
    /// What is wrong with them.
    pub(super) fn read(folders: &[String]) -> Result<Self, String> {
        let mut loaded = Vec::new();
        for folder in folders {
            let found = load(&read(Path::new(place(folder).1))?, &Elsewhere);
            let mut faults = found.diagnostics.iter().filter(|told| told.refuses).peekable();
            if faults.peek().is_some() {
                let told: String = faults.map(|told| full(told, &found.sources, false)).collect();
                return Err(format!("{told}heartbeat would not run these files\n"));
            }
            loaded.push(found);
        }
        let given: Vec<Given<'_>> = folders
            .iter()
            .zip(&loaded)
            .map(|(folder, loaded)| Given {
                place: place(folder).1,
                name: place(folder).0,
                configuration: &loaded.configuration,
            })
            .collect();
        let names = names(&given).map_err(|error| format!("{error}\n"))?;
        let groups = |loaded: &Loaded| loaded.configuration.groups.len();
        if loaded.first().is_none_or(|first| groups(first) == 0) {
            return Err("haresources has no group that could move\n".to_owned());
        }
        if let Some(other) = loaded.iter().position(|one| groups(one) != groups(&loaded[0])) {
            return Err(format!(
                "haresources of {} and {} have not the same number of groups: they must be equal\n",
                names[0], names[other]
            ));
        }
        let mut all = Vec::new();
        for (number, (loaded, name)) in loaded.iter().zip(&names).enumerate() {
            let identity = Identity {
                uuid: [u8::try_from(number).unwrap_or(u8::MAX); 16],
                epoch: 1_000_000,
                ..Identity::default()
            };
            let name = name.to_ascii_lowercase();
            let keys = group_keys(loaded);
            let settings = settings(&loaded.configuration, &keys, &name, ways(loaded), identity);
            all.push(settings.ok_or_else(|| format!("no key of {name} signs\n"))?);
        }
        Ok(Self {
            names,
            files: folders.iter().map(|folder| place(folder).1.to_owned()).collect(),
            loaded,
            settings: all,
        })
    }

    /// All nodes, not started.
    pub(super) fn cluster(&self, setting: Setting) -> Cluster {
        let network = Network {
            loss: u64::from(setting.loss_permille),
            ..Network::PERFECT
        };
        Cluster::of(self.settings.clone(), network, WORK, setting.seed)
    }

    /// After that time all has come to rest that was started together.
    pub(super) fn settling(&self) -> Duration {
        let longest = self.settings.iter().map(|one| one.initdead + one.deadtime).max();
        longest.unwrap_or_default() + Duration::from_secs(30)
    }

    /// Within less nothing could be said of a failure and its end.
    pub(super) fn shortest_course(&self) -> Duration {
        self.settling() * 2
    }

    pub(super) fn keepalive(&self) -> Duration {
        let longest = self.settings.iter().map(|one| one.keepalive).max();
        longest.unwrap_or_default()
    }

    /// Who a group belongs to, and what is in it.
    pub(super) fn group(&self, group: usize) -> (String, String) {
        let group = &self.loaded[0].configuration.groups[group];
        let all: Vec<String> = group.resources.iter().map(|one| one.full()).collect();
        (group.owner.clone(), all.join(" "))
    }

    pub(super) fn groups(&self) -> usize {
        self.settings[0].groups.len()
    }

    /// The groups that have a script, with the first of them.
    pub(super) fn scripts(&self) -> Vec<(usize, String)> {
        let groups = self.loaded[0].configuration.groups.iter().enumerate();
        let scripts = groups.filter_map(|(number, group)| {
            let script = |one: &&heartbeat_conf::model::Resource| one.kind == ResourceKind::Script;
            Some((number, group.resources.iter().find(script)?.full()))
        });
        scripts.collect()
    }

    /// The ways that any node has, each once.
    pub(super) fn ways(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for way in self.settings.iter().flat_map(|one| &one.links) {
            if !all.contains(way) {
                all.push(way.clone());
            }
        }
        all
    }

    /// What a node pings.
    pub(super) fn pings(&self, node: usize) -> &[String] {
        &self.settings[node].pings
    }

    /// Whether ipfail hands over when the other node reaches more; after how long.
    pub(super) fn ipfail(&self, node: usize) -> Option<Duration> {
        let settings = &self.loaded[node].configuration.settings;
        let acts = settings.auto_failback.value != AutoFailback::Legacy;
        let runs = acts && settings.respawn.iter().any(|one| one.is_ipfail());
        // It asks a second later, and waits for two signs of life.
        runs.then(|| Duration::from_secs(1) + self.settings[node].keepalive * 2)
    }
}

/// The networks and lines that a node has, each once: several media on one interface fail together.
fn ways(loaded: &Loaded) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for medium in &loaded.configuration.settings.media {
        let name = match &medium.kind {
            MediumKind::Serial { device, .. } => device.clone(),
            kind => kind.interface().unwrap_or_default().to_owned(),
        };
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}
