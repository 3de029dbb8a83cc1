//! The commands that a file has run, with their places.

use keepalived_conf::Statement;
use syntax::Span;

use super::cluster::Node;

/// A command line.
pub(super) struct Command {
    pub(super) text: String,
    pub(super) span: Span,
}

/// Keywords that a command stands behind.
const COMMANDS: &[&str] = &[
    "script",
    "notify",
    "notify_master",
    "notify_backup",
    "notify_fault",
    "notify_stop",
    "notify_deleted",
    "notify_master_rx_lower_pri",
    "misc_path",
];

/// All commands of a node.
pub(super) fn commands(node: &Node) -> Vec<Command> {
    let mut out = Vec::new();
    collect(&node.statements, &mut out);
    out
}

/// The command of a line.
pub(super) fn command(line: &Statement) -> Command {
    // What stands between quotes is the command; behind it a user may follow.
    let (text, span) = match line.words.get(1) {
        Some(word) => (word.text.clone(), word.span),
        None => (String::new(), line.span()),
    };
    if !line.block.is_empty() {
        let text: Vec<&str> = line.block.iter().map(Statement::keyword).collect();
        return Command {
            text: text.join(" "),
            span: line.span(),
        };
    }
    Command { text, span }
}

fn collect(statements: &[Statement], out: &mut Vec<Command>) {
    for line in statements {
        if COMMANDS.contains(&line.keyword()) {
            out.push(command(line));
        } else {
            collect(&line.block, out);
        }
    }
}
