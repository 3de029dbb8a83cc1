//! `tune.*` lines.

use syntax::Diagnostic;

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::{given, kept, once_number};
use crate::keywords::GLOBAL_INDEX;
use crate::signature::{ReadArgument, TIME_WORDS, Value};
use crate::values::{Time, TimeError, Unit, integer, size, time};

/// `tune.idletimer`: a time up to 65535 ms.
pub(crate) const IDLE_TIME: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    if cursor.peek().is_some() {
        return Some(Value::Millis(0));
    }
    let got = shown(word);
    let message = match time(&word.text, Unit::Millisecond) {
        Ok(Time { value, stray: None }) if value <= 65535 => return Some(Value::Millis(value)),
        Ok(Time {
            value,
            stray: Some(byte),
        }) if value <= 65535 => {
            return super::super::timeout::stray(reading, subject, word, value, byte).map(Value::Millis);
        }
        Err(TimeError::Underflow) => return Some(Value::Millis(1)),
        Ok(_) => format!("'{}' expects a timer value between 0 and 65535 ms.", subject.name),
        Err(TimeError::Overflow) => subject.words(
            "timer overflow in argument <{got}> to <{kw}>, maximum value is 65535 ms.",
            &got,
        ),
        Err(TimeError::Unexpected(byte)) => subject
            .words(TIME_WORDS.unexpected, &got)
            .replace("{byte}", &char::from(byte).to_string()),
    };
    let told = Diagnostic::alert("bad-time", message).at(word.span);
    subject.tell(reading, told.help("write a time up to 65s"));
    None
});

/// `warn-blocked-traffic-after`: a time from 1 to 1000 ms.
pub(crate) const BLOCKED_TIME: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let got = shown(word);
    let message = match time(&word.text, Unit::Millisecond) {
        Ok(Time { value, stray: None }) if (1..=1000).contains(&value) => return Some(Value::Millis(value)),
        Err(TimeError::Underflow) => return Some(Value::Millis(1)),
        Ok(_) => subject.words(
            "timer out of range in argument '{got}' to '{kw}' (value must be between 1 and 1000 ms)",
            &got,
        ),
        Err(TimeError::Overflow) => subject.words(
            "timer overflow in argument '{got}' to '{kw}' (maximum value is 1000 ms)",
            &got,
        ),
        Err(TimeError::Unexpected(byte)) => subject
            .words(TIME_WORDS.unexpected, &got)
            .replace("{byte}", &char::from(byte).to_string()),
    };
    subject.alert(
        reading,
        "bad-time",
        word.span,
        message,
        "write a time from 1ms to 1s",
    );
    None
});

/// Bytes that variables may take: a number, up to 3.4 without a unit.
pub(crate) const VARS_SIZE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let with_unit = size(&word.text)
        .filter(|_| !reading.dialect.strict || reading.dialect.at_least(3, 5))
        .and_then(|size| i64::try_from(size).ok());
    if let Some(value) = with_unit.or_else(|| integer(&word.text)) {
        return Some(Value::Int(value));
    }
    let message = format!("{}: '{}' is an invalid size", subject.name, shown(word));
    let told = Diagnostic::alert("bad-size", message).at(word.span);
    subject.tell(reading, told.help("write a number of bytes"));
    None
});

/// `tune.streams-elasticity`: 0, or percents from 100 on.
pub(crate) const ELASTICITY: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    if cursor.peek().is_some() {
        return Some(Value::Int(0));
    }
    if let Some(percent) = integer(&word.text).filter(|percent| *percent == 0 || *percent >= 100) {
        return Some(Value::Int(percent));
    }
    let message = format!(
        "'{}' expects 0 or a positive percentage value of 100 or above",
        subject.name
    );
    subject.alert(
        reading,
        "bad-number",
        word.span,
        message,
        "write 0, or a number from 100 on",
    );
    None
});

