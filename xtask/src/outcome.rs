//! What running a layer of tests came to: counts, or the reason why it could not be run.

use std::fmt;
use std::ops::AddAssign;

/// How many tests of a layer passed, failed and were skipped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Tests that ran and found what they expect.
    pub(crate) passed: usize,
    /// Tests that ran and found something else.
    pub(crate) failed: usize,
    /// Tests that were not run for a written reason.
    pub(crate) skipped: usize,
}

impl Tally {
    /// Counts one test.
    pub(crate) fn count(&mut self, passed: bool) {
        if passed {
            self.passed += 1;
        } else {
            self.failed += 1;
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// What a command or a layer came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It ran; the counts.
    Ran(Tally),
    /// It could not run here; the reason, for the user: what is missing and how to get it.
    LeftOut(String),
}

impl Outcome {
    /// True when something ran and failed. A layer that was left out is not a failure of its own.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(self, Self::Ran(tally) if tally.failed > 0)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ran(tally) => tally.fmt(f),
            Self::LeftOut(reason) => write!(f, "left out: {reason}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_failed_test_makes_the_outcome_a_failure() {
        let mut tally = Tally::default();
        tally.count(true);
        assert!(!Outcome::Ran(tally).is_failure());
        tally.count(false);
        assert!(Outcome::Ran(tally).is_failure());
        assert_eq!(tally.to_string(), "1 passed, 1 failed, 0 skipped");
    }

    #[test]
    fn a_layer_left_out_says_why() {
        let outcome = Outcome::LeftOut("no varnishtest: apt-get install varnish".to_owned());
        assert!(!outcome.is_failure());
        assert_eq!(
            outcome.to_string(),
            "left out: no varnishtest: apt-get install varnish"
        );
    }
}
