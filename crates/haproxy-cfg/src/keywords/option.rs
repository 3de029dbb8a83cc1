//! `option …`.

use syntax::{Arity, KeywordRow, Version};

use super::row::{Keyword, kw, place::*};
use crate::dialect::Dialect;
use crate::model::ConnectionMode::*;
use crate::parse::OptionParse::{self, *};
use crate::parse::{forwarded, forwardfor, healthcheck};
use crate::signature::{
    Arg, IGNORED, Kind, ReadArgument, Versions, arg, choice, custom, ignored_before, loose, one_of, opt,
    options, since, text, versions,
};
use crate::written::{LogLine, OptionFlag as F};

/// What stands behind the version of a check's request since 3.1.
const HEADERS_OF_CHECK: Versions = versions(3, 1, text("host").optional(), ignored_before(0, 0));
const NONE: Arity = Arity::exactly(0);
const ONE: Arity = Arity::between(0, 1);
const ANY: Arity = Arity::ANY;

/// `except NETWORK`.
const NETWORK: Arg = arg(
    "network",
    Kind::Custom(ReadArgument(forwardfor::network_argument)),
)
.missing("'{kw} except' expects <address>[/mask] as argument.")
.help("write: except 127.0.0.0/8");
/// `header NAME`.
const HEADER: Arg = text("header").missing("'{kw} header' expects <header_name> as argument.");

const FORWARDFOR: &[Arg] = &[choice(
    "option",
    &[
        opt("except", &[NETWORK]),
        opt("header", &[HEADER]),
        opt("if-none", &[]),
    ],
)
.any()
.wrong("'option forwardfor' only supports optional values: 'except', 'header' and 'if-none'.")];

const ORIGINALTO: &[Arg] = &[
    choice("option", &[opt("except", &[NETWORK]), opt("header", &[HEADER])])
        .any()
        .wrong("'option originalto' only supports optional values: 'except' and 'header'."),
];

/// What a part of the header is taken from.
const EXPRESSION: &[Arg] = &[custom("expression", forwarded::expression)];

const FORWARDED: &[Arg] = &[options(&[
    opt("proto", &[]),
    opt("host", &[]),
    opt("host-expr", EXPRESSION),
    opt("by", &[]),
    opt("by-expr", EXPRESSION),
    opt("by_port", &[]),
    opt("by_port-expr", EXPRESSION),
    opt("for", &[]),
    opt("for-expr", EXPRESSION),
    opt("for_port", &[]),
    opt("for_port-expr", EXPRESSION),
])];

/// Versions of MySQL's protocol.
const MYSQL_VERSIONS: Versions = versions(
    3,
    3,
    one_of("version", &["post-41", "pre-41", "post-80"])
        .optional()
        .wrong("keyword 'user' only supports 'post-41', 'pre-41' and 'post-80' (got '{got}')."),
    one_of("version", &["post-41", "pre-41"])
        .optional()
        .wrong("keyword 'user' only supports 'post-41' and 'pre-41' (got '{got}')."),
);

/// Arguments of a check by MySQL's greeting or login.
pub(super) const MYSQL: &[Arg] = &[choice(
    "login",
    &[opt(
        "user",
        &[
            text("name").missing("'{kw} user' expects <username> as argument."),
            since(&MYSQL_VERSIONS),
        ],
    )],
)
.optional()
.wrong("'{kw}' only supports optional values: 'user' (got '{got}').")];

/// Arguments of a check by PostgreSQL's login.
pub(super) const PGSQL: &[Arg] = &[choice(
    "login",
    &[opt(
        "user",
        &[text("name").missing("'{kw}' expects 'user <username>' as argument.")],
    )],
)
.words("'{kw}' expects 'user <username>' as argument.")];

const HEADER_NAMES: &[Arg] = &[one_of("policy", &["preserve", "delete", "reject"])
    .missing(
        "missing parameter. option 'http-restrict-req-hdr-names' expects 'preserve', 'reject' or 'delete' option.",
    )
    .wrong(
        "invalid parameter '{got}'. option 'http-restrict-req-hdr-names' expects 'preserve', 'reject' or 'delete' \
         option.",
    )];

