//! Names behind `filter` and `use-service`: what the original plugs in by name.

use syntax::Version;

use crate::dialect::Dialect;

/// A filter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filter {
    /// Its name.
    pub(crate) name: &'static str,
    /// What listings call its kind.
    pub(crate) kind: &'static str,
    /// First version that has it.
    since: Version,
}

const fn filter(name: &'static str, kind: &'static str, since: (u16, u16)) -> Filter {
    Filter {
        name,
        kind,
        since: Version::new(since.0, since.1),
    }
}

const FILTERS: [Filter; 10] = [
    filter("bwlim-in", "BWLIM", (2, 7)),
    filter("bwlim-out", "BWLIM", (2, 7)),
    filter("cache", "CACHE", (1, 8)),
    filter("comp-req", "COMP", (3, 4)),
    filter("comp-res", "COMP", (3, 4)),
    filter("compression", "COMP", (1, 7)),
    filter("fcgi-app", "FCGI", (2, 1)),
    filter("opentracing", "OT", (2, 4)),
    filter("spoe", "SPOE", (1, 7)),
    filter("trace", "TRACE", (1, 7)),
];

/// The filters of a dialect.
pub(crate) fn filters(dialect: Dialect) -> impl Iterator<Item = Filter> {
    FILTERS
        .into_iter()
        .filter(move |filter| !dialect.strict || filter.since <= dialect.version)
}

/// Services.
pub(crate) const SERVICES: &[&str] = &["prometheus-exporter"];
