//! Keywords of `ring` sections.

use syntax::Arity;

use super::super::global::LOG_FORMATS;
use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::ring as r;
use crate::signature::{IGNORED, Kind, arg, choice, millis, one_of, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("backing-file", OTHER, ANY, "a file that holds the ring")
        .takes(&[arg("path", Kind::Rest(r::BACKING)), IGNORED])
        .acts(r::backing_file),
    kw("description", OTHER, ANY, "free text")
        .takes(&[text("text").missing("missing ring description text."), IGNORED])
        .acts(r::description),
    kw("format", OTHER, ANY, "header of log lines")
        .takes(&[
            one_of("format", LOG_FORMATS).words("unknown format '{got}'."),
            IGNORED,
        ])
        .acts(r::format),
    kw("maxlen", OTHER, ANY, "bytes of a line")
        .takes(&[arg("bytes", Kind::Rest(r::BYTES)), IGNORED])
        .acts(r::bytes),
    kw("server", OTHER, ANY, "where lines go")
        .takes(&[text("name"), text("address"), text("options").any()])
        .acts(r::server),
    kw("size", OTHER, ANY, "bytes of the ring")
        .takes(&[arg("bytes", Kind::Rest(r::BYTES)), IGNORED])
        .acts(r::bytes),
    kw("timeout", OTHER, ANY, "time limits of servers")
        .takes(&[
            choice(
                "which",
                &[
                    opt(
                        "connect",
                        &[millis("time")
                            .missing("'timeout connect' expects <time> as argument.")
                            .time_words(&r::CONNECT_TIME)],
                    ),
                    opt(
                        "server",
                        &[millis("time")
                            .missing("'timeout server' expects <time> as argument.")
                            .time_words(&r::SERVER_TIME)],
                    ),
                ],
            ),
            IGNORED,
        ])
        .acts(r::timeout),
];
