//! Backends that rules of others choose or pass by: `be-unpublished`, `publish backend`, `unpublish backend`, `force-be-switch`.
//! And names that a session of a stats socket does not want to see. What is expected was recorded with the original's 3.4.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use test_support::admin;
use test_support::process::{Program, free_address, wait_for};

struct Proxy {
    folder: tempfile::TempDir,
    /// The frontend, the listen section, the statistics page, and what speaks TCP.
    at: [SocketAddr; 4],
    _program: Program,
}

impl Proxy {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = [(); 4].map(|()| free_address().unwrap());
        // Four rules in a row over one fetch are one look-up; the same condition comes twice.
        let run: String = [("a", "one"), ("a", "other"), ("b", "two"), ("c", "three")]
            .map(|(path, backend)| format!(" use_backend {backend} if {{ path /run/{path} }}\n"))
            .concat();
        let backends: String = ["one", "other", "two", "three", "fallback"]
            .map(|name| {
                format!(
                    "backend {name}\n http-request return status 200 content-type text/plain string {name}\n"
                )
            })
            .concat();
        let text = format!(
            "global\n nbthread 1\n stats socket {0}/stats level admin\n stats socket {0}/user level user\n anonkey 55\n\
             defaults\n mode http\n timeout connect 5s\n timeout client 20s\n timeout server 5s\n\
             frontend site\n bind {1}\n force-be-switch if {{ req.hdr(x-force) 1 }}\n{run} \
             use_backend %[path,field(3,/)] if {{ path_beg /named/ }}\n default_backend fallback\n\
             listen own\n bind {2}\n http-request return status 200 content-type text/plain string own if !{{ path /x }}\n default_backend fallback\n\
             frontend page\n bind {3}\n stats enable\n stats uri /\n\
             frontend plain\n mode tcp\n bind {4}\n default_backend plain_to\n\
             backend plain_to\n mode tcp\n server s1 {3}\n server s2 10.1.2.3:80\n{backends}\
             backend hidden\n be-unpublished\n http-request return status 200 content-type text/plain string hidden\n\
             backend off\n disabled\n",
            folder.path().display(),
            at[0],
            at[1],
            at[2],
            at[3],
        );
        let path = folder.path().join("haproxy.cfg");
        fs::write(&path, text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        let program = Program::start(command.args(["haproxy", "-db", "-f"]).arg(path)).unwrap();
        let proxy = Self {
            folder,
            at,
            _program: program,
        };
        let up = wait_for(|| proxy.ask("show info").ok());
        assert!(up.is_some(), "{}", proxy._program.output().unwrap());
        proxy
    }

    fn ask(&self, line: &str) -> std::io::Result<String> {
        admin::ask(&self.folder.path().join("stats"), line)
    }

    /// Says something and gives the lines of the answer.
    fn said(&self, line: &str) -> Vec<String> {
        let answer = self.ask(line).unwrap();
        let lines = answer.lines().filter(|line| !line.is_empty());
        lines.map(str::to_owned).collect()
    }
}

/// The status and the body.
fn get(at: SocketAddr, path: &str, header: &str) -> (String, String) {
    let mut stream = TcpStream::connect(at).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{header}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return (String::new(), answer);
    };
    (head.split(' ').nth(1).unwrap().to_owned(), body.to_owned())
}

const FORCE: &str = "x-force: 1\r\n";

#[test]
fn an_unpublished_backend_is_passed_by_until_it_is_published() {
    let proxy = Proxy::start();
    let [site, own, ..] = proxy.at;
    let body = |path: &str, header: &str| get(site, path, header).1;
    assert_eq!(body("/run/a", ""), "one");
    assert_eq!(body("/named/hidden", ""), "fallback");
    assert_eq!(body("/named/hidden", FORCE), "hidden");
    assert_eq!(body("/named/off", ""), "fallback");
    assert_eq!(get(site, "/named/off", FORCE).0, "503");

    assert_eq!(proxy.said("publish backend hidden"), ["Backend published."]);
    assert_eq!(body("/named/hidden", ""), "hidden");

    // The next rule that applies is looked for, in a run of rules as well.
    assert_eq!(proxy.said("unpublish backend one"), ["Backend unpublished."]);
    assert_eq!(body("/run/a", ""), "other");
    assert_eq!(body("/run/a", FORCE), "one");
    proxy.said("unpublish backend other; unpublish backend three");
    assert_eq!(body("/run/a", ""), "fallback");
    assert_eq!(body("/run/c", ""), "fallback");
    assert_eq!(body("/run/b", ""), "two");

    proxy.said("unpublish backend fallback");
    assert_eq!(get(site, "/", "").0, "503");
    assert_eq!(body("/", FORCE), "fallback");
    assert_eq!(get(own, "/x", "").0, "503");
    // A section that serves its own clients goes on.
    proxy.said("unpublish backend own");
    assert_eq!(get(own, "/", ""), ("200".to_owned(), "own".to_owned()));
}

