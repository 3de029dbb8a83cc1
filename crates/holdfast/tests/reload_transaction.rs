//! `holdfast reload`: a new configuration stays when its worker proves itself, and goes when it does not.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use test_support::process::{Program, free_address, wait_for};

struct Master {
    folder: tempfile::TempDir,
    address: SocketAddr,
    program: Program,
}

impl Master {
    /// A master whose site answers with the text `old`.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address().unwrap();
        let path = folder.path().join("haproxy.cfg");
        fs::write(&path, file(address, OLD)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command
            .args(["haproxy", "-W", "-S"])
            .arg(folder.path().join("master"));
        let program = Program::start(command.arg("-f").arg(path)).unwrap();
        let master = Self {
            folder,
            address,
            program,
        };
        let up = wait_for(|| (master.page()? == "old").then_some(()));
        assert!(up.is_some(), "{}", master.program.output().unwrap());
        master
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("haproxy.cfg")
    }

    /// Reloads with a file whose site has these lines.
    fn reload(&self, lines: &str, options: &[&str]) -> Output {
        let new = self.folder.path().join("new.cfg");
        fs::write(&new, file(self.address, lines)).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command.arg("reload").arg(new).arg("--file").arg(self.path());
        command.arg("--master").arg(self.folder.path().join("master"));
        command.args(options).output().unwrap()
    }

    /// What the site answers.
    fn page(&self) -> Option<String> {
        let mut stream = TcpStream::connect(self.address).ok()?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer.split_once("\r\n\r\n")?.1.to_owned())
    }

    /// The old file is back, and what it says.
    fn is_as_before(&self) {
        assert_eq!(fs::read_to_string(self.path()).unwrap(), file(self.address, OLD));
        let back = wait_for(|| (self.page()? == "old").then_some(()));
        assert!(back.is_some(), "{:?}", self.page());
    }
}

const OLD: &str = " http-request return status 200 content-type text/plain string old\nbackend farm\n server a 127.0.0.1:9\n";

fn file(address: SocketAddr, lines: &str) -> String {
    format!(
        "global\n nbthread 1\n hard-stop-after 5s\n\
         defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n\
         frontend site\n bind {address}\n{lines}"
    )
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_configuration_that_works_stays() {
    let master = Master::start();
    let lines = OLD.replace("old", "new");
    let output = master.reload(&lines, &["--check-for", "300ms"]);
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(
        fs::read_to_string(master.path()).unwrap(),
        file(master.address, &lines)
    );
    assert_eq!(master.page().unwrap(), "new");
}

#[test]
fn a_configuration_that_is_refused_changes_nothing() {
    let master = Master::start();
    let output = master.reload(" no-such-keyword\n", &[]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("refused the new configuration"),
        "{}",
        said(&output)
    );
    master.is_as_before();
}

#[test]
fn a_configuration_that_answers_with_errors_is_taken_back() {
    let master = Master::start();
    let over = AtomicBool::new(false);
    let output = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Relaxed) {
                // Any answer: that the site answers is not the question here.
                let _ = master.page();
            }
        });
        let lines = OLD.replace("status 200", "status 503");
        let output = master.reload(&lines, &["--check-for", "60s", "--max-error-rate", "1%"]);
        over.store(true, Relaxed);
        output
    });
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(said(&output).contains(" errors in "), "{}", said(&output));
    master.is_as_before();
}

#[test]
fn a_configuration_without_a_backend_s_servers_is_taken_back() {
    let master = Master::start();
    let lines = OLD.replace("127.0.0.1:9", "127.0.0.1:9 disabled");
    let output = master.reload(&lines, &["--check-for", "300ms"]);
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    assert!(
        said(&output).contains("backend farm, which had servers, has none"),
        "{}",
        said(&output)
    );
    master.is_as_before();
}
