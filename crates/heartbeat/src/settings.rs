//! What a node is told at its start, of what the files say.

use std::time::Duration;

use heartbeat_conf::model::{AutoFailback, Autojoin, Configuration, Keys as FileKeys};
use heartbeat_proto::wire::{Key, Keys, Method};
use heartbeat_proto::{Failback, Group, Settings};

/// Who a node is, and what chance begins with: what no file of the configuration says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Its identity.
    pub uuid: [u8; 16],
    /// Which of its starts this is.
    pub generation: u32,
    /// The time of the start, in seconds since 1970.
    pub epoch: u64,
    /// What chance begins with.
    pub seed: u64,
}

/// The keys of a file; none when none of them signs.
pub(crate) fn keys(file: &FileKeys) -> Option<Keys> {
    let key = |key: &heartbeat_conf::model::Key| {
        let method = match key.method {
            heartbeat_conf::model::Method::Crc => Method::Crc,
            heartbeat_conf::model::Method::Md5 => Method::Md5,
            heartbeat_conf::model::Method::Sha1 => Method::Sha1,
        };
        Key::new(u32::from(key.number), method, &key.secret)
    };
    let signing = file.signing()?;
    let others = file
        .keys
        .iter()
        .filter(|one| one.number != signing.number)
        .map(key)
        .collect();
    Some(Keys::new(key(signing), others))
}

/// The settings of the node `name`: `group_keys` is what groups are called in messages, `links` the names of the ways that are open.
/// None when no key signs.
#[must_use]
pub fn settings(
    config: &Configuration,
    group_keys: &[String],
    name: &str,
    links: Vec<String>,
    identity: Identity,
) -> Option<Settings> {
    let file = &config.settings;
    let times = &file.times;
    let millis = Duration::from_millis;
    Some(Settings {
        name: name.to_owned(),
        uuid: identity.uuid,
        generation: identity.generation,
        epoch: identity.epoch,
        nodes: file
            .nodes
            .iter()
            .map(|node| node.value.to_ascii_lowercase())
            .collect(),
        autojoin: file.autojoin.value != Autojoin::None,
        keepalive: millis(times.keepalive.value),
        deadtime: millis(times.deadtime.value),
        warntime: millis(times.warntime.value),
        initdead: millis(times.initdead.value),
        max_rexmit_delay: millis(file.max_rexmit_delay.value),
        failback: match file.auto_failback.value {
            AutoFailback::On => Failback::On,
            AutoFailback::Off => Failback::Off,
            AutoFailback::Legacy => Failback::Legacy,
        },
        links,
        pings: file.pings.iter().map(|ping| ping.name.clone()).collect(),
        deadping: millis(times.deadping.value),
        keys: keys(&config.keys)?,
        groups: config
            .groups
            .iter()
            .enumerate()
            .map(|(number, group)| Group {
                owner: group.owner.to_ascii_lowercase(),
                key: group_keys.get(number).cloned().unwrap_or_default(),
            })
            .collect(),
        seed: identity.seed,
    })
}
