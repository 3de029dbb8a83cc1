//! What the measurements come to: a table for the reader, a JSON file for the record.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde_json::json;

use super::scenario::{Figures, Goal, SCENARIOS};
use super::subject::Subject;

/// All figures, by scenario and subject, in the order of the rounds.
pub(super) struct Report {
    labels: [String; 2],
    versions: [String; 2],
    figures: BTreeMap<&'static str, [Vec<Figures>; 2]>,
}

impl Report {
    pub(super) fn new(subjects: &[Subject; 2]) -> Self {
        Self {
            labels: subjects.each_ref().map(|subject| subject.label.clone()),
            versions: subjects.each_ref().map(|subject| subject.version.clone()),
            figures: BTreeMap::new(),
        }
    }

    /// Adds what one round gave for the first (0) or second (1) subject.
    pub(super) fn add(&mut self, scenario: &'static str, subject: usize, figures: Figures) {
        self.figures.entry(scenario).or_default()[subject].push(figures);
    }

    /// Writes everything to a file.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let rounds = |rounds: &Vec<Figures>| rounds.iter().map(|round| json!(round.0)).collect::<Vec<_>>();
        let scenarios: BTreeMap<_, _> = self
            .figures
            .iter()
            .map(|(name, [a, b])| {
                let lines: Vec<_> = self
                    .lines(name)
                    .into_iter()
                    .map(|line| json!({ "figure": line.figure, "a": line.a, "b": line.b, "ratio": line.ratio, "best_ratio": line.best }))
                    .collect();
                (name, json!({ "medians": lines, "rounds": { "a": rounds(a), "b": rounds(b) } }))
            })
            .collect();
        let all = json!({ "programs": self.labels, "versions": self.versions, "scenarios": scenarios });
        let text = serde_json::to_string_pretty(&all).context("cannot write the figures as JSON")?;
        fs::write(path, text + "\n").with_context(|| format!("cannot write {}", path.display()))
    }

    /// The lines of one scenario: figures with a goal first.
    fn lines(&self, scenario: &str) -> Vec<Line> {
        let Some([a, b]) = self.figures.get(scenario) else {
            return Vec::new();
        };
        let goals = SCENARIOS
            .iter()
            .find(|known| known.name == scenario)
            .map_or(&[][..], |known| known.goals);
        let place = |name: &str| goals.iter().position(|(goal, _)| *goal == name);
        let mut names: Vec<&'static str> = a
            .iter()
            .chain(b)
            .flat_map(|round| round.0.keys().copied())
            .collect();
        names.sort_unstable_by_key(|name| (place(name).unwrap_or(goals.len()), *name));
        names.dedup();
        names
            .into_iter()
            .map(|figure| {
                let of = |rounds: &[Figures]| -> Vec<f64> {
                    rounds
                        .iter()
                        .filter_map(|round| round.0.get(figure).copied())
                        .collect()
                };
                let (a, b) = (of(a), of(b));
                // Within a round both met the same machine.
                let ratios: Vec<f64> = a
                    .iter()
                    .zip(&b)
                    .filter(|(a, _)| **a > 0.0)
                    .map(|(a, b)| b / a)
                    .collect();
                let goal = place(figure).map_or(Goal::None, |place| goals[place].1);
                let best = smallest(&a)
                    .zip(smallest(&b))
                    .filter(|(a, _)| *a > 0.0)
                    .map(|(a, b)| b / a);
                Line {
                    figure,
                    a: median(&a),
                    b: median(&b),
                    ratio: median(&ratios),
                    ratios,
                    best,
                    goal,
                }
            })
            .collect()
    }
}

/// One figure of one scenario.
#[derive(Debug, PartialEq)]
struct Line {
    figure: &'static str,
    a: Option<f64>,
    b: Option<f64>,
    /// The median of the rounds' ratios, second to first.
    ratio: Option<f64>,
    ratios: Vec<f64>,
    /// The ratio of the smallest figures. What disturbs a measurement of CPU time only ever adds to it, so on a busy
    /// machine this one is nearer to the truth.
    best: Option<f64>,
    goal: Goal,
}

impl Line {
    /// Whether the goal is reached; `None` when there is none or nothing was measured.
    fn reached(&self) -> Option<(bool, String)> {
        match self.goal {
            Goal::None => None,
            Goal::Ratio(limit) => {
                let best = self
                    .best
                    .map_or_else(String::new, |best| format!(" (of the best rounds {best:.2})"));
                Some((self.ratio? <= limit, format!("ratio at most {limit}{best}")))
            }
            Goal::AtMost(limit) => Some((self.b? <= limit, format!("at most {limit}"))),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (label, version) in self.labels.iter().zip(&self.versions) {
            writeln!(f, "{label}: {version}")?;
        }
        writeln!(
            f,
            "\n{:20} {:26} {:>14} {:>14} {:>7} {:>15}  goal",
            "scenario", "figure (median)", self.labels[0], self.labels[1], "b/a", "(min..max)"
        )?;
        let show = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
        for scenario in SCENARIOS {
            for line in self.lines(scenario.name) {
                let spread = match (
                    line.ratios.iter().copied().reduce(f64::min),
                    line.ratios.iter().copied().reduce(f64::max),
                ) {
                    (Some(min), Some(max)) => format!("({min:.2}..{max:.2})"),
                    _ => String::new(),
                };
                let goal = line.reached().map_or_else(String::new, |(reached, goal)| {
                    format!("{goal}: {}", if reached { "reached" } else { "not reached" })
                });
                let text = format!(
                    "{:20} {:26} {:>14} {:>14} {:>7} {spread:>15}  {goal}",
                    scenario.name,
                    line.figure,
                    show(line.a),
                    show(line.b),
                    show(line.ratio)
                );
                writeln!(f, "{}", text.trim_end())?;
            }
        }
        Ok(())
    }
}

fn smallest(numbers: &[f64]) -> Option<f64> {
    numbers.iter().copied().reduce(f64::min)
}

/// The middle of some numbers; of an even number of them the mean of the two in the middle.
fn median(numbers: &[f64]) -> Option<f64> {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        length if length % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

#[cfg(test)]
mod tests {
    use super::super::scenario::CPU_PER_REQUEST;
    use super::*;

    fn report(a: &[f64], b: &[f64]) -> Report {
        let mut report = Report {
            labels: ["a:haproxy".to_owned(), "b:holdfast".to_owned()],
            versions: ["1".to_owned(), "2".to_owned()],
            figures: BTreeMap::new(),
        };
        for (subject, values) in [(0, a), (1, b)] {
            for value in values {
                report.add(
                    "http-keep-alive",
                    subject,
                    Figures(BTreeMap::from([(CPU_PER_REQUEST, *value)])),
                );
            }
        }
        report
    }

    #[test]
    fn the_median_is_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

    #[test]
    fn the_ratio_is_taken_within_rounds() {
        // A machine that became twice as slow in the second round changes no ratio.
        let report = report(&[10.0, 20.0], &[8.0, 16.0]);
        let lines = report.lines("http-keep-alive");
        assert_eq!(lines[0].ratio, Some(0.8));
        assert_eq!(lines[0].reached().map(|(reached, _)| reached), Some(true));
    }

    #[test]
    fn a_goal_that_is_missed_is_said() {
        let shown = report(&[10.0], &[9.0]).to_string();
        assert!(
            shown.contains("ratio at most 0.8 (of the best rounds 0.90): not reached"),
            "{shown}"
        );
        assert!(
            report(&[10.0], &[]).lines("http-keep-alive")[0]
                .reached()
                .is_none()
        );
    }
}
