//! What a reading knows at any time, and how it tells.

use std::collections::BTreeSet;

use syntax::{Diagnostic, SourceMap, Span};

use crate::dialect::Dialect;
use crate::host::Host;
use crate::lines::{Line, Word};
use crate::load::{LoadOptions, Outcome};
use crate::names::NameTables;
use crate::written::Written;

/// A reading under way.
pub(crate) struct Reading<'h> {
    pub(crate) host: &'h dyn Host,
    pub(crate) dialect: Dialect,
    pub(crate) options: LoadOptions,
    pub(crate) sources: SourceMap,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) outcome: Outcome,
    pub(crate) written: Written,
    /// Names that iproute has for numbers.
    pub(crate) names: NameTables,
    /// Where the first interface is named that is missing and must not be.
    pub(crate) missing_interface: Option<Span>,
    /// Keywords that are not acted on and have been told of.
    pub(crate) told_read_only: BTreeSet<&'static str>,
}

impl<'h> Reading<'h> {
    pub(crate) fn new(host: &'h dyn Host, dialect: Dialect, options: LoadOptions) -> Self {
        Self {
            host,
            dialect,
            options,
            sources: SourceMap::default(),
            diagnostics: Vec::new(),
            outcome: Outcome::default(),
            written: Written::default(),
            names: NameTables::default(),
            missing_interface: None,
            told_read_only: BTreeSet::new(),
        }
    }

    /// Tells what the original does not count as an error of the configuration.
    pub(crate) fn tell(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Tells what the original counts as an error of the configuration.
    pub(crate) fn fault(&mut self, diagnostic: Diagnostic) {
        self.outcome.faults = true;
        self.diagnostics.push(diagnostic);
    }

    /// The argument that the line cannot do without. Where it is missing the original reads no further, and does not run.
    pub(crate) fn need<'l>(&mut self, line: &'l Line, index: usize, what: &str) -> Option<&'l Word> {
        let found = line.arg(index);
        if found.is_none() {
            let keyword = line.keyword().text().into_owned();
            let before = line.words[line.words.len() - 1].text().into_owned();
            let message = format!(
                "*** Configuration line starting `{keyword}` is missing a parameter after keyword `{before}` at word position {}",
                index + 2
            );
            self.outcome.missing_parameter = true;
            self.diagnostics.push(
                Diagnostic::alert("missing-argument", message)
                    .at(line.behind())
                    .help(format!("write {what} behind '{keyword}'")),
            );
        }
        found
    }
}
