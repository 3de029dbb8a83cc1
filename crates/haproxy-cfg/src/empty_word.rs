//! Words that turn out to be empty: they end the arguments of their line (manual, section 2.3).
//!
//! Versions before 3.2 say nothing of them and read no further, 3.2 warns, and 3.3 refuses the line.

use syntax::{Context, Diagnostic, Severity, Span};

use crate::lex::Word;
use crate::parse::Reading;

/// Keywords that the original reads before all others, and words itself.
const READ_FIRST: &[&[u8]] = &[b"setenv", b"presetenv", b"unsetenv", b"resetenv"];

/// Tells the first empty word of a line that begins at `base`; whether the line is refused for it.
pub(crate) fn tell(reading: &mut Reading<'_>, words: &[Word<'_>], line: &[u8], base: u32) -> bool {
    let Some(number) = words.iter().position(|word| word.text.is_empty()) else {
        return false;
    };
    let dialect = reading.dialect;
    let refuses = dialect.strict && dialect.at_least(3, 3);
    if !dialect.does_as(3, 2) || (dialect.at_least(3, 3) && READ_FIRST.contains(&&*words[0].text)) {
        return false;
    }
    let word = &words[number];
    let start = (word.span.start - base) as usize;
    let written = &line[start..(word.span.end - base) as usize];
    let at = if dialect.at_least(3, 3) {
        start + opened(written)
    } else {
        start
    };
    let indent = line.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let shown = String::from_utf8_lossy(line[indent..].trim_ascii_end());
    let picture = format!("  {shown}\n  {:>width$}", '^', width = at - indent + 1);
    let position = at + 1;
    let what = format!(
        "argument number {number} at position {position} is empty and marks the end of the argument list"
    );
    let (severity, mut message) = if refuses {
        (Severity::Alert, format!("{what}:\n{picture}"))
    } else {
        let rest = "all subsequent arguments will be ignored";
        (Severity::Warning, format!("{what}; {rest}:\n{picture}"))
    };
    if refuses && !reading.told_of_empty_words {
        reading.told_of_empty_words = true;
        message.push_str(
            "\nAborting to prevent all subsequent arguments from being silently ignored. If this is caused by an environment \
             variable expansion, please have a look at section 2.3 of the configuration manual to find solutions to address \
             this.",
        );
    }
    let help = if written.contains(&b'$') {
        "set the variable, give it a default as in \"${NAME-default}\", or write \"${NAME[*]}\" for as many words as it has"
    } else {
        "remove it, or write what it shall be"
    };
    reading.tell(
        Diagnostic::new(severity, "empty-word", message)
            .at(Span::new(word.span.file, word.span.start, word.span.end))
            .context(Context::ParsingTight)
            .help(help),
    );
    refuses
}

/// How far into a word that gives nothing its first letter would stand: behind the quote, or behind what begins a variable.
fn opened(written: &[u8]) -> usize {
    match written.iter().position(|byte| *byte == b'$') {
        Some(dollar) if written.get(dollar + 1) == Some(&b'{') => dollar + 2,
        Some(dollar) => dollar + 1,
        None => usize::from(written.starts_with(b"\"") || written.starts_with(b"'")),
    }
}
