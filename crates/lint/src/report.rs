//! What a linting gives.

use syntax::{Diagnostic, Severity, SourceMap, Span};

/// Findings with the files that they are about.
#[derive(Debug)]
pub struct Report {
    /// The files that were read.
    pub sources: SourceMap,
    /// The findings in the order of files and lines; those without a place come last.
    pub findings: Vec<Diagnostic>,
    /// A file, or a folder, could not be read at all.
    pub unreadable: bool,
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

    /// The lines that could not be understood, as file and line: the grammar refuses them, and rules know nothing of them.
    #[must_use]
    pub fn not_understood(&self) -> Vec<(&str, u32)> {
        let mut out: Vec<(&str, u32)> = self
            .findings
            .iter()
            .filter(|finding| finding.refuses)
            .filter_map(|finding| finding.span)
            .map(|span| {
                let (file, at) = self.sources.locate(span);
                (file, at.line)
            })
            .collect();
        out.dedup();
        out
    }
}

/// Where a finding stands among the others.
pub(crate) fn place(span: Option<Span>) -> (bool, u32, u32) {
    span.map_or((true, 0, 0), |span| (false, span.file.0, span.start))
}
