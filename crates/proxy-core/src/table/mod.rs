//! Stick tables: what is remembered of clients and of whatever else rules have a key for (manual, `stick-table`).
//!
//! A table is cut into parts by the hash of keys; a part (`shard`) is a slab of words with a lock of its own. An entry has room
//! for what its table stores and nothing else. Time is handed in, in milliseconds of the process's clock, of which 32 bits are kept.
//! No peers here, and no rules: those ask what is in here.

mod data;
mod entry;
mod journal;
mod key;
mod rate;
mod shard;
mod sharers;
mod stick;
#[cfg(test)]
mod tests;
mod tracked;

use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

use haproxy_cfg::model::{Config, StickTable, Word};

pub use data::{Data, Field};
pub use entry::Entry;
pub use journal::Changes;
pub use key::{Key, sample_type};
pub use stick::{Place, Removed, Table};
pub use tracked::Tracked;

/// Expired entries that are cleared away at once: the thread that does it has clients.
const SWEPT: u32 = 500;

/// All tables of a configuration, in its order.
#[derive(Debug, Default)]
pub struct Tables {
    tables: Box<[Table]>,
    /// When one of them was last used by somebody who tracks: for those who are gone before they could let go.
    last: AtomicU32,
}

/// A table as it is shared: with nobody, where its section of peers is not at work.
fn known(config: &Config, table: &StickTable) -> StickTable {
    let is_at_work = |name: &Word| {
        let mut sections = config.sections.peers.iter();
        sections.any(|section| section.name == *name && section.is_at_work())
    };
    StickTable {
        peers: table.peers.clone().filter(is_at_work),
        ..table.clone()
    }
}

impl Tables {
    /// Empty ones.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        Self {
            tables: config
                .tables
                .iter()
                .map(|table| Table::new(known(config, table)))
                .collect(),
            last: AtomicU32::new(0),
        }
    }

    /// The table of that number.
    ///
    /// # Panics
    /// When it is of another configuration.
    #[must_use]
    pub fn get(&self, table: usize) -> &Table {
        &self.tables[table]
    }

    /// The table of that name.
    #[must_use]
    pub fn named(&self, name: &[u8]) -> Option<&Table> {
        self.iter().find(|table| table.model().name.as_slice() == name)
    }

    /// All.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Table> {
        self.tables.iter()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Clears away some of what has expired; gives whether there may be more.
    pub fn sweep(&self, now: u32) -> bool {
        self.last.store(now, Relaxed);
        self.tables.iter().any(|table| table.sweep_some(now, SWEPT))
    }

    /// Whether entries of one of them expire.
    #[must_use]
    pub fn expire(&self) -> bool {
        self.iter().any(|table| table.model().expire.is_some())
    }
}
