//! Actions of rule sets: which sets have each, since when, and what their arguments are; a file for each family. A name that
//! ends in `*` is followed by what belongs to it, a number or an argument in parentheses.

mod answer;
mod connection;
mod counter;
mod flow;
mod header;
mod map;
mod order;
mod stream;
mod uri;
mod variable;

use syntax::{Arity, Version};

use super::row::{Keyword, kw};
pub(crate) use answer::{ANSWER, REDIRECT};
pub(crate) use flow::LUA;
pub(crate) use order::listed;

use super::row::rule_set::{HTTP_AFTER, HTTP_REQ, HTTP_RES, QUIC_INI, TCP_CONN, TCP_REQ, TCP_RES, TCP_SESS};

/// A row of an action. It acts in the rule sets whose bits are set.
pub(crate) type Action = Keyword<u32>;

/// All rows.
pub(super) const TABLES: &[&[Action]] = &[
    answer::ROWS,
    connection::ROWS,
    counter::ROWS,
    flow::ROWS,
    header::ROWS,
    map::ROWS,
    stream::ROWS,
    uri::ROWS,
    variable::ROWS,
];

const ANY: Arity = Arity::ANY;

/// `tcp-request connection` and `session`.
const EARLY: u32 = TCP_CONN | TCP_SESS;
/// Sets of requests behind those.
const REQUEST: u32 = TCP_REQ | HTTP_REQ;
/// Sets that see what is transferred.
const CONTENT: u32 = TCP_REQ | TCP_RES | HTTP_REQ | HTTP_RES;
/// The HTTP sets.
const HTTP: u32 = HTTP_REQ | HTTP_RES | HTTP_AFTER;
/// All sets but that of QUIC's first packet.
const ALL: u32 = EARLY | CONTENT | HTTP_AFTER;

/// Sets that got an action later than the others did, with the first version that has it there.
const LATER: &[(&str, u32, Version)] = &[
    ("accept", QUIC_INI, Version::new(3, 1)),
    ("reject", QUIC_INI, Version::new(3, 1)),
    ("del-acl*", HTTP_AFTER, Version::new(2, 7)),
    ("del-map*", HTTP_AFTER, Version::new(2, 7)),
    ("sc-inc-gpc*", HTTP_AFTER, Version::new(2, 7)),
    ("sc-inc-gpc0*", HTTP_AFTER, Version::new(2, 7)),
    ("sc-inc-gpc1*", HTTP_AFTER, Version::new(2, 7)),
    ("sc-set-gpt*", HTTP_AFTER, Version::new(2, 7)),
    ("sc-set-gpt0*", HTTP_AFTER, Version::new(2, 7)),
    ("set-log-level", HTTP_AFTER, Version::new(2, 7)),
    ("set-map*", HTTP_AFTER, Version::new(2, 7)),
    ("set-timeout", HTTP_RES, Version::new(2, 9)),
];

/// Since when an action is in `set`, if it was not from the beginning.
pub(crate) fn since(action: &Action, set: u32) -> Option<Version> {
    LATER
        .iter()
        .find(|(name, sets, _)| *name == action.row.name && sets & set != 0)
        .map(|(_, _, version)| *version)
        .or(action.row.since)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::keywords::ACTION_INDEX;
    use crate::keywords::rule_set::NAMES;

    /// Actions that the listing leaves out, as the original reads them apart.
    const UNLISTED: &[&str] = &[
        "accept",
        "capture",
        "close",
        "expect-netscaler-cip",
        "expect-proxy",
        "ot-group",
        "reject",
        "track-sc*",
    ];

    fn rows() -> impl Iterator<Item = &'static Action> {
        TABLES.iter().flat_map(|rows| rows.iter())
    }

    #[test]
    fn each_set_has_the_actions_that_the_original_lists() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../compat-fixtures/keywords/haproxy-3.5.txt"
        );
        let listing = std::fs::read_to_string(path).expect("the listing is part of the repository");
        let mut listed = BTreeSet::new();
        for line in listing.lines().filter_map(|line| line.strip_prefix('\t')) {
            let Some((set, name)) = line.rsplit_once(' ') else {
                continue;
            };
            let Some((bit, _)) = NAMES.iter().find(|(_, known)| *known == set) else {
                continue;
            };
            let row = ACTION_INDEX.find(name.as_bytes());
            assert!(row.is_some_and(|row| row.row.places & bit != 0), "{line}");
            listed.insert((*bit, name));
        }
        assert!(listed.len() > 200, "the listing has been cut");
        for row in rows().filter(|row| !UNLISTED.contains(&row.row.name)) {
            let listed_sets = NAMES.iter().filter(|(bit, _)| *bit != QUIC_INI);
            for (bit, set) in listed_sets.filter(|(bit, _)| row.row.places & bit != 0) {
                assert!(listed.contains(&(*bit, row.row.name)), "{set} {}", row.row.name);
            }
        }
    }

    #[test]
    fn each_action_says_what_its_arguments_are_and_what_it_does() {
        for row in rows() {
            assert!(row.signature.is_some(), "{}", row.row.name);
            assert!(!row.row.help.is_empty(), "{}", row.row.name);
        }
    }

    #[test]
    fn what_came_later_to_a_set_is_in_it() {
        for (name, sets, version) in LATER {
            let row = ACTION_INDEX.find(name.as_bytes()).expect("it is a row");
            assert_eq!(row.row.places & sets, *sets, "{name}");
            assert!(*version > Version::new(2, 6), "{name}");
        }
    }
}
