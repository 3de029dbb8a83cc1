//! The files of `filter spoe` lines: what is said of them, in which version's words, and that the configuration is read on
//! behind them as before.

#![expect(clippy::expect_used, reason = "tests fail by panicking")]

use haproxy_cfg::testing::{FakeHost, load_on};
use haproxy_cfg::{Dialect, Loaded};

/// A frontend whose filter reads `engine.conf`, a backend of each mode, and a keyword that is unknown at the end of the frontend.
const CONFIGURATION: &str = "\
defaults
    mode http
    timeout client 1s
    timeout connect 1s
    timeout server 1s
frontend f
    bind 127.0.0.1:8080
    filter spoe engine e config engine.conf
    default_backend web
    \"bottom-${.SECTION}\"
backend web
    server s 127.0.0.1:8081
backend agents
    mode tcp
    server a 127.0.0.1:8082
";

fn dialect(version: &str) -> Dialect {
    version.parse().expect("a version")
}

fn read(engine: &str, version: &str) -> Loaded {
    let host = FakeHost::new().with_file("engine.conf", engine);
    load_on(CONFIGURATION, dialect(version), &host)
}

/// What is said of the file and of its filter, place and words.
fn said(engine: &str, version: &str) -> Vec<String> {
    let loaded = read(engine, version);
    let mut out = Vec::new();
    let mut behind = false;
    for told in &loaded.diagnostics {
        let (file, at) = told.span.map_or_else(Default::default, |span| {
            let (file, at) = loaded.sources.locate(span);
            (file.to_owned(), at.line)
        });
        if told.code == "read-only" {
            continue;
        }
        // The configuration goes on where it was left.
        if told
            .message
            .starts_with("unknown keyword 'bottom-f' in 'frontend' section")
        {
            behind = true;
            continue;
        }
        out.push(format!("{file}:{at}: {}", told.message));
    }
    assert!(behind, "{:?}", loaded.diagnostics);
    out
}

const ENGINE: &str = "\
[e]
spoe-agent a
    use-backend agents
    messages m
    timeout hello 1s
    timeout idle 1s
    timeout processing 1s
spoe-message m
    args ip=src
    event on-client-session
";

#[test]
fn a_file_without_fault_is_not_spoken_of() {
    for version in ["2.6", "3.0", "3.2"] {
        assert_eq!(said(ENGINE, version), Vec::<String>::new(), "{version}");
    }
}

#[test]
fn a_fault_is_told_where_it_stands_and_at_the_filter() {
    let engine = ENGINE.replace("    messages m\n", "    messages m\n    option foo\n");
    assert_eq!(
        said(&engine, "2.6"),
        [
            "engine.conf:5: option 'foo' is not supported.",
            "test.cfg:8: 'filter' : 'Error(s) found in configuration file engine.conf'",
        ]
    );
}

#[test]
fn arguments_are_judged_at_their_event() {
    let engine = ENGINE.replace("ip=src", "ip=src code=status");
    assert_eq!(
        said(&engine, "2.6"),
        [
            "test.cfg:8: 'filter' : 'Ignore SPOE message 'm' at engine.conf:8: some args extract information from \
             'HTTP response', none of which is available here ('frontend tcp-request connection rule')'"
        ]
    );
    let later = engine.replace("on-client-session", "on-http-response");
    assert_eq!(said(&later, "2.6"), Vec::<String>::new());
}

#[test]
fn acls_are_those_of_their_message_alone() {
    let engine = ENGINE.to_owned()
        + "    acl here src 127.0.0.1\n    event on-client-session if here\nspoe-message n\n    event on-client-session \
           if here\n";
    assert_eq!(
        said(&engine, "2.6"),
        [
            "engine.conf:14: error detected while parsing an 'event on-client-session' condition : no such ACL : 'here'.",
            "test.cfg:8: 'filter' : 'Error(s) found in configuration file engine.conf'",
        ]
    );
}

#[test]
fn since_3_1_the_timeout_for_an_answer_alone_is_missed_and_nothing_waits() {
    let engine = ENGINE
        .replace("    timeout hello 1s\n", "    max-waiting-frames 0\n")
        .replace("    timeout processing 1s\n", "");
    assert_eq!(
        said(&engine, "3.2"),
        [
            "engine.conf:2: Proxy 'f': missing 'processing' timeout for SPOE agent 'a' declare at engine.conf:2."
        ]
    );
    let told = said(&engine, "3.0");
    assert!(
        told[0].starts_with("engine.conf:5: 'max-waiting-frames' expects a positive integer argument."),
        "{told:?}"
    );
}

#[test]
fn a_backend_that_speaks_http_is_refused_in_the_words_of_each_version() {
    let engine = ENGINE.replace("use-backend agents", "use-backend web");
    for (version, words) in [
        ("2.6", "does not support HTTP mode"),
        ("3.2", "must use SPOP mode"),
    ] {
        let told = format!(
            "engine.conf:3: Proxy f : backend 'web' used by SPOE agent 'a' declared at engine.conf:2 {words}."
        );
        assert_eq!(said(&engine, version), [told]);
    }
}

#[test]
fn an_agent_that_sends_nothing_is_warned_of() {
    let loaded = read(&ENGINE.replace("    messages m\n", ""), "2.6");
    let told = loaded.diagnostics.iter().find(|told| {
        told.message
            .starts_with("Proxy 'f': No message/group used by SPOE agent 'a'")
    });
    assert!(!told.expect("it is told").refuses);
}

#[test]
fn what_is_no_keyword_of_a_message_is_warned_of_where_no_version_is_asked_for() {
    let engine = ENGINE.to_owned() + "    evnt on-server-session\n";
    assert_eq!(said(&engine, "2.6"), Vec::<String>::new());
    let host = FakeHost::new().with_file("engine.conf", engine.as_str());
    let loaded = load_on(CONFIGURATION, Dialect::default(), &host);
    let told = loaded
        .diagnostics
        .iter()
        .find(|told| told.message == "unknown keyword 'evnt' in spoe-message section.")
        .expect("it is told");
    assert!(!told.refuses);
    assert_eq!(told.help.as_deref(), Some("did you mean 'event'?"));
}
