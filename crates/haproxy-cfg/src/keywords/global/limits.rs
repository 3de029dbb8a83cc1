//! Rows of `global`: limits of connections, rates, memory and descriptors.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{COUNT, FLAG, INT, INT_MAX, PERCENT, SPREAD_TIME, WANTS_INT};
use crate::parse::global as g;
use crate::signature::{Fault, int, loose, millis, since, versions};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "fd-hard-limit",
        GLOBAL,
        ANY,
        "most descriptors that are asked for",
    )
    .takes(INT)
    .acts(g::fd_hard_limit),
    kw(
        "max-spread-checks",
        GLOBAL,
        ANY,
        "most by which the first checks are spread",
    )
    .takes(&[millis("time")
        .missing("'{kw}' expects an integer argument (0..50).")
        .time_words(&SPREAD_TIME)
        .tight()])
    .acts(g::max_spread_checks),
    kw("max-threads-per-group", GLOBAL, ANY, "threads of a group")
        .takes(
            &[int("number", 0, 64).words("'{kw}' value must be an integer between 1 and 64,  got '{got}'")],
        )
        .since(3, 3),
    kw(
        "maxcompcpuusage",
        GLOBAL,
        ANY,
        "CPU load above which nothing is compressed",
    )
    .takes(PERCENT),
    kw("maxcomprate", GLOBAL, ANY, "kilobytes compressed a second").takes(&[loose(
        "kilobytes",
        i64::MIN,
        i64::MAX,
    )
    .missing("'{kw}' expects an integer argument in kb/s.")]),
    kw("maxconn", GLOBAL, ANY, "connections of the process")
        .takes(&[since(&versions(
            2,
            7,
            int("number", i64::MIN, i64::MAX)
                .missing(WANTS_INT)
                .wrong("cannot parse '{kw}' value '{got}', an integer is expected."),
            loose("number", i64::MIN, i64::MAX).missing(WANTS_INT),
        ))])
        .acts(g::maxconn),
    kw("maxconnrate", GLOBAL, ANY, "connections accepted a second")
        .takes(INT)
        .acts(g::maxconnrate),
    kw("maxpipes", GLOBAL, ANY, "pipes for splicing")
        .takes(INT)
        .acts(g::maxpipes),
    kw("maxsessrate", GLOBAL, ANY, "sessions a second")
        .takes(INT)
        .acts(g::maxsessrate),
    kw("maxsslconn", GLOBAL, ANY, "TLS connections at once")
        .takes(COUNT)
        .acts(g::maxsslconn),
    kw("maxsslrate", GLOBAL, ANY, "TLS sessions a second")
        .takes(INT)
        .acts(g::maxsslrate),
    kw("maxzlibmem", GLOBAL, ANY, "megabytes that zlib may take").takes(INT),
    kw(
        "mworker-max-reloads",
        GLOBAL,
        ANY,
        "reloads after which an old worker is ended",
    )
    .takes(&[loose("number", 0, INT_MAX)
        .missing(WANTS_INT)
        .wrong("'{kw}' : invalid value {got}, must be >= 0")
        .fault(Fault::Warning)])
    .acts(g::max_reloads),
    kw(
        "no-memory-trimming",
        GLOBAL,
        ANY,
        "freed memory stays with the process",
    )
    .takes(FLAG),
    kw(
        "prealloc-fd",
        GLOBAL,
        ANY,
        "the table of descriptors is made at once",
    )
    .takes(FLAG)
    .since(2, 8),
    kw("spread-checks", GLOBAL, ANY, "percent by which checks are spread")
        .takes(&[loose("percent", 0, 50)
            .missing("'{kw}' expects an integer argument (0..50).")
            .wrong("'{kw}' needs a positive value in range 0..50.")
            .tight()])
        .acts(g::spread_checks),
    kw(
        "strict-limits",
        GLOBAL,
        ANY,
        "refuse to start when limits cannot be set",
    )
    .takes(FLAG)
    .acts(g::strict_limits),
    kw("ulimit-n", GLOBAL, ANY, "file descriptors")
        .takes(&[loose("number", i64::MIN, i64::MAX).missing(WANTS_INT)])
        .acts(g::ulimit_n),
];
