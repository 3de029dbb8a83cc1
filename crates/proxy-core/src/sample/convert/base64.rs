//! Base 64 and base 2, as the original reads and writes them.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Convert, Row, of_text, room, row};
use crate::sample::arena::Bytes;
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["base64"], |_, _| encode(&STANDARD)),
    row(&["ub64enc"], |_, _| encode(&URL_SAFE_NO_PAD)),
    row(&["b64dec"], |_, _| {
        of_text(|context, text| decode_padded(context, text).map(Sample::Bin))
    }),
    row(&["ub64dec"], |_, _| {
        of_text(|context, text| decode_url(context, text).map(Sample::Bin))
    }),
    row(&["base2"], |_, _| {
        of_text(|context, bytes| {
            let bytes = &bytes[..bytes.len().min(room(context) / 8)];
            let mut out = context.arena.bytes(bytes.len() * 8);
            for byte in bytes {
                out.extend((0..8).rev().map(|bit| b'0' + (byte >> bit & 1)));
            }
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
];

/// None for what does not fit into a buffer with its padding, whether that is written or not.
fn encode(engine: &'static impl Engine) -> Result<Box<dyn Convert>, String> {
    of_text(move |context, bytes| {
        let padded = bytes.len().div_ceil(3) * 4;
        if padded >= room(context) {
            return None;
        }
        let mut out = context.arena.bytes(padded);
        out.resize(padded, 0);
        // There is room enough, so this does not fail.
        let len = engine.encode_slice(bytes, &mut out).ok()?;
        out.truncate(len);
        Some(Sample::Str(out.into_bump_slice()))
    })
}

/// The bytes of groups of four digits, each of which may end in padding, the last or not. None when something else stands there.
pub(super) fn decode_padded<'a>(context: &SampleContext<'a>, text: &[u8]) -> Option<&'a [u8]> {
    let (groups, []) = text.as_chunks::<4>() else {
        return None;
    };
    let mut out = context.arena.bytes(text.len() / 4 * 3);
    for group in groups {
        let digits = group.iter().take_while(|digit| **digit != b'=').count();
        if digits == 0 || group[digits..].iter().any(|padding| *padding != b'=') {
            return None;
        }
        append(&mut out, &group[..digits], standard)?;
    }
    Some(out.into_bump_slice())
}

/// The bytes of digits of the alphabet for URLs, which need no padding; it is not known as such either: `=` is one more digit
/// of all ones, as in the original.
pub(super) fn decode_url<'a>(context: &SampleContext<'a>, text: &[u8]) -> Option<&'a [u8]> {
    if text.len() % 4 == 1 {
        return None;
    }
    let mut out = context.arena.bytes(text.len() / 4 * 3 + 2);
    for group in text.chunks(4) {
        append(&mut out, group, url)?;
    }
    Some(out.into_bump_slice())
}

/// Appends the whole bytes that up to four digits make.
fn append(out: &mut Bytes<'_>, digits: &[u8], value: fn(u8) -> Option<u32>) -> Option<()> {
    let mut bits = 0;
    for digit in digits {
        bits = bits << 6 | value(*digit)?;
    }
    bits <<= 6 * (4 - digits.len());
    out.extend_from_slice(&bits.to_be_bytes()[1..digits.len()]);
    Some(())
}

fn standard(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

fn url(digit: u8) -> Option<u32> {
    match digit {
        b'-' => Some(62),
        b'_' | b'=' => Some(63),
        b'+' | b'/' => None,
        _ => standard(digit),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::sample::convert::recorded::{gives, hold_to};

    #[test]
    fn texts_are_coded_as_by_the_original() {
        hold_to("encodings");
    }

    /// Of version 2.7 and later, so nothing is recorded.
    #[test]
    fn base_2_has_eight_digits_for_each_byte() {
        let digits = b"000000001010010111111111"
            .iter()
            .map(|digit| format!("{digit:02X}"));
        let value = digits.collect::<String>();
        assert_eq!(
            gives("bin(00a5ff),base2", &[]),
            json!({ "type": "str", "value": value })
        );
        assert_eq!(gives("str(),base2", &[]), json!({ "type": "str", "value": "" }));
    }
}
