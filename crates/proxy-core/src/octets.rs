//! Classes of octets, and the search for the first one outside of a class: eight at a time where most of them are inside. What a
//! line means is not known here.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// The octets of a token (RFC 9110, section 5.6.2), which methods and names of headers are.
static TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = matches!(
            octet as u8,
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.'
                | b'^' | b'_' | b'`' | b'|' | b'~'
        );
        octet += 1;
    }
    table
};

/// Whether an octet may stand in a token.
#[inline]
pub(crate) fn is_token(octet: u8) -> bool {
    TOKEN[octet as usize]
}

/// Where the token that begins at `at` ends: at the first octet of `buf` that is none of a token's, or at its end.
#[inline]
pub(crate) fn token_end(buf: &[u8], at: usize) -> usize {
    let mut rest = buf.get(at..).unwrap_or_default();
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        let others = no_letters(u64::from_le_bytes(*eight));
        if others != 0 {
            // Nearly always the end; else a digit, or what is rarer.
            let place = first(others);
            if !is_token(eight[place]) {
                return buf.len() - rest.len() + place;
            }
            if let Some(more) = eight[place..].iter().position(|&octet| !is_token(octet)) {
                return buf.len() - rest.len() + place + more;
            }
        }
        rest = behind;
    }
    let len = rest.iter().take_while(|&&octet| is_token(octet)).count();
    buf.len() - rest.len() + len
}

/// Sets the high bit of octets that are neither letters nor `-`, which names of headers are made of.
#[inline]
fn no_letters(word: u64) -> u64 {
    let low = word & !HIGH;
    let small = low | (ONES * 0x20);
    // The high bit of each octet tells whether it is at least 'a', and whether it is beyond 'z'.
    let from_a = small + ONES * u64::from(0x80 - b'a');
    let beyond_z = small + ONES * u64::from(0x7f - b'z');
    let no_dash = (low ^ (ONES * u64::from(b'-'))) + ONES * 0x7f;
    !((from_a ^ beyond_z) | !no_dash) & HIGH | word & HIGH
}

/// The first octet of `buf` from `at` on that ends a line or is NUL; its end if there is none.
#[inline]
pub(crate) fn text_end(buf: &[u8], at: usize) -> usize {
    let is_text = |octet: u8| !matches!(octet, b'\r' | b'\n' | 0);
    let mut rest = buf.get(at..).unwrap_or_default();
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        let controls = below(u64::from_le_bytes(*eight), b' ');
        if controls != 0 {
            let place = first(controls);
            // Nearly always the end; else a tab, or another control, in front of which others may stand.
            if !is_text(eight[place]) {
                return buf.len() - rest.len() + place;
            }
            if let Some(place) = eight.iter().position(|&octet| !is_text(octet)) {
                return buf.len() - rest.len() + place;
            }
        }
        rest = behind;
    }
    let len = rest.iter().take_while(|&&octet| is_text(octet)).count();
    buf.len() - rest.len() + len
}

/// The first octet of `buf` from `at` on that may not stand in a request target (RFC 3986 and what browsers send besides: no
/// blanks, controls, `#` or octets outside of ASCII); its end if there is none.
#[inline]
pub(crate) fn target_end(buf: &[u8], at: usize) -> usize {
    let mut rest = buf.get(at..).unwrap_or_default();
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        let outside = below(word, b'!') | (word & HIGH) | equal(word, 0x7f) | equal(word, b'#');
        if outside != 0 {
            return buf.len() - rest.len() + first(outside);
        }
        rest = behind;
    }
    let is_inside = |octet: &&u8| matches!(octet, b'!' | b'"' | b'$'..=b'~');
    buf.len() - rest.len() + rest.iter().take_while(is_inside).count()
}

/// The first octet of `text` that is one of two; its end if there is none. For texts of a few dozen octets, which most are: what
/// is made for long ones begins slowly.
#[inline]
pub(crate) fn first_of_two(text: &[u8], one: u8, other: u8) -> usize {
    let mut rest = text;
    while let Some((eight, behind)) = rest.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        let found = equal(word, one) | equal(word, other);
        if found != 0 {
            return text.len() - rest.len() + first(found);
        }
        rest = behind;
    }
    let len = rest.iter().take_while(|&&octet| octet != one && octet != other);
    text.len() - rest.len() + len.count()
}

/// Whether a control of ASCII stands in `text`.
#[inline]
pub(crate) fn has_controls(text: &[u8]) -> bool {
    let (words, rest) = text.as_chunks::<8>();
    let in_words = words.iter().any(|eight| {
        let word = u64::from_le_bytes(*eight);
        below(word, b' ') | equal(word, 0x7f) != 0
    });
    in_words || rest.iter().any(u8::is_ascii_control)
}

/// Sets the high bit of octets that are less than `limit` (at most 0x80). Nothing is said of octets behind the first found.
#[inline]
fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(ONES * u64::from(limit)) & !word & HIGH
}

/// Sets the high bit of octets that are `octet`. Nothing is said of octets behind the first found.
#[inline]
fn equal(word: u64, octet: u8) -> u64 {
    below(word ^ (ONES * u64::from(octet)), 1)
}

/// The place of the first octet whose high bit is set.
#[inline]
fn first(found: u64) -> usize {
    // The remainder is for the compiler: a place among eight.
    (found.trailing_zeros() / 8) as usize % 8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn plain(buf: &[u8], at: usize, is_inside: impl Fn(u8) -> bool) -> usize {
        buf.iter()
            .skip(at)
            .position(|&octet| !is_inside(octet))
            .map_or(buf.len(), |place| at + place)
    }

    #[test]
    fn each_octet_is_found_wherever_it_stands() {
        for octet in 0..=255u8 {
            for place in 0..20 {
                let mut buf = [b'a'; 20];
                buf[place] = octet;
                let is_text = |o| !matches!(o, 0 | b'\r' | b'\n');
                let is_target = |o| matches!(o, 0x21..=0x7e) && o != b'#';
                assert_eq!(has_controls(&buf), octet.is_ascii_control(), "{octet} at {place}");
                assert_eq!(token_end(&buf, 0), plain(&buf, 0, is_token), "{octet} at {place}");
                assert_eq!(text_end(&buf, 0), plain(&buf, 0, is_text), "{octet} at {place}");
                assert_eq!(
                    target_end(&buf, 0),
                    plain(&buf, 0, is_target),
                    "{octet} at {place}"
                );
            }
        }
    }

    proptest! {
        #[test]
        fn ends_are_those_of_a_plain_search(buf in proptest::collection::vec(any::<u8>(), 0..60), at in 0usize..60) {
            let at = at.min(buf.len());
            prop_assert_eq!(token_end(&buf, at), plain(&buf, at, is_token));
            prop_assert_eq!(text_end(&buf, at), plain(&buf, at, |o| !matches!(o, 0 | b'\r' | b'\n')));
            prop_assert_eq!(target_end(&buf, at), plain(&buf, at, |o| matches!(o, 0x21..=0x7e) && o != b'#'));
            let two = [buf.first().copied().unwrap_or(b','), b'"'];
            let text = &buf[at..];
            prop_assert_eq!(first_of_two(text, two[0], two[1]), plain(text, 0, |o| !two.contains(&o)));
            prop_assert_eq!(has_controls(text), text.iter().any(u8::is_ascii_control));
        }
    }
}
