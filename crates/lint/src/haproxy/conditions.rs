//! The conditions of a proxy's rules as formulas, for what follows from them: rules that never come to their turn, conditions
//! that never hold.

use haproxy_cfg::model::{Acl, Cond, CondTerm, Polarity, Proxy};
use rustc_hash::FxHashMap;

use super::expression::{Test, is_volatile, key, tests};
use super::logic::Formula;

/// The tests and formulas of one proxy.
pub(super) struct Conditions<'a> {
    acls: &'a [Acl],
    /// By number, as formulas name them.
    pub(super) tests: Vec<Test>,
    numbers: FxHashMap<(u32, String), u32>,
    expressions: FxHashMap<String, u32>,
    /// The formulas of ACL lines that were asked for.
    lines: FxHashMap<u32, Option<Formula>>,
}

impl<'a> Conditions<'a> {
    pub(super) fn new(proxy: &'a Proxy) -> Self {
        Self {
            acls: &proxy.acls,
            tests: Vec::new(),
            numbers: FxHashMap::default(),
            expressions: FxHashMap::default(),
            lines: FxHashMap::default(),
        }
    }

    /// A condition as a formula; none where it looks at what changes from one look to the next.
    pub(super) fn formula(&mut self, cond: &Cond) -> Option<Formula> {
        let any = cond
            .any_of
            .iter()
            .map(|terms| self.all(terms))
            .collect::<Option<_>>()?;
        let formula = Formula::Any(any);
        Some(match cond.polarity {
            Polarity::If => formula,
            Polarity::Unless => formula.not(),
        })
    }

    /// Terms that must all hold.
    pub(super) fn all(&mut self, terms: &[CondTerm]) -> Option<Formula> {
        let all = terms.iter().map(|term| self.term(term)).collect::<Option<_>>()?;
        Some(Formula::All(all))
    }

    fn term(&mut self, term: &CondTerm) -> Option<Formula> {
        // Lines that could not be read are missing: nothing is known of the ACL.
        if term.acls.is_empty() {
            return None;
        }
        let lines = term
            .acls
            .iter()
            .map(|line| self.line(*line))
            .collect::<Option<_>>()?;
        let formula = Formula::Any(lines);
        Some(if term.negated { formula.not() } else { formula })
    }

    fn line(&mut self, line: u32) -> Option<Formula> {
        if let Some(known) = self.lines.get(&line) {
            return known.clone();
        }
        let formula = self.line_anew(line);
        self.lines.insert(line, formula.clone());
        formula
    }

    fn line_anew(&mut self, line: u32) -> Option<Formula> {
        let acl = self.acls.get(line as usize)?;
        match acl.sample.fetch.name {
            "always_true" if acl.sample.converters.is_empty() => return Some(Formula::All(Vec::new())),
            "always_false" if acl.sample.converters.is_empty() => return Some(Formula::Any(Vec::new())),
            _ if is_volatile(&acl.sample) => return None,
            _ => {}
        }
        let next = u32::try_from(self.expressions.len()).ok()?;
        let expression = *self.expressions.entry(key(&acl.sample)).or_insert(next);
        let any = tests(acl, expression)
            .into_iter()
            .map(|test| Some(Formula::Is(self.number(test)?, true)))
            .collect::<Option<_>>()?;
        Some(Formula::Any(any))
    }

    fn number(&mut self, test: Test) -> Option<u32> {
        let next = u32::try_from(self.tests.len()).ok()?;
        let number = *self
            .numbers
            .entry((test.expression, format!("{:?}", test.what)))
            .or_insert(next);
        if number == next {
            self.tests.push(test);
        }
        Some(number)
    }
}
