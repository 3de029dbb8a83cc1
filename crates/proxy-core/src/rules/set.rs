//! A rule set: its rules in order, each with its condition.

use haproxy_cfg::model::{Config, ProxyId, RuleSet};

use super::action::{self, Action};
use super::{Acls, CondPlan, Exec, RuleError, Step, Truth};

/// The rules of one set of one proxy.
#[derive(Debug, Default)]
pub struct RuleSetPlan {
    rules: Box<[RulePlan]>,
}

/// One rule.
#[derive(Debug)]
struct RulePlan {
    /// When it applies; none is always.
    cond: Option<CondPlan>,
    action: Box<dyn Action>,
}

impl RuleSetPlan {
    /// The rules of `set` of the proxy `id`, made ready.
    ///
    /// # Errors
    /// The first rule that is wrong, as only the whole configuration can show.
    pub fn compile(config: &Config, id: ProxyId, set: RuleSet) -> Result<Self, RuleError> {
        let rules = config.proxy(id).rules_of(set).map(|rule| {
            let action = action::make(config, id, rule).map_err(|reason| RuleError {
                span: rule.span,
                reason,
            })?;
            Ok(RulePlan {
                cond: rule.cond.as_ref().map(CondPlan::new),
                action,
            })
        });
        Ok(Self {
            rules: rules.collect::<Result<_, RuleError>>()?,
        })
    }

    /// Whether there are none.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether rule number `at` adds to the early answer of the one before it in any case; what depends on a condition begins
    /// another.
    fn goes_on_hinting(&self, at: usize) -> bool {
        self.rules
            .get(at)
            .is_some_and(|rule| rule.cond.is_none() && rule.action.is_hint())
    }

    /// Applies the rules from number `at` on, which is moved: to be called again with it when a step of the shell's is done.
    pub fn run<'p>(&'p self, acls: &Acls, exec: &mut Exec<'_>, at: &mut usize) -> Step<'p> {
        while let Some(rule) = self.rules.get(*at) {
            if let Some(cond) = &rule.cond {
                let mut cache = std::mem::take(exec.cache);
                let truth = cond.truth(acls, &exec.context(), &mut cache);
                *exec.cache = cache;
                match truth {
                    Truth::Yes => {}
                    Truth::No => {
                        *at += 1;
                        continue;
                    }
                    Truth::Maybe => return Step::Wait,
                }
            }
            // Only there what an action looks at may still come.
            let may_wait = !(exec.body.complete && exec.payload.complete);
            exec.undecided.set(false);
            let step = rule.action.apply(exec);
            if may_wait && exec.undecided.get() {
                return Step::Wait;
            }
            if matches!(step, Step::Wait) {
                return step;
            }
            *at += 1;
            if rule.action.is_hint() && !exec.hints.is_empty() && !self.goes_on_hinting(*at) {
                return Step::Hint;
            }
            match step {
                Step::Next => {}
                Step::Edited => exec.cache.message_changed(acls),
                Step::Readdressed => exec.cache.reset(),
                step => return step,
            }
        }
        Step::Stop
    }
}
