//! What a legacy file did before its migration, under this program in the dialect of its time, it does afterwards under Debian's haproxy:
//! the same answers to the same requests. Each file runs as it stands, in a network of its own that has all of its addresses, with web
//! servers behind them. Root and Debian's haproxy are needed: elsewhere the test says so and passes.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use syntax::Version;
use test_support::namespace::{Namespace, is_possible};
use test_support::process::{Program, wait_for};

const HAPROXY: &str = "/usr/sbin/haproxy";

/// Requests, each on a connection of its own.
const REQUESTS: &[&str] = &[
    "GET / HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n",
    "GET /appX/page?a=1 HTTP/1.1\r\nhost: shop.example\r\nx-forwarded-for: 198.51.100.7\r\nconnection: close\r\n\r\n",
    "GET /appY/page HTTP/1.1\r\nhost: shop.example\r\ncookie: SERVERID=web2; JSESSIONID=A~xyz; other=1\r\nconnection: close\r\n\r\n",
    "HEAD /check HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n",
    "POST /form HTTP/1.1\r\nhost: shop.example\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello",
    "POST /form HTTP/1.1\r\nhost: shop.example\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "GET /old HTTP/1.0\r\n\r\n",
    "GET /haproxy?stats HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n",
    "GET /a HTTP/1.1\r\nhost: shop.example\r\n\r\nGET /b HTTP/1.1\r\nhost: shop.example\r\nconnection: close\r\n\r\n",
    "BROKEN\r\n\r\n",
];

/// Files that cannot be compared, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "migrate/mode-health/before.cfg",
        "'mode health' is read and not acted on, which is told",
    ),
    (
        "migrate/http-proxy/before.cfg",
        "'option http_proxy' is read and not acted on, which is told",
    ),
    (
        "migrate/lb-agent/before.cfg",
        "'option lb-agent-chk' is read and not acted on, which is told",
    ),
    (
        "documents/haproxy/002-acl-two-backends.cfg",
        "a rule on the path in TCP mode: haproxy looks at what has come by then, so that it is a matter of microseconds",
    ),
];

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures")
}

/// The published files, and those that migrations are shown by.
fn files() -> Vec<PathBuf> {
    let mut out = Vec::new();
    for folder in ["documents/haproxy", "migrate"] {
        for entry in fs::read_dir(fixtures().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let file = if path.is_dir() {
                path.join("before.cfg")
            } else {
                path
            };
            if file.extension().is_some_and(|ending| ending == "cfg") {
                out.push(file);
            }
        }
    }
    out.sort();
    out
}

/// The file without what needs another machine: users, folders, the background.
fn at_home(text: &str) -> String {
    let kept = |line: &&str| {
        let first = line.split_whitespace().next().unwrap_or_default();
        !["chroot", "user", "group", "daemon", "pidfile", "uid", "gid"].contains(&first)
    };
    text.lines()
        .filter(kept)
        .map(|line| format!("{line}\n"))
        .collect()
}

/// Addresses of servers, and where clients are heard, as far as they are plain.
fn places(text: &str) -> (BTreeSet<SocketAddr>, BTreeSet<SocketAddr>) {
    let (mut servers, mut sites) = (BTreeSet::new(), BTreeSet::new());
    for line in text.lines() {
        let words: Vec<&str> = line
            .split_whitespace()
            .take_while(|word| !word.starts_with('#'))
            .collect();
        let address = |word: &str| -> Option<SocketAddr> {
            let word = word.replacen('*', "0.0.0.0", 1);
            if let Some(port) = word.strip_prefix(':') {
                return Some(SocketAddr::from(([0, 0, 0, 0], port.parse().ok()?)));
            }
            word.parse().ok()
        };
        match words.as_slice() {
            ["server", _, at, ..] => servers.extend(address(at)),
            ["bind", at, rest @ ..] if !rest.contains(&"ssl") => sites.extend(address(at)),
            ["listen" | "frontend", _, at, ..] => sites.extend(address(at)),
            _ => {}
        }
    }
    (servers, sites)
}

/// A web server that says who it is, what it was asked and what it was told.
fn serve(listener: TcpListener) {
    std::thread::spawn(move || {
        while let Ok((stream, _)) = listener.accept() {
            std::thread::spawn(move || answer(stream));
        }
    });
}

