//! A command with signs that only a shell knows.

use syntax::Severity;

use super::{Cluster, Findings, Rule};

pub(super) const RULE: Rule = Rule {
    code: "shell-syntax-in-script",
    title: "A command with signs that only a shell knows",
    level: Severity::Warning,
    why: "keepalived starts the program itself: a pipe or a redirection is handed to it as an argument, and the check is about something else.",
    mend: "put the command into a file of its own, or write /bin/sh -c '...'",
    check,
};

fn check(cluster: &Cluster<'_>, out: &mut Findings<'_>) {
    for node in &cluster.nodes {
        for command in super::super::scripts::commands(node) {
            let mut words = command.text.split_whitespace();
            let program = words.next().unwrap_or_default();
            let name = program.rsplit('/').next().unwrap_or_default();
            if matches!(name, "sh" | "bash" | "dash" | "ash" | "zsh" | "ksh" | "env") {
                continue;
            }
            let sign = |word: &&str| {
                matches!(*word, "|" | "||" | "&&" | ";" | ">" | ">>" | "<" | "&" | "2>&1")
                    || word.starts_with("$(")
                    || word.ends_with(';')
                    || word.starts_with('>')
                    || word.starts_with("2>")
            };
            if let Some(word) = words.find(sign) {
                out.tell(
                    command.span,
                    format!("'{word}' is handed to '{name}' as an argument"),
                );
            }
        }
    }
}
