//! Keywords of files and processes that are tracked.

use syntax::Arity;
use syntax::table::kw;

use super::place::{TRACK_FILE, TRACK_PROCESS};
use super::{Act, Row};
use crate::parse::{track_file, track_process};

/// Keywords of `track_file`.
pub(super) const FILE_ROWS: &[Row] = &[
    kw("file", TRACK_FILE, Arity::between(0, 1), "the file").acts(Act::Line(track_file::file)),
    kw(
        "init_file",
        TRACK_FILE,
        Arity::between(0, 2),
        "write a number into it at start",
    )
    .acts(Act::Line(track_file::init_file)),
    kw(
        "weight",
        TRACK_FILE,
        Arity::between(1, 2),
        "what its number is multiplied with",
    )
    .acts(Act::Line(track_file::weight)),
];

/// Keywords of `vrrp_track_process`.
pub(super) const PROCESS_ROWS: &[Row] = &[
    kw(
        "delay",
        TRACK_PROCESS,
        Arity::exactly(1),
        "seconds that a change must last",
    )
    .acts(Act::Line(track_process::delay)),
    kw(
        "fork_delay",
        TRACK_PROCESS,
        Arity::exactly(1),
        "seconds that a start must last",
    )
    .acts(Act::Line(track_process::fork_delay)),
    kw(
        "full_command",
        TRACK_PROCESS,
        Arity::exactly(0),
        "compare the whole command line",
    )
    .acts(Act::Line(track_process::full_command)),
    kw(
        "param_match",
        TRACK_PROCESS,
        Arity::between(0, 1),
        "how arguments are compared",
    )
    .acts(Act::Line(track_process::param_match)),
    kw(
        "process",
        TRACK_PROCESS,
        Arity::at_least(1),
        "the program, with its arguments",
    )
    .acts(Act::Line(track_process::process)),
    kw("quorum_max", TRACK_PROCESS, Arity::exactly(1), "how many may run")
        .acts(Act::Line(track_process::quorum_max)),
    kw("quorum", TRACK_PROCESS, Arity::exactly(1), "how many must run")
        .acts(Act::Line(track_process::quorum)),
    kw(
        "terminate_delay",
        TRACK_PROCESS,
        Arity::exactly(1),
        "seconds that an end must last",
    )
    .acts(Act::Line(track_process::terminate_delay)),
    kw(
        "weight",
        TRACK_PROCESS,
        Arity::between(1, 2),
        "what is added to the priority",
    )
    .acts(Act::Line(track_process::weight)),
];
