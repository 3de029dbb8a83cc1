//! The shape in which keepalived tells of its configuration, so that scripts that look for its lines find them, with
//! continuation lines of ours that give the column and what to write.

use super::hints::hints;
use crate::{Context, Diagnostic, SourceMap};

/// One diagnostic with its final newline, `(FILE: Line N) MESSAGE`; what concerns the whole has no place. `hinted` adds our
/// lines.
#[must_use]
pub fn keepalived(diagnostic: &Diagnostic, sources: &SourceMap, hinted: bool) -> String {
    let place = diagnostic
        .span
        .filter(|_| diagnostic.context != Context::Whole)
        .map(|span| sources.locate(span));
    let mut out = match place {
        Some((file, at)) => format!("({file}: Line {}) {}\n", at.line, diagnostic.message),
        None => format!("{}\n", diagnostic.message),
    };
    if hinted {
        out.push_str(&hints(diagnostic, sources, place.is_some()));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SourceFile, Span};

    #[test]
    fn the_originals_line_comes_first_and_ours_below() {
        let mut sources = SourceMap::default();
        let file = sources.add(SourceFile::new("k.conf", &b"a\n foo 1\n"[..]));
        let told = Diagnostic::warning("unknown-keyword", "Unknown keyword 'foo'")
            .at(Span::new(file, 3, 6))
            .help("remove it");
        assert_eq!(
            keepalived(&told, &sources, true),
            "(k.conf: Line 2) Unknown keyword 'foo'\n   | k.conf:2:2: remove it\n"
        );
        let whole = told.context(Context::Whole);
        assert_eq!(keepalived(&whole, &sources, false), "Unknown keyword 'foo'\n");
    }
}
