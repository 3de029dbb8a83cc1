//! Converters of URLs and of what stands in JSON.

use haproxy_cfg::model::Converter;

use super::{Row, of_text, room, row};
use crate::sample::Sample;
use crate::sample::arena::Bytes;

pub(super) const ROWS: &[Row] = &[
    row(&["url_enc"], |_, _| {
        of_text(|context, text| {
            let room = room(context);
            let mut out = context.arena.bytes(text.len() * 3);
            for byte in text {
                let digit = |value: u8| b"0123456789ABCDEF"[usize::from(value)];
                let encoded = [b'%', digit(byte >> 4), digit(byte & 15)];
                let is_plain = byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
                let encoded = if is_plain {
                    std::slice::from_ref(byte)
                } else {
                    &encoded
                };
                // The rest goes where there is no room for it.
                if out.len() + encoded.len() + 1 >= room {
                    break;
                }
                out.extend_from_slice(encoded);
            }
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
    // What is not encoded rightly gives nothing.
    row(&["url_dec"], |at, converter| {
        // Since 3.2 a text that would hold a 0 is none.
        let takes_nul = !at.config.dialect.does_as(3, 2);
        let is_form = converter.integer(0).is_some_and(|form| form != 0);
        of_text(move |context, text| {
            let mut out = context.arena.bytes(text.len());
            let mut in_query = is_form;
            let mut rest = text;
            while let Some((&byte, behind)) = rest.split_first() {
                rest = behind;
                out.push(match byte {
                    b'+' if in_query => b' ',
                    b'?' => {
                        in_query = true;
                        byte
                    }
                    b'%' => {
                        let digit = |index: usize| char::from(*behind.get(index)?).to_digit(16);
                        let (high, low) = (digit(0)?, digit(1)?);
                        rest = &behind[2..];
                        match (high << 4 | low) as u8 {
                            0 if !takes_nul => return None,
                            decoded => decoded,
                        }
                    }
                    _ => byte,
                });
            }
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
    row(&["json"], |_, converter| {
        let decode = decoder(converter);
        of_text(move |context, text| {
            let room = room(context);
            let mut out = context.arena.bytes(text.len() * 2);
            let mut rest = text;
            while !rest.is_empty() {
                let (character, length) = decode(rest)?;
                rest = &rest[length..];
                if let Some(character) = character {
                    escape(character, &mut out);
                }
                if out.len() > room {
                    return None;
                }
            }
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
];

/// The character at the start of a text, none for one that is left out, and how many bytes it takes. None for a text that is not
/// to be escaped at all.
type Decode = Box<dyn Fn(&[u8]) -> Option<(Option<u16>, usize)> + Send + Sync>;

/// How the argument of `json` says that bytes are characters.
fn decoder(converter: &Converter) -> Decode {
    let (skips, fixes) = match converter.text(0).map(|text| text.as_slice()) {
        Some(b"utf8") => (false, false),
        Some(b"utf8s") => (true, false),
        Some(b"utf8p") => (false, true),
        Some(b"utf8ps") => (true, true),
        _ => return Box::new(|text| Some((Some(text[0].into()), 1))),
    };
    Box::new(move |text| {
        let (character, length) = utf8(text, fixes);
        (character.is_some() || skips).then_some((character, length))
    })
}

/// The character at the start of a text in UTF-8, none for one that is wrong or above U+FFFF, which JSON has no escape for; and
/// how many bytes it takes. With `overlong` it may take more bytes than it needs.
fn utf8(text: &[u8], overlong: bool) -> (Option<u16>, usize) {
    let (length, bits) = match text[0] {
        byte @ 0..=0x7f => return (Some(byte.into()), 1),
        byte @ 0xc0..=0xdf => (2, byte & 0x1f),
        byte @ 0xe0..=0xef => (3, byte & 0x0f),
        byte @ 0xf0..=0xf7 => (4, byte & 0x07),
        byte @ 0xf8..=0xfb => (5, byte & 0x03),
        byte @ 0xfc..=0xfd => (6, byte & 0x01),
        _ => return (None, 1),
    };
    let tail = text
        .iter()
        .skip(1)
        .take(length - 1)
        .take_while(|byte| **byte & 0xc0 == 0x80);
    let (value, taken) = tail.fold((u32::from(bits), 1), |(value, taken), byte| {
        (value << 6 | u32::from(byte & 0x3f), taken + 1)
    });
    let least = [0, 0, 0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000][length];
    let is_right = taken == length
        && (overlong || value >= least)
        && !matches!(value, 0xd800..=0xdfff | 0xfffe | 0xffff);
    match u16::try_from(value) {
        Ok(value) if is_right => (Some(value), taken),
        _ => (None, taken),
    }
}

/// Writes a character as it stands in strings of JSON.
fn escape(character: u16, out: &mut Bytes<'_>) {
    let short = match u8::try_from(character) {
        Ok(byte @ (b'"' | b'\\' | b'/')) => Some(byte),
        Ok(0x08) => Some(b'b'),
        Ok(b'\t') => Some(b't'),
        Ok(b'\n') => Some(b'n'),
        Ok(0x0c) => Some(b'f'),
        Ok(b'\r') => Some(b'r'),
        Ok(byte @ 0x20..=0x7e) => {
            out.push(byte);
            return;
        }
        _ => None,
    };
    out.push(b'\\');
    if let Some(short) = short {
        out.push(short);
        return;
    }
    out.push(b'u');
    for shift in [12, 8, 4, 0] {
        out.push(b"0123456789abcdef"[usize::from(character >> shift & 15)]);
    }
}
