//! The pages of the rules for haproxy.cfg.

use syntax::reference::Document;

use super::RULES;
use crate::rule_pages::{Language, pages_of};

const LANGUAGE: Language = Language {
    head: "# Rules of holdfast lint for haproxy.cfg\n\nWhat `holdfast lint` finds beside what the reading of a file tells \
           ([findings](../generated/haproxy-findings.md)). Made from the rules; do not edit. How to run it: [lint](../lint.md).\n\n",
    extension: "cfg",
    fence: "haproxy",
};

/// The pages in Markdown, and one that lists them. `fixture` gives the text of a file of a rule's fixtures by code and name, if there
/// is one.
#[must_use]
pub fn pages(fixture: &dyn Fn(&str, &str) -> Option<String>) -> Vec<Document> {
    pages_of(&LANGUAGE, RULES, fixture)
}
