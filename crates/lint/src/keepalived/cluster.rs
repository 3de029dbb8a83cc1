//! What rules see: the files of all nodes, each with its lines and its resolved model, the haproxy.cfg that go with them, and the
//! machine.

use std::net::IpAddr;

use haproxy_cfg::model::{Address, Bind};
use keepalived_conf::model::{Config, InitialState, Version, VirtualAddress, VrrpInstance};
use keepalived_conf::{Host, Statement};
use syntax::{FileId, Span};

use crate::facts::Facts;

/// All that was given together.
pub struct Cluster<'m> {
    pub(super) nodes: Vec<Node>,
    pub(super) proxies: Vec<Proxy>,
    pub(super) host: &'m dyn Host,
    pub(super) facts: &'m dyn Facts,
}

/// The keepalived.conf of a machine, with what it includes.
pub(super) struct Node {
    /// The file's name as it was given.
    pub(super) name: String,
    /// The file itself.
    pub(super) file: FileId,
    pub(super) statements: Vec<Statement>,
    pub(super) config: Config,
}

/// A haproxy configuration.
pub(super) struct Proxy {
    pub(super) config: haproxy_cfg::model::Config,
    /// How many files of others stand before its own.
    pub(super) files_before: u32,
}

/// A `vrrp_instance` that can be used.
#[derive(Clone, Copy)]
pub(super) struct Instance<'c> {
    /// Index of its node.
    pub(super) node: usize,
    pub(super) statement: &'c Statement,
    pub(super) model: &'c VrrpInstance,
}

/// Something in a block of what is tracked.
pub(super) struct Tracked<'c> {
    /// `track_script`, `track_file`, ...
    pub(super) kind: &'static str,
    pub(super) name: &'c str,
    pub(super) weight: i32,
    pub(super) span: Span,
}

const TRACKS: &[(&str, &[&str])] = &[
    ("track_script", &["vrrp_script"]),
    ("track_file", &["track_file", "vrrp_track_file"]),
    ("track_process", &["track_process", "vrrp_track_process"]),
    ("track_bfd", &["bfd_instance"]),
    ("track_interface", &[]),
];

impl Cluster<'_> {
    /// All instances that can be used, node after node.
    pub(super) fn instances(&self) -> Vec<Instance<'_>> {
        (0..self.nodes.len())
            .flat_map(|node| self.instances_of(node))
            .collect()
    }

    /// Those of a node.
    pub(super) fn instances_of(&self, index: usize) -> Vec<Instance<'_>> {
        let Some(node) = self.nodes.get(index) else {
            return Vec::new();
        };
        let instance = |statement| {
            let name = Statement::arg(statement, 0)?;
            let model = node.config.instances.iter().find(|model| model.name == name)?;
            Some(Instance {
                node: index,
                statement,
                model,
            })
        };
        node.top("vrrp_instance").filter_map(instance).collect()
    }

    /// Instances of two nodes that are for the same: they share an address, or else the VRID.
    pub(super) fn pairs(&self) -> Vec<(Instance<'_>, Instance<'_>)> {
        let mut out = Vec::new();
        for first in 0..self.nodes.len() {
            for second in first + 1..self.nodes.len() {
                for one in self.instances_of(first) {
                    out.extend(self.partner(one, second).map(|other| (one, other)));
                }
            }
        }
        out
    }

    /// The instance of node `index` that is for the same as this one.
    pub(super) fn partner<'c>(&'c self, one: Instance<'_>, index: usize) -> Option<Instance<'c>> {
        let others = self.instances_of(index);
        let shares = |other: &Instance<'_>| {
            one.all_addresses()
                .any(|mine| other.all_addresses().any(|theirs| mine.address == theirs.address))
        };
        let numbered = |other: &Instance<'_>| {
            other.model.virtual_router_id == one.model.virtual_router_id
                && other.model.ipv6 == one.model.ipv6
                && other.model.interface == one.model.interface
        };
        let found = others.iter().find(|other| shares(other));
        found
            .or_else(|| others.iter().find(|other| numbered(other)))
            .copied()
    }

    /// The addresses of all instances of all nodes, each once.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let mut out: Vec<IpAddr> = self
            .instances()
            .iter()
            .flat_map(|instance| {
                instance
                    .all_addresses()
                    .map(|address| address.address)
                    .collect::<Vec<_>>()
            })
            .collect();
        out.sort();
        out.dedup();
        out
    }
}

impl Node {
    /// Its lines with that keyword outside of all blocks.
    pub(super) fn top<'n>(&'n self, keyword: &'n str) -> impl Iterator<Item = &'n Statement> {
        self.statements
            .iter()
            .filter(move |line| line.keyword() == keyword)
    }

    /// The line of `global_defs` that counts.
    pub(super) fn global(&self, keyword: &str) -> Option<&Statement> {
        self.top("global_defs")
            .filter_map(|block| block.last(keyword))
            .last()
    }

    /// Where something that the whole file lacks is told.
    pub(super) fn place(&self) -> Span {
        let statement = self.top("global_defs").next().or_else(|| self.statements.first());
        statement.map_or(Span::new(self.file, 0, 0), Statement::span)
    }

