//! Recorded exchanges, replayed.

use haproxy_cfg::model::{CookiePolicy, CookieRewrite, Proxy};
use proptest::prelude::*;
use serde_json::Value;

use super::crumbs::Crumbs;
use super::{CookiePlan, HeadEdit, HeadEdits, ResponseInput};
use crate::fixture::{proxy, recorded, request, response, running, server};
use crate::http1::{Headers, RequestRef, ResponseRef};
use crate::state::Runtime;

/// Reads the words behind `cookie`.
fn policy(text: &str) -> CookiePolicy {
    let mut words = text.split(' ');
    let mut policy = CookiePolicy {
        name: words.next().expect("a name").into(),
        rewrite: CookieRewrite::Passive,
        indirect: false,
        nocache: false,
        postonly: false,
        preserve: false,
        httponly: false,
        secure: false,
        domains: Vec::new(),
        maxidle: None,
        maxlife: None,
        attrs: Vec::new(),
        dynamic: false,
    };
    let seconds = |text: &str| {
        let (number, unit) = text.split_at(text.len() - 1);
        let number: u32 = number.parse().expect("a number");
        number * if unit == "h" { 3600 } else { 60 }
    };
    while let Some(word) = words.next() {
        let mut value = || words.next().expect("a value");
        match word {
            "insert" => policy.rewrite = CookieRewrite::Insert,
            "rewrite" => policy.rewrite = CookieRewrite::Rewrite,
            "prefix" => policy.rewrite = CookieRewrite::Prefix,
            "indirect" => policy.indirect = true,
            "nocache" => policy.nocache = true,
            "postonly" => policy.postonly = true,
            "preserve" => policy.preserve = true,
            "httponly" => policy.httponly = true,
            "secure" => policy.secure = true,
            "domain" => policy.domains.push(value().into()),
            "attr" => policy.attrs.push(value().into()),
            "maxidle" => policy.maxidle = Some(seconds(value())),
            "maxlife" => policy.maxlife = Some(seconds(value())),
            other => panic!("unknown word {other}"),
        }
    }
    policy
}

/// The recordings' backend: the third server is in maintenance, the fourth has no cookie.
fn backend(cookie: &str, option: &str) -> Proxy {
    let mut proxy = proxy("b");
    proxy.cookie = Some(Box::new(policy(cookie)));
    proxy.options.persist = option == "option persist";
    for (name, value) in [
        ("s1", Some("c1")),
        ("s2", Some("c2")),
        ("s3", Some("c3")),
        ("s4", None),
    ] {
        let mut server = server(name);
        server.cookie = value.map(Into::into);
        server.disabled = name == "s3";
        proxy.servers.push(server);
    }
    proxy
}

/// Header lines in the recording's form, edits applied.
fn lines(headers: Headers<'_>, edits: &HeadEdits) -> Vec<String> {
    let text = |bytes: &[u8]| bytes.iter().map(|&b| char::from(b)).collect::<String>();
    let mut kept: Vec<_> = headers
        .iter()
        .map(|(name, value)| Some((text(name).to_lowercase(), text(value))))
        .collect();
    for edit in edits.list() {
        match *edit {
            HeadEdit::Remove(header) => kept[header as usize] = None,
            HeadEdit::Replace { header, value } => {
                if let Some((_, old)) = &mut kept[header as usize] {
                    *old = text(value.of(edits.bytes()));
                }
            }
            HeadEdit::Add { name, value } => kept.push(Some((
                text(name.of(edits.bytes())).to_lowercase(),
                text(value.of(edits.bytes())),
            ))),
        }
    }
    kept.into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect()
}

fn head(first: &str, lines: &Value) -> Vec<u8> {
    let mut head = format!("{first}\r\n");
    for line in lines.as_array().expect("lines") {
        head += line.as_str().expect("a line");
        head += "\r\n";
    }
    head += "\r\n";
    head.chars()
        .map(|c| u8::try_from(u32::from(c)).expect("latin-1"))
        .collect()
}

