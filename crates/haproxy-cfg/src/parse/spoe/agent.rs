//! Lines of `spoe-agent`.

use syntax::{Context, Diagnostic, closest};

use super::{Act, SpoeReading, add_names};
use crate::parse::line::{Line, Prefix, shown};
use crate::parse::log;
use crate::parse::reading::Reading;
use crate::parse::timeout;
use crate::signature::Subject;
use crate::values::{TimeError, Unit, loose_integer, time};
use crate::written::{Set, SpoeAgent};

/// The keywords.
pub(super) const ROWS: &[(&str, Act)] = &[
    ("groups", groups),
    ("log", log_line),
    ("max-frame-size", frame_size),
    ("max-waiting-frames", waiting_frames),
    ("maxconnrate", rate),
    ("maxerrrate", rate),
    ("messages", messages),
    ("option", option),
    ("register-var-names", variables),
    ("timeout", timeout_line),
    ("use-backend", backend),
];

/// Options that stand alone, with whether `no` may stand in front.
const FLAGS: &[(&str, bool)] = &[
    ("async", true),
    ("continue-on-error", false),
    ("dontlog-normal", true),
    ("force-set-var", false),
    ("pipelining", true),
    ("send-frag-payload", true),
];

/// Options with a name that becomes a part of variables' names.
const NAMED: &[&str] = &["set-on-error", "set-process-time", "set-total-time", "var-prefix"];

/// Bytes of a frame, at least and at most.
const FRAME_SIZE: std::ops::RangeInclusive<i64> = 256..=16380;

/// Timeouts, in the order in which the agent keeps them.
pub(super) const TIMEOUTS: [&str; 3] = ["hello", "idle", "processing"];

fn agent(spoe: &mut SpoeReading) -> Option<&mut SpoeAgent> {
    spoe.agent.as_mut()
}

/// Tells that an argument is missing.
fn missing(reading: &mut Reading<'_>, line: &Line<'_>, message: String, help: &str) {
    let told = Diagnostic::alert("missing-argument", message).at(line.behind());
    reading.tell(told.help(help));
}

/// `use-backend NAME`.
fn backend(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(word) = line.arg(0) else {
        let message = "'use-backend' expects a backend name.".to_owned();
        return missing(reading, line, message, "write: use-backend NAME");
    };
    if reading.at_most(line, 1)
        && let Some(agent) = reading.spoe.as_deref_mut().and_then(agent)
    {
        agent.backend = Some(Set::new(word.text.to_vec().into(), word.span));
    }
}

/// `messages NAME …`.
fn messages(reading: &mut Reading<'_>, line: &Line<'_>) {
    add_names(reading, line, "spoe-message", |spoe| {
        agent(spoe).map(|agent| &mut agent.messages)
    });
}

/// `groups NAME …`.
fn groups(reading: &mut Reading<'_>, line: &Line<'_>) {
    add_names(reading, line, "spoe-group", |spoe| {
        agent(spoe).map(|agent| &mut agent.groups)
    });
}

/// `timeout hello|idle|processing TIME`.
fn timeout_line(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(name) = line.arg(0) else {
        let message = "'timeout' expects 'hello', 'idle' and 'processing'.".to_owned();
        return missing(
            reading,
            line,
            message,
            "write for example: timeout processing 15ms",
        );
    };
    let at = TIMEOUTS.iter().position(|known| known.as_bytes() == &*name.text);
    let Some(at) = at else {
        let message = format!(
            "'timeout' supports 'hello', 'idle' or 'processing' (got {}).",
            shown(name)
        );
        let told = Diagnostic::alert("unknown-timeout", message).at(name.span);
        let near = closest(&name.text, TIMEOUTS);
        return reading.tell(told.help(near.map_or_else(
            || "write one of the three".to_owned(),
            |near| format!("did you mean '{near}'?"),
        )));
    };
    let full = format!("timeout {}", TIMEOUTS[at]);
    let Some(word) = line.arg(1) else {
        let message = format!("'{full}' expects an integer value (in milliseconds).");
        return missing(reading, line, message, "write a number with a unit, such as 15ms");
    };
    let millis = match time(&word.text, Unit::Millisecond) {
        Ok(read) => match read.stray {
            None => Some(read.value),
            Some(byte) => {
                let subject = Subject::new(&full, line.behind());
                timeout::stray(reading, &subject, word, read.value, byte)
            }
        },
        Err(TimeError::Unexpected(byte)) => {
            let message = format!("unexpected character '{}' in '{full}'.", char::from(byte));
            let told = Diagnostic::alert("bad-time", message).at(word.span);
            reading.tell(told.help("write a number with a unit, such as 15ms"));
            None
        }
        Err(TimeError::Overflow) => {
            let message = format!(
                "timer overflow in argument <{}> to <{full}>, maximum value is 2147483647 ms (~24.8 days).",
                shown(word)
            );
            let told = Diagnostic::alert("time-overflow", message)
                .at(word.span)
                .context(Context::ParsingTight);
            reading.tell(told.help("write a smaller time"));
            None
        }
        Err(TimeError::Underflow) => {
            let message = format!(
                "timer underflow in argument <{}> to <{full}>, minimum non-null value is 1 ms.",
                shown(word)
            );
            let told = Diagnostic::alert("time-underflow", message)
                .at(word.span)
                .context(Context::ParsingTight);
            reading.tell(told.help("write 1ms, or more"));
            None
        }
    };
    if let Some(millis) = millis
        && reading.at_most(line, 2)
        && let Some(agent) = reading.spoe.as_deref_mut().and_then(agent)
    {
        agent.timeouts[at] = millis;
    }
}

