//! Recorded answers, replayed.

use serde_json::Value;

use super::{AnswerInput, Answers, malformed, redirect, unauthorized};
use crate::fixture::{proxy, recorded};

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
        let mut out = Vec::new();
        let mut closes = input.close;
        match case["kind"].as_str().expect("a kind") {
            "status" => closes = Answers::default().write(&mut out, status, &input),
            "auth" => unauthorized(&mut out, status == 407, value, &input),
            "redirect" => redirect(&mut out, status, value, &input),
            "malformed" => {
                malformed(&mut out, status);
                closes = true;
            }
            "file" => {
                let mut proxy = proxy("f");
                proxy.error_files = vec![(status, value.into())];
                closes = Answers::new(&proxy).write(&mut out, status, &input);
            }
            other => panic!("unknown kind {other}"),
        }
        let text: String = out.iter().map(|&b| char::from(b)).collect();
        assert_eq!(text, case["answer"].as_str().expect("an answer"), "{case}");
        assert_eq!(Value::from(closes), case["closed"], "{case}");
    }
}

#[test]
fn a_status_without_a_page_is_answered_as_an_internal_error() {
    let mut out = Vec::new();
    let closes = Answers::default().write(&mut out, 418, &AnswerInput::default());
    assert!(out.starts_with(b"HTTP/1.1 500 Internal Server Error\r\n"));
    assert!(!closes);
}
