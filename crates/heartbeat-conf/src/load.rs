//! A whole reading: three files to one configuration, with all that is to be said of them.

use syntax::{Diagnostic, FileId, SourceFile, SourceMap};

use crate::host::Host;
use crate::model::Configuration;
use crate::{authkeys, haresources, parse};

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name, as messages are to have it.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its permission bits, where they are known; those of authkeys are looked at.
    pub mode: Option<u32>,
}

impl Input {
    /// A file whose permissions are not known.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            name: name.into(),
            bytes: bytes.into(),
            mode: None,
        }
    }

    /// With these permission bits.
    #[must_use]
    pub fn mode(mut self, mode: u32) -> Self {
        self.mode = Some(mode);
        self
    }
}

/// A file of the three: what is there, or under which name it is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// It is there.
    File(Input),
    /// It is not there, or cannot be read.
    Missing(String),
    /// It is not looked at, and nothing is said of it.
    Left,
}

/// The files of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// ha.cf.
    pub ha_cf: Source,
    /// haresources.
    pub haresources: Source,
    /// authkeys.
    pub authkeys: Source,
}

/// What a reading gives.
#[derive(Debug)]
pub struct Loaded {
    /// The configuration as far as it could be understood; to be run only when nothing refuses it.
    pub configuration: Configuration,
    /// The files that were read; authkeys with stars for its keys.
    pub sources: SourceMap,
    /// All that is to be told: ha.cf line after line, what concerns it as a whole, then authkeys, then haresources.
    pub diagnostics: Vec<Diagnostic>,
}

impl Loaded {
    /// Whether the files are refused.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.refuses)
    }
}

/// Reads the files of one node.
#[must_use]
pub fn load(inputs: &Inputs, host: &dyn Host) -> Loaded {
    let mut sources = SourceMap::default();
    let mut diagnostics = Vec::new();
    let mut configuration = Configuration::default();
    let mut whole = true;
    match &inputs.ha_cf {
        Source::File(input) => {
            let file = take(&mut sources, input);
            configuration.settings = parse::settings(&input.bytes, file, &input.name, host, &mut diagnostics);
        }
        Source::Missing(name) => {
            whole = false;
            diagnostics.push(
                Diagnostic::alert("missing-file", format!("Cannot open config file [{name}]"))
                    .help("ha.cf names the nodes and the paths between them; without it there is no cluster"),
            );
        }
        Source::Left => whole = false,
    }
    match &inputs.authkeys {
        Source::File(input) => {
            let text = authkeys::masked(&input.bytes);
            let file = sources.add(SourceFile::new(input.name.clone(), text));
            configuration.keys = authkeys::keys(input, file, &mut diagnostics);
        },
        Source::Missing(name) => diagnostics.push(
            Diagnostic::alert("missing-file", format!("Cannot open keyfile [{name}].  Stop."))
                .help("authkeys holds the key that messages are signed with: `auth 1` and `1 sha1 SECRET`, mode 600"),
        ),
        Source::Left => {},
    }
    match &inputs.haresources {
        Source::File(input) => {
            let file = take(&mut sources, input);
            let settings = whole.then_some(&configuration.settings);
            configuration.groups =
                haresources::groups(&input.bytes, file, &input.name, settings, &mut diagnostics);
        }
        Source::Missing(name) => diagnostics.push(
            Diagnostic::alert("missing-file", format!("Cannot open resources file [{name}]"))
                .help("haresources says which node has which address"),
        ),
        Source::Left => {}
    }
    Loaded {
        configuration,
        sources,
        diagnostics,
    }
}

fn take(sources: &mut SourceMap, input: &Input) -> FileId {
    sources.add(SourceFile::new(input.name.clone(), input.bytes.clone()))
}
