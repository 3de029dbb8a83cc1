//! Linting haproxy.cfg: a reading with all that it tells, and the rules over it.
//!
//! A rule is a file of `rules`. It sees the `View`: sections and lines as words with their places, the resolved model, and the
//! machine. `expression` and `logic` decide what follows from conditions; `certificate` reads dates.

mod certificate;
mod conditions;
mod expression;
mod logic;
mod names;
mod pages;
mod rule;
mod rules;
mod values;
mod view;

use haproxy_cfg::{Dialect, Host, Input, LoadOptions, load};
use rustc_hash::FxHashSet;
use syntax::{Diagnostic, Span};

pub use pages::pages;
pub use rule::Rule;
pub use rules::RULES;

use crate::allow::Allowed;
use crate::facts::Facts;
use crate::levels::Levels;
use crate::report::{Report, place};

/// A code that comments name and that is none: told by the comments' reader.
const UNKNOWN_CODE: &str = "unknown-code";

/// All codes that findings may have.
pub fn codes() -> impl Iterator<Item = &'static str> {
    let of_reading = haproxy_cfg::codes::CODES
        .iter()
        .flat_map(|rows| rows.iter())
        .map(|row| row.code);
    let of_rules = RULES.iter().map(|rule| rule.code);
    of_rules.chain(of_reading).chain([UNKNOWN_CODE])
}

/// Whether findings may have that code.
#[must_use]
pub fn is_code(code: &str) -> bool {
    codes().any(|known| known == code)
}

/// Reads haproxy configurations as one and gives all that is to be said about them, notes and suspicions included.
///
/// What cannot be understood of a file is among the findings, and the rules look at the rest.
#[must_use]
pub fn lint(
    inputs: &[Input],
    dialect: Dialect,
    host: &dyn Host,
    facts: &dyn Facts,
    levels: &Levels,
) -> Report {
    let options = LoadOptions {
        diagnostics: true,
        lines: true,
        ..LoadOptions::default()
    };
    let host = &names::Nameless(host);
    let mut loaded = load(inputs, dialect, host, options);
    let mut findings = std::mem::take(&mut loaded.diagnostics);
    let unreadable = findings
        .iter()
        .any(|finding| matches!(finding.code, "cannot-open" | "file-too-large" | "empty-folder"));
    let (allowed, of_comments) = Allowed::read(&loaded.sources);
    findings.extend(of_comments);
    let view = view::View::new(&loaded, host, facts);
    for rule in RULES {
        (rule.check)(&view, &mut rule::Findings::new(rule, &mut findings));
    }
    // What stands in `defaults` is found once for each section that takes it.
    let mut seen: FxHashSet<(&'static str, Span, String)> = FxHashSet::default();
    let mut kept: Vec<Diagnostic> = findings
        .into_iter()
        .filter(|finding| !allowed.has(finding, &loaded.sources))
        .filter_map(|finding| levels.apply(finding))
        .filter(|finding| {
            finding
                .span
                .is_none_or(|span| seen.insert((finding.code, span, finding.message.clone())))
        })
        .collect();
    kept.sort_by_key(|finding| place(finding.span));
    Report {
        sources: loaded.sources,
        findings: kept,
        unreadable,
    }
}