/// A keyword that has to be allowed as an experiment.
pub(crate) fn experimental(reading: &mut Reading<'_>, line: &Line<'_>) {
    let bare = GLOBAL_INDEX
        .find(&line.keyword().text)
        .and_then(|row| row.signature)
        .is_some_and(<[_]>::is_empty);
    // What takes no word is told of one first.
    if bare && line.arg(0).is_some() && given(reading, line).is_none() {
        return;
    }
    // The switch alone of these needs leave in 3.1 and 3.2 only.
    let free = bare && (reading.spoken_before(3, 1) || reading.dialect.at_least(3, 3));
    if !reading.written.experimental && !free {
        let name = shown(line.keyword()).into_owned();
        let message = format!(
            "'{name}' directive is experimental, must be allowed via a global 'expose-experimental-directives'"
        );
        let told = Diagnostic::alert("experimental", message).at(line.keyword().span);
        return reading.tell(told.help("write in front of it: expose-experimental-directives"));
    }
    kept(reading, line);
}

/// `tune.…` lines that are acted on or shown.
pub(crate) fn tune(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else { return };
    let once = [
        "tune.maxaccept",
        "tune.rcvbuf.client",
        "tune.rcvbuf.server",
        "tune.sndbuf.client",
        "tune.sndbuf.server",
    ];
    if once.contains(&given.name) && !once_number(reading, line, &given) {
        return;
    }
    let value = given
        .arguments
        .first()
        .and_then(|argument| argument.value.number());
    let value = value.unwrap_or(0);
    let number = u32::try_from(value.max(0)).unwrap_or(u32::MAX);
    let tune = &mut reading.written.global.tune;
    let size = u64::try_from(value).unwrap_or(0);
    match given.name {
        "tune.vars.global-max-size" => tune.vars.global = size,
        "tune.vars.proc-max-size" => tune.vars.process = size,
        "tune.vars.sess-max-size" => tune.vars.session = size,
        "tune.vars.txn-max-size" => tune.vars.transaction = size,
        "tune.vars.reqres-max-size" => tune.vars.request = size,
        "tune.h2.header-table-size" => tune.h2.header_table_size = number,
        "tune.h2.initial-window-size" => tune.h2.initial_window_size = number,
        "tune.h2.fe.initial-window-size" => tune.h2.fe_initial_window_size = Some(number),
        "tune.h2.be.initial-window-size" => tune.h2.be_initial_window_size = Some(number),
        "tune.h2.be.max-concurrent-streams" => tune.h2.be_max_concurrent_streams = Some(number),
        "tune.h2.max-concurrent-streams" => tune.h2.max_concurrent_streams = number,
        "tune.h2.fe.max-concurrent-streams" => tune.h2.fe_max_concurrent_streams = Some(number),
        "tune.h2.fe.max-total-streams" => tune.h2.fe_max_total_streams = number,
        "tune.h2.max-frame-size" => tune.h2.max_frame_size = number,
        "tune.h2.fe.glitches-threshold" => tune.h2.fe_glitches_threshold = number,
        "tune.h2.be.glitches-threshold" => tune.h2.be_glitches_threshold = number,
        "tune.h2.fe.rxbuf" => tune.h2.fe_rxbuf = Some(number),
        "tune.h2.be.rxbuf" => tune.h2.be_rxbuf = Some(number),
        "tune.stick-counters" => tune.stick_counters = number,
        "tune.bufsize" => tune.bufsize = number,
        "tune.maxrewrite" => tune.maxrewrite = number,
        "tune.http.maxhdr" => tune.http_maxhdr = number,
        "tune.http.cookielen" => tune.http_cookielen = number,
        "tune.http.logurilen" => tune.http_logurilen = number,
        "tune.pipesize" => tune.pipesize = Some(number),
        "tune.peers.max-updates-at-once" => tune.peers_updates = number,
        "tune.maxaccept" => tune.maxaccept = i32::try_from(value).ok(),
        "tune.rcvbuf.client" => tune.clients.receive = Some(number),
        "tune.rcvbuf.server" => tune.servers.receive = Some(number),
        "tune.sndbuf.server" => tune.servers.send = Some(number),
        _ => tune.clients.send = Some(number),
    }
}
