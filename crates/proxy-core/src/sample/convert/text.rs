//! Converters of text: its letters, its ends, what is put behind it.

use haproxy_cfg::model::{ArgValue, Converter};

use super::number::Operand;
use super::{Convert, Row, of_text, room, row, with};
use crate::sample::{Sample, integer, text};

pub(super) const ROWS: &[Row] = &[
    row(&["lower"], |_, _| {
        of_text(|context, text| Some(Sample::Str(context.arena.lower(text))))
    }),
    row(&["upper"], |_, _| {
        of_text(|context, text| Some(Sample::Str(context.arena.upper(text))))
    }),
    row(&["length"], |_, _| {
        of_text(|_, text| Some(Sample::Int(i64::try_from(text.len()).unwrap_or(i64::MAX))))
    }),
    row(&["ltrim"], |_, converter| {
        let set = ByteSet::of(converter, 0);
        of_text(move |_, text| {
            let start = text.iter().take_while(|byte| set.has(**byte)).count();
            Some(Sample::Str(&text[start..]))
        })
    }),
    row(&["rtrim"], |_, converter| {
        let set = ByteSet::of(converter, 0);
        of_text(move |_, text| {
            let cut = text.iter().rev().take_while(|byte| set.has(**byte)).count();
            Some(Sample::Str(&text[..text.len() - cut]))
        })
    }),
    row(&["cut_crlf"], |_, _| {
        of_text(|_, text| {
            let end = memchr::memchr2(b'\r', b'\n', text).unwrap_or(text.len());
            Some(Sample::Str(&text[..end]))
        })
    }),
    row(&["reverse"], |_, _| {
        of_text(|context, text| {
            let mut out = context.arena.bytes(text.len());
            out.extend(text.iter().rev());
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
    // Of names of hosts: the labels in the opposite order. One dot at either end goes.
    row(&["reverse_dom"], |_, _| {
        of_text(|context, text| {
            let text = text.strip_suffix(b".").unwrap_or(text);
            let mut out = context.arena.bytes(text.len());
            for (index, label) in text.rsplit(|byte| *byte == b'.').enumerate() {
                if index > 0 {
                    out.push(b'.');
                }
                out.extend_from_slice(label);
            }
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
    row(&["bytes"], |_, converter| {
        let offset = Operand::of(converter, 0);
        let length = converter.args.get(1).map(|_| Operand::of(converter, 1));
        of_text(move |context, bytes| {
            let wanted = |operand: &Operand| usize::try_from(operand.value(context)?).ok();
            // What is not valid gives no bytes.
            let rest = wanted(&offset)
                .and_then(|offset| bytes.get(offset..))
                .unwrap_or_default();
            let length = match &length {
                Some(length) => wanted(length).unwrap_or(0),
                None => rest.len(),
            };
            Some(Sample::Bin(&rest[..length.min(rest.len())]))
        })
    }),
    row(&["concat"], |_, converter| joined(converter, false)),
    row(&["add_item"], |_, converter| joined(converter, true)),
    row(&["iif"], |_, converter| {
        let text = |index| converter.text(index).cloned().unwrap_or_default();
        let (yes, no) = (text(0), text(1));
        with(move |context, sample| {
            let chosen = if integer(sample)? == 0 { &no } else { &yes };
            Some(Sample::Str(context.arena.copy(chosen)))
        })
    }),
    // As C compares: of the first bytes that differ the difference, else which is longer.
    row(&["strcmp"], |_, converter| {
        let name = converter.variable(0).cloned();
        of_text(move |context, left| {
            let right = text(context.variable(name.as_ref()?)?, context.arena);
            let differing = left.iter().zip(right).find(|(left, right)| left != right);
            let order = match differing {
                Some((left, right)) => i64::from(*left) - i64::from(*right),
                None => left.len().cmp(&right.len()) as i64,
            };
            Some(Sample::Int(order))
        })
    }),
];

/// Bytes of which each counts for itself.
pub(super) struct ByteSet([bool; 256]);

impl ByteSet {
    /// Those of the text of argument `index`.
    pub(super) fn of(converter: &Converter, index: usize) -> Self {
        let mut set = [false; 256];
        for byte in converter
            .text(index)
            .map(|text| text.as_slice())
            .unwrap_or_default()
        {
            set[usize::from(*byte)] = true;
        }
        Self(set)
    }

    pub(super) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

/// `concat` and `add_item`: a text, a variable and another text behind the sample. With `item` the first one separates: it is
/// left out where nothing stands in front of it or behind it.
fn joined(converter: &Converter, item: bool) -> Result<Box<dyn Convert>, String> {
    let literal = |index: usize| match converter.args.get(index).map(|arg| &arg.value) {
        Some(ArgValue::Text(text)) => text.to_vec(),
        _ => Vec::new(),
    };
    let (first, name, last) = (literal(0), converter.variable(1).cloned(), literal(2));
    of_text(move |context, sample| {
        let room = room(context);
        let found = name.as_ref().and_then(|name| context.variable(name));
        let value = found.map_or(&b""[..], |sample| text(sample, context.arena));
        let separates = !item || (!sample.is_empty() && (!value.is_empty() || !last.is_empty()));
        let first: &[u8] = if separates { &first } else { b"" };
        let mut out = context
            .arena
            .bytes(sample.len() + first.len() + value.len() + last.len());
        for part in [sample, first, value, &last] {
            let part = &part[..part.len().min(room - out.len())];
            out.extend_from_slice(part);
        }
        Some(Sample::Str(out.into_bump_slice()))
    })
}
