//! The listings of keywords (`-dK`) against those of HAProxy 3.5, 3.4, 3.2, 3.0 and 2.6, line by line: so no keyword is said to
//! have come before one of these that lacks it, or after one that has it.

use haproxy_cfg::Dialect;
use haproxy_cfg::keywords::listing;

/// What HAProxy of that version lists, by class: a heading and the lines behind it.
fn recorded_of(version: &str, heading: &str) -> Vec<String> {
    let root = env!("CARGO_MANIFEST_DIR");
    let path = format!("{root}/../../compat-fixtures/keywords/haproxy-{version}.txt");
    let text = std::fs::read_to_string(path).expect("it is part of the repository");
    text.lines()
        .skip_while(|line| *line != heading)
        .take_while(|line| *line == heading || !line.starts_with("# List of"))
        .map(str::to_owned)
        .collect()
}

fn recorded(heading: &str) -> Vec<String> {
    recorded_of("3.5", heading)
}

fn ours(class: &str) -> Vec<String> {
    let text = listing(class, Dialect::default()).expect("a class");
    text.lines().map(str::to_owned).collect()
}

#[test]
fn commands_fetches_converters_and_derived_acls_are_listed_as_by_the_original() {
    for (class, heading) in [
        ("acl", "# List of registered ACL keywords:"),
        ("cli", "# List of registered CLI keywords:"),
        ("cnv", "# List of registered sample converter functions:"),
        ("smp", "# List of registered sample fetch functions:"),
        ("svc", "# List of registered service names:"),
    ] {
        let recorded = recorded(heading);
        assert!(!recorded.is_empty(), "{class}");
        assert_eq!(ours(class), recorded, "{class}");
    }
}

/// What a version lists that ours does not, each with its reason.
const OF_THEIR_TIME: &[(&str, &str)] = &[
    (
        "show quic [WORKER] ",
        "the listing of 3.5 is of a program without QUIC",
    ),
    (
        "[ . . . . . . . . . . . Y Y Y Y Y Y Y Y Y . . ] bc_setting_streams_limit: sint",
        "a slip of 3.0, mended later",
    ),
    ("\ttrace", "a line of the section in 3.0"),
    ("\ttune.quic.backend.max-idle-timeou", "cut short by 3.0"),
];

/// What 3.0 read without listing it.
const READ_UNLISTED: &[&str] = &[
    "\texpose-deprecated-directives",
    "\ttune.disable-fast-forward",
    "\ttune.disable-zero-copy-forwarding",
    "crt-store",
    "\tload",
];

/// Whether a line is that of an action which the original lists: some it reads apart.
fn is_rule(line: &str) -> bool {
    let apart = [
        " accept",
        " reject",
        " capture",
        " close",
        " expect-netscaler-cip",
        " expect-proxy",
        " track-sc*",
    ];
    let sets = ["\ttcp-request ", "\ttcp-response ", "\thttp-"];
    sets.iter().any(|set| line.starts_with(set))
        && line.contains(' ')
        && !apart.iter().any(|name| line.ends_with(name))
}

#[test]
fn what_came_after_2_6_came_when_the_listings_of_3_0_3_2_and_3_4_say() {
    for (version, dialect) in [
        ("3.0", Dialect::exactly(3, 0)),
        ("3.2", Dialect::exactly(3, 2)),
        ("3.4", Dialect::exactly(3, 4)),
    ] {
        let excused = |line: &str| OF_THEIR_TIME.iter().any(|(known, _)| *known == line);
        for (class, heading) in [
            ("acl", "# List of registered ACL keywords:"),
            ("cli", "# List of registered CLI keywords:"),
            ("cnv", "# List of registered sample converter functions:"),
            ("smp", "# List of registered sample fetch functions:"),
            ("svc", "# List of registered service names:"),
            ("flt", "# List of registered filter names:"),
            ("cfg", "# List of registered configuration keywords:"),
        ] {
            let text = listing(class, dialect).expect("a class");
            let ours: Vec<&str> = text.lines().collect();
            let theirs = recorded_of(version, heading);
            assert!(!theirs.is_empty(), "{version} {class}");
            let missing: Vec<&String> = theirs
                .iter()
                .filter(|line| !ours.contains(&line.as_str()) && !excused(line))
                .collect();
            assert_eq!(missing, [""; 0], "{version} {class}");
            // Much of the configuration was read by the original without being listed, more of it then than in 3.5: what 2.6
            // had tells nothing here.
            let (newest, had) = (
                recorded(heading),
                listing(class, Dialect::exactly(2, 6)).expect("a class"),
            );
            let early: Vec<&&str> = ours
                .iter()
                .filter(|line| newest.iter().any(|known| known == *line))
                .filter(|line| !had.lines().any(|known| known == **line))
                .filter(|line| !READ_UNLISTED.contains(*line))
                .filter(|line| !theirs.iter().any(|known| known == *line))
                .collect();
            assert_eq!(early, [&""; 0], "{version} {class}");
            let more: Vec<&&str> = ours
                .iter()
                .filter(|line| class != "cfg" || is_rule(line))
                .filter(|line| !theirs.iter().any(|known| known == *line))
                .collect();
            assert_eq!(more, [&""; 0], "{version} {class}");
        }
    }
}

#[test]
fn a_dialect_lists_what_its_version_had() {
    let ours = |class: &str| -> Vec<String> {
        let text = listing(class, Dialect::exactly(2, 6)).expect("a class");
        text.lines().map(str::to_owned).collect()
    };
    for (class, heading) in [
        ("acl", "# List of registered ACL keywords:"),
        ("cli", "# List of registered CLI keywords:"),
        ("cnv", "# List of registered sample converter functions:"),
        ("svc", "# List of registered service names:"),
        ("flt", "# List of registered filter names:"),
    ] {
        assert_eq!(ours(class), recorded_of("2.6", heading), "{class}");
    }
    let theirs: Vec<String> = recorded_of("2.6", "# List of registered configuration keywords:");
    let listed = ours("cfg");
    let missing: Vec<&String> = theirs.iter().filter(|line| !listed.contains(line)).collect();
    assert_eq!(missing, [""; 0]);
    let more: Vec<&String> = listed
        .iter()
        .filter(|line| is_rule(line))
        .filter(|line| !theirs.contains(line))
        .collect();
    assert_eq!(more, [""; 0]);
    // Some addresses were said to be of IPv4, and were of either family.
    let of_either = |lines: Vec<String>| -> Vec<String> {
        let lines = lines.into_iter();
        lines.map(|line| line.replace(": ipv4", ": addr")).collect()
    };
    let theirs = recorded_of("2.6", "# List of registered sample fetch functions:");
    assert_eq!(of_either(ours("smp")), of_either(theirs));
}

#[test]
fn every_keyword_that_the_original_lists_is_listed_with_its_section() {
    for (class, heading) in [
        ("cfg", "# List of registered configuration keywords:"),
        ("flt", "# List of registered filter names:"),
    ] {
        // A section's lines follow its name.
        let placed = |lines: Vec<String>| -> Vec<String> {
            let mut section = String::new();
            lines
                .into_iter()
                .map(|line| {
                    if line.starts_with('\t') {
                        return format!("{section}:{line}");
                    }
                    section.clone_from(&line);
                    line
                })
                .collect()
        };
        let ours = placed(ours(class));
        let theirs = recorded(heading);
        assert!(theirs.len() > 9, "{class}");
        for line in placed(theirs) {
            assert!(ours.contains(&line), "{class}: {line}");
        }
    }
}
