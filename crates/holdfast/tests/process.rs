//! The life of a haproxy process: starting, going into the background, being replaced, reloading, and ending.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::sys::signal::{Signal, kill};
use nix::unistd::{Pid, geteuid};
use test_support::admin;
use test_support::process::{Daemon, Program, free_address, is_alive, wait_for};

/// A folder with a configuration that answers each request itself.
struct Site {
    folder: tempfile::TempDir,
    address: SocketAddr,
}

impl Site {
    fn new(global: &str) -> Self {
        let address = free_address().unwrap();
        Self::listening_on(global, &address.to_string(), address)
    }

    fn listening_on(global: &str, bind: &str, address: SocketAddr) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "global\n nbthread 1\n{global}\ndefaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n\
             frontend site\n bind {bind}\n monitor-uri /alive\n"
        );
        fs::write(folder.path().join("haproxy.cfg"), text).unwrap();
        Self { folder, address }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
        command.arg("haproxy").arg("-f").arg(self.path("haproxy.cfg"));
        command
    }

    fn start(&self, arguments: &[&str]) -> Program {
        Program::start(self.command().args(arguments)).unwrap()
    }

    /// Waits until the site answers.
    fn wait_until_alive(&self, program: &Program) {
        let answered = wait_for(|| answers(self.address).then_some(()));
        assert!(
            answered.is_some(),
            "no answer; it said: {}",
            program.output().unwrap()
        );
    }
}

fn answers(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(std::time::Duration::from_secs(2)))?;
        stream.write_all(b"GET /alive HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.contains(" 200 "))
}

fn pid_in(path: &Path) -> Option<i32> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}

/// Starts a daemon that must start.
fn start_daemon(site: &Site, arguments: &[&str]) -> Daemon {
    let pidfile = site.path("pid");
    let mut program =
        Program::start(site.command().args(["-D", "-p"]).arg(&pidfile).args(arguments)).unwrap();
    let code = program.wait_code();
    assert_eq!(code, Some(0), "{}", program.output().unwrap());
    Daemon(pid_in(&pidfile).expect("a process number in the pid file"))
}

#[test]
fn a_foreground_process_ends_by_the_signal_that_ends_it() {
    for (signal, code) in [(Signal::SIGTERM, 143), (Signal::SIGINT, 130)] {
        let site = Site::new("");
        let mut program = site.start(&["-db"]);
        site.wait_until_alive(&program);
        program.signal(signal).unwrap();
        assert_eq!(program.wait_code(), Some(code));
    }
}

#[test]
fn a_soft_stop_says_what_stopped_and_ends_well() {
    let site = Site::new("");
    let mut program = site.start(&["-db"]);
    site.wait_until_alive(&program);
    program.signal(Signal::SIGUSR1).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    let output = program.output().unwrap();
    assert!(
        output.contains("Proxy site stopped (cumulated conns: FE: "),
        "{output}"
    );
    assert!(TcpStream::connect(site.address).is_err());
}

#[test]
fn a_soft_stop_lets_an_open_connection_finish() {
    let site = Site::new("");
    let mut program = site.start(&["-db"]);
    site.wait_until_alive(&program);
    let mut open = TcpStream::connect(site.address).unwrap();
    open.write_all(b"GET /alive HTTP/1.0\r\n").unwrap();
    // The proxy has taken the connection once it is counted: a second one, answered, comes behind it in the queue.
    assert!(answers(site.address));
    program.signal(Signal::SIGUSR1).unwrap();
    assert!(wait_for(|| TcpStream::connect(site.address).is_err().then_some(())).is_some());
    assert!(is_alive(program.pid()));
    open.write_all(b"\r\n").unwrap();
    let mut answer = String::new();
    open.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 200 "), "{answer}");
    assert_eq!(program.wait_code(), Some(0));
}

