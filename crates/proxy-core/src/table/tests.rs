//! Tables as a whole: limits, expiry, tracking, and random use held against a plain model.

use std::collections::HashMap;
use std::sync::Arc;

use haproxy_cfg::model::{Config, KeyType, StickTable, StoredData};
use proptest::prelude::*;

use super::{Data, Entry, Key, Removed, Table, Tables, Tracked};
use crate::sample::{Arena, Sample};

fn model(size: u32, expire: Option<u32>) -> StickTable {
    let mut model = StickTable::new("t".into(), KeyType::Integer, size);
    model.expire = expire;
    model.keep("gpc0");
    model.keep("conn_cur");
    model.keep("bytes_in_cnt");
    model.store.push(StoredData {
        name: "gpc0_rate",
        count: 1,
        period: Some(1000),
    });
    model
}

fn key(number: i64) -> Key {
    Key::of(KeyType::Integer, Sample::Int(number), &Arena::default()).expect("a number is a key")
}

/// Shows `see` all entries.
fn each(table: &Table, now: u32, mut see: impl FnMut(&mut Entry<'_>)) {
    table.sweep(now);
    for part in 0..table.parts() {
        table.each_of(part, now, &mut see);
    }
}

fn keys(table: &Table, now: u32) -> Vec<i64> {
    let mut keys = Vec::new();
    each(table, now, |entry| {
        keys.push(entry.shown_key().parse().expect("a number"));
    });
    keys.sort_unstable();
    keys
}

#[test]
fn the_oldest_make_room_as_in_the_original() {
    let table = Table::new(model(4, Some(3_600_000)));
    for number in 0..8 {
        assert!(table.touch(&key(number), number as u32, |_| ()).is_some());
    }
    assert_eq!(keys(&table, 10), [4, 5, 6, 7]);
    // One of 256 goes, and one more.
    let table = Table::new(model(1024, Some(3_600_000)));
    for number in 0..1025 {
        table
            .touch(&key(number), number as u32, |_| ())
            .expect("there is room");
    }
    assert_eq!(keys(&table, 2000), (5..1025).collect::<Vec<_>>());
}

#[test]
fn nothing_makes_room_where_nothing_may() {
    let mut full = model(4, Some(1000));
    full.nopurge = true;
    let table = Table::new(full);
    for number in 0..4 {
        assert!(table.touch(&key(number), 0, |_| ()).is_some());
    }
    assert!(table.touch(&key(9), 999, |_| ()).is_none());
    // What has expired is not in the way.
    assert!(table.touch(&key(9), 1000, |_| ()).is_some());
    assert_eq!(keys(&table, 1000), [9]);
}

#[test]
fn what_is_tracked_stays() {
    let table = Table::new(model(2, Some(100)));
    let first = table.track(&key(1), 0, |_| ()).expect("there is room");
    let second = table.track(&key(2), 0, |_| ()).expect("there is room");
    assert!(table.track(&key(3), 1, |_| ()).is_none());
    assert_eq!(keys(&table, 5000), [1, 2]);
    assert_eq!(table.remove(&key(1), 5000), Removed::InUse);
    table.release(second, 5000, |_| ());
    assert_eq!(keys(&table, 5099), [1, 2]);
    assert_eq!(keys(&table, 5100), [1]);
    table.release(first, 5200, |_| ());
    assert_eq!(table.remove(&key(1), 5200), Removed::Gone);
    assert_eq!(table.remove(&key(1), 5200), Removed::Missing);
    assert_eq!(table.used(5200), 0);
}

#[test]
fn an_entry_lives_as_long_as_it_is_touched() {
    let table = Table::new(model(10, Some(100)));
    for now in [0, 99, 198] {
        table.touch(&key(1), now, |_| ()).expect("there is room");
    }
    // To look is not to touch.
    assert!(table.look(&key(1), 290, |_| ()).is_some());
    assert!(table.look(&key(1), 298, |_| ()).is_none());
}

#[test]
fn what_has_expired_is_swept_a_few_at_a_time() {
    let table = Table::new(model(10_000, Some(100)));
    for number in 0..1000 {
        table.touch(&key(number), 0, |_| ()).expect("there is room");
    }
    table.touch(&key(5000), 60, |_| ()).expect("there is room");
    assert!(!table.sweep_some(99, 100));
    assert!(table.sweep_some(100, 100));
    let mut rounds = 1;
    while table.sweep_some(100, 100) {
        rounds += 1;
    }
    assert!((6..=10).contains(&rounds), "{rounds}");
    assert_eq!(keys(&table, 100), [5000]);
}

#[test]
fn the_clock_may_wrap() {
    let table = Table::new(model(10, Some(100)));
    let begin = u32::MAX - 50;
    table.touch(&key(1), begin, |_| ()).expect("there is room");
    assert!(table.look(&key(1), begin.wrapping_add(99), |entry| entry.expires_in()) == Some(1));
    assert!(table.look(&key(1), begin.wrapping_add(100), |_| ()).is_none());
}

#[test]
fn a_stream_that_ends_is_no_connection_any_more() {
    let config = Config {
        tables: vec![model(10, Some(100))],
        ..Config::default()
    };
    let tables = Arc::new(Tables::new(&config));
    let now = |tables: &Tables| {
        tables.get(0).look(&key(7), 5, |entry| {
            let field = entry.field(Data::ConnCur, 0).expect("it is stored");
            (entry.get(field), entry.refs())
        })
    };
    let mut tracked = Tracked::default();
    assert!(tracked.is_empty());
    tracked.track(&tables, (0, 0), &key(7), 1, |_| ());
    tracked.track(&tables, (2, 0), &key(7), 1, |_| ());
    assert_eq!(now(&tables), Some((2, 2)));
    tracked.release(5);
    assert_eq!(now(&tables), Some((0, 0)));
    tracked.track(&tables, (0, 0), &key(7), 5, |_| ());
    drop(tracked);
    assert_eq!(now(&tables), Some((0, 0)));
}

#[test]
fn threads_that_hammer_one_table_lose_nothing() {
    let table = Arc::new(Table::new(model(100_000, Some(60_000))));
    std::thread::scope(|scope| {
        for thread in 0..4_i64 {
            let table = Arc::clone(&table);
            scope.spawn(move || {
                for round in 0..20_000_i64 {
                    let number = (round * 7 + thread) % 1000;
                    table
                        .touch(&key(number), 1, |entry| {
                            entry.count(Data::Gpc0, Data::Gpc0Rate, 1);
                        })
                        .expect("there is room");
                }
            });
        }
    });
    let mut all = 0;
    each(&table, 1, |entry| {
        let field = entry.field(Data::Gpc0, 0).expect("it is stored");
        all += entry.get(field);
    });
    assert_eq!(all, 80_000);
    assert_eq!(table.used(1), 1000);
}

#[derive(Clone, Debug)]
enum Use {
    Touch(i64, u64),
    Look(i64),
    Track(i64),
    Release(usize),
    Remove(i64),
    Less(i64),
    Wait(u32),
}

fn uses() -> impl Strategy<Value = Vec<Use>> {
    let number = 0..12_i64;
    let one = prop_oneof![
        (number.clone(), 0..100_u64).prop_map(|(key, n)| Use::Touch(key, n)),
        number.clone().prop_map(Use::Look),
        number.clone().prop_map(Use::Track),
        (0..4_usize).prop_map(Use::Release),
        number.clone().prop_map(Use::Remove),
        number.prop_map(Use::Less),
        (0..60_u32).prop_map(Use::Wait),
    ];
    prop::collection::vec(one, 1..200)
}

/// What a table is to remember: a plain list, the longest untouched first.
#[derive(Default)]
struct Plain {
    entries: HashMap<i64, PlainEntry>,
}

#[derive(Clone, Default)]
struct PlainEntry {
    count: u64,
    refs: u32,
    stamp: u32,
    turn: u32,
}

impl Plain {
    fn expire(&mut self, now: u32, expire: u32) {
        self.entries
            .retain(|_, entry| entry.refs > 0 || now - entry.stamp < expire);
    }

    /// Makes the entry, and room for it; none where all are tracked.
    fn make(&mut self, key: i64, size: usize, (now, turn): (u32, u32)) -> Option<&mut PlainEntry> {
        if !self.entries.contains_key(&key) && self.entries.len() == size {
            let free = self.entries.iter().filter(|(_, entry)| entry.refs == 0);
            let oldest = *free.min_by_key(|(_, entry)| (entry.stamp, entry.turn))?.0;
            self.entries.remove(&oldest);
        }
        let entry = self.entries.entry(key).or_default();
        (entry.stamp, entry.turn) = (now, turn);
        Some(entry)
    }
}

proptest! {
    #[test]
    fn a_table_does_what_a_plain_list_does(uses in uses()) {
        const SIZE: usize = 5;
        const EXPIRE: u32 = 100;
        let table = Table::new(model(SIZE as u32, Some(EXPIRE)));
        let mut plain = Plain::default();
        let mut places = Vec::new();
        let mut now = 1;
        for (turn, one) in uses.into_iter().enumerate() {
            // No two things at once: then the order of expiry is plain.
            now += 1;
            let at = (now, turn as u32);
            plain.expire(now, EXPIRE);
            match one {
                Use::Touch(number, n) => {
                    let done = table.touch(&key(number), now, |entry| {
                        let field = entry.field(Data::BytesInCnt, 0).expect("it is stored");
                        entry.add(field, n)
                    });
                    let wanted = plain.make(number, SIZE, at).map(|entry| {
                        entry.count += n;
                        entry.count
                    });
                    prop_assert_eq!(done, wanted);
                }
                Use::Look(number) => {
                    let seen = table.look(&key(number), now, |entry| (entry.refs(), entry.expires_in()));
                    let wanted = plain
                        .entries
                        .get(&number)
                        .map(|entry| (entry.refs, EXPIRE.saturating_sub(now - entry.stamp)));
                    prop_assert_eq!(seen, wanted);
                }
                Use::Track(number) => {
                    let place = table.track(&key(number), now, |_| ());
                    let wanted = plain.make(number, SIZE, at).map(|entry| entry.refs += 1);
                    prop_assert_eq!(place.is_some(), wanted.is_some());
                    places.extend(place.map(|place| (number, place)));
                }
                Use::Release(which) => {
                    if which < places.len() {
                        let (number, place) = places.swap_remove(which);
                        table.release(place, now, |_| ());
                        let entry = plain.entries.get_mut(&number).expect("it is tracked");
                        entry.refs -= 1;
                        (entry.stamp, entry.turn) = at;
                    }
                }
                Use::Remove(number) => {
                    let removed = table.remove(&key(number), now);
                    let wanted = match plain.entries.get(&number) {
                        None => Removed::Missing,
                        Some(entry) if entry.refs > 0 => Removed::InUse,
                        Some(_) => Removed::Gone,
                    };
                    prop_assert_eq!(removed, wanted);
                    if removed == Removed::Gone {
                        plain.entries.remove(&number);
                    }
                }
                Use::Less(number) => {
                    let left = table.look(&key(number), now, |entry| {
                        entry.less(Data::ConnCur);
                        let field = entry.field(Data::ConnCur, 0).expect("it is stored");
                        entry.get(field)
                    });
                    prop_assert!(left.is_none_or(|left| left == 0), "less than nothing");
                }
                Use::Wait(time) => {
                    now += time;
                    plain.expire(now, EXPIRE);
                }
            }
            let mut wanted: Vec<i64> = plain.entries.keys().copied().collect();
            wanted.sort_unstable();
            prop_assert_eq!(keys(&table, now), wanted);
            prop_assert_eq!(table.used(now) as usize, plain.entries.len());
            prop_assert!(table.used(now) as usize <= SIZE);
        }
    }
}
