//! The release that brought a keyword: a sample of each, from the manuals of the releases, which tell 2.7, 2.8, 2.9, 3.1 and what
//! came after 3.2 apart where no listing of the original does (`tests/listing.rs`).

use haproxy_cfg::Dialect;
use haproxy_cfg::keywords::listing;
use haproxy_cfg::testing::{FakeHost, load_on};

/// A release, a class of `-dK`, and keywords that came with it.
type Came = ((u16, u16), &'static str, &'static [&'static str]);

const CAME: &[Came] = &[
    (
        (2, 7),
        "cfg",
        &[
            "anonkey",
            "http-request set-bandwidth-limit",
            "http-after-response set-map*",
        ],
    ),
    ((2, 7), "smp", &["quic_enabled"]),
    ((2, 7), "cnv", &["x509_v_err_str"]),
    ((2, 7), "flt", &["bwlim-in", "bwlim-out"]),
    (
        (2, 8),
        "cfg",
        &[
            "httpclient.resolvers.disabled",
            "no-quic",
            "prealloc-fd",
            "ssl-default-bind-sigalgs",
            "tune.disable-fast-forward",
            "tune.lua.burst-timeout",
            "tune.memory.hot-size",
            "tune.stick-counters",
            "bind <addr> ssl no-alpn",
            "bind <addr> ssl sigalgs",
            "http-request sc-add-gpc*",
        ],
    ),
    ((2, 8), "smp", &["bc_rtt", "bc_rttvar", "ssl_c_r_dn"]),
    (
        (2, 8),
        "cnv",
        &[
            "param",
            "rfc7239_field",
            "rfc7239_is_valid",
            "rfc7239_n2nn",
            "rfc7239_n2np",
        ],
    ),
    (
        (2, 9),
        "cfg",
        &[
            "harden.reject-privileged-ports.tcp",
            "httpclient.retries",
            "limited-quic",
            "setcap",
            "ssl-default-server-curves",
            "tune.events.max-events-at-once",
            "tune.h2.fe.glitches-threshold",
            "tune.lua.log.loggers",
            "tune.max-checks-per-thread",
            "tune.rcvbuf.frontend",
            "bind <addr> quic-socket",
            "server <name> <addr> curves",
            "server <name> <addr> log-bufsize",
            "tcp-request session attach-srv",
            "http-response set-timeout",
        ],
    ),
    (
        (2, 9),
        "smp",
        &[
            "accept_date",
            "acl",
            "act_conn",
            "bc.timer.connect",
            "bytes_in",
            "cur_client_timeout",
            "fc.timer.total",
            "fc_glitches",
            "fc_pp_tlv",
            "fs.id",
            "pid",
            "req.cook_names",
            "req.timer.idle",
            "request_date",
            "server_status",
            "ssl_fc_curve",
            "txn.sess_term_state",
            "txn.timer.user",
        ],
    ),
    ((2, 9), "cnv", &["ms_ltime", "us_utime"]),
    (
        (3, 0),
        "cfg",
        &[
            "thread-hard-limit",
            "http-err-codes",
            "expose-deprecated-directives",
        ],
    ),
    (
        (3, 0),
        "smp",
        &["bc_err_name", "sc_glitch_cnt", "txn.redispatched", "uptime"],
    ),
    ((3, 0), "cnv", &["aes_gcm_enc", "map_str_key", "when"]),
    (
        (3, 1),
        "cfg",
        &["tune.bufsize.small", "tune.renice.runtime", "http-request do-log"],
    ),
    (
        (3, 1),
        "smp",
        &[
            "last_entity",
            "ssl_fc_sigalgs_bin",
            "ssl_fc_supported_versions_bin",
            "waiting_entity",
        ],
    ),
    ((3, 1), "cnv", &["rfc7239_nn", "rfc7239_np"]),
    (
        (3, 2),
        "cfg",
        &[
            "tune.max-rules-at-once",
            "tune.notsent-lowat.client",
            "force-cfg-parser-pause",
        ],
    ),
    (
        (3, 2),
        "smp",
        &["bc_reused", "req.ssl_cipherlist", "sc_key", "term_events"],
    ),
    ((3, 2), "cnv", &["base2", "has_ctl", "srv_is_up", "table_clr_gpc"]),
    (
        (3, 3),
        "cfg",
        &[
            "cpu-affinity",
            "max-threads-per-group",
            "noktls",
            "shm-stats-file",
        ],
    ),
    ((3, 3), "smp", &["req.bytes_in", "res.bytes_out"]),
    ((3, 3), "cnv", &["jwt_verify_cert"]),
    (
        (3, 4),
        "cfg",
        &[
            "jwt.decrypt_alg_list",
            "tune.cli.max-payload-size",
            "tune.defaults.purge",
            "tune.h1.fe.glitches-threshold",
            "tune.lua.openlibs",
            "tune.streams-elasticity",
            "http-request set-headers-bin",
        ],
    ),
    (
        (3, 4),
        "smp",
        &[
            "cpu_usage_proc",
            "cur_queue_timeout",
            "dump_all_vars",
            "fc_saved_syn",
            "tgroup",
        ],
    ),
    (
        (3, 4),
        "cnv",
        &[
            "eth.src",
            "fe_exists",
            "ip.ttl",
            "jwt_decrypt_jwk",
            "reverse_dom",
            "tcp.options_list",
        ],
    ),
    ((3, 4), "flt", &["comp-req", "comp-res"]),
    ((3, 4), "cfg", &["tune.ssl.keyupdate-rate-limit"]),
    ((3, 5), "cfg", &["tune.fd.tables"]),
    ((3, 5), "smp", &["cur_max_retries"]),
];

const RELEASES: [(u16, u16); 10] = [
    (2, 6),
    (2, 7),
    (2, 8),
    (2, 9),
    (3, 0),
    (3, 1),
    (3, 2),
    (3, 3),
    (3, 4),
    (3, 5),
];

/// Whether the listing of that release has a keyword.
fn has((major, minor): (u16, u16), class: &str, name: &str) -> bool {
    let text = listing(class, Dialect::exactly(major, minor)).expect("a class");
    text.lines().any(|line| {
        let line = line
            .rsplit_once("] ")
            .filter(|_| class == "smp")
            .map_or(line, |(_, fetch)| fetch);
        line.trim()
            .strip_prefix(name)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '(', ':']))
    })
}

