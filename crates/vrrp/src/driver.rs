//! The loop of a running program: whatever happens next is waited for and handed to the node.

use std::future::poll_fn;
use std::io;
use std::time::Duration;

use keepalived_conf::model::{Config, HttpEndpoint};
use nix::sys::signal::{Signal, kill};
use nix::unistd::getppid;
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::{sleep_until, timeout};

use crate::announced::Announced;
use crate::bfd::News;
use crate::check::Report;
use crate::dbus::{Asked, MOST_ASKED};
use crate::dump;
use crate::http::Asker;
use crate::log::{Level, Log};
use crate::netlink::{Change, Monitor};
use crate::node::{Ending, Node, SocketKey};
use crate::privilege;
use crate::scheduling::Scheduling;
use crate::snapshot::Snapshot;
use crate::snmp;
use crate::socket::Received;

/// The largest packet that is looked at: an advert of 255 addresses, and what is needed to see that one is longer.
const LARGEST_PACKET: usize = 2048;

/// The most that is looked at of what others announce.
const LARGEST_ANNOUNCEMENT: usize = 256;

/// For how long programs that are asked to end are waited for at the end.
const FAREWELL: Duration = Duration::from_secs(1);

/// The longest sleep, when nothing is to be done: any time will do.
const LONG: Duration = Duration::from_secs(3600);

/// What the running program can be told.
#[derive(Debug)]
pub enum Command {
    /// Go on with another configuration.
    Reload(Box<Config>),
    /// Write down what is known (SIGUSR1).
    WriteData,
    /// Tell the log what is known.
    LogData,
    /// Write down data and counts as JSON.
    WriteJson,
    /// Write down what was counted (SIGUSR2).
    WriteStats,
    /// The same, and count from nothing again.
    ClearStats,
    /// Give all addresses back and end.
    Stop,
}

enum Happened {
    Told(Option<Command>),
    Netlink(io::Result<Vec<Change>>),
    Script(Option<Report>),
    Files,
    Session(News),
    Processes,
    Packet(SocketKey, io::Result<Received>),
    Announced(Announced),
    Asked(Asker),
    Snmp(snmp::Asked),
    Bus(Asked),
    Time,
}

/// What whoever started the program waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Milestone {
    /// All sockets are open, rights are given up, and the instances have begun.
    Started,
    /// Another configuration is in force.
    Reloaded,
}

/// How the program was asked to run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Masters leave their addresses where they are when the program ends (`-V`).
    pub keep_addresses: bool,
    /// Every address that comes or goes is logged (`-a`).
    pub log_addresses: bool,
    /// Where metrics and state can be asked for, whatever the configuration says.
    pub http: Option<HttpEndpoint>,
    /// All that can be told to SNMP is told, whatever the configuration says (`-x`).
    pub snmp: bool,
    /// Where the SNMP agent listens, whatever the configuration says (`-A`).
    pub snmp_socket: Option<String>,
    /// What the program says that it is, to SNMP managers.
    pub version: String,
}

