//! The borders between crates, read from `cargo metadata`: what a pure crate's tree may not hold, and the direction in
//! which the crates of this workspace depend on each other. Normal dependencies count; those of tests and build scripts
//! do not reach a user.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use anyhow::Context;
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::Violation;
use super::config::Config;

/// Who depends on whom, by package name, normal dependencies only.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// The packages of this workspace.
    ours: BTreeSet<String>,
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    /// Asks cargo for the resolved tree of the workspace at `root` on Linux.
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let metadata = MetadataCommand::new()
            .manifest_path(root.join("Cargo.toml"))
            .other_options([
                "--filter-platform".to_owned(),
                "x86_64-unknown-linux-gnu".to_owned(),
            ])
            .exec()
            .context("cargo metadata failed")?;
        let resolve = metadata
            .resolve
            .as_ref()
            .context("cargo metadata resolved nothing")?;
        let name = |id| metadata[id].name.to_string();

        let mut graph = Self {
            ours: metadata.workspace_members.iter().map(name).collect(),
            dependencies: BTreeMap::new(),
        };
        for node in &resolve.nodes {
            // Two versions of one package are one name here: the rules are about names.
            let entry = graph.dependencies.entry(name(&node.id)).or_default();
            for dependency in &node.deps {
                if dependency
                    .dep_kinds
                    .iter()
                    .any(|kind| kind.kind == DependencyKind::Normal)
                {
                    entry.insert(name(&dependency.pkg));
                }
            }
        }
        Ok(graph)
    }

    fn direct(&self, package: &str) -> impl Iterator<Item = &str> {
        self.dependencies
            .get(package)
            .into_iter()
            .flatten()
            .map(String::as_str)
    }

    /// Every package that `from` reaches, with the package through which it was reached first.
    fn reached_from<'a>(&'a self, from: &'a str) -> BTreeMap<&'a str, &'a str> {
        let mut reached = BTreeMap::new();
        let mut queue = VecDeque::from([from]);
        while let Some(package) = queue.pop_front() {
            for dependency in self.direct(package) {
                if dependency != from && !reached.contains_key(dependency) {
                    reached.insert(dependency, package);
                    queue.push_back(dependency);
                }
            }
        }
        reached
    }

    /// `from -> … -> to`, the shortest way.
    fn way(&self, from: &str, to: &str) -> String {
        let reached = self.reached_from(from);
        let mut way = vec![to];
        while let Some(&before) = way.last().and_then(|package| reached.get(package)) {
            way.push(before);
        }
        way.reverse();
        way.join(" -> ")
    }
}

/// Pure crates whose tree holds a banned package, and exceptions that are not needed.
pub(super) fn impure(graph: &Graph, config: &Config) -> Vec<Violation> {
    let mut violations = Vec::new();
    let mut used = BTreeSet::new();
    for krate in &config.purity.crates {
        if !graph.ours.contains(krate) {
            violations.push(Violation::general(format!(
                "tidy.toml calls '{krate}' pure; there is no such crate"
            )));
            continue;
        }
        let reached = graph.reached_from(krate);
        let members: BTreeSet<&str> = reached.keys().copied().chain([krate.as_str()]).collect();
        for banned in config
            .purity
            .banned
            .iter()
            .filter(|banned| reached.contains_key(banned.as_str()))
        {
            // Each package of the tree that depends on it must be excepted by itself.
            for &parent in members
                .iter()
                .filter(|member| graph.direct(member).any(|package| package == banned))
            {
                let exception = config.purity.exception.iter().position(|exception| {
                    exception.krate == *krate && exception.package == *banned && exception.through == parent
                });
                match exception {
                    Some(index) => {
                        used.insert(index);
                    }
                    None => violations.push(Violation::general(format!(
                        "pure crate '{krate}' holds '{banned}': {} -> {banned}",
                        if parent == krate {
                            krate.clone()
                        } else {
                            graph.way(krate, parent)
                        },
                    ))),
                }
            }
        }
    }
    for (index, exception) in config.purity.exception.iter().enumerate() {
        if !used.contains(&index) {
            violations.push(Violation::general(format!(
                "stale exception in tidy.toml: '{}' no longer holds '{}' through '{}'",
                exception.krate, exception.package, exception.through
            )));
        }
    }
    violations
}

