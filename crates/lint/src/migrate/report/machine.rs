//! One report for a machine: what can be switched now, what first, what never, over the reports of its files.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::super::Kind;
use super::markdown::{cell, code};
use super::{Report, markdown, place, text};

/// What may become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It can be switched now, and does what it did.
    Now,
    /// It can be switched now, and some things will be otherwise.
    Otherwise,
    /// A person has to decide first.
    First,
    /// Not as it stands: something in it has nothing that takes its place.
    Never,
}

impl Verdict {
    /// In a report.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Now => "can be switched now",
            Self::Otherwise => "can be switched now; some things will be otherwise",
            Self::First => "a person has to decide first",
            Self::Never => "never as it stands",
        }
    }

    /// For programs.
    fn name(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::Otherwise => "now-otherwise",
            Self::First => "first",
            Self::Never => "never",
        }
    }

    /// The colour of its light.
    pub(super) fn colour(self) -> &'static str {
        match self {
            Self::Now => "green",
            Self::Otherwise => "yellow",
            Self::First => "red",
            Self::Never => "black",
        }
    }
}

impl Report<'_> {
    /// What may become of the file.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let count = |kind| self.migrated.count(kind);
        match (count(Kind::Decide), self.refused.len(), count(Kind::Changed)) {
            (1.., ..) => Verdict::First,
            // Nobody knows what to write in the place of what is refused.
            (0, 1.., _) => Verdict::Never,
            (0, 0, 1..) => Verdict::Otherwise,
            (0, 0, 0) => Verdict::Now,
        }
    }

    /// What to do then.
    fn command(&self) -> String {
        let migrated = self.migrated;
        if migrated.is_changed() {
            format!(
                "holdfast migrate {} --from {} --to {} --write",
                self.name, migrated.from, migrated.to
            )
        } else if self.verdict() <= Verdict::Otherwise {
            "the file stays as it is".to_owned()
        } else {
            "change the file, and ask again".to_owned()
        }
    }

    /// What has to be done before it is switched, or stands in the way.
    fn obstacles(&self) -> Vec<String> {
        let decide = self
            .migrated
            .findings
            .iter()
            .filter(|finding| finding.kind == Kind::Decide);
        let decide = decide.map(|finding| {
            let advice = if finding.advice.is_empty() {
                String::new()
            } else {
                format!(": {}", finding.advice)
            };
            format!("{}: {}{advice}", place(finding), finding.message)
        });
        let refused = self
            .refused
            .iter()
            .map(|refused| format!("{} of the new file: {}", refused.place(), refused.message));
        decide.chain(refused).collect()
    }
}

/// A folder of heartbeat's files, which become keepalived's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The folder.
    pub name: String,
    /// What cannot be carried over.
    pub blocking: Vec<String>,
    /// What is left to be done by hand.
    pub by_hand: Vec<String>,
}

impl Cluster {
    fn verdict(&self) -> Verdict {
        if self.blocking.is_empty() {
            Verdict::First
        } else {
            Verdict::Never
        }
    }

    fn command(&self) -> String {
        format!(
            "holdfast migrate --from heartbeat --to keepalived {} FOLDER-OF-EACH-OTHER-NODE --output new",
            self.name
        )
    }
}

/// A machine's files with what may become of them.
#[derive(Clone, Debug)]
pub struct Machine<'m> {
    /// The files.
    pub files: &'m [Report<'m>],
    /// heartbeat's folders.
    pub clusters: &'m [Cluster],
    /// Files that were found and are not migrated, each with the reason.
    pub left: &'m [(String, String)],
}

/// One row of what a machine has.
pub(super) struct Row {
    pub(super) name: String,
    pub(super) program: &'static str,
    pub(super) way: String,
    pub(super) verdict: Verdict,
    /// What first, or why never.
    pub(super) obstacles: Vec<String>,
    /// What to run once nothing stands in the way.
    pub(super) command: String,
}