#[test]
fn exchanges_go_as_with_the_original() {
    let recording = recorded("persist/cookies.json");
    let cases = recording["cases"].as_array().expect("cases");
    assert!(cases.len() > 500);
    let mut wrong = Vec::new();
    for case in cases {
        let word = |name: &str| case[name].as_str().expect("a text");
        let proxy = backend(word("policy"), word("option"));
        let plan = CookiePlan::new(&proxy).expect("a plan");
        let (_, _, runtime) = running(proxy);
        let state = &runtime.proxies[0];
        let now = case["now"].as_u64().expect("a time");

        let bytes = head("GET / HTTP/1.1", &case["request"]);
        let parsed = request(&bytes);
        let sent = RequestRef {
            buf: &bytes,
            head: &parsed,
        };
        let mut edits = HeadEdits::default();
        let client = plan.read_request(sent, state, (now, false), &mut edits);
        let forwarded = lines(sent.headers(), &edits);

        let bytes = head("HTTP/1.1 200 OK", &case["response"]);
        let parsed = response(&bytes);
        let received = ResponseRef {
            buf: &bytes,
            head: &parsed,
        };
        edits.clear();
        let server = case["server"].as_u64().expect("a server") as usize;
        let letter = plan.edit_response(
            &ResponseInput {
                response: received,
                client: &client,
                method: word("method").as_bytes(),
                state,
                server,
                now,
            },
            &mut edits,
        );
        let answered = lines(received.headers(), &edits);
        let letters: String = [client.state.letter(), letter].map(char::from).iter().collect();
        let ours = serde_json::json!({"forwarded": forwarded, "answered": answered, "letters": letters});
        let theirs = serde_json::json!({
            "forwarded": case["forwarded"], "answered": case["answered"], "letters": case["letters"]
        });
        let right_server = client.server.is_none_or(|named| named == server);
        if ours != theirs || !right_server {
            wrong.push(format!("{case}\n    ours: {ours} {client:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

fn read(cookie: &str, line: &[u8], runtime: &Runtime, plan: &CookiePlan) -> (HeadEdits, Vec<u8>) {
    let mut text = b"GET / HTTP/1.1\r\nCookie: ".to_vec();
    text.extend_from_slice(line);
    text.extend_from_slice(b"\r\n\r\n");
    let parsed = request(&text);
    let sent = RequestRef {
        buf: &text,
        head: &parsed,
    };
    let mut edits = HeadEdits::default();
    let _found = plan.read_request(sent, &runtime.proxies[0], (1_700_000_000, false), &mut edits);
    assert!(edits.list().len() <= 1, "{cookie}");
    let value = match edits.list() {
        [HeadEdit::Replace { value, .. }] => value.of(edits.bytes()).to_vec(),
        [HeadEdit::Remove(_)] => Vec::new(),
        _ => line.to_vec(),
    };
    (edits, value)
}

/// Name and value of each crumb.
fn pairs(line: &[u8]) -> Vec<(Vec<u8>, Option<Vec<u8>>)> {
    Crumbs::of(line)
        .filter(|crumb| !crumb.is_empty())
        .map(|crumb| (line[crumb.name].to_vec(), crumb.value.map(|v| line[v].to_vec())))
        .collect()
}

proptest! {
    #[test]
    fn crumbs_lie_inside_their_line_in_order(line in proptest::collection::vec(any::<u8>(), 0..80)) {
        let mut at = 0;
        for crumb in Crumbs::of(&line) {
            prop_assert!(crumb.begin >= at && crumb.begin <= crumb.name.start);
            prop_assert!(crumb.name.end <= crumb.end && crumb.end <= line.len());
            if let Some(value) = &crumb.value {
                prop_assert!(crumb.name.end < value.start && value.end <= crumb.end);
            }
            at = crumb.end + 1;
        }
    }

    #[test]
    fn taking_the_cookie_out_keeps_the_others(
        names in proptest::collection::vec("[a-cS]", 0..8),
        separator in prop_oneof![Just("; "), Just(";"), Just(" ; "), Just(", ")],
    ) {
        let line = names.iter().map(|name| format!("{name}=c1")).collect::<Vec<_>>().join(separator);
        let proxy = backend("S insert indirect", "");
        let plan = CookiePlan::new(&proxy).expect("a plan");
        let (_, _, runtime) = running(proxy);
        let (_, left) = read("S insert indirect", line.as_bytes(), &runtime, &plan);
        let expected: Vec<_> = pairs(line.as_bytes()).into_iter().filter(|(name, _)| name != b"S").collect();
        prop_assert_eq!(pairs(&left), expected);
    }

    #[test]
    fn nothing_a_client_sends_is_too_much(
        line in proptest::collection::vec(prop_oneof![Just(b'S'), Just(b'='), Just(b';'), Just(b','), Just(b' '),
            Just(b'"'), Just(b'\\'), Just(b'$'), Just(b'~'), Just(b'|'), Just(b'c'), Just(b'1'), 128u8..=255], 0..60),
        cookie in prop_oneof![Just("S insert indirect maxidle 1h"), Just("S prefix"), Just("S rewrite"), Just("S insert")],
    ) {
        let proxy = backend(cookie, "");
        let plan = CookiePlan::new(&proxy).expect("a plan");
        let (_, _, runtime) = running(proxy);
        let (edits, left) = read(cookie, line.trim_ascii(), &runtime, &plan);
        if cookie.contains("indirect") && !edits.list().is_empty() {
            prop_assert!(pairs(&left).iter().all(|(name, value)| name != b"S" || value.is_none()));
        }
    }
}
