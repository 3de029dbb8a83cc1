//! What a reading has to say: a code, how grave it is, where it stands, and what to write instead.

use serde::Serialize;

use crate::Span;

/// How grave a diagnostic is. An alert makes a configuration invalid, unless [`Diagnostic::refuses`] says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Told on request only (`-dD`).
    Diag,
    /// Worth knowing.
    Note,
    /// Works, but probably not as meant.
    Warning,
    /// The configuration is refused.
    Alert,
}

/// How the original words the place of a message. Scripts look for these shapes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Context {
    /// `config : parsing [FILE:LINE] : MESSAGE`.
    #[default]
    Parsing,
    /// `config : parsing [FILE:LINE]: MESSAGE`.
    ParsingTight,
    /// `config : [FILE:LINE] : MESSAGE`.
    Place,
    /// `config : MESSAGE`: about a section or the whole, though the diagnostic may have a span.
    Whole,
}

/// Whether a fix may be applied without a human.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Applicability {
    /// The result means the same.
    Safe,
    /// The result probably means the same; look at it.
    MaybeIncorrect,
    /// The result holds a place to fill in.
    HasPlaceholders,
}

/// Bytes to put in place of a span; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// What comes in its place.
    pub text: Vec<u8>,
}

/// One way to repair what a diagnostic tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
    /// Whether it may be applied unseen.
    pub applicability: Applicability,
}

/// A second place that a diagnostic points at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name of the finding, for filters and documentation.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// How its place is worded in the original's shape.
    pub context: Context,
    /// What is wrong; further lines are continuation lines. Those that begin with two blanks repeat the source, with a mark
    /// below it.
    pub message: String,
    /// Where; none when no file is at fault.
    pub span: Option<Span>,
    /// Other places.
    pub labels: Vec<Label>,
    /// What to write or do instead.
    pub help: Option<String>,
    /// What else is worth knowing.
    pub notes: Vec<String>,
    /// Ways to repair it.
    pub fixes: Vec<Fix>,
    /// Whether the configuration is refused for it, as it is for an alert. The originals go on behind some of their alerts, and
    /// refuse some of what they only warn of.
    pub refuses: bool,
}

impl Diagnostic {
    /// A finding with nothing but its message.
    #[must_use]
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            severity,
            context: Context::default(),
            message: message.into(),
            span: None,
            labels: Vec::new(),
            help: None,
            notes: Vec::new(),
            fixes: Vec::new(),
            refuses: severity == Severity::Alert,
        }
    }

    /// An [`Severity::Alert`].
    #[must_use]
    pub fn alert(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Alert, code, message)
    }

    /// A [`Severity::Warning`].
    #[must_use]
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Refuses the configuration, or does not, whatever its severity.
    #[must_use]
    pub fn refusing(mut self, refuses: bool) -> Self {
        self.refuses = refuses;
        self
    }

    /// Points at `span`.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Words its place in that shape.
    #[must_use]
    pub fn context(mut self, context: Context) -> Self {
        self.context = context;
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a note.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Points at a second place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// Adds a fix of one edit.
    #[must_use]
    pub fn fix(
        mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<Vec<u8>>,
        applicability: Applicability,
    ) -> Self {
        let edits = vec![Edit {
            span,
            text: text.into(),
        }];
        self.fixes.push(Fix {
            title: title.into(),
            edits,
            applicability,
        });
        self
    }
}
