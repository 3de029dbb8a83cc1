//! Sets of threads and processes: `thread`, `process` and `bind-process`.

use syntax::{Context, Diagnostic, Span};

use super::line::shown;
use super::reading::Reading;
use crate::dialect::Dialect;
use crate::lex::Word;
use crate::signature::{Cursor, Subject, Value};

/// Threads (and processes, as versions up to 2.4 had them) that a set may name.
const MAX_THREADS: u32 = 64;

/// What is wrong with a set, in the original's words behind the name of what it is given to.
fn fault(text: &str, max: u32) -> Option<String> {
    if matches!(text, "all" | "odd" | "even") {
        return None;
    }
    let bad = format!("'{text}' is not a valid number/range.");
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(low) || !digits(high) {
        return Some(bad);
    }
    let number = |part: &str| {
        part.parse::<u32>()
            .unwrap_or(if part.is_empty() { 0 } else { u32::MAX })
    };
    // A range without an end goes up to the last one.
    let high = if high.is_empty() && text.ends_with('-') && !low.is_empty() {
        max
    } else {
        number(high)
    };
    let inside = |value: u32| (1..=max).contains(&value);
    (!inside(number(low)) || !inside(high)).then(|| format!("{bad} It supports numbers from 1 to {max}."))
}

/// `thread SET`, `thread GROUP/SET`, and, since 2.7, several of them between commas.
pub(crate) fn threads(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next();
    let text = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let dialect = reading.dialect;
    let found = if dialect.does_as(2, 7) {
        let (threads, groups) = if dialect.does_as(3, 2) {
            (1024, 32)
        } else {
            (256, 16)
        };
        // Nothing is nobody's fault since 2.7.
        text.split(',')
            .filter(|part| !part.is_empty())
            .find_map(|part| grouped_fault(part, threads, groups))
    } else {
        thread_fault(&text, MAX_THREADS, 1)
    };
    let Some(message) = found else {
        return Some(Value::Text(text.into_bytes().into()));
    };
    let span = word.map_or(subject.behind, |word| word.span);
    let told = Diagnostic::alert("bad-threads", message).at(span);
    subject.tell(
        reading,
        told.help("write for example: thread 1-4, or: thread all"),
    );
    None
}

/// What is wrong with a set of threads, its group in front of it or not, in the words of the versions since 2.7.
fn grouped_fault(text: &str, threads: u32, groups: u32) -> Option<String> {
    let number = |part: &str, most: u32| {
        let digits = part.bytes().all(|byte| byte.is_ascii_digit());
        digits
            && part
                .parse::<u32>()
                .is_ok_and(|number| (1..=most).contains(&number))
    };
    let (set, most) = match text.split_once('/') {
        Some((group, _)) if !number(group, groups) => {
            return Some(format!(
                "invalid thread group number '{group}', permitted range is 1..{groups} in '{text}'."
            ));
        }
        Some((_, set)) => (set, MAX_THREADS),
        None => (text, threads),
    };
    if matches!(set, "all" | "odd" | "even") {
        return None;
    }
    let (first, last) = set
        .split_once('-')
        .map_or((set, None), |(first, last)| (first, Some(last)));
    if !number(first, most) {
        return Some(format!(
            "invalid first thread number '{first}', permitted range is 1..{most}, or 'all', 'odd', 'even'."
        ));
    }
    let last = last.filter(|last| !last.is_empty() && !number(last, most))?;
    Some(format!(
        "invalid last thread number '{last}', permitted range is 1..{most}."
    ))
}

/// Threads that a `bind` line asks for, to be held against those that there are.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// The set as written.
    pub(crate) set: String,
    /// What messages call the line's section, and the line.
    pub(crate) of: String,
    /// The line's addresses as written.
    pub(crate) written: String,
    pub(crate) span: Span,
    /// Index of the section.
    pub(crate) proxy: usize,
}

