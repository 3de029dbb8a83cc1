//! Actions that answer in the server's place.

use super::{ANY, Action, kw};
use crate::keywords::row::rule_set::{HTTP_REQ, HTTP_RES, REDIRECT as REDIRECTS, STATS};
use crate::parse::rules::arguments::{format, raw_format, status};
use crate::parse::rules::{answer, redirect};
use crate::signature::{Arg, Opt, opt, option, options, path, stop, text, verify};

/// What an answer of our own is made of.
pub(crate) const ANSWER: &[Opt] = &[
    opt("status", STATUS),
    opt(
        "content-type",
        &[text("type").missing("'content-type' expects <ctype> as argument")],
    ),
    opt("default-errorfiles", &[]),
    opt(
        "errorfile",
        &[path("file").missing("'errorfile' expects <fmt> as argument")],
    ),
    opt(
        "errorfiles",
        &[text("name").missing("'errorfiles' expects <name> as argument")],
    ),
    opt(
        "file",
        &[path("file").missing("'file' expects <file> as argument")],
    ),
    opt(
        "lf-file",
        &[path("file").missing("'lf-file' expects <file> as argument")],
    ),
    opt(
        "string",
        &[text("text").missing("'string' expects <str> as argument")],
    ),
    opt(
        "lf-string",
        &[raw_format("text").missing("'lf-string' expects <fmt> as argument")],
    ),
    opt("hdr", HEADER),
];

const STATUS: &[Arg] = &[status("code").missing("'status' expects <status_code> as argument")];
const HEADER: &[Arg] = &[
    crate::signature::needs(2, "'hdr' expects <name> and <value> as arguments"),
    text("name"),
    format("value"),
];

/// The same, with the older name of `status`.
const REFUSAL: &[Opt] = &[
    ANSWER[0],
    opt("deny_status", STATUS),
    ANSWER[1],
    ANSWER[2],
    ANSWER[3],
    ANSWER[4],
    ANSWER[5],
    ANSWER[6],
    ANSWER[7],
    ANSWER[8],
    ANSWER[9],
];

pub(super) const ROWS: &[Action] = &[
    kw("auth", HTTP_REQ, ANY, "asks for a password")
        .takes(&[option(&opt(
            "realm",
            &[text("realm").missing("missing realm value.\n")],
        ))])
        .acts(HTTP_REQ | STATS),
    kw("deny", HTTP_REQ | HTTP_RES, ANY, "refuses the message")
        .takes(&[options(REFUSAL), verify(answer::settle)])
        .acts(HTTP_REQ | HTTP_RES | STATS),
    kw(
        "early-hint",
        HTTP_REQ,
        ANY,
        "adds a header to an early answer 103",
    )
    .takes(super::header::NAME_AND_VALUE)
    .acts(HTTP_REQ),
    kw("redirect", HTTP_REQ | HTTP_RES, ANY, "sends the client elsewhere")
        .takes(REDIRECT)
        .acts(HTTP_REQ | HTTP_RES | REDIRECTS),
    kw(
        "return",
        HTTP_REQ | HTTP_RES,
        ANY,
        "answers in the server's place",
    )
    .takes(&[options(ANSWER), verify(answer::settle)])
    .acts(HTTP_REQ | HTTP_RES),
    kw("tarpit", HTTP_REQ, ANY, "refuses the request after a while")
        .takes(&[options(REFUSAL), verify(answer::settle)])
        .acts(HTTP_REQ),
];

/// `redirect …`, which is a keyword as well.
pub(crate) const REDIRECT: &[Arg] = &[
    options(&[
        opt(
            "location",
            &[raw_format("to").missing("missing argument for 'location'")],
        ),
        opt(
            "prefix",
            &[raw_format("to").missing("missing argument for 'prefix'")],
        ),
        opt(
            "scheme",
            &[raw_format("to").missing("missing argument for 'scheme'")],
        ),
        opt(
            "code",
            &[
                crate::signature::one_of("code", &["301", "302", "303", "307", "308"])
                    .missing("missing argument for 'code'")
                    .wrong(
                        "'code': unsupported HTTP code '{got}' (must be one of 301, 302, 303, 307 or 308)",
                    ),
            ],
        ),
        opt(
            "set-cookie",
            &[text("cookie").missing("missing argument for 'set-cookie'")],
        ),
        opt(
            "set-cookie-fmt",
            &[raw_format("cookie").missing("missing argument for 'set-cookie-fmt'")],
        )
        .since(2, 9),
        opt(
            "clear-cookie",
            &[text("cookie").missing("missing argument for 'clear-cookie'")],
        ),
        opt("drop-query", &[]),
        opt("append-slash", &[]),
        opt("ignore-empty", &[]),
        opt("keep-query", &[]).since(3, 1),
    ]),
    stop(
        "expects 'code', 'prefix', 'location', 'scheme', 'set-cookie', 'clear-cookie', 'drop-query', 'ignore-empty' or 'append-slash' (was '{got}')",
    ),
    verify(redirect::settle),
];
