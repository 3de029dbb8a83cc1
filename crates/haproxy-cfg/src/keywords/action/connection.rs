//! Actions on connections: addresses, marks, and what the kernel does with packets.

use super::{ANY, Action, CONTENT, EARLY, REQUEST, kw};
use crate::keywords::row::rule_set::{HTTP_REQ, HTTP_RES};
use crate::parse::rules::arguments::{expression, mark, number_or_expression, time_or_expression};
use crate::parse::rules::timeouts;
use crate::signature::{choice, needs, opt, since, verify, versions};

pub(super) const ROWS: &[Action] = &[
    kw("set-bc-mark", REQUEST, ANY, "marks packets to the server")
        .since(3, 0)
        .takes(&[number_or_expression("mark")])
        .acts(REQUEST),
    kw(
        "set-bc-tos",
        REQUEST,
        ANY,
        "type of service of packets to the server",
    )
    .since(3, 0)
    .takes(&[number_or_expression("tos")])
    .acts(REQUEST),
    kw(
        "set-dst",
        EARLY | REQUEST,
        ANY,
        "changes the address that was connected to",
    )
    .takes(&[expression("address")])
    .acts(EARLY | REQUEST),
    kw(
        "set-dst-port",
        EARLY | REQUEST,
        ANY,
        "changes the port that was connected to",
    )
    .takes(&[expression("port")])
    .acts(EARLY | REQUEST),
    kw("set-fc-mark", EARLY | CONTENT, ANY, "marks packets to the client")
        .since(3, 0)
        .takes(&[number_or_expression("mark")])
        .acts(EARLY | CONTENT),
    kw(
        "set-fc-tos",
        EARLY | CONTENT,
        ANY,
        "type of service of packets to the client",
    )
    .since(3, 0)
    .takes(&[number_or_expression("tos")])
    .acts(EARLY | CONTENT),
    kw("set-mark", EARLY | CONTENT, ANY, "marks packets to the client")
        .takes(&[mark("mark").missing("expects exactly 1 argument (integer/hex value)")])
        .acts(EARLY | CONTENT),
    kw("set-src", EARLY | REQUEST, ANY, "changes the client's address")
        .takes(&[expression("address")])
        .acts(EARLY | REQUEST),
    kw("set-src-port", EARLY | REQUEST, ANY, "changes the client's port")
        .takes(&[expression("port")])
        .acts(EARLY | REQUEST),
    kw(
        "set-timeout",
        HTTP_REQ | HTTP_RES,
        ANY,
        "a timeout for this stream",
    )
    .takes(&[
        needs(2, "expects exactly 2 arguments"),
        verify(timeouts::allowed),
        choice(
            "timeout",
            &[
                opt("server", &[time_or_expression("time")]),
                opt("tunnel", &[time_or_expression("time")]),
                opt("client", &[time_or_expression("time")]).since(2, 9),
                opt("connect", &[time_or_expression("time")]).since(3, 4),
                opt("queue", &[time_or_expression("time")]).since(3, 4),
                opt("tarpit", &[time_or_expression("time")]).since(3, 4),
            ],
        )
        .wrong("'set-timeout' rule supports 'server'/'tunnel' (got '{got}')"),
        verify(timeouts::of_backend),
    ])
    .acts(HTTP_REQ | HTTP_RES),
    kw(
        "set-tos",
        EARLY | CONTENT,
        ANY,
        "type of service of packets to the client",
    )
    .takes(&[since(&versions(
        3,
        0,
        number_or_expression("tos"),
        mark("tos").missing("expects exactly 1 argument (integer/hex value)"),
    ))])
    .acts(EARLY | CONTENT),
];
