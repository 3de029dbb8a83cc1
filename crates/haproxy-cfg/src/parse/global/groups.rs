//! `thread-group` and `thread-groups`: which threads belong to which group, and whether each has one.

use syntax::{Context, Diagnostic, Span};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::cpus::{max_threads, stands_too_late};
use super::kept;
use crate::values::loose_integer;

/// The threads of groups, as lines give them.
#[derive(Debug, Default)]
pub(crate) struct ThreadGroups {
    /// `thread-groups`.
    wanted: Option<i64>,
    /// The group of each thread that has one, thread 1 first; 0 without.
    of_threads: Vec<i64>,
    /// Groups to which their last lines gave threads.
    named: Vec<i64>,
    /// The last line.
    span: Span,
}

impl ThreadGroups {
    /// How many groups there are: one unless lines ask for more.
    pub(crate) fn count(&self) -> u32 {
        let named = self.named.iter().max().copied();
        let count = self.wanted.into_iter().chain(named).max().unwrap_or(1);
        u32::try_from(count).unwrap_or(1).max(1)
    }

    /// Takes the threads of a group away. As seen in 2.6 and 3.2, the last of them stays.
    fn release(&mut self, group: i64) {
        let last = self.of_threads.iter().rposition(|of| *of == group).unwrap_or(0);
        for of in self.of_threads.iter_mut().take(last).filter(|of| **of == group) {
            *of = 0;
        }
        self.named.retain(|named| *named != group);
    }
}

/// `thread-groups NUMBER`.
pub(crate) fn thread_groups(reading: &mut Reading<'_>, line: &Line<'_>) {
    if stands_too_late(reading, line) {
        return;
    }
    let number = kept(reading, line).and_then(|given| given.get("number")?.number());
    let groups = &mut reading.written.thread_groups;
    groups.wanted = number.or(groups.wanted);
    groups.span = line.span();
}

/// The first and the last thread of `N` or `N-M`.
fn threads(text: &str, max: i64) -> Option<(i64, i64)> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let number = |part: &str| {
        let read = loose_integer(part.as_bytes());
        (read.exact && (1..=max).contains(&read.value)).then_some(read.value)
    };
    let (low, high) = (number(low)?, number(high)?);
    Some((low.min(high), low.max(high)))
}

/// `thread-group GROUP [THREADS …]`.
pub(crate) fn thread_group(reading: &mut Reading<'_>, line: &Line<'_>) {
    if stands_too_late(reading, line) {
        return;
    }
    let Some(group) = kept(reading, line).and_then(|given| given.get("group")?.number()) else {
        return;
    };
    let warn = |reading: &mut Reading<'_>, span: Span, words: String, help: &str| {
        let told = Diagnostic::warning("overwritten", format!("'thread-group {group}'{words}")).at(span);
        reading.tell(told.help(help.to_owned()));
    };
    reading.written.thread_groups.span = line.span();
    if reading.written.thread_groups.named.contains(&group) {
        let words = " was already defined and will be overridden.".to_owned();
        warn(reading, line.span(), words, "remove one of the lines");
        reading.written.thread_groups.release(group);
    }
    let max = max_threads(reading.dialect);
    for word in line
        .args()
        .iter()
        .skip(1)
        .take_while(|word| !word.text.is_empty())
    {
        let Some((low, high)) = threads(&shown(word), max) else {
            let message = format!(
                "'thread-group {group}' passed an unparsable or invalid thread number '{}' (valid range is 1 to {max})",
                shown(word)
            );
            let told = Diagnostic::alert("bad-threads", message).at(word.span);
            return reading.tell(told.help(format!("write for example: thread-group {group} 1-4")));
        };
        for thread in low..=high {
            let Ok(at) = usize::try_from(thread - 1) else {
                continue;
            };
            let groups = &mut reading.written.thread_groups;
            if groups.of_threads.len() <= at {
                groups.of_threads.resize(at + 1, 0);
            }
            let before = std::mem::replace(&mut groups.of_threads[at], group);
            if !groups.named.contains(&group) {
                groups.named.push(group);
            }
            if before != 0 && before != group && !groups.of_threads.contains(&before) {
                groups.named.retain(|named| *named != before);
            }
            let words = if before == group {
                format!(": thread {thread} assigned more than once on the same line.")
            } else if before != 0 {
                format!(
                    ": thread {thread} was previously assigned to thread group {before} and will be overridden."
                )
            } else {
                continue;
            };
            warn(reading, word.span, words, "name each thread once");
        }
    }
}

/// Tells, once all is read, that threads are without a group, or groups without threads. The number of threads must be written:
/// that of the machine may change.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let groups = &reading.written.thread_groups;
    let Some(threads) = reading.written.global.nbthread else {
        return;
    };
    let most = 16;
    if reading.dialect.strict && reading.dialect.at_least(3, 3) {
        for (index, group) in (1..).zip(0..groups.count()) {
            let own = groups.of_threads.iter().filter(|of| **of == index).count();
            if own > most {
                let message = format!("thread-group {group} assigned too many threads ({own}, max={most})");
                let told = Diagnostic::alert("bad-threads", message)
                    .at(groups.span)
                    .context(Context::Whole);
                return reading.tell(told.help("write more groups, of 16 threads at most"));
            }
        }
    }
    if groups.wanted.is_none() && groups.of_threads.is_empty() {
        return;
    }
    let own = groups.of_threads.iter().take(threads as usize);
    let unassigned = threads as usize - own.filter(|of| **of != 0).count();
    let highest = groups.of_threads.iter().max().copied().unwrap_or(1);
    let all = groups.wanted.unwrap_or(highest.max(1));
    let used = groups.named.iter().filter(|group| **group <= all).count();
    let unused = usize::try_from(all).unwrap_or(1).saturating_sub(used);
    let (message, help) = if unassigned > 0 && unused == 0 {
        (
            format!(
                "Remaining unassigned threads found ({unassigned}) because all groups are in use. Please increase \
                 'thread-groups', reduce 'nbthreads' or remove or extend 'thread-group' enumerations."
            ),
            "remove the thread-group lines, or name every thread in them",
        )
    } else if unused > unassigned {
        (
            format!(
                "More unassigned thread-groups ({unused}) than threads ({unassigned}). Please reduce thread-groups"
            ),
            "write fewer groups, or more threads: nbthread NUMBER",
        )
    } else {
        return;
    };
    let told = Diagnostic::alert("bad-threads", message)
        .at(groups.span)
        .context(Context::Whole);
    reading.tell(told.help(help));
}
