//! The verdict on all files that heartbeat was asked about: whether it starts, what it complains of, and the settings that it
//! tells of when it has started.
//!
//! compat-fixtures/heartbeat-verdicts has the record and the recipe. More than the original's lines may be told: of most wrong
//! values it says nothing at all before it ends, and it stops at the first file that it cannot use.

use std::collections::BTreeMap;

use heartbeat_conf::testing::FakeHost;
use heartbeat_conf::{Input, Inputs, Loaded, Source, load};
use serde::Deserialize;
use syntax::Severity;

#[derive(Deserialize)]
struct Record {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    host: String,
    mode: String,
    files: BTreeMap<String, String>,
    status: u8,
    said: Vec<String>,
    parameters: BTreeMap<String, String>,
}

/// Cases whose verdict is meant to be another, with the reason.
const MEANT: &[(&str, &str)] = &[
    (
        "udpport 65536",
        "there is no such port; the original listens on another one",
    ),
    (
        "mcast eth0 225.0.0.1 694 256 0",
        "no such time to live; the original sends with 0",
    ),
    (
        "mcast eth0 225.0.0.1 -5 1 0",
        "there is no such port; the original listens on another one",
    ),
    (
        "mcast6 eth0 ff12::1:2:3:4 694 256 0",
        "no such number of hops; the original sends with 0",
    ),
    ("mcast6 eth0 ff12::1:2:3:4 0 1 0", "there is no such port"),
    (
        "mcast6 eth0 ff12::1:2:3:4 65536 1 0",
        "there is no such port; the original listens on another one",
    ),
    ("node $OTHER", "a placeholder whose value was not put in"),
    (
        "stonith foo /etc/passwd",
        "kinds of devices are not known; that none is used is warned of",
    ),
    ("stonith foo", "the same, and what is missing is a file"),
    (
        "stonith_host * foo x",
        "kinds of devices are not known; that none is used is warned of",
    ),
    ("stonith_host * foo", "the same"),
    ("stonith and stonith_host", "the same"),
];

/// Lines that are not about the files, or that stand for more than what they say.
const OTHERS: &[&str] = &[
    "Heartbeat not started: configuration error.",
    "Configuration error, heartbeat not started.",
    "Authentication configuration error.",
    "Logging daemon is disabled --enabling logging daemon is recommended",
    "Initializing connection to logging daemon failed. Logging daemon may not be running",
];

/// Lines that the original says of its own inner life, where ours say the same of the file by another line.
const INNER: &[&str] = &[
    "LoadPlugin on ",
    "Lookup extended#2 returned FALSE for ",
    "Table size: ",
    "Get broadcast for interface ",
    "Unable to retrieve local interface address for interface ",
    "getaddrinfo(",
    "ucast6: index ",
    "Error creating mcast6_private(",
    "Failed to add pacemaker client child ",
    "This file is not used because pacemaker is enabled",
    "Invalid Stonith type ",
    "Cannot chdir to [/nosuch]",
];

fn record() -> Vec<Case> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../compat-fixtures/heartbeat-verdicts/verdicts.json"
    );
    let text = std::fs::read_to_string(path).expect("the record is there");
    let record: Record = serde_json::from_str(&text).expect("it is as it was written");
    record.cases
}

fn read(case: &Case) -> Loaded {
    let mode = u32::from_str_radix(&case.mode, 8).expect("a mode");
    let source = |name: &str| {
        let path = format!("/etc/ha.d//{name}");
        match case.files.get(name) {
            Some(text) => Source::File(Input::new(path, text.as_str()).mode(mode)),
            None => Source::Missing(path),
        }
    };
    let inputs = Inputs {
        ha_cf: source("ha.cf"),
        haresources: source("haresources"),
        authkeys: source("authkeys"),
    };
    load(&inputs, &FakeHost::new(&case.host))
}

fn told(loaded: &Loaded) -> Vec<(Severity, String)> {
    let lines = |found: &syntax::Diagnostic| {
        let severity = found.severity;
        let lines: Vec<_> = found
            .message
            .lines()
            .map(|line| (severity, line.to_owned()))
            .collect();
        lines
    };
    loaded.diagnostics.iter().flat_map(lines).collect()
}

