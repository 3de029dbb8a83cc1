//! A rule set: its rules in order, each with its condition.

use haproxy_cfg::model::{Config, ProxyId, RuleSet};

use super::action::{self, Action};
use super::{Acls, CondPlan, Exec, RuleError, RuleNumber, Step, TermTold, Told, Truth, Watch};
use crate::stream::RulePlace;

/// The rules of one set of one proxy.
#[derive(Debug, Default)]
pub struct RuleSetPlan {
    rules: Box<[RulePlan]>,
    set: Option<RuleSet>,
}

/// One rule.
#[derive(Debug)]
struct RulePlan {
    /// When it applies; none is always.
    cond: Option<CondPlan>,
    action: Box<dyn Action>,
    /// Where it stands, where that is remembered of the rules of its set.
    place: Option<RulePlace>,
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
                place: (!matches!(set, RuleSet::Redirect | RuleSet::Stats)).then_some(RulePlace {
                    file: rule.span.file.0,
                    line: rule.line,
                }),
            })
        });
        Ok(Self {
            rules: rules.collect::<Result<_, RuleError>>()?,
            set: Some(set),
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
        let step = self.walk::<Unwatched>(acls, exec, at, None);
        self.settle(exec, *at, &step);
        step
    }

    /// As [`Self::run`], telling `watch` of each rule.
    pub fn run_watched<'p>(
        &'p self,
        acls: &Acls,
        exec: &mut Exec<'_>,
        at: &mut usize,
        watch: &dyn Watch,
    ) -> Step<'p> {
        let step = self.walk(acls, exec, at, Some(&watch));
        self.settle(exec, *at, &step);
        step
    }

    /// Writes down what the set waits for.
    #[inline]
    fn settle(&self, exec: &mut Exec<'_>, at: usize, step: &Step<'_>) {
        if let Some(stream) = &mut exec.stream
            && !stream.waited_in_vain
        {
            let place = |number: usize| self.rules.get(number).and_then(|rule| rule.place);
            stream.waits_for = match step {
                Step::Wait => place(at),
                Step::Pause(_) | Step::Resolve(_) | Step::AwaitBody(_) => at.checked_sub(1).and_then(place),
                _ => None,
            };
        }
    }

    /// Goes from rule to rule. Without a `watch`, whose type is known here, nothing is left of telling it.
    fn walk<'p, W: Tell>(
        &'p self,
        acls: &Acls,
        exec: &mut Exec<'_>,
        at: &mut usize,
        watch: Option<&W>,
    ) -> Step<'p> {
        while let Some(rule) = self.rules.get(*at) {
            let mut terms = Vec::new();
            if let Some(cond) = &rule.cond {
                let mut cache = std::mem::take(exec.cache);
                let truth = match watch {
                    None => cond.truth(acls, &exec.context(), &mut cache),
                    Some(_) => {
                        let truth;
                        (truth, terms) = cond.truth_told(acls, &exec.context(), &mut cache);
                        truth
                    }
                };
                *exec.cache = cache;
                match truth {
                    Truth::Yes => {}
                    Truth::No => {
                        self.tell(watch, exec.proxy, *at, truth, terms, None);
                        *at += 1;
                        continue;
                    }
                    Truth::Maybe => return Step::Wait,
                }
            }
            // Only there what an action looks at may still come.
            let complete = (exec.body.complete, exec.payload.complete);
            let may_wait = complete != (true, true) && rule.action.waits_for_sample();
            if !may_wait {
                (exec.body.complete, exec.payload.complete) = (true, true);
            }
            exec.undecided.set(false);
            let step = rule.action.apply(exec);
            (exec.body.complete, exec.payload.complete) = complete;
            if may_wait && exec.undecided.get() {
                return Step::Wait;
            }
            if matches!(step, Step::Wait) {
                return step;
            }
            self.tell(watch, exec.proxy, *at, Truth::Yes, terms, Some(&step));
            *at += 1;
            if rule.action.is_hint() && !exec.hints.is_empty() && !self.goes_on_hinting(*at) {
                return Step::Hint;
            }
            match step {
                Step::Next => {}
                Step::Edited => exec.cache.message_changed(acls),
                Step::Readdressed => exec.cache.reset(),
                step => {
                    if step.is_final()
                        && let Some(stream) = &mut exec.stream
                        && rule.place.is_some()
                    {
                        stream.ended_by = rule.place;
                    }
                    return step;
                }
            }
        }
        Step::Stop
    }

    fn tell<W: Tell>(
        &self,
        watch: Option<&W>,
        proxy: ProxyId,
        at: usize,
        truth: Truth,
        terms: Vec<TermTold>,
        step: Option<&Step<'_>>,
    ) {
        if let (Some(watch), Some(set)) = (watch, self.set) {
            watch.tell(Told {
                proxy,
                rule: RuleNumber::Set(set, at),
                truth,
                terms,
                done: step.map(Step::told),
            });
        }
    }
}

/// Who is told, if anybody.
trait Tell {
    fn tell(&self, told: Told);
}

/// Nobody: there is no value of it.
enum Unwatched {}

impl Tell for Unwatched {
    fn tell(&self, _: Told) {
        match *self {}
    }
}

impl Tell for &dyn Watch {
    fn tell(&self, told: Told) {
        self.looked(told);
    }
}
