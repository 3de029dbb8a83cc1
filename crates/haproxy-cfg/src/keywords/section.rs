//! Names of sections. Those without a model are read by this row alone, and a file that has one is told.

use syntax::Arity;

use super::row::{Keyword, kw, place::TOP};

pub(super) const ROWS: &[Keyword<()>] = &[
    kw("global", TOP, Arity::exactly(0), "settings of the whole process").acts(()),
    kw(
        "defaults",
        TOP,
        Arity::between(0, 3),
        "settings that the sections behind it inherit",
    )
    .acts(()),
    kw("frontend", TOP, Arity::at_least(1), "takes connections").acts(()),
    kw("backend", TOP, Arity::at_least(1), "has servers").acts(()),
    kw(
        "listen",
        TOP,
        Arity::at_least(1),
        "a frontend and its backend in one",
    )
    .acts(()),
    kw(
        "peers",
        TOP,
        Arity::exactly(1),
        "other load balancers that share stick tables",
    )
    .acts(()),
    kw(
        "resolvers",
        TOP,
        Arity::exactly(1),
        "name servers for servers with host names",
    )
    .acts(()),
    kw(
        "userlist",
        TOP,
        Arity::exactly(1),
        "users and groups for authentication",
    )
    .acts(()),
    kw("mailers", TOP, Arity::exactly(1), "mail servers for alerts").acts(()),
    kw(
        "http-errors",
        TOP,
        Arity::exactly(1),
        "a named set of error files",
    )
    .since(2, 2)
    .acts(()),
    kw("ring", TOP, Arity::exactly(1), "a ring buffer for logs")
        .since(2, 2)
        .acts(()),
    kw(
        "log-forward",
        TOP,
        Arity::exactly(1),
        "receives logs and passes them on",
    )
    .since(2, 3)
    .acts(()),
    kw(
        "log-profile",
        TOP,
        Arity::exactly(1),
        "log lines for each step of a stream",
    )
    .since(3, 1)
    .acts(()),
    kw("cache", TOP, Arity::exactly(1), "a cache for small answers")
        .since(1, 8)
        .acts(()),
    kw("fcgi-app", TOP, Arity::exactly(1), "a FastCGI application").since(2, 1),
    kw(
        "crt-store",
        TOP,
        Arity::between(0, 1),
        "certificates and their options",
    )
    .since(3, 0)
    .acts(()),
    kw("traces", TOP, Arity::exactly(0), "tracing for developers").since(3, 1),
    kw("acme", TOP, Arity::exactly(1), "certificates by ACME").since(3, 2),
    kw("healthcheck", TOP, Arity::exactly(1), "a named health check").since(3, 4),
    kw(
        "program",
        TOP,
        Arity::exactly(1),
        "a process that the master runs",
    )
    .since(2, 0)
    .warned(3, 1)
    .removed(3, 3)
    .instead("a unit of the init system"),
];
