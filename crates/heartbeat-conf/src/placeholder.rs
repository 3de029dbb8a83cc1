//! Placeholders: words like `$VIP` that a template has where values belong.

use syntax::{Diagnostic, Span};

use crate::parse::Word;

/// The first placeholder in `word`: `$NAME` or `${NAME}`, with its offset in bytes.
pub(crate) fn find(word: &str) -> Option<(usize, &str)> {
    let mut from = 0;
    while let Some(at) = word[from..].find('$').map(|at| from + at) {
        let rest = &word[at + 1..];
        let end = if rest.starts_with('{') {
            rest.find('}').map_or(0, |close| close + 1)
        } else {
            let digits_first = rest.starts_with(|letter: char| letter.is_ascii_digit());
            let length = rest
                .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')
                .unwrap_or(rest.len());
            if digits_first { 0 } else { length }
        };
        if end > 0 {
            return Some((at, &word[at..=at + end]));
        }
        from = at + 1;
    }
    None
}

/// What is to be said of a word that has placeholders: a finding for each.
pub(crate) fn diagnostics(word: &Word) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let mut from = 0;
    // Where bytes were no text, marks stand for them, and places within the word are not those of the file.
    let is_exact = word.text.len() == (word.span.end - word.span.start) as usize;
    while let Some((at, name)) = word.text.get(from..).and_then(find) {
        let start = offset(word.span.start, from + at);
        let span = if is_exact {
            Span::new(word.span.file, start, offset(start, name.len()))
        } else {
            word.span
        };
        from += at + name.len();
        out.push(
            Diagnostic::alert(
                "placeholder",
                format!("'{name}' is a placeholder: its value was not put in"),
            )
            .at(span)
            .help("heartbeat's files know no variables; write the value"),
        );
    }
    out
}

fn offset(start: u32, further: usize) -> u32 {
    start.saturating_add(u32::try_from(further).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use syntax::{FileId, Span};

    use super::{diagnostics, find};
    use crate::parse::Word;

    #[test]
    fn a_word_that_is_no_text_is_pointed_at_whole() {
        let span = Span::new(FileId(0), 5, 10);
        let word = Word {
            text: "\u{fffd}\u{fffd}$VIP".to_owned(),
            span,
        };
        assert_eq!(diagnostics(&word)[0].span, Some(span));
    }

    #[test]
    fn names_behind_a_dollar_sign_are_placeholders() {
        assert_eq!(find("$VIP/$subnetType"), Some((0, "$VIP")));
        assert_eq!(find("10.0.0.1/${MASK}/eth0"), Some((9, "${MASK}")));
        assert_eq!(find("a$$NODE"), Some((2, "$NODE")));
        assert_eq!(find("$1 $ ${ $"), None);
        assert_eq!(find("plain"), None);
    }
}
