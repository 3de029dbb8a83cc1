//! Keywords of `log-profile` sections.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::OTHER};
use crate::parse::sections::log_profile as l;
use crate::signature::{IGNORED, one_of, text};

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
            )
            .words(
                "'on' expects a log step.\nexpected values are: 'accept', 'request', 'connect', 'response', 'close', 'error' \
                 or 'any'.\nOr one of the additional log steps: 'quic-init', 'http-req', 'http-res', 'http-after-res', \
                 'tcp-req-conn', 'tcp-req-sess', 'tcp-req-cont', 'tcp-res-cont'.",
            ),
            text("formats").any(),
        ])
        .acts(l::on),
];
