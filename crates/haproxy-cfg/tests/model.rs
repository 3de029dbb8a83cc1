//! What lines mean: the resolved model of short files.

use std::net::IpAddr;

use haproxy_cfg::model::{
    Address, Balance, CheckKind, Config, ConnectionMode, CookieRewrite, Format, HttpCheck, Level, LogFormat,
    LogLevel, LogTransport, MatchKind, Mode, Pattern, Polarity, Proxy, RuleSet, ServerAddr, SwitchTarget,
    TlsVersion,
};
use haproxy_cfg::testing::{FakeHost, load_on, load_str};
use haproxy_cfg::{Dialect, Host as _};

const BASE: &str = "defaults\n mode http\n timeout client 5s\n timeout connect 5s\n timeout server 5s\n";

/// The model of `text`, which must be without errors.
fn config(text: &str) -> Config {
    let loaded = load_str(text);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    loaded.config
}

/// The last proxy of `text` behind [`BASE`].
fn proxy(text: &str) -> Proxy {
    config(&format!("{BASE}{text}")).proxies.pop().expect("a proxy")
}

fn in_dialect(text: &str, dialect: Dialect) -> Proxy {
    load_on(&format!("{BASE}{text}"), dialect, &FakeHost::new())
        .config
        .proxies
        .pop()
        .expect("a proxy")
}

#[test]
fn settings_come_from_the_nearest_defaults_that_give_them() {
    let text = "defaults a\n mode http\n timeout client 1s\n retries 7\n\
                defaults b from a\n timeout client 2s\n\
                defaults c\n\
                frontend x from b\n bind :80\n\
                frontend y\n bind :81\n timeout client 9s\n";
    let config = config(text);
    let (x, y) = (&config.proxies[0], &config.proxies[1]);
    assert_eq!(
        (x.mode, x.timeouts.client, x.retries),
        (Mode::Http, Some(2000), 7)
    );
    // Without `from` the last defaults section counts, and it inherits nothing by itself.
    assert_eq!((y.mode, y.timeouts.client, y.retries), (Mode::Tcp, Some(9000), 3));
}

#[test]
fn a_timeout_of_zero_is_none() {
    assert_eq!(proxy("backend b\n timeout server 0\n").timeouts.server, None);
}

#[test]
fn binds_are_spread_over_addresses_and_ports() {
    let proxy = proxy(
        "frontend f\n bind 127.0.0.1:80-82,[::1]:90 name web maxconn 7 accept-proxy\n bind /s mode 660\n",
    );
    let written: Vec<String> = proxy
        .binds
        .iter()
        .map(|bind| format!("{:?}", bind.address))
        .collect();
    assert_eq!(
        written,
        [
            "Inet(127.0.0.1:80)",
            "Inet(127.0.0.1:81)",
            "Inet(127.0.0.1:82)",
            "Inet([::1]:90)",
            "Unix(\"/s\")"
        ]
    );
    let first = &proxy.binds[0];
    assert_eq!(
        first.name.as_ref().map(ToString::to_string).as_deref(),
        Some("web")
    );
    assert_eq!((first.maxconn, first.accept_proxy), (Some(7), true));
    assert_eq!(proxy.binds[4].unix_mode, Some(0o660));
}

#[test]
fn tls_versions_are_bounded_by_options_of_either_form() {
    let host = FakeHost::new().with_file(
        "/etc/c.pem",
        "-----BEGIN CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\n",
    );
    let text = "global\n crt-base /etc\nfrontend f\n bind :443 ssl crt c.pem no-sslv3 no-tlsv10 ssl-max-ver TLSv1.2 alpn h2,http/1.1\n";
    let loaded = load_on(text, Dialect::default(), &host);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    let ssl = loaded.config.proxies[0].binds[0].ssl.clone().expect("ssl");
    // Beside a bound, what is taken away does not count.
    assert_eq!(
        (ssl.min_ver, ssl.max_ver),
        (Some(TlsVersion::Tls12), Some(TlsVersion::Tls12))
    );
    assert_eq!(ssl.certificates[0].path, b"/etc/c.pem"[..]);
    assert_eq!(ssl.alpn.map(|names| names.len()), Some(2));
}

