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
mod rules;
mod values;
mod view;

use haproxy_cfg::{Dialect, Host, Input, LoadOptions, load};
use rustc_hash::FxHashSet;
use syntax::{Applicability, Diagnostic, Span};

pub use pages::pages;
pub use rules::RULES;

use crate::allow::Allowed;
use crate::facts::Facts;
use crate::levels::Levels;
use crate::report::{Report, place};
use crate::rule::{self, Findings};

/// Rules over haproxy.cfg look at a `View`.
#[derive(Clone, Copy)]
pub struct Over;

impl rule::Subject for Over {
    type Of<'a> = view::View<'a>;
}

/// A rule over haproxy.cfg.
pub type Rule = rule::Rule<Over>;

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
    let of_rules = findings.len();
    for rule in RULES {
        (rule.check)(&view, &mut Findings::new(rule, &mut findings));
    }
    doubt_fixes(&mut findings, of_rules, &view);
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

/// Takes back that fixes of rules (from `of_rules` on) are safe, where too little of the file is known.
fn doubt_fixes(findings: &mut [Diagnostic], of_rules: usize, view: &view::View<'_>) {
    // What means the same here need not where other lines are read.
    let conditions = view.has_conditions();
    let line = |span: Span| (span.file, view.sources.locate(span).1.line);
    let (of_reading, of_rules) = findings.split_at_mut(of_rules);
    // What was meant by a line that is refused is not known.
    let refused: FxHashSet<_> = of_reading
        .iter()
        .filter(|finding| finding.refuses)
        .filter_map(|finding| finding.span.map(line))
        .collect();
    for fix in of_rules.iter_mut().flat_map(|finding| &mut finding.fixes) {
        let touches = fix.edits.iter().any(|edit| refused.contains(&line(edit.span)));
        if fix.applicability == Applicability::Safe && (conditions || touches) {
            fix.applicability = Applicability::MaybeIncorrect;
        }
    }
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::testing::FakeHost;

    use super::*;
    use crate::facts::NoFacts;

    fn read(text: &str) -> Report {
        let input = Input::Text {
            name: "a.cfg".to_owned(),
            bytes: text.into(),
        };
        let levels = Levels::default();
        lint(&[input], Dialect::default(), &FakeHost::new(), &NoFacts, &levels)
    }

    #[test]
    fn findings_come_in_the_order_of_lines() {
        let text = "frontend f\n bind :80\n default_backend nosuch\n blance roundrobin\n option redispatch\n";
        let report = read(text);
        let lines: Vec<u32> = report
            .findings
            .iter()
            .map(|finding| report.sources.locate(finding.span.expect("a place")).1.line)
            .collect();
        assert!(lines.is_sorted(), "{lines:?}");
        assert_eq!(report.count(syntax::Severity::Alert), 2);
        assert_eq!(report.not_understood(), [("a.cfg", 3), ("a.cfg", 4)]);
    }

    #[test]
    fn what_a_condition_leaves_out_here_may_be_read_elsewhere() {
        let acls = "frontend f\n bind :80\n acl one path /1\n acl two path /2\n";
        let report = read(&format!(
            "{acls}.if defined(LATER)\n http-request deny if one\n.endif\n"
        ));
        let unused: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.code == "unused-acl")
            .collect();
        assert_eq!(unused.len(), 1);
        assert!(unused[0].message.contains("'two'"));
        assert_eq!(unused[0].fixes[0].applicability, Applicability::MaybeIncorrect);
    }

    #[test]
    fn a_line_that_is_refused_is_not_fixed_by_taking_it_out() {
        let report = read("frontend f\n bind :80\n acl one src nonsense/99\n");
        let unused = report
            .findings
            .iter()
            .find(|finding| finding.code == "unused-acl");
        let fix = &unused.expect("it is told").fixes[0];
        assert_eq!(fix.applicability, Applicability::MaybeIncorrect);
    }
}
