//! The listings of keywords (`-dK`) against those of HAProxy 3.5 and 2.6, line by line.

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

/// Lines of the original that ours lacks, each with its reason.
const DIFFERENT: &[(&str, &str)] = &[
    ("\tmaster-worker", "a keyword of the past; so are the next five"),
    ("\tnbproc", ""),
    ("\ttune.chksize", ""),
    ("\tclitimeout", ""),
    ("\tcontimeout", ""),
    ("\tsrvtimeout", ""),
    ("\tbind <addr> process +1", "the same"),
    ("\toption transparent [ ]", "the same"),
    (
        "\tserver <name> <addr> set-proxy-v2-tlv-fmt",
        "it takes a format, and ours says so",
    ),
    (
        "\tserver <name> <addr> source +-1",
        "the number of its words is not known to the original",
    ),
    (
        "\tserver <name> <addr> usesrc",
        "it takes an address, and ours says so",
    ),
];

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
    let excused = |line: &str| DIFFERENT.iter().any(|(known, _)| *known == line);
    assert!(missing.iter().all(|line| excused(line)), "{missing:?}");
    // The original reads these apart, and lists none of them.
    let apart = [
        " accept",
        " reject",
        " capture",
        " close",
        " expect-netscaler-cip",
        " expect-proxy",
        " track-sc*",
    ];
    let rule = |line: &&String| {
        let set = ["\ttcp-request ", "\ttcp-response ", "\thttp-"];
        set.iter().any(|set| line.starts_with(set))
            && line.contains(' ')
            && !apart.iter().any(|name| line.ends_with(name))
    };
    let more: Vec<&String> = listed
        .iter()
        .filter(rule)
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
        let excused = |line: &str| {
            DIFFERENT
                .iter()
                .any(|(known, _)| line.ends_with(&format!(":{known}")))
        };
        for line in placed(theirs) {
            assert_eq!(
                ours.contains(&line),
                !excused(&line),
                "{class}: {line} (when it is listed now, take it out of DIFFERENT)"
            );
        }
    }
}
