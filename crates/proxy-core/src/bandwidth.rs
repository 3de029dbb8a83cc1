//! How fast the bodies of a stream may go through: limits that rules switch on (manual, section 9.7).
//!
//! A limit is a bucket that fills with time: what may go on at once is what has gathered in it. It is small beside what goes
//! through in a period, so that bytes flow evenly. Time is handed in, in milliseconds of the process's clock.

use std::fmt;
use std::sync::Arc;

use haproxy_cfg::model::Millis;

use crate::table::{Data, Key, Place, Tables};

/// Bytes that may gather in any case.
const BURST: u64 = 16 * 1024;

/// Time for which bytes may gather where that is more.
const BURST_MS: u64 = 100;

/// Time for which bytes gather before any go on: fewer wake-ups with more each.
const STEP_MS: u64 = 40;

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

impl Way {
    /// What a table keeps of it.
    #[must_use]
    pub fn rate(self) -> Data {
        match self {
            Self::Up => Data::BytesInRate,
            Self::Down => Data::BytesOutRate,
        }
    }
}

/// A limit's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Bytes over the period; more than 0.
    pub limit: u64,
    /// The period, more than 0.
    pub period: Millis,
    /// Bytes that go on at once at least, unless there are fewer.
    pub min: u64,
}

impl Pace {
    fn period(self) -> u64 {
        u64::from(self.period.max(1))
    }

    fn limit(self) -> u64 {
        self.limit.max(1)
    }

    /// Bytes that gather in a time.
    fn in_time(self, ms: u64) -> u64 {
        (u128::from(self.limit()) * u128::from(ms) / u128::from(self.period())) as u64
    }

    /// Bytes that may gather.
    fn burst(self) -> u64 {
        let wanted = BURST.max(self.min).max(self.in_time(BURST_MS));
        wanted.min(self.limit())
    }

    /// Bytes that are waited for before any go on.
    fn step(self) -> u64 {
        self.min.max(self.in_time(STEP_MS)).clamp(1, self.burst())
    }
}

/// What a stream has of a limit that others share.
struct Share {
    sharers: Arc<()>,
    tables: Arc<Tables>,
    table: usize,
    place: Place,
    rate: Data,
    /// When it was last used: for those who are gone before they could let go.
    last_ms: u32,
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a share of table {}", self.table)
    }
}

impl Share {
    fn streams(&self) -> u64 {
        Arc::strong_count(&self.sharers).max(1) as u64
    }

    /// Counts bytes in the table.
    fn count(&mut self, bytes: u64, now_ms: u64) {
        let table = self.tables.get(self.table);
        let factor = u64::from(table.model().brates_factor).max(1);
        self.last_ms = now_ms as u32;
        table.touch_at(self.place, self.last_ms, |entry| {
            if let Some(field) = entry.field(self.rate, 0) {
                entry.add(field, bytes.div_ceil(factor));
            }
        });
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let table = self.tables.get(self.table);
        table.release(self.place, self.last_ms, |_| {});
    }
}

/// One limit at work on a stream.
#[derive(Debug)]
struct Limit {
    /// The number of its filter: the same one is switched on but once.
    filter: u32,
    way: Way,
    pace: Pace,
    share: Option<Share>,
    /// What has gathered, in bytes times the period in milliseconds.
    budget: u128,
    /// When that was so.
    at_ms: u64,
}

impl Limit {
    fn streams(&self) -> u64 {
        self.share.as_ref().map_or(1, Share::streams)
    }

    /// Lets bytes gather until `now_ms`.
    fn gather(&mut self, now_ms: u64) {
        let elapsed = now_ms.saturating_sub(self.at_ms);
        self.at_ms = now_ms;
        let gained = u128::from(self.pace.limit()) * u128::from(elapsed) / u128::from(self.streams());
        let most = u128::from(self.pace.burst()) * u128::from(self.pace.period());
        self.budget = (self.budget + gained).min(most);
    }

    /// Of `ready` bytes, how many are enough to go on with.
    fn enough(&self, ready: u64) -> u64 {
        self.pace.step().min(ready)
    }

    fn allows(&self, ready: u64) -> u64 {
        let there = (self.budget / u128::from(self.pace.period())) as u64;
        if there >= self.enough(ready) {
            there.min(ready)
        } else {
            0
        }
    }

    /// Milliseconds until some of `ready` bytes may go on.
    fn wait(&self, ready: u64) -> u64 {
        let wanted = u128::from(self.enough(ready)) * u128::from(self.pace.period());
        let missing = wanted.saturating_sub(self.budget) * u128::from(self.streams());
        u64::try_from(missing.div_ceil(u128::from(self.pace.limit()))).unwrap_or(u64::MAX)
    }
}

