//! The master's socket and the life of its workers: commands that are passed on, reloads that lose nobody, a master that dies.
//! What is asserted of Holdfast is asserted of haproxy too, where it is installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use nix::sys::signal::Signal;
use test_support::process::{Program, free_address, is_alive, wait_for};

/// Debian's place of the original.
const ORIGINAL: &str = "/usr/sbin/haproxy";

/// The programs that there are to compare.
fn programs() -> Vec<Vec<&'static str>> {
    let mut programs = vec![vec![env!("CARGO_BIN_EXE_holdfast"), "haproxy"]];
    programs.extend(Path::new(ORIGINAL).exists().then(|| vec![ORIGINAL]));
    programs
}

/// A master with its socket.
struct Master {
    folder: tempfile::TempDir,
    address: SocketAddr,
    program: Program,
}

impl Master {
    fn start(program: &[&str], socket_options: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let address = free_address().unwrap();
        let text = format!(
            "global\n nbthread 1\ndefaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n\
             frontend site\n bind {address}\n monitor-uri /alive\n"
        );
        fs::write(folder.path().join("haproxy.cfg"), text).unwrap();
        let socket = format!("{}{socket_options}", folder.path().join("master").display());
        let mut command = Command::new(program[0]);
        command
            .args(&program[1..])
            .args(["-W", "-S", &socket, "-f"])
            .arg(folder.path().join("haproxy.cfg"));
        let program = Program::start(&mut command).unwrap();
        let master = Self {
            folder,
            address,
            program,
        };
        assert!(wait_for(|| master.current_worker()).is_some());
        master
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("master")
    }

    /// All that is answered to some lines.
    fn ask(&self, lines: &str) -> String {
        let answer = || -> std::io::Result<String> {
            let mut stream = UnixStream::connect(self.socket())?;
            stream.set_read_timeout(Some(Duration::from_secs(10)))?;
            stream.write_all(lines.as_bytes())?;
            stream.shutdown(Shutdown::Write)?;
            let mut answer = Vec::new();
            // A master that becomes itself anew meanwhile resets the connection.
            let _ = stream.read_to_end(&mut answer);
            Ok(String::from_utf8_lossy(&answer).into_owned())
        };
        answer().unwrap_or_default()
    }

    /// The worker that listens, when the master knows one.
    fn current_worker(&self) -> Option<i32> {
        let listed = self.ask("show proc\n");
        let (_, workers) = listed.split_once("# workers\n")?;
        workers.split_whitespace().next()?.parse().ok()
    }

    /// Waits until another worker than `old` listens and `old` has ended.
    fn reloaded_from(&self, old: i32) -> i32 {
        let new = wait_for(|| {
            let new = self.current_worker()?;
            (new != old && !is_alive(old)).then_some(new)
        });
        new.unwrap_or_else(|| panic!("no reload: {}", self.program.output().unwrap()))
    }

    /// The kernel's number of the socket that listens.
    fn listening_socket(&self) -> Option<String> {
        let port = format!(":{:04X}", self.address.port());
        let table = fs::read_to_string("/proc/net/tcp").unwrap();
        let mut fields = table
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>());
        fields
            .find(|fields| fields[1].ends_with(&port) && fields[3] == "0A")
            .map(|fields| fields[9].to_owned())
    }
}

#[test]
fn commands_are_passed_on_to_the_worker_that_the_prefix_names() {
    for program in programs() {
        let master = Master::start(&program, "");
        let worker = master.current_worker().unwrap();
        let of_worker = format!("Pid: {worker}\n");
        for lines in [
            "@1 show info\n".to_owned(),
            format!("@!{worker} show info\n"),
            "show version; @1 show info\n".to_owned(),
            "@1;show info\n".to_owned(),
            "prompt\n@1\nshow info\n".to_owned(),
            "@master show version\n@1 show info\n".to_owned(),
        ] {
            let answer = master.ask(&lines);
            assert!(answer.contains(&of_worker), "{program:?}: {lines:?}: {answer}");
        }
        // The worker's commands are not the master's, and a prefix is for one command.
        for lines in [
            "show info\n",
            "@1 show version;show info\n",
            "@1;@master;show info\n",
        ] {
            let answer = master.ask(lines);
            assert!(
                answer.contains("Unknown command"),
                "{program:?}: {lines:?}: {answer}"
            );
        }
        for prefix in ["@2", "@!1", "@9"] {
            let expected = format!("Can't find the target PID matching the prefix '{prefix}'\n");
            assert_eq!(
                master.ask(&format!("{prefix} show info\n")),
                expected,
                "{program:?}"
            );
        }
        let asked = format!("prompt\n@!{worker}\n@master\nquit\n");
        let expected = format!("master> {worker}> master> master> ");
        assert_eq!(master.ask(&asked), expected, "{program:?}");
    }
}