/// One request; what is no request gets no answer.
fn answer(stream: TcpStream) -> Option<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5))).ok()?;
    let me = stream.local_addr().ok()?;
    let mut reader = BufReader::new(stream);
    let (mut head, mut length, mut chunked) = (Vec::new(), 0, false);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().ok()?;
        }
        chunked |= line == "transfer-encoding: chunked";
        head.push(line);
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    while chunked {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let size = usize::from_str_radix(line.trim(), 16).ok()?;
        let mut chunk = vec![0; size + 2];
        reader.read_exact(&mut chunk).ok()?;
        body.extend_from_slice(chunk.get(..size)?);
        chunked = size > 0;
    }
    // The order of headers means nothing.
    head.get_mut(1..)?.sort_unstable();
    let head = head.join("\n");
    let text = format!("server {me}\n{head}\n{}\n", String::from_utf8_lossy(&body));
    let shown = if head.starts_with("head ") {
        ""
    } else {
        text.as_str()
    };
    let answer = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nset-cookie: JSESSIONID=abc; path=/\r\nconnection: close\r\n\r\n{shown}",
        text.len()
    );
    reader.get_mut().write_all(answer.as_bytes()).ok()
}

/// What a client sees, without what differs at each time.
fn ask(at: SocketAddr, request: &str) -> String {
    let Ok(mut stream) = TcpStream::connect_timeout(&at, Duration::from_secs(2)) else {
        return "refused".to_owned();
    };
    stream.set_read_timeout(Some(Duration::from_secs(4))).unwrap();
    if stream.write_all(request.as_bytes()).is_err() {
        return "closed".to_owned();
    }
    let mut answer = Vec::new();
    let ended = stream.read_to_end(&mut answer).is_ok();
    let answer = String::from_utf8_lossy(&answer);
    let mut out = String::new();
    for answer in answer.split_inclusive("\r\n\r\n") {
        let mut lines: Vec<String> = answer.lines().map(str::to_owned).collect();
        lines.retain(|line| !line.to_ascii_lowercase().starts_with("date:"));
        // Header names, whose case and order mean nothing.
        for line in &mut lines {
            if let Some((name, value)) = line.clone().split_once(": ") {
                *line = format!("{}: {value}", name.to_ascii_lowercase());
            }
        }
        if lines.len() > 1 && answer.starts_with("HTTP/") {
            lines[1..].sort_unstable();
        }
        out += &lines.join("\n");
        out.push('\n');
    }
    // The page of statistics has counters and times of its own.
    if out.contains("Statistics Report") {
        return "the page of statistics".to_owned();
    }
    format!("{out}{}", if ended { "end" } else { "open" })
}

/// A request and what came of it.
struct Seen {
    site: SocketAddr,
    request: &'static str,
    answer: String,
}

/// What all requests give under a program, once it listens.
fn seen(network: &Namespace, command: &mut Command, file: &Path, sites: &BTreeSet<SocketAddr>) -> Vec<Seen> {
    let program = Program::start(command.arg("-db").arg("-f").arg(file)).unwrap();
    network
        .inside(|| {
            let ports: BTreeSet<u16> = sites.iter().map(SocketAddr::port).collect();
            let listens = |port: &u16| listening().unwrap().contains(port);
            // All listeners of a file are bound at once.
            let up = wait_for(|| ports.iter().any(listens).then_some(()));
            assert!(
                up.is_some(),
                "nobody listens at {sites:?} for {}: {}",
                fs::read_to_string(file).unwrap(),
                program.output().unwrap()
            );
            // Checks found servers up at first, and each request goes where the one before it left the balancing.
            let each = |site: &SocketAddr| {
                let site = *site;
                REQUESTS.iter().map(move |request| Seen {
                    site,
                    request,
                    answer: ask(reached(site), request),
                })
            };
            Ok(sites.iter().flat_map(each).collect())
        })
        .unwrap()
}

/// The ports that are listened on in the network of this thread. Nothing is connected: each connection would move the balancing on.
fn listening() -> io::Result<BTreeSet<u16>> {
    let table = fs::read_to_string("/proc/thread-self/net/tcp")?;
    let port = |line: &str| {
        let mut fields = line.split_whitespace().skip(1);
        let (_, port) = fields.next()?.rsplit_once(':')?;
        let state = fields.nth(1)?;
        (state == "0A").then(|| u16::from_str_radix(port, 16).ok())?
    };
    Ok(table.lines().filter_map(port).collect())
}

