//! Keywords of `traces` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::signature::{Opt, one_of, opt, options, text};

const ANY: Arity = Arity::ANY;

/// What follows a source, in any order.
const SETTINGS: &[Opt] = &[
    opt("event", &[text("event")]),
    opt("follow", &[text("source")]),
    opt(
        "level",
        &[one_of(
            "level",
            &["error", "user", "proto", "state", "data", "developer"],
        )],
    ),
    opt("lock", &[text("criterion")]),
    opt("pause", &[text("event")]),
    opt("sink", &[text("sink")]),
    opt("source", &[text("source")]),
    opt("start", &[text("event")]),
    opt("stop", &[text("event")]),
    opt("verbosity", &[text("verbosity")]),
];

pub(super) const ROWS: &[Keyword<Parse>] =
    &[kw("trace", OTHER, ANY, "what is traced").takes(&[text("source"), options(SETTINGS)])];
