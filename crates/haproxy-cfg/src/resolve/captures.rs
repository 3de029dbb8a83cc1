//! Slots for captures that rules of `defaults` ask for: each frontend that takes the rules has its own, in front of those that
//! its own lines ask for.

use crate::model::{CaptureSlot, Captures, Proxy};
use crate::signature::Value;

/// Where the number of a rule's own slot stands, behind the expression, `len` and the length.
const SLOT: usize = 3;

/// Gives the rules that `proxy` has from its defaults their slots among `captures`, which are those of its own lines.
pub(super) fn inherit(proxy: &mut Proxy, captures: &mut Option<Captures>) {
    let new_slots = proxy
        .rules
        .iter_mut()
        .flat_map(|rule| &mut rule.arguments)
        .filter_map(|argument| match &mut argument.value {
            Value::List(values) if values.get(1).and_then(Value::word) == Some("len") => Some(values),
            _ => None,
        });
    // A rule of the proxy's own has been given its number when it was read.
    let (mut own, mut inherited) = (Vec::new(), Vec::new());
    for values in new_slots {
        if values.len() > SLOT {
            own.push(values);
        } else {
            inherited.push(values);
        }
    }
    if inherited.is_empty() {
        return;
    }
    let first_own = inherited.len() as i64;
    for values in own {
        if let Some(Value::Int(slot)) = values.get_mut(SLOT) {
            *slot += first_own;
        }
    }
    let mut slots = Vec::with_capacity(inherited.len());
    for values in inherited {
        let len = values.get(2).and_then(Value::number).unwrap_or_default();
        slots.push(CaptureSlot {
            header: None,
            len: usize::try_from(len).unwrap_or_default(),
        });
        values.push(Value::Int(slots.len() as i64 - 1));
    }
    let captures = captures.get_or_insert_default();
    slots.append(&mut captures.request);
    captures.request = slots;
}
