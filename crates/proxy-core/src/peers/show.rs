//! What `show peers` says of a [`Section`] (management guide, section 9.3).

use std::fmt::Write as _;
use std::net::SocketAddr;

use haproxy_cfg::model::sections::{Endpoint, Peers};
use haproxy_cfg::model::{Address, ServerAddr};

use super::section::{Last, Peer, Resync, Section};
use super::session::{Session, Stage};
use super::{Connection, Status};
use crate::table::Tables;

/// When something is shown.
#[derive(Clone, Copy, Debug)]
pub struct Moment<'a> {
    /// On the process's clock, ms.
    pub now_ms: u64,
    /// As a date.
    pub date: &'a str,
}

/// What a connection goes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wire {
    /// It is over TLS.
    pub is_tls: bool,
    /// From where to where, where addresses tell.
    pub addresses: Option<(SocketAddr, SocketAddr)>,
}

/// Numbers that tell peers apart, in the place of where they stand in memory.
fn mark(kind: u32, number: usize) -> u64 {
    u64::from(kind) << 32 | (number as u64 + 1) << 4
}

/// A time that lies ahead, in whole seconds.
fn ahead(time: Option<u64>, now: u64) -> String {
    match time {
        None => "<NEVER>".to_owned(),
        Some(time) if time < now => "<PAST>".to_owned(),
        Some(time) => format!("{}s", (time - now) / 1000),
    }
}

fn status(last: Last) -> &'static str {
    match last {
        Last::None => "NONE",
        Last::Connecting => "CONN",
        Last::Greeted => "HSHK",
        Last::Answered(status) => match status {
            Status::Succeeded => "ESTA",
            Status::TryAgain => "RETR",
            Status::ProtocolError => "PROT",
            Status::BadVersion => "VERS",
            Status::LocalMismatch => "NAME",
            Status::RemoteMismatch => "UNKN",
        },
    }
}

fn place(peer: &haproxy_cfg::model::sections::Peer, section: &Peers) -> String {
    if peer.local {
        let bind = section
            .listener
            .as_ref()
            .and_then(|listener| listener.binds.first());
        return bind.map_or_else(String::new, |bind| match &bind.address {
            Address::Inet(address) => address.to_string(),
            _ => bind.written.to_string(),
        });
    }
    match (&peer.endpoint, peer.server.as_ref().map(|server| &server.addr)) {
        (Some(Endpoint::Inet(address)), _) => address.to_string(),
        (Some(Endpoint::Host(ip)), _) => ip.to_string(),
        (_, Some(ServerAddr::Unix(path))) => format!("unix:{path}"),
        (_, Some(ServerAddr::Abstract(name))) => format!("abns:{}", name.name),
        _ => String::new(),
    }
}

impl Section {
    /// What a connection goes over.
    pub fn note_wire(&mut self, id: Connection, wire: Wire) {
        if let Some(session) = self.sessions.get_mut(&id) {
            session.wire = Some(wire);
        }
    }

    /// What `show peers` says of the section; with `dict` the texts that both sides know by number, too. `number` is the section's
    /// among all.
    #[must_use]
    pub fn show(&self, number: usize, model: &Peers, tables: &Tables, dict: bool, at: Moment<'_>) -> String {
        let mut out = String::new();
        let flags = match self.resync {
            Resync::Local => 0x0,
            Resync::Remote => 0x1,
            Resync::Done => 0x3,
        };
        // Writing to memory does not fail.
        let _infallible = writeln!(
            out,
            "{:#x}: [{}] id={} disabled=0 flags={flags:#x} resync_timeout={} task_calls={}",
            mark(1, number),
            at.date,
            self.name,
            self.resync_until
                .map_or("<PAST>".to_owned(), |until| ahead(Some(until), at.now_ms)),
            self.wakes
        );
        for (index, peer) in self.peers.iter().enumerate().rev() {
            let place = model
                .peers
                .get(index)
                .map_or_else(String::new, |line| place(line, model));
            self.show_peer(index, peer, &place, tables, (dict, at.now_ms), &mut out);
        }
        out
    }

