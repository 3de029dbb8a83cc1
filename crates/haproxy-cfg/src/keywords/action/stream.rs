//! Actions on the stream: its log lines, its priority, what it keeps, and how much it may transfer.

use super::{ANY, Action, CONTENT, HTTP, REQUEST, kw};
use crate::keywords::row::rule_set::{HTTP_AFTER, TCP_REQ};
use crate::parse::rules::arguments::{
    action_expression, number_or_expression, retries, size_or_expression, time_or_expression,
};
use crate::parse::rules::{captures, lookup, names};
use crate::signature::{loose, needs, one_of, opt, options, text, verify};

pub(super) const ROWS: &[Action] = &[
    kw("capture", TCP_REQ | HTTP, ANY, "keeps a sample for the log")
        .takes(&[captures::captured("sample")])
        .acts(TCP_REQ | HTTP),
    kw("do-resolve*", REQUEST, ANY, "looks a name up")
        .takes(&[lookup::looked_up("name")])
        .acts(REQUEST),
    kw(
        "set-bandwidth-limit",
        CONTENT,
        ANY,
        "a limit for what is transferred",
    )
    .since(2, 7)
    .takes(&[
        text("filter").missing("missing bandwidth limitation filter name"),
        options(&[
            opt("limit", &[size_or_expression("limit")]),
            opt("period", &[time_or_expression("period")]),
        ]),
        verify(names::bandwidth),
    ])
    .acts(CONTENT),
    kw(
        "set-log-level",
        CONTENT | HTTP_AFTER,
        ANY,
        "level of the stream's log line",
    )
    .takes(&[one_of(
        "level",
        &[
            "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "silent",
        ],
    )
    .words("expects exactly 1 argument (log level name or 'silent')")])
    .acts(CONTENT | HTTP_AFTER),
    kw("set-nice", CONTENT, ANY, "how early the stream gets its turn")
        .takes(&[loose("nice", i64::MIN, i64::MAX).missing("expects exactly 1 argument (integer value)")])
        .acts(CONTENT),
    kw("set-priority-class", REQUEST, ANY, "class in the queue")
        .takes(&[action_expression("class")])
        .acts(REQUEST),
    kw(
        "set-priority-offset",
        REQUEST,
        ANY,
        "time in the queue is counted from",
    )
    .takes(&[action_expression("offset")])
    .acts(REQUEST),
    kw(
        "set-retries",
        REQUEST,
        ANY,
        "how often a connection is tried again",
    )
    .since(3, 2)
    .takes(&[
        needs(
            1,
            "expects exactly 1 argument (an expression or an integer between 1 and 100)",
        ),
        number_or_expression("retries"),
        verify(retries),
    ])
    .acts(REQUEST),
];
