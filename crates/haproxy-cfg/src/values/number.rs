//! Integers, strictly and as the original's `atol` reads them.

/// What a loose reading gives: the leading number, and whether something stood behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Loose {
    /// The leading number; 0 when there is none.
    pub(crate) value: i64,
    /// Whether the word was nothing but that number.
    pub(crate) exact: bool,
}

/// A word that is an integer and nothing else.
pub(crate) fn integer(word: &[u8]) -> Option<i64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// Reads the leading integer as C's `atol` does: blanks, a sign, digits, the rest ignored.
pub(crate) fn loose_integer(word: &[u8]) -> Loose {
    let trimmed = word.trim_ascii_start();
    let signed = usize::from(matches!(trimmed.first(), Some(b'+' | b'-')));
    let digits = trimmed[signed..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    let number = &trimmed[..signed + digits];
    let value = if digits == 0 {
        0
    } else {
        integer(number).unwrap_or(if trimmed[0] == b'-' { i64::MIN } else { i64::MAX })
    };
    Loose {
        value,
        exact: digits > 0 && number.len() == word.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loose_reading_tells_what_it_left() {
        assert_eq!(
            loose_integer(b"12abc"),
            Loose {
                value: 12,
                exact: false
            }
        );
        assert_eq!(
            loose_integer(b"-3"),
            Loose {
                value: -3,
                exact: true
            }
        );
        assert_eq!(
            loose_integer(b"abc"),
            Loose {
                value: 0,
                exact: false
            }
        );
        assert_eq!(
            loose_integer(b"99999999999999999999"),
            Loose {
                value: i64::MAX,
                exact: true
            }
        );
        assert_eq!(integer(b"12abc"), None);
    }
}
