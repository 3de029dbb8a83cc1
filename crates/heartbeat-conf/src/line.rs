//! Lines of words. Blanks separate words in all three files; they differ in what a comment is and whether lines can be joined.

use syntax::{FileId, Span};

/// Which of the files it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `#` begins a comment wherever it stands.
    HaCf,
    /// The same, and a backslash that is the last of its line joins it to the next.
    HaResources,
    /// `#` begins a comment at the start of a line only, as a key may have one.
    AuthKeys,
}

/// A line that has words, with the places of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its words in order; never empty.
    pub(crate) words: Vec<Span>,
}

/// The lines of `text` that have words.
pub(crate) fn lines(text: &[u8], file: FileId, form: Form) -> Vec<Line> {
    let mut out = Vec::new();
    let mut words: Vec<Span> = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = text[start..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(text.len(), |length| start + length);
        let line = &text[start..end];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let whole = form == Form::AuthKeys && !line.trim_ascii_start().starts_with(b"#");
        let comment = line.iter().position(|byte| *byte == b'#').filter(|_| !whole);
        let line = &line[..comment.unwrap_or(line.len())];
        let unjoined = line.strip_suffix(b"\\").filter(|_| form == Form::HaResources);
        let joined = unjoined.is_some();
        let line = unjoined.unwrap_or(line);
        let mut at = 0;
        for word in line.split(u8::is_ascii_whitespace) {
            if !word.is_empty() {
                words.push(Span::new(
                    file,
                    offset(start + at),
                    offset(start + at + word.len()),
                ));
            }
            at += word.len() + 1;
        }
        if !joined && !words.is_empty() {
            out.push(Line {
                words: std::mem::take(&mut words),
            });
        }
        start = end + 1;
    }
    if !words.is_empty() {
        out.push(Line { words });
    }
    out
}

fn offset(value: usize) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, form: Form) -> Vec<Vec<&str>> {
        let shown = |line: &Line| {
            line.words
                .iter()
                .map(|span| &text[span.start as usize..span.end as usize])
                .collect()
        };
        lines(text.as_bytes(), FileId(0), form)
            .iter()
            .map(shown)
            .collect()
    }

    #[test]
    fn comments_and_blank_lines_are_left_out() {
        assert_eq!(
            read("# all\n\nnode  lb1 lb2 # both\r\nauto_failback on", Form::HaCf),
            [vec!["node", "lb1", "lb2"], vec!["auto_failback", "on"],]
        );
    }

    #[test]
    fn a_key_may_have_a_hash() {
        let found = read(" # all\n1 md5 a#b # c\n", Form::AuthKeys);
        assert_eq!(found, [vec!["1", "md5", "a#b", "#", "c"]]);
        assert_eq!(read("lb1 a#b\n", Form::HaResources), [vec!["lb1", "a"]]);
    }

    #[test]
    fn a_backslash_joins_lines_where_it_may() {
        assert_eq!(
            read("lb1 a \\\n b\nlb2 c\n", Form::HaResources),
            [vec!["lb1", "a", "b"], vec!["lb2", "c"]]
        );
        assert_eq!(
            read("lb1 a \\ \nlb2 c", Form::HaResources),
            [vec!["lb1", "a", "\\"], vec!["lb2", "c"]]
        );
        assert_eq!(
            read("lb1 a \\\n b\n", Form::HaCf),
            [vec!["lb1", "a", "\\"], vec!["b"]]
        );
    }
}
