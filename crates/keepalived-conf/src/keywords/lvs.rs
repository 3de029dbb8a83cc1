//! Keywords of the LVS part: virtual and real servers with their checks.

use syntax::Arity;
use syntax::table::kw;

use super::place::{CHECK, HOST, REAL_SERVER, SSL, URL, VIRTUAL_SERVER};
use super::{Row, read_block};

/// Keywords of `SSL`.
pub(super) const SSL_ROWS: &[Row] = &[
    kw("ca", SSL, Arity::exactly(1), "file of authorities"),
    kw("certificate", SSL, Arity::exactly(1), "file of the certificate"),
    kw("key", SSL, Arity::exactly(1), "file of the key"),
    kw("password", SSL, Arity::exactly(1), "password of the key"),
];

/// Keywords of `virtual_server`.
pub(super) const VIRTUAL_SERVER_ROWS: &[Row] = &[
    kw(
        "alpha",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "down until a check succeeds",
    ),
    kw(
        "connect_timeout",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "seconds to wait for a server",
    ),
    kw(
        "delay_before_retry",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "seconds from one attempt to the next",
    ),
    kw(
        "delay_loop",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "seconds from one check to the next",
    ),
    kw(
        "flag-1",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "first flag of the scheduler",
    ),
    kw(
        "flag-2",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "second flag of the scheduler",
    ),
    kw(
        "flag-3",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "third flag of the scheduler",
    ),
    kw(
        "ha_suspend",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "check only while the address is here",
    ),
    kw("hashed", VIRTUAL_SERVER, Arity::exactly(0), "hash of the tables"),
    kw(
        "hysteresis",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "weight that it must change by",
    ),
    kw(
        "inhibit_on_failure",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "weight 0 instead of removal",
    ),
    kw("ip_family", VIRTUAL_SERVER, Arity::exactly(1), "inet or inet6"),
    kw(
        "lb_algo",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "how servers are chosen",
    ),
    kw(
        "lb_kind",
        VIRTUAL_SERVER,
        Arity::between(1, 5),
        "how packets reach a server",
    ),
    kw(
        "lvs_method",
        VIRTUAL_SERVER,
        Arity::between(1, 5),
        "how packets reach a server",
    ),
    kw(
        "lvs_sched",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "how servers are chosen",
    ),
    kw(
        "mh-fallback",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "another server when that one is down",
    ),
    kw(
        "mh-port",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "the port counts in the hash",
    ),
    kw(
        "nat_mask",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "mask of old kernels",
    )
    .removed(2, 0)
    .instead("nothing: delete the line"),
    kw("omega", VIRTUAL_SERVER, Arity::exactly(0), "notify at the end"),
    kw("ops", VIRTUAL_SERVER, Arity::exactly(0), "each packet by itself"),
    kw(
        "persistence_engine",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "what makes connections belong together",
    ),
    kw(
        "persistence_granularity",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "mask of clients that are one",
    ),
    kw(
        "persistence_timeout",
        VIRTUAL_SERVER,
        Arity::between(0, 1),
        "seconds that a client stays on its server",
    ),
    kw("protocol", VIRTUAL_SERVER, Arity::exactly(1), "TCP, UDP or SCTP"),
    kw(
        "quorum_down",
        VIRTUAL_SERVER,
        Arity::between(1, 3),
        "run when they are not",
    ),
    kw(
        "quorum_up",
        VIRTUAL_SERVER,
        Arity::between(1, 3),
        "run when enough servers are there",
    ),
    kw(
        "quorum",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "weight that is enough",
    ),
    kw("real_server", VIRTUAL_SERVER, Arity::between(1, 2), "a server").checked(read_block(REAL_SERVER)),
    kw(
        "retry",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "attempts before a server is down",
    ),
    kw(
        "sh-fallback",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "another server when that one is down",
    ),
    kw(
        "sh-port",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "the port counts in the hash",
    ),
    kw(
        "smtp_alert",
        VIRTUAL_SERVER,
        Arity::between(0, 1),
        "whether mails are sent",
    ),
    kw("snmp_name", VIRTUAL_SERVER, Arity::exactly(1), "name in the MIB"),
    kw(
        "sorry_server_inhibit",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "weight 0 instead of removal",
    ),
    kw(
        "sorry_server_lvs_method",
        VIRTUAL_SERVER,
        Arity::between(1, 5),
        "how packets reach it",
    ),
    kw(
        "sorry_server",
        VIRTUAL_SERVER,
        Arity::between(1, 2),
        "the server when none is there",
    ),
    kw(
        "virtualhost",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "Host of HTTP checks",
    ),
    kw(
        "warmup",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "seconds that checks are spread over at start",
    ),
    kw(
        "weight",
        VIRTUAL_SERVER,
        Arity::between(1, 2),
        "share of the connections",
    ),
];