/// Tells threads that no machine has: those of groups, or beyond the number, that `global` does not ask for.
pub(crate) fn finish(reading: &mut Reading<'_>) {
    let dialect = reading.dialect;
    if !dialect.strict || !dialect.at_least(2, 7) {
        return;
    }
    let threads = reading.written.global.nbthread;
    let groups = reading.written.thread_groups.count();
    for wanted in std::mem::take(&mut reading.written.threads_of_binds) {
        let proxy = reading.written.proxies.get(wanted.proxy);
        let off = proxy.and_then(|proxy| proxy.settings.disabled.as_ref());
        if off.is_some_and(|off| off.value) {
            continue;
        }
        let parts = || wanted.set.split(',').filter(|part| !part.is_empty());
        let beyond = parts().find_map(|part| {
            let (group, _) = part.split_once('/')?;
            group.parse::<u32>().ok().filter(|group| *group > groups)
        });
        let none_there = |part: &str| {
            let set = part.split_once('/').map_or(part, |(_, set)| set);
            let first = set.split('-').next().unwrap_or_default().parse::<u32>();
            first.is_ok_and(|first| first > threads.unwrap_or(MAX_THREADS * groups))
        };
        let what = match beyond {
            Some(group) => format!("references non-existing thread group {group}"),
            None if parts().next().is_some() && parts().all(none_there) => {
                "only references non-existing threads".to_owned()
            }
            None => continue,
        };
        let (file, at) = reading.sources.locate(wanted.span);
        let message = format!(
            "{}: 'thread' directive {what} in 'bind {}' at [{file}:{}].",
            wanted.of, wanted.written, at.line
        );
        let told = Diagnostic::alert("bad-threads", message)
            .at(wanted.span)
            .context(Context::Whole);
        reading.tell(
            told.help(
                "name threads that there are, or write more of them in global: nbthread, thread-groups",
            ),
        );
    }
}

/// What is wrong with one set of threads, its group in front of it or not.
fn thread_fault(text: &str, max: u32, groups: u32) -> Option<String> {
    let group = text
        .split_once('/')
        .filter(|(group, _)| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit()));
    let set = match group {
        Some((group, set)) => {
            let number = group.parse::<u32>().unwrap_or(u32::MAX);
            if !(1..=groups).contains(&number) {
                return Some(format!(
                    "'{text}' thread-group number must be between 1 and {groups} (was {group})"
                ));
            }
            set
        }
        None => text,
    };
    fault(set, max).map(|fault| format!("'{set}' : {fault}"))
}

/// How many processes there may be: old versions had several.
fn most_processes(dialect: Dialect) -> u32 {
    if dialect.strict && dialect.at_least(2, 5) {
        1
    } else {
        MAX_THREADS
    }
}

/// `process PROCESSES[/THREADS]` of a bind line, which only counts for its threads since there is one process.
pub(crate) fn process(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let word = cursor.next();
    let text = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let span = word.map_or(subject.behind, |word| word.span);
    let (processes, threads) = match text.split_once('/') {
        Some((processes, threads)) => (processes, Some(threads)),
        None => (text.as_str(), None),
    };
    let most = most_processes(reading.dialect);
    let wrong = fault(processes, most).or_else(|| threads.and_then(|threads| fault(threads, MAX_THREADS)));
    if let Some(wrong) = wrong {
        let told = Diagnostic::alert("bad-threads", format!("'{}' : {wrong}", subject.name)).at(span);
        subject.tell(reading, told.help("write for example: thread 1-4"));
        return None;
    }
    if reading.dialect.at_least(2, 5) && !reading.dialect.at_least(2, 7) {
        let instead = threads.map(|threads| format!(" Please use 'thread {threads}' instead."));
        let message = format!(
            "'process {text}' on 'bind' lines is deprecated and will be removed in 2.7.{}",
            instead.unwrap_or_default()
        );
        // Quotes stand around faults alone.
        let plain = Subject {
            lead: subject.lead.trim_end_matches('\''),
            tail: "",
            ..*subject
        };
        let told = Diagnostic::warning("deprecated-keyword", message).at(span);
        let help = match threads {
            Some(threads) => format!("write instead: thread {threads}"),
            None => "leave it out".to_owned(),
        };
        plain.tell(reading, told.help(help));
    }
    Some(Value::Text(text.into_bytes().into()))
}

/// `bind-process SET...`: without effect since there is one process.
pub(crate) fn processes(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
) -> Option<Value> {
    let words: Vec<&Word<'_>> = std::iter::from_fn(|| cursor.next()).collect();
    for word in &words {
        if let Some(wrong) = fault(&shown(word), most_processes(reading.dialect)) {
            let told = Diagnostic::alert("bad-threads", format!("{} : {wrong}", subject.name)).at(word.span);
            subject.tell(reading, told.help("delete the line"));
            return None;
        }
    }
    if reading.dialect.at_least(2, 5) && !reading.dialect.at_least(2, 7) {
        let message = format!(
            "'{}' has no effect, is deprecated, and will be removed in version 2.7.",
            subject.name
        );
        let told = Diagnostic::warning("deprecated-keyword", message).at(subject.behind);
        subject.tell(reading, told.help("delete the line"));
    }
    let text = |word: &&Word<'_>| Value::Text(word.text.to_vec().into());
    Some(Value::List(words.iter().map(text).collect()))
}
