//! A page of one file, for those who decide: tables, a light for each file, the differences folded. It loads nothing.

use std::fmt::Write as _;

use super::super::Kind;
use super::machine::{Machine, Row};
use super::{REFUSED, Report, offered, place};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}\
table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #ddd}\
th{background:#f4f4f4}code,pre{font:14px/1.45 ui-monospace,monospace}pre{background:#f7f7f7;padding:1rem;overflow-x:auto}\
.light{display:inline-block;width:.9em;height:.9em;border-radius:50%;margin-right:.5em;border:1px solid #0003}\
.green{background:#2a9d3a}.yellow{background:#e9b100}.red{background:#d32f2f}.black{background:#333}ul{margin:.2rem 0;padding-left:1.2rem}\
.add{background:#e6f6e6;display:block}.del{background:#fbe9e9;display:block}.hunk{color:#666;display:block}.same{display:block}\
details{margin:1rem 0}summary{cursor:pointer;font-weight:600}.small{color:#555;font-size:.9em}td:first-child{overflow-wrap:anywhere}td:first-child .light{flex:none}";

/// The report of a machine as one page: a table with a light for each file, what stands in the way, then file after file.
#[must_use]
pub fn html(machine: &Machine<'_>) -> String {
    let mut out = String::from(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>Migration</title>\n",
    );
    // Writing to a string cannot fail.
    let _ = writeln!(
        out,
        "<style>{STYLE}</style>\n</head>\n<body>\n<h1>Migration</h1>\n<p>{}.</p>",
        machine.sums()
    );
    for (title, rows) in machine.parts() {
        let _ = writeln!(
            out,
            "<h2>{title}</h2>\n<table>\n<tr><th>file</th><th>from, to</th><th>what</th><th>then</th></tr>"
        );
        for row in &rows {
            summary(&mut out, machine, row);
        }
        out.push_str("</table>\n");
    }
    if !machine.left.is_empty() {
        out.push_str("<h2>Not looked at</h2>\n<table>\n<tr><th>file</th><th>why</th></tr>\n");
        for (name, why) in machine.left {
            let _ = writeln!(
                out,
                "<tr><td>{}</td><td>{}</td></tr>",
                escaped(name),
                escaped(why)
            );
        }
        out.push_str("</table>\n");
    }
    for (at, report) in machine.files.iter().enumerate() {
        let verdict = report.verdict();
        let _ = writeln!(
            out,
            "<h2 id=\"file-{at}\"><span class=\"light {}\"></span>{}</h2>\n<p>{}. <span class=\"small\">From {} {} to {}.</span></p>",
            verdict.colour(),
            escaped(report.name),
            upper(verdict.title()),
            report.migrated.program,
            escaped(&report.from()),
            report.migrated.to
        );
        file(&mut out, report);
    }
    out.push_str("</body>\n</html>\n");
    out
}

/// A row of the summary; the name leads to the file's own part.
fn summary(out: &mut String, machine: &Machine<'_>, row: &Row) {
    let part = machine.files.iter().position(|report| report.name == row.name);
    let name = match part {
        Some(at) => format!("<a href=\"#file-{at}\">{}</a>", escaped(&row.name)),
        None => escaped(&row.name),
    };
    let mut what = format!("<span>{}</span>", upper(row.verdict.title()));
    if !row.obstacles.is_empty() {
        what.push_str("<ul>");
        for obstacle in &row.obstacles {
            let _ = write!(what, "<li>{}</li>", escaped(obstacle));
        }
        what.push_str("</ul>");
    }
    let _ = writeln!(
        out,
        "<tr><td><span class=\"light {}\" title=\"{}\"></span>{name}</td><td>{} {}</td><td>{what}</td><td><code>{}</code></td></tr>",
        row.verdict.colour(),
        row.verdict.title(),
        row.program,
        row.way,
        escaped(&row.command)
    );
}

fn file(out: &mut String, report: &Report<'_>) {
    for (title, findings) in report.parts() {
        let _ = writeln!(
            out,
            "<h3>{title}</h3>\n<table>\n<tr><th>where</th><th>what</th><th>what to know</th><th>written</th></tr>"
        );
        for finding in findings {
            let lines: Vec<String> = finding
                .written
                .iter()
                .map(|line| format!("<code>{}</code>", escaped(line)))
                .collect();
            let written = match offered(finding) {
                Some(_) => format!("with --pin: {}", lines.join("<br>")),
                None if finding.kind == Kind::Changed => String::new(),
                None => lines.join("<br>"),
            };
            let _ = writeln!(
                out,
                "<tr><td>{}</td><td>{}<br><span class=\"small\">{}</span></td><td>{}</td><td>{written}</td></tr>",
                place(finding),
                escaped(&finding.message),
                finding.migration,
                escaped(&finding.advice)
            );
        }
        out.push_str("</table>\n");
    }
    if !report.refused.is_empty() {
        let _ = writeln!(out, "<h3>{REFUSED}</h3>\n<ul>");
        for refused in report.refused {
            let _ = writeln!(out, "<li>{}: {}</li>", refused.place(), escaped(&refused.message));
        }
        out.push_str("</ul>\n");
    }
    let diff = report.diff();
    if diff.is_empty() {
        out.push_str("<p>The file stays as it is.</p>\n");
        return;
    }
    out.push_str("<details>\n<summary>The new file, as a difference</summary>\n<pre>");
    for line in diff.lines() {
        let class = match line.as_bytes().first() {
            Some(b'+') => "add",
            Some(b'-') => "del",
            Some(b'@') => "hunk",
            _ => "same",
        };
        let _ = write!(out, "<span class=\"{class}\">{}\u{200b}</span>", escaped(line));
    }
    out.push_str("</pre>\n</details>\n");
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            _ => out.push(letter),
        }
    }
    out
}
