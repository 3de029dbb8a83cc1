//! `regsub`: what a regular expression matches, put in other words.

use super::{Row, of_text, room, row};
use crate::rules::Capturing;
use crate::sample::Sample;
use haproxy_cfg::model::ArgValue;

pub(super) const ROWS: &[Row] = &[row(&["regsub"], |_, converter| {
    let source = match converter.args.first().map(|arg| &arg.value) {
        Some(ArgValue::Regex(source)) => source.as_slice(),
        _ => b"",
    };
    let flags = converter.text(2).cloned().unwrap_or_default();
    let expression = Capturing::new(source, flags.contains(&b'i'))?;
    let everywhere = flags.contains(&b'g');
    let parts = parts(converter.text(1).map(|text| text.as_slice()).unwrap_or_default());
    of_text(move |context, text| {
        let mut out = context.arena.bytes(text.len());
        let mut at = 0;
        while let Some(groups) = expression.find(text, at) {
            let (start, end) = groups.whole();
            out.extend_from_slice(&text[at..start]);
            for part in &parts {
                match part {
                    Part::Text(words) => out.extend_from_slice(words),
                    Part::Group(number) => out.extend_from_slice(groups.get(text, *number)),
                }
            }
            if end == at {
                // Nothing was matched right here: what stands here stays, and is passed over. As with the original an empty
                // match further on is found twice.
                out.extend_from_slice(text.get(at..=at).unwrap_or_default());
                at += 1;
            } else {
                at = end;
            }
            if !everywhere || at > text.len() {
                break;
            }
        }
        out.extend_from_slice(text.get(at..).unwrap_or_default());
        out.truncate(room(context));
        Some(Sample::Str(out.into_bump_slice()))
    })
})];

/// A part of what stands for a match.
enum Part {
    Text(Vec<u8>),
    /// What a group matched, the whole match for 0.
    Group(usize),
}

/// Cuts a substitution at its references: `\0` to `\9`. `\x` and two digits are a byte, any other byte behind a backslash stands
/// for itself.
fn parts(substitution: &[u8]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut text = Vec::new();
    let mut bytes = substitution.iter();
    while let Some(&byte) = bytes.next() {
        if byte != b'\\' {
            text.push(byte);
            continue;
        }
        match bytes.next() {
            Some(digit @ b'0'..=b'9') => {
                parts.push(Part::Text(std::mem::take(&mut text)));
                parts.push(Part::Group(usize::from(digit - b'0')));
            }
            Some(b'x') => match bytes.as_slice() {
                [high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    let digit = |digit: &u8| char::from(*digit).to_digit(16).unwrap_or(0) as u8;
                    text.push(digit(high) << 4 | digit(low));
                    bytes = rest.iter();
                }
                _ => text.push(b'x'),
            },
            Some(&other) => text.push(other),
            None => text.push(byte),
        }
    }
    parts.push(Part::Text(text));
    parts
}
