//! What is said of single lines in what came after 2.6, held against what Debian's haproxy 3.2 and 3.4 say of them.
//! compat-fixtures/verdicts/lines-VERSION has the cases and what differs on purpose, and ../lines the recipe.

mod line_record;

use std::path::Path;

use haproxy_cfg::Dialect;

fn agrees(major: u16, minor: u16) {
    let folder = format!("../../compat-fixtures/verdicts/lines-{major}.{minor}");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let compared = line_record::compare(&folder, Dialect::exactly(major, minor));
    assert!(compared.is_ok(), "{}", compared.unwrap_err());
}

#[test]
fn newer_lines_are_judged_as_version_3_2_judges_them() {
    agrees(3, 2);
}

#[test]
fn newer_lines_are_judged_as_version_3_4_judges_them() {
    agrees(3, 4);
}
