//! Keywords of the checks of real servers. Each kind has its own; most share where to connect to and how often.

use syntax::Arity;
use syntax::table::kw;

use super::place::{
    BFD_CHECK, DNS_CHECK, FILE_CHECK, HOST, HTTP_GET, MISC_CHECK, PING_CHECK, SMTP_CHECK, TCP_CHECK,
    UDP_CHECK, URL,
};
use super::{Act, Row, Run};
use crate::parse::lvs::{check, dns, http, misc_check, real_server, smtp, thing, udp};

const ONE: Arity = Arity::exactly(1);
const NONE: Arity = Arity::exactly(0);
const PERHAPS: Arity = Arity::between(0, 1);

const fn line(name: &'static str, place: u32, arity: Arity, help: &'static str, run: Run) -> Row {
    kw(name, place, arity, help).checked(Act::Line(run))
}

const fn alpha(place: u32) -> Row {
    line(
        "alpha",
        place,
        PERHAPS,
        "down until a check succeeds",
        real_server::named_switch,
    )
}

const fn bind_if(place: u32) -> Row {
    line("bind_if", place, ONE, "our interface", check::bind_if)
}

const fn bind_port(place: u32) -> Row {
    line("bind_port", place, ONE, "our port", check::port)
}

const fn bindto(place: u32) -> Row {
    line("bindto", place, ONE, "our address", check::bindto)
}

const fn connect_ip(place: u32) -> Row {
    line("connect_ip", place, ONE, "address to check", check::connect_ip)
}

const fn connect_port(place: u32) -> Row {
    line("connect_port", place, ONE, "port to check", check::port)
}

const fn connect_timeout(place: u32) -> Row {
    line(
        "connect_timeout",
        place,
        ONE,
        "seconds to wait",
        check::connect_timeout,
    )
}

const fn delay_before_retry(place: u32) -> Row {
    line(
        "delay_before_retry",
        place,
        ONE,
        "seconds from one attempt to the next",
        check::delay,
    )
}

const fn delay_loop(place: u32) -> Row {
    line(
        "delay_loop",
        place,
        ONE,
        "seconds from one check to the next",
        check::delay_loop,
    )
}

const fn fwmark(place: u32) -> Row {
    line("fwmark", place, ONE, "mark of packets", check::count)
}

const fn log_all_failures(place: u32) -> Row {
    line(
        "log_all_failures",
        place,
        PERHAPS,
        "log every failed check",
        real_server::named_switch,
    )
}

const fn retry(place: u32) -> Row {
    line(
        "retry",
        place,
        ONE,
        "attempts before the server is down",
        check::count,
    )
}

const fn warmup(place: u32) -> Row {
    line(
        "warmup",
        place,
        ONE,
        "seconds that checks are spread over at start",
        check::delay,
    )
}

/// Keywords of `TCP_CHECK`.
pub(super) const TCP_ROWS: &[Row] = &connecting(TCP_CHECK);

/// Keywords of `PING_CHECK`.
pub(super) const PING_ROWS: &[Row] = &connecting(PING_CHECK);

/// Keywords that all checks have which connect.
const fn connecting(place: u32) -> [Row; 13] {
    [
        alpha(place),
        bind_if(place),
        bind_port(place),
        bindto(place),
        connect_ip(place),
        connect_port(place),
        connect_timeout(place),
        delay_before_retry(place),
        delay_loop(place),
        fwmark(place),
        log_all_failures(place),
        retry(place),
        warmup(place),
    ]
}

/// Keywords of `HTTP_GET` and `SSL_GET` beside those.
pub(super) const HTTP_ROWS: &[Row] = &[
    line(
        "enable_sni",
        HTTP_GET,
        PERHAPS,
        "name the server in TLS",
        real_server::named_switch,
    ),
    line(
        "fast_recovery",
        HTTP_GET,
        PERHAPS,
        "up at the first success",
        real_server::named_switch,
    ),
    line("http_protocol", HTTP_GET, ONE, "version of HTTP", http::protocol),
    line(
        "nb_get_retry",
        HTTP_GET,
        ONE,
        "attempts before the server is down",
        check::count,
    )
    .warned(2, 1)
    .instead("retry"),
    kw("sni_name", HTTP_GET, ONE, "the name").since(2, 3),
    line(
        "tls_compliant",
        HTTP_GET,
        PERHAPS,
        "end TLS as its standard asks",
        real_server::named_switch,
    )
    .since(2, 3),
    kw("url", HTTP_GET, NONE, "what is asked for").checked(Act::Block {
        place: URL,
        begin: http::begin_url,
        end: http::end_url,
    }),
    line(
        "virtualhost",
        HTTP_GET,
        ONE,
        "Host of requests",
        http::virtualhost,
    ),
];

/// Those that connect, for `HTTP_GET` and `SSL_GET`.
pub(super) const HTTP_CONNECTING: &[Row] = &connecting(HTTP_GET);

