//! One stick table hammered by more and more threads: `cargo bench -p proxy-core --bench table_threads`. It prints how the rate grows
//! and how long a single operation took at most. Threads beyond the cores of the machine wait for the scheduler, which shows in the
//! longest times as well; the one figure to judge by then is the share of operations that took longer than the target.
#![allow(
    clippy::print_stdout,
    clippy::expect_used,
    reason = "a program for the terminal: what it prints is its result"
)]

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Barrier;
use std::time::{Duration, Instant};

use haproxy_cfg::model::{KeyType, StickTable, StoredData};
use proxy_core::table::{Data, Key, Table};

/// How long each number of threads has.
const TIME: Duration = Duration::from_secs(2);

/// Keys that are tracked, all there before the clock starts.
const KEYS: u32 = 1_000_000;

/// No operation is to block longer.
const TARGET: Duration = Duration::from_micros(100);

/// What one number of threads came to.
#[derive(Clone, Copy, Default)]
struct Found {
    operations: u64,
    longest: Duration,
    /// Operations beyond the target.
    late: u64,
}

fn table() -> Table {
    let mut model = StickTable::new("t".into(), KeyType::Ipv4, KEYS * 2);
    model.expire = Some(3_600_000);
    model.keep("conn_cur");
    model.keep("http_req_cnt");
    model.store.push(StoredData {
        name: "http_req_rate",
        count: 1,
        period: Some(10_000),
    });
    Table::new(model)
}

fn key(number: u32) -> Key {
    let address = IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + number % KEYS));
    Key::of_address(KeyType::Ipv4, address).expect("a table of addresses")
}

/// What a request does: its source is tracked, it is counted, and let go.
fn request(table: &Table, number: u32, now: u32) {
    let count = |entry: &mut proxy_core::table::Entry<'_>| {
        entry.count(Data::HttpReqCnt, Data::HttpReqRate, 1);
    };
    if let Some(place) = table.track(&key(number), now, count) {
        table.release(place, now, |_| ());
    }
}

fn hammer(table: &Table, threads: u32) -> Found {
    let start = Barrier::new(threads as usize);
    let all = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|thread| {
                let start = &start;
                scope.spawn(move || {
                    let mut chance = 0x9e37_79b9_u32.wrapping_mul(thread + 1) | 1;
                    let mut found = Found::default();
                    start.wait();
                    let begun = Instant::now();
                    let mut before = begun;
                    while before - begun < TIME {
                        chance ^= chance << 13;
                        chance ^= chance >> 17;
                        chance ^= chance << 5;
                        request(table, chance, (before - begun).as_millis() as u32);
                        let now = Instant::now();
                        found.operations += 1;
                        found.longest = found.longest.max(now - before);
                        found.late += u64::from(now - before > TARGET);
                        before = now;
                    }
                    found
                })
            })
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().expect("a worker ends"))
            .collect::<Vec<_>>()
    });
    all.into_iter().fold(Found::default(), |sum, one| Found {
        operations: sum.operations + one.operations,
        longest: sum.longest.max(one.longest),
        late: sum.late + one.late,
    })
}

fn main() {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let table = table();
    for number in 0..KEYS {
        request(&table, number, 0);
    }
    println!("{KEYS} entries, {cores} cores");
    let mut alone = 0.0;
    for threads in [1, 2, 4, 8] {
        let found = hammer(&table, threads);
        let rate = found.operations as f64 / TIME.as_secs_f64();
        if threads == 1 {
            alone = rate;
        }
        let beyond = if threads as usize > cores {
            " (more threads than cores)"
        } else {
            ""
        };
        println!(
            "{threads} threads: {:.2} million/s, {:.2} of one thread's; longest {} µs, {} of {} beyond {} µs{beyond}",
            rate / 1e6,
            rate / alone,
            found.longest.as_micros(),
            found.late,
            found.operations,
            TARGET.as_micros()
        );
    }
}
