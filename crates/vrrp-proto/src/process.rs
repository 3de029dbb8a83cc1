//! Processes that are kept an eye on: which of them are meant, how many run, and whether that is enough. Who lists them and tells
//! of their coming and going is the shell's affair.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::Time;

/// The longest name that Linux keeps of a process, in bytes.
const LONGEST_NAME: usize = 15;

/// How arguments are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arguments {
    /// Word for word, all of them.
    Exact,
    /// The first ones word for word; more may follow.
    Partial,
    /// As `Partial`, and the last word may be longer than it is given.
    Initial,
}

/// Which processes are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The process's name; or with a command line what it was called as.
    pub command: String,
    /// Whether the command line is looked at, and not the name.
    pub full: bool,
    /// The arguments, and how they are compared; none does not look at them.
    pub arguments: Option<(Arguments, Vec<String>)>,
}

impl Pattern {
    /// Whether a process of that name is meant, when names are looked at. Linux keeps the beginning of long ones alone.
    pub fn meets_name(&self, name: &[u8]) -> bool {
        let own = self.command.as_bytes();
        !self.full && own.get(..LONGEST_NAME).unwrap_or(own) == name
    }

    /// Whether a process with that command line is meant, when command lines are looked at: words with a zero byte behind each.
    pub fn meets_command_line(&self, line: &[u8]) -> bool {
        // Of a process that has ended nothing is left.
        if !self.full || line.is_empty() {
            return false;
        }
        let line = line.strip_suffix(b"\0").unwrap_or(line);
        let mut words = line.split(|byte| *byte == 0);
        if words.next() != Some(self.command.as_bytes()) {
            return false;
        }
        let Some((how, given)) = &self.arguments else {
            return true;
        };
        let words: Vec<&[u8]> = words.collect();
        match how {
            Arguments::Exact => {
                words
                    .iter()
                    .eq(given.iter().map(String::as_bytes).collect::<Vec<_>>().iter())
            }
            Arguments::Partial | Arguments::Initial => {
                let last = given.len().wrapping_sub(1);
                words.len() >= given.len()
                    && given.iter().zip(&words).enumerate().all(|(at, (given, word))| {
                        let given = given.as_bytes();
                        *word == given
                            || (*how == Arguments::Initial && at == last && word.starts_with(given))
                    })
            }
        }
    }
}

/// How many must run, and how long a change must last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Quorum {
    /// So many at least.
    pub least: u32,
    /// So many at most; none is any number.
    pub most: Option<u32>,
    /// How long a change that a new process brings must last before it counts.
    pub fork_delay: Duration,
    /// How long a change that the end of a process brings must last before it counts.
    pub terminate_delay: Duration,
}

impl Quorum {
    fn holds(&self, count: usize) -> bool {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        count >= self.least && self.most.is_none_or(|most| count <= most)
    }
}

/// The processes of one pattern that run, and whether they are enough.
#[derive(Clone, Debug)]
pub struct ProcessMachine {
    quorum: Quorum,
    running: BTreeSet<u32>,
    up: bool,
    /// The state changes then, unless it is as it was before; and whether a new process brought it.
    changes: Option<(Time, bool)>,
}

impl ProcessMachine {
    /// One of which these processes run already.
    pub fn new(quorum: Quorum, running: BTreeSet<u32>) -> Self {
        Self {
            up: quorum.holds(running.len()),
            quorum,
            running,
            changes: None,
        }
    }

    /// Whether they are enough, and not too many.
    pub const fn is_up(&self) -> bool {
        self.up
    }

    /// How many run.
    pub fn count(&self) -> usize {
        self.running.len()
    }

    /// Whether a process is one of them.
    pub fn has(&self, process: u32) -> bool {
        self.running.contains(&process)
    }

    /// Whether a change waits for its time: one that a new process brought, or one that an end did.
    pub fn waits(&self, fork: bool) -> bool {
        self.changes.is_some_and(|(_, by_fork)| by_fork == fork)
    }

    /// When [`Self::handle_timeout`] wants to be called.
    pub fn poll_timeout(&self) -> Option<Time> {
        self.changes.map(|(at, _)| at)
    }

    /// Lets the time go on to `now`. The new state, when it is another.
    pub fn handle_timeout(&mut self, now: Time) -> Option<bool> {
        self.changes.take_if(|(at, _)| now >= *at)?;
        self.up = !self.up;
        Some(self.up)
    }

    /// A process is one of them from now on, or is no longer. The new state, when it is another at once.
    pub fn handle_process(&mut self, now: Time, process: u32, runs: bool) -> Option<bool> {
        let changed = if runs {
            self.running.insert(process)
        } else {
            self.running.remove(&process)
        };
        if changed { self.settle(now, runs) } else { None }
    }

    /// These run now: all were looked for anew. The new state, when it is another at once.
    pub fn handle_all(&mut self, now: Time, running: BTreeSet<u32>) -> Option<bool> {
        let more = running.len() > self.running.len();
        self.running = running;
        self.settle(now, more)
    }

