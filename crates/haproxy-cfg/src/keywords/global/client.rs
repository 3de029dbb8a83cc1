//! Rows of `global`: the client for our own requests.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{NAMED_TIME, ON_OFF, WANTS_INT};
use crate::parse::global as g;
use crate::signature::{Kind, arg, loose, millis, one_of};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "httpclient.resolvers.disabled",
        GLOBAL,
        ANY,
        "our own requests look no names up",
    )
    .takes(ON_OFF)
    .since(2, 8),
    kw(
        "httpclient.resolvers.id",
        GLOBAL,
        ANY,
        "resolvers for our own requests",
    )
    .takes(&[arg("name", Kind::Rest(g::CLIENT_RESOLVERS))]),
    kw(
        "httpclient.resolvers.prefer",
        GLOBAL,
        ANY,
        "address family of our own requests",
    )
    .takes(&[one_of("family", &["ipv4", "ipv6"]).words("'{kw}' expects 'ipv4' or 'ipv6' as argument.")]),
    kw(
        "httpclient.retries",
        GLOBAL,
        ANY,
        "how often our own requests are tried again",
    )
    .takes(&[loose("number", i64::MIN, i64::MAX).missing(WANTS_INT)])
    .since(2, 9),
    kw(
        "httpclient.ssl.ca-file",
        GLOBAL,
        ANY,
        "authorities for our own requests",
    )
    .takes(&[arg("path", Kind::Rest(g::CLIENT_CA))]),
    kw(
        "httpclient.ssl.verify",
        GLOBAL,
        ANY,
        "whether certificates are checked for our own requests",
    )
    .takes(&[
        one_of("verify", &["none", "required"]).words("'{kw}' expects 'none' or 'required' as argument.")
    ]),
    kw(
        "httpclient.timeout.connect",
        GLOBAL,
        ANY,
        "time for our own connections",
    )
    .takes(&[millis("time").missing(WANTS_INT).time_words(&NAMED_TIME)])
    .since(2, 9),
];
