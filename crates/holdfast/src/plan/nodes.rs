//! What starting a keepalived.conf here and now would do: instances and what they would be at first, addresses, scripts, who the
//! process has to be, and what a reload would change.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::os::unix::fs::PermissionsExt as _;

use keepalived_conf::model::{Config, InitialState, Script, VrrpInstance};
use keepalived_conf::{Dialect, Host as _, LoadOptions, Loaded, load};
use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use nix::unistd::geteuid;
use syntax::Severity;

use super::{Grade, Item, Part, kernel, place};
use crate::keepalived::host::Machine;
use crate::keepalived::pid_file::PidFiles;

/// A configuration that keepalived would run.
pub(super) fn read(file: &str, dialect: Option<&str>) -> Result<Loaded, Vec<u8>> {
    let dialect: Dialect = match dialect {
        Some(text) => text
            .parse()
            .map_err(|error| format!("--dialect: {error}\n").into_bytes())?,
        None => Dialect::default(),
    };
    let loaded = load(file, dialect, &Machine, LoadOptions::default());
    if loaded.has_errors() {
        return Err(loaded.report().into_bytes());
    }
    Ok(loaded)
}

/// All that is to be said of a start.
pub(super) fn look(loaded: &Loaded) -> Vec<Part> {
    let config = &loaded.config;
    let links = Links::here();
    vec![
        (
            "instances",
            config
                .instances
                .iter()
                .map(|instance| judge(instance, config, &links))
                .collect(),
        ),
        ("addresses", addresses(config, &links)),
        ("scripts", scripts(config)),
        ("process", process(config)),
        ("kernel", settings(config)),
        ("the reading", messages(loaded)),
    ]
}

/// What a reload from one to the other would change, and what it would end.
pub(super) fn difference(old: &Config, new: &Config) -> Vec<Part> {
    let mut changes = Vec::new();
    let mut ends = Vec::new();
    for instance in &old.instances {
        let about = format!("instance {}", instance.name);
        let same = new.instances.iter().find(|other| other.name == instance.name);
        match same {
            None => {
                changes.push(Item::new(Grade::Note, &about, "goes"));
                ends.push(Item::new(Grade::Note, &about, given_back(instance)));
            }
            Some(other) if key(other) != key(instance) => {
                let what = "is on another interface, of another VRID or another family, and so a new one";
                changes.push(Item::new(Grade::Note, &about, what));
                ends.push(Item::new(Grade::Note, &about, given_back(instance)));
            }
            Some(other) => {
                changes.extend(
                    changed(instance, other)
                        .into_iter()
                        .map(|what| Item::new(Grade::Note, &about, what)),
                );
                ends.push(Item::new(
                    Grade::Fine,
                    &about,
                    "stays what it is, and keeps its addresses",
                ));
            }
        }
    }
    let fresh = |instance: &&VrrpInstance| old.instances.iter().all(|other| other.name != instance.name);
    let fresh = new.instances.iter().filter(fresh);
    changes
        .extend(fresh.map(|instance| Item::new(Grade::Note, format!("instance {}", instance.name), "comes")));
    if old.global != new.global {
        changes.push(Item::new(Grade::Note, "global_defs", "has other settings"));
    }
    if old.global.net_namespace != new.global.net_namespace || old.global.instance != new.global.instance {
        let what =
            "a reload does not move to another network namespace or instance name: stop it and start it";
        ends.push(Item::new(Grade::Wrong, "process", what));
    }
    vec![("changes", changes), ("what a reload ends", ends)]
}

/// What an instance is told from others by, across a reload.
fn key(instance: &VrrpInstance) -> (&str, u8, bool) {
    (&instance.interface, instance.virtual_router_id, instance.ipv6)
}

fn given_back(instance: &VrrpInstance) -> String {
    let addresses: Vec<String> = all_addresses(instance)
        .map(|(address, _)| address.to_string())
        .collect();
    format!("gives back what it has: {}", addresses.join(", "))
}

/// Its addresses with their interfaces.
fn all_addresses(instance: &VrrpInstance) -> impl Iterator<Item = (IpAddr, &str)> {
    let all = instance.addresses.iter().chain(&instance.excluded);
    all.map(|address| (address.address, address.interface.as_str()))
}

/// What is otherwise in an instance that stays.
fn changed(old: &VrrpInstance, new: &VrrpInstance) -> Vec<String> {
    let mut out = Vec::new();
    let has = |instance: &VrrpInstance, wanted: IpAddr| {
        all_addresses(instance).any(|(address, _)| address == wanted)
    };
    out.extend(
        all_addresses(old)
            .filter(|(address, _)| !has(new, *address))
            .map(|(address, _)| format!("- {address}")),
    );
    out.extend(
        all_addresses(new)
            .filter(|(address, _)| !has(old, *address))
            .map(|(address, _)| format!("+ {address}")),
    );
    if old.priority != new.priority {
        out.push(format!("priority {} becomes {}", old.priority, new.priority));
    }
    if old.advert_int != new.advert_int {
        let text =
            "adverts at another interval: partners with the old one see them as wrong (version 2) or late";
        out.push(format!(
            "advert_int {:?} becomes {:?}: {text}",
            old.advert_int, new.advert_int
        ));
    }
    if old.authentication != new.authentication {
        out.push(
            "authentication is otherwise: a partner with the old one is no partner, and both become master"
                .to_owned(),
        );
    }
    let rest = |instance: &VrrpInstance| VrrpInstance {
        addresses: Vec::new(),
        excluded: Vec::new(),
        priority: 0,
        advert_int: std::time::Duration::ZERO,
        authentication: None,
        ..instance.clone()
    };
    if rest(old) != rest(new) {
        out.push("has other settings".to_owned());
    }
    out
}