    /// The block that a name of `track_KIND` is about.
    pub(super) fn definition(&self, kind: &str, name: &str) -> Option<&Statement> {
        let (_, keywords) = TRACKS.iter().find(|(track, _)| *track == kind)?;
        self.statements
            .iter()
            .find(|line| keywords.contains(&line.keyword()) && line.arg(0) == Some(name))
    }

    /// What an instance or a sync group tracks.
    pub(super) fn tracked<'c>(&'c self, owner: &'c Statement) -> Vec<Tracked<'c>> {
        let mut out = Vec::new();
        for (kind, _) in TRACKS {
            for line in owner.all(kind).flat_map(|block| &block.block) {
                let own = value_behind(line, "weight");
                let of_definition = || {
                    let definition = self.definition(kind, line.keyword())?;
                    definition.last("weight")?.arg(0)?.parse().ok()
                };
                // What a file says counts once where nothing else is said.
                let default = if *kind == "track_file" { 1 } else { 0 };
                out.push(Tracked {
                    kind,
                    name: line.keyword(),
                    weight: own.or_else(of_definition).unwrap_or(default),
                    span: line.span(),
                });
            }
        }
        out
    }

    /// What an instance tracks, by itself and with its sync group.
    pub(super) fn tracked_of(&self, instance: Instance<'_>) -> Vec<Tracked<'_>> {
        let own = self
            .top("vrrp_instance")
            .filter(|line| line.arg(0) == Some(&instance.model.name));
        let groups = self.top("vrrp_sync_group").filter(|group| {
            let mut members = group.all("group").flat_map(|block| &block.block);
            members.any(|line| line.words.iter().any(|word| word.text == instance.model.name))
        });
        own.chain(groups).flat_map(|owner| self.tracked(owner)).collect()
    }
}

impl<'c> Instance<'c> {
    /// Its addresses, with those that adverts do not name.
    pub(super) fn all_addresses(&self) -> impl Iterator<Item = &'c VirtualAddress> + use<'c> {
        self.model.addresses.iter().chain(&self.model.excluded)
    }

    /// The line of an address, with the address as it is written.
    pub(super) fn address_lines(&self) -> Vec<(&'c Statement, IpAddr, Option<u8>)> {
        ["virtual_ipaddress", "virtual_ipaddress_excluded"]
            .into_iter()
            .flat_map(|keyword| {
                let blocks: Vec<&'c Statement> = self
                    .statement
                    .block
                    .iter()
                    .filter(|line| line.keyword() == keyword)
                    .collect();
                blocks.into_iter().flat_map(|block| &block.block)
            })
            .filter_map(|line| {
                let (address, prefix) = written_address(line.keyword())?;
                Some((line, address, prefix))
            })
            .collect()
    }

    /// Where its line with that keyword stands; without one, where it begins.
    pub(super) fn place(&self, keyword: &str) -> Span {
        self.statement
            .last(keyword)
            .map_or(self.statement.span(), Statement::span)
    }

    /// `state MASTER`.
    pub(super) fn is_master(&self) -> bool {
        self.model.initial_state == InitialState::Master
    }

    /// 2 or 3.
    pub(super) fn version(&self) -> u8 {
        match self.model.version {
            Version::V2 => 2,
            Version::V3 => 3,
        }
    }

    /// `unicast_src_ip` or `mcast_src_ip`.
    pub(super) fn source(&self) -> Option<IpAddr> {
        self.model.source
    }

    /// Whether it speaks to its partners one by one.
    pub(super) fn is_unicast(&self) -> bool {
        !self.model.peers.is_empty()
    }

    /// Its name.
    pub(super) fn name(&self) -> &'c str {
        &self.model.name
    }
}

impl Proxy {
    /// A place in its files as a place of the report.
    pub(super) fn at(&self, span: Span) -> Span {
        moved(span, self.files_before)
    }

    /// The listeners of all proxies.
    pub(super) fn binds(&self) -> impl Iterator<Item = &Bind> {
        self.config.proxies.iter().flat_map(|proxy| &proxy.binds)
    }
}

/// The address that a listener has; none for sockets of other kinds.
pub(super) fn bound(bind: &Bind) -> Option<IpAddr> {
    match &bind.address {
        Address::Inet(address) => Some(address.ip()),
        _ => None,
    }
}

/// Whether what is sent to `address` comes to a listener on `listens`.
pub(super) fn takes(bind: &Bind, address: IpAddr) -> bool {
    bound(bind).is_some_and(|listens| {
        listens == address
            || listens.is_unspecified()
                && (listens.is_ipv4() == address.is_ipv4() || listens.is_ipv6() && bind.v4v6)
    })
}

/// The number behind a word of a line.
pub(super) fn value_behind(line: &Statement, word: &str) -> Option<i32> {
    let at = line.words.iter().position(|one| one.text == word)?;
    line.words.get(at + 1)?.text.parse().ok()
}

/// An address with its bits, as it is written.
pub(super) fn written_address(text: &str) -> Option<(IpAddr, Option<u8>)> {
    match text.split_once('/') {
        Some((address, prefix)) => Some((address.parse().ok()?, Some(prefix.parse().ok()?))),
        None => Some((text.parse().ok()?, None)),
    }
}

/// A place in a file that stands behind `by` other ones.
pub(super) fn moved(span: Span, by: u32) -> Span {
    Span::new(FileId(span.file.0 + by), span.start, span.end)
}
