//! A program that is replaced by another of its kind again and again while clients ask through it: over HTTP, TCP and TLS, on connections
//! that they keep and on others. What is to come of that is for those who ask.

use std::fs;
use std::io::{self};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use nix::sys::signal::Signal;

use crate::admin::ask;
use crate::clients::{Clients, Kind, Manner, Seen, serve_pages};
use crate::process::{Program, free_address, is_alive, resident_kib, wait_for};

/// How the program is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// A master gets SIGUSR2.
    Master,
    /// A new process with `-x SOCKET -sf PID`.
    Finish,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    /// The program as haproxy, without arguments.
    pub program: &'a [&'a str],
    /// How it is replaced.
    pub way: Way,
    /// How often.
    pub reloads: usize,
    /// Requests in a second, of all clients together.
    pub rate: u32,
    /// A certificate with its key, as PEM.
    pub certificate: &'a Path,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Report {
    /// What each kind of clients saw.
    pub seen: Vec<Seen>,
    /// How long it took.
    pub took: Duration,
    /// The longest time from an order to stop to the end of that process.
    pub slowest_end: Duration,
    /// Memory of the process at work after its first requests, and of the last one at the end, KiB.
    pub worker_kib: (u64, u64),
    /// The same of the master, where there is one.
    pub master_kib: Option<(u64, u64)>,
    /// Files that the master has open before and afterwards, where there is one.
    pub master_files: Option<(usize, usize)>,
}

/// Clients of each kind.
const CLIENTS: usize = 4;

/// The kinds that share the rate.
const KINDS: u32 = 5;

/// How long the one before may take to end.
const UNTIL_GONE: Duration = Duration::from_secs(20);

/// The file of the program under test.
const FILE: &str = "\
global
    nbthread 2
    stats socket FOLDER/stats level admin expose-fd listeners
defaults
    mode http
    retries 0
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend http
    bind HTTP
    default_backend pages
frontend tls
    bind TLS ssl crt CERTIFICATE
    default_backend pages
listen tcp
    mode tcp
    bind TCP
    server pages PAGES
backend pages
    server pages PAGES
";

/// The file of the one that speaks TLS for clients, and stays.
const WRAPPER: &str = "\
global
    nbthread 1
defaults
    mode tcp
    retries 0
    timeout connect 5s
    timeout client 30s
    timeout server 30s
listen wrapper
    bind WRAPPED
    server tls TLS ssl verify none
";

/// The program, and where clients find it.
struct Place {
    folder: tempfile::TempDir,
    http: SocketAddr,
    tcp: SocketAddr,
    wrapped: SocketAddr,
}

impl Place {
    fn new(certificate: &Path) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let pages = serve_pages()?;
        let [http, tcp, tls, wrapped] = [free_address()?, free_address()?, free_address()?, free_address()?];
        let fill = |text: &str| {
            text.replace("FOLDER", &folder.path().display().to_string())
                .replace("CERTIFICATE", &certificate.display().to_string())
                .replace("PAGES", &pages.to_string())
                .replace("HTTP", &http.to_string())
                .replace("TLS", &tls.to_string())
                .replace("TCP", &tcp.to_string())
                .replace("WRAPPED", &wrapped.to_string())
        };
        fs::write(folder.path().join("haproxy.cfg"), fill(FILE))?;
        fs::write(folder.path().join("wrapper.cfg"), fill(WRAPPER))?;
        Ok(Self {
            folder,
            http,
            tcp,
            wrapped,
        })
    }

    fn stats(&self) -> PathBuf {
        self.folder.path().join("stats")
    }

    fn start(&self, plan: &Plan<'_>, file: &str, more: &[&str]) -> io::Result<Program> {
        let mut command = Command::new(plan.program[0]);
        command
            .args(&plan.program[1..])
            .arg("-f")
            .arg(self.folder.path().join(file));
        Program::start(command.args(more))
    }

    /// The process that answers on the stats socket.
    fn at_work(&self) -> Option<i32> {
        let info = ask(&self.stats(), "show info").ok()?;
        info.lines()
            .find_map(|line| line.strip_prefix("Pid: "))?
            .parse()
            .ok()
    }

    /// Waits until a process that was not at work before is. Those of `before` may all still answer for a moment: one that is to
    /// leave hears so only when its successor runs.
    fn replaced(&self, before: &[i32], program: &Program) -> anyhow::Result<i32> {
        let new = wait_for(|| self.at_work().filter(|new| !before.contains(new)));
        new.with_context(|| {
            format!(
                "nobody came after {before:?}: {}",
                program.output().unwrap_or_default()
            )
        })
    }
}

/// The TCP connections of processes, a line each, as `ss` shows them: what keeps them.
fn connections(pids: &[i32]) -> String {
    let shown = Command::new("ss").args(["-Htanpo"]).output();
    let shown = match &shown {
        Ok(output) => String::from_utf8_lossy(&output.stdout),
        Err(error) => return format!("no ss: {error}"),
    };
    let theirs = shown
        .lines()
        .filter(|line| pids.iter().any(|pid| line.contains(&format!("pid={pid},"))));
    theirs.collect::<Vec<_>>().join("\n")
}

