//! `ring` and `log-forward`: logs that are kept and passed on (manual, sections 3.9 and 3.10).

use syntax::Span;

use super::SectionServer;
use crate::model::{Address, Format, LogTarget, Millis, Word};

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
    pub servers: Vec<SectionServer>,
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
    /// Where lines come in.
    pub sources: Vec<LogForwardSource>,
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
    /// `option …`.
    pub options: Vec<&'static str>,
}

/// Where log lines come in.
#[derive(Clone, Debug)]
pub struct LogForwardSource {
    /// The addresses.
    pub addresses: Vec<Address>,
    /// Lines come as datagrams.
    pub datagrams: bool,
    /// The line.
    pub span: Span,
}
