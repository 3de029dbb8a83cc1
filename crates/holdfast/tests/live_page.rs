//! The live page (`stats live-page`): what it is made of, who may see it, and who may make it change something; and drawn in Debian's
//! Chromium, where that is installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use test_support::admin;
use test_support::process::{Program, both_programs, free_address, wait_for};

fn main() {
    type Test = (&'static str, fn(), bool);
    let chromium = Path::new("/usr/bin/chromium").exists();
    let tests: [Test; 3] = [
        (
            "the_page_is_made_of_its_own_parts_alone",
            the_page_is_made_of_its_own_parts_alone,
            true,
        ),
        (
            "only_the_page_itself_changes_servers",
            only_the_page_itself_changes_servers,
            true,
        ),
        (
            "the_page_draws_itself_in_chromium",
            the_page_draws_itself_in_chromium,
            chromium,
        ),
    ];
    let trials = tests.into_iter().map(|(name, test, can)| {
        let run = move || {
            test();
            Ok::<(), Failed>(())
        };
        Trial::test(name, run).with_ignored_flag(!can)
    });
    libtest_mimic::run(&Arguments::from_args(), trials.collect()).exit()
}

struct Proxy {
    folder: tempfile::TempDir,
    address: SocketAddr,
    _program: Program,
}

impl Proxy {
    fn start(stats: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address().unwrap();
        let text = format!(
            "global\n nbthread 1\n stats socket {}/stats level admin\n\
             defaults\n mode http\n timeout connect 5s\n timeout client 20s\n timeout server 5s\n\
             frontend site\n bind {address}\n stats uri /classic\n{stats} default_backend farm\n\
             backend farm\n server one 127.0.0.1:9\n server two 127.0.0.1:9 backup weight 7\n",
            folder.path().display()
        );
        let path = folder.path().join("haproxy.cfg");
        fs::write(&path, text).unwrap();
        let mut command = both_programs(env!("CARGO_BIN_EXE_holdfast")).remove(0);
        let program = Program::start(command.arg("-db").arg("-f").arg(path)).unwrap();
        let socket = folder.path().join("stats");
        let up = wait_for(|| admin::ask(&socket, "show info").ok());
        assert!(up.is_some(), "{}", program.output().unwrap());
        Self {
            folder,
            address,
            _program: program,
        }
    }

    /// The head and the body of the answer to a request with these lines behind its first.
    fn ask(&self, line: &str, headers: &str, body: &str) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).unwrap();
        let head = format!(
            "{line} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
            self.address,
            body.len()
        );
        stream.write_all((head + body).as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    /// The state of the server `one`, as the stats socket has it.
    fn state(&self) -> String {
        let answer = admin::ask(&self.folder.path().join("stats"), "show stat").unwrap();
        let row = answer.lines().find(|line| line.starts_with("farm,one")).unwrap();
        row.split(',').nth(17).unwrap().to_owned()
    }
}

fn the_page_is_made_of_its_own_parts_alone() {
    let proxy = Proxy::start(" stats live-page\n stats auth me:secret\n");
    assert!(proxy.ask("GET /holdfast", "", "").0.starts_with("HTTP/1.1 401 "));
    assert!(
        proxy
            .ask("GET /holdfast/data", "", "")
            .0
            .starts_with("HTTP/1.1 401 ")
    );
    let me = "Authorization: Basic bWU6c2VjcmV0\r\n";
    for (path, kind) in [
        ("/holdfast", "text/html"),
        ("/holdfast/live.js", "text/javascript"),
        ("/holdfast/live.css", "text/css"),
        ("/holdfast/data", "application/json"),
    ] {
        let (head, body) = proxy.ask(&format!("GET {path}"), me, "");
        assert!(head.starts_with("HTTP/1.1 200 "), "{path}: {head}");
        assert!(head.contains(&format!("content-type: {kind}")), "{path}: {head}");
        assert!(
            head.contains("content-security-policy: default-src 'none';"),
            "{path}: {head}"
        );
        assert!(head.contains("x-frame-options: DENY"), "{path}: {head}");
        // Nothing of anybody else's, and nothing that the policy would forbid.
        assert!(!body.contains("http://") && !body.contains("https://"), "{path}");
        assert!(!body.contains("style=") && !body.contains("onclick"), "{path}");
    }
    let (_, data) = proxy.ask("GET /holdfast/data", me, "");
    assert!(
        data.contains("[1,3,\"farm\",\"UP\",") && data.contains("\"two\",\"no check\",7,"),
        "{data}"
    );
    assert!(
        proxy
            .ask("GET /holdfast/other", me, "")
            .0
            .starts_with("HTTP/1.1 404 ")
    );
    // What only begins like it is the site's.
    assert!(
        proxy
            .ask("GET /holdfastness", me, "")
            .0
            .starts_with("HTTP/1.1 503 ")
    );
    assert!(proxy.ask("GET /classic", me, "").1.contains("Statistics Report"));
    // A file that says nothing of it has no such page.
    let without = Proxy::start("");
    assert!(
        without
            .ask("GET /holdfast", "", "")
            .0
            .starts_with("HTTP/1.1 503 ")
    );
}

fn only_the_page_itself_changes_servers() {
    let proxy = Proxy::start(" stats live-page\n stats admin if { req.hdr(x-me) yes }\n");
    let form = "s=one&action=drain&b=%233";
    let own = format!(
        "Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n",
        proxy.address
    );
    let refused = [
        // No page of others can send the header, nor an origin of this one.
        ("POST /holdfast/act", format!("x-me: yes\r\n{own}")),
        (
            "POST /holdfast/act",
            "x-me: yes\r\nx-holdfast: act\r\nOrigin: http://evil.example\r\n".to_owned(),
        ),
        (
            "POST /holdfast/act",
            "x-me: yes\r\nx-holdfast: act\r\nOrigin: null\r\n".to_owned(),
        ),
        (
            "POST /holdfast/act",
            "x-me: yes\r\nx-holdfast: act\r\nSec-Fetch-Site: cross-site\r\n".to_owned(),
        ),
        // No rule allows it.
        ("POST /holdfast/act", format!("x-holdfast: act\r\n{own}")),
        (
            "GET /holdfast/act",
            format!("x-me: yes\r\nx-holdfast: act\r\n{own}"),
        ),
        ("POST /holdfast", format!("x-me: yes\r\nx-holdfast: act\r\n{own}")),
        // The classic page's form neither, when another page sends it.
        (
            "POST /classic",
            "x-me: yes\r\nOrigin: http://evil.example\r\n".to_owned(),
        ),
        (
            "POST /classic",
            "x-me: yes\r\nSec-Fetch-Site: cross-site\r\n".to_owned(),
        ),
    ];
    for (line, headers) in refused {
        let (head, _) = proxy.ask(line, &headers, form);
        assert!(!head.starts_with("HTTP/1.1 200"), "{line} {headers}: {head}");
        assert_eq!(proxy.state(), "no check", "{line} {headers}");
    }
    let allowed = format!("x-me: yes\r\nx-holdfast: act\r\n{own}");
    let (head, body) = proxy.ask("POST /holdfast/act", &allowed, form);
    assert!(head.starts_with("HTTP/1.1 200") && body == "Done.\n", "{head}");
    assert_eq!(proxy.state(), "DRAIN");
    let (head, _) = proxy.ask("POST /holdfast/act", &allowed, "s=none&action=drain&b=%233");
    assert!(head.starts_with("HTTP/1.1 400"), "{head}");
    // The classic page's own form, and a program that tells of no page.
    let (head, _) = proxy.ask(
        "POST /classic",
        &format!("x-me: yes\r\n{own}"),
        "s=one&action=ready&b=farm",
    );
    assert!(head.contains(";st=DONE"), "{head}");
    let (head, _) = proxy.ask("POST /classic", "x-me: yes\r\n", "s=one&action=maint&b=farm");
    assert!(head.contains(";st=DONE"), "{head}");
    assert_eq!(proxy.state(), "MAINT");
}

fn the_page_draws_itself_in_chromium() {
    let proxy = Proxy::start(" stats live-page\n stats admin if TRUE\n");
    for _ in 0..3 {
        proxy.ask("GET /", "", "");
    }
    let profile = tempfile::tempdir().unwrap();
    // Its clock runs as fast as it can: the page looks for figures some times before it is written down.
    let output = Command::new("/usr/bin/chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-first-run",
            "--enable-logging=stderr",
        ])
        .arg("--virtual-time-budget=4000")
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg("--dump-dom")
        .arg(format!("http://{}/holdfast", proxy.address))
        .output()
        .unwrap();
    let page = String::from_utf8_lossy(&output.stdout);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(
        !log.contains("Content Security Policy") && !log.contains("Uncaught"),
        "{log}"
    );
    for expected in [
        ">Live<",
        "farm",
        "<td>one</td>",
        "<td>two</td>",
        ">drain</button>",
        "1 threads",
        "no check",
    ] {
        assert!(page.contains(expected), "no {expected} in {page}\n{log}");
    }
}
