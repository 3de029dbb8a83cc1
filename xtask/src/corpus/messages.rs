//! The messages of two programs about one file: which of the original's alerts and warnings are told at the same line, and
//! which in the same words.

use std::sync::LazyLock;

use regex::Regex;

/// A line of a program's output that is a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// `ALERT` or `WARNING`.
    pub(super) severity: String,
    /// `FILE:LINE`, where it has one.
    pub(super) place: Option<String>,
    /// Its words, without severity and process number.
    pub(super) text: String,
}

static SHAPE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\[(ALERT|WARNING)\]\s+\(\d+\) : (.*)$").ok());
static PLACE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\[([^\]\s]+:\d+)\]").ok());

/// Messages of an output that are about something: not those that sum up, or only follow from what was told before.
pub(super) fn messages(output: &str) -> Vec<Message> {
    let (Some(shape), Some(place)) = (&*SHAPE, &*PLACE) else {
        return Vec::new();
    };
    let mut out: Vec<Message> = Vec::new();
    for found in output.lines().filter_map(|line| shape.captures(line)) {
        let text = found[2].to_owned();
        let sums_up = ["Error(s) found in configuration", "Fatal errors found"]
            .iter()
            .any(|words| text.contains(words));
        let follows = out.iter().any(|before| before.severity == "ALERT")
            && (text.contains("out of section") || text.contains("'listen' or 'defaults' expected"));
        if sums_up || follows {
            continue;
        }
        out.push(Message {
            severity: found[1].to_owned(),
            place: place.captures(&text).map(|place| place[1].to_owned()),
            text,
        });
    }
    out
}

/// How many of the original's messages are told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) all: usize,
    /// With the same severity, at the same line or in the same words.
    pub(super) placed: usize,
    /// In the same words.
    pub(super) worded: usize,
}

/// Compares; gives back the original's messages that are not told in the same words, the first flag being whether one stands
/// at that line.
pub(super) fn compare(original: &str, ours: &str) -> (Told, Vec<(bool, Message)>) {
    let ours = messages(ours);
    let mut told = Told::default();
    let mut missing = Vec::new();
    for message in messages(original) {
        told.all += 1;
        let worded = ours.contains(&message);
        let placed = worded
            || message.place.is_some()
                && ours
                    .iter()
                    .any(|other| other.severity == message.severity && other.place == message.place);
        told.worded += usize::from(worded);
        told.placed += usize::from(placed);
        if !worded {
            missing.push((placed, message));
        }
    }
    (told, missing)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORIGINAL: &str = "[NOTICE]   (7) : haproxy version is 2.6.12\n\
        [WARNING]  (7) : config : parsing [a.cfg:3] : one thing.\n\
        [ALERT]    (7) : config : parsing [a.cfg:4] : another.\n\
        [ALERT]    (7) : config : parsing [a.cfg:9]: unknown keyword 'x' out of section.\n\
        [ALERT]    (7) : config : Error(s) found in configuration file : a.cfg\n\
        [ALERT]    (7) : config : Fatal errors found in configuration.\n";

    #[test]
    fn what_sums_up_or_only_follows_is_no_message() {
        let found = messages(ORIGINAL);
        assert_eq!(found.len(), 2, "{found:?}");
        assert_eq!(found[0].severity, "WARNING");
        assert_eq!(found[1].place.as_deref(), Some("a.cfg:4"));
    }

    #[test]
    fn a_message_is_told_by_its_words_or_by_its_place() {
        let ours = "[WARNING]  (9) : config : parsing [a.cfg:3] : one thing.\n\
            [ALERT]    (9) : config : parsing [a.cfg:4] : another, said otherwise.\n";
        let (told, missing) = compare(ORIGINAL, ours);
        assert_eq!((told.all, told.placed, told.worded), (2, 2, 1));
        assert_eq!(missing.len(), 1);
        assert!(missing[0].0);
        let (told, missing) = compare(ORIGINAL, "");
        assert_eq!((told.all, told.placed, told.worded), (2, 0, 0));
        assert!(missing.iter().all(|(placed, _)| !placed));
    }
}
