//! Commands of the stats socket that need a whole process: variables that are set at run time (beside the original, where it is
//! installed), open files, tasks, the machine.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use test_support::admin;
use test_support::process::{Program, both_programs, free_address, wait_for};

struct Proxy {
    folder: tempfile::TempDir,
    address: SocketAddr,
    program: Program,
}

impl Proxy {
    fn start(mut command: Command) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address().unwrap();
        let text = format!(
            "global\n nbthread 1\n stats socket {}/stats level admin\n\
             defaults\n mode http\n timeout connect 5s\n timeout client 20s\n timeout server 5s\n\
             frontend site\n bind {address}\n http-request return status 200 content-type text/plain lf-string \"%[var(proc.text)]\"\n",
            folder.path().display()
        );
        let path = folder.path().join("haproxy.cfg");
        fs::write(&path, text).unwrap();
        let proxy = Self {
            program: Program::start(command.arg("-db").arg("-f").arg(path)).unwrap(),
            folder,
            address,
        };
        let up = wait_for(|| proxy.ask("show info").ok());
        assert!(up.is_some(), "{}", proxy.program.output().unwrap());
        proxy
    }

    fn ask(&self, line: &str) -> std::io::Result<String> {
        admin::ask(&self.folder.path().join("stats"), line)
    }

    /// What clients are answered.
    fn page(&self) -> String {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }
}

fn holdfast() -> Proxy {
    Proxy::start(both_programs(env!("CARGO_BIN_EXE_holdfast")).remove(0))
}

/// The lines of an answer, without the empty ones: newer versions end messages with one more.
fn lines(answer: &str) -> Vec<&str> {
    answer.lines().filter(|line| !line.is_empty()).collect()
}

#[test]
fn a_variable_of_the_process_is_set_and_seen_by_rules_as_with_the_original() {
    let asked = [
        "set var proc.text int(5)",
        "experimental-mode on; set var proc.text int(5); get var proc.text",
        "experimental-mode on; set var proc.text expr str(abc),upper; get var proc.text",
        "experimental-mode on; set var proc.text fmt a\\ %[int(3),add(4)]-x; get var proc.text",
        "experimental-mode on; set var proc.flag bool(true); get var proc.flag",
        "experimental-mode on; set var proc.text",
        "experimental-mode on; set var",
        "experimental-mode on; set var sess.text int(5)",
        "experimental-mode on; set var proc.text int(5",
        "experimental-mode on; set var proc.text nosuch()",
        "experimental-mode on; set var proc.text src",
        "experimental-mode on; set var proc.text int(5),nosuch",
        "experimental-mode on; set var proc.text int(1) more",
        "experimental-mode on; get var proc.nosuch",
    ];
    let programs = both_programs(env!("CARGO_BIN_EXE_holdfast")).into_iter();
    let said: Vec<(Vec<String>, String)> = programs
        .map(|command| {
            let proxy = Proxy::start(command);
            let answers = asked.iter().map(|line| proxy.ask(line).unwrap()).collect();
            (answers, proxy.page())
        })
        .collect();
    let (ours, page) = &said[0];
    assert_eq!(page, "a 7-x");
    assert_eq!(lines(&ours[2]), ["proc.text: type=str value=<ABC>"]);
    for (theirs, their_page) in &said[1..] {
        assert_eq!(page, their_page);
        for ((line, ours), theirs) in asked.iter().zip(ours).zip(theirs) {
            assert_eq!(lines(ours), lines(theirs), "{line}");
        }
    }
}

#[test]
fn a_variable_can_be_set_only_by_administrators() {
    let proxy = holdfast();
    let answer = proxy
        .ask("operator; experimental-mode on; set var proc.text int(1)")
        .unwrap();
    assert!(answer.contains("Permission denied"), "{answer}");
    assert_eq!(proxy.page(), "");
}

