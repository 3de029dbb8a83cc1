//! Threads, their groups and their CPUs, and what is left of processes.

use std::collections::BTreeSet;

use syntax::Diagnostic;

use super::super::line::{Line, shown};
use super::super::proxy::count;
use super::super::reading::Reading;
use super::{given, kept};
use crate::dialect::Dialect;
use crate::lex::Word;
use crate::model::{CpuMap, Numbers};
use crate::signature::{Argument, Cursor, ReadArgument, Subject, Value};
use crate::values::{integer, loose_integer};

/// Threads of a group, and in all where there are no groups.
const MAX_THREADS: i64 = 64;
/// CPUs that may be named, where a version has no limit of its own.
const MAX_CPUS: i64 = 32_768;

/// The range of a count that depends on the version.
struct Limit {
    /// What a message calls it behind the keyword.
    what: &'static str,
    max: i64,
}

/// An integer from 1 to a limit.
fn up_to(
    reading: &mut Reading<'_>,
    cursor: &mut Cursor<'_>,
    subject: &Subject<'_>,
    counted: bool,
    limit: &Limit,
) -> Option<Value> {
    let word = cursor.next();
    if counted && cursor.peek().is_some() {
        // It is told before the number is looked at.
        return Some(Value::Int(0));
    }
    let span = word.map_or(subject.behind, |word| word.span);
    let got = word.map(|word| shown(word).into_owned()).unwrap_or_default();
    let message = match word.and_then(|word| integer(&word.text)) {
        Some(value) if (1..=limit.max).contains(&value) => return Some(Value::Int(value)),
        Some(value) => format!(
            "'{}' {} must be between 1 and {} (was {value})",
            subject.name, limit.what, limit.max
        ),
        None => format!(
            "'{}' passed a missing or unparsable integer value in '{got}'",
            subject.name
        ),
    };
    let told = Diagnostic::alert("bad-number", message).at(span);
    subject.tell(reading, told.help(format!("write: {} 1", subject.name)));
    None
}

/// The number of threads.
pub(crate) const THREADS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let limit = Limit {
        what: "value",
        max: max_threads(reading.dialect),
    };
    up_to(reading, cursor, subject, true, &limit)
});

/// Threads that may be asked for in a version.
pub(super) fn max_threads(dialect: Dialect) -> i64 {
    match () {
        () if !dialect.strict || dialect.at_least(3, 2) => 1024,
        () if dialect.at_least(2, 7) => 256,
        () => MAX_THREADS,
    }
}

/// Groups of threads that the version knows.
fn max_groups(reading: &Reading<'_>) -> i64 {
    let dialect = reading.dialect;
    match () {
        () if !dialect.strict || dialect.at_least(3, 2) => 32,
        () if dialect.at_least(2, 7) => 16,
        () => 1,
    }
}

/// `threads-per-core 1|auto` behind a policy.
pub(crate) const THREADS_PER_CORE: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let mut list = Vec::new();
    while let Some(word) = cursor.next() {
        let value = cursor.next();
        let text = value.map(|value| shown(value).into_owned()).unwrap_or_default();
        let message = if &*word.text != b"threads-per-core" {
            format!(
                "'{}' passed an unknown keyword '{}', the only known values are threads-per-core",
                subject.name,
                shown(word)
            )
        } else if !matches!(&*text, "1" | "auto") {
            format!(
                "'{}' passed an unknown value '{text}' to keyword 'threads-per-core', known values are 1 or auto",
                subject.name
            )
        } else {
            list.push(Value::Text(text.into_bytes().into()));
            continue;
        };
        subject.alert(
            reading,
            "unknown-option",
            word.span,
            message,
            "write: threads-per-core 1, or: auto",
        );
        return None;
    }
    Some(Value::List(list))
});

/// The number of groups.
pub(crate) const GROUPS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let limit = Limit {
        what: "value",
        max: max_groups(reading),
    };
    up_to(reading, cursor, subject, true, &limit)
});

/// The number of a group.
pub(crate) const GROUP_NUMBER: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let limit = Limit {
        what: "thread-group number",
        max: max_groups(reading),
    };
    up_to(reading, cursor, subject, false, &limit)
});

