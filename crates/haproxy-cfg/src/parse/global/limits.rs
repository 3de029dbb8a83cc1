//! Limits of connections, descriptors and checks.

use syntax::Context;

use super::super::line::{Line, Prefix};
use super::super::reading::Reading;
use super::{given, once_number};
use crate::model::CloseSpread;
use crate::signature::{Given, Value};

/// The number of a line; one that is negative or too large counts as 0 or as the largest.
fn number(given: &Given) -> u32 {
    let value = given.get("number").and_then(Value::number).unwrap_or(0);
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

pub(crate) fn maxconn(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once_number(reading, line, &given)
    {
        reading.written.global.maxconn = Some(number(&given));
    }
}

pub(crate) fn maxpipes(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once_number(reading, line, &given)
    {
        reading.written.global.maxpipes = Some(number(&given));
    }
}

/// `maxconnrate`.
pub(crate) fn maxconnrate(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once_number(reading, line, &given)
    {
        reading.written.global.rates.connections = limit(&given);
    }
}

/// `maxsessrate`.
pub(crate) fn maxsessrate(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once_number(reading, line, &given)
    {
        reading.written.global.rates.sessions = limit(&given);
    }
}

/// `maxsslrate`.
pub(crate) fn maxsslrate(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once_number(reading, line, &given)
    {
        reading.written.global.rates.tls = limit(&given);
    }
}

/// `mworker-max-reloads`.
pub(crate) fn max_reloads(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line) {
        let most = given.arguments.first().and_then(|most| most.value.number());
        reading.written.global.max_reloads = most.and_then(|most| u32::try_from(most).ok());
    }
}

/// `maxsslconn`.
pub(crate) fn maxsslconn(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line) {
        reading.written.global.maxsslconn = limit(&given);
    }
}

/// The limit that a line sets; 0 is none.
fn limit(given: &Given) -> Option<u32> {
    let value = given
        .arguments
        .first()
        .and_then(|argument| argument.value.number())?;
    u32::try_from(value).ok().filter(|limit| *limit > 0)
}

/// `fd-hard-limit`.
pub(crate) fn fd_hard_limit(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(given) = given(reading, line)
        && once_number(reading, line, &given)
    {
        let most = u64::from(number(&given));
        reading.written.global.descriptors_at_most = Some(most).filter(|most| *most > 0);
    }
}

pub(crate) fn ulimit_n(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line
        .arg(0)
        .is_some_and(|word| matches!(&*word.text, b"unlimited" | b"fd-hard-limit"))
    {
        return reading.tell_read_only("'ulimit-n' without a number", line.span());
    }
    if let Some(given) = given(reading, line)
        && once_number(reading, line, &given)
    {
        reading.written.global.ulimit_n = Some(u64::from(number(&given)));
    }
}

pub(crate) fn hard_stop_after(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(Value::Millis(time)) = given(reading, line).as_ref().and_then(|given| given.get("time")) {
        reading.written.global.hard_stop_after = Some(*time);
    }
}

pub(crate) fn close_spread_time(reading: &mut Reading<'_>, line: &Line<'_>) {
    let given = given(reading, line);
    reading.written.global.close_spread = match given.as_ref().and_then(|given| given.get("time")) {
        Some(Value::Millis(time)) => Some(CloseSpread::Over(*time)),
        // The one word that it may be.
        Some(_) => Some(CloseSpread::Never),
        None => return,
    };
}

pub(crate) fn grace(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(Value::Millis(time)) = given(reading, line).as_ref().and_then(|given| given.get("time")) {
        reading.written.global.grace = Some(*time);
    }
}

pub(crate) fn spread_checks(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let told = reading.diagnostics.len();
    if !once_number(reading, line, &given) {
        // It is worded in its own way.
        for told in reading.diagnostics.iter_mut().skip(told) {
            told.message = "spread-checks already specified. Continuing.".to_owned();
            told.context = Context::ParsingTight;
        }
        return;
    }
    let percent = given.get("percent").and_then(Value::number);
    if let Some(percent) = percent.and_then(|percent| u32::try_from(percent).ok()) {
        reading.written.global.spread_checks = percent;
    }
}

pub(crate) fn max_spread_checks(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(Value::Millis(time)) = given(reading, line).as_ref().and_then(|given| given.get("time")) {
        reading.written.global.max_spread_checks = Some(*time);
    }
}

pub(crate) fn strict_limits(reading: &mut Reading<'_>, line: &Line<'_>) {
    if given(reading, line).is_some() {
        reading.written.global.strict_limits = Some(line.prefix == Prefix::None);
    }
}