/// `[no] option NAME`.
fn option(reading: &mut Reading<'_>, line: &Line<'_>) {
    let tight = |reading: &mut Reading<'_>, code: &'static str, span, message: String, help: &str| {
        let told = Diagnostic::alert(code, message)
            .at(span)
            .context(Context::ParsingTight);
        reading.tell(told.help(help.to_owned()));
    };
    let Some(word) = line.arg(0) else {
        let message = "'option' expects an option name.".to_owned();
        return tight(
            reading,
            "missing-argument",
            line.behind(),
            message,
            "write for example: option var-prefix NAME",
        );
    };
    let name = shown(word).into_owned();
    if let Some((_, negatable)) = FLAGS.iter().find(|(known, _)| *known == name) {
        if line.prefix != Prefix::None && !negatable {
            let message = format!("negation is not supported for option '{name}'.");
            return tight(reading, "not-negatable", word.span, message, "remove the line");
        }
        reading.at_most(line, 1);
        return;
    }
    if line.prefix != Prefix::None {
        let message = format!("negation is not supported for option '{name}'.");
        return tight(reading, "not-negatable", word.span, message, "remove the line");
    }
    if !NAMED.contains(&&*name) {
        let message = format!("option '{name}' is not supported.");
        let names = FLAGS.iter().map(|(name, _)| *name);
        let help = closest(&word.text, names.chain(NAMED.iter().copied())).map_or_else(
            || "remove it".to_owned(),
            |near| format!("did you mean '{near}'?"),
        );
        return tight(reading, "unknown-option", word.span, message, &help);
    }
    let Some(value) = line.arg(1) else {
        let message = format!("'option {name}' expects a value.");
        let help = format!("write: option {name} NAME");
        return tight(reading, "missing-argument", line.behind(), message, &help);
    };
    let allowed = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    if !value.text.iter().all(allowed) {
        let message = format!("'option {name}' only supports [a-zA-Z0-9_.] chars.");
        return tight(
            reading,
            "bad-name",
            value.span,
            message,
            "use letters, digits, '_' and '.'",
        );
    }
    reading.at_most(line, 2);
}

/// `log …`: as in proxies.
fn log_line(reading: &mut Reading<'_>, line: &Line<'_>) {
    log::agent_log(reading, line);
}

/// `register-var-names NAME …`.
fn variables(reading: &mut Reading<'_>, line: &Line<'_>) {
    if line.arg(0).is_none() {
        let message = format!("'{}' expects one or more variable names.", shown(line.keyword()));
        missing(reading, line, message, "write: register-var-names NAME");
    }
}

/// The number of the line, where it has one.
fn number(reading: &mut Reading<'_>, line: &Line<'_>) -> Option<i64> {
    let Some(word) = line.arg(0) else {
        let message = format!("'{}' expects an integer argument.", shown(line.keyword()));
        missing(reading, line, message, "write a number");
        return None;
    };
    reading.at_most(line, 1).then(|| loose_integer(&word.text).value)
}

/// `maxconnrate NUMBER`, `maxerrrate NUMBER`.
fn rate(reading: &mut Reading<'_>, line: &Line<'_>) {
    number(reading, line);
}

/// `max-frame-size BYTES`.
fn frame_size(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(size) = number(reading, line)
        && !FRAME_SIZE.contains(&size)
    {
        let message = format!(
            "'max-frame-size' expects a positive integer argument in the range [{}, {}].",
            FRAME_SIZE.start(),
            FRAME_SIZE.end()
        );
        let span = line.arg(0).map_or(line.span(), |word| word.span);
        reading.alert("bad-number", span, message);
    }
}

/// `max-waiting-frames NUMBER`.
fn waiting_frames(reading: &mut Reading<'_>, line: &Line<'_>) {
    // Since 3.1 no frame waits there, and the line is read over.
    let judged = !reading.dialect.strict || !reading.dialect.at_least(3, 1);
    if number(reading, line) == Some(0) && judged {
        let message = "'max-waiting-frames' expects a positive integer argument.";
        let span = line.arg(0).map_or(line.span(), |word| word.span);
        reading.alert("bad-number", span, message);
    }
}
