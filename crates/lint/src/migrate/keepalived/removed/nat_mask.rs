//! `nat_mask` of virtual servers.

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "nat-mask",
    about: "`nat_mask` goes",
    when: When::OldIn(&[("virtual_server", "nat_mask")]),
    docs: "It was for kernels that nobody has any more.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    for at in task.text.all("virtual_server", "nat_mask") {
        let told = task.text.found(&[at], "'nat_mask' is refused since 2.0");
        found.push(told.edits(task.text.delete(at)));
    }
}
