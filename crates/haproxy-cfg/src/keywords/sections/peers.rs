//! Keywords of `peers` sections.

use syntax::Arity;

use super::super::global::LOG_TARGET;
use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::{peers as p, table as t};
use crate::signature::{IGNORED, Kind, arg, choice, int, millis, one_of, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] =
    &[
        kw("bind", OTHER, ANY, "where peers connect")
            .takes(&[text("address").optional(), text("options").any()])
            .acts(p::bind),
        kw("default-bind", OTHER, ANY, "options for bind lines")
            .takes(&[text("options").any()])
            .acts(p::default_bind),
        kw("default-server", OTHER, ANY, "options for peers")
            .takes(&[text("options").any()])
            .acts(p::default_server),
        kw("disabled", OTHER, ANY, "is not started")
            .takes(&[IGNORED])
            .acts(p::switch),
        kw("enabled", OTHER, ANY, "is started")
            .takes(&[IGNORED])
            .acts(p::switch),
        kw("log", OTHER, ANY, "where logs go")
            .takes(LOG_TARGET)
            .acts(p::log),
        kw("peer", OTHER, ANY, "a peer")
            .takes(&[
                text("name").optional(),
                text("address").optional(),
                text("options").any(),
            ])
            .acts(p::peer),
        kw("server", OTHER, ANY, "a peer")
            .takes(&[
                text("name").optional(),
                text("address").optional(),
                text("options").any(),
            ])
            .acts(p::peer),
        kw("shards", OTHER, ANY, "parts that contents are spread over")
            .takes(&[int("number", 1, 64)])
            .since(2, 7)
            .acts(p::shards),
        kw("table", OTHER, ANY, "a stick table of the section")
            .takes(&[
                text("name"),
                choice(
                    "option",
                    &[
                        opt("type", &[arg("type", Kind::Rest(t::TYPE))]),
                        opt(
                            "size",
                            &[arg("entries", Kind::Custom(t::SIZE))
                                .missing("table: missing argument after 'size'.")],
                        ),
                        opt(
                            "expire",
                            &[millis("time")
                                .missing("table: missing argument after 'expire'.")
                                .time_words(&t::EXPIRE_TIME)],
                        ),
                        opt("nopurge", &[]),
                        opt("store", &[arg("data", Kind::Rest(t::STORE))]),
                        opt(
                            "srvkey",
                            &[one_of("key", &["name", "addr"])
                                .words("table : unknown server key type '{got}'.")],
                        ),
                        opt("recv-only", &[]).since(3, 2),
                        opt("brates-factor", &[int("factor", 1, 1024)]).since(3, 0),
                        opt("write-to", &[text("table")]).since(2, 8),
                    ],
                )
                .any()
                .wrong("table: unknown argument '{got}'."),
            ])
            .acts(p::table),
    ];
