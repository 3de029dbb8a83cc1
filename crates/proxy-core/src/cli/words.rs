//! A line cut into commands and words: `;` ends a command, blanks end a word, a backslash takes the next byte as it is.

/// The commands of a line, each without its `;`. A line that ends in `;` has no empty command behind it.
pub(super) fn commands(line: &[u8]) -> Vec<&[u8]> {
    let mut commands = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (i, &byte) in line.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b';' => {
                commands.push(&line[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    if start < line.len() || commands.is_empty() {
        commands.push(&line[start..]);
    }
    commands
}

/// The words of a command, without backslashes.
pub(super) fn words(command: &[u8]) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    let mut word: Option<Vec<u8>> = None;
    let mut bytes = command.iter();
    while let Some(&byte) = bytes.next() {
        match byte {
            b' ' | b'\t' | b'\r' => words.extend(word.take()),
            b'\\' => word.get_or_insert_default().extend(bytes.next()),
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_at_semicolons_that_are_not_escaped() {
        assert_eq!(commands(b"a;b c"), [b"a".as_slice(), b"b c"]);
        assert_eq!(commands(b"a;;b"), [b"a".as_slice(), b"", b"b"]);
        assert_eq!(commands(b"a;"), [b"a".as_slice()]);
        assert_eq!(commands(b""), [b"".as_slice()]);
        assert_eq!(commands(b"a\\;b"), [b"a\\;b".as_slice()]);
    }

    #[test]
    fn words_are_cut_at_blanks_that_are_not_escaped() {
        assert_eq!(
            words(b"  show \t version\r"),
            [b"show".to_vec(), b"version".to_vec()]
        );
        assert_eq!(words(b"a\\ b c\\;"), [b"a b".to_vec(), b"c;".to_vec()]);
        assert!(words(b"   ").is_empty());
    }
}
