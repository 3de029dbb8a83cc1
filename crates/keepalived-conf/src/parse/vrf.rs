//! `vrf`: where an instance without an interface sends to its partners.

use syntax::Diagnostic;

use super::instance::{current, current_name};
use super::track::missing_interface;
use crate::lines::Line;
use crate::reading::Reading;
use crate::written::Spanned;

/// `vrf`.
pub(crate) fn vrf(reading: &mut Reading<'_>, line: &Line) {
    let Some(word) = reading.need(line, 0, "the VRF's interface") else {
        return;
    };
    let (name, instance) = (word.text().into_owned(), current_name(reading));
    if current(reading).is_some_and(|instance| instance.interface.is_some()) {
        let message = format!("({instance}) Cannot specify VRF interface and interface - ignoring");
        let told = Diagnostic::warning("clash", message)
            .at(word.span)
            .help("remove it: the interface belongs to its VRF by itself");
        return reading.fault(told);
    }
    let given = current(reading).and_then(|instance| instance.vrf.as_ref().map(|vrf| vrf.value.clone()));
    if let Some(given) = given {
        let message = format!("({instance}) VRF interface already specified as '{given}' - ignoring");
        let told = Diagnostic::warning("duplicate-keyword", message)
            .at(word.span)
            .help("write one VRF");
        return reading.fault(told);
    }
    if !reading.host.has_interface(&name) {
        let message = format!("({instance}) WARNING - VRF interface {name} doesn't exist");
        missing_interface(reading, message, word.span);
    }
    if let Some(instance) = current(reading) {
        instance.vrf = Some(Spanned::new(name, word.span));
    }
}