/// Files that a process has open.
fn open_files(pid: i32) -> io::Result<usize> {
    Ok(fs::read_dir(format!("/proc/{pid}/fd"))?.count())
}

/// Replaces the program as planned while clients ask.
///
/// # Errors
/// When a program does not start, is not replaced, or does not leave.
pub fn run(plan: &Plan<'_>) -> anyhow::Result<Report> {
    let place = Place::new(plan.certificate)?;
    let _wrapper = place.start(plan, "wrapper.cfg", &["-db"])?;
    let mut program = match plan.way {
        Way::Master => place.start(plan, "haproxy.cfg", &["-W"])?,
        Way::Finish => place.start(plan, "haproxy.cfg", &["-db"])?,
    };
    let mut worker = place.replaced(&[], &program)?;
    let mut workers = vec![worker];
    let ready = wait_for(|| std::net::TcpStream::connect(place.wrapped).ok());
    ready.context("nobody speaks TLS")?;

    let clients = u32::try_from(CLIENTS)?;
    let interval = Duration::from_secs(1) * clients * KINDS / plan.rate.max(1);
    let kind = |name, to, manner, interval| Kind {
        name,
        to,
        manner,
        clients: CLIENTS,
        interval,
    };
    let slow = Duration::from_millis(700);
    let clients = Clients::start(&[
        kind("HTTP, close", place.http, Manner::Close, interval),
        kind("HTTP, keep-alive", place.http, Manner::KeepAlive, interval),
        kind("HTTP, keep-alive, seldom", place.http, Manner::KeepAlive, slow),
        kind("TLS, close", place.wrapped, Manner::Close, interval),
        kind("TLS, keep-alive", place.wrapped, Manner::KeepAlive, interval),
        kind("TCP, 20 requests each", place.tcp, Manner::Tunnel(20), interval),
    ]);
    let began = Instant::now();
    let master = (plan.way == Way::Master).then(|| program.pid());
    settle(&place)?;
    let worker_before = resident_kib(worker)?;
    let mut master_before = None;
    let mut slowest_end = Duration::ZERO;
    let mut leaving: Vec<(i32, Instant, Option<Program>)> = Vec::new();
    for number in 0..plan.reloads {
        let old = worker;
        let started = Instant::now();
        let gone = match plan.way {
            Way::Master => {
                program.signal(Signal::SIGUSR2)?;
                None
            }
            Way::Finish => {
                let stats = place.stats().display().to_string();
                let new = place.start(
                    plan,
                    "haproxy.cfg",
                    &["-db", "-x", &stats, "-sf", &old.to_string()],
                )?;
                Some(std::mem::replace(&mut program, new))
            }
        };
        worker = place.replaced(&workers, &program)?;
        workers.push(worker);
        leaving.push((old, started, gone));
        settle(&place)?;
        leaving = still_here(leaving, &mut slowest_end)?;
        if number == 0
            && let Some(master) = master
        {
            // What a master needs once it has by now.
            master_before = Some((resident_kib(master)?, open_files(master)?));
        }
    }
    let gone = wait_for(|| {
        leaving = still_here(std::mem::take(&mut leaving), &mut slowest_end).ok()?;
        leaving.is_empty().then_some(())
    });
    if gone.is_none() {
        let pids: Vec<i32> = leaving.iter().map(|(pid, ..)| *pid).collect();
        bail!("these do not leave: {pids:?}; {}", connections(&pids));
    }
    let worker_kib = (worker_before, resident_kib(worker)?);
    let master_after = master
        .map(|master| anyhow::Ok((resident_kib(master)?, open_files(master)?)))
        .transpose()?;
    let seen = clients.finish();
    let both = master_before.zip(master_after);
    Ok(Report {
        seen,
        took: began.elapsed(),
        slowest_end,
        worker_kib,
        master_kib: both.map(|(before, after)| (before.0, after.0)),
        master_files: both.map(|(before, after)| (before.1, after.1)),
    })
}

/// Waits until the process at work has had some requests of clients.
fn settle(place: &Place) -> anyhow::Result<()> {
    let had = wait_for(|| {
        let info = ask(&place.stats(), "show info").ok()?;
        let requests = info.lines().find_map(|line| line.strip_prefix("CumReq: "))?;
        (requests.parse::<u64>().ok()? > 100).then_some(())
    });
    had.context("no clients come")
}

/// Those that have not ended.
fn still_here(
    leaving: Vec<(i32, Instant, Option<Program>)>,
    slowest: &mut Duration,
) -> anyhow::Result<Vec<(i32, Instant, Option<Program>)>> {
    let mut here = Vec::new();
    for (pid, since, program) in leaving {
        if is_alive(pid) {
            if since.elapsed() > UNTIL_GONE {
                bail!("{pid} does not leave");
            }
            here.push((pid, since, program));
        } else {
            *slowest = since.elapsed().max(*slowest);
        }
    }
    Ok(here)
}
