//! What the first thread does besides its share of the traffic: stats sockets, health checks, signals, and the end of the process.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Write as _};
use std::os::unix::net::UnixStream;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use haproxy_cfg::model::{Config, LogLevel, ProxyId, ProxyKind};
use proxy::admin::{AdminContext, AdminListener, AdminSockets, AllThreads};
use proxy::checks::CheckContext;
use proxy::clock::Clock;
use proxy::control::Shell;
use proxy::handover::Exports;
use proxy::log::Entry;
use proxy::thread::Thread;
use proxy_core::cli::{FrontendChange, Hooks as _};
use proxy_core::state::{Health, Runtime};
use proxy_core::stats::Process;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;

use super::console::Grade;
use crate::background::{Readiness, silence};

/// How often a process that is stopping looks whether its last session has ended.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Exit status of a process that a signal ended.
const SIGNALLED: i32 = 128;

/// Exit status of a worker whose master is gone.
const ORPHANED: i32 = 1;

/// What the supervisor is given.
#[derive(Debug)]
pub(crate) struct Duties {
    /// The configuration.
    pub(crate) config: Arc<Config>,
    /// Its running state.
    pub(crate) runtime: Arc<Runtime>,
    /// The process's clock.
    pub(crate) clock: Clock,
    /// What the process knows about itself.
    pub(crate) process: Arc<Process>,
    /// Stats sockets.
    pub(crate) admin: Vec<AdminListener>,
    /// The listening sockets, for a process that takes them over.
    pub(crate) exports: Arc<Exports>,
    /// A worker's end of the line to its master.
    pub(crate) master: Option<UnixStream>,
    /// `/dev/null`, for a process that leaves its terminal.
    pub(crate) null: Option<File>,
    /// Who waits for the process to run.
    pub(crate) readiness: Readiness,
}

/// The future that does them; it gives the exit status.
pub(crate) fn supervise(duties: Duties) -> proxy::Supervisor {
    Box::new(move |thread| -> Pin<Box<dyn Future<Output = i32>>> {
        Box::pin(async move {
            match work(duties, &thread).await {
                Ok(status) => status,
                Err(error) => {
                    let text = format!(
                        "{}({}) : Cannot go on: {error}\n",
                        "[ALERT]    ",
                        std::process::id()
                    );
                    // Nobody is left to be told when standard error is closed.
                    let _ = io::stderr().write_all(text.as_bytes());
                    1
                }
            }
        })
    })
}

struct Signals {
    finish: Signal,
    terminate: Signal,
    interrupt: Signal,
    dump: Signal,
    memory: Signal,
    pause: Signal,
    resume: Signal,
    reload: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            finish: signal(SignalKind::user_defined1())?,
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
            dump: signal(SignalKind::hangup())?,
            memory: signal(SignalKind::quit())?,
            pause: signal(SignalKind::from_raw(nix::sys::signal::Signal::SIGTTOU as i32))?,
            resume: signal(SignalKind::from_raw(nix::sys::signal::Signal::SIGTTIN as i32))?,
            // A master's business; for others it means nothing.
            reload: signal(SignalKind::user_defined2())?,
        })
    }
}

