//! `nb_get_retry` of checks.

use super::super::file::Task;
use super::super::{Found, Migration, When};

pub(super) const MIGRATION: Migration = Migration {
    name: "retry",
    about: "`nb_get_retry` becomes `retry`",
    when: When::OldIn(&[("HTTP_GET", "nb_get_retry")]),
    docs: "The same number under the name that all checks have for it.",
    find,
};

fn find(task: &Task<'_>, found: &mut Vec<Found>) {
    task.rename(
        "HTTP_GET",
        "nb_get_retry",
        "retry",
        "is warned of since 2.1",
        found,
    );
    task.rename(
        "SSL_GET",
        "nb_get_retry",
        "retry",
        "is warned of since 2.1",
        found,
    );
}
