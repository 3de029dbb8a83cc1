//! Actions that let something through, end a rule set or a connection, or wait.

use super::{ALL, ANY, Action, CONTENT, EARLY, kw};
use crate::keywords::row::rule_set::{
    HTTP_AFTER, HTTP_REQ, HTTP_RES, QUIC_INI, STATS, TCP_CONN, TCP_REQ, TCP_RES, TCP_SESS,
};
use crate::parse::rules::arguments::{bytes, experimental, expression, service, time_or_expression};
use crate::parse::rules::{answer, names};
use crate::signature::{
    Arg, TimeWords, Value, int, millis, needs, one_of, opt, option, options, rest, stop, text, verify,
};

const LAYER: &[Arg] =
    &[one_of("layer", &["layer4"]).words("'{kw}' only supports 'layer4' in {proxy} (got '{got}')")];

/// What is said of times of rules that stand on a proxy's behalf.
pub(super) const WAIT: TimeWords = TimeWords {
    unexpected: "unexpected character '{byte}'",
    overflow: "time overflow (maximum value is 2147483647 ms or ~24.8 days)",
    underflow: "time underflow (minimum non-null value is 1 ms)",
};

/// An action that a Lua script registers; it takes what stands in front of the condition.
pub(crate) static LUA: Action = kw("lua.*", CONTENT, ANY, "what a Lua script does").takes(&[
    text("name"),
    rest("arguments", |_, cursor, _| {
        let mut words = Vec::new();
        while let Some(word) = cursor
            .peek()
            .filter(|word| !matches!(&*word.text, b"if" | b"unless"))
        {
            words.push(Value::Text(word.text.to_vec().into()));
            cursor.next();
        }
        Some(Value::List(words))
    }),
]);

pub(super) const ROWS: &[Action] = &[
    kw(
        "accept",
        EARLY | TCP_REQ | TCP_RES | QUIC_INI,
        ANY,
        "ends the set, and lets the connection through",
    )
    .takes(&[])
    .acts(EARLY | TCP_REQ | TCP_RES),
    kw(
        "allow",
        super::HTTP,
        ANY,
        "ends the set, and lets the message through",
    )
    .takes(&[])
    .acts(super::HTTP | STATS),
    kw(
        "attach-srv",
        TCP_SESS,
        ANY,
        "gives the connection to a server as one of its idle ones",
    )
    .since(2, 9)
    .takes(&[
        experimental(),
        text("server").missing("expects exactly 1 argument (server name)"),
        option(&opt("name", &[expression("name")])),
    ]),
    kw("close", TCP_RES, ANY, "closes the connection to the server")
        .takes(&[])
        .acts(TCP_RES),
    kw("dgram-drop", QUIC_INI, ANY, "drops the packet")
        .since(3, 1)
        .takes(&[]),
    kw(
        "disable-l7-retry",
        HTTP_REQ,
        ANY,
        "the request is not sent a second time",
    )
    .takes(&[])
    .acts(HTTP_REQ),
    kw("do-log", ALL, ANY, "writes a log line at once")
        .since(3, 1)
        .takes(&[options(&[opt("profile", &[text("name")]).since(3, 3)])])
        .acts(ALL),
    kw(
        "expect-netscaler-cip",
        TCP_CONN,
        ANY,
        "the client's address comes in a NetScaler header",
    )
    .takes(LAYER)
    .acts(TCP_CONN),
    kw(
        "expect-proxy",
        TCP_CONN,
        ANY,
        "the client's address comes in a PROXY header",
    )
    .takes(LAYER)
    .acts(TCP_CONN),
    kw(
        "ot-group",
        CONTENT | HTTP_AFTER,
        ANY,
        "a group of spans of a tracer",
    )
    .takes(&[
        needs(2, "expects: <filter-id> <group-id> [{ if | unless } ...]"),
        text("filter"),
        text("group"),
        verify(names::tracer),
    ]),
    kw("pause", HTTP_REQ | HTTP_RES, ANY, "waits")
        .since(3, 2)
        .takes(&[time_or_expression("time")])
        .acts(HTTP_REQ | HTTP_RES),
    kw(
        "reject",
        EARLY | TCP_REQ | TCP_RES | HTTP_REQ | QUIC_INI,
        ANY,
        "closes the connection",
    )
    .takes(&[])
    .acts(EARLY | TCP_REQ | TCP_RES | HTTP_REQ),
    kw(
        "send-retry",
        QUIC_INI,
        ANY,
        "asks a QUIC client to prove its address",
    )
    .since(3, 1)
    .takes(&[]),
    kw("send-spoe-group", CONTENT, ANY, "sends messages to an SPOE agent").takes(&[
        needs(2, "expects 2 arguments: <engine-id> <group-id>"),
        text("engine"),
        text("group"),
        stop("expects 2 arguments: <engine-id> <group-id>"),
        verify(names::spoe_engine),
    ]),
    kw(
        "silent-drop",
        ALL & !HTTP_AFTER,
        ANY,
        "ends the connection without telling the client",
    )
    .takes(&[options(&[opt(
        "rst-ttl",
        &[int("ttl", 1, 255)
            .missing("missing argument for 'rst-ttl'")
            .wrong("expects an integer from 1 to 255 as 'rst-ttl' (got '{got}')")],
    )
    .since(2, 8)])])
    .acts(EARLY | CONTENT),
    kw(
        "strict-mode",
        super::HTTP,
        ANY,
        "whether a header that cannot be changed is an error",
    )
    .takes(&[one_of("mode", &["on", "off"])
        .missing("expects exactly 1 arguments")
        .wrong("Unexpected value '{got}'. Only 'on' and 'off' are supported")])
    .acts(super::HTTP),
    kw("switch-mode", TCP_REQ, ANY, "goes on in HTTP mode").takes(&[
        one_of("mode", &["http"])
            .missing("'tcp-request {of}' expects a mode as argument.")
            .wrong("'tcp-request {of}' expects a valid mode (got '{got}')."),
        option(&opt(
            "proto",
            &[one_of("protocol", &["h1", "h2", "fcgi", "none"])
                .missing("'tcp-request {of}': 'proto' expects a protocol as argument.")
                .wrong(
                    "'tcp-request {of}': 'proto' expects a valid MUX protocol, if specified (got '{got}')",
                )],
        )),
        verify(names::switched_mode),
    ])
    .acts(TCP_REQ),
    kw(
        "use-service",
        TCP_REQ | HTTP_REQ,
        ANY,
        "a service of our own answers",
    )
    .takes(&[service("name")])
    .acts(HTTP_REQ),
    kw("wait-for-body", HTTP_REQ | HTTP_RES, ANY, "waits for the body")
        .takes(&[
            options(&[
                opt(
                    "time",
                    &[millis("time")
                        .time_words(&WAIT)
                        .missing("missing argument for 'time'")],
                ),
                opt(
                    "at-least",
                    &[bytes("bytes").missing("missing argument for 'at-least'")],
                ),
            ]),
            verify(answer::has_a_time),
        ])
        .acts(HTTP_REQ | HTTP_RES),
    kw(
        "wait-for-handshake",
        HTTP_REQ,
        ANY,
        "waits for the end of the TLS handshake",
    )
    .takes(&[])
    .acts(HTTP_REQ),
];