impl Machine<'_> {
    /// What it has, by the parts of the report that have any.
    pub(super) fn parts(&self) -> Vec<(&'static str, Vec<Row>)> {
        let mut rows = self.rows();
        let of = |(title, verdicts): &(&'static str, &[Verdict])| {
            let (of, others) = rows
                .drain(..)
                .partition(|row: &Row| verdicts.contains(&row.verdict));
            rows = others;
            (*title, of)
        };
        let parts: Vec<(&str, Vec<Row>)> = PARTS.iter().map(of).collect();
        parts.into_iter().filter(|(_, rows)| !rows.is_empty()).collect()
    }

    /// What it has, the easiest first.
    fn rows(&self) -> Vec<Row> {
        let files = self.files.iter().map(|report| {
            let migrated = report.migrated;
            Row {
                name: report.name.to_owned(),
                program: migrated.program,
                way: format!("{} to {}", migrated.from, migrated.to),
                verdict: report.verdict(),
                obstacles: report.obstacles(),
                command: report.command(),
            }
        });
        let clusters = self.clusters.iter().map(|cluster| Row {
            name: cluster.name.clone(),
            program: "heartbeat",
            way: "to keepalived".to_owned(),
            verdict: cluster.verdict(),
            obstacles: cluster.blocking.iter().chain(&cluster.by_hand).cloned().collect(),
            command: cluster.command(),
        });
        let mut rows: Vec<Row> = files.chain(clusters).collect();
        rows.sort_by_key(|row| row.verdict);
        rows
    }

    /// How many there are of each, in a sentence.
    pub(super) fn sums(&self) -> String {
        let rows = self.rows();
        let count = |wanted: &[Verdict]| rows.iter().filter(|row| wanted.contains(&row.verdict)).count();
        format!(
            "{} can be switched now, {} after somebody has decided, {} never as it stands",
            count(&[Verdict::Now, Verdict::Otherwise]),
            count(&[Verdict::First]),
            count(&[Verdict::Never])
        )
    }
}

/// The parts of the report in their order.
const PARTS: &[(&str, &[Verdict])] = &[
    ("What can be switched now", &[Verdict::Now, Verdict::Otherwise]),
    ("What first", &[Verdict::First]),
    ("What never, as it stands", &[Verdict::Never]),
];

/// The report of a machine as plain text: the whole, then each file.
#[must_use]
pub fn machine_text(machine: &Machine<'_>) -> String {
    let mut out = format!("{}\n", machine.sums());
    for (title, rows) in machine.parts() {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "\n{title}");
        for row in rows {
            let _ = writeln!(
                out,
                "  {} ({}, {}): {}",
                row.name,
                row.program,
                row.way,
                row.verdict.title()
            );
            for obstacle in &row.obstacles {
                let _ = writeln!(out, "    {obstacle}");
            }
            let _ = writeln!(out, "    > {}", row.command);
        }
    }
    if !machine.left.is_empty() {
        out.push_str("\nNot looked at\n");
        for (name, why) in machine.left {
            let _ = writeln!(out, "  {name}: {why}");
        }
    }
    for report in machine.files {
        let _ = write!(out, "\n{}", text(report));
    }
    out
}

/// The same as Markdown.
#[must_use]
pub fn machine_markdown(machine: &Machine<'_>) -> String {
    let mut out = format!("# This machine\n\n{}.\n", machine.sums());
    for (title, rows) in machine.parts() {
        // Writing to a string cannot fail.
        let _ = writeln!(
            out,
            "\n## {title}\n\n| file | from, to | what stands in the way | then |\n| --- | --- | --- | --- |"
        );
        for row in rows {
            let obstacles: Vec<String> = row.obstacles.iter().map(|text| cell(text)).collect();
            let what = if obstacles.is_empty() {
                row.verdict.title().to_owned()
            } else {
                obstacles.join("<br>")
            };
            let command = code(&row.command);
            let _ = writeln!(
                out,
                "| {} | {} {} | {what} | {command} |",
                cell(&row.name),
                row.program,
                row.way
            );
        }
    }
    if !machine.left.is_empty() {
        out.push_str("\n## Not looked at\n\n");
        for (name, why) in machine.left {
            let _ = writeln!(out, "- {}: {}", cell(name), cell(why));
        }
    }
    for report in machine.files {
        let _ = write!(out, "\n{}", markdown(report));
    }
    out
}

/// The same as one JSON object.
#[must_use]
pub fn machine_json(machine: &Machine<'_>) -> String {
    let rows: Vec<Value> = machine
        .rows()
        .iter()
        .map(|row| {
            json!({
                "file": row.name,
                "program": row.program,
                "verdict": row.verdict.name(),
                "obstacles": row.obstacles,
                "then": row.command,
            })
        })
        .collect();
    let files: Vec<Value> = machine.files.iter().map(super::json::value).collect();
    let left: Vec<Value> = machine
        .left
        .iter()
        .map(|(name, why)| json!({ "file": name, "why": why }))
        .collect();
    format!("{:#}\n", json!({ "machine": rows, "left": left, "files": files }))
}
