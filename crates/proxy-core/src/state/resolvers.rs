//! What name servers were asked and said: a set of counters for each, as `show resolvers` tells them.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// A counter of a name server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameserverCounter {
    /// Questions sent to it.
    Sent,
    /// Questions that could not be sent.
    SendError,
    /// Answers that were taken.
    Valid,
    /// Addresses of servers that changed by them.
    Update,
    /// Answers with other names.
    Cname,
    /// Chains of names that lead nowhere.
    CnameError,
    /// Answers that hold nothing.
    Empty,
    /// The name does not exist.
    Nx,
    /// No answer came in time.
    Timeout,
    /// It refuses.
    Refused,
    /// Other failures that it tells.
    Other,
    /// What is no answer at all.
    Invalid,
    /// Answers longer than `accepted_payload_size`.
    TooBig,
    /// Answers that do not fit into a datagram.
    Truncated,
    /// Answers that came when nobody waited any more.
    Outdated,
}

impl NameserverCounter {
    /// All of them with their names, in the order of `show resolvers`.
    pub const ALL: [(Self, &'static str); 15] = [
        (Self::Sent, "sent"),
        (Self::SendError, "snd_error"),
        (Self::Valid, "valid"),
        (Self::Update, "update"),
        (Self::Cname, "cname"),
        (Self::CnameError, "cname_error"),
        (Self::Empty, "any_err"),
        (Self::Nx, "nx"),
        (Self::Timeout, "timeout"),
        (Self::Refused, "refused"),
        (Self::Other, "other"),
        (Self::Invalid, "invalid"),
        (Self::TooBig, "too_big"),
        (Self::Truncated, "truncated"),
        (Self::Outdated, "outdated"),
    ];
}

/// The counters of one name server.
#[derive(Debug, Default)]
pub struct NameserverCounters([AtomicU64; NameserverCounter::ALL.len()]);

impl NameserverCounters {
    /// One more.
    pub fn inc(&self, counter: NameserverCounter) {
        self.0[counter as usize].fetch_add(1, Relaxed);
    }

    /// How many.
    #[must_use]
    pub fn get(&self, counter: NameserverCounter) -> u64 {
        self.0[counter as usize].load(Relaxed)
    }
}
