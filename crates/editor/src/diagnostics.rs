//! What is wrong or odd in a file, and how to mend it: the reading and the rules of the linter, in the protocol's terms.

use haproxy_cfg::{Dialect, Input};
use heartbeat_conf::{Inputs, Source};
use lint::{Facts, Levels, haproxy, keepalived};
use lsp_types::{
    CodeAction, CodeActionKind, Diagnostic, DiagnosticRelatedInformation, DiagnosticSeverity, Location,
    NumberOrString, Range, TextEdit, Uri, WorkspaceEdit,
};
use syntax::{Applicability, FileId, Severity, SourceMap, Span};

use crate::document::Document;
use crate::language::Language;

/// The machine as the grammars and the rules see it.
#[derive(Clone, Copy)]
pub struct Machine<'m> {
    /// For haproxy.cfg.
    pub haproxy: &'m dyn haproxy_cfg::Host,
    /// For keepalived.conf.
    pub keepalived: &'m dyn keepalived_conf::Host,
    /// For heartbeat's files.
    pub heartbeat: &'m dyn heartbeat_conf::Host,
    /// For rules.
    pub facts: &'m dyn Facts,
}

/// What was found in a file.
#[derive(Clone, Debug, Default)]
pub struct Report {
    sources: SourceMap,
    findings: Vec<syntax::Diagnostic>,
}

/// Judges a file as it stands.
#[must_use]
pub fn judge(document: &Document, machine: Machine<'_>, levels: &Levels) -> Report {
    let (name, bytes) = (document.path().to_owned(), document.text().as_bytes().to_vec());
    match document.language() {
        Language::Haproxy => {
            let input = Input::Text { name, bytes };
            let report = haproxy::lint(
                &[input],
                Dialect::default(),
                machine.haproxy,
                machine.facts,
                levels,
            );
            Report {
                sources: report.sources,
                findings: report.findings,
            }
        }
        Language::Keepalived => {
            let input = keepalived::Input::Text { name, bytes };
            let hosts = keepalived::Machine {
                host: machine.keepalived,
                proxy_host: machine.haproxy,
                facts: machine.facts,
            };
            let report = keepalived::lint(&[input], &[], keepalived_conf::Dialect::default(), hosts, levels);
            Report {
                sources: report.sources,
                findings: report.findings,
            }
        }
        language @ (Language::HeartbeatConfiguration
        | Language::HeartbeatResources
        | Language::HeartbeatKeys) => {
            let source = |wanted: Language| {
                if wanted == language {
                    Source::File(heartbeat_conf::Input::new(name.clone(), bytes.clone()))
                } else {
                    Source::Left
                }
            };
            let inputs = Inputs {
                ha_cf: source(Language::HeartbeatConfiguration),
                haresources: source(Language::HeartbeatResources),
                authkeys: source(Language::HeartbeatKeys),
            };
            let loaded = heartbeat_conf::load(&inputs, machine.heartbeat);
            Report {
                sources: loaded.sources,
                findings: loaded.diagnostics,
            }
        }
    }
}

impl Report {
    /// What concerns the file itself; of a file that it includes, the first line says so.
    #[must_use]
    pub fn diagnostics(&self, document: &Document, uri: &Uri) -> Vec<Diagnostic> {
        self.findings
            .iter()
            .map(|finding| self.diagnostic(finding, document, uri))
            .collect()
    }

    fn is_own(&self, document: &Document, file: FileId) -> bool {
        self.sources
            .file(file)
            .is_some_and(|file| file.name() == document.path())
    }

    fn range(&self, document: &Document, span: Option<Span>) -> Range {
        match span {
            Some(span) if self.is_own(document, span.file) => {
                document.range(span.start as usize..span.end as usize)
            }
            _ => document.line_range(0),
        }
    }

    fn diagnostic(&self, finding: &syntax::Diagnostic, document: &Document, uri: &Uri) -> Diagnostic {
        let mut message = finding.message.clone();
        let elsewhere = finding.span.filter(|span| !self.is_own(document, span.file));
        if let Some(span) = elsewhere {
            let (file, place) = self.sources.locate(span);
            message = format!("{file}:{}: {message}", place.line);
        }
        for more in finding.notes.iter().chain(&finding.help) {
            message.push('\n');
            message.push_str(more);
        }
        let labels = finding
            .labels
            .iter()
            .filter(|label| self.is_own(document, label.span.file));
        let related: Vec<DiagnosticRelatedInformation> = labels
            .map(|label| DiagnosticRelatedInformation {
                location: Location::new(uri.clone(), self.range(document, Some(label.span))),
                message: label.text.clone(),
            })
            .collect();
        Diagnostic {
            range: self.range(document, finding.span),
            severity: Some(match finding.severity {
                Severity::Alert => DiagnosticSeverity::ERROR,
                Severity::Warning => DiagnosticSeverity::WARNING,
                Severity::Note => DiagnosticSeverity::INFORMATION,
                Severity::Diag => DiagnosticSeverity::HINT,
            }),
            code: Some(NumberOrString::String(finding.code.to_owned())),
            source: Some("holdfast".to_owned()),
            message,
            related_information: (!related.is_empty()).then_some(related),
            ..Diagnostic::default()
        }
    }
}

/// The fixes of what was found where `range` lies.
#[must_use]
#[allow(
    clippy::mutable_key_type,
    reason = "the protocol's own map of files, which are not changed while they are keys"
)]
pub fn fixes(report: &Report, document: &Document, uri: &Uri, range: Range) -> Vec<CodeAction> {
    let mut out = Vec::new();
    for finding in &report.findings {
        let own = report.range(document, finding.span);
        if own.end < range.start || range.end < own.start {
            continue;
        }
        for fix in &finding.fixes {
            if fix
                .edits
                .iter()
                .any(|edit| !report.is_own(document, edit.span.file))
            {
                continue;
            }
            let edits = fix.edits.iter().map(|edit| {
                let text = String::from_utf8_lossy(&edit.text).into_owned();
                TextEdit::new(report.range(document, Some(edit.span)), text)
            });
            let changes = [(uri.clone(), edits.collect())].into_iter().collect();
            out.push(CodeAction {
                title: fix.title.clone(),
                kind: Some(CodeActionKind::QUICKFIX),
                diagnostics: Some(vec![report.diagnostic(finding, document, uri)]),
                edit: Some(WorkspaceEdit {
                    changes: Some(changes),
                    ..WorkspaceEdit::default()
                }),
                is_preferred: Some(fix.applicability == Applicability::Safe),
                ..CodeAction::default()
            });
        }
    }
    out
}
