//! Samples shown as they pass by (`debug`).

use super::argument::text;
use super::{Row, row, with};
use crate::sample::{Sample, Sink as _, text as shown};

pub(super) const ROWS: &[Row] = &[row(&["debug"], |_, converter| {
    let prefix = text(converter, 0).unwrap_or_default().to_vec();
    let sink = text(converter, 1).unwrap_or(b"buf0").to_vec();
    with(move |context, sample| {
        let mut message = context.arena.bytes(64);
        message.put(b"[debug] ");
        message.put(&prefix);
        message.put(b": type=");
        message.put(type_of(sample).as_bytes());
        message.put(b" <");
        for byte in shown(sample, context.arena) {
            let is_plain = matches!(byte, b' '..=b'~');
            message.push(if is_plain { *byte } else { b'.' });
        }
        message.put(b">");
        context.world.note(&sink, &message);
        Some(sample)
    })
})];

/// The type's name, as the language has it.
fn type_of(sample: Sample<'_>) -> &'static str {
    match sample {
        Sample::Bool(_) => "bool",
        Sample::Int(_) => "sint",
        Sample::Ip(address) if address.is_ipv4() => "ipv4",
        Sample::Ip(_) => "ipv6",
        Sample::Str(_) => "str",
        Sample::Bin(_) => "bin",
        Sample::Method(_) => "meth",
    }
}
