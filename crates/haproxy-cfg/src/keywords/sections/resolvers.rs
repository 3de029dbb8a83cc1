//! Keywords of `resolvers` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::resolvers as r;
use crate::signature::{IGNORED, Kind, arg, choice, loose, millis, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("accepted_payload_size", OTHER, ANY, "bytes of an answer")
        .takes(&[
            arg("bytes", Kind::Custom(r::PAYLOAD)).missing("'{kw}' expects <nb> as argument."),
            IGNORED,
        ])
        .acts(r::payload),
    kw("hold", OTHER, ANY, "how long answers are kept")
        .takes(&[arg("event", Kind::Rest(r::HOLD)), IGNORED])
        .acts(r::hold),
    kw("nameserver", OTHER, ANY, "a name server")
        .takes(&[text("name"), text("address"), text("options").any()])
        .acts(r::nameserver),
    kw("parse-resolv-conf", OTHER, ANY, "name servers of the system")
        .takes(&[IGNORED])
        .acts(r::of_system),
    kw("resolve_retries", OTHER, ANY, "questions before giving up")
        .takes(&[
            loose("number", i64::MIN, i64::MAX).missing("'{kw}' expects <nb> as argument."),
            IGNORED,
        ])
        .acts(r::retries),
    kw("timeout", OTHER, ANY, "time for an answer")
        .takes(&[
            choice(
                "which",
                &[
                    opt(
                        "resolve",
                        &[millis("time")
                            .missing("'timeout resolve' expects <time> as argument.")
                            .time_words(&r::RESOLVE_TIME)],
                    ),
                    opt(
                        "retry",
                        &[millis("time")
                            .missing("'timeout retry' expects <time> as argument.")
                            .time_words(&r::RETRY_TIME)],
                    ),
                ],
            )
            .missing("'{kw}' expects 'retry' or 'resolve' and <time> as arguments.")
            .wrong("'{kw}' expects 'retry' or 'resolve' and <time> as arguments got '{got}'."),
            IGNORED,
        ])
        .acts(r::timeout),
];
