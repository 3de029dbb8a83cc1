//! How much a server may take: its `maxconn`, which moves with the load of its backend (`minconn`, `fullconn`), and both that and its
//! weight for some time after it came up (`slowstart`).

use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed};

use haproxy_cfg::model::{Millis, Server};

/// The parts of a weight that a server is given one by one while it warms up.
pub const WEIGHT_PARTS: u32 = 16;

/// A server that warmed up, or never had to.
const WARM: u32 = u32::MAX;

/// How far a server has come since it went up (`slowstart`). It is looked at once in a second.
///
/// ```text
///            begin                     advance, after the last second
///   warm --------------> warming up --------------------------------> warm
///                            |
///                            +--> stopped where it was, as the server went down: the next begin starts anew
/// ```
#[derive(Debug)]
pub struct Ramp {
    /// How long it takes, whole seconds; 0 is not at all.
    seconds: AtomicU32,
    /// When it began, milliseconds of the process's clock.
    since_ms: AtomicU64,
    /// Whole seconds that have counted so far.
    passed: AtomicU32,
    climbs: AtomicBool,
}

impl Default for Ramp {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Ramp {
    /// A ramp of that length. Parts of a second count as a whole one.
    #[must_use]
    pub fn new(slowstart: Millis) -> Self {
        Self {
            seconds: AtomicU32::new(slowstart.div_ceil(1000)),
            since_ms: AtomicU64::new(0),
            passed: AtomicU32::new(WARM),
            climbs: AtomicBool::new(false),
        }
    }

    fn seconds(&self) -> u32 {
        self.seconds.load(Relaxed)
    }

    /// Becomes the ramp of another server.
    pub(super) fn renew(&self, slowstart: Millis) {
        self.stop();
        self.passed.store(WARM, Relaxed);
        self.seconds.store(slowstart.div_ceil(1000), Relaxed);
    }

    /// The server comes up at `now_ms`.
    pub fn begin(&self, now_ms: u64) {
        if self.seconds() > 0 {
            self.since_ms.store(now_ms, Relaxed);
            self.passed.store(0, Relaxed);
            self.climbs.store(true, Relaxed);
        }
    }

    /// The server goes down.
    pub fn stop(&self) {
        self.climbs.store(false, Relaxed);
    }

    /// Whether the server is on its way.
    #[must_use]
    pub fn climbs(&self) -> bool {
        self.climbs.load(Relaxed)
    }

    /// When the next step is due, if there is one.
    #[must_use]
    pub fn due_ms(&self) -> Option<u64> {
        let next = u64::from(self.passed.load(Relaxed).checked_add(1)?) * 1000;
        self.climbs().then(|| self.since_ms.load(Relaxed) + next)
    }

    /// Takes the steps that are due. Gives whether there was one.
    pub fn advance(&self, now_ms: u64) -> bool {
        let passed = now_ms.saturating_sub(self.since_ms.load(Relaxed)) / 1000;
        let passed = u32::try_from(passed).unwrap_or(WARM);
        if !self.climbs() || passed <= self.passed.load(Relaxed) {
            return false;
        }
        if passed >= self.seconds() {
            self.passed.store(WARM, Relaxed);
            self.climbs.store(false, Relaxed);
        } else {
            self.passed.store(passed, Relaxed);
        }
        true
    }

    /// How many of the [`WEIGHT_PARTS`] of its weight the server has, from 1.
    #[must_use]
    pub fn parts(&self) -> u32 {
        match self.passed.load(Relaxed) {
            WARM => WEIGHT_PARTS,
            passed => {
                let parts = u64::from(WEIGHT_PARTS) * u64::from(passed) / u64::from(self.seconds().max(1));
                // Fewer than the whole, as the time is not over.
                1 + parts.min(u64::from(WEIGHT_PARTS) - 1) as u32
            }
        }
    }

    /// What of a number of sessions the server may have by now, at least one.
    fn part_of(&self, sessions: u32) -> u32 {
        if !self.climbs() {
            return sessions;
        }
        match self.passed.load(Relaxed) {
            WARM => sessions,
            passed => {
                let part = u64::from(sessions) * u64::from(passed) / u64::from(self.seconds().max(1));
                // No more than `sessions`, as the time is not over.
                (part as u32).max(1)
            }
        }
    }
}

/// `minconn` where it is below `maxconn`, or 0.
fn least(server: &Server) -> u32 {
    if server.minconn < server.maxconn {
        server.minconn
    } else {
        0
    }
}

/// What moves a server's limit.
#[derive(Debug, Default)]
pub struct Bounds {
    /// `minconn`, where it is below `maxconn`; 0 is without.
    pub(super) least: AtomicU32,
    /// `slowstart`.
    pub ramp: Ramp,
}

impl Bounds {
    /// Those of a server.
    #[must_use]
    pub fn new(server: &Server) -> Self {
        Self {
            least: AtomicU32::new(least(server)),
            ramp: Ramp::new(server.slowstart),
        }
    }

