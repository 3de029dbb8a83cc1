//! The keyword tables: one `const` row for each keyword, one file for each family. The rows drive the parser, the checks of
//! section and arity, did-you-mean, listings and documentation. What a row acts by is bound to it here and nowhere else.

mod action;
pub(crate) mod alias;
mod argument;
mod bind;
pub mod command;
mod converter;
mod derived;
mod describe;
mod extension;
mod fetch;
mod global;
mod legacy;
mod listing;
mod look_up;
mod option;
mod proxy;
mod reference;
mod row;
mod sample;
mod section;
mod sections;
mod server;
mod timeout;

use std::sync::LazyLock;

pub(crate) use action::{
    ANSWER, Action, LUA as LUA_ACTION, REDIRECT, listed as listed_actions, since as action_since,
};
pub use alias::{AliasRow, Need};
pub use argument::ArgType;
pub use command::CommandRow;
pub use describe::{Described, DescribedSample, described, samples};
pub(crate) use extension::{SERVICES, filters};
pub use listing::listing;
pub use look_up::{Table, row};
pub(crate) use option::places as option_places;
pub use reference::reference;
pub(crate) use row::{Index, Parse};
pub use row::{Keyword, place, rule_set};
pub use sample::{Before, ConverterRow, DerivedRow, FetchRow, Output, Source};
pub(crate) use sample::{CONVERTER_INDEX, DERIVED_INDEX, FETCH_INDEX, LUA_CONVERTER, LUA_FETCH};

use crate::parse::{BindParse, OptionParse, ServerParse};
use crate::written::TimeoutKind;

/// Rows of the `global` section.
pub(crate) const GLOBAL: &[&[Keyword<Parse>]] = &{
    let mut tables = [legacy::GLOBAL_ROWS; global::ROWS.len() + 1];
    let mut at = 0;
    while at < global::ROWS.len() {
        tables[at] = global::ROWS[at];
        at += 1;
    }
    tables
};
/// Rows of `defaults`, `frontend`, `listen` and `backend`.
pub(crate) const PROXY: &[&[Keyword<Parse>]] = &[proxy::ROWS, legacy::PROXY_ROWS];
/// Rows of `option …`.
pub(crate) const OPTION: &[&[Keyword<OptionParse>]] = &[option::ROWS, legacy::OPTION_ROWS];
/// Rows of `timeout …`.
pub(crate) const TIMEOUT: &[&[Keyword<TimeoutKind>]] = &[timeout::ROWS];
/// Rows of `bind` lines.
pub(crate) const BIND: &[&[Keyword<BindParse>]] = &[bind::ROWS];
/// Rows of `server` and `default-server` lines.
pub(crate) const SERVER: &[&[Keyword<ServerParse>]] = &[server::ROWS];
/// Rows of section names.
pub(crate) const SECTION: &[&[Keyword<()>]] = &[section::ROWS];

/// Rows of the actions of rule sets.
pub(crate) const ACTION: &[&[Action]] = action::TABLES;
/// All sample fetches.
pub const FETCHES: &[FetchRow] = fetch::ROWS;
/// All aliases of log-format strings.
pub const ALIASES: &[AliasRow] = alias::ROWS;
/// All converters.
pub const CONVERTERS: &[ConverterRow] = converter::ROWS;
/// All commands of sockets, by name.
pub const COMMANDS: &[CommandRow] = command::ROWS;
/// All derived ACL keywords.
pub const DERIVED: &[DerivedRow] = derived::ROWS;

/// Rows of a section beside the proxies; none when there is no such section.
pub(crate) fn section_rows(section: &str) -> &'static [Keyword<Parse>] {
    sections::ROWS
        .iter()
        .find(|(name, _)| *name == section)
        .map_or(&[], |(_, rows)| rows)
}

pub(crate) static GLOBAL_INDEX: LazyLock<Index<Parse>> = LazyLock::new(|| Index::new(GLOBAL));
pub(crate) static PROXY_INDEX: LazyLock<Index<Parse>> = LazyLock::new(|| Index::new(PROXY));
pub(crate) static OPTION_INDEX: LazyLock<Index<OptionParse>> = LazyLock::new(|| Index::new(OPTION));
pub(crate) static TIMEOUT_INDEX: LazyLock<Index<TimeoutKind>> = LazyLock::new(|| Index::new(TIMEOUT));
pub(crate) static BIND_INDEX: LazyLock<Index<BindParse>> = LazyLock::new(|| Index::new(BIND));
pub(crate) static SERVER_INDEX: LazyLock<Index<ServerParse>> = LazyLock::new(|| Index::new(SERVER));
pub(crate) static SECTION_INDEX: LazyLock<Index<()>> = LazyLock::new(|| Index::new(SECTION));
pub(crate) static ACTION_INDEX: LazyLock<Index<u32>> = LazyLock::new(|| Index::new(ACTION));

