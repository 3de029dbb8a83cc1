//! `listen NAME ADDRESS`.

use super::super::task::{Found, Task};
use super::super::{Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "address-on-section-line",
    about: "an address behind the name of a section becomes a `bind` line",
    when: When::From(syntax::Version::new(1, 5)),
    docs: "Warned of since 1.5 and refused since 1.6. What stood behind the address belongs to it, and goes with it.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for (index, section) in task.file.proxies().filter(|(_, section)| section.is_frontend()) {
        let Some(line) = task.file.lines.get(section.header) else {
            continue;
        };
        if line.words.len() < 3 || line.word(2) == "from" {
            continue;
        }
        let address = task.file.raw_from(line, 2);
        let bind = format!("bind {address}");
        let (mut edits, _) = task.remove_words(line, 2, line.words.len() - 1);
        edits.extend(task.insert_behind(line, &task.file.indent(index), std::slice::from_ref(&bind)));
        let message = format!("an address behind '{}' is refused since 1.6", section.title());
        found.push(Found::new([line], message).edits((edits, vec![bind])));
    }
}
