//! `/state`: a snapshot as JSON. Keys are never given another meaning; new ones may come.

use serde_json::{Map, Value, json};
use vrrp_proto::track::Health;
use vrrp_proto::wire::FaultKind;

use super::fault_name;
use crate::snapshot::{GroupView, RouterView, ScriptView, Snapshot};

/// The text.
pub(super) fn text(snapshot: &Snapshot) -> String {
    let value = json!({
        "version": env!("CARGO_PKG_VERSION"),
        "taken": snapshot.taken.to_string(),
        "started": snapshot.started.to_string(),
        "reloads": snapshot.reloads,
        "instances": snapshot.routers.iter().map(instance).collect::<Vec<_>>(),
        "groups": snapshot.groups.iter().map(group).collect::<Vec<_>>(),
        "scripts": snapshot.scripts.iter().map(script).collect::<Vec<_>>(),
        "interfaces": snapshot
            .interfaces
            .iter()
            .map(|one| json!({ "name": one.name, "up": one.up }))
            .collect::<Vec<_>>(),
        "fifos": snapshot
            .fifos
            .iter()
            .map(|one| json!({ "path": one.path, "written": one.written, "left_out": one.left_out }))
            .collect::<Vec<_>>(),
        "mails": { "sent": snapshot.mails.sent, "failed": snapshot.mails.failed },
    });
    format!("{value:#}\n")
}

fn instance(one: &RouterView) -> Value {
    let counters = &one.counters;
    let refused: Map<String, Value> = FaultKind::ALL
        .into_iter()
        .map(|kind| (fault_name(kind), counters.fault(kind).into()))
        .collect();
    let entered: Map<String, Value> = one
        .entered
        .all()
        .map(|(state, count)| (state.to_string(), count.into()))
        .collect();
    let addresses = one.addresses.iter();
    let addresses = addresses.map(|(address, set)| json!({ "address": address.to_string(), "set": set }));
    json!({
        "name": one.name,
        "interface": one.interface,
        "virtual_router_id": one.vrid,
        "family": if one.ipv6 { "ipv6" } else { "ipv4" },
        "version": one.version,
        "state": one.state.to_string(),
        "since": one.since.to_string(),
        "priority": one.priority,
        "effective_priority": one.effective_priority,
        "addresses": addresses.collect::<Vec<_>>(),
        "transitions": entered,
        "adverts_received": counters.adverts_received,
        "adverts_sent": counters.adverts_sent,
        "adverts_unsent": one.unsent,
        "answers_withheld": counters.answers_withheld,
        "priority_zero_received": counters.zero_received,
        "priority_zero_sent": counters.zero_sent,
        "became_master": counters.became_master,
        "released_master": counters.released_master,
        "packets_refused": refused,
        "split_brain": {
            "now": one.split,
            "count": one.splits,
            "foreign_adverts": one.foreign_adverts,
            "foreign_announcements": one.foreign_announcements,
        },
    })
}

fn group(one: &GroupView) -> Value {
    json!({ "name": one.name, "state": one.state.to_string(), "members": one.members })
}

fn script(one: &ScriptView) -> Value {
    let health = match one.health {
        Health::Up => "good",
        Health::Down => "bad",
        Health::Unknown | Health::Level(_) => "unknown",
    };
    json!({
        "name": one.name,
        "state": health,
        "succeeded": one.tally.succeeded,
        "failed": one.tally.failed,
        "timed_out": one.tally.timed_out,
        "last_status": one.tally.last_status,
        "last_run_seconds": one.tally.last_run.map(|took| took.as_secs_f64()),
    })
}
