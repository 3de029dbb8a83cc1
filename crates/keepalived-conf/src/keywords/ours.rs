//! Keywords that the original does not have. Their names begin with the program's, so that none of the original's will ever be one
//! of them; a strict dialect does not know them.

use syntax::Arity;
use syntax::table::kw;

use super::place::GLOBAL;
use super::{Act, Row};
use crate::parse::endpoint;

/// What all of them begin with.
pub(crate) const PREFIX: &str = "holdfast_";

/// Those of `global_defs`.
pub(super) const GLOBAL_ROWS: &[Row] = &[kw(
    "holdfast_http",
    GLOBAL,
    Arity::between(1, 3),
    "where metrics and state can be asked for: unix:/PATH [user [group]], or an address of loopback with a port",
)
.acts(Act::Line(endpoint::http))];
