//! The loop of a running program: whatever happens next is waited for and handed to the node.

use std::future::poll_fn;
use std::io;
use std::path::{Path, PathBuf};
use std::task::Poll;
use std::time::Duration;

use heartbeat_conf::model::{Configuration, Generation, Keys as FileKeys, UuidFrom};
use heartbeat_proto::wire::{Fault, LARGEST};
use heartbeat_proto::{Level, Node, Output, Purpose, Time, Work};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::answers::Facts;
use crate::clients::{Clients, Said};
use crate::control::{Asked, Control, Request};
use crate::identity;
use crate::log::Log;
use crate::medium::Medium;
use crate::ping::Pinger;
use crate::programs::{Programs, Surroundings};
use crate::resource::Hand;
use crate::settings::{Identity, keys, settings};
use crate::worker::{Done, Worker};

/// The longest sleep, when nothing is to be done: any time will do.
const LONG: Duration = Duration::from_secs(3600);

/// Time between two lines about packets that were left aside for the same reason.
const FAULT_PAUSE: Duration = Duration::from_secs(10);

/// What the running program can be told.
#[derive(Debug)]
pub enum Command {
    /// Go on with other keys (SIGHUP, when authkeys alone has changed).
    Keys(Box<FileKeys>),
    /// Give everything back and begin anew (SIGHUP, when ha.cf has changed).
    Restart,
    /// Give everything back and end.
    Stop,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It is over.
    Stopped,
    /// It is to begin anew.
    Restart,
}

/// Where things are.
#[derive(Clone, Debug)]
pub struct Paths {
    /// The configuration, with resource.d.
    pub ha_dir: PathBuf,
    /// Scripts of the system's services.
    pub init_dir: PathBuf,
    /// What is kept across runs, and the pipe that requests are written into.
    pub state: PathBuf,
    /// Where programs of this machine sign on.
    pub socket: PathBuf,
}

/// What is told of the files to those who ask, and to programs that run along.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// The version.
    pub version: String,
    /// The settings by their names, as they are written.
    pub parameters: Vec<(String, String)>,
    /// What stands in the environment of programs that run along.
    pub environment: Vec<(String, String)>,
    /// What the groups of haresources are called in messages: their first resource as it was written.
    pub group_keys: Vec<String>,
}

impl Paths {
    /// The pipe for requests.
    #[must_use]
    pub fn control(&self) -> PathBuf {
        self.state.join("fifo")
    }
}

enum Happened {
    Told(Option<Command>),
    Asked(io::Result<Asked>),
    Done(Done),
    Said(Said),
    Answered(usize),
    Packet(usize, io::Result<usize>),
    Time,
}

fn identity(config: &Configuration, name: &str, state: &Path, log: &Log) -> io::Result<Identity> {
    let uuid = match config.settings.uuid_from.value {
        UuidFrom::NodeName => by_name(name),
        UuidFrom::File => {
            let (uuid, new) = identity::uuid(&state.join("hb_uuid"))?;
            if new {
                log.info("No uuid found for current node - generating a new uuid.");
            }
            uuid
        }
    };
    let generation = match config.settings.generation.value {
        Generation::Time => u32::try_from(identity::epoch()).unwrap_or(u32::MAX),
        Generation::File => {
            let (generation, new) = identity::generation(&state.join("hb_generation"))?;
            if new {
                log.at(
                    Level::Warning,
                    format!("No Previous generation - starting at {generation}"),
                );
            }
            generation
        }
    };
    log.info(format!("Heartbeat generation: {generation}"));
    Ok(Identity {
        uuid,
        generation,
        epoch: identity::epoch(),
        seed: u64::from_le_bytes(identity::chance()?),
    })
}

/// The identity that a name gives (`uuidfrom nodename`): its octets, as far as they go.
fn by_name(name: &str) -> [u8; 16] {
    let mut uuid = [0; 16];
    for (place, octet) in uuid.iter_mut().zip(name.bytes()) {
        *place = octet;
    }
    uuid
}

