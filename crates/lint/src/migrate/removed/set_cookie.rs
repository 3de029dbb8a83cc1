//! The fetch `set-cookie`.

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "set-cookie",
    about: "the fetch `set-cookie()` becomes `res.cook()`",
    when: When::From(syntax::Version::new(2, 5)),
    docs: "The same cookie of a response under its later name, in ACLs, rules and formats.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for line in task
        .file
        .lines
        .iter()
        .filter(|line| !line.comment || !line.words.is_empty())
    {
        for (at, word) in line.words.iter().enumerate() {
            let raw = task.file.raw(line, at, at);
            let text = raw.replace("scook(", "res.cook(");
            let old = |text: &str| text.starts_with("set-cookie(") || text.contains("%[set-cookie(");
            if at == 0 || !(old(&raw) || old(&word.text)) || !task.file.is_text(line) {
                continue;
            }
            let modern = text.replacen("set-cookie(", "res.cook(", 1);
            let told = Found::new([line], "'set-cookie()' is unknown since 2.5");
            found.push(told.edits(task.replace_words(line, at, at, &modern)));
        }
    }
}
