//! Rows of `global`: QUIC.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{FLAG, NAMED_TIME, NOT_ZERO};
use crate::parse::global as g;
use crate::signature::{Arg, Kind, arg, millis, one_of};

const ANY: Arity = Arity::ANY;
/// A time without activity.
const IDLE: &[Arg] = &[millis("time")
    .missing("unexpected character '")
    .time_words(&NAMED_TIME)];
/// A switch of one side.
const QUIC_SWITCH: &[Arg] = &[one_of("switch", &["on", "off"]).words("'{kw}' expects 'on' or 'off'.")];

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "limited-quic",
        GLOBAL,
        ANY,
        "QUIC with a TLS library that lacks part of it",
    )
    .takes(FLAG)
    .since(2, 9),
    kw("no-quic", GLOBAL, ANY, "no QUIC at all")
        .takes(FLAG)
        .since(2, 8),
    kw(
        "tune.quic.backend.max-idle-timeout",
        GLOBAL,
        ANY,
        "pause after which a QUIC connection to a server ends",
    )
    .takes(&[millis("time")])
    .warned(3, 3)
    .removed(3, 5)
    .instead("tune.quic.be.max-idle-timeout"),
    kw(
        "tune.quic.frontend.conn-tx-buffers.limit",
        GLOBAL,
        ANY,
        "buffers that a QUIC connection sends from",
    )
    .takes(NOT_ZERO)
    .removed(3, 3)
    .instead("tune.quic.mem.tx-max")
    .keeps(g::obsolete_buffers),
    kw(
        "tune.quic.frontend.max-idle-timeout",
        GLOBAL,
        ANY,
        "pause after which a QUIC connection ends",
    )
    .takes(&[millis("time")
        .missing("unexpected character '")
        .time_words(&NAMED_TIME)])
    .warned(3, 3)
    .removed(3, 5)
    .instead("tune.quic.fe.max-idle-timeout"),
    kw(
        "tune.quic.frontend.max-streams-bidi",
        GLOBAL,
        ANY,
        "streams of a QUIC connection",
    )
    .takes(NOT_ZERO)
    .since(2, 7)
    .warned(3, 3)
    .removed(3, 5)
    .instead("tune.quic.fe.stream.max-concurrent"),
    kw(
        "tune.quic.retry-threshold",
        GLOBAL,
        ANY,
        "half-open QUIC connections from which clients must prove their address",
    )
    .takes(NOT_ZERO)
    .warned(3, 3)
    .removed(3, 5)
    .instead("tune.quic.fe.sec.retry-threshold"),
    kw("tune.quic.listen", GLOBAL, ANY, "whether QUIC is listened for")
        .takes(QUIC_SWITCH)
        .since(3, 3),
    kw("tune.quic.mem.tx-max", GLOBAL, ANY, "memory that QUIC sends from")
        .takes(&[arg("size", Kind::Rest(g::QUIC_MEMORY))])
        .since(3, 3),
    kw(
        "tune.quic.be.cc.cubic-min-losses",
        GLOBAL,
        ANY,
        "losses from which the window of a connection to a server shrinks",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.be.cc.hystart",
        GLOBAL,
        ANY,
        "leave slow start of a connection to a server early",
    )
    .takes(QUIC_SWITCH)
    .since(3, 3),
    kw(
        "tune.quic.be.cc.max-frame-loss",
        GLOBAL,
        ANY,
        "losses after which a connection to a server is closed",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.be.cc.max-win-size",
        GLOBAL,
        ANY,
        "congestion window of a connection to a server",
    )
    .takes(&[arg("size", Kind::Rest(g::QUIC_WINDOW))])
    .since(3, 3),
    kw(
        "tune.quic.be.cc.reorder-ratio",
        GLOBAL,
        ANY,
        "how far packets of a connection to a server may be out of order",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.be.max-idle-timeout",
        GLOBAL,
        ANY,
        "pause after which a connection to a server ends",
    )
    .takes(IDLE)
    .since(3, 3),
    kw(
        "tune.quic.be.sec.glitches-threshold",
        GLOBAL,
        ANY,
        "faults after which a connection to a server is closed",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.be.stream.data-ratio",
        GLOBAL,
        ANY,
        "share of a stream in the window of a connection to a server",
    )
    .takes(&[arg("percent", Kind::Rest(g::QUIC_DATA_RATIO))])
    .since(3, 3),
    kw(
        "tune.quic.be.stream.max-concurrent",
        GLOBAL,
        ANY,
        "streams of a connection to a server",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.be.stream.rxbuf",
        GLOBAL,
        ANY,
        "bytes received for a connection to a server",
    )
    .takes(&[arg("size", Kind::Rest(g::QUIC_DATA))])
    .since(3, 3),
    kw(
        "tune.quic.be.tx.pacing",
        GLOBAL,
        ANY,
        "send on a connection to a server with pacing",
    )
    .takes(QUIC_SWITCH)
    .since(3, 3),
    kw(
        "tune.quic.be.tx.udp-gso",
        GLOBAL,
        ANY,
        "send on a connection to a server with segmentation offload",
    )
    .takes(QUIC_SWITCH)
    .since(3, 3),
    kw(
        "tune.quic.fe.cc.cubic-min-losses",
        GLOBAL,
        ANY,
        "losses from which the window of a connection of a client shrinks",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.fe.cc.hystart",
        GLOBAL,
        ANY,
        "leave slow start of a connection of a client early",
    )
    .takes(QUIC_SWITCH)
    .since(3, 3),
    kw(
        "tune.quic.fe.cc.max-frame-loss",
        GLOBAL,
        ANY,
        "losses after which a connection of a client is closed",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.fe.cc.max-win-size",
        GLOBAL,
        ANY,
        "congestion window of a connection of a client",
    )
    .takes(&[arg("size", Kind::Rest(g::QUIC_WINDOW))])
    .since(3, 3),
    kw(
        "tune.quic.fe.cc.reorder-ratio",
        GLOBAL,
        ANY,
        "how far packets of a connection of a client may be out of order",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.fe.max-idle-timeout",
        GLOBAL,
        ANY,
        "pause after which a connection of a client ends",
    )
    .takes(IDLE)
    .since(3, 3),
    kw(
        "tune.quic.fe.sec.glitches-threshold",
        GLOBAL,
        ANY,
        "faults after which a connection of a client is closed",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.fe.stream.data-ratio",
        GLOBAL,
        ANY,
        "share of a stream in the window of a connection of a client",
    )
    .takes(&[arg("percent", Kind::Rest(g::QUIC_DATA_RATIO))])
    .since(3, 3),
    kw(
        "tune.quic.fe.stream.max-concurrent",
        GLOBAL,
        ANY,
        "streams of a connection of a client",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.fe.stream.rxbuf",
        GLOBAL,
        ANY,
        "bytes received for a connection of a client",
    )
    .takes(&[arg("size", Kind::Rest(g::QUIC_DATA))])
    .since(3, 3),
    kw(
        "tune.quic.fe.tx.pacing",
        GLOBAL,
        ANY,
        "send on a connection of a client with pacing",
    )
    .takes(QUIC_SWITCH)
    .since(3, 3),
    kw(
        "tune.quic.fe.tx.udp-gso",
        GLOBAL,
        ANY,
        "send on a connection of a client with segmentation offload",
    )
    .takes(QUIC_SWITCH)
    .since(3, 3),
    kw(
        "tune.quic.fe.sec.retry-threshold",
        GLOBAL,
        ANY,
        "half-open QUIC connections from which clients must prove their address",
    )
    .takes(NOT_ZERO)
    .since(3, 3),
    kw(
        "tune.quic.fe.sock-per-conn",
        GLOBAL,
        ANY,
        "a socket for each QUIC connection",
    )
    .takes(&[one_of("mode", &["default-on", "force-off"])
        .words("'{kw}' expects either 'default-on' or 'force-off' but got '{got}'.")])
    .since(3, 3),
    kw(
        "tune.quic.fe.stream.max-total",
        GLOBAL,
        ANY,
        "streams that a connection of a client may open in its life",
    )
    .takes(NOT_ZERO)
    .since(3, 4),
];
