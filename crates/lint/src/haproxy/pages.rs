//! The pages of the rules, made from the rules themselves and their fixtures.

use syntax::Severity;
use syntax::reference::Document;

use super::{RULES, Rule};

/// The name of a level in pages and files of levels.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Diag | Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Alert => "error",
    }
}

/// The pages in Markdown, and one that lists them. `fixture` gives the text of a file of a rule's fixtures by code and name, if there
/// is one.
#[must_use]
pub fn pages(fixture: &dyn Fn(&str, &str) -> Option<String>) -> Vec<Document> {
    let mut rules: Vec<&Rule> = RULES.iter().collect();
    rules.sort_by_key(|rule| rule.code);
    let mut list = String::from(
        "# Rules of holdfast lint for haproxy.cfg\n\nWhat `holdfast lint` finds beside what the reading of a file tells \
         ([findings](../generated/haproxy-findings.md)). Made from the rules; do not edit. How to run it: [lint](../lint.md).\n\n\
         | code | level | what is found | fix |\n| --- | --- | --- | --- |\n",
    );
    for rule in &rules {
        let fix = match fixture(rule.code, "fixed.cfg") {
            Some(_) => "safe",
            None => "",
        };
        let level = level(rule.level);
        list += &format!(
            "| [`{0}`]({0}.md) | {level} | {1} | {fix} |\n",
            rule.code, rule.title
        );
    }
    let mut out = vec![Document {
        path: "README.md".to_owned(),
        text: list,
    }];
    for rule in rules {
        let mut text = format!(
            "# {}\n\n{}. Level: {}.\n\n{}\n\n{}\n",
            rule.code,
            rule.title,
            level(rule.level),
            rule.why,
            sentence(rule.mend)
        );
        for (title, name) in [
            ("This is told so", "fires.cfg"),
            ("`--fix` makes of it", "fixed.cfg"),
            ("This is not", "quiet.cfg"),
        ] {
            if let Some(example) = fixture(rule.code, name) {
                text += &format!("\n{title}:\n\n```haproxy\n{}\n```\n", example.trim_end());
            }
        }
        out.push(Document {
            path: format!("{}.md", rule.code),
            text,
        });
    }
    out
}

/// An advice as a sentence.
fn sentence(advice: &str) -> String {
    let mut letters = advice.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