const CLF: Arg = one_of("clf", &["clf"])
    .optional()
    .wrong("keyword 'httplog' only supports option 'clf'.");

/// Places that options came to have later than the rest of theirs.
const LATER_PLACES: &[(&str, u32, Version)] = &[("abortonclose", FRONTEND, Version::new(3, 3))];

/// Where an option may stand in a dialect.
pub(crate) fn places(row: &KeywordRow, dialect: Dialect) -> u32 {
    let mut places = row.places;
    for (name, later, since) in LATER_PLACES {
        if *name == row.name && dialect.version < *since {
            places &= !later;
        }
    }
    places
}

pub(super) const ROWS: &[Keyword<OptionParse>] = &[
    kw(
        "abortonclose",
        DEFAULTS | PX,
        NONE,
        "requests whose client has gone are given up",
    )
    .acts(Flag(F::AbortOnClose)),
    kw(
        "accept-unsafe-violations-in-http-request",
        DEFAULTS | FE | HTTP,
        NONE,
        "requests that break the rules of HTTP pass",
    )
    .since(3, 1)
    .acts(Flag(F::UnsafeRequest)),
    kw(
        "accept-unsafe-violations-in-http-response",
        DEFAULTS | BE | HTTP,
        NONE,
        "responses that break the rules of HTTP pass",
    )
    .since(3, 1)
    .acts(Flag(F::UnsafeResponse)),
    kw(
        "allbackups",
        DEFAULTS | BE,
        NONE,
        "all backup servers share the load, not the first alone",
    )
    .acts(Flag(F::AllBackups)),
    kw(
        "checkcache",
        DEFAULTS | BE | HTTP,
        NONE,
        "refuses answers with cookies that caches might keep",
    )
    .acts(Flag(F::CheckCache)),
    kw("clitcpka", DEFAULTS | FE, NONE, "keep-alive packets to clients").acts(Flag(F::ClientTcpKeepAlive)),
    kw(
        "contstats",
        DEFAULTS | FE,
        NONE,
        "counts long transfers while they last",
    )
    .acts(Flag(F::ContinuousStats)),
    kw(
        "disable-h2-upgrade",
        DEFAULTS | FE | HTTP,
        NONE,
        "no HTTP/2 on a connection that began as HTTP/1",
    )
    .acts(Flag(F::DisableH2Upgrade)),
    kw(
        "dontlog-normal",
        DEFAULTS | FE,
        NONE,
        "logs nothing of what went well",
    )
    .acts(Flag(F::DontLogNormal)),
    kw(
        "dontlognull",
        DEFAULTS | FE,
        NONE,
        "logs nothing of connections without data",
    )
    .acts(Flag(F::DontLogNull)),
    kw("external-check", DEFAULTS | PX, NONE, "checks by a program")
        .takes(&[])
        .acts(Given(healthcheck::program)),
    kw("forwarded", DEFAULTS | BE, ANY, "adds the header of RFC 7239")
        .since(2, 8)
        .takes(FORWARDED)
        .acts(Given(forwarded::forwarded)),
    kw(
        "forwardfor",
        DEFAULTS | PX,
        ANY,
        "adds the client's address to requests",
    )
    .takes(FORWARDFOR)
    .acts(Given(forwardfor::forwardfor)),
    kw(
        "h1-case-adjust-bogus-client",
        DEFAULTS | FE,
        NONE,
        "header names in the case that the client wants",
    )
    .acts(Flag(F::ClientHeaderCase)),
    kw(
        "h1-case-adjust-bogus-server",
        DEFAULTS | BE,
        NONE,
        "header names in the case that the server wants",
    )
    .acts(Flag(F::ServerHeaderCase)),
    kw(
        "http-buffer-request",
        DEFAULTS | PX | HTTP,
        NONE,
        "waits for a request's body before rules see it",
    )
    .acts(Flag(F::BufferRequest)),
    kw(
        "http-drop-request-trailers",
        DEFAULTS | BE | HTTP,
        NONE,
        "drops trailers of requests",
    )
    .since(3, 2)
    .acts(Flag(F::DropRequestTrailers)),
    kw(
        "http-drop-response-trailers",
        DEFAULTS | FE | HTTP,
        NONE,
        "drops trailers of responses",
    )
    .since(3, 2)
    .acts(Flag(F::DropResponseTrailers)),
    kw(
        "http-ignore-probes",
        DEFAULTS | FE | HTTP,
        NONE,
        "says nothing of connections that a browser opened in advance",
    )
    .acts(Flag(F::HttpIgnoreProbes)),
    kw("http-keep-alive", DEFAULTS | PX, NONE, "keep both sides").acts(Connection(KeepAlive)),
    kw(
        "http-no-delay",
        DEFAULTS | PX | HTTP,
        NONE,
        "sends each piece of data at once",
    )
    .acts(Flag(F::HttpNoDelay)),
    kw(
        "http-pretend-keepalive",
        DEFAULTS | BE | HTTP,
        NONE,
        "asks servers for keep-alive and closes all the same",
    )
    .acts(Flag(F::PretendKeepAlive)),
    kw(
        "http-restrict-req-hdr-names",
        DEFAULTS | PX,
        ONE,
        "what happens to odd header names",
    )
    .takes(HEADER_NAMES)
    .acts(Given(forwardfor::header_names)),
    kw(
        "http-server-close",
        DEFAULTS | PX,
        NONE,
        "close the server's side after a response",
    )
    .acts(Connection(ServerClose)),
    kw(
        "http-use-proxy-header",
        DEFAULTS | FE | HTTP,
        NONE,
        "takes Proxy-Connection for Connection",
    )
    .acts(Flag(F::ProxyHeader)),
    kw("httpchk", DEFAULTS | BE, ANY, "checks by a request")
        .takes(&[
            text("method-or-uri").optional(),
            text("uri").optional(),
            text("version").optional(),
            since(&HEADERS_OF_CHECK),
        ])
        .acts(Given(healthcheck::httpchk)),
    kw(
        "httpclose",
        DEFAULTS | PX,
        NONE,
        "close both sides after a response",
    )
    .acts(Connection(Close)),
    kw("httplog", DEFAULTS | FE, ONE, "log requests")
        .takes(&[CLF])
        .acts(Log(LogLine::Http)),
    kw("httpslog", DEFAULTS | FE, ANY, "log requests over TLS")
        .since(2, 5)
        .takes(&[IGNORED])
        .acts(Log(LogLine::Https)),
    kw(
        "idle-close-on-response",
        DEFAULTS | FE | HTTP,
        NONE,
        "closes idle connections only behind a response when it stops",
    )
    .acts(Flag(F::IdleCloseOnResponse)),
    kw(
        "independent-streams",
        DEFAULTS | PX,
        NONE,
        "what is sent does not put off the timeout of receiving",
    )
    .acts(Flag(F::IndependentStreams)),
    kw("ldap-check", DEFAULTS | BE, NONE, "checks by an LDAP bind").takes(&[]).acts(Given(healthcheck::service)),
    kw(
        "log-health-checks",
        DEFAULTS | BE,
        NONE,
        "logs each change of a check's result",
    )
    .acts(Flag(F::LogHealthChecks)),
    kw(
        "log-separate-errors",
        DEFAULTS | FE,
        NONE,
        "logs errors at a higher level",
    )
    .acts(Flag(F::LogSeparateErrors)),
    kw("logasap", DEFAULTS | FE, NONE, "logs before the transfer is over").acts(Flag(F::LogAsap)),
    kw("mysql-check", DEFAULTS | BE, ANY, "checks by a MySQL greeting").takes(MYSQL).acts(Given(healthcheck::service)),
    kw(
        "nolinger",
        DEFAULTS | PX,
        NONE,
        "resets connections instead of closing them",
    )
    .acts(Flag(F::NoLinger)),
    kw(
        "originalto",
        DEFAULTS | PX,
        ANY,
        "adds the address that the client asked for",
    )
    .takes(ORIGINALTO)
    .acts(Given(forwardfor::originalto)),
    kw(
        "persist",
        DEFAULTS | BE,
        NONE,
        "a cookie's server is used though it is down",
    )
    .acts(Flag(F::Persist)),
    kw(
        "pgsql-check",
        DEFAULTS | BE,
        ANY,
        "checks by a PostgreSQL greeting",
    )
    .takes(PGSQL)
    .acts(Given(healthcheck::service)),
    kw(
        "prefer-last-server",
        DEFAULTS | BE | HTTP,
        NONE,
        "stays at the server of the last request",
    )
    .acts(Flag(F::PreferLastServer)),
    kw("redis-check", DEFAULTS | BE, NONE, "checks by a Redis PING").takes(&[]).acts(Given(healthcheck::service)),
    kw(
        "redispatch",
        DEFAULTS | BE,
        ANY,
        "another server when one does not answer",
    )
    .takes(&[loose("interval", i64::MIN, i64::MAX).optional(), IGNORED])
    .acts(Redispatch),
    kw(
        "use-small-buffers",
        DEFAULTS | BE,
        ANY,
        "what waits, or is small, waits in small buffers",
    )
    .since(3, 4)
    .takes(&[one_of("what", &["queue", "l7-retries", "check"])
        .wrong("invalid parameter '{got}'. option 'use-small-buffers' expects 'queue', 'l7-retries' or 'check' value.")
        .any()])
    .keeps(Switch),
    kw("smtpchk", DEFAULTS | BE, ANY, "checks by an SMTP greeting")
        .takes(&[text("hello").optional(), text("domain").optional()])
        .acts(Given(healthcheck::smtpchk)),
    kw(
        "socket-stats",
        DEFAULTS | FE,
        NONE,
        "counts for each listener by itself",
    )
    .acts(Flag(F::SocketStats)),
    kw(
        "splice-auto",
        DEFAULTS | PX,
        NONE,
        "lets the kernel forward data where that helps",
    )
    .acts(Nothing),
    kw(
        "splice-request",
        DEFAULTS | PX,
        NONE,
        "lets the kernel forward requests",
    )
    .acts(Nothing),
    kw(
        "splice-response",
        DEFAULTS | PX,
        NONE,
        "lets the kernel forward responses",
    )
    .acts(Nothing),
    kw("spop-check", DEFAULTS | BE, NONE, "checks of SPOE agents").takes(&[]),
    kw("srvtcpka", DEFAULTS | BE, NONE, "keep-alive packets to servers").acts(Flag(F::ServerTcpKeepAlive)),
    kw("ssl-hello-chk", DEFAULTS | BE, NONE, "checks by a TLS greeting").takes(&[]).acts(Given(healthcheck::service)),
    kw(
        "tcp-check",
        DEFAULTS | BE,
        NONE,
        "checks by a script of tcp-check lines",
    )
    .takes(&[])
    .acts(Given(healthcheck::tcp_check)),
    kw(
        "tcp-smart-accept",
        DEFAULTS | FE,
        NONE,
        "saves the packet that only acknowledges a request",
    )
    .acts(Flag(F::SmartAccept)),
    kw(
        "tcp-smart-connect",
        DEFAULTS | BE,
        NONE,
        "saves the packet that only acknowledges a connection",
    )
    .acts(Flag(F::SmartConnect)),
    kw("tcpka", DEFAULTS | PX, NONE, "keep-alive packets to both sides")
        .acts(Both(F::ClientTcpKeepAlive, F::ServerTcpKeepAlive)),
    kw("tcplog", DEFAULTS | FE, ONE, "log connections")
        .takes(&[options(&[opt("clf", &[]).since(3, 1)])])
        .acts(Log(LogLine::Tcp)),
];