/// The interfaces of this machine.
struct Links {
    /// By name: whether it is up, and its addresses.
    links: BTreeMap<String, (bool, Vec<IpAddr>)>,
}

impl Links {
    fn here() -> Self {
        let mut links: BTreeMap<String, (bool, Vec<IpAddr>)> = BTreeMap::new();
        for entry in getifaddrs().into_iter().flatten() {
            let link = links.entry(entry.interface_name).or_default();
            link.0 |= entry
                .flags
                .contains(InterfaceFlags::IFF_UP | InterfaceFlags::IFF_RUNNING);
            let address = entry.address.and_then(|address| {
                let four = address.as_sockaddr_in().map(|four| IpAddr::V4(four.ip()));
                four.or_else(|| address.as_sockaddr_in6().map(|six| IpAddr::V6(six.ip())))
            });
            link.1.extend(address);
        }
        Self { links }
    }

    /// The interface that has an address.
    fn holder(&self, wanted: IpAddr) -> Option<&str> {
        let has = |(_, (_, addresses)): &(&String, &(bool, Vec<IpAddr>))| addresses.contains(&wanted);
        self.links.iter().find(has).map(|(name, _)| name.as_str())
    }

    fn is_up(&self, name: &str) -> bool {
        self.links.get(name).is_some_and(|(up, _)| *up)
    }
}

fn judge(instance: &VrrpInstance, config: &Config, links: &Links) -> Item {
    let about = format!(
        "{} (VRID {} on {})",
        instance.name, instance.virtual_router_id, instance.interface
    );
    if let Some(why) = instance.held {
        return Item::new(Grade::Wrong, about, format!("takes no part: {why}"));
    }
    if instance.lacks_peers {
        return Item::new(Grade::Wrong, about, "stays in FAULT: it has no unicast_peer");
    }
    if !instance.interface.is_empty() && !Machine.has_interface(&instance.interface) {
        return if config.global.dynamic_interfaces {
            Item::new(
                Grade::Note,
                about,
                "in FAULT until the interface comes (dynamic_interfaces)",
            )
        } else {
            Item::new(
                Grade::Wrong,
                about,
                "this machine has no such interface: the program does not start",
            )
        };
    }
    let needed = std::iter::once(&instance.interface).chain(&instance.needed_interfaces);
    let down: Vec<&str> = needed
        .map(String::as_str)
        .filter(|name| !name.is_empty() && !links.is_up(name))
        .collect();
    if !down.is_empty() && !instance.dont_track_primary {
        return Item::new(
            Grade::Note,
            about,
            format!("begins in FAULT: {} is down", down.join(", ")),
        );
    }
    let failing = instance.track_scripts.iter().any(|track| {
        config
            .scripts
            .get(track.script)
            .is_some_and(|script| script.init_fail && track.weight.value == 0)
    });
    if failing {
        return Item::new(
            Grade::Note,
            about,
            "begins in FAULT: a script with init_fail has to succeed first",
        );
    }
    // RFC 9568, section 6.1: three intervals and the skew time.
    let skew = instance.advert_int.as_secs_f64() * f64::from(256 - u16::from(instance.priority)) / 256.0;
    let wait = instance.advert_int.as_secs_f64() * f64::from(instance.garp.down_timer_adverts) + skew;
    let what = match (instance.priority, instance.initial_state) {
        (255, _) => "MASTER at once: it owns the addresses".to_owned(),
        (priority, InitialState::Master) => {
            format!("MASTER at once, with priority {priority}, until it hears a higher one")
        }
        (priority, InitialState::Backup) => {
            format!("BACKUP with priority {priority}; MASTER after {wait:.2} s in which it hears no master")
        }
    };
    Item::new(Grade::Fine, about, what)
}

