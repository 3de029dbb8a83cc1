//! What the rows of haproxy.cfg are told apart by: the places that a keyword may stand in, and what carries a line out.

pub(crate) use syntax::table::kw;

use crate::parse::{Line, Reading};
use crate::signature::Arg;

/// A row of haproxy.cfg with what acts on it and what its arguments are.
pub type Keyword<P> = syntax::table::Keyword<P, Arg>;
/// Finds rows of haproxy.cfg by name.
pub(crate) type Index<P> = syntax::table::Index<P, Arg>;

/// Where a keyword may stand, as bits of [`syntax::KeywordRow::places`].
pub mod place {
    /// `global`.
    pub const GLOBAL: u32 = 1;
    /// `defaults` without a name.
    pub const ANONYMOUS_DEFAULTS: u32 = 1 << 1;
    /// `defaults` with a name.
    pub const NAMED_DEFAULTS: u32 = 1 << 2;
    /// Any `defaults`.
    pub const DEFAULTS: u32 = ANONYMOUS_DEFAULTS | NAMED_DEFAULTS;
    /// `frontend`.
    pub const FRONTEND: u32 = 1 << 3;
    /// `backend`.
    pub const BACKEND: u32 = 1 << 4;
    /// `listen`.
    pub const LISTEN: u32 = 1 << 5;
    /// The section line itself.
    pub const TOP: u32 = 1 << 6;
    /// `bind` lines.
    pub const BIND: u32 = 1 << 7;
    /// `server` and `default-server` lines.
    pub const SERVER: u32 = 1 << 8;
    /// Sections that are only read.
    pub const OTHER: u32 = 1 << 9;
    /// Of an option of proxies: it means something in `mode http` alone.
    pub const HTTP: u32 = 1 << 10;
    /// Of an option of `bind`: it is about TLS.
    pub const TLS: u32 = 1 << 11;
    /// Of the same: lines of a `crt-list` take it, too.
    pub const CRT_LIST: u32 = 1 << 12;

    /// What takes connections.
    pub const FE: u32 = FRONTEND | LISTEN;
    /// What has servers.
    pub const BE: u32 = BACKEND | LISTEN;
    /// Every proxy.
    pub const PX: u32 = FRONTEND | LISTEN | BACKEND;
}

/// Rule sets that an action may stand in, as bits of [`syntax::KeywordRow::places`].
pub mod rule_set {
    /// `tcp-request connection`.
    pub const TCP_CONN: u32 = 1;
    /// `tcp-request session`.
    pub const TCP_SESS: u32 = 1 << 1;
    /// `tcp-request content`.
    pub const TCP_REQ: u32 = 1 << 2;
    /// `tcp-response content`.
    pub const TCP_RES: u32 = 1 << 3;
    /// `http-request`.
    pub const HTTP_REQ: u32 = 1 << 4;
    /// `http-response`.
    pub const HTTP_RES: u32 = 1 << 5;
    /// `http-after-response`.
    pub const HTTP_AFTER: u32 = 1 << 6;
    /// `quic-initial`.
    pub const QUIC_INI: u32 = 1 << 7;
    /// The keyword `redirect`; no set that a file names.
    pub const REDIRECT: u32 = 1 << 8;
    /// `stats http-request`; no set of actions that may stand in others.
    pub const STATS: u32 = 1 << 9;

    /// What a file calls each.
    pub const NAMES: syntax::reference::PlaceNames<'static> = &[
        (TCP_CONN, "tcp-request connection"),
        (TCP_SESS, "tcp-request session"),
        (TCP_REQ, "tcp-request content"),
        (TCP_RES, "tcp-response content"),
        (HTTP_REQ, "http-request"),
        (HTTP_RES, "http-response"),
        (HTTP_AFTER, "http-after-response"),
        (QUIC_INI, "quic-initial"),
    ];
}

/// What carries a line out.
pub(crate) type Parse = for<'h> fn(&mut Reading<'h>, &Line<'_>);
