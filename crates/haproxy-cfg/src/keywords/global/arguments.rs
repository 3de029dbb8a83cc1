//! Signatures that several rows of `global` share, in the original's words.

use crate::signature::{
    Arg, IGNORED, Kind, Opt, TimeUnit, TimeWords, Versions, arg, bytes, choice, int, loose, measured, millis,
    one_of, opt, options, path, since, text, versions,
};

pub(super) const INT_MAX: i64 = 2_147_483_647;
pub(super) const INT_MIN: i64 = -2_147_483_648;

pub(super) const WANTS_INT: &str = "'{kw}' expects an integer argument.";
pub(super) const WANTS_TIME: &str = "'{kw}' expects <time> as argument.";
pub(super) const NODE_NAME: &str = "'{kw}' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), \
                                    dot(.), hyphen(-) or underscode(_).";

/// Nothing.
pub(super) const FLAG: &[Arg] = &[];
/// A number of any size.
pub(super) const INT: &[Arg] = &[loose("number", i64::MIN, i64::MAX).missing(WANTS_INT)];
/// A number from 0.
pub(super) const COUNT: &[Arg] = &[loose("number", 0, INT_MAX)
    .missing(WANTS_INT)
    .wrong("'{kw}' expects a positive numeric value.")];
/// A number from 0, which may be left out.
pub(super) const COUNT_OR_NONE: &[Arg] = &[bytes("number", 0, INT_MAX)
    .optional()
    .wrong("'{kw}' expects a positive numeric value.")];
/// A share.
pub(super) const PERCENT: &[Arg] =
    &[loose("percent", 0, 100).words("'{kw}' expects an integer argument between 0 and 100.")];
/// Bytes, as all versions read them.
pub(super) const BYTES: &[Arg] = &[since(&BYTES_OF_VERSIONS)];
const BYTES_OF_VERSIONS: Versions = versions(
    3,
    1,
    MEASURED,
    bytes("size", i64::MIN, i64::MAX).missing(WANTS_INT),
);
/// Bytes, with what is said of them since units are known.
pub(super) const MEASURED: Arg = measured("size", 0)
    .missing(WANTS_INT)
    .wrong("unexpected '{rest}' after size passed to '{kw}'");
/// Bytes, one at least, of buffers of sockets that came with 2.9.
pub(super) const BUFFER: &[Arg] = &[measured("size", 1)
    .missing("unexpected '' after size passed to '{kw}'")
    .wrong("unexpected '{rest}' after size passed to '{kw}'")
    .beyond("'{kw}' expects a strictly positive integer argument.")];
/// Bytes that are received.
pub(super) const RXBUF: &[Arg] = &[measured("size", 0)
    .missing("'{kw}': unexpected character '")
    .wrong("'{kw}': unexpected character '{byte}' in size argument '{got}'.")];
/// A number from 0, for which the original takes what has no digits, and nothing at all.
pub(super) const THRESHOLD: &[Arg] = &[loose("number", 0, i64::MAX)
    .optional()
    .wrong("'{kw}' expects a positive numeric value.")];
/// A number; none is 0.
pub(super) const ANY_NUMBER: &[Arg] = &[loose("number", i64::MIN, i64::MAX).optional()];
/// A number other than 0.
pub(in crate::keywords) const NOT_ZERO: &[Arg] =
    &[arg("number", Kind::NonZero { max: i64::MAX }).words("'{kw}' expects a positive integer.")];
/// A count of buffers.
pub(super) const BUFFERS: &[Arg] = &[since(&BUFFERS_OF_VERSIONS)];
const BUFFERS_OF_VERSIONS: Versions = versions(
    2,
    7,
    loose("number", 0, INT_MAX)
        .optional()
        .wrong("'{kw}' expects a non-negative number but got '{got}'."),
    loose("number", i64::MIN, i64::MAX).missing(WANTS_INT),
);
/// Bytes of variables.
pub(super) const VARS_SIZE: &[Arg] = &[
    arg("size", Kind::Custom(crate::parse::global::VARS_SIZE)).optional(),
    IGNORED,
];
/// A switch.
pub(super) const ON_OFF: &[Arg] =
    &[one_of("switch", &["on", "off"]).words("'{kw}' expects either 'on' or 'off' but got '{got}'.")];
