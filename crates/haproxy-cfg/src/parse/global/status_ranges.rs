//! Ranges of status codes: `http-err-codes`, `http-fail-codes`.

use syntax::Diagnostic;

use super::super::line::shown;
use crate::signature::{ReadArgument, Value};

/// Why ranges cannot be read.
#[derive(Debug, PartialEq, Eq)]
enum Wrong {
    /// What stands at this byte does not belong there.
    Form(usize),
    /// A code is none, or a range goes down.
    Codes,
}

/// `[+-]LOW[-HIGH][,…]`.
pub(crate) const STATUS_RANGES: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    let Err(wrong) = ranges(&word.text) else {
        return Some(Value::Text(word.text.to_vec().into()));
    };
    let (got, name) = (shown(word), subject.name);
    let message = match wrong {
        Wrong::Form(at) => format!(
            "Invalid status codes range '{got}' in '{name}' at position {at}. Ranges must be in the form \
             [+-]{{low[-{{high}}]}}[,...]."
        ),
        Wrong::Codes => format!(
            "Invalid status codes range '{got}' in '{name}'.\n Codes must be between 100 and 599 and ranges in \
             ascending order."
        ),
    };
    let told = Diagnostic::alert("bad-argument", message).at(word.span);
    subject.tell(reading, told.help("write status codes such as 400-404,500"));
    None
});

fn ranges(word: &[u8]) -> Result<(), Wrong> {
    let mut at = usize::from(matches!(word.first(), Some(b'+' | b'-')));
    loop {
        let low = code(word, &mut at)?;
        let high = if word.get(at) == Some(&b'-') {
            at += 1;
            code(word, &mut at)?
        } else {
            low
        };
        let end = word.get(at);
        if !matches!(end, None | Some(b',')) {
            return Err(Wrong::Form(at));
        }
        if low < 100 || high > 599 || high < low {
            return Err(Wrong::Codes);
        }
        if end.is_none() {
            return Ok(());
        }
        at += 1;
    }
}

/// The number that stands at `at`, which goes on behind it.
fn code(word: &[u8], at: &mut usize) -> Result<u32, Wrong> {
    let rest = word.get(*at..).unwrap_or_default();
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 {
        return Err(Wrong::Form(*at));
    }
    *at += digits;
    let text = std::str::from_utf8(&rest[..digits]).unwrap_or_default();
    // What is too long for a number is no code either.
    Ok(text.parse().unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_go_up_from_100_to_599() {
        for right in ["400", "+400-404,500", "-100-599", "400,401,402"] {
            assert_eq!(ranges(right.as_bytes()), Ok(()), "{right}");
        }
        for (wrong, why) in [
            ("1", Wrong::Codes),
            ("100-99", Wrong::Codes),
            ("400-600", Wrong::Codes),
            ("99999999999", Wrong::Codes),
            ("abc", Wrong::Form(0)),
            ("400,,500", Wrong::Form(4)),
            ("400,", Wrong::Form(4)),
            ("+100-200,-150", Wrong::Form(9)),
            ("10s", Wrong::Form(2)),
        ] {
            assert_eq!(ranges(wrong.as_bytes()), Err(why), "{wrong}");
        }
    }
}
