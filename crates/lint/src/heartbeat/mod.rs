//! Linting heartbeat's files (ha.cf, haresources, authkeys): those of one machine, or of all nodes of a cluster.
//!
//! A rule is a file of `rules`. It sees the `Cluster`: what the files of each node mean.

mod cluster;
mod rules;

use heartbeat_conf::{Host, Inputs, load};
use syntax::reference::Document;
use syntax::{Diagnostic, SourceMap};

pub use rules::RULES;

use self::cluster::{Cluster, Node, moved};
use crate::levels::Levels;
use crate::report::{Report, place};
use crate::rule::{self, Findings};
use crate::rule_pages::{Language, pages_of};

/// Rules over heartbeat's files look at a `Cluster`.
#[derive(Clone, Copy)]
pub struct Over;

impl rule::Subject for Over {
    type Of<'a> = Cluster;
}

/// A rule over heartbeat's files.
pub type Rule = rule::Rule<Over>;

/// The codes of all rules. What the reading tells has its own, which no level is given to.
pub fn codes() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.code)
}

/// Reads the files of the nodes of a cluster (or of one machine), and gives all that is to be said about them.
///
/// What cannot be understood of a file is among the findings, and the rules look at the rest.
#[must_use]
pub fn lint(nodes: &[Inputs], host: &dyn Host, levels: &Levels) -> Report {
    let mut sources = SourceMap::default();
    let mut findings = Vec::new();
    let mut cluster = Cluster { nodes: Vec::new() };
    for inputs in nodes {
        let loaded = load(inputs, host);
        let before = u32::try_from(sources.files().count()).unwrap_or(u32::MAX);
        for (_, file) in loaded.sources.files() {
            sources.add(file.clone());
        }
        for mut finding in loaded.diagnostics {
            finding.span = finding.span.map(|span| moved(span, before));
            for label in &mut finding.labels {
                label.span = moved(label.span, before);
            }
            findings.push(finding);
        }
        cluster.nodes.push(Node {
            config: loaded.configuration,
            before,
        });
    }
    for rule in RULES {
        (rule.check)(&cluster, &mut Findings::new(rule, &mut findings));
    }
    let mut kept: Vec<Diagnostic> = findings
        .into_iter()
        .filter_map(|finding| levels.apply(finding))
        .collect();
    kept.sort_by_key(|finding| place(finding.span));
    Report {
        sources,
        findings: kept,
        unreadable: false,
    }
}

/// The pages of the rules in Markdown, and one that lists them. `fixture` gives the text of a file of a rule's fixtures by code and
/// name, if there is one.
#[must_use]
pub fn pages(fixture: &dyn Fn(&str, &str) -> Option<String>) -> Vec<Document> {
    pages_of(&LANGUAGE, RULES, fixture)
}

const LANGUAGE: Language = Language {
    head: "# Rules of holdfast lint for heartbeat's files\n\nWhat `holdfast lint` finds beside what the reading of ha.cf, haresources \
           and authkeys tells, on one node and across the nodes of a cluster, whose folders are given together. Made from the rules; do \
           not edit. How to run it: [lint](../lint.md). In the examples `#@ file NODE/NAME` begins another file.\n\n",
    extension: "conf",
    fence: "text",
};
