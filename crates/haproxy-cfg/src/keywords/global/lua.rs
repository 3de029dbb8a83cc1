//! Rows of `global`: Lua.

use syntax::Arity;

use super::super::row::{Keyword, Parse, kw, place::GLOBAL};
use super::arguments::{LUA_TIME, ON_OFF};
use crate::parse::global as g;
use crate::signature::{IGNORED, Kind, arg, int, list, one_of, path, text};

const ANY: Arity = Arity::ANY;

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("lua-load", GLOBAL, ANY, "Lua file that all threads share").takes(&[
        arg("path", Kind::Custom(g::LUA_FILE)).missing("'{kw}' expects a file name as parameter."),
        text("arguments").any(),
    ]),
    kw(
        "lua-load-per-thread",
        GLOBAL,
        ANY,
        "Lua file that each thread loads",
    )
    .takes(&[
        arg("path", Kind::Custom(g::LUA_FILE)).missing("'{kw}' expects a file as parameter."),
        text("arguments").any(),
    ]),
    kw("lua-prepend-path", GLOBAL, ANY, "where Lua looks for modules").takes(&[
        path("path").missing("'{kw}' expects to receive a <path> as argument"),
        one_of("type", &["path", "cpath"])
            .optional()
            .wrong("'{kw}' expects <type> to either be 'path' or 'cpath'"),
    ]),
    kw(
        "tune.lua.bool-sample-conversion",
        GLOBAL,
        ANY,
        "what Lua sees of booleans",
    )
    .takes(&[one_of("mode", &["normal", "pre-3.1-bug"])
        .words("'{kw}' expects either 'normal' or 'pre-3.1-bug' but got '{got}'.")])
    .since(3, 2),
    kw(
        "tune.lua.burst-timeout",
        GLOBAL,
        ANY,
        "time of Lua without a pause",
    )
    .takes(LUA_TIME)
    .since(2, 8),
    kw(
        "tune.lua.forced-yield",
        GLOBAL,
        ANY,
        "instructions after which Lua pauses",
    )
    .takes(&[
        int("number", i64::MIN, i64::MAX)
            .optional()
            .wrong("{kw}: invalid number"),
        IGNORED,
    ]),
    kw(
        "tune.lua.log.loggers",
        GLOBAL,
        ANY,
        "Lua logs where the proxy logs",
    )
    .takes(ON_OFF)
    .since(2, 9),
    kw("tune.lua.log.stderr", GLOBAL, ANY, "Lua logs to standard error")
        .takes(&[one_of("switch", &["on", "auto", "off"])
            .words("'{kw}' expects either 'on', 'auto', or 'off' but got '{got}'.")])
        .since(2, 9),
    kw("tune.lua.maxmem", GLOBAL, ANY, "memory of Lua").takes(&[
        int("megabytes", i64::MIN, i64::MAX)
            .missing("'{kw}' expects an integer argument (Lua memory size in MB).")
            .wrong("{kw}: invalid number {got} (error at '{byte}')"),
        IGNORED,
    ]),
    kw("tune.lua.openlibs", GLOBAL, ANY, "Lua libraries that are there")
        .takes(&[list(
            "libraries",
            &[
                "none", "all", "debug", "io", "math", "os", "package", "string", "table", "utf8",
            ],
        )
        .missing(
            "'{kw}' expects 'all', 'none', or a comma-separated list of libraries: \
             table,io,os,string,math,utf8,package,debug",
        )
        .wrong(
            "'{kw}': unknown library '{got}', expected one of: \
             all,none,table,io,os,string,math,utf8,package,debug",
        )])
        .since(3, 4),
    kw("tune.lua.service-timeout", GLOBAL, ANY, "time of a Lua service").takes(LUA_TIME),
    kw(
        "tune.lua.session-timeout",
        GLOBAL,
        ANY,
        "time of Lua in a session",
    )
    .takes(LUA_TIME),
    kw("tune.lua.task-timeout", GLOBAL, ANY, "time of a Lua task").takes(LUA_TIME),
];