#[test]
fn variables_are_put_into_addresses_even_without_quotes() {
    let host = FakeHost::new()
        .with_env("fe1", "5")
        .with_env("cli", "6")
        .with_env("s1_addr", "127.0.0.1")
        .with_env("s1_port", "81");
    let text = format!(
        "global\n stats socket \"fd@${{cli}}\" level admin\n{BASE}listen l\n bind \"fd@${{fe1}}\"\n bind fd@${{fe1}}\n \
         server s1 ${{s1_addr}}:${{s1_port}}\n"
    );
    let loaded = load_on(&text, Dialect::default(), &host);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    let config = loaded.config;
    assert_eq!(
        config.proxies[0]
            .binds
            .iter()
            .filter(|bind| bind.address == Address::Fd(5))
            .count(),
        2
    );
    assert_eq!(
        (
            &config.global.stats_sockets[0].address,
            config.global.stats_sockets[0].level
        ),
        (&Address::Fd(6), Level::Admin)
    );
    let ip: IpAddr = [127, 0, 0, 1].into();
    assert_eq!(
        config.proxies[0].servers[0].addr,
        ServerAddr::Inet {
            ip,
            port: Some(81),
            port_offset: 0
        }
    );
}

#[test]
fn server_options_stand_over_default_server_lines() {
    let text = "defaults\n mode http\n timeout connect 5s\n timeout server 5s\n default-server inter 9s rise 4 weight 3\n\
                backend b\n server a 10.0.0.1:80 check\n default-server inter 1s\n server c 10.0.0.2:80 check weight 8 backup\n";
    let config = config(text);
    let [a, c] = config.proxies[0].servers.of_file() else {
        panic!("two servers")
    };
    assert_eq!(
        (a.check.inter, a.check.rise, a.weight, a.backup),
        (9000, 4, 3, false)
    );
    assert_eq!(
        (c.check.inter, c.check.rise, c.weight, c.backup),
        (1000, 4, 8, true)
    );
}

#[test]
fn server_addresses_have_a_port_an_offset_or_neither() {
    let proxy = proxy(
        "backend b\n server a 10.0.0.1\n server b 10.0.0.1:+10\n server c [::1]:80\n server d unix@/s\n",
    );
    let addrs: Vec<ServerAddr> = proxy.servers.iter().map(|server| server.addr.clone()).collect();
    let ip: IpAddr = [10, 0, 0, 1].into();
    assert_eq!(
        addrs[0],
        ServerAddr::Inet {
            ip,
            port: None,
            port_offset: 0
        }
    );
    assert_eq!(
        addrs[1],
        ServerAddr::Inet {
            ip,
            port: None,
            port_offset: 10
        }
    );
    assert!(matches!(
        addrs[2],
        ServerAddr::Inet {
            ip: IpAddr::V6(_),
            port: Some(80),
            ..
        }
    ));
    assert_eq!(addrs[3], ServerAddr::Unix("/s".into()));
}

#[test]
fn a_name_that_does_not_resolve_may_be_allowed() {
    let text = format!("{BASE}backend b\n server a nosuch.invalid:80 init-addr last,libc,none\n");
    let loaded = load_str(&text);
    assert!(!loaded.has_errors());
    assert!(loaded.config.proxies[0].servers[0].unresolved);
    assert!(load_str(&text.replace(" init-addr last,libc,none", "")).has_errors());
}

