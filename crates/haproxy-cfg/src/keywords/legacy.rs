//! Keywords that newer versions have dropped. The default dialect reads them as they were meant, with a warning that gives
//! the modern form; a strict dialect refuses them from the version that did.

use syntax::Arity;

use super::global::arguments::{FORWARDING, NOT_ZERO};
use super::row::{Keyword, Parse, kw, place::*};
use crate::model::ConnectionMode::*;
use crate::parse::OptionParse::{self, *};
use crate::parse::{app_session, global, old_redispatch, rules, timeout};
use crate::signature::{
    Arg, IGNORED, Kind, ReadArgument, arg, bytes, custom, millis, one_of, since, versions,
};
use crate::written::OptionFlag as F;

const ANY: Arity = Arity::ANY;
const NONE: Arity = Arity::between(0, 0);
const ONE: Arity = Arity::at_least(1);

pub(super) const GLOBAL_ROWS: &[Keyword<Parse>] = &[
    kw("nbproc", GLOBAL, ONE, "processes")
        .warned(2, 3)
        .removed(2, 5)
        .instead("nbthread")
        .acts(global::nbproc),
    kw("debug", GLOBAL, ANY, "stays in the foreground and prints traffic")
        .warned(2, 0)
        .removed(2, 3)
        .instead("-d on the command line")
        .acts(global::debug),
    kw("nosepoll", GLOBAL, ANY, "another poller")
        .removed(1, 5)
        .takes(&[IGNORED])
        .instead("delete the line"),
    kw("node-name", GLOBAL, ONE, "name of this node")
        .removed(1, 4)
        .instead("node")
        .takes(&[arg("name", Kind::Custom(global::NODE))])
        .acts(global::node),
    kw("tune.chksize", GLOBAL, ONE, "buffer of checks")
        .removed(2, 5)
        .takes(&[bytes("size", 1, i32::MAX as i64), IGNORED])
        .instead("delete the line"),
    kw("master-worker", GLOBAL, ANY, "a master that watches its worker")
        .warned(3, 3)
        .removed(3, 5)
        .instead("-W or -Ws on the command line")
        .takes(&[since(&versions(
            3,
            1,
            one_of("mode", &["no-exit-on-failure"])
                .optional()
                .wrong("'{kw}' only supports 'no-exit-on-failure' option"),
            one_of("mode", &["no-exit-on-failure"])
                .optional()
                .wrong("'{kw}' only supports 'no-exit-on-failure' option."),
        ))])
        .acts(global::master_worker),
    old_quic("tune.quic.cc-hystart", 3, 0, FORWARDING),
    old_quic("tune.quic.cc.cubic.min-losses", 3, 1, NOT_ZERO),
    old_quic("tune.quic.disable-tx-pacing", 3, 2, &[]),
    old_quic("tune.quic.disable-udp-gso", 3, 1, &[]),
    old_quic(
        "tune.quic.frontend.default-max-window-size",
        3,
        1,
        &[arg("size", Kind::Rest(global::QUIC_WINDOW))],
    ),
    old_quic("tune.quic.frontend.glitches-threshold", 3, 0, NOT_ZERO),
    old_quic(
        "tune.quic.frontend.max-data-size",
        3,
        2,
        &[arg("size", Kind::Rest(global::QUIC_DATA))],
    ),
    old_quic(
        "tune.quic.frontend.max-tx-mem",
        3,
        2,
        &[arg("size", Kind::Rest(global::QUIC_MEMORY))],
    ),
    old_quic(
        "tune.quic.frontend.stream-data-ratio",
        3,
        2,
        &[arg("percent", Kind::Rest(global::QUIC_DATA_RATIO))],
    ),
    old_quic("tune.quic.max-frame-loss", 2, 7, NOT_ZERO),
    old_quic(
        "tune.quic.reorder-ratio",
        2,
        9,
        &[arg("percent", Kind::Rest(global::QUIC_REORDER_RATIO))],
    ),
    old_quic(
        "tune.quic.socket-owner",
        2,
        7,
        &[one_of("owner", &["listener", "connection"])
            .words("'{kw}' expects either 'listener' or 'connection' but got '{got}'.")],
    ),
    old_quic("tune.quic.zero-copy-fwd-send", 2, 9, FORWARDING),
];

/// A name of 3.2 and before for a setting of QUIC that 3.3 has for each side apart.
const fn old_quic(name: &'static str, major: u16, minor: u16, value: &'static [Arg]) -> Keyword<Parse> {
    kw(name, GLOBAL, ANY, "a setting of QUIC")
        .takes(value)
        .since(major, minor)
        .warned(3, 3)
        .removed(3, 5)
        .instead("the name of the side that it is for, tune.quic.fe.… or tune.quic.be.…")
}