/// The names of actions that are acted on, in one rule set at least.
pub fn actions_that_act() -> impl Iterator<Item = &'static str> {
    let rows = ACTION.iter().flat_map(|rows| rows.iter());
    rows.filter(|row| row.act.is_some()).map(|row| row.row.name)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use syntax::{KeywordRow, Status, Version};

    use super::*;

    /// Each table with whether a row of it has something that acts.
    fn rows() -> Vec<(&'static str, Vec<(KeywordRow, bool)>)> {
        fn all<P: Copy>(tables: &[&[Keyword<P>]]) -> Vec<(KeywordRow, bool)> {
            tables
                .iter()
                .flat_map(|rows| rows.iter())
                .map(|keyword| (keyword.row, keyword.act.is_some()))
                .collect()
        }
        let mut tables = vec![
            ("global", all(GLOBAL)),
            ("proxy", all(PROXY)),
            ("option", all(OPTION)),
            ("timeout", all(TIMEOUT)),
            ("bind", all(BIND)),
            ("server", all(SERVER)),
            ("section", all(SECTION)),
            ("action", all(ACTION)),
        ];
        tables.extend(sections::ROWS.iter().map(|(name, rows)| (*name, all(&[rows]))));
        tables
    }

    #[test]
    fn names_are_unique_in_their_table() {
        for (table, rows) in rows() {
            let mut seen = HashSet::new();
            for (row, _) in rows {
                assert!(seen.insert(row.name), "{table}: {}", row.name);
            }
        }
        let fetches: HashSet<_> = FETCHES.iter().map(|row| row.name).collect();
        assert_eq!(fetches.len(), FETCHES.len());
        let converters: HashSet<_> = CONVERTERS.iter().map(|row| row.name).collect();
        assert_eq!(converters.len(), CONVERTERS.len());
        let derived: HashSet<_> = DERIVED.iter().map(|row| row.name).collect();
        assert_eq!(derived.len(), DERIVED.len());
    }

    #[test]
    fn what_is_implemented_is_bound() {
        for (table, rows) in rows() {
            for (row, bound) in rows {
                assert!(bound || row.status == Status::ReadOnly, "{table}: {}", row.name);
            }
        }
    }

    /// The rows of each table whose arguments are neither typed by a signature nor read by what acts on them.
    #[test]
    fn the_arguments_of_every_row_are_typed() {
        fn untyped<P: Copy>(table: &str, tables: &[&[Keyword<P>]], out: &mut Vec<String>) {
            for keyword in tables.iter().flat_map(|rows| rows.iter()) {
                let typed = keyword.signature.is_some() || keyword.act.is_some() || keyword.check.is_some();
                if !typed && keyword.row.arity.max > 0 {
                    out.push(format!("{table}: {}", keyword.row.name));
                }
            }
        }
        let mut out = Vec::new();
        untyped("global", GLOBAL, &mut out);
        untyped("proxy", PROXY, &mut out);
        untyped("option", OPTION, &mut out);
        untyped("timeout", TIMEOUT, &mut out);
        untyped("bind", BIND, &mut out);
        untyped("server", SERVER, &mut out);
        untyped("action", ACTION, &mut out);
        for (name, rows) in sections::ROWS {
            untyped(name, &[rows], &mut out);
        }
        assert!(out.is_empty(), "{} rows: {out:#?}", out.len());
    }

    #[test]
    fn what_was_removed_says_what_to_write() {
        for (table, rows) in rows() {
            for (row, _) in rows {
                if row.removed_in.is_some() || row.deprecated_since.is_some() {
                    assert!(!row.replacement.is_empty(), "{table}: {}", row.name);
                }
                if let (Some(warned), Some(removed)) = (row.deprecated_since, row.removed_in) {
                    assert!(warned <= removed, "{table}: {}", row.name);
                }
                assert!(
                    row.since.is_none_or(|since| since <= Version::new(3, 5)),
                    "{table}: {}",
                    row.name
                );
            }
        }
    }

    #[test]
    fn every_row_may_stand_somewhere_and_takes_a_sensible_number_of_arguments() {
        for (table, rows) in rows() {
            for (row, _) in rows {
                assert_ne!(row.places, 0, "{table}: {}", row.name);
                assert!(row.arity.min <= row.arity.max, "{table}: {}", row.name);
                assert!(!row.name.contains(char::is_whitespace), "{table}: {}", row.name);
            }
        }
        for row in FETCHES {
            assert!(
                row.arity.min <= row.arity.max && row.contexts() != 0,
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn derived_keywords_stand_for_fetches_that_exist() {
        for row in DERIVED {
            assert!(FETCH_INDEX.contains_key(row.fetch), "{}", row.name);
        }
    }
}
