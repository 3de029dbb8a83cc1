//! What fetches and converters ask of an entry of a stick table, by the part of their names that all of them have in common:
//! `conn_cnt` of `sc0_conn_cnt`, `src_conn_cnt` and `table_conn_cnt`.

use super::Sample;
use crate::table::{Data, Entry, Table};

/// What is asked of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// What is stored, or a rate; by the old names of counters and tags what an array has first.
    Stored(Data),
    /// The same of an array.
    Element(Data, u32),
    /// Bytes, in units of 1024.
    Kilobytes(Data),
    /// One more of a counter, and what it is then.
    More(Counter),
    /// A counter is set to 0: what it was.
    Cleared(Counter),
    /// Another connection: how many there are then.
    Connection,
    /// How many track it.
    Trackers,
    /// Milliseconds until it expires.
    Expires,
    /// Milliseconds since it was touched.
    Idle,
}

/// A counter for general purposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Counter {
    /// By its old name.
    Old(Data, Data),
    /// Of an array.
    Of(u32),
}

impl Asked {
    /// What `name` asks, without what it begins with; `index` is the number in the array for names that have one.
    pub(crate) fn of(name: &str, index: u32) -> Option<Self> {
        const FIRST: Counter = Counter::Old(Data::Gpc0, Data::Gpc0Rate);
        const SECOND: Counter = Counter::Old(Data::Gpc1, Data::Gpc1Rate);
        Some(match name {
            "kbytes_in" => Self::Kilobytes(Data::BytesInCnt),
            "kbytes_out" => Self::Kilobytes(Data::BytesOutCnt),
            "get_gpc" | "gpc" => Self::Element(Data::Gpc, index),
            "get_gpt" | "gpt" => Self::Element(Data::Gpt, index),
            "gpc_rate" => Self::Element(Data::GpcRate, index),
            "get_gpc0" => Self::Stored(Data::Gpc0),
            "get_gpc1" => Self::Stored(Data::Gpc1),
            "get_gpt0" => Self::Stored(Data::Gpt0),
            "inc_gpc" => Self::More(Counter::Of(index)),
            "inc_gpc0" => Self::More(FIRST),
            "inc_gpc1" => Self::More(SECOND),
            "clr_gpc" => Self::Cleared(Counter::Of(index)),
            "clr_gpc0" => Self::Cleared(FIRST),
            "clr_gpc1" => Self::Cleared(SECOND),
            "updt_conn_cnt" => Self::Connection,
            "trackers" => Self::Trackers,
            "expire" => Self::Expires,
            "idle" => Self::Idle,
            stored => Self::Stored(Data::named(stored.as_bytes())?),
        })
    }

    /// Whether a name asks by a number in an array.
    pub(crate) fn has_index(name: &str) -> bool {
        matches!(
            name,
            "get_gpc" | "get_gpt" | "inc_gpc" | "clr_gpc" | "gpc" | "gpt" | "gpc_rate"
        )
    }

    /// It changes the entry, which is made where there is none.
    pub(crate) fn changes(self) -> bool {
        matches!(self, Self::More(_) | Self::Cleared(_) | Self::Connection)
    }

    /// The answer; none where the table does not store what is asked for.
    pub(crate) fn answer(self, entry: &mut Entry<'_>) -> Option<i64> {
        let number = match self {
            Self::Stored(kind) => entry.get(entry.plain(kind)?),
            Self::Element(kind, index) => entry.get(entry.field(kind, index)?),
            Self::Kilobytes(kind) => entry.get(entry.field(kind, 0)?) >> 10,
            Self::More(counter) => more(entry, counter, 1),
            Self::Cleared(counter) => {
                let number = match counter {
                    Counter::Old(kind, _) => entry.plain(kind),
                    Counter::Of(index) => entry.field(Data::Gpc, index),
                };
                let number = number?;
                let was = entry.get(number);
                entry.set(number, 0);
                was
            }
            Self::Connection => {
                let number = entry.field(Data::ConnCnt, 0)?;
                entry.add(number, 1);
                entry.get(number)
            }
            Self::Trackers => entry.refs().into(),
            Self::Expires => entry.expires_in().into(),
            Self::Idle => match entry.expires_in() {
                // Nothing is known where nothing expires, as with the original.
                0 => 0,
                _ => entry.idle().into(),
            },
        };
        i64::try_from(number).ok()
    }

    /// The answer for the entry of a key, of which there may be none: that is 0.
    pub(crate) fn answer_of(self, table: &Table, key: &crate::table::Key, now: u32) -> Option<i64> {
        let answer = |entry: &mut Entry<'_>| self.answer(entry);
        if self.changes() {
            table.touch(key, now, answer)?
        } else {
            table.look(key, now, answer).unwrap_or(Some(0))
        }
    }
}

/// Counts `n` more of a counter and of its rate, as far as they are stored. Gives the counter's value; 0 where there is none.
pub(crate) fn more(entry: &mut Entry<'_>, counter: Counter, n: u64) -> u64 {
    let (number, rate) = match counter {
        Counter::Old(number, rate) => (entry.plain(number), entry.plain(rate)),
        Counter::Of(index) => (entry.field(Data::Gpc, index), entry.field(Data::GpcRate, index)),
    };
    if let Some(rate) = rate {
        entry.add(rate, n);
    }
    number.map_or(0, |number| entry.add(number, n))
}

/// A number as a sample.
pub(crate) fn number<'a>(number: i64) -> Sample<'a> {
    Sample::Int(number)
}