/// Where a client finds a site.
fn reached(site: SocketAddr) -> SocketAddr {
    if site.ip().is_unspecified() {
        SocketAddr::from(([127, 0, 0, 1], site.port()))
    } else {
        site
    }
}

/// Whether a program takes a file.
fn is_taken(command: &mut Command, file: &Path) -> bool {
    command
        .arg("-c")
        .arg("-f")
        .arg(file)
        .output()
        .unwrap()
        .status
        .success()
}

/// The version that a case says it is of.
fn version(text: &str) -> Option<&str> {
    let first = text.lines().next()?.strip_prefix("# holdfast migrate --from ")?;
    first.split_whitespace().next()
}

/// What became of a file that was compared.
struct Outcome {
    name: String,
    differences: Vec<String>,
}

/// A migrated file.
struct Migrated {
    path: PathBuf,
    /// The version that the file was of.
    from: Version,
    /// Whether old defaults were written into it.
    pinned: bool,
}

/// Migrates a copy of a file to 2.6; none where it is of no older version, which is no legacy.
fn migrate(text: &str, from: Option<&str>, path: PathBuf, pinned: bool) -> Option<Migrated> {
    fs::write(&path, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command.args(["migrate", "--to", "2.6", "--write", "--format", "json"]);
    command.args(pinned.then_some("--pin")).arg(&path);
    if let Some(version) = from {
        command.args(["--from", version]);
    }
    let said: serde_json::Value = serde_json::from_slice(&command.output().unwrap().stdout).ok()?;
    let (major, minor) = said["from"].as_str().unwrap().split_once('.').unwrap();
    let from = Version::new(major.parse().unwrap(), minor.parse().unwrap());
    (from < Version::new(2, 6)).then_some(Migrated { path, from, pinned })
}

/// Runs a file before and after its migration; none where a program does not take it, or it has no plain address to ask at.
fn compare(path: &Path) -> Option<Outcome> {
    let name = path.strip_prefix(fixtures()).unwrap().display().to_string();
    let text = String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned();
    let from = version(&text);
    let text = at_home(&text);
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("old.cfg");
    fs::write(&old, &text).unwrap();
    let new = [
        migrate(&text, from, folder.path().join("new.cfg"), false)?,
        migrate(&text, from, folder.path().join("pinned.cfg"), true)?,
    ];
    let (servers, sites) = places(&text);
    if sites.is_empty() || LEFT_OUT.iter().any(|(case, _)| *case == name) {
        return None;
    }
    // Each program has a network of its own, so that all run at once on the same addresses.
    let first = network(&servers, &sites).unwrap();
    let ours = || {
        let mut command = first.proxy.command(env!("CARGO_BIN_EXE_holdfast"));
        command.args(["haproxy", "--dialect", &new[0].from.to_string()]);
        command
    };
    let others: Vec<(&Migrated, Site)> = new
        .iter()
        .map(|file| (file, network(&servers, &sites).unwrap()))
        .collect();
    let taken =
        |(file, network): &(&Migrated, Site)| is_taken(&mut network.proxy.command(HAPROXY), &file.path);
    if !is_taken(&mut ours(), &old) || !others.iter().all(taken) {
        return None;
    }
    let mut differences = Vec::new();
    std::thread::scope(|scope| {
        let before = scope.spawn(|| seen(&first.proxy, &mut ours(), &old, &sites));
        let after: Vec<_> = others
            .iter()
            .map(|(file, network)| {
                let sites = &sites;
                scope.spawn(move || {
                    seen(
                        &network.proxy,
                        &mut network.proxy.command(HAPROXY),
                        &file.path,
                        sites,
                    )
                })
            })
            .collect();
        let before = before.join().unwrap();
        for ((file, _), after) in others.iter().zip(after) {
            differences.extend(
                differing(file, &before, &after.join().unwrap()).map(|told| format!("{name}: {told}")),
            );
        }
    });
    Some(Outcome { name, differences })
}

/// What a migrated file does otherwise.
fn differing<'a>(
    file: &Migrated,
    before: &'a [Seen],
    after: &'a [Seen],
) -> impl Iterator<Item = String> + use<'a> {
    // Where the old default is written as `option httpclose`, a request has a connection of its own. This program has the connections of
    // later versions in all dialects: headers about the connection differ, and the second request on one is not answered.
    let closes = file.pinned && file.from < Version::new(1, 5);
    let about_connections =
        |line: &&str| !line.starts_with("connection:") && !line.starts_with("content-length:");
    let plain = move |text: &str| -> String {
        if closes {
            text.lines()
                .filter(about_connections)
                .collect::<Vec<_>>()
                .join("\n")
        } else {
            text.to_owned()
        }
    };
    // Whether the last connection has been let go of when the next is given a server, is a matter of microseconds.
    let by_load = fs::read_to_string(&file.path).unwrap().contains("leastconn");
    let plain = move |text: &str| -> String {
        let text = plain(text);
        let about_server = |line: &&str| !line.starts_with("server ") && !line.starts_with("content-length:");
        let kept = text.lines().filter(|line| !by_load || about_server(line));
        kept.collect::<Vec<_>>().join("\n")
    };
    let title = format!("from {}{}", file.from, if file.pinned { ", pinned" } else { "" });
    before
        .iter()
        .zip(after)
        .filter(move |(one, _)| !(closes && one.request.matches("HTTP/1.1").count() > 1))
        .filter(move |(one, other)| plain(&one.answer) != plain(&other.answer))
        .map(move |(one, other)| {
            format!(
                "{title}, at {}: {}\n--- before\n{}\n--- after\n{}",
                one.site, one.request, one.answer, other.answer
            )
        })
}

