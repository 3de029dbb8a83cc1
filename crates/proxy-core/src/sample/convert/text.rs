//! Converters of text as a whole.

use super::{Row, of_text, row};
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[
    row(&["lower"], |_, _| {
        of_text(|context, text| {
            let mut out = context.arena.bytes(text.len());
            out.extend(text.iter().map(u8::to_ascii_lowercase));
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
    row(&["upper"], |_, _| {
        of_text(|context, text| {
            let mut out = context.arena.bytes(text.len());
            out.extend(text.iter().map(u8::to_ascii_uppercase));
            Some(Sample::Str(out.into_bump_slice()))
        })
    }),
    row(&["length"], |_, _| {
        of_text(|_, text| Some(Sample::Int(i64::try_from(text.len()).unwrap_or(i64::MAX))))
    }),
];
