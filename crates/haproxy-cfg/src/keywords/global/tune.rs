//! Rows of `global`: `tune.*` of buffers, sockets, memory and the scheduler.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{
    ANY_NUMBER, BUFFER, BUFFERS, BYTES, FLAG, INT, INT_MAX, INT_MIN, MEASURED, ON_OFF, PERCENT, VARS_SIZE,
    WANTS_INT,
};
use crate::parse::global as g;
use crate::signature::{
    Arg, IGNORED, Kind, arg, bytes, ignored_before, int, list, loose, measured, measured_up_to, one_of,
    since, text, versions,
};

const ANY: Arity = Arity::ANY;

const MEASURED_BUFSIZE: Arg = measured("size", 1)
    .missing("'{kw}' expects an integer argument")
    .wrong("unexpected '{rest}' after size passed to '{kw}'")
    .beyond("'{kw}' expects a positive integer argument.");
const ACCEPTED: Arg =
    loose("number", INT_MIN, INT_MAX).wrong("'{kw}' expects -1 or an integer from 0 to INT_MAX.");
const CACHE_SIZE: Arg = loose("number", 0, i64::MAX).words("'{kw}' expects a positive numeric value");
const NICE: &[Arg] = &[int("nice", -20, 19)
    .optional()
    .wrong("'{kw}' only supports values between -20 and 19 inclusive (was given {got})")];

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "tune.buffers.limit",
        GLOBAL,
        ANY,
        "most buffers that are handed out",
    )
    .takes(BUFFERS),
    kw(
        "tune.buffers.reserve",
        GLOBAL,
        ANY,
        "buffers kept for when memory runs out",
    )
    .takes(BUFFERS),
    kw("tune.bufsize", GLOBAL, ANY, "bytes of a buffer")
        .takes(&[since(&versions(
            3,
            1,
            MEASURED_BUFSIZE,
            bytes("size", 1, INT_MAX)
                .missing(WANTS_INT)
                .wrong("'{kw}' expects a positive integer argument."),
        ))])
        .acts(g::tune),
    kw("tune.bufsize.large", GLOBAL, ANY, "bytes of a large buffer")
        .takes(&[measured("size", 1)
            .missing("'{kw}' expects an integer argument.")
            .wrong("unexpected '{rest}' after size passed to '{kw}'")
            .beyond("'{kw}' expects a positive integer argument.")])
        .since(3, 4),
    kw("tune.bufsize.small", GLOBAL, ANY, "bytes of a small buffer")
        .takes(&[measured("size", 1)
            .missing(WANTS_INT)
            .wrong("unexpected '{rest}' after size passed to '{kw}'")
            .beyond("'{kw}' expects a positive integer argument.")])
        .since(3, 1),
    kw(
        "tune.cli.max-payload-size",
        GLOBAL,
        ANY,
        "bytes behind a command of the stats socket",
    )
    .takes(&[measured("size", 0)
        .missing("'{kw}' expects a size argument.")
        .wrong("unexpected '{rest}' after size passed to '{kw}'")])
    .since(3, 4),
    kw("tune.comp.maxlevel", GLOBAL, ANY, "how hard is compressed")
        .takes(&[loose("level", 1, 9).words("'{kw}' expects a numeric value between 1 and 9")]),
    kw(
        "tune.defaults.purge",
        GLOBAL,
        ANY,
        "forget defaults sections that nothing uses",
    )
    .takes(&[text("nothing").optional()])
    .since(3, 4),
    kw(
        "tune.disable-fast-forward",
        GLOBAL,
        ANY,
        "read all data that is passed on",
    )
    .takes(FLAG)
    .since(2, 8)
    .keeps(g::experimental),
    kw(
        "tune.disable-zero-copy-forwarding",
        GLOBAL,
        ANY,
        "copy all data that is passed on",
    )
    .takes(FLAG)
    .since(2, 9),
    kw(
        "tune.epoll.mask-events",
        GLOBAL,
        ANY,
        "events that epoll does not report",
    )
    .takes(&[list("events", &["err", "hup", "rdhup", ""])
        .optional()
        .wrong("'{kw}' expects a comma-delimited list of 'err', 'hup' and 'rdhup' but got '{got}'.")])
    .since(3, 0),
    kw(
        "tune.events.max-events-at-once",
        GLOBAL,
        ANY,
        "events that a task takes at once",
    )
    .takes(&[loose("number", 1, 10000).words("'{kw}' expects an integer argument between 1 and 10000.")])
    .since(2, 9),
    kw(
        "tune.fail-alloc",
        GLOBAL,
        ANY,
        "percent of allocations that fail, for tests",
    )
    .takes(&[loose("percent", 0, 100)
        .optional()
        .wrong("'{kw}' expects a numeric value between 0 and 100.")]),
    kw(
        "tune.fd.edge-triggered",
        GLOBAL,
        ANY,
        "let epoll report changes only",
    )
    .takes(ON_OFF)
    .keeps(g::experimental),
    kw("tune.fd.tables", GLOBAL, ANY, "tables of descriptors")
        .takes(&[loose("number", 0, INT_MAX)])
        .since(3, 5),
    kw(
        "tune.idle-pool.shared",
        GLOBAL,
        ANY,
        "threads share idle server connections",
    )
    .takes(ON_OFF),
    kw(
        "tune.idletimer",
        GLOBAL,
        ANY,
        "pause after which a stream counts as idle",
    )
    .takes(&[arg("time", Kind::Custom(g::IDLE_TIME))
        .missing("'{kw}' expects a timer value between 0 and 65535 ms.")]),
    kw(
        "tune.listener.default-shards",
        GLOBAL,
        ANY,
        "sockets that a bind line opens",
    )
    .takes(&[one_of("shards", &["by-process", "by-group", "by-thread"])
        .words("'{kw}' expects either 'by-process', 'by-group', or 'by-thread' but got '{got}'.")])
    .since(2, 8),
    kw(
        "tune.listener.multi-queue",
        GLOBAL,
        ANY,
        "spread new connections over threads",
    )
    .takes(&[
        one_of("mode", &["on", "fair", "off"]).words("'{kw}' expects either 'on' or 'off' but got '{got}'.")
    ]),
    kw(
        "tune.max-checks-per-thread",
        GLOBAL,
        ANY,
        "checks that a thread runs at once",
    )
    .takes(ANY_NUMBER)
    .since(2, 9),
    kw(
        "tune.max-rules-at-once",
        GLOBAL,
        ANY,
        "rules looked at before others have their turn",
    )
    .takes(&[loose("number", 0, i64::MAX).words("'{kw}' expects a positive numeric value")])
    .since(3, 2),
    kw("tune.maxaccept", GLOBAL, ANY, "connections accepted at once")
        .takes(&[since(&versions(
            3,
            1,
            ACCEPTED.missing("'{kw}' expects an integer argument"),
            ACCEPTED.missing(WANTS_INT),
        ))])
        .keeps(g::tune),
    kw(
        "tune.maxpollevents",
        GLOBAL,
        ANY,
        "events taken from the poller at once",
    )
    .takes(&[since(&versions(
        3,
        1,
        loose("number", i64::MIN, 1_000_000)
            .missing(WANTS_INT)
            .wrong("'{kw}' expects an integer value lower than or equal to 1000000."),
        loose("number", i64::MIN, i64::MAX).missing(WANTS_INT),
    ))])
    .checked(g::number_once),
    kw(
        "tune.maxrewrite",
        GLOBAL,
        ANY,
        "bytes of a buffer kept for changed heads",
    )
    .takes(&[bytes("size", 0, INT_MAX)
        .missing(WANTS_INT)
        .wrong("'{kw}' expects a positive integer argument.")])
    .acts(g::tune),
    kw(
        "tune.memory.hot-size",
        GLOBAL,
        ANY,
        "bytes of freed memory that a thread keeps",
    )
    .takes(&[loose("size", 1, i64::MAX).words("'{kw}' expects a strictly positive value.")])
    .since(2, 8),
    kw(
        "tune.notsent-lowat.client",
        GLOBAL,
        ANY,
        "unsent bytes that a client socket holds",
    )
    .takes(&[MEASURED])
    .since(3, 2),
    kw(
        "tune.notsent-lowat.server",
        GLOBAL,
        ANY,
        "unsent bytes that a server socket holds",
    )
    .takes(&[MEASURED])
    .since(3, 2),
    kw(
        "tune.pattern.cache-size",
        GLOBAL,
        ANY,
        "results of patterns that are remembered",
    )
    .takes(&[
        since(&versions(
            3,
            1,
            CACHE_SIZE,
            loose("number", 0, INT_MAX).words("'{kw}' expects a positive numeric value"),
        )),
        ignored_before(3, 1),
    ]),
    kw(
        "tune.peers.max-updates-at-once",
        GLOBAL,
        ANY,
        "updates sent to a peer at once",
    )
    .takes(&[loose("number", 1, INT_MAX).words("'{kw}' expects an integer argument greater than 0.")])
    .acts(g::tune),
    kw("tune.pipesize", GLOBAL, ANY, "bytes of a pipe for splicing")
        .takes(BYTES)
        .acts(g::tune),
    kw(
        "tune.pool-high-fd-ratio",
        GLOBAL,
        ANY,
        "share of descriptors above which idle connections are closed",
    )
    .takes(PERCENT),
    kw(
        "tune.pool-low-fd-ratio",
        GLOBAL,
        ANY,
        "share of descriptors above which idle connections are not kept",
    )
    .takes(PERCENT),
    kw(
        "tune.rcvbuf.backend",
        GLOBAL,
        ANY,
        "receive buffer of server sockets of datagrams",
    )
    .takes(BUFFER)
    .since(2, 9),
    kw(
        "tune.rcvbuf.client",
        GLOBAL,
        ANY,
        "receive buffer of client sockets",
    )
    .takes(BYTES)
    .acts(g::tune),
    kw(
        "tune.rcvbuf.frontend",
        GLOBAL,
        ANY,
        "receive buffer of listening sockets of datagrams",
    )
    .takes(BUFFER)
    .since(2, 9),
    kw(
        "tune.rcvbuf.server",
        GLOBAL,
        ANY,
        "receive buffer of server sockets",
    )
    .takes(BYTES)
    .acts(g::tune),
    kw(
        "tune.recv_enough",
        GLOBAL,
        ANY,
        "bytes after which no more is read at once",
    )
    .takes(&[since(&versions(
        3,
        1,
        measured_up_to("size", 0, 2_147_483_647)
            .missing(WANTS_INT)
            .wrong("unexpected '{rest}' after size passed to '{kw}'")
            .beyond("'{kw}' expects a size in bytes from 0 to 2147483647."),
        bytes("size", i64::MIN, i64::MAX).missing(WANTS_INT),
    ))]),
    kw(
        "tune.renice.runtime",
        GLOBAL,
        ANY,
        "priority of the running process",
    )
    .takes(NICE)
    .since(3, 1),
    kw("tune.renice.startup", GLOBAL, ANY, "priority while it starts")
        .takes(NICE)
        .since(3, 1),
    kw("tune.ring.queues", GLOBAL, ANY, "queues of a ring")
        .takes(&[loose("number", 0, 16)
            .optional()
            .wrong("'{kw}' expects a number between 0 and 16 but got '{got}'.")])
        .since(3, 0),
    kw(
        "tune.runqueue-depth",
        GLOBAL,
        ANY,
        "tasks run before new events are looked for",
    )
    .takes(INT)
    .checked(g::number_once),
    kw("tune.sched.low-latency", GLOBAL, ANY, "light tasks first").takes(ON_OFF),
    kw(
        "tune.sndbuf.backend",
        GLOBAL,
        ANY,
        "send buffer of server sockets of datagrams",
    )
    .takes(BUFFER)
    .since(2, 9),
    kw("tune.sndbuf.client", GLOBAL, ANY, "send buffer of client sockets")
        .takes(BYTES)
        .acts(g::tune),
    kw(
        "tune.sndbuf.frontend",
        GLOBAL,
        ANY,
        "send buffer of listening sockets of datagrams",
    )
    .takes(BUFFER)
    .since(2, 9),
    kw("tune.sndbuf.server", GLOBAL, ANY, "send buffer of server sockets")
        .takes(BYTES)
        .acts(g::tune),
    kw("tune.stick-counters", GLOBAL, ANY, "stick counters of a stream")
        .takes(&[
            int("number", 0, i64::MAX)
                .optional()
                .wrong("{kw}: '{got}' is an invalid number")
                .beyond("{kw}: the number of stick-counters may not be negative (was {got})"),
            IGNORED,
        ])
        .since(2, 8)
        .acts(g::tune),
    kw(
        "tune.streams-elasticity",
        GLOBAL,
        ANY,
        "how far streams adapt to the number of connections",
    )
    .takes(&[arg("percent", Kind::Custom(g::ELASTICITY))
        .missing("'{kw}' expects 0 or a positive percentage value of 100 or above")])
    .since(3, 4),
    kw(
        "tune.takeover-other-tg-connections",
        GLOBAL,
        ANY,
        "idle connections taken from other thread groups",
    )
    .takes(&[one_of("mode", &["none", "restricted", "full"])
        .missing("'{kw}' expects 'none', 'restricted', or 'full'")
        .wrong("'{kw}' expects 'none', 'restricted', or 'full', got '{got}'")])
    .since(3, 2),
    kw(
        "tune.vars.check-max-size",
        GLOBAL,
        ANY,
        "bytes that variables of checks may take",
    )
    .takes(VARS_SIZE),
    kw(
        "tune.vars.global-max-size",
        GLOBAL,
        ANY,
        "bytes that variables of all may take",
    )
    .takes(VARS_SIZE)
    .acts(g::tune),
    kw(
        "tune.vars.proc-max-size",
        GLOBAL,
        ANY,
        "bytes that variables of the process may take",
    )
    .takes(VARS_SIZE)
    .acts(g::tune),
    kw(
        "tune.vars.reqres-max-size",
        GLOBAL,
        ANY,
        "bytes that variables of a request or a response may take",
    )
    .takes(VARS_SIZE)
    .acts(g::tune),
    kw(
        "tune.vars.sess-max-size",
        GLOBAL,
        ANY,
        "bytes that variables of a session may take",
    )
    .takes(VARS_SIZE)
    .acts(g::tune),
    kw(
        "tune.vars.txn-max-size",
        GLOBAL,
        ANY,
        "bytes that variables of a transaction may take",
    )
    .takes(VARS_SIZE)
    .acts(g::tune),
    kw(
        "tune.zlib.memlevel",
        GLOBAL,
        ANY,
        "memory of compression with zlib",
    )
    .takes(&[loose("level", 1, 9).words("'{kw}' expects a numeric value between 1 and 9")]),
    kw(
        "tune.zlib.windowsize",
        GLOBAL,
        ANY,
        "window of compression with zlib",
    )
    .takes(&[loose("size", 8, 15).words("'{kw}' expects a numeric value between 8 and 15")]),
];