/// Runs `config` as the node `name` until it is told to stop. `started` is called when everything is open. To be called within a
/// local runtime.
///
/// # Errors
/// What the system says when what is needed cannot be opened.
pub async fn run(
    config: &Configuration,
    told: &Told,
    name: &str,
    paths: &Paths,
    log: Log,
    commands: &mut mpsc::UnboundedReceiver<Command>,
    started: impl FnOnce(),
) -> io::Result<Ending> {
    let name = name.to_ascii_lowercase();
    let mut media = Vec::new();
    for medium in &config.settings.media {
        let opened = Medium::open(&medium.kind, &log);
        let opened = opened.map_err(|error| {
            let shown = medium.kind.interface().unwrap_or_default();
            io::Error::new(
                error.kind(),
                format!("cannot open {} {shown}: {error}", medium.kind.directive()),
            )
        })?;
        media.extend(opened);
    }
    let links = media.iter().map(|medium| medium.link.clone()).collect();
    let identity = identity(config, &name, &paths.state, &log)?;
    let settings = settings(config, &told.group_keys, &name, links, identity)
        .ok_or_else(|| io::Error::other("no key signs"))?;
    let mut control = Control::open(&paths.control())?;
    let mut pinger = Pinger::open(&config.settings.pings, &log)?;
    let facts = Facts {
        keepalive: config.settings.times.keepalive.value,
        deadtime: config.settings.times.deadtime.value,
        version: told.version.clone(),
        parameters: told.parameters.clone(),
    };
    let mut clients = Clients::open(&paths.socket, &config.settings.apiauth, facts)?;
    let mut programs = Programs::new();
    let surroundings = Surroundings {
        cores: paths.state.join("cores"),
        environment: told.environment.clone(),
    };
    let hand = Hand::new(&paths.ha_dir, &paths.init_dir, log.clone())?;
    let (done, mut finished) = mpsc::unbounded_channel();
    let mut worker = Worker::new(&config.groups, hand, log.clone(), done);
    // What a run that died has left behind belongs to nobody: another node may have it.
    worker.begin(Work {
        id: 0,
        start: false,
        groups: (0..config.groups.len()).collect(),
        purpose: Purpose::Request {
            node: name.clone(),
            key: String::new(),
        },
    });
    let begin = Instant::now();
    let mut node = Node::new(settings);
    let mut faults = FaultLog::default();
    started();
    let mut buffer = vec![0; LARGEST + 1];
    loop {
        refresh_load(&mut node);
        while let Some(output) = node.poll_output() {
            match output {
                Output::Packet(packet) => {
                    for medium in &mut media {
                        medium.send(&packet, &log);
                    }
                }
                Output::Log(level, text) => log.at(level, text),
                Output::Work(work) => worker.begin(work),
                Output::Ping => pinger.ping(&log),
                Output::Active => programs.start(&config.settings.respawn, &surroundings, &log),
                Output::Event(message) => clients.spread(&message),
                Output::Restart => {
                    programs.stop().await;
                    return Ok(Ending::Restart);
                }
                Output::Stopped => {
                    programs.stop().await;
                    log.info(format!("{name} Heartbeat shutdown complete."));
                    return Ok(Ending::Stopped);
                }
            }
        }
        let now = begin.elapsed();
        let wake = node.poll_timeout();
        if wake.is_some_and(|wake| now >= wake) {
            node.handle_timeout(now);
            continue;
        }
        let happened = tokio::select! {
            biased;
            command = commands.recv() => Happened::Told(command),
            Some(done) = finished.recv() => Happened::Done(done),
            asked = control.next() => Happened::Asked(asked),
            said = clients.next() => Happened::Said(said),
            member = poll_fn(|context| pinger.poll_answer(context)) => Happened::Answered(member),
            (index, received) = poll_fn(|context| {
                for (index, medium) in media.iter().enumerate() {
                    if let Poll::Ready(received) = medium.poll_receive(context, &mut buffer) {
                        return Poll::Ready((index, received));
                    }
                }
                Poll::Pending
            }) => Happened::Packet(index, received),
            () = sleep_until(begin + wake.unwrap_or(now + LONG)) => Happened::Time,
        };
        let now = begin.elapsed();
        match happened {
            Happened::Time => {}
            Happened::Told(Some(Command::Keys(file))) => match keys(&file) {
                Some(keys) => node.set_keys(keys),
                None => log.at(Level::Error, "No key signs: the keys stay as they are."),
            },
            Happened::Told(Some(Command::Restart)) => node.restart(now),
            Happened::Told(Some(Command::Stop) | None) => {
                log.info(format!(
                    "Heartbeat shutdown in progress. ({})",
                    std::process::id()
                ));
                node.stop(now);
            }
            Happened::Done(done) => node.finished(now, done.id, done.was_running),
            Happened::Said(said) => clients.act(now, said, &mut node, &log),
            Happened::Answered(member) => node.answered(now, member),
            Happened::Asked(Ok(Ok(Request::Standby(share)))) => node.give(now, share),
            Happened::Asked(Ok(Ok(Request::Takeover(share)))) => node.take(now, share),
            Happened::Asked(Ok(Err(what))) => {
                log.at(Level::Error, format!("{}: {what}", paths.control().display()));
            }
            Happened::Asked(Err(error)) => return Err(error),
            Happened::Packet(index, Ok(length)) => {
                let packet = buffer.get(..length).unwrap_or_default();
                if let Err(fault) = node.receive(now, index, packet) {
                    let medium = media.get(index).map_or("", |medium| medium.shown.as_str());
                    faults.tell(now, fault, medium, node.faults().get(fault), &log);
                }
            }
            Happened::Packet(index, Err(error)) => {
                if let Some(medium) = media.get(index) {
                    log.at(Level::Error, format!("{}: {error}", medium.shown));
                }
            }
        }
    }
}

/// Messages bear the machine's load.
fn refresh_load(node: &mut Node) {
    // A machine that does not tell has none.
    if let Ok(load) = std::fs::read_to_string("/proc/loadavg") {
        node.set_load(&load);
    }
}

/// Lines about packets that were left aside: whoever sends them does not fill the log.
#[derive(Debug, Default)]
struct FaultLog(std::collections::BTreeMap<Fault, Time>);

impl FaultLog {
    fn tell(&mut self, now: Time, fault: Fault, medium: &str, count: u64, log: &Log) {
        // Several ways bring the same message, which is as it should be.
        if fault == Fault::Duplicate {
            return;
        }
        let due = self.0.get(&fault).is_none_or(|last| now >= *last + FAULT_PAUSE);
        if due {
            self.0.insert(fault, now);
            log.at(
                Level::Error,
                format!("{medium}: a packet is left aside: {fault} ({count} so far)"),
            );
        }
    }
}
