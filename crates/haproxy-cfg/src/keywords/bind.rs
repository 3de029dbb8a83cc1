//! Options of `bind` lines and of stats sockets.

use syntax::Arity;

use super::row::place::BIND;
use super::row::{Keyword, kw, place};
use crate::model::TlsVersion;
use crate::parse::BindParse::{self, *};
use crate::parse::{bind, bind_quic, threads, tls};
use crate::signature::{
    Arg, Kind, MILLIS, ReadArgument, TimeWords, arg, int, loose, one_of, path, text, verify,
};

/// About TLS.
const TLS: u32 = BIND | place::TLS;
/// The same, for lines of a `crt-list` as well.
const CRT: u32 = TLS | place::CRT_LIST;
const NONE: Arity = Arity::exactly(0);
const ONE: Arity = Arity::exactly(1);
const NOTHING: &[Arg] = &[];

const VERSIONS: &[&str] = &["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
/// Said of what is no argument of `tcp-ss`.
const SAVE_SYN: &str = "'{kw}' : TCP Save SYN option expects an integer argument from 0 to 2";

const VERSION: &[Arg] = &[one_of("version", VERSIONS)
    .missing("'{kw}' : missing the ssl/tls version")
    .wrong("'{got}' : unknown ssl/tls version")];
const AUTHORITIES: &[Arg] =
    &[arg("file", Kind::Custom(ReadArgument(tls::authorities))).missing("'{kw}' : missing CAfile path")];
const ERRORS: &[Arg] =
    &[arg("errors", Kind::Custom(ReadArgument(tls::errors))).missing("'{kw}' : missing error IDs list")];
const SUITES: &[Arg] = &[text("suites").missing("'{kw}' : missing cipher suite")];
const CERTIFICATE: &[Arg] = &[path("path").missing("'{kw}' : missing certificate location")];
const SIGNATURES: &[Arg] = &[text("algorithms").missing("'{kw}' : missing signature algorithm list")];
const COUNT: Arg = loose("count", 0, i64::MAX).missing("'{kw}' : missing value");
const DELAY: &TimeWords = &TimeWords {
    unexpected: "'{kw}' : expects a positive delay in milliseconds",
    overflow: "timer overflow in argument '{got}' to '{kw}' (maximum value is 2147483647 ms or ~24.8 days)",
    underflow: "",
};

pub(super) const ROWS: &[Keyword<BindParse>] = &[
    kw(
        "accept-netscaler-cip",
        BIND,
        ONE,
        "the client's address comes in the NetScaler's own header",
    )
    .takes(&[arg("magic", Kind::NonZero { max: i64::MAX })
        .missing("'{kw}' : missing value")
        .wrong("'{kw}' : invalid value {value}, must be >= 0")])
    .acts(AcceptNetscaler),
    kw("accept-proxy", BIND, NONE, "the PROXY protocol is expected")
        .takes(NOTHING)
        .acts(AcceptProxy),
    kw("allow-0rtt", CRT, NONE, "early data of TLS 1.3 is taken").takes(NOTHING),
    kw("alpn", CRT, ONE, "protocols offered in TLS")
        .takes(&[arg("protocols", Kind::Custom(ReadArgument(tls::protocols)))
            .missing("'{kw}' : missing the comma-delimited ALPN protocol suite")])
        .acts(Alpn),
    kw(
        "backlog",
        BIND,
        ONE,
        "length of the queue of connections not yet accepted",
    )
    .takes(&[COUNT.wrong("'{kw}' : invalid value {value}, must be > 0")])
    .acts(Backlog),
    kw("ca-file", CRT, ONE, "authorities of client certificates")
        .takes(AUTHORITIES)
        .acts(CaFile),
    kw(
        "ca-ignore-err",
        TLS,
        ONE,
        "faults of a client's authorities that are passed over",
    )
    .takes(ERRORS)
    .acts(IgnoreErrors(true)),
    kw(
        "ca-sign-file",
        TLS,
        ONE,
        "authority that signs certificates made on the fly",
    )
    .takes(&[path("file").missing("'{kw}' : missing CAfile path")])
    .keeps(CaSignFile),
    kw("ca-sign-pass", TLS, ONE, "passphrase of that authority's key")
        .takes(&[text("passphrase").missing("'{kw}' : missing CAkey password")]),
    kw(
        "ca-verify-file",
        CRT,
        ONE,
        "authorities that verify, but are not named to clients",
    )
    .takes(AUTHORITIES)
    .acts(CaVerifyFile),
    kw("cc", BIND, ONE, "congestion control of the kernel")
        .since(3, 3)
        .takes(&[text("algorithm").missing("'{kw}' : missing TCP congestion control algorithm")]).acts(Congestion),
    kw("ciphers", CRT, ONE, "suites up to TLS 1.2")
        .takes(SUITES)
        .acts(Ciphers),
    kw("ciphersuites", CRT, ONE, "suites of TLS 1.3")
        .takes(SUITES)
        .acts(Ciphersuites),
    kw(
        "client-sigalgs",
        CRT,
        ONE,
        "signatures that client certificates may have",
    )
    .since(2, 8)
    .takes(SIGNATURES)
    .acts(ClientSigalgs),
    kw("crl-file", CRT, ONE, "revoked client certificates")
        .takes(&[
            arg("file", Kind::Custom(ReadArgument(tls::authorities))).missing("'{kw}' : missing CRLfile path")
        ]).acts(CrlFile),
    kw("crt", TLS, ONE, "certificate with its key")
        .takes(CERTIFICATE)
        .acts(Crt),
    kw(
        "crt-ignore-err",
        TLS,
        ONE,
        "faults of a client's certificate that are passed over",
    )
    .takes(ERRORS)
    .acts(IgnoreErrors(false)),
    kw("crt-list", TLS, ONE, "file that lists certificates")
        .takes(CERTIFICATE)
        .acts(CrtList),
    kw(
        "curves",
        CRT,
        ONE,
        "groups for key agreement, by their names in OpenSSL",
    )
    .takes(&[text("curves").missing("'{kw}' : missing curve suite")])
    .acts(Curves),
    kw("default-crt", TLS, ONE, "certificate for names that none has")
        .since(3, 0)
        .takes(CERTIFICATE)
        .acts(DefaultCrt),
    kw("defer-accept", BIND, NONE, "accept once data is there")
        .takes(NOTHING)
        .acts(DeferAccept),
    kw("ecdhe", CRT, ONE, "one group for key agreement")
        .takes(&[text("curve").missing("'{kw}' : missing named curve")])
        .acts(Ecdhe),
    kw("expose-fd", BIND, ONE, "pass listeners to a new process")
        .takes(&[one_of("what", &["listeners"])
            .missing("'{kw}' : missing fd type")
            .wrong("'{kw}' only supports 'listeners' (got '{got}')")])
        .acts(ExposeFd),
    kw("force-sslv3", TLS, NONE, "SSL 3.0 and nothing else")
        .takes(NOTHING)
        .acts(Force(TlsVersion::Ssl3)),
    kw("force-tlsv10", TLS, NONE, "TLS 1.0 and nothing else")
        .takes(NOTHING)
        .acts(Force(TlsVersion::Tls10)),
    kw("force-tlsv11", TLS, NONE, "TLS 1.1 and nothing else")
        .takes(NOTHING)
        .acts(Force(TlsVersion::Tls11)),
    kw("force-tlsv12", TLS, NONE, "TLS 1.2 and nothing else")
        .takes(NOTHING)
        .acts(Force(TlsVersion::Tls12)),
    kw("force-tlsv13", TLS, NONE, "TLS 1.3 and nothing else")
        .takes(NOTHING)
        .acts(Force(TlsVersion::Tls13)),
    kw(
        "generate-certificates",
        TLS,
        NONE,
        "certificates are made for the names that clients ask for",
    )
    .takes(NOTHING)
    .keeps(GenerateCertificates),
    kw("gid", BIND, ONE, "group number of a unix socket")
        .takes(&[loose("number", i64::MIN, i64::MAX).missing("'{kw}' : missing value")])
        .acts(Gid),
    kw("group", BIND, ONE, "group of a unix socket")
        .takes(&[
            arg("name", Kind::Custom(ReadArgument(bind::group))).missing("'{kw}' : missing group name")
        ])
        .acts(Group),
    kw(
        "guid-prefix",
        BIND,
        ONE,
        "beginning of the names that last over reloads",
    )
    .since(3, 0)
    .takes(&[text("prefix").missing("'{kw}' : expects an argument")]),
    kw("id", BIND, ONE, "number in statistics")
        .takes(&[int("number", 1, i64::MAX)
            .missing("'{kw}' : expects an integer argument")
            .wrong("'{kw}' : expects an integer argument, found '{got}'")
            .beyond("'{kw}' : custom id has to be > 0")])
        .acts(Id),
    kw(
        "idle-ping",
        BIND,
        ONE,
        "idle time after which an HTTP/2 peer is probed",
    )
    .since(3, 2)
    .takes(&[arg("delay", MILLIS)
        .missing("'{kw}' expects an argument.")
        .time_words(&TimeWords {
            unexpected: "unexpected character '{byte}' in '{kw}' argument on bind line.",
            overflow: "timer overflow in argument '{got}' to '{kw}' (maximum value is 2147483647 ms or ~24.8 days)",
            underflow: "",
        })]),
    kw("interface", BIND, ONE, "bound to one interface")
        .takes(&[text("name").missing("'{kw}' : missing interface name")])
        .acts(Interface),
    kw("ktls", CRT, ONE, "whether the kernel does TLS")
        .since(3, 3)
        .takes(tls::KTLS),
    kw("label", BIND, ONE, "name that rules know the listener by")
        .since(3, 2)
        .takes(&[text("label").missing("'{kw}' : missing label")]),
    kw("level", BIND, ONE, "what the socket may do")
        .takes(&[one_of("level", &["user", "operator", "admin"])
            .missing("'{kw}' : missing level")
            .wrong("'{kw}' only supports 'user', 'operator', and 'admin' (got '{got}')")])
        .acts(Level),
    kw("maxconn", BIND, ONE, "connections at once")
        .takes(&[COUNT.wrong("'{kw}' : invalid value {value}, must be >= 0")])
        .acts(Maxconn),
    kw("mode", BIND, ONE, "permissions of a unix socket")
        .takes(&[arg("mode", Kind::Custom(ReadArgument(bind::permissions)))
            .missing("'mode' : missing or invalid mode '' (octal integer expected)")])
        .acts(Mode),
    kw("mss", BIND, ONE, "largest segment of TCP, in bytes")
        .takes(&[arg("bytes", Kind::NonZero { max: 65535 })
            .missing("'{kw}' : missing MSS value")
            .wrong("'{kw}' : expects an MSS with and absolute value between 1 and 65535")]).acts(Mss),
    kw("name", BIND, ONE, "name in statistics")
        .takes(&[text("name").missing("'{kw}' : missing name")])
        .acts(Name),
    kw("namespace", BIND, ONE, "network namespace that it listens in")
        .takes(&[
            arg("name", Kind::Custom(ReadArgument(bind::namespace))).missing("'{kw}' : missing namespace id")
        ])
        .acts(Namespace),
    kw("nbconn", BIND, ONE, "connections that are opened in reverse")
        .since(2, 9)
        .takes(&[
            verify(bind_quic::experimental),
            COUNT.wrong("'{kw}' : invalid value {value}, must be > 0"),
        ]),
    kw("nice", BIND, ONE, "priority of its connections")
        .takes(&[loose("priority", -1024, 1024)
            .missing("'{kw}' : missing value")
            .wrong("'{kw}' : invalid value {value}, allowed range is -1024..1024")])
        .acts(Nice),
    kw("no-alpn", CRT, NONE, "no protocols are offered in TLS")
        .since(2, 8)
        .takes(NOTHING)
        .acts(NoAlpn),
    kw(
        "no-ca-names",
        CRT,
        NONE,
        "clients are not told which authorities count",
    )
    .takes(NOTHING)
    .acts(NoCaNames),
    kw("no-sslv3", TLS, NONE, "no SSL 3.0")
        .takes(NOTHING)
        .acts(Without(TlsVersion::Ssl3)),
    kw(
        "no-strict-sni",
        TLS,
        NONE,
        "a certificate for every name, whatever the defaults say",
    )
    .since(3, 1)
    .takes(NOTHING)
    .acts(StrictSni(false)),
    kw("no-tls-tickets", TLS, NONE, "no session tickets of TLS 1.2")
        .takes(NOTHING)
        .acts(Tickets(false)),
    kw("no-tlsv10", TLS, NONE, "no TLS 1.0")
        .takes(NOTHING)
        .acts(Without(TlsVersion::Tls10)),
    kw("no-tlsv11", TLS, NONE, "no TLS 1.1")
        .takes(NOTHING)
        .acts(Without(TlsVersion::Tls11)),
    kw("no-tlsv12", TLS, NONE, "no TLS 1.2")
        .takes(NOTHING)
        .acts(Without(TlsVersion::Tls12)),
    kw("no-tlsv13", TLS, NONE, "no TLS 1.3")
        .takes(NOTHING)
        .acts(Without(TlsVersion::Tls13)),
    kw("npn", CRT, ONE, "protocols offered in TLS before ALPN")
        .takes(&[arg("protocols", Kind::Custom(ReadArgument(tls::protocols)))
            .missing("'{kw}' : missing the comma-delimited NPN protocol suite")]),
    kw(
        "prefer-client-ciphers",
        TLS,
        NONE,
        "the client's order of suites counts",
    )
    .takes(NOTHING)
    .acts(PreferClientCiphers),
    kw(
        "process",
        BIND,
        ONE,
        "processes and threads that take connections",
    )
    .warned(2, 5)
    .removed(2, 7)
    .instead("thread")
    .takes(&[arg("set", Kind::Rest(ReadArgument(threads::process)))]),
    kw("proto", BIND, ONE, "protocol, whatever was agreed on")
        .takes(&[
            arg("protocol", Kind::Custom(ReadArgument(tls::multiplexer)))
                .missing("'{kw}' : missing value"),
        ])
        .acts(Proto),
    kw(
        "quic-cc-algo",
        BIND,
        ONE,
        "congestion control of QUIC connections",
    )
    .since(2, 7)
    .takes(&[arg("algorithm", Kind::Custom(ReadArgument(bind_quic::congestion)))
        .missing("'{kw}' : missing control congestion algorithm")]),
    kw(
        "quic-force-retry",
        BIND,
        NONE,
        "QUIC clients must show that their address is theirs",
    )
    .since(2, 7)
    .takes(NOTHING),
    kw("quic-socket", BIND, ONE, "sockets of QUIC connections")
        .since(2, 9)
        .takes(&[one_of("kind", &["connection", "listener"])
            .missing("'{kw}' : missing argument, use either connection or listener.")
            .wrong("'{kw}' : unknown argument, use either connection or listener.")]),
    kw(
        "severity-output",
        BIND,
        ONE,
        "how the stats socket marks what it says",
    )
    .takes(&[one_of("format", &["none", "number", "string"])
        .missing("'{kw}' : missing severity format")
        .wrong("'{kw}' only supports 'none', 'number', and 'string' (got '{got}')")]),
    kw("shards", BIND, ONE, "sockets that share the address")
        .takes(&[arg("count", Kind::Custom(ReadArgument(bind::shards))).missing("'{kw}' : missing value")]),
    kw("sigalgs", CRT, ONE, "signatures that are offered")
        .since(2, 8)
        .takes(SIGNATURES)
        .acts(Sigalgs),
    kw("ssl", BIND, NONE, "TLS").takes(NOTHING).acts(Ssl),
    kw("ssl-max-ver", CRT, ONE, "newest version of TLS")
        .takes(VERSION)
        .acts(MaxVer),
    kw("ssl-min-ver", CRT, ONE, "oldest version of TLS")
        .takes(VERSION)
        .acts(MinVer),
    kw(
        "strict-sni",
        TLS,
        NONE,
        "no certificate without a matching name",
    )
    .takes(NOTHING)
    .acts(StrictSni(true)),
    kw("tcp-md5sig", BIND, ONE, "password of segments (RFC 2385)")
        .since(3, 3)
        .takes(&[arg("password", Kind::Custom(ReadArgument(bind::segment_password))).missing("'{kw}' : missing TCP MD5 signature password")]).acts(SegmentPassword),
    kw("tcp-ss", BIND, ONE, "what the kernel keeps of handshakes")
        .since(3, 4)
        .takes(&[one_of("headers", &["0", "1", "2"])
            .missing(SAVE_SYN)
            .wrong(SAVE_SYN)])
        .acts(SaveSyn),
    kw(
        "tcp-ut",
        BIND,
        ONE,
        "how long sent data may go without an answer",
    )
    .takes(&[arg("time", MILLIS)
        .missing("'{kw}' : missing TCP User Timeout value")
        .time_words(DELAY)]).acts(TcpUserTimeout),
    kw("tfo", BIND, NONE, "TCP fast open").takes(NOTHING).acts(Tfo),
    kw("thread", BIND, ONE, "threads that take connections")
        .takes(&[arg("set", Kind::Rest(ReadArgument(threads::threads)))])
        .keeps(Threads),
    kw(
        "tls-ticket-keys",
        TLS,
        ONE,
        "file of keys for session tickets",
    )
    .takes(&[arg("file", Kind::Custom(ReadArgument(tls::ticket_keys)))
        .missing("'{kw}' : missing TLS ticket keys file path")])
    .acts(TicketKeys),
    kw(
        "tls-tickets",
        TLS,
        NONE,
        "session tickets, whatever the defaults say",
    )
    .since(3, 1)
    .takes(NOTHING)
    .acts(Tickets(true)),
    kw("transparent", BIND, NONE, "addresses that are not local")
        .takes(NOTHING)
        .acts(Transparent),
    kw("uid", BIND, ONE, "user number of a unix socket")
        .takes(&[loose("number", i64::MIN, i64::MAX).missing("'{kw}' : missing value")])
        .acts(Uid),
    kw("user", BIND, ONE, "user of a unix socket")
        .takes(&[
            arg("name", Kind::Custom(ReadArgument(bind::user))).missing("'{kw}' : missing user name")
        ])
        .acts(User),
    kw("v4v6", BIND, NONE, "both families on ::")
        .takes(NOTHING)
        .acts(V4v6),
    kw("v6only", BIND, NONE, "IPv6 alone on ::")
        .takes(NOTHING)
        .acts(V6only),
    kw("verify", CRT, ONE, "client certificates")
        .takes(&[one_of("method", &["none", "optional", "required"])
            .missing("'{kw}' : missing verify method")
            .wrong(
                "'{kw}' : unknown verify method '{got}', only 'none', 'optional', and 'required' are supported",
            )])
        .acts(Verify),
];
