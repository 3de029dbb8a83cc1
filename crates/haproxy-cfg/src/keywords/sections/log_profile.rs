//! Keywords of `log-profile` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::log_profile as l;
use crate::signature::{IGNORED, choice, one_of, opt, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("log-tag", OTHER, ANY, "tag of log lines")
        .takes(&[
            text("tag").missing("'{kw}' expects a tag for use in syslog."),
            IGNORED,
        ])
        .acts(l::log_tag),
    kw("on", OTHER, ANY, "a step that is logged")
        .takes(&[
            one_of(
                "step",
                &[
                    "accept",
                    "any",
                    "close",
                    "connect",
                    "error",
                    "request",
                    "response",
                    "http-req",
                    "http-res",
                    "http-after-res",
                    "quic-init",
                    "tcp-req-conn",
                    "tcp-req-cont",
                    "tcp-req-sess",
                    "tcp-res-cont",
                ],
            ),
            choice(
                "what",
                &[
                    opt("drop", &[]),
                    opt("format", &[text("format")]),
                    opt("sd", &[text("format")]),
                ],
            )
            .many(),
        ])
        .acts(l::on),
];
