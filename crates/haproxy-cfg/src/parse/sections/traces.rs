//! Lines of `traces` (manual, section 12.9, and the management guide's `trace`).

use syntax::{Diagnostic, Severity, closest};

use super::super::line::{Line, shown};
use super::super::reading::Reading;
use super::trace_sources::{LOCKS, SOURCES, Source};
use crate::lex::Word;
use crate::signature::{Argument, Given, Value};

const KEYWORDS: &[&str] = &[
    "event",
    "follow",
    "level",
    "lock",
    "pause",
    "sink",
    "start",
    "stop",
    "verbosity",
];
/// What all sources take at once.
const OF_ALL: &[&str] = &["sink", "level", "follow"];
const LEVELS: &[&str] = &["error", "user", "proto", "state", "data", "developer"];

/// A fault: its words, the word that it is about, and what to write.
type Fault<'w> = (String, Option<&'w Word<'w>>, String);

/// `trace SOURCE [KEYWORD VALUE]…`: what lacks its value lists the values in the original, and does nothing.
pub(crate) fn trace(reading: &mut Reading<'_>, line: &Line<'_>) {
    let words: Vec<&Word<'_>> = line.args().iter().collect();
    let mut arguments = Vec::new();
    match judge(reading, &words, &mut arguments) {
        Ok(()) => reading.keep(Given {
            name: "trace",
            arguments,
            span: line.span(),
        }),
        Err((severity, (message, at, help))) => {
            let span = at.map_or(line.behind(), |word| word.span);
            reading.tell(
                Diagnostic::new(severity, "bad-trace", message)
                    .at(span)
                    .help(help),
            );
        }
    }
}

fn judge<'w>(
    reading: &Reading<'_>,
    words: &[&'w Word<'w>],
    out: &mut Vec<Argument>,
) -> Result<(), (Severity, Fault<'w>)> {
    let alert = |message: String, word: &'w Word<'w>, help: String| {
        Err((Severity::Alert, (message, Some(word), help)))
    };
    let lists = |what: &str, values: Vec<&str>| {
        let message = format!("'trace': nothing is done, as it only lists {what}.");
        Err((
            Severity::Warning,
            (message, None, format!("write one of {}", values.join(", "))),
        ))
    };
    let known = |name: &[u8]| {
        let found = SOURCES.iter().find(|source| source.name.as_bytes() == name);
        found.filter(|source| !reading.spoken_before(source.since.0, source.since.1))
    };
    let names = || SOURCES.iter().map(|source| source.name);
    let Some((first, rest)) = words.split_first() else {
        return lists("the sources", names().collect());
    };
    let source: Option<&Source> = match &*first.text {
        b"0" => {
            let message = "'trace': All traces now stopped".to_owned();
            return Err((
                Severity::Note,
                (
                    message,
                    Some(first),
                    "leave it out: nothing is traced before".to_owned(),
                ),
            ));
        }
        b"all" => None,
        name => match known(name) {
            Some(source) => Some(source),
            None => {
                let near = closest(name, names()).map(|near| format!("did you mean '{near}'?"));
                let help = near
                    .unwrap_or_else(|| format!("write one of {}", names().collect::<Vec<_>>().join(", ")));
                return alert(format!("No such trace source '{}'", shown(first)), first, help);
            }
        },
    };
    out.push(Argument {
        name: "source",
        value: Value::Text(first.text.to_vec().into()),
        span: first.span,
    });
    if rest.is_empty() {
        return lists("the commands of a source", KEYWORDS.to_vec());
    }
    for pair in rest.chunks(2) {
        let keyword = pair[0];
        let Some(name) = KEYWORDS.iter().find(|known| known.as_bytes() == &*keyword.text) else {
            let near = closest(&keyword.text, KEYWORDS.iter().copied());
            let help = near.map_or(format!("write one of {}", KEYWORDS.join(", ")), |near| {
                format!("did you mean '{near}'?")
            });
            return alert(
                format!("Unknown trace keyword '{}'", shown(keyword)),
                keyword,
                help,
            );
        };
        if source.is_none() && !OF_ALL.contains(name) {
            let message = format!("'{name}' not applicable to meta-source 'all'");
            return alert(message, keyword, "name a source".to_owned());
        }
        let of = source.map_or("all", |source| source.name);
        let (values, what): (Vec<&str>, &str) = match *name {
            "level" => (LEVELS.to_vec(), "the levels"),
            "verbosity" => (
                names_of(source.map(|source| source.verbosities)),
                "how much may be told",
            ),
            "lock" => {
                let own = names_of(source.map(|source| source.locks));
                ([names_of(Some(LOCKS)), own].concat(), "what may be locked on")
            }
            "sink" => (vec!["none", "stdout", "stderr", "buf0"], "the sinks"),
            "follow" => (names().collect(), "the sources"),
            _ => {
                let events = names_of(source.map(|source| source.events));
                ([vec!["none", "any"], events].concat(), "the events")
            }
        };
        let Some(value) = pair.get(1) else {
            return lists(what, values);
        };
        let text = shown(value);
        let is_one = values.iter().any(|known| known.as_bytes() == &*value.text);
        let message = match *name {
            "level" if !is_one => {
                format!("No such trace level '{text}'. Supported trace levels for source {of}:")
            }
            "verbosity" if !is_one => {
                format!("No such verbosity level '{text}'. Supported trace verbosities for source {of}:")
            }
            "lock" if !is_one => format!("Unsupported lock-on criterion '{text}'"),
            "follow" if known(&value.text).is_none() => format!("No such trace source '{text}'"),
            "event" | "start" | "stop" | "pause" => {
                let bare = text.trim_start_matches(['+', '-', '!']);
                if bare == "now" || values.contains(&bare) {
                    String::new()
                } else {
                    format!("No such trace event '{text}'")
                }
            }
            _ => String::new(),
        };
        if !message.is_empty() {
            let near = closest(&value.text, values.iter().copied());
            let help = near.map_or(format!("write one of {}", values.join(", ")), |near| {
                format!("did you mean '{near}'?")
            });
            return alert(message, value, help);
        }
        out.push(Argument {
            name,
            value: Value::Text(value.text.to_vec().into()),
            span: value.span,
        });
    }
    Ok(())
}

/// Names that stand between blanks.
fn names_of(text: Option<&'static str>) -> Vec<&'static str> {
    text.unwrap_or_default().split_whitespace().collect()
}
