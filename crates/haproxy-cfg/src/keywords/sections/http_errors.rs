//! Keywords of `http-errors` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::http_errors as h;
use crate::signature::{IGNORED, Kind, arg};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] =
    &[kw("errorfile", OTHER, ANY, "an answer of our own for a status")
        .takes(&[
            arg("status", Kind::Custom(h::STATUS))
                .missing("errorfile: expects <status_code> and <file> as arguments."),
            arg("file", Kind::Custom(h::ANSWER)),
            IGNORED,
        ])
        .acts(h::errorfile)];