#[test]
fn sighup_tells_the_state_of_servers() {
    let site = Site::new("");
    let text = fs::read_to_string(site.path("haproxy.cfg")).unwrap();
    fs::write(
        site.path("haproxy.cfg"),
        text + "backend farm\n server s1 127.0.0.1:1\n",
    )
    .unwrap();
    let program = site.start(&["-db"]);
    site.wait_until_alive(&program);
    program.signal(Signal::SIGHUP).unwrap();
    let told = wait_for(|| {
        program
            .output()
            .ok()?
            .contains("SIGHUP: Proxy farm has 1 active servers")
            .then_some(())
    });
    assert!(told.is_some(), "{}", program.output().unwrap());
    let output = program.output().unwrap();
    assert!(
        output.contains("SIGHUP: Server farm/s1 is UP. Conn: 0 act, 0 pend, 0 tot."),
        "{output}"
    );
}

#[test]
fn a_daemon_serves_by_the_time_the_command_ends() {
    let site = Site::new("");
    let daemon = start_daemon(&site, &[]);
    assert!(answers(site.address));
    kill(Pid::from_raw(daemon.0), Signal::SIGUSR1).unwrap();
    assert!(wait_for(|| (!is_alive(daemon.0)).then_some(())).is_some());
}

#[test]
fn a_daemon_that_cannot_start_fails_in_the_foreground() {
    // For root the folder is missing, for others chroot is not allowed.
    let site = Site::new(" chroot /nonexistent/cage");
    let pidfile = site.path("pid");
    let mut program = Program::start(site.command().args(["-D", "-p"]).arg(&pidfile)).unwrap();
    assert_eq!(program.wait_code(), Some(1));
    let output = program.output().unwrap();
    assert!(output.contains("Cannot chroot(/nonexistent/cage)."), "{output}");
    assert!(!pidfile.exists());
}

#[test]
fn a_port_in_use_is_told_in_the_originals_words() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let site = Site::listening_on("", &address.to_string(), address);
    let mut program = site.start(&["-db"]);
    assert_eq!(program.wait_code(), Some(1));
    let output = program.output().unwrap();
    let expected = format!("for proxy site: cannot bind socket (Address already in use) for [{address}]");
    assert!(output.contains(&expected), "{output}");
    assert!(
        output.contains("Some protocols failed to start their listeners! Exiting."),
        "{output}"
    );
}

#[test]
fn a_new_process_takes_over_from_the_old_one() {
    let site = Site::new("");
    let old = start_daemon(&site, &[]);
    let new = start_daemon(&site, &["-sf", &old.0.to_string()]);
    assert_ne!(old.0, new.0);
    assert!(
        wait_for(|| (!is_alive(old.0)).then_some(())).is_some(),
        "the old process stays"
    );
    assert!(answers(site.address));
}

#[test]
fn a_master_replaces_its_worker_and_outlives_a_bad_file() {
    let site = Site::new("");
    let pidfile = site.path("pid");
    let mut master = Program::start(site.command().args(["-W", "-p"]).arg(&pidfile)).unwrap();
    site.wait_until_alive(&master);
    assert!(wait_for(|| (pid_in(&pidfile)? == master.pid()).then_some(())).is_some());

    let said = |text: &str, times: usize| {
        let seen = wait_for(|| (master.output().ok()?.matches(text).count() == times).then_some(()));
        assert!(
            seen.is_some(),
            "'{text}' not {times} times in: {}",
            master.output().unwrap()
        );
    };
    master.signal(Signal::SIGUSR2).unwrap();
    said("Loading success.", 2);
    said("exited with code 0 (Exit)", 1);
    assert!(answers(site.address));

    let good = fs::read(site.path("haproxy.cfg")).unwrap();
    fs::write(site.path("haproxy.cfg"), "global\n nonsense\n").unwrap();
    master.signal(Signal::SIGUSR2).unwrap();
    said("Loading failure!", 1);
    assert!(answers(site.address), "the old worker goes on");

    fs::write(site.path("haproxy.cfg"), good).unwrap();
    master.signal(Signal::SIGHUP).unwrap();
    said("Loading success.", 3);
    assert!(answers(site.address));

    master.signal(Signal::SIGTERM).unwrap();
    assert_eq!(master.wait_code(), Some(0));
    let output = master.output().unwrap();
    assert!(output.contains("exited with code 143 (Terminated)"), "{output}");
    assert!(output.contains("All workers exited. Exiting... (0)"), "{output}");
}

