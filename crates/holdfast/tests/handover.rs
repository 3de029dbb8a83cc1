//! Listening sockets that pass from one process to the next, between Holdfast and itself and between Holdfast and haproxy, and
//! ports that an old process lets go of. Mixed pairs are left out where haproxy is not installed.

#![allow(clippy::unwrap_used, reason = "a test may panic; its helpers are part of it")]

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::thread::JoinHandle;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use test_support::process::{Daemon, Program, free_address, is_alive, wait_for};

/// Debian's place of the original.
const ORIGINAL: &str = "/usr/sbin/haproxy";

/// Which program a process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Holdfast,
    Original,
}

impl Kind {
    fn command(self) -> Command {
        match self {
            Self::Holdfast => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_holdfast"));
                command.arg("haproxy");
                command
            }
            Self::Original => Command::new(ORIGINAL),
        }
    }
}

/// Pairs of an old process and a new one that can be had on this machine.
fn pairs() -> Vec<(Kind, Kind)> {
    use Kind::{Holdfast, Original};
    let mut pairs = vec![(Holdfast, Holdfast)];
    if Path::new(ORIGINAL).exists() {
        pairs.extend([(Original, Holdfast), (Holdfast, Original), (Original, Original)]);
    }
    pairs
}

/// Addresses of every kind, each answered by the proxy itself.
struct Site {
    folder: tempfile::TempDir,
    first: SocketAddr,
    second: SocketAddr,
}

