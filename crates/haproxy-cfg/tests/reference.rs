//! docs/generated comes from the keyword tables: the pages are written again here, and one that was stale fails the test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use haproxy_cfg::{codes, keywords};
use syntax::reference::Document;

/// Lines of docs/SUMMARY.md, and the folder of the pages that are listed behind each, up to a line that is indented less.
const LISTED: [(&str, &str); 2] = [
    ("  - [Keywords](generated/haproxy-keywords.md)\n", "haproxy/"),
    ("  - [Findings](generated/haproxy-findings.md)\n", "findings/"),
];

fn pages() -> Vec<Document> {
    let mut out = keywords::reference();
    out.extend(codes::pages());
    out
}

fn docs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs")
}

fn page(path: &str) -> Document {
    let mut pages = pages().into_iter();
    pages.find(|page| page.path == path).expect("the page is made")
}

/// Writes what differs; gives its path.
fn write(path: &Path, text: &str, stale: &mut Vec<String>) {
    if fs::read_to_string(path).unwrap_or_default() != text {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the page can be written");
        stale.push(path.display().to_string());
    }
}

#[test]
fn the_generated_pages_are_those_of_the_tables() {
    let generated = docs().join("generated");
    let pages = pages();
    let mut stale = Vec::new();
    for page in &pages {
        write(&generated.join(&page.path), &page.text, &mut stale);
    }
    // What no row stands for any more goes.
    let wanted: BTreeSet<PathBuf> = pages.iter().map(|page| generated.join(&page.path)).collect();
    assert_eq!(wanted.len(), pages.len(), "two pages of one name");
    for (_, folder) in LISTED {
        for entry in fs::read_dir(generated.join(folder)).expect("the folder is there") {
            let path = entry.expect("it can be listed").path();
            if !wanted.contains(&path) {
                fs::remove_file(&path).expect("it can be removed");
                stale.push(path.display().to_string());
            }
        }
    }
    // A page that is not listed there is left out of the book.
    let summary = docs().join("SUMMARY.md");
    let mut text = fs::read_to_string(&summary).expect("the book has a summary");
    for (line, folder) in LISTED {
        let (head, rest) = text
            .split_once(line)
            .expect("the line that the pages stand behind");
        let rest: String = rest
            .split_inclusive('\n')
            .skip_while(|line| line.starts_with("    - "))
            .collect();
        let listed: String = pages
            .iter()
            .filter(|page| page.path.starts_with(folder))
            .map(|page| {
                let title = page
                    .text
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .trim_start_matches("# ");
                format!("    - [{title}](generated/{})\n", page.path)
            })
            .collect();
        text = format!("{head}{line}{listed}{rest}");
    }
    write(&summary, &text, &mut stale);
    assert!(
        stale.is_empty(),
        "these were stale and are written anew: look at them and commit them: {stale:#?}"
    );
}

#[test]
fn the_list_says_where_a_keyword_stands_whether_it_works_and_what_replaced_it() {
    let list = page("haproxy-keywords.md").text;
    let line = |name: &str| {
        list.lines()
            .find(|line| line.starts_with(&format!("| [`{name}`]")))
            .expect("a line")
    };
    assert_eq!(
        line("balance"),
        "| [`balance`](haproxy/balance.md) | defaults, listen, backend | yes |  |  |  |"
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

#[test]
fn a_page_has_a_part_for_each_place_of_its_keyword() {
    let maxconn = page("haproxy/maxconn.md").text;
    for part in [
        "## The global section",
        "## Proxies",
        "## Lines of bind",
        "## Lines of server",
    ] {
        assert!(maxconn.contains(part), "{part}: {maxconn}");
    }
    let fetch = page("haproxy/path.md").text;
    assert!(fetch.contains("It gives: str."), "{fetch}");
}

#[test]
fn the_matrix_counts_every_keyword() {
    let matrix = page("haproxy-support.md").text;
    let all = matrix
        .lines()
        .find(|line| line.starts_with("| **all**"))
        .expect("a sum");
    let read: usize = all
        .split('|')
        .nth(2)
        .and_then(|cell| cell.trim().parse().ok())
        .expect("a number");
    assert!(read > 1500, "{all}");
}
