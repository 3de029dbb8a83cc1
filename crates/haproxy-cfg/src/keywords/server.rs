//! Options of `server` and `default-server` lines.

use syntax::Arity;

use super::row::{Keyword, kw, place::SERVER};
use crate::model::TlsVersion;
use crate::parse::ServerParse::{self, *};
use crate::parse::{bind, bind_quic, guid, server, source, tls};
use crate::signature::{
    Arg, Kind, MILLIS, ReadArgument, TIME_WORDS, TimeWords, Versions, arg, loose, one_of, path, since, text,
    versions,
};

const NONE: Arity = Arity::exactly(0);
const ONE: Arity = Arity::exactly(1);
const NOTHING: &[Arg] = &[];
const HASH_KEY: &[Arg] = &[since(&versions(
    3,
    4,
    one_of("key", &["id", "id32", "guid", "addr", "addr-port"]).words(NODE_KEYS),
    since(&HASH_KEY_3_3),
))];
const HASH_KEY_3_3: Versions = versions(
    3,
    3,
    one_of("key", &["id", "addr", "addr-port", "guid"]).words(OLD_NODE_KEYS),
    one_of("key", &["id", "addr", "addr-port"]).words(OLD_NODE_KEYS),
);
const NODE_KEYS: &str = "'{kw}' has to be 'id', 'id32', 'guid', 'addr', or 'addr-port'";
const OLD_NODE_KEYS: &str = "'{kw}' has to be 'id', 'addr', or 'addr-port'";

/// Faults are told with the server's name, or `default-server`.
const DELAY: &[Arg] = &[
    arg("delay", Kind::Custom(ReadArgument(server::delay))).missing("'{kw}' expects a delay as argument.")
];
const ADDR: &[Arg] = &[arg("address", Kind::Custom(ReadArgument(server::check_address)))
    .missing("'{kw}' expects <ipv4|ipv6> as argument.")];
const PORT: &[Arg] = &[arg("port", Kind::Custom(ReadArgument(server::port)))
    .missing("'{kw}' expects a port number as argument.")];
/// A count that is missing is 0.
const COUNT: &[Arg] = &[loose("count", i64::MIN, i64::MAX).optional()];
const PROTOCOLS: &[Arg] = &[arg("protocols", Kind::Custom(ReadArgument(tls::protocols)))
    .missing("'{kw}' : missing the comma-delimited ALPN protocol suite")];
const MULTIPLEXER: &[Arg] =
    &[arg("protocol", Kind::Custom(ReadArgument(tls::multiplexer))).missing("'{kw}' : missing value")];
const SUITES: &[Arg] = &[text("suites").missing("'{kw}' : missing cipher suite")];
const SIGNATURES: &[Arg] = &[text("algorithms").missing("'{kw}' : missing signature algorithm list")];
const VERSION: &[Arg] = &[
    one_of("version", &["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"])
        .missing("'{kw}' : missing the ssl/tls version")
        .wrong("'{got}' : unknown ssl/tls version"),
];

