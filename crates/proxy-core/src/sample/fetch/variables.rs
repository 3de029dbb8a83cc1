//! All variables of a scope in one text (`dump_all_vars`).

use haproxy_cfg::model::{ArgValue, Sample as Asked, Scope};

use super::{Row, row, single};
use crate::sample::{Arena, Sample, Sink, text as shown};
use crate::stream::Stored;

pub(super) const ROWS: &[Row] = &[row(&["dump_all_vars"], |_, sample| {
    let named = |name: &[u8]| {
        Scope::ALL
            .into_iter()
            .find(|scope| scope.name().as_bytes() == name)
    };
    let scope = text(sample, 0).and_then(named);
    let prefix = text(sample, 1).unwrap_or_default().to_vec();
    // One that is empty puts nothing between them; one that is left out is not.
    let delimiter = text(sample, 2).unwrap_or(b", ").to_vec();
    single(move |context| {
        let mut all = context.arena.bytes(0);
        let scopes = ORDER
            .iter()
            .filter(|one| scope.is_none_or(|wanted| wanted == **one));
        for one in scopes {
            let mut see = |name: &[u8], stored: &Stored| {
                if !name.starts_with(&prefix) {
                    return;
                }
                if !all.is_empty() {
                    all.put(&delimiter);
                }
                for part in [one.name().as_bytes(), b".", name, b"="] {
                    all.put(part);
                }
                write(stored.sample(context.arena), &mut all, context.arena);
            };
            match one {
                Scope::Process => context.runtime.variables.each(&mut see),
                other => {
                    if let Some(variables) = context.variables(*other) {
                        variables.each(&mut see);
                    }
                }
            }
        }
        // Nothing is cut: what has no room in a buffer is no sample.
        (all.len() < context.config.global.tune.bufsize as usize).then(|| Sample::Str(all.into_bump_slice()))
    })
})];

/// The order in which scopes are shown.
const ORDER: [Scope; 5] = [
    Scope::Session,
    Scope::Transaction,
    Scope::Request,
    Scope::Response,
    Scope::Process,
];

/// The text of argument `index`, which may be empty; none where it is left out.
fn text(sample: &Asked, index: usize) -> Option<&[u8]> {
    match &sample.args.get(index)?.value {
        ArgValue::Text(text) => Some(text),
        _ => None,
    }
}

/// Writes a value: texts in quotes, bytes in hexadecimal.
fn write(value: Sample<'_>, out: &mut impl Sink, arena: &Arena) {
    match value {
        Sample::Str(text) | Sample::Method(text) => {
            out.put(b"\"");
            for byte in text {
                match byte {
                    b'"' => out.put(b"\\\""),
                    b'\\' => out.put(b"\\\\"),
                    b'\r' => out.put(b"\\r"),
                    b'\n' => out.put(b"\\n"),
                    8 => out.put(b"\\b"),
                    0 => out.put(b"\\0"),
                    other => out.put(&[*other]),
                }
            }
            out.put(b"\"");
        }
        Sample::Bin(bytes) => {
            for byte in bytes {
                out.put(format!("{byte:02X}").as_bytes());
            }
        }
        Sample::Bool(true) => out.put(b"true"),
        Sample::Bool(false) => out.put(b"false"),
        other @ (Sample::Int(_) | Sample::Ip(_)) => out.put(shown(other, arena)),
    }
}
