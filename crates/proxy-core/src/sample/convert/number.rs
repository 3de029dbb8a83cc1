//! Converters of numbers: arithmetic, bits, and numbers in texts and bytes.

use haproxy_cfg::model::{ArgValue, Converter, Variable};

use super::{Convert, Row, of_text, room, row, with};
use crate::sample::{Sample, SampleContext, integer};

pub(super) const ROWS: &[Row] = &[
    row(&["add"], |_, converter| {
        arithmetic(converter, i64::saturating_add)
    }),
    row(&["sub"], |_, converter| {
        arithmetic(converter, i64::saturating_sub)
    }),
    row(&["mul"], |_, converter| {
        arithmetic(converter, i64::saturating_mul)
    }),
    row(&["div"], |_, converter| {
        arithmetic(converter, |value, by| match by {
            0 => i64::MAX,
            by => value.saturating_div(by),
        })
    }),
    row(&["mod"], |_, converter| {
        arithmetic(converter, |value, by| match by {
            0 => 0,
            by => value.wrapping_rem(by),
        })
    }),
    row(&["and"], |_, converter| {
        arithmetic(converter, |value, mask| value & mask)
    }),
    row(&["or"], |_, converter| {
        arithmetic(converter, |value, mask| value | mask)
    }),
    row(&["xor"], |_, converter| {
        arithmetic(converter, |value, mask| value ^ mask)
    }),
    row(&["neg"], |_, _| {
        of_integer(|value| Sample::Int(value.saturating_neg()))
    }),
    row(&["cpl"], |_, _| of_integer(|value| Sample::Int(!value))),
    row(&["not"], |_, _| of_integer(|value| Sample::Bool(value == 0))),
    row(&["bool"], |_, _| of_integer(|value| Sample::Bool(value != 0))),
    row(&["odd"], |_, _| of_integer(|value| Sample::Bool(value & 1 == 1))),
    row(&["even"], |_, _| of_integer(|value| Sample::Bool(value & 1 == 0))),
    // Of the number the lowest 32 bits.
    row(&["htonl"], |_, _| {
        with(|context, sample| {
            let value = integer(sample)? as u32;
            Some(Sample::Bin(context.arena.copy(&value.to_be_bytes())))
        })
    }),
    row(&["hex2i"], |_, _| {
        of_text(|_, text| {
            let value = text.iter().try_fold(0_u64, |value, digit| {
                let digit = char::from(*digit).to_digit(16)?;
                Some(value << 4 | u64::from(digit))
            })?;
            Some(Sample::Int(value.cast_signed()))
        })
    }),
    row(&["be2dec"], |_, converter| {
        decimal(converter, |bytes| bytes.iter().fold(0, push_byte))
    }),
    row(&["le2dec"], |_, converter| {
        decimal(converter, |bytes| bytes.iter().rev().fold(0, push_byte))
    }),
    row(&["be2hex"], |_, converter| {
        let chunks = Chunks::new(converter);
        of_text(move |context, bytes| {
            Some(chunks.joined(context, bytes, |chunk| hexadecimal(context, chunk)))
        })
    }),
    row(&["hex"], |_, _| {
        of_text(|context, bytes| {
            // Whole bytes, as many as a buffer holds.
            let bytes = &bytes[..bytes.len().min(room(context) / 2)];
            Some(Sample::Str(hexadecimal(context, bytes)))
        })
    }),
];

/// A converter that works a number out of the sample and an argument, which is a number or a variable that holds one.
fn arithmetic(converter: &Converter, work: fn(i64, i64) -> i64) -> Result<Box<dyn Convert>, String> {
    let operand = Operand::of(converter, 0);
    with(move |context, sample| Some(Sample::Int(work(integer(sample)?, operand.value(context)?))))
}

fn of_integer(convert: fn(i64) -> Sample<'static>) -> Result<Box<dyn Convert>, String> {
    with(move |_, sample| Some(convert(integer(sample)?)))
}

/// A number, or a variable that holds one.
pub(super) enum Operand {
    Integer(i64),
    Variable(Variable),
}

impl Operand {
    /// Argument `index`; left out it is 0.
    pub(super) fn of(converter: &Converter, index: usize) -> Self {
        match converter.args.get(index).map(|arg| &arg.value) {
            Some(ArgValue::Variable(variable)) => Self::Variable(variable.clone()),
            Some(ArgValue::Integer(value)) => Self::Integer(*value),
            _ => Self::Integer(0),
        }
    }

    /// The number; none when the variable holds none.
    pub(super) fn value(&self, context: &SampleContext<'_>) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            Self::Variable(variable) => integer(context.variable(variable)?),
        }
    }
}

fn push_byte(value: u64, byte: &u8) -> u64 {
    value << 8 | u64::from(*byte)
}

/// Bytes as numbers in decimal digits, chunk for chunk.
fn decimal(converter: &Converter, number: fn(&[u8]) -> u64) -> Result<Box<dyn Convert>, String> {
    let chunks = Chunks::new(converter);
    of_text(move |context, bytes| {
        Some(chunks.joined(context, bytes, |chunk| context.arena.text(number(chunk))))
    })
}

/// Two digits for each byte, letters as capitals.
fn hexadecimal<'a>(context: &SampleContext<'a>, bytes: &[u8]) -> &'a [u8] {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = context.arena.bytes(bytes.len() * 2);
    for byte in bytes {
        out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
    }
    out.into_bump_slice()
}

/// How bytes are cut into chunks: `(separator, size, truncate)`.
struct Chunks {
    separator: Vec<u8>,
    /// Bytes of a chunk.
    size: usize,
    /// A last chunk that is too short is left out.
    truncate: bool,
}

impl Chunks {
    fn new(converter: &Converter) -> Self {
        let size = converter.integer(1).and_then(|size| usize::try_from(size).ok());
        Self {
            separator: converter.text(0).map(|text| text.to_vec()).unwrap_or_default(),
            size: size.filter(|size| *size > 0).unwrap_or(usize::MAX),
            truncate: converter.integer(2) == Some(1),
        }
    }

    /// What each chunk is written as, with separators between them, as far as a buffer holds it.
    fn joined<'a>(
        &self,
        context: &SampleContext<'a>,
        bytes: &[u8],
        written: impl Fn(&[u8]) -> &'a [u8],
    ) -> Sample<'a> {
        let room = room(context);
        let mut out = context.arena.bytes(bytes.len() * 2);
        for chunk in bytes.chunks(self.size) {
            if self.truncate && chunk.len() < self.size {
                break;
            }
            let separator: &[u8] = if out.is_empty() { b"" } else { &self.separator };
            let chunk = written(chunk);
            if out.len() + separator.len() + chunk.len() > room {
                break;
            }
            out.extend_from_slice(separator);
            out.extend_from_slice(chunk);
        }
        Sample::Str(out.into_bump_slice())
    }
}
