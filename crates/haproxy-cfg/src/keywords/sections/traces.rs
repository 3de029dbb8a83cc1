//! Keywords of `traces` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::traces;
use crate::signature::text;

pub(super) const ROWS: &[Keyword<Parse>] = &[kw("trace", OTHER, Arity::ANY, "what is traced")
    .takes(&[text("settings").any()])
    .keeps(traces::trace)];
