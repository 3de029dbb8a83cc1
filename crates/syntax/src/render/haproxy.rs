//! The shape in which haproxy prints, so that scripts that look for its lines find them, with a continuation line of ours
//! that gives the column and what to write.

use std::fmt::Write as _;

use super::hints::hints;
use super::is_excerpt;
use crate::{Context, Diagnostic, Severity, SourceMap};

/// What the renderer must know of the program.
#[derive(Clone, Copy, Debug)]
pub struct HaproxyShape {
    /// Process id, printed in each line.
    pub pid: u32,
    /// Whether our continuation lines are added to the original's line.
    pub hints: bool,
}

/// One diagnostic with its final newline, `[WARNING]  (PID) : config : parsing [FILE:LINE] : MESSAGE`.
///
/// The level is padded so that the process ids stand below each other.
#[must_use]
pub fn haproxy(diagnostic: &Diagnostic, sources: &SourceMap, shape: HaproxyShape) -> String {
    let level = match diagnostic.severity {
        Severity::Diag => "[DIAG]    ",
        Severity::Note => "[NOTICE]  ",
        Severity::Warning => "[WARNING] ",
        Severity::Alert => "[ALERT]   ",
    };
    let mut out = format!("{level} ({}) : config : ", shape.pid);
    let place = diagnostic.span.map(|span| sources.locate(span));
    if let Some((file, at)) = place {
        // A string takes everything that is written to it.
        let _ = match diagnostic.context {
            Context::Parsing => write!(out, "parsing [{file}:{}] : ", at.line),
            Context::ParsingTight => write!(out, "parsing [{file}:{}]: ", at.line),
            Context::Place => write!(out, "[{file}:{}] : ", at.line),
            Context::Whole => Ok(()),
        };
    }
    let mut lines = diagnostic.message.lines();
    out.push_str(lines.next().unwrap_or(""));
    out.push('\n');
    for line in lines {
        let mark = if is_excerpt(line) { "" } else { "   | " };
        let _ = writeln!(out, "{mark}{line}");
    }
    if !shape.hints {
        return out;
    }
    // The original has already named file and line: the column alone helps in a line of many words.
    let column = diagnostic.context != Context::Whole;
    out.push_str(&hints(diagnostic, sources, column));
    out
}
