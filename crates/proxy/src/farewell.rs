//! How clients' connections are let go once the process stops softly: a client that asks again is answered and told to close, and
//! what stays idle is closed later, not all of it at one moment. What streams do until then is not decided here.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use haproxy_cfg::model::{CloseSpread, Global};

/// The time that idle connections have where the file says nothing, ms: who asks once a second is told in an answer.
const DRAIN_MS: u64 = 2000;

/// The process has no order to stop.
const GOES_ON: u64 = u64::MAX;

/// The end of all connections, shared by the threads.
#[derive(Debug)]
pub(crate) struct Farewell {
    /// The order has come; it may begin later (`grace`).
    ordered: AtomicBool,
    /// When it began, ms of the process's clock.
    began_ms: AtomicU64,
    /// What the file says.
    given: Option<CloseSpread>,
    /// When everything ends in any case, ms from its beginning.
    at_most_ms: u64,
}

impl Farewell {
    /// As a file has it.
    pub(crate) fn new(global: &Global) -> Self {
        Self {
            ordered: AtomicBool::new(false),
            began_ms: AtomicU64::new(GOES_ON),
            given: global.close_spread,
            at_most_ms: global.hard_stop_after.map_or(u64::MAX, u64::from),
        }
    }

    /// It will begin.
    pub(crate) fn order(&self) {
        self.ordered.store(true, Relaxed);
    }

    /// Whether the order has come.
    pub(crate) fn is_ordered(&self) -> bool {
        self.ordered.load(Relaxed)
    }

    /// It begins now; one that has begun goes on.
    pub(crate) fn begin(&self, now_ms: u64) {
        self.order();
        // Lost only where somebody else was first.
        let _ = self.began_ms.compare_exchange(GOES_ON, now_ms, Relaxed, Relaxed);
    }

    /// Whether it has begun.
    #[inline]
    pub(crate) fn has_begun(&self) -> bool {
        self.began_ms.load(Relaxed) != GOES_ON
    }

    /// Whether the next answer on a connection tells its client to close. `chance` is the connection's own.
    #[inline]
    pub(crate) fn is_told(&self, now_ms: u64, chance: u64) -> bool {
        self.has_begun() && self.tells_from(chance).is_some_and(|from| now_ms >= from)
    }

    /// Whether clients are told at all.
    pub(crate) fn tells(&self) -> bool {
        self.has_begun() && self.given != Some(CloseSpread::Never)
    }

    /// When a connection that stays idle is closed, ms of the process's clock; none where nobody closes it.
    pub(crate) fn closes_idle_at(&self, chance: u64) -> Option<u64> {
        let half = self.window()? / 2;
        let from = self.tells_from(chance)?;
        Some(match self.given {
            // Those whose turn came early go early.
            Some(_) => from.saturating_add(half),
            None => from.saturating_add(half).saturating_add(part_of(half, chance)),
        })
    }

    /// From when on its client is told to close. A file that spreads the ends means the answers as well: clients come back when
    /// they are told.
    fn tells_from(&self, chance: u64) -> Option<u64> {
        let half = self.window()? / 2;
        let delay = match self.given {
            Some(_) => part_of(half, chance),
            None => 0,
        };
        Some(self.began_ms.load(Relaxed).saturating_add(delay))
    }

    /// Over how long connections end, ms; none where they are left alone.
    fn window(&self) -> Option<u64> {
        match self.given {
            Some(CloseSpread::Never) => None,
            Some(CloseSpread::Over(ms)) => Some(u64::from(ms).min(self.at_most_ms)),
            None => Some(DRAIN_MS.min(self.at_most_ms)),
        }
    }
}

/// A part of `whole` that chance says, each as likely.
fn part_of(whole: u64, chance: u64) -> u64 {
    // Numbers that follow one another are to be far apart: Fibonacci hashing.
    let mixed = chance.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    (mixed * whole) >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn farewell(given: Option<CloseSpread>, hard_stop_after: Option<u32>) -> Farewell {
        let global = Global {
            close_spread: given,
            hard_stop_after,
            ..Global::default()
        };
        Farewell::new(&global)
    }

    #[test]
    fn without_a_word_in_the_file_clients_are_told_at_once_and_idle_ones_go_one_after_the_other() {
        let farewell = farewell(None, None);
        assert!(!farewell.is_told(5000, 1) && !farewell.has_begun());
        farewell.begin(1000);
        farewell.begin(9000);
        assert!(farewell.is_told(1000, 7));
        let ends: Vec<u64> = (0..1000)
            .filter_map(|chance| farewell.closes_idle_at(chance))
            .collect();
        assert_eq!(ends.len(), 1000);
        assert!(ends.iter().all(|end| (2000..3000).contains(end)));
        for part in 0..10 {
            let in_part = ends.iter().filter(|end| **end / 100 == 20 + part).count();
            assert!((60..140).contains(&in_part), "{in_part} in part {part}");
        }
    }

    #[test]
    fn a_time_of_the_file_spreads_the_answers_too_and_none_is_left_behind_it() {
        let farewell = farewell(Some(CloseSpread::Over(10_000)), None);
        farewell.begin(0);
        let told = (0..1000).filter(|chance| farewell.is_told(2500, *chance)).count();
        assert!((400..600).contains(&told), "{told}");
        assert!((0..1000).all(|chance| farewell.is_told(5000, chance)));
        let ends = (0..1000).filter_map(|chance| farewell.closes_idle_at(chance));
        assert!(ends.into_iter().all(|end| (5000..10_000).contains(&end)));
    }

    #[test]
    fn whoever_is_left_alone_is_not_told() {
        let farewell = farewell(Some(CloseSpread::Never), None);
        farewell.begin(0);
        assert!(farewell.has_begun() && !farewell.tells() && !farewell.is_told(u64::MAX, 3));
        assert_eq!(farewell.closes_idle_at(3), None);
    }

    #[test]
    fn a_hard_stop_comes_last() {
        let farewell = farewell(None, Some(300));
        farewell.begin(0);
        assert!((0..100).all(|chance| farewell.closes_idle_at(chance).is_some_and(|end| end < 300)));
    }
}