pub(super) const PROXY_ROWS: &[Keyword<Parse>] = &[
    kw("contimeout", DEFAULTS | PX, ANY, "old name of timeout connect")
        .warned(1, 5)
        .removed(2, 1)
        .instead("timeout connect")
        .acts(timeout::old_timeout),
    kw("clitimeout", DEFAULTS | PX, ANY, "old name of timeout client")
        .warned(1, 5)
        .removed(2, 1)
        .instead("timeout client")
        .acts(timeout::old_timeout),
    kw("srvtimeout", DEFAULTS | PX, ANY, "old name of timeout server")
        .warned(1, 5)
        .removed(2, 1)
        .instead("timeout server")
        .acts(timeout::old_timeout),
    kw("redispatch", DEFAULTS | PX, ANY, "old form of option redispatch")
        .warned(1, 5)
        .removed(2, 1)
        .instead("option redispatch")
        .acts(old_redispatch),
    kw("redisp", DEFAULTS | PX, ANY, "old form of option redispatch")
        .warned(1, 5)
        .removed(2, 1)
        .instead("option redispatch")
        .acts(old_redispatch),
    kw("reqadd", DEFAULTS | PX, ONE, "adds a header to requests")
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request add-header")
        .acts(rules::legacy::reqadd),
    kw("rspadd", DEFAULTS | PX, ONE, "adds a header to responses")
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-response add-header")
        .acts(rules::legacy::rspadd),
    kw("block", PX, ONE, "refuses requests")
        .warned(1, 5)
        .removed(2, 1)
        .instead("http-request deny")
        .acts(rules::legacy::block),
    kw("reqdel", DEFAULTS | PX, ONE, "deletes request lines")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request del-header")
        .acts(rules::legacy::of_line),
    kw("reqidel", DEFAULTS | PX, ONE, "deletes request lines")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request del-header")
        .acts(rules::legacy::of_line),
    kw("rspdel", DEFAULTS | PX, ONE, "deletes response lines")
        .takes(rules::legacy::RESPONSE_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-response del-header")
        .acts(rules::legacy::of_line),
    kw("rspidel", DEFAULTS | PX, ONE, "deletes response lines")
        .takes(rules::legacy::RESPONSE_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-response del-header")
        .acts(rules::legacy::of_line),
    kw("reqrep", DEFAULTS | PX, ONE, "rewrites request lines")
        .takes(rules::legacy::REQUEST_REPLACEMENT)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request replace-path, replace-uri or replace-header")
        .acts(rules::legacy::of_line),
    kw("reqirep", DEFAULTS | PX, ONE, "rewrites request lines")
        .takes(rules::legacy::REQUEST_REPLACEMENT)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request replace-path, replace-uri or replace-header")
        .acts(rules::legacy::of_line),
    kw("rsprep", DEFAULTS | PX, ONE, "rewrites response lines")
        .takes(rules::legacy::RESPONSE_REPLACEMENT)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-response replace-header")
        .acts(rules::legacy::of_line),
    kw("rspirep", DEFAULTS | PX, ONE, "rewrites response lines")
        .takes(rules::legacy::RESPONSE_REPLACEMENT)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-response replace-header")
        .acts(rules::legacy::of_line),
    kw("reqdeny", DEFAULTS | PX, ONE, "refuses requests")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request deny")
        .acts(rules::legacy::of_line),
    kw("reqideny", DEFAULTS | PX, ONE, "refuses requests")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request deny")
        .acts(rules::legacy::of_line),
    kw("rspdeny", DEFAULTS | PX, ONE, "refuses responses")
        .takes(rules::legacy::RESPONSE_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-response deny")
        .acts(rules::legacy::of_line),
    kw("rspideny", DEFAULTS | PX, ONE, "refuses responses")
        .takes(rules::legacy::RESPONSE_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-response deny")
        .acts(rules::legacy::of_line),
    kw("reqallow", DEFAULTS | PX, ONE, "lets requests pass")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request allow")
        .acts(rules::legacy::of_line),
    kw("reqiallow", DEFAULTS | PX, ONE, "lets requests pass")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request allow")
        .acts(rules::legacy::of_line),
    kw("reqtarpit", DEFAULTS | PX, ONE, "makes clients wait")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request tarpit")
        .acts(rules::legacy::of_line),
    kw("reqitarpit", DEFAULTS | PX, ONE, "makes clients wait")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("http-request tarpit")
        .acts(rules::legacy::of_line),
    kw("reqpass", DEFAULTS | PX, ONE, "leaves a line alone")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("delete the line")
        .acts(rules::legacy::of_line),
    kw("reqipass", DEFAULTS | PX, ONE, "leaves a line alone")
        .takes(rules::legacy::REQUEST_LINE)
        .warned(2, 0)
        .removed(2, 1)
        .instead("delete the line")
        .acts(rules::legacy::of_line),
    kw("reqsetbe", DEFAULTS | PX, ONE, "chooses a backend")
        .takes(rules::legacy::REQUEST_BACKEND)
        .warned(1, 5)
        .removed(1, 6)
        .instead("use_backend")
        .acts(rules::legacy::of_line),
    kw("reqisetbe", DEFAULTS | PX, ONE, "chooses a backend")
        .takes(rules::legacy::REQUEST_BACKEND)
        .warned(1, 5)
        .removed(1, 6)
        .instead("use_backend")
        .acts(rules::legacy::of_line),
    kw(
        "appsession",
        DEFAULTS | PX,
        ONE,
        "sticks to an application's cookie",
    )
    .removed(1, 6)
    .takes(app_session::SESSION)
    .instead("stick-table")
    .acts(app_session::app_session),
    kw(
        "monitor-net",
        DEFAULTS | PX,
        ONE,
        "a network that is answered by itself",
    )
    .removed(2, 3)
    .takes(&[custom("network", rules::legacy::network)])
    .instead("http-request return status 200 if { src NET }")
    .acts(rules::legacy::monitor_net),
    kw("grace", DEFAULTS | PX, ONE, "time to go on listening at a stop")
        .removed(2, 5)
        .takes(&[millis("time"), IGNORED])
        .instead("delete the line"),
    kw("bind-process", DEFAULTS | PX, ONE, "processes of a proxy")
        .warned(2, 5)
        .removed(2, 7)
        .instead("delete the line")
        .takes(&[arg(
            "set",
            Kind::Rest(ReadArgument(crate::parse::threads::processes)),
        )]),
    kw("dispatch", BE, ONE, "an address instead of servers")
        .warned(3, 3)
        .removed(3, 5)
        .instead("server")
        .takes(&[arg(
            "address",
            Kind::Rest(ReadArgument(crate::parse::persistence::dispatch)),
        )])
        .acts(crate::parse::proxy::kept),
    kw(
        "transparent",
        DEFAULTS | PX,
        ANY,
        "the address that the client asked for",
    )
    .warned(3, 3)
    .removed(3, 5)
    .takes(&[])
    .instead("server NAME 0.0.0.0")
    .acts(crate::parse::proxy::kept),
];

pub(super) const OPTION_ROWS: &[Keyword<OptionParse>] = &[
    kw("forceclose", DEFAULTS | PX, NONE, "closes both sides")
        .warned(2, 0)
        .removed(2, 5)
        .instead("option httpclose")
        .acts(Connection(Close)),
    kw(
        "http-tunnel",
        DEFAULTS | PX,
        NONE,
        "only the first request is looked at",
    )
    .warned(2, 0)
    .removed(2, 1)
    .instead("delete the line"),
    kw("http-use-htx", DEFAULTS | PX, NONE, "the parser of 1.9")
        .removed(2, 1)
        .instead("delete the line")
        .acts(Nothing),
    kw("http_proxy", DEFAULTS | PX, NONE, "a plain HTTP proxy")
        .removed(2, 5)
        .instead("http-request do-resolve"),
    kw("tcpsplice", DEFAULTS | PX, NONE, "splicing by the kernel")
        .removed(1, 4)
        .instead("option splice-auto")
        .acts(Nothing),
    kw("lb-agent-chk", DEFAULTS | PX, NONE, "asks an agent")
        .removed(1, 5)
        .instead("agent-check"),
    kw(
        "accept-invalid-http-request",
        DEFAULTS | FE | HTTP,
        NONE,
        "lets odd requests pass",
    )
    .warned(3, 1)
    .instead("option accept-unsafe-violations-in-http-request")
    .acts(Flag(F::UnsafeRequest)),
    kw(
        "accept-invalid-http-response",
        DEFAULTS | BE | HTTP,
        NONE,
        "lets odd responses pass",
    )
    .warned(3, 1)
    .instead("option accept-unsafe-violations-in-http-response")
    .acts(Flag(F::UnsafeResponse)),
    kw("independant-streams", DEFAULTS | PX, NONE, "a spelling of 1.4")
        .warned(1, 5)
        .removed(2, 6)
        .instead("option independent-streams")
        .acts(Flag(F::IndependentStreams)),
    kw(
        "transparent",
        DEFAULTS | BE,
        NONE,
        "the address that the client asked for",
    )
    .warned(3, 3)
    .removed(3, 5)
    .instead("server NAME 0.0.0.0")
    .acts(Flag(F::Transparent)),
];