#[test]
fn checks_are_chosen_by_options() {
    let http = proxy("backend b\n option httpchk HEAD /check.txt HTTP/1.0\n").check;
    let expected = |method: &str, uri: &str, version: &str| {
        CheckKind::Http(Box::new(HttpCheck {
            method: method.into(),
            uri: uri.into(),
            version: version.into(),
            headers: Vec::new(),
        }))
    };
    assert_eq!(http, expected("HEAD", "/check.txt", "HTTP/1.0"));
    assert_eq!(
        proxy("backend b\n option httpchk /up\n").check,
        expected("OPTIONS", "/up", "HTTP/1.0")
    );
    let smtp = proxy("backend b\n option smtpchk EHLO mail\n").check;
    assert_eq!(
        smtp,
        CheckKind::Smtp {
            hello: "EHLO".into(),
            domain: "mail".into()
        }
    );
    assert_eq!(proxy("backend b\n").check, CheckKind::Tcp);
}

#[test]
fn cookies_keep_their_policy() {
    let cookie =
        proxy("backend b\n cookie SERVERID insert indirect nocache maxidle 30m domain a.b domain c.d\n")
            .cookie;
    let cookie = cookie.expect("a cookie");
    assert_eq!(
        (cookie.rewrite, cookie.indirect, cookie.nocache),
        (CookieRewrite::Insert, true, true)
    );
    assert_eq!((cookie.maxidle, cookie.domains.len()), (Some(1800), 2));
    assert_eq!(
        proxy("backend b\n cookie A prefix\n")
            .cookie
            .map(|cookie| cookie.rewrite),
        Some(CookieRewrite::Prefix)
    );
}

#[test]
fn balance_is_read_and_its_default_follows_the_dialect() {
    assert_eq!(
        proxy("backend b\n balance leastconn\n").balance,
        Balance::LeastConn
    );
    assert_eq!(
        proxy("backend b\n balance random(4)\n").balance,
        Balance::Random(4)
    );
    assert_eq!(proxy("backend b\n").balance, Balance::Random(2));
    assert_eq!(
        in_dialect("backend b\n", Dialect::exactly(2, 6)).balance,
        Balance::RoundRobin
    );
}

#[test]
fn defaults_of_options_follow_the_dialect() {
    assert!(proxy("backend b\n").options.abortonclose);
    assert!(!proxy("backend b\n no option abortonclose\n").options.abortonclose);
    assert!(
        !in_dialect("backend b\n", Dialect::exactly(2, 6))
            .options
            .abortonclose
    );
    let hidden = |proxy: Proxy| proxy.stats.map(|stats| stats.hide_version);
    assert_eq!(hidden(proxy("listen l\n bind :80\n stats enable\n")), Some(true));
    assert_eq!(
        hidden(proxy("listen l\n bind :80\n stats show-version\n")),
        Some(false)
    );
    assert_eq!(
        hidden(in_dialect(
            "listen l\n bind :80\n stats enable\n",
            Dialect::exactly(2, 6)
        )),
        Some(false)
    );
}

#[test]
fn the_last_connection_mode_wins_and_can_be_taken_back() {
    let mode = |text: &str| proxy(&format!("backend b\n {text}\n")).connection_mode;
    assert_eq!(mode("option httpclose"), ConnectionMode::Close);
    assert_eq!(mode("option forceclose"), ConnectionMode::Close);
    assert_eq!(mode("option http-server-close"), ConnectionMode::ServerClose);
    assert_eq!(
        mode("option httpclose\n no option httpclose"),
        ConnectionMode::KeepAlive
    );
}

#[test]
fn forwardfor_and_redispatch_have_arguments() {
    let proxy = proxy(
        "listen l\n bind :80\n option forwardfor except 127.0.0.0/8 header X-Client if-none\n option redispatch 3\n",
    );
    let forwardfor = proxy.forwardfor.expect("forwardfor");
    assert_eq!(forwardfor.except, Some(([127, 0, 0, 0].into(), 8)));
    assert_eq!(
        (forwardfor.header.to_string().as_str(), forwardfor.if_none),
        ("X-Client", true)
    );
    assert_eq!(proxy.options.redispatch, Some(3));
}

