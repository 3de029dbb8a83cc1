//! `option …`.

use syntax::Arity;

use super::row::{Keyword, kw, place::*};
use crate::model::ConnectionMode::*;
use crate::parse::OptionParse::{self, *};
use crate::parse::{forwardfor, healthcheck};
use crate::written::{LogLine, OptionFlag as F};

const NONE: Arity = Arity::exactly(0);
const ONE: Arity = Arity::between(0, 1);
const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<OptionParse>] = &[
    kw("abortonclose", DEFAULTS | PX, NONE, "").acts(Flag(F::AbortOnClose)),
    kw(
        "accept-unsafe-violations-in-http-request",
        DEFAULTS | FE,
        NONE,
        "",
    )
    .since(3, 1)
    .keeps(Flag(F::UnsafeRequest)),
    kw(
        "accept-unsafe-violations-in-http-response",
        DEFAULTS | BE,
        NONE,
        "",
    )
    .since(3, 1)
    .keeps(Flag(F::UnsafeResponse)),
    kw("allbackups", DEFAULTS | BE, NONE, "").acts(Flag(F::AllBackups)),
    kw("checkcache", DEFAULTS | BE, NONE, ""),
    kw("clitcpka", DEFAULTS | FE, NONE, "").acts(Flag(F::ClientTcpKeepAlive)),
    kw("contstats", DEFAULTS | FE, NONE, ""),
    kw("disable-h2-upgrade", DEFAULTS | FE, NONE, ""),
    kw("dontlog-normal", DEFAULTS | FE, NONE, "").acts(Flag(F::DontLogNormal)),
    kw("dontlognull", DEFAULTS | FE, NONE, "").acts(Flag(F::DontLogNull)),
    kw("external-check", DEFAULTS | BE, NONE, "checks by a program"),
    kw("forwarded", DEFAULTS | BE, ANY, "adds the header of RFC 7239").since(2, 8),
    kw(
        "forwardfor",
        DEFAULTS | PX,
        ANY,
        "adds the client's address to requests",
    )
    .acts(Call(forwardfor::forwardfor)),
    kw("h1-case-adjust-bogus-client", DEFAULTS | FE, NONE, ""),
    kw("h1-case-adjust-bogus-server", DEFAULTS | BE, NONE, ""),
    kw("http-buffer-request", DEFAULTS | PX, NONE, ""),
    kw("http-drop-request-trailers", DEFAULTS | BE, NONE, "").since(2, 7),
    kw("http-drop-response-trailers", DEFAULTS | FE, NONE, "").since(2, 7),
    kw("http-ignore-probes", DEFAULTS | FE, NONE, "").acts(Flag(F::HttpIgnoreProbes)),
    kw("http-keep-alive", DEFAULTS | PX, NONE, "keep both sides").acts(Connection(KeepAlive)),
    kw("http-no-delay", DEFAULTS | PX, NONE, "").keeps(Flag(F::HttpNoDelay)),
    kw("http-pretend-keepalive", DEFAULTS | BE, NONE, ""),
    kw(
        "http-restrict-req-hdr-names",
        DEFAULTS | PX,
        ONE,
        "what happens to odd header names",
    ),
    kw(
        "http-server-close",
        DEFAULTS | PX,
        NONE,
        "close the server's side after a response",
    )
    .acts(Connection(ServerClose)),
    kw("http-use-proxy-header", DEFAULTS | FE, NONE, ""),
    kw("httpchk", DEFAULTS | BE, ANY, "checks by a request").acts(Call(healthcheck::httpchk)),
    kw(
        "httpclose",
        DEFAULTS | PX,
        NONE,
        "close both sides after a response",
    )
    .acts(Connection(Close)),
    kw("httplog", DEFAULTS | FE, ONE, "log requests").acts(Log(LogLine::Http)),
    kw("httpslog", DEFAULTS | FE, ONE, "log requests over TLS").since(2, 5),
    kw("idle-close-on-response", DEFAULTS | FE, NONE, ""),
    kw("independent-streams", DEFAULTS | PX, NONE, ""),
    kw(
        "ldap-check",
        DEFAULTS | BE,
        Arity::between(0, 0),
        "checks by an LDAP bind",
    ),
    kw("log-health-checks", DEFAULTS | BE, NONE, "").acts(Flag(F::LogHealthChecks)),
    kw("log-separate-errors", DEFAULTS | FE, NONE, "").acts(Flag(F::LogSeparateErrors)),
    kw("logasap", DEFAULTS | FE, NONE, "").acts(Flag(F::LogAsap)),
    kw("mysql-check", DEFAULTS | BE, ANY, "checks by a MySQL greeting"),
    kw("nolinger", DEFAULTS | PX, NONE, "").keeps(Flag(F::NoLinger)),
    kw(
        "originalto",
        DEFAULTS | PX,
        ANY,
        "adds the address that the client asked for",
    ),
    kw("persist", DEFAULTS | BE, NONE, "").acts(Flag(F::Persist)),
    kw(
        "pgsql-check",
        DEFAULTS | BE,
        ANY,
        "checks by a PostgreSQL greeting",
    ),
    kw("prefer-last-server", DEFAULTS | BE, NONE, "").keeps(Flag(F::PreferLastServer)),
    kw(
        "redis-check",
        DEFAULTS | BE,
        Arity::between(0, 0),
        "checks by a Redis PING",
    ),
    kw(
        "redispatch",
        DEFAULTS | BE,
        ANY,
        "another server when one does not answer",
    )
    .acts(Redispatch),
    kw("smtpchk", DEFAULTS | BE, ANY, "checks by an SMTP greeting").acts(Call(healthcheck::smtpchk)),
    kw("socket-stats", DEFAULTS | FE, NONE, "").acts(Flag(F::SocketStats)),
    kw("splice-auto", DEFAULTS | PX, NONE, ""),
    kw("splice-request", DEFAULTS | PX, NONE, ""),
    kw("splice-response", DEFAULTS | PX, NONE, ""),
    kw(
        "spop-check",
        DEFAULTS | BE,
        Arity::between(0, 0),
        "checks of SPOE agents",
    ),
    kw("srvtcpka", DEFAULTS | BE, NONE, "").acts(Flag(F::ServerTcpKeepAlive)),
    kw(
        "ssl-hello-chk",
        DEFAULTS | BE,
        Arity::between(0, 0),
        "checks by a TLS greeting",
    ),
    kw(
        "tcp-check",
        DEFAULTS | BE,
        Arity::between(0, 0),
        "checks by a script of tcp-check lines",
    ),
    kw("tcp-smart-accept", DEFAULTS | FE, NONE, ""),
    kw("tcp-smart-connect", DEFAULTS | BE, NONE, ""),
    kw("tcpka", DEFAULTS | PX, NONE, "keep-alive packets to both sides")
        .acts(Both(F::ClientTcpKeepAlive, F::ServerTcpKeepAlive)),
    kw("tcplog", DEFAULTS | FE, ONE, "log connections").acts(Log(LogLine::Tcp)),
];
