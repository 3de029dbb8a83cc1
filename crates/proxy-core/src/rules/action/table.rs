//! Actions on stick tables: entries are tracked, and their counters and tags changed.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::signature::Value;

use super::{Action, Compile, Make};
use crate::rules::{Exec, Step};
use crate::sample::entry::{Counter, more};
use crate::sample::{Expression, Sample};
use crate::table::{Data, Entry, Key, sample_type};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("track-sc*", |at| {
        let name = match at.rule.option("table") {
            Some(values) => values.first().and_then(|name| name.value.text()).cloned(),
            None => None,
        };
        // A name that is left out in a TCP rule is empty.
        let name = name.filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| at.config.proxy(at.proxy).name.clone());
        let table = (at.config.table(&name)).ok_or_else(|| format!("there is no stick table '{name}'"))?;
        Ok(Box::new(Track {
            counter: number(at, "counter")?,
            table,
            key: at.sample("key", sample_type(at.config.tables[table].key))?,
        }))
    }),
    ("sc-inc-gpc*", |at| {
        let (index, tracked) = indexed(at, "counter")?;
        Ok(Box::new(Count {
            tracked,
            counter: Counter::Of(index),
            value: None,
        }))
    }),
    ("sc-inc-gpc0*", |at| {
        Ok(Box::new(Count {
            tracked: number(at, "counter")?,
            counter: Counter::Old(Data::Gpc0, Data::Gpc0Rate),
            value: None,
        }))
    }),
    ("sc-inc-gpc1*", |at| {
        Ok(Box::new(Count {
            tracked: number(at, "counter")?,
            counter: Counter::Old(Data::Gpc1, Data::Gpc1Rate),
            value: None,
        }))
    }),
    ("sc-add-gpc*", |at| {
        let (index, tracked) = indexed(at, "counter")?;
        Ok(Box::new(Count {
            tracked,
            counter: Counter::Of(index),
            value: Some(Amount::of(at)?),
        }))
    }),
    ("sc-set-gpt*", |at| {
        let (index, tracked) = indexed(at, "tag")?;
        Ok(Box::new(Tag {
            tracked,
            index: Some(index),
            value: Amount::of(at)?,
        }))
    }),
    ("sc-set-gpt0*", |at| {
        Ok(Box::new(Tag {
            tracked: number(at, "tag")?,
            index: None,
            value: Amount::of(at)?,
        }))
    }),
];

fn number(at: Compile<'_>, name: &str) -> Result<usize, String> {
    let number = at.rule.value(name).and_then(Value::number);
    let number = number.and_then(|number| usize::try_from(number).ok());
    number.ok_or_else(|| at.missing(name))
}

/// The number in an array, and that of the tracked entry.
fn indexed(at: Compile<'_>, name: &str) -> Result<(u32, usize), String> {
    let Some(Value::List(values)) = at.rule.value(name) else {
        return Err(at.missing(name));
    };
    match &values[..] {
        [Value::Int(index), Value::Int(tracked)] => Ok((
            u32::try_from(*index).unwrap_or(u32::MAX),
            usize::try_from(*tracked).unwrap_or(usize::MAX),
        )),
        _ => Err(at.missing(name)),
    }
}

/// A number that is written, or computed.
#[derive(Debug)]
enum Amount {
    Written(i64),
    Computed(Expression),
}

impl Amount {
    fn of(at: Compile<'_>) -> Result<Self, String> {
        match at.rule.value("value") {
            Some(Value::Int(number)) => Ok(Self::Written(*number)),
            _ => Ok(Self::Computed(at.sample("value", Output::Sint)?)),
        }
    }

    fn number(&self, exec: &Exec<'_>) -> Option<i64> {
        match self {
            Self::Written(number) => Some(*number),
            Self::Computed(expression) => exec.sample(expression, |sample| match sample {
                Sample::Int(number) => Some(number),
                _ => None,
            })?,
        }
    }
}

/// Shows `see` the entry that is tracked under a number, and touches it.
fn tracked(exec: &Exec<'_>, number: usize, see: impl FnOnce(&mut Entry<'_>)) {
    let of_stream = exec.stream.as_ref().and_then(|stream| stream.tracked.get(number));
    if let Some((table, place)) = of_stream.or_else(|| exec.client.tracked.get(number)) {
        // Tables keep 32 bits of the time.
        table.touch_at(place, exec.world.now_ms() as u32, see);
    }
}

/// `track-sc`: nothing happens where something is tracked under that number already, where there is no key, or no room.
#[derive(Debug)]
struct Track {
    counter: usize,
    table: usize,
    key: Expression,
}

impl Action for Track {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let counter = self.counter;
        let of_stream = exec
            .stream
            .as_ref()
            .and_then(|stream| stream.tracked.get(counter));
        if of_stream.or_else(|| exec.client.tracked.get(counter)).is_some() {
            return Step::Next;
        }
        let kind = exec.config.tables[self.table].key;
        let context = exec.context();
        let sample = self.key.sample(&context);
        let Some(key) = sample.and_then(|sample| Key::of(kind, sample, context.arena)) else {
            return Step::Next;
        };
        let now = exec.world.now_ms() as u32;
        // A request that is there counts, and so does what became of it.
        let is_request = exec.request.is_some() || exec.response.is_some();
        let status = exec.response.as_ref().map(|(_, head)| head.status);
        let begin = |entry: &mut Entry<'_>| {
            if is_request {
                entry.count(Data::HttpReqCnt, Data::HttpReqRate, 1);
            }
            if let Some((number, rate)) = status.and_then(Data::of_status) {
                entry.count(number, rate, 1);
            }
        };
        let tracked = match &mut exec.stream {
            Some(stream) => &mut stream.tracked,
            None => &mut exec.client.tracked,
        };
        tracked.track(&exec.runtime.tables, (counter, self.table), &key, now, begin);
        Step::Next
    }

    fn waits_for_sample(&self) -> bool {
        true
    }
}

/// `sc-inc-gpc` and `sc-add-gpc`.
#[derive(Debug)]
struct Count {
    tracked: usize,
    counter: Counter,
    /// One where there is none.
    value: Option<Amount>,
}

impl Action for Count {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let value = self.value.as_ref().map_or(Some(1), |value| value.number(exec));
        if let Some(value) = value {
            // Counters wrap at 32 bits.
            tracked(exec, self.tracked, |entry| {
                more(entry, self.counter, u64::from(value as u32));
            });
        }
        Step::Next
    }
}

/// `sc-set-gpt`.
#[derive(Debug)]
struct Tag {
    tracked: usize,
    /// In the array; none is the tag by its old name.
    index: Option<u32>,
    value: Amount,
}

impl Action for Tag {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        if let Some(value) = self.value.number(exec) {
            tracked(exec, self.tracked, |entry| {
                let field = match self.index {
                    Some(index) => entry.field(Data::Gpt, index),
                    None => entry.plain(Data::Gpt0),
                };
                if let Some(field) = field {
                    entry.set(field, u64::from(value as u32));
                }
            });
        }
        Step::Next
    }
}
