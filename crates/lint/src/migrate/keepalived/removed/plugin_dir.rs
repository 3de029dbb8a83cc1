//! `plugin_dir`.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "plugin-dir",
    about: "`plugin_dir` goes",
    when: When::From(Version::new(2, 0)),
    docs: "There are no plug-ins, so there is no folder of them.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for block in ["", "global_defs"] {
        for at in task.text.all(block, "plugin_dir") {
            let told = task.text.found(&[at], "'plugin_dir' is refused");
            found.push(told.edits(task.text.delete(at)));
        }
    }
}