    /// Become those of another server.
    pub(super) fn renew(&self, server: &Server) {
        self.least.store(least(server), Relaxed);
        self.ramp.renew(server.slowstart);
    }

    /// How many sessions a server may have whose `maxconn` is `most` (not 0), while its backend has `load` of the `full` sessions at which
    /// it counts as full.
    #[must_use]
    pub fn limit(&self, most: u32, load: u32, full: u32) -> u32 {
        let least = self.least.load(Relaxed);
        let limit = if least == 0 || load >= full {
            most
        } else {
            let part = u64::from(most) * u64::from(load) / u64::from(full);
            // No more than `most`, as the backend is not full.
            (part as u32).max(least.min(most))
        };
        self.ramp.part_of(limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bounds(least: u32, slowstart: Millis) -> Bounds {
        Bounds {
            least: AtomicU32::new(least),
            ramp: Ramp::new(slowstart),
        }
    }

    /// The parts second by second, until the server is warm.
    fn parts(slowstart: Millis) -> Vec<u32> {
        let ramp = Ramp::new(slowstart);
        ramp.begin(7_300);
        let mut now = 7_300;
        let mut all = vec![ramp.parts()];
        while let Some(due) = ramp.due_ms() {
            assert!(!ramp.advance(due - 1), "nothing happens before {due}");
            now = due.max(now);
            assert!(ramp.advance(now));
            all.push(ramp.parts());
        }
        all
    }

    // The numbers were seen with haproxy 2.6: `show stat` once a second while servers of a weight of 256 came up.
    #[test]
    fn a_weight_grows_by_whole_sixteenths_each_second() {
        assert_eq!(parts(400), [1, 16]);
        assert_eq!(parts(1000), [1, 16]);
        assert_eq!(parts(1500), [1, 9, 16]);
        assert_eq!(parts(2500), [1, 6, 11, 16]);
        assert_eq!(parts(4000), [1, 5, 9, 13, 16]);
        assert_eq!(parts(10_000), [1, 2, 4, 5, 7, 9, 10, 12, 13, 15, 16]);
        assert_eq!(
            parts(20_000),
            [
                1, 1, 2, 3, 4, 5, 5, 6, 7, 8, 9, 9, 10, 11, 12, 13, 13, 14, 15, 16, 16
            ]
        );
        assert_eq!(parts(100_000)[..14], [1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3]);
    }

    #[test]
    fn without_slowstart_nothing_begins() {
        let ramp = Ramp::new(0);
        ramp.begin(1000);
        assert_eq!((ramp.climbs(), ramp.due_ms(), ramp.parts()), (false, None, 16));
    }

    #[test]
    fn a_server_that_goes_down_starts_anew() {
        let ramp = Ramp::new(10_000);
        ramp.begin(0);
        assert!(ramp.advance(5000));
        assert_eq!(ramp.parts(), 9);
        ramp.stop();
        assert!(!ramp.advance(9000));
        assert_eq!((ramp.parts(), ramp.due_ms()), (9, None));
        ramp.begin(20_000);
        assert_eq!((ramp.parts(), ramp.due_ms()), (1, Some(21_000)));
    }

    #[test]
    fn sessions_grow_with_the_time_and_never_stay_at_none() {
        let bounds = bounds(0, 5000);
        bounds.ramp.begin(0);
        let mut limits = Vec::new();
        for second in 0..6 {
            bounds.ramp.advance(second * 1000);
            limits.push((bounds.limit(20, 0, 0), bounds.limit(2, 0, 0)));
        }
        assert_eq!(limits, [(1, 1), (4, 1), (8, 1), (12, 1), (16, 1), (20, 2)]);
    }

    // Seen with haproxy 2.6: how many sessions it left a server while its clients went one by one.
    #[test]
    fn a_limit_between_minconn_and_maxconn_follows_the_load() {
        let bounds = bounds(2, 0);
        for (load, limit) in [
            (200, 20),
            (100, 20),
            (99, 19),
            (95, 19),
            (94, 18),
            (50, 10),
            (49, 9),
            (25, 5),
            (24, 4),
            (15, 3),
            (14, 2),
            (1, 2),
        ] {
            assert_eq!(bounds.limit(20, load, 100), limit, "{load} sessions");
        }
        // A limit that was lowered since stays one.
        assert_eq!(bounds.limit(1, 1, 100), 1);
    }

    #[test]
    fn what_the_load_leaves_grows_with_the_time_as_well() {
        let bounds = bounds(4, 5000);
        bounds.ramp.begin(0);
        let mut limits = Vec::new();
        for second in 0..6 {
            bounds.ramp.advance(second * 1000);
            limits.push(bounds.limit(10, 9, 20));
        }
        assert_eq!(limits, [1, 1, 1, 2, 3, 4]);
    }
}
