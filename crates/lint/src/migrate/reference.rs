//! The page that lists all migrations, from the migrations themselves.

use super::{Haproxy, Language, Migration, When, changed, removed};

/// The page of all migrations of haproxy.cfg, in Markdown.
#[must_use]
pub fn reference() -> String {
    page::<Haproxy>(
        "haproxy.cfg",
        "crates/lint/src/migrate",
        removed::ALL,
        changed::ALL,
    )
}

/// The page of a language's migrations.
pub(super) fn page<L: Language>(
    file: &str,
    folder: &str,
    removed: &[&Migration<L>],
    changed: &[&Migration<L>],
) -> String {
    let mut out = format!(
        "# Migrations of {file}\n\n<!-- Written by a test from {folder}: do not edit. -->\n\n\
         What `holdfast migrate` does to a file, and what it tells of it ([how to use it](../migrate.md)).\n",
    );
    for (title, about, migrations) in [
        (
            "Keywords that were dropped",
            "Looked for whatever version a file comes from, when the target warns of the keyword or refuses it.",
            removed,
        ),
        (
            "What changed although the file stays",
            "Told when the change lies between the file's version and the target. Where a line keeps the old way, `--pin` writes it.",
            changed,
        ),
    ] {
        out.push_str(&format!("\n## {title}\n\n{about}\n"));
        for migration in migrations {
            out.push_str(&format!("\n### {}\n\n{}\n\n", migration.name, span(migration)));
            out.push_str(&format!("*{}.* {}\n", upper(migration.about), migration.docs));
        }
    }
    out
}

fn upper(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}", first.unwrap_or_default(), letters.as_str())
}

fn span<L: Language>(migration: &Migration<L>) -> String {
    let begins = migration
        .begins()
        .map(|version| version.to_string())
        .unwrap_or_default();
    match (migration.when, migration.refused()) {
        (When::Since(_) | When::From(_), _) => format!("Since {begins}."),
        (When::Old(_) | When::OldIn(_), Some(refused)) if refused.to_string() == begins => {
            format!("Refused since {begins}.")
        }
        (When::Old(_) | When::OldIn(_), Some(refused)) => {
            format!("Warned of since {begins}, refused since {refused}.")
        }
        (When::Old(_) | When::OldIn(_), None) => format!("Warned of since {begins}."),
    }
}
