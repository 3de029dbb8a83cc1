//! The commands: each declared once, with its words, its usage, the level that it needs and what runs it.

use haproxy_cfg::model::Level;

use super::{Call, Reply, frontend, pattern, server, session, show};

/// A command.
pub(super) struct Command {
    /// The words it begins with.
    pub(super) words: &'static [&'static str],
    /// Words and arguments, as `help` shows them.
    pub(super) usage: &'static str,
    /// What it does, as `help` shows it.
    pub(super) about: &'static str,
    /// The level it needs.
    pub(super) level: Level,
    /// What runs it.
    pub(super) run: fn(&mut Call<'_, '_>) -> Reply,
}

const fn command(
    words: &'static [&'static str],
    usage: &'static str,
    about: &'static str,
    level: Level,
    run: fn(&mut Call<'_, '_>) -> Reply,
) -> Command {
    Command {
        words,
        usage,
        about,
        level,
        run,
    }
}

use Level::{Admin, Operator, User};

/// All commands but `help`, `prompt` and `quit`, in the order of `help`.
pub(super) static COMMANDS: &[Command] = &[
    command(
        &["add", "acl"],
        "add acl [@<ver>] <acl> <pattern>",
        "add a pattern",
        User,
        pattern::add_acl,
    ),
    command(
        &["add", "map"],
        "add map [@<ver>] <map> <key> <val>",
        "add an entry (or those of a payload)",
        User,
        pattern::add_map,
    ),
    command(
        &["clear", "acl"],
        "clear acl [@<ver>] <acl>",
        "delete all patterns",
        User,
        pattern::clear_acl,
    ),
    command(
        &["clear", "counters"],
        "clear counters [all]",
        "clear maxima of counters (or all counters)",
        Operator,
        show::clear_counters,
    ),
    command(
        &["clear", "map"],
        "clear map [@<ver>] <map>",
        "delete all entries",
        User,
        pattern::clear_map,
    ),
    command(
        &["commit", "acl"],
        "commit acl @<ver> <acl>",
        "put a prepared version in place",
        User,
        pattern::commit_acl,
    ),
    command(
        &["commit", "map"],
        "commit map @<ver> <map>",
        "put a prepared version in place",
        User,
        pattern::commit_map,
    ),
    command(
        &["del", "acl"],
        "del acl <acl> [<key>|#<ref>]",
        "delete a pattern",
        User,
        pattern::del_acl,
    ),
    command(
        &["del", "map"],
        "del map <map> [<key>|#<ref>]",
        "delete the entries of a key",
        User,
        pattern::del_map,
    ),
    command(
        &["disable", "agent"],
        "disable agent",
        "disable agent checks",
        Admin,
        server::disable_agent,
    ),
    command(
        &["disable", "frontend"],
        "disable frontend <frontend>",
        "stop a frontend from accepting for now",
        Admin,
        frontend::disable,
    ),
    command(
        &["disable", "health"],
        "disable health",
        "disable health checks",
        Admin,
        server::disable_health,
    ),
    command(
        &["disable", "server"],
        "disable server (DEPRECATED)",
        "put a server in maintenance (use 'set server' instead)",
        Admin,
        server::disable,
    ),
    command(
        &["enable", "agent"],
        "enable agent",
        "enable agent checks",
        Admin,
        server::enable_agent,
    ),
    command(
        &["enable", "frontend"],
        "enable frontend <frontend>",
        "let a disabled frontend accept again",
        Admin,
        frontend::enable,
    ),
    command(
        &["enable", "health"],
        "enable health",
        "enable health checks",
        Admin,
        server::enable_health,
    ),
    command(
        &["enable", "server"],
        "enable server  (DEPRECATED)",
        "take a server out of maintenance (use 'set server' instead)",
        Admin,
        server::enable,
    ),
    command(
        &["get", "acl"],
        "get acl <acl> <value>",
        "show what a sample matches",
        User,
        pattern::get_acl,
    ),
    command(
        &["get", "map"],
        "get map <map> <value>",
        "show what a map gives for a sample",
        User,
        pattern::get_map,
    ),
    command(
        &["get", "weight"],
        "get weight <bk>/<srv>",
        "show a server's weight and the file's",
        User,
        server::get_weight,
    ),
    command(
        &["operator"],
        "operator",
        "lower this session's level to operator",
        Operator,
        session::operator,
    ),
    command(
        &["prepare", "acl"],
        "prepare acl <acl>",
        "make a new version to fill",
        User,
        pattern::prepare_acl,
    ),
    command(
        &["prepare", "map"],
        "prepare map <map>",
        "make a new version to fill",
        User,
        pattern::prepare_map,
    ),
    command(
        &["set", "map"],
        "set map <map> [<key>|#<ref>] <value>",
        "change the value of a key",
        User,
        pattern::set_map,
    ),
    command(
        &["set", "maxconn", "frontend"],
        "set maxconn frontend <frontend> <value>",
        "change a frontend's maxconn",
        Admin,
        frontend::set_maxconn,
    ),
    command(
        &["set", "maxconn", "global"],
        "set maxconn global <value>",
        "change the process's maxconn",
        Admin,
        frontend::set_process_maxconn,
    ),
    command(
        &["set", "maxconn", "server"],
        "set maxconn server <bk>/<srv>",
        "change a server's maxconn",
        Admin,
        server::set_maxconn,
    ),
    command(
        &["set", "server"],
        "set server <bk>/<srv> [opts]",
        "change a server's state, weight or health",
        Admin,
        server::set,
    ),
    command(
        &["set", "severity-output"],
        "set severity-output [none|number|string]",
        "put the severity in front of messages",
        User,
        session::set_severity,
    ),
    command(
        &["set", "timeout"],
        "set timeout [cli] <delay>",
        "change this session's timeout",
        User,
        session::set_timeout,
    ),
    command(
        &["set", "weight"],
        "set weight <bk>/<srv>  (DEPRECATED)",
        "change a server's weight (use 'set server' instead)",
        Admin,
        server::set_weight,
    ),
    command(
        &["show", "acl"],
        "show acl [[@<ver>] <acl>]",
        "list ACLs, or the patterns of one",
        User,
        pattern::show_acl,
    ),
    command(
        &["show", "backend"],
        "show backend",
        "list the backends",
        User,
        show::backend,
    ),
    command(
        &["show", "cli", "level"],
        "show cli level",
        "show this session's level",
        User,
        session::show_level,
    ),
    command(
        &["show", "cli", "sockets"],
        "show cli sockets",
        "list the stats sockets",
        User,
        show::cli_sockets,
    ),
    command(
        &["show", "env"],
        "show env [var]",
        "show the environment of the process",
        Operator,
        show::env,
    ),
    command(
        &["show", "info"],
        "show info [desc|json|typed]*",
        "show figures of the process",
        User,
        show::info,
    ),
    command(
        &["show", "map"],
        "show map [[@<ver>] <map>]",
        "list maps, or the entries of one",
        User,
        pattern::show_map,
    ),
    command(
        &["show", "schema", "json"],
        "show schema json",
        "show the schema of the JSON answers",
        User,
        show::schema,
    ),
    command(
        &["show", "servers", "state"],
        "show servers state [<backend>]",
        "show the servers' states",
        User,
        show::servers_state,
    ),
    command(
        &["show", "startup-logs"],
        "show startup-logs",
        "show what was reported while starting",
        Operator,
        show::startup_logs,
    ),
    command(
        &["show", "stat"],
        "show stat [desc|json|no-maint|typed|up]*",
        "show the counters of proxies and servers",
        User,
        show::stat,
    ),
    command(
        &["show", "version"],
        "show version",
        "show the version of the process",
        User,
        show::version,
    ),
    command(
        &["shutdown", "frontend"],
        "shutdown frontend <frontend>",
        "stop a frontend for good",
        Admin,
        frontend::shutdown,
    ),
    command(
        &["shutdown", "sessions", "server"],
        "shutdown sessions server <bk>/<srv>",
        "end a server's sessions",
        Admin,
        server::shutdown_sessions,
    ),
    command(
        &["user"],
        "user",
        "lower this session's level to user",
        User,
        session::user,
    ),
];

