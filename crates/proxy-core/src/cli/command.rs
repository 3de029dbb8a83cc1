//! What runs the commands: their words, usage and level are rows of the keyword tables.

use std::sync::LazyLock;

use haproxy_cfg::keywords::command::{Leave, WORKER};
use haproxy_cfg::keywords::{self, CommandRow};

use super::{
    Call, Reply, Session, anonymous, backend, cache, cookie, descriptors, errors, events, frontend, machine,
    newcomer, pattern, pause, peers, rare_events, server, session, show, streams, table, threads, tls, trace,
    variable,
};

type Run = fn(&mut Call<'_, '_>) -> Reply;

/// What runs the commands that are acted on.
const RUNS: &[(&str, Run)] = &[
    ("abort ssl ca-file", tls::abort_authorities),
    ("abort ssl cert", tls::abort_certificate),
    ("abort ssl crl-file", tls::abort_revoked),
    ("add acl", pattern::add_acl),
    ("add map", pattern::add_map),
    ("add server", newcomer::add),
    ("add ssl ca-file", tls::add_authorities),
    ("add ssl crt-list", tls::add_to_list),
    ("clear acl", pattern::clear_acl),
    ("clear counters", show::clear_counters),
    ("clear map", pattern::clear_map),
    ("clear table", table::clear),
    ("commit acl", pattern::commit_acl),
    ("commit map", pattern::commit_map),
    ("commit ssl ca-file", tls::commit_authorities),
    ("commit ssl cert", tls::commit_certificate),
    ("commit ssl crl-file", tls::commit_revoked),
    ("debug counters", rare_events::counters),
    ("debug dev hash", anonymous::hash),
    ("del acl", pattern::del_acl),
    ("del map", pattern::del_map),
    ("del server", newcomer::delete),
    ("del ssl ca-file", tls::delete_authorities),
    ("del ssl cert", tls::delete_certificate),
    ("del ssl crl-file", tls::delete_revoked),
    ("del ssl crt-list", tls::delete_from_list),
    ("disable agent", server::disable_agent),
    ("disable dynamic-cookie backend", cookie::disable),
    ("disable frontend", frontend::disable),
    ("disable health", server::disable_health),
    ("disable server", server::disable),
    ("dump ssl cert", tls::dump_certificate),
    ("dump stats-file", show::stats_file),
    ("echo", pause::echo),
    ("enable agent", server::enable_agent),
    ("enable dynamic-cookie backend", cookie::enable),
    ("enable frontend", frontend::enable),
    ("enable health", server::enable_health),
    ("enable server", server::enable),
    ("experimental-mode", session::experimental_mode),
    ("expert-mode", session::expert_mode),
    ("get acl", pattern::get_acl),
    ("get map", pattern::get_map),
    ("get var", variable::get),
    ("get weight", server::get_weight),
    ("new ssl ca-file", tls::new_authorities),
    ("new ssl cert", tls::new_certificate),
    ("new ssl crl-file", tls::new_revoked),
    ("operator", session::operator),
    ("prepare acl", pattern::prepare_acl),
    ("prepare map", pattern::prepare_map),
    ("publish backend", backend::publish),
    ("set anon global-key", anonymous::set_key),
    ("set anon off", anonymous::off),
    ("set anon on", anonymous::on),
    ("set dynamic-cookie-key backend", cookie::set_key),
    ("set map", pattern::set_map),
    ("set maxconn frontend", frontend::set_maxconn),
    ("set maxconn global", frontend::set_process_maxconn),
    ("set maxconn server", server::set_maxconn),
    ("set profiling", threads::set_profiling),
    ("set rate-limit", frontend::set_rate_limit),
    ("set server", server::set),
    ("set severity-output", session::set_severity),
    ("set ssl ca-file", tls::set_authorities),
    ("set ssl cert", tls::set_certificate),
    ("set ssl crl-file", tls::set_revoked),
    ("set ssl ocsp-response", tls::set_staple),
    ("set ssl tls-key", tls::set_ticket_key),
    ("set table", table::set),
    ("set timeout", session::set_timeout),
    ("set var", variable::set),
    ("set weight", server::set_weight),
    ("show acl", pattern::show_acl),
    ("show activity", threads::activity),
    ("show anon", anonymous::show),
    ("show backend", show::backend),
    ("show cache", cache::show),
    ("show cli level", session::show_level),
    ("show cli sockets", show::cli_sockets),
    ("show dev", machine::show),
    ("show env", show::env),
    ("show errors", errors::show),
    ("show events", events::show),
    ("show fd", descriptors::show),
    ("show info", show::info),
    ("show libs", threads::libs),
    ("show map", pattern::show_map),
    ("show pools", threads::pools),
    ("show profiling", threads::profiling),
    ("show peers", peers::show),
    ("show resolvers", show::resolvers),
    ("show schema json", show::schema),
    ("show servers conn", show::servers_conn),
    ("show servers state", show::servers_state),
    ("show sess", streams::show),
    ("show ssl ca-file", tls::show_authorities),
    ("show ssl cert", tls::show_certificate),
    ("show ssl crl-file", tls::show_revoked),
    ("show ssl crt-list", tls::show_list),
    ("show ssl ocsp-response", tls::show_staples),
    ("show ssl sni", tls::show_names),
    ("show startup-logs", show::startup_logs),
    ("show stat", show::stat),
    ("show table", table::show),
    ("show tasks", threads::tasks),
    ("show threads", threads::show),
    ("show tls-keys", tls::show_ticket_keys),
    ("show trace", trace::show),
    ("show version", show::version),
    ("shutdown frontend", frontend::shutdown),
    ("shutdown session", streams::shutdown),
    ("shutdown sessions server", server::shutdown_sessions),
    ("trace", trace::trace),
    ("unpublish backend", backend::unpublish),
    ("user", session::user),
    ("wait", pause::wait),
];

