//! What may go wrong around a running process: its worker is killed, nobody takes its log lines, it has no descriptors left. Traffic
//! goes on. What is asserted of Holdfast is asserted of haproxy too, where it is installed and can stand it.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use test_support::admin;
use test_support::process::{Program, both_programs, free_address, is_alive, wait_for};

/// Writes a file that answers at an address, with these lines in its global section and its frontend.
fn file(global: &str, frontend: &str) -> (tempfile::TempDir, SocketAddr) {
    let folder = tempfile::tempdir().unwrap();
    let address = free_address().unwrap();
    let text = format!(
        "global\n nbthread 1\n{global}defaults\n mode http\n timeout connect 5s\n timeout client 30s\n timeout server 5s\n\
         frontend site\n bind {address}\n{frontend} http-request return status 200 content-type text/plain string whole\n"
    )
    .replace("FOLDER", &folder.path().display().to_string());
    fs::write(folder.path().join("haproxy.cfg"), text).unwrap();
    (folder, address)
}

/// Whether a request is answered.
fn answers(address: SocketAddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    ask(&mut stream)
}

fn ask(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.write_all(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"whole") {
        let mut room = [0; 1024];
        let n = stream.read(&mut room)?;
        if n == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&room[..n]);
    }
    Ok(())
}

/// The children of a process.
fn children(pid: i32) -> Vec<i32> {
    let listed = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    listed
        .split_whitespace()
        .filter_map(|pid| pid.parse().ok())
        .collect()
}

#[test]
fn a_master_whose_worker_is_killed_gives_the_status_that_the_original_gives() {
    let mut ends = Vec::new();
    for mut command in both_programs(env!("CARGO_BIN_EXE_holdfast")) {
        let (folder, address) = file("", "");
        command.arg("-W").arg("-f").arg(folder.path().join("haproxy.cfg"));
        let mut master = Program::start(&mut command).unwrap();
        assert!(
            wait_for(|| answers(address).ok()).is_some(),
            "{}",
            master.output().unwrap()
        );
        let workers = children(master.pid());
        let [worker] = workers[..] else {
            panic!("workers {workers:?}")
        };
        kill(Pid::from_raw(worker), Signal::SIGKILL).unwrap();
        let code = master.wait_code();
        assert!(!is_alive(worker) && TcpStream::connect(address).is_err());
        let said = master.output().unwrap();
        assert!(
            said.contains(&format!("({worker}) exited with code 137 (Killed)")),
            "{said}"
        );
        assert!(
            said.contains("exit-on-failure: killing every processes with SIGTERM"),
            "{said}"
        );
        ends.push(code);
    }
    assert_eq!(ends[0], Some(137));
    assert!(ends.iter().all(|code| *code == ends[0]), "{ends:?}");
}

/// A program of ours with that standard output, which nobody kills but the guard.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn running(folder: &tempfile::TempDir, out: Stdio) -> Running {
    let child = Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .args(["haproxy", "-db", "-f"])
        .arg(folder.path().join("haproxy.cfg"))
        .stdin(Stdio::null())
        .stdout(out)
        .stderr(Stdio::null())
        .spawn();
    Running(child.unwrap())
}

/// So many requests that what takes log lines has no room left, and no time that somebody waited.
fn many_requests(address: SocketAddr) {
    assert!(wait_for(|| answers(address).ok()).is_some());
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut slowest = Duration::ZERO;
    for _ in 0..1500 {
        let start = Instant::now();
        ask(&mut stream).unwrap();
        slowest = slowest.max(start.elapsed());
    }
    assert!(slowest < Duration::from_secs(5), "{slowest:?}");
}

/// How many log lines were lost, as the process counts them.
fn lost(folder: &tempfile::TempDir) -> u64 {
    let info = admin::ask(&folder.path().join("stats"), "show info").unwrap();
    let count = info.lines().find_map(|line| line.strip_prefix("DroppedLogs: "));
    count.unwrap().parse().unwrap()
}

const SOCKET: &str = " stats socket FOLDER/stats level admin\n";

