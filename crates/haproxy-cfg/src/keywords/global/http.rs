//! Rows of `global`: `tune.*` of HTTP and of how data is passed on.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{ANY_NUMBER, COUNT_OR_NONE, FORWARDING, INT, RXBUF, THRESHOLD, WANTS_INT};
use crate::parse::global as g;
use crate::signature::{bytes, loose, one_of};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "tune.applet.zero-copy-forwarding",
        GLOBAL,
        ANY,
        "applets pass data on without a copy",
    )
    .takes(FORWARDING)
    .since(3, 0),
    kw(
        "tune.glitches.kill.cpu-usage",
        GLOBAL,
        ANY,
        "CPU load from which faulty connections are closed",
    )
    .takes(&[loose("percent", 0, 100).words("'{kw}' expects a numeric value between 0 and 100")])
    .since(3, 2),
    kw(
        "tune.h1.be.glitches-threshold",
        GLOBAL,
        ANY,
        "faults after which a server connection is closed, HTTP/1",
    )
    .takes(THRESHOLD)
    .since(3, 4),
    kw(
        "tune.h1.fe.glitches-threshold",
        GLOBAL,
        ANY,
        "faults after which a client connection is closed, HTTP/1",
    )
    .takes(THRESHOLD)
    .since(3, 4),
    kw(
        "tune.h1.zero-copy-fwd-recv",
        GLOBAL,
        ANY,
        "HTTP/1 receives without a copy",
    )
    .takes(FORWARDING)
    .since(2, 9),
    kw(
        "tune.h1.zero-copy-fwd-send",
        GLOBAL,
        ANY,
        "HTTP/1 sends without a copy",
    )
    .takes(FORWARDING)
    .since(2, 9),
    kw(
        "tune.h2.be.glitches-threshold",
        GLOBAL,
        ANY,
        "faults after which a server connection is closed, HTTP/2",
    )
    .takes(THRESHOLD)
    .since(2, 9)
    .acts(g::tune),
    kw(
        "tune.h2.be.initial-window-size",
        GLOBAL,
        ANY,
        "bytes that a server stream may send before it waits",
    )
    .takes(THRESHOLD)
    .since(2, 8)
    .acts(g::tune),
    kw(
        "tune.h2.be.max-concurrent-streams",
        GLOBAL,
        ANY,
        "streams of a server connection at once",
    )
    .takes(THRESHOLD)
    .since(2, 8)
    .acts(g::tune),
    kw(
        "tune.h2.be.max-frames-at-once",
        GLOBAL,
        ANY,
        "frames taken from a server connection at once",
    )
    .takes(ANY_NUMBER)
    .since(3, 2),
    kw(
        "tune.h2.be.rxbuf",
        GLOBAL,
        ANY,
        "bytes received for a server connection",
    )
    .takes(RXBUF)
    .since(3, 1)
    .acts(g::tune),
    kw(
        "tune.h2.fe.glitches-threshold",
        GLOBAL,
        ANY,
        "faults after which a client connection is closed, HTTP/2",
    )
    .takes(THRESHOLD)
    .since(2, 9)
    .acts(g::tune),
    kw(
        "tune.h2.fe.initial-window-size",
        GLOBAL,
        ANY,
        "bytes that a client stream may send before it waits",
    )
    .takes(THRESHOLD)
    .since(2, 8)
    .acts(g::tune),
    kw(
        "tune.h2.fe.max-concurrent-streams",
        GLOBAL,
        ANY,
        "streams of a client connection at once",
    )
    .takes(THRESHOLD)
    .since(2, 8)
    .acts(g::tune),
    kw(
        "tune.h2.fe.max-frames-at-once",
        GLOBAL,
        ANY,
        "frames taken from a client connection at once",
    )
    .takes(ANY_NUMBER)
    .since(3, 2),
    kw(
        "tune.h2.fe.rxbuf",
        GLOBAL,
        ANY,
        "bytes received for a client connection",
    )
    .takes(RXBUF)
    .since(3, 1)
    .acts(g::tune),
    kw(
        "tune.h2.fe.max-rst-at-once",
        GLOBAL,
        ANY,
        "resets taken from a client at once",
    )
    .takes(ANY_NUMBER)
    .since(3, 2),
    kw(
        "tune.h2.fe.max-total-streams",
        GLOBAL,
        ANY,
        "streams after which a client connection is closed",
    )
    .takes(THRESHOLD)
    .since(2, 9)
    .acts(g::tune),
    kw(
        "tune.h2.header-table-size",
        GLOBAL,
        ANY,
        "bytes of the table of known headers",
    )
    .takes(&[bytes("size", 4096, 65536).words("'{kw}' expects a numeric value between 4096 and 65536.")])
    .acts(g::tune),
    kw(
        "tune.h2.initial-window-size",
        GLOBAL,
        ANY,
        "bytes that a stream may send before it waits",
    )
    .takes(COUNT_OR_NONE)
    .acts(g::tune),
    kw("tune.h2.log-errors", GLOBAL, ANY, "HTTP/2 faults that are logged")
        .takes(&[one_of("which", &["none", "connection", "stream"])
            .words("'{kw}' expects 'none', 'connection', or 'stream'")])
        .since(3, 2),
    kw(
        "tune.h2.max-concurrent-streams",
        GLOBAL,
        ANY,
        "streams of a connection at once",
    )
    .takes(COUNT_OR_NONE)
    .acts(g::tune),
    kw(
        "tune.h2.max-frame-size",
        GLOBAL,
        ANY,
        "bytes of a frame that is accepted",
    )
    .takes(&[
        bytes("size", 16384, 16777215).words("'{kw}' expects a numeric value between 16384 and 16777215.")
    ])
    .acts(g::tune),
    kw(
        "tune.h2.zero-copy-fwd-send",
        GLOBAL,
        ANY,
        "HTTP/2 sends without a copy",
    )
    .takes(FORWARDING)
    .since(2, 9),
    kw("tune.http.cookielen", GLOBAL, ANY, "bytes of a captured cookie")
        .takes(INT)
        .acts(g::tune),
    kw("tune.http.logurilen", GLOBAL, ANY, "bytes of a logged URI")
        .takes(INT)
        .acts(g::tune),
    kw("tune.http.maxhdr", GLOBAL, ANY, "headers of a head")
        .takes(&[loose("number", 1, 32767)
            .missing(WANTS_INT)
            .wrong("'{kw}' expects a numeric value between 1 and 32767")])
        .acts(g::tune),
    kw(
        "tune.pt.zero-copy-forwarding",
        GLOBAL,
        ANY,
        "TCP mode passes data on without a copy",
    )
    .takes(FORWARDING)
    .since(2, 9),
];
