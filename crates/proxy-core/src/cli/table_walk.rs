//! All entries of a stick table, shown or cleared in parts: a table may hold millions, and the thread that answers has clients.
//!
//! Entries are shown in the order of their keys. Each turn gathers the keys of some of the table's parts into a run and sorts that;
//! once all are gathered, each turn takes the least key of all runs, looks its entry up and writes it, until it has written
//! enough. What has gone meanwhile is passed over, and what has come since its part was gathered is not shown.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::table::{Entry, Key, Table};

use super::ongoing::{Next, PART, Part};
use super::table::{Filter, head, line};
use super::{Call, Reply};

/// Entries that are looked at in a turn, or a few more.
const ENTRIES: usize = 2048;

/// Which entries, and how far.
#[derive(Debug)]
pub(super) struct Walk {
    table: Box<[u8]>,
    filters: Vec<Filter>,
    /// What had expired is cleared away.
    swept: bool,
    /// The next part of the table.
    part: usize,
}

impl Walk {
    pub(super) fn new(table: &[u8], filters: Vec<Filter>) -> Self {
        Self {
            table: table.into(),
            filters,
            swept: false,
            part: 0,
        }
    }

    fn wants(&self, entry: &Entry<'_>) -> bool {
        self.filters.iter().all(|filter| filter.holds(entry))
    }

    /// Clears away some of what has expired; gives whether there may be more.
    fn sweeps(&mut self, table: &Table, now: u32) -> bool {
        self.swept = self.swept || !table.sweep_some(now, ENTRIES as u32);
        !self.swept
    }

    /// Does something with the next parts; gives whether there are more.
    fn some_parts(&mut self, table: &Table, mut act: impl FnMut(&Self, usize) -> usize) -> bool {
        let mut seen = 0;
        while seen < ENTRIES && self.part < table.parts() {
            seen += act(self, self.part);
            self.part += 1;
        }
        self.part < table.parts()
    }
}

/// Tables keep 32 bits of the time.
fn now(call: &Call<'_, '_>) -> u32 {
    call.view.now_ms as u32
}

/// `clear table`.
#[derive(Debug)]
pub(super) struct Clear(pub(super) Walk);

impl Part for Clear {
    fn write(mut self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let Some(table) = call.view.runtime.tables.named(&self.0.table) else {
            return Reply::Done;
        };
        let now = now(call);
        let more = self.0.sweeps(table, now)
            || (self.0).some_parts(table, |walk, part| {
                table.retain_of(part, now, |entry| walk.wants(entry))
            });
        if more {
            return Reply::Later(Next::Part(self));
        }
        Reply::Done
    }
}

/// `show table`.
#[derive(Debug)]
pub(super) struct Show {
    walk: Walk,
    begun: bool,
    /// Keys in order, the least last.
    runs: Vec<Vec<Key>>,
    /// The least key of each run that is not at its end; none until all are gathered.
    least: Option<BinaryHeap<Reverse<(Key, usize)>>>,
}

impl Show {
    pub(super) fn new(walk: Walk) -> Self {
        Self {
            walk,
            begun: false,
            runs: Vec::new(),
            least: None,
        }
    }

    /// Gathers keys into one more run; gives whether there are more.
    fn gather(&mut self, table: &Table, now: u32) -> bool {
        let mut run = Vec::new();
        let more = self.walk.some_parts(table, |walk, part| {
            table.each_of(part, now, |entry| {
                if walk.wants(entry) {
                    run.push(entry.own_key());
                }
            })
        });
        run.sort_unstable_by(|one, other| other.cmp(one));
        self.runs.push(run);
        more
    }
}

impl Part for Show {
    fn write(mut self: Box<Self>, call: &mut Call<'_, '_>) -> Reply {
        let Some(table) = call.view.runtime.tables.named(&self.walk.table) else {
            return Reply::Done;
        };
        let now = now(call);
        if self.walk.sweeps(table, now) {
            return Reply::Later(Next::Part(self));
        }
        if !std::mem::replace(&mut self.begun, true) {
            head(table, now, call.out);
        }
        if self.least.is_none() {
            if self.gather(table, now) {
                return Reply::Later(Next::Part(self));
            }
            let runs = self.runs.iter_mut().enumerate();
            let least = runs.filter_map(|(at, run)| Some(Reverse((run.pop()?, at))));
            self.least = Some(least.collect());
        }
        let Self {
            walk, runs, least, ..
        } = &mut *self;
        let until = call.out.len() + PART;
        let mut looked = 0;
        let least = least.get_or_insert_default();
        while let Some(Reverse((key, at))) = least.pop() {
            if let Some(next) = runs[at].pop() {
                least.push(Reverse((next, at)));
            }
            table.look(&key, now, |entry| {
                if walk.wants(entry) {
                    line(table, entry, call.out);
                }
            });
            looked += 1;
            if call.out.len() >= until || looked >= ENTRIES {
                return Reply::Later(Next::Part(self));
            }
        }
        Reply::Done
    }
}
