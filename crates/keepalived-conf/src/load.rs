//! A whole reading: files to lines, lines to the as-written model, that to the resolved one.

use syntax::render::keepalived;
use syntax::{Context, Diagnostic, Severity, SourceMap};

use crate::dialect::Dialect;
use crate::host::Host;
use crate::lines;
use crate::model::Config;
use crate::parse;
use crate::reading::Reading;
use crate::resolve;
use crate::statement::{self, Statement};

/// What a command line may ask of a reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadOptions {
    /// The configuration's id (`-i`), which `@` lines are for; the host's name up to its first dot when none.
    pub config_id: Option<String>,
    /// A file that is missing or cannot be read is an error (`-e`).
    pub all_config: bool,
}

/// What the original would make of a configuration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// A keyword lacks its argument: it reads no further and does not run.
    pub missing_parameter: bool,
    /// It complained of something.
    pub faults: bool,
    /// It would run scripts as root that others may change, or runs scripts though script security is not enabled.
    pub insecure_scripts: bool,
    /// An interface is missing: it does not start.
    pub missing_interface: bool,
    /// The file itself could not be read.
    pub unreadable: bool,
}

/// What a reading gives.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration, as far as it could be understood; to be run only without errors.
    pub config: Config,
    /// The lines and blocks as they are written.
    pub statements: Vec<Statement>,
    /// The files that were read.
    pub sources: SourceMap,
    /// All that is to be told: line after line, then what concerns the whole.
    pub diagnostics: Vec<Diagnostic>,
    /// What the original would make of it.
    pub outcome: Outcome,
    /// The dialect it was read in.
    pub dialect: Dialect,
}

impl Loaded {
    /// Whether the configuration is refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics
            .iter()
            .any(|diagnostic| diagnostic.severity == Severity::Alert)
    }

    /// All that is to be told in the original's shape, with our hints.
    #[must_use]
    pub fn report(&self) -> String {
        self.diagnostics
            .iter()
            .map(|diagnostic| keepalived(diagnostic, &self.sources, true))
            .collect()
    }

    /// The exit status of a test of the configuration (`-t`).
    ///
    /// In a strict dialect the original's: 0 for a clean file, 2 for a missing argument, 5 for any complaint, 6 when scripts are
    /// not secured. Otherwise 0 for every file that runs.
    #[must_use]
    pub fn test_status(&self) -> u8 {
        let outcome = self.outcome;
        if outcome.missing_parameter {
            return 2;
        }
        if !self.dialect.strict {
            return if self.has_errors() { 5 } else { 0 };
        }
        if outcome.unreadable {
            // As the original has it, unless it was told to mind.
            if outcome.faults { 4 } else { 0 }
        } else if outcome.insecure_scripts {
            6
        } else if outcome.faults || outcome.missing_interface || self.has_errors() {
            5
        } else {
            0
        }
    }
}

/// Reads the file at `path` and what it includes, in `dialect`.
///
/// It reads on behind every fault; what it cannot understand is told and left out.
#[must_use]
pub fn load(path: &str, dialect: Dialect, host: &dyn Host, options: LoadOptions) -> Loaded {
    let all_config = options.all_config;
    match host.read_file(path) {
        Ok(bytes) => load_bytes(path, bytes, dialect, host, options),
        Err(error) => {
            let mut loaded = load_bytes(path, Vec::new(), dialect, host, options);
            loaded.outcome.unreadable = true;
            loaded.outcome.faults = all_config;
            loaded.diagnostics = vec![
                Diagnostic::alert("cannot-open", format!("Config files missing '{path}'."))
                    .note(error.to_string())
                    .help("check the path given with -f, and that this user may read it"),
            ];
            loaded
        }
    }
}

/// Reads a text that is at hand as the file `name`.
#[must_use]
pub fn load_bytes(
    name: &str,
    bytes: Vec<u8>,
    dialect: Dialect,
    host: &dyn Host,
    options: LoadOptions,
) -> Loaded {
    let id = options.config_id.clone().unwrap_or_else(|| {
        let name = host.hostname();
        name.split('.').next().unwrap_or_default().to_owned()
    });
    let mut reading = Reading::new(host, dialect, options);
    let all = reading.options.all_config;
    let items = lines::read(name, bytes, host, &id, all, &mut reading.sources);
    for told in items.told {
        if told.counts {
            reading.fault(told.diagnostic);
        } else {
            reading.tell(told.diagnostic);
        }
    }
    let statements = statement::statements(&items.items);
    parse::read(&mut reading, &items.items);
    // Each file in the order of its lines, then what only the whole shows.
    reading.diagnostics.sort_by_key(|diagnostic| {
        diagnostic
            .span
            .map_or((1, 0, 0), |span| (0, span.file.0, span.start))
    });
    let of_lines = reading.diagnostics.len();
    let config = resolve::resolve(&mut reading);
    for diagnostic in &mut reading.diagnostics[of_lines..] {
        diagnostic.context = Context::Whole;
    }
    Loaded {
        config,
        statements,
        sources: reading.sources,
        diagnostics: reading.diagnostics,
        outcome: reading.outcome,
        dialect,
    }
}
