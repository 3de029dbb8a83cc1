//! What is said of single lines in what came after 2.6, held against what Debian's haproxy 3.2 says of them.
//! compat-fixtures/verdicts/lines-3.2 has the cases and what differs on purpose, and ../lines the recipe.

mod line_record;

use std::path::Path;

use haproxy_cfg::Dialect;

#[test]
fn newer_lines_are_judged_as_version_3_2_judges_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/verdicts/lines-3.2");
    let compared = line_record::compare(&folder, Dialect::exactly(3, 2));
    assert!(compared.is_ok(), "{}", compared.unwrap_err());
}
