//! Keywords of the LVS part: virtual and real servers.

use syntax::Arity;
use syntax::table::kw;

use super::place::{
    BFD_CHECK, DNS_CHECK, FILE_CHECK, HTTP_GET, MISC_CHECK, PING_CHECK, REAL_SERVER, SMTP_CHECK, SSL,
    TCP_CHECK, UDP_CHECK, VIRTUAL_SERVER,
};
use super::{Act, Row};
use crate::parse::lvs::{check, http, keys, misc_check, real_server, thing, udp, virtual_server};

/// Keywords of `SSL`.
pub(super) const SSL_ROWS: &[Row] = &[
    kw("ca", SSL, Arity::exactly(1), "file of authorities").checked(Act::Line(keys::line)),
    kw("certificate", SSL, Arity::exactly(1), "file of the certificate").checked(Act::Line(keys::line)),
    kw("key", SSL, Arity::exactly(1), "file of the key").checked(Act::Line(keys::line)),
    kw("password", SSL, Arity::exactly(1), "password of the key").checked(Act::Line(keys::line)),
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
    )
    .checked(Act::Line(virtual_server::connect_timeout)),
    kw(
        "delay_before_retry",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "seconds from one attempt to the next",
    )
    .checked(Act::Line(virtual_server::delay_before_retry)),
    kw(
        "delay_loop",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "seconds from one check to the next",
    )
    .checked(Act::Line(virtual_server::delay_loop)),
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
    kw("hashed", VIRTUAL_SERVER, Arity::exactly(0), "hash of the tables")
        .checked(Act::Line(virtual_server::scheduler_flag)),
    kw(
        "hysteresis",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "weight that it must change by",
    )
    .checked(Act::Line(virtual_server::hysteresis)),
    kw(
        "inhibit_on_failure",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "weight 0 instead of removal",
    ),
    kw("ip_family", VIRTUAL_SERVER, Arity::exactly(1), "inet or inet6")
        .checked(Act::Line(virtual_server::family)),
    kw(
        "lb_algo",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "how servers are chosen",
    )
    .checked(Act::Line(virtual_server::scheduler)),
    kw(
        "lb_kind",
        VIRTUAL_SERVER,
        Arity::between(1, 5),
        "how packets reach a server",
    )
    .checked(Act::Line(virtual_server::method)),
    kw(
        "lvs_method",
        VIRTUAL_SERVER,
        Arity::between(1, 5),
        "how packets reach a server",
    )
    .checked(Act::Line(virtual_server::method)),
    kw(
        "lvs_sched",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "how servers are chosen",
    )
    .checked(Act::Line(virtual_server::scheduler)),
    kw(
        "mh-fallback",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "another server when that one is down",
    )
    .checked(Act::Line(virtual_server::scheduler_flag)),
    kw(
        "mh-port",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "the port counts in the hash",
    )
    .checked(Act::Line(virtual_server::scheduler_flag)),
    kw(
        "nat_mask",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "mask of old kernels",
    )
    .removed(2, 0)
    .instead("nothing: delete the line"),
    kw("omega", VIRTUAL_SERVER, Arity::exactly(0), "notify at the end"),
    kw("ops", VIRTUAL_SERVER, Arity::exactly(0), "each packet by itself")
        .checked(Act::Line(virtual_server::one_packet)),
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
    )
    .checked(Act::Line(virtual_server::persistence_granularity)),
    kw(
        "persistence_timeout",
        VIRTUAL_SERVER,
        Arity::between(0, 1),
        "seconds that a client stays on its server",
    )
    .checked(Act::Line(virtual_server::persistence_timeout)),
    kw("protocol", VIRTUAL_SERVER, Arity::exactly(1), "TCP, UDP or SCTP")
        .checked(Act::Line(virtual_server::protocol)),
    kw(
        "quorum_down",
        VIRTUAL_SERVER,
        Arity::between(1, 3),
        "run when they are not",
    )
    .checked(Act::Line(virtual_server::script)),
    kw(
        "quorum_up",
        VIRTUAL_SERVER,
        Arity::between(1, 3),
        "run when enough servers are there",
    )
    .checked(Act::Line(virtual_server::script)),
    kw(
        "quorum",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "weight that is enough",
    )
    .checked(Act::Line(virtual_server::quorum)),
    kw("real_server", VIRTUAL_SERVER, Arity::between(1, 2), "a server").checked(Act::Block {
        place: REAL_SERVER,
        begin: real_server::begin,
        end: real_server::end,
    }),
    kw(
        "retry",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "attempts before a server is down",
    )
    .checked(Act::Line(virtual_server::retry)),
    kw(
        "sh-fallback",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "another server when that one is down",
    )
    .checked(Act::Line(virtual_server::scheduler_flag)),
    kw(
        "sh-port",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "the port counts in the hash",
    )
    .checked(Act::Line(virtual_server::scheduler_flag)),
    kw(
        "smtp_alert",
        VIRTUAL_SERVER,
        Arity::between(0, 1),
        "whether mails are sent",
    )
    .checked(Act::Line(virtual_server::smtp_alert)),
    kw("snmp_name", VIRTUAL_SERVER, Arity::exactly(1), "name in the MIB")
        .checked(Act::Line(virtual_server::snmp_name)),
    kw(
        "sorry_server_inhibit",
        VIRTUAL_SERVER,
        Arity::exactly(0),
        "weight 0 instead of removal",
    )
    .checked(Act::Line(virtual_server::sorry_server_inhibit)),
    kw(
        "sorry_server_lvs_method",
        VIRTUAL_SERVER,
        Arity::between(1, 5),
        "how packets reach it",
    )
    .checked(Act::Line(virtual_server::sorry_server_method)),
    kw(
        "sorry_server",
        VIRTUAL_SERVER,
        Arity::between(1, 2),
        "the server when none is there",
    )
    .checked(Act::Line(virtual_server::sorry_server)),
    kw(
        "virtualhost",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "Host of HTTP checks",
    )
    .checked(Act::Line(virtual_server::virtualhost)),
    kw(
        "warmup",
        VIRTUAL_SERVER,
        Arity::exactly(1),
        "seconds that checks are spread over at start",
    )
    .checked(Act::Line(virtual_server::warmup)),
    kw(
        "weight",
        VIRTUAL_SERVER,
        Arity::between(1, 2),
        "share of the connections",
    )
    .checked(Act::Line(virtual_server::weight)),
];

