//! Fields of protocol buffers, alone (`protobuf`) and in the frames of gRPC (`ungrpc`). The messages' schema is not known: a path
//! of field numbers says what to look at. Odd messages give the odd results that the original gives.

use haproxy_cfg::model::{ArgValue, Converter};

use super::argument::text;
use super::{Row, of_text, row};
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[
    row(&["protobuf"], |_, converter| {
        let field = Field::of(converter)?;
        of_text(move |_, message| field.sample(find(message, &field.path)?))
    }),
    row(&["ungrpc"], |_, converter| {
        let field = Field::of(converter)?;
        of_text(move |_, frames| {
            let mut rest = frames;
            loop {
                // Whether the message is compressed is not looked at.
                let [_, a, b, c, d, behind @ ..] = rest else {
                    return None;
                };
                let length = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
                let (message, behind) = behind.split_at_checked(length)?;
                if let Some(value) = find(message, &field.path) {
                    return field.sample(value);
                }
                rest = behind;
            }
        })
    }),
];

/// What is asked for.
struct Field {
    path: Box<[u32]>,
    /// The type that the value is taken for; none for its bytes.
    kind: Option<Kind>,
}

/// Types of numbers, as far as they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Varint,
    Zigzag,
    Fixed32,
    Sfixed32,
    Float,
    Fixed64,
    Double,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wire {
    Varint,
    Bits64,
    Bytes,
    Bits32,
}

impl Field {
    fn of(converter: &Converter) -> Result<Self, String> {
        let Some(ArgValue::Field(path)) = converter.args.first().map(|arg| &arg.value) else {
            return Err("a path of field numbers is missing".to_owned());
        };
        let kind = match text(converter, 1) {
            None => None,
            Some(b"sint32" | b"sint64") => Some(Kind::Zigzag),
            Some(b"fixed32") => Some(Kind::Fixed32),
            Some(b"sfixed32") => Some(Kind::Sfixed32),
            Some(b"float") => Some(Kind::Float),
            Some(b"fixed64" | b"sfixed64") => Some(Kind::Fixed64),
            Some(b"double") => Some(Kind::Double),
            Some(_) => Some(Kind::Varint),
        };
        Ok(Self {
            path: path.as_slice().into(),
            kind,
        })
    }

    /// The value as what is asked for; none when it is not written as values of that type are.
    fn sample<'a>(&self, (wire, bytes): (Wire, &'a [u8])) -> Option<Sample<'a>> {
        let Some(kind) = self.kind else {
            return Some(Sample::Bin(bytes));
        };
        let value = match (wire, kind) {
            (Wire::Varint, Kind::Varint) => varint(&mut &*bytes)?.cast_signed(),
            (Wire::Varint, Kind::Zigzag) => {
                let value = varint(&mut &*bytes)?;
                (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
            }
            (Wire::Bits32, _) => {
                let bytes = bytes.try_into().ok()?;
                match kind {
                    Kind::Fixed32 => u32::from_le_bytes(bytes).into(),
                    Kind::Sfixed32 => i32::from_le_bytes(bytes).into(),
                    Kind::Float => i64::from(whole(f32::from_le_bytes(bytes).into()) as u32),
                    _ => return None,
                }
            }
            (Wire::Bits64, _) => {
                let bytes = bytes.try_into().ok()?;
                match kind {
                    Kind::Fixed64 => i64::from_le_bytes(bytes),
                    Kind::Double => whole(f64::from_le_bytes(bytes)).cast_signed(),
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some(Sample::Int(value))
    }
}

/// The whole part of a number as 64 bits, as the original's processors convert it: numbers that do not fit give 0 or the lowest
/// number.
fn whole(value: f64) -> u64 {
    const HALF: f64 = (1_u64 << 63) as f64;
    if value >= HALF + HALF {
        0
    } else if value >= HALF {
        value as u64
    } else if value >= -HALF {
        (value as i64).cast_unsigned()
    } else {
        i64::MIN.cast_unsigned()
    }
}

/// The number that `rest` begins with, seven bits a byte, which is taken away; nothing counts as 0. None when it does not end, or
/// has more than ten bytes.
fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    if rest.is_empty() {
        return Some(0);
    }
    for shift in (0..70).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        value |= u64::from(byte & 127).checked_shl(shift).unwrap_or(0);
        if byte & 128 == 0 {
            return Some(value);
        }
    }
    None
}

/// The first field at `path`: how it is written, and its value.
///
/// As in the original, no end of a message inside of another is kept: the path begins anew behind the first field that is not the
/// one looked for, and either ends at or behind that end, or is one of bytes. Whether a field that the path leads into is a message
/// is not looked at either: what stands behind its key is taken for its fields.
fn find<'a>(message: &'a [u8], path: &[u32]) -> Option<(Wire, &'a [u8])> {
    let mut rest = message;
    let mut level = 0;
    let mut left = 0;
    while !rest.is_empty() {
        let before = rest.len();
        let key = varint(&mut rest)?;
        let wire = match key & 7 {
            0 => Wire::Varint,
            1 => Wire::Bits64,
            2 => Wire::Bytes,
            5 => Wire::Bits32,
            _ => return None,
        };
        let wanted = path
            .get(level)
            .is_some_and(|number| u64::from(*number) == key >> 3);
        if wanted && level + 1 < path.len() {
            level += 1;
            if wire == Wire::Bytes {
                left = usize::try_from(varint(&mut rest)?).ok()?;
                if left > rest.len() {
                    return None;
                }
            } else {
                left = left.saturating_sub(before - rest.len());
            }
            continue;
        }
        let value = value(&mut rest, wire)?;
        if wanted {
            return Some((wire, value));
        }
        let taken = before - rest.len();
        if wire == Wire::Bytes || taken >= left {
            level = 0;
        } else {
            left -= taken;
        }
    }
    None
}

/// Takes a value away from `rest`.
fn value<'a>(rest: &mut &'a [u8], wire: Wire) -> Option<&'a [u8]> {
    let length = match wire {
        Wire::Varint => {
            let start = *rest;
            varint(rest)?;
            return Some(&start[..start.len() - rest.len()]);
        }
        Wire::Bytes => usize::try_from(varint(rest)?).ok()?,
        Wire::Bits64 => 8,
        Wire::Bits32 => 4,
    };
    let (value, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(value)
}

#[cfg(test)]
mod tests {
    #[test]
    fn fields_are_found_where_the_original_finds_them() {
        crate::sample::convert::recorded::hold_to("protobuf");
    }
}