/// A switch of passing data on.
pub(in crate::keywords) const FORWARDING: &[Arg] =
    &[one_of("switch", &["on", "off"]).words("'{kw}' expects 'on' or 'off'.")];
/// A switch against clients with low ports.
pub(super) const HARDEN: &[Arg] = &[
    one_of("switch", &["on", "off"]).words("'{kw}' expects either 'on' or 'off'."),
    IGNORED,
];
/// A folder that relative paths start from.
pub(super) const FOLDER: &[Arg] =
    &[path("path").missing("global statement '{kw}' expects a directory path as an argument.")];
/// Status codes.
pub(super) const STATUS_RANGES: &[Arg] = &[arg("ranges", Kind::Custom(crate::parse::global::STATUS_RANGES))
    .many()
    .missing("Missing status codes range for '{kw}'.")];
/// Ciphers.
pub(super) const CIPHERS: &[Arg] =
    &[text("ciphers").missing("global statement '{kw}' expects a cipher suite as an argument.")];
/// Signature algorithms.
pub(super) const SIGALGS: &[Arg] =
    &[text("algorithms").missing("global statement '{kw}' expects signature algorithms as an arguments.")];
/// A variable of the environment and its value.
pub(super) const VARIABLE: &[Arg] = &[
    text("name").missing("'{kw}' expects a name and a value.").tight(),
    text("value")
        .missing("'{kw}' expects a name and a value.")
        .tight(),
    IGNORED,
];

const LUA_TIME_WORDS: TimeWords = TimeWords {
    unexpected: "{kw}: invalid timeout",
    overflow: "timer overflow in argument <{got}> to <{kw}> (maximum value is 2147483647 ms or ~24.8 days)",
    underflow: "",
};

/// A limit for Lua.
pub(super) const LUA_TIME: &[Arg] = &[
    arg(
        "time",
        Kind::Time {
            unit: TimeUnit::Millis,
            words: &LUA_TIME_WORDS,
        },
    )
    .missing("{kw}: invalid timeout"),
    IGNORED,
];

/// What is said of times in some places.
pub(in crate::keywords) const NAMED_TIME: TimeWords = TimeWords {
    unexpected: "unexpected character '{byte}' in '{kw}'",
    overflow: "timer overflow in argument '{got}' to '{kw}' (maximum value is 2147483647 ms or ~24.8 days)",
    underflow: "",
};

/// What is said of times of `max-spread-checks`.
pub(super) const SPREAD_TIME: TimeWords = TimeWords {
    unexpected: "unsupported character '{byte}' in '{kw}' (wants an integer delay).",
    overflow: "timer overflow in argument <{got}> to <{kw}>, maximum value is 2147483647 ms (~24.8 days).",
    underflow: "",
};

/// What `default-path` starts from.
pub(super) const PATH_MODES: &[Opt] = &[
    opt("current", &[]),
    opt("config", &[]),
    opt("parent", &[]),
    opt(
        "origin",
        &[arg("path", Kind::Custom(crate::parse::global::ORIGIN))
            .missing("'default-path origin' expects a directory as an argument.")],
    ),
];

/// Defaults of unix sockets.
pub(super) const UNIX_OPTIONS: &[Opt] = &[
    opt(
        "prefix",
        &[path("path").missing("unix_bind 'prefix' expects a path as an argument.")],
    ),
    opt(
        "mode",
        &[arg("mode", Kind::Custom(crate::parse::global::OCTAL)).optional()],
    ),
    opt("uid", &[loose("number", i64::MIN, i64::MAX).optional()]),
    opt("gid", &[loose("number", i64::MIN, i64::MAX).optional()]),
    opt(
        "user",
        &[arg("name", Kind::Rest(crate::parse::global::SOCKET_USER))],
    ),
    opt(
        "group",
        &[arg("name", Kind::Rest(crate::parse::global::SOCKET_GROUP))],
    ),
];

