//! SARIF 2.1.0 (OASIS), which code hosts and editors read.

use std::collections::BTreeMap;

use bstr::ByteSlice as _;
use serde_json::{Value, json};
use syntax::{Diagnostic, Fix, Severity, SourceMap, Span};

/// What is said of a code for all of its findings.
#[derive(Clone, Debug)]
pub struct SarifRule {
    /// In a few words.
    pub title: String,
    /// Why it matters, and what to do.
    pub text: String,
}

/// Findings of all reports as one SARIF log. `about` gives what is known of a code; `version` is the program's.
#[must_use]
pub fn sarif<'r>(
    reports: impl IntoIterator<Item = (&'r SourceMap, &'r [Diagnostic])>,
    about: &dyn Fn(&str) -> Option<SarifRule>,
    version: &str,
) -> String {
    let mut rules: BTreeMap<&str, Value> = BTreeMap::new();
    let mut results = Vec::new();
    for (sources, findings) in reports {
        for finding in findings {
            rules.entry(finding.code).or_insert_with(|| {
                let known = about(finding.code);
                let title = known.as_ref().map_or(finding.code, |rule| rule.title.as_str());
                let text = known.as_ref().map_or("", |rule| rule.text.as_str());
                json!({
                    "id": finding.code,
                    "shortDescription": { "text": title },
                    "fullDescription": { "text": if text.is_empty() { title } else { text } },
                })
            });
            results.push(result(finding, sources));
        }
    }
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "holdfast",
                "version": version,
                "rules": rules.into_values().collect::<Vec<_>>(),
            } },
            "columnKind": "utf16CodeUnits",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn result(finding: &Diagnostic, sources: &SourceMap) -> Value {
    let level = match finding.severity {
        Severity::Diag | Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Alert => "error",
    };
    let mut text = finding.message.clone();
    if let Some(help) = &finding.help {
        text += "\n";
        text += help;
    }
    let mut out = json!({
        "ruleId": finding.code,
        "level": level,
        "message": { "text": text },
    });
    if let Some(span) = finding.span {
        out["locations"] = json!([location(span, sources)]);
    }
    if !finding.labels.is_empty() {
        let others: Vec<Value> = finding
            .labels
            .iter()
            .map(|label| {
                let mut place = location(label.span, sources);
                place["message"] = json!({ "text": label.text });
                place
            })
            .collect();
        out["relatedLocations"] = json!(others);
    }
    if !finding.fixes.is_empty() {
        out["fixes"] = finding.fixes.iter().map(|one| fix(one, sources)).collect();
    }
    out
}

fn location(span: Span, sources: &SourceMap) -> Value {
    let file = sources.locate(span).0;
    json!({ "physicalLocation": {
        "artifactLocation": { "uri": uri(file) },
        "region": region(span, sources),
    } })
}

/// Lines and columns count from 1, columns in UTF-16 units.
fn region(span: Span, sources: &SourceMap) -> Value {
    let Some(file) = sources.file(span.file) else {
        return json!({ "startLine": 1 });
    };
    let place = |at: u32| {
        let position = file.position(at);
        let line = file.line(position.line);
        let before = &line[..(position.column as usize - 1).min(line.len())];
        (position.line, before.to_str_lossy().encode_utf16().count() + 1)
    };
    let ((line, column), (end_line, end_column)) = (place(span.start), place(span.end));
    json!({ "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column })
}

fn fix(fix: &Fix, sources: &SourceMap) -> Value {
    let mut files: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for edit in &fix.edits {
        files
            .entry(uri(sources.locate(edit.span).0))
            .or_default()
            .push(json!({
                "deletedRegion": region(edit.span, sources),
                "insertedContent": { "text": edit.text.to_str_lossy() },
            }));
    }
    let changes: Vec<Value> = files
        .into_iter()
        .map(
            |(uri, replacements)| json!({ "artifactLocation": { "uri": uri }, "replacements": replacements }),
        )
        .collect();
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}

/// A path as a reference: what may not stand in one is written as its bytes.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                out.push(char::from(byte));
            }
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use syntax::{Applicability, SourceFile};

    use super::*;

    #[test]
    fn a_finding_has_its_place_its_rule_and_its_fix() {
        let mut sources = SourceMap::default();
        let id = sources.add(SourceFile::new("a b.cfg", "é two\n".as_bytes()));
        let span = Span::new(id, 3, 6);
        let finding = Diagnostic::warning("c", "m")
            .at(span)
            .fix("f", span, "three", Applicability::Safe);
        let text = sarif([(&sources, &[finding][..])], &|_| None, "1");
        let log: Value = serde_json::from_str(&text).expect("it is JSON");
        let result = &log["runs"][0]["results"][0];
        let region = &result["locations"][0]["physicalLocation"]["region"];
        assert_eq!(
            (&region["startColumn"], &region["endColumn"]),
            (&json!(3), &json!(6))
        );
        let change = &result["fixes"][0]["artifactChanges"][0];
        assert_eq!(change["artifactLocation"]["uri"], "a%20b.cfg");
        assert_eq!(change["replacements"][0]["insertedContent"]["text"], "three");
        assert_eq!(log["runs"][0]["tool"]["driver"]["rules"][0]["id"], "c");
    }
}
