//! Tracked processes: all of them are looked for in /proc at the beginning, and from then on the kernel tells of those that begin,
//! end, and become another program (its connector of process events). Where it tells nothing, they are looked for every second.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::time::Duration;

use keepalived_conf::model::{GlobalDefs, ParamMatch, TrackProcess};
use netlink_sys::{Socket, SocketAddr};
use nix::errno::Errno;
use nix::sys::socket::setsockopt;
use nix::sys::socket::sockopt::{RcvBuf, RcvBufForce};
use tokio::io::unix::AsyncFd;
use vrrp_proto::Time;
use vrrp_proto::process::{Arguments, Pattern, ProcessMachine, Quorum};

use crate::clock::Clock;
use crate::kernel::watch_netlink;
use crate::log::Log;

/// The kernel's connector among the kinds of netlink.
const NETLINK_CONNECTOR: isize = 11;

/// Its group and number for events of processes.
const EVENTS: u32 = 1;

/// "Tell us."
const LISTEN: u32 = 1;

/// Events that are taken before everything else has its turn.
const AT_ONCE: usize = 64;

/// Larger than any of the kernel's events.
const LARGEST_EVENT: usize = 1024;

/// So much of a command line is looked at.
const LONGEST_COMMAND_LINE: u64 = 65536;

/// How often processes are looked for where the kernel does not tell of them, and how long it may take to say that it will.
const LOOK: Duration = Duration::from_secs(1);

/// How long to wait before all are looked for anew after the kernel could not keep up.
const LOOK_AFTER_LOSS: Duration = Duration::from_millis(100);

/// What the kernel tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    /// It will tell.
    Confirmed,
    /// A process began as a copy of another.
    Fork { parent: u32, child: u32 },
    /// A process is another program, or has another name.
    Changed(u32),
    /// A process has ended.
    Exit(u32),
}

/// A tracked process.
#[derive(Debug)]
pub(crate) struct Watched {
    /// Its part of the configuration.
    pub(crate) process: TrackProcess,
    pattern: Pattern,
    /// What is known of it.
    pub(crate) machine: ProcessMachine,
}

/// All of them.
#[derive(Debug)]
pub(crate) struct Processes {
    connector: Option<AsyncFd<Socket>>,
    /// The kernel has said that it will tell.
    confirmed: bool,
    /// All are looked for anew then.
    look_at: Option<Time>,
    all: Vec<Watched>,
    clock: Clock,
    log: Log,
}

impl Processes {
    /// Begins to listen, and looks for all. To be called within a runtime. The kernel tells in the machine's first network
    /// namespace alone.
    pub(crate) fn open(wanted: &[TrackProcess], global: &GlobalDefs, clock: Clock, log: Log) -> Self {
        let connector = match connector(global) {
            Ok(socket) => Some(socket),
            Err(error) => {
                log.info(format!(
                    "Failed to set/clear process event listen - errno {} - {}",
                    error.raw_os_error().unwrap_or_default(),
                    Errno::from_raw(error.raw_os_error().unwrap_or_default()).desc()
                ));
                log.info("Tracked processes are looked for every second");
                None
            }
        };
        let mut this = Self {
            connector,
            confirmed: false,
            look_at: Some(clock.now() + LOOK),
            all: Vec::new(),
            clock,
            log,
        };
        this.renew(wanted);
        this
    }

    /// Takes the processes of another configuration: what is known of those that are the same stays.
    pub(crate) fn renew(&mut self, wanted: &[TrackProcess]) {
        let mut old = std::mem::take(&mut self.all);
        let patterns: Vec<Pattern> = wanted.iter().map(pattern).collect();
        let found = look(&patterns);
        for ((process, pattern), running) in wanted.iter().zip(patterns).zip(found) {
            let same = |one: &Watched| one.process.name == process.name && one.pattern == pattern;
            let machine = match old.iter().position(same) {
                Some(at) => {
                    let mut machine = old.swap_remove(at).machine;
                    // Whether it has changed is asked of each instance anew.
                    let _ = machine.reload(quorum(process));
                    machine
                }
                None => ProcessMachine::new(quorum(process), running),
            };
            self.all.push(Watched {
                process: process.clone(),
                pattern,
                machine,
            });
        }
    }

    /// The tracked processes, in the order of the files.
    pub(crate) fn all(&self) -> &[Watched] {
        &self.all
    }

    /// Waits until the kernel tells something. What it does is to be taken then.
    pub(crate) async fn changed(&self) {
        match &self.connector {
            // Whatever is wrong with it, reading shows.
            Some(connector) => drop(connector.readable().await),
            None => std::future::pending().await,
        }
    }

