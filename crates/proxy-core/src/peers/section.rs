//! A `peers` section at work: who is connected, who teaches whom, and what is due when. Connections are numbers; bytes and
//! milliseconds are handed in, and what is to be done comes out as [`Effect`]s.
//!
//! ```text
//!   start, a process before it ─▶ Local ──finished by it──────────────▶ Done
//!                                   │ partly, or 5 s                      ▲
//!   start ─────────────────────▶ Remote ──finished by a peer, or 5 s─────┘
//! ```
//!
//! In `Remote` one peer after the other is asked for all that it knows. At its end a process connects to its successor, which
//! listens where it listened itself, and teaches it.

use std::collections::{BTreeMap, VecDeque};
use std::task::Waker;

use haproxy_cfg::model::Word;
use haproxy_cfg::model::sections::Peers;

use super::lesson::Lesson;
use super::session::{HEARTBEAT_MS, SILENCE_MS, Session, Stage};
use super::shared::Shared;
use super::{Control, Hello, Status};
use crate::table::Tables;

/// Milliseconds that are waited for somebody who knows all.
const RESYNC_MS: u64 = 5_000;
/// Milliseconds between two attempts to reach a peer.
const ATTEMPT_MS: u64 = 5_000;
/// Fewest milliseconds before a connection that stood is tried again, and how many chance may add: so that two that met do not
/// meet again.
const PAUSE_MS: (u64, u64) = (50, 2_000);
/// Milliseconds between two attempts to reach the process that follows.
const SUCCESSOR_MS: u64 = 500;

/// A connection.
pub type Connection = u64;

/// Something to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Connect to the peer of that number.
    Connect(usize, Connection),
    /// Close the connection.
    Close(Connection),
}

/// Whether all is known that others know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resync {
    /// The process before this one will tell.
    Local,
    /// A peer will.
    Remote,
    /// Yes.
    Done,
}

/// What became of the last attempt to talk to a peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Last {
    /// There was none.
    #[default]
    None,
    /// It is being connected to.
    Connecting,
    /// It was greeted.
    Greeted,
    /// It said so to the greeting.
    Answered(Status),
}

/// A peer.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) name: Word,
    pub(super) is_local: bool,
    /// The part of the keys that it is told of, from 0; none for all.
    pub(super) shard: Option<u64>,
    pub(super) session: Option<Connection>,
    pub(super) last: Last,
    /// When that was, ms.
    pub(super) last_at: Option<u64>,
    /// When it is connected to if it does not come by itself, ms.
    pub(super) reconnect_at: Option<u64>,
    /// It was asked, and does not know all.
    pub(super) was_asked: bool,
    pub(super) counters: PeerCounters,
    /// By table.
    pub(super) progress: Vec<Progress>,
}

/// How often something happened with a peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct PeerCounters {
    pub(super) heartbeats_sent: u32,
    pub(super) heartbeats_received: u32,
    /// It was silent for too long.
    pub(super) silences: u32,
    pub(super) connects: u32,
    pub(super) protocol_errors: u32,
    /// It came while a connection was there already.
    pub(super) collisions: u32,
}

/// How far a peer is with a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// The change that it was told of last.
    pub(super) pushed: u32,
    /// The one that it said it has read.
    pub(super) acknowledged: u32,
    /// The number of the last update that it told.
    pub(super) got: u32,
    /// Its number for the table; 0 while it has not said.
    pub(super) remote_id: u64,
    /// What it keeps, as bits.
    pub(super) remote_data: u64,
}

/// The part of the keys that a peer is told of. What is none of the section's parts means all, and so does that of this node.
fn shard(model: &Peers, peer: &haproxy_cfg::model::sections::Peer) -> Option<u64> {
    let is_part = (1..=model.shards.unwrap_or(0)).contains(&peer.shard);
    (is_part && !peer.local).then(|| u64::from(peer.shard) - 1)
}

/// A section at work.
#[derive(Debug)]
pub struct Section {
    pub(super) name: Word,
    pub(super) local: Word,
    pid: u32,
    pub(super) shared: Vec<Shared>,
    /// `shards`; 0 without.
    pub(super) shards: u64,
    pub(super) peers: Vec<Peer>,
    pub(super) sessions: BTreeMap<Connection, Session>,
    next: Connection,
    pub(super) resync: Resync,
    /// When the state above is given up, ms.
    pub(super) resync_until: Option<u64>,
    /// The connection whose peer was asked for all.
    pub(super) teacher: Option<Connection>,
    /// The process ends: only its successor counts.
    is_stopping: bool,
    is_over: bool,
    /// Changes that are told of at once.
    batch: usize,
    chance: u64,
    effects: VecDeque<Effect>,
    pub(super) wakes: u32,
}

