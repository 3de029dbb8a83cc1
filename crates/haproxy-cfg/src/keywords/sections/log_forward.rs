//! Keywords of `log-forward` sections.

use syntax::Arity;

use super::super::global::LOG_TARGET;
use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::log_forward as l;
use crate::signature::{IGNORED, Kind, ReadArgument, arg, choice, loose, millis, one_of, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "backlog",
        OTHER,
        ANY,
        "length of the queue of connections not yet accepted",
    )
    .takes(&[loose("number", i64::MIN, i64::MAX).missing("'{kw}' expects an integer argument.")])
    .acts(l::number),
    kw("bind", OTHER, ANY, "where streams of logs come in")
        .takes(&[text("address").optional(), text("options").any()])
        .acts(l::bind),
    kw("dgram-bind", OTHER, ANY, "where datagrams of logs come in")
        .takes(&[arg(
            "address-and-options",
            Kind::Rest(ReadArgument(crate::parse::bind::dgram_bind)),
        )])
        .acts(l::dgram_bind),
    kw("log", OTHER, ANY, "where logs go")
        .takes(LOG_TARGET)
        .acts(l::log),
    kw("maxconn", OTHER, ANY, "connections at once")
        .takes(&[loose("number", i64::MIN, i64::MAX).missing("'{kw}' expects an integer argument.")])
        .acts(l::number),
    kw("option", OTHER, ANY, "switches")
        .takes(&[
            one_of("name", &["assume-rfc6587-ntf", "dont-parse-log", "host"]),
            text("arguments").any(),
        ])
        .acts(l::option),
    kw("timeout", OTHER, ANY, "time limits")
        .takes(&[
            choice(
                "which",
                &[opt(
                    "client",
                    &[millis("time")
                        .missing("missing timeout client value.")
                        .time_words(&l::CLIENT_TIME)],
                )],
            ),
            IGNORED,
        ])
        .acts(l::timeout),
];