/// What every session has, at the end of `help`.
static LAST: [(&str, &str); 3] = [
    ("help [<command>]", "list matching or all commands"),
    ("prompt", "toggle interactive mode with prompt"),
    ("quit", "disconnect"),
];

/// The words of each command, in the order of `help`.
pub fn names() -> impl Iterator<Item = String> {
    COMMANDS.iter().map(|command| command.words.join(" "))
}

/// The command that `words` begin with.
pub(super) fn find(words: &[Vec<u8>]) -> Option<&'static Command> {
    COMMANDS
        .iter()
        .filter(|c| begins_with(words, c.words))
        .max_by_key(|c| c.words.len())
}

fn begins_with(words: &[Vec<u8>], command: &[&str]) -> bool {
    words.len() >= command.len()
        && command
            .iter()
            .zip(words)
            .all(|(c, w)| c.as_bytes() == w.as_slice())
}

/// Appends the commands that match, or all.
pub(super) fn list(matching: &[&Command], out: &mut Vec<u8>) {
    let rows = matching.iter().map(|c| (c.usage, c.about)).chain(LAST);
    for (usage, about) in rows {
        out.extend_from_slice(format!("  {usage:<40}: {about}\n").as_bytes());
    }
}

/// The commands that `words` may have meant, best first in the order of `help`: those that they begin, then those with a word
/// like one of them.
pub(super) fn like(words: &[Vec<u8>]) -> Vec<&'static Command> {
    let begun: Vec<_> = COMMANDS
        .iter()
        .filter(|c| {
            let typed = words.len().min(c.words.len());
            c.words[..typed]
                .iter()
                .zip(words)
                .all(|(c, w)| c.as_bytes().starts_with(w))
        })
        .collect();
    if !begun.is_empty() {
        return begun;
    }
    COMMANDS
        .iter()
        .filter(|c| {
            c.words
                .iter()
                .zip(words)
                .all(|(c, w)| distance(c.as_bytes(), w) <= c.len().div_ceil(3))
        })
        .collect()
}

