//! Actions on counters of stick tables.

use super::{ALL, ANY, Action, EARLY, kw};
use crate::keywords::row::rule_set::{HTTP_REQ, HTTP_RES, TCP_REQ};
use crate::parse::rules::arguments::{number_or_expression, sample};
use crate::parse::rules::counters::{self, indexed, numbered, numbered_tag, tracker};
use crate::signature::{opt, option, verify};

pub(super) const ROWS: &[Action] = &[
    kw("sc-add-gpc*", ALL, ANY, "adds to a general purpose counter")
        .since(2, 8)
        .takes(&[indexed("counter"), number_or_expression("value")])
        .acts(ALL),
    kw("sc-inc-gpc*", ALL, ANY, "adds one to a general purpose counter")
        .takes(&[indexed("counter")])
        .acts(ALL),
    kw(
        "sc-inc-gpc0*",
        ALL,
        ANY,
        "adds one to the first general purpose counter",
    )
    .takes(&[numbered("counter")])
    .acts(ALL),
    kw(
        "sc-inc-gpc1*",
        ALL,
        ANY,
        "adds one to the second general purpose counter",
    )
    .takes(&[numbered("counter")])
    .acts(ALL),
    kw("sc-set-gpt*", ALL, ANY, "sets a general purpose tag")
        .takes(&[indexed("tag"), sample("value", counters::value)])
        .acts(ALL),
    kw("sc-set-gpt0*", ALL, ANY, "sets the first general purpose tag")
        .takes(&[numbered_tag("tag"), sample("value", counters::value)])
        .acts(ALL),
    kw(
        "track-sc*",
        EARLY | TCP_REQ | HTTP_REQ | HTTP_RES,
        ANY,
        "counts in a stick table from here on",
    )
    .takes(&[
        tracker("counter"),
        crate::parse::rules::arguments::expression("key"),
        option(&opt("table", &[counters::table_name("table")])),
        verify(counters::table),
    ])
    .acts(EARLY | TCP_REQ | HTTP_REQ | HTTP_RES),
];
