//! Options of `bind` lines and of stats sockets.

use syntax::Arity;

use super::row::place::BIND;
use super::row::{Keyword, kw, place};
use crate::model::TlsVersion;
use crate::parse::BindParse::{self, *};

/// About TLS.
const TLS: u32 = BIND | place::TLS;
/// The same, for lines of a `crt-list` as well.
const CRT: u32 = TLS | place::CRT_LIST;
const NONE: Arity = Arity::exactly(0);
const ONE: Arity = Arity::exactly(1);

pub(super) const ROWS: &[Keyword<BindParse>] = &[
    kw("accept-netscaler-cip", BIND, ONE, ""),
    kw("accept-proxy", BIND, NONE, "the PROXY protocol is expected").keeps(AcceptProxy),
    kw("allow-0rtt", CRT, NONE, ""),
    kw("alpn", CRT, ONE, "protocols offered in TLS").acts(Alpn),
    kw(
        "backlog",
        BIND,
        ONE,
        "length of the queue of connections not yet accepted",
    )
    .acts(Backlog),
    kw("ca-file", CRT, ONE, "authorities of client certificates").acts(CaFile),
    kw("ca-ignore-err", TLS, ONE, ""),
    kw("ca-sign-file", TLS, ONE, ""),
    kw("ca-sign-pass", TLS, ONE, ""),
    kw("ca-verify-file", CRT, ONE, ""),
    kw("cc", BIND, ONE, "").since(2, 7),
    kw("ciphers", CRT, ONE, "suites up to TLS 1.2").acts(Ciphers),
    kw("ciphersuites", CRT, ONE, "suites of TLS 1.3").acts(Ciphersuites),
    kw("client-sigalgs", CRT, ONE, "").since(2, 7),
    kw("crl-file", CRT, ONE, ""),
    kw("crt", TLS, ONE, "certificate with its key").acts(Crt),
    kw("crt-ignore-err", TLS, ONE, ""),
    kw("crt-list", TLS, ONE, ""),
    kw(
        "curves",
        CRT,
        ONE,
        "groups for key agreement, by their names in OpenSSL",
    )
    .keeps(Curves),
    kw("default-crt", TLS, ONE, "").since(2, 7),
    kw("defer-accept", BIND, NONE, "accept once data is there").keeps(DeferAccept),
    kw("ecdhe", CRT, ONE, ""),
    kw("expose-fd", BIND, ONE, "pass listeners to a new process").acts(ExposeFd),
    kw("force-sslv3", TLS, NONE, "").acts(Force(TlsVersion::Ssl3)),
    kw("force-tlsv10", TLS, NONE, "").acts(Force(TlsVersion::Tls10)),
    kw("force-tlsv11", TLS, NONE, "").acts(Force(TlsVersion::Tls11)),
    kw("force-tlsv12", TLS, NONE, "").acts(Force(TlsVersion::Tls12)),
    kw("force-tlsv13", TLS, NONE, "").acts(Force(TlsVersion::Tls13)),
    kw("generate-certificates", TLS, NONE, ""),
    kw("gid", BIND, ONE, "group number of a unix socket").acts(Gid),
    kw("group", BIND, ONE, "group of a unix socket").acts(Group),
    kw("guid-prefix", BIND, ONE, "").since(2, 7),
    kw("id", BIND, ONE, "number in statistics").acts(Id),
    kw("idle-ping", BIND, ONE, "").since(2, 7),
    kw("interface", BIND, ONE, "bound to one interface").acts(Interface),
    kw("ktls", CRT, ONE, "").since(2, 7),
    kw("label", BIND, ONE, "").since(2, 7),
    kw("level", BIND, ONE, "what the socket may do").acts(Level),
    kw("maxconn", BIND, ONE, "connections at once").keeps(Maxconn),
    kw("mode", BIND, ONE, "permissions of a unix socket").acts(Mode),
    kw("mss", BIND, ONE, ""),
    kw("name", BIND, ONE, "name in statistics").acts(Name),
    kw("namespace", BIND, ONE, ""),
    kw("nbconn", BIND, ONE, "").since(2, 7),
    kw("nice", BIND, ONE, ""),
    kw("no-alpn", CRT, NONE, "").since(2, 7).acts(NoAlpn),
    kw("no-ca-names", CRT, NONE, ""),
    kw("no-sslv3", TLS, NONE, "").acts(Without(TlsVersion::Ssl3)),
    kw("no-strict-sni", TLS, NONE, "").since(2, 7),
    kw("no-tls-tickets", TLS, NONE, "no session tickets of TLS 1.2").acts(Tickets(false)),
    kw("no-tlsv10", TLS, NONE, "").acts(Without(TlsVersion::Tls10)),
    kw("no-tlsv11", TLS, NONE, "").acts(Without(TlsVersion::Tls11)),
    kw("no-tlsv12", TLS, NONE, "").acts(Without(TlsVersion::Tls12)),
    kw("no-tlsv13", TLS, NONE, "").acts(Without(TlsVersion::Tls13)),
    kw("npn", CRT, ONE, ""),
    kw("prefer-client-ciphers", TLS, NONE, ""),
    kw("process", BIND, ONE, "")
        .warned(2, 5)
        .removed(2, 7)
        .instead("thread"),
    kw("proto", BIND, ONE, ""),
    kw("severity-output", BIND, ONE, ""),
    kw("shards", BIND, ONE, ""),
    kw("sigalgs", CRT, ONE, "").since(2, 7),
    kw("ssl", BIND, NONE, "TLS").acts(Ssl),
    kw("ssl-max-ver", CRT, ONE, "newest version of TLS").acts(MaxVer),
    kw("ssl-min-ver", CRT, ONE, "oldest version of TLS").acts(MinVer),
    kw("strict-sni", TLS, NONE, "no certificate without a matching name").acts(StrictSni),
    kw("tcp-md5sig", BIND, ONE, "").since(2, 7),
    kw("tcp-ss", BIND, ONE, "").since(2, 7),
    kw("tcp-ut", BIND, ONE, ""),
    kw("tfo", BIND, NONE, "TCP fast open").keeps(Tfo),
    kw("thread", BIND, ONE, ""),
    kw("tls-ticket-keys", TLS, ONE, ""),
    kw(
        "tls-tickets",
        TLS,
        NONE,
        "session tickets, whatever the defaults say",
    )
    .since(2, 7)
    .acts(Tickets(true)),
    kw("transparent", BIND, NONE, "addresses that are not local").acts(Transparent),
    kw("uid", BIND, ONE, "user number of a unix socket").acts(Uid),
    kw("user", BIND, ONE, "user of a unix socket").acts(User),
    kw("v4v6", BIND, NONE, "both families on ::").acts(V4v6),
    kw("v6only", BIND, NONE, "IPv6 alone on ::").acts(V6only),
    kw("verify", CRT, ONE, "client certificates").acts(Verify),
];