    /// Takes another quorum after a reload. The new state, when it is another.
    pub fn reload(&mut self, quorum: Quorum) -> Option<bool> {
        if std::mem::replace(&mut self.quorum, quorum) == quorum {
            return None;
        }
        self.changes = None;
        let up = quorum.holds(self.running.len());
        (std::mem::replace(&mut self.up, up) != up).then_some(up)
    }

    fn settle(&mut self, now: Time, fork: bool) -> Option<bool> {
        let up = self.quorum.holds(self.running.len());
        if up == self.up {
            self.changes = None;
            return None;
        }
        let delay = if fork {
            self.quorum.fork_delay
        } else {
            self.quorum.terminate_delay
        };
        if delay.is_zero() {
            self.changes = None;
            self.up = up;
            return Some(up);
        }
        if self.changes.is_none() {
            self.changes = Some((now + delay, fork));
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(command: &str, arguments: Option<(Arguments, &[&str])>) -> Pattern {
        Pattern {
            command: command.to_owned(),
            full: true,
            arguments: arguments
                .map(|(how, words)| (how, words.iter().map(|word| (*word).to_owned()).collect())),
        }
    }

    #[test]
    fn names_are_compared_as_far_as_linux_keeps_them() {
        let named = |command: &str| Pattern {
            full: false,
            ..pattern(command, None)
        };
        assert!(named("sshd").meets_name(b"sshd"));
        assert!(!named("ssh").meets_name(b"sshd"));
        assert!(named("a-name-of-more-than-fifteen").meets_name(b"a-name-of-more-"));
        assert!(!named("sshd").meets_command_line(b"sshd\0"));
        assert!(!pattern("sshd", None).meets_name(b"sshd"));
    }

    #[test]
    fn arguments_are_compared_as_they_are_asked_for() {
        let line = b"/usr/bin/a b\0one\0two words\0three\0";
        let meets = |arguments: Option<(Arguments, &[&str])>| {
            pattern("/usr/bin/a b", arguments).meets_command_line(line)
        };
        assert!(meets(None));
        assert!(meets(Some((Arguments::Exact, &["one", "two words", "three"]))));
        assert!(!meets(Some((Arguments::Exact, &["one", "two words"]))));
        assert!(!meets(Some((Arguments::Exact, &[]))));
        assert!(meets(Some((Arguments::Partial, &["one"]))));
        assert!(meets(Some((Arguments::Partial, &[]))));
        assert!(!meets(Some((Arguments::Partial, &["on"]))));
        assert!(meets(Some((Arguments::Initial, &["one", "two"]))));
        assert!(!meets(Some((Arguments::Initial, &["on", "two"]))));
        assert!(!meets(Some((
            Arguments::Initial,
            &["one", "two words", "three", ""]
        ))));
        assert!(!pattern("a b", None).meets_command_line(line));
        assert!(!pattern("", None).meets_command_line(b""));
    }

    const fn quorum(least: u32, most: Option<u32>) -> Quorum {
        Quorum {
            least,
            most,
            fork_delay: Duration::ZERO,
            terminate_delay: Duration::ZERO,
        }
    }

    #[test]
    fn too_few_and_too_many_are_as_bad() {
        let mut machine = ProcessMachine::new(quorum(2, Some(3)), BTreeSet::new());
        assert!(!machine.is_up());
        let now = Time::ZERO;
        let changes: Vec<_> = (1..=4)
            .map(|process| machine.handle_process(now, process, true))
            .collect();
        assert_eq!(changes, [None, Some(true), None, Some(false)]);
        assert_eq!(machine.handle_process(now, 4, false), Some(true));
        assert_eq!(machine.handle_process(now, 4, false), None);
        assert_eq!(machine.handle_all(now, BTreeSet::from([1])), Some(false));
        assert_eq!(machine.reload(quorum(1, None)), Some(true));
        let none = ProcessMachine::new(quorum(0, Some(0)), BTreeSet::new());
        assert!(none.is_up());
    }

    #[test]
    fn a_change_must_last() {
        let quorum = Quorum {
            fork_delay: Duration::from_secs(1),
            terminate_delay: Duration::from_secs(3),
            ..quorum(1, None)
        };
        let at = Duration::from_secs;
        let mut machine = ProcessMachine::new(quorum, BTreeSet::new());
        assert_eq!(machine.handle_process(at(0), 1, true), None);
        assert!(machine.waits(true) && !machine.waits(false));
        assert_eq!(machine.poll_timeout(), Some(at(1)));
        assert_eq!(machine.handle_timeout(at(1)), Some(true));
        // Started anew within the time.
        assert_eq!(machine.handle_process(at(10), 1, false), None);
        assert_eq!(machine.poll_timeout(), Some(at(13)));
        assert_eq!(machine.handle_process(at(12), 2, true), None);
        assert_eq!(machine.poll_timeout(), None);
        assert!(machine.is_up());
        assert_eq!(machine.handle_process(at(20), 2, false), None);
        assert_eq!(machine.handle_timeout(at(23)), Some(false));
    }
}
