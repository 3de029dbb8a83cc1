//! `holdfast explain`: what it says of a request is what becomes of it.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::mpsc::{Receiver, Sender, channel};

use serde_json::Value;
use socket2::{Domain, Socket, Type};
use test_support::process::{PATIENCE, Program, free_address, wait_for};

/// Files that are made, and requests that go through each.
const FILES: u64 = 20;
const REQUESTS: u64 = 25;

/// What every server answers.
const ANSWER: &str =
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Kind: plain\r\nConnection: close\r\n\r\nhello";

fn explain(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .arg("explain")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

fn folder(file: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.cfg"), file).unwrap();
    folder
}

const FRAME: &str =
    "defaults\n    mode http\n    timeout client 5s\n    timeout connect 5s\n    timeout server 5s\n";

const SITE: &str = "frontend web\n    bind 192.0.2.1:80\n    bind 192.0.2.1:443 ssl crt nowhere.pem\n    acl inside src 10.0.0.0/8\n    \
                    acl app path_beg /app /api\n    http-request deny deny_status 429 if app !inside\n    http-request tarpit if { path \
                    /slow }\n    use_backend app if app\n    default_backend rest\nbackend app\n    balance roundrobin\n    cookie SRV insert indirect\n    server \
                    a1 192.0.2.11:80 cookie one\n    server a2 192.0.2.12:80 cookie two\nbackend rest\n    http-response set-header X-Way \
                    rest\n    server r1 192.0.2.13:80\n";

fn site() -> tempfile::TempDir {
    folder(&format!(
        "{FRAME}{}",
        SITE.replace("    bind 192.0.2.1:443 ssl crt nowhere.pem\n", "")
    ))
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let mut all = vec!["a.cfg", "--format", "json"];
    all.extend(arguments);
    let output = explain(folder, &all);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_rule_says_what_it_looked_at() {
    let site = site();
    let output = explain(
        site.path(),
        &["a.cfg", "--request", "GET /app/x", "--src", "10.1.2.3"],
    );
    let told = String::from_utf8(output.stdout).unwrap();
    let lines = [
        "GET /app/x HTTP/1.1 from 10.1.2.3:40000 to 192.0.2.1:80",
        "frontend web (a.cfg:6)",
        "  a.cfg:10  http-request deny deny_status 429 if app !inside",
        "    app: yes",
        "      a.cfg:9  acl app path_beg /app /api: \"/app/x\" matches",
        "    !inside: no",
        "      a.cfg:8  acl inside src 10.0.0.0/8: \"10.1.2.3\" matches",
        "    => does not apply",
        "  a.cfg:12  use_backend app if app",
        "    => applies",
        "backend app (a.cfg:14)",
        "  server a1 at 192.0.2.11:80 (balance roundrobin, as the first request)",
        "what the server is told",
        "  GET /app/x HTTP/1.1",
        "  set-cookie: SRV=one; path=/",
        "backend app, server a1, status 200, termination --NI",
    ];
    let mut rest = told.lines();
    for line in lines {
        assert!(rest.any(|told| told == line), "{line}:\n{told}");
    }
}

#[test]
fn answers_cookies_and_servers_that_are_down_are_those_of_traffic() {
    let site = site();
    let refused = json(site.path(), &["--request", "GET /api"]);
    assert_eq!(
        (&refused["status"], &refused["termination"]),
        (&429.into(), &"PR--".into())
    );
    assert_eq!(refused["server"], Value::Null);
    let last = refused["events"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["line"], &last["done"], &last["applies"]),
        (&10.into(), &"refused".into(), &true.into())
    );

    let inside = ["--src", "10.0.0.9", "--request", "GET /app"];
    let with = |more: &[&str]| json(site.path(), &[&inside, more].concat());
    let kept = with(&["--header", "Cookie: SRV=two"]);
    assert_eq!(
        (&kept["server"], &kept["termination"]),
        (&"a2".into(), &"--VN".into())
    );
    let moved = with(&["--header", "Cookie: SRV=two", "--down", "app/a2"]);
    assert_eq!(
        (&moved["server"], &moved["termination"]),
        (&"a1".into(), &"--DI".into())
    );
    let nobody = with(&["--down", "app/a1", "--down", "app/a2"]);
    assert_eq!(
        (&nobody["status"], &nobody["termination"]),
        (&503.into(), &"SCNN".into())
    );

    let rest = json(site.path(), &["--response", "404"]);
    assert_eq!((&rest["status"], &rest["backend"]), (&404.into(), &"rest".into()));
    assert!(
        rest["to_client"].as_str().unwrap().contains("x-way: rest"),
        "{rest}"
    );
    // Nobody waits for the time that a client is held back.
    let slow = json(site.path(), &["--request", "GET /slow"]);
    assert_eq!((&slow["status"], &slow["took_ms"]), (&500.into(), &5000.into()));
}

#[test]
fn tls_and_what_is_below_http_are_followed_too() {
    let file = format!(
        "{FRAME}frontend raw\n    mode tcp\n    bind 192.0.2.1:25\n    tcp-request inspect-delay 2s\n    tcp-request content accept if {{ \
         payload(0,4) -m str EHLO }}\n    use_backend mail if {{ payload(0,4) -m str EHLO }}\nbackend mail\n    mode tcp\n    server m \
         192.0.2.9:25\nfrontend secure\n    bind 192.0.2.1:80\n    http-request redirect scheme https unless {{ ssl_fc }}\n    \
         use_backend %[ssl_fc_sni]\nbackend a.example\n    server a 192.0.2.10:80\n"
    );
    let site = folder(&file);
    let mail = json(site.path(), &["--frontend", "raw", "--payload", "EHLO me\r\n"]);
    assert_eq!((&mail["backend"], &mail["server"]), (&"mail".into(), &"m".into()));
    assert_eq!(mail["to_server"], "EHLO me\r\n");
    let clear = json(site.path(), &["--to", "80"]);
    assert_eq!(clear["status"], 302);
    let sni = json(site.path(), &["--to", "192.0.2.1:80", "--sni", "a.example"]);
    assert_eq!(
        (&sni["backend"], &sni["status"]),
        (&"a.example".into(), &200.into())
    );
}

#[test]
fn a_file_is_explained_where_its_certificates_and_names_are_not() {
    let file = format!(
        "global\n    user nobody-of-that-name\n{FRAME}frontend secure\n    bind 192.0.2.1:443 ssl crt /nowhere/a.pem alpn h2 ca-file \
         /nowhere/ca.pem verify required\n    use_backend app if {{ ssl_fc }}\nbackend app\n    server a no-such-name.invalid:80\n    server \
         b 192.0.2.2:443 ssl verify required ca-file /nowhere/c.pem\n"
    );
    let site = folder(&file);
    let said = json(site.path(), &["--tls", "--down", "app/a"]);
    assert_eq!((&said["backend"], &said["server"]), (&"app".into(), &"b".into()));
    let notes: Vec<&str> = said["notes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|note| note.as_str().unwrap())
        .collect();
    assert_eq!(notes.len(), 3, "{notes:?}");
    assert!(
        notes[0].starts_with("a.cfg:9: its certificates are not here")
            && notes[2].starts_with("no-such-name.invalid has no")
    );
    // What rules depend on is not done without.
    std::fs::write(
        site.path().join("b.cfg"),
        file.replace("{ ssl_fc }", "{ path -f /nowhere/list }"),
    )
    .unwrap();
    let refused = explain(site.path(), &["b.cfg"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("failed to open pattern file"));
}

#[test]
fn what_cannot_be_explained_is_said() {
    let site = site();
    let told = |arguments: &[&str]| {
        let output = explain(site.path(), arguments);
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    };
    std::fs::write(
        site.path().join("b.cfg"),
        format!("{FRAME}frontend other\n    bind 192.0.2.1:80\n    bonkers\n"),
    )
    .unwrap();
    let (status, text) = told(&["b.cfg"]);
    assert!(
        status == Some(1) && text.contains("unknown keyword 'bonkers'"),
        "{text}"
    );
    for (arguments, words) in [
        (["--frontend", "nosuch"], "there are: web"),
        (["--to", "81"], "no listener is like that"),
        (["--down", "app/a9"], "there is no such server"),
        (["--request", "GET"], "METHOD TARGET"),
        (["--header", "none"], "NAME: VALUE"),
        (["--response", "@nosuch"], "nosuch"),
    ] {
        let (status, text) = told(&[&["a.cfg"][..], &arguments].concat());
        assert!(status == Some(2) && text.contains(words), "{arguments:?}: {text}");
    }
}

/// Numbers that are the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len() as u64) as usize]
    }
}

const CONDITIONS: &[&str] = &[
    "{ path_beg /a }",
    "{ path /b /c }",
    "{ hdr(host) -i a.example }",
    "{ hdr_dom(host) example }",
    "{ src 127.0.0.2 }",
    "{ src 127.0.0.0/31 }",
    "{ method POST }",
    "{ url_param(q) -m found }",
    "{ url_param(q) 7 }",
    "{ hdr_cnt(x-many) ge 2 }",
    "{ path_end .png }",
    "{ path_reg ^/[a-c]+$ }",
    "{ req.cook(id) -m len 3 }",
    "{ hdr(x-a),lower -m sub bc }",
    "{ rand(1) 0 }",
    "named",
    "!named",
    "named { path_len 2 }",
    "{ path_dir b } or named",
    "{ var(txn.kind) -m str late }",
];

const RULES: &[&str] = &[
    "http-request set-header X-Rule %[path,upper]",
    "http-request add-header X-Many %[src]",
    "http-request del-header x-a",
    "http-request set-path /z%[path]",
    "http-request set-query k=%[hdr(host)]",
    "http-request set-var(txn.kind) str(late)",
    "http-request replace-header Host (.*)example(.*) \\1sample\\2",
    "http-request deny deny_status 403",
    "http-request redirect location /away%[path] code 303",
    "http-request return status 200 content-type text/plain string here",
    "http-request set-method PUT",
    "http-response set-header X-Backend %[be_name]",
    "http-response set-status 202",
    "http-after-response set-header X-After %[status]",
    "http-request auth realm door",
    "http-response del-header X-Kind",
    "redirect prefix /gone",
    "http-request replace-path /b(.*) /c\\1",
    "http-request set-uri %[path]?%[query]",
];

/// A file whose rules are those that chance gives.
fn generated(chance: &mut Chance, listens: SocketAddr, servers: &[SocketAddr]) -> String {
    let mut file = format!("{FRAME}    option forwardfor if-none\n");
    let rules = |chance: &mut Chance, file: &mut String| {
        for _ in 0..2 + chance.below(4) {
            let (rule, word) = (chance.of(RULES), chance.of(&["if", "if", "if", "unless"]));
            let conds = if rule.starts_with("http-after") || rule.starts_with("http-response") {
                // Of the request nothing can be asked there.
                "{ status 200 }".to_owned()
            } else {
                chance.of(CONDITIONS).to_owned()
            };
            writeln!(file, "    {rule} {word} {conds}").unwrap();
        }
    };
    let names = "    acl named path_beg /a /b\n    acl named hdr_sub(host) ample\n";
    writeln!(
        file,
        "frontend web\n    bind {listens}\n{names}    capture request header Host len 8"
    )
    .unwrap();
    rules(chance, &mut file);
    for _ in 0..chance.below(6) {
        let (backend, cond) = (chance.of(&["one", "two", "three"]), chance.of(CONDITIONS));
        writeln!(file, "    use_backend {backend} if {cond}").unwrap();
    }
    if chance.below(4) > 0 {
        writeln!(
            file,
            "    default_backend {}",
            chance.of(&["one", "two", "three"])
        )
        .unwrap();
    }
    for backend in ["one", "two", "three"] {
        writeln!(file, "backend {backend}\n{names}").unwrap();
        rules(chance, &mut file);
        // Not by what a request may lack: then it is the turn of one after the other.
        let balance = chance.of(&["source", "uri", "uri whole", "hash src", "first"]);
        writeln!(file, "    balance {balance}").unwrap();
        if chance.below(2) == 0 {
            writeln!(file, "    cookie SRV insert indirect nocache").unwrap();
        }
        if chance.below(3) == 0 {
            writeln!(file, "    use-server s1 if {}", chance.of(CONDITIONS)).unwrap();
        }
        for (at, server) in servers.iter().enumerate() {
            writeln!(file, "    server s{at} {server} cookie c{at}").unwrap();
        }
    }
    file
}

/// A request as both are asked it.
struct Request {
    line: String,
    headers: Vec<String>,
    src: Ipv4Addr,
}

impl Request {
    fn generated(chance: &mut Chance) -> Self {
        let path = chance.of(&[
            "/",
            "/a",
            "/ab/c.png",
            "/b",
            "/b/x",
            "/c",
            "/abc",
            "/zz",
            "/d/b/e",
        ]);
        let query = chance.of(&["", "", "?q=7", "?q=", "?k=v&q=8"]);
        let host = chance.of(&["a.example", "www.example.org", "b", "A.EXAMPLE:80"]);
        let mut headers = vec![format!("Host: {host}"), "Connection: close".to_owned()];
        let more = [
            "X-A: aBCd",
            "X-A: x",
            "X-Many: 1",
            "X-Many: 1, 2",
            "Cookie: id=abc",
            "Cookie: SRV=c1; id=ab",
            "Cookie: SRV=c9",
        ];
        for _ in 0..chance.below(4) {
            headers.push(chance.of(&more).to_owned());
        }
        Self {
            line: format!(
                "{} {path}{query}",
                chance.of(&["GET", "GET", "POST", "HEAD", "OPTIONS"])
            ),
            headers,
            src: Ipv4Addr::new(127, 0, 0, 1 + chance.below(3) as u8),
        }
    }

    fn bytes(&self) -> String {
        format!("{} HTTP/1.1\r\n{}\r\n\r\n", self.line, self.headers.join("\r\n"))
    }

    /// What the client got from the proxy at `to`.
    fn send(&self, to: SocketAddr) -> String {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        socket
            .bind(&SocketAddr::new(IpAddr::V4(self.src), 0).into())
            .unwrap();
        socket.connect(&to.into()).unwrap();
        let mut stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(self.bytes().as_bytes()).unwrap();
        let mut got = String::new();
        stream.read_to_string(&mut got).unwrap();
        got
    }
}

/// A server that answers every request, and tells what it was sent.
fn serve(listener: &TcpListener, told: &Sender<String>) {
    for stream in listener.incoming() {
        let mut stream = stream.unwrap();
        let (mut head, mut room) = (Vec::new(), [0; 4096]);
        while !head.ends_with(b"\r\n\r\n") {
            match stream.read(&mut room).unwrap() {
                0 => break,
                n => head.extend_from_slice(&room[..n]),
            }
        }
        if head.is_empty() {
            continue;
        }
        if told.send(String::from_utf8(head.clone()).unwrap()).is_err() {
            return;
        }
        let has_body = !head.starts_with(b"HEAD ");
        let len = if has_body { ANSWER.len() } else { ANSWER.len() - 5 };
        stream.write_all(&ANSWER.as_bytes()[..len]).unwrap();
    }
}

fn server() -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, told) = channel();
    std::thread::spawn(move || serve(&listener, &tell));
    (address, told)
}