/// Whether another section stands in front of a line that must come before all of them, which is told. Before 2.7, none
/// had to.
pub(super) fn stands_too_late(reading: &mut Reading<'_>, line: &Line<'_>) -> bool {
    let judged = reading.dialect.strict && reading.dialect.at_least(2, 7);
    let late = judged
        && reading
            .written
            .sections
            .iter()
            .any(|section| section.keyword != "global");
    if late {
        let message = format!(
            "'{}' not allowed if a non-global section was previously defined. This parameter must be declared in the \
             first global section",
            shown(line.keyword())
        );
        let told = Diagnostic::alert("late-global", message).at(line.span());
        reading.tell(told.help("move it to the beginning of the file"));
    }
    late
}

pub(crate) fn nbthread(reading: &mut Reading<'_>, line: &Line<'_>) {
    if stands_too_late(reading, line) {
        return;
    }
    let threads = given(reading, line).and_then(|given| given.get("number")?.number());
    if let Some(threads) = threads.and_then(|threads| u32::try_from(threads).ok()) {
        reading.written.global.nbthread = Some(threads);
    }
}

pub(crate) fn master_worker(reading: &mut Reading<'_>, line: &Line<'_>) {
    if kept(reading, line).is_some() {
        reading.written.global.master_worker = true;
    }
}

pub(crate) fn nbproc(reading: &mut Reading<'_>, line: &Line<'_>) {
    if let Some(number) = count(reading, line, "'nbproc' expects an integer argument.") {
        reading.written.global.nbproc = Some(number.max(1));
    }
}

/// A number or a range `LOW[-[HIGH]]`; which may reach from `min` to `max`.
fn range(text: &str, min: i64, max: i64) -> Result<(i64, i64), Option<String>> {
    let (low, high) = text
        .split_once('-')
        .map_or((text, None), |(low, high)| (low, Some(high)));
    let number = |part: &str| {
        if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(None);
        }
        let value = loose_integer(part.as_bytes()).value;
        if (min..=max).contains(&value) {
            Ok(value)
        } else {
            Err(Some(part.to_owned()))
        }
    };
    let low = number(low)?;
    let high = match high {
        None => low,
        Some("") => max,
        Some(high) => number(high)?,
    };
    Ok(if low <= high { (low, high) } else { (high, low) })
}

fn range_value((low, high): (i64, i64)) -> Value {
    Value::List(vec![Value::Int(low), Value::Int(high)])
}

/// A list of CPUs: `N`, `N-M`, several with commas.
pub(crate) const CPUS: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next()?;
    cpu_ranges(reading, subject, word).map(|(value, _)| value)
});

/// The CPUs of a word, and the ranges that they are in.
fn cpu_ranges(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    word: &Word<'_>,
) -> Option<(Value, Vec<(i64, i64)>)> {
    let text = shown(word).into_owned();
    let mut ranges = Vec::new();
    for part in text.split(',') {
        let Ok((low, high)) = range(part, 0, MAX_CPUS) else {
            let message = format!("{} : '{text}' is not a CPU range.", subject.name);
            let told = Diagnostic::alert("bad-number", message).at(word.span);
            subject.tell(reading, told.help("write: 0-3, for example"));
            return None;
        };
        ranges.push((low, high));
    }
    let value = Value::List(ranges.iter().copied().map(range_value).collect());
    Some((value, ranges))
}

/// What `cpu-map` may hold in front of the CPUs, and how many that are.
fn thread_range(
    reading: &mut Reading<'_>,
    subject: &Subject<'_>,
    word: &Word<'_>,
    text: &str,
) -> Option<(Value, i64)> {
    let word_value = |word: &'static str, count: i64| Some((Value::Word(word), count));
    let limit = if reading.dialect.strict && !reading.dialect.at_least(2, 7) {
        MAX_THREADS
    } else {
        MAX_THREADS.max(if reading.dialect.strict { 0 } else { 4096 })
    };
    let fault = match text {
        "all" => return word_value("all", limit),
        "odd" => return word_value("odd", limit / 2),
        "even" => return word_value("even", limit / 2),
        "" => Some(String::new()),
        _ => match range(text, 1, limit) {
            Ok((low, high)) => return Some((range_value((low, high)), high - low + 1)),
            Err(fault) => fault,
        },
    };
    let message = match fault {
        Some(part) => format!(
            "{} : '{part}' is not a valid number/range. It supports numbers from 1 to {limit}.",
            subject.name
        ),
        None => format!("{} : '{text}' is not a valid number/range.", subject.name),
    };
    let told = Diagnostic::alert("bad-number", message).at(word.span);
    subject.tell(reading, told.help("write: 1/1-4, for example"));
    None
}

