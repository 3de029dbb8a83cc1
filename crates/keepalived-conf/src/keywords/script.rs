//! Keywords of `vrrp_script`.

use syntax::Arity;
use syntax::table::kw;

use super::place::SCRIPT;
use super::{Act, Row};
use crate::parse::script;

/// Keywords of `vrrp_script`.
pub(super) const ROWS: &[Row] = &[
    kw(
        "fall",
        SCRIPT,
        Arity::exactly(1),
        "failures in a row that make it bad",
    )
    .acts(Act::Line(script::fall)),
    kw(
        "init_fail",
        SCRIPT,
        Arity::exactly(0),
        "it has failed until it succeeds",
    )
    .acts(Act::Line(script::init_fail)),
    kw(
        "interval",
        SCRIPT,
        Arity::exactly(1),
        "seconds from one run to the next",
    )
    .acts(Act::Line(script::interval)),
    kw(
        "rise",
        SCRIPT,
        Arity::exactly(1),
        "successes in a row that make it good",
    )
    .acts(Act::Line(script::rise)),
    kw("script", SCRIPT, Arity::at_least(1), "what is run").acts(Act::Line(script::script)),
    kw(
        "timeout",
        SCRIPT,
        Arity::exactly(1),
        "seconds that a run may take",
    )
    .acts(Act::Line(script::timeout)),
    kw(
        "user",
        SCRIPT,
        Arity::between(1, 2),
        "user and group that it runs as",
    )
    .acts(Act::Line(script::user)),
    kw(
        "weight",
        SCRIPT,
        Arity::between(1, 2),
        "what is added to the priority",
    )
    .acts(Act::Line(script::weight)),
];
