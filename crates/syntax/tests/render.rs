//! One finding in each shape.

use syntax::render::{HaproxyShape, concise, full, haproxy, json};
use syntax::{Applicability, Context, Diagnostic, SourceFile, SourceMap, Span};

fn sources() -> (SourceMap, Span) {
    let mut sources = SourceMap::default();
    let text: &[u8] = b"defaults\n    blance roundrobin # \xff\n";
    let file = sources.add(SourceFile::new("a.cfg", text));
    (sources, Span::new(file, 13, 19))
}

fn finding(span: Span) -> Diagnostic {
    Diagnostic::alert(
        "unknown-keyword",
        "unknown keyword 'blance' in 'defaults' section",
    )
    .at(span)
    .help("did you mean 'balance'?")
    .fix("write 'balance'", span, "balance", Applicability::MaybeIncorrect)
}

#[test]
fn the_shape_of_haproxy_names_file_and_line_and_adds_the_column_below() {
    let (sources, span) = sources();
    let shape = HaproxyShape { pid: 42, hints: true };
    assert_eq!(
        haproxy(&finding(span), &sources, shape),
        "[ALERT]    (42) : config : parsing [a.cfg:2] : unknown keyword 'blance' in 'defaults' section\n   \
         | a.cfg:2:5: did you mean 'balance'?\n"
    );
    let bare = HaproxyShape {
        pid: 42,
        hints: false,
    };
    assert_eq!(haproxy(&finding(span), &sources, bare).lines().count(), 1);
}

#[test]
fn levels_and_places_are_worded_as_haproxy_words_them() {
    let (sources, span) = sources();
    let shape = HaproxyShape { pid: 1, hints: false };
    let show = |diagnostic: &Diagnostic| haproxy(diagnostic, &sources, shape);
    let warning = Diagnostic::warning("x", "first\nsecond")
        .at(span)
        .context(Context::ParsingTight);
    assert_eq!(
        show(&warning),
        "[WARNING]  (1) : config : parsing [a.cfg:2]: first\n   | second\n"
    );
    let place = Diagnostic::alert("x", "said").at(span).context(Context::Place);
    assert_eq!(show(&place), "[ALERT]    (1) : config : [a.cfg:2] : said\n");
    let whole = Diagnostic::alert("x", "said").at(span).context(Context::Whole);
    assert_eq!(show(&whole), "[ALERT]    (1) : config : said\n");
    let note = Diagnostic::new(syntax::Severity::Note, "x", "said");
    assert_eq!(show(&note), "[NOTICE]   (1) : config : said\n");
}

#[test]
fn the_concise_shape_is_one_line_that_editors_understand() {
    let (sources, span) = sources();
    assert_eq!(
        concise(&finding(span), &sources),
        "a.cfg:2:5: error[unknown-keyword]: unknown keyword 'blance' in 'defaults' section; did you mean 'balance'?\n"
    );
}

#[test]
fn the_full_shape_points_into_the_line_even_when_it_is_not_utf_8() {
    let (sources, span) = sources();
    let text = full(&finding(span), &sources, false);
    assert!(
        text.contains("error[unknown-keyword]: unknown keyword 'blance'"),
        "{text}"
    );
    assert!(text.contains("--> a.cfg:2:5"), "{text}");
    assert!(text.contains("^^^^^^"), "{text}");
    assert!(text.contains("did you mean 'balance'?"), "{text}");
}

#[test]
fn the_json_shape_holds_the_fix() {
    let (sources, span) = sources();
    let line = json(&finding(span), &sources);
    let value: serde_json::Value = serde_json::from_str(&line).expect("valid JSON");
    assert_eq!(value["severity"], "alert");
    assert_eq!(value["at"]["line"], 2);
    assert_eq!(value["at"]["end_column"], 11);
    assert_eq!(value["fixes"][0]["applicability"], "maybe-incorrect");
    assert_eq!(value["fixes"][0]["edits"][0]["text"], "balance");
}