#[test]
fn a_master_follows_a_worker_that_was_killed() {
    let site = Site::new("");
    let mut master = site.start(&["-W"]);
    site.wait_until_alive(&master);
    // The worker may answer before its master has told of it.
    let told = wait_for(|| master.output().ok()?.contains("Loading success.").then_some(()));
    assert!(told.is_some());
    let output = master.output().unwrap();
    let worker = output
        .split("New worker (")
        .nth(1)
        .and_then(|rest| rest.split(')').next())
        .unwrap();
    kill(Pid::from_raw(worker.parse().unwrap()), Signal::SIGKILL).unwrap();
    assert_eq!(master.wait_code(), Some(137));
}

#[test]
fn an_inherited_listener_is_used_as_it_is() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    fcntl(&listener, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
    let site = Site::listening_on("", &format!("fd@{}", listener.as_raw_fd()), address);
    let program = site.start(&["-d"]);
    site.wait_until_alive(&program);
}

#[test]
fn an_inherited_descriptor_takes_log_lines_behind_a_chroot_too() {
    let (mut reader, writer) = std::io::pipe().unwrap();
    fcntl(&writer, FcntlArg::F_SETFD(FdFlag::empty())).unwrap();
    let cage = tempfile::tempdir().unwrap();
    // Only root may do that; for others the line is written without it.
    let chroot = if geteuid().is_root() {
        format!(" chroot {}\n", cage.path().display())
    } else {
        String::new()
    };
    let site = Site::new(&format!(
        "{chroot} log fd@{} format raw local0",
        writer.as_raw_fd()
    ));
    let file = site.path("haproxy.cfg");
    let text = fs::read_to_string(&file).unwrap();
    let more = " log global\n log-format told-of-%HU\n http-request return status 204\n";
    fs::write(&file, text + more).unwrap();
    let mut program = site.start(&["-db"]);
    drop(writer);
    site.wait_until_alive(&program);
    let mut client = TcpStream::connect(site.address).unwrap();
    client.write_all(b"GET /page HTTP/1.0\r\n\r\n").unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).unwrap();
    assert!(answer.contains(" 204 "), "{answer}");
    program.signal(Signal::SIGTERM).unwrap();
    assert_eq!(program.wait_code(), Some(143));
    let mut lines = String::new();
    reader.read_to_string(&mut lines).unwrap();
    assert!(lines.contains("told-of-/page\n"), "{lines}");
}

#[test]
fn a_stats_socket_has_the_mode_that_was_asked_for() {
    let site = Site::new("");
    let socket = site.path("stats");
    let text = fs::read_to_string(site.path("haproxy.cfg")).unwrap();
    let text = text.replace(
        " nbthread 1\n",
        &format!(
            " nbthread 1\n stats socket {} mode 600 level admin\n",
            socket.display()
        ),
    );
    fs::write(site.path("haproxy.cfg"), text).unwrap();
    let program = site.start(&["-db"]);
    site.wait_until_alive(&program);
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o600);
    let answer = admin::ask(&socket, "show info").unwrap();
    assert!(answer.contains(&format!("Pid: {}\n", program.pid())), "{answer}");
}

#[test]
fn the_version_begins_as_tools_expect_it() {
    let mut program =
        Program::start(Command::new(env!("CARGO_BIN_EXE_holdfast")).args(["haproxy", "-v"])).unwrap();
    assert_eq!(program.wait_code(), Some(0));
    let output = program.output().unwrap();
    assert!(output.starts_with("HAProxy version 3.5.0-holdfast"), "{output}");
    assert!(
        output
            .lines()
            .nth(1)
            .is_some_and(|line| line.contains("this is Holdfast")),
        "{output}"
    );
}

#[test]
fn the_demonstration_answers_requests_and_ends_in_time() {
    let mut program =
        Program::start(Command::new(env!("CARGO_BIN_EXE_holdfast")).args(["demo", "--for", "1500ms"]))
            .unwrap();
    assert_eq!(program.wait_code(), Some(0), "{}", program.output().unwrap());
    let output = program.output().unwrap();
    let last = output
        .lines()
        .rev()
        .find(|line| line.starts_with("answers: "))
        .unwrap_or_default();
    assert!(
        last.ends_with("failed 0") && !last.contains("web1 0,") && !last.contains("web2 0,"),
        "{output}"
    );
}
