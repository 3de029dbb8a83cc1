//! Plays the servers of compat-fixtures/checks/probes.json to our checks: what they send, and what they make of the answers,
//! is what haproxy sent and made of them.
use std::collections::BTreeMap;

use bstr::BStr;
use haproxy_cfg::model::{Config, ProxyId};
use haproxy_cfg::testing::load_str;
use serde::Deserialize;

use super::{CheckPlan, ConnectTo, Next, Scene, Verdict};
use crate::check::{CheckOutcome, CheckStatus, apply_outcome};
use crate::fixture::StillWorld;
use crate::state::Runtime;

#[derive(Deserialize)]
struct Case {
    options: Vec<String>,
    /// None: nobody listens.
    server: Option<Vec<String>>,
    connections: Vec<Connection>,
    check_status: String,
    check_code: String,
    last_chk: String,
    check_desc: String,
    log: Vec<(u8, String)>,
}

#[derive(Deserialize)]
struct Connection {
    sent: String,
    end: String,
}

/// The recording holds bytes as the characters of the same number.
fn bytes(text: &str) -> Vec<u8> {
    text.chars()
        .map(|c| u8::try_from(u32::from(c)).unwrap())
        .collect()
}

/// Cases in which we differ on purpose.
const DIFFER: [(&str, &str); 1] = [(
    "http-lf-headers",
    "line feeds alone separate hidden headers as well, as they did for the versions that sent the string as it was",
)];

/// The backend of a case as the grammar reads it.
fn backend(name: &str, case: &Case) -> Config {
    let mut text = format!("backend {name}\n option log-health-checks\n");
    case.options
        .iter()
        .for_each(|option| text += &format!(" {option}\n"));
    text += " server s1 127.0.0.1:1 check rise 1 fall 1\n";
    let loaded = load_str(&text);
    assert!(!loaded.has_errors(), "{name}: {:?}", loaded.diagnostics);
    loaded.config
}

/// What a check of that server finds, what the server got, and how it was connected to.
fn play<'a>(plan: &'a CheckPlan, scene: Scene<'a>, server: &[String]) -> (Verdict, Vec<u8>, ConnectTo<'a>) {
    let mut probe = plan.probe(scene);
    let (mut sent, mut unread) = (Vec::new(), false);
    let Next::Connect(to) = probe.begin() else {
        panic!("a check begins with a connection")
    };
    let mut next = probe.connected(false);
    let mut steps = server.iter();
    loop {
        match next {
            Next::Done(verdict) => return (verdict, sent, to),
            Next::Write(data) => {
                sent.extend_from_slice(&data);
                unread = true;
                next = probe.written();
                continue;
            }
            Next::Connect(_) => panic!("no recorded script connects twice"),
            Next::Read => {}
        }
        next = match steps.next().map(String::as_str) {
            Some("read") if unread => {
                unread = false;
                Next::Read
            }
            Some("pause") => Next::Read,
            // The server waits for ever, and so does the check.
            Some("read" | "hold") | None => return (probe.timed_out(), sent, to),
            Some("fin") => probe.closed(),
            Some("reset") => Next::Done(Verdict::said(
                CheckStatus::SocketError,
                "Connection reset by peer",
            )),
            Some(text) => probe.received(&bytes(text)),
        };
    }
}

fn without_duration(line: &str) -> String {
    let (before, after) = line.split_once("check duration: ").unwrap();
    let (_, after) = after.split_once("ms").unwrap();
    format!("{before}check duration: Nms{after}")
}

/// What haproxy 2.6 made of a connection, of HTTP and of SMTP.
#[test]
fn checks_send_and_judge_what_haproxys_do() {
    let recorded = include_str!("../../../../../compat-fixtures/checks/probes.json");
    let cases: BTreeMap<String, Case> = serde_json::from_str(recorded).unwrap();
    assert!(cases.len() > 120, "the recording is whole");
    assert!(DIFFER.iter().all(|(name, _why)| cases.contains_key(*name)));
    for (name, case) in &cases {
        if !DIFFER.iter().any(|(differs, _why)| differs == name) {
            compare(name, case);
        }
    }
}

