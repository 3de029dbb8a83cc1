//! Recorded answers, replayed.

use serde_json::Value;

use haproxy_cfg::model::ErrorAnswer;

use super::{Answer, AnswerInput, Pages, built_in, challenge, malformed, redirect};
use crate::fixture::{looking, proxy, recorded, running};
use crate::stream::Client;

/// What a recorded request asks of an answer's end.
fn input(request: &Value) -> AnswerInput {
    AnswerInput {
        head: request == "head",
        old_client: matches!(request.as_str(), Some("old" | "old-kept")),
        close: matches!(request.as_str(), Some("close" | "old")),
    }
}

#[test]
fn answers_are_the_originals() {
    let recording = recorded("answer/answers.json");
    let cases = recording["cases"].as_array().expect("cases");
    assert!(cases.len() > 100);
    for case in cases {
        let status = u16::try_from(case["status"].as_u64().expect("a status")).expect("a status");
        let input = input(&case["request"]);
        let value = case["value"].as_str().unwrap_or_default().as_bytes();
        let mut answer = Answer::default();
        let mut out = Vec::new();
        let mut closes = true;
        match case["kind"].as_str().expect("a kind") {
            "status" => built_in(&mut answer, status),
            "auth" => {
                built_in(&mut answer, status);
                challenge(&mut answer, status == 407, value);
            }
            "redirect" => redirect(&mut answer, status, value),
            "malformed" => malformed(&mut out, status),
            "file" => {
                let mut proxy = proxy("f");
                proxy.error_answers = vec![(status, ErrorAnswer::File(value.into()))];
                let (config, id, runtime) = running(proxy);
                let pages = Pages::compile(&config, id).expect("files need nothing else");
                let found = looking(&config, &runtime, &Client::default(), None, |context| {
                    pages.put(status, context, &mut answer)
                });
                assert!(found);
            }
            other => panic!("unknown kind {other}"),
        }
        if out.is_empty() {
            closes = answer.write(&mut out, &input);
        }
        let text: String = out.iter().map(|&b| char::from(b)).collect();
        assert_eq!(text, case["answer"].as_str().expect("an answer"), "{case}");
        assert_eq!(Value::from(closes), case["closed"], "{case}");
    }
}

#[test]
fn a_status_without_a_page_is_answered_as_an_internal_error() {
    let mut answer = Answer::default();
    built_in(&mut answer, 418);
    let mut out = Vec::new();
    let closes = answer.write(&mut out, &AnswerInput::default());
    assert!(out.starts_with(b"HTTP/1.1 500 Internal Server Error\r\n"));
    assert!(!closes);
}

#[test]
fn what_rules_say_of_the_length_does_not_count() {
    let mut answer = Answer::default();
    answer.begin(crate::http1::Version::Http11, 200, b"OK");
    answer.body.extend_from_slice(b"xyz");
    answer.header(b"content-length", &[b"1"]);
    answer.header(b"transfer-encoding", &[b"chunked"]);
    answer.header(b"x-a", &[b"b"]);
    answer.settle_framing();
    let mut out = Vec::new();
    assert!(!answer.write(&mut out, &AnswerInput::default()));
    assert_eq!(out, b"HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: 3\r\n\r\nxyz");
}