pub(super) const ROWS: &[Keyword<ServerParse>] = &[
    kw("addr", SERVER, ONE, "address that checks go to").takes(ADDR).acts(Addr),
    kw("agent-addr", SERVER, ONE, "address of the agent").takes(&[arg("address", Kind::Custom(ReadArgument(server::agent_address))).missing("'{kw}' expects an address as argument.")]).acts(AgentAddr),
    kw("agent-check", SERVER, NONE, "an agent on the server says how it does").takes(NOTHING).acts(AgentCheck(true)),
    kw("agent-inter", SERVER, ONE, "interval of the agent's checks").takes(DELAY).acts(AgentInter),
    kw("agent-port", SERVER, ONE, "port of the agent").takes(PORT).acts(AgentPort),
    kw("agent-send", SERVER, ONE, "what the agent is told first").takes(&[text("text").missing("'{kw}' expects a string as argument.")]).acts(AgentSend),
    kw("allow-0rtt", SERVER, NONE, "early data of TLS 1.3 may be sent").takes(NOTHING),
    kw("alpn", SERVER, ONE, "protocols offered in TLS").takes(PROTOCOLS).acts(Alpn),
    kw("backup", SERVER, NONE, "used when all others are down").takes(NOTHING).acts(Backup(true)),
    kw("ca-file", SERVER, ONE, "authorities of the server's certificate").takes(&[arg("file", Kind::Custom(ReadArgument(tls::authorities))).missing("'{kw}' : missing CAfile path")]).acts(CaFile),
    kw("cc", SERVER, ONE, "congestion control of the kernel").since(3, 3).takes(&[text("algorithm").missing("'{kw}' : missing TCP congestion control algorithm")]).acts(Congestion),
    kw("check", SERVER, NONE, "health checks").takes(NOTHING).acts(Check(true)),
    kw("check-alpn", SERVER, ONE, "protocols that checks offer in TLS").takes(PROTOCOLS).acts(CheckAlpn),
    kw("check-pool-conn-name", SERVER, ONE, "name of the connections that checks reuse").since(3, 2).takes(&[text("name").missing("'{kw}' : missing value")]),
    kw("check-proto", SERVER, ONE, "protocol of checks").takes(MULTIPLEXER).keeps(CheckProto),
    kw("check-reuse-pool", SERVER, NONE, "checks use idle connections").since(3, 2).takes(NOTHING),
    kw("check-send-proxy", SERVER, NONE, "checks begin with the PROXY protocol").takes(NOTHING).acts(CheckSendProxy(true)),
    kw("check-sni", SERVER, ONE, "name that checks ask for in TLS").takes(&[text("name").missing("'{kw}' : missing SNI")]).acts(CheckSni),
    kw("check-sni-auto", SERVER, NONE, "checks ask for the name in their Host header").since(3, 3).takes(NOTHING).acts(CheckSniAuto(true)),
    kw("check-ssl", SERVER, NONE, "checks over TLS").takes(NOTHING).acts(CheckSsl(true)),
    kw("check-via-socks4", SERVER, NONE, "checks pass through the SOCKS4 proxy").takes(NOTHING).acts(CheckViaSocks4),
    kw("ciphers", SERVER, ONE, "suites up to TLS 1.2").takes(SUITES).acts(Ciphers),
    kw("ciphersuites", SERVER, ONE, "suites of TLS 1.3").takes(SUITES).acts(Ciphersuites),
    kw("client-sigalgs", SERVER, ONE, "signatures that the client's certificate may have").since(2, 9).takes(SIGNATURES).acts(ClientSigalgs),
    kw("cookie", SERVER, ONE, "value of the cookie that sticks to it").takes(&[text("value").missing("'{kw}' expects <value> as argument.")]).acts(Cookie),
    kw("crl-file", SERVER, ONE, "revoked certificates of servers").takes(&[arg("file", Kind::Custom(ReadArgument(tls::authorities))).missing("'{kw}' : missing CRLfile path")]).acts(CrlFile),
    kw("crt", SERVER, ONE, "certificate that the server is shown").takes(&[path("path").missing("'{kw}' : missing certificate file path")]).acts(Crt),
    kw("curves", SERVER, ONE, "groups for key agreement, by their names in OpenSSL").since(2, 9).takes(&[text("curves").missing("'{kw}' : missing curves list")]).acts(Curves),
    kw("disabled", SERVER, NONE, "starts in maintenance").takes(NOTHING).acts(Disabled(true)),
    kw("downinter", SERVER, ONE, "interval of checks while down").takes(DELAY).acts(Downinter),
    kw("enabled", SERVER, NONE, "starts in service, whatever the defaults say").takes(NOTHING).acts(NonStick(false)).acts(Disabled(false)),
    kw("error-limit", SERVER, ONE, "errors in traffic that `on-error` waits for").takes(&[loose("count", 1, i64::MAX).missing("'{kw}' expects an integer argument.").wrong("{kw} has to be > 0.")]).acts(ErrorLimit),
    kw("fall", SERVER, ONE, "failures that take it down").takes(&[loose("count", 1, i64::MAX).missing("'{kw}' expects an integer argument.").wrong("'{kw}' has to be > 0.")]).acts(Fall),
    kw("fastinter", SERVER, ONE, "interval of checks while changing").takes(DELAY).acts(Fastinter),
    kw("force-sslv3", SERVER, NONE, "SSL 3.0 and nothing else").takes(NOTHING).acts(Force(TlsVersion::Ssl3)),
    kw("force-tlsv10", SERVER, NONE, "TLS 1.0 and nothing else").takes(NOTHING).acts(Force(TlsVersion::Tls10)),
    kw("force-tlsv11", SERVER, NONE, "TLS 1.1 and nothing else").takes(NOTHING).acts(Force(TlsVersion::Tls11)),
    kw("force-tlsv12", SERVER, NONE, "TLS 1.2 and nothing else").takes(NOTHING).acts(Force(TlsVersion::Tls12)),
    kw("force-tlsv13", SERVER, NONE, "TLS 1.3 and nothing else").takes(NOTHING).acts(Force(TlsVersion::Tls13)),
    kw("guid", SERVER, ONE, "a name that lasts over reloads").since(3, 0).takes(&[arg("guid", Kind::Custom(guid::OF_SERVER)).missing("'{kw}' : expects an argument")]).acts(Guid),
    kw("hash-key", SERVER, ONE, "what its place among hashes is made of").since(3, 0).takes(HASH_KEY).acts(HashKey),
    kw("healthcheck", SERVER, ONE, "section that says how it is checked").since(3, 4).takes(&[text("section").optional()]).keeps(Healthcheck),
    kw("id", SERVER, ONE, "number in statistics").takes(&[loose("number", 1, i64::MAX).missing("'{kw}' : expects an integer argument").wrong("'{kw}' : custom id has to be > 0")]).acts(Id),
    kw("idle-ping", SERVER, ONE, "idle time after which an HTTP/2 peer is probed").since(3, 2).takes(&[arg("delay", MILLIS).missing("'{kw}' expects an argument.").time_words(&TimeWords { unexpected: "unexpected character '{byte}' in '{kw}' argument of server {of}.", overflow: TIME_WORDS.overflow, underflow: "" })]),
    kw("init-addr", SERVER, ONE, "where its address comes from at the start").takes(&[arg("methods", Kind::Custom(ReadArgument(server::init_addr))).optional()]).acts(InitAddr),
    kw("init-state", SERVER, ONE, "its state before the first check").since(3, 1).takes(&[one_of("state", &["none", "fully-up", "up", "down", "fully-down"]).words("'{kw}' expects one of 'none', 'fully-up', 'up', 'down', or 'fully-down' but got '{got}'")]).acts(InitState),
    kw("inter", SERVER, ONE, "interval of checks").takes(DELAY).acts(Inter),
    kw("ktls", SERVER, ONE, "whether the kernel does TLS").since(3, 3).takes(tls::KTLS),
    kw("log-bufsize", SERVER, ONE, "bytes that wait for a log server").since(2, 9).takes(&[loose("bytes", 1, i64::MAX).missing("'{kw}' expects an integer argument.").wrong("{kw} has to be > 0.")]).acts(LogBufsize),
    kw("log-proto", SERVER, ONE, "how log lines are framed").takes(&[one_of("protocol", &["legacy", "octet-count"]).missing("'{kw}' expects one of 'legacy' or 'octet-count' but got ''").wrong("'{kw}' expects one of 'legacy' or 'octet-count' but got '{got}'")]).acts(LogProto),
    kw("max-reuse", SERVER, ONE, "requests on one connection").takes(&[loose("count", i64::MIN, i64::MAX).missing("'{kw}' expects <value> as argument.")]).acts(MaxReuse),
    kw("maxconn", SERVER, ONE, "connections at once").takes(COUNT).acts(Maxconn),
    kw("maxqueue", SERVER, ONE, "connections waiting").takes(COUNT).acts(Maxqueue),
    kw("minconn", SERVER, ONE, "lower bound of a moving maxconn").takes(COUNT).acts(Minconn),
    kw("namespace", SERVER, ONE, "network namespace that it is connected from").takes(&[arg("name", Kind::Custom(ReadArgument(server::namespace))).missing("'{kw}' : expects <name> as argument")]).acts(Namespace),
    kw("no-agent-check", SERVER, NONE, "no agent, whatever the defaults say").takes(NOTHING).acts(AgentCheck(false)),
    kw("no-backup", SERVER, NONE, "no backup, whatever the defaults say").takes(NOTHING).acts(Backup(false)),
    kw("no-check", SERVER, NONE, "no health checks, whatever the defaults say").takes(NOTHING).acts(Check(false)),
    kw("no-check-reuse-pool", SERVER, NONE, "checks make their own connections").since(3, 2).takes(NOTHING),
    kw("no-check-send-proxy", SERVER, NONE, "checks begin without the PROXY protocol").takes(NOTHING).acts(CheckSendProxy(false)),
    kw("no-check-sni-auto", SERVER, NONE, "checks ask for no name of their own").since(3, 3).takes(NOTHING).acts(CheckSniAuto(false)),
    kw("no-check-ssl", SERVER, NONE, "checks without TLS").takes(NOTHING).acts(CheckSsl(false)),
    kw("no-renegotiate", SERVER, NONE, "no new handshakes").since(3, 4).takes(NOTHING),
    kw("no-send-proxy", SERVER, NONE, "no PROXY protocol").takes(NOTHING).acts(NoSendProxy(1)),
    kw("no-send-proxy-v2", SERVER, NONE, "no PROXY protocol version 2").takes(NOTHING).acts(NoSendProxy(2)),
    kw("no-send-proxy-v2-ssl", SERVER, NONE, "nothing of TLS in the PROXY protocol").takes(NOTHING).acts(NoSendProxy(2 | 4)),
    kw("no-send-proxy-v2-ssl-cn", SERVER, NONE, "no name of the client in the PROXY protocol").takes(NOTHING).acts(NoSendProxy(2 | 4 | 8)),
    kw("no-sni-auto", SERVER, NONE, "no name in TLS but the one that `sni` gives").since(3, 3).takes(NOTHING).acts(SniAuto(false)),
    kw("no-ssl", SERVER, NONE, "no TLS, whatever the defaults say").takes(NOTHING).acts(Ssl(false)),
    kw("no-ssl-reuse", SERVER, NONE, "a handshake for each connection").takes(NOTHING).acts(SslReuse(false)),
    kw("no-sslv3", SERVER, NONE, "no SSL 3.0").takes(NOTHING).acts(Without(TlsVersion::Ssl3)),
    kw("no-tfo", SERVER, NONE, "no TCP fast open").takes(NOTHING).acts(Tfo(false)),
    kw("no-tls-tickets", SERVER, NONE, "no session tickets of TLS 1.2").takes(NOTHING).acts(Tickets(false)),
    kw("no-tlsv10", SERVER, NONE, "no TLS 1.0").takes(NOTHING).acts(Without(TlsVersion::Tls10)),
    kw("no-tlsv11", SERVER, NONE, "no TLS 1.1").takes(NOTHING).acts(Without(TlsVersion::Tls11)),
    kw("no-tlsv12", SERVER, NONE, "no TLS 1.2").takes(NOTHING).acts(Without(TlsVersion::Tls12)),
    kw("no-tlsv13", SERVER, NONE, "no TLS 1.3").takes(NOTHING).acts(Without(TlsVersion::Tls13)),
    kw("non-stick", SERVER, NONE, "clients are not kept at it by stick tables").takes(NOTHING).acts(NonStick(true)),
    kw("npn", SERVER, ONE, "protocols offered in TLS before ALPN").takes(&[arg("protocols", Kind::Custom(ReadArgument(tls::protocols))).missing("'{kw}' : missing the comma-delimited NPN protocol suite")]),
    kw("observe", SERVER, ONE, "traffic tells how it does as well").takes(&[one_of("layer", &["none", "layer4", "layer7"]).missing("'{kw}' expects <mode> as argument.").wrong("'{kw}' expects one of 'none', 'layer4', 'layer7' but got '{got}'")]).acts(Observe),
    kw("on-error", SERVER, ONE, "what happens when traffic shows errors").takes(&[one_of("what", &["fastinter", "fail-check", "sudden-death", "mark-down"]).missing("'{kw}' expects one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down' but got ''").wrong("'{kw}' expects one of 'fastinter', 'fail-check', 'sudden-death' or 'mark-down' but got '{got}'")]).acts(OnError),
    kw("on-marked-down", SERVER, ONE, "sessions that end when it goes down").takes(&[one_of("what", &["shutdown-sessions"]).missing("'{kw}' expects 'shutdown-sessions' but got ''").wrong("'{kw}' expects 'shutdown-sessions' but got '{got}'")]).acts(OnMarkedDown),
    kw("on-marked-up", SERVER, ONE, "sessions that end when it comes up").takes(&[one_of("what", &["shutdown-backup-sessions"]).missing("'{kw}' expects 'shutdown-backup-sessions' but got ''").wrong("'{kw}' expects 'shutdown-backup-sessions' but got '{got}'")]).acts(OnMarkedUp),
    kw("pool-conn-name", SERVER, ONE, "name by which idle connections are found").since(3, 0).takes(&[arg("expression", Kind::Custom(ReadArgument(server::pool_name))).missing("'{kw}' expects <value> as argument")]),
    kw("pool-low-conn", SERVER, ONE, "idle connections that each thread keeps to itself").takes(&[loose("count", i64::MIN, i64::MAX).missing("'{kw}' expects <value> as argument.")]).acts(PoolLow),
    kw("pool-max-conn", SERVER, ONE, "idle connections that are kept").takes(&[loose("count", -1, i64::MAX).missing("'{kw}' expects <value> as argument.").wrong("'{kw}' must be >= -1")]).acts(PoolMax),
    kw("pool-purge-delay", SERVER, ONE, "how often idle connections are given up").takes(&[arg("delay", MILLIS).missing("'{kw}' expects <value> as argument.")]).acts(PoolPurgeDelay),
    kw("port", SERVER, ONE, "port that checks go to").takes(PORT).acts(Port),
    kw("proto", SERVER, ONE, "protocol, whatever was agreed on").takes(MULTIPLEXER).acts(Proto),
    kw("proxy-v2-options", SERVER, ONE, "what else the PROXY protocol tells").takes(&[arg("options", Kind::Custom(ReadArgument(server::proxy_v2_options))).missing("'' : proxy v2 option not implemented")]).acts(ProxyV2Options),
    kw("quic-cc-algo", SERVER, ONE, "congestion control of QUIC connections").since(3, 4).takes(&[arg("algorithm", Kind::Custom(ReadArgument(bind_quic::congestion))).missing("'{kw}' : missing control congestion algorithm")]),
    kw("redir", SERVER, ONE, "GET and HEAD are redirected there").takes(&[text("prefix").missing("'{kw}' expects <prefix> as argument.")]).acts(Redir),
    kw("renegotiate", SERVER, NONE, "new handshakes at the server's wish").since(3, 4).takes(NOTHING),
    kw("resolve-net", SERVER, ONE, "networks that its addresses are taken from first").takes(&[arg("networks", Kind::Custom(ReadArgument(server::networks))).missing("'{kw}' expects a list of networks.")]).acts(ResolveNet),
    kw("resolve-opts", SERVER, ONE, "how its name is resolved").takes(&[arg("options", Kind::Custom(ReadArgument(server::resolve_opts))).optional()]).acts(ResolveOpts),
    kw("resolve-prefer", SERVER, ONE, "family that its addresses are taken from first").takes(&[one_of("family", &["ipv4", "ipv6"]).words("'{kw}' expects either ipv4 or ipv6 as argument.")]).acts(ResolvePrefer),
    kw("resolvers", SERVER, ONE, "section that says how its name is resolved").takes(&[text("name").optional()]).acts(Resolvers),
    kw("rise", SERVER, ONE, "successes that bring it up").takes(&[loose("count", 1, i64::MAX).missing("'{kw}' expects an integer argument.").wrong("'{kw}' has to be > 0.")]).acts(Rise),
    kw("send-proxy", SERVER, NONE, "PROXY protocol version 1").takes(NOTHING).acts(SendProxy(1)),
    kw("send-proxy-v2", SERVER, NONE, "PROXY protocol version 2").takes(NOTHING).acts(SendProxy(2)),
    kw("send-proxy-v2-ssl", SERVER, NONE, "PROXY protocol with what TLS told").takes(NOTHING).acts(SendProxy(2 | 4)),
    kw("send-proxy-v2-ssl-cn", SERVER, NONE, "PROXY protocol with the name in the client's certificate").takes(NOTHING).acts(SendProxy(2 | 4 | 8)),
    kw("set-proxy-v2-tlv-fmt", SERVER, ONE, "a value of one's own in the PROXY protocol").since(2, 9).takes(&[text("format")]).acts(TlvFormat),
    kw("shard", SERVER, ONE, "the part of the entries that a peer is told of").since(2, 7).takes(COUNT).acts(Shard),
    kw("sigalgs", SERVER, ONE, "signatures that are offered").since(2, 9).takes(SIGNATURES).acts(Sigalgs),
    kw("slowstart", SERVER, ONE, "time in which its share grows after it came up").takes(&[arg("time", MILLIS).missing("unexpected character '").time_words(&TimeWords { unexpected: "unexpected character '{byte}' in 'slowstart' argument of server {of}.", overflow: "overflow in argument <{got}> to <{kw}> of server {of}, maximum value is 2147483647 ms (~24.8 days).", underflow: "" })]).acts(Slowstart),
    kw("sni", SERVER, ONE, "name that is asked for in TLS").takes(&[arg("expression", Kind::Custom(ReadArgument(server::sni))).missing("'{kw}' : missing sni expression")]).acts(Sni),
    kw("sni-auto", SERVER, NONE, "the name in the Host header is asked for in TLS").since(3, 3).takes(NOTHING).acts(SniAuto(true)),
    kw("socks4", SERVER, ONE, "SOCKS4 proxy on the way").takes(&[arg("address", Kind::Custom(ReadArgument(server::socks4))).missing("'{kw}' expects <addr>:<port> as argument.")]).acts(Socks4),
    kw("source", SERVER, Arity::between(1, 5), "address that the server sees").takes(&[arg("address", Kind::Custom(ReadArgument(source::of_server))).missing("'{kw}' expects <addr>[:<port>[-<port>]], and optionally 'usesrc' <addr>, and 'interface' <name> as argument.")]).acts(Source),
    kw("ssl", SERVER, NONE, "TLS").takes(NOTHING).acts(Ssl(true)),
    kw("ssl-max-ver", SERVER, ONE, "newest version of TLS").takes(VERSION).acts(MaxVer),
    kw("ssl-min-ver", SERVER, ONE, "oldest version of TLS").takes(VERSION).acts(MinVer),
    kw("ssl-reuse", SERVER, NONE, "sessions of TLS are used again").takes(NOTHING).acts(SslReuse(true)),
    kw("stick", SERVER, NONE, "clients are kept at it by stick tables, whatever the defaults say").takes(NOTHING),
    kw("strict-maxconn", SERVER, NONE, "idle connections count for `maxconn` as well").since(3, 2).takes(NOTHING),
    kw("tcp-md5sig", SERVER, ONE, "password of segments (RFC 2385)").since(3, 3).takes(&[arg("password", Kind::Custom(ReadArgument(bind::segment_password))).missing("'{kw}' : missing TCP MD5 signature password")]).acts(SegmentPassword),
    kw("tcp-ut", SERVER, ONE, "how long sent data may go without an answer").takes(&[arg("time", MILLIS).missing("'{kw}' : missing TCP User Timeout value").time_words(&TimeWords { unexpected: "'{kw}' : expects a positive delay in milliseconds", overflow: "timer overflow in argument '{got}' to '{kw}' (maximum value is 2147483647 ms or ~24.8 days)", underflow: "" })]).acts(TcpUserTimeout),
    kw("tfo", SERVER, NONE, "TCP fast open").takes(NOTHING).acts(Tfo(true)),
    kw("tls-tickets", SERVER, NONE, "session tickets of TLS 1.2, whatever the defaults say").takes(NOTHING).acts(Tickets(true)),
    kw("track", SERVER, ONE, "server whose state it takes over").takes(&[text("server").missing("'{kw}' expects [<proxy>/]<server> as argument.")]).acts(Track),
    kw("usesrc", SERVER, ONE, "address that the server sees, behind `source`").takes(&[arg("address", Kind::Rest(ReadArgument(source::alone)))]),
    kw("verify", SERVER, ONE, "the server's certificate").takes(&[one_of("method", &["none", "required"]).missing("'{kw}' : missing verify method").wrong("'{kw}' : unknown verify method '{got}', only 'none' and 'required' are supported")]).acts(Verify),
    kw("verifyhost", SERVER, ONE, "name in the server's certificate").takes(&[text("name").missing("'{kw}' : missing hostname to verify against")]).acts(VerifyHost),
    kw("weight", SERVER, ONE, "share of the load, 0 to 256").takes(&[loose("weight", 0, 256).optional().wrong("weight of server {of} is not within 0 and 256 ({value}).")]).acts(Weight),
    kw("ws", SERVER, ONE, "protocol of WebSockets").takes(&[one_of("protocol", &["auto", "h1", "h2"]).words("'{kw}' has to be 'auto', 'h1' or 'h2'")]),
];
