//! Log profiles made ready: what is written at which step.

use std::collections::HashMap;

use haproxy_cfg::model::sections::LogProfile;
use haproxy_cfg::model::{Config, Format, ProxyId, Word};

use crate::format::FormatPlan;
use crate::rules::RuleError;

/// One profile.
#[derive(Debug)]
pub struct ProfilePlan {
    /// `log-tag`.
    pub tag: Option<Word>,
    steps: HashMap<&'static str, StepPlan>,
}

/// What is written at a step.
#[derive(Debug)]
pub struct StepPlan {
    /// Nothing.
    pub drop: bool,
    /// The line; that of the proxy where there is none.
    pub format: Option<FormatPlan>,
    /// Structured data; that of the proxy where there is none.
    pub structured: Option<FormatPlan>,
}

impl ProfilePlan {
    /// All profiles of a configuration, by their names.
    ///
    /// # Errors
    /// What is wrong with a format, as only the whole configuration can show.
    pub(crate) fn all(config: &Config) -> Result<HashMap<Box<[u8]>, Self>, RuleError> {
        let profiles = config.sections.log_profiles.iter();
        profiles
            .map(|profile| Ok((profile.name.as_slice().into(), Self::new(config, profile)?)))
            .collect()
    }

    fn new(config: &Config, profile: &LogProfile) -> Result<Self, RuleError> {
        let ready = |format: &Option<Box<Format>>| {
            let Some(format) = format else { return Ok(None) };
            // Names of proxies are looked up among all.
            FormatPlan::compile_line(config, ProxyId(0), format)
                .map(Some)
                .map_err(|reason| RuleError {
                    span: format.span,
                    reason,
                })
        };
        let mut steps = HashMap::new();
        for step in &profile.steps {
            let plan = StepPlan {
                drop: step.drop,
                format: ready(&step.format)?,
                structured: ready(&step.structured)?,
            };
            steps.insert(step.step, plan);
        }
        Ok(Self {
            tag: profile.tag.clone(),
            steps,
        })
    }

    /// What it says of a step; none where the proxy's own line is written.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&StepPlan> {
        self.steps.get(name).or_else(|| self.steps.get("any"))
    }
}
