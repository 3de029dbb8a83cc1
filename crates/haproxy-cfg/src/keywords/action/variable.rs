//! Actions on variables.

use super::{ALL, ANY, Action, kw};
use crate::parse::rules::arguments::{action_expression, loose_format};
use crate::parse::rules::variables::variable;

pub(super) const ROWS: &[Action] = &[
    kw("set-var*", ALL, ANY, "sets a variable")
        .takes(&[variable("variable"), action_expression("value")])
        .acts(ALL),
    kw("set-var-fmt*", ALL, ANY, "sets a variable to a text")
        .takes(&[variable("variable"), loose_format("value")])
        .acts(ALL),
    kw("unset-var*", ALL, ANY, "forgets a variable")
        .takes(&[variable("variable")])
        .acts(ALL),
];