/// CPUs that are taken or left out.
pub(super) const CPU_SETS: &[Opt] = &[
    opt("reset", &[]),
    opt("drop-cpu", CPUS),
    opt("only-cpu", CPUS),
    opt("drop-node", CPUS),
    opt("only-node", CPUS),
    opt("drop-cluster", CPUS),
    opt("only-cluster", CPUS),
    opt("drop-core", CPUS),
    opt("only-core", CPUS),
    opt("drop-thread", CPUS),
    opt("only-thread", CPUS),
];

const CPUS: &[Arg] = &[arg("set", Kind::Custom(crate::parse::global::CPUS))];

const fn option_list(options: &'static [Opt]) -> Arg {
    choice("option", options)
        .many()
        .missing("global statement '{kw}' expects an option as an argument.")
        .wrong("unknown option '{got}' on global statement '{kw}'.")
}

/// Options of TLS on `bind` lines.
pub(super) const BIND_OPTIONS: &[Arg] = &[option_list(&[
    opt("no-sslv3", &[]),
    opt("no-tlsv10", &[]),
    opt("no-tlsv11", &[]),
    opt("no-tlsv12", &[]),
    opt("no-tlsv13", &[]),
    opt("force-sslv3", &[]),
    opt("force-tlsv10", &[]),
    opt("force-tlsv11", &[]),
    opt("force-tlsv12", &[]),
    opt("force-tlsv13", &[]),
    opt("ssl-min-ver", VERSION),
    opt("ssl-max-ver", VERSION),
    opt("no-tls-tickets", &[]),
    opt("tls-tickets", &[]).since(3, 0),
    opt("prefer-client-ciphers", &[]),
    opt("strict-sni", &[]).since(3, 0),
    opt("no-strict-sni", &[]).since(3, 0),
    opt("allow-0rtt", &[]).since(3, 5),
])];

/// Options of TLS towards servers.
pub(super) const SERVER_OPTIONS: &[Arg] = &[option_list(&[
    opt("no-sslv3", &[]),
    opt("no-tlsv10", &[]),
    opt("no-tlsv11", &[]),
    opt("no-tlsv12", &[]),
    opt("no-tlsv13", &[]),
    opt("force-sslv3", &[]),
    opt("force-tlsv10", &[]),
    opt("force-tlsv11", &[]),
    opt("force-tlsv12", &[]),
    opt("force-tlsv13", &[]),
    opt("ssl-min-ver", VERSION),
    opt("ssl-max-ver", VERSION),
    opt("no-tls-tickets", &[]),
    opt("tls-tickets", &[]).since(3, 3),
    opt("ssl-reuse", &[]).since(3, 5),
    opt("no-ssl-reuse", &[]).since(3, 5),
    opt("renegotiate", &[]).since(3, 3),
    opt("no-renegotiate", &[]).since(3, 3),
])];

const VERSION: &[Arg] = &[arg("version", Kind::Rest(crate::parse::global::TLS_VERSION))];

/// A target of logs.
pub(in crate::keywords) const LOG_TARGET: &[Arg] = &[
    text("address"),
    options(&[
        opt("len", &[int("bytes", 80, 65535)]),
        opt("profile", &[text("name")]).since(3, 1),
        opt("format", &[one_of("format", LOG_FORMATS)]),
        opt("sample", &[text("ranges")]),
    ]),
    one_of("facility", FACILITIES),
    one_of("level", LEVELS).optional(),
    one_of("minlevel", LEVELS).optional(),
];

/// Formats of log lines.
pub(in crate::keywords) const LOG_FORMATS: &[&str] = &[
    "rfc3164", "rfc5424", "priority", "short", "timed", "iso", "local", "raw",
];

const LEVELS: &[&str] = &[
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug",
];

const FACILITIES: &[&str] = &[
    "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp", "ntp",
    "audit", "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6",
    "local7",
];

/// What `stats` of the global section sets.
pub(super) const STATS: &[Arg] = &[choice(
    "what",
    &[
        opt("socket", &[text("address"), text("options").any()]),
        opt("timeout", &[millis("time")]),
        opt("maxconn", &[loose("number", 1, INT_MAX)]),
        opt("bind-process", &[text("processes").any()]),
    ],
)];
