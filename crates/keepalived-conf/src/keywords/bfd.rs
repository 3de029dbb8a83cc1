//! Keywords of `bfd_instance`.

use syntax::Arity;
use syntax::table::kw;

use super::place::BFD;
use super::{Act, Row};
use crate::parse::bfd;

/// Keywords of `bfd_instance`.
pub(super) const ROWS: &[Row] = &[
    kw("checker", BFD, Arity::exactly(0), "tracked by checks alone").acts(Act::Line(bfd::checker)),
    kw("hoplimit", BFD, Arity::exactly(1), "hop limit of packets").acts(Act::Line(bfd::hoplimit)),
    kw(
        "idle_tx",
        BFD,
        Arity::exactly(1),
        "milliseconds between packets while it is down",
    )
    .acts(Act::Line(bfd::idle_tx)),
    kw(
        "max_hops",
        BFD,
        Arity::exactly(1),
        "how many routers may lie between",
    )
    .acts(Act::Line(bfd::max_hops)),
    kw(
        "min_rx",
        BFD,
        Arity::exactly(1),
        "milliseconds between packets that come in",
    )
    .acts(Act::Line(bfd::min_rx)),
    kw(
        "min_tx",
        BFD,
        Arity::exactly(1),
        "milliseconds between packets that go out",
    )
    .acts(Act::Line(bfd::min_tx)),
    kw("multihop", BFD, Arity::exactly(0), "routers may lie between")
        .acts(Act::Line(bfd::multihop))
        .since(2, 3),
    kw(
        "multiplier",
        BFD,
        Arity::exactly(1),
        "packets that must be missed",
    )
    .acts(Act::Line(bfd::multiplier)),
    kw("neighbor_ip", BFD, Arity::exactly(1), "the neighbour's address").acts(Act::Line(bfd::neighbor_ip)),
    kw("neighbour_ip", BFD, Arity::exactly(1), "the neighbour's address").acts(Act::Line(bfd::neighbour_ip)),
    kw(
        "passive",
        BFD,
        Arity::exactly(0),
        "wait for the neighbour to begin",
    )
    .acts(Act::Line(bfd::passive)),
    kw("source_ip", BFD, Arity::exactly(1), "our address").acts(Act::Line(bfd::source_ip)),
    kw("ttl", BFD, Arity::exactly(1), "TTL of packets").acts(Act::Line(bfd::ttl)),
    kw("vrrp", BFD, Arity::exactly(0), "tracked by VRRP alone").acts(Act::Line(bfd::vrrp)),
    kw(
        "weight",
        BFD,
        Arity::between(1, 2),
        "what is added to the priority",
    )
    .acts(Act::Line(bfd::weight)),
];
