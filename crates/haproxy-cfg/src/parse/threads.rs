//! Sets of threads and processes: `thread`, `process` and `bind-process`.

use syntax::Diagnostic;

use super::line::shown;
use super::reading::Reading;
use crate::dialect::Dialect;
use crate::lex::Word;
use crate::signature::{Cursor, Subject, Value};

/// Threads (and processes, as versions up to 2.4 had them) that a set may name.
const MAX_THREADS: u32 = 64;
/// Threads of the versions since 2.7, over all their groups.
const MAX_THREADS_OF_GROUPS: u32 = 1024;
/// Groups of threads since 2.7.
const MAX_GROUPS: u32 = 16;

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
    let grouped = !reading.dialect.strict || reading.dialect.at_least(2, 7);
    let found = if grouped {
        text.split(',')
            .find_map(|part| thread_fault(part, MAX_THREADS_OF_GROUPS, MAX_GROUPS))
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
