//! Whatever stands in a file, at whatever place: an answer comes, and names are where they are said to be.

use editor::{Document, complete, definitions, find, hover, occurrences, outline, rename, same};
use lsp_types::Position;
use proptest::prelude::*;

fn holds(id: &str, text: &str, line: u32, column: u32) {
    let document = Document::new(id, "/etc/file", text.to_owned());
    let position = Position::new(line, column);
    let at = document.offset(position);
    let all = occurrences(&document);
    for one in &all {
        assert_eq!(
            document.text().get(one.span.clone()),
            Some(one.name.as_str()),
            "{text:?}"
        );
    }
    if let Some(one) = find(&all, at) {
        assert!(same(&all, one).count() >= 1 && definitions(&all, one).count() <= all.len());
    }
    let _ = (
        complete(&document, position),
        hover(&document, position),
        outline(&document),
    );
    if let Ok(edits) = rename(&document, at, "new-name") {
        assert!(!edits.is_empty());
    }
}

proptest! {
    #[test]
    fn any_haproxy_cfg_is_answered_for(
        text in "(backend|frontend|acl|server|use_backend|if|%\\[nbsrv\\(|map\\(|\\{|\\}|[a-b!(),\"' \t😀$#/-]|\r?\n){0,40}",
        line in 0u32..6, column in 0u32..20,
    ) {
        holds("haproxy", &text, line, column);
    }

    #[test]
    fn any_keepalived_conf_is_answered_for(
        text in "(vrrp_instance|track_script|group|vrrp_script|\\$A=|\\$\\{A\\}|@x|\\{|\\}|[a-b\"\\\\ \t😀$#!]|\r?\n){0,40}",
        line in 0u32..6, column in 0u32..20,
    ) {
        holds("keepalived", &text, line, column);
    }
}

/// The files of every case that is recorded.
#[test]
fn names_of_every_recorded_file_are_where_they_are_said_to_be() {
    let mut folders = vec![std::path::PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../compat-fixtures"
    ))];
    let (mut seen, mut given) = (0, 0);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let id = match path.extension().and_then(|ending| ending.to_str()) {
                _ if path.is_dir() => {
                    folders.push(path);
                    continue;
                }
                Some("cfg") => "haproxy",
                Some("conf") => "keepalived",
                _ => continue,
            };
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            let document = Document::new(id, "/etc/file", text);
            for one in occurrences(&document) {
                assert_eq!(
                    document.text().get(one.span.clone()),
                    Some(one.name.as_str()),
                    "{}",
                    path.display()
                );
                given += usize::from(one.definition);
            }
            seen += 1;
        }
    }
    assert!(seen > 200 && given > 500, "{seen} {given}");
}