/// What the session does itself, and not through a function: the connection gives the sockets away.
const OF_THE_SESSION: [&str; 4] = ["_getsocks", "help", "prompt", "quit"];

/// A command.
#[derive(Clone, Copy)]
pub(super) struct Command {
    /// What the language knows of it.
    pub(super) row: &'static CommandRow,
    /// What runs it; none for a command that is known and not acted on.
    pub(super) run: Option<Run>,
}

/// The commands of this socket but those of the session itself.
static COMMANDS: LazyLock<Vec<Command>> = LazyLock::new(|| {
    let rows = keywords::COMMANDS.iter();
    rows.filter(|row| row.sockets & WORKER != 0 && !OF_THE_SESSION.contains(&row.name))
        .map(|row| Command {
            row,
            run: RUNS
                .iter()
                .find(|(name, _)| *name == row.name)
                .map(|(_, run)| *run),
        })
        .collect()
});

/// What every session has, at the end of `help`.
static LAST: [(&str, &str); 3] = [
    ("help [<command>]", "list matching or all commands"),
    ("prompt", "toggle interactive mode with prompt"),
    ("quit", "disconnect"),
];

impl Command {
    fn words(&self) -> impl Iterator<Item = &'static str> {
        self.row.name.split(' ')
    }

    /// How many words it has.
    pub(super) fn len(&self) -> usize {
        self.words().count()
    }

    /// Why it is not for this session; none when it is.
    pub(super) fn refusal(&self, session: &Session) -> Option<&'static str> {
        if session.level < self.row.level {
            return Some("Permission denied");
        }
        match self.row.leave {
            Leave::Expert if !session.expert => Some("This command is restricted to expert mode only."),
            Leave::Experimental if !session.experimental => {
                Some("This command is restricted to experimental mode only.")
            }
            _ => None,
        }
    }
}

/// The command that `words` begin with, be it acted on or not.
pub(super) fn find(words: &[Vec<u8>]) -> Option<Command> {
    let begun = COMMANDS.iter().filter(|c| {
        let mut given = words.iter();
        c.words()
            .all(|word| given.next().is_some_and(|w| w == word.as_bytes()))
    });
    begun.max_by_key(|c| c.len()).copied()
}

/// All commands that are acted on, in the order of `help`.
pub(super) fn all() -> Vec<Command> {
    COMMANDS.iter().filter(|c| c.run.is_some()).copied().collect()
}

/// Appends the commands that match, or all.
pub(super) fn list(matching: &[Command], out: &mut Vec<u8>) {
    let rows = matching.iter().map(|c| (c.row.usage(), c.row.about));
    for (usage, about) in rows.chain(LAST.map(|(usage, about)| (usage.to_owned(), about))) {
        out.extend_from_slice(format!("  {usage:<40}: {about}\n").as_bytes());
    }
}

/// The commands that `words` may have meant, best first in the order of `help`: those that they begin, then those with a word
/// like one of them. What is not acted on is no help.
pub(super) fn like(words: &[Vec<u8>]) -> Vec<Command> {
    let mut commands = all();
    let begun: Vec<_> = commands
        .iter()
        .filter(|c| c.words().zip(words).all(|(c, w)| c.as_bytes().starts_with(w)))
        .copied()
        .collect();
    if !begun.is_empty() {
        return begun;
    }
    commands.retain(|c| {
        c.words()
            .zip(words)
            .all(|(c, w)| distance(c.as_bytes(), w) <= c.len().div_ceil(3))
    });
    commands
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
    fn each_row_that_is_acted_on_is_run_and_nothing_else_is() {
        for row in keywords::COMMANDS.iter().filter(|row| row.sockets & WORKER != 0) {
            let runs = RUNS.iter().filter(|(name, _)| *name == row.name).count()
                + OF_THE_SESSION.iter().filter(|name| **name == row.name).count();
            assert_eq!(runs, usize::from(row.acts_on(WORKER)), "{}", row.name);
        }
        let known = |name: &str| {
            keywords::COMMANDS
                .iter()
                .any(|row| row.name == name && row.acts_on(WORKER))
        };
        for (name, _) in RUNS {
            assert!(known(name), "{name} has no row");
        }
    }

    #[test]
    fn the_longest_command_is_found() {
        assert_eq!(find(&words("show cli level")).unwrap().row.name, "show cli level");
        assert!(find(&words("show cli")).is_none());
        assert_eq!(find(&words("show stat typed")).unwrap().row.name, "show stat");
        assert!(find(&words("show ssl jwt")).unwrap().run.is_none());
    }

    #[test]
    fn a_mistyped_command_finds_its_like() {
        let names = |line| -> Vec<String> { like(&words(line)).iter().map(|c| c.row.usage()).collect() };
        assert_eq!(
            names("show servers"),
            ["show servers conn [<backend>]", "show servers state [<backend>]"]
        );
        assert!(names("sho stta").contains(&"show stat [desc|json|no-maint|typed|up]*".to_owned()));
        assert!(names("completely other").is_empty());
    }
}
