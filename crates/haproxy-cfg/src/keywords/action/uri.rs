//! Actions on the method and the address of a request.

use super::{ANY, Action, kw};
use crate::keywords::row::rule_set::HTTP_REQ;
use crate::parse::rules::arguments::{experimental, format, regex};
use crate::signature::{Arg, choice, needs, one_of, opt, stop};

const NEW: &[Arg] = &[
    needs(1, "expects exactly 1 argument <format>"),
    format("format"),
    stop("expects exactly 1 argument <format>"),
];
const REPLACEMENT: &[Arg] = &[
    needs(
        2,
        "expects exactly 2 arguments <match-regex> and <replace-format>",
    ),
    regex("match", "failed to parse the regex : "),
    format("format"),
    stop("expects exactly 2 arguments <match-regex> and <replace-format>"),
];

pub(super) const ROWS: &[Action] = &[
    kw(
        "normalize-uri",
        HTTP_REQ,
        ANY,
        "brings the address into a normal form",
    )
    .takes(&[
        experimental(),
        choice(
            "normalizer",
            &[
                opt("fragment-encode", &[]),
                opt("fragment-strip", &[]),
                opt("path-merge-slashes", &[]),
                opt("path-strip-dot", &[]),
                opt(
                    "path-strip-dotdot",
                    &[one_of("full", &["full"])
                        .wrong("unknown argument '{got}' for 'path-strip-dotdot' normalizer")
                        .before_condition()],
                ),
                opt(
                    "percent-decode-unreserved",
                    &[one_of("strict", &["strict"])
                        .wrong("unknown argument '{got}' for 'percent-decode-unreserved' normalizer")
                        .before_condition()],
                ),
                opt(
                    "percent-to-uppercase",
                    &[one_of("strict", &["strict"])
                        .wrong("unknown argument '{got}' for 'percent-to-uppercase' normalizer")
                        .before_condition()],
                ),
                opt("query-sort-by-name", &[]),
            ],
        )
        .missing("missing argument <normalizer>")
        .wrong("unknown normalizer '{got}'"),
    ])
    .acts(HTTP_REQ),
    kw("replace-path", HTTP_REQ, ANY, "replaces in the path")
        .takes(REPLACEMENT)
        .acts(HTTP_REQ),
    kw(
        "replace-pathq",
        HTTP_REQ,
        ANY,
        "replaces in the path and the query",
    )
    .takes(REPLACEMENT)
    .acts(HTTP_REQ),
    kw("replace-uri", HTTP_REQ, ANY, "replaces in the address")
        .takes(REPLACEMENT)
        .acts(HTTP_REQ),
    kw("set-method", HTTP_REQ, ANY, "changes the method")
        .takes(NEW)
        .acts(HTTP_REQ),
    kw("set-path", HTTP_REQ, ANY, "changes the path")
        .takes(NEW)
        .acts(HTTP_REQ),
    kw("set-pathq", HTTP_REQ, ANY, "changes the path and the query")
        .takes(NEW)
        .acts(HTTP_REQ),
    kw("set-query", HTTP_REQ, ANY, "changes the query")
        .takes(NEW)
        .acts(HTTP_REQ),
    kw("set-uri", HTTP_REQ, ANY, "changes the address")
        .takes(NEW)
        .acts(HTTP_REQ),
];
