//! What a node wants done.

use crate::wire::Message;

/// How grave a line is, in heartbeat's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Data may be at risk.
    Critical,
    /// Something does not work.
    Error,
    /// Something may not work.
    Warning,
    /// What happens.
    Info,
    /// What helps to find faults.
    Debug,
}

impl Level {
    /// As lines of the log have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Critical => "CRIT",
            Self::Error => "ERROR",
            Self::Warning => "WARN",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

/// Why groups are started or stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The node's own are taken at its start, or because nobody else has them.
    Own,
    /// Those of a node that is gone are taken.
    Takeover(String),
    /// They were handed over, or are.
    Standby,
    /// Another node asks for what belongs to it.
    Request {
        /// Who asks.
        node: String,
        /// What the group is called.
        key: String,
    },
    /// The program ends.
    Shutdown,
}

/// Work on resources. Whoever does it says so by [`crate::Node::finished`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Work {
    /// Its number.
    pub id: u64,
    /// Whether the groups are to run afterwards, or not.
    pub start: bool,
    /// Which groups, by their place in the settings, in order.
    pub groups: Vec<usize>,
    /// Why.
    pub purpose: Purpose,
}

/// What a node wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send this on all ways.
    Packet(Vec<u8>),
    /// Ping all that is pinged. Whoever answers is told of by [`crate::Node::answered`].
    Ping,
    /// The node takes part from now on: programs that run along begin.
    Active,
    /// Those who listen on this machine are told this: all, or the one that `to_id` names.
    Event(Message),
    /// Log this.
    Log(Level, String),
    /// Do this to resources. What is asked for later is to happen later, as far as the same groups are concerned.
    Work(Work),
    /// The node has given everything back and said so: begin anew, as its next generation.
    Restart,
    /// The node has given everything back and said so: end.
    Stopped,
}
