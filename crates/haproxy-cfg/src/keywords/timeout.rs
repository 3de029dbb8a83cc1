//! `timeout …`.

use syntax::Arity;

use super::row::{Keyword, kw, place::*};
use crate::parse::timeout::TIME;
use crate::written::TimeoutKind as T;

const ONE: Arity = Arity::exactly(1);

pub(super) const ROWS: &[Keyword<T>] = &[
    kw("client", DEFAULTS | FE, ONE, "inactivity of the client")
        .takes(TIME)
        .acts(T::Client),
    kw("server", DEFAULTS | BE, ONE, "inactivity of the server")
        .takes(TIME)
        .acts(T::Server),
    kw(
        "connect",
        DEFAULTS | BE,
        ONE,
        "until a connection to a server stands",
    )
    .takes(TIME)
    .acts(T::Connect),
    kw("check", DEFAULTS | BE, ONE, "for the answer to a health check")
        .takes(TIME)
        .acts(T::Check),
    kw("queue", DEFAULTS | BE, ONE, "in a queue for a server")
        .takes(TIME)
        .acts(T::Queue),
    kw("http-keep-alive", DEFAULTS | PX, ONE, "until the next request")
        .takes(TIME)
        .acts(T::HttpKeepAlive),
    kw("http-request", DEFAULTS | PX, ONE, "for a whole request head")
        .takes(TIME)
        .acts(T::HttpRequest),
    kw("tunnel", DEFAULTS | BE, ONE, "inactivity of a tunnel")
        .takes(TIME)
        .acts(T::Tunnel),
    kw(
        "tarpit",
        DEFAULTS | PX,
        ONE,
        "before a tarpitted request is answered",
    )
    .takes(TIME)
    .acts(T::Tarpit),
    kw(
        "client-fin",
        DEFAULTS | FE,
        ONE,
        "inactivity of a half-closed client",
    )
    .takes(TIME)
    .acts(T::ClientFin),
    kw(
        "server-fin",
        DEFAULTS | BE,
        ONE,
        "inactivity of a half-closed server",
    )
    .takes(TIME)
    .acts(T::ServerFin),
    kw(
        "client-hs",
        DEFAULTS | FE,
        ONE,
        "for a TLS handshake with a client",
    )
    .since(2, 9)
    .takes(TIME)
    .keeps(T::ClientHandshake),
    kw("contimeout", DEFAULTS | BE, ONE, "old name of connect")
        .warned(1, 5)
        .removed(2, 1)
        .instead("timeout connect")
        .takes(TIME)
        .acts(T::Connect),
    kw("clitimeout", DEFAULTS | FE, ONE, "old name of client")
        .warned(1, 5)
        .removed(2, 1)
        .instead("timeout client")
        .takes(TIME)
        .acts(T::Client),
    kw("srvtimeout", DEFAULTS | BE, ONE, "old name of server")
        .warned(1, 5)
        .removed(2, 1)
        .instead("timeout server")
        .takes(TIME)
        .acts(T::Server),
];
