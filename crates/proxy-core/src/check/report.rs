//! The result of a check as statistics and logs show it.

/// How a check ended; the names in statistics are the original's (`L4OK`, `L7STS` …).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CheckStatus {
    /// Nothing known yet (`UNK`).
    #[default]
    Unknown,
    /// Just started (`INI`).
    Initializing,
    /// A socket could not be made (`SOCKERR`).
    SocketError,
    /// Connected (`L4OK`).
    L4Ok,
    /// No connection in time (`L4TOUT`).
    L4Timeout,
    /// Refused or unreachable (`L4CON`).
    L4Connection,
    /// TLS handshake done (`L6OK`).
    L6Ok,
    /// TLS handshake not done in time (`L6TOUT`).
    L6Timeout,
    /// TLS error (`L6RSP`).
    L6Response,
    /// The application answered well (`L7OK`).
    L7Ok,
    /// The application said "no more sessions" (`L7OKC`).
    L7OkConditional,
    /// No answer in time (`L7TOUT`).
    L7Timeout,
    /// An answer that is none (`L7RSP`).
    L7Response,
    /// An answer that says no (`L7STS`).
    L7Status,
}

/// What checks of a server found last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// How the last check ended.
    pub status: CheckStatus,
    /// The code that came with it (HTTP status, SMTP code), if any.
    pub code: Option<u16>,
    /// How long it took, ms; none while unknown.
    pub duration_ms: Option<u32>,
    /// What the server or the system said.
    pub description: Vec<u8>,
    /// Successes or failures counted: from 0 (down for good) over `rise` (just up) to `rise + fall - 1` (up for good).
    pub health: u32,
    /// `rise` in force.
    pub rise: u32,
    /// `fall` in force.
    pub fall: u32,
    /// A check is under way.
    pub running: bool,
}