/// `cpu-map [auto:]GROUP[/THREADS] CPUS…`.
pub(crate) const CPU_MAP: ReadArgument = ReadArgument(|reading, cursor, subject| {
    let word = cursor.next();
    let (Some(word), Some(_)) = (word, cursor.peek()) else {
        let message = format!(
            "{} expects a process number  ('all', 'odd', 'even', a number from 1 to {MAX_THREADS} or a range),  followed \
             by a list of CPU ranges with numbers from 0 to {}.",
            subject.name,
            MAX_THREADS - 1
        );
        let told = Diagnostic::alert("missing-argument", message).at(subject.behind);
        subject.tell(reading, told.help("write: cpu-map 1/1-4 0-3, for example"));
        return None;
    };
    let text = shown(word).into_owned();
    let (automatic, rest) = match text.strip_prefix("auto:") {
        Some(rest) => (true, rest),
        None => (false, text.as_str()),
    };
    let (group, threads) = rest
        .split_once('/')
        .map_or((rest, None), |(group, threads)| (group, Some(threads)));
    let (group_value, groups) = thread_range(reading, subject, word, group)?;
    let thread_value = match threads {
        Some(threads) => Some(thread_range(reading, subject, word, threads)?),
        None => None,
    };
    let mut arguments = Vec::new();
    let mut push = |name: &'static str, value: Value| {
        arguments.push(Argument {
            name,
            value,
            span: word.span,
        });
    };
    if automatic {
        push("auto", Value::Word("auto"));
    }
    push("group", group_value);
    let threads = thread_value.as_ref().map_or(MAX_THREADS, |(_, threads)| *threads);
    if let Some((value, _)) = thread_value {
        push("threads", value);
    }
    let mut cpus = BTreeSet::new();
    while let Some(set) = cursor.next() {
        let (value, ranges) = cpu_ranges(reading, subject, set)?;
        cpus.extend(ranges.into_iter().flat_map(|(low, high)| low..=high));
        arguments.push(Argument {
            name: "cpus",
            value,
            span: set.span,
        });
    }
    let cpus = i64::try_from(cpus.len()).unwrap_or(i64::MAX);
    if automatic && groups != cpus && threads != cpus {
        let message = format!(
            "{} : PROC/THREAD range and CPU sets must have the same size to be automatically bound",
            subject.name
        );
        let told = Diagnostic::alert("bad-argument", message).at(word.span);
        subject.tell(
            reading,
            told.help("name as many CPUs as threads, or leave out 'auto:'"),
        );
        return None;
    }
    Some(Value::Option("cpu-map", arguments))
});

/// `cpu-map`.
pub(crate) fn cpu_map(reading: &mut Reading<'_>, line: &Line<'_>) {
    let Some(given) = given(reading, line) else {
        return;
    };
    let Some(values) = given.option("cpu-map") else {
        return;
    };
    let numbers = |name: &str| {
        let value = &values.iter().find(|argument| argument.name == name)?.value;
        Some(match value {
            Value::Word("odd") => Numbers::Odd,
            Value::Word("even") => Numbers::Even,
            other => pair(other).map_or(Numbers::All, |(low, high)| Numbers::Range(low, high)),
        })
    };
    let ranges = values
        .iter()
        .filter(|argument| argument.name == "cpus")
        .filter_map(|argument| match &argument.value {
            Value::List(ranges) => Some(ranges),
            _ => None,
        });
    let map = CpuMap {
        automatic: values.iter().any(|argument| argument.name == "auto"),
        groups: numbers("group").unwrap_or(Numbers::All),
        threads: numbers("threads"),
        cpus: ranges
            .flatten()
            .filter_map(pair)
            .flat_map(|(low, high)| low..=high)
            .collect(),
    };
    reading.written.global.cpu_maps.push(map);
}

/// The two ends of a range.
fn pair(value: &Value) -> Option<(u32, u32)> {
    match value {
        Value::List(ends) => match ends.as_slice() {
            [Value::Int(low), Value::Int(high)] => {
                Some((u32::try_from(*low).ok()?, u32::try_from(*high).ok()?))
            }
            _ => None,
        },
        _ => None,
    }
}
