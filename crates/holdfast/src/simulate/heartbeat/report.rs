//! What was found out, as text for people and as JSON, and what of it is wrong.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::course::{Course, Setting};
use super::failure::Failure;
use super::nodes::Nodes;
use crate::simulate::report::{millis, tale_in_json, told_in_a_line};

/// What is wrong.
struct Finding {
    /// A name that stays the same.
    code: &'static str,
    group: usize,
    message: String,
}

/// All that is told.
pub(super) struct Report<'a> {
    nodes: &'a Nodes,
    setting: Setting,
    /// Who has each group when nothing has failed.
    at_rest: Vec<Vec<usize>>,
    courses: Vec<Course>,
    findings: Vec<Finding>,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        nodes: &'a Nodes,
        setting: Setting,
        at_rest: Vec<Vec<usize>>,
        courses: Vec<Course>,
    ) -> Self {
        let mut findings = Vec::new();
        for (group, holders) in at_rest.iter().enumerate() {
            let mut tell = |code, message| {
                findings.push(Finding { code, group, message });
            };
            match holders.len() {
                1 => {}
                0 => tell("no-holder", "nobody has it when nothing has failed".to_owned()),
                _ => tell(
                    "several-holders",
                    "several have it when nothing has failed".to_owned(),
                ),
            }
            for course in &courses {
                let tale = &course.tales[group];
                let what = told(nodes, &course.failures);
                // heartbeat looks for no other node when a script cannot be started, nor tries again: no fault of the files.
                let is_script = |one: &Failure| matches!(one, Failure::Script(..));
                if course.failures.iter().any(is_script) {
                    continue;
                }
                if tale.failed.end.is_empty() {
                    tell("left-without-holder", format!("{what}, and nobody takes it"));
                }
                match tale.mended.end.len() {
                    1 => {}
                    0 => tell(
                        "not-mended",
                        format!("{what}, and when that is mended nobody has it"),
                    ),
                    _ => tell(
                        "not-mended",
                        format!("{what}, and when that is mended several have it"),
                    ),
                }
            }
        }
        Self {
            nodes,
            setting,
            at_rest,
            courses,
            findings,
        }
    }

    /// Whether nothing is wrong.
    pub(super) fn is_fine(&self) -> bool {
        self.findings.is_empty()
    }

    fn names(&self, nodes: &[usize]) -> Vec<&str> {
        nodes
            .iter()
            .map(|node| self.nodes.names[*node].as_str())
            .collect()
    }

    fn holders(&self, nodes: &[usize]) -> String {
        if nodes.is_empty() {
            "nobody".to_owned()
        } else {
            self.names(nodes).join(" and ")
        }
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        // Writing into a text does not fail.
        for group in 0..self.nodes.groups() {
            let (owner, resources) = self.nodes.group(group);
            let _ = writeln!(out, "Group {} of {owner}: {resources}", group + 1);
            let _ = writeln!(out, "  at rest: {}", self.holders(&self.at_rest[group]));
            for course in &self.courses {
                let line = told_in_a_line(&course.tales[group], course.mended_at, &|nodes| {
                    self.holders(nodes)
                });
                let _ = writeln!(out, "  {}\n    {line}", told(self.nodes, &course.failures));
            }
            out.push('\n');
        }
        if self.findings.is_empty() {
            out.push_str("Nothing is wrong.\n");
        } else {
            out.push_str("What is wrong:\n");
            for one in &self.findings {
                let _ = writeln!(out, "  [{}] group {}: {}", one.code, one.group + 1, one.message);
            }
        }
        out
    }

    /// For programs.
    pub(super) fn json(&self) -> String {
        let nodes = self.nodes.names.iter().zip(&self.nodes.files);
        let nodes: Vec<Value> = nodes
            .map(|(name, file)| json!({ "name": name, "folder": file }))
            .collect();
        let groups: Vec<Value> = (0..self.nodes.groups())
            .map(|group| {
                let (owner, resources) = self.nodes.group(group);
                json!({
                    "number": group,
                    "owner": owner,
                    "resources": resources,
                    "holders": self.names(&self.at_rest[group]),
                })
            })
            .collect();
        let failures: Vec<Value> = self
            .courses
            .iter()
            .map(|course| {
                let tales: Vec<Value> = course
                    .tales
                    .iter()
                    .enumerate()
                    .map(|(number, tale)| tale_in_json("group", number, tale, &|nodes| self.names(nodes)))
                    .collect();
                let fail: Vec<String> = course
                    .failures
                    .iter()
                    .map(|one| one.written(self.nodes))
                    .collect();
                json!({ "fail": fail, "mended_at_ms": millis(course.mended_at), "groups": tales })
            })
            .collect();
        let findings: Vec<Value> = self
            .findings
            .iter()
            .map(|one| json!({ "code": one.code, "group": one.group, "message": one.message }))
            .collect();
        let value = json!({
            "seed": self.setting.seed,
            "limit_ms": millis(self.setting.limit),
            "nodes": nodes,
            "groups": groups,
            "failures": failures,
            "findings": findings,
        });
        format!("{value:#}\n")
    }
}

/// Several failures in words.
fn told(nodes: &Nodes, failures: &[Failure]) -> String {
    let all: Vec<String> = failures.iter().map(|failure| failure.told(nodes)).collect();
    all.join(", ")
}
