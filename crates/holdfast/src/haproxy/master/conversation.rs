//! What is said on a connection to the master's socket: commands of the master's own, and commands that it passes on to a worker
//! (`@1`, `@!PID`), with the answers in the original's shape.

use std::fmt::Write as _;
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::net::Shutdown;
use std::sync::PoisonError;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use haproxy_cfg::keywords::command::MASTER;
use haproxy_cfg::keywords::{COMMANDS, CommandRow};
use haproxy_cfg::model::Level;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::line::Line;
use super::socket::Board;
use super::worker::Workers;
use crate::version::HAPROXY_VERSION;

/// Bytes of a command line, or of what is passed on behind one.
const MAX_LINE: u64 = 16 * 1024;

/// How long a worker may be silent while it answers.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

/// A connection.
pub(super) trait Connection: Read + Write + Send {}
impl<T: Read + Write + Send> Connection for T {}

/// Whom commands without a prefix are for.
#[derive(Clone, Debug)]
enum Target {
    Master,
    Worker(i32, Line),
}

/// One connection's state.
struct Conversation<'a> {
    board: &'a Board,
    level: Level,
    target: Target,
    interactive: bool,
}

/// What follows a command.
#[derive(PartialEq, Eq)]
enum Then {
    GoOn,
    End,
}

/// Answers a line, or, once `prompt` was said, all of them.
///
/// # Errors
/// When the client has gone.
pub(super) fn converse(connection: Box<dyn Connection>, board: &Board, level: Level) -> io::Result<()> {
    let mut reader = BufReader::new(connection);
    let mut conversation = Conversation {
        board,
        level,
        target: Target::Master,
        interactive: false,
    };
    loop {
        let Some(line) = read_line(&mut reader)? else {
            return Ok(());
        };
        let mut payload = Vec::new();
        if line.split_ascii_whitespace().next_back() == Some("<<") {
            // It ends with an empty line.
            while let Some(more) = read_line(&mut reader)? {
                payload.extend_from_slice(more.as_bytes());
                payload.push(b'\n');
                if more.is_empty() || payload.len() as u64 > MAX_LINE {
                    break;
                }
            }
        }
        let mut then = Then::GoOn;
        for command in commands(&line) {
            then = conversation.run(command, &payload, reader.get_mut())?;
            if then == Then::End {
                break;
            }
        }
        if conversation.interactive {
            reader.get_mut().write_all(conversation.prompt().as_bytes())?;
        }
        // What has arrived with the first line is still answered.
        if then == Then::End || (!conversation.interactive && !reader.buffer().contains(&b'\n')) {
            return Ok(());
        }
    }
}

