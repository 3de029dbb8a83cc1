//! What instances track besides interfaces: the names that their machines know it by, its beginning, and what it becomes.

use keepalived_conf::model::{BfdInstance, Config, TrackFile, TrackProcess, TrackThing};
use vrrp_proto::track::{Health, TrackId};

use super::{Ending, Node};
use crate::bfd::{News, Sessions};
use crate::files::{Files, initialise};
use crate::processes::{Processes, Watched};
use crate::thing::Thing;

/// What can be tracked, as the configuration has it: instances name these by their places.
#[derive(Debug, Default)]
pub(crate) struct Things {
    /// Files.
    pub(crate) files: Vec<TrackFile>,
    /// Processes.
    pub(crate) processes: Vec<TrackProcess>,
    /// BFD sessions.
    pub(crate) sessions: Vec<BfdInstance>,
}

impl Things {
    pub(super) fn of(config: &Config) -> Self {
        Self {
            files: config.files.clone(),
            processes: config.processes.clone(),
            sessions: config.sessions.clone(),
        }
    }
}

impl Node {
    /// Begins to watch the files that are tracked, and forgets those that no longer are.
    pub(super) fn renew_files(&mut self, config: &Config) {
        let tracked = |at: usize| {
            let names = |tracked: &TrackThing| tracked.thing == at;
            config
                .instances
                .iter()
                .any(|instance| instance.track_files.iter().any(names))
        };
        let files: Vec<TrackFile> = config
            .files
            .iter()
            .enumerate()
            .filter(|(at, _)| tracked(*at))
            .map(|(_, file)| file.clone())
            .collect();
        let old = self.files.take();
        for file in &files {
            let known = |old: &Files| old.all().any(|(known, _)| known.name == file.name);
            if !old.as_ref().is_some_and(known) {
                initialise(file, &self.log);
            }
        }
        if files.is_empty() {
            return;
        }
        match Files::open(&files, self.log.clone()) {
            Ok(mut opened) => {
                if let Some(old) = &old {
                    opened.take_over(old);
                }
                self.files = Some(opened);
            }
            Err(error) => self.log.info(format!("Track files cannot be watched: {error}")),
        }
    }

    /// Waits for a change of a tracked file.
    pub(crate) async fn files_changed(&self) {
        match &self.files {
            Some(files) => files.changed().await,
            None => std::future::pending().await,
        }
    }

    /// Takes what tracked files have become.
    pub(crate) fn take_file_changes(&mut self) {
        let changes = self.files.as_mut().map(Files::take_changes);
        for (name, level) in changes.unwrap_or_default() {
            let id = self.track_id(Thing::File(name.clone()));
            self.tell_level(id, &name, Health::Level(level));
        }
    }

    /// Tells all instances that track it what number a file has, and the log whom that keeps in the fault state.
    fn tell_level(&mut self, id: TrackId, name: &str, health: Health) {
        for at in 0..self.routers.len() {
            let machine = &self.routers[at].machine;
            let Some(tracked) = machine.config().tracked.iter().find(|tracked| tracked.id == id) else {
                continue;
            };
            let words = match (machine.is_fault(id), tracked.is_fault(health)) {
                (false, true) => Some("now"),
                (true, false) => Some("leaving"),
                _ => None,
            };
            if let Some(words) = words {
                let instance = &self.routers[at].instance.name;
                self.log
                    .info(format!("({instance}): tracked file {name} {words} FAULT state"));
            }
            self.input(at, vrrp_proto::Input::Track { id, health });
        }
    }

    /// Begins to watch the processes that are tracked, and forgets those that no longer are.
    pub(super) fn renew_processes(&mut self, config: &Config) {
        let tracked = |at: usize| {
            let names = |tracked: &TrackThing| tracked.thing == at;
            let mut instances = config.instances.iter();
            instances.any(|instance| instance.track_processes.iter().any(names))
        };
        let wanted: Vec<TrackProcess> = config
            .processes
            .iter()
            .enumerate()
            .filter(|(at, _)| tracked(*at))
            .map(|(_, process)| process.clone())
            .collect();
        if wanted.is_empty() {
            self.processes = None;
        } else if let Some(processes) = &mut self.processes {
            processes.renew(&wanted);
        } else {
            self.processes = Some(Processes::open(
                &wanted,
                &config.global,
                self.clock,
                self.log.clone(),
            ));
        }
    }

    /// Waits for news of processes.
    pub(crate) async fn processes_changed(&self) {
        match &self.processes {
            Some(processes) => processes.changed().await,
            None => std::future::pending().await,
        }
    }

    /// Takes what has become of processes.
    pub(crate) fn take_process_changes(&mut self) {
        let changes = self.processes.as_mut().map(Processes::take_changes);
        self.tell_processes(changes.unwrap_or_default());
    }

    /// Takes what is due of them.
    pub(super) fn handle_process_timeout(&mut self) {
        let changes = self.processes.as_mut().map(Processes::handle_timeout);
        self.tell_processes(changes.unwrap_or_default());
    }