/// Where a program runs, and the machine beside it that has the servers: a listener on all addresses leaves their ports alone.
struct Site {
    proxy: Namespace,
    /// It lives as long as its servers are asked.
    _servers: Namespace,
}

/// A network that has all addresses of a file, with web servers behind those of its servers.
fn network(servers: &BTreeSet<SocketAddr>, sites: &BTreeSet<SocketAddr>) -> io::Result<Site> {
    let (proxy, other) = (Namespace::new()?, Namespace::new()?);
    proxy.connect("s0", &other, "p0")?;
    proxy.ip(&["addr", "add", "198.18.255.1/30", "dev", "s0"])?;
    other.ip(&["addr", "add", "198.18.255.2/30", "dev", "p0"])?;
    let own: BTreeSet<IpAddr> = sites.iter().map(SocketAddr::ip).collect();
    let add = |network: &Namespace, address: &IpAddr| {
        network
            .ip(&["addr", "add", &address.to_string(), "dev", "lo"])
            .map(drop)
    };
    let is_plain = |address: &&IpAddr| !address.is_loopback() && !address.is_unspecified();
    for address in own.iter().filter(is_plain) {
        add(&proxy, address)?;
    }
    let theirs: BTreeSet<IpAddr> = servers.iter().map(SocketAddr::ip).collect();
    for address in theirs.difference(&own).filter(is_plain) {
        add(&other, address)?;
        proxy.ip(&["route", "add", &address.to_string(), "via", "198.18.255.2"])?;
    }
    // One that is a site as well is the program's.
    for server in servers.difference(sites) {
        let here = server.ip().is_loopback() || own.contains(&server.ip());
        let network = if here { &proxy } else { &other };
        serve(network.inside(|| TcpListener::bind(server))?);
    }
    Ok(Site {
        proxy,
        _servers: other,
    })
}

#[test]
fn legacy_files_answer_the_same_before_and_after_their_migration() {
    let debian = Command::new(HAPROXY).arg("-v").output();
    let debian = debian.is_ok_and(|said| String::from_utf8_lossy(&said.stdout).contains("version 2.6"));
    if !is_possible() || !debian {
        eprintln!("left out: networks need root and ip, and Debian's haproxy 2.6 is asked");
        return;
    }
    let waiting = Mutex::new(files());
    let outcomes = Mutex::new(Vec::new());
    // Most of the time is spent waiting for what a connection that stays open has to say.
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                loop {
                    let Some(path) = waiting.lock().unwrap().pop() else {
                        return;
                    };
                    let outcome = compare(&path);
                    outcomes.lock().unwrap().extend(outcome);
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap();
    let compared: Vec<&String> = outcomes.iter().map(|outcome| &outcome.name).collect();
    let differ: Vec<&str> = outcomes
        .iter()
        .flat_map(|outcome| &outcome.differences)
        .map(String::as_str)
        .collect();
    assert!(differ.is_empty(), "{}", differ.join("\n\n"));
    assert!(compared.len() >= 40, "{compared:#?}");
}
