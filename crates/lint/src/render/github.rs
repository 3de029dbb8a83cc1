//! Workflow commands of GitHub Actions, which put findings beside the lines of a change.

use syntax::{Diagnostic, Severity, SourceMap};

/// One finding as one line with its final newline.
#[must_use]
pub fn github(finding: &Diagnostic, sources: &SourceMap) -> String {
    let command = match finding.severity {
        Severity::Diag | Severity::Note => "notice",
        Severity::Warning => "warning",
        Severity::Alert => "error",
    };
    let mut place = String::new();
    if let Some(span) = finding.span {
        let (file, start) = sources.locate(span);
        let end = sources
            .file(span.file)
            .map_or(start, |file| file.position(span.end));
        place = format!(
            "file={},line={},endLine={},col={},endColumn={},",
            property(file),
            start.line,
            end.line,
            start.column,
            end.column
        );
    }
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        text += "\n";
        text += help;
    }
    format!(
        "::{command} {place}title={}::{}\n",
        property(finding.code),
        message(&text)
    )
}

/// A text behind the colons.
fn message(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A value before them.
fn property(text: &str) -> String {
    message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use syntax::{SourceFile, Span};

    use super::*;

    #[test]
    fn what_means_something_in_a_command_is_written_otherwise() {
        let mut sources = SourceMap::default();
        let id = sources.add(SourceFile::new("a,b.cfg", &b"one\ntwo\n"[..]));
        let finding = Diagnostic::warning("c", "50%\nx")
            .at(Span::new(id, 4, 7))
            .help("h");
        assert_eq!(
            github(&finding, &sources),
            "::warning file=a%2Cb.cfg,line=2,endLine=2,col=1,endColumn=4,title=c::50%25%0Ax%0Ah\n"
        );
    }
}
