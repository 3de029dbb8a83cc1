//! Whether conditions can hold together: formulas over tests, decided by trying, with a limit of steps beyond which nothing is
//! claimed.

use super::expression::{Test, What, excludes, implies};

/// A formula in which only tests are negated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Formula {
    /// All of them hold; of none it is true.
    All(Vec<Self>),
    /// One of them holds; of none it is false.
    Any(Vec<Self>),
    /// A test holds, or, with `false`, does not.
    Is(u32, bool),
}

impl Formula {
    /// The opposite.
    pub(super) fn not(&self) -> Self {
        match self {
            Self::All(parts) => Self::Any(parts.iter().map(Self::not).collect()),
            Self::Any(parts) => Self::All(parts.iter().map(Self::not).collect()),
            Self::Is(test, yes) => Self::Is(*test, !yes),
        }
    }
}

/// Whether the formulas can hold together; none when that takes more than `steps`.
///
/// Yes may be said too often, as not all that follows from tests is known. No is certain.
pub(super) fn satisfiable(formulas: &[&Formula], tests: &[Test], steps: usize) -> Option<bool> {
    let mut search = Search {
        tests,
        left: steps,
        yes: Vec::new(),
        no: Vec::new(),
    };
    search.run(formulas.to_vec())
}

struct Search<'t> {
    tests: &'t [Test],
    left: usize,
    /// Tests that hold.
    yes: Vec<u32>,
    /// Tests that do not.
    no: Vec<u32>,
}

impl Search<'_> {
    fn run(&mut self, mut pending: Vec<&Formula>) -> Option<bool> {
        let (yes, no) = (self.yes.len(), self.no.len());
        let answer = self.descend(&mut pending);
        self.yes.truncate(yes);
        self.no.truncate(no);
        answer
    }

    fn descend(&mut self, pending: &mut Vec<&Formula>) -> Option<bool> {
        // What is certain first; alternatives are tried once nothing else is left.
        let mut alternatives: Vec<&[Formula]> = Vec::new();
        while let Some(formula) = pending.pop() {
            match formula {
                Formula::All(parts) => pending.extend(parts),
                Formula::Any(parts) => match parts.as_slice() {
                    [] => return Some(false),
                    [only] => pending.push(only),
                    several => alternatives.push(several),
                },
                Formula::Is(test, yes) => {
                    self.left = self.left.checked_sub(1)?;
                    if !self.assume(*test, *yes) {
                        return Some(false);
                    }
                }
            }
        }
        if !self.ranges_leave_room() {
            return Some(false);
        }
        let Some(at) = (0..alternatives.len()).min_by_key(|at| alternatives[*at].len()) else {
            return Some(true);
        };
        let tried = alternatives.swap_remove(at);
        for part in tried {
            let mut rest = vec![part];
            // Alternatives are put back as what they were: one of them holds.
            let others: Vec<Formula> = alternatives
                .iter()
                .map(|parts| Formula::Any(parts.to_vec()))
                .collect();
            self.left = self.left.checked_sub(1)?;
            rest.extend(&others);
            let answer = self.run(rest)?;
            if answer {
                return Some(true);
            }
        }
        Some(false)
    }

    /// Takes a test in; false where that contradicts what is known.
    fn assume(&mut self, number: u32, yes: bool) -> bool {
        let Some(test) = self.tests.get(number as usize) else {
            return true;
        };
        let known = |list: &[u32]| list.contains(&number);
        if yes {
            if known(&self.yes) {
                return true;
            }
            let of = |other: &u32| &self.tests[*other as usize];
            if self.no.iter().any(|other| implies(test, of(other)))
                || self.yes.iter().any(|other| excludes(test, of(other)))
            {
                return false;
            }
            self.yes.push(number);
        } else {
            if known(&self.no) {
                return true;
            }
            let of = |other: &u32| &self.tests[*other as usize];
            if self.yes.iter().any(|other| implies(of(other), test)) {
                return false;
            }
            self.no.push(number);
        }
        true
    }

    /// Whether numbers that hold are not all taken by those that do not: `1:10` is, by `1:5` and `6:10`.
    fn ranges_leave_room(&self) -> bool {
        self.yes.iter().all(|number| {
            let test = &self.tests[*number as usize];
            let What::Range(low, high) = test.what else {
                return true;
            };
            let mut taken: Vec<(i64, i64)> = self
                .no
                .iter()
                .map(|other| &self.tests[*other as usize])
                .filter(|other| other.expression == test.expression)
                .filter_map(|other| match other.what {
                    What::Range(from, to) => Some((from, to)),
                    _ => None,
                })
                .collect();
            taken.sort_unstable();
            let mut next = Some(low);
            for (from, to) in taken {
                match next {
                    Some(first) if from <= first && to >= first => next = to.checked_add(1),
                    _ => {}
                }
            }
            next.is_some_and(|first| first <= high)
        })
    }
}