/// The limits that rules switched on for a stream.
#[derive(Debug, Default)]
pub struct Limits(Vec<Limit>);

impl Limits {
    /// Switches one on, from its beginning where it was on before.
    fn switch(&mut self, limit: Limit) {
        self.0.retain(|known| known.filter != limit.filter);
        self.0.push(limit);
    }

    /// Switches on the limit of filter number `filter`, for this stream alone.
    pub fn switch_on(&mut self, filter: u32, way: Way, pace: Pace, now_ms: u64) {
        self.switch(Limit::new(filter, way, pace, now_ms));
    }

    /// Switches on the limit of filter number `filter`, which streams with the same key share. Where the table has no room for it
    /// the stream goes without.
    pub fn switch_on_shared(
        &mut self,
        filter: u32,
        (way, pace): (Way, Pace),
        (tables, table): (&Arc<Tables>, usize),
        key: &Key,
        now_ms: u64,
    ) {
        let Some(place) = tables.get(table).track(key, now_ms as u32, |_| {}) else {
            return;
        };
        // Letting go of a share of before comes first, so that it is not counted.
        self.0.retain(|known| known.filter != filter);
        let rate = way.rate();
        let share = Share {
            sharers: tables.get(table).share(key, rate),
            tables: Arc::clone(tables),
            table,
            place,
            rate,
            last_ms: now_ms as u32,
        };
        let mut limit = Limit::new(filter, way, pace, now_ms);
        limit.share = Some(share);
        self.switch(limit);
    }

    /// Whether bytes that go that way are limited.
    #[must_use]
    pub fn limit(&self, way: Way) -> bool {
        self.0.iter().any(|limit| limit.way == way)
    }

    /// Of `ready` bytes, how many may go on now; 0 when they are to wait.
    pub fn allowed(&mut self, way: Way, ready: usize, now_ms: u64) -> usize {
        let mut allowed = ready as u64;
        for limit in self.0.iter_mut().filter(|limit| limit.way == way) {
            limit.gather(now_ms);
            allowed = allowed.min(limit.allows(ready as u64));
        }
        allowed as usize
    }

    /// Milliseconds until some of `ready` bytes may go on, as of the last time that [`Self::allowed`] was asked; none where some
    /// may at once.
    #[must_use]
    pub fn wait(&self, way: Way, ready: usize) -> Option<u64> {
        let waits = self.0.iter().filter(|limit| limit.way == way);
        let longest = waits.map(|limit| limit.wait(ready as u64)).max();
        longest.filter(|wait| *wait > 0)
    }

    /// Bytes went on.
    pub fn took(&mut self, way: Way, bytes: usize, now_ms: u64) {
        for limit in self.0.iter_mut().filter(|limit| limit.way == way) {
            let spent = bytes as u128 * u128::from(limit.pace.period());
            limit.budget = limit.budget.saturating_sub(spent);
            if let Some(share) = &mut limit.share {
                share.count(bytes as u64, now_ms);
            }
        }
    }
}