/// Dependencies between our crates that the direction table does not allow.
pub(super) fn wrong_direction(graph: &Graph, config: &Config) -> Vec<Violation> {
    let mut violations = Vec::new();
    for krate in &graph.ours {
        let Some(allowed) = config.direction.get(krate) else {
            violations.push(Violation::general(format!(
                "crate '{krate}' is not in tidy.toml's [direction]"
            )));
            continue;
        };
        for dependency in graph
            .direct(krate)
            .filter(|dependency| graph.ours.contains(*dependency))
        {
            if !allowed.iter().any(|name| name == dependency) {
                violations.push(Violation::general(format!(
                    "'{krate}' depends on '{dependency}', which [direction] does not allow"
                )));
            }
        }
    }
    for krate in config
        .direction
        .keys()
        .filter(|krate| !graph.ours.contains(*krate))
    {
        violations.push(Violation::general(format!(
            "[direction] names '{krate}', which is no crate of ours"
        )));
    }
    violations
}

#[cfg(test)]
mod tests {
    use super::super::config::{Purity, PurityException};
    use super::*;

    fn graph(ours: &[&str], edges: &[(&str, &str)]) -> Graph {
        let mut graph = Graph {
            ours: ours.iter().map(ToString::to_string).collect(),
            ..Graph::default()
        };
        for (from, to) in edges {
            graph
                .dependencies
                .entry((*from).to_owned())
                .or_default()
                .insert((*to).to_owned());
        }
        graph
    }

    fn config(exceptions: Vec<PurityException>) -> Config {
        Config {
            purity: Purity {
                crates: vec!["core".to_owned()],
                banned: vec!["libc".to_owned(), "tokio".to_owned()],
                exception: exceptions,
            },
            direction: [("core", vec![]), ("shell", vec!["core".to_owned()])]
                .map(|(name, allowed)| (name.to_owned(), allowed))
                .into(),
            ..Config::default()
        }
    }

    fn messages(violations: Vec<Violation>) -> Vec<String> {
        violations
            .into_iter()
            .map(|violation| violation.message)
            .collect()
    }

    #[test]
    fn a_banned_package_deep_in_a_pure_tree_is_named_with_the_way_to_it() {
        let graph = graph(
            &["core", "shell"],
            &[
                ("core", "colour"),
                ("colour", "terminal"),
                ("terminal", "libc"),
                ("shell", "tokio"),
            ],
        );
        assert_eq!(
            messages(impure(&graph, &config(vec![]))),
            ["pure crate 'core' holds 'libc': core -> colour -> terminal -> libc"]
        );
    }

    #[test]
    fn a_banned_package_named_directly_is_found() {
        let graph = graph(&["core", "shell"], &[("core", "tokio")]);
        assert_eq!(
            messages(impure(&graph, &config(vec![]))),
            ["pure crate 'core' holds 'tokio': core -> tokio"]
        );
    }

    #[test]
    fn a_pure_tree_is_pure() {
        let graph = graph(
            &["core", "shell"],
            &[("core", "memchr"), ("shell", "core"), ("shell", "tokio")],
        );
        assert_eq!(messages(impure(&graph, &config(vec![]))), Vec::<String>::new());
    }

    #[test]
    fn an_exception_holds_for_one_way_only_and_must_not_be_stale() {
        let exception = || {
            vec![PurityException {
                krate: "core".to_owned(),
                package: "libc".to_owned(),
                through: "hash".to_owned(),
                reason: "asks the processor for its features".to_owned(),
            }]
        };
        let excepted = graph(&["core", "shell"], &[("core", "hash"), ("hash", "libc")]);
        assert_eq!(
            messages(impure(&excepted, &config(exception()))),
            Vec::<String>::new()
        );

        let another_way = graph(
            &["core", "shell"],
            &[
                ("core", "hash"),
                ("hash", "libc"),
                ("core", "dns"),
                ("dns", "libc"),
            ],
        );
        assert_eq!(
            messages(impure(&another_way, &config(exception()))),
            ["pure crate 'core' holds 'libc': core -> dns -> libc"]
        );

        let gone = graph(&["core", "shell"], &[]);
        assert_eq!(
            messages(impure(&gone, &config(exception()))),
            ["stale exception in tidy.toml: 'core' no longer holds 'libc' through 'hash'"]
        );
    }

    #[test]
    fn a_dependency_upwards_is_found() {
        let upwards = graph(&["core", "shell"], &[("core", "shell")]);
        assert_eq!(
            messages(wrong_direction(&upwards, &config(vec![]))),
            ["'core' depends on 'shell', which [direction] does not allow"]
        );
        let downwards = graph(&["core", "shell"], &[("shell", "core"), ("shell", "tokio")]);
        assert_eq!(
            messages(wrong_direction(&downwards, &config(vec![]))),
            Vec::<String>::new()
        );
    }

    #[test]
    fn a_new_crate_and_a_removed_one_must_be_brought_into_the_table() {
        let graph = graph(&["core", "new"], &[]);
        assert_eq!(
            messages(wrong_direction(&graph, &config(vec![]))),
            [
                "crate 'new' is not in tidy.toml's [direction]",
                "[direction] names 'shell', which is no crate of ours"
            ]
        );
    }
}
