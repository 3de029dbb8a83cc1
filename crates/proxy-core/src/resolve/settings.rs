//! The settings of a `resolvers` section, with what holds where it says nothing.

use haproxy_cfg::model::sections::Resolvers;

use super::Status;

/// The port of name servers that are given without one.
pub const NAMESERVER_PORT: u16 = 53;

/// How a section asks, and how long answers count. Times are in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// `timeout resolve`: between the end of one question about a name and the next.
    pub resolve_ms: u64,
    /// `timeout retry`: until a question is asked again.
    pub retry_ms: u64,
    /// `resolve_retries`: how often it is asked.
    pub retries: u32,
    /// `accepted_payload_size`: the longest answer, in bytes.
    pub payload: u16,
    /// `hold valid`.
    pub hold_valid_ms: u64,
    /// `hold obsolete`.
    pub hold_obsolete_ms: u64,
    hold_nx_ms: u64,
    hold_refused_ms: u64,
    hold_timeout_ms: u64,
    hold_other_ms: u64,
}

impl Settings {
    /// Those of a section.
    #[must_use]
    pub fn new(section: &Resolvers) -> Self {
        let ms = |given: Option<u32>, default: u64| given.map_or(default, u64::from);
        let hold = &section.hold;
        Self {
            resolve_ms: ms(section.timeout_resolve, 1000),
            retry_ms: ms(section.timeout_retry, 1000).max(1),
            retries: section.retries.unwrap_or(3).max(1),
            payload: section.payload_size.unwrap_or(512),
            hold_valid_ms: ms(hold.valid, 10_000),
            hold_obsolete_ms: ms(hold.obsolete, 0),
            hold_nx_ms: ms(hold.nx, 30_000),
            hold_refused_ms: ms(hold.refused, 30_000),
            hold_timeout_ms: ms(hold.timeout, 30_000),
            hold_other_ms: ms(hold.other, 30_000),
        }
    }

    /// How long the last good answer counts although name servers say `status` since.
    #[must_use]
    pub fn hold_ms(&self, status: Status) -> u64 {
        match status {
            Status::Valid => self.hold_valid_ms,
            Status::Nx => self.hold_nx_ms,
            Status::Refused => self.hold_refused_ms,
            Status::Timeout => self.hold_timeout_ms,
            Status::Other => self.hold_other_ms,
        }
    }
}
