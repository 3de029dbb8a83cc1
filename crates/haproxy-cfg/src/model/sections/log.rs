//! `ring` and `log-forward`: logs that are kept and passed on (manual, sections 3.9 and 3.10).

use syntax::Span;

use crate::model::{Bind, Format, LogTarget, Millis, Server, Word};

/// A buffer of log lines, which `log ring@NAME` fills.
#[derive(Clone, Debug)]
pub struct Ring {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// `description`.
    pub description: Option<Word>,
    /// `format`.
    pub format: RingFormat,
    /// `maxlen`, bytes of a line.
    pub max_len: Option<u32>,
    /// `size`, bytes.
    pub size: Option<u64>,
    /// `backing-file`.
    pub backing_file: Option<Word>,
    /// Where its lines go.
    pub servers: Vec<Server>,
    /// `timeout connect`.
    pub timeout_connect: Option<Millis>,
    /// `timeout server`.
    pub timeout_server: Option<Millis>,
}

/// The header of a ring's lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RingFormat {
    /// The program's own.
    #[default]
    Default,
    /// As the keyword names it.
    Named(&'static str),
}

/// What is written to targets that name it, at which step.
#[derive(Clone, Debug)]
pub struct LogProfile {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// `log-tag`, in place of the proxy's.
    pub tag: Option<Word>,
    /// `on` lines, one for each step that has some.
    pub steps: Vec<LogProfileStep>,
}

/// `on STEP`.
#[derive(Clone, Debug)]
pub struct LogProfileStep {
    /// The step; `any` stands for those without a line of their own.
    pub step: &'static str,
    /// Nothing is written.
    pub drop: bool,
    /// The line; that of the proxy where there is none.
    pub format: Option<Box<Format>>,
    /// Structured data; that of the proxy where there is none.
    pub structured: Option<Box<Format>>,
}

/// Takes log lines in and passes them on.
#[derive(Clone, Debug)]
pub struct LogForward {
    /// Its name.
    pub name: Word,
    /// Its first line.
    pub span: Span,
    /// Where streams of lines come in.
    pub binds: Vec<Bind>,
    /// Where datagrams come in.
    pub datagrams: Vec<Bind>,
    /// `log global`.
    pub global_logs: bool,
    /// Where lines go.
    pub logs: Vec<LogTarget>,
    /// `maxconn`.
    pub maxconn: Option<i64>,
    /// `backlog`.
    pub backlog: Option<i64>,
    /// `timeout client`.
    pub timeout_client: Option<Millis>,
    /// `option host`.
    pub host: HostField,
    /// The other options.
    pub options: Vec<&'static str>,
}

/// What the header of a line that is passed on says of its host (`option host`), where the sender's address is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostField {
    /// The sender's address.
    Replace,
    /// As the line says; the sender's address where it says nothing. The default since 3.2.
    #[default]
    Fill,
    /// As the line says.
    Keep,
    /// As the line says, and the sender's address behind it.
    Append,
}

impl HostField {
    /// By its word.
    #[must_use]
    pub fn named(word: &[u8]) -> Option<Self> {
        match word {
            b"replace" => Some(Self::Replace),
            b"fill" => Some(Self::Fill),
            b"keep" => Some(Self::Keep),
            b"append" => Some(Self::Append),
            _ => None,
        }
    }
}
