//! docs/generated comes from the keyword tables: the page is written again here, and one that was stale fails the test.

use std::fs;
use std::path::Path;

#[test]
fn the_generated_page_is_that_of_the_tables() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated/haproxy-keywords.md");
    let page = haproxy_cfg::keywords::reference();
    let before = fs::read_to_string(&path).unwrap_or_default();
    if before != page {
        fs::create_dir_all(path.parent().expect("a folder")).expect("docs/generated can be made");
        fs::write(&path, &page).expect("the page can be written");
        panic!("docs/generated/haproxy-keywords.md was stale; it is written anew: look at it and commit it");
    }
}

#[test]
fn the_page_says_where_a_keyword_stands_whether_it_works_and_what_replaced_it() {
    let page = haproxy_cfg::keywords::reference();
    let line = |name: &str| {
        page.lines()
            .find(|line| line.starts_with(&format!("| `{name}` |")))
            .expect("a line")
    };
    assert_eq!(
        line("balance"),
        "| `balance` | defaults, listen, backend | yes |  |  |  |"
    );
    assert!(
        line("clitimeout").contains("| 2.1 | timeout client"),
        "{}",
        line("clitimeout")
    );
    assert!(
        line("option httpclose").contains("| yes |"),
        "{}",
        line("option httpclose")
    );
}
