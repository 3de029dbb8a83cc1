//! What a node is told at its start.

use std::time::Duration;

use crate::wire::Keys;

/// Whether resources go home when their owner is back (`auto_failback`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Failback {
    /// They go home: whoever holds them offers them.
    On,
    /// They stay.
    Off,
    /// They go home: their owner asks for each.
    #[default]
    Legacy,
}

/// A group of resources that moves together: a line of haresources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The node that it belongs to.
    pub owner: String,
    /// What it is called in messages: its first resource as written.
    pub key: String,
}

/// A part of all resources, as seen from a node: its own are local, the others foreign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// Those that belong to the node.
    Local,
    /// Those that belong to others.
    Foreign,
    /// All.
    All,
}

impl Share {
    /// As messages have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Foreign => "foreign",
            Self::All => "all",
        }
    }

    /// From a message.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "local" => Self::Local,
            "foreign" | "failback" => Self::Foreign,
            "all" => Self::All,
            _ => return None,
        })
    }

    /// The same part as the other node sees it.
    #[must_use]
    pub const fn mirrored(self) -> Self {
        match self {
            Self::Local => Self::Foreign,
            Self::Foreign => Self::Local,
            Self::All => Self::All,
        }
    }
}

/// What a node holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hold {
    /// Its own.
    pub local: bool,
    /// Those of others.
    pub foreign: bool,
}

impl Hold {
    /// Everything.
    pub const ALL: Self = Self {
        local: true,
        foreign: true,
    };

    /// As messages have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match (self.local, self.foreign) {
            (false, false) => "none",
            (true, false) => "local",
            (false, true) => "foreign",
            (true, true) => "all",
        }
    }

    /// From a message.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Some(match name {
            "none" => Self::default(),
            "local" => Self {
                local: true,
                foreign: false,
            },
            "foreign" => Self {
                local: false,
                foreign: true,
            },
            "all" => Self::ALL,
            _ => return None,
        })
    }

    /// With that part too.
    #[must_use]
    pub const fn with(self, share: Share) -> Self {
        Self {
            local: self.local || matches!(share, Share::Local | Share::All),
            foreign: self.foreign || matches!(share, Share::Foreign | Share::All),
        }
    }

    /// Without that part.
    #[must_use]
    pub const fn without(self, share: Share) -> Self {
        Self {
            local: self.local && matches!(share, Share::Foreign),
            foreign: self.foreign && matches!(share, Share::Local),
        }
    }

    /// Whether it has something that the other node has as well, each seeing it from its side.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        (self.local && other.foreign) || (self.foreign && other.local)
    }
}

/// What a node is told at its start.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its name.
    pub name: String,
    /// Its identity.
    pub uuid: [u8; 16],
    /// Which of its starts this is: a number that grows.
    pub generation: u32,
    /// The time of the start, in seconds since 1970.
    pub epoch: u64,
    /// All nodes, itself among them.
    pub nodes: Vec<String>,
    /// Whether others may join (`autojoin`).
    pub autojoin: bool,
    /// Time between two signs of life.
    pub keepalive: Duration,
    /// A node of which nothing was heard for so long is dead.
    pub deadtime: Duration,
    /// A sign of life that is so late is worth a warning.
    pub warntime: Duration,
    /// As `deadtime`, for nodes of which nothing was heard yet.
    pub initdead: Duration,
    /// The longest wait before a lost message is asked for again.
    pub max_rexmit_delay: Duration,
    /// Whether resources go home.
    pub failback: Failback,
    /// Names of the ways that messages come by.
    pub links: Vec<String>,
    /// Names of what is pinged (`ping`, `ping_group`).
    pub pings: Vec<String>,
    /// What is pinged and has not answered for so long is dead.
    pub deadping: Duration,
    /// The keys that sign.
    pub keys: Keys,
    /// The groups of haresources, in order.
    pub groups: Vec<Group>,
    /// What chance begins with.
    pub seed: u64,
}
