//! The names of one `resolvers` section: when each is asked for, and what was found.

use std::net::IpAddr;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::message::{self, Data, Failure, Kind};
use super::settings::Settings;
use crate::state::{NameserverCounter as Counter, NameserverCounters};

/// A name, and what it is asked for first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// In lower case.
    pub(super) name: Arc<str>,
    pub(super) kind: Kind,
}

impl Key {
    pub(super) fn new(name: &str, kind: Kind) -> Self {
        let name = name.strip_suffix('.').unwrap_or(name);
        Self {
            name: name.to_ascii_lowercase().into(),
            kind,
        }
    }
}

/// How the last question about a name ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// With records.
    Valid,
    /// There is no such name.
    Nx,
    /// The name servers refuse.
    Refused,
    /// The name servers are silent.
    Timeout,
    /// In another way.
    Other,
}

/// A record and when it was last told of.
#[derive(Clone, Debug)]
struct Record {
    data: Data,
    seen_ms: u64,
}

/// A question under way.
#[derive(Clone, Copy, Debug)]
struct Run {
    id: u16,
    kind: Kind,
    /// How often it may be asked again, this time included.
    left: u32,
    /// Name servers that gave nothing this time.
    failures: usize,
    last_failure: Option<Status>,
    /// They all did, and nothing is done before it is asked again.
    waits: bool,
    asked_ms: u64,
}

/// What is known of a name.
#[derive(Debug)]
struct Known {
    /// Those who want to know.
    askers: usize,
    run: Option<Run>,
    next_ms: u64,
    status: Option<Status>,
    /// When it last had records, or was asked for first.
    valid_ms: u64,
    records: Vec<Record>,
}

/// The end of a question about a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ended {
    pub(super) key: Key,
    pub(super) status: Status,
    /// The name server whose answer it was.
    pub(super) nameserver: Option<usize>,
}

/// The names of a section.
pub(super) struct Section {
    pub(super) settings: Settings,
    nameservers: usize,
    names: FxHashMap<Key, Known>,
    asked: FxHashMap<u16, Key>,
    /// What is to be sent to all name servers.
    pub(super) to_send: Vec<Vec<u8>>,
}

impl Section {
    pub(super) fn new(settings: Settings, nameservers: usize) -> Self {
        Self {
            settings,
            nameservers,
            names: FxHashMap::default(),
            asked: FxHashMap::default(),
            to_send: Vec::new(),
        }
    }

    /// Somebody wants to know of a name from now on.
    pub(super) fn want(&mut self, key: &Key, now_ms: u64) {
        let known = self.names.entry(key.clone()).or_insert_with(|| Known {
            askers: 0,
            run: None,
            next_ms: now_ms,
            status: None,
            valid_ms: now_ms,
            records: Vec::new(),
        });
        known.askers += 1;
    }

    /// Somebody does not want to know any more.
    pub(super) fn leave(&mut self, key: &Key) {
        let Some(known) = self.names.get_mut(key) else {
            return;
        };
        known.askers -= 1;
        if known.askers == 0 {
            if let Some(run) = known.run {
                self.asked.remove(&run.id);
            }
            self.names.remove(key);
        }
    }

    /// Lets a name be asked for at once, if no question about it is under way.
    pub(super) fn hurry(&mut self, key: &Key, now_ms: u64) {
        if let Some(known) = self.names.get_mut(key) {
            known.next_ms = known.next_ms.min(now_ms);
        }
    }

    /// Whether the last answer still counts for those who ask once.
    pub(super) fn is_fresh(&self, key: &Key, now_ms: u64) -> bool {
        self.names.get(key).is_some_and(|known| {
            known.status == Some(Status::Valid) && now_ms < known.valid_ms + self.settings.hold_valid_ms
        })
    }

    /// Whether what was found counts no longer, as name servers say `status` for too long.
    pub(super) fn is_lost(&self, key: &Key, status: Status, now_ms: u64) -> bool {
        let hold = self.settings.hold_ms(status);
        self.names
            .get(key)
            .is_none_or(|known| now_ms >= known.valid_ms + hold)
    }

    pub(super) fn addresses(&self, key: &Key) -> impl Iterator<Item = IpAddr> {
        self.records(key).filter_map(|data| match data {
            Data::Address(ip) => Some(*ip),
            Data::Service { .. } => None,
        })
    }

    pub(super) fn records(&self, key: &Key) -> impl Iterator<Item = &Data> {
        let known = self.names.get(key);
        known
            .into_iter()
            .flat_map(|known| &known.records)
            .map(|record| &record.data)
    }

    /// When something is to be done next.
    pub(super) fn poll_timeout(&self) -> Option<u64> {
        let retry = self.settings.retry_ms;
        let due = |known: &Known| known.run.map_or(known.next_ms, |run| run.asked_ms + retry);
        self.names.values().map(due).min()
    }