/// What haproxy 3.4 made of LDAP, MySQL, PostgreSQL, Redis and the greeting of TLS.
#[test]
fn checks_of_services_send_and_judge_what_haproxys_do() {
    let recorded = include_str!("../../../../../compat-fixtures/checks/services.json");
    let cases: BTreeMap<String, Case> = serde_json::from_str(recorded).unwrap();
    assert!(cases.len() > 100, "the recording is whole");
    for (name, case) in &cases {
        compare(name, case);
    }
}

/// The words that go with a good answer of LDAP and MySQL, such as the version, stand in the original's log alone, and only the first
/// time; here they are left out.
fn without_good_words(case: &Case, line: &str) -> String {
    let told_once = case.check_status == "L7OK" && case.last_chk.is_empty();
    match (line.split_once(", info: "), line.split_once(", check duration")) {
        (Some((before, _)), Some((_, after))) if told_once => format!("{before}, check duration{after}"),
        _ => line.to_owned(),
    }
}

/// The greeting of TLS says when it is sent.
fn timeless(sent: &[u8]) -> Vec<u8> {
    let mut sent = sent.to_vec();
    if sent.starts_with(&[0x16, 3, 0])
        && let Some(time) = sent.get_mut(11..15)
    {
        time.fill(0);
    }
    sent
}

fn compare(name: &str, case: &Case) {
    let config = backend(name, case);
    let plan = CheckPlan::compile(&config, ProxyId(0)).unwrap();
    let runtime = Runtime::new(&config, 1, 0);
    let scene = Scene {
        config: &config,
        runtime: &runtime,
        world: &StillWorld,
        node: b"lb1",
        proxy: ProxyId(0),
        server: 0,
    };
    let (verdict, sent, to) = match &case.server {
        None => (
            Verdict::said(CheckStatus::L4Connection, "Connection refused"),
            Vec::new(),
            ConnectTo::default(),
        ),
        Some(server) => play(&plan, scene, server),
    };
    assert_eq!(verdict.status.name(), case.check_status, "{name}: status");
    assert_eq!(verdict.status.text(), case.check_desc, "{name}: status in words");
    let code = verdict.code.map(|c| c.to_string()).unwrap_or_default();
    assert_eq!(code, case.check_code, "{name}: code");

    if let Some(seen) = case.connections.first() {
        // A server that resets at once may do so before the request is out.
        if case.server.as_ref().is_some_and(|s| s[0] != "reset") {
            assert_eq!(
                BStr::new(&timeless(&sent)),
                BStr::new(&timeless(&bytes(&seen.sent))),
                "{name}: bytes sent"
            );
        }
        match seen.end.as_str() {
            "reset" => assert!(to.resets, "{name}: reset"),
            "fin" => {
                let server_ended = case.server.iter().flatten().any(|s| s == "fin");
                assert!(!to.resets || server_ended, "{name}: closed in good order");
            }
            "server reset" => {}
            other => panic!("{name}: unknown end {other}"),
        }
    } else {
        assert!(
            case.server.is_none() || matches!(plan, CheckPlan::Tcp),
            "{name}: never accepted"
        );
    }

    let outcome = CheckOutcome {
        status: verdict.status,
        code: verdict.code,
        description: verdict.description,
        duration_ms: 3,
    };
    let events = apply_outcome(&runtime, &config, ProxyId(0), 0, &outcome, 5);
    let kept = runtime.proxies[0].servers[0].check_report().words();
    assert_eq!(kept, bytes(&case.last_chk), "{name}: description");
    let (level, line) = &case.log[0];
    assert_eq!(events[0].level as u8, *level, "{name}: level");
    let ours = String::from_utf8(events[0].text.clone()).unwrap();
    let line = without_good_words(case, line);
    assert_eq!(without_duration(&ours), without_duration(&line), "{name}: line");
}
