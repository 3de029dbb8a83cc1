//! The result of a check as statistics and logs show it.

use haproxy_cfg::model::CheckSettings;

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
    /// The program said no, or could not be run (`PROCERR`).
    ProgramError,
    /// The program took too long (`PROCTOUT`).
    ProgramTimeout,
    /// The program said yes (`PROCOK`).
    ProgramOk,
    /// Traffic showed errors (`HANA`).
    Analysis,
    /// An agent answered, and said neither up nor down (`CHECKED`).
    Checked,
}

impl CheckStatus {
    /// The name in statistics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "UNK",
            Self::Initializing => "INI",
            Self::SocketError => "SOCKERR",
            Self::L4Ok => "L4OK",
            Self::L4Timeout => "L4TOUT",
            Self::L4Connection => "L4CON",
            Self::L6Ok => "L6OK",
            Self::L6Timeout => "L6TOUT",
            Self::L6Response => "L6RSP",
            Self::L7Ok => "L7OK",
            Self::L7OkConditional => "L7OKC",
            Self::L7Timeout => "L7TOUT",
            Self::L7Response => "L7RSP",
            Self::L7Status => "L7STS",
            Self::ProgramError => "PROCERR",
            Self::ProgramTimeout => "PROCTOUT",
            Self::ProgramOk => "PROCOK",
            Self::Analysis => "HANA",
            Self::Checked => "CHECKED",
        }
    }

    /// All of them with their numbers in files of server states.
    const NUMBERS: [(Self, u8); 19] = [
        (Self::Unknown, 0),
        (Self::Initializing, 1),
        (Self::Checked, 3),
        (Self::Analysis, 4),
        (Self::SocketError, 5),
        (Self::L4Ok, 6),
        (Self::L4Timeout, 7),
        (Self::L4Connection, 8),
        (Self::L6Ok, 9),
        (Self::L6Timeout, 10),
        (Self::L6Response, 11),
        (Self::L7Timeout, 12),
        (Self::L7Response, 13),
        (Self::L7Ok, 15),
        (Self::L7OkConditional, 16),
        (Self::L7Status, 17),
        (Self::ProgramError, 18),
        (Self::ProgramTimeout, 19),
        (Self::ProgramOk, 20),
    ];

    /// The number in files of server states.
    #[must_use]
    pub fn number(self) -> u8 {
        let mut all = Self::NUMBERS.iter();
        all.find(|(status, _)| *status == self)
            .map_or(0, |(_, number)| *number)
    }

    /// What a number of a file of server states means; what nothing here gives is as good as unknown. None when it is beyond
    /// all of them.
    #[must_use]
    pub fn of_number(number: u8) -> Option<Self> {
        const LAST: u8 = 23;
        let mut all = Self::NUMBERS.iter();
        let known = all.find(|(_, known)| *known == number).map(|(status, _)| *status);
        known.or((number <= LAST).then_some(Self::Unknown))
    }

    /// The sentence that logs and the column `check_desc` have for it.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Unknown => "Unknown",
            Self::Initializing => "Initializing",
            Self::SocketError => "Socket error",
            Self::L4Ok => "Layer4 check passed",
            Self::L4Timeout => "Layer4 timeout",
            Self::L4Connection => "Layer4 connection problem",
            Self::L6Ok => "Layer6 check passed",
            Self::L6Timeout => "Layer6 timeout",
            Self::L6Response => "Layer6 invalid response",
            Self::L7Ok => "Layer7 check passed",
            Self::L7OkConditional => "Layer7 check conditionally passed",
            Self::L7Timeout => "Layer7 timeout",
            Self::L7Response => "Layer7 invalid response",
            Self::L7Status => "Layer7 wrong status",
            Self::ProgramError => "External check error",
            Self::ProgramTimeout => "External check timeout",
            Self::ProgramOk => "External check passed",
            Self::Analysis => "Health analyze",
            Self::Checked => "No status change",
        }
    }

    /// The server passed.
    #[must_use]
    pub fn is_pass(self) -> bool {
        matches!(
            self,
            Self::L4Ok | Self::L6Ok | Self::L7Ok | Self::L7OkConditional | Self::ProgramOk
        )
    }
}

impl CheckReport {
    /// The words of the last result in one line.
    #[must_use]
    pub fn words(&self) -> Vec<u8> {
        let blank = |byte: &u8| if *byte == b'\n' { b' ' } else { *byte };
        let words: Vec<u8> = self.description.iter().map(blank).collect();
        words.trim_ascii_end().to_vec()
    }
}

/// How one check ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckOutcome {
    /// The verdict.
    pub status: CheckStatus,
    /// The code that came with it (HTTP status, SMTP code), if any.
    pub code: Option<i32>,
    /// What the server or the system said; [`DESCRIPTION_MAX`] bytes of it are kept.
    pub description: Vec<u8>,
    /// From the start of the check to its end, ms.
    pub duration_ms: u32,
}

/// Bytes of a description that are kept.
pub const DESCRIPTION_MAX: usize = 127;

/// What checks of a server found last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckReport {
    /// How the last check ended.
    pub status: CheckStatus,
    /// The code that came with it (HTTP status, SMTP code), if any.
    pub code: Option<i32>,
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

impl CheckReport {
    /// The report of a server that was not checked yet: up, but one failure takes it down, if `init-state` says nothing else.
    #[must_use]
    pub fn at_start(check: &CheckSettings) -> Self {
        Self {
            status: if check.enabled {
                CheckStatus::Initializing
            } else {
                CheckStatus::Unknown
            },
            health: check.init_state.health(check.rise, check.fall).1,
            rise: check.rise,
            fall: check.fall,
            ..Self::default()
        }
    }

    /// The report of an agent that was not asked yet: up, and its first word decides.
    #[must_use]
    pub fn of_agent() -> Self {
        Self {
            status: CheckStatus::Initializing,
            health: 1,
            rise: 1,
            fall: 1,
            ..Self::default()
        }
    }

    /// The most that `health` can be: up for good.
    #[must_use]
    pub fn full_health(&self) -> u32 {
        (self.rise + self.fall).saturating_sub(1)
    }

    /// `health` says up.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.health >= self.rise
    }

    /// A check starts: what the last one's server said is gone, its verdict stays until the new one is there.
    pub fn begin(&mut self) {
        self.running = true;
        self.code = self.code.map(|_| 0);
        self.description.clear();
    }

    /// Steps towards the other state as logs and statistics write them: (2, 3) of `2/3 UP`, (1, 2) of `1/2 DOWN`.
    #[must_use]
    pub fn progress(&self) -> (u32, u32) {
        if self.is_up() {
            (self.health - self.rise + 1, self.fall)
        } else {
            (self.health, self.rise)
        }
    }
}