#[test]
fn log_lines_add_up_and_log_global_stands_for_those_of_global() {
    let text = "global\n log 127.0.0.1 local2\n log /dev/log len 2048 format rfc5424 daemon notice err\n log stdout format raw local0\n\
                defaults\n log global\n timeout client 5s\n\
                frontend f\n bind :80\n log 10.0.0.1:1514 local1\n\
                frontend g\n bind :81\n no log\n";
    let config = config(text);
    let logs = &config.proxies[0].logs;
    assert_eq!(logs.len(), 4);
    assert_eq!(
        logs[0].transport,
        LogTransport::Datagram(Address::Inet(([127, 0, 0, 1], 514).into()))
    );
    assert_eq!(
        (logs[0].facility, logs[0].max_level, logs[0].max_len),
        (18, LogLevel::Debug, 1024)
    );
    assert_eq!((logs[1].format, logs[1].max_len), (LogFormat::Rfc5424, 2048));
    assert_eq!(
        (logs[1].facility, logs[1].max_level, logs[1].min_level),
        (3, LogLevel::Notice, LogLevel::Err)
    );
    assert_eq!(logs[2].transport, LogTransport::Stdout);
    assert!(config.proxies[1].logs.is_empty());
}

#[test]
fn a_log_line_of_requests_falls_back_to_that_of_connections_without_http() {
    let tcp = config(
        "defaults\n timeout client 5s\n log 127.0.0.1 local0\nfrontend f\n bind :80\n option httplog\n",
    );
    let options = &tcp.proxies[0].options;
    assert_eq!((options.httplog, options.tcplog), (false, true));
}

#[test]
fn acl_lines_of_one_name_are_alternatives_even_when_they_follow_the_rule() {
    let proxy = proxy(
        "frontend f\n bind :80\n acl app path_beg -i /app\n use_backend b if app METH_GET or !{ src 10.0.0.0/8 }\n acl app path_end .php\nbackend b\nfrontend f2\n bind :81\n",
    );
    // The last proxy is f2; the one of interest is the first of the file.
    assert!(proxy.acls.is_empty());
    let config = config(&format!(
        "{BASE}frontend f\n bind :80\n acl app path_beg -i /app\n use_backend b if app METH_GET or !{{ src 10.0.0.0/8 }}\n acl app path_end .php\nbackend b\n"
    ));
    let f = &config.proxies[0];
    let rule = &f.use_backend[0];
    let SwitchTarget::Backend(backend) = rule.backend else {
        panic!("{rule:?}");
    };
    assert_eq!(config.proxy(backend).name, "b");
    let cond = rule.cond.as_ref().expect("a condition");
    assert_eq!((cond.polarity, cond.any_of.len()), (Polarity::If, 2));
    let lines: Vec<MatchKind> = cond.any_of[0][0]
        .acls
        .iter()
        .map(|index| f.acls[*index as usize].matcher)
        .collect();
    assert_eq!(lines, [MatchKind::Beg, MatchKind::End]);
    assert!(cond.any_of[1][0].negated);
    let net = &f.acls[cond.any_of[1][0].acls[0] as usize];
    assert_eq!(*net.patterns, [Pattern::Net([10, 0, 0, 0].into(), 8)]);
    assert_eq!(net.sample.fetch.name, "src");
}

#[test]
fn patterns_are_read_for_their_match() {
    let acl = |line: &str| proxy(&format!("frontend f\n bind :80\n {line}\n")).acls.remove(0);
    assert_eq!(
        *acl("acl x dst_port 80 1000:2000 ge 5").patterns,
        [
            Pattern::Range(80, 80),
            Pattern::Range(1000, 2000),
            Pattern::Range(5, i64::MAX),
        ]
    );
    let header = acl("acl x hdr(X-Forwarded-For,-1) -m beg 10.");
    assert_eq!(
        (header.sample.fetch.name, header.matcher),
        ("req.hdr", MatchKind::Beg)
    );
    assert_eq!(header.sample.text(0), Some(&"X-Forwarded-For".into()));
    assert_eq!(header.sample.integer(1), Some(-1));
    assert!(acl("acl x path_reg -i ^/a(b|c)").ignore_case);
    assert_eq!(acl("acl x ssl_fc").matcher, MatchKind::Bool);
}

