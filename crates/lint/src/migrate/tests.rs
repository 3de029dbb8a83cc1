//! Migrations as a whole: rounds, pins, guesses. Each by itself has a fixture, see `tests/migrate.rs`.

use std::collections::BTreeSet;

use super::*;

fn migrated(text: &str, from: Option<Version>, to: Version, pin: bool) -> Migrated {
    migrate(text.as_bytes(), Options { from, to, pin }).expect("the edits fit")
}

fn after(text: &str, from: (u16, u16), to: (u16, u16), pin: bool) -> String {
    let from = Some(Version::new(from.0, from.1));
    let migrated = migrated(text, from, Version::new(to.0, to.1), pin);
    String::from_utf8(migrated.after).expect("text")
}

#[test]
fn names_are_unique_and_every_migration_says_what_it_does() {
    let names: Vec<&str> = Haproxy::all().map(|migration| migration.name).collect();
    let unique: BTreeSet<_> = names.iter().collect();
    assert_eq!(unique.len(), names.len());
    for migration in Haproxy::all() {
        assert!(migration.begins().is_some(), "{}", migration.name);
        assert!(
            !migration.about.is_empty() && migration.docs.ends_with('.'),
            "{}",
            migration.name
        );
    }
}

#[test]
fn comments_order_and_spacing_stay() {
    let text = "# head\nlisten  web 10.0.0.1:80   # the shop\n\tclitimeout\t5000 # c\r\n\n\tredispatch\n  reqadd X:\\ 1\n";
    let new = after(text, (1, 4), (2, 6), false);
    let wanted = "# head\nlisten  web   # the shop\n\tbind 10.0.0.1:80\n\ttimeout client 5000 # c\r\n\n\toption redispatch\n  \
                  http-request add-header X 1\n";
    assert_eq!(new, wanted);
}

#[test]
fn what_the_target_still_takes_stays() {
    let text = "defaults\n    clitimeout 5000\n    option forceclose\n";
    assert_eq!(after(text, (1, 3), (1, 4), false), text);
    assert_eq!(
        after(text, (1, 3), (1, 9), false),
        "defaults\n    timeout client 5000\n    option forceclose\n"
    );
}

#[test]
fn pins_go_where_all_that_inherit_want_them() {
    let text = "defaults\n    mode http\nfrontend f\n    bind :80\nbackend b\n    server a 10.0.0.1:80\n    server b 10.0.0.2:80\n";
    let new = after(text, (3, 2), (3, 4), true);
    let wanted = "defaults\n    mode http\n    no option abortonclose\n    balance roundrobin\nfrontend f\n    bind :80\nbackend b\n    \
                  server a 10.0.0.1:80\n    server b 10.0.0.2:80\n";
    // One of them per proxy kind: `defaults` is read by both.
    let sorted = |text: &str| text.lines().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(sorted(&new), sorted(wanted));
    assert_eq!(after(&new, (3, 2), (3, 4), true), new);
}

#[test]
fn a_global_section_is_made_for_what_belongs_there() {
    let text = "# a comment\ndefaults\n  mode tcp\nfrontend f\n  bind :80\n";
    let new = after(text, (1, 9), (2, 0), true);
    assert_eq!(
        new,
        format!(
            "# a comment\nglobal\n  nbthread 1\n\n{}",
            &text["# a comment\n".len()..]
        )
    );
}

#[test]
fn the_version_is_guessed_from_what_a_file_uses() {
    let version = |text: &str| guess_version(text.as_bytes()).version;
    assert_eq!(version("listen a 10.0.0.1:80\n"), Version::new(1, 5));
    assert_eq!(version("defaults\n    reqadd X:\\ 1\n"), Version::new(2, 0));
    assert_eq!(version("global\n    nbproc 2\n"), Version::new(2, 4));
    assert_eq!(version("defaults\n    mode http\n"), Version::new(1, 8));
    assert_eq!(
        version("frontend f\n    bind :443 ssl crt a no-alpn\n"),
        Version::new(2, 8)
    );
    assert!(guess_version(b"global\n    nbproc 2\n").why.contains("line 2"));
}

#[test]
fn a_finding_for_which_nothing_can_be_written_is_for_a_person() {
    let text = "frontend f\n    mode http\n    reqideny \\.exe\n";
    let found = migrated(text, Some(Version::new(1, 8)), Version::new(2, 6), false);
    assert_eq!(found.after, text.as_bytes());
    let deny = found
        .findings
        .iter()
        .find(|finding| finding.migration == "deny-line");
    assert_eq!(
        deny.map(|finding| (finding.kind, finding.lines.clone())),
        Some((Kind::Decide, vec![3]))
    );
}
