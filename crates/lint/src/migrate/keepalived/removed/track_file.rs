//! `vrrp_track_file`.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "track-file",
    about: "`vrrp_track_file` becomes `track_file`",
    when: When::From(Version::new(2, 1)),
    docs: "The same block under its new name. The old one is still read.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    task.rename(
        "",
        "vrrp_track_file",
        "track_file",
        "has another name since 2.1",
        found,
    );
}
