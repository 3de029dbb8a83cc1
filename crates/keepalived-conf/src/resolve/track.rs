//! What is tracked besides scripts and interfaces: files, processes and BFD sessions, and who tracks them with which weight.

use std::collections::HashMap;
use std::time::Duration;

use syntax::{Diagnostic, Span};

use crate::model::{BfdInstance, TrackFile, TrackProcess, TrackThing, VrrpInstance, Weight};
use crate::reading::Reading;
use crate::written::{WrittenThings, WrittenTrackThing};

/// The default of `min_rx` and `min_tx`.
const INTERVAL: Duration = Duration::from_millis(10);

/// The default of `idle_tx`.
const IDLE_INTERVAL: Duration = Duration::from_secs(1);

/// What was found of one kind: name and weight of each, and where each of the written ones went.
#[derive(Debug, Default)]
pub(super) struct Found {
    all: Vec<(String, Weight)>,
    places: Vec<Option<usize>>,
}

impl Found {
    fn add(&mut self, name: &str, weight: Weight) {
        self.places.push(Some(self.all.len()));
        self.all.push((name.to_owned(), weight));
    }

    fn leave_out(&mut self) {
        self.places.push(None);
    }

    fn of(&self, entry: &WrittenTrackThing) -> Option<(usize, &str, Weight)> {
        let at = self.places.get(entry.thing).copied().flatten()?;
        let (name, weight) = self.all.get(at)?;
        Some((at, name, entry.weight.unwrap_or(*weight)))
    }
}

/// What was found of all kinds.
#[derive(Debug, Default)]
pub(super) struct Things {
    files: Found,
    processes: Found,
    sessions: Found,
}

/// The files, processes and sessions.
pub(super) fn things(
    reading: &mut Reading<'_>,
) -> (Things, Vec<TrackFile>, Vec<TrackProcess>, Vec<BfdInstance>) {
    let mut things = Things::default();
    let mut files = Vec::new();
    for written in std::mem::take(&mut reading.written.files) {
        let Some(path) = written.path.filter(|_| !written.removed) else {
            things.files.leave_out();
            continue;
        };
        let name = written.name.value;
        things.files.add(&name, written.weight);
        let path = path.value;
        files.push(TrackFile {
            name,
            path: if path.starts_with('/') {
                path
            } else {
                format!("{}/{path}", reading.host.current_folder())
            },
            weight: written.weight,
            init: written.init,
        });
    }
    let mut processes = Vec::new();
    for written in std::mem::take(&mut reading.written.processes) {
        let Some((command, parameters)) = written.command.filter(|_| !written.removed) else {
            things.processes.leave_out();
            continue;
        };
        let name = written.name.value;
        things.processes.add(&name, written.weight);
        let compared = !parameters.is_empty() || written.param_match.is_some();
        processes.push(TrackProcess {
            name,
            command,
            parameters: compared.then_some(parameters),
            param_match: written.param_match.unwrap_or_default(),
            full_command: written.full_command || compared,
            weight: written.weight,
            // One that must not run has none.
            quorum: written.quorum.unwrap_or(u32::from(written.quorum_max != Some(0))),
            quorum_max: written.quorum_max,
            fork_delay: written.fork_delay,
            terminate_delay: written.terminate_delay,
        });
    }
    let mut sessions = Vec::new();
    for written in std::mem::take(&mut reading.written.sessions) {
        let Some(neighbor) = written.neighbor.filter(|_| !written.disabled) else {
            things.sessions.leave_out();
            continue;
        };
        let name = written.name.value;
        things.sessions.add(&name, written.weight);
        sessions.push(BfdInstance {
            name,
            neighbor,
            source: written.source.map(|source| source.value),
            min_rx: written.min_rx.unwrap_or(INTERVAL),
            min_tx: written.min_tx.unwrap_or(INTERVAL),
            idle_tx: written.idle_tx.unwrap_or(IDLE_INTERVAL),
            multiplier: written.multiplier.unwrap_or(5),
            passive: written.passive,
            ttl: written
                .ttl
                .unwrap_or(if neighbor.is_ipv4() { u8::MAX } else { 64 }),
            max_hops: written.max_hops.unwrap_or(Some(0)),
            multihop: written.multihop,
            weight: written.weight,
            vrrp: written.vrrp || !written.checker,
        });
    }
    (things, files, processes, sessions)
}

