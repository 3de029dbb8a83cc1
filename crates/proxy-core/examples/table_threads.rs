//! How threads that share one stick table get in each other's way: touches per second with one thread, two, four and eight, and
//! the longest that one of them took. Run it with `cargo run --release -p proxy-core --example table_threads`.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use haproxy_cfg::model::{KeyType, StickTable};
use proxy_core::sample::{Arena, Sample};
use proxy_core::table::{Data, Key, Table};

/// Keys that are touched, all over the table.
const KEYS: u64 = 1_000_000;
/// How long each number of threads is measured.
const TIME: Duration = Duration::from_secs(2);

fn main() -> std::io::Result<()> {
    let mut model = StickTable::new("t".into(), KeyType::Integer, 1 << 20);
    model.expire = Some(3_600_000);
    model.keep("gpc0");
    model.keep("conn_cnt");
    let table = Table::new(model);
    let mut out = std::io::stdout().lock();
    for threads in [1, 2, 4, 8] {
        let (touches, longest) = (AtomicU64::new(0), AtomicU64::new(0));
        let begun = Instant::now();
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (table, touches, longest) = (&table, &touches, &longest);
                scope.spawn(move || {
                    let (done, slowest) = hammer(table, thread, begun);
                    touches.fetch_add(done, Relaxed);
                    longest.fetch_max(slowest, Relaxed);
                });
            }
        });
        let rate = touches.load(Relaxed) as f64 / begun.elapsed().as_secs_f64() / 1e6;
        let longest = longest.load(Relaxed) as f64 / 1e3;
        writeln!(
            out,
            "{threads} threads: {rate:.2} million touches a second, the longest {longest:.1} us"
        )?;
    }
    Ok(())
}

/// Touches entries until the time is over: how many, and the nanoseconds that the slowest took.
fn hammer(table: &Table, thread: u64, begun: Instant) -> (u64, u64) {
    let arena = Arena::default();
    let (mut done, mut slowest) = (0, 0);
    let mut number = thread;
    while begun.elapsed() < TIME {
        for _ in 0..64 {
            number = number.wrapping_add(387_420_489);
            let key = Key::of(KeyType::Integer, Sample::Int((number % KEYS) as i64), &arena);
            let Some(key) = key else { continue };
            let before = Instant::now();
            table.touch(&key, 1, |entry| entry.count(Data::Gpc0, Data::Gpc0Rate, 1));
            slowest = slowest.max(before.elapsed().as_nanos() as u64);
            done += 1;
        }
    }
    (done, slowest)
}