fn addresses(config: &Config, links: &Links) -> Vec<Item> {
    let of = |instance: &VrrpInstance| -> Vec<Item> {
        let item = |(address, interface): (IpAddr, &str)| {
            let about = format!("{address} of {}", instance.name);
            match links.holder(address) {
                Some(holder) if holder == interface => Item::new(
                    Grade::Note,
                    about,
                    format!(
                        "is on {holder} already: of a keepalived that runs, or set by others, and taken away when this ends"
                    ),
                ),
                Some(holder) => Item::new(
                    Grade::Note,
                    about,
                    format!("is on {holder} already, and is to be on {interface}"),
                ),
                None if !Machine.has_interface(interface) => Item::new(
                    Grade::Wrong,
                    about,
                    format!("this machine has no interface {interface}"),
                ),
                None => Item::new(Grade::Fine, about, format!("comes to {interface} with MASTER")),
            }
        };
        all_addresses(instance).map(item).collect()
    };
    config.instances.iter().flat_map(of).collect()
}

fn scripts(config: &Config) -> Vec<Item> {
    let tracked = config.scripts.iter().map(|script| {
        let every = format!("runs every {:?}", script.interval);
        runnable(&format!("vrrp_script {}", script.name), &script.script, &every)
    });
    let told = config.instances.iter().flat_map(|instance| {
        let notify = &instance.notify;
        let all = [
            &notify.master,
            &notify.backup,
            &notify.fault,
            &notify.stop,
            &notify.any,
        ];
        let about = format!("notify of {}", instance.name);
        all.into_iter()
            .flatten()
            .map(move |script| runnable(&about, script, "is told of changes"))
            .collect::<Vec<_>>()
    });
    tracked.chain(told).collect()
}

fn runnable(about: &str, script: &Script, what: &str) -> Item {
    let path = script.command.first().map_or("", String::as_str);
    let about = format!("{about}: {path}");
    match std::fs::metadata(path) {
        Err(error) => Item::new(Grade::Wrong, about, format!("cannot be run: {error}")),
        Ok(meta) if meta.permissions().mode() & 0o111 == 0 => {
            Item::new(Grade::Wrong, about, "may not be executed")
        }
        Ok(_) if script.uid == 0 => Item::new(Grade::Note, about, format!("{what}, as root")),
        Ok(_) => Item::new(Grade::Fine, about, format!("{what}, as user {}", script.uid)),
    }
}

fn process(config: &Config) -> Vec<Item> {
    let mut items = Vec::new();
    items.push(if geteuid().is_root() {
        Item::new(
            Grade::Fine,
            "identity",
            "root, which sets addresses and opens raw sockets",
        )
    } else {
        Item::new(
            Grade::Wrong,
            "identity",
            "only root can set addresses and open raw sockets",
        )
    });
    let files = PidFiles::usual(&config.global);
    items.push(match files.running() {
        Some(path) => Item::new(
            Grade::Wrong,
            "pid file",
            format!(
                "{} names a process that runs: a start beside it is refused; SIGHUP to it reads the file",
                path.display()
            ),
        ),
        None => Item::new(Grade::Fine, "pid file", "no process of it runs"),
    });
    if let Some(namespace) = &config.global.net_namespace {
        let there = std::path::Path::new("/run/netns").join(namespace).exists();
        let (grade, what) = if there {
            (Grade::Fine, "is there")
        } else {
            (Grade::Wrong, "is not there")
        };
        items.push(Item::new(grade, format!("network namespace {namespace}"), what));
    }
    if config
        .instances
        .iter()
        .any(|instance| !instance.accept || instance.strict)
    {
        let table = &config.global.firewall.table;
        items.push(Item::new(
            Grade::Note,
            format!("nftables table {table}"),
            "is made: packets to addresses of instances in strict mode or with no_accept are dropped, ping too",
        ));
    }
    items
}

fn settings(config: &Config) -> Vec<Item> {
    let multicast = config
        .instances
        .iter()
        .filter(|instance| instance.peers.is_empty());
    let mut interfaces: Vec<&str> = multicast.map(|instance| instance.interface.as_str()).collect();
    interfaces.sort_unstable();
    interfaces.dedup();
    let name = "net.ipv4.igmp_max_memberships";
    let most: Option<usize> = kernel::setting(name).and_then(|text| text.parse().ok());
    let groups = most.map(|most| {
        let grade = if interfaces.len() > most {
            Grade::Note
        } else {
            Grade::Fine
        };
        Item::new(
            grade,
            name,
            format!("{most}; adverts are heard on {} interfaces", interfaces.len()),
        )
    });
    let forward = config
        .instances
        .iter()
        .any(|instance| !instance.routes.is_empty())
        .then(|| {
            let set = kernel::setting("net.ipv4.ip_forward").unwrap_or_default();
            let grade = if set == "0" { Grade::Note } else { Grade::Fine };
            Item::new(
                grade,
                "net.ipv4.ip_forward",
                format!("{set}; instances have routes"),
            )
        });
    groups.into_iter().chain(forward).collect()
}

fn messages(loaded: &Loaded) -> Vec<Item> {
    let told = loaded
        .diagnostics
        .iter()
        .filter(|told| told.severity >= Severity::Note);
    told.map(|told| {
        let text = told.message.lines().next().unwrap_or_default();
        let item = Item::new(Grade::Note, told.code, text);
        match told.span {
            Some(span) => item.at(place(&loaded.sources, span)),
            None => item,
        }
    })
    .collect()
}
