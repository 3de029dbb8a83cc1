//! What the tables tell of keywords to who writes a file: names, what is written behind them, what they are for.

use syntax::KeywordRow;
use syntax::table::Describe as _;

use super::look_up::Table;
use super::{
    ACTION, ArgType, BIND, CONVERTERS, FETCHES, GLOBAL, Keyword, OPTION, PROXY, SECTION, SERVER, TIMEOUT,
    section_rows,
};
use crate::signature::Arg;

/// A keyword as one who writes a file wants to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Described {
    /// Its row.
    pub row: KeywordRow,
    /// What is written behind it, each part behind a blank; empty where nothing is, or where nobody says what.
    pub arguments: String,
}

/// All keywords of a table, in its order.
#[must_use]
pub fn described(table: Table<'_>) -> Vec<Described> {
    match table {
        Table::Section => all(SECTION),
        Table::Global => all(GLOBAL),
        Table::Proxy => all(PROXY),
        Table::Option => all(OPTION),
        Table::Timeout => all(TIMEOUT),
        Table::Bind => all(BIND),
        Table::Server => all(SERVER),
        Table::Action => all(ACTION),
        Table::In(section) => all(&[section_rows(section)]),
    }
}

fn all<P: Copy>(tables: &[&[Keyword<P>]]) -> Vec<Described> {
    let rows = tables.iter().flat_map(|rows| rows.iter());
    rows.map(|keyword| Described {
        row: keyword.row,
        arguments: keyword.signature.map(Arg::describe).unwrap_or_default(),
    })
    .collect()
}

/// What a sample fetch or a converter is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescribedSample {
    /// Its name.
    pub name: &'static str,
    /// Types of its arguments.
    pub arguments: &'static [ArgType],
    /// What it takes, gives and looks at, as a sentence.
    pub about: String,
}

/// All sample fetches, then all converters.
#[must_use]
pub fn samples() -> Vec<DescribedSample> {
    let fetches = FETCHES.iter().map(|row| DescribedSample {
        name: row.name,
        arguments: row.args,
        about: format!(
            "A sample fetch. It looks at {} and gives {}.",
            row.source.name(),
            row.output.name()
        ),
    });
    let converters = CONVERTERS.iter().map(|row| DescribedSample {
        name: row.name,
        arguments: row.args,
        about: format!(
            "A converter. It takes {} and gives {}.",
            row.input.name(),
            row.output.name()
        ),
    });
    fetches.chain(converters).collect()
}
