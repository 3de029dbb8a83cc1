//! Variables of the process that the `global` section sets (manual, section 3.1: `set-var`, `set-var-fmt`).

use haproxy_cfg::keywords::Output;
use haproxy_cfg::model::{self, Config, ProxyId};

use crate::format::FormatPlan;
use crate::rules::RuleError;
use crate::sample::{Expression, Named, Sample, SampleContext, set_variable};

/// A variable, and what it is set to.
#[derive(Debug)]
pub struct Preset {
    variable: Named,
    value: Value,
}

#[derive(Debug)]
enum Value {
    Sample(Expression),
    Text(FormatPlan),
}

impl Preset {
    /// All of a configuration, in their order.
    ///
    /// # Errors
    /// What is wrong with an expression, as only the whole configuration can show.
    pub(crate) fn all(config: &Config) -> Result<Box<[Self]>, RuleError> {
        let presets = config.global.variables.iter();
        presets.map(|preset| Self::new(config, preset)).collect()
    }

    pub(crate) fn new(config: &Config, preset: &model::Preset) -> Result<Self, RuleError> {
        // Names of proxies are looked up among all.
        let value = match &preset.value {
            model::PresetValue::Sample(sample) => {
                Expression::compile(config, ProxyId(0), sample, Output::Any).map(Value::Sample)
            }
            model::PresetValue::Format(format) => {
                FormatPlan::compile(config, ProxyId(0), format).map(Value::Text)
            }
        };
        let value = value.map_err(|reason| RuleError {
            span: preset.span,
            reason,
        })?;
        Ok(Self {
            variable: Named::new(&preset.variable),
            value,
        })
    }

    /// Sets the variable. An expression that gives nothing leaves it as it is.
    pub fn set(&self, context: &SampleContext<'_>) {
        let sample = match &self.value {
            Value::Sample(expression) => expression.sample(context),
            Value::Text(format) => Some(Sample::Str(format.text(context))),
        };
        if let Some(sample) = sample {
            // One that finds no room is not set, as with the original.
            let _ = set_variable(context, &self.variable, sample);
        }
    }
}