    /// Asks what is to be asked by now, and again where nobody answered. `chance` gives numbers for questions.
    pub(super) fn handle_timeout(
        &mut self,
        now_ms: u64,
        chance: &mut dyn FnMut() -> u16,
        counters: &[NameserverCounters],
    ) -> Vec<Ended> {
        let retry = self.settings.retry_ms;
        let mut due: Vec<Key> = Vec::new();
        for (key, known) in &self.names {
            if known.run.map_or(known.next_ms, |run| run.asked_ms + retry) <= now_ms {
                due.push(key.clone());
            }
        }
        let mut ended = Vec::new();
        for key in due {
            let Some(known) = self.names.get_mut(&key) else {
                continue;
            };
            let Some(run) = &mut known.run else {
                let id = loop {
                    let id = chance();
                    if !self.asked.contains_key(&id) {
                        break id;
                    }
                };
                known.run = Some(Run {
                    id,
                    kind: key.kind,
                    left: self.settings.retries,
                    failures: 0,
                    last_failure: None,
                    waits: false,
                    asked_ms: now_ms,
                });
                self.asked.insert(id, key.clone());
                if !self.ask(&key, id, key.kind) {
                    ended.extend(self.end(&key, Status::Other, None, now_ms));
                }
                continue;
            };
            if !run.waits {
                for counters in counters.iter().skip(run.failures) {
                    counters.inc(Counter::Timeout);
                }
            }
            run.left -= 1;
            if run.left == 0 {
                let status = run.last_failure.unwrap_or(Status::Timeout);
                ended.extend(self.end(&key, status, None, now_ms));
                continue;
            }
            if run.waits {
                run.kind = key.kind;
            }
            (run.waits, run.failures, run.asked_ms) = (false, 0, now_ms);
            let (id, kind) = (run.id, run.kind);
            self.ask(&key, id, kind);
        }
        ended
    }

    /// Takes what name server number `nameserver` sent.
    pub(super) fn handle_answer(
        &mut self,
        nameserver: usize,
        bytes: &[u8],
        now_ms: u64,
        counters: &NameserverCounters,
    ) -> Option<Ended> {
        let Some(id) = message::number(bytes) else {
            counters.inc(Counter::Invalid);
            return None;
        };
        let Some(key) = self.asked.get(&id).cloned() else {
            counters.inc(Counter::Outdated);
            return None;
        };
        let run = self.names.get_mut(&key)?.run.as_mut()?;
        if run.waits {
            counters.inc(Counter::Outdated);
            return None;
        }
        let failure = match message::answer(bytes, &key.name, run.kind, self.settings.payload) {
            Ok(answer) => {
                if answer.has_alias {
                    counters.inc(Counter::Cname);
                }
                counters.inc(Counter::Valid);
                self.keep(&key, answer.records, now_ms);
                return self.end(&key, Status::Valid, Some(nameserver), now_ms);
            }
            Err(failure) => failure,
        };
        let (counter, status) = match failure {
            // It may be forged: those who were asked may still answer.
            Failure::Invalid => {
                counters.inc(Counter::Invalid);
                return None;
            }
            Failure::TooBig => (Counter::TooBig, Status::Other),
            Failure::Truncated => (Counter::Truncated, Status::Other),
            Failure::Nx => (Counter::Nx, Status::Nx),
            Failure::Refused => (Counter::Refused, Status::Refused),
            Failure::Other => (Counter::Other, Status::Other),
            Failure::Empty => (Counter::Empty, Status::Other),
            Failure::Names => (Counter::CnameError, Status::Other),
        };
        counters.inc(counter);
        run.failures += 1;
        run.last_failure = Some(status);
        if run.failures < self.nameservers {
            return None;
        }
        match key.kind.other() {
            Some(other) if run.kind == key.kind => {
                (run.kind, run.failures, run.asked_ms) = (other, 0, now_ms);
                let id = run.id;
                self.ask(&key, id, other);
                None
            }
            Some(_) if run.left <= 1 => self.end(&key, status, None, now_ms),
            _ => {
                run.waits = true;
                None
            }
        }
    }

    /// Puts a question out; false for one that cannot be put.
    fn ask(&mut self, key: &Key, id: u16, kind: Kind) -> bool {
        let question = message::question(id, &key.name, kind, self.settings.payload);
        let is_one = question.is_some();
        self.to_send.extend(question);
        is_one
    }

    /// Takes the records of an answer over. Those that it lacks count for `hold obsolete`.
    fn keep(&mut self, key: &Key, found: Vec<Data>, now_ms: u64) {
        let obsolete = self.settings.hold_obsolete_ms;
        let Some(known) = self.names.get_mut(key) else {
            return;
        };
        for data in found {
            match known
                .records
                .iter_mut()
                .find(|record| is_same(&record.data, &data))
            {
                Some(record) => {
                    *record = Record {
                        data,
                        seen_ms: now_ms,
                    }
                }
                None => known.records.push(Record {
                    data,
                    seen_ms: now_ms,
                }),
            }
        }
        known
            .records
            .retain(|record| record.seen_ms == now_ms || now_ms < record.seen_ms + obsolete);
    }

    fn end(&mut self, key: &Key, status: Status, nameserver: Option<usize>, now_ms: u64) -> Option<Ended> {
        let known = self.names.get_mut(key)?;
        if let Some(run) = known.run.take() {
            self.asked.remove(&run.id);
        }
        known.status = Some(status);
        known.next_ms = now_ms + self.settings.resolve_ms.max(1);
        if status == Status::Valid {
            known.valid_ms = now_ms;
        }
        Some(Ended {
            key: key.clone(),
            status,
            nameserver,
        })
    }
}

/// Whether two records are about the same address, or the same port of the same name.
fn is_same(one: &Data, other: &Data) -> bool {
    match (one, other) {
        (
            Data::Service { target, port, .. },
            Data::Service {
                target: to, port: at, ..
            },
        ) => target == to && port == at,
        _ => one == other,
    }
}