#[test]
fn a_log_pipe_that_nobody_reads_holds_no_request_back() {
    let (folder, address) = file(SOCKET, " log stdout format raw local0\n option httplog\n");
    // The reader's end is kept open, and never read.
    let (_reader, writer) = std::io::pipe().unwrap();
    let _running = running(&folder, Stdio::from(writer));
    many_requests(address);
    assert!(lost(&folder) > 0, "the pipe was large enough for all lines");
}

#[test]
fn a_full_disk_holds_no_request_back() {
    let (folder, address) = file(SOCKET, " log stdout format raw local0\n option httplog\n");
    let full = File::options().write(true).open("/dev/full").unwrap();
    let _running = running(&folder, Stdio::from(full));
    many_requests(address);
    assert!(lost(&folder) >= 1500, "{}", lost(&folder));
}

#[test]
fn a_syslog_daemon_that_is_gone_holds_no_request_back_and_is_found_again() {
    let (folder, address) = file(
        SOCKET,
        " log FOLDER/log local0\n log UDP local0\n option httplog\n",
    );
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let at = udp.local_addr().unwrap();
    drop(udp);
    let path = folder.path().join("haproxy.cfg");
    let text = fs::read_to_string(&path).unwrap().replace("UDP", &at.to_string());
    fs::write(&path, text).unwrap();
    let _running = running(&folder, Stdio::null());
    many_requests(address);
    assert!(lost(&folder) >= 1500, "{}", lost(&folder));
    // A daemon that comes gets the next line.
    let daemon = std::os::unix::net::UnixDatagram::bind(folder.path().join("log")).unwrap();
    daemon.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    answers(address).unwrap();
    let mut room = [0; 2048];
    let n = daemon.recv(&mut room).unwrap();
    assert!(String::from_utf8_lossy(&room[..n]).contains(" site "));
}

#[test]
fn without_a_descriptor_left_those_who_are_connected_are_served_and_the_log_says_it_once() {
    let logs = UdpSocket::bind("127.0.0.1:0").unwrap();
    logs.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let log = format!(" log {} local0\n", logs.local_addr().unwrap());
    let (folder, address) = file(SOCKET, &log);
    let program = Command::new(env!("CARGO_BIN_EXE_holdfast"))
        .args(["haproxy", "-db", "-f"])
        .arg(folder.path().join("haproxy.cfg"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let running = Running(program.unwrap());
    assert!(wait_for(|| answers(address).ok()).is_some());
    // What it worked out for itself is taken from it: as if others had used up the system's.
    let used = fs::read_dir(format!("/proc/{}/fd", running.0.id()))
        .unwrap()
        .count();
    let limit = used + 8;
    let done = Command::new("prlimit")
        .arg(format!("--pid={}", running.0.id()))
        .arg(format!("--nofile={limit}:{limit}"))
        .status();
    assert!(done.unwrap().success());
    let mut kept = TcpStream::connect(address).unwrap();
    kept.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    ask(&mut kept).unwrap();
    let mut others: Vec<TcpStream> = (0..20).map(|_| TcpStream::connect(address).unwrap()).collect();
    let mut room = [0; 2048];
    let mut said = Vec::new();
    let told = wait_for(|| {
        let n = logs.recv(&mut room).ok()?;
        let line = String::from_utf8_lossy(&room[..n]).into_owned();
        let tells = line.contains("file descriptors");
        said.push(line);
        tells.then_some(())
    });
    assert!(told.is_some(), "{said:?}");
    for _ in 0..50 {
        ask(&mut kept).unwrap();
    }
    // Those who waited are taken as soon as there is room.
    let last = others.len() - 1;
    let mut waits = others.remove(last);
    drop(others);
    waits.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    ask(&mut waits).unwrap();
    logs.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    while let Ok(n) = logs.recv(&mut room) {
        let line = String::from_utf8_lossy(&room[..n]).into_owned();
        assert!(!line.contains("file descriptors"), "said again: {line}");
    }
}
