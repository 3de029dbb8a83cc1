//! What a rule over keepalived.conf is, and what it tells by.

use syntax::{Diagnostic, Severity, Span};

use super::cluster::Cluster;

/// A rule: something that is probably not meant, though keepalived takes it without a word.
#[derive(Clone, Copy)]
pub struct Rule {
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
    pub(super) check: fn(&Cluster<'_>, &mut Findings<'_>),
}

/// Where a rule puts what it finds.
pub(super) struct Findings<'r> {
    rule: &'r Rule,
    found: &'r mut Vec<Diagnostic>,
}

impl<'r> Findings<'r> {
    pub(super) fn new(rule: &'r Rule, found: &'r mut Vec<Diagnostic>) -> Self {
        Self { rule, found }
    }

    /// A finding of the rule, with why it matters and how to mend it.
    pub(super) fn finding(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(self.rule.level, self.rule.code, message)
            .refusing(false)
            .at(span)
            .note(self.rule.why)
            .help(self.rule.mend)
    }

    /// Takes a finding.
    pub(super) fn add(&mut self, finding: Diagnostic) {
        self.found.push(finding);
    }

    /// Tells something that needs nothing but a place and words.
    pub(super) fn tell(&mut self, span: Span, message: impl Into<String>) {
        let finding = self.finding(span, message);
        self.add(finding);
    }

    /// Tells something that another place has to do with.
    pub(super) fn tell_with(&mut self, span: Span, message: impl Into<String>, other: Span, what: &str) {
        let finding = self.finding(span, message).label(other, what);
        self.add(finding);
    }
}