/// One file and its requests; what was asked of each.
fn agree(seed: u64) {
    let mut chance = Chance(seed * 7919 + 17);
    let servers = [server(), server()];
    let listens = free_address().unwrap();
    let file = generated(&mut chance, listens, &[servers[0].0, servers[1].0]);
    let folder = folder(&file);
    std::fs::write(folder.path().join("answer"), ANSWER).unwrap();
    std::fs::write(folder.path().join("answer-head"), &ANSWER[..ANSWER.len() - 5]).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
    command
        .args(["haproxy", "-db", "-f", "a.cfg"])
        .current_dir(folder.path());
    let program = Program::start(&mut command).unwrap();
    let up = wait_for(|| TcpStream::connect(listens).ok());
    assert!(up.is_some(), "{}\n{file}", program.output().unwrap());
    for _ in 0..REQUESTS {
        let request = Request::generated(&mut chance);
        let got = request.send(listens);
        let at_servers: Vec<(usize, String)> = (0..)
            .zip(&servers)
            .filter_map(|(at, server)| Some((at, server.1.try_recv().ok()?)))
            .collect();
        let src = request.src.to_string();
        let response = if request.line.starts_with("HEAD") {
            "@answer-head"
        } else {
            "@answer"
        };
        let mut arguments = vec!["--request", &request.line, "--src", &src, "--response", response];
        for header in &request.headers {
            arguments.extend(["--header", header]);
        }
        let said = json(folder.path(), &arguments);
        let context = || format!("{}\n{file}\n{said:#}", request.bytes());
        assert_eq!(said["to_client"], got, "{}", context());
        match &at_servers[..] {
            [] => assert_eq!(said["to_server"], "", "{}", context()),
            [(at, sent)] => {
                assert_eq!(said["to_server"], *sent, "{}", context());
                assert_eq!(said["server"], format!("s{at}"), "{}", context());
            }
            more => panic!("{more:?}: {}", context()),
        }
        let status: Option<i64> = got.split(' ').nth(1).map(|status| status.parse().unwrap());
        assert_eq!(said["status"].as_i64(), status, "{}", context());
    }
}

#[test]
fn five_hundred_requests_go_where_it_says() {
    std::thread::scope(|scope| {
        for worker in 0..4 {
            scope.spawn(move || (worker..FILES).step_by(4).for_each(agree));
        }
    });
}
