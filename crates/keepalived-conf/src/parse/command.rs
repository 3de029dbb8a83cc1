//! Scripts' command lines, cut as the original cuts them: first the line, with quotes of both kinds and a shell's escapes, then
//! the string that names the program, with quotes alone.

use crate::lines::Line;
use crate::written::Command;

/// The command behind the line's keyword, if it has one, and the words behind that: a user and a group.
pub(crate) fn command(line: &Line) -> (Option<Command>, Vec<String>) {
    let mut words = split(&String::from_utf8_lossy(&line.raw), true)
        .into_iter()
        .skip(1);
    let words_of_command = words.next().map(|text| split(&text, false)).unwrap_or_default();
    let span = line.arg(0).map_or_else(|| line.span(), |word| word.span);
    let command = (!words_of_command.is_empty()).then_some(Command {
        words: words_of_command,
        span,
        ids: None,
    });
    (command, words.collect())
}

/// The words of a text. A quote that is not closed ends with it.
fn split(text: &str, escapes: bool) -> Vec<String> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if escapes => {
                let escaped = escape(&mut letters);
                word.get_or_insert_default().push(escaped);
            }
            '"' | '\'' if quote.is_none() => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            letter if quote == Some(letter) => quote = None,
            letter if quote.is_none() && letter.is_ascii_whitespace() => out.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    out.extend(word);
    out
}

/// What stands behind a backslash.
fn escape(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> char {
    let Some(letter) = letters.next() else { return '\\' };
    match letter {
        'a' => '\u{7}',
        'b' => '\u{8}',
        'E' => '\u{1b}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'v' => '\u{b}',
        'x' => {
            let mut value = None;
            while let Some(digit) = letters.peek().and_then(|digit| digit.to_digit(16)) {
                letters.next();
                value = Some((value.unwrap_or(0) * 16 + digit) & 0xff);
            }
            value.and_then(char::from_u32).unwrap_or('x')
        }
        'c' => letters
            .next()
            .and_then(|control| u8::try_from(control).ok())
            .map_or('c', |control| char::from(control & 0x1f)),
        digit if digit.is_digit(8) => {
            let mut value = digit.to_digit(8).unwrap_or(0);
            for _ in 0..2 {
                let Some(digit) = letters.peek().and_then(|digit| digit.to_digit(8)) else {
                    break;
                };
                letters.next();
                value = value * 8 + digit;
            }
            char::from_u32(value & 0xff).unwrap_or('?')
        }
        letter => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(value: &str) -> Vec<Vec<String>> {
        split(value, true).iter().map(|text| split(text, false)).collect()
    }

    #[test]
    fn quotes_keep_words_together_and_escapes_are_a_shells() {
        assert_eq!(cut("\"killall -0 haproxy\""), [["killall", "-0", "haproxy"]]);
        assert_eq!(cut("\"/bin/true 'a b' c\""), [["/bin/true", "a b", "c"]]);
        assert_eq!(cut("'/bin/true a b'"), [["/bin/true", "a", "b"]]);
        assert_eq!(cut(r#""/bin/true \"a b\"""#), [["/bin/true", "a b"]]);
        assert_eq!(cut(r#""/bin/true a\ b""#), [["/bin/true", "a", "b"]]);
        assert_eq!(
            cut(r#""/bin/true $HOME a\x41 \101""#),
            [["/bin/true", "$HOME", "aA", "A"]]
        );
        assert_eq!(cut("/bin/true root"), [["/bin/true"], ["root"]]);
        assert_eq!(
            cut(r#"abcd" efg h jkl "mnop"#),
            [["abcd", "efg", "h", "jkl", "mnop"]]
        );
        assert_eq!(cut("\"\""), [Vec::<String>::new()]);
    }
}
