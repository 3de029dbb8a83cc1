//! Who asks for which name, in all sections, and who is told what was found.

use std::net::IpAddr;

use haproxy_cfg::model::{Config, ProxyId};
use rustc_hash::FxHashMap;

use super::message::Kind;
use super::section::{Ended, Key, Section, Status};
use super::servers::{Service, Services, apply_address};
use super::settings::Settings;
use crate::check::Event;
use crate::cli::ServerId;
use crate::state::{NameserverCounter, Runtime};

/// What became of an answer, for the shell to pass on.
#[derive(Debug, Default)]
pub struct Effects {
    /// Lines for the log.
    pub events: Vec<Event>,
    /// Proxies whose servers changed.
    pub changed: Vec<ProxyId>,
    /// Answers to questions, by their numbers; none is that there is no address.
    pub answers: Vec<(u64, Option<IpAddr>)>,
}

/// A question that is asked once (`do-resolve`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question<'a> {
    /// The index of the `resolvers` section.
    pub section: usize,
    /// The name.
    pub name: &'a str,
    /// What is asked for first.
    pub kind: Kind,
}

/// Somebody who wants to know of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asker {
    Server(ServerId),
    /// A service, by its index.
    Service(usize),
    /// A question that is asked once, by its number.
    Once(u64),
}

/// All names that are asked for.
pub struct Directory {
    pub(super) sections: Vec<Section>,
    pub(super) askers: FxHashMap<(usize, Key), Vec<Asker>>,
    pub(super) services: Services,
    chance: Box<dyn FnMut() -> u16>,
}

impl std::fmt::Debug for Directory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory")
            .field("askers", &self.askers)
            .finish_non_exhaustive()
    }
}

impl Directory {
    /// The names that the servers of `config` have. `chance` gives numbers that nobody foresees: who guesses them could answer in
    /// a name server's place.
    #[must_use]
    pub fn new(config: &Config, runtime: &Runtime, now_ms: u64, chance: Box<dyn FnMut() -> u16>) -> Self {
        let sections = config.sections.resolvers.iter();
        let mut directory = Self {
            sections: sections
                .map(|section| Section::new(Settings::new(section), section.nameservers.len()))
                .collect(),
            askers: FxHashMap::default(),
            services: Services::default(),
            chance,
        };
        for (at, proxy) in config
            .proxies
            .iter()
            .enumerate()
            .filter(|(_, proxy)| !proxy.disabled)
        {
            let proxy_id = ProxyId(u32::try_from(at).unwrap_or(u32::MAX));
            for (index, server) in proxy.servers.numbered() {
                let Some(names) = &server.resolution else { continue };
                let found = config.sections.resolvers.iter();
                let Some(section) = found
                    .into_iter()
                    .position(|section| section.name == names.resolvers)
                else {
                    continue;
                };
                let id = ServerId {
                    proxy: proxy_id,
                    index,
                };
                let host = server.host.to_string();
                if names.srv {
                    let key = Key::new(&host, Kind::Service);
                    if let Some(new) = directory.services.add(section, key.clone(), id) {
                        directory.want(section, &key, Asker::Service(new), now_ms);
                    }
                } else {
                    // The process before may have known it by another name.
                    let known = runtime.proxies[at].servers[index].place();
                    let known = known.and_then(|place| place.host).map(|host| host.to_string());
                    let key = Key::new(&known.unwrap_or(host), first_kind(names.prefer_ipv4));
                    directory.want(section, &key, Asker::Server(id), now_ms);
                }
            }
        }
        directory
    }

    /// A server is asked for by the name that its state has, and no more by `from`.
    pub fn rename(&mut self, id: ServerId, from: &str, (runtime, config): (&Runtime, &Config), now_ms: u64) {
        let Some(names) = &config.proxy(id.proxy).servers[id.index].resolution else {
            return;
        };
        let mut sections = config.sections.resolvers.iter();
        let Some(section) = sections.position(|section| section.name == names.resolvers) else {
            return;
        };
        let state = &runtime.proxies[id.proxy.0 as usize].servers[id.index];
        let Some(to) = state.place().and_then(|place| place.host) else {
            return;
        };
        let key = |host: &str| Key::new(host, first_kind(names.prefer_ipv4));
        self.leave(section, &key(from), Asker::Server(id));
        let to = key(&to.to_string());
        self.want(section, &to, Asker::Server(id), now_ms);
        self.sections[section].hurry(&to, now_ms);
    }

