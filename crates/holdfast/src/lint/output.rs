//! Findings as text, in the shapes that the command line offers, and what sums them up.

use ::lint::haproxy::RULES;
use ::lint::render::{SarifRule, github, sarif};
use ::lint::{Report, haproxy, heartbeat, keepalived};
use syntax::render::{HaproxyShape, concise, full, haproxy as haproxy_shape, json};
use syntax::{Applicability, Severity};

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    /// The line with a mark below it, why it matters and what to write.
    #[default]
    Full,
    /// One line for each, as compilers print.
    Concise,
    /// One JSON object on a line for each.
    Json,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// As haproxy prints.
    Haproxy,
}

/// All findings.
pub(super) fn findings(reports: &[Report], format: Format, colors: bool) -> String {
    if format == Format::Sarif {
        let all = reports
            .iter()
            .map(|report| (&report.sources, report.findings.as_slice()));
        return sarif(all, &about, env!("CARGO_PKG_VERSION"));
    }
    let shape = HaproxyShape {
        pid: std::process::id(),
        hints: true,
    };
    let mut out = String::new();
    for report in reports {
        let sources = &report.sources;
        for finding in &report.findings {
            out += &match format {
                Format::Concise => concise(finding, sources),
                Format::Json => json(finding, sources),
                Format::Github => github(finding, sources),
                Format::Haproxy => haproxy_shape(finding, sources, shape),
                Format::Full | Format::Sarif => full(finding, sources, colors) + "\n",
            };
        }
    }
    out
}

/// What is known of a code.
fn about(code: &str) -> Option<SarifRule> {
    if let Some(rule) = RULES.iter().find(|rule| rule.code == code) {
        return Some(SarifRule {
            title: rule.title.to_owned(),
            text: format!("{} To mend it: {}.", rule.why, rule.mend),
        });
    }
    if let Some(rule) = keepalived::RULES.iter().find(|rule| rule.code == code) {
        return Some(SarifRule {
            title: rule.title.to_owned(),
            text: format!("{} To mend it: {}.", rule.why, rule.mend),
        });
    }
    if let Some(rule) = heartbeat::RULES.iter().find(|rule| rule.code == code) {
        return Some(SarifRule {
            title: rule.title.to_owned(),
            text: format!("{} To mend it: {}.", rule.why, rule.mend),
        });
    }
    let of_keepalived = || {
        let (_, title) = keepalived_conf::codes::CODES
            .iter()
            .find(|(known, _)| *known == code)?;
        Some(SarifRule {
            title: (*title).to_owned(),
            text: "The message says what is wrong.".to_owned(),
        })
    };
    let of_haproxy = haproxy_cfg::codes::find(code).map(|row| SarifRule {
        title: row.title.to_owned(),
        text: row.text.to_owned(),
    });
    of_haproxy.or_else(of_keepalived)
}

/// What a code means, for people.
pub(super) fn explain(code: &str) -> Result<String, String> {
    let known = about(code).ok_or_else(|| {
        let all = haproxy::codes()
            .chain(keepalived::codes())
            .chain(heartbeat::codes());
        match syntax::closest(code.as_bytes(), all) {
            Some(closest) => format!("there is no finding '{code}': '{closest}'?"),
            None => format!("there is no finding '{code}'"),
        }
    })?;
    Ok(format!("{code}: {}\n\n{}\n", known.title, known.text))
}

/// How many there are, what can be fixed, and which lines were not understood.
pub(super) fn summary(reports: &[Report], fixed: usize) -> String {
    let count = |severity| reports.iter().map(|report| report.count(severity)).sum::<usize>();
    let kinds = [
        (count(Severity::Alert), "error"),
        (count(Severity::Warning), "warning"),
        (count(Severity::Note) + count(Severity::Diag), "note"),
    ];
    let parts: Vec<String> = kinds
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}{}", if *count == 1 { "" } else { "s" }))
        .collect();
    let mut out = String::new();
    if fixed > 0 {
        out += &format!("{fixed} fixed\n");
    }
    if parts.is_empty() {
        return out + "nothing found\n";
    }
    out += &parts.join(", ");
    let fixable = reports
        .iter()
        .flat_map(|report| &report.findings)
        .filter(|finding| {
            let safe = |fix: &syntax::Fix| fix.applicability == Applicability::Safe;
            finding.fixes.iter().any(safe)
        })
        .count();
    if fixable > 0 {
        out += &format!("; --fix mends {fixable} of them");
    }
    out.push('\n');
    let lines: Vec<String> = reports
        .iter()
        .flat_map(Report::not_understood)
        .map(|(file, line)| format!("{file}:{line}"))
        .collect();
    if !lines.is_empty() {
        out += &format!(
            "not understood, and left out by the rules: {}\n",
            lines.join(", ")
        );
    }
    out
}
