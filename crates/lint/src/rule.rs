//! What a rule is, whatever language it is over, and what it tells by.

use syntax::{Diagnostic, Severity, Span};

/// What rules look at, such as all files of a cluster.
pub trait Subject {
    /// One of them.
    type Of<'a>;
}

/// A rule: something that is probably not meant, though the program takes it without a word.
#[derive(Clone, Copy)]
pub struct Rule<S: Subject> {
    /// The stable name of its findings.
    pub code: &'static str,
    /// What is found, in a few words.
    pub title: &'static str,
    /// How grave it is unless the user says otherwise.
    pub level: Severity,
    /// Why it matters.
    pub why: &'static str,
    /// How to mend it.
    pub mend: &'static str,
    /// Looks for it.
    pub(crate) check: for<'s> fn(&S::Of<'s>, &mut Findings<'_>),
}

/// Where a rule puts what it finds.
pub struct Findings<'r> {
    code: &'static str,
    level: Severity,
    notes: [&'static str; 2],
    found: &'r mut Vec<Diagnostic>,
}

impl<'r> Findings<'r> {
    pub(crate) fn new<S: Subject>(rule: &Rule<S>, found: &'r mut Vec<Diagnostic>) -> Self {
        Self {
            code: rule.code,
            level: rule.level,
            notes: [rule.why, rule.mend],
            found,
        }
    }

    /// A finding of the rule, with why it matters and how to mend it.
    pub(crate) fn finding(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        let [why, mend] = self.notes;
        Diagnostic::new(self.level, self.code, message)
            .refusing(false)
            .at(span)
            .note(why)
            .help(mend)
    }

    /// Takes a finding.
    pub(crate) fn add(&mut self, finding: Diagnostic) {
        self.found.push(finding);
    }

    /// Tells something that needs nothing but a place and words.
    pub(crate) fn tell(&mut self, span: Span, message: impl Into<String>) {
        let finding = self.finding(span, message);
        self.add(finding);
    }

    /// Tells something that another place has to do with.
    pub(crate) fn tell_with(&mut self, span: Span, message: impl Into<String>, other: Span, what: &str) {
        let finding = self.finding(span, message).label(other, what);
        self.add(finding);
    }
}
