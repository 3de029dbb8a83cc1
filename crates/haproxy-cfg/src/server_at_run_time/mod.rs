//! A server that is described while the process runs (`add server`): the words of a line, read as those of a file are.

mod surroundings;

use syntax::Severity;

pub(crate) use surroundings::push_word;

use crate::in_memory::InMemory;
use crate::keywords::SERVER_INDEX;
use crate::model::{Config, ProxyId, Server, ServerAt, Tracking};
use crate::{Dialect, Input, LoadOptions, load};

/// What servers of a running process may be given, in the order in which they are listed.
const ACCEPTED: &[&str] = &[
    "allow-0rtt",
    "alpn",
    "ca-file",
    "check-alpn",
    "check-sni",
    "check-ssl",
    "ciphers",
    "ciphersuites",
    "client-sigalgs",
    "crl-file",
    "curves",
    "crt",
    "force-sslv3",
    "force-tlsv10",
    "force-tlsv11",
    "force-tlsv12",
    "force-tlsv13",
    "ktls",
    "no-check-sni-auto",
    "no-renegotiate",
    "no-sni-auto",
    "no-ssl-reuse",
    "no-sslv3",
    "no-tlsv10",
    "no-tlsv11",
    "no-tlsv12",
    "no-tlsv13",
    "no-tls-tickets",
    "npn",
    "renegotiate",
    "send-proxy-v2-ssl",
    "send-proxy-v2-ssl-cn",
    "sigalgs",
    "sni",
    "ssl",
    "ssl-min-ver",
    "ssl-max-ver",
    "tls-tickets",
    "verify",
    "verifyhost",
    "backup",
    "cookie",
    "disabled",
    "error-limit",
    "guid",
    "ws",
    "hash-key",
    "id",
    "idle-ping",
    "init-state",
    "maxconn",
    "maxqueue",
    "minconn",
    "no-backup",
    "no-send-proxy",
    "no-send-proxy-v2",
    "no-tfo",
    "observe",
    "on-error",
    "on-marked-down",
    "on-marked-up",
    "pool-conn-name",
    "pool-low-conn",
    "pool-max-conn",
    "pool-purge-delay",
    "proto",
    "proxy-v2-options",
    "send-proxy",
    "send-proxy-v2",
    "set-proxy-v2-tlv-fmt",
    "shard",
    "slowstart",
    "source",
    "strict-maxconn",
    "tfo",
    "track",
    "usesrc",
    "weight",
    "healthcheck",
    "addr",
    "agent-addr",
    "agent-check",
    "agent-inter",
    "agent-port",
    "agent-send",
    "check",
    "check-pool-conn-name",
    "check-proto",
    "check-reuse-pool",
    "check-send-proxy",
    "check-via-socks4",
    "rise",
    "fall",
    "inter",
    "fastinter",
    "downinter",
    "port",
];

/// The backend that a server is described for.
#[derive(Clone, Copy, Debug)]
pub struct ServerOf<'a> {
    /// What runs.
    pub config: &'a Config,
    /// The backend.
    pub backend: ProxyId,
}

/// The keywords that servers of a running process may be given and that something acts on, in the order in which they are listed.
#[must_use]
pub fn keywords_at_run_time() -> Vec<&'static str> {
    let acted_on = |name: &&&'static str| {
        let row = SERVER_INDEX.find(name.as_bytes());
        row.is_some_and(|row| !row.is_read_only())
    };
    ACCEPTED.iter().filter(acted_on).copied().collect()
}

