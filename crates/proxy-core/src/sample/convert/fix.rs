//! Messages of FIX, the protocol of exchanges: `TAG=VALUE` and a byte of 1 behind each.

use super::argument::text;
use super::{Row, of_text, row};
use crate::sample::{Sample, SampleContext};

pub(super) const ROWS: &[Row] = &[
    row(&["fix_is_valid"], |_, _| {
        of_text(|context, message| is_valid(context, message).map(Sample::Bool))
    }),
    row(&["fix_tag_value"], |_, converter| {
        let wanted = text(converter, 0).and_then(tag_named);
        of_text(move |context, message| {
            let mut rest = message;
            while !rest.is_empty() {
                let (tag, value) = field(context, &mut rest)?;
                if number(tag)? == wanted? {
                    return (!value.is_empty()).then_some(Sample::Bin(value));
                }
            }
            None
        })
    }),
];

const BEGIN_STRING: u32 = 8;
const BODY_LENGTH: u32 = 9;
const MESSAGE_TYPE: u32 = 35;
const CHECKSUM: u32 = 10;
/// Bytes of the shortest message that is complete.
const SHORTEST: usize = 26;
const VERSIONS: &[&[u8]] = &[
    b"FIX.4.0",
    b"FIX.4.1",
    b"FIX.4.2",
    b"FIX.4.3",
    b"FIX.4.4",
    b"FIXT.1.1",
];

/// The tag of that name or number.
fn tag_named(name: &[u8]) -> Option<u32> {
    Some(match &*name.to_ascii_lowercase() {
        b"beginstring" => BEGIN_STRING,
        b"bodylength" => BODY_LENGTH,
        b"msgtype" => MESSAGE_TYPE,
        b"sendercompid" => 49,
        b"targetcompid" => 56,
        b"checksum" => CHECKSUM,
        _ => return number(name),
    })
}

/// The number that a text of digits alone is, which goes round as the original's does; none for other texts and for 0.
fn number(digits: &[u8]) -> Option<u32> {
    let number = digits.iter().try_fold(0_u32, |number, digit| {
        let digit = char::from(*digit).to_digit(10)?;
        Some(number.wrapping_mul(10).wrapping_add(digit))
    });
    number.filter(|number| *number > 0)
}

/// Takes a field away from `rest`; none when its end has not come yet.
fn field<'a>(context: &SampleContext<'a>, rest: &mut &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let split = |text: &'a [u8], at: u8| {
        let at = memchr::memchr(at, text)?;
        Some((&text[..at], &text[at + 1..]))
    };
    let found = split(rest, b'=').and_then(|(tag, behind)| {
        let (value, behind) = split(behind, 1)?;
        *rest = behind;
        Some((tag, value))
    });
    if found.is_none() {
        context.wait();
    }
    found
}

/// Whether what `message` begins with is right: version, length and type in front, the checksum behind as many bytes as the
/// length says. None when it is not complete.
fn is_valid<'a>(context: &SampleContext<'a>, message: &'a [u8]) -> Option<bool> {
    if message.len() < SHORTEST {
        context.wait();
        return None;
    }
    let mut rest = message;
    let mut length = 0;
    let mut body = 0;
    for place in 0.. {
        let start = message.len() - rest.len();
        let (tag, value) = field(context, &mut rest)?;
        let behind = message.len() - rest.len();
        let right = match (place, number(tag)) {
            (0, Some(BEGIN_STRING)) => VERSIONS.contains(&value),
            (1, Some(BODY_LENGTH)) => {
                length = number(value).unwrap_or(0) as usize;
                body = behind;
                true
            }
            (2, Some(MESSAGE_TYPE)) => true,
            (0..=2, _) | (_, None) => false,
            // Those of the protocol's own, and those for use between two partners.
            (_, Some(tag)) if !matches!(tag, 1..=956 | 10_000..=19_999) => false,
            (_, Some(CHECKSUM)) => {
                let sum = message[..start]
                    .iter()
                    .fold(0_u8, |sum, byte| sum.wrapping_add(*byte));
                return Some(start == body + length && value == format!("{sum:03}").as_bytes());
            }
            _ => true,
        };
        if !right {
            return Some(false);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #[test]
    fn messages_are_judged_as_by_the_original() {
        crate::sample::convert::recorded::hold_to("fix");
    }
}
