//! The entries that a client's connection or a stream tracks (`track-sc0` and so on): what is counted for it is counted there.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use smallvec::SmallVec;

use super::{Data, Entry, Key, Place, Table, Tables};

/// Entries that are tracked, by the counter's number. One word where nothing is.
#[derive(Debug, Default)]
pub struct Tracked(Option<Box<Held>>);

#[derive(Debug)]
struct Held {
    tables: Arc<Tables>,
    /// By number: the table's number, and the place in it.
    places: SmallVec<[Option<(u32, Place)>; 3]>,
    /// Somebody else lets go of them, and holds them for as long.
    lent: bool,
}

impl Tracked {
    /// Whether nothing is tracked.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// The same entries for somebody who lets go of them before they are let go of here.
    #[must_use]
    pub fn lend(&self) -> Self {
        Self(self.0.as_ref().map(|held| {
            Box::new(Held {
                tables: Arc::clone(&held.tables),
                places: held.places.clone(),
                lent: true,
            })
        }))
    }

    /// The table and the place of what is tracked under a number.
    #[must_use]
    pub fn get(&self, counter: usize) -> Option<(&Table, Place)> {
        let held = self.0.as_ref()?;
        let (table, place) = (*held.places.get(counter)?)?;
        Some((held.tables.get(table as usize), place))
    }

    /// Tracks the entry of `key` under a number of its own, and counts a connection there. `see` is shown the entry. Where the table
    /// is full, nothing is tracked.
    pub fn track(
        &mut self,
        tables: &Arc<Tables>,
        (counter, table): (usize, usize),
        key: &Key,
        now: u32,
        see: impl FnOnce(&mut Entry<'_>),
    ) {
        tables.last.store(now, Relaxed);
        let place = tables.get(table).track(key, now, |entry| {
            entry.count(Data::ConnCnt, Data::ConnRate, 1);
            if let Some(field) = entry.field(Data::ConnCur, 0) {
                entry.add(field, 1);
            }
            see(entry);
        });
        let Some(place) = place else { return };
        let held = self.0.get_or_insert_with(|| {
            Box::new(Held {
                tables: Arc::clone(tables),
                places: SmallVec::new(),
                lent: false,
            })
        });
        if held.places.len() <= counter {
            held.places.resize(counter + 1, None);
        }
        if let Some((table, place)) = held.places[counter].replace((table as u32, place)) {
            held.tables.get(table as usize).release(place, now, left);
        }
    }

    /// Counts `n` more of a number and of its rate wherever they are stored.
    #[inline]
    pub fn count(&self, number: Data, rate: Data, n: u64, now: u32) {
        if let Some(held) = &self.0 {
            held.count(number, rate, n, now);
        }
    }

    /// Counts bytes from and to the client.
    #[inline]
    pub fn count_bytes(&self, received: u64, sent: u64, now: u32) {
        if let Some(held) = &self.0 {
            held.count_bytes([received, sent], now);
        }
    }

    /// Lets go of everything.
    #[inline]
    pub fn release(&mut self, now: u32) {
        if let Some(mut held) = self.0.take() {
            held.tables.last.store(now, Relaxed);
            held.release(now);
        }
    }
}

fn left(entry: &mut Entry<'_>) {
    entry.less(Data::ConnCur);
}

impl Held {
    fn count(&self, number: Data, rate: Data, n: u64, now: u32) {
        for (table, place) in self.places.iter().flatten() {
            let table = self.tables.get(*table as usize);
            if table.stores(number) + table.stores(rate) > 0 {
                table.touch_at(*place, now, |entry| entry.count(number, rate, n));
            }
        }
    }

    fn count_bytes(&self, bytes: [u64; 2], now: u32) {
        const KINDS: [(Data, Data); 2] = [
            (Data::BytesInCnt, Data::BytesInRate),
            (Data::BytesOutCnt, Data::BytesOutRate),
        ];
        for (table, place) in self.places.iter().flatten() {
            let table = self.tables.get(*table as usize);
            if KINDS
                .iter()
                .all(|(number, rate)| table.stores(*number) + table.stores(*rate) == 0)
            {
                continue;
            }
            let factor = u64::from(table.model().brates_factor);
            table.at(*place, now, |entry| {
                for ((number, rate), bytes) in KINDS.into_iter().zip(bytes) {
                    if let Some(field) = entry.field(number, 0) {
                        entry.add(field, bytes);
                    }
                    if let Some(field) = entry.field(rate, 0) {
                        entry.add(field, bytes.div_ceil(factor));
                    }
                }
            });
        }
    }

    fn release(&mut self, now: u32) {
        if self.lent {
            return self.places.clear();
        }
        for (table, place) in self.places.drain(..).flatten() {
            self.tables.get(table as usize).release(place, now, left);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let now = self.tables.last.load(Relaxed);
        self.release(now);
    }
}