    fn show_peer(
        &self,
        index: usize,
        peer: &Peer,
        place: &str,
        tables: &Tables,
        (dict, now): (bool, u64),
        out: &mut String,
    ) {
        let session = peer.session.and_then(|id| Some((id, self.sessions.get(&id)?)));
        let is_teacher = session.is_some_and(|(id, _)| self.teacher == Some(id));
        let running = session.is_some_and(|(_, session)| session.stage == Stage::Established);
        let heartbeat = session
            .filter(|_| running)
            .map(|(_, session)| session.heartbeat_at);
        let reconnect = match session {
            Some((_, session)) if !peer.is_local => Some(session.dead_at),
            _ => peer.reconnect_at,
        };
        let since = peer.last_at.map(|time| now.saturating_sub(time) / 1000);
        let counters = &peer.counters;
        let _infallible = write!(
            out,
            "  {:#x}: id={}({},{}) addr={place} app_state={} learn_state={} last_status={} last_hdshk={}\n        \
             reconnect={} heartbeat={} confirm=0 tx_hbt={} rx_hbt={} no_hbt={} new_conn={} proto_err={} coll={}\n        \
             flags=0x0",
            mark(2, index),
            peer.name,
            if peer.is_local { "local" } else { "remote" },
            if session.is_some() { "active" } else { "inactive" },
            if running { "RUNNING" } else { "STOPPED" },
            if is_teacher { "PROCESSING" } else { "NOTASSIGNED" },
            status(peer.last),
            since.map_or("<NEVER>".to_owned(), |seconds| format!("{seconds}s")),
            ahead(reconnect, now),
            ahead(heartbeat, now),
            counters.heartbeats_sent,
            counters.heartbeats_received,
            counters.silences,
            counters.connects,
            counters.protocol_errors,
            counters.collisions,
        );
        if let Some((id, session)) = session {
            self.show_session(index, id, session, out);
        }
        out.push_str("\n        shared tables:\n");
        for own in (0..self.shared.len()).rev() {
            self.show_table(index, own, tables, out);
            if dict {
                show_dictionary(session.map(|(_, session)| session), out);
            } else {
                out.push_str("        Dictionary cache not dumped (use \"show peers dict\")\n");
            }
        }
    }

    fn show_session(&self, index: usize, id: Connection, session: &Session, out: &mut String) {
        let (state, connected) = match session.stage {
            Stage::Connecting => (5, "INI"),
            Stage::Greeted => (6, "EST"),
            Stage::Silent => (1, "EST"),
            Stage::Established => (7, "EST"),
        };
        let _infallible = write!(
            out,
            " appctx:{:#x} st0={state} st1=0 task_calls=0 state={connected}",
            mark(3, id as usize)
        );
        if let Some(Wire {
            is_tls,
            addresses: Some((from, to)),
        }) = session.wire.filter(|_| !session.is_outward)
        {
            let layer = if is_tls { "SSL" } else { "RAW" };
            let _infallible = write!(out, "\n        xprt={layer} src={from} addr={to}");
        }
        let heard = session
            .heard
            .and_then(|heard| Some((heard, session.tables.get(&heard)?)));
        if let Some((remote, (_, Some(own)))) = heard {
            self.show_current("remote_table", index, *own, remote, out);
        }
        if let Some(own) = session.spoken {
            let remote = self.peers[index].progress[own].remote_id;
            self.show_current("last_local_table", index, own, remote, out);
        }
    }

    fn show_current(&self, what: &str, index: usize, own: usize, remote: u64, out: &mut String) {
        let _infallible = write!(
            out,
            "\n        {what}:{:#x} id={} local_id={} remote_id={remote}",
            mark(4 + index as u32, own),
            self.full_name(own),
            self.shared[own].definition.id,
        );
    }

    /// The name by which this process knows a table.
    fn full_name(&self, own: usize) -> String {
        let name = &self.shared[own].definition.name;
        let text = String::from_utf8_lossy(name);
        if name.starts_with(b"/") {
            format!("{}{text}", self.name)
        } else {
            text.into_owned()
        }
    }

    fn show_table(&self, index: usize, own: usize, tables: &Tables, out: &mut String) {
        let shared = &self.shared[own];
        let progress = &self.peers[index].progress[own];
        let table = tables.get(shared.table);
        let last = table.last_change();
        let _infallible = writeln!(
            out,
            "          {:#x} local_id={} remote_id={} flags=0x0 remote_data={:#x}\n              \
             last_acked={} last_pushed={} last_get={} teaching_origin=0 update={}\n              \
             table:{:#x} id={} update={last} localupdate={last} refcnt=1",
            mark(4 + index as u32, own),
            shared.definition.id,
            progress.remote_id,
            progress.remote_data,
            progress.acknowledged,
            progress.pushed,
            progress.got,
            progress.pushed,
            mark(0, shared.table),
            table.model().name,
        );
    }
}

/// Texts that are known by number, four in a line.
fn show_dictionary(session: Option<&Session>, out: &mut String) {
    out.push_str("        TX dictionary cache:");
    let texts = session.map(|session| session.told.texts()).unwrap_or_default();
    for (number, text) in texts.iter().enumerate() {
        let text = String::from_utf8_lossy(text);
        let lead = if number % 4 == 0 { "\n        " } else { "" };
        let _infallible = write!(out, "{lead}{number:>5} -> {text}");
    }
    out.push_str("\n        RX dictionary cache:");
    for number in 0..128 {
        let text = session.and_then(|session| session.known.peek(number));
        let text = text.map_or("-".into(), String::from_utf8_lossy);
        let lead = if number % 4 == 0 { "\n        " } else { "" };
        let _infallible = write!(out, "{lead}{number:>5} -> {text}");
    }
    out.push('\n');
}
