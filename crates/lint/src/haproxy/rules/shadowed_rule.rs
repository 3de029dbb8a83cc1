//! A rule that earlier ones leave nothing to do.

use haproxy_cfg::model::{Cond, Proxy, RuleSet, SwitchTarget};
use rustc_hash::FxHashMap;
use syntax::Severity;
use syntax::Span;

use super::super::conditions::Conditions;
use super::super::logic::{Formula, satisfiable};
use super::{Findings, Rule, View};

pub(super) const RULE: Rule = Rule {
    code: "shadowed-rule",
    title: "A rule that earlier ones leave nothing to do",
    level: Severity::Warning,
    why: "Whatever its condition lets through has been taken by a rule above it, which ends the evaluation or chooses \
           a backend. Nothing ever comes to it.",
    mend: "put the narrower rule above the wider one, or remove it",
    check,
};

/// Steps after which nothing is claimed of two rules.
const STEPS_FOR_TWO: usize = 300;

/// The same of a rule and all before it.
const STEPS_FOR_ALL: usize = 3_000;

/// How many rules above are looked at for what they take together, and one by one.
const TOGETHER: usize = 12;
const ONE_BY_ONE: usize = 48;

fn check(view: &View<'_>, out: &mut Findings<'_>) {
    for (_, _, proxy) in view.proxies() {
        let switches = proxy.use_backend.iter().map(|rule| Step {
            cond: rule.cond.as_ref(),
            span: rule.span,
            effect: match rule.backend {
                SwitchTarget::Backend(_) => Effect::Ends,
                // A name that is computed may be that of no backend.
                SwitchTarget::Named(_) => Effect::Nothing,
            },
        });
        // A use_backend behind one without a condition has a rule of its own.
        let switches: Vec<Step<'_>> = switches
            .take_while(|step| step.cond.is_some() || step.effect == Effect::Nothing)
            .collect();
        judge(proxy, &switches, out);
        for set in [
            RuleSet::TcpConnection,
            RuleSet::TcpSession,
            RuleSet::TcpContent,
            RuleSet::HttpRequest,
            RuleSet::Redirect,
            RuleSet::HttpResponse,
        ] {
            let steps: Vec<Step<'_>> = proxy
                .rules_of(set)
                .map(|rule| Step {
                    cond: rule.cond.as_ref(),
                    span: rule.span,
                    effect: effect(set, rule.action),
                })
                .collect();
            judge(proxy, &steps, out);
        }
    }
}

/// What a rule does to those behind it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// It ends the evaluation where it acts.
    Ends,
    /// It changes what conditions may look at.
    Changes,
    /// It leaves all as it is.
    Nothing,
}

struct Step<'a> {
    cond: Option<&'a Cond>,
    span: Span,
    effect: Effect,
}

fn effect(set: RuleSet, action: &str) -> Effect {
    match action {
        "deny" | "tarpit" | "redirect" | "return" | "auth" | "reject" | "silent-drop" | "allow"
        | "accept" | "close" | "redirect prefix" | "redirect location" | "redirect scheme" => Effect::Ends,
        _ if set == RuleSet::Redirect || action.starts_with("use-service") => Effect::Ends,
        "set-log-level"
        | "capture"
        | "set-nice"
        | "set-mark"
        | "set-tos"
        | "set-bandwidth-limit"
        | "set-timeout"
        | "early-hint"
        | "disable-l7-retry"
        | "do-log"
        | "set-priority-class"
        | "set-priority-offset" => Effect::Nothing,
        _ => Effect::Changes,
    }
}

/// A rule above that ends the evaluation.
struct Before {
    formula: Formula,
    span: Span,
}

fn judge(proxy: &Proxy, steps: &[Step<'_>], out: &mut Findings<'_>) {
    if steps.len() < 2 {
        return;
    }
    let mut conditions = Conditions::new(proxy);
    let mut before: Vec<Before> = Vec::new();
    // The same condition once more is found however many rules stand between.
    let mut known: FxHashMap<String, Span> = FxHashMap::default();
    for step in steps {
        let formula = match step.cond {
            None => Some(Formula::All(Vec::new())),
            Some(cond) => conditions.formula(cond),
        };
        if let Some(formula) = &formula {
            let text = format!("{formula:?}");
            if let Some(first) = known
                .get(&text)
                .copied()
                .or_else(|| taken(formula, &before, &conditions))
            {
                if first == step.span {
                    // Both are one line of `defaults`.
                    continue;
                }
                let finding = out.finding(step.span, "this rule never acts: rules above it leave it nothing");
                out.add(finding.label(first, "this one takes what would come to it"));
                continue;
            }
            if step.effect == Effect::Ends {
                known.insert(text, step.span);
            }
        }
        match (step.effect, formula) {
            (Effect::Ends, Some(formula)) => before.push(Before {
                formula,
                span: step.span,
            }),
            // What was true above need not be any more.
            (Effect::Changes, _) => {
                before.clear();
                known.clear();
            }
            _ => {}
        }
    }
}

/// The rule above that takes all that the condition lets through, or the last of those that do so together.
fn taken(formula: &Formula, before: &[Before], conditions: &Conditions<'_>) -> Option<Span> {
    let tests = &conditions.tests;
    // A condition that never holds is another finding.
    if satisfiable(&[formula], tests, STEPS_FOR_TWO) != Some(true) {
        return None;
    }
    let recent = &before[before.len().saturating_sub(ONE_BY_ONE)..];
    let alone = recent.iter().find(|earlier| {
        let left = earlier.formula.not();
        satisfiable(&[formula, &left], tests, STEPS_FOR_TWO) == Some(false)
    });
    if let Some(earlier) = alone {
        return Some(earlier.span);
    }
    let recent = &before[before.len().saturating_sub(TOGETHER)..];
    let left: Vec<Formula> = recent.iter().map(|earlier| earlier.formula.not()).collect();
    let mut all: Vec<&Formula> = vec![formula];
    all.extend(&left);
    let together = satisfiable(&all, tests, STEPS_FOR_ALL) == Some(false);
    recent.last().filter(|_| together).map(|earlier| earlier.span)
}
