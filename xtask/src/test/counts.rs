//! How many tests a layer's command ran, read from what it printed.

use crate::outcome::{Outcome, Tally};

/// How a layer's output is counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    /// One test: the exit status.
    Status,
    /// The last line of a command of this program.
    Xtask,
}

impl Count {
    /// What the output and the exit status come to. A command that failed has at least one failed test, whatever it
    /// printed, and one that counted nothing has not shown anything.
    pub(super) fn of(self, output: &str, success: bool) -> Outcome {
        let mut tally = match self {
            Self::Status => Tally {
                passed: usize::from(success),
                ..Tally::default()
            },
            Self::Xtask => {
                let last = output
                    .lines()
                    .rev()
                    .find(|line| !line.trim().is_empty())
                    .unwrap_or_default();
                if let Some(reason) = last.strip_prefix("left out: ")
                    && success
                {
                    return Outcome::LeftOut(reason.to_owned());
                }
                counts_of(last).unwrap_or_default()
            }
        };
        if tally.failed == 0 && (!success || tally == Tally::default()) {
            tally.failed = 1;
        }
        Outcome::Ran(tally)
    }
}

/// The numbers of `9 passed, 0 failed, 1 skipped`.
fn counts_of(line: &str) -> Option<Tally> {
    let mut parts = line.trim().split(", ");
    let mut number = |word: &str| parts.next()?.strip_suffix(word)?.trim_end().parse().ok();
    let tally = Tally {
        passed: number("passed")?,
        failed: number("failed")?,
        skipped: number("skipped")?,
    };
    Some(tally)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(passed: usize, failed: usize, skipped: usize) -> Outcome {
        Outcome::Ran(Tally {
            passed,
            failed,
            skipped,
        })
    }

    #[test]
    fn a_command_that_counts_nothing_has_failed() {
        assert_eq!(Count::Status.of("", false), ran(0, 1, 0));
        assert_eq!(
            Count::Xtask.of("error: could not compile `proxy`\n", false),
            ran(0, 1, 0)
        );
        assert_eq!(
            Count::Xtask.of("0 passed, 0 failed, 0 skipped\n", true),
            ran(0, 1, 0)
        );
    }

    #[test]
    fn the_last_line_of_an_own_command_is_its_count_or_its_reason() {
        assert_eq!(
            Count::Xtask.of("tidy: ok\n12 passed, 0 failed, 3 skipped\n", true),
            ran(12, 0, 3)
        );
        assert_eq!(
            Count::Xtask.of("12 passed, 2 failed, 3 skipped\n", false),
            ran(12, 2, 3)
        );
        assert_eq!(
            Count::Xtask.of("left out: needs root\n", true),
            Outcome::LeftOut("needs root".to_owned())
        );
        assert_eq!(Count::Xtask.of("error: no such folder\n", false), ran(0, 1, 0));
    }
}