#[test]
fn statistics_say_that_a_backend_is_unpublished() {
    let proxy = Proxy::start();
    let status = |name: &str| {
        let rows = proxy.said("show stat");
        let row = rows
            .iter()
            .find(|row| row.starts_with(&format!("{name},BACKEND,")));
        row.unwrap().split(',').nth(17).unwrap().to_owned()
    };
    assert_eq!(status("hidden"), "UP (UNPUB)");
    assert_eq!(status("one"), "UP");
    proxy.said("disable server plain_to/s1; disable server plain_to/s2; unpublish backend plain_to");
    assert_eq!(status("plain_to"), "DOWN (UNPUB)");
    let page = get(proxy.at[2], "/", "").1;
    assert!(page.contains("<font color=\"orange\"><b>UP (UNPUB)</b></font>"));
    assert!(page.contains("<font color=\"red\"><b>DOWN (UNPUB)</b></font>"));
}

#[test]
fn a_backend_in_tcp_mode_is_passed_by_as_well() {
    let proxy = Proxy::start();
    assert_eq!(
        proxy.said("set server plain_to/s2 state maint"),
        Vec::<String>::new()
    );
    assert_eq!(get(proxy.at[3], "/", "").0, "200");
    proxy.said("unpublish backend plain_to");
    let mut stream = TcpStream::connect(proxy.at[3]).unwrap();
    let mut answer = Vec::new();
    // Closed or reset, but never answered.
    let _ended = stream.read_to_end(&mut answer);
    assert_eq!(answer, b"");
    proxy.said("publish backend plain_to");
    assert_eq!(get(proxy.at[3], "/", "").0, "200");
}

#[test]
fn what_cannot_be_published_is_refused_in_the_words_of_the_original() {
    let proxy = Proxy::start();
    assert_eq!(proxy.said("publish backend"), ["No such backend."]);
    assert_eq!(proxy.said("publish backend nowhere"), ["No such backend."]);
    assert_eq!(proxy.said("unpublish backend site"), ["No such backend."]);
    assert_eq!(
        proxy.said("publish backend off"),
        ["No effect on a disabled backend."]
    );
    assert_eq!(proxy.said("operator; publish backend one"), ["Permission denied"]);
}

#[test]
fn names_are_hidden_from_a_session_that_asks_for_it() {
    let proxy = Proxy::start();
    let of_user = |line: &str| admin::ask(&proxy.folder.path().join("user"), line).unwrap();
    let conn = "set anon on 77; show servers conn plain_to";
    let shown = proxy.said(conn);
    assert!(shown[1].contains("/bf704a "), "{shown:?}");
    assert!(shown[2].contains(" IPV4(fe0374) 80 "), "{shown:?}");
    assert!(!shown.concat().contains("plain_to"), "{shown:?}");
    let state = proxy.said("set anon on 77; show servers state plain_to");
    assert!(state[3].contains(" IPV4(fe0374) "), "{state:?}");
    assert!(!state.concat().contains("plain_to"), "{state:?}");
    assert!(proxy.said("set anon on 77; show sess")[0].contains(" fe=d1c258 "));
    assert_eq!(proxy.said("set anon on 77; debug dev hash abc"), ["2409bf"]);
    assert_eq!(proxy.said("debug dev hash abc"), ["abc"]);

    assert_eq!(proxy.said("show anon"), ["Anonymized mode disabled"]);
    let enabled = |key: &str| vec!["Anonymized mode enabled".to_owned(), format!("Key : {key}")];
    assert_eq!(proxy.said("set anon on; show anon"), enabled("55"));
    proxy.said("set anon global-key 56");
    assert_eq!(proxy.said("set anon on; show anon"), enabled("56"));
    assert_eq!(proxy.said("set anon on 5; show anon"), enabled("5"));
    proxy.said("set anon global-key 0");
    let key = proxy.said("set anon on; show anon");
    assert!(!["0", "1", "56"].contains(&&key[1]["Key : ".len()..]), "{key:?}");
    assert_eq!(
        of_user("set anon on 7; show anon").trim(),
        "Anonymized mode enabled"
    );
    for wrong in ["0", "abc", "99999999999"] {
        assert_eq!(
            proxy.said(&format!("set anon on {wrong}; show anon")),
            [
                "Value out of range (1 to 4294967295 expected).",
                "Anonymized mode disabled"
            ]
        );
    }
    assert_eq!(
        proxy.said("set anon off 5"),
        ["Key can't be added while disabling anonymized mode"]
    );
}