    /// Whether nothing is ever to be asked.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.sections.is_empty()
    }

    pub(super) fn want(&mut self, section: usize, key: &Key, asker: Asker, now_ms: u64) {
        self.sections[section].want(key, now_ms);
        self.askers.entry((section, key.clone())).or_default().push(asker);
    }

    pub(super) fn leave(&mut self, section: usize, key: &Key, asker: Asker) {
        let at = (section, key.clone());
        let Some(askers) = self.askers.get_mut(&at) else {
            return;
        };
        let Some(position) = askers.iter().position(|known| *known == asker) else {
            return;
        };
        askers.remove(position);
        if askers.is_empty() {
            self.askers.remove(&at);
        }
        self.sections[section].leave(key);
    }

    /// Asks a question once. An address that is known already is given at once; otherwise the answer comes with
    /// [`Effects::answers`] under `number`.
    pub fn ask(&mut self, question: Question<'_>, number: u64, now_ms: u64) -> Option<IpAddr> {
        let key = Key::new(question.name, question.kind);
        let section = question.section;
        if self.sections[section].is_fresh(&key, now_ms)
            && let Some(ip) = best(self.sections[section].addresses(&key), question.kind)
        {
            return Some(ip);
        }
        self.want(section, &key, Asker::Once(number), now_ms);
        self.sections[section].hurry(&key, now_ms);
        None
    }

    /// When [`Self::handle_timeout`] is to be called.
    #[must_use]
    pub fn poll_timeout(&self) -> Option<u64> {
        self.sections.iter().filter_map(Section::poll_timeout).min()
    }

    /// What is to be sent to all name servers of a section, if there is anything.
    pub fn poll_send(&mut self) -> Option<(usize, Vec<u8>)> {
        let sections = self.sections.iter_mut().enumerate();
        sections
            .filter_map(|(at, section)| Some((at, section.to_send.pop()?)))
            .next()
    }

    /// Does what is to be done by now.
    pub fn handle_timeout(&mut self, runtime: &Runtime, config: &Config, now_ms: u64) -> Effects {
        let mut effects = Effects::default();
        for at in 0..self.sections.len() {
            let counters = &runtime.resolvers[at];
            let ended = self.sections[at].handle_timeout(now_ms, &mut self.chance, counters);
            for ended in ended {
                self.settle(at, &ended, (runtime, config), now_ms, &mut effects);
            }
        }
        effects
    }

    /// Takes what a name server of a section sent.
    pub fn handle_answer(
        &mut self,
        (section, nameserver): (usize, usize),
        bytes: &[u8],
        runtime: &Runtime,
        config: &Config,
        now_ms: u64,
    ) -> Effects {
        let mut effects = Effects::default();
        let counters = &runtime.resolvers[section][nameserver];
        if let Some(ended) = self.sections[section].handle_answer(nameserver, bytes, now_ms, counters) {
            self.settle(section, &ended, (runtime, config), now_ms, &mut effects);
        }
        effects
    }

    /// Tells those who asked what came of it.
    fn settle(
        &mut self,
        section: usize,
        ended: &Ended,
        (runtime, config): (&Runtime, &Config),
        now_ms: u64,
        effects: &mut Effects,
    ) {
        let key = &ended.key;
        let askers = self
            .askers
            .get(&(section, key.clone()))
            .cloned()
            .unwrap_or_default();
        let lost = ended.status != Status::Valid && self.sections[section].is_lost(key, ended.status, now_ms);
        let mut by = ended.nameserver.map(|at| (at, said_by(config, section, at)));
        for asker in askers {
            match asker {
                Asker::Once(number) => {
                    let found = (ended.status == Status::Valid)
                        .then(|| best(self.sections[section].addresses(key), key.kind))
                        .flatten();
                    effects.answers.push((number, found));
                    self.leave(section, key, asker);
                }
                Asker::Server(id) if ended.status == Status::Valid => {
                    let told = by.take();
                    let words = told.as_ref().map_or(&b"DNS cache"[..], |(_, words)| words);
                    let addresses: Vec<IpAddr> = self.sections[section].addresses(key).collect();
                    let moved = apply_address(id, &addresses, words, (runtime, config), now_ms, effects);
                    if let (true, Some((nameserver, _))) = (moved, told) {
                        runtime.resolvers[section][nameserver].inc(NameserverCounter::Update);
                    }
                }
                Asker::Server(id) if lost => {
                    super::servers::lose(id, cause(ended.status), (runtime, config), now_ms, effects);
                }
                Asker::Service(service) if ended.status == Status::Valid || lost => {
                    by = None;
                    let valid = ended.status == Status::Valid;
                    self.apply_service(service, valid, (runtime, config), now_ms, effects);
                }
                Asker::Server(_) | Asker::Service(_) => {}
            }
        }
    }

    /// The service of that index.
    pub(super) fn service(&self, index: usize) -> &Service {
        &self.services.0[index]
    }
}

/// What is asked for first.
pub(super) fn first_kind(prefer_ipv4: bool) -> Kind {
    if prefer_ipv4 { Kind::V4 } else { Kind::V6 }
}

/// The first address of the family that was asked for, or the first of all.
fn best(mut addresses: impl Iterator<Item = IpAddr>, kind: Kind) -> Option<IpAddr> {
    let first = addresses.next()?;
    let fits = |ip: &IpAddr| ip.is_ipv4() == (kind == Kind::V4);
    if fits(&first) {
        return Some(first);
    }
    Some(addresses.find(fits).unwrap_or(first))
}

/// How the log names a name server.
fn said_by(config: &Config, section: usize, nameserver: usize) -> Vec<u8> {
    let section = &config.sections.resolvers[section];
    let name = section
        .nameservers
        .get(nameserver)
        .map(|server| server.name.as_slice());
    [&section.name, b"/".as_slice(), name.unwrap_or_default()].concat()
}

/// Why a server has no address, as the log has it.
fn cause(status: Status) -> &'static str {
    match status {
        Status::Nx => "DNS NX status",
        Status::Refused => "DNS refused status",
        Status::Timeout => "DNS timeout status",
        Status::Valid | Status::Other => "unspecified DNS error",
    }
}
