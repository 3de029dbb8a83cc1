//! Keywords of `program` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::global::{GROUP_NAME, USER_NAME};
use crate::parse::sections::program as p;
use crate::signature::{Kind, arg, choice, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("command", OTHER, ANY, "the program and its arguments")
        .takes(&[text("words")
            .many()
            .missing("'{kw}' expects a command with optional arguments separated in words.")])
        .keeps(p::command),
    kw("group", OTHER, ANY, "group of the program")
        .takes(&[arg("name", Kind::Custom(GROUP_NAME)).missing("'{kw}' expects a group name.")])
        .keeps(p::owner),
    kw("option", OTHER, ANY, "switches")
        .takes(&[choice("name", &[opt("start-on-reload", &[])])
            .missing("'{kw}' expects an option name.")
            .wrong("unknown option '{got}'.")])
        .keeps(p::option),
    kw("user", OTHER, ANY, "user of the program")
        .takes(&[arg("name", Kind::Custom(USER_NAME)).missing("'{kw}' expects a user name.")])
        .keeps(p::owner),
];
