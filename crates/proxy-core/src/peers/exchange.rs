//! What is heard and said on the connections of a [`Section`].

use super::lesson::Lesson;
use super::section::{Connection, Last, Resync, Section};
use super::session::{HEARTBEAT_MS, SILENCE_MS, Stage};
use super::shared::{Shared, learn};
use super::{Control, Fault, Hello, Message, Status, Trouble, Update, acknowledge, read};
use crate::table::{Changes, Entry, Tables};

/// So many bytes are put together at most before they are sent.
const PART: usize = 16 * 1024;

/// Whether a peer that is told of a part of the keys is told of an entry.
fn is_for(entry: &Entry<'_>, shared: &Shared, shard: Option<u64>, shards: u64) -> bool {
    shard.is_none_or(|shard| entry.part_for_peers(shared.hash, shards) == shard)
}

/// Why no more is read from a connection.
enum Stop {
    /// What follows is not there yet.
    Waits,
    /// The connection is over.
    Over,
}

impl Section {
    /// Hears what came on a connection.
    pub fn received(&mut self, id: Connection, bytes: &[u8], now: u64, tables: &Tables) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        session.inbound.extend_from_slice(bytes);
        if session.stage == Stage::Established {
            session.dead_at = now + SILENCE_MS;
        }
        let mut inbound = std::mem::take(&mut session.inbound);
        let mut at = 0;
        loop {
            match self.hear(id, &inbound[at..], now, tables) {
                Ok(used) => at += used,
                Err(Stop::Waits) => break,
                Err(Stop::Over) => return,
            }
        }
        inbound.drain(..at);
        self.acknowledge(id);
        if let Some(session) = self.sessions.get_mut(&id) {
            session.inbound = inbound;
        }
    }

    /// Hears the next of what came; gives how long it was.
    fn hear(&mut self, id: Connection, from: &[u8], now: u64, tables: &Tables) -> Result<usize, Stop> {
        let session = self.sessions.get(&id).ok_or(Stop::Over)?;
        if session.ends {
            return Err(Stop::Over);
        }
        match session.stage {
            Stage::Connecting => Err(Stop::Waits),
            Stage::Silent => self.hear_hello(id, from, now),
            Stage::Greeted => self.hear_status(id, from, now),
            Stage::Established => self.hear_message(id, from, now, tables),
        }
    }

    fn hear_hello(&mut self, id: Connection, from: &[u8], now: u64) -> Result<usize, Stop> {
        let (hello, used) = match Hello::read(from) {
            Ok(Some(read)) => read,
            Ok(None) => return Err(Stop::Waits),
            Err(error) => {
                self.refuse(id, error.into());
                return Err(Stop::Waits);
            }
        };
        let find = |name: &[u8]| self.peers.iter().position(|peer| *peer.name == *name);
        let status = Status::to(&hello, &self.local, |name| find(name).is_some());
        let Some(at) = find(&hello.local).filter(|_| status == Status::Succeeded) else {
            self.refuse(id, status);
            return Err(Stop::Waits);
        };
        if self.is_stopping() || (self.peers[at].is_local && self.peers[at].session.is_some()) {
            self.refuse(id, Status::TryAgain);
            return Err(Stop::Waits);
        }
        if let Some(before) = self.peers[at].session {
            // The one that came last counts.
            self.peers[at].counters.collisions += 1;
            self.close(before, now);
        }
        self.peers[at].session = Some(id);
        let Some(session) = self.sessions.get_mut(&id) else {
            return Err(Stop::Over);
        };
        session.peer = Some(at);
        Status::Succeeded.write(&mut session.out);
        self.establish(id, now);
        Ok(used)
    }

    /// Says what is wrong with a greeting, and no more.
    fn refuse(&mut self, id: Connection, status: Status) {
        if let Some(session) = self.sessions.get_mut(&id) {
            status.write(&mut session.out);
            session.ends = true;
        }
    }

    fn hear_status(&mut self, id: Connection, from: &[u8], now: u64) -> Result<usize, Stop> {
        match Status::read(from) {
            Ok(None) => Err(Stop::Waits),
            Ok(Some((Status::Succeeded, used))) => {
                self.establish(id, now);
                Ok(used)
            }
            other => {
                let peer = self.sessions.get(&id).and_then(|session| session.peer);
                if let (Ok(Some((status, _))), Some(at)) = (other, peer) {
                    let peer = &mut self.peers[at];
                    (peer.last, peer.last_at) = (Last::Answered(status), Some(now));
                }
                self.close(id, now);
                Err(Stop::Over)
            }
        }
    }

    fn hear_message(
        &mut self,
        id: Connection,
        from: &[u8],
        now: u64,
        tables: &Tables,
    ) -> Result<usize, Stop> {
        let session = self.sessions.get_mut(&id).ok_or(Stop::Over)?;
        let at = session.peer.ok_or(Stop::Over)?;
        let heard = session.heard.and_then(|number| session.tables.get(&number));
        let definition = heard.map(|(definition, _)| definition);
        let (message, used) = match read(from, definition, &mut session.known) {
            Ok(Some(read)) => read,
            Ok(None) => return Err(Stop::Waits),
            Err(Fault) => {
                Trouble::Protocol.write(&mut session.out);
                session.ends = true;
                self.peers[at].counters.protocol_errors += 1;
                return Err(Stop::Waits);
            }
        };
        match message {
            Message::Control(control) => self.hear_control(id, at, control, now),
            Message::Definition(definition) => {
                let number = definition.id;
                let own = self.shared.iter().position(|shared| shared.is(&definition));
                if let Some(own) = own {
                    let progress = &mut self.peers[at].progress[own];
                    progress.remote_id = number;
                    let bits = definition.stored.iter().map(|stored| 1 << (stored.data as u64));
                    progress.remote_data = bits.sum();
                }
                session.heard = Some(number);
                session.tables.insert(number, (definition, own));
            }
            // One that was not told of is nobody's.
            Message::Switch(number) => session.heard = Some(number),
            Message::Update(update) => self.hear_update(id, at, &update, now, tables),
            Message::Acknowledged(table, number) => self.hear_acknowledged(at, table, number),
            // The other side ends the connection if it cannot go on.
            Message::Trouble(_) | Message::Unknown => {}
        }
        Ok(used)
    }

    fn hear_control(&mut self, id: Connection, at: usize, control: Control, now: u64) {
        let lesson = self.lesson();
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        match control {
            Control::Synchronise => session.lesson = Some(lesson),
            Control::Heartbeat => self.peers[at].counters.heartbeats_received += 1,
            Control::Confirmed => {
                if self.is_stopping() && self.peers[at].is_local {
                    self.hand_over();
                    self.close(id, now);
                }
            }
            Control::Finished | Control::Partial => {
                Control::Confirmed.write(&mut session.out);
                let is_predecessor = self.peers[at].is_local && self.resync == Resync::Local;
                if self.teacher != Some(id) && !is_predecessor {
                    return;
                }
                self.teacher = None;
                if control == Control::Finished {
                    return self.finish_resync();
                }
                self.peers[at].was_asked = true;
                self.resync = Resync::Remote;
                self.resync_until = Some(now + SILENCE_MS);
                self.ask_somebody();
            }
        }
    }

    fn hear_update(&mut self, id: Connection, at: usize, update: &Update, now: u64, tables: &Tables) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let heard = session.heard.and_then(|number| session.tables.get(&number));
        let Some((definition, Some(own))) = heard else {
            return;
        };
        let progress = &mut self.peers[at].progress[*own];
        progress.got = update.number.unwrap_or(progress.got.wrapping_add(1));
        session.unacknowledged[*own] = true;
        let table = tables.get(self.shared[*own].learns_to);
        learn(table, definition, update, now as u32);
    }

    fn hear_acknowledged(&mut self, at: usize, table: u64, number: u32) {
        let own = usize::try_from(table).ok().and_then(|table| table.checked_sub(1));
        let Some(progress) = own.and_then(|own| self.peers[at].progress.get_mut(own)) else {
            return;
        };
        let is_between =
            number.wrapping_sub(progress.acknowledged) <= progress.pushed.wrapping_sub(progress.acknowledged);
        if is_between {
            progress.acknowledged = number;
        }
    }

    /// Says how far was read.
    fn acknowledge(&mut self, id: Connection) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Some(at) = session.peer else { return };
        for (progress, unacknowledged) in self.peers[at].progress.iter().zip(&mut session.unacknowledged) {
            if std::mem::take(unacknowledged) {
                acknowledge(progress.remote_id, progress.got, &mut session.out);
            }
        }
    }

    /// Appends what is to be said on a connection now; gives whether the connection ends behind it.
    pub fn say(&mut self, id: Connection, now: u64, tables: &Tables, out: &mut Vec<u8>) -> bool {
        let Some(session) = self.sessions.get_mut(&id) else {
            return true;
        };
        out.append(&mut session.out);
        if session.ends {
            self.ended(id, now);
            return true;
        }
        if session.stage == Stage::Established {
            self.teach(id, now, tables, out);
            self.push(id, now, tables, out);
        }
        false
    }

    /// Goes on with a lesson.
    fn teach(&mut self, id: Connection, now: u64, tables: &Tables, out: &mut Vec<u8>) {
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let (Some(mut lesson), Some(at)) = (session.lesson.take(), session.peer) else {
            return;
        };
        let (peer, shards) = (&self.peers[at], self.shards);
        while out.len() < PART {
            let Some((own, key)) = lesson.next(&self.shared, tables) else {
                if let Some(end) = lesson.end {
                    end.write(out);
                }
                return;
            };
            let shared = &self.shared[own];
            let table = tables.get(shared.table);
            let told = table.look(&key, now as u32, |entry| {
                is_for(entry, shared, peer.shard, shards).then(|| Update {
                    // No number of its own: what it acknowledges is what it was told of before.
                    number: Some(peer.progress[own].pushed),
                    left: Some(entry.expires_in()),
                    ..shared.update(table, entry)
                })
            });
            let Some(update) = told.flatten() else { continue };
            if session.spoken.replace(own) != Some(own) {
                shared.definition.write(out);
            }
            update.write(&shared.definition, &mut session.told, out);
            session.heartbeat_at = now + HEARTBEAT_MS;
        }
        session.lesson = Some(lesson);
    }

    /// Tells of what has changed.
    fn push(&mut self, id: Connection, now: u64, tables: &Tables, out: &mut Vec<u8>) {
        let batch = self.batch();
        let Some(session) = self.sessions.get_mut(&id) else {
            return;
        };
        let Some(at) = session.peer else { return };
        let shard = self.peers[at].shard;
        for (own, shared) in self
            .shared
            .iter()
            .enumerate()
            .filter(|(_, shared)| !shared.is_mute)
        {
            if out.len() >= PART {
                return;
            }
            let table = tables.get(shared.table);
            let progress = &mut self.peers[at].progress[own];
            let changes = match table.changes(progress.pushed, batch) {
                Changes::Some(changes) => changes,
                Changes::Lost => {
                    progress.pushed = table.last_change();
                    progress.acknowledged = progress.pushed;
                    let lesson = session.lesson.take();
                    session.lesson = Some(lesson.map_or_else(|| Lesson::of(own), |lesson| lesson.and(own)));
                    continue;
                }
            };
            let mut said = None;
            for (number, key) in changes {
                progress.pushed = number;
                let update = table.look_at_change((number, &key), now as u32, |entry| {
                    is_for(entry, shared, shard, self.shards).then(|| shared.update(table, entry))
                });
                let Some(mut update) = update.flatten() else {
                    continue;
                };
                if session.spoken.replace(own) != Some(own) {
                    shared.definition.write(out);
                }
                let follows = said.is_some_and(|said: u32| said.wrapping_add(1) == number);
                update.number = (!follows).then_some(number);
                said = Some(number);
                update.write(&shared.definition, &mut session.told, out);
                session.heartbeat_at = now + HEARTBEAT_MS;
            }
        }
    }
}