    fn tell_processes(&mut self, changes: Vec<(String, bool)>) {
        for (name, up) in changes {
            let (health, word) = if up {
                (Health::Up, "gained")
            } else {
                (Health::Down, "lost")
            };
            self.log.info(format!("Quorum {word} for tracked process {name}"));
            let id = self.track_id(Thing::Process(name));
            self.tell_health(id, health);
        }
    }

    /// Says which processes keep an instance that begins in the fault state.
    pub(super) fn tell_process_faults(&self, at: usize) {
        let router = &self.routers[at];
        let name = &router.instance.name;
        for one in self.processes.iter().flat_map(Processes::all) {
            let process = &one.process.name;
            let Some(id) = self.tracked.get(&Thing::Process(process.clone())) else {
                continue;
            };
            let mut tracked = router.machine.config().tracked.iter();
            let is_fault = tracked.any(|tracked| tracked.id == *id && tracked.is_fault(health_of(one)));
            if is_fault && !one.machine.is_up() {
                self.log.info(format!(
                    "({name}) entering FAULT state (tracked process {process} quorum not achieved)"
                ));
            }
        }
    }

    /// Begins the BFD sessions of a configuration, goes on with those that there are, and gives the thread of those that are
    /// all gone, to be waited for.
    pub(super) fn renew_sessions(&mut self) -> Option<Ending> {
        let wanted = self.things.sessions.clone();
        match &mut self.sessions {
            Some(_) if wanted.is_empty() => {}
            Some(sessions) => {
                sessions.renew(&wanted);
                return None;
            }
            None if wanted.is_empty() => return None,
            None => {
                match Sessions::start(&wanted, self.session_news.clone(), &self.log) {
                    Ok(sessions) => self.sessions = Some(sessions),
                    Err(error) => self.log.info(format!("BFD sessions cannot be run: {error}")),
                }
                return None;
            }
        }
        let sessions = self.sessions.take()?;
        Some(Ending::Sessions(sessions.stop()))
    }

    /// Takes what is told of BFD sessions.
    pub(crate) fn take_session_news(&mut self, news: News) {
        let (name, up, state, at) = match news {
            News::Line(text) => return self.log.info(text),
            News::State { name, up, state, at } => (name, up, state, at),
        };
        let seen = self
            .sessions
            .iter_mut()
            .flat_map(|sessions| &mut sessions.all)
            .find(|seen| seen.session.name == name);
        let Some(seen) = seen else { return };
        let changed = std::mem::replace(&mut seen.up, up) != up;
        self.log.info(format!(
            "Received BFD event: instance {name} is in state {state} (delivered in {} usec)",
            at.elapsed().as_micros()
        ));
        if !changed {
            return;
        }
        let id = self.track_id(Thing::Bfd(name.clone()));
        let (health, words) = if up {
            (Health::Up, "UP")
        } else {
            (Health::Down, "DOWN")
        };
        for at in 0..self.routers.len() {
            let mut tracked = self.routers[at].machine.config().tracked.iter();
            if tracked.any(|tracked| tracked.id == id) {
                let instance = &self.routers[at].instance.name;
                self.log.info(format!(
                    "VRRP_Instance({instance}) Tracked BFD instance {name} is {words}"
                ));
                self.input(at, vrrp_proto::Input::Track { id, health });
            }
        }
    }

    /// What is known of the files, processes and sessions that are tracked.
    pub(super) fn health_of_things(&self) -> Vec<(Thing, Health)> {
        let files = self.files.iter().flat_map(Files::all);
        let files = files.map(|(file, level)| (Thing::File(file.name.clone()), Health::Level(level)));
        let seen = self.sessions.iter().flat_map(|sessions| &sessions.all);
        let sessions = self.things.sessions.iter().map(|session| {
            let is_up = seen
                .clone()
                .any(|seen| seen.session.name == session.name && seen.up);
            let health = if is_up { Health::Up } else { Health::Down };
            (Thing::Bfd(session.name.clone()), health)
        });
        let processes = self.processes.iter().flat_map(Processes::all);
        let processes = processes.map(|one| (Thing::Process(one.process.name.clone()), health_of(one)));
        files.chain(processes).chain(sessions).collect()
    }

    /// Says which files keep an instance that begins in the fault state.
    pub(super) fn tell_file_faults(&self, at: usize) {
        let router = &self.routers[at];
        let name = &router.instance.name;
        for (file, level) in self.files.iter().flat_map(Files::all) {
            let Some(id) = self.tracked.get(&Thing::File(file.name.clone())) else {
                continue;
            };
            let tracked = router.machine.config().tracked.iter();
            for tracked in tracked.filter(|tracked| tracked.id == *id) {
                if tracked.is_fault(Health::Level(level)) {
                    let status = match tracked.weight {
                        0 => -254,
                        weight => level.saturating_mul(weight.into()),
                    };
                    self.log.info(format!(
                        "({name}): entering FAULT state (tracked file {} has status {status})",
                        file.name
                    ));
                }
            }
        }
    }
}

fn health_of(one: &Watched) -> Health {
    if one.machine.is_up() {
        Health::Up
    } else {
        Health::Down
    }
}