/// Keywords of `real_server`.
pub(super) const REAL_SERVER_ROWS: &[Row] = &[
    kw("BFD_CHECK", REAL_SERVER, Arity::exactly(0), "check by BFD").checked(read_block(CHECK)),
    kw("DNS_CHECK", REAL_SERVER, Arity::exactly(0), "check by DNS").checked(read_block(CHECK)),
    kw("FILE_CHECK", REAL_SERVER, Arity::exactly(0), "check by a file").checked(read_block(CHECK)),
    kw("HTTP_GET", REAL_SERVER, Arity::exactly(0), "check by HTTP").checked(read_block(CHECK)),
    kw("MISC_CHECK", REAL_SERVER, Arity::exactly(0), "check by a script").checked(read_block(CHECK)),
    kw("PING_CHECK", REAL_SERVER, Arity::exactly(0), "check by ping").checked(read_block(CHECK)),
    kw("SMTP_CHECK", REAL_SERVER, Arity::exactly(0), "check by SMTP").checked(read_block(CHECK)),
    kw("SSL_GET", REAL_SERVER, Arity::exactly(0), "check by HTTPS").checked(read_block(CHECK)),
    kw("TCP_CHECK", REAL_SERVER, Arity::exactly(0), "check by TCP").checked(read_block(CHECK)),
    kw("UDP_CHECK", REAL_SERVER, Arity::exactly(0), "check by UDP").checked(read_block(CHECK)),
    kw(
        "alpha",
        REAL_SERVER,
        Arity::exactly(0),
        "down until a check succeeds",
    ),
    kw(
        "connect_timeout",
        REAL_SERVER,
        Arity::exactly(1),
        "seconds to wait for a server",
    ),
    kw(
        "delay_before_retry",
        REAL_SERVER,
        Arity::exactly(1),
        "seconds from one attempt to the next",
    ),
    kw(
        "delay_loop",
        REAL_SERVER,
        Arity::exactly(1),
        "seconds from one check to the next",
    ),
    kw(
        "inhibit_on_failure",
        REAL_SERVER,
        Arity::exactly(0),
        "weight 0 instead of removal",
    ),
    kw(
        "lthreshold",
        REAL_SERVER,
        Arity::exactly(1),
        "connections below which it takes new ones again",
    ),
    kw(
        "lvs_method",
        REAL_SERVER,
        Arity::between(1, 5),
        "how packets reach a server",
    ),
    kw(
        "notify_down",
        REAL_SERVER,
        Arity::between(1, 3),
        "run when it is down",
    ),
    kw(
        "notify_up",
        REAL_SERVER,
        Arity::between(1, 3),
        "run when it is up",
    ),
    kw(
        "retry",
        REAL_SERVER,
        Arity::exactly(1),
        "attempts before a server is down",
    ),
    kw(
        "smtp_alert",
        REAL_SERVER,
        Arity::between(0, 1),
        "whether mails are sent",
    ),
    kw("snmp_name", REAL_SERVER, Arity::exactly(1), "name in the MIB"),
    kw("uthreshold", REAL_SERVER, Arity::exactly(1), "most connections"),
    kw(
        "virtualhost",
        REAL_SERVER,
        Arity::exactly(1),
        "Host of HTTP checks",
    ),
    kw(
        "warmup",
        REAL_SERVER,
        Arity::exactly(1),
        "seconds that checks are spread over at start",
    ),
    kw(
        "weight",
        REAL_SERVER,
        Arity::between(1, 2),
        "share of the connections",
    ),
];

