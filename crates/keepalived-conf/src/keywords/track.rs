//! Keywords of files and processes that are tracked.

use syntax::Arity;
use syntax::table::kw;

use super::Row;
use super::place::{TRACK_FILE, TRACK_PROCESS};

/// Keywords of `track_file`.
pub(super) const FILE_ROWS: &[Row] = &[
    kw("file", TRACK_FILE, Arity::exactly(1), "the file"),
    kw(
        "init_file",
        TRACK_FILE,
        Arity::between(0, 2),
        "write a number into it at start",
    ),
    kw(
        "weight",
        TRACK_FILE,
        Arity::between(1, 2),
        "what its number is multiplied with",
    ),
];

/// Keywords of `vrrp_track_process`.
pub(super) const PROCESS_ROWS: &[Row] = &[
    kw(
        "delay",
        TRACK_PROCESS,
        Arity::exactly(1),
        "seconds that a change must last",
    ),
    kw(
        "fork_delay",
        TRACK_PROCESS,
        Arity::exactly(1),
        "seconds that a start must last",
    ),
    kw(
        "full_command",
        TRACK_PROCESS,
        Arity::exactly(0),
        "compare the whole command line",
    ),
    kw(
        "param_match",
        TRACK_PROCESS,
        Arity::between(0, 1),
        "how arguments are compared",
    ),
    kw(
        "process",
        TRACK_PROCESS,
        Arity::at_least(1),
        "the program, with its arguments",
    ),
    kw("quorum_max", TRACK_PROCESS, Arity::exactly(1), "how many may run"),
    kw("quorum", TRACK_PROCESS, Arity::exactly(1), "how many must run"),
    kw(
        "terminate_delay",
        TRACK_PROCESS,
        Arity::exactly(1),
        "seconds that an end must last",
    ),
    kw(
        "weight",
        TRACK_PROCESS,
        Arity::between(1, 2),
        "what is added to the priority",
    ),
];
