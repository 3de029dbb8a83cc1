//! Findings about configurations, for `holdfast lint` and for whoever else wants them sorted. Pure.
//!
//! What it must not know: how a configuration is run. It sees what the grammars give, files only through their host, and neither
//! the proxy's plan nor a process: a file can be judged on a machine that could not run it.
//!
//! What the grammars tell by themselves is all there is for now; rules and migrations of our own come in files beside this
//! one.

pub mod edit;

use haproxy_cfg::{Dialect, Host, Input, LoadOptions, load};
use syntax::{Diagnostic, Severity, SourceMap, Span};

/// What a linting gives.
#[derive(Debug)]
pub struct Report {
    /// The files that were read.
    pub sources: SourceMap,
    /// The findings in the order of files and lines; those without a place come last.
    pub findings: Vec<Diagnostic>,
}

impl Report {
    /// How many findings there are of that severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count()
    }
}

/// Reads haproxy configurations as one and gives all that is to be said about them, notes and suspicions included.
#[must_use]
pub fn haproxy(inputs: &[Input], dialect: Dialect, host: &dyn Host) -> Report {
    let options = LoadOptions {
        diagnostics: true,
        ..LoadOptions::default()
    };
    let loaded = load(inputs, dialect, host, options);
    let mut findings = loaded.diagnostics;
    findings.sort_by_key(|finding| place(finding.span));
    Report {
        sources: loaded.sources,
        findings,
    }
}

/// Where a finding stands among the others.
fn place(span: Option<Span>) -> (bool, u32, u32) {
    span.map_or((true, 0, 0), |span| (false, span.file.0, span.start))
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::testing::FakeHost;

    use super::*;

    #[test]
    fn findings_come_in_the_order_of_lines() {
        let text = "frontend f\n bind :80\n default_backend nosuch\n blance roundrobin\n option redispatch\n";
        let input = Input::Text {
            name: "a.cfg".to_owned(),
            bytes: text.into(),
        };
        let report = haproxy(&[input], Dialect::default(), &FakeHost::new());
        let lines: Vec<u32> = report
            .findings
            .iter()
            .map(|finding| report.sources.locate(finding.span.expect("a place")).1.line)
            .collect();
        assert!(lines.is_sorted(), "{lines:?}");
        assert_eq!(report.count(Severity::Alert), 2);
        assert!(report.count(Severity::Warning) >= 2);
    }
}
