//! Checks by programs (`option external-check`): what a program is told, and what its end means. All of it is the same with the
//! original, where it is installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use test_support::admin;
use test_support::process::{Program, both_programs, free_address, wait_for};

/// A program whose checks are those of `backends`, each `NAME`, its lines and what stands behind `server s1`.
struct Proxy {
    program: Program,
    folder: tempfile::TempDir,
}

impl Proxy {
    fn start(command: &mut Command, folder: tempfile::TempDir, sections: &str) -> Self {
        let cfg = folder.path().join("haproxy.cfg");
        let text = format!(
            "global\n stats socket {0}/stats.sock level admin\n external-check\n insecure-fork-wanted\ndefaults\n mode http\n \
             timeout connect 1s\n timeout client 1s\n timeout server 1s\n timeout check 400ms\n default-server inter 500ms rise 1 fall 1\n\
             frontend idle\n bind unix@{0}/idle\n{sections}",
            folder.path().display()
        );
        fs::write(&cfg, text).unwrap();
        command.env_clear().env("PATH", "/usr/bin:/bin").env("FOO", "bar");
        let program = Program::start(command.arg("-db").arg("-f").arg(cfg)).unwrap();
        Self { program, folder }
    }

    /// The columns of a backend's server in the statistics; none before there are any.
    fn row(&self, backend: &str) -> Option<Vec<String>> {
        let text = admin::ask(&self.folder.path().join("stats.sock"), "show stat").ok()?;
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{backend},s1,")))?;
        Some(line.split(',').map(str::to_owned).collect())
    }

    /// Waits for a status, a result of a check and its code.
    fn ends_with(&self, backend: &str, wanted: [&str; 3]) {
        let found = || {
            self.row(backend)
                .map(|row| [17, 36, 37].map(|at| row[at].clone()))
        };
        let reached = wait_for(|| found().filter(|found| found == &wanted));
        assert!(
            reached.is_some(),
            "{backend}: {:?}, not {wanted:?}: {}",
            found(),
            self.program.output().unwrap()
        );
    }
}

fn script(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path.display().to_string()
}

fn backend(name: &str, command: &str, server: &str) -> String {
    format!(
        "backend {name}\n option external-check\n external-check command {command}\n server s1 {server} check\n"
    )
}

#[test]
fn the_end_of_the_program_is_the_verdict() {
    for mut command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let good = script(at, "good", "#!/bin/sh\nexit 0\n");
        let three = script(at, "three", "#!/bin/sh\nexit 3\n");
        let killed = script(at, "killed", "#!/bin/sh\nkill -9 $$\n");
        let term = at.join("term");
        let slow = format!(
            "#!/bin/bash\ntrap 'echo > {}; exit 1' TERM\n/bin/sleep 3 & wait\n",
            term.display()
        );
        let slow = script(at, "slow", &slow);
        let plain = at.join("plain");
        fs::write(&plain, "no program").unwrap();
        let sections = [
            backend("good", &good, "127.0.0.1:1"),
            backend("three", &three, "127.0.0.1:1"),
            backend("killed", &killed, "127.0.0.1:1"),
            backend("slow", &slow, "127.0.0.1:1"),
            backend("plain", &plain.display().to_string(), "127.0.0.1:1"),
            backend("missing", "/nowhere/at/all", "127.0.0.1:1"),
        ];
        let proxy = Proxy::start(&mut command, folder, &sections.concat());
        proxy.ends_with("good", ["UP", "PROCOK", "0"]);
        proxy.ends_with("three", ["DOWN", "PROCERR", "3"]);
        proxy.ends_with("killed", ["DOWN", "PROCERR", "4294967295"]);
        proxy.ends_with("plain", ["DOWN", "PROCERR", "255"]);
        proxy.ends_with("missing", ["DOWN", "PROCERR", "255"]);
        // One that takes too long is asked to end.
        let late = || {
            proxy
                .row("slow")
                .filter(|row| row[36].contains("PROCTOUT") && row[17] == "DOWN")
        };
        assert!(wait_for(late).is_some(), "{:?}", proxy.row("slow"));
        assert!(wait_for(|| term.exists().then_some(())).is_some());
    }
}

#[test]
fn the_program_is_told_of_the_server_and_of_nothing_else() {
    let mut told = Vec::new();
    for mut command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().to_owned();
        // Each backend's variables and arguments stand in a file of its own, whole once it has its name.
        let tell = format!(
            "#!/bin/bash\nout={0}/$HAPROXY_PROXY_NAME\n{{ for word in \"$@\"; do echo \"[$word]\"; done; /usr/bin/env -0 | \
             /usr/bin/sort -z | /usr/bin/tr '\\0' '\\n'; }} > $out.part\n/bin/mv $out.part $out.told\n",
            at.display()
        );
        let tell = script(&at, "tell", &tell);
        let front = free_address().unwrap();
        let sections = [
            backend("inet", &tell, "127.0.0.1:8080 maxconn 7"),
            backend("inet6", &tell, "[::1]:82"),
            backend("elsewhere", &tell, "127.0.0.2:81 addr 127.0.0.9 port 99"),
            backend("unix", &tell, "/run/nobody.sock"),
            backend("h2", &tell, "127.0.0.4:84 proto h2"),
            format!(
                "backend by-path\n option external-check\n external-check command tell\n external-check path {}:/bin\n \
                 server s1 127.0.0.1:85 check\n",
                at.display()
            ),
            backend("tcp", &tell, "127.0.0.1:86").replacen('\n', "\n mode tcp\n", 1),
            backend("listens", &tell, "127.0.0.1:87")
                .replacen("backend", "listen", 1)
                .replacen('\n', &format!("\n bind {front}\n"), 1),
        ];
        let proxy = Proxy::start(&mut command, folder, &sections.concat());
        let names = [
            "inet",
            "inet6",
            "elsewhere",
            "unix",
            "h2",
            "by-path",
            "tcp",
            "listens",
        ];
        let all = names.map(|name| {
            proxy.ends_with(name, ["UP", "PROCOK", "0"]);
            let text = fs::read_to_string(at.join(format!("{name}.told"))).unwrap();
            let said = text
                .replace(&at.display().to_string(), "FOLDER")
                .replace(&front.port().to_string(), "PORT");
            let of_shell = |line: &&str| !["PWD=", "SHLVL=", "_="].iter().any(|name| line.starts_with(name));
            said.lines().filter(of_shell).collect::<Vec<_>>().join("\n")
        });
        told.push(all);
    }
    let inet = "[NOT_USED]\n[NOT_USED]\n[127.0.0.1]\n[8080]\nHAPROXY_PROXY_ADDR=\nHAPROXY_PROXY_ID=3\nHAPROXY_PROXY_NAME=inet\n\
                HAPROXY_PROXY_PORT=\nHAPROXY_SERVER_ADDR=127.0.0.1\nHAPROXY_SERVER_CURCONN=0\nHAPROXY_SERVER_ID=1\n\
                HAPROXY_SERVER_MAXCONN=7\nHAPROXY_SERVER_NAME=s1\nHAPROXY_SERVER_PORT=8080\nHAPROXY_SERVER_PROTO=h1\n\
                HAPROXY_SERVER_SSL=0\nPATH=";
    assert_eq!(told[0][0], inet);
    for other in &told[1..] {
        assert_eq!(&told[0], other, "the original tells the same");
    }
}
