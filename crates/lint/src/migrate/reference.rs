//! The page that lists all migrations, from the migrations themselves.

use super::{When, changed, removed};

/// The page of all migrations, in Markdown.
#[must_use]
pub fn reference() -> String {
    let mut out = String::from(
        "# Migrations of haproxy.cfg\n\n<!-- Written by a test from crates/lint/src/migrate: do not edit. -->\n\n\
         What `holdfast migrate` does to a file, and what it tells of it ([how to use it](../migrate.md)).\n",
    );
    for (title, about, migrations) in [
        (
            "Keywords that were dropped",
            "Looked for whatever version a file comes from, when the target warns of the keyword or refuses it.",
            removed::ALL,
        ),
        (
            "What changed although the file stays",
            "Told when the change lies between the file's version and the target. Where a line keeps the old way, `--pin` writes it.",
            changed::ALL,
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

fn span(migration: &super::Migration) -> String {
    let begins = migration
        .begins()
        .map(|version| version.to_string())
        .unwrap_or_default();
    match (migration.when, migration.refused()) {
        (When::Since(_) | When::From(_), _) => format!("Since {begins}."),
        (When::Old(_), Some(refused)) if refused.to_string() == begins => format!("Refused since {begins}."),
        (When::Old(_), Some(refused)) => format!("Warned of since {begins}, refused since {refused}."),
        (When::Old(_), None) => format!("Warned of since {begins}."),
    }
}
