//! docs/generated comes from the keyword tables: the page is written again here, and one that was stale fails the test.

use std::fs;
use std::path::Path;

#[test]
fn the_generated_page_is_that_of_the_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated/keepalived-keywords.md");
    let page = keepalived_conf::reference();
    let before = fs::read_to_string(&path).unwrap_or_default();
    if before != page {
        fs::create_dir_all(path.parent().expect("a folder")).expect("docs/generated can be made");
        fs::write(&path, &page).expect("the page can be written");
        panic!(
            "docs/generated/keepalived-keywords.md was stale; it is written anew: look at it and commit it"
        );
    }
}

#[test]
fn the_page_says_whether_a_keyword_works_and_what_replaced_it() {
    let page = keepalived_conf::reference();
    let has = |line: &str| assert!(page.lines().any(|found| found == line), "{line}");
    has("| `priority` | yes |  |  |  |");
    has("| `auth_hmac` | read only | 2.4 |  |  |");
    has("| `nb_get_retry` | read only |  |  | retry |");
}
