//! The keyword tables: one `const` row for each keyword and place, one file for each family. The rows drive the parser, the
//! checks of place and arity, did-you-mean, listings and documentation. What a row acts by is bound to it here and nowhere else.

mod bfd;
mod check;
mod global;
mod instance;
mod lvs;
pub(crate) mod ours;
mod reference;
mod script;
mod sync;
mod top;
mod track;

use std::sync::LazyLock;

pub use reference::reference;
use syntax::table::Index;
use syntax::table::Keyword;
use syntax::{KeywordRow, Span};

use crate::lines::Line;
use crate::reading::Reading;

/// Where a keyword may stand, as bits of [`syntax::KeywordRow::places`].
pub(crate) mod place {
    /// Outside of every block.
    pub(crate) const TOP: u32 = 1;
    /// `global_defs`.
    pub(crate) const GLOBAL: u32 = 1 << 1;
    /// `vrrp_instance`.
    pub(crate) const INSTANCE: u32 = 1 << 2;
    /// `authentication`.
    pub(crate) const AUTHENTICATION: u32 = 1 << 3;
    /// `vrrp_script`.
    pub(crate) const SCRIPT: u32 = 1 << 4;
    /// `vrrp_sync_group`.
    pub(crate) const SYNC_GROUP: u32 = 1 << 5;
    /// `track_group`.
    pub(crate) const TRACK_GROUP: u32 = 1 << 6;
    /// `garp_group`.
    pub(crate) const GARP_GROUP: u32 = 1 << 7;
    /// `track_file`, as a definition.
    pub(crate) const TRACK_FILE: u32 = 1 << 8;
    /// `vrrp_track_process`.
    pub(crate) const TRACK_PROCESS: u32 = 1 << 9;
    /// `bfd_instance`.
    pub(crate) const BFD: u32 = 1 << 10;
    /// `SSL`.
    pub(crate) const SSL: u32 = 1 << 11;
    /// `virtual_server`.
    pub(crate) const VIRTUAL_SERVER: u32 = 1 << 12;
    /// `real_server`.
    pub(crate) const REAL_SERVER: u32 = 1 << 13;
    /// `HTTP_GET` and `SSL_GET`.
    pub(crate) const HTTP_GET: u32 = 1 << 14;
    /// `url` of a check.
    pub(crate) const URL: u32 = 1 << 15;
    /// `host` of `SMTP_CHECK`.
    pub(crate) const HOST: u32 = 1 << 16;
    /// `auth_hmac`.
    pub(crate) const HMAC: u32 = 1 << 17;
    /// `TCP_CHECK`.
    pub(crate) const TCP_CHECK: u32 = 1 << 18;
    /// `SMTP_CHECK`.
    pub(crate) const SMTP_CHECK: u32 = 1 << 19;
    /// `DNS_CHECK`.
    pub(crate) const DNS_CHECK: u32 = 1 << 20;
    /// `MISC_CHECK`.
    pub(crate) const MISC_CHECK: u32 = 1 << 21;
    /// `UDP_CHECK`.
    pub(crate) const UDP_CHECK: u32 = 1 << 22;
    /// `PING_CHECK`.
    pub(crate) const PING_CHECK: u32 = 1 << 23;
    /// `FILE_CHECK`.
    pub(crate) const FILE_CHECK: u32 = 1 << 24;
    /// `BFD_CHECK`.
    pub(crate) const BFD_CHECK: u32 = 1 << 25;
}

/// What carries a keyword out.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Act {
    /// A line by itself.
    Line(Run),
    /// A line with a block of keywords.
    Block {
        /// Which keywords.
        place: u32,
        /// Begins it; when false the block is skipped.
        begin: Begin,
        /// Ends it; given the place of its end.
        end: End,
    },
    /// A line with a block of entries, one a line.
    List {
        /// Begins it.
        begin: Begin,
        /// Takes an entry.
        entry: Run,
        /// Ends it.
        end: End,
    },
}

/// Carries a line out.
pub(crate) type Run = for<'h> fn(&mut Reading<'h>, &Line);
/// Begins a block.
pub(crate) type Begin = for<'h> fn(&mut Reading<'h>, &Line) -> bool;
/// Ends a block.
pub(crate) type End = for<'h> fn(&mut Reading<'h>, Span);

/// A row of the tables.
pub(crate) type Row = Keyword<Act>;

/// A block of keywords that is only read.
pub(crate) const fn read_block(place: u32) -> Act {
    Act::Block {
        place,
        begin: |_, _| true,
        end: |_, _| {},
    }
}

