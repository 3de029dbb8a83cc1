//! `cargo xtask tidy`: proves the borders between the crates and the rules that every file keeps.
//!
//! A module for each rule: what it looks at comes in as values, so that each rule's tests can show it both a tree that
//! keeps it and one that breaks it. What the rules allow stands in xtask/tidy.toml.

mod book;
mod borders;
mod config;
mod length;
mod names;
mod opening;
mod paths;
mod source;
mod tokens;

use std::fmt;
use std::path::{Path, PathBuf};

use crate::outcome::{Outcome, Tally};
use crate::workspace;
use config::Config;
use source::Tree;

/// Arguments of `cargo xtask tidy`.
#[derive(clap::Args, Debug, Default)]
pub(crate) struct Args {}

/// One place that breaks a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    /// The file, relative to the tree's top; none when the rule is about crates.
    path: Option<PathBuf>,
    /// The line in it, from 1; 0 when the whole file is meant.
    line: usize,
    /// What is wrong and what to do.
    message: String,
}

impl Violation {
    fn in_file(path: &Path, line: usize, message: impl Into<String>) -> Self {
        Self {
            path: Some(path.to_path_buf()),
            line,
            message: message.into(),
        }
    }

    fn general(message: impl Into<String>) -> Self {
        Self {
            path: None,
            line: 0,
            message: message.into(),
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.path {
            Some(path) if self.line > 0 => write!(f, "{}:{}: {}", path.display(), self.line, self.message),
            Some(path) => write!(f, "{}: {}", path.display(), self.message),
            None => f.write_str(&self.message),
        }
    }
}

/// Runs every rule over the workspace.
pub(crate) fn run(_args: &Args) -> anyhow::Result<Outcome> {
    let root = workspace::root();
    let config = Config::read(&root.join("xtask/tidy.toml"))?;
    let graph = borders::Graph::read(&root)?;
    let tree = Tree::read(&root)?;

    let rules: [(&str, Vec<Violation>); 10] = [
        (
            "pure crates hold no runtime or system crate",
            borders::impure(&graph, &config),
        ),
        (
            "crates depend downwards only",
            borders::wrong_direction(&graph, &config),
        ),
        ("source files open with //!", opening::check(&tree)),
        ("files stay short", length::check(&tree, &config)),
        ("modules are named for what they hold", names::check(&tree)),
        (
            "unsafe code is where it is listed",
            tokens::unsafe_code(&tree, &config),
        ),
        ("nothing is left unfinished", tokens::leftovers(&tree)),
        ("no test is switched off", tokens::ignored_tests(&tree)),
        ("no path of one machine", paths::check(&tree)),
        ("the book has all its pages", book::check(&tree)),
    ];

    let mut tally = Tally::default();
    for (name, violations) in rules {
        tally.count(violations.is_empty());
        println!(
            "tidy: {name}: {}",
            if violations.is_empty() { "ok" } else { "FAILED" }
        );
        for violation in violations {
            println!("  {violation}");
        }
    }
    Ok(Outcome::Ran(tally))
}
