//! All faults of a file are told in one reading, each at its place and with what to write instead.

use haproxy_cfg::Dialect;
use haproxy_cfg::testing::{FakeHost, load_on};
use syntax::Severity;
use syntax::render::{HaproxyShape, haproxy};

/// A line for each fault, which begins where the mark stands in the line below it.
const TEN_FAULTS: &str = r#"
global
    description bad\x4
#                  ^
    maxcon 100
#   ^
.if version_atleast(2.6
#                      ^
.endif

defaults
    mode http
    timeout client 5x
#                  ^
    timeout connect 5s
    timeout server 5s

frontend web
    bind 127.0.0.1:http-alt
#        ^
    acl local srk 127.0.0.1
#             ^
    http-request denny if { src 127.0.0.1 }
#                ^
    use_backend static if statik
#                         ^
    default_backend "ap p"
#                   ^

backend static
    server s1 127.0.0.1:8080 wait 10
#                            ^
"#;

fn marks() -> Vec<(usize, usize)> {
    let mut line = 0;
    let mut marks = Vec::new();
    for (number, text) in TEN_FAULTS.lines().enumerate() {
        match text.strip_prefix('#').and_then(|rest| rest.find('^')) {
            Some(at) => marks.push((line, at + 2)),
            None => line = number + 1,
        }
    }
    marks
}

#[test]
fn ten_faults_in_one_file_give_ten_messages() {
    for dialect in [Dialect::default(), Dialect::exactly(2, 6)] {
        let loaded = load_on(TEN_FAULTS, dialect, &FakeHost::new());
        let mut told: Vec<(usize, usize)> = Vec::new();
        let mut report = String::new();
        for alert in loaded
            .diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Alert)
        {
            let (_, at) = loaded
                .sources
                .locate(alert.span.expect("a fault of a file has a place"));
            told.push((at.line as usize, at.column as usize));
            assert!(alert.help.is_some() || !alert.fixes.is_empty(), "{alert:?}");
            report += &haproxy(alert, &loaded.sources, HaproxyShape { pid: 1, hints: true });
        }
        told.sort_unstable();
        assert_eq!(told, marks(), "{report}");
        assert_eq!(told.len(), 10);
    }
}

#[test]
fn what_is_fixed_is_no_fault_any_more() {
    for (written, fixed) in [
        ("description it's\n", "description it\\'s\n"),
        ("description \\x4\n", "description \\\\x4\n"),
        ("description \"100$\"\n", "description \"100\\$\"\n"),
        ("description \"${A\"\n", "description \"\\${A\"\n"),
        ("maxconn 10\rdaemon\n", "maxconn 10\ndaemon\n"),
        ("daemon\0\n", "daemon\n"),
        ("daemon", "daemon\n"),
        (".iff 1\n.endif\n", ".if 1\n.endif\n"),
    ] {
        let text = format!("global\n{written}");
        let loaded = load_on(&text, Dialect::default(), &FakeHost::new());
        let mut bytes = text.into_bytes();
        let fix = &loaded.diagnostics[0].fixes[0];
        for edit in fix.edits.iter().rev() {
            let place = edit.span.start as usize..edit.span.end as usize;
            bytes.splice(place, edit.text.iter().copied());
        }
        let text = String::from_utf8(bytes).expect("it was text");
        assert_eq!(text, format!("global\n{fixed}"));
        assert_eq!(
            load_on(&text, Dialect::default(), &FakeHost::new()).diagnostics,
            [],
            "{text}"
        );
    }
}