async fn work(duties: Duties, thread: &Rc<Thread>) -> io::Result<i32> {
    let mut signals = Signals::listen()?;
    let shell = Rc::new(RefCell::new(Shell::new(thread)));
    let admin = Rc::new(AdminContext::new(
        Arc::clone(&duties.config),
        Arc::clone(&duties.runtime),
        duties.clock,
        Arc::clone(&duties.process),
        thread.index,
        shell.clone(),
        Arc::clone(&duties.exports),
        Arc::clone(&thread.shared.logs),
        Rc::new(AllThreads(Rc::clone(thread))),
        thread.shared.tls.store.clone(),
    ));
    let mut master = duties
        .master
        .map(|line| proxy::admin::spawn_line(line, Rc::clone(&admin)))
        .transpose()?;
    let mut sockets = AdminSockets::serve(duties.admin, Rc::clone(&admin))?;
    let say = shell.clone();
    let on_change = shell.clone();
    let checks = proxy::checks::spawn(CheckContext {
        thread: Rc::clone(thread),
        say: Rc::new(move |event| say.borrow().tell(event)),
        on_change: Rc::new(move |proxy| on_change.borrow_mut().changed(Some(proxy))),
    });
    if let Some(null) = &duties.null {
        silence(null)?;
    }
    duties.readiness.tell();

    // `grace`: connections are still taken for a while, for a balancer in front of this one to see that it goes.
    let grace = (duties.config.global.grace).map(|ms| Duration::from_millis(u64::from(ms)));
    let grace_over = tokio::time::sleep(Duration::MAX);
    tokio::pin!(grace_over);
    let mut is_leaving = false;
    loop {
        tokio::select! {
            _ = signals.finish.recv() => match grace {
                Some(grace) if !is_leaving => {
                    is_leaving = true;
                    thread.shared.will_stop();
                    grace_over.as_mut().reset(tokio::time::Instant::now() + grace);
                }
                Some(_) => {}
                None => break,
            },
            () = &mut grace_over, if is_leaving => break,
            _ = signals.terminate.recv() => return Ok(SIGNALLED + SignalKind::terminate().as_raw_value()),
            _ = signals.interrupt.recv() => return Ok(SIGNALLED + SignalKind::interrupt().as_raw_value()),
            _ = signals.dump.recv() => dump_servers(thread),
            _ = signals.memory.recv() => dump_memory(),
            _ = signals.pause.recv() => {
                change_frontends(thread, &shell, FrontendChange::Pause);
                sockets.pause();
            }
            _ = signals.resume.recv() => {
                change_frontends(thread, &shell, FrontendChange::Resume);
                sockets.resume();
            }
            _ = signals.reload.recv() => {}
            () = end_of(&mut master) => return Ok(ORPHANED),
        }
    }
    sockets.stop();
    checks.abort();
    finish(thread, &mut signals, &mut master).await
}

/// Waits until the master is gone; for ever where there is none.
async fn end_of(master: &mut Option<JoinHandle<()>>) {
    match master {
        // However the task ended, nobody is at the other end.
        Some(task) => drop(task.await),
        None => std::future::pending().await,
    }
}

/// Accepts no more and waits for the last session, for `hard-stop-after` at most.
async fn finish(
    thread: &Rc<Thread>,
    signals: &mut Signals,
    master: &mut Option<JoinHandle<()>>,
) -> io::Result<i32> {
    let shared = &thread.shared;
    shared.stop_softly();
    for (id, proxy) in proxies(thread) {
        if !proxy.disabled {
            let (fe, be) = cumulated(&shared.runtime, id);
            let text = format!(
                "Proxy {} stopped (cumulated conns: FE: {fe}, BE: {be}).",
                proxy.name
            );
            announce(thread, id, LogLevel::Warning, &text);
        }
    }
    let limit = thread
        .config()
        .global
        .hard_stop_after
        .map(|ms| Duration::from_millis(u64::from(ms)));
    let deadline = async {
        match limit {
            Some(limit) => tokio::time::sleep(limit).await,
            None => std::future::pending().await,
        }
    };
    tokio::pin!(deadline);
    let mut look = tokio::time::interval(LOOK_EVERY);
    loop {
        tokio::select! {
            _ = look.tick() => {
                if shared.is_idle_for_good() {
                    return Ok(0);
                }
            }
            () = &mut deadline => {
                write_stderr(Grade::Warning, "soft-stop running for too long, performing a hard-stop.");
                return Ok(0);
            }
            _ = signals.terminate.recv() => return Ok(SIGNALLED + SignalKind::terminate().as_raw_value()),
            _ = signals.interrupt.recv() => return Ok(SIGNALLED + SignalKind::interrupt().as_raw_value()),
            _ = signals.dump.recv() => dump_servers(thread),
            _ = signals.memory.recv() => dump_memory(),
            _ = signals.finish.recv() => {}
            _ = signals.pause.recv() => {}
            _ = signals.resume.recv() => {}
            _ = signals.reload.recv() => {}
            () = end_of(master) => return Ok(ORPHANED),
        }
    }
}

fn proxies(thread: &Thread) -> impl Iterator<Item = (ProxyId, &haproxy_cfg::model::Proxy)> {
    let number = |index: usize| ProxyId(u32::try_from(index).unwrap_or(u32::MAX));
    thread
        .config()
        .proxies
        .iter()
        .enumerate()
        .map(move |(index, proxy)| (number(index), proxy))
}

/// Connections of a proxy since the start, as a frontend and as a backend.
fn cumulated(runtime: &Runtime, id: ProxyId) -> (u64, u64) {
    let at = id.0 as usize;
    let of_frontend = runtime
        .counters
        .iter()
        .map(|counters| counters.frontends[at].conn_tot.get())
        .sum();
    let of_backend = runtime
        .counters
        .iter()
        .map(|counters| counters.backends[at].stot.get())
        .sum();
    (of_frontend, of_backend)
}

