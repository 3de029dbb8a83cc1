//! How many tests a layer's command ran, read from what it printed.

use crate::outcome::{Outcome, Tally};

/// How a layer's output is counted.
#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    /// One test: the exit status.
    Status,
    /// The `test result:` lines of Rust's test harness.
    Libtest,
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
            Self::Libtest => libtest(output),
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

/// The sum over all `test result: ok. 7 passed; 0 failed; 1 ignored; …` lines.
fn libtest(output: &str) -> Tally {
    let mut total = Tally::default();
    for result in output
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
    {
        for part in result.split(['.', ';']).map(str::trim) {
            match part.split_once(' ') {
                Some((number, "passed")) => total.passed += number.parse().unwrap_or(0),
                Some((number, "failed")) => total.failed += number.parse().unwrap_or(0),
                Some((number, "ignored")) => total.skipped += number.parse().unwrap_or(0),
                _ => {}
            }
        }
    }
    total
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
    fn libtest_results_are_added_over_all_binaries() {
        let output = "running 8 tests\n........\n\
             test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\n\
             test result: FAILED. 2 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n";
        assert_eq!(Count::Libtest.of(output, false), ran(9, 3, 1));
    }

    #[test]
    fn a_build_that_breaks_is_one_failure() {
        assert_eq!(
            Count::Libtest.of("error: could not compile `proxy`\n", false),
            ran(0, 1, 0)
        );
        assert_eq!(Count::Status.of("", false), ran(0, 1, 0));
    }

    #[test]
    fn a_layer_that_counts_nothing_has_failed() {
        assert_eq!(Count::Libtest.of("", true), ran(0, 1, 0));
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
