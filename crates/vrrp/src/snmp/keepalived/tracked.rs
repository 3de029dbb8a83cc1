//! What is tracked, and by which instances. What a group tracks is shown with each of its members, as it is done.

use keepalived_conf::model::{ParamMatch, TrackThing, Weight};
use vrrp_proto::agentx::{Tree, Value};
use vrrp_proto::track::Health;

use super::super::view::View;
use super::{command, gauge, number, put_row, row, text, yes};

pub(super) fn put(tree: &mut Tree, view: &View) {
    put_scripts(tree, view);
    put_files(tree, view);
    put_sessions(tree, view);
    put_processes(tree, view);
    for (at, (_, managed)) in view.routers.iter().enumerate() {
        let instance = &managed.instance;
        for (place, tracked) in instance.track_interfaces.iter().enumerate() {
            let Weight { value, reverse } = tracked.weight;
            put_row(
                tree,
                4,
                &[row(at), row(place)],
                [
                    (1, text(&tracked.interface)),
                    (2, number(value)),
                    (3, yes(reverse)),
                ],
            );
        }
        let scripts = instance.track_scripts.iter().enumerate();
        for (place, tracked) in scripts {
            if let Some((script, _)) = view.scripts.get(tracked.script) {
                put_tracker(tree, 5, [row(at), row(place)], &script.name, tracked.weight);
            }
        }
        let things = |tree: &mut Tree, table, all: &[TrackThing], name: &dyn Fn(usize) -> Option<String>| {
            for (place, tracked) in all.iter().enumerate() {
                if let Some(name) = name(tracked.thing) {
                    put_tracker(tree, table, [row(at), row(place)], &name, tracked.weight);
                }
            }
        };
        things(tree, 12, &instance.track_files, &|thing| {
            view.names.files.get(thing).cloned()
        });
        things(tree, 17, &instance.track_sessions, &|thing| {
            view.names.sessions.get(thing).cloned()
        });
        things(tree, 20, &instance.track_processes, &|thing| {
            view.names.processes.get(thing).cloned()
        });
    }
}

fn put_tracker(tree: &mut Tree, table: u32, place: [u32; 2], name: &str, weight: Weight) {
    put_row(
        tree,
        table,
        &place,
        [
            (2, text(name)),
            (3, number(weight.value)),
            (4, yes(weight.reverse)),
        ],
    );
}

fn put_scripts(tree: &mut Tree, view: &View) {
    for (at, (script, health)) in view.scripts.iter().enumerate() {
        put_row(
            tree,
            9,
            &[row(at)],
            [
                (2, text(&script.name)),
                (3, command(Some(&script.script))),
                (4, number(script.interval.as_secs())),
                (5, number(script.weight.value)),
                (
                    6,
                    number(match health {
                        Health::Up => 3,
                        Health::Unknown | Health::Down | Health::Level(_) => 2,
                    }),
                ),
                (7, gauge(script.rise)),
                (8, gauge(script.fall)),
                (9, yes(script.weight.reverse)),
            ],
        );
    }
}

fn put_files(tree: &mut Tree, view: &View) {
    for (at, (file, level)) in view.files.iter().enumerate() {
        put_row(
            tree,
            13,
            &[row(at)],
            [
                (2, text(&file.name)),
                (3, text(&file.path)),
                (4, number(*level)),
                (5, number(file.weight.value)),
                (6, yes(file.weight.reverse)),
            ],
        );
    }
}

fn put_sessions(tree: &mut Tree, view: &View) {
    for (at, (session, up)) in view.sessions.iter().enumerate() {
        put_row(
            tree,
            18,
            &[row(at)],
            [
                (2, text(&session.name)),
                (3, number(i32::from(*up))),
                (4, number(session.weight.value)),
                (5, yes(session.weight.reverse)),
            ],
        );
    }
}

fn put_processes(tree: &mut Tree, view: &View) {
    for (at, (process, count, is_enough)) in view.processes.iter().enumerate() {
        let parameters = process.parameters.as_deref().unwrap_or_default();
        put_row(
            tree,
            21,
            &[row(at)],
            [
                (2, text(&process.name)),
                (3, text(&process.command)),
                (4, Some(Value::Octets(parameters.join(" ").into_bytes()))),
                (
                    5,
                    number(match process.param_match {
                        ParamMatch::Exact => i32::from(process.parameters.is_some()),
                        ParamMatch::Initial => 2,
                        ParamMatch::Partial => 3,
                    }),
                ),
                (6, number(process.weight.value)),
                (7, yes(process.weight.reverse)),
                (8, gauge(process.quorum)),
                (9, process.quorum_max.map_or_else(|| number(-1), number)),
                (10, gauge(process.fork_delay.as_micros())),
                (11, gauge(process.terminate_delay.as_micros())),
                (12, yes(process.full_command || process.parameters.is_some())),
                (13, number(*count)),
                (14, yes(*is_enough)),
            ],
        );
    }
}