#[test]
fn a_keyword_is_of_the_release_that_brought_it_and_of_all_later_ones() {
    for (release, class, names) in CAME {
        for name in *names {
            let of: Vec<(u16, u16)> = RELEASES
                .into_iter()
                .filter(|known| has(*known, class, name))
                .collect();
            let expected: Vec<(u16, u16)> = RELEASES.into_iter().filter(|known| known >= release).collect();
            assert_eq!(of, expected, "{class} {name}");
        }
    }
}

/// A line, the release before the one that brought its keyword, and that one.
const TOO_NEW: &[(&str, (u16, u16), &str)] = &[
    ("global\n    tune.stick-counters 5\n", (2, 7), "2.8"),
    ("backend b\n    guid x\n", (2, 9), "3.0"),
    (
        "backend b\n    option http-drop-request-trailers\n",
        (3, 1),
        "3.2",
    ),
    ("frontend f\n    bind :1 quic-socket listener\n", (2, 8), "2.9"),
    (
        "backend b\n    server s 127.0.0.1:1 pool-conn-name src\n",
        (2, 9),
        "3.0",
    ),
    (
        "backend b\n    http-request set-header x %[accept_date]\n",
        (2, 8),
        "2.9",
    ),
    (
        "backend b\n    http-request set-header x %[src,rfc7239_nn]\n",
        (3, 0),
        "3.1",
    ),
    ("backend b\n    http-request pause 1s\n", (3, 1), "3.2"),
    ("backend b\n    http-request sc-add-gpc(0,0) 1\n", (2, 7), "2.8"),
];

#[test]
fn a_strict_dialect_says_with_which_version_a_keyword_came() {
    for (text, (major, minor), came) in TOO_NEW {
        let text = format!(
            "defaults\n    mode http\n    timeout client 1s\n    timeout connect 1s\n    timeout server 1s\n{text}"
        );
        let loaded = load_on(&text, Dialect::exactly(*major, *minor), &FakeHost::new());
        let help = format!("it came with version {came}");
        let told: Vec<_> = loaded
            .diagnostics
            .iter()
            .filter_map(|told| told.help.as_deref())
            .collect();
        assert!(
            told.iter().any(|told| told.contains(&help)),
            "{text}: {:?}",
            loaded.diagnostics
        );
        let (major, minor) = came.split_once('.').expect("two numbers");
        let at_home = Dialect::exactly(major.parse().expect("a number"), minor.parse().expect("a number"));
        let loaded = load_on(&text, at_home, &FakeHost::new());
        assert!(
            loaded
                .diagnostics
                .iter()
                .all(|told| told.severity != syntax::Severity::Alert),
            "{text}: {:?}",
            loaded.diagnostics
        );
    }
}