/// All tables, with what their place is called.
pub(crate) const TABLES: &[(u32, &str, &[&[Row]])] = &[
    (place::TOP, "Outside of blocks", &[top::ROWS]),
    (place::GLOBAL, "global_defs", &[global::ROWS, ours::GLOBAL_ROWS]),
    (place::INSTANCE, "vrrp_instance", &[instance::ROWS]),
    (
        place::AUTHENTICATION,
        "authentication",
        &[instance::AUTHENTICATION_ROWS],
    ),
    (place::HMAC, "auth_hmac", &[instance::HMAC_ROWS]),
    (place::SCRIPT, "vrrp_script", &[script::ROWS]),
    (place::SYNC_GROUP, "vrrp_sync_group", &[sync::ROWS]),
    (place::TRACK_GROUP, "track_group", &[sync::TRACK_GROUP_ROWS]),
    (place::GARP_GROUP, "garp_group", &[sync::GARP_GROUP_ROWS]),
    (place::TRACK_FILE, "track_file", &[track::FILE_ROWS]),
    (place::TRACK_PROCESS, "vrrp_track_process", &[track::PROCESS_ROWS]),
    (place::BFD, "bfd_instance", &[bfd::ROWS]),
    (place::SSL, "SSL", &[lvs::SSL_ROWS]),
    (
        place::VIRTUAL_SERVER,
        "virtual_server",
        &[lvs::VIRTUAL_SERVER_ROWS],
    ),
    (place::REAL_SERVER, "real_server", &[lvs::REAL_SERVER_ROWS]),
    (
        place::HTTP_GET,
        "HTTP_GET",
        &[check::HTTP_ROWS, check::HTTP_CONNECTING],
    ),
    (place::URL, "url", &[check::URL_ROWS]),
    (place::TCP_CHECK, "TCP_CHECK", &[check::TCP_ROWS]),
    (place::SMTP_CHECK, "SMTP_CHECK", &[check::SMTP_ROWS]),
    (place::HOST, "host", &[check::HOST_ROWS]),
    (
        place::DNS_CHECK,
        "DNS_CHECK",
        &[check::DNS_ROWS, check::DNS_CONNECTING],
    ),
    (
        place::UDP_CHECK,
        "UDP_CHECK",
        &[check::UDP_ROWS, check::UDP_CONNECTING],
    ),
    (place::PING_CHECK, "PING_CHECK", &[check::PING_ROWS]),
    (place::MISC_CHECK, "MISC_CHECK", &[check::MISC_ROWS]),
    (place::FILE_CHECK, "FILE_CHECK", &[check::FILE_ROWS]),
    (place::BFD_CHECK, "BFD_CHECK", &[check::BFD_ROWS]),
];

static INDEXES: LazyLock<Vec<(u32, &str, Index<Act>)>> = LazyLock::new(|| {
    TABLES
        .iter()
        .map(|(place, name, tables)| (*place, *name, Index::new(tables)))
        .collect()
});

/// The row of `name` in that place.
pub(crate) fn find(place: u32, name: &[u8]) -> Option<&'static Row> {
    index(place)?.find(name)
}

/// The names that may stand in that place.
pub(crate) fn names(place: u32) -> impl Iterator<Item = &'static str> {
    index(place).into_iter().flat_map(Index::names)
}

/// The rows of the keywords that may stand in a block, by the block's name; the empty name is outside of all blocks. None for
/// blocks that hold no keywords.
#[must_use]
pub fn block_rows(block: &str) -> Vec<&'static KeywordRow> {
    let wanted = match block {
        "" => place::TOP,
        "vrrp_track_file" => place::TRACK_FILE,
        // It has those of HTTP_GET.
        "SSL_GET" => place::HTTP_GET,
        _ => TABLES
            .iter()
            .find(|(_, name, _)| *name == block)
            .map_or(0, |(place, _, _)| *place),
    };
    let tables = TABLES.iter().filter(|(place, _, _)| *place == wanted);
    tables
        .flat_map(|(_, _, tables)| tables.iter())
        .flat_map(|rows| rows.iter())
        .map(|keyword| &keyword.row)
        .collect()
}

/// What the places are called in which a keyword may stand.
pub(crate) fn places_of(name: &[u8]) -> Vec<&'static str> {
    INDEXES
        .iter()
        .filter(|(_, _, index)| index.find(name).is_some())
        .map(|(_, name, _)| *name)
        .collect()
}

/// What a place is called.
pub(crate) fn place_name(place: u32) -> &'static str {
    TABLES
        .iter()
        .find(|(bit, _, _)| *bit == place)
        .map_or("", |(_, name, _)| *name)
}

fn index(place: u32) -> Option<&'static Index<Act>> {
    INDEXES
        .iter()
        .find(|(bit, _, _)| *bit == place)
        .map(|(_, _, index)| index)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use syntax::{Status, Version};

    use super::*;

    fn rows() -> impl Iterator<Item = (&'static str, u32, &'static Row)> {
        TABLES.iter().flat_map(|(place, name, tables)| {
            let rows = tables.iter().flat_map(|rows| rows.iter());
            rows.map(move |row| (*name, *place, row))
        })
    }

    #[test]
    fn names_are_unique_in_their_place_and_rows_stand_in_it() {
        let mut seen = HashSet::new();
        for (table, place, row) in rows() {
            let name = row.row.name;
            assert!(seen.insert((place, name)), "{table}: {name}");
            assert_eq!(row.row.places, place, "{table}: {name}");
            assert!(row.row.arity.min <= row.row.arity.max, "{table}: {name}");
            assert!(!row.row.help.is_empty(), "{table}: {name}");
        }
    }

    #[test]
    fn what_is_implemented_is_bound() {
        for (table, _, row) in rows() {
            let bound = row.act.is_some() && row.check.is_none();
            let name = row.row.name;
            assert!(bound || row.row.status == Status::ReadOnly, "{table}: {name}");
        }
    }

    #[test]
    fn what_was_renamed_or_removed_says_what_to_write() {
        for (table, _, row) in rows() {
            let row = &row.row;
            if row.removed_in.is_some() || row.deprecated_since.is_some() {
                assert!(!row.replacement.is_empty(), "{table}: {}", row.name);
            }
            let known =
                |version: Option<Version>| version.is_none_or(|version| version <= Version::new(2, 4));
            assert!(known(row.since) && known(row.removed_in), "{table}: {}", row.name);
        }
    }

    #[test]
    fn every_block_has_a_table() {
        for (table, _, row) in rows() {
            if let Some(Act::Block { place, .. }) = row.act.or(row.check) {
                assert!(!place_name(place).is_empty(), "{table}: {}", row.row.name);
            }
        }
    }
}