/// Keywords of the checks of real servers.
pub(super) const CHECK_ROWS: &[Row] = &[
    kw(
        "alpha",
        CHECK,
        Arity::between(0, 1),
        "down until a check succeeds",
    ),
    kw("bind_if", CHECK, Arity::exactly(1), "our interface"),
    kw("bind_port", CHECK, Arity::exactly(1), "our port"),
    kw("bindto", CHECK, Arity::exactly(1), "our address"),
    kw("connect_ip", CHECK, Arity::exactly(1), "address to check"),
    kw("connect_port", CHECK, Arity::exactly(1), "port to check"),
    kw("connect_timeout", CHECK, Arity::exactly(1), "seconds to wait"),
    kw(
        "delay_before_retry",
        CHECK,
        Arity::exactly(1),
        "seconds from one attempt to the next",
    ),
    kw(
        "delay_loop",
        CHECK,
        Arity::exactly(1),
        "seconds from one check to the next",
    ),
    kw("dynamic", CHECK, Arity::exactly(0), "its number is a weight"),
    kw(
        "enable_sni",
        CHECK,
        Arity::between(0, 1),
        "name the server in TLS",
    ),
    kw(
        "fast_recovery",
        CHECK,
        Arity::between(0, 1),
        "up at the first success",
    ),
    kw("fwmark", CHECK, Arity::exactly(1), "mark of packets"),
    kw("helo_name", CHECK, Arity::exactly(1), "name to greet with"),
    kw("host", CHECK, Arity::exactly(0), "another address to check")
        .checked(read_block(HOST))
        .warned(1, 3)
        .instead("connect_ip and connect_port"),
    kw("http_protocol", CHECK, Arity::exactly(1), "version of HTTP"),
    kw(
        "log_all_failures",
        CHECK,
        Arity::between(0, 1),
        "log every failed check",
    ),
    kw(
        "max_reply_length",
        CHECK,
        Arity::exactly(1),
        "greatest length of an answer",
    ),
    kw(
        "min_reply_length",
        CHECK,
        Arity::exactly(1),
        "least length of an answer",
    ),
    kw(
        "misc_dynamic",
        CHECK,
        Arity::exactly(0),
        "its exit status is a weight",
    ),
    kw("misc_path", CHECK, Arity::at_least(1), "what is run"),
    kw(
        "misc_timeout",
        CHECK,
        Arity::exactly(1),
        "seconds that it may take",
    ),
    kw(
        "name",
        CHECK,
        Arity::exactly(1),
        "name that is asked for, or the BFD session",
    ),
    kw(
        "nb_get_retry",
        CHECK,
        Arity::exactly(1),
        "attempts before the server is down",
    )
    .warned(2, 1)
    .instead("retry"),
    kw("payload", CHECK, Arity::exactly(1), "what is sent"),
    kw(
        "require_reply",
        CHECK,
        Arity::between(0, 1),
        "the answer that must come",
    ),
    kw(
        "retry",
        CHECK,
        Arity::exactly(1),
        "attempts before the server is down",
    ),
    kw("sni_name", CHECK, Arity::exactly(1), "the name").since(2, 3),
    kw(
        "tls_compliant",
        CHECK,
        Arity::between(0, 1),
        "end TLS as its standard asks",
    )
    .since(2, 3),
    kw("track_file", CHECK, Arity::exactly(1), "the file"),
    kw("type", CHECK, Arity::exactly(1), "type of the question"),
    kw("url", CHECK, Arity::exactly(0), "what is asked for").checked(read_block(URL)),
    kw(
        "user",
        CHECK,
        Arity::between(1, 2),
        "user and group that it runs as",
    ),
    kw("virtualhost", CHECK, Arity::exactly(1), "Host of requests"),
    kw(
        "warmup",
        CHECK,
        Arity::exactly(1),
        "seconds that checks are spread over at start",
    ),
    kw(
        "weight",
        CHECK,
        Arity::between(1, 2),
        "what its number is multiplied with",
    ),
];

/// Keywords of `url`.
pub(super) const URL_ROWS: &[Row] = &[
    kw("digest", URL, Arity::exactly(1), "MD5 of the answer"),
    kw("path", URL, Arity::exactly(1), "path of the request"),
    kw(
        "regex_max_offset",
        URL,
        Arity::exactly(1),
        "where it starts at the latest",
    ),
    kw(
        "regex_min_offset",
        URL,
        Arity::exactly(1),
        "where the match starts at the earliest",
    ),
    kw("regex_no_match", URL, Arity::exactly(0), "what it must not match"),
    kw("regex_options", URL, Arity::at_least(1), "how it is matched"),
    kw("regex_stack", URL, Arity::exactly(2), "size of the stack"),
    kw("regex", URL, Arity::exactly(1), "what the answer must match"),
    kw(
        "status_code",
        URL,
        Arity::at_least(1),
        "status codes that are good",
    ),
    kw(
        "tls_compliant",
        URL,
        Arity::between(0, 1),
        "end TLS as its standard asks",
    )
    .since(2, 3),
    kw("virtualhost", URL, Arity::exactly(1), "Host of the request"),
];

/// Keywords of `host` in `SMTP_CHECK`.
pub(super) const HOST_ROWS: &[Row] = &[
    kw("bind_if", HOST, Arity::exactly(1), "our interface"),
    kw("bind_port", HOST, Arity::exactly(1), "our port"),
    kw("bindto", HOST, Arity::exactly(1), "our address"),
    kw("connect_ip", HOST, Arity::exactly(1), "address to check"),
    kw("connect_port", HOST, Arity::exactly(1), "port to check"),
    kw("connect_timeout", HOST, Arity::exactly(1), "seconds to wait"),
    kw("fwmark", HOST, Arity::exactly(1), "mark of packets"),
];
