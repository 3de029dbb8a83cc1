//! Actions on variables.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::signature::Value;

use super::{Action, Compile, Make};
use crate::format::FormatPlan;
use crate::rules::{Exec, Step};
use crate::sample::{Expression, Named, Sample, set_variable, unset_variable};

pub(super) const ROWS: &[(&str, Make)] = &[
    ("set-var*", |at| {
        Ok(Box::new(Set {
            variable: named(at)?,
            value: at.sample("value", Output::Any)?,
        }))
    }),
    ("set-var-fmt*", |at| {
        let value = match at.rule.value("value") {
            Some(Value::Format(format)) => Some(at.format_of(format)?),
            _ => None,
        };
        Ok(Box::new(SetText {
            variable: named(at)?,
            value,
        }))
    }),
    ("unset-var*", |at| Ok(Box::new(Unset { variable: named(at)? }))),
];

fn named(at: Compile<'_>) -> Result<Named, String> {
    match at.rule.value("variable") {
        Some(Value::Variable(variable)) => Ok(Named::new(variable)),
        _ => Err(at.missing("variable")),
    }
}

/// `set-var`: nothing is changed where there is no sample.
#[derive(Debug)]
struct Set {
    variable: Named,
    value: Expression,
}

impl Action for Set {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let context = exec.context();
        if let Some(sample) = self.value.sample(&context) {
            set_variable(&context, &self.variable, sample);
        }
        Step::Next
    }
}

/// `set-var-fmt`.
#[derive(Debug)]
struct SetText {
    variable: Named,
    /// None for one that is empty.
    value: Option<FormatPlan>,
}

impl Action for SetText {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let context = exec.context();
        let text = self.value.as_ref().map_or(&b""[..], |value| value.text(&context));
        set_variable(&context, &self.variable, Sample::Str(text));
        Step::Next
    }
}

/// `unset-var`.
#[derive(Debug)]
struct Unset {
    variable: Named,
}

impl Action for Unset {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        unset_variable(&exec.context(), &self.variable);
        Step::Next
    }
}