#[test]
fn a_level_holds_in_the_worker_too() {
    for program in programs() {
        let master = Master::start(&program, "");
        assert_eq!(master.ask("show cli level\n"), "admin\n\n", "{program:?}");
        assert_eq!(master.ask("@1 show cli level\n"), "admin\n\n", "{program:?}");
        assert_eq!(
            master.ask("operator;@1 show cli level\n"),
            "operator\n\n",
            "{program:?}"
        );
        assert_eq!(
            master.ask("user;reload\n"),
            "Permission denied\n\n",
            "{program:?}"
        );
        assert_eq!(
            master.ask("user;operator\n"),
            "Permission denied!\n",
            "{program:?}"
        );
    }
}

#[test]
fn a_reload_keeps_the_listening_socket() {
    for program in programs() {
        let master = Master::start(&program, "");
        let socket = master.listening_socket().unwrap();
        let first = master.current_worker().unwrap();
        master.ask("reload\n");
        let second = master.reloaded_from(first);
        assert_eq!(master.listening_socket().unwrap(), socket, "{program:?}");
        master.program.signal(Signal::SIGUSR2).unwrap();
        let third = master.reloaded_from(second);
        assert_eq!(master.listening_socket().unwrap(), socket, "{program:?}");
        // The line to the worker has outlived the master's change.
        let answer = master.ask("@1 show info\n");
        assert!(
            answer.contains(&format!("Pid: {third}\n")),
            "{program:?}: {answer}"
        );
    }
}

#[test]
fn reloads_under_load_lose_no_connection() {
    let master = Master::start(&[env!("CARGO_BIN_EXE_holdfast"), "haproxy"], "");
    let (stop, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let address = master.address;
    let clients: Vec<_> = (0..3)
        .map(|_| {
            let (stop, asked) = (Arc::clone(&stop), Arc::clone(&asked));
            std::thread::spawn(move || {
                let ask = || -> std::io::Result<String> {
                    let mut stream = TcpStream::connect(address)?;
                    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
                    stream.write_all(b"GET /alive HTTP/1.0\r\n\r\n")?;
                    let mut answer = String::new();
                    stream.read_to_string(&mut answer)?;
                    Ok(answer)
                };
                let mut failures = Vec::new();
                while !stop.load(Relaxed) && asked.fetch_add(1, Relaxed) < 100_000 {
                    match ask() {
                        Ok(answer) if answer.contains(" 200 ") => {}
                        other => failures.push(format!("{other:?}")),
                    }
                }
                failures
            })
        })
        .collect();
    let mut worker = master.current_worker().unwrap();
    for _ in 0..4 {
        let until = asked.load(Relaxed) + 50;
        assert!(wait_for(|| (asked.load(Relaxed) >= until).then_some(())).is_some());
        master.program.signal(Signal::SIGUSR2).unwrap();
        worker = master.reloaded_from(worker);
    }
    stop.store(true, Relaxed);
    let failures: Vec<_> = clients
        .into_iter()
        .flat_map(|client| client.join().unwrap())
        .collect();
    assert!(failures.is_empty(), "{} failures: {failures:?}", failures.len());
}

#[test]
fn workers_end_with_a_master_that_dies() {
    for program in programs() {
        let master = Master::start(&program, "");
        let worker = master.current_worker().unwrap();
        master.program.signal(Signal::SIGKILL).unwrap();
        let ended = wait_for(|| (!is_alive(worker)).then_some(()));
        assert!(ended.is_some(), "{program:?}");
    }
}
