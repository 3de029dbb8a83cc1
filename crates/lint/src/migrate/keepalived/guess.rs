//! Which version a keepalived.conf was written for, from what it uses.

use syntax::Version;

use super::super::{Guess, keepalived_row};
use super::file::Text;

/// The version taken when nothing in a file tells: the oldest that a distribution still looks after.
const WITHOUT_A_SIGN: Version = Version::new(2, 0);

/// Guesses the version that a text was written for: that of its newest keyword, or the one before its oldest was dropped.
#[must_use]
pub fn guess_version(text: &[u8]) -> Guess {
    let file = Text::new(text);
    let mut newest: Option<(Version, String, u32)> = None;
    let mut dropped: Option<(Version, String, u32)> = None;
    for (at, _) in file.tree.nodes.iter().enumerate() {
        let keyword = file.keyword(at);
        let Some(row) = keepalived_row(&file.block_of(at), &keyword) else {
            continue;
        };
        let line = file.line(at);
        if let Some(since) = row.since
            && newest.as_ref().is_none_or(|(known, ..)| *known < since)
        {
            newest = Some((since, keyword.clone(), line));
        }
        if let Some(removed) = row.removed_in
            && dropped.as_ref().is_none_or(|(known, ..)| removed < *known)
        {
            dropped = Some((removed, keyword, line));
        }
    }
    let before = |version: Version| {
        let earlier = super::VERSIONS.iter().copied().filter(|known| *known < version);
        earlier.max().unwrap_or(version)
    };
    match (dropped, newest) {
        (Some((removed, name, line)), _) => Guess {
            version: before(removed),
            why: format!("line {line} has '{name}', which {removed} refuses"),
        },
        (None, Some((since, name, line))) if since > WITHOUT_A_SIGN => Guess {
            version: since,
            why: format!("line {line} has '{name}', which came with {since}"),
        },
        _ => Guess {
            version: WITHOUT_A_SIGN,
            why: "nothing in the file tells".to_owned(),
        },
    }
}
