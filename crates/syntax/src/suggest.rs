//! Did-you-mean: which known word a mistyped one is closest to.

use std::cmp::Reverse;

/// How unlike two words are, the least first: edits, letters that they begin with alike, length.
type Likeness = (usize, Reverse<usize>, usize);

/// The candidate that `word` most probably stands for, or none when nothing is near enough.
///
/// Near enough is one edit for words of up to three letters, two up to six, three beyond; a swap of neighbours is one edit. Of
/// equally near ones it is the one that begins like the word for longest, then the shortest, then the first in the alphabet:
/// the order of the candidates does not matter.
#[must_use]
pub fn closest<'a>(word: &[u8], candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = match word.len() {
        0 => return None,
        1..=3 => 1,
        4..=6 => 2,
        _ => 3,
    };
    let mut best: Option<(Likeness, &str)> = None;
    for candidate in candidates {
        if candidate.len().abs_diff(word.len()) > allowed {
            continue;
        }
        let distance = distance(word, candidate.as_bytes());
        let worth = distance <= allowed && distance < candidate.len();
        if !worth {
            continue;
        }
        let likeness = (
            distance,
            Reverse(common(word, candidate.as_bytes())),
            candidate.len(),
        );
        if best.is_none_or(|best| (likeness, candidate) < best) {
            best = Some((likeness, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// How many letters two words begin with alike, their case ignored.
fn common(left: &[u8], right: &[u8]) -> usize {
    let pairs = left.iter().zip(right);
    pairs.take_while(|(a, b)| a.eq_ignore_ascii_case(b)).count()
}

/// Edits (insert, delete, replace, swap neighbours) between two words, letters' case ignored.
fn distance(left: &[u8], right: &[u8]) -> usize {
    let mut before_last = vec![0; right.len() + 1];
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for (row, a) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, b) in right.iter().enumerate() {
            let differs = usize::from(!a.eq_ignore_ascii_case(b));
            let mut cost = (last[column] + differs)
                .min(last[column + 1] + 1)
                .min(current[column] + 1);
            let swapped = row > 0
                && column > 0
                && a.eq_ignore_ascii_case(&right[column - 1])
                && left[row - 1].eq_ignore_ascii_case(b);
            if swapped {
                cost = cost.min(before_last[column - 1] + 1);
            }
            current.push(cost);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    last[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_swap_counts_once_and_far_words_are_not_offered() {
        let words = ["balance", "backend", "bind"];
        assert_eq!(closest(b"balacne", words), Some("balance"));
        assert_eq!(closest(b"bnid", words), Some("bind"));
        assert_eq!(closest(b"zzzz", words), None);
        assert_eq!(closest(b"", words), None);
    }

    #[test]
    fn of_equally_near_words_the_likeliest_is_offered_whatever_their_order() {
        assert_eq!(closest(b"pathh", ["pathq", "path"]), Some("path"));
        assert_eq!(closest(b"pathh", ["path", "pathq"]), Some("path"));
        assert_eq!(closest(b"srcc", ["arcc", "src"]), Some("src"));
        assert_eq!(closest(b"xab", ["bab", "aab"]), Some("aab"));
    }
}
