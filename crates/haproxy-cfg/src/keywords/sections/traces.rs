//! Keywords of `traces` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::signature::text;

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] =
    &[kw("trace", OTHER, ANY, "what is traced").takes(&[text("source"), text("settings").any()])];
