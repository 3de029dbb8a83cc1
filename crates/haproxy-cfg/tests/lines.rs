//! What is said of single lines, held against what Debian's haproxy 2.6 says of them. compat-fixtures/verdicts/lines has the
//! cases, the recipe, and what differs on purpose.

mod line_record;

use std::path::Path;

use haproxy_cfg::Dialect;

#[test]
fn lines_are_judged_as_the_original_judges_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../compat-fixtures/verdicts/lines");
    let compared = line_record::compare(&folder, Dialect::exactly(2, 6));
    assert!(compared.is_ok(), "{}", compared.unwrap_err());
}
