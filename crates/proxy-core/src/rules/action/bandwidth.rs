//! Limits of bandwidth, switched on for a stream.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{BandwidthScope, Millis};
use haproxy_cfg::signature::Value;

use bstr::ByteSlice;

use super::{Action, Compile, Make};
use crate::bandwidth::{Pace, Way};
use crate::rules::{Exec, Step};
use crate::sample::{Expression, Sample};
use crate::table::{Key, sample_type};

pub(super) const ROWS: &[(&str, Make)] = &[("set-bandwidth-limit", |at| {
    let name = at.text("filter")?;
    let filters = &at.config.proxy(at.proxy).bandwidth;
    let number = filters.iter().position(|filter| filter.name.as_slice() == name);
    let number = number.ok_or_else(|| format!("there is no limit of bandwidth '{}'", name.as_bstr()))?;
    let filter = &filters[number];
    let way = if filter.incoming { Way::Up } else { Way::Down };
    // Filters of the frontend and of the backend work side by side.
    let number = at.proxy.0.wrapping_mul(256).wrapping_add(number as u32);
    let min = filter.min;
    match &filter.scope {
        BandwidthScope::Stream { limit, period } => Ok(Box::new(Own {
            number,
            way,
            pace: Pace {
                limit: *limit,
                period: *period,
                min,
            },
            limit: Amount::of(at, "limit")?,
            period: Amount::of(at, "period")?,
        })),
        BandwidthScope::Shared { limit, key, table } => {
            let table = at.config.table(table);
            let table = table.ok_or_else(|| at.missing("filter"))?;
            let kind = at.config.tables[table].key;
            Ok(Box::new(Shared {
                number,
                way,
                limit: *limit,
                min,
                key: at.sample_of(key, sample_type(kind))?,
                table,
            }))
        }
    }
})];

/// A number that is written, or computed.
#[derive(Debug)]
enum Amount {
    Written(u64),
    Computed(Expression),
}

impl Amount {
    /// None where the rule does not say.
    fn of(at: Compile<'_>, option: &str) -> Result<Option<Self>, String> {
        let Some(values) = at.rule.option(option) else {
            return Ok(None);
        };
        Ok(Some(match values.first().map(|argument| &argument.value) {
            Some(Value::Sample(sample)) => Self::Computed(at.sample_of(sample, Output::Sint)?),
            Some(value) => {
                let number = value.number().and_then(|number| u64::try_from(number).ok());
                Self::Written(number.ok_or_else(|| at.missing(option))?)
            }
            None => return Err(at.missing(option)),
        }))
    }

    /// None where the sample is missing or no number above 0: the filter's own counts then.
    fn value(&self, exec: &Exec<'_>) -> Option<u64> {
        let number = match self {
            Self::Written(number) => Some(*number),
            Self::Computed(expression) => exec
                .sample(expression, |sample| match sample {
                    Sample::Int(number) => u64::try_from(number).ok(),
                    _ => None,
                })
                .flatten(),
        };
        number.filter(|number| *number > 0)
    }
}

/// A limit of each stream's own.
#[derive(Debug)]
struct Own {
    number: u32,
    way: Way,
    pace: Pace,
    limit: Option<Amount>,
    period: Option<Amount>,
}

impl Action for Own {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let said = |amount: &Option<Amount>| amount.as_ref().and_then(|amount| amount.value(exec));
        let mut pace = self.pace;
        pace.limit = said(&self.limit).unwrap_or(pace.limit);
        if let Some(period) = said(&self.period) {
            pace.period = Millis::try_from(period).unwrap_or(Millis::MAX);
        }
        let now = exec.world.now_ms();
        if let Some(stream) = &mut exec.stream {
            let limits = stream.limits.get_or_insert_default();
            limits.switch_on(self.number, self.way, pace, now);
        }
        Step::Next
    }
}

/// A limit that streams with the same key share.
#[derive(Debug)]
struct Shared {
    number: u32,
    way: Way,
    limit: u64,
    min: u64,
    key: Expression,
    table: usize,
}

impl Action for Shared {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let tables = &exec.runtime.tables;
        let table = tables.get(self.table);
        let context = exec.context();
        let sample = self.key.sample(&context);
        let key = sample.and_then(|sample| Key::of(table.key_type(), sample, context.arena));
        let Some(key) = key else { return Step::Next };
        let pace = Pace {
            limit: self.limit,
            period: table.period(self.way.rate()),
            min: self.min,
        };
        let now = exec.world.now_ms();
        if let Some(stream) = &mut exec.stream {
            stream.limits.get_or_insert_default().switch_on_shared(
                self.number,
                (self.way, pace),
                (tables, self.table),
                &key,
                now,
            );
        }
        Step::Next
    }
}
