//! Actions on the stream: the level of its log line, its place in queues, its timeouts.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{LogLevel, Millis};
use haproxy_cfg::signature::Value;

use super::packet::Number;
use super::{Action, Compile, Make};
use crate::rules::{Exec, Step};
use crate::sample::{Expression, Sample};
use crate::stream::{Priority, Settings};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("set-log-level", |at| {
        let level = at.rule.value("level").and_then(Value::word).unwrap_or("silent");
        Ok(Box::new(SetLogLevel(level_of(level))))
    }),
    ("strict-mode", |at| {
        let on = at.rule.value("mode").and_then(Value::word) == Some("on");
        Ok(Box::new(StrictMode(on)))
    }),
    ("set-timeout", set_timeout),
    ("pause", |at| {
        Ok(Box::new(Pause(Time::of(at, at.rule.value("time"))?)))
    }),
    ("set-nice", |at| {
        let nice = at.rule.value("nice").and_then(Value::number);
        Ok(Box::new(SetNice(nice.ok_or_else(|| at.missing("nice"))?)))
    }),
    ("set-retries", |at| {
        Ok(Box::new(SetRetries(Number::of(at, "retries")?)))
    }),
    ("set-priority-class", |at| {
        let value = at.sample("class", Output::Sint)?;
        Ok(Box::new(SetPriority {
            value,
            set: |priority, class| priority.class = class.clamp(-2047, 2047) as i16,
        }))
    }),
    ("set-priority-offset", |at| {
        let value = at.sample("offset", Output::Sint)?;
        Ok(Box::new(SetPriority {
            value,
            set: |priority, offset| priority.offset = offset.clamp(-524_287, 524_287) as i32,
        }))
    }),
];

/// None for `silent`.
fn level_of(word: &str) -> Option<LogLevel> {
    Some(match word {
        "emerg" => LogLevel::Emerg,
        "alert" => LogLevel::Alert,
        "crit" => LogLevel::Crit,
        "err" => LogLevel::Err,
        "warning" => LogLevel::Warning,
        "notice" => LogLevel::Notice,
        "info" => LogLevel::Info,
        "debug" => LogLevel::Debug,
        _ => return None,
    })
}

/// `set-log-level`.
#[derive(Debug)]
struct SetLogLevel(Option<LogLevel>);

impl Action for SetLogLevel {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if let Some(stream) = &mut exec.stream {
            stream.settings.log_level = Some(self.0);
        }
        Step::Next
    }
}

/// `set-nice`.
#[derive(Debug)]
struct SetNice(i64);

impl Action for SetNice {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        exec.world.set_nice(self.0);
        Step::Next
    }
}

/// `strict-mode`, for the rest of the set.
#[derive(Debug)]
struct StrictMode(bool);

impl Action for StrictMode {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        exec.strict = self.0;
        Step::Next
    }
}

/// The timeout that a word names, in what rules settled.
type Slot = fn(&mut Settings) -> &mut Option<Millis>;

fn set_timeout(at: Compile<'_>) -> Result<Box<dyn Action>, String> {
    let Some(Value::Option(which, values)) = at.rule.value("timeout") else {
        return Err(at.missing("timeout"));
    };
    let slot: Slot = match *which {
        "client" => |settings| &mut settings.client_timeout,
        "connect" => |settings| &mut settings.connect_timeout,
        "queue" => |settings| &mut settings.queue_timeout,
        "tarpit" => |settings| &mut settings.tarpit_timeout,
        "tunnel" => |settings| &mut settings.tunnel_timeout,
        _ => |settings| &mut settings.server_timeout,
    };
    let time = Time::of(at, values.first().map(|argument| &argument.value))?;
    Ok(Box::new(SetTimeout { slot, time }))
}

/// `set-timeout`.
#[derive(Debug)]
struct SetTimeout {
    slot: Slot,
    time: Time,
}

/// A time in milliseconds.
#[derive(Debug)]
enum Time {
    Fixed(Millis),
    Computed(Expression),
}

impl Time {
    fn of(at: Compile<'_>, value: Option<&Value>) -> Result<Self, String> {
        Ok(match value {
            Some(Value::Sample(sample)) => Self::Computed(at.sample_of(sample, Output::Sint)?),
            Some(value) => {
                let ms = value.number().and_then(|ms| Millis::try_from(ms).ok());
                Self::Fixed(ms.ok_or_else(|| at.missing("time"))?)
            }
            None => return Err(at.missing("time")),
        })
    }

    /// None where the sample is missing, or no time.
    fn value(&self, exec: &Exec<'_>) -> Option<Millis> {
        match self {
            Self::Fixed(time) => Some(*time),
            Self::Computed(expression) => exec
                .sample(expression, |sample| match sample {
                    Sample::Int(ms) => Millis::try_from(ms).ok(),
                    _ => None,
                })
                .flatten(),
        }
    }
}

/// `pause`.
#[derive(Debug)]
struct Pause(Time);

impl Action for Pause {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        self.0.value(exec).map_or(Step::Next, Step::Pause)
    }
}

impl Action for SetTimeout {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if let (Some(time), Some(stream)) = (self.time.value(exec), &mut exec.stream) {
            *(self.slot)(&mut stream.settings) = Some(time);
        }
        Step::Next
    }
}

/// `set-retries`.
#[derive(Debug)]
struct SetRetries(Number);

impl Action for SetRetries {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let retries = self.0.value(exec).and_then(|retries| u32::try_from(retries).ok());
        if let (Some(retries), Some(stream)) = (retries, &mut exec.stream) {
            stream.settings.retries = Some(retries);
        }
        Step::Next
    }
}

/// `set-priority-class`, `set-priority-offset`.
#[derive(Debug)]
struct SetPriority {
    value: Expression,
    set: fn(&mut Priority, i64),
}

impl Action for SetPriority {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let value = exec.sample(&self.value, |sample| match sample {
            Sample::Int(value) => Some(value),
            _ => None,
        });
        if let (Some(Some(value)), Some(stream)) = (value, &mut exec.stream) {
            (self.set)(&mut stream.settings.priority, value);
        }
        Step::Next
    }
}
