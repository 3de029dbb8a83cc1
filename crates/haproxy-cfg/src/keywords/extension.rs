//! Names behind `filter` and `use-service`: what the original plugs in by name.

/// Filters: the name, and what listings call its kind.
pub(crate) const FILTERS: &[(&str, &str)] = &[
    ("bwlim-in", "BWLIM"),
    ("bwlim-out", "BWLIM"),
    ("cache", "CACHE"),
    ("comp-req", "COMP"),
    ("comp-res", "COMP"),
    ("compression", "COMP"),
    ("fcgi-app", "FCGI"),
    ("opentracing", "OT"),
    ("spoe", "SPOE"),
    ("trace", "TRACE"),
];

/// Services.
pub(crate) const SERVICES: &[&str] = &["prometheus-exporter"];
