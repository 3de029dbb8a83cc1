//! Keywords of `cache` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::cache as c;
use crate::signature::{Kind, arg};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("max-age", OTHER, ANY, "seconds that an answer is kept")
        .takes(&[arg("seconds", Kind::Rest(c::AGE))])
        .acts(c::set),
    kw("max-object-size", OTHER, ANY, "bytes of an answer")
        .takes(&[arg("bytes", Kind::Rest(c::OBJECT))])
        .acts(c::set),
    kw("max-secondary-entries", OTHER, ANY, "variants of an answer")
        .takes(&[arg("number", Kind::Rest(c::ENTRIES))])
        .acts(c::set),
    kw("process-vary", OTHER, ANY, "whether variants are told apart")
        .takes(&[arg("switch", Kind::Rest(c::VARY))])
        .acts(c::set),
    kw("total-max-size", OTHER, ANY, "megabytes of the cache")
        .takes(&[arg("megabytes", Kind::Rest(c::TOTAL))])
        .acts(c::set),
];
