//! What is tracked, as the original writes it down, and by whom.

use keepalived_conf::model::{ParamMatch, TrackThing, VrrpInstance, Weight};

use crate::files::Files;
use crate::node::{Node, Things};

/// What an instance tracks besides interfaces and scripts.
pub(super) fn of_instance(out: &mut String, things: &Things, instance: &VrrpInstance) {
    if !instance.track_files.is_empty() {
        line!(out, "   Tracked files :");
        for tracked in &instance.track_files {
            if let Some(file) = things.files.get(tracked.thing) {
                line!(out, "     {}, weight {}", file.name, words(tracked.weight));
            }
        }
    }
    if !instance.track_processes.is_empty() {
        line!(out, "   Tracked processes :");
        for tracked in &instance.track_processes {
            if let Some(process) = things.processes.get(tracked.thing) {
                line!(out, "     {}, weight {}", process.name, words(tracked.weight));
            }
        }
    }
    if !instance.track_sessions.is_empty() {
        line!(out, "   Tracked BFDs :");
        for tracked in &instance.track_sessions {
            if let Some(session) = things.sessions.get(tracked.thing) {
                line!(out, "     {}: weight {}", session.name, words(tracked.weight));
            }
        }
    }
}

/// The processes.
pub(super) fn processes(out: &mut String, node: &Node) {
    let Some(processes) = &node.processes else { return };
    line!(out, "------< VRRP Track processes >------");
    for one in processes.all() {
        let (process, machine) = (&one.process, &one.machine);
        line!(out, " VRRP Track process = {}", process.name);
        line!(out, "   Process = {}", process.command);
        if let Some(parameters) = &process.parameters {
            if !parameters.is_empty() {
                line!(out, "   Parameters = {}", parameters.join(" "));
            }
            let how = match process.param_match {
                ParamMatch::Exact => "",
                ParamMatch::Partial => " = partial",
                ParamMatch::Initial => " = initial",
            };
            line!(out, "   Param match{how}");
        }
        line!(out, "   Min processes = {}", process.quorum);
        if let Some(most) = process.quorum_max {
            line!(out, "   Max processes = {most}");
        }
        line!(out, "   Current processes = {}", machine.count());
        line!(out, "   Have quorum = {}", machine.is_up());
        line!(out, "   Weight = {}", words(process.weight));
        for (what, delay) in [
            ("Terminate", process.terminate_delay),
            ("Fork", process.fork_delay),
        ] {
            line!(
                out,
                "   {what} delay = {}.{:06}s",
                delay.as_secs(),
                delay.subsec_micros()
            );
        }
        for (what, fork) in [("Fork", true), ("Terminate", false)] {
            let not = if machine.waits(fork) { "" } else { "not " };
            line!(out, "   {what} delay timer {not}running");
        }
        line!(out, "   Full command = {}", process.full_command);
        let tracks = |tracked: &TrackThing| {
            let its = node.things.processes.get(tracked.thing);
            its.is_some_and(|its| its.name == process.name)
        };
        trackers(out, node, |instance| {
            instance.track_processes.iter().find(|one| tracks(one))
        });
    }
}

/// The BFD sessions.
pub(super) fn sessions(out: &mut String, node: &Node) {
    let Some(sessions) = &node.sessions else { return };
    line!(out, "------< VRRP Track BFDs >------");
    for seen in sessions.all.iter().filter(|seen| seen.session.vrrp) {
        let name = &seen.session.name;
        let state = if seen.up { "up" } else { "down" };
        line!(out, " VRRP Track BFD = {name}");
        line!(out, "   Weight = {}", words(seen.session.weight));
        line!(out, "   Bfd is {state}");
        let tracks = |tracked: &TrackThing| {
            let its = node.things.sessions.get(tracked.thing);
            its.is_some_and(|its| its.name == *name)
        };
        trackers(out, node, |instance| {
            instance.track_sessions.iter().find(|one| tracks(one))
        });
    }
}

/// The files.
pub(super) fn files(out: &mut String, node: &Node) {
    if node.files.is_none() {
        return;
    }
    line!(out, "------< VRRP Track files >------");
    for (file, level) in node.files.iter().flat_map(Files::all) {
        line!(out, " Track file = {}", file.name);
        line!(out, "   File = {}", file.path);
        line!(out, "   Status = {level}");
        line!(out, "   Weight = {}", words(file.weight));
        let tracks = |tracked: &TrackThing| {
            let its = node.things.files.get(tracked.thing);
            its.is_some_and(|its| its.name == file.name)
        };
        trackers(out, node, |instance| {
            instance.track_files.iter().find(|one| tracks(one))
        });
    }
}

/// Who tracks something, with which weight.
fn trackers<'n>(
    out: &mut String,
    node: &'n Node,
    entry: impl Fn(&'n VrrpInstance) -> Option<&'n TrackThing>,
) {
    line!(out, "   Tracking instances :");
    for router in &node.routers {
        if let Some(tracked) = entry(&router.instance) {
            line!(
                out,
                "     {}, weight {}",
                router.instance.name,
                words(tracked.weight)
            );
        }
    }
}

fn words(weight: Weight) -> String {
    let reverse = if weight.reverse { " reverse" } else { "" };
    format!("{}{reverse}", weight.value)
}