/// A line without its end; none when there is no more.
fn read_line(reader: &mut BufReader<Box<dyn Connection>>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(&line);
    Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The commands of a line, parted by semicolons that no backslash stands before.
fn commands(line: &str) -> Vec<&str> {
    let mut commands = Vec::new();
    let mut start = 0;
    let mut escaped = false;
    for (at, byte) in line.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b';' => {
                commands.push(line[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    let last = line[start..].trim();
    if !last.is_empty() || commands.is_empty() {
        commands.push(last);
    }
    commands
}

impl Conversation<'_> {
    fn prompt(&self) -> String {
        match &self.target {
            Target::Master => "master> ".to_owned(),
            Target::Worker(pid, _) => format!("{pid}> "),
        }
    }

    fn run(&mut self, command: &str, payload: &[u8], out: &mut dyn Write) -> io::Result<Then> {
        let (prefix, rest) = match command.split_once(char::is_whitespace) {
            Some((prefix, rest)) if prefix.starts_with('@') => (prefix, rest.trim_start()),
            _ if command.starts_with('@') => (command, ""),
            _ => ("", command),
        };
        let mut target = self.target.clone();
        if !prefix.is_empty() {
            let Some(found) = self.find(prefix) else {
                writeln!(out, "Can't find the target PID matching the prefix '{prefix}'")?;
                // Whoever asks goes away with it, as the original sends them.
                self.interactive = false;
                return Ok(Then::End);
            };
            if rest.is_empty() {
                self.target = found;
                return Ok(Then::GoOn);
            }
            target = found;
        }
        match (target, rest) {
            (_, "quit") => Ok(Then::End),
            (_, "prompt") if prefix.is_empty() => {
                self.interactive = !self.interactive;
                Ok(Then::GoOn)
            }
            (_, word @ ("user" | "operator")) if prefix.is_empty() => {
                let wanted = if word == "user" {
                    Level::User
                } else {
                    Level::Operator
                };
                if rank(wanted) > rank(self.level) {
                    out.write_all(b"Permission denied!\n")?;
                    return Ok(Then::End);
                }
                self.level = wanted;
                Ok(Then::GoOn)
            }
            (Target::Master, "reload") => {
                if self.level != Level::Admin {
                    out.write_all(b"Permission denied\n\n")?;
                    return Ok(Then::GoOn);
                }
                // The connection ends when the master becomes itself anew.
                kill(Pid::this(), Signal::SIGUSR2)?;
                Ok(Then::GoOn)
            }
            (Target::Master, rest) => {
                out.write_all(self.answer(rest).as_bytes())?;
                Ok(Then::GoOn)
            }
            (Target::Worker(pid, line), rest) => {
                if let Err(error) = self.pass_on(&line, rest, payload, out) {
                    writeln!(out, "Can't reach the process {pid} ({error})\n")?;
                }
                Ok(Then::GoOn)
            }
        }
    }

    /// Whom a prefix means.
    fn find(&self, prefix: &str) -> Option<Target> {
        if prefix == "@master" || prefix == "@" {
            return Some(Target::Master);
        }
        let board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
        let worker = match prefix[1..].strip_prefix('!') {
            Some(pid) => {
                let pid: i32 = pid.parse().ok()?;
                if u32::try_from(pid).ok()? == std::process::id() {
                    return Some(Target::Master);
                }
                board.list().iter().find(|worker| worker.pid() == pid)?
            }
            None => {
                let number: usize = prefix[1..].parse().ok()?;
                if number == 0 {
                    return Some(Target::Master);
                }
                let mut current = board.list().iter().filter(|worker| worker.is_current());
                current.nth(number - 1)?
            }
        };
        Some(Target::Worker(worker.pid(), worker.line()?.clone()))
    }

    /// Sends a command to a worker and its answer to the client.
    fn pass_on(&self, line: &Line, command: &str, payload: &[u8], out: &mut dyn Write) -> io::Result<()> {
        let mut worker = line.connect(self.level)?;
        worker.set_read_timeout(Some(ANSWER_TIMEOUT))?;
        worker.set_write_timeout(Some(ANSWER_TIMEOUT))?;
        worker.write_all(command.as_bytes())?;
        worker.write_all(b"\n")?;
        worker.write_all(payload)?;
        worker.shutdown(Shutdown::Write)?;
        io::copy(&mut worker, out)?;
        Ok(())
    }

    /// The master's own answer.
    fn answer(&self, command: &str) -> String {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words.as_slice() {
            ["show", "proc", ..] => {
                let now = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .map_or(0, |since| since.as_secs());
                let board = self.board.lock().unwrap_or_else(PoisonError::into_inner);
                show_proc(&board, std::process::id(), now)
            }
            ["show", "version"] => format!("{HAPROXY_VERSION}\n\n"),
            ["show", "cli", "level"] => {
                let level = match self.level {
                    Level::User => "user",
                    Level::Operator => "operator",
                    Level::Admin => "admin",
                };
                format!("{level}\n\n")
            }
            // The master's own is not shown, by the original neither.
            ["show", "cli", "sockets"] => "\n".to_owned(),
            ["help", wanted @ ..] => help("The following commands are valid at this level:\n", wanted),
            unknown => {
                if let Some(row) = not_built(unknown) {
                    let name = row.name;
                    return format!(
                        "'{name}' is known and not built into the master yet: nothing was done.\n\n"
                    );
                }
                let like = known().any(|row| resembles(row.name, unknown));
                let (head, wanted) = if like {
                    (
                        "Unknown command, but maybe one of the following ones is a better match:\n",
                        unknown,
                    )
                } else {
                    (
                        "Unknown command. Please enter one of the following commands only:\n",
                        &[][..],
                    )
                };
                help(head, wanted)
            }
        }
    }
}

/// Levels in their order.
fn rank(level: Level) -> u8 {
    match level {
        Level::User => 0,
        Level::Operator => 1,
        Level::Admin => 2,
    }
}

/// The master's commands that are acted on, but those that every session has.
fn known() -> impl Iterator<Item = &'static CommandRow> {
    let rows = COMMANDS.iter().filter(|row| row.acts_on(MASTER));
    rows.filter(|row| !["help", "prompt", "quit"].contains(&row.name))
}

/// The master's command that `words` begin with, if nothing acts on it.
fn not_built(words: &[&str]) -> Option<&'static CommandRow> {
    let rows = COMMANDS
        .iter()
        .filter(|row| row.sockets & MASTER != 0 && !row.acts_on(MASTER));
    let mut begun = rows.filter(|row| {
        let mut given = words.iter();
        row.name.split(' ').all(|word| given.next() == Some(&word))
    });
    begun.next()
}

/// What there is beside them.
const LAST: [(&str, &str); 3] = [
    ("help [<command>]", "list matching or all commands"),
    ("prompt", "toggle interactive mode with prompt"),
    ("quit", "disconnect"),
];

/// Whether the words are the beginning of a command.
fn resembles(name: &str, words: &[&str]) -> bool {
    let mut name = name.split_whitespace();
    let mut matches = |word: &&str| name.next().is_some_and(|known| known.starts_with(*word));
    !words.is_empty() && words.iter().take(3).all(&mut matches)
}

fn help(head: &str, wanted: &[&str]) -> String {
    let mut out = head.to_owned();
    let some = known().any(|row| resembles(row.name, wanted));
    let shown = known().filter(|row| !some || resembles(row.name, wanted));
    for (usage, about) in shown
        .map(|row| (row.usage(), row.about))
        .chain(LAST.map(|(usage, about)| (usage.to_owned(), about)))
    {
        // A string takes everything that is written to it.
        let _ = writeln!(out, "  {usage:<40}: {about}");
    }
    out.push('\n');
    out
}

fn show_proc(workers: &Workers, master: u32, now: u64) -> String {
    let row =
        |a: &str, b: &str, c: &str, d: &str, e: &str| format!("{a:<15} {b:<15} {c:<15} {d:<15} {e:<15}\n");
    let uptime = |since: u64| {
        let up = now.saturating_sub(since);
        format!(
            "{}d{:02}h{:02}m{:02}s",
            up / 86400,
            up / 3600 % 24,
            up / 60 % 60,
            up % 60
        )
    };
    let mut out = row("#<PID>", "<type>", "<reloads>", "<uptime>", "<version>");
    let version = HAPROXY_VERSION;
    let (reloads, failed, since) = workers.master();
    let reloads = format!("{reloads} [failed: {failed}]");
    out.push_str(&row(
        &master.to_string(),
        "master",
        &reloads,
        &uptime(since),
        version,
    ));
    for (title, current) in [("# workers", true), ("# old workers", false)] {
        let rows: String = workers
            .list()
            .iter()
            .filter(|worker| worker.is_current() == current)
            .map(|worker| {
                let pid = worker.pid().to_string();
                row(
                    &pid,
                    "worker",
                    &worker.reloads().to_string(),
                    &uptime(worker.since()),
                    version,
                )
            })
            .collect();
        if current || !rows.is_empty() {
            // A string takes everything that is written to it.
            let _ = write!(out, "{title}\n{rows}");
        }
    }
    out.push_str("# programs\n\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    use crate::haproxy::master::worker::Worker;

    #[test]
    fn a_line_is_cut_at_semicolons_that_are_not_escaped() {
        assert_eq!(commands("@1 a; b "), ["@1 a", "b"]);
        assert_eq!(commands("a;"), ["a"]);
        assert_eq!(commands(""), [""]);
        assert_eq!(commands(r"a\;b"), [r"a\;b"]);
    }

    #[test]
    fn help_lists_what_begins_like_the_words() {
        let text = help("", &["show", "cli"]);
        assert_eq!(text.matches("  show ").count(), 2, "{text}");
        assert!(text.contains("  quit "), "{text}");
        assert_eq!(help("", &[]).lines().count(), known().count() + LAST.len() + 1);
    }

    #[test]
    fn each_row_of_the_master_that_is_acted_on_is_answered_and_the_others_say_that_they_are_not() {
        let board = Arc::new(Mutex::new(Workers::new(1000)));
        for row in COMMANDS.iter().filter(|row| row.sockets & MASTER != 0) {
            // This one would make the test's own process read its files anew; prefixes want a process.
            if row.name == "reload" || row.name.starts_with('@') {
                continue;
            }
            let mut conversation = Conversation {
                board: &board,
                level: Level::Admin,
                target: Target::Master,
                interactive: false,
            };
            let mut out = Vec::new();
            conversation.run(row.name, b"", &mut out).unwrap();
            let said = String::from_utf8(out).unwrap();
            assert!(!said.starts_with("Unknown"), "{}: {said}", row.name);
            assert_eq!(
                !said.contains("not built"),
                row.acts_on(MASTER),
                "{}: {said}",
                row.name
            );
        }
    }

    #[test]
    fn processes_are_listed_in_the_originals_columns() {
        let mut workers = Workers::new(1000);
        workers.replace(Worker::new(11, 1000, None));
        workers.replace(Worker::new(12, 1060, None));
        let text = show_proc(&workers, 10, 1065);
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0].starts_with("#<PID>          <type>          <reloads>       <uptime>        <version>")
        );
        assert!(
            lines[1].starts_with("10              master          1 [failed: 0]   0d00h01m05s     "),
            "{text}"
        );
        assert_eq!(lines[2], "# workers");
        assert!(
            lines[3].starts_with("12              worker          0               0d00h00m05s     "),
            "{text}"
        );
        assert_eq!(lines[4], "# old workers");
        assert!(
            lines[5].starts_with("11              worker          1               0d00h01m05s     "),
            "{text}"
        );
        assert_eq!(lines[6], "# programs");
    }
}
