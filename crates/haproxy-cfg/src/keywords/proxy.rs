//! Keywords of `defaults`, `frontend`, `listen` and `backend`.

use syntax::Arity;

use super::action::REDIRECT;
use super::row::{Keyword, Parse, kw, place::*};
use crate::parse::rules::{check, stick, switching};
use crate::parse::sections::named;
use crate::parse::{self, log, proxy as p, rules, source, stats, switch, timeout};
use crate::parse::{bind_tls, filter, guid, log_format, persistence, stick_table};
use crate::signature::{
    Arg, IGNORED, Kind, ReadArgument, arg, choice, ignored_before, int, loose, one_of, opt, options, path,
    seconds, size, text,
};

const ANY: Arity = Arity::ANY;
const ONE: Arity = Arity::at_least(1);
const TWO: Arity = Arity::at_least(2);

/// Proxies, and defaults that have a name: what they hold is inherited by name alone.
const RULES: u32 = NAMED_DEFAULTS | PX;

const HASH_FUNCTION: &[Arg] = &[
    choice(
        "function",
        &[
            opt("sdbm", &[]),
            opt("djb2", &[]),
            opt("crc32", &[]),
            opt("wt6", &[]),
            opt("none", &[]).since(2, 9),
        ],
    )
    .optional()
    .wrong("'hash-type' only supports 'sdbm', 'djb2', 'crc32', or 'wt6' hash functions."),
    one_of("modifier", &["avalanche"])
        .optional()
        .wrong("'hash-type' only supports 'avalanche' as a modifier for hash functions."),
];

const HASH_TYPE: &[Arg] = &[
    choice(
        "method",
        &[
            opt("consistent", HASH_FUNCTION),
            opt("map-based", HASH_FUNCTION),
            opt(
                "avalanche",
                &[arg("old", Kind::Rest(ReadArgument(persistence::bare_avalanche)))],
            ),
        ],
    )
    .words("'hash-type' only supports 'consistent' and 'map-based'."),
    IGNORED,
];

const ERRORLOC: &[Arg] = &[
    arg("status", Kind::Custom(named::STATUS))
        .missing("{kw} : expects <status_code> and <url> as arguments."),
    text("url").missing("{kw} : expects <status_code> and <url> as arguments."),
    ignored_before(3, 0),
];

const ALGORITHMS: &[Arg] = &[arg(
    "algorithms",
    Kind::Rest(ReadArgument(persistence::algorithms)),
)];
const TYPES: &[Arg] = &[text("type").many().missing("'compression' expects <type>.")];

const COMPRESSION: &[Arg] = &[
    choice(
        "what",
        &[
            opt("algo", ALGORITHMS),
            opt("algo-req", ALGORITHMS).since(2, 8),
            opt("algo-res", ALGORITHMS).since(2, 8),
            opt("type", TYPES),
            opt("type-req", TYPES).since(2, 8),
            opt("type-res", TYPES).since(2, 8),
            opt(
                "offload",
                &[arg("", Kind::Rest(ReadArgument(persistence::offload)))],
            ),
            opt(
                "direction",
                &[one_of("direction", &["request", "response", "both"])],
            )
            .since(2, 8),
            opt("minsize-req", &[size("size")]).since(3, 2),
            opt("minsize-res", &[size("size")]).since(3, 2),
        ],
    )
    .words("'compression' expects 'algo', 'type' or 'offload'"),
    IGNORED,
];