impl Section {
    /// The section of a file, not at work yet; none where nothing is to be done for it. `batch` changes are told of at once, `seed`
    /// is where chance comes from.
    #[must_use]
    pub fn new(model: &Peers, tables: &Tables, batch: u32, pid: u32, seed: u64) -> Option<Self> {
        let local = model.peers.iter().find(|peer| peer.local)?.name.clone();
        if !model.is_at_work() {
            return None;
        }
        let shared = Shared::all(tables, &model.name);
        let peer = |peer: &haproxy_cfg::model::sections::Peer| Peer {
            name: peer.name.clone(),
            is_local: peer.local,
            shard: shard(model, peer),
            session: None,
            last: Last::None,
            last_at: None,
            reconnect_at: None,
            was_asked: false,
            counters: PeerCounters::default(),
            progress: vec![Progress::default(); shared.len()],
        };
        Some(Self {
            name: model.name.clone(),
            local,
            pid,
            shards: model.shards.unwrap_or(0).into(),
            peers: model.peers.iter().map(peer).collect(),
            shared,
            sessions: BTreeMap::new(),
            next: 1,
            resync: Resync::Remote,
            resync_until: None,
            teacher: None,
            is_stopping: false,
            is_over: false,
            batch: batch.max(1) as usize,
            chance: seed | 1,
            effects: VecDeque::new(),
            wakes: 0,
        })
    }

    /// Begins. `has_predecessor` says that another process ends, which knows all and will tell it.
    pub fn start(&mut self, has_predecessor: bool, now: u64) {
        if has_predecessor {
            self.resync = Resync::Local;
        }
        self.resync_until = Some(now + RESYNC_MS);
        for peer in self.peers.iter_mut().filter(|peer| !peer.is_local) {
            peer.reconnect_at = Some(now);
        }
        self.tick(now);
    }

    /// The process ends: connections to others go, and the process that follows is told all. See [`Self::is_over`].
    pub fn stop(&mut self, now: u64) {
        if self.is_stopping {
            return;
        }
        self.is_stopping = true;
        let all: Vec<Connection> = self.sessions.keys().copied().collect();
        for id in all {
            self.close(id, now);
        }
        for peer in &mut self.peers {
            peer.reconnect_at = peer.is_local.then_some(now);
        }
        self.is_over = self.shared.is_empty();
        self.tick(now);
    }

