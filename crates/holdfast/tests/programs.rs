//! The programs that people use beside haproxy, as Debian has them, against a running Holdfast: `hatop` in a terminal,
//! `prometheus-haproxy-exporter`, `haproxy-log-analysis`, and shell scripts around `socat`. What they show is compared with what they show
//! of the original, where it is installed. One that is not there is left out, and listed so.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use test_support::admin;
use test_support::process::{Program, both_programs, free_address, wait_for};

fn main() {
    /// Its name, what it does, and the programs that it needs.
    type Test = (&'static str, fn(), &'static [&'static str]);
    let tests: [Test; 5] = [
        (
            "hatop_shows_and_does_what_it_does_with_the_original",
            hatop_shows_and_does_what_it_does_with_the_original,
            &["hatop", "tmux"],
        ),
        (
            "the_exporter_finds_all_metrics_over_http",
            the_exporter_finds_all_metrics_over_http,
            &["prometheus-haproxy-exporter"],
        ),
        (
            "the_exporter_finds_all_metrics_on_the_stats_socket",
            the_exporter_finds_all_metrics_on_the_stats_socket,
            &["prometheus-haproxy-exporter"],
        ),
        (
            "log_analysis_counts_each_request",
            log_analysis_counts_each_request,
            &["haproxy_log_analysis"],
        ),
        (
            "scripts_around_socat_say_what_they_say_of_the_original",
            scripts_around_socat_say_what_they_say_of_the_original,
            &["socat"],
        ),
    ];
    let is_there = |program: &str| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
    };
    let trials = tests
        .into_iter()
        .map(|(name, test, needs)| {
            Trial::test(name, move || {
                test();
                Ok::<(), Failed>(())
            })
            .with_ignored_flag(!needs.iter().all(|program| is_there(program)))
        })
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// What answers to `GET /bad` and to anything else stands in the same file, behind a unix socket.
const FILE: &str = "\
global
    stats socket FOLDER/socket mode 600 level admin
    log LOG format rfc3164 local0
    nbthread 1
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend web
    bind WEB
    log global
    option httplog
    http-request track-sc0 path table paths
    default_backend app
frontend stats
    bind STATS
    stats enable
    stats uri /haproxy?stats
    stats auth admin:secret
backend app
    balance roundrobin
    server a unix@FOLDER/answers check inter 100ms
    server b unix@FOLDER/answers check inter 100ms
backend paths
    stick-table type string len 32 size 1k expire 1h store http_req_cnt
frontend answers
    bind unix@FOLDER/answers
    http-request return status 500 if { path /bad }
    http-request return status 200 content-type text/plain string ok if { path -m reg -f FOLDER/good }
    http-request return status 404
";

/// The requests that each run gets: a path, and what is answered.
const REQUESTS: [(&str, u16); 8] = [
    ("/a", 200),
    ("/a", 200),
    ("/a", 200),
    ("/b", 200),
    ("/b", 200),
    ("/c", 200),
    ("/bad", 500),
    ("/nothing", 404),
];

/// A program at work.
struct Proxy {
    folder: tempfile::TempDir,
    web: SocketAddr,
    stats: SocketAddr,
    logs: UdpSocket,
    _program: Program,
}

impl Proxy {
    /// Starts it, waits until both servers are up, and lets [`REQUESTS`] come.
    fn start(mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (web, stats) = (free_address().unwrap(), free_address().unwrap());
        let logs = UdpSocket::bind("127.0.0.1:0").unwrap();
        logs.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let file = FILE
            .replace("FOLDER", &folder.path().display().to_string())
            .replace("LOG", &logs.local_addr().unwrap().to_string())
            .replace("WEB", &web.to_string())
            .replace("STATS", &stats.to_string());
        fs::write(folder.path().join("good"), "^/[abc]$\n").unwrap();
        fs::write(folder.path().join("haproxy.cfg"), file).unwrap();
        let program = Program::start(
            command
                .arg("-db")
                .arg("-f")
                .arg(folder.path().join("haproxy.cfg")),
        );
        let proxy = Self {
            folder,
            web,
            stats,
            logs,
            _program: program.unwrap(),
        };
        let up = wait_for(|| {
            let stat = proxy.command("show stat").ok()?;
            (stat.matches(",L4OK,").count() == 2).then_some(())
        });
        assert!(up.is_some(), "not up: {}", proxy._program.output().unwrap());
        for (path, status) in REQUESTS {
            assert_eq!(proxy.get(path), status, "{path}");
        }
        proxy
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn command(&self, line: &str) -> std::io::Result<String> {
        admin::ask(&self.socket(), line)
    }

    /// The status that a path is answered with.
    fn get(&self, path: &str) -> u16 {
        let mut stream = TcpStream::connect(self.web).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split(' ').nth(1).unwrap().parse().unwrap()
    }

    /// A server's state.
    fn status_of(&self, server: &str) -> Option<String> {
        let stat = self.command("show stat").ok()?;
        let row = stat
            .lines()
            .find(|row| row.starts_with(&format!("app,{server},")))?;
        row.split(',').nth(17).map(str::to_owned)
    }
}

fn holdfast() -> Proxy {
    Proxy::start(both_programs(env!("CARGO_BIN_EXE_holdfast")).remove(0))
}

/// The original, where it is there.
fn original() -> Option<Proxy> {
    both_programs(env!("CARGO_BIN_EXE_holdfast"))
        .into_iter()
        .nth(1)
        .map(Proxy::start)
}

fn text(output: &Output) -> String {
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// hatop in a terminal of its own, which ends with it.
struct Hatop {
    /// The terminal's own server, by the path of its socket.
    terminal: PathBuf,
}

impl Hatop {
    fn start(proxy: &Proxy, arguments: &str) -> Self {
        let hatop = Self {
            terminal: proxy.folder.path().join("terminal"),
        };
        let command = format!("hatop -i 1 -s {} {arguments}", proxy.socket().display());
        hatop.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            "160",
            "-y",
            "40",
            &command,
        ]);
        hatop
    }

    fn tmux(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command
            .env("TERM", "xterm")
            .env("LC_ALL", "C.UTF-8")
            .arg("-S")
            .arg(&self.terminal);
        text(&command.args(arguments).output().unwrap())
    }

    fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Waits until the screen shows all of that.
    fn shows(&self, wanted: &[&str]) -> String {
        let mut screen = String::new();
        let seen = wait_for(|| {
            screen = self.tmux(&["capture-pane", "-p"]);
            wanted.iter().all(|text| screen.contains(text)).then_some(())
        });
        assert!(seen.is_some(), "not all of {wanted:?} is shown:\n{screen}");
        screen
    }
}

impl Drop for Hatop {
    fn drop(&mut self) {
        // It has ended already where the test was to see that.
        let _ = Command::new("tmux")
            .arg("-S")
            .arg(&self.terminal)
            .arg("kill-server")
            .output();
    }
}

/// The rows of the screen's table; `s` for how many seconds something is ago.
fn rows(screen: &str) -> Vec<String> {
    let begins = ["NAME", ">>>", "FRONTEND", "BACKEND", "a ", "b "];
    screen
        .lines()
        .filter(|line| begins.iter().any(|begin| line.starts_with(begin)))
        .map(|line| {
            let words = line.split_whitespace().map(|word| match word.strip_suffix('s') {
                Some(number) if number.parse::<u32>().is_ok() => "s",
                _ => word,
            });
            words.collect::<Vec<_>>().join(" ")
        })
        .collect()
}

fn hatop_shows_and_does_what_it_does_with_the_original() {
    let mut of_errors = Vec::new();
    for proxy in [Some(holdfast()), original()].into_iter().flatten() {
        let hatop = Hatop::start(&proxy, "-p app");
        hatop.shows(&[">>> app", "L4OK", "1-STATUS", "Procs:   1"]);
        hatop.press(&["2"]);
        hatop.shows(&["LBTOT", "BOUT"]);
        hatop.press(&["3"]);
        hatop.shows(&["RTOT", "5xx"]);
        hatop.press(&["4"]);
        of_errors.push(rows(&hatop.shows(&["EREQ", "DRSP", "\na ", "\nb ", "\nBACKEND"])));
        hatop.press(&["1"]);
        hatop.shows(&["CHECK"]);
        // The cursor stands on the first server; the key is for maintenance.
        hatop.press(&["Down", "F10"]);
        let done = wait_for(|| (proxy.status_of("a")? == "MAINT").then_some(()));
        assert!(done.is_some(), "{:?}", proxy.status_of("a"));
        hatop.shows(&["MAINT"]);
        hatop.press(&["F9"]);
        let done = wait_for(|| (proxy.status_of("a")? == "UP").then_some(()));
        assert!(done.is_some(), "{:?}", proxy.status_of("a"));
        hatop.press(&["5"]);
        hatop.shows(&["haproxy command line"]);
        hatop.press(&["disable server app/b", "Enter"]);
        let done = wait_for(|| (proxy.status_of("b")? == "MAINT").then_some(()));
        assert!(done.is_some(), "{:?}", proxy.status_of("b"));
        hatop.press(&["get weight app/b", "Enter"]);
        hatop.shows(&["1 (initial 1)"]);
    }
    assert!(
        of_errors[0].iter().any(|row| row.starts_with("BACKEND")),
        "{of_errors:?}"
    );
    assert!(
        of_errors.windows(2).all(|pair| pair[0] == pair[1]),
        "{of_errors:#?}"
    );
}

/// What the exporter gives of a proxy: the metrics about haproxy, a line each.
fn exported(uri: &str) -> Vec<String> {
    let address = free_address().unwrap();
    let exporter = Program::start(
        Command::new("prometheus-haproxy-exporter")
            .arg(format!("--web.listen-address={address}"))
            .arg(format!("--haproxy.scrape-uri={uri}")),
    )
    .unwrap();
    let metrics = wait_for(|| {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
        stream.write_all(b"GET /metrics HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    });
    let metrics = metrics.unwrap_or_else(|| panic!("no metrics: {}", exporter.output().unwrap()));
    let said = exporter.output().unwrap();
    assert!(!said.contains("level=error"), "{said}");
    metrics
        .lines()
        .filter(|line| line.starts_with("haproxy_"))
        .map(str::to_owned)
        .collect()
}

/// The names and labels alone.
fn names(metrics: &[String]) -> BTreeSet<&str> {
    metrics
        .iter()
        .map(|line| line.rsplit_once(' ').unwrap().0)
        // The versions of both programs.
        .filter(|name| {
            !name.starts_with("haproxy_exporter_build_info") && !name.starts_with("haproxy_version_info")
        })
        .collect()
}

fn exporter_finds_all(uri: fn(&Proxy) -> String) {
    let ours = exported(&uri(&holdfast()));
    for expected in [
        "haproxy_up 1",
        "haproxy_backend_up{backend=\"app\"} 1",
        "haproxy_server_up{backend=\"app\",server=\"a\"} 1",
        "haproxy_server_up{backend=\"app\",server=\"b\"} 1",
        "haproxy_frontend_http_requests_total{frontend=\"web\"} 8",
        "haproxy_backend_http_responses_total{backend=\"app\",code=\"2xx\"} 6",
        "haproxy_backend_http_responses_total{backend=\"app\",code=\"4xx\"} 1",
        "haproxy_backend_http_responses_total{backend=\"app\",code=\"5xx\"} 1",
        "haproxy_server_sessions_total{backend=\"app\",server=\"a\"} 4",
        "haproxy_exporter_csv_parse_failures_total 0",
    ] {
        assert!(
            ours.iter().any(|line| line == expected),
            "no {expected}: {ours:#?}"
        );
    }
    if let Some(original) = original() {
        let theirs = exported(&uri(&original));
        let differ: Vec<_> = names(&ours)
            .symmetric_difference(&names(&theirs))
            .copied()
            .collect();
        assert!(differ.is_empty(), "{differ:#?}");
    }
}

fn the_exporter_finds_all_metrics_over_http() {
    exporter_finds_all(|proxy| format!("http://admin:secret@{}/haproxy?stats;csv", proxy.stats));
}

fn the_exporter_finds_all_metrics_on_the_stats_socket() {
    exporter_finds_all(|proxy| format!("unix:{}", proxy.socket().display()));
}

fn log_analysis_counts_each_request() {
    for proxy in [Some(holdfast()), original()].into_iter().flatten() {
        let mut lines = String::new();
        while lines.lines().count() < REQUESTS.len() {
            let mut room = [0; 8192];
            let n = proxy.logs.recv(&mut room).unwrap();
            let line = String::from_utf8_lossy(&room[..n]).into_owned();
            // As a syslog daemon writes it: without the priority. Lines about servers are none about requests.
            if let Some((_, line)) = line.split_once('>')
                && line.contains(" web ")
            {
                lines += line.trim_end();
                lines += "\n";
            }
        }
        let log = proxy.folder.path().join("haproxy.log");
        fs::write(&log, &lines).unwrap();
        let commands = [
            "counter",
            "counter_invalid",
            "counter_slow_requests",
            "http_methods",
            "server_load",
            "status_codes_counter",
            "top_request_paths",
            "queue_peaks",
        ];
        let output = Command::new("haproxy_log_analysis")
            .arg("-l")
            .arg(&log)
            .args(["-c", &commands.join(",")])
            // It keeps what it has read beside the file.
            .current_dir(proxy.folder.path())
            .output();
        let said = text(&output.unwrap());
        let found: Vec<&str> = said
            .lines()
            .filter(|line| !line.starts_with("command:") && !line.starts_with('=') && !line.is_empty())
            .collect();
        let expected = [
            "8",
            "0",
            "0",
            "defaultdict(<class 'int'>, {'GET': 8})",
            "defaultdict(<class 'int'>, {'a': 4, 'b': 4})",
            "defaultdict(<class 'int'>, {'200': 6, '500': 1, '404': 1})",
            "[('/a', 3), ('/b', 2), ('/c', 1), ('/bad', 1), ('/nothing', 1)]",
            "[]",
        ];
        assert_eq!(found, expected, "{lines}");
    }
}

/// What operators' scripts do: take a server out and wait until it is empty, change weights and limits, look into tables, pick columns by
/// their number and by their name.
const SCRIPT: &str = r##"
set -eu
ask() { printf '%s\n' "$1" | socat -t 10 stdio "unix-connect:$SOCKET"; }
echo "== columns by number"
ask "show stat" | grep '^app,' | cut -d, -f1,2,8,18,19,20,21,22
echo "== columns by name"
ask "show stat" | awk -F, 'NR==1 { sub(/^# /, ""); for (i = 1; i <= NF; i++) at[$i] = i; next }
    $at["pxname"] == "app" { print $at["svname"], $at["status"], $at["weight"], $at["hrsp_2xx"], $at["check_status"], $at["mode"], $at["algo"] }'
echo "== out and in"
ask "set server app/a state drain"
while [ "$(ask "show stat" | awk -F, '$1 == "app" && $2 == "a" { print $5 }')" != 0 ]; do :; done
ask "show stat" | awk -F, '$1 == "app" { print $2, $18 }'
ask "set server app/a state maint; show servers state app" | awk 'NR > 1 && NF > 4 && $1 != "#" { print $4, $6, $7 }'
ask "set server app/a state ready"
echo "== weights and limits"
ask "set weight app/a 50%; get weight app/a; set weight app/a 100%; get weight app/a"
ask "set maxconn frontend web 100; set rate-limit connections global 0; set timeout cli 20s"
ask "show info" | awk -F': ' '/^(Name|Nbthread|Process_num|PipesUsed)/ && !/^Name/ { print $1 ": " $2 }'
echo "== tables"
ask "show table paths" | sed 's/0x[0-9a-f]*//; s/exp=[0-9]*//; s/ shard=0//' | sort
ask "set table paths key /a data.http_req_cnt 9; show table paths key /a" | sed 's/0x[0-9a-f]*//; s/exp=[0-9]*//; s/ shard=0//'
ask "clear table paths key /a; show table paths data.http_req_cnt gt 2"
echo "== patterns"
ask "add acl $GOOD ^/new\$"
ask "show acl $GOOD" | sed 's/^0x[0-9a-f]*//'
ask "get acl $GOOD /new" | sed 's/[,].*match=/ match=/'
printf 'add map %s <<\n/one 1\n/two 2\n\n' "$GOOD" | socat -t 10 stdio "unix-connect:$SOCKET"
echo "== refused"
ask "set server app/nobody state drain"
ask "set weight app/a 999"
ask "show table nobody"
printf 'prompt\nget weight app/b\nquit\n' | socat -t 10 stdio "unix-connect:$SOCKET"
"##;

fn scripts_around_socat_say_what_they_say_of_the_original() {
    let said = |proxy: &Proxy| {
        let output = Command::new("sh")
            .args(["-c", SCRIPT])
            .env("SOCKET", proxy.socket())
            .env("GOOD", proxy.folder.path().join("good"))
            .output();
        let said = text(&output.unwrap());
        said.replace(&proxy.folder.path().display().to_string(), "FOLDER")
    };
    let ours = said(&holdfast());
    for expected in ["a UP 1 3 L4OK http", "a DRAIN", "(initial 1)", "No such server."] {
        assert!(ours.contains(expected), "no '{expected}' in:\n{ours}");
    }
    if let Some(original) = original() {
        assert_eq!(ours, said(&original));
    }
}