/// Reads a server's name, its address and the keywords behind them, for a backend that runs. `id` is the server's number where the
/// keywords give none.
///
/// # Errors
/// What is wrong with it, in the original's words where they are known.
pub fn read_server(of: ServerOf<'_>, words: &[Vec<u8>], id: u32) -> Result<Server, String> {
    let dialect = of.config.dialect;
    let backend = &of.config.proxy(of.backend).name;
    let mut text = surroundings::write(of.config, of.backend, words);
    let mut line: Vec<&[u8]> = vec![b"server"];
    line.extend(words.iter().map(Vec::as_slice));
    surroundings::write_line(&mut text, &line);
    let input = Input::Text {
        name: "CLI".to_owned(),
        bytes: text,
    };
    let options = LoadOptions {
        ignore_unresolved: true,
        ..LoadOptions::default()
    };
    let loaded = load(&[input], dialect, &InMemory::default(), options);
    let name = words.first().map(Vec::as_slice).unwrap_or_default();
    let lead = format!(
        "'server {}/{}' : ",
        String::from_utf8_lossy(backend),
        String::from_utf8_lossy(name)
    );
    let mut unfit = words
        .get(2..)
        .unwrap_or_default()
        .iter()
        .filter_map(|word| unfit(word, dialect));
    let mut wrong = loaded.diagnostics.iter().filter(|told| told.refuses);
    let of_line = |message: &str| message.strip_prefix(&lead).unwrap_or(message).to_owned();
    // What is told of the line as it is read comes before what is told of a server that was understood.
    if let Some(refusal) = unfit.next() {
        return Err(refusal);
    }
    if let Some(told) = wrong.next() {
        let message = of_line(&told.message);
        if told.code == "bad-track" && message.contains(" looping back to ") {
            // It is not there yet.
            let name = String::from_utf8_lossy(name);
            return Err(format!("unable to find required server '{name}' for tracking."));
        }
        let edits = told.fixes.first().map(|fix| fix.edits.as_slice());
        return Err(match edits {
            Some([edit]) if told.code == "unknown-keyword" => {
                let near = String::from_utf8_lossy(&edit.text);
                format!("{}; did you mean '{near}' maybe ?", message.trim_end_matches('.'))
            }
            _ => message,
        });
    }
    let mut warned = loaded
        .diagnostics
        .iter()
        .filter(|told| told.severity == Severity::Warning);
    if let Some(told) = warned.find(|told| told.code == "read-only") {
        return Err(told.message.clone());
    }
    let read = &loaded.config;
    let mut server = read
        .proxies
        .last()
        .and_then(|backend| backend.servers.of_file().last().cloned())
        .ok_or_else(|| "'server' expects <name> and <addr>[:<port>] as arguments.".to_owned())?;
    server.tracking = match server.tracks() {
        Some(tracked) => Some(Box::new(Tracking {
            of: Some(tracked_of(of.config, read, tracked)?),
            followers: Vec::new(),
        })),
        None => None,
    };
    if !server.id_given {
        server.id = id;
    }
    // It stands in no file.
    server.span = syntax::Span::default();
    Ok(server)
}

/// Where the server runs that `read` has at `tracked`.
fn tracked_of(config: &Config, read: &Config, tracked: ServerAt) -> Result<ServerAt, String> {
    let (backend, server) = {
        let proxy = read.proxy(tracked.proxy);
        (&proxy.name, &proxy.servers[tracked.index].name)
    };
    let found = surroundings::backend_named(config, backend)
        .and_then(|backend| surroundings::place(config, backend, server))
        .ok_or_else(|| format!("unable to find required server '{server}' for tracking."))?;
    if found.index >= config.proxy(found.proxy).servers.of_file().len() {
        // Those that stay are tracked alone, so that none loses the one that it tracks.
        return Err(format!(
            "unable to use {backend}/{server} for tracking as it is a dynamic server."
        ));
    }
    Ok(found)
}

