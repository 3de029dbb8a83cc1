//! Fetches of the time.

use super::{Row, row, single};
use crate::sample::Sample;

pub(super) const ROWS: &[Row] = &[row(&["date"], |_, sample| {
    let offset = sample.integer(0).unwrap_or(0);
    // The word of the unit; seconds without one.
    let unit = sample.text(1).cloned();
    single(move |context| {
        let us = i64::try_from(context.world.epoch_us()).ok()?;
        Some(Sample::Int(match unit.as_ref().map(|unit| unit.as_slice()) {
            Some(b"ms") => us / 1000 + offset,
            Some(b"us") => us + offset,
            _ => us / 1_000_000 + offset,
        }))
    })
})];
