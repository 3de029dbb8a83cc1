//! `use_backend`: rules in the file's order, with runs that look at one thing decided by one look-up.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use haproxy_cfg::model::{Cond, Config, Polarity, ProxyId, SwitchRule, SwitchTarget};
use rustc_hash::{FxHashMap, FxHashSet};

use super::pattern::Line;
use super::{Acls, Cache, CondPlan, RuleError, RuleNumber, Told, Truth, Watch};
use crate::format::FormatPlan;
use crate::sample::SampleContext;

/// Rules in a row over one group of ACLs from which a run is worth its table.
const SHORTEST_RUN: usize = 4;

/// The `use_backend` rules of a frontend.
#[derive(Debug, Default)]
pub struct SwitchPlan {
    steps: Vec<Step>,
    /// `force-be-switch`.
    force: Box<[CondPlan]>,
}

#[derive(Debug)]
enum Step {
    Rule(Option<CondPlan>, Target),
    /// Rules over one group: by line the first rule that it is enough for, and by rule the backend.
    Run {
        /// The first of its rules, counted among those of the frontend.
        first_rule: usize,
        group: u32,
        first_line: Line,
        rule_of: Vec<u32>,
        backends: Vec<ProxyId>,
    },
}

/// Where a rule leads.
#[derive(Debug)]
enum Target {
    Backend(ProxyId),
    /// To the backend of the name that this gives, if there is one.
    Named(FormatPlan),
}

impl Target {
    fn compile(config: &Config, own: ProxyId, rule: &SwitchRule) -> Result<Self, RuleError> {
        Ok(match &rule.backend {
            SwitchTarget::Backend(backend) => Self::Backend(*backend),
            SwitchTarget::Named(format) => {
                let plan = FormatPlan::compile(config, own, format);
                Self::Named(plan.map_err(|reason| RuleError {
                    span: rule.span,
                    reason,
                })?)
            }
        })
    }

    fn choose(&self, context: &SampleContext<'_>) -> Option<ProxyId> {
        match self {
            Self::Backend(backend) => Some(*backend),
            Self::Named(format) => {
                let name = format.text(context);
                let mut proxies = context.config.proxies.iter();
                let at = proxies.position(|p| p.kind.is_backend() && *p.name == *name)?;
                Some(ProxyId(u32::try_from(at).ok()?))
            }
        }
    }
}

impl SwitchPlan {
    /// The rules of the frontend `own`, with its `acls`.
    ///
    /// # Errors
    /// A rule whose name's format cannot be made ready.
    pub fn compile(config: &Config, own: ProxyId, acls: &Acls) -> Result<Self, RuleError> {
        let rules = &config.proxy(own).use_backend[..];
        let mut steps = Vec::new();
        let mut groups = FxHashMap::default();
        let group_of: Vec<Option<u32>> = rules
            .iter()
            .map(|rule| group_of(acls, rule, &mut groups))
            .collect();
        let mut rest = rules;
        while !rest.is_empty() {
            let ahead = &group_of[rules.len() - rest.len()..];
            let group = ahead[0];
            let run = match group {
                Some(_) => ahead.iter().take_while(|other| **other == group).count(),
                None => 1,
            };
            let (now, later) = rest.split_at(run);
            match group {
                Some(group) if run >= SHORTEST_RUN => {
                    steps.push(run_of(group, rules.len() - rest.len(), now));
                }
                _ => {
                    for rule in now {
                        let target = Target::compile(config, own, rule)?;
                        steps.push(Step::Rule(rule.cond.as_ref().map(CondPlan::new), target));
                    }
                }
            }
            rest = later;
        }
        let force = config.proxy(own).force_switch.iter().map(CondPlan::new);
        Ok(Self {
            steps,
            force: force.collect(),
        })
    }

    /// Tells `watch` of the rules of `use_backend` of the proxy at hand up to the first that applies. `cache` as for
    /// [`CondPlan::holds`].
    pub fn tell(acls: &Acls, context: &SampleContext<'_>, cache: &mut Cache, watch: &dyn Watch) {
        for (at, rule) in context.config.proxy(context.proxy).use_backend.iter().enumerate() {
            let (truth, terms) = match &rule.cond {
                Some(cond) => CondPlan::new(cond).truth_told(acls, context, cache),
                None => (Truth::Yes, Vec::new()),
            };
            watch.looked(Told {
                proxy: context.proxy,
                rule: RuleNumber::Switch(at),
                truth,
                terms,
                done: None,
            });
            if truth == Truth::Yes {
                return;
            }
        }
    }