impl Site {
    fn new(stats_options: &str, threads: usize) -> Self {
        let site = Self {
            folder: tempfile::tempdir().unwrap(),
            first: free_address().unwrap(),
            second: free_address().unwrap(),
        };
        let text = format!(
            "global\n nbthread {threads}\n stats socket {} {stats_options}\n\
             defaults\n mode http\n timeout connect 5s\n timeout client 5s\n timeout server 5s\n\
             frontend site\n bind {}\n bind {} interface lo\n bind {}\n bind abns@{}\n monitor-uri /alive\n",
            site.stats().display(),
            site.first,
            site.second,
            site.path("unix").display(),
            site.abstract_name(),
        );
        fs::write(site.path("haproxy.cfg"), text).unwrap();
        site
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn stats(&self) -> PathBuf {
        self.path("stats")
    }

    fn abstract_name(&self) -> String {
        format!("holdfast-{}-{}", std::process::id(), self.first.port())
    }

    fn command(&self, kind: Kind, arguments: &[&str]) -> Command {
        let mut command = kind.command();
        command.arg("-f").arg(self.path("haproxy.cfg")).args(arguments);
        command
    }

    /// A daemon, serving.
    fn daemon(&self, kind: Kind, arguments: &[&str]) -> Daemon {
        let pidfile = self.path("pid");
        let mut command = self.command(kind, &["-D", "-p"]);
        let mut program = Program::start(command.arg(&pidfile).args(arguments)).unwrap();
        let code = program.wait_code();
        assert_eq!(code, Some(0), "{kind:?}: {}", program.output().unwrap());
        let pid = fs::read_to_string(pidfile).unwrap().trim().parse().unwrap();
        Daemon(pid)
    }

    /// A daemon that takes over from `old` and sees it end.
    fn successor(&self, kind: Kind, old: &Daemon) -> Daemon {
        let stats = self.stats().display().to_string();
        let new = self.daemon(kind, &["-x", &stats, "-sf", &old.0.to_string()]);
        let ended = wait_for(|| (!is_alive(old.0)).then_some(()));
        assert!(ended.is_some(), "the old process stays");
        new
    }

    /// The kernel's numbers of the sockets that listen on the site's addresses, in the namespace of this test.
    fn sockets(&self) -> BTreeSet<String> {
        let tcp = fs::read_to_string("/proc/net/tcp").unwrap();
        let ports = [self.first, self.second].map(|address| format!(":{:04X}", address.port()));
        let mut found: BTreeSet<String> = tcp
            .lines()
            .map(|line| line.split_whitespace().collect::<Vec<_>>())
            .filter(|fields| ports.iter().any(|port| fields[1].ends_with(port)) && fields[3] == "0A")
            .map(|fields| fields[9].to_owned())
            .collect();
        let unix = fs::read_to_string("/proc/net/unix").unwrap();
        let names = [self.folder.path().display().to_string(), self.abstract_name()];
        found.extend(
            unix.lines()
                .map(|line| line.split_whitespace().collect::<Vec<_>>())
                // The flag is that of a listening socket.
                .filter(|fields| fields.get(3) == Some(&"00010000"))
                .filter(|fields| {
                    fields
                        .get(7)
                        .is_some_and(|path| names.iter().any(|name| path.contains(name)))
                })
                .map(|fields| fields[6].to_owned()),
        );
        found
    }
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.write_all(b"GET /alive HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

fn answers(address: SocketAddr) -> bool {
    ask(address).is_ok_and(|answer| answer.contains(" 200 "))
}

/// Clients that ask one after the other until they are told to stop.
struct Load {
    stop: Arc<AtomicBool>,
    asked: Arc<AtomicUsize>,
    clients: Vec<JoinHandle<Vec<String>>>,
}

impl Load {
    /// So many requests are enough for any test.
    const MOST: usize = 200_000;

    fn on(addresses: &[SocketAddr]) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let asked = Arc::new(AtomicUsize::new(0));
        let client = |address: SocketAddr| {
            let (stop, asked) = (Arc::clone(&stop), Arc::clone(&asked));
            std::thread::spawn(move || {
                let mut failures = Vec::new();
                while !stop.load(Relaxed) && asked.fetch_add(1, Relaxed) < Self::MOST {
                    match ask(address) {
                        Ok(answer) if answer.contains(" 200 ") => {}
                        Ok(answer) => failures.push(format!("answered {answer:?}")),
                        Err(error) => failures.push(error.to_string()),
                    }
                }
                failures
            })
        };
        let clients = addresses.iter().copied().map(client).collect();
        Self { stop, asked, clients }
    }

    /// Waits for some more requests.
    fn goes_on(&self) {
        let until = self.asked.load(Relaxed) + 50;
        assert!(wait_for(|| (self.asked.load(Relaxed) >= until).then_some(())).is_some());
    }

    /// Ends it; what went wrong.
    fn end(self) -> Vec<String> {
        self.stop.store(true, Relaxed);
        self.clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    }
}

#[test]
fn a_new_process_takes_the_sockets_of_the_old_one() {
    for (old_kind, new_kind) in pairs() {
        let site = Site::new("mode 600 level user expose-fd listeners", 1);
        let old = site.daemon(old_kind, &[]);
        let sockets = site.sockets();
        assert_eq!(sockets.len(), 5, "{old_kind:?}");
        let new = site.successor(new_kind, &old);
        assert_eq!(site.sockets(), sockets, "from {old_kind:?} to {new_kind:?}");
        assert!(answers(site.first) && answers(site.second));
        // And again: what was taken can be taken.
        let newest = site.successor(old_kind, &new);
        assert_eq!(site.sockets(), sockets, "from {new_kind:?} to {old_kind:?}");
        assert!(answers(site.first) && is_alive(newest.0));
    }
}

#[test]
fn sockets_that_the_new_file_does_not_want_are_closed() {
    for (old_kind, new_kind) in pairs() {
        let site = Site::new("mode 600 expose-fd listeners", 1);
        let old = site.daemon(old_kind, &[]);
        let text = fs::read_to_string(site.path("haproxy.cfg")).unwrap();
        let line = format!(" bind {} interface lo\n", site.second);
        fs::write(site.path("haproxy.cfg"), text.replace(&line, "")).unwrap();
        let _new = site.successor(new_kind, &old);
        assert!(answers(site.first), "from {old_kind:?} to {new_kind:?}");
        assert!(
            TcpStream::connect(site.second).is_err(),
            "from {old_kind:?} to {new_kind:?}"
        );
    }
}

#[test]
fn an_old_process_that_does_not_expose_its_sockets_keeps_them() {
    for (old_kind, new_kind) in pairs() {
        let site = Site::new("mode 600 level admin", 1);
        let old = site.daemon(old_kind, &[]);
        let stats = site.stats().display().to_string();
        let mut new = Program::start(&mut site.command(new_kind, &["-db", "-x", &stats])).unwrap();
        assert_eq!(new.wait_code(), Some(1));
        let output = new.output().unwrap();
        for line in [
            "[WARNING]  (PID) : Failed to get the number of sockets to be transferred !",
            "[ALERT]    (PID) : Failed to get the sockets from the old process!",
        ] {
            let line = line.replace("PID", &new.pid().to_string());
            assert!(output.contains(&line), "{output}");
        }
        assert!(is_alive(old.0) && answers(site.first));
    }
}

#[test]
fn an_old_process_that_is_not_there_fails_the_start() {
    let site = Site::new("mode 600", 1);
    let mut kinds = vec![Kind::Holdfast];
    kinds.extend(Path::new(ORIGINAL).exists().then_some(Kind::Original));
    for kind in kinds {
        let nowhere = site.path("nowhere").display().to_string();
        let mut new = Program::start(&mut site.command(kind, &["-db", "-x", &nowhere])).unwrap();
        assert_eq!(new.wait_code(), Some(1));
        let output = new.output().unwrap();
        let expected = format!("Failed to connect to the old process socket '{nowhere}'");
        assert!(output.contains(&expected), "{output}");
    }
}

#[test]
fn reloads_under_load_refuse_and_lose_no_connection() {
    // The number of threads changes with each reload, so sockets are shared, spread and kept.
    let site = Site::new("mode 600 expose-fd listeners", 2);
    let mut current = site.daemon(Kind::Holdfast, &[]);
    let load = Load::on(&[site.first, site.second, site.first]);
    for threads in [1, 3, 2, 1] {
        load.goes_on();
        let text = fs::read_to_string(site.path("haproxy.cfg")).unwrap();
        let (_, rest) = text.split_once(" stats socket").unwrap();
        let text = format!("global\n nbthread {threads}\n stats socket{rest}");
        fs::write(site.path("haproxy.cfg"), text).unwrap();
        current = site.successor(Kind::Holdfast, &current);
    }
    load.goes_on();
    let failures = load.end();
    assert!(failures.is_empty(), "{} failures: {failures:?}", failures.len());
    assert!(is_alive(current.0));
}

#[test]
fn an_old_process_lets_go_of_a_port_that_cannot_be_shared() {
    for (old_kind, new_kind) in pairs() {
        let site = Site::new("mode 600", 1);
        // haproxy 2.6 crashes when it is to let go of an abstract name.
        let text = fs::read_to_string(site.path("haproxy.cfg")).unwrap();
        let line = format!(" bind abns@{}\n", site.abstract_name());
        fs::write(site.path("haproxy.cfg"), text.replace(&line, "")).unwrap();
        let old = site.daemon(old_kind, &["-dR"]);
        let new = site.daemon(new_kind, &["-dR", "-sf", &old.0.to_string()]);
        let ended = wait_for(|| (!is_alive(old.0)).then_some(()));
        assert!(ended.is_some(), "from {old_kind:?} to {new_kind:?}");
        assert!(answers(site.first) && is_alive(new.0));
    }
}

#[test]
fn a_paused_process_refuses_connections_until_it_resumes() {
    for threads in [1, 2] {
        let site = Site::new("mode 600 expose-fd listeners", threads);
        let process = site.daemon(Kind::Holdfast, &[]);
        kill(Pid::from_raw(process.0), Signal::SIGTTOU).unwrap();
        let refused = wait_for(|| TcpStream::connect(site.first).is_err().then_some(()));
        assert!(refused.is_some());
        kill(Pid::from_raw(process.0), Signal::SIGTTIN).unwrap();
        assert!(wait_for(|| answers(site.first).then_some(())).is_some());
    }
}

#[test]
fn connections_that_wait_when_a_process_stops_are_served() {
    // Paused threads accept nothing, so what connects meanwhile waits in the queue of the unix socket, which stays open.
    let site = Site::new("mode 600", 2);
    let process = site.daemon(Kind::Holdfast, &[]);
    let pid = Pid::from_raw(process.0);
    kill(pid, Signal::SIGTTOU).unwrap();
    assert!(wait_for(|| TcpStream::connect(site.first).is_err().then_some(())).is_some());
    let mut waiting: Vec<_> = (0..5)
        .map(|_| UnixStream::connect(site.path("unix")).unwrap())
        .collect();
    kill(pid, Signal::SIGUSR1).unwrap();
    for stream in &mut waiting {
        stream.write_all(b"GET /alive HTTP/1.0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(" 200 "), "{answer:?}");
    }
    assert!(wait_for(|| (!is_alive(process.0)).then_some(())).is_some());
}

/// Asks at an abstract name, which the original fills up with zeros.
fn answers_at_abstract(name: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut full = name.as_bytes().to_vec();
        full.resize(107, 0);
        let address = std::os::unix::net::SocketAddr::from_abstract_name(full)?;
        let mut stream = UnixStream::connect_addr(&address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(b"GET /alive HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.contains(" 200 "))
}

#[test]
fn an_old_process_lets_go_of_an_abstract_name() {
    // haproxy 2.6 crashes when it is to let go of one.
    for (old_kind, new_kind) in pairs().into_iter().filter(|(old, _)| *old == Kind::Holdfast) {
        let site = Site::new("mode 600 expose-fd listeners", 2);
        let text = fs::read_to_string(site.path("haproxy.cfg")).unwrap();
        let stats = format!(" stats socket abns@{}-stats\n", site.abstract_name());
        fs::write(
            site.path("haproxy.cfg"),
            text.replace("defaults\n", &format!("{stats}defaults\n")),
        )
        .unwrap();
        let old = site.daemon(old_kind, &[]);
        assert!(answers_at_abstract(&site.abstract_name()));
        let new = site.daemon(new_kind, &["-sf", &old.0.to_string()]);
        let ended = wait_for(|| (!is_alive(old.0)).then_some(()));
        assert!(ended.is_some(), "from {old_kind:?} to {new_kind:?}");
        assert!(is_alive(new.0) && answers_at_abstract(&site.abstract_name()));
    }
}

#[test]
fn an_abstract_name_is_taken_again_when_a_process_resumes() {
    for threads in [1, 2] {
        let site = Site::new("mode 600", threads);
        let process = site.daemon(Kind::Holdfast, &[]);
        let name = site.abstract_name();
        kill(Pid::from_raw(process.0), Signal::SIGTTOU).unwrap();
        assert!(wait_for(|| (!answers_at_abstract(&name)).then_some(())).is_some());
        kill(Pid::from_raw(process.0), Signal::SIGTTIN).unwrap();
        assert!(wait_for(|| answers_at_abstract(&name).then_some(())).is_some());
    }
}
