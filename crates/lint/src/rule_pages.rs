//! Pages of rules, made from the rules themselves and their fixtures.

use syntax::Severity;
use syntax::reference::Document;

use crate::rule::{Rule, Subject};

/// What a page says of a rule.
pub(crate) struct Words {
    code: &'static str,
    title: &'static str,
    level: Severity,
    why: &'static str,
    mend: &'static str,
}

impl<S: Subject> From<&Rule<S>> for Words {
    fn from(rule: &Rule<S>) -> Self {
        Self {
            code: rule.code,
            title: rule.title,
            level: rule.level,
            why: rule.why,
            mend: rule.mend,
        }
    }
}

/// What differs from one language to the other.
pub(crate) struct Language {
    /// What the list begins with.
    pub(crate) head: &'static str,
    /// Of fixtures.
    pub(crate) extension: &'static str,
    /// The name of examples' language.
    pub(crate) fence: &'static str,
}

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
pub(crate) fn pages_of(
    language: &Language,
    rules: impl IntoIterator<Item = impl Into<Words>>,
    fixture: &dyn Fn(&str, &str) -> Option<String>,
) -> Vec<Document> {
    let mut rules: Vec<Words> = rules.into_iter().map(Into::into).collect();
    rules.sort_by_key(|rule| rule.code);
    let Language {
        head,
        extension,
        fence,
    } = language;
    let mut list = format!("{head}| code | level | what is found | fix |\n| --- | --- | --- | --- |\n");
    for rule in &rules {
        let fix = match fixture(rule.code, &format!("fixed.{extension}")) {
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
            ("This is told so", "fires"),
            ("`--fix` makes of it", "fixed"),
            ("This is not", "quiet"),
        ] {
            if let Some(example) = fixture(rule.code, &format!("{name}.{extension}")) {
                text += &format!("\n{title}:\n\n```{fence}\n{}\n```\n", example.trim_end());
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
