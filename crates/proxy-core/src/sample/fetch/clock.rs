//! Fetches of the time, and of how long what took.

use haproxy_cfg::model::Sample as Written;

use super::client::early;
use super::{Fetch, Row, row, single};
use crate::format::{idle_time, time_to_request, user_time};
use crate::sample::{Sample, SampleContext};
use crate::stream::{Stream, since};

pub(super) const ROWS: &[Row] = &[
    row(&["date"], |_, sample| {
        let offset = sample.integer(0).unwrap_or(0);
        let unit = Unit::of(sample, 1);
        single(move |context| {
            let us = i64::try_from(context.world.epoch_us()).ok()?;
            Some(Sample::Int(unit.of_us(us).wrapping_add(offset)))
        })
    }),
    row(&["date_us"], |_, _| {
        single(|context| {
            let us = context.world.epoch_us() % 1_000_000;
            i64::try_from(us).ok().map(Sample::Int)
        })
    }),
    row(&["accept_date"], |_, sample| {
        at_time(sample, |context| Some(context.client.accepted_ms))
    }),
    row(&["request_date"], |_, sample| {
        at_time(sample, |context| match context.stream?.log.started_ms {
            0 => Some(context.client.accepted_ms),
            started => Some(started),
        })
    }),
    row(&["uptime"], |_, _| {
        single(|context| {
            let now = context.world.epoch_us() / 1_000_000;
            i64::try_from(now.saturating_sub(context.runtime.started_at))
                .ok()
                .map(Sample::Int)
        })
    }),
    row(&["fc.timer.handshake"], |at, _| {
        let is_early = early(at);
        single(move |context| {
            context.stream.map(drop).or(is_early)?;
            Some(Sample::Int(context.client.handshake_ms.into()))
        })
    }),
    row(&["fc.timer.total"], |_, _| {
        single(|context| {
            context.stream?;
            let total = since(context.client.accepted_ms, context.world.now_ms());
            Some(Sample::Int(total.into()))
        })
    }),
    row(&["req.timer.hdr"], |_, _| {
        timer(|stream, _| since(stream.log.started_ms, stream.log.request_ms))
    }),
    row(&["req.timer.queue"], |_, _| {
        timer(|stream, _| since(stream.log.request_ms, stream.route.queued_until_ms))
    }),
    row(&["bc.timer.connect"], |_, _| {
        timer(|stream, _| since(stream.route.queued_until_ms, stream.route.connected_ms))
    }),
    row(&["res.timer.hdr"], |_, _| {
        timer(|stream, _| since(stream.route.connected_ms, stream.log.response_ms))
    }),
    row(&["res.timer.data"], |_, _| {
        timer(|stream, now| since(stream.log.response_ms, now))
    }),
    row(&["req.timer.idle"], |_, _| {
        single(|context| Some(Sample::Int(idle_time(context)?.into())))
    }),
    row(&["req.timer.tq"], |_, _| {
        single(|context| Some(Sample::Int(time_to_request(context)?.into())))
    }),
    row(&["txn.timer.user"], |_, _| {
        single(|context| Some(Sample::Int(user_time(context)?.into())))
    }),
    row(&["txn.timer.total"], |_, _| {
        timer(|stream, now| since(stream.log.started_ms, now))
    }),
];

/// The unit of a date.
#[derive(Clone, Copy)]
enum Unit {
    Seconds,
    Milliseconds,
    Microseconds,
}

impl Unit {
    /// The one that argument `index` names; seconds without one.
    fn of(sample: &Written, index: usize) -> Self {
        match sample.text(index).map(|unit| unit.as_slice()) {
            Some(b"ms") => Self::Milliseconds,
            Some(b"us") => Self::Microseconds,
            _ => Self::Seconds,
        }
    }

    fn of_us(self, us: i64) -> i64 {
        match self {
            Self::Seconds => us / 1_000_000,
            Self::Milliseconds => us / 1000,
            Self::Microseconds => us,
        }
    }
}

/// The date at a time of the process's clock.
fn at_time(
    sample: &Written,
    time: for<'a> fn(&SampleContext<'a>) -> Option<u64>,
) -> Result<Box<dyn Fetch>, String> {
    let unit = Unit::of(sample, 0);
    single(move |context| {
        let us = context.world.epoch_us_at(time(context)?);
        Some(Sample::Int(unit.of_us(i64::try_from(us).ok()?)))
    })
}

/// Milliseconds that something of the stream took, by the time now; -1 while it is not over.
fn timer(read: fn(&Stream, u64) -> i32) -> Result<Box<dyn Fetch>, String> {
    single(move |context| {
        let now = context.world.now_ms();
        Some(Sample::Int(read(context.stream?, now).into()))
    })
}