impl Limit {
    fn new(filter: u32, way: Way, pace: Pace, now_ms: u64) -> Self {
        Self {
            filter,
            way,
            pace,
            share: None,
            budget: u128::from(pace.burst()) * u128::from(pace.period()),
            at_ms: now_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::model::{Config, KeyType, StickTable, StoredData};

    use super::*;

    const PACE: Pace = Pace {
        limit: 100_000,
        period: 1000,
        min: 0,
    };

    /// Sends as much as the limits allow from `from` to `to` milliseconds; gives how much that was, and the most at once.
    fn send(limits: &mut [&mut Limits], (from, to): (u64, u64)) -> (usize, usize) {
        let (mut sent, mut most) = (0, 0);
        for now in from..to {
            for limits in &mut *limits {
                let n = limits.allowed(Way::Down, 1 << 20, now);
                limits.took(Way::Down, n, now);
                sent += n;
                most = most.max(n);
            }
        }
        (sent, most)
    }

    #[test]
    fn bytes_flow_evenly_at_the_pace_of_the_limit() {
        let mut limits = Limits::default();
        limits.switch_on(0, Way::Down, PACE, 50);
        let (first, most) = send(&mut [&mut limits], (50, 1050));
        assert!((100_000..=117_000).contains(&first), "{first}");
        assert!(most <= 16_384, "{most}");
        let (second, most) = send(&mut [&mut limits], (1050, 2050));
        assert!((95_000..=101_000).contains(&second), "{second}");
        assert!((4000..=4200).contains(&most), "{most}");
        // What was not used does not add up beyond a small burst.
        let (third, _) = send(&mut [&mut limits], (60_000, 61_000));
        assert!((100_000..=117_000).contains(&third), "{third}");
        assert_eq!(limits.allowed(Way::Up, 1 << 20, 62_000), 1 << 20);
    }

    #[test]
    fn what_waits_knows_how_long() {
        let mut limits = Limits::default();
        limits.switch_on(0, Way::Down, PACE, 0);
        limits.took(Way::Down, 16_384, 0);
        assert_eq!(limits.allowed(Way::Down, 1 << 20, 0), 0);
        assert_eq!(limits.wait(Way::Down, 1 << 20), Some(40));
        assert_eq!(limits.allowed(Way::Down, 1 << 20, 39), 0);
        assert_eq!(limits.allowed(Way::Down, 1 << 20, 40), 4000);
        // A few bytes need not wait for many.
        assert_eq!(limits.wait(Way::Down, 5), None);
        assert_eq!(limits.allowed(Way::Down, 5, 40), 5);
    }

    #[test]
    fn no_less_than_the_least_goes_on_at_once_but_at_the_end() {
        let mut limits = Limits::default();
        limits.switch_on(0, Way::Down, Pace { min: 20_000, ..PACE }, 0);
        limits.took(Way::Down, 20_000, 0);
        assert_eq!(limits.allowed(Way::Down, 1 << 20, 199), 0);
        assert_eq!(limits.allowed(Way::Down, 1 << 20, 200), 20_000);
        assert_eq!(limits.allowed(Way::Down, 700, 200), 700);
        // A least beyond the limit is the limit.
        limits.switch_on(
            1,
            Way::Up,
            Pace {
                limit: 10,
                period: 1000,
                min: 100,
            },
            0,
        );
        assert_eq!(limits.allowed(Way::Up, 1 << 20, 0), 10);
        limits.took(Way::Up, 10, 0);
        assert_eq!(limits.wait(Way::Up, 1 << 20), Some(1000));
    }

    #[test]
    fn the_lowest_of_several_limits_counts_and_the_last_of_one() {
        let mut limits = Limits::default();
        limits.switch_on(0, Way::Down, PACE, 0);
        limits.switch_on(
            1,
            Way::Down,
            Pace {
                limit: 50_000,
                ..PACE
            },
            0,
        );
        let (sent, _) = send(&mut [&mut limits], (0, 10_000));
        assert!((500_000..=517_000).contains(&sent), "{sent}");
        limits.switch_on(
            1,
            Way::Down,
            Pace {
                limit: 200_000,
                ..PACE
            },
            10_000,
        );
        let (sent, _) = send(&mut [&mut limits], (10_000, 20_000));
        assert!((1_000_000..=1_017_000).contains(&sent), "{sent}");
    }

    #[test]
    fn those_who_share_a_limit_get_the_same_and_the_table_knows() {
        let mut table = StickTable::new("t".into(), KeyType::Str(20), 10);
        table.store.push(StoredData {
            name: "bytes_out_rate",
            count: 1,
            period: Some(1000),
        });
        let config = Config {
            tables: vec![table],
            ..Config::default()
        };
        let tables = Arc::new(Tables::new(&config));
        let key = Key::written(KeyType::Str(20), b"a").unwrap();
        let join = || {
            let mut limits = Limits::default();
            limits.switch_on_shared(0, (Way::Down, PACE), (&tables, 0), &key, 0);
            limits
        };
        let (mut one, mut two) = (join(), join());
        // Switched on anew it does not count twice.
        one.switch_on_shared(0, (Way::Down, PACE), (&tables, 0), &key, 0);
        let (_, _) = send(&mut [&mut one, &mut two], (0, 5000));
        let (both, _) = send(&mut [&mut one, &mut two], (5000, 10_000));
        assert!((490_000..=505_000).contains(&both), "{both}");
        let rate = |now| {
            tables.get(0).look(&key, now, |entry| {
                let field = entry.field(Data::BytesOutRate, 0).unwrap();
                (entry.get(field), entry.refs())
            })
        };
        let (seen, refs) = rate(9999).unwrap();
        assert!((95_000..=105_000).contains(&seen), "{seen}");
        assert_eq!(refs, 2);
        let (of_one, _) = send(&mut [&mut one], (10_000, 15_000));
        assert!((245_000..=258_000).contains(&of_one), "{of_one}");
        drop(two);
        let (alone, _) = send(&mut [&mut one], (15_000, 20_000));
        assert!((490_000..=505_000).contains(&alone), "{alone}");
        drop(one);
        assert_eq!(rate(20_000).unwrap().1, 0);
    }
}
