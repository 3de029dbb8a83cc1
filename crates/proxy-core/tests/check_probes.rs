//! Plays the servers of compat-fixtures/checks/probes.json to our checks: what they send, and what they make of the answers,
//! is what haproxy sent and made of them.
#![allow(
    clippy::unwrap_used,
    reason = "a recording that does not read is a failed test"
)]

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};

use bstr::{BStr, ByteSlice};
use haproxy_cfg::model::{CheckKind, Config, Proxy, ProxyId, ProxyKind, Server, Word};
use proxy_core::check::{CheckOutcome, CheckPlan, CheckStatus, Next, Verdict, apply_outcome};
use proxy_core::state::Runtime;
use serde::Deserialize;

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

/// Splits a line into words where the file's escapes allow it, and takes the escapes out.
fn words(line: &str) -> Vec<Vec<u8>> {
    let mut out = vec![Vec::new()];
    let mut chars = line.bytes();
    while let Some(byte) = chars.next() {
        let word = out.last_mut().unwrap();
        match byte {
            b' ' => out.push(Vec::new()),
            b'\\' => word.push(match chars.next().unwrap() {
                b'r' => b'\r',
                b'n' => b'\n',
                other => other,
            }),
            other => word.push(other),
        }
    }
    out
}

fn kind(options: &[String]) -> CheckKind {
    let Some(option) = options.first() else {
        return CheckKind::Tcp;
    };
    let words = words(option);
    let word = |at: usize| words.get(at).map(|w| Word::from(w.clone()));
    if words[1] == b"smtpchk" {
        let hello = match (word(2), word(3)) {
            (Some(hello), Some(domain)) if hello == "EHLO" || hello == "HELO" => (hello, domain),
            _ => ("HELO".into(), "localhost".into()),
        };
        return CheckKind::Smtp {
            hello: hello.0,
            domain: hello.1,
        };
    }
    // A single argument is the URI.
    let (method, uri) = match (word(2), word(3)) {
        (Some(uri), None) => (None, Some(uri)),
        pair => pair,
    };
    let version = words.get(4).cloned().unwrap_or_else(|| b"HTTP/1.0".to_vec());
    let (version, rest) = version.split_once_str("\r\n").unwrap_or((&version, b""));
    let rest = rest.strip_suffix(b"\r\n").unwrap_or(rest);
    let headers: Vec<Word> = match rest {
        b"" => Vec::new(),
        rest => rest.split_str("\r\n").map(Word::from).collect(),
    };
    CheckKind::Http {
        method: method.unwrap_or_else(|| "OPTIONS".into()),
        uri: uri.unwrap_or_else(|| "/".into()),
        version: version.into(),
        headers,
    }
}

/// What a check of that server finds, and what the server got.
fn play(plan: &CheckPlan, server: &[String]) -> (Verdict, Vec<u8>) {
    let mut probe = plan.probe();
    let (mut sent, mut unread) = (Vec::new(), false);
    let mut next = probe.connected();
    let mut steps = server.iter();
    loop {
        match next {
            Next::Done(verdict) => return (verdict, sent),
            Next::Write(data) => {
                sent.extend_from_slice(data);
                unread = true;
            }
            Next::Read => {}
        }
        next = Next::Read;
        match steps.next().map(String::as_str) {
            Some("read") if unread => unread = false,
            Some("pause") => {}
            // The server waits for ever, and so does the check.
            Some("read" | "hold") | None => return (Verdict::plain(CheckStatus::L7Timeout), sent),
            Some("fin") => next = Next::Done(probe.closed()),
            Some("reset") => {
                let verdict = Verdict::said(CheckStatus::SocketError, "Connection reset by peer");
                next = Next::Done(verdict);
            }
            Some(text) => next = probe.received(&bytes(text)),
        }
    }
}

fn without_duration(line: &str) -> String {
    let (before, after) = line.split_once("check duration: ").unwrap();
    let (_, after) = after.split_once("ms").unwrap();
    format!("{before}check duration: Nms{after}")
}

#[test]
fn checks_send_and_judge_what_haproxys_do() {
    let recorded = include_str!("../../../compat-fixtures/checks/probes.json");
    let cases: BTreeMap<String, Case> = serde_json::from_str(recorded).unwrap();
    assert!(cases.len() > 120, "the recording is whole");
    for (name, case) in &cases {
        let plan = CheckPlan::new(&kind(&case.options));
        let (verdict, sent) = match &case.server {
            None => (
                Verdict::said(CheckStatus::L4Connection, "Connection refused"),
                Vec::new(),
            ),
            Some(server) => play(&plan, server),
        };
        assert_eq!(verdict.status.name(), case.check_status, "{name}: status");
        assert_eq!(verdict.status.text(), case.check_desc, "{name}: status in words");
        let code = verdict.code.map(|c| c.to_string()).unwrap_or_default();
        assert_eq!(code, case.check_code, "{name}: code");

        if let Some(seen) = case.connections.first() {
            // A server that resets at once may do so before the request is out.
            if case.server.as_ref().is_some_and(|s| s[0] != "reset") {
                assert_eq!(
                    BStr::new(&sent),
                    BStr::new(&bytes(&seen.sent)),
                    "{name}: bytes sent"
                );
            }
            match seen.end.as_str() {
                "reset" => assert!(plan.resets(), "{name}: reset"),
                "fin" => {
                    let server_ended = case.server.iter().flatten().any(|s| s == "fin");
                    assert!(!plan.resets() || server_ended, "{name}: closed in good order");
                }
                "server reset" => {}
                other => panic!("{name}: unknown end {other}"),
            }
        } else {
            assert!(
                case.server.is_none() || plan == CheckPlan::Tcp,
                "{name}: never accepted"
            );
        }

        let mut proxy = Proxy::new(ProxyKind::Backend, name.as_str().into(), 1);
        proxy.options.log_health_checks = true;
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, 1)).into();
        let mut server = Server::new("s1".into(), 1, addr);
        (server.check.enabled, server.check.rise, server.check.fall) = (true, 1, 1);
        proxy.servers.push(server);
        let config = Config {
            proxies: vec![proxy],
            ..Config::default()
        };
        let runtime = Runtime::new(&config, 1, 0);
        let outcome = CheckOutcome {
            status: verdict.status,
            code: verdict.code,
            description: verdict.description,
            duration_ms: 3,
        };
        let events = apply_outcome(&runtime, &config, ProxyId(0), 0, &outcome, 5);
        let kept = runtime.proxies[0].servers[0].check_report().description.clone();
        assert_eq!(kept, bytes(&case.last_chk), "{name}: description");
        let (level, line) = &case.log[0];
        assert_eq!(events[0].level as u8, *level, "{name}: level");
        let ours = String::from_utf8(events[0].text.clone()).unwrap();
        assert_eq!(without_duration(&ours), without_duration(line), "{name}: line");
    }
}
