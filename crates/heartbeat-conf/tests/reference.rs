//! docs/generated comes from the table of directives: the page is written again here, and one that was stale fails the test.

use std::fs;
use std::path::Path;

#[test]
fn the_generated_page_is_that_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/generated/heartbeat-directives.md");
    let page = heartbeat_conf::reference();
    let before = fs::read_to_string(&path).unwrap_or_default();
    if before != page {
        fs::create_dir_all(path.parent().expect("a folder")).expect("docs/generated can be made");
        fs::write(&path, &page).expect("the page can be written");
        panic!(
            "docs/generated/heartbeat-directives.md was stale; it is written anew: look at it and commit it"
        );
    }
}
