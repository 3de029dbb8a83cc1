//! Holding a run of Holdfast against the recorded run of the original: exit status, the lines complained of, the last
//! words. Wording in between is Holdfast's own.

use super::{Difference, Run};

/// How grave a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration is refused.
    Alert,
    /// It is accepted all the same.
    Warning,
}

/// A message of a program that points at a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// How grave it is.
    pub severity: Severity,
    /// `file:line`, without a column.
    pub place: String,
    /// The whole line.
    pub text: String,
}

/// The messages of the shape `[ALERT] … [file:line] …` in a program's standard error, in their order.
#[must_use]
pub fn messages(stderr: &str) -> Vec<Message> {
    stderr
        .lines()
        .filter_map(|line| {
            let severity = severity_of(line)?;
            // Behind the level, the first bracket that holds a place.
            let place = line.match_indices(['[', '(']).skip(1).find_map(|(at, _)| {
                line[at + 1..]
                    .split([']', ')', ' ', '\''])
                    .next()
                    .and_then(place_of)
            })?;
            Some(Message {
                severity,
                place,
                text: line.to_owned(),
            })
        })
        .collect()
}

fn severity_of(line: &str) -> Option<Severity> {
    if line.starts_with("[ALERT]") {
        Some(Severity::Alert)
    } else if line.starts_with("[WARNING]") {
        Some(Severity::Warning)
    } else {
        None
    }
}

/// `file:line` of `file:line` or `file:line:column`.
fn place_of(text: &str) -> Option<String> {
    let number_at_end = |text: &str| -> Option<usize> {
        let (before, number) = text.rsplit_once(':')?;
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && !before.is_empty()).then_some(before.len())
    };
    let before_last = number_at_end(text)?;
    let has_column = number_at_end(&text[..before_last]).is_some();
    Some(if has_column {
        text[..before_last].to_owned()
    } else {
        text.to_owned()
    })
}

/// What is wrong with `ours`, a run of Holdfast, in the light of the `recorded` run of the original and of the differences
/// that are meant; empty when nothing is.
#[must_use]
pub fn faults(recorded: &Run, ours: &Run, meant: Option<&Difference>) -> Vec<String> {
    let mut faults = Vec::new();
    let exit = meant.map_or(recorded.exit, |meant| meant.exit);
    if ours.exit != exit {
        faults.push(format!("exit status {} instead of {exit}", ours.exit));
    }

    let said = messages(&ours.stderr);
    let quiet = ours.args.iter().any(|arg| arg == "-q");
    if quiet {
        faults.extend(said.iter().map(|message| format!("-q and yet: {}", message.text)));
    } else {
        let missing = |place: &str, severity: Option<Severity>| {
            !said.iter().any(|message| {
                message.place == place && severity.is_none_or(|severity| message.severity == severity)
            })
        };
        match meant {
            Some(meant) => faults.extend(
                meant
                    .lines
                    .iter()
                    .filter(|place| missing(place, None))
                    .map(|place| format!("nothing is said of {place}")),
            ),
            None => faults.extend(
                independent(&messages(&recorded.stderr))
                    .filter(|message| missing(&message.place, Some(message.severity)))
                    .map(|message| {
                        format!(
                            "{:?} at {} is missing: {}",
                            message.severity, message.place, message.text
                        )
                    }),
            ),
        }
    }
    if exit == 0 {
        let alerts = ours
            .stderr
            .lines()
            .filter(|line| severity_of(line) == Some(Severity::Alert));
        faults.extend(alerts.map(|alert| format!("accepted, and yet: {alert}")));
    }
    let (wanted, last) = (last_words(&recorded.stdout), last_words(&ours.stdout));
    if meant.is_none() && wanted != last {
        faults.push(format!("its last words are {last:?} instead of {wanted:?}"));
    }
    faults
}

/// The messages without those that only follow from an earlier alert: behind a section header that the original
/// refuses it refuses every line of the section.
fn independent(messages: &[Message]) -> impl Iterator<Item = &Message> {
    messages.iter().enumerate().filter_map(|(index, message)| {
        let follows = message.text.contains("'listen' or 'defaults' expected")
            || (message.text.contains("unknown keyword '") && message.text.contains("' out of section"));
        let after_alert = messages[..index]
            .iter()
            .any(|earlier| earlier.severity == Severity::Alert);
        (!(follows && after_alert)).then_some(message)
    })
}

