//! Conditions.

use std::sync::Arc;

use haproxy_cfg::model::{Acl, Cond, Polarity};

use super::pattern::Line;
use super::{Acls, Cache, TermTold};
use crate::sample::SampleContext;

/// What is known of a condition. Ordered, so that "and" is the least and "or" the greatest of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// It does not hold.
    No,
    /// What it looks at may still come.
    Maybe,
    /// It holds.
    Yes,
}

impl Truth {
    fn negated(self) -> Self {
        match self {
            Self::No => Self::Yes,
            Self::Maybe => Self::Maybe,
            Self::Yes => Self::No,
        }
    }
}

/// A condition over the ACLs of the proxy it stands in.
#[derive(Clone, Debug)]
pub struct CondPlan {
    unless: bool,
    any_of: Box<[Box<[Term]>]>,
}

/// The lines of a name.
#[derive(Clone, Debug)]
pub(crate) struct Named(Box<[Line]>);

impl Named {
    /// Those of that name among `acls`; none for a name that there is not.
    pub(crate) fn find(acls: &[Acl], name: &[u8]) -> Option<Self> {
        let lines = (0..).zip(acls).filter(|(_, acl)| acl.name == name);
        let lines: Box<[Line]> = lines.map(|(line, _)| line).collect();
        (!lines.is_empty()).then_some(Self(lines))
    }

    /// Whether the line of that number is among them.
    pub(crate) fn has(&self, line: usize) -> bool {
        self.0.iter().any(|known| *known as usize == line)
    }

    /// Whether one of them holds, or with `negated` none.
    pub(crate) fn truth(
        &self,
        acls: &Acls,
        context: &SampleContext<'_>,
        cache: &mut Cache,
        negated: bool,
    ) -> Truth {
        any_holds(&self.0, acls, context, cache, negated)
    }
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
    pub fn truth(&self, acls: &Acls, context: &SampleContext<'_>, cache: &mut Cache) -> Truth {
        self.decide(|term| term.truth(acls, context, cache))
    }

    /// The same, with what each ACL that was looked at came to.
    pub(super) fn truth_told(
        &self,
        acls: &Acls,
        context: &SampleContext<'_>,
        cache: &mut Cache,
    ) -> (Truth, Vec<TermTold>) {
        let mut told = Vec::new();
        let truth = self.decide(|term| {
            let truth = term.truth(acls, context, cache);
            told.push(TermTold {
                negated: term.negated,
                truth,
                lines: acls.tell(&term.lines, context, cache),
            });
            truth
        });
        (truth, told)
    }

    /// Asks for its ACLs until they decide.
    #[inline]
    fn decide(&self, mut truth_of: impl FnMut(&Term) -> Truth) -> Truth {
        let mut any = Truth::No;
        for terms in &self.any_of {
            let mut all = Truth::Yes;
            for term in terms {
                all = all.min(truth_of(term));
                if all == Truth::No {
                    break;
                }
            }
            any = any.max(all);
            if any == Truth::Yes {
                break;
            }
        }
        if self.unless { any.negated() } else { any }
    }

    /// The same where nothing more is waited for.
    pub fn holds(&self, acls: &Acls, context: &SampleContext<'_>, cache: &mut Cache) -> bool {
        self.truth(acls, context, cache) == Truth::Yes
    }
}

impl Term {
    fn truth(&self, acls: &Acls, context: &SampleContext<'_>, cache: &mut Cache) -> Truth {
        any_holds(&self.lines, acls, context, cache, self.negated)
    }
}

fn any_holds(
    lines: &[Line],
    acls: &Acls,
    context: &SampleContext<'_>,
    cache: &mut Cache,
    negated: bool,
) -> Truth {
    let mut any = Truth::No;
    for &line in lines {
        any = any.max(acls.line_holds(line, context, cache));
        if any == Truth::Yes {
            break;
        }
    }
    if negated { any.negated() } else { any }
}
