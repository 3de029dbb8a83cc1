//! Actions on variables.

use haproxy_cfg::keywords::Output;
use haproxy_cfg::signature::Value;

use super::{Action, Compile, Make};
use crate::format::FormatPlan;
use crate::rules::{Exec, Step};
use crate::sample::{
    Expression, Named, Sample, SampleContext, VariableCondition, set_variable, unset_variable,
};

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
    ("unset-var*", |at| {
        Ok(Box::new(Unset {
            variable: named(at)?.0,
        }))
    }),
];

/// The variable of a rule, and when it is set.
fn named(at: Compile<'_>) -> Result<(Named, Vec<VariableCondition>), String> {
    let Some(Value::List(values)) = at.rule.value("variable") else {
        return Err(at.missing("variable"));
    };
    let Some((Value::Variable(variable), conditions)) = values.split_first() else {
        return Err(at.missing("variable"));
    };
    let conditions = conditions
        .iter()
        .map(|condition| VariableCondition::new(condition.bytes()));
    Ok((Named::new(variable), conditions.collect::<Result<_, _>>()?))
}

/// Sets `variable` if all `conditions` hold.
fn set(
    context: &SampleContext<'_>,
    (variable, conditions): &(Named, Vec<VariableCondition>),
    sample: Sample<'_>,
) {
    if conditions
        .iter()
        .all(|condition| condition.holds(context, variable, sample))
    {
        // One that finds no room is not set, as with the original.
        let _ = set_variable(context, variable, sample);
    }
}

/// `set-var`: nothing is changed where there is no sample.
#[derive(Debug)]
struct Set {
    variable: (Named, Vec<VariableCondition>),
    value: Expression,
}

impl Action for Set {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let context = exec.context();
        if let Some(sample) = self.value.sample(&context) {
            set(&context, &self.variable, sample);
        }
        Step::Next
    }
}

/// `set-var-fmt`.
#[derive(Debug)]
struct SetText {
    variable: (Named, Vec<VariableCondition>),
    /// None for one that is empty.
    value: Option<FormatPlan>,
}

impl Action for SetText {
    fn apply<'p>(&'p self, exec: &mut Exec<'_>) -> Step<'p> {
        let context = exec.context();
        let text = self.value.as_ref().map_or(&b""[..], |value| value.text(&context));
        set(&context, &self.variable, Sample::Str(text));
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
        // One whose scope is gone is not set.
        let _ = unset_variable(&exec.context(), &self.variable);
        Step::Next
    }
}
