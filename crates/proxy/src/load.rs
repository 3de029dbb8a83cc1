//! How much threads work (`cpu_usage_*`), measured where a sample asks for it: the time on a processor within the time that went
//! by since it was measured last.

use std::cell::Cell;
use std::time::{Duration, Instant};

use nix::time::{ClockId, clock_gettime};
use proxy_core::sample::Workers;

/// What is measured over less than this says little.
const SHORTEST: Duration = Duration::from_millis(100);

/// The thread's load and the process's, as seen from one thread.
#[derive(Debug)]
pub(crate) struct Load {
    this: Measure,
    all: Measure,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            this: Measure::new(ClockId::CLOCK_THREAD_CPUTIME_ID),
            all: Measure::new(ClockId::CLOCK_PROCESS_CPUTIME_ID),
        }
    }
}

impl Load {
    /// Per cent of the time just past, for each of `threads`.
    pub(crate) fn of(&self, workers: Workers, threads: usize) -> u8 {
        match workers {
            Workers::This => self.this.per_cent(1),
            Workers::All => self.all.per_cent(threads),
        }
    }
}

/// Nanoseconds that this thread was on a processor since it began; 0 where the system does not know.
pub(crate) fn thread_ns() -> u64 {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(0, |time| {
        u64::try_from(Duration::from(time).as_nanos()).unwrap_or(u64::MAX)
    })
}

/// One clock of work.
#[derive(Debug)]
struct Measure {
    clock: ClockId,
    /// When it was read last, and what it showed; none before the first time.
    before: Cell<Option<(Instant, Duration)>>,
    per_cent: Cell<u8>,
}

impl Measure {
    fn new(clock: ClockId) -> Self {
        Self {
            clock,
            before: Cell::new(None),
            per_cent: Cell::new(0),
        }
    }

    fn per_cent(&self, threads: usize) -> u8 {
        let now = Instant::now();
        let before = self.before.get();
        if before.is_some_and(|(then, _)| now - then < SHORTEST) {
            return self.per_cent.get();
        }
        // Where the system has no such clock, nothing is known to work.
        let Ok(worked) = clock_gettime(self.clock).map(Duration::from) else {
            return 0;
        };
        if let Some((then, worked_then)) = before {
            let threads = u32::try_from(threads).unwrap_or(u32::MAX);
            let share = (worked - worked_then).div_duration_f64((now - then) * threads);
            self.per_cent.set((share * 100.0).clamp(0.0, 100.0) as u8);
        }
        self.before.set(Some((now, worked)));
        self.per_cent.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_that_works_is_seen_to_work() {
        let load = Load::default();
        assert_eq!(load.of(Workers::This, 1), 0);
        let begin = Instant::now();
        while begin.elapsed() < 2 * SHORTEST {
            std::hint::spin_loop();
        }
        let seen = load.of(Workers::This, 1);
        assert!((1..=100).contains(&seen), "{seen}");
        // What is asked for again at once is what was seen.
        assert_eq!(load.of(Workers::This, 1), seen);
    }
}