/// Keywords of `real_server`.
pub(super) const REAL_SERVER_ROWS: &[Row] = &[
    kw("BFD_CHECK", REAL_SERVER, Arity::exactly(0), "check by BFD").checked(Act::Block {
        place: BFD_CHECK,
        begin: check::begin,
        end: thing::end_session,
    }),
    kw("DNS_CHECK", REAL_SERVER, Arity::exactly(0), "check by DNS").checked(Act::Block {
        place: DNS_CHECK,
        begin: check::begin,
        end: check::end,
    }),
    kw("FILE_CHECK", REAL_SERVER, Arity::exactly(0), "check by a file").checked(Act::Block {
        place: FILE_CHECK,
        begin: check::begin,
        end: thing::end_file,
    }),
    kw("HTTP_GET", REAL_SERVER, Arity::exactly(0), "check by HTTP").checked(Act::Block {
        place: HTTP_GET,
        begin: check::begin,
        end: http::end,
    }),
    kw("MISC_CHECK", REAL_SERVER, Arity::exactly(0), "check by a script").checked(Act::Block {
        place: MISC_CHECK,
        begin: check::begin,
        end: misc_check::end,
    }),
    kw("PING_CHECK", REAL_SERVER, Arity::exactly(0), "check by ping").checked(Act::Block {
        place: PING_CHECK,
        begin: check::begin,
        end: check::end,
    }),
    kw("SMTP_CHECK", REAL_SERVER, Arity::exactly(0), "check by SMTP").checked(Act::Block {
        place: SMTP_CHECK,
        begin: check::begin,
        end: |_, _| {},
    }),
    kw("SSL_GET", REAL_SERVER, Arity::exactly(0), "check by HTTPS").checked(Act::Block {
        place: HTTP_GET,
        begin: check::begin,
        end: http::end,
    }),
    kw("TCP_CHECK", REAL_SERVER, Arity::exactly(0), "check by TCP").checked(Act::Block {
        place: TCP_CHECK,
        begin: check::begin,
        end: check::end,
    }),
    kw("UDP_CHECK", REAL_SERVER, Arity::exactly(0), "check by UDP").checked(Act::Block {
        place: UDP_CHECK,
        begin: check::begin,
        end: udp::end,
    }),
    kw(
        "alpha",
        REAL_SERVER,
        Arity::between(0, 1),
        "down until a check succeeds",
    )
    .checked(Act::Line(real_server::named_switch)),
    kw(
        "connect_timeout",
        REAL_SERVER,
        Arity::exactly(1),
        "seconds to wait for a server",
    )
    .checked(Act::Line(real_server::connect_timeout)),
    kw(
        "delay_before_retry",
        REAL_SERVER,
        Arity::exactly(1),
        "seconds from one attempt to the next",
    )
    .checked(Act::Line(real_server::delay_before_retry)),
    kw(
        "delay_loop",
        REAL_SERVER,
        Arity::exactly(1),
        "seconds from one check to the next",
    )
    .checked(Act::Line(real_server::delay_loop)),
    kw(
        "inhibit_on_failure",
        REAL_SERVER,
        Arity::between(0, 1),
        "weight 0 instead of removal",
    )
    .checked(Act::Line(real_server::named_switch)),
    kw(
        "lthreshold",
        REAL_SERVER,
        Arity::exactly(1),
        "connections below which it takes new ones again",
    )
    .checked(Act::Line(real_server::threshold)),
    kw(
        "lvs_method",
        REAL_SERVER,
        Arity::between(1, 5),
        "how packets reach a server",
    )
    .checked(Act::Line(real_server::method)),
    kw(
        "notify_down",
        REAL_SERVER,
        Arity::between(1, 3),
        "run when it is down",
    )
    .checked(Act::Line(real_server::script)),
    kw(
        "notify_up",
        REAL_SERVER,
        Arity::between(1, 3),
        "run when it is up",
    )
    .checked(Act::Line(real_server::script)),
    kw(
        "retry",
        REAL_SERVER,
        Arity::exactly(1),
        "attempts before a server is down",
    )
    .checked(Act::Line(virtual_server::retry)),
    kw(
        "smtp_alert",
        REAL_SERVER,
        Arity::between(0, 1),
        "whether mails are sent",
    )
    .checked(Act::Line(real_server::smtp_alert)),
    kw("snmp_name", REAL_SERVER, Arity::exactly(1), "name in the MIB")
        .checked(Act::Line(real_server::snmp_name)),
    kw("uthreshold", REAL_SERVER, Arity::exactly(1), "most connections")
        .checked(Act::Line(real_server::threshold)),
    kw(
        "virtualhost",
        REAL_SERVER,
        Arity::exactly(1),
        "Host of HTTP checks",
    )
    .checked(Act::Line(real_server::virtualhost)),
    kw(
        "warmup",
        REAL_SERVER,
        Arity::exactly(1),
        "seconds that checks are spread over at start",
    )
    .checked(Act::Line(real_server::warmup)),
    kw(
        "weight",
        REAL_SERVER,
        Arity::between(1, 2),
        "share of the connections",
    )
    .checked(Act::Line(real_server::weight)),
];
