//! `# holdfast: allow(code)` in comments: findings that the user knows of and wants to hear no more about.
//!
//! Behind a line it is for that line, on a line of its own for the next one that is no comment; `allow-file(code)` is for the whole
//! file. Several codes have commas between them.

use bstr::ByteSlice as _;
use haproxy_cfg::TokenKind;
use haproxy_cfg::tree::Tree;
use rustc_hash::FxHashSet;
use syntax::{Diagnostic, FileId, SourceMap, Span};

use crate::levels;

/// A line of a file as its comments need it.
pub(crate) struct CommentedLine {
    /// Counted from 1.
    pub(crate) number: u32,
    /// Where its comments begin and end in the file.
    pub(crate) comments: Vec<(u32, u32)>,
    /// Whether it has nothing else.
    pub(crate) bare: bool,
}

/// What the comments of all files allow.
#[derive(Debug, Default)]
pub(crate) struct Allowed {
    files: FxHashSet<(FileId, String)>,
    lines: FxHashSet<(FileId, u32, String)>,
}

impl Allowed {
    /// Reads the comments of haproxy.cfg; tells of codes that there are none of.
    pub(crate) fn read(sources: &SourceMap) -> (Self, Vec<Diagnostic>) {
        Self::read_with(sources, &|bytes| {
            let line = |(number, line): (u32, &haproxy_cfg::tree::Line)| CommentedLine {
                number,
                comments: line
                    .tokens
                    .iter()
                    .filter(|token| token.kind == TokenKind::Comment)
                    .map(|token| (token.start, token.end))
                    .collect(),
                bare: line.words().next().is_none(),
            };
            (1..).zip(&Tree::new(bytes).lines).map(line).collect()
        })
    }

    /// Reads the comments of a language whose lines `lines` gives.
    pub(crate) fn read_with(
        sources: &SourceMap,
        lines: &dyn Fn(&[u8]) -> Vec<CommentedLine>,
    ) -> (Self, Vec<Diagnostic>) {
        let mut allowed = Self::default();
        let mut findings = Vec::new();
        for (id, file) in sources.files() {
            // Hardly any file has such a comment: it is looked for before the file is cut into tokens.
            if memchr::memmem::find(file.bytes(), b"holdfast:").is_some() {
                allowed.read_file(id, file.bytes(), lines(file.bytes()), &mut findings);
            }
        }
        (allowed, findings)
    }

    /// Takes what others allow, in files that stand behind `by` ones of this.
    pub(crate) fn add(&mut self, other: Self, by: u32) {
        let files = other.files.into_iter();
        self.files
            .extend(files.map(|(file, code)| (FileId(file.0 + by), code)));
        let lines = other.lines.into_iter();
        self.lines
            .extend(lines.map(|(file, line, code)| (FileId(file.0 + by), line, code)));
    }

    fn read_file(
        &mut self,
        id: FileId,
        bytes: &[u8],
        lines: Vec<CommentedLine>,
        findings: &mut Vec<Diagnostic>,
    ) {
        // Codes of comments that stand alone, until a line comes that they are for.
        let mut waiting: Vec<String> = Vec::new();
        for line in lines {
            let mut here = Vec::new();
            for (comment_start, comment_end) in line.comments {
                let text = &bytes[comment_start as usize..comment_end as usize];
                for (code, start, whole_file) in codes(text) {
                    if let Err(error) = levels::known(&code) {
                        let at = comment_start + start;
                        let end = at + u32::try_from(code.len()).unwrap_or(0);
                        findings.push(
                            Diagnostic::warning("unknown-code", error.to_string())
                                .at(Span::new(id, at, end))
                                .help("docs/lint lists the codes"),
                        );
                    } else if whole_file {
                        self.files.insert((id, code));
                    } else {
                        here.push(code);
                    }
                }
            }
            if line.bare {
                waiting.append(&mut here);
                continue;
            }
            let codes = here.into_iter().chain(std::mem::take(&mut waiting));
            self.lines.extend(codes.map(|code| (id, line.number, code)));
        }
    }

    /// Whether a finding is allowed.
    pub(crate) fn has(&self, finding: &Diagnostic, sources: &SourceMap) -> bool {
        if self.files.is_empty() && self.lines.is_empty() {
            return false;
        }
        let Some(span) = finding.span else { return false };
        let line = sources.locate(span).1.line;
        let code = finding.code.to_owned();
        self.files.contains(&(span.file, code.clone())) || self.lines.contains(&(span.file, line, code))
    }
}

/// The codes of a comment, each with its offset in it and whether it is for the whole file.
fn codes(comment: &[u8]) -> Vec<(String, u32, bool)> {
    let mut out = Vec::new();
    let Some(at) = comment.find(b"holdfast:") else {
        return out;
    };
    let rest = &comment[at..];
    for (word, whole_file) in [(&b"allow("[..], false), (b"allow-file(", true)] {
        let Some(open) = rest.find(word) else { continue };
        let inside = &rest[open + word.len()..];
        let inside = &inside[..inside.find_byte(b')').unwrap_or(inside.len())];
        let mut offset = at + open + word.len();
        for part in inside.split(|byte| *byte == b',') {
            let code = part.trim();
            if !code.is_empty() {
                let lead = part.len() - part.trim_start().len();
                let start = u32::try_from(offset + lead).unwrap_or(u32::MAX);
                out.push((code.to_str_lossy().into_owned(), start, whole_file));
            }
            offset += part.len() + 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stand_in_brackets_behind_the_name() {
        let found = codes(b"# why not; holdfast: allow(unused-acl, verify-none)");
        let names: Vec<_> = found
            .iter()
            .map(|(code, at, file)| (code.as_str(), *at, *file))
            .collect();
        assert_eq!(names, [("unused-acl", 27, false), ("verify-none", 39, false)]);
        assert_eq!(codes(b"# holdfast: allow-file(x)"), [("x".to_owned(), 23, true)]);
        assert!(codes(b"# allow(x)").is_empty());
    }
}