#[test]
fn open_files_are_listed_with_their_addresses_and_sorted_out_by_letters() {
    let proxy = holdfast();
    let client = TcpStream::connect(proxy.address).unwrap();
    let from = client.local_addr().unwrap();
    let listener = format!("l.st=RDY fam=ipv4 src={}", proxy.address);
    let connection = format!("fam=ipv4 src={} dst={from}", proxy.address);
    let seen = wait_for(|| proxy.ask("show fd").ok().filter(|all| all.contains(&connection)));
    let all = seen.unwrap_or_else(|| panic!("{}", proxy.ask("show fd").unwrap()));
    assert!(
        all.contains(&listener) && all.contains("l.st=RDY fam=unix"),
        "{all}"
    );
    let number = |line: &str| line.split_once(" : ").map(|(number, _)| number.trim().to_owned());
    let fd = all
        .lines()
        .find(|line| line.ends_with(&listener))
        .and_then(number)
        .unwrap();
    assert_eq!(lines(&proxy.ask(&format!("show fd {fd}")).unwrap()).len(), 1);
    assert!(lines(&proxy.ask("show fd 99999").unwrap()).is_empty());
    let without = proxy.ask("show fd -l").unwrap();
    assert!(
        without.contains(&connection) && !without.contains("l.st"),
        "{without}"
    );
    let only = proxy.ask("show fd -!l").unwrap();
    assert!(
        lines(&only).len() >= 2 && lines(&only).iter().all(|line| line.contains("l.st")),
        "{only}"
    );
    assert!(proxy.ask("user; show fd").unwrap().contains("Permission denied"));
}

#[test]
fn tasks_and_the_machine_are_shown() {
    let proxy = holdfast();
    let tasks = proxy.ask("show tasks").unwrap();
    assert!(
        tasks.starts_with("Running tasks: ") && tasks.contains("(1 threads)"),
        "{tasks}"
    );
    let dev = proxy.ask("show dev").unwrap();
    let pid = format!("  pid: {}\n", proxy.program.pid());
    for expected in [
        "HAProxy version 3.5",
        &pid,
        "OS name: Linux",
        "CapEff:",
        "Max open files",
    ] {
        assert!(dev.contains(expected), "no {expected} in:\n{dev}");
    }
}

#[test]
fn counters_of_what_has_a_guid_go_on_in_the_next_process() {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address().unwrap();
    let (kept, path) = (folder.path().join("kept"), folder.path().join("haproxy.cfg"));
    let text = format!(
        "global\n nbthread 2\n stats-file {}\n stats socket {}/stats level user\n\
         defaults\n mode http\n timeout connect 5s\n timeout client 20s\n timeout server 5s\n\
         frontend site\n bind {address}\n guid site:1\n http-request return status 200\n\
         frontend other\n bind unix@{}/other\n http-request return status 200\n",
        kept.display(),
        folder.path().display(),
        folder.path().display(),
    );
    fs::write(&path, text).unwrap();
    fs::write(&kept, "#fe guid,stot,\n").unwrap();
    let socket = folder.path().join("stats");
    // `req_tot` of the frontend, in the process that is there now.
    let requests = || -> Option<String> {
        let answer = admin::ask(&socket, "show stat").ok()?;
        let at = answer
            .lines()
            .next()?
            .split(',')
            .position(|name| name == "req_tot")?;
        let row = answer.lines().find(|line| line.starts_with("site,FRONTEND"))?;
        row.split(',').nth(at).map(str::to_owned)
    };
    for expected in ["3", "6"] {
        let mut command = both_programs(env!("CARGO_BIN_EXE_holdfast")).remove(0);
        let program = Program::start(command.arg("-db").arg("-f").arg(&path)).unwrap();
        assert!(wait_for(requests).is_some(), "{}", program.output().unwrap());
        for _ in 0..3 {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET / HTTP/1.0\r\n\r\n").unwrap();
            stream.read_to_string(&mut String::new()).unwrap();
        }
        let seen = wait_for(|| requests().filter(|requests| requests == expected));
        assert!(seen.is_some(), "{:?}, not {expected}", requests());
        let file = admin::ask(&socket, "dump stats-file").unwrap();
        let objects: Vec<&str> = lines(&file)
            .into_iter()
            .filter(|line| !line.starts_with('#'))
            .collect();
        assert!(objects.len() == 1 && objects[0].starts_with("site:1,"), "{file}");
        fs::write(&kept, file).unwrap();
    }
}