/// Keywords of `SMTP_CHECK`; what its `host` blocks may say is not known yet where `bindto` stands.
pub(super) const SMTP_ROWS: &[Row] = &[
    alpha(SMTP_CHECK),
    bind_if(SMTP_CHECK),
    bind_port(SMTP_CHECK),
    line("bindto", SMTP_CHECK, ONE, "our address", check::bindto_any),
    connect_ip(SMTP_CHECK),
    connect_port(SMTP_CHECK),
    connect_timeout(SMTP_CHECK),
    delay_before_retry(SMTP_CHECK),
    delay_loop(SMTP_CHECK),
    fwmark(SMTP_CHECK),
    line(
        "helo_name",
        SMTP_CHECK,
        ONE,
        "name to greet with",
        smtp::helo_name,
    ),
    kw("host", SMTP_CHECK, NONE, "another address to check")
        .checked(super::read_block(HOST))
        .warned(1, 3)
        .instead("connect_ip and connect_port"),
    log_all_failures(SMTP_CHECK),
    retry(SMTP_CHECK),
    warmup(SMTP_CHECK),
];

/// Keywords of `host` in `SMTP_CHECK`.
pub(super) const HOST_ROWS: &[Row] = &[
    bind_if(HOST),
    bind_port(HOST),
    line("bindto", HOST, ONE, "our address", check::bindto_any),
    connect_ip(HOST),
    connect_port(HOST),
    connect_timeout(HOST),
    fwmark(HOST),
];

/// Keywords of `DNS_CHECK` beside those of checks that connect.
pub(super) const DNS_ROWS: &[Row] = &[
    line("name", DNS_CHECK, ONE, "name that is asked for", dns::name),
    line("type", DNS_CHECK, ONE, "type of the question", dns::kind),
];

/// Those that connect, for `DNS_CHECK`.
pub(super) const DNS_CONNECTING: &[Row] = &connecting(DNS_CHECK);

/// Keywords of `UDP_CHECK` beside those of checks that connect.
pub(super) const UDP_ROWS: &[Row] = &[
    line(
        "max_reply_length",
        UDP_CHECK,
        ONE,
        "greatest length of an answer",
        udp::most,
    ),
    line(
        "min_reply_length",
        UDP_CHECK,
        ONE,
        "least length of an answer",
        udp::least,
    ),
    line("payload", UDP_CHECK, ONE, "what is sent", udp::payload),
    line(
        "require_reply",
        UDP_CHECK,
        PERHAPS,
        "the answer that must come",
        udp::require_reply,
    ),
];

/// Those that connect, for `UDP_CHECK`.
pub(super) const UDP_CONNECTING: &[Row] = &connecting(UDP_CHECK);

/// Keywords of `MISC_CHECK`.
pub(super) const MISC_ROWS: &[Row] = &[
    alpha(MISC_CHECK),
    delay_before_retry(MISC_CHECK),
    delay_loop(MISC_CHECK),
    log_all_failures(MISC_CHECK),
    line(
        "misc_dynamic",
        MISC_CHECK,
        NONE,
        "its exit status is a weight",
        http::any,
    ),
    line(
        "misc_path",
        MISC_CHECK,
        Arity::at_least(1),
        "what is run",
        misc_check::path,
    ),
    line(
        "misc_timeout",
        MISC_CHECK,
        ONE,
        "seconds that it may take",
        misc_check::timeout,
    ),
    retry(MISC_CHECK),
    line(
        "user",
        MISC_CHECK,
        Arity::between(1, 2),
        "user and group that it runs as",
        misc_check::user,
    ),
    warmup(MISC_CHECK),
];

/// Keywords of `FILE_CHECK`.
pub(super) const FILE_ROWS: &[Row] = &[
    line("track_file", FILE_CHECK, ONE, "the file", thing::track_file),
    line(
        "weight",
        FILE_CHECK,
        Arity::between(1, 2),
        "what its number is multiplied with",
        thing::weight,
    ),
];

/// Keywords of `BFD_CHECK`.
pub(super) const BFD_ROWS: &[Row] = &[
    alpha(BFD_CHECK),
    line("name", BFD_CHECK, ONE, "the BFD session", thing::session),
];

/// Keywords of `url`.
pub(super) const URL_ROWS: &[Row] = &[
    line("digest", URL, ONE, "MD5 of the answer", http::digest),
    line("path", URL, ONE, "path of the request", http::path),
    line(
        "regex_max_offset",
        URL,
        ONE,
        "where it starts at the latest",
        http::any,
    ),
    line(
        "regex_min_offset",
        URL,
        ONE,
        "where the match starts at the earliest",
        http::any,
    ),
    line("regex_no_match", URL, NONE, "what it must not match", http::any),
    line(
        "regex_options",
        URL,
        Arity::at_least(1),
        "how it is matched",
        http::any,
    ),
    line(
        "regex_stack",
        URL,
        Arity::exactly(2),
        "size of the stack",
        http::any,
    ),
    line("regex", URL, ONE, "what the answer must match", http::any),
    line(
        "status_code",
        URL,
        Arity::at_least(1),
        "status codes that are good",
        http::status_code,
    ),
    line(
        "tls_compliant",
        URL,
        PERHAPS,
        "end TLS as its standard asks",
        real_server::named_switch,
    )
    .since(2, 3),
    line(
        "virtualhost",
        URL,
        ONE,
        "Host of the request",
        http::url_virtualhost,
    ),
];