/// What an instance tracks itself: files, processes and sessions. An owner's priority is not changed by anything, nor that of a
/// member of a group of one mind.
pub(super) fn of_instance(
    reading: &mut Reading<'_>,
    name: &str,
    written: &WrittenThings,
    things: &Things,
    (owner, weightless): (bool, bool),
) -> [Vec<TrackThing>; 3] {
    let why = match (owner, weightless) {
        (true, _) => Some("address_owner"),
        (_, true) => Some("SYNC group"),
        _ => None,
    };
    let mut fault = |message: String, span: Span| {
        let help = if owner {
            "an instance of priority 255 keeps it: write weight 0, or a lower priority"
        } else {
            "let the group track it, or write sync_group_tracking_weight into the group"
        };
        reading.fault(Diagnostic::warning("clash", message).at(span).help(help));
    };
    let mut files = Vec::new();
    for entry in &written.files {
        let Some((thing, file, mut weight)) = things.files.of(entry) else {
            continue;
        };
        if let Some(why) = why
            && weight.value != 0
        {
            // The weight that nobody wrote is as good as none.
            if weight.value != 1 {
                let (value, message) = (weight.value, "ignoring tracked file");
                fault(
                    format!("({name}) {message} {file} with weight {value} due to {why}"),
                    entry.span,
                );
                continue;
            }
            fault(
                format!("({name}) ignoring weight from tracked file {file} due to {why}. specify weight 0"),
                entry.span,
            );
            weight = Weight::default();
        }
        files.push(TrackThing { thing, weight });
    }
    // Of these the original says nothing, and lets them weigh, but for the owner.
    let processes = written.processes.iter().filter_map(|entry| {
        let (thing, _, weight) = things.processes.of(entry)?;
        Some(TrackThing { thing, weight })
    });
    let processes = processes.collect();
    let mut sessions = Vec::new();
    for entry in &written.sessions {
        let Some((thing, session, weight)) = things.sessions.of(entry) else {
            continue;
        };
        if let Some(why) = why
            && weight.value != 0
        {
            let value = weight.value;
            fault(
                format!("({name}) ignoring tracked bfd {session} with weight {value} due to {why}"),
                entry.span,
            );
            continue;
        }
        sessions.push(TrackThing { thing, weight });
    }
    [files, processes, sessions]
}

/// Has the members of a group track what the group tracks. A thing that a member tracks itself keeps the member's weight.
pub(super) fn of_group(
    reading: &mut Reading<'_>,
    group: &str,
    written: &WrittenThings,
    things: &Things,
    members: &[usize],
    instances: &mut [(VrrpInstance, Span)],
) {
    type Tracked = fn(&mut VrrpInstance) -> &mut Vec<TrackThing>;

    let has_owner = members.iter().any(|at| instances[*at].0.priority == 255);
    let kinds: [(&str, &[WrittenTrackThing], &Found, Tracked); 3] = [
        ("file", &written.files, &things.files, |instance| {
            &mut instance.track_files
        }),
        ("process", &written.processes, &things.processes, |instance| {
            &mut instance.track_processes
        }),
        ("bfd", &written.sessions, &things.sessions, |instance| {
            &mut instance.track_sessions
        }),
    ];
    for (kind, entries, found, tracked) in kinds {
        // One that the member tracks is found without going through all of them for each.
        let mut own: HashMap<usize, Vec<usize>> = HashMap::new();
        for at in members {
            let all = tracked(&mut instances[*at].0).iter().map(|one| one.thing);
            own.insert(*at, all.collect());
        }
        for entry in entries {
            let Some((thing, name, mut weight)) = found.of(entry) else {
                continue;
            };
            if has_owner && weight.value != 0 {
                let message = format!(
                    "({group}) Cannot have weighted track {kind} '{name}' with member having priority 255 - setting weight 0"
                );
                let told = Diagnostic::warning("owner", message)
                    .at(entry.span)
                    .help("an instance of priority 255 keeps it: write weight 0, or a lower priority");
                reading.fault(told);
                weight = Weight::default();
            }
            for at in members {
                if !own.get(at).is_some_and(|own| own.contains(&thing)) {
                    tracked(&mut instances[*at].0).push(TrackThing { thing, weight });
                }
            }
        }
    }
}
