//! Keywords of the sections that have no model yet. All of these rows are read only; the warning of their section stands for
//! them.

use syntax::Arity;

use super::row::{Keyword, kw, place::OTHER};
use crate::signature::{Kind, ReadArgument, arg, loose, path};

const ANY: Arity = Arity::ANY;
const ONE: Arity = Arity::at_least(1);
const TWO: Arity = Arity::at_least(2);

/// The rows of each section, by its name.
pub(super) const ROWS: &[(&str, &[Keyword<()>])] = &[
    ("peers", PEERS),
    ("resolvers", RESOLVERS),
    ("userlist", USERLIST),
    ("mailers", MAILERS),
    ("http-errors", HTTP_ERRORS),
    ("ring", RING),
    ("log-forward", LOG_FORWARD),
    ("log-profile", LOG_PROFILE),
    ("cache", CACHE),
    ("fcgi-app", FCGI_APP),
    ("crt-store", CRT_STORE),
    ("traces", TRACES),
    ("acme", ACME),
    ("healthcheck", HEALTHCHECK),
    ("program", PROGRAM),
];

const PEERS: &[Keyword<()>] = &[
    kw("bind", OTHER, ONE, "where peers connect"),
    kw("default-bind", OTHER, ANY, "options for bind lines"),
    kw("default-server", OTHER, ANY, "options for peers"),
    kw("disabled", OTHER, ANY, "is not started"),
    kw("enabled", OTHER, ANY, "is started"),
    kw("log", OTHER, ONE, "where logs go"),
    kw("peer", OTHER, ONE, "a peer"),
    kw("server", OTHER, ONE, "a peer"),
    kw("shards", OTHER, ONE, "parts that contents are spread over"),
    kw("table", OTHER, TWO, "a stick table of the section"),
];

const RESOLVERS: &[Keyword<()>] = &[
    kw("accepted_payload_size", OTHER, ONE, "bytes of an answer"),
    kw("hold", OTHER, TWO, "how long answers are kept"),
    kw("nameserver", OTHER, TWO, "a name server"),
    kw("parse-resolv-conf", OTHER, ANY, "name servers of the system"),
    kw("resolve_retries", OTHER, ONE, "questions before giving up"),
    kw("timeout", OTHER, TWO, "time for an answer"),
];

const USERLIST: &[Keyword<()>] = &[
    kw("group", OTHER, ONE, "a group of users"),
    kw("user", OTHER, ONE, "a user"),
];

const MAILERS: &[Keyword<()>] = &[
    kw("mailer", OTHER, TWO, "a mail server"),
    kw("timeout", OTHER, TWO, "time for a mail"),
];

const HTTP_ERRORS: &[Keyword<()>] = &[kw("errorfile", OTHER, TWO, "an answer of our own for a status")
    .takes(&[loose("status", 0, 999), path("file")])];

const RING: &[Keyword<()>] = &[
    kw("backing-file", OTHER, ONE, "a file that holds the ring"),
    kw("description", OTHER, ONE, "free text"),
    kw("format", OTHER, ONE, "header of log lines"),
    kw("maxlen", OTHER, ONE, "bytes of a line"),
    kw("server", OTHER, TWO, "where lines go"),
    kw("size", OTHER, ONE, "bytes of the ring"),
    kw("timeout", OTHER, TWO, "time limits of servers"),
];

const LOG_FORWARD: &[Keyword<()>] = &[
    kw(
        "backlog",
        OTHER,
        ONE,
        "length of the queue of connections not yet accepted",
    ),
    kw("bind", OTHER, ONE, "where streams of logs come in"),
    kw("dgram-bind", OTHER, ONE, "where datagrams of logs come in").takes(&[arg(
        "address-and-options",
        Kind::Rest(ReadArgument(crate::parse::bind::dgram_bind)),
    )]),
    kw("log", OTHER, ONE, "where logs go"),
    kw("maxconn", OTHER, ONE, "connections at once"),
    kw("option", OTHER, ONE, "switches"),
    kw("timeout", OTHER, TWO, "time limits"),
];

const LOG_PROFILE: &[Keyword<()>] = &[
    kw("log-tag", OTHER, ONE, "tag of log lines"),
    kw("on", OTHER, ONE, "a step that is logged"),
];

const CACHE: &[Keyword<()>] = &[
    kw("max-age", OTHER, ANY, "seconds that an answer is kept"),
    kw("max-object-size", OTHER, ANY, "bytes of an answer"),
    kw("max-secondary-entries", OTHER, ANY, "variants of an answer"),
    kw("process-vary", OTHER, ANY, "whether variants are told apart"),
    kw("total-max-size", OTHER, ANY, "megabytes of the cache"),
];

const FCGI_APP: &[Keyword<()>] = &[
    kw("acl", OTHER, TWO, "names a condition"),
    kw("docroot", OTHER, ONE, "folder of the application"),
    kw("index", OTHER, ONE, "script of a folder"),
    kw("log-stderr", OTHER, ONE, "where its errors go"),
    kw("option", OTHER, ONE, "switches"),
    kw("pass-header", OTHER, ONE, "a header that is passed on"),
    kw("path-info", OTHER, ONE, "how paths are cut"),
    kw("set-param", OTHER, TWO, "a parameter of the application"),
];

const CRT_STORE: &[Keyword<()>] = &[
    kw("crt-base", OTHER, ONE, "folder of certificates"),
    kw("key-base", OTHER, ONE, "folder of keys"),
    kw("load", OTHER, TWO, "a certificate"),
];

const TRACES: &[Keyword<()>] = &[kw("trace", OTHER, ONE, "what is traced")];

const ACME: &[Keyword<()>] = &[
    kw("account-key", OTHER, ONE, "key of the account"),
    kw("acme-vars", OTHER, ONE, "variables for external tools"),
    kw("bits", OTHER, ONE, "size of RSA keys"),
    kw("challenge", OTHER, ONE, "how the name is proven"),
    kw("challenge-ready", OTHER, ONE, "when a challenge counts as ready"),
    kw("contact", OTHER, ONE, "mail address of the account"),
    kw("curves", OTHER, ONE, "curves of EC keys"),
    kw("directory", OTHER, ONE, "URL of the authority"),
    kw("dns-delay", OTHER, ONE, "time between two looks at the DNS"),
    kw("dns-timeout", OTHER, ONE, "time that a DNS record may take"),
    kw("eab-key-id", OTHER, ONE, "key id of an external account"),
    kw("eab-mac-alg", OTHER, ONE, "algorithm of an external account"),
    kw("eab-mac-key", OTHER, ONE, "key of an external account"),
    kw("keytype", OTHER, ONE, "kind of keys"),
    kw("map", OTHER, ONE, "where challenges are kept"),
    kw("profile", OTHER, ONE, "profile of certificates"),
    kw("provider-name", OTHER, ONE, "name of the DNS provider"),
    kw("reuse-key", OTHER, ONE, "whether keys are used again"),
];

const HEALTHCHECK: &[Keyword<()>] = &[
    kw("http-check", OTHER, ONE, "what HTTP checks send and expect"),
    kw("tcp-check", OTHER, ONE, "steps of a scripted check"),
    kw("type", OTHER, ONE, "kind of the check"),
];

const PROGRAM: &[Keyword<()>] = &[
    kw("command", OTHER, ONE, "the program and its arguments"),
    kw("group", OTHER, ONE, "group of the program"),
    kw("option", OTHER, ONE, "switches"),
    kw("user", OTHER, ONE, "user of the program"),
];
