//! One connection between peers: what was said on it, what is to be said next, and when it counts as dead.

use std::collections::HashMap;

use super::lesson::Lesson;
use super::{Definition, Known, Told, Wire};

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It does not stand yet.
    Connecting,
    /// The greeting was said, and its answer is not there.
    Greeted,
    /// It came in, and its greeting is not there.
    Silent,
    /// Messages come and go.
    Established,
}

/// A connection.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) stage: Stage,
    /// Who is at the other end, once that is known.
    pub(super) peer: Option<usize>,
    /// It goes from here to there.
    pub(super) is_outward: bool,
    /// What came and is not a whole message yet.
    pub(super) inbound: Vec<u8>,
    /// What is to be said as it stands.
    pub(super) out: Vec<u8>,
    /// It ends once all is said.
    pub(super) ends: bool,
    /// When it is dead if nothing comes, ms.
    pub(super) dead_at: u64,
    /// When the other side is to be told that this one is there, ms.
    pub(super) heartbeat_at: u64,
    /// Texts that the other side knows by number, and those that it taught.
    pub(super) told: Told,
    pub(super) known: Known,
    /// Tables of the other side by its numbers, with that of ours among the section's.
    pub(super) tables: HashMap<u64, (Definition, Option<usize>)>,
    /// The one that its updates are about.
    pub(super) heard: Option<u64>,
    /// The one of ours that our updates are about.
    pub(super) spoken: Option<usize>,
    /// What is being taught.
    pub(super) lesson: Option<Lesson>,
    /// Tables by the section's numbers: something came that is to be acknowledged.
    pub(super) unacknowledged: Vec<bool>,
    /// What it goes over.
    pub(super) wire: Option<Wire>,
}

/// Milliseconds without a word after which the other side is dead; and until a connection must stand.
pub(super) const SILENCE_MS: u64 = 5_000;
/// Milliseconds between two signs of life.
pub(super) const HEARTBEAT_MS: u64 = 3_000;

impl Session {
    pub(super) fn new(stage: Stage, peer: Option<usize>, tables: usize, now: u64) -> Self {
        Self {
            stage,
            peer,
            is_outward: stage == Stage::Connecting,
            inbound: Vec::new(),
            out: Vec::new(),
            ends: false,
            dead_at: now + SILENCE_MS,
            heartbeat_at: now + HEARTBEAT_MS,
            told: Told::default(),
            known: Known::default(),
            tables: HashMap::new(),
            heard: None,
            spoken: None,
            lesson: None,
            unacknowledged: vec![false; tables],
            wire: None,
        }
    }

    /// When something is to be done about it though nothing came, ms.
    pub(super) fn due(&self) -> u64 {
        match self.stage {
            Stage::Established => self.dead_at.min(self.heartbeat_at),
            _ => self.dead_at,
        }
    }
}
