//! `global_tracking` of groups.

use syntax::Version;

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "tracking-weight",
    about: "`global_tracking` becomes `sync_group_tracking_weight`",
    when: When::From(Version::new(2, 0)),
    docs: "The same permission for members to have weights, without the warning.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    task.rename(
        "vrrp_sync_group",
        "global_tracking",
        "sync_group_tracking_weight",
        "has another name since 2.0",
        found,
    );
}
