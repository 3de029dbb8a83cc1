//! What holds for interfaces, settled with what instances make of them.

use std::time::Duration;

use syntax::{Diagnostic, Span};

use crate::model::{GarpGroup, InterfaceDelay, VrrpInstance};
use crate::reading::Reading;

/// How much less than the time after which partners take over a delay may last, so that it is less.
const MARGIN: Duration = Duration::from_micros(3906);

/// The groups.
pub(super) fn garp_groups(reading: &mut Reading<'_>) -> Vec<GarpGroup> {
    let groups = std::mem::take(&mut reading.written.garp_groups);
    groups
        .into_iter()
        .map(|group| GarpGroup {
            arp: group.arp.unwrap_or_default(),
            neighbour: group.neighbour.unwrap_or_default(),
            interfaces: group.interfaces.into_iter().map(|name| name.value).collect(),
        })
        .collect()
}

/// The delays, none of which lets a partner take over first.
pub(super) fn delays(reading: &mut Reading<'_>, instances: &[(VrrpInstance, Span)]) -> Vec<InterfaceDelay> {
    let mut out = Vec::new();
    for written in std::mem::take(&mut reading.written.delays) {
        let interface = written.interface.value;
        let mut down = written.down;
        for (instance, _) in instances
            .iter()
            .filter(|(instance, _)| uses(instance, &interface))
        {
            let intervals = u32::from(instance.garp.down_timer_adverts.saturating_sub(1));
            let limit = instance.advert_int * intervals;
            if down < limit {
                continue;
            }
            down = limit.saturating_sub(MARGIN);
            let message = format!(
                "{}: interface {interface} debounce timer(s) not less that {intervals} * advert_int - resetting",
                instance.name
            );
            let told = Diagnostic::warning("bad-value", message)
                .at(written.interface.span)
                .help(format!(
                    "write less than {} seconds: a partner takes over then",
                    limit.as_secs_f64()
                ));
            reading.tell(told);
        }
        out.push(InterfaceDelay {
            interface,
            down,
            up: written.up,
        });
    }
    out
}

fn uses(instance: &VrrpInstance, interface: &str) -> bool {
    instance.interface == interface
        || instance.needed_interfaces.iter().any(|name| name == interface)
        || instance
            .track_interfaces
            .iter()
            .any(|tracked| tracked.interface == interface)
}
