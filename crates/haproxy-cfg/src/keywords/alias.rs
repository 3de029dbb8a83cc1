//! Aliases of log-format strings, `%ci` and its kin.

use syntax::{Status, Version};

use super::sample::Output::{self, *};

/// What an alias needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Nothing.
    Nothing,
    /// `mode http`.
    Http,
    /// TLS.
    Tls,
}

/// An alias of log-format strings.
#[derive(Clone, Copy, Debug)]
pub struct AliasRow {
    /// Its name behind the percent sign.
    pub name: &'static str,
    /// What it gives.
    pub output: Output,
    /// What it needs.
    pub need: Need,
    /// What it stands for.
    pub help: &'static str,
    /// First version that has it; for what came after 2.6, not before.
    pub since: Option<Version>,
    /// It is written; else it is only read.
    pub acts: bool,
}

/// Names are unique in their table.
impl PartialEq for AliasRow {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl AliasRow {
    /// Whether it is written.
    #[must_use]
    pub fn status(&self) -> Status {
        if self.acts {
            Status::Implemented
        } else {
            Status::ReadOnly
        }
    }

    const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Some(Version::new(major, minor));
        self
    }
}

const fn alias(name: &'static str, output: Output, need: Need, help: &'static str) -> AliasRow {
    AliasRow {
        name,
        output,
        need,
        help,
        since: None,
        acts: true,
    }
}

const fn any(name: &'static str, output: Output, help: &'static str) -> AliasRow {
    alias(name, output, Need::Nothing, help)
}

const fn http(name: &'static str, output: Output, help: &'static str) -> AliasRow {
    alias(name, output, Need::Http, help)
}

pub(super) const ROWS: &[AliasRow] = &[
    any("B", Sint, "bytes sent to the client"),
    http("CC", Str, "captured cookie of the request"),
    http("CS", Str, "captured cookie of the response"),
    any("H", Str, "host name"),
    http("HM", Str, "method"),
    http("HP", Str, "request target without the query"),
    http("HPO", Str, "path without the host and the query"),
    http("HQ", Str, "query with its question mark"),
    http("HU", Str, "request target"),
    http("HV", Str, "version of HTTP"),
    any("ID", Str, "unique identifier"),
    any("OG", Str, "origin of the log line").since(3, 1),
    any("ST", Sint, "status code"),
    any("T", Str, "date in UTC"),
    http("TR", Sint, "time until the whole request was there"),
    http("Ta", Sint, "time in which the request was active"),
    any("Tc", Sint, "time to connect to the server"),
    any("Td", Sint, "time in which data was transferred"),
    any("Th", Sint, "time of handshakes"),
    http("Ti", Sint, "idle time before the request"),
    any("Tl", Str, "local date"),
    http("Tq", Sint, "handshakes, idle time and request together"),
    http("Tr", Sint, "time until the response"),
    any("Ts", Sint, "seconds since 1970"),
    any("Tt", Sint, "total time"),
    any("Tu", Sint, "total time as the user sees it"),
    any("Tw", Sint, "time in queues"),
    any("U", Sint, "bytes received from the client"),
    any("ac", Sint, "connections of the process"),
    any("b", Str, "backend"),
    any("bc", Sint, "connections of the backend"),
    any("bi", Addr, "source address towards the server"),
    any("bp", Sint, "source port towards the server"),
    any("bq", Sint, "requests in the backend's queue"),
    any("ci", Addr, "the client's address"),
    any("cp", Sint, "the client's port"),
    any("f", Str, "frontend"),
    any("fc", Sint, "connections of the frontend"),
    any("fi", Addr, "the address that was connected to"),
    any("fp", Sint, "the port that was connected to"),
    any("ft", Str, "frontend, with a tilde for TLS"),
    any("hr", Str, "captured headers of the request"),
    any("hrl", Str, "the same in CLF"),
    any("hs", Str, "captured headers of the response"),
    any("hsl", Str, "the same in CLF"),
    any("lc", Sint, "number of the frontend's log line"),
    any("ms", Sint, "milliseconds of the accept date"),
    any("o", Str, "sets flags for what follows"),
    any("pid", Sint, "process"),
    http("r", Str, "request line"),
    any("rc", Sint, "retries"),
    any("rt", Sint, "number of the request or session"),
    any("s", Str, "server"),
    any("sc", Sint, "connections of the server"),
    any("si", Addr, "the server's address"),
    any("sp", Sint, "the server's port"),
    any("sq", Sint, "requests in the server's queue"),
    alias("sslc", Str, Need::Tls, "cipher"),
    alias("sslv", Str, Need::Tls, "version of TLS"),
    any("t", Str, "date with milliseconds"),
    http("tr", Str, "date of the request"),
    http("trg", Str, "date of the request in UTC"),
    http("trl", Str, "local date of the request"),
    any("ts", Str, "termination state"),
    any("tsc", Str, "termination state with the cookie's"),
];

/// The alias of that name.
pub(crate) fn find(name: &[u8]) -> Option<&'static AliasRow> {
    ROWS.binary_search_by(|row| row.name.as_bytes().cmp(name))
        .ok()
        .map(|at| &ROWS[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_sorted_by_name_as_the_search_needs() {
        assert!(ROWS.is_sorted_by(|a, b| a.name < b.name));
        assert!(
            ROWS.iter()
                .all(|row| find(row.name.as_bytes()).is_some_and(|found| found.name == row.name))
        );
    }
}
