//! Actions on maps, lists of ACLs, and the cache.

use super::{ANY, Action, HTTP, kw};
use crate::keywords::row::rule_set::{HTTP_REQ, HTTP_RES};
use crate::parse::rules::arguments::{file, format};
use crate::parse::rules::names;
use crate::signature::{Arg, needs};

const KEY: &[Arg] = &[
    file("file"),
    needs(1, "expects exactly 1 arguments"),
    format("key"),
];
const CACHE: &[Arg] = &[names::cache("name").missing("expects a cache name")];

pub(super) const ROWS: &[Action] = &[
    kw("add-acl*", HTTP_REQ | HTTP_RES, ANY, "adds to a list of patterns")
        .takes(KEY)
        .acts(HTTP_REQ | HTTP_RES),
    kw("cache-store", HTTP_RES, ANY, "keeps the answer in the cache")
        .takes(CACHE)
        .acts(HTTP_RES),
    kw("cache-use", HTTP_REQ, ANY, "answers from the cache")
        .takes(CACHE)
        .acts(HTTP_REQ),
    kw("del-acl*", HTTP, ANY, "deletes from a list of patterns")
        .takes(KEY)
        .acts(HTTP),
    kw("del-map*", HTTP, ANY, "deletes from a map")
        .takes(KEY)
        .acts(HTTP),
    kw("set-map*", HTTP, ANY, "sets a value of a map")
        .takes(&[
            file("file"),
            needs(2, "expects exactly 2 arguments"),
            format("key"),
            format("value"),
        ])
        .acts(HTTP),
];