#[test]
fn patterns_are_read_from_files() {
    let host = FakeHost::new().with_file("/nets", "# office\n10.0.0.0/8\n\n192.168.0.1\n");
    let text = format!("{BASE}frontend f\n bind :80\n acl office src -f /nets 172.16.0.0/12\n");
    let loaded = load_on(&text, Dialect::default(), &host);
    assert!(!loaded.has_errors(), "{:#?}", loaded.diagnostics);
    let acl = &loaded.config.proxies[0].acls[0];
    let net = |text: &str, bits| Pattern::Net(text.parse().unwrap(), bits);
    assert_eq!(acl.matcher, MatchKind::Ip);
    assert_eq!(
        *acl.patterns,
        [net("10.0.0.0", 8), net("192.168.0.1", 32), net("172.16.0.0", 12)]
    );
}

#[test]
fn old_header_rules_come_behind_the_new_ones() {
    let proxy = proxy(
        "listen l\n bind :80\n reqadd X-A:\\ b\n http-request set-header X-B \"a%%b\" if TRUE\n http-request deny deny_status 429 unless TRUE\n rspadd X-Forwarded-Host:\\ http:\\\\\\\\example.com\n block if TRUE\n",
    );
    let rules = |set| proxy.rules_of(set).collect::<Vec<_>>();
    let request = rules(RuleSet::HttpRequest);
    let actions: Vec<&str> = request.iter().map(|rule| rule.action).collect();
    assert_eq!(actions, ["set-header", "deny", "deny", "add-line"]);
    assert_eq!(request[3].text("line"), Some(&"X-A: b".into()));
    assert_eq!(request[0].text("name"), Some(&"X-B".into()));
    let value = request[0].format("value").and_then(Format::literal);
    assert_eq!(value, Some("a%b".into()));
    let status = request[1]
        .option("deny_status")
        .and_then(|values| values[0].value.number());
    assert_eq!(status, Some(429));
    let added = rules(RuleSet::HttpResponse);
    assert_eq!(
        added[0].text("line"),
        Some(&r"X-Forwarded-Host: http:\\example.com".into())
    );
}

#[test]
fn rules_of_named_defaults_come_first_with_their_own_acls() {
    let text = "defaults d\n mode http\n timeout client 5s\n acl a path /d\n http-request deny if a\n\
                frontend f from d\n bind :80\n acl a path /f\n http-request allow if a\n";
    let config = config(text);
    let f = &config.proxies[0];
    let pattern = |rule: usize| {
        let line = f.rules[rule].cond.as_ref().expect("a condition").any_of[0][0].acls[0];
        f.acls[line as usize].patterns[0].clone()
    };
    assert_eq!(f.rules[0].action, "deny");
    assert_eq!(
        (pattern(0), pattern(1)),
        (Pattern::Text("/d".into()), Pattern::Text("/f".into()))
    );
}

#[test]
fn stats_settings_are_gathered() {
    let proxy = proxy(
        "listen stats\n bind :9000\n stats enable\n stats uri /\n stats realm HAProxy\\ Statistics\n stats auth admin:p@ss:word\n stats refresh 10s\n stats admin if TRUE\n",
    );
    let stats = proxy.stats.expect("statistics");
    assert_eq!(
        (stats.uri.to_string().as_str(), stats.realm.to_string().as_str()),
        ("/", "HAProxy Statistics")
    );
    assert_eq!(
        (
            stats.auth[0].user.to_string().as_str(),
            stats.auth[0].password.to_string().as_str()
        ),
        ("admin", "p@ss:word")
    );
    assert_eq!((stats.refresh, stats.admin.len()), (Some(10), 1));
}

