//! What is said of single lines, held against what Debian's haproxy 2.6 says of them, and newer ones of what came later.
//! compat-fixtures/verdicts/lines has the cases, the recipe, and what differs on purpose; lines-VERSION has those of newer
//! versions.

mod line_record;

use std::path::{Path, PathBuf};

use haproxy_cfg::Dialect;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../compat-fixtures/verdicts")
        .join(name)
}

fn agrees(name: &str, dialect: Dialect) {
    if let Err(report) = line_record::compare(&folder(name), dialect) {
        panic!("{report}");
    }
}

fn is_judged_as(dialect: Dialect) {
    if let Err(report) = line_record::compare_statuses(&folder("lines"), &folder("statuses"), dialect) {
        panic!("{report}");
    }
}

#[test]
fn lines_are_judged_as_the_original_judges_them() {
    agrees("lines", Dialect::exactly(2, 6));
}

#[test]
fn newer_lines_are_judged_as_version_3_2_judges_them() {
    agrees("lines-3.2", Dialect::exactly(3, 2));
}

#[test]
fn newer_lines_are_judged_as_version_3_4_judges_them() {
    agrees("lines-3.4", Dialect::exactly(3, 4));
}

#[test]
fn all_lines_are_accepted_or_refused_as_version_3_2_does() {
    is_judged_as(Dialect::exactly(3, 2));
}

#[test]
fn all_lines_are_accepted_or_refused_as_version_3_4_does() {
    is_judged_as(Dialect::exactly(3, 4));
}
