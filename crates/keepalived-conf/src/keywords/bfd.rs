//! Keywords of `bfd_instance`.

use syntax::Arity;
use syntax::table::kw;

use super::Row;
use super::place::BFD;

/// Keywords of `bfd_instance`.
pub(super) const ROWS: &[Row] = &[
    kw("checker", BFD, Arity::exactly(0), "tracked by checks alone"),
    kw("hoplimit", BFD, Arity::exactly(1), "hop limit of packets"),
    kw(
        "idle_tx",
        BFD,
        Arity::exactly(1),
        "milliseconds between packets while it is down",
    ),
    kw(
        "max_hops",
        BFD,
        Arity::exactly(1),
        "how many routers may lie between",
    ),
    kw(
        "min_rx",
        BFD,
        Arity::exactly(1),
        "milliseconds between packets that come in",
    ),
    kw(
        "min_tx",
        BFD,
        Arity::exactly(1),
        "milliseconds between packets that go out",
    ),
    kw("multihop", BFD, Arity::exactly(0), "routers may lie between").since(2, 3),
    kw(
        "multiplier",
        BFD,
        Arity::exactly(1),
        "packets that must be missed",
    ),
    kw("neighbor_ip", BFD, Arity::exactly(1), "the neighbour's address"),
    kw("neighbour_ip", BFD, Arity::exactly(1), "the neighbour's address"),
    kw(
        "passive",
        BFD,
        Arity::exactly(0),
        "wait for the neighbour to begin",
    ),
    kw("source_ip", BFD, Arity::exactly(1), "our address"),
    kw("ttl", BFD, Arity::exactly(1), "TTL of packets"),
    kw("vrrp", BFD, Arity::exactly(0), "tracked by VRRP alone"),
    kw(
        "weight",
        BFD,
        Arity::between(1, 2),
        "what is added to the priority",
    ),
];