fn change_frontends(thread: &Thread, shell: &Rc<RefCell<Shell>>, change: FrontendChange) {
    for (id, proxy) in proxies(thread).filter(|(_, proxy)| proxy.kind.is_frontend() && !proxy.disabled) {
        let done = match change {
            FrontendChange::Pause => "Paused",
            FrontendChange::Resume => "Resumed",
            FrontendChange::Stop => "Stopped",
        };
        let result = shell.borrow_mut().change_listeners(id, change);
        let text = match result {
            // So the original calls them: what is no frontend alone is a proxy.
            Ok(()) if proxy.kind == ProxyKind::Frontend => format!("{done} frontend {}.", proxy.name),
            Ok(()) => format!("{done} proxy {}.", proxy.name),
            Err(_) => format!("Proxy {} cannot be changed.", proxy.name),
        };
        announce(thread, id, LogLevel::Warning, &text);
    }
}

/// SIGHUP: the state of all servers.
fn dump_servers(thread: &Thread) {
    let runtime = &thread.shared.runtime;
    write_stderr(Grade::Warning, "SIGHUP received, dumping servers states.");
    for (id, proxy) in proxies(thread).filter(|(_, proxy)| !proxy.disabled) {
        let state = &runtime.proxies[id.0 as usize];
        let mut available = (0, 0);
        for (index, server) in proxy.servers.numbered() {
            let server_state = &state.servers[index];
            if server_state.is_usable() {
                *(if server.backup {
                    &mut available.1
                } else {
                    &mut available.0
                }) += 1;
            }
            let total: u64 = runtime
                .counters
                .iter()
                .map(|c| c.servers[id.0 as usize][index].stot.get())
                .sum();
            let text = format!(
                "SIGHUP: Server {}/{} is {}. Conn: {} act, {} pend, {total} tot.",
                proxy.name,
                server.name,
                if server_state.health() == Health::Down || server_state.admin().is_maint() {
                    "DOWN"
                } else {
                    "UP"
                },
                server_state.sessions.get(),
                server_state.queued.get(),
            );
            announce(thread, id, LogLevel::Warning, &text);
        }
        let (fe, be) = cumulated(runtime, id);
        let conn = format!(
            "Conn: act(FE+BE): {}+{}, {} pend ({} unass), tot(FE+BE): {fe}+{be}.",
            state.fe_sessions.get(),
            state.be_sessions.get(),
            state.queued.get(),
            state.queued.get(),
        );
        let servers = match available {
            _ if proxy.servers.is_empty() => "has no servers.".to_owned(),
            (0, 0) => "has no server available !".to_owned(),
            (active, backup) => format!("has {active} active servers and {backup} backup servers available."),
        };
        announce(
            thread,
            id,
            LogLevel::Warning,
            &format!("SIGHUP: Proxy {} {servers} {conn}", proxy.name),
        );
    }
}

/// SIGQUIT: what memory is in use. There are no pools as the original has them: the system's own figures are given.
fn dump_memory() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mut out = String::from("Dumping memory usage.\n");
    for line in status
        .lines()
        .filter(|line| line.starts_with("Vm") || line.starts_with("Threads"))
    {
        out.push_str("  - ");
        out.push_str(line);
        out.push('\n');
    }
    // Nobody is left to be told when standard error is closed.
    let _ = io::stderr().write_all(out.as_bytes());
}

/// Logs a line and writes it to the terminal.
fn announce(thread: &Thread, proxy: ProxyId, level: LogLevel, text: &str) {
    log(thread, proxy, level, text);
    if thread.shared.speaks {
        write_stderr(Grade::Warning, text);
    }
}

fn log(thread: &Thread, proxy: ProxyId, level: LogLevel, text: &str) {
    let proxy = thread.config().proxy(proxy);
    let entry = Entry {
        tag: proxy.log_tag.as_ref(),
        level,
        now_us: thread.epoch_us(),
        line: text.as_bytes(),
        structured: None,
    };
    let mut dates = thread.dates.borrow_mut();
    thread.log.borrow_mut().send(&proxy.logs, &mut dates, entry);
}

fn write_stderr(grade: Grade, text: &str) {
    let line = format!("{}({}) : {text}\n", grade.mark(), std::process::id());
    // Nobody is left to be told when standard error is closed.
    let _ = io::stderr().write_all(line.as_bytes());
}
