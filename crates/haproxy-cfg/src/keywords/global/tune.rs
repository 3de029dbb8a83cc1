//! Rows of `global`: `tune.*` of buffers, sockets, memory and the scheduler.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{BYTES, FLAG, INT, INT_MAX, INT_MIN, ON_OFF, PERCENT, SIZE, VARS_SIZE, WANTS_INT};
use crate::parse::global as g;
use crate::signature::{IGNORED, Kind, arg, bytes, int, list, loose, one_of};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "tune.buffers.limit",
        GLOBAL,
        ANY,
        "most buffers that are handed out",
    )
    .takes(INT),
    kw(
        "tune.buffers.reserve",
        GLOBAL,
        ANY,
        "buffers kept for when memory runs out",
    )
    .takes(INT),
    kw("tune.bufsize", GLOBAL, ANY, "bytes of a buffer")
        .takes(&[bytes("size", 1, INT_MAX)
            .missing(WANTS_INT)
            .wrong("'{kw}' expects a positive integer argument.")])
        .acts(g::tune),
    kw("tune.bufsize.large", GLOBAL, ANY, "bytes of a large buffer")
        .takes(SIZE)
        .since(3, 4),
    kw("tune.bufsize.small", GLOBAL, ANY, "bytes of a small buffer")
        .takes(SIZE)
        .since(3, 1),
    kw(
        "tune.cli.max-payload-size",
        GLOBAL,
        ANY,
        "bytes behind a command of the stats socket",
    )
    .takes(SIZE)
    .since(3, 4),
    kw("tune.comp.maxlevel", GLOBAL, ANY, "how hard is compressed")
        .takes(&[loose("level", 1, 9).words("'{kw}' expects a numeric value between 1 and 9")]),
    kw(
        "tune.defaults.purge",
        GLOBAL,
        ANY,
        "forget defaults sections that nothing uses",
    )
    .takes(FLAG)
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
    .takes(&[list("events", &["err", "hup", "rdhup"])])
    .since(3, 0),
    kw(
        "tune.events.max-events-at-once",
        GLOBAL,
        ANY,
        "events that a task takes at once",
    )
    .takes(&[int("number", 1, 10000)])
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
    .takes(&[one_of("shards", &["by-process", "by-thread", "by-group"])])
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
    .takes(&[int("number", 0, INT_MAX)])
    .since(2, 9),
    kw(
        "tune.max-rules-at-once",
        GLOBAL,
        ANY,
        "rules looked at before others have their turn",
    )
    .takes(&[int("number", 0, INT_MAX)])
    .since(3, 2),
    kw("tune.maxaccept", GLOBAL, ANY, "connections accepted at once")
        .takes(&[loose("number", INT_MIN, INT_MAX)
            .missing(WANTS_INT)
            .wrong("'{kw}' expects -1 or an integer from 0 to INT_MAX.")])
        .keeps(g::tune),
    kw(
        "tune.maxpollevents",
        GLOBAL,
        ANY,
        "events taken from the poller at once",
    )
    .takes(INT)
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
    .takes(SIZE)
    .since(2, 8),
    kw(
        "tune.notsent-lowat.client",
        GLOBAL,
        ANY,
        "unsent bytes that a client socket holds",
    )
    .takes(SIZE)
    .since(3, 2),
    kw(
        "tune.notsent-lowat.server",
        GLOBAL,
        ANY,
        "unsent bytes that a server socket holds",
    )
    .takes(SIZE)
    .since(3, 2),
    kw(
        "tune.pattern.cache-size",
        GLOBAL,
        ANY,
        "results of patterns that are remembered",
    )
    .takes(&[
        loose("number", 0, INT_MAX).words("'{kw}' expects a positive numeric value"),
        IGNORED,
    ]),
    kw(
        "tune.peers.max-updates-at-once",
        GLOBAL,
        ANY,
        "updates sent to a peer at once",
    )
    .takes(&[loose("number", 1, INT_MAX).words("'{kw}' expects an integer argument greater than 0.")]),
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
    .takes(SIZE)
    .since(2, 9),
    kw(
        "tune.rcvbuf.client",
        GLOBAL,
        ANY,
        "receive buffer of client sockets",
    )
    .takes(BYTES)
    .keeps(g::tune),
    kw(
        "tune.rcvbuf.frontend",
        GLOBAL,
        ANY,
        "receive buffer of listening sockets of datagrams",
    )
    .takes(SIZE)
    .since(2, 9),
    kw(
        "tune.rcvbuf.server",
        GLOBAL,
        ANY,
        "receive buffer of server sockets",
    )
    .takes(BYTES)
    .checked(g::number_once),
    kw(
        "tune.recv_enough",
        GLOBAL,
        ANY,
        "bytes after which no more is read at once",
    )
    .takes(BYTES),
    kw(
        "tune.renice.runtime",
        GLOBAL,
        ANY,
        "priority of the running process",
    )
    .takes(&[int("nice", -20, 19)])
    .since(3, 1),
    kw("tune.renice.startup", GLOBAL, ANY, "priority while it starts")
        .takes(&[int("nice", -20, 19)])
        .since(3, 1),
    kw("tune.ring.queues", GLOBAL, ANY, "queues of a ring")
        .takes(&[int("number", 1, 64)])
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
    .takes(SIZE)
    .since(2, 9),
    kw("tune.sndbuf.client", GLOBAL, ANY, "send buffer of client sockets")
        .takes(BYTES)
        .keeps(g::tune),
    kw(
        "tune.sndbuf.frontend",
        GLOBAL,
        ANY,
        "send buffer of listening sockets of datagrams",
    )
    .takes(SIZE)
    .since(2, 9),
    kw("tune.sndbuf.server", GLOBAL, ANY, "send buffer of server sockets")
        .takes(BYTES)
        .checked(g::number_once),
    kw("tune.stick-counters", GLOBAL, ANY, "stick counters of a stream")
        .takes(&[int("number", 0, 100)])
        .since(2, 8)
        .acts(g::tune),
    kw(
        "tune.streams-elasticity",
        GLOBAL,
        ANY,
        "how far streams adapt to the number of connections",
    )
    .takes(&[int("percent", 100, INT_MAX)])
    .since(3, 4),
    kw(
        "tune.takeover-other-tg-connections",
        GLOBAL,
        ANY,
        "idle connections taken from other thread groups",
    )
    .takes(&[one_of("mode", &["none", "restricted", "full"])])
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