pub(super) const ROWS: &[Keyword<Parse>] = &[
    kw("acl", RULES, TWO, "names a condition").acts(parse::acl),
    kw(
        "backlog",
        DEFAULTS | FE,
        ONE,
        "length of the queue of connections not yet accepted",
    )
    .takes(&[loose("count", 0, i64::MAX)])
    .acts(p::backlog),
    kw("balance", DEFAULTS | BE, ANY, "how servers are chosen")
        .takes(&[text("algorithm").optional(), text("arguments").any()])
        .acts(parse::balance),
    kw(
        "be-unpublished",
        BE,
        ANY,
        "a backend that switching rules pass by",
    )
    .since(3, 4)
    .takes(&[IGNORED])
    .acts(p::unpublished),
    kw("bind", FE, ONE, "where connections are taken")
        .takes(&[text("address"), text("options").any()])
        .acts(parse::bind),
    kw("capture", FE, TWO, "headers that are logged")
        .takes(switching::CAPTURE)
        .acts(switching::capture),
    kw(
        "clitcpka-cnt",
        DEFAULTS | FE,
        ONE,
        "probes before a client counts as gone",
    )
    .takes(&[
        int("count", i64::MIN, i64::MAX)
            .missing("'{kw}' expects an integer value")
            .wrong("'{kw}' : unexpected character '{byte}' in integer value '{got}'"),
        IGNORED,
    ])
    .acts(p::kept),
    kw(
        "clitcpka-idle",
        DEFAULTS | FE,
        ONE,
        "idle time before clients are probed",
    )
    .takes(&[
        seconds("time").missing("'{kw}' expects an integer value"),
        IGNORED,
    ])
    .acts(p::kept),
    kw(
        "clitcpka-intvl",
        DEFAULTS | FE,
        ONE,
        "time between two probes of a client",
    )
    .takes(&[
        seconds("time").missing("'{kw}' expects an integer value"),
        IGNORED,
    ])
    .acts(p::kept),
    kw("compression", DEFAULTS | PX, ONE, "compresses answers")
        .takes(COMPRESSION)
        .acts(p::kept),
    kw(
        "cookie",
        DEFAULTS | BE,
        ONE,
        "keeps clients at a server by a cookie",
    )
    .takes(&[
        text("name"),
        options(&[
            opt("rewrite", &[]),
            opt("insert", &[]),
            opt("prefix", &[]),
            opt("indirect", &[]),
            opt("nocache", &[]),
            opt("postonly", &[]),
            opt("preserve", &[]),
            opt("httponly", &[]),
            opt("secure", &[]),
            opt("domain", &[text("domain")]),
            opt("maxidle", &[seconds("time")]),
            opt("maxlife", &[seconds("time")]),
            opt("dynamic", &[]),
            opt("attr", &[text("attribute")]),
        ]),
    ])
    .acts(parse::cookie),
    kw("declare", FE, TWO, "reserves room for captures")
        .takes(switching::DECLARE)
        .acts(switching::declare),
    kw(
        "default-server",
        DEFAULTS | BE,
        ANY,
        "options for the servers that follow",
    )
    .takes(&[text("options").any()])
    .acts(parse::default_server),
    kw(
        "default_backend",
        DEFAULTS | FE,
        ONE,
        "the backend when no rule matches",
    )
    .takes(&[text("backend")])
    .acts(switch::default_backend),
    kw("description", PX, ONE, "free text for statistics")
        .takes(&[text("text").many()])
        .acts(p::description),
    kw("disabled", DEFAULTS | PX, ANY, "is not started")
        .takes(&[])
        .acts(p::disabled),
    kw(
        "dynamic-cookie-key",
        DEFAULTS | BE,
        ONE,
        "secret of computed cookie values",
    )
    .takes(&[
        text("key").missing("'{kw}' expects <secret_key> as argument."),
        IGNORED,
    ])
    .acts(p::kept),
    kw("email-alert", DEFAULTS | PX, ANY, "mail on state changes")
        .takes(&[
            choice(
                "what",
                &[
                    opt("from", &[text("address").optional()]),
                    opt("to", &[text("address").optional()]),
                    opt("mailers", &[text("section").optional()]),
                    opt("myhostname", &[text("name").optional()]),
                    opt("level", &[arg("level", Kind::Rest(named::LEVEL))]),
                ],
            )
            .missing("missing argument after '{kw}'.")
            .wrong("{kw}: unknown argument '{got}'."),
            IGNORED,
        ])
        .acts(named::email_alert),
    kw("enabled", DEFAULTS | PX, ANY, "is started")
        .takes(&[])
        .acts(p::disabled),
    kw(
        "errorfile",
        DEFAULTS | PX,
        TWO,
        "an answer of our own for a status",
    )
    .takes(&[arg("status", Kind::Custom(named::STATUS)), path("file"), IGNORED])
    .acts(p::errorfile),
    kw(
        "errorfiles",
        DEFAULTS | PX,
        ANY,
        "answers from an http-errors section",
    )
    .takes(&[
        text("name").missing("{kw} : expects <name> as argument."),
        arg("status", Kind::Custom(named::STATUS)).any(),
    ])
    .acts(named::errorfiles),
    kw("errorloc", DEFAULTS | PX, TWO, "redirects instead of a status")
        .takes(ERRORLOC)
        .acts(named::errorloc),
    kw("errorloc302", DEFAULTS | PX, TWO, "redirects instead of a status")
        .takes(ERRORLOC)
        .acts(named::errorloc),
    kw("errorloc303", DEFAULTS | PX, TWO, "redirects instead of a status")
        .takes(ERRORLOC)
        .acts(named::errorloc303),
    kw(
        "error-log-format",
        DEFAULTS | PX,
        ONE,
        "log line of connections that failed",
    )
    .takes(&[text("format")])
    .acts(log_format::log_format),
    kw(
        "external-check",
        DEFAULTS | PX,
        TWO,
        "program and path of external checks",
    )
    .takes(&[choice(
        "what",
        &[
            opt(
                "command",
                &[path("program").missing("missing argument after 'command'.")],
            ),
            opt("path", &[text("path").missing("missing argument after 'path'.")]),
        ],
    )
    .missing("missing argument after 'external-check'.")
    .wrong("'external-check' only supports 'command' and 'path'. but got '{got}'.")])
    .acts(named::external_check),
    kw("filter", PX, ONE, "a filter on streams")
        .takes(filter::SIGNATURE)
        .acts(filter::filter),
    kw("filter-sequence", PX, ONE, "order of filters")
        .since(3, 5)
        .takes(&[
            one_of("direction", &["request", "response"]),
            text("filters").many(),
        ]),
    kw(
        "force-be-switch",
        FE,
        ONE,
        "goes to a backend that is not published",
    )
    .since(3, 4)
    .takes(switching::FORCE_SWITCH)
    .acts(switching::force_switch),
    kw("force-persist", BE, ONE, "sticks even to a server that is down")
        .takes(switching::PERSIST_RULE)
        .acts(switching::force_persist),
    kw(
        "fullconn",
        DEFAULTS | BE,
        ONE,
        "load at which servers reach maxconn",
    )
    .takes(&[loose("count", 0, i64::MAX)])
    .acts(p::fullconn),
    kw("guid", PX, ONE, "a name that lasts over reloads")
        .since(3, 0)
        .takes(&[arg("guid", Kind::Rest(guid::GUID)), IGNORED])
        .acts(p::kept),
    kw(
        "hash-balance-factor",
        DEFAULTS | PX,
        ONE,
        "bound of the load of a hashed server",
    )
    .takes(&[
        arg("percent", Kind::Custom(ReadArgument(persistence::balance_factor)))
            .missing("'{kw}' expects an integer argument."),
        IGNORED,
    ])
    .acts(p::kept),
    kw(
        "hash-preserve-affinity",
        DEFAULTS | BE,
        ONE,
        "when hashed servers may change",
    )
    .since(3, 2)
    .takes(&[one_of("when", &["always", "maxconn", "maxqueue"])
        .missing("'{kw}' needs a keyword to specify when to preserve hash affinity")
        .wrong("'{kw}': unknown keyword '{got}'")])
    .acts(p::kept),
    kw("hash-type", DEFAULTS | BE, ONE, "how hashes choose servers")
        .takes(HASH_TYPE)
        .acts(p::kept),
    kw("http-after-response", RULES, ONE, "rules on every answer").acts(rules::http_after_response),
    kw(
        "http-check",
        DEFAULTS | BE,
        ONE,
        "what HTTP checks send and expect",
    )
    .takes(check::HTTP_CHECK)
    .acts(check::check_rule),
    kw(
        "http-error",
        DEFAULTS | PX,
        ONE,
        "an answer of our own for a status",
    )
    .takes(switching::HTTP_ERROR)
    .acts(switching::http_error),
    kw("http-request", RULES, ONE, "rules on requests").acts(rules::http_request),
    kw("http-response", RULES, ONE, "rules on responses").acts(rules::http_response),
    kw(
        "http-reuse",
        DEFAULTS | BE,
        ONE,
        "whether server connections are shared",
    )
    .takes(&[one_of("policy", &["never", "safe", "aggressive", "always"])])
    .acts(p::http_reuse),
    kw(
        "http-send-name-header",
        DEFAULTS | BE,
        ANY,
        "tells the server its name",
    )
    .takes(switching::SEND_NAME)
    .acts(switching::send_name),
    kw("id", PX, ONE, "number in statistics")
        .takes(&[int("number", 1, i64::MAX)])
        .acts(p::id),
    kw("ignore-persist", BE, ONE, "when cookies are not looked at")
        .takes(switching::PERSIST_RULE)
        .acts(switching::ignore_persist),
    kw(
        "load-server-state-from-file",
        DEFAULTS | BE,
        ONE,
        "server states over reloads",
    )
    .takes(&[
        one_of("from", &["global", "local", "none"])
            .missing("'{kw}' expects 'global', 'local' or 'none'. Got ''")
            .wrong("'{kw}' expects 'global', 'local' or 'none'. Got '{got}'"),
        IGNORED,
    ])
    .acts(p::kept),
    kw("log", DEFAULTS | PX, ANY, "where logs go").acts(log::proxy_log),
    kw("log-format", DEFAULTS | PX, ONE, "log line of our own")
        .takes(&[text("format")])
        .acts(log_format::log_format),
    kw(
        "log-format-sd",
        DEFAULTS | PX,
        ONE,
        "structured data of RFC 5424 log lines",
    )
    .takes(&[text("format")])
    .acts(log_format::log_format),
    kw("log-steps", DEFAULTS | FE, ANY, "when log lines are written")
        .since(3, 1)
        .takes(&[text("steps").any()])
        .acts(log::log_steps),
    kw("log-tag", DEFAULTS | PX, ONE, "tag of log lines")
        .takes(&[text("tag"), IGNORED])
        .acts(log::log_tag),
    kw(
        "max-keep-alive-queue",
        DEFAULTS | BE,
        ONE,
        "queue at which kept connections are left",
    )
    .takes(&[
        int("count", i64::MIN, i64::MAX)
            .missing("'{kw}' expects expects an integer value (or -1 to disable)")
            .wrong("'{kw}' : unexpected character '{byte}' in integer value '{got}'"),
        IGNORED,
    ])
    .acts(p::kept),
    kw(
        "max-session-srv-conns",
        DEFAULTS | FE,
        ONE,
        "server connections that a client may keep",
    )
    .takes(&[
        loose("count", i64::MIN, i64::MAX).missing("'{kw}' expects a number. Got no argument"),
        IGNORED,
    ])
    .acts(p::kept),
    kw("maxconn", DEFAULTS | FE, ONE, "connections at once")
        .takes(&[loose("count", 0, i64::MAX)])
        .acts(p::maxconn),
    kw("mode", DEFAULTS | PX, ANY, "whether requests are understood")
        .takes(&[one_of(
            "mode",
            &["tcp", "http", "log", "spop", "haterm", "health"],
        )])
        .acts(p::mode),
    kw("monitor", FE, ONE, "when monitor-uri reports a failure")
        .takes(switching::MONITOR)
        .acts(switching::monitor),
    kw("monitor-uri", DEFAULTS | FE, ONE, "a path that answers by itself")
        .takes(&[text("uri")])
        .acts(p::monitor_uri),
    kw("option", DEFAULTS | PX, ANY, "switches").acts(parse::option),
    kw("persist", DEFAULTS | PX, ONE, "sticks by an RDP cookie")
        .takes(&[
            arg("method", Kind::Rest(ReadArgument(persistence::persist))),
            IGNORED,
        ])
        .acts(p::kept),
    kw("rate-limit", DEFAULTS | FE, TWO, "new sessions in a second")
        .takes(&[
            choice(
                "what",
                &[opt(
                    "sessions",
                    &[int("rate", i64::MIN, i64::MAX)
                        .missing(
                            "'rate-limit sessions' expects expects an integer value (in sessions/second)",
                        )
                        .wrong(
                            "'rate-limit sessions' : unexpected character '{byte}' in integer value '{got}'",
                        )],
                )],
            )
            .missing("'rate-limit' only supports 'sessions' (got '')")
            .wrong("'rate-limit' only supports 'sessions' (got '{got}')"),
            IGNORED,
        ])
        .acts(p::rate_limit),
    kw(
        "quic-initial",
        NAMED_DEFAULTS | FE,
        ONE,
        "rules on the first packet of QUIC connections",
    )
    .since(3, 1)
    .acts(rules::quic_initial),
    kw("redirect", PX, TWO, "answers with another place")
        .takes(REDIRECT)
        .acts(switching::redirect),
    kw(
        "retries",
        DEFAULTS | BE,
        ONE,
        "attempts to connect after the first",
    )
    .takes(&[loose("count", 0, i64::MAX)])
    .acts(p::retries),
    kw("retry-on", DEFAULTS | BE, ONE, "what is tried again")
        .takes(&[arg("when", Kind::Rest(ReadArgument(persistence::retry_on)))])
        .acts(p::retry_on),
    kw("server", BE, TWO, "a server")
        .takes(&[text("name"), text("address"), text("options").any()])
        .acts(parse::server),
    kw(
        "server-state-file-name",
        DEFAULTS | BE,
        ANY,
        "file of server states",
    )
    .takes(&[text("name").optional()])
    .acts(p::kept),
    kw("server-template", BE, TWO, "several servers of one name")
        .takes(&[
            text("prefix"),
            text("count-or-range"),
            text("address"),
            text("options").any(),
        ])
        .acts(parse::server_template),
    kw("source", DEFAULTS | BE, ANY, "address that servers see")
        .takes(&[
            text("address"),
            options(&[
                opt("interface", &[text("name")]),
                opt("usesrc", &[text("address")]),
            ]),
        ])
        .acts(source::source),
    kw(
        "srvtcpka-cnt",
        DEFAULTS | BE,
        ONE,
        "probes before a server counts as gone",
    )
    .takes(&[
        int("count", i64::MIN, i64::MAX)
            .missing("'{kw}' expects an integer value")
            .wrong("'{kw}' : unexpected character '{byte}' in integer value '{got}'"),
        IGNORED,
    ])
    .acts(p::kept),
    kw(
        "srvtcpka-idle",
        DEFAULTS | BE,
        ONE,
        "idle time before servers are probed",
    )
    .takes(&[
        seconds("time").missing("'{kw}' expects an integer value"),
        IGNORED,
    ])
    .acts(p::kept),
    kw(
        "srvtcpka-intvl",
        DEFAULTS | BE,
        ONE,
        "time between two probes of a server",
    )
    .takes(&[
        seconds("time").missing("'{kw}' expects an integer value"),
        IGNORED,
    ])
    .acts(p::kept),
    kw("ssl-f-use", DEFAULTS | PX, ANY, "certificates of a frontend")
        .since(3, 2)
        .takes(&[arg("options", Kind::Rest(ReadArgument(bind_tls::of_frontend)))])
        .acts(p::ssl_f_use),
    kw("stats", DEFAULTS | PX, ANY, "the statistics page")
        .takes(&[choice(
            "what",
            &[
                opt("admin", &[text("condition").many()]),
                opt("auth", &[text("user:password")]),
                opt("enable", &[]),
                opt("hide-version", &[]),
                opt("http-request", &[text("action"), text("arguments").any()]),
                opt("live-page", &[text("path").optional()]).since(3, 5),
                opt("realm", &[text("realm")]),
                opt("refresh", &[seconds("interval")]),
                opt("scope", &[text("proxy")]),
                opt("show-desc", &[text("text").any()]),
                opt("show-legends", &[]),
                opt("show-modules", &[]),
                opt("show-node", &[text("name").optional()]),
                opt("show-version", &[]).since(3, 4),
                opt("uri", &[text("prefix")]),
            ],
        )])
        .acts(stats::stats),
    kw("stick", BE, TWO, "keeps clients at a server by a table")
        .takes(stick::STICK)
        .acts(stick::stick),
    kw("stick-table", PX, TWO, "a table of counters and servers")
        .takes(&[arg("options", Kind::Rest(ReadArgument(stick_table::of_proxy)))])
        .acts(p::kept),
    kw("tcp-check", DEFAULTS | BE, ONE, "steps of a scripted check")
        .takes(check::TCP_CHECK)
        .acts(check::check_rule),
    kw("tcp-request", DEFAULTS | PX, ONE, "rules on connections").acts(rules::tcp_request),
    kw("tcp-response", DEFAULTS | BE, ONE, "rules on answers of servers").acts(rules::tcp_response),
    kw("timeout", DEFAULTS | PX, ANY, "time limits").acts(timeout::timeout),
    kw("unique-id-format", DEFAULTS | PX, ONE, "how unique ids are made")
        .takes(&[text("format")])
        .acts(log_format::log_format),
    kw(
        "unique-id-header",
        DEFAULTS | PX,
        ONE,
        "header that carries the unique id",
    )
    .takes(&[text("header").missing("{kw} expects an argument."), IGNORED])
    .acts(log_format::unique_id_header),
    kw("use-fcgi-app", BE, ONE, "a FastCGI application").takes(switching::USE_FCGI_APP),
    kw("use-server", BE, TWO, "a server by rule")
        .takes(switching::USE_SERVER)
        .acts(switching::use_server),
    kw(
        "usesrc",
        DEFAULTS | PX,
        ANY,
        "stands behind `source` and nowhere else",
    )
    .takes(&[])
    .checked(source::line_alone),
    kw("use_backend", FE, ONE, "a backend by rule")
        .takes(switch::USE_BACKEND)
        .acts(switch::use_backend),
];
