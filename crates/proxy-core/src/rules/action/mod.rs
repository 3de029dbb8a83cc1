//! Actions: a family a file, each with the table of its rows. A row has the action's name and the function that makes it ready
//! with its arguments.

mod address;
mod auth;
mod bandwidth;
mod cache;
mod capture;
mod flow;
mod header;
mod line;
mod log;
mod map;
mod normalize;
mod packed;
mod packet;
mod redirect;
mod reply;
mod resolve;
mod status;
mod stream;
mod table;
mod uri;
mod variable;

use std::sync::LazyLock;

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{Config, Format, ProxyId, Rule, Sample};
use haproxy_cfg::signature::Value;
use rustc_hash::FxHashMap;

pub use resolve::Lookup;

use super::{Capturing, Exec, Step};
use crate::format::FormatPlan;
use crate::http1::NoRoom;
use crate::sample::Expression;

/// An action made ready.
pub(crate) trait Action: Send + Sync + std::fmt::Debug {
    /// Does it.
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p>;

    /// It waits for bytes that its sample is still missing. Most take what is there as all that comes.
    fn waits_for_sample(&self) -> bool {
        false
    }

    /// It adds to an early answer, which is sent unless the next rule adds to it in any case.
    fn is_hint(&self) -> bool {
        false
    }
}

/// What is known while actions are made ready.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Compile<'a> {
    /// The configuration.
    pub(crate) config: &'a Config,
    /// The proxy that the rule stands in.
    pub(crate) proxy: ProxyId,
    /// The rule.
    pub(crate) rule: &'a Rule,
}

impl<'a> Compile<'a> {
    /// The text of the argument of that name.
    pub(crate) fn text(self, name: &str) -> Result<&'a [u8], String> {
        let text = self.rule.text(name).map(|text| text.as_slice());
        text.ok_or_else(|| self.missing(name))
    }

    /// The format string that the argument of that name is.
    pub(crate) fn format(self, name: &str) -> Result<FormatPlan, String> {
        let format = self.rule.format(name).ok_or_else(|| self.missing(name))?;
        self.format_of(format)
    }

    /// The same where it becomes part of a message's head.
    pub(crate) fn format_in_head(self, name: &str) -> Result<FormatPlan, String> {
        Ok(self.format(name)?.in_head())
    }

    /// A format string of the rule.
    pub(crate) fn format_of(self, format: &Format) -> Result<FormatPlan, String> {
        FormatPlan::compile(self.config, self.proxy, format)
    }

    /// The regular expression that the argument of that name is.
    pub(crate) fn regex(self, name: &str) -> Result<Capturing, String> {
        match self.rule.value(name) {
            Some(Value::Regex(source)) => Capturing::new(source, false),
            _ => Err(self.missing(name)),
        }
    }

    /// The sample expression that the argument of that name is, as one that gives `wanted`.
    pub(crate) fn sample(self, name: &str, wanted: Output) -> Result<Expression, String> {
        let sample = self.rule.sample(name).ok_or_else(|| self.missing(name))?;
        self.sample_of(sample, wanted)
    }

    /// A sample expression of the rule.
    pub(crate) fn sample_of(self, sample: &Sample, wanted: Output) -> Result<Expression, String> {
        Expression::compile(self.config, self.proxy, sample, wanted)
    }

    /// The signature gives what an action looks for, so this tells a mistake of ours.
    pub(crate) fn missing(self, name: &str) -> String {
        format!(
            "the argument '{name}' of '{}' is not of the kind expected",
            self.rule.action
        )
    }
}

/// Makes an action ready.
///
/// # Errors
/// What is wrong with it.
pub(crate) type Make = fn(Compile<'_>) -> Result<Box<dyn Action>, String>;

/// All families: names of actions, as the language's rows have them, and what makes them ready.
const TABLES: &[&[(&str, Make)]] = &[
    address::ROWS,
    auth::ROWS,
    bandwidth::ROWS,
    cache::ROWS,
    capture::ROWS,
    flow::ROWS,
    header::ROWS,
    line::ROWS,
    log::ROWS,
    map::ROWS,
    normalize::ROWS,
    packed::ROWS,
    packet::ROWS,
    redirect::ROWS,
    reply::ROWS,
    resolve::ROWS,
    status::ROWS,
    stream::ROWS,
    table::ROWS,
    uri::ROWS,
    variable::ROWS,
];

/// By name.
static BY_NAME: LazyLock<FxHashMap<&'static str, Make>> =
    LazyLock::new(|| TABLES.iter().flat_map(|rows| rows.iter().copied()).collect());

/// The action of `rule`, made ready.
pub(super) fn make(config: &Config, proxy: ProxyId, rule: &Rule) -> Result<Box<dyn Action>, String> {
    match BY_NAME.get(rule.action) {
        Some(make) => make(Compile { config, proxy, rule }),
        // A test holds the rows of the language to these tables.
        None => Err(format!("the action '{}' is not known", rule.action)),
    }
}

/// What follows an edit of a head. One that failed is counted (`wrew` of the statistics).
pub(crate) fn edited<'p>(result: Result<(), NoRoom>, exec: &mut Exec<'_>) -> Step<'p> {
    match result {
        Ok(()) => Step::Edited,
        Err(NoRoom) => {
            if let Some(stream) = &mut exec.stream {
                stream.failed_edits += 1;
            }
            if exec.strict { Step::Failed } else { Step::Next }
        }
    }
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::keywords::actions_that_act;

    use super::BY_NAME;

    #[test]
    fn what_the_language_says_is_done_is_done() {
        let acting: Vec<_> = actions_that_act().collect();
        for name in &acting {
            assert!(BY_NAME.contains_key(name), "{name}");
        }
        for name in BY_NAME.keys() {
            // Old keywords of their own bring those.
            assert!(acting.contains(name) || name.ends_with("-line"), "{name}");
        }
    }
}
