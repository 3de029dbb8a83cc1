//! The facts of a keyword by its name, for those who look at files without reading them as a configuration.

use syntax::KeywordRow;

use super::{
    ACTION_INDEX, BIND_INDEX, GLOBAL_INDEX, OPTION_INDEX, PROXY_INDEX, SECTION_INDEX, SERVER_INDEX,
    TIMEOUT_INDEX, section_rows,
};

/// Where a keyword stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table<'a> {
    /// First word of a section.
    Section,
    /// First word of a line of `global`.
    Global,
    /// First word of a line of `defaults`, `frontend`, `listen` and `backend`.
    Proxy,
    /// Behind `option`.
    Option,
    /// Behind `timeout`.
    Timeout,
    /// Behind the address of a `bind` line.
    Bind,
    /// Behind the address of a `server` line, or in `default-server`.
    Server,
    /// The action of a rule.
    Action,
    /// First word of a line of that section, which is none of the above.
    In(&'a str),
}

/// The row of a keyword: since when it is there, warned of and refused, and what to write instead.
#[must_use]
pub fn row(table: Table<'_>, name: &str) -> Option<&'static KeywordRow> {
    let name = name.as_bytes();
    match table {
        Table::Section => SECTION_INDEX.find(name).map(|keyword| &keyword.row),
        Table::Global => GLOBAL_INDEX.find(name).map(|keyword| &keyword.row),
        Table::Proxy => PROXY_INDEX.find(name).map(|keyword| &keyword.row),
        Table::Option => OPTION_INDEX.find(name).map(|keyword| &keyword.row),
        Table::Timeout => TIMEOUT_INDEX.find(name).map(|keyword| &keyword.row),
        Table::Bind => BIND_INDEX.find(name).map(|keyword| &keyword.row),
        Table::Server => SERVER_INDEX.find(name).map(|keyword| &keyword.row),
        Table::Action => ACTION_INDEX.find(name).map(|keyword| &keyword.row),
        Table::In(section) => section_rows(section)
            .iter()
            .map(|keyword| &keyword.row)
            .find(|row| row.name.as_bytes() == name),
    }
}

#[cfg(test)]
mod tests {
    use syntax::Version;

    use super::*;

    #[test]
    fn rows_are_found_where_their_keyword_stands() {
        let removed = |table, name| row(table, name).and_then(|row| row.removed_in);
        assert_eq!(removed(Table::Proxy, "reqadd"), Some(Version::new(2, 1)));
        assert_eq!(removed(Table::Global, "nbproc"), Some(Version::new(2, 5)));
        assert_eq!(removed(Table::Section, "program"), Some(Version::new(3, 3)));
        assert!(row(Table::Option, "reqadd").is_none());
        assert!(row(Table::In("resolvers"), "nameserver").is_some());
        assert!(row(Table::Server, "check").is_some() && row(Table::Bind, "ssl").is_some());
        assert!(row(Table::Timeout, "client").is_some() && row(Table::Action, "deny").is_some());
    }
}
