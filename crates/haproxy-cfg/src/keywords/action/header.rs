//! Actions on headers and on the status line.

use super::{ANY, Action, HTTP, kw};
use crate::keywords::row::rule_set::{HTTP_AFTER, HTTP_RES};
use crate::parse::rules::arguments::{expression, format, regex};
use crate::parse::rules::{headers, status};
use crate::signature::{Arg, needs, one_of, opt, option, text, verify};

/// A header's name and value.
pub(super) const NAME_AND_VALUE: &[Arg] = &[
    needs(2, "expects exactly 2 arguments"),
    text("name"),
    format("value"),
];

const REPLACEMENT: &[Arg] = &[
    needs(3, "expects exactly 3 arguments"),
    text("name"),
    regex("match", ""),
    format("value"),
];

const PACKED: &[Arg] = &[
    needs(
        1,
        "expects exactly one argument or three arguments <headers> prefix <pfx>",
    ),
    expression("headers"),
    option(&opt(
        "prefix",
        &[text("prefix").missing("expects 1 argument: <headers>; or 3 arguments: <headers> prefix <pfx>")],
    )),
];

/// How a name is matched.
const METHOD: Arg = one_of("method", &["str", "beg", "end", "sub", "reg"])
    .missing("-m flag expects exactly 1 argument")
    .wrong("-m with unsupported matching method '{got}'");

pub(super) const ROWS: &[Action] = &[
    kw("add-header", HTTP, ANY, "adds a header line")
        .takes(NAME_AND_VALUE)
        .acts(HTTP),
    kw(
        "add-headers-bin",
        HTTP,
        ANY,
        "adds header lines from a packed list",
    )
    .since(3, 4)
    .takes(PACKED)
    .acts(HTTP),
    kw("del-header", HTTP, ANY, "deletes header lines")
        .takes(&[
            text("name").missing("expects at least 1 argument"),
            option(&opt("-m", &[METHOD])),
        ])
        .acts(HTTP),
    kw(
        "del-headers-bin",
        HTTP,
        ANY,
        "deletes the header lines that a packed list names",
    )
    .since(3, 4)
    .takes(&[
        needs(1, "expects at least 1 argument"),
        expression("headers"),
        option(&opt("-m", &[METHOD])),
        verify(headers::no_expression),
    ])
    .acts(HTTP),
    kw("replace-header", HTTP, ANY, "replaces in a header line")
        .takes(REPLACEMENT)
        .acts(HTTP),
    kw("replace-value", HTTP, ANY, "replaces in each value of a header")
        .takes(REPLACEMENT)
        .acts(HTTP),
    kw(
        "set-header",
        HTTP,
        ANY,
        "sets a header line, in place of those of its name",
    )
    .takes(NAME_AND_VALUE)
    .acts(HTTP),
    kw(
        "set-headers-bin",
        HTTP,
        ANY,
        "sets header lines from a packed list",
    )
    .since(3, 4)
    .takes(PACKED)
    .acts(HTTP),
    kw("set-status", HTTP_RES | HTTP_AFTER, ANY, "changes the status")
        .takes(&[status::code("status"), status::reason("reason")])
        .acts(HTTP_RES | HTTP_AFTER),
];
