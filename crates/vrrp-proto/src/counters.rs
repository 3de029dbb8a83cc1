//! What an instance counts.

use crate::wire::FaultKind;

/// Counts since the instance was made.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Adverts that passed all checks, those of priority 0 included.
    pub adverts_received: u64,
    /// Adverts that were handed out to be sent, those of priority 0 included.
    pub adverts_sent: u64,
    /// Times that it became master.
    pub became_master: u64,
    /// Times that it was master no longer.
    pub released_master: u64,
    /// Adverts of priority 0 received.
    pub zero_received: u64,
    /// Adverts of priority 0 sent.
    pub zero_sent: u64,
    /// Adverts of lower masters that were left without an answer because another one had just been answered.
    pub answers_withheld: u64,
    faults: [u64; FaultKind::ALL.len()],
}

impl Counters {
    /// How many packets were refused for this reason.
    pub const fn fault(&self, kind: FaultKind) -> u64 {
        self.faults[kind as usize]
    }

    /// How many packets were refused.
    pub fn faults(&self) -> u64 {
        self.faults.iter().sum()
    }

    pub(crate) const fn count_fault(&mut self, kind: FaultKind) {
        self.faults[kind as usize] += 1;
    }
}