/// Why a keyword is not for servers of a running process; none where it is, or is no keyword.
fn unfit(word: &[u8], dialect: Dialect) -> Option<String> {
    let name = SERVER_INDEX.find(word)?.row.name;
    let accepted = match name {
        // Up to 2.6 it was the other way round.
        "enabled" => !dialect.does_as(3, 0),
        "cookie" => dialect.does_as(3, 0),
        name => ACCEPTED.contains(&name),
    };
    (!accepted).then(|| format!("'{name}' option is not accepted for dynamic server"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FakeHost;

    /// What runs.
    const FILE: &str = "global\n ca-base /etc/certs\n crt-base /etc/certs\n\
        backend b\n mode http\n option httpchk\n timeout connect 1s\n timeout server 1s\n\
        server f1 127.0.0.1:1 check\n server f2 127.0.0.1:1 agent-check agent-port 9\n server f3 127.0.0.1:1\n\
        server f6 127.0.0.1:1 track f1\n\
        server f7 127.0.0.1:1 ssl verify required ca-file ca.pem crt s.pem\n\
        backend h\n mode http\n option httpchk\n http-check disable-on-404\n timeout connect 1s\n timeout server 1s\n\
        server g1 127.0.0.1:1 check\n";

    fn read(line: &str) -> Result<Server, String> {
        let input = Input::Text {
            name: "haproxy.cfg".to_owned(),
            bytes: FILE.into(),
        };
        let host = FakeHost::new()
            .with_file("/etc/certs/ca.pem", "-----BEGIN CERTIFICATE-----")
            .with_file(
                "/etc/certs/s.pem",
                "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----",
            );
        let loaded = load(&[input], Dialect::default(), &host, LoadOptions::default());
        assert!(!loaded.has_errors(), "{:?}", loaded.diagnostics);
        let words: Vec<Vec<u8>> = line.split(' ').map(|word| word.as_bytes().to_vec()).collect();
        let of = ServerOf {
            config: &loaded.config,
            backend: ProxyId(0),
        };
        read_server(of, &words, 7)
    }

    #[test]
    fn a_server_is_read_as_its_line_in_a_file_is() {
        let server = read("s 127.0.0.1:80 weight 30 maxconn 10 backup check inter 200 fall 2").unwrap();
        assert_eq!((server.id, server.weight, server.maxconn), (7, 30, 10));
        assert!(server.backup && server.check.enabled);
        assert_eq!((server.check.inter, server.check.fall), (200, 2));
        assert_eq!(read("s 127.0.0.1:80 id 100").unwrap().id, 100);
        let named = read("s nowhere.invalid:80").unwrap();
        assert!(named.unresolved);
        assert_eq!(named.host.to_string(), "nowhere.invalid");
    }

    #[test]
    fn a_server_tracks_one_of_the_file_and_has_an_agent_and_headers_of_its_own() {
        let tracks = |line: &str| read(line).map(|server| server.tracks());
        let at = |proxy, index| {
            Ok(Some(ServerAt {
                proxy: ProxyId(proxy),
                index,
            }))
        };
        assert_eq!(tracks("s 127.0.0.1:80 track f1"), at(0, 0));
        assert_eq!(tracks("s 127.0.0.1:80 track b/f2"), at(0, 1));
        assert_eq!(tracks("s 127.0.0.1:80 track f6"), at(0, 3));
        let server = read("s 127.0.0.1:80 agent-check agent-port 9 agent-send hello send-proxy-v2").unwrap();
        assert_eq!(server.agent.map(|agent| agent.port), Some(9));
        assert!(server.outgoing.is_some_and(|outgoing| outgoing.header.is_some()));
    }

    /// The original's words, recorded with 2.6 and 3.4.
    #[test]
    fn what_is_wrong_is_told_in_the_words_of_the_original() {
        for (line, told) in [
            ("s", "'server' expects <name> and <addr>[:<port>] as arguments."),
            (
                "d#x 127.0.0.1:80",
                "character '#' is not permitted in server name 'd#x'.",
            ),
            (
                "d$x 127.0.0.1:80",
                "character '$' is not permitted in server name 'd$x'.",
            ),
            ("s 127.0.0.1:80 foo", "unknown keyword 'foo'."),
            (
                "s 127.0.0.1:80 chek",
                "unknown keyword 'chek'; did you mean 'check' maybe ?",
            ),
            ("s 127.0.0.1:99999", "invalid port '99999'"),
            (
                "s 1.2.3.4:80-90",
                "port range not permitted here in '1.2.3.4:80-90'",
            ),
            (
                "s 1.2.3.4:abc",
                "invalid character 'a' in port number 'abc' in '1.2.3.4:abc'",
            ),
            (
                "s 127.0.0.1:80 weight -3",
                "weight of server s is not within 0 and 256 (-3)..",
            ),
            ("s 127.0.0.1:80 rise 0", "'rise' has to be > 0.."),
            ("s 127.0.0.1:80 id", "'id' : expects an integer argument."),
            (
                "s 127.0.0.1:80 stick",
                "'stick' option is not accepted for dynamic server",
            ),
            (
                "s 127.0.0.1:80 init-addr none",
                "'init-addr' option is not accepted for dynamic server",
            ),
            (
                "s 127.0.0.1:80 tcp-ut 3s",
                "'tcp-ut' option is not accepted for dynamic server",
            ),
            (
                "s 127.0.0.1:80 track f1 check",
                "unable to enable checks and tracking at the same time!",
            ),
            (
                "s 127.0.0.1:80 track nowhere",
                "unable to find required server 'nowhere' for tracking.",
            ),
            (
                "s 127.0.0.1:80 track nowhere/f1",
                "unable to find required proxy 'nowhere' for tracking.",
            ),
            (
                "s 127.0.0.1:80 track b/s",
                "unable to find required server 's' for tracking.",
            ),
            (
                "s 127.0.0.1:80 track f3",
                "unable to use b/f3 for tracking as it does not have any check nor agent enabled.",
            ),
            (
                "s 127.0.0.1:80 track h/g1",
                "unable to use h/g1 fortracking: disable-on-404 option inconsistency.",
            ),
            (
                "s 127.0.0.1:80 track",
                "'track' expects [<proxy>/]<server> as argument..",
            ),
            (
                "s 127.0.0.1:80 agent-check",
                "server s does not have agent port. Agent check has been disabled.",
            ),
            (
                "s 127.0.0.1:80 send-proxy-v2 proxy-v2-options nonsense",
                "'nonsense' : proxy v2 option not implemented.",
            ),
            (
                "s 127.0.0.1:80 usesrc clientip",
                "'usesrc' only allowed after a 'source' statement..",
            ),
            (
                "s 127.0.0.1 check",
                "config: backend 'b': server 's' has neither service port nor check port nor tcp_check rule 'connect' with port information.",
            ),
        ] {
            assert_eq!(read(line).map(|server| server.id), Err(told.to_owned()), "{line}");
        }
    }

    #[test]
    fn tls_is_that_of_a_line_of_a_file() {
        let tls =
            |line: &str| read(line).map(|server| server.tls.map(|tls| (tls.verify, tls.ca_file, tls.crt)));
        let path = |name: &str| Some(format!("/etc/certs/{name}").as_str().into());
        assert_eq!(
            tls("s 127.0.0.1:80 ssl verify required ca-file ca.pem"),
            Ok(Some((true, path("ca.pem"), None)))
        );
        assert_eq!(
            tls("s 127.0.0.1:80 ssl verify none crt s.pem"),
            Ok(Some((false, None, path("s.pem"))))
        );
        assert_eq!(
            tls("s 127.0.0.1:80 check-ssl verify none"),
            Ok(Some((false, None, None)))
        );
        for (line, told) in [
            (
                "s 127.0.0.1:80 ssl verify none ciphers nonsense",
                "unable to set SSL cipher list to 'nonsense'.",
            ),
            (
                "s 127.0.0.1:80 ssl verify none ciphersuites nonsense",
                "unable to set TLS 1.3 cipher suites to 'nonsense'.",
            ),
            (
                "s 127.0.0.1:80 ssl verify none ssl-min-ver TLSv1.3 ssl-max-ver TLSv1.2",
                "backend 'b': all SSL/TLS versions are disabled for server 's'.",
            ),
            (
                "s 127.0.0.1:80 ssl verify nonsense",
                "'verify' : unknown verify method 'nonsense', only 'none' and 'required' are supported.",
            ),
            (
                "s 127.0.0.1:80 ssl",
                "verify is enabled by default but no CA file specified. If you're running on a LAN where you're certain to \
                 trust the server's certificate, please set an explicit 'verify none' statement on the 'server' line, or use \
                 'ssl-server-verify none' in the global section to disable server-side verifications by default.",
            ),
        ] {
            assert_eq!(read(line).map(|server| server.id), Err(told.to_owned()), "{line}");
        }
    }

    #[test]
    fn the_listed_keywords_are_those_that_are_acted_on() {
        let listed = keywords_at_run_time();
        assert!(listed.contains(&"weight") && listed.contains(&"check"));
        assert!(listed.contains(&"track") && listed.contains(&"ssl") && !listed.contains(&"stick"));
        for name in ACCEPTED {
            // `usesrc` stands behind `source` alone.
            assert!(
                SERVER_INDEX.find(name.as_bytes()).is_some() || *name == "usesrc",
                "{name}"
            );
        }
    }
}