#[test]
fn statistics_need_http_mode() {
    let config = config("defaults\n timeout client 5s\nlisten l\n bind :80\n stats enable\n");
    assert!(config.proxies[0].stats.is_none());
}

#[test]
fn the_global_section_is_read() {
    let text = "global\n chroot /var/lib/haproxy\n pidfile /run/h.pid\n maxconn 4000\n user haproxy\n group haproxy\n daemon\n nbthread 4\n \
                ulimit-n 9000\n hard-stop-after 30s\n log-send-hostname lb\n stats timeout 1m\n tune.bufsize 32k\n spread-checks 4\n \
                ssl-default-bind-options ssl-min-ver TLSv1.2\n";
    let global = config(text).global;
    assert_eq!(
        global.chroot.as_deref().map(|path| path.to_vec()),
        Some(b"/var/lib/haproxy".to_vec())
    );
    assert_eq!(
        (global.maxconn, global.nbthread, global.ulimit_n),
        (Some(4000), Some(4), Some(9000))
    );
    assert_eq!(
        (global.uid, global.gid),
        (
            FakeHost::new().user_id("haproxy"),
            FakeHost::new().group_id("haproxy")
        )
    );
    assert_eq!(
        (global.hard_stop_after, global.stats_timeout),
        (Some(30_000), Some(60_000))
    );
    assert_eq!(
        (global.tune.bufsize, global.spread_checks, global.daemon),
        (32_768, 4, true)
    );
    assert_eq!(global.ssl_default_bind.min_ver, Some(TlsVersion::Tls12));
}

#[test]
fn numbers_are_given_as_statistics_of_the_original_show_them() {
    let config = config(&format!(
        "global\n stats socket /s\n{BASE}frontend a\n bind :80\nlisten b\n id 2\n bind :81\n server x 10.0.0.1:80\n server y 10.0.0.1:80 id 1\nbackend c\n"
    ));
    let ids: Vec<u32> = config.proxies.iter().map(|proxy| proxy.id).collect();
    assert_eq!(ids, [3, 2, 5]);
    let servers: Vec<u32> = config.proxies[1].servers.iter().map(|server| server.id).collect();
    assert_eq!(servers, [2, 1]);
}

#[test]
fn environment_lines_and_conditions_change_what_is_read() {
    let text = format!(
        "global\n presetenv PORT 81\n setenv NAME web\n.if defined(NAME) && streq(\"$NAME\",web)\n{BASE}.else\nnonsense\n.endif\nfrontend f\n bind \":${{PORT}}\"\n"
    );
    let config = config(&text);
    assert_eq!(
        config.proxies[0].binds[0].address,
        Address::Inet(([0, 0, 0, 0], 81).into())
    );
}

#[test]
fn ten_faults_are_told_in_one_run() {
    let text = "global\n maxcon 5\ndefaults\n mode htp\n timeout client 5x\nfrontend f\n bind foo\n option nope\n acl a nope\n use_backend b foo\n http-request nope\nbackend b\n server a\n balance nope\n cookie\n";
    let loaded = load_str(text);
    let alerts = loaded
        .diagnostics
        .iter()
        .filter(|found| found.severity == syntax::Severity::Alert)
        .count();
    assert!(alerts >= 10, "{:#?}", loaded.diagnostics);
    let without_help: Vec<_> = loaded
        .diagnostics
        .iter()
        .filter(|found| found.severity == syntax::Severity::Alert && found.help.is_none())
        .map(|found| &found.message)
        .collect();
    assert!(without_help.is_empty(), "{without_help:?}");
}

#[test]
fn a_relative_path_of_the_stats_socket_is_read_as_before_version_1_5() {
    let text = "global\n stats socket run/stats level admin\n";
    let loaded = load_str(text);
    assert!(!loaded.has_errors() && loaded.has_warnings());
    assert_eq!(
        loaded.config.global.stats_sockets[0].address,
        Address::Unix("run/stats".into())
    );
    assert!(load_on(text, Dialect::exactly(2, 6), &FakeHost::new()).has_errors());
}
