//! Rows of `global`: libraries that recognize devices.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::INT_MAX;
use crate::signature::{loose, path, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw(
        "51degrees-cache-size",
        GLOBAL,
        ANY,
        "results that are remembered (51Degrees)",
    )
    .takes(&[loose("number", 0, INT_MAX)]),
    kw("51degrees-data-file", GLOBAL, ANY, "data of 51Degrees").takes(&[path("path")]),
    kw(
        "51degrees-property-name-list",
        GLOBAL,
        ANY,
        "properties that are looked up (51Degrees)",
    )
    .takes(&[text("names").many()]),
    kw(
        "51degrees-property-separator",
        GLOBAL,
        ANY,
        "what stands between properties (51Degrees)",
    )
    .takes(&[text("separator")]),
    kw("deviceatlas-json-file", GLOBAL, ANY, "data of DeviceAtlas").takes(&[path("path")]),
    kw("deviceatlas-log-level", GLOBAL, ANY, "how much DeviceAtlas tells").takes(&[loose("level", 0, 3)]),
    kw(
        "deviceatlas-properties-cookie",
        GLOBAL,
        ANY,
        "cookie with properties (DeviceAtlas)",
    )
    .takes(&[text("name")]),
    kw(
        "deviceatlas-separator",
        GLOBAL,
        ANY,
        "what stands between properties (DeviceAtlas)",
    )
    .takes(&[text("separator")]),
    kw(
        "wurfl-cache-size",
        GLOBAL,
        ANY,
        "results that are remembered (WURFL)",
    )
    .takes(&[text("size")]),
    kw("wurfl-data-file", GLOBAL, ANY, "data of WURFL").takes(&[path("path")]),
    kw(
        "wurfl-information-list",
        GLOBAL,
        ANY,
        "properties that are looked up (WURFL)",
    )
    .takes(&[text("names").many()]),
    kw(
        "wurfl-information-list-separator",
        GLOBAL,
        ANY,
        "what stands between properties (WURFL)",
    )
    .takes(&[text("separator")]),
];