#[test]
fn files_are_refused_that_the_original_refuses() {
    let mut wrong = Vec::new();
    let cases = record();
    for case in &cases {
        // It crashes for want of an argument, which counts as refused.
        let refused = case.status != 0;
        let ours = read(case);
        let meant = MEANT.iter().any(|(name, _)| *name == case.name);
        if (ours.has_errors() != refused) != meant {
            wrong.push(format!(
                "{}: original {}, ours {:?}",
                case.name,
                case.status,
                told(&ours)
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() > 400, "{}", cases.len());
    for (name, _) in MEANT {
        assert!(
            cases.iter().any(|case| case.name == *name),
            "no such case: {name}"
        );
    }
}

#[test]
fn complaints_are_the_originals() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in record() {
        if MEANT.iter().any(|(name, _)| *name == case.name) {
            continue;
        }
        let ours = told(&read(&case));
        for line in &case.said {
            let (severity, text) = match line.split_once(": ") {
                Some(("ERROR", text)) => (Severity::Alert, text),
                Some(("WARN", text)) => (Severity::Warning, text),
                Some(("heartbeat", text)) if text.starts_with("invalid ") => (Severity::Alert, text),
                _ if line.starts_with("Warn time") => (Severity::Alert, line.as_str()),
                _ => continue,
            };
            let text = text.strip_prefix("glib: ").unwrap_or(text).trim();
            if OTHERS.contains(&text) || INNER.iter().any(|inner| text.starts_with(inner)) {
                continue;
            }
            compared += 1;
            if text.contains('$') || case.name.contains('$') {
                let named = ours
                    .iter()
                    .any(|(_, ours)| ours.contains("is a placeholder") || ours.contains(text));
                assert!(named, "{}: {ours:?}", case.name);
                continue;
            }
            // A key is looked for where it cannot be found when its line is wrong; that is told of the line.
            let line_told = text.starts_with("Auth Key [") && case.name.contains("letters");
            if line_told {
                continue;
            }
            // Lines of authkeys are not shown as a whole, as they may hold keys.
            let text = if text.starts_with("Auth line [") {
                "Auth line"
            } else {
                text
            };
            // A number is shown as it was written, not cut down to eight bits.
            let shown = text.find(" bad ").map_or(text, |at| &text[..at]);
            // That haresources is not used is told with what turns Pacemaker on.
            let shown = if shown.starts_with("File ") {
                "leaves resources to Pacemaker"
            } else {
                shown
            };
            let severity = if shown.starts_with("leaves") || shown.starts_with("Error creating") {
                Severity::Alert
            } else {
                severity
            };
            if !ours
                .iter()
                .any(|(kind, ours)| *kind == severity && ours.contains(shown.trim_end_matches(':')))
            {
                wrong.push(format!("{}: {line}\n    ours: {ours:?}", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 200, "{compared}");
}

#[test]
fn settings_are_those_that_the_original_tells_of() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for case in record() {
        if case.status != 0 || MEANT.iter().any(|(name, _)| *name == case.name) {
            continue;
        }
        let loaded = read(&case);
        let settings = &loaded.configuration.settings;
        let times = &settings.times;
        let failback = match settings.auto_failback.value {
            heartbeat_conf::model::AutoFailback::On => "on",
            heartbeat_conf::model::AutoFailback::Off => "off",
            heartbeat_conf::model::AutoFailback::Legacy => "legacy",
        };
        for (name, ours) in [
            ("keepalive", times.keepalive.value),
            ("deadtime", times.deadtime.value),
            ("warntime", times.warntime.value),
            ("initdead", times.initdead.value),
            ("deadping", times.deadping.value),
            ("udpport", settings.udp_port.value.into()),
            ("debug", settings.log.debug.value.into()),
            ("hopfudge", settings.hop_fudge.value.into()),
        ] {
            let theirs = case.parameters.get(name).map_or("", String::as_str);
            if theirs.is_empty() {
                continue;
            }
            compared += 1;
            // It tells a value as it was written.
            let end = theirs.find(|letter: char| !letter.is_ascii_digit() && letter != '.');
            let (digits, unit) = theirs.split_at(end.unwrap_or(theirs.len()));
            let number: f64 = digits.parse().unwrap_or(0.0);
            let is_time = !matches!(name, "udpport" | "debug" | "hopfudge");
            let scale = match unit.to_ascii_lowercase() {
                unit if is_time && unit.is_empty() => 1000.0,
                unit if is_time && unit.starts_with("us") => 0.001,
                _ => 1.0,
            };
            #[expect(clippy::cast_precision_loss, reason = "times of files are far below 2^52")]
            let same = (number * scale - ours as f64).abs() < 1.0;
            if !same {
                wrong.push(format!("{}: {name} {theirs}, ours {ours}", case.name));
            }
        }
        // Of a file that sets it twice the last one holds, in words of its own.
        let theirs = case.parameters.get("auto_failback").map_or("", String::as_str);
        if matches!(theirs, "on" | "off" | "legacy") && theirs != failback {
            wrong.push(format!("{}: auto_failback {theirs}, ours {failback}", case.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 1000, "{compared}");
}
