//! Sync groups: their members, and what these track for them.

use std::collections::HashSet;

use syntax::{Diagnostic, Span};

use super::program::{Programs, notify_all};
use super::track::{self, Things};
use crate::model::{GlobalDefs, SyncGroup, TrackInterface, TrackScript, VrrpInstance, VrrpScript, Weight};
use crate::reading::Reading;
use crate::written;

/// Names of instances that may have no weights: those in a group would no longer be of one mind.
pub(super) fn without_weights(reading: &Reading<'_>) -> HashSet<String> {
    let groups = reading
        .written
        .sync_groups
        .iter()
        .filter(|group| !group.tracking_weight);
    groups
        .flat_map(|group| &group.members)
        .map(|member| member.value.clone())
        .collect()
}

/// The groups that have members.
pub(super) fn resolve(
    reading: &mut Reading<'_>,
    instances: &mut [(VrrpInstance, Span)],
    global: &GlobalDefs,
    (places, scripts, things): (&[Option<usize>], &[VrrpScript], &Things),
    programs: &mut Programs,
) -> Vec<SyncGroup> {
    let mut taken = HashSet::new();
    let mut groups = Vec::new();
    for written in std::mem::take(&mut reading.written.sync_groups) {
        let Some(members) = members(reading, &written, instances, &mut taken) else {
            continue;
        };
        track(reading, &written, &members, instances, (places, scripts));
        track::of_group(
            reading,
            &written.name.value,
            &written.track_things,
            things,
            &members,
            instances,
        );
        groups.push(SyncGroup {
            name: written.name.value,
            members,
            notify: notify_all(reading, written.notify, programs),
            weights: written.tracking_weight,
            smtp_alert: written
                .smtp_alert
                .or(global.smtp_alert_vrrp)
                .or(global.smtp_alert)
                .unwrap_or(false),
        });
    }
    groups
}

/// The members of a group, those left out that there are not or that are in another one; none when nobody is left.
fn members(
    reading: &mut Reading<'_>,
    written: &written::SyncGroup,
    instances: &[(VrrpInstance, Span)],
    taken: &mut HashSet<usize>,
) -> Option<Vec<usize>> {
    let name = &written.name.value;
    let mut fault = |code, message: String, at, help: &str| {
        reading.fault(Diagnostic::warning(code, message).at(at).help(help.to_owned()));
    };
    if written.members.is_empty() {
        let message = format!("Sync group {name} has no virtual router(s). removing");
        fault(
            "no-member",
            message,
            written.name.span,
            "write `group { INSTANCE ... }` into it",
        );
        return None;
    }
    let mut members = Vec::new();
    for member in &written.members {
        let wanted = &member.value;
        let Some(at) = instances
            .iter()
            .position(|(instance, _)| instance.name == *wanted)
        else {
            let message =
                format!("Virtual router {wanted} specified in sync group {name} doesn't exist - ignoring");
            fault(
                "unknown-instance",
                message,
                member.span,
                "write the name of a vrrp_instance",
            );
            continue;
        };
        if !taken.insert(at) {
            let message =
                format!("Virtual router {wanted} cannot exist in more than one sync group; ignoring {name}");
            fault(
                "duplicate-name",
                message,
                member.span,
                "remove it from one of them",
            );
            continue;
        }
        members.push(at);
    }
    match members.len() {
        0 => {
            let message = format!(
                "Sync group {name}, no matching virtual router found in group declaration - removing"
            );
            fault(
                "no-member",
                message,
                written.name.span,
                "write names of vrrp_instances into its group",
            );
            return None;
        }
        1 => {
            let message =
                format!("Sync group {name} has only 1 virtual router(s) - this probably isn't what you want");
            fault(
                "one-member",
                message,
                written.name.span,
                "remove the group, or add its other members",
            );
        }
        _ => {}
    }
    Some(members)
}

/// Has the members track what the group tracks.
fn track(
    reading: &mut Reading<'_>,
    written: &written::SyncGroup,
    members: &[usize],
    instances: &mut [(VrrpInstance, Span)],
    (places, scripts): (&[Option<usize>], &[VrrpScript]),
) {
    let group = &written.name.value;
    let has_owner = members.iter().any(|at| instances[*at].0.priority == 255);
    let settled = |reading: &mut Reading<'_>, what: &str, name: &str, weight: Weight, span| {
        if !has_owner || weight.value == 0 {
            return weight;
        }
        let message = format!(
            "({group}) Cannot have weighted {what} '{name}' with member having priority 255 - clearing weight"
        );
        let told = Diagnostic::warning("owner", message)
            .at(span)
            .help("an instance of priority 255 keeps it: write weight 0, or a lower priority");
        reading.fault(told);
        Weight::default()
    };
    for entry in &written.track_scripts {
        let index = places.get(entry.script).copied().flatten();
        let Some((script, found)) = index.and_then(|index| Some((index, scripts.get(index)?))) else {
            // It is disabled, which was told.
            continue;
        };
        let weight = entry.weight.unwrap_or(found.weight);
        let weight = settled(reading, "track script", &found.name, weight, entry.span);
        for at in members {
            let tracked = &mut instances[*at].0.track_scripts;
            if !tracked.iter().any(|other| other.script == script) {
                tracked.push(TrackScript { script, weight });
            }
        }
    }
    for entry in &written.track_interfaces {
        let interface = &entry.interface;
        let weight = settled(
            reading,
            "track interface",
            &interface.value,
            entry.weight,
            interface.span,
        );
        for at in members {
            let (instance, _) = &mut instances[*at];
            // Its own is watched anyway.
            if instance.interface == interface.value {
                continue;
            }
            let tracks = |other: &TrackInterface| other.interface == interface.value;
            if instance.track_interfaces.iter().any(tracks) {
                let message = format!(
                    "({}) track_interface {} is configured on VRRP instance and sync group. \
                     Remove vrrp instance or sync group config",
                    instance.name, interface.value
                );
                let told = Diagnostic::warning("duplicate-name", message)
                    .at(interface.span)
                    .help("remove one of them");
                reading.fault(told);
                continue;
            }
            instance.track_interfaces.push(TrackInterface {
                interface: interface.value.clone(),
                weight,
            });
        }
    }
}