/// Runs `config` until it is told to stop. `told` hears of what is reached. To be called within a local runtime.
///
/// # Errors
/// What the system says when the sockets that are needed cannot be opened.
pub async fn run(
    config: &Config,
    log: Log,
    options: Options,
    mut commands: mpsc::UnboundedReceiver<Command>,
    mut told: impl FnMut(Milestone),
) -> io::Result<()> {
    log.detail("Registering Kernel netlink reflector");
    let mut monitor = Monitor::open(config.global.monitor_buffer)?;
    let (reports, mut reported) = mpsc::unbounded_channel();
    let (askers, mut asked) = mpsc::unbounded_channel();
    let (snmp_askers, mut snmp_asked) = mpsc::unbounded_channel();
    let (bus_askers, mut bus_asked) = mpsc::channel(MOST_ASKED);
    let (session_news, mut sessions_told) = mpsc::unbounded_channel();
    let mut node = Node::open(
        config,
        options,
        log.clone(),
        reports,
        (askers, bus_askers, snmp_askers),
        session_news,
    )?;
    let mut scheduling = Scheduling::begin(&config.global.process, log.clone());
    privilege::keep_only_what_is_needed(scheduling.may_raise())
        .map_err(|error| io::Error::other(format!("rights cannot be given up: {error}")))?;
    monitor.tell_routes(node.uses_routes())?;
    node.open_bus();
    node.begin(config);
    told(Milestone::Started);

    let mut buffer = vec![0; LARGEST_PACKET];
    let mut heard = [0; LARGEST_ANNOUNCEMENT];
    let ended = loop {
        let now = node.clock.now();
        let wake = node.poll_timeout();
        if let Some(wake) = wake.filter(|wake| now >= *wake) {
            scheduling.was_late(now - wake);
            node.handle_timeout(&mut buffer);
            continue;
        }
        let wake = node.clock.instant(wake.unwrap_or(now + LONG));
        let happened = tokio::select! {
            biased;
            command = commands.recv() => Happened::Told(command),
            changes = monitor.changes() => Happened::Netlink(changes),
            report = reported.recv() => Happened::Script(report),
            () = node.files_changed() => Happened::Files,
            Some(news) = sessions_told.recv() => Happened::Session(news),
            () = sleep_until(wake) => Happened::Time,
            () = node.processes_changed() => Happened::Processes,
            Some(asker) = asked.recv() => Happened::Asked(asker),
            Some(asked) = snmp_asked.recv() => Happened::Snmp(asked),
            Some(asked) = bus_asked.recv() => Happened::Bus(asked),
            (key, received) = poll_fn(|context| node.poll_packet(context, &mut buffer)) => {
                Happened::Packet(key, received)
            }
            announced = poll_fn(|context| node.listeners.poll(context, &mut heard)) => {
                Happened::Announced(announced)
            }
        };
        match happened {
            Happened::Told(Some(Command::Reload(config))) => {
                for one in node.reload(&config) {
                    // It ends in its own time.
                    tokio::task::spawn_local(one.end());
                }
                if let Err(error) = monitor.tell_routes(node.uses_routes()) {
                    log.at(Level::Error, format!("Netlink: routes are not told: {error}"));
                }
                told(Milestone::Reloaded);
            }
            Happened::Told(Some(Command::WriteData)) => dump::write_data(&node),
            Happened::Told(Some(Command::LogData)) => dump::log_data(&node),
            Happened::Told(Some(Command::WriteJson)) => dump::write_json(&node),
            Happened::Told(Some(Command::WriteStats)) => dump::write_stats(&node),
            Happened::Told(Some(Command::ClearStats)) => dump::write_and_clear_stats(&mut node),
            Happened::Told(Some(Command::Stop) | None) => break Ok(()),
            Happened::Netlink(Ok(changes)) => node.take_changes(changes),
            Happened::Netlink(Err(error)) => {
                log.at(
                    Level::Error,
                    format!("Netlink: nothing is told any more: {error}"),
                );
                break Err(error);
            }
            Happened::Script(report) => {
                if let Some(report) = report {
                    node.take_report(&report);
                }
            }
            Happened::Files => node.take_file_changes(),
            Happened::Processes => node.take_process_changes(),
            Happened::Session(news) => node.take_session_news(news),
            Happened::Packet(key, received) => {
                if node.take_packets(key, received, &mut buffer) {
                    yield_now().await;
                }
            }
            Happened::Bus(asked) => take_asked(&mut node, asked),
            Happened::Asked(asker) => {
                // It may have gone away meanwhile.
                let _ = asker.send(Snapshot::of(&node));
            }
            Happened::Snmp(asked) => node.take_snmp_question(asked),
            Happened::Announced(announced) => node.take_announced(announced),
            Happened::Time => {}
        }
    };
    // Whatever it ends by, nobody else may think that the addresses are here.
    node.stop();
    let endings = node.take_endings();
    if let Some(bus) = node.take_bus() {
        bus.end().await;
    }
    if let Some(agent) = node.take_snmp() {
        agent.end().await;
    }
    node.queues.finish(FAREWELL).await;
    // Those that do not end in time are ended with the runtime.
    let _ = timeout(FAREWELL, end_all(endings)).await;
    ended
}

/// Does what somebody on the bus asks for.
fn take_asked(node: &mut Node, asked: Asked) {
    match asked {
        Asked::Data => dump::write_data(node),
        Asked::Stats => dump::write_stats(node),
        Asked::ClearStats => dump::write_and_clear_stats(node),
        Asked::Announce(name) => node.announce_by_name(&name),
        Asked::Reload => {
            // The parent reads the file first, as at every reload. One that has just died ends this process as well.
            let _ = kill(getppid(), Signal::SIGHUP);
        }
    }
}

async fn end_all(endings: Vec<Ending>) {
    let ending: Vec<_> = endings
        .into_iter()
        .map(|one| tokio::task::spawn_local(one.end()))
        .collect();
    for one in ending {
        // It has nothing to tell.
        let _ = one.await;
    }
}
