//! Keywords of `fcgi-app` sections.

use syntax::Arity;

use super::super::global::LOG_TARGET;
use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::fcgi as f;
use crate::signature::{Kind, arg, choice, opt, path, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("acl", OTHER, ANY, "names a condition")
        .takes(&[text("name"), text("criterion"), text("patterns").any()])
        .keeps(f::acl),
    kw("docroot", OTHER, ANY, "folder of the application")
        .takes(&[path("path")])
        .keeps(f::docroot),
    kw("index", OTHER, ANY, "script of a folder")
        .takes(&[text("name")])
        .keeps(f::index),
    kw("log-stderr", OTHER, ANY, "where its errors go")
        .takes(LOG_TARGET)
        .keeps(f::log_stderr),
    kw("option", OTHER, ANY, "switches")
        .takes(&[choice(
            "option",
            &[
                opt("get-values", &[]),
                opt("keep-conn", &[]),
                opt("mpxs-conns", &[]),
                opt("max-reqs", &[arg("number", Kind::Rest(f::REQUESTS))]),
            ],
        )
        .missing("'{kw}' expects an option name.")
        .wrong("unknown option '{got}'.")])
        .keeps(f::option),
    kw("pass-header", OTHER, ANY, "a header that is passed on")
        .takes(&[text("name"), text("condition").any()])
        .keeps(f::pass_header),
    kw("path-info", OTHER, ANY, "how paths are cut")
        .takes(&[text("expression")])
        .keeps(f::path_info),
    kw("set-param", OTHER, ANY, "a parameter of the application")
        .takes(&[text("name"), text("format"), text("condition").any()])
        .keeps(f::set_param),
];
