//! What stays on the machine, and who tracks it.

use std::collections::HashMap;

use syntax::{Diagnostic, Span};

use super::instance::settled;
use crate::model::{GlobalDefs, Static, Statics, VrrpInstance};
use crate::reading::Reading;
use crate::written::WrittenStatic;

/// All of it. Instances that track something need its interface.
pub(super) fn resolve(
    reading: &mut Reading<'_>,
    instances: &mut [(VrrpInstance, Span)],
    global: &GlobalDefs,
) -> Statics {
    let groups = groups(reading, instances);
    let written = &mut reading.written;
    let addresses = std::mem::take(&mut written.static_addresses);
    let routes = std::mem::take(&mut written.static_routes);
    let rules = std::mem::take(&mut written.static_rules);
    let statics = Statics {
        addresses: addresses
            .into_iter()
            .map(|entry| {
                tracked(entry, &groups, |address| {
                    settled(&address, &global.default_interface)
                })
            })
            .collect(),
        routes: routes
            .into_iter()
            .map(|entry| tracked(entry, &groups, |route| route))
            .collect(),
        rules: rules
            .into_iter()
            .map(|entry| tracked(entry, &groups, |rule| rule))
            .collect(),
    };
    for entry in statics.addresses.iter().filter(|entry| !entry.what.no_track) {
        need(
            instances,
            &entry.trackers,
            &std::iter::once(&*entry.what.interface),
        );
    }
    for entry in &statics.routes {
        need(instances, &entry.trackers, &entry.what.interfaces());
    }
    for entry in &statics.rules {
        need(instances, &entry.trackers, &entry.what.interfaces());
    }
    statics
}

fn need<'n>(
    instances: &mut [(VrrpInstance, Span)],
    trackers: &[usize],
    names: &(impl Iterator<Item = &'n str> + Clone),
) {
    for at in trackers {
        let (instance, _) = &mut instances[*at];
        for name in names.clone() {
            let known = instance.needed_interfaces.iter().any(|known| known == name);
            if name != instance.interface && !known {
                instance.needed_interfaces.push(name.to_owned());
            }
        }
    }
}

fn tracked<W, T>(
    entry: WrittenStatic<W>,
    groups: &HashMap<String, Vec<usize>>,
    settle: impl Fn(W) -> T,
) -> Static<T> {
    let group = entry.group.and_then(|name| groups.get(&name));
    Static {
        what: settle(entry.what),
        trackers: group.cloned().unwrap_or_default(),
    }
}

/// The members of each group by their places. Those that there are not are told of.
fn groups(reading: &mut Reading<'_>, instances: &[(VrrpInstance, Span)]) -> HashMap<String, Vec<usize>> {
    let mut groups = HashMap::new();
    for group in std::mem::take(&mut reading.written.track_groups) {
        let mut members = Vec::new();
        for member in group.members {
            let found = instances
                .iter()
                .position(|(instance, _)| instance.name == member.value);
            match found {
                Some(at) if !members.contains(&at) => members.push(at),
                Some(_) => {}
                None => {
                    let message = format!(
                        "Virtual router {} specified in track group {} doesn't exist - ignoring",
                        member.value, group.name.value
                    );
                    let told = Diagnostic::warning("unknown-instance", message)
                        .at(member.span)
                        .help("write the name of a vrrp_instance");
                    // The original says nothing.
                    reading.tell(told);
                }
            }
        }
        groups.insert(group.name.value, members);
    }
    groups
}
