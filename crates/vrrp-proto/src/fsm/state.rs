//! The states, as types that hold what that state needs and nothing else.

use std::time::Duration;

use super::StateKind;
use crate::Time;

/// ```text
///              start                    owner that starts as master
///   Init ────────────────> Backup     Init ─────────────────────────> Master
///                          │    ▲
///     master-down interval │    │ higher advert, address lost
///                          ▼    │
///                          Master
///
///   any ── something tracked is down ──> Fault ── all is up ──> Backup
///   any ── stop ──> Init
/// ```
#[derive(Clone, Debug)]
pub(super) enum State {
    Init,
    Backup(Backup),
    Master(Master),
    Fault(Fault),
}

impl State {
    pub(super) const fn kind(&self) -> StateKind {
        match self {
            Self::Init => StateKind::Init,
            Self::Backup(_) => StateKind::Backup,
            Self::Master(_) => StateKind::Master,
            Self::Fault(_) => StateKind::Fault,
        }
    }
}

/// Waits for the master's silence. The end of the wait is not stored: it follows from the effective priority, which may
/// change meanwhile.
#[derive(Clone, Debug)]
pub(super) struct Backup {
    /// When the wait began: at the last advert that counted, or on entering the state.
    pub(super) since: Time,
    /// How long it is.
    pub(super) wait: Wait,
    /// The master's advert interval; ours until one was heard.
    pub(super) interval: Duration,
    /// When the patience with a master of lower priority ends; set by its first advert.
    pub(super) patience_ends: Option<Time>,
    /// The wait is over, but the others of its group are not so far.
    pub(super) wants_master: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// The master-down interval.
    MasterDown,
    /// The skew alone: the master has said that it stops.
    Skew,
}

/// Has the addresses, and says so.
#[derive(Clone, Debug)]
pub(super) struct Master {
    pub(super) next_advert: Time,
    /// The second burst of announcements after becoming master.
    pub(super) announce_again: Option<Time>,
    /// The second bursts after lower masters were heard, earliest first.
    pub(super) lower_again: std::collections::VecDeque<Time>,
    /// When the last refreshing was, or would have been.
    pub(super) refreshed: Time,
    /// When a lower master was last answered.
    pub(super) answered: Option<Time>,
}

/// Takes no part.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    /// Something tracked is down; otherwise it only waits to know about something for the first time.
    pub(super) settled: bool,
}
