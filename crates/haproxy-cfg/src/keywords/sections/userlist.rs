//! Keywords of `userlist` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::userlist as u;
use crate::signature::{Kind, arg, choice, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("group", OTHER, ANY, "a group of users")
        .takes(&[
            text("name").missing("'{kw}' expects <name> as arguments."),
            choice("option", &[opt("users", &[arg("names", Kind::Rest(u::NAMES))])])
                .any()
                .wrong("'{kw}' only supports 'users' option.")
                .tight(),
        ])
        .acts(u::group),
    kw("user", OTHER, ANY, "a user")
        .takes(&[
            text("name").missing("'{kw}' expects <name> as arguments."),
            choice(
                "option",
                &[
                    opt("password", &[arg("hash", Kind::Rest(u::PASSWORD))]),
                    opt("insecure-password", &[arg("text", Kind::Rest(u::PASSWORD))]),
                    opt("groups", &[arg("names", Kind::Rest(u::NAMES))]),
                ],
            )
            .any()
            .wrong("'{kw}' only supports 'password', 'insecure-password' and 'groups' options.")
            .tight(),
        ])
        .acts(u::user),
];