    /// The backend of the first rule that applies, but for those that are passed by. `cache` as for [`CondPlan::holds`].
    pub fn choose(&self, acls: &Acls, context: &SampleContext<'_>, cache: &mut Cache) -> Option<ProxyId> {
        self.steps.iter().find_map(|step| match step {
            Step::Rule(cond, target) => {
                let applies = cond.as_ref().is_none_or(|cond| cond.holds(acls, context, cache));
                let backend = applies.then(|| target.choose(context)).flatten()?;
                self.admits(backend, acls, context, cache).then_some(backend)
            }
            Step::Run {
                first_rule,
                group,
                first_line,
                rule_of,
                backends,
            } => {
                let mut first = u32::MAX;
                acls.lines_that_hold(*group, context, &mut |line| {
                    let rule = line
                        .checked_sub(*first_line)
                        .and_then(|at| rule_of.get(at as usize));
                    first = first.min(rule.copied().unwrap_or(u32::MAX));
                });
                let backend = backends.get(first as usize).copied()?;
                if self.admits(backend, acls, context, cache) {
                    return Some(backend);
                }
                // The table knows the first rule of each line alone: those behind it are looked at one by one.
                let rules = &context.config.proxy(context.proxy).use_backend;
                let run = first_rule + first as usize + 1..first_rule + backends.len();
                rules.get(run)?.iter().find_map(|rule| {
                    let SwitchTarget::Backend(backend) = rule.backend else {
                        return None;
                    };
                    let cond = rule.cond.as_ref().map(CondPlan::new);
                    let applies = cond.is_none_or(|cond| cond.holds(acls, context, cache));
                    (applies && self.admits(backend, acls, context, cache)).then_some(backend)
                })
            }
        })
    }

    /// Whether a backend may be chosen: not one that is unpublished, or disabled, unless `force-be-switch` says so.
    pub fn admits(
        &self,
        backend: ProxyId,
        acls: &Acls,
        context: &SampleContext<'_>,
        cache: &mut Cache,
    ) -> bool {
        let state = &context.runtime.proxies[backend.0 as usize];
        !state.unpublished.load(Relaxed)
            || backend == context.proxy
            || self.force.iter().any(|cond| cond.holds(acls, context, cache))
    }
}

/// The one group that decides a rule: its alternatives are single ACLs, none negated, all of that group.
///
/// `known` remembers the group of ACLs that were asked for, as rules share them.
fn group_of(acls: &Acls, rule: &SwitchRule, known: &mut FxHashMap<*const u32, Option<u32>>) -> Option<u32> {
    if !matches!(rule.backend, SwitchTarget::Backend(_)) {
        return None;
    }
    let cond = rule.cond.as_ref().filter(|c| c.polarity == Polarity::If)?;
    let mut of_acls = acls_of(cond)?.map(|lines| {
        *known.entry(lines.as_ptr()).or_insert_with(|| {
            let mut groups = lines.iter().map(|line| acls.group_of(*line));
            let first = groups.next()??;
            groups.all(|group| group == Some(first)).then_some(first)
        })
    });
    let first = of_acls.next()??;
    of_acls.all(|group| group == Some(first)).then_some(first)
}

/// The ACLs any of which is enough, if the condition is of that form; each as its lines.
fn acls_of(cond: &Cond) -> Option<impl Iterator<Item = &Arc<[Line]>> + '_> {
    let simple = cond
        .any_of
        .iter()
        .all(|terms| matches!(&terms[..], [term] if !term.negated));
    simple.then(|| cond.any_of.iter().flatten().map(|term| &term.acls))
}

fn run_of(group: u32, first_rule: usize, rules: &[SwitchRule]) -> Step {
    let mut pairs: Vec<(Line, u32)> = Vec::new();
    // A later rule over the same ACL is never the first.
    let mut seen = FxHashSet::default();
    for (at, rule) in rules.iter().enumerate() {
        for lines in rule.cond.as_ref().and_then(acls_of).into_iter().flatten() {
            if seen.insert(lines.as_ptr()) {
                pairs.extend(lines.iter().map(|line| (*line, at as u32)));
            }
        }
    }
    let first_line = pairs.iter().map(|(line, _)| *line).min().unwrap_or(0);
    let last_line = pairs.iter().map(|(line, _)| *line).max().unwrap_or(0);
    let mut rule_of = vec![u32::MAX; (last_line - first_line) as usize + 1];
    for (line, rule) in pairs {
        let slot = &mut rule_of[(line - first_line) as usize];
        *slot = (*slot).min(rule);
    }
    Step::Run {
        first_rule,
        group,
        first_line,
        rule_of,
        backends: rules
            .iter()
            .filter_map(|rule| match rule.backend {
                SwitchTarget::Backend(backend) => Some(backend),
                // None of a run: see `group_of`.
                SwitchTarget::Named(_) => None,
            })
            .collect(),
    }
}