#[cfg(test)]
mod tests {
    use haproxy_cfg::model::MatchKind;
    use proptest::prelude::*;

    use super::*;

    fn text(matcher: MatchKind, text: &str) -> Test {
        Test {
            expression: 0,
            single: true,
            what: What::Text {
                matcher,
                ignore_case: false,
                text: text.into(),
            },
        }
    }

    fn range(low: i64, high: i64) -> Test {
        Test {
            expression: 1,
            single: true,
            what: What::Range(low, high),
        }
    }

    fn is(test: u32) -> Formula {
        Formula::Is(test, true)
    }

    #[test]
    fn a_longer_prefix_is_taken_by_a_shorter_one() {
        let tests = [
            text(MatchKind::Beg, "/a"),
            text(MatchKind::Beg, "/a/b"),
            text(MatchKind::Str, "/a"),
        ];
        assert_eq!(satisfiable(&[&is(1), &is(0).not()], &tests, 100), Some(false));
        assert_eq!(satisfiable(&[&is(2), &is(0).not()], &tests, 100), Some(false));
        assert_eq!(satisfiable(&[&is(0), &is(1).not()], &tests, 100), Some(true));
        assert_eq!(satisfiable(&[&is(2), &is(1)], &tests, 100), Some(false));
    }

    #[test]
    fn ranges_together_take_what_none_takes_alone() {
        let tests = [range(1, 5), range(6, 10), range(1, 10), range(1, 11)];
        let neither = Formula::Any(vec![is(0), is(1)]).not();
        assert_eq!(satisfiable(&[&is(2), &neither], &tests, 100), Some(false));
        assert_eq!(satisfiable(&[&is(3), &neither], &tests, 100), Some(true));
    }

    #[test]
    fn nothing_is_claimed_beyond_the_limit() {
        let tests = [range(1, 5), range(6, 10)];
        assert_eq!(satisfiable(&[&is(0), &is(1)], &tests, 1), None);
    }

    /// Formulas over ten tests on numbers from 0 to 20, and whether one holds for a number.
    fn formula() -> impl Strategy<Value = Formula> {
        let leaf = (0..10_u32, any::<bool>()).prop_map(|(test, yes)| Formula::Is(test, yes));
        leaf.prop_recursive(3, 12, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(Formula::All),
                prop::collection::vec(inner, 0..3).prop_map(Formula::Any),
            ]
        })
    }

    fn holds(formula: &Formula, tests: &[Test], value: i64) -> bool {
        match formula {
            Formula::All(parts) => parts.iter().all(|part| holds(part, tests, value)),
            Formula::Any(parts) => parts.iter().any(|part| holds(part, tests, value)),
            Formula::Is(test, yes) => {
                let What::Range(low, high) = tests[*test as usize].what else {
                    unreachable!("the tests are ranges")
                };
                (low <= value && value <= high) == *yes
            }
        }
    }

    proptest! {
        /// Where no is said, no number makes the formula hold.
        #[test]
        fn no_is_certain(
            bounds in prop::collection::vec((0..20_i64, 0..6_i64), 10),
            formula in formula(),
        ) {
            let tests: Vec<Test> = bounds.iter().map(|(low, more)| range(*low, low + more)).collect();
            if satisfiable(&[&formula], &tests, 10_000) == Some(false) {
                for value in -1..30 {
                    prop_assert!(!holds(&formula, &tests, value), "{value}");
                }
            }
        }
    }
}