/// How many bytes must be put in, left out or changed to make `a` into `b`.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let changed = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<Vec<u8>> {
        line.split(' ').map(|w| w.as_bytes().to_vec()).collect()
    }

    #[test]
    fn commands_are_unique_and_their_usage_begins_with_their_words() {
        for (i, c) in COMMANDS.iter().enumerate() {
            assert!(c.usage.len() <= 40, "{}", c.usage);
            let usage: Vec<_> = c.usage.split_whitespace().collect();
            if usage[1..].first().is_none_or(|w| !w.starts_with('[')) {
                assert_eq!(&usage[..c.words.len()], c.words);
            }
            assert!(
                COMMANDS[..i].iter().all(|other| other.words != c.words),
                "{}",
                c.usage
            );
        }
    }

    #[test]
    fn the_longest_command_is_found() {
        assert_eq!(find(&words("show cli level")).unwrap().usage, "show cli level");
        assert!(find(&words("show cli")).is_none());
        assert_eq!(find(&words("show stat typed")).unwrap().words, ["show", "stat"]);
    }

    #[test]
    fn a_mistyped_command_finds_its_like() {
        let names = |line| like(&words(line)).iter().map(|c| c.usage).collect::<Vec<_>>();
        assert_eq!(names("show servers"), ["show servers state [<backend>]"]);
        assert!(names("sho stta").contains(&"show stat [desc|json|no-maint|typed|up]*"));
        assert!(names("completely other").is_empty());
    }
}