    /// After [`Self::stop`]: whether the process may end.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// Whether [`Self::stop`] was called.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.is_stopping
    }

    /// What is to be done next.
    pub fn effect(&mut self) -> Option<Effect> {
        self.effects.pop_front()
    }

    /// When [`Self::tick`] wants to be called, ms.
    #[must_use]
    pub fn due(&self) -> Option<u64> {
        let sessions = self.sessions.values().map(Session::due);
        let waiting = self.peers.iter().filter(|peer| peer.session.is_none());
        let reconnects = waiting.filter_map(|peer| peer.reconnect_at);
        let resync = self.resync_until.filter(|_| self.teacher.is_none());
        sessions.chain(reconnects).chain(resync).min()
    }

    /// Does what is due.
    pub fn tick(&mut self, now: u64) {
        self.wakes = self.wakes.wrapping_add(1);
        let due: Vec<Connection> = self
            .sessions
            .iter()
            .filter(|(_, session)| session.due() <= now)
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            self.tick_session(id, now);
        }
        if self.resync_until.is_some_and(|until| until <= now) && self.teacher.is_none() {
            if self.resync == Resync::Local {
                self.resync = Resync::Remote;
                self.resync_until = Some(now + RESYNC_MS);
                self.ask_somebody();
            } else {
                self.finish_resync();
            }
        }
        for at in 0..self.peers.len() {
            let peer = &self.peers[at];
            let is_due = peer.session.is_none() && peer.reconnect_at.is_some_and(|time| time <= now);
            if is_due && (self.is_stopping == peer.is_local) && !self.is_over {
                self.connect(at, now);
            }
        }
    }

    fn tick_session(&mut self, id: Connection, now: u64) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        if session.dead_at <= now {
            let was_established = session.stage == Stage::Established;
            if let Some(peer) = session.peer.filter(|_| was_established) {
                self.peers[peer].counters.silences += 1;
            }
            return self.close(id, now);
        }
        session.heartbeat_at = now + HEARTBEAT_MS;
        Control::Heartbeat.write(&mut session.out);
        if let Some(peer) = session.peer {
            self.peers[peer].counters.heartbeats_sent += 1;
        }
    }

    fn connect(&mut self, at: usize, now: u64) {
        let pause = if self.is_stopping {
            SUCCESSOR_MS
        } else {
            ATTEMPT_MS
        };
        let id = self.next;
        self.next += 1;
        let peer = &mut self.peers[at];
        peer.reconnect_at = Some(now + pause);
        peer.counters.connects += 1;
        (peer.last, peer.last_at, peer.session) = (Last::Connecting, Some(now), Some(id));
        let session = Session::new(Stage::Connecting, Some(at), self.shared.len(), now);
        self.sessions.insert(id, session);
        self.effects.push_back(Effect::Connect(at, id));
    }

    /// A connection came in.
    pub fn accepted(&mut self, now: u64) -> Connection {
        let id = self.next;
        self.next += 1;
        let session = Session::new(Stage::Silent, None, self.shared.len(), now);
        self.sessions.insert(id, session);
        id
    }

    /// A connection that was asked for stands.
    pub fn connected(&mut self, id: Connection) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Some(peer) = session.peer else { return };
        let peer = &mut self.peers[peer];
        peer.last = Last::Greeted;
        session.stage = Stage::Greeted;
        let hello = Hello {
            minor: 1,
            remote: peer.name.to_vec().into(),
            local: self.local.to_vec().into(),
            pid: self.pid,
        };
        hello.write(&mut session.out);
    }

    /// A connection ended, or did not come to stand.
    pub fn ended(&mut self, id: Connection, now: u64) {
        let nobody_there = self
            .sessions
            .get(&id)
            .is_some_and(|session| session.stage == Stage::Connecting);
        if self.is_stopping && nobody_there {
            self.is_over = true;
        }
        self.forget(id, now);
    }

    /// Ends a connection.
    pub(super) fn close(&mut self, id: Connection, now: u64) {
        self.effects.push_back(Effect::Close(id));
        self.forget(id, now);
    }

    fn forget(&mut self, id: Connection, now: u64) {
        let Some(session) = self.sessions.remove(&id) else {
            return;
        };
        if self.teacher == Some(id) {
            // Somebody else may know, or the same one once it is back.
            self.teacher = None;
            self.resync_until = Some(now + RESYNC_MS);
            self.ask_somebody();
        }
        let Some(at) = session.peer else { return };
        let pause = PAUSE_MS.0 + self.random() % PAUSE_MS.1;
        let peer = &mut self.peers[at];
        if peer.session != Some(id) {
            return;
        }
        peer.session = None;
        for progress in &mut peer.progress {
            // What is not acknowledged may be lost.
            progress.pushed = progress.acknowledged;
            (progress.remote_id, progress.remote_data) = (0, 0);
        }
        if session.stage == Stage::Established && !peer.is_local {
            peer.reconnect_at = Some(now + pause);
        }
    }

    fn random(&mut self) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance >> 11
    }

    /// Messages may come and go on a connection.
    pub(super) fn establish(&mut self, id: Connection, now: u64) {
        let lesson = self.lesson();
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        session.stage = Stage::Established;
        session.dead_at = now + SILENCE_MS;
        session.heartbeat_at = now + HEARTBEAT_MS;
        let Some(at) = session.peer else { return };
        let peer = &mut self.peers[at];
        (peer.last, peer.last_at) = (Last::Answered(Status::Succeeded), Some(now));
        if peer.is_local {
            if session.is_outward {
                session.lesson = Some(lesson);
            }
        } else {
            peer.was_asked = false;
            self.ask_somebody();
        }
    }

    /// A lesson about all that is known.
    pub(super) fn lesson(&self) -> Lesson {
        let end = match self.resync {
            Resync::Done => Control::Finished,
            Resync::Local | Resync::Remote => Control::Partial,
        };
        Lesson::of_all(&self.shared, end)
    }

    /// Asks a peer for all that it knows, where that is wanted and nobody was asked.
    pub(super) fn ask_somebody(&mut self) {
        if self.resync != Resync::Remote || self.teacher.is_some() || self.is_stopping {
            return;
        }
        let candidates = self.peers.iter().filter(|peer| !peer.is_local && !peer.was_asked);
        for id in candidates.filter_map(|peer| peer.session) {
            if let Some(session) = self
                .sessions
                .get_mut(&id)
                .filter(|one| one.stage == Stage::Established)
            {
                Control::Synchronise.write(&mut session.out);
                self.teacher = Some(id);
                return;
            }
        }
    }

    /// All is known.
    pub(super) fn finish_resync(&mut self) {
        self.resync = Resync::Done;
        self.resync_until = None;
        self.teacher = None;
    }

    /// The process that follows knows all.
    pub(super) fn hand_over(&mut self) {
        self.is_over = true;
    }

    /// How many changes are told of at once.
    pub(super) fn batch(&self) -> usize {
        self.batch
    }

    /// Whether messages come and go on a connection.
    #[must_use]
    pub fn is_established(&self, id: Connection) -> bool {
        self.sessions
            .get(&id)
            .is_some_and(|session| session.stage == Stage::Established)
    }

    /// Whether a connection is one of the section's.
    #[must_use]
    pub fn has(&self, id: Connection) -> bool {
        self.sessions.contains_key(&id)
    }

    /// Its peers' names, in the order of the file.
    pub fn peers(&self) -> impl Iterator<Item = &Word> {
        self.peers.iter().map(|peer| &peer.name)
    }

    /// Wakes `reader` once there is something new to be told on a connection; gives whether there is already.
    #[must_use]
    pub fn wake_with_news(&self, id: Connection, tables: &Tables, reader: &Waker) -> bool {
        let Some(session) = self.sessions.get(&id) else {
            return true;
        };
        if !session.out.is_empty() || session.lesson.is_some() {
            return true;
        }
        let Some(peer) = session.peer.filter(|_| session.stage == Stage::Established) else {
            return false;
        };
        let mut is_news = false;
        for (shared, progress) in self.shared.iter().zip(&self.peers[peer].progress) {
            if !shared.is_mute {
                is_news |= tables.get(shared.table).wake_with_change(progress.pushed, reader);
            }
        }
        is_news
    }
}
