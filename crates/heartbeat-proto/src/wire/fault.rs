//! What can be wrong with a packet. None of it changes anything; each kind is counted.

use std::fmt;

/// What is wrong with a packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// It is larger than any message.
    Oversized,
    /// It does not begin as a message does: somebody else's packet.
    Foreign,
    /// It ends before the message does.
    Truncated,
    /// A field has no name, no value, a length that is none, or a kind that is unknown.
    Malformed,
    /// It bears no signature.
    Unsigned,
    /// It is signed by a key that is not known here.
    UnknownKey,
    /// Its signature is not that of its key.
    BadSignature,
    /// A field that each message has is missing.
    Incomplete,
    /// It comes from a node that is none of this cluster.
    UnknownNode,
    /// It bears this node's own name and another node's identity.
    NameTaken,
    /// It was taken before: another way brought it, or somebody sends it once more.
    Duplicate,
    /// It is from before the sender's last start.
    OldGeneration,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Oversized,
        Self::Foreign,
        Self::Truncated,
        Self::Malformed,
        Self::Unsigned,
        Self::UnknownKey,
        Self::BadSignature,
        Self::Incomplete,
        Self::UnknownNode,
        Self::NameTaken,
        Self::Duplicate,
        Self::OldGeneration,
    ];
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Oversized => "larger than any message",
            Self::Foreign => "not a message",
            Self::Truncated => "cut short",
            Self::Malformed => "fields that cannot be read",
            Self::Unsigned => "no signature",
            Self::UnknownKey => "signed by an unknown key",
            Self::BadSignature => "a wrong signature",
            Self::Incomplete => "fields are missing",
            Self::UnknownNode => "from an unknown node",
            Self::NameTaken => "from another node of this name",
            Self::Duplicate => "taken before",
            Self::OldGeneration => "from before the sender's last start",
        })
    }
}

impl std::error::Error for Fault {}

/// How many packets of each kind were left aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultCounts([u64; Fault::ALL.len()]);

impl FaultCounts {
    /// Counts one.
    pub fn add(&mut self, fault: Fault) {
        if let Some(count) = self.0.get_mut(fault as usize) {
            *count += 1;
        }
    }

    /// How many there were.
    #[must_use]
    pub fn get(&self, fault: Fault) -> u64 {
        self.0.get(fault as usize).copied().unwrap_or(0)
    }
}
