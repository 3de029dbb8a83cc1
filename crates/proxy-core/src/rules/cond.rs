//! Conditions.

use std::sync::Arc;

use haproxy_cfg::model::{Cond, Polarity};

use super::pattern::Line;
use super::{Acls, Cache};
use crate::sample::SampleContext;

/// A condition over the ACLs of the proxy it stands in.
#[derive(Clone, Debug)]
pub struct CondPlan {
    unless: bool,
    any_of: Box<[Box<[Term]>]>,
}

#[derive(Clone, Debug)]
struct Term {
    negated: bool,
    lines: Arc<[Line]>,
}

impl CondPlan {
    /// The compiled form of `cond`.
    #[must_use]
    pub fn new(cond: &Cond) -> Self {
        let all_of = |terms: &Vec<haproxy_cfg::model::CondTerm>| {
            terms
                .iter()
                .map(|term| Term {
                    negated: term.negated,
                    lines: Arc::clone(&term.acls),
                })
                .collect()
        };
        Self {
            unless: cond.polarity == Polarity::Unless,
            any_of: cond.any_of.iter().map(all_of).collect(),
        }
    }

    /// Whether what stands behind the condition applies. `acls` are those of the condition's proxy, and `cache` was last
    /// used with the same ones or reset since.
    pub fn holds(&self, acls: &Acls, context: &SampleContext<'_>, cache: &mut Cache) -> bool {
        let mut term_holds = |term: &Term| {
            term.negated
                != term
                    .lines
                    .iter()
                    .any(|&line| acls.line_holds(line, context, cache))
        };
        let any = self.any_of.iter().any(|terms| terms.iter().all(&mut term_holds));
        any != self.unless
    }
}
