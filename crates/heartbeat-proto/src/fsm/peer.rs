//! What a node knows of another one.

use crate::sequence::Received;
use crate::{Hold, Time};

/// How another node is, as far as is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// Nothing was heard yet.
    Unknown,
    /// It begins.
    Init,
    /// It speaks, and does not know yet who else is there.
    Up,
    /// It takes part.
    Active,
    /// Nothing is heard any more.
    Dead,
}

impl Status {
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "init" => Self::Init,
            "up" => Self::Up,
            "active" => Self::Active,
            "dead" => Self::Dead,
            _ => return None,
        })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Init => "init",
            Self::Up => "up",
            Self::Active => "active",
            Self::Dead => "dead",
        }
    }
}

/// Another node.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) name: String,
    pub(super) status: Status,
    pub(super) uuid: Option<[u8; 16]>,
    /// Which of its starts is known.
    pub(super) generation: Option<u32>,
    pub(super) received: Received,
    /// When it was heard last.
    pub(super) heard: Option<Time>,
    /// When it was heard last on each way; none where it is not heard.
    pub(super) links: Vec<Option<Time>>,
    /// Whether it has told which nodes it knows.
    pub(super) has_told_nodes: bool,
    /// When it is to be asked for that.
    pub(super) ask_nodes: Time,
    /// What it said to hold, and whether that will last.
    pub(super) hold: Option<(Hold, bool)>,
    /// The number of the message that said so.
    pub(super) hold_told: u32,
    /// Whether it has had its own since it began.
    pub(super) had_own: bool,
    /// Whether it said goodbye.
    pub(super) left: bool,
}

impl Peer {
    pub(super) fn new(name: &str, links: usize) -> Self {
        Self {
            name: name.to_owned(),
            status: Status::Unknown,
            uuid: None,
            generation: None,
            received: Received::default(),
            heard: None,
            links: vec![None; links],
            has_told_nodes: false,
            ask_nodes: Time::ZERO,
            hold: None,
            hold_told: 0,
            had_own: false,
            left: false,
        }
    }

    /// Whether it is there, as far as is known.
    pub(super) const fn is_there(&self) -> bool {
        matches!(self.status, Status::Init | Status::Up | Status::Active) && !self.left
    }

    /// Forgets what was of its last start.
    pub(super) fn begin_again(&mut self, generation: u32) {
        self.generation = Some(generation);
        self.received = Received::default();
        self.has_told_nodes = false;
        self.hold = None;
        self.hold_told = 0;
        self.had_own = false;
        self.left = false;
    }
}

/// What whoever asks is told of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerView {
    /// Its name.
    pub name: String,
    /// Its state in heartbeat's words.
    pub status: &'static str,
    /// Its ways, and whether it is heard on them.
    pub links: Vec<(String, bool)>,
}