    /// Takes what the kernel tells, up to a bound. The names of those whose state is another now, with it.
    pub(crate) fn take_changes(&mut self) -> Vec<(String, bool)> {
        let mut changes = Vec::new();
        for _ in 0..AT_ONCE {
            let Some(connector) = &self.connector else { break };
            let mut buffer = [0; LARGEST_EVENT];
            let received = connector.try_io(tokio::io::Interest::READABLE, |socket| {
                socket.recv(&mut &mut buffer[..], 0)
            });
            match received {
                Ok(length) => {
                    if let Some(event) = read(buffer.get(..length).unwrap_or_default()) {
                        self.take(event, &mut changes);
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    let now = self.clock.now();
                    let soon = now + LOOK_AFTER_LOSS;
                    let lost = error.raw_os_error() == Some(libc::ENOBUFS);
                    if !lost {
                        self.log
                            .info(format!("Processes: events cannot be read: {error}"));
                        self.connector = None;
                    } else if self.look_at.is_none() {
                        self.log
                            .info("process events have been lost - looking for all processes anew");
                    }
                    self.look_at = Some(self.look_at.map_or(soon, |at| at.min(soon)));
                    break;
                }
            }
        }
        changes
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub(crate) fn poll_timeout(&self) -> Option<Time> {
        let machines = self.all.iter().filter_map(|one| one.machine.poll_timeout());
        machines.chain(self.look_at).min()
    }

    /// Does what is due. The names of those whose state is another now, with it.
    pub(crate) fn handle_timeout(&mut self) -> Vec<(String, bool)> {
        let now = self.clock.now();
        let mut changes = Vec::new();
        if self.look_at.is_some_and(|at| now >= at) {
            let patterns: Vec<Pattern> = self.all.iter().map(|one| one.pattern.clone()).collect();
            for (one, running) in self.all.iter_mut().zip(look(&patterns)) {
                let changed = one.machine.handle_all(now, running);
                changes.extend(changed.map(|up| (one.process.name.clone(), up)));
            }
            let told = self.connector.is_some() && self.confirmed;
            self.look_at = (!told).then(|| now + LOOK);
        }
        for one in &mut self.all {
            let changed = one.machine.handle_timeout(now);
            changes.extend(changed.map(|up| (one.process.name.clone(), up)));
        }
        changes
    }

    fn take(&mut self, event: Event, changes: &mut Vec<(String, bool)>) {
        let now = self.clock.now();
        let (process, found) = match event {
            Event::Confirmed => {
                if !std::mem::replace(&mut self.confirmed, true) {
                    self.log.detail("proc_events has confirmed it is configured");
                    self.look_at = None;
                }
                return;
            }
            Event::Fork { parent, child } => {
                let met = self.all.iter().map(|one| one.machine.has(parent)).collect();
                (child, met)
            }
            Event::Changed(process) => {
                let lines = self.all.iter().any(|one| one.pattern.full);
                let facts = Facts::of(process, lines);
                let meets = |one: &Watched| facts.as_ref().is_some_and(|facts| facts.meet(&one.pattern));
                (process, self.all.iter().map(meets).collect())
            }
            Event::Exit(process) => (process, vec![false; self.all.len()]),
        };
        for (one, runs) in self.all.iter_mut().zip(found) {
            let changed = one.machine.handle_process(now, process, runs);
            changes.extend(changed.map(|up| (one.process.name.clone(), up)));
        }
    }
}

fn pattern(process: &TrackProcess) -> Pattern {
    let how = match process.param_match {
        ParamMatch::Exact => Arguments::Exact,
        ParamMatch::Partial => Arguments::Partial,
        ParamMatch::Initial => Arguments::Initial,
    };
    Pattern {
        command: process.command.clone(),
        full: process.full_command,
        arguments: process.parameters.clone().map(|words| (how, words)),
    }
}

fn quorum(process: &TrackProcess) -> Quorum {
    Quorum {
        least: process.quorum,
        most: process.quorum_max,
        fork_delay: process.fork_delay,
        terminate_delay: process.terminate_delay,
    }
}

/// What /proc says of a process.
struct Facts {
    name: Vec<u8>,
    command_line: Vec<u8>,
}

impl Facts {
    /// Of one that runs; none of one that does not, or no longer.
    fn of(process: u32, lines: bool) -> Option<Self> {
        let text = fs::read(format!("/proc/{process}/stat")).ok()?;
        // The name may hold anything, parentheses too.
        let open = text.iter().position(|byte| *byte == b'(')?;
        let close = text.iter().rposition(|byte| *byte == b')')?;
        let name = text.get(open + 1..close)?.to_vec();
        let state = text.get(close + 2)?;
        if matches!(state, b'Z' | b'X' | b'x') {
            return None;
        }
        let mut command_line = Vec::new();
        if lines {
            let file = File::open(format!("/proc/{process}/cmdline")).ok()?;
            file.take(LONGEST_COMMAND_LINE)
                .read_to_end(&mut command_line)
                .ok()?;
        }
        Some(Self { name, command_line })
    }

    fn meet(&self, pattern: &Pattern) -> bool {
        pattern.meets_name(&self.name) || pattern.meets_command_line(&self.command_line)
    }
}

/// The processes that run of each pattern.
fn look(patterns: &[Pattern]) -> Vec<BTreeSet<u32>> {
    let mut out = vec![BTreeSet::new(); patterns.len()];
    let lines = patterns.iter().any(|pattern| pattern.full);
    let Ok(entries) = fs::read_dir("/proc") else {
        return out;
    };
    for entry in entries.flatten() {
        let process = entry.file_name().to_str().and_then(|name| name.parse().ok());
        let Some(process) = process else { continue };
        let Some(facts) = Facts::of(process, lines) else {
            continue;
        };
        for (pattern, found) in patterns.iter().zip(&mut out) {
            if facts.meet(pattern) {
                found.insert(process);
            }
        }
    }
    out
}

/// The socket that the kernel tells by.
fn connector(global: &GlobalDefs) -> io::Result<AsyncFd<Socket>> {
    let socket = listen()?;
    if let Some(size) = global.process_monitor_buffer.filter(|size| *size > 0) {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        if global.process_monitor_force {
            setsockopt(&socket, RcvBufForce, &size)?;
        } else {
            setsockopt(&socket, RcvBuf, &size)?;
        }
    }
    watch_netlink(socket)
}

/// A socket whose other end was asked to tell.
fn listen() -> io::Result<Socket> {
    let mut socket = Socket::new(NETLINK_CONNECTOR)?;
    socket.bind(&SocketAddr::new(0, EVENTS))?;
    socket.set_non_blocking(true)?;
    // A message of netlink (16 bytes), one of the connector (20), and the request.
    let own = std::process::id();
    let header: [u32; 4] = [40, 3, 0, own];
    let message: [u32; 5] = [EVENTS, EVENTS, 0, 0, 4];
    let request: Vec<u8> = header
        .iter()
        .chain(&message)
        .chain(&[LISTEN])
        .flat_map(|word| word.to_ne_bytes())
        .collect();
    socket.send(&request, 0)?;
    Ok(socket)
}

/// The event in a message; none in one of another kind.
fn read(message: &[u8]) -> Option<Event> {
    let word = |at: usize| -> Option<u32> { Some(u32::from_ne_bytes(*message.get(at..)?.first_chunk()?)) };
    // Behind both headers: what, a processor, a time (16 bytes), then what belongs to it.
    let (what, facts) = (word(36)?, 52);
    // Threads are no processes of their own.
    let whole = |thread: u32, process: u32| (thread == process).then_some(process);
    match what {
        0 => Some(Event::Confirmed),
        0x1 => {
            let child = whole(word(facts + 8)?, word(facts + 12)?)?;
            Some(Event::Fork {
                parent: word(facts + 4)?,
                child,
            })
        }
        0x2 => Some(Event::Changed(word(facts + 4)?)),
        0x200 => whole(word(facts)?, word(facts + 4)?).map(Event::Changed),
        0x8000_0000 => whole(word(facts)?, word(facts + 4)?).map(Event::Exit),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the kernel told it of a shell that ran `true`.
    fn message(what: u32, facts: [u32; 6]) -> Vec<u8> {
        let mut words = vec![0; 9];
        words.push(what);
        words.extend([1, 7, 7]);
        words.extend(facts);
        words.iter().flat_map(|word: &u32| word.to_ne_bytes()).collect()
    }

    #[test]
    fn events_are_of_processes_and_not_of_threads() {
        assert_eq!(read(&message(0, [0; 6])), Some(Event::Confirmed));
        assert_eq!(
            read(&message(1, [10, 10, 11, 11, 0, 0])),
            Some(Event::Fork {
                parent: 10,
                child: 11
            })
        );
        assert_eq!(read(&message(1, [10, 10, 11, 10, 0, 0])), None);
        assert_eq!(read(&message(2, [11, 11, 0, 0, 0, 0])), Some(Event::Changed(11)));
        assert_eq!(read(&message(0x200, [12, 11, 0, 0, 0, 0])), None);
        assert_eq!(
            read(&message(0x8000_0000, [11, 11, 0, 17, 0, 0])),
            Some(Event::Exit(11))
        );
        assert_eq!(read(&message(4, [11, 11, 0, 0, 0, 0])), None);
        for length in 0..message(1, [0; 6]).len() {
            let _ = read(&message(1, [10, 10, 11, 11, 0, 0])[..length]);
        }
    }

    #[test]
    fn what_runs_is_found_by_its_name_and_by_its_command_line() {
        let own = std::process::id();
        let facts = Facts::of(own, true).expect("it runs");
        let name = String::from_utf8(facts.name).expect("its name");
        let first = facts
            .command_line
            .split(|byte| *byte == 0)
            .next()
            .expect("a word");
        let command = String::from_utf8(first.to_vec()).expect("a word");
        let patterns =
            [(name, false), (command, true), ("no such name".to_owned(), false)].map(|(command, full)| {
                Pattern {
                    command,
                    full,
                    arguments: None,
                }
            });
        let found = look(&patterns);
        assert!(found[0].contains(&own) && found[1].contains(&own));
        assert!(found[2].is_empty());
        assert!(Facts::of(u32::MAX, false).is_none());
    }
}