/// The last line of an output, but for the machine that it runs on.
fn last_words(stdout: &str) -> &str {
    const MACHINE: &str = "Running on: ";
    let last = stdout.lines().last().unwrap_or_default();
    if last.starts_with(MACHINE) { MACHINE } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNKNOWN: &str =
        "[ALERT]    ({PID}) : config : parsing [a.cfg:2] : unknown keyword 'x' in 'global' section\n";

    fn run(exit: i32, stderr: &str) -> Run {
        Run {
            args: vec!["-c".to_owned()],
            exit,
            stdout: if exit == 0 {
                "Configuration file is valid\n".to_owned()
            } else {
                String::new()
            },
            stderr: stderr.to_owned(),
        }
    }

    fn places(stderr: &str) -> Vec<(Severity, String)> {
        messages(stderr)
            .into_iter()
            .map(|message| (message.severity, message.place))
            .collect()
    }

    #[test]
    fn places_are_read_from_alerts_and_warnings() {
        let stderr = format!(
            "[NOTICE]   (1) : haproxy version is 2.6.12\n{UNKNOWN}\
             [WARNING]  (1) : config : parsing [b.cfg:10:7] : something [x:y]\n\
             [ALERT]    (1) : config : [c.cfg:3] : 'server web/s1' : unknown keyword 'chek'.\n\
             [ALERT]    (1) : config : http frontend 'web' (d.cfg:7) tries to use incompatible tcp backend\n\
             [ALERT]    (1) : config : Fatal errors found in configuration.\n"
        );
        assert_eq!(
            places(&stderr),
            [
                (Severity::Alert, "a.cfg:2".to_owned()),
                (Severity::Warning, "b.cfg:10".to_owned()),
                (Severity::Alert, "c.cfg:3".to_owned()),
                (Severity::Alert, "d.cfg:7".to_owned()),
            ]
        );
    }

    #[test]
    fn the_same_lines_and_status_in_other_words_are_no_fault() {
        let ours = UNKNOWN
            .replace("unknown keyword 'x'", "'x' is no keyword")
            .replace("a.cfg:2", "a.cfg:2:5");
        assert_eq!(
            faults(&run(1, UNKNOWN), &run(1, &ours), None),
            Vec::<String>::new()
        );
    }

    #[test]
    fn another_status_a_missing_line_and_another_severity_are_faults() {
        assert_eq!(
            faults(&run(1, UNKNOWN), &run(0, ""), None).len(),
            3,
            "status, line, last words"
        );
        assert_eq!(faults(&run(1, UNKNOWN), &run(1, ""), None).len(), 1);
        assert_eq!(
            faults(
                &run(1, UNKNOWN),
                &run(1, &UNKNOWN.replace("[ALERT]  ", "[WARNING]")),
                None
            )
            .len(),
            1
        );
    }

    #[test]
    fn an_alert_about_what_is_accepted_is_a_fault_and_one_more_warning_is_none() {
        assert_eq!(faults(&run(0, ""), &run(0, UNKNOWN), None).len(), 1);
        assert_eq!(
            faults(
                &run(0, ""),
                &run(0, &UNKNOWN.replace("[ALERT]  ", "[WARNING]")),
                None
            )
            .len(),
            0
        );
    }

    #[test]
    fn a_quiet_run_says_nothing() {
        let mut ours = run(1, UNKNOWN);
        ours.args.push("-q".to_owned());
        assert_eq!(faults(&run(1, ""), &ours, None).len(), 1);
    }

    #[test]
    fn what_only_follows_from_an_earlier_alert_is_not_asked_for() {
        let follows = "[ALERT]    ({PID}) : config : parsing [a.cfg:3] : 'listen' or 'defaults' expected.\n";
        assert_eq!(
            faults(&run(1, &format!("{UNKNOWN}{follows}")), &run(1, UNKNOWN), None).len(),
            0
        );
        assert_eq!(
            faults(&run(1, follows), &run(1, ""), None).len(),
            1,
            "the first alert is asked for"
        );
    }

    #[test]
    fn a_difference_that_is_meant_replaces_the_record() {
        let meant = Difference {
            exit: 0,
            lines: vec!["a.cfg:2".to_owned()],
            why: "still read".to_owned(),
        };
        let warning = UNKNOWN.replace("[ALERT]  ", "[WARNING]");
        assert_eq!(faults(&run(1, UNKNOWN), &run(0, &warning), Some(&meant)).len(), 0);
        assert_eq!(
            faults(&run(1, UNKNOWN), &run(0, ""), Some(&meant)).len(),
            1,
            "nothing said of the line"
        );
        assert_eq!(
            faults(&run(1, UNKNOWN), &run(1, UNKNOWN), Some(&meant)).len(),
            2,
            "status and alert"
        );
    }
}
