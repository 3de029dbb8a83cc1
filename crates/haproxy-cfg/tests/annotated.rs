//! Files whose comments say what must be told of the line above them.
//!
//! `#   ^^^^ warning[code]: text` asks for a finding that covers exactly the columns of the carets, of that severity and code,
//! whose message holds the text. A run of carets right behind the `#` begins at column 1; a `|` stands for the empty place in
//! front of its column. Findings that nothing asks for, and
//! questions that nothing answers, fail the test.

use haproxy_cfg::testing::{FakeHost, load_on};
use haproxy_cfg::{Dialect, Loaded};
use syntax::Severity;

#[derive(Debug, PartialEq, Eq)]
struct Expected {
    line: u32,
    start: u32,
    end: u32,
    severity: String,
    code: String,
    text: String,
}

fn expectations(text: &str) -> Vec<Expected> {
    let mut out = Vec::new();
    let mut above = 0;
    for (index, line) in text.lines().enumerate() {
        let number = u32::try_from(index + 1).expect("a short fixture");
        let mark = line
            .strip_prefix('#')
            .map(str::trim_start)
            .filter(|rest| rest.starts_with(['^', '|']));
        let Some(mark) = mark else {
            above = number;
            continue;
        };
        let carets = line.len() - mark.len();
        let length = mark.bytes().take_while(|byte| *byte == b'^').count();
        let rest = mark.trim_start_matches(['^', '|']).trim();
        let (severity, rest) = rest.split_once('[').expect("severity[code]: text");
        let (code, text) = rest.split_once("]: ").expect("severity[code]: text");
        let first = if carets == 1 { 0 } else { carets };
        out.push(Expected {
            line: above,
            start: u32::try_from(first + 1).expect("a short line"),
            end: u32::try_from(carets + length + 1).expect("a short line"),
            severity: severity.to_owned(),
            code: code.to_owned(),
            text: text.to_owned(),
        });
    }
    out
}

fn check(name: &str, dialect: Dialect) {
    let path = format!("{}/tests/annotated/{name}.cfg", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the fixture is part of the repository");
    let host = FakeHost::new()
        .with_file("/dev/null", "")
        .with_env("PORT", "8080");
    let loaded = load_on(&text, dialect, &host);
    let mut wanted = expectations(&text);
    let mut unasked = Vec::new();
    for found in told(&loaded) {
        let at = wanted.iter().position(|wanted| {
            (wanted.line, wanted.start, wanted.end) == (found.line, found.start, found.end)
                && wanted.severity == found.severity
                && wanted.code == found.code
                && found.text.contains(&wanted.text)
        });
        match at {
            Some(at) => drop(wanted.remove(at)),
            None => unasked.push(found),
        }
    }
    assert!(
        unasked.is_empty() && wanted.is_empty(),
        "{name}: not asked for {unasked:#?}, not told {wanted:#?}"
    );
}

fn told(loaded: &Loaded) -> Vec<Expected> {
    let place = |span: syntax::Span| {
        let file = loaded
            .sources
            .file(span.file)
            .expect("a span of a file that was read");
        (file.position(span.start), file.position(span.end))
    };
    loaded
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let (start, end) = place(diagnostic.span.expect("these faults all have a place"));
            let severity = match diagnostic.severity {
                Severity::Alert => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
                Severity::Diag => "diag",
            };
            Expected {
                line: start.line,
                start: start.column,
                end: end.column,
                severity: severity.to_owned(),
                code: diagnostic.code.to_owned(),
                text: diagnostic.message.clone(),
            }
        })
        .collect()
}

#[test]
fn addresses() {
    check("addresses", Dialect::default());
}

#[test]
fn conditions() {
    check("conditions", Dialect::default());
}

#[test]
fn global_section() {
    check("global", Dialect::default());
}

#[test]
fn what_is_kept_and_not_acted_on_is_told() {
    check("kept", Dialect::default());
}

#[test]
fn legacy_lines_are_read_with_a_warning() {
    check("legacy", Dialect::default());
}

#[test]
fn legacy_lines_are_refused_by_a_strict_dialect() {
    check("legacy-2.6", Dialect::exactly(2, 6));
}

#[test]
fn names() {
    check("names", Dialect::default());
}

#[test]
fn order_of_rules() {
    check("order", Dialect::default());
}

#[test]
fn preprocessor() {
    check("preprocessor", Dialect::default());
}

#[test]
fn sections() {
    check("sections", Dialect::default());
}

#[test]
fn servers() {
    check("servers", Dialect::default());
}

#[test]
fn times_and_numbers() {
    check("times", Dialect::default());
}

#[test]
fn typing_errors() {
    check("typing", Dialect::default());
}
