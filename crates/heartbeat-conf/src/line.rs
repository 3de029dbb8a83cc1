//! Lines of words. All three files share this form: `#` begins a comment, blanks separate words, and in haresources a
//! backslash at the end of a line joins it to the next.

use syntax::{FileId, Span};

/// A line that has words, with the places of those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its words in order; never empty.
    pub words: Vec<Span>,
}

/// The lines of `text` that have words. With `continued` a backslash in front of the end of a line joins it to the next.
#[must_use]
pub fn lines(text: &[u8], file: FileId, continued: bool) -> Vec<Line> {
    let mut out = Vec::new();
    let mut words: Vec<Span> = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let end = text[start..]
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(text.len(), |length| start + length);
        let line = &text[start..end];
        let line = &line[..line.iter().position(|byte| *byte == b'#').unwrap_or(line.len())];
        let joined = continued && line.trim_ascii_end().ends_with(b"\\");
        let line = if joined {
            line.trim_ascii_end().strip_suffix(b"\\").unwrap_or(line)
        } else {
            line
        };
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

    fn read(text: &str, continued: bool) -> Vec<Vec<&str>> {
        let shown = |line: &Line| {
            line.words
                .iter()
                .map(|span| &text[span.start as usize..span.end as usize])
                .collect()
        };
        lines(text.as_bytes(), FileId(0), continued)
            .iter()
            .map(shown)
            .collect()
    }

    #[test]
    fn comments_and_blank_lines_are_left_out() {
        assert_eq!(
            read("# all\n\nnode  lb1 lb2 # both\r\nauto_failback on", false),
            [vec!["node", "lb1", "lb2"], vec!["auto_failback", "on"],]
        );
    }

    #[test]
    fn a_backslash_joins_lines_where_it_may() {
        assert_eq!(
            read("lb1 a \\\n b\nlb2 c\n", true),
            [vec!["lb1", "a", "b"], vec!["lb2", "c"]]
        );
        assert_eq!(read("lb1 a \\\n b\n", false), [vec!["lb1", "a", "\\"], vec!["b"]]);
    }
}
